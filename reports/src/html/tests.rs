use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use kickoff_engagement::Engagement;
use serde_json::Value;

use super::*;
use crate::access::Access;
use crate::inventory::Inventory;
use crate::package::Sources;
use crate::results::Document;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(name)
}

fn acme() -> Document {
    serde_json::from_slice(&std::fs::read(fixture("acme/results.json")).unwrap()).unwrap()
}

/// The page of a document, whose failing results have numbers.
fn page(document: &Document, engagement: &Engagement, run: Option<&Run>, in_package: bool) -> String {
    let failing = document.results.iter().filter(|row| row.status == "fail");
    let keys: BTreeSet<[String; 4]> = failing.map(|row| row.key()).collect();
    let deviations = keys.into_iter().zip(1..).map(|(key, number)| (key, format!("DEV-2026-{number:03}"))).collect();
    let (inventory, ids, access) = (Inventory::default(), BTreeMap::new(), Access::default());
    let dossier = Dossier::new(Sources {
        document,
        engagement,
        documents: &[],
        carried: None,
        requests: &[],
        findings: &[],
        risks: &[],
        inventory: &inventory,
        ids: &ids,
        returned: &[],
        review: None,
        access: Some(&access),
        deviations: &deviations,
        reperformed: true,
        digest: "0f1e",
    });
    let mut bytes = Vec::new();
    write(&dossier, run, in_package, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn plain() -> String {
    page(&acme(), &Engagement::default(), None, false)
}

/// A data block, read as a browser does.
fn data(page: &str, id: &str) -> Value {
    let begin = format!("<script type=\"application/json\" id=\"{id}\">");
    let from = page.find(&begin).unwrap() + begin.len();
    let text = &page[from..from + page[from..].find("</script>").unwrap()];
    serde_json::from_str(text).unwrap()
}

/// The values of an attribute, wherever it stands in what is static.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let begin = format!(" {attribute}=\"");
    let text = page.split("<script>").next().unwrap();
    text.match_indices(&begin).map(|(at, _)| text[at + begin.len()..].split('"').next().unwrap()).collect()
}

fn strings(values: &Value) -> Vec<&str> {
    values.as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect()
}

/// A column of a block, as text.
fn column<'a>(names: &'a Value, block: &Value, name: &str) -> Vec<&'a str> {
    let numbers = block[name].as_array().unwrap().iter();
    numbers.map(|number| names["names"][usize::try_from(number.as_u64().unwrap()).unwrap()].as_str().unwrap()).collect()
}

#[test]
fn all_criteria_stand_there_without_scripts() {
    let page = plain();
    let ids = values(&page, "id");
    for criterion in kickoff_checks::CRITERIA.iter() {
        assert_eq!(ids.iter().filter(|id| **id == criterion.id).count(), 1, "{}", criterion.id);
    }
    for (view, _) in frame::VIEWS {
        assert!(ids.contains(&view), "{view}");
    }
    assert!(page.contains("<noscript>") && !page.contains("src="), "nothing is loaded");
    let distinct: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(distinct.len(), ids.len(), "an id stands twice");
}

#[test]
fn every_link_leads_to_something() {
    let page = plain();
    let ids: BTreeSet<&str> = values(&page, "id").into_iter().collect();
    let evidence = data(&page, "data-evidence");
    let items: BTreeSet<&str> = strings(&evidence["id"]).into_iter().collect();
    let links = values(&page, "href");
    assert!(links.len() > 200);
    for link in links {
        let target = link.strip_prefix('#').unwrap().split('?').next().unwrap();
        assert!(ids.contains(target) || items.contains(target), "{link}");
    }
    // What scripts link to: the controls' criteria and populations, the results' evidence, the items' blocks.
    let controls = data(&page, "data-controls");
    for control in controls["controls"].as_array().unwrap() {
        assert!(strings(&control["criteria"]).iter().all(|id| ids.contains(id)), "{control}");
        assert!(strings(&control["populations"]).iter().all(|id| ids.contains(id)), "{control}");
    }
    let results = data(&page, "data-results");
    for set in strings(&results["sets"]) {
        assert!(set.split_whitespace().all(|id| items.contains(id)), "{set}");
    }
    for at in 0..items.len() {
        assert!(ids.contains(format!("item-{at}").as_str()), "{at}");
    }
}

