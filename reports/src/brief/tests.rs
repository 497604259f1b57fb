//! The brief of a believable engagement, and of none; both drawings, with any text in any field.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use jiff::civil::{Date, date};
use kickoff_engagement::readiness::{ReadinessInput, assess};
use kickoff_engagement::requests::{self, default_list};
use kickoff_engagement::risks;
use kickoff_engagement::{documents, findings};
use proptest::prelude::*;

use super::*;
use crate::outcomes::outcomes;
use crate::paper::tests::foreign;
use crate::paper::{Block, Table};

const TODAY: Date = date(2026, 11, 25);

static RESULTS: LazyLock<Document> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/acme/results.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
});

fn made(engagement: &Engagement, results: Option<&Document>) -> Paper {
    let run = results.map(|results| outcomes(results, engagement));
    let documents = documents::register(engagement, &default_list(), Path::new("."), TODAY);
    let requests = requests::statuses(engagement, &default_list(), run.as_ref(), &documents, &[], TODAY);
    let risks = run.as_ref().map(|run| risks::register(engagement, run)).unwrap_or_default();
    let findings = findings::register(engagement, Path::new("."), run.as_ref(), TODAY);
    let readiness = assess(&ReadinessInput {
        engagement,
        requests: &requests,
        documents: &documents,
        risks: &risks,
        reviews: &[],
        findings: &findings,
        run: run.as_ref(),
        today: TODAY,
    });
    brief(&BriefInput {
        engagement,
        results,
        readiness: &readiness,
        documents: &documents,
        requests: &requests,
        findings: &findings,
        risks: &risks,
        today: TODAY,
    })
}

fn acme() -> Engagement {
    Engagement::parse(Path::new("kickoff.toml"), include_str!("acme.toml")).unwrap()
}

fn section<'a>(brief: &'a Paper, heading: &str) -> &'a [Block] {
    &brief.sections.iter().find(|section| section.heading.text == heading).unwrap().blocks
}

/// All words of some blocks.
fn words(blocks: &[Block]) -> Vec<&Words> {
    blocks.iter().filter(|block| !matches!(block, Block::Subheading(_))).flat_map(Block::texts).collect()
}

fn tables(blocks: &[Block]) -> Vec<&Table> {
    blocks.iter().filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None }).collect()
}

fn row<'a>(table: &'a Table, first: &str) -> Vec<&'a str> {
    let row = table.rows.iter().find(|row| row[0].text == first).unwrap();
    row.iter().map(|words| words.text.as_str()).collect()
}

#[test]
fn says_what_was_agreed() {
    let brief = made(&acme(), Some(&RESULTS));
    assert_eq!(brief.subtitle.text, "Acme Shops GmbH: Acme Shop, Payments and Search");
    assert_eq!(brief.furniture.confidentiality.text, "Confidential: for Acme Shops GmbH and Prudent & Partners LLP");
    assert_eq!(brief.furniture.foot[0][0].words.text, "Run RUN-20261123T142926Z-9f25b58b");
    let opening: Vec<&str> = words(&brief.opening).iter().map(|words| words.text.as_str()).collect();
    assert_eq!(opening[0], "SOC 2 Type 2, 1 January 2027 to 30 June 2027");
    assert_eq!(opening[2..4], ["9 December 2026", "23 November 2026, 14:29 UTC"]);
    assert!(opening[4].contains("came from http://127.0.0.1:4566 and not from AWS"), "{opening:?}");

    let boundary = tables(section(&brief, "Scope and boundary"));
    let regions = "eu-central-1, eu-west-1, us-east-1, us-west-2";
    assert_eq!(row(boundary[0], "111122223333"), ["111122223333", "Production", "production", regions]);
    // Nobody said the environment of the log archive, and it was not scanned.
    let archive = ["444455556666", "Log archive", "Not yet named; management to name", "Not scanned yet"];
    assert_eq!(row(boundary[0], "444455556666"), archive);
    let staging = "Staging: no customer data, and no way into production.";
    let left_out = ["Account 888877776666", staging, "Alice Meyer", "16 November 2026"];
    assert_eq!(row(boundary[1], "Account 888877776666"), left_out);
    assert_eq!(row(boundary[1], "Region me-south-1")[3], "Not yet named; Alice Meyer to name");

    let criteria = tables(section(&brief, "Criteria"));
    assert_eq!(row(criteria[0], "Security")[1..], ["33", "Part of every SOC 2 report"]);
    assert_eq!(row(criteria[0], "Availability")[1], "3");
    assert!(words(section(&brief, "Criteria")).iter().any(|w| w.text == "Not chosen: Processing Integrity, Privacy."));

    let schedule = tables(section(&brief, "Schedule and deliverables"));
    let windows: Vec<&str> = schedule[0].rows.iter().map(|row| row[0].text.as_str()).collect();
    assert_eq!(windows, ["Walkthroughs of controls", "Interim fieldwork", "Final fieldwork"]);
    assert_eq!(row(schedule[1], "Draft of the report")[1..], ["6 August 2027", "The auditor"]);
    // Nobody said who hands it over.
    assert_eq!(row(schedule[1], "Final report")[1..], ["27 August 2027", "Nobody named yet"]);

    let people = tables(section(&brief, "Who does what"));
    let greta = ["Not yet named; management to name", "Not yet named; Greta Lund to name"];
    assert_eq!(row(people[0], "Greta Lund")[2..], greta);
    let raci = row(people[1], "Description of the system");
    assert_eq!(raci[1..], ["Wanda Okafor, Bob Tanaka", "Alice Meyer", "Greta Lund", "Nobody", "15 January 2027"]);
    assert_eq!(row(people[1], "Inventory of vendors")[5], "Done 18 November 2026");

    let steps = words(section(&brief, "Channels and escalation"));
    assert!(
        steps.iter().any(|w| {
            w.text == "A request is two working days late: tell Wanda Okafor, who answers within 8 hours."
        })
    );
}

#[test]
fn says_how_things_stand() {
    let brief = made(&acme(), Some(&RESULTS));
    let gaps = section(&brief, "Open gaps");
    let of = |severity: &str| {
        let fails = RESULTS.results.iter().filter(|row| row.status == "fail" && row.severity == severity);
        fails.map(|row| row.check.as_str()).collect::<BTreeSet<_>>().len()
    };
    let (critical, high) = (of("critical"), of("high"));
    assert!(
        words(gaps)[0].text.contains(&format!(" fail: {critical} critical, {high} high, ")),
        "{:?}",
        words(gaps)[0]
    );
    let table = tables(gaps)[0];
    assert_eq!(table.rows.len(), critical + high);
    assert!(table.rows[..3].iter().all(|row| row[0].text == "Critical") && table.rows[3][0].text == "High");
    let root = table.rows.iter().find(|row| row[1].text == "Root user holds no access keys").unwrap();
    assert_eq!(root[2].text, "1 of 1");
    assert!(root[4].text.starts_with("E-"), "{root:?}");

    let open = words(section(&brief, "Documents and requests"));
    assert!(open.iter().any(|w| w.text == "20 November 2026, overdue" && w.open), "{open:?}");
    let risks = tables(section(&brief, "Risks"))[0];
    let proposed = risks.rows.iter().find(|row| row[4].text == "Proposed").unwrap();
    assert!(proposed[4].open);
    let accepted = risks.rows.iter().find(|row| row[0].text == "R-001").unwrap();
    assert_eq!(accepted[3].text, "10 (high)");
    assert_eq!(accepted[4].text, "Decided; review 1 February 2027");
}