#[test]
fn every_result_is_there_under_its_control() {
    let document = acme();
    let page = plain();
    let (names, results) = (data(&page, "data-names"), data(&page, "data-results"));
    let controls = data(&page, "data-controls");
    let columns =
        ["status", "account", "region", "resource", "observed", "reason"].map(|name| column(&names, &results, name));
    let deviations = column(&names, &results, "deviation");
    let sets = strings(&results["sets"]);
    let mut found = Vec::new();
    for control in controls["controls"].as_array().unwrap() {
        let [first, count] = ["first", "count"].map(|name| usize::try_from(control[name].as_u64().unwrap()).unwrap());
        for row in first..first + count {
            let set = sets[usize::try_from(results["evidence"][row].as_u64().unwrap()).unwrap()];
            let values = columns.each_ref().map(|column| column[row].to_owned());
            found.push((control["check"].as_str().unwrap().to_owned(), values, set.to_owned()));
            assert_eq!(columns[0][row] == "fail", deviations[row].starts_with("DEV-2026-"), "{row}");
        }
    }
    let mut expected: Vec<_> = document
        .results
        .iter()
        .map(|row| {
            let reason = row.reason.clone().unwrap_or_default();
            let values = [&*row.status, &row.account, &row.region, &row.resource, &row.observed, &reason];
            (row.check.to_string(), values.map(str::to_owned), row.evidence.join(" "))
        })
        .collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn what_is_foreign_stays_text() {
    let bad = "</script><script>alert(1)</script><!--<img src=x onerror=alert(1)>\u{2028}\u{2029}\u{0}\"'&amp;\u{202e}";
    let mut document = acme();
    let counted = |page: &str| ["<script", "</script", "<img", "<!--"].map(|text| page.matches(text).count());
    let before = counted(&page(&document, &Engagement::default(), None, true));
    assert_eq!(before[0], document.evidence.len() + 5 + 1);
    for row in &mut document.results {
        for field in [&mut row.resource, &mut row.observed] {
            field.push_str(bad);
        }
        for field in [&mut row.expected, &mut row.region] {
            *field = format!("{field}{bad}").into();
        }
        row.reason = Some(bad.to_owned());
    }
    for row in &mut document.coverage {
        row.status = "denied".to_owned();
        row.reason = Some(bad.to_owned());
        row.operation.push_str(bad);
    }
    for item in &mut document.evidence {
        item.parameters.insert(bad.to_owned(), bad.to_owned());
        item.reason = Some(bad.to_owned());
        item.operation.push_str(bad);
        item.exchanges.iter_mut().for_each(|one| one.request_id = Some(bad.to_owned()));
        item.exchanges.iter_mut().for_each(|one| bad.clone_into(&mut one.endpoint));
    }
    for account in &mut document.run.accounts {
        account.alias = Some(bad.to_owned());
        account.caller.push_str(bad);
    }
    for total in &mut document.control_totals {
        total.population.push_str(bad);
    }
    document.run.foreign_endpoints = vec![bad.to_owned()];
    let text = page(&document, &Engagement::default(), None, true);
    assert_eq!(counted(&text), before);
    // A browser gets back what was put in.
    let names = data(&text, "data-names");
    let results = data(&text, "data-results");
    assert!(column(&names, &results, "resource").iter().all(|resource| resource.ends_with(bad)));
    assert_eq!(data(&text, "item-0")["exchanges"][0]["endpoint"], bad);
    for line in text.lines().filter(|line| line.starts_with("<script type")) {
        assert!(!line.contains(['\u{2028}', '\u{2029}']), "{line}");
    }
}

#[test]
fn only_our_script_may_run() {
    let page = plain();
    let script = page.split("<script>").nth(1).unwrap().split("</script>").next().unwrap();
    let digest = STANDARD.encode(Sha256::digest(script));
    assert!(page.contains(&format!("script-src 'sha256-{digest}'")));
    for danger in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "fetch(", "localStorage"]
    {
        assert!(!SCRIPT.contains(danger), "{danger}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let run = Run::open(&fixture("acme")).unwrap();
    let engagement = Engagement::read(&fixture("acme-engagement/kickoff.toml")).unwrap();
    let once = || page(&acme(), &engagement, Some(&run), true);
    assert_eq!(once(), once());
}

#[test]
fn a_body_stands_under_its_own_digest_or_nowhere() {
    // results.json does not say where an exchange stands: all of them seem to be the first.
    let run = Run::open(&fixture("acme")).unwrap();
    let document = acme();
    let text = page(&document, &Engagement::default(), Some(&run), false);
    let archive = run.archive("111122223333").unwrap();
    let first = archive.read(0).unwrap().response.unwrap();
    let mut shown = 0;
    for (at, item) in document.evidence.iter().enumerate() {
        let stored = data(&text, &format!("item-{at}"));
        for (exchange, stored) in item.exchanges.iter().zip(stored["exchanges"].as_array().unwrap()) {
            if exchange.sha256.as_ref() == Some(&first.sha256) {
                assert_eq!(stored["body"].as_str().unwrap_or_default().as_bytes(), first.body.as_ref());
                shown += 1;
            } else {
                assert_eq!(stored["note"], "The run holds another answer in this place.");
                assert!(stored.get("body").is_none());
            }
        }
    }
    assert!(shown > 0);
}

#[test]
fn files_are_links_in_a_package_only() {
    let document = acme();
    let link = "href=\"30_populations/POP-01_accounts.csv\"";
    assert!(page(&document, &Engagement::default(), None, true).contains(link));
    let alone = page(&document, &Engagement::default(), None, false);
    assert!(!alone.contains(link) && alone.contains("30_populations/POP-01_accounts.csv"));
    assert_eq!(data(&alone, "data-controls")["package"], false);
}

#[test]
fn what_is_lacking_stands_first() {
    let mut document = acme();
    document
        .results
        .push(crate::results::ResultRow { check: "of-another-version".into(), ..document.results[0].clone() });
    document.run.state = "interrupted".into();
    let page = page(&document, &Engagement::default(), None, false);
    let overview = page.find("Not all results are shown: ").unwrap();
    assert!(page[overview..].starts_with("Not all results are shown: </strong>1 result is of checks"));
    assert!(page.find("The run was interrupted").unwrap() < overview);
    assert!(page.find("Coverage is incomplete: ").unwrap() < page.find("Results by status").unwrap());
}

#[test]
fn lists_say_what_they_leave_out() {
    let mut document = acme();
    let denied = crate::results::Coverage { status: "denied".into(), ..document.coverage[0].clone() };
    document.coverage =
        (0..700).map(|at| crate::results::Coverage { operation: format!("Get{at}"), ..denied.clone() }).collect();
    let page = page(&document, &Engagement::default(), None, false);
    assert!(page.contains("The first 500 of 700 are shown; the list of every call below has all of them."));
    assert!(page.contains("The first 100 of 700 are shown; results.json has all of them."));
    assert_eq!(data(&page, "data-coverage")["status"].as_array().unwrap().len(), 700);
}