#[test]
fn invents_nothing_where_nothing_is_said() {
    let brief = made(&Engagement::default(), None);
    for section in &brief.sections {
        let open = words(&section.blocks).into_iter().any(|words| words.open);
        // Readiness and the criteria that every report has are known in any case.
        let known = ["Criteria", "How progress is tracked"].contains(&section.heading.text.as_str());
        assert!(open || known, "{}", section.heading.text);
    }
    assert_eq!(brief.furniture.entity.text, "Entity not yet named");
    assert_eq!(brief.subtitle.text, "Entity and system: not yet named; management to name");
    let said = brief.sections.iter().flat_map(|section| words(&section.blocks));
    for said in said {
        assert!(!said.text.contains("kickoff.toml") && !said.text.contains("[["), "{}", said.text);
    }
}

#[test]
fn the_same_brief_gives_the_same_bytes() {
    let brief = made(&acme(), Some(&RESULTS));
    let (first, second) = (docx(&brief).unwrap(), docx(&brief).unwrap());
    assert!(first == second && first.starts_with(b"PK"));
    // Its parts are stored as they are.
    let holds = |text: &str| first.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("Confidential: for Acme Shops GmbH and Prudent &amp; Partners LLP"));
    assert!(holds("2026-11-25T00:00:00Z") && !holds("1970-01-01") && !holds("unknown"));
    assert!(holds(
        "<dc:title>SOC 2 kick-off brief: Acme Shops GmbH</dc:title><dc:creator>Acme Shops GmbH</dc:creator>"
    ));
    assert!(holds("<dc:language>en-GB</dc:language>") && holds("<w:lang w:val=\"en-GB\""));
    // Each table has heads that are repeated, and facts have none.
    let heads = first.windows(15).filter(|part| part == b"<w:tblHeader />").count();
    let blocks = brief.opening.iter().chain(brief.sections.iter().flat_map(|section| &section.blocks));
    assert_eq!(heads, blocks.filter(|block| matches!(block, Block::Table(_))).count());
    let (first, second) = (pdf(&brief, &Fonts::default()).unwrap(), pdf(&brief, &Fonts::default()).unwrap());
    assert!(first == second && first.starts_with(b"%PDF-1.7"));
    if let Ok(folder) = std::env::var("KICKOFF_BRIEF_FOLDER") {
        for (name, brief) in [("acme", brief), ("empty", made(&Engagement::default(), None))] {
            std::fs::write(Path::new(&folder).join(format!("{name}.pdf")), pdf(&brief, &Fonts::default()).unwrap())
                .unwrap();
            std::fs::write(Path::new(&folder).join(format!("{name}.docx")), docx(&brief).unwrap()).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn no_text_breaks_a_document(texts in prop::collection::vec(foreign(), 12)) {
        let mut texts = texts.into_iter().cycle();
        let mut next = || texts.next().unwrap_or_default();
        let mut file = acme();
        if let Some(entity) = &mut file.entity {
            (entity.name, entity.system, entity.goals) = (next(), next(), vec![next(), next()]);
            entity.description = Some(next());
        }
        if let Some(auditor) = &mut file.auditor {
            auditor.firm = next();
        }
        file.people.iter_mut().for_each(|person| (person.name, person.role) = (next(), next()));
        file.work.iter_mut().for_each(|work| work.name = next());
        file.scope.exclusions.iter_mut().for_each(|exclusion| exclusion.reason = next());
        file.escalation.iter_mut().for_each(|step| step.when = next());
        file.risks.iter_mut().for_each(|risk| (risk.threat, risk.asset) = (next(), next()));
        let brief = made(&file, None);
        let pages = pdf(&brief, &Fonts::default());
        prop_assert!(pages.is_ok(), "{:?}", pages.err());
        let bytes = docx(&brief).unwrap();
        prop_assert!(bytes.starts_with(b"PK"));
        // What XML cannot hold is in no part; the parts are stored as they are.
        prop_assert!(words(&brief.opening).iter().all(|words| !words.text.chars().any(char::is_control)));
    }
}
