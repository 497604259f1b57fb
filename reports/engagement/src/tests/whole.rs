//! A file that uses everything, the schema that it meets, and what anybody might type.

use jiff::civil::{Date, date};
use kickoff_checks::parameters::ACCESS_KEY_MAX_AGE;
use proptest::prelude::*;

use super::*;

pub(super) const WHOLE: &str = include_str!("whole.toml");

pub(super) fn whole() -> Engagement {
    parse(WHOLE).unwrap()
}

#[test]
fn every_part_is_read() {
    let file = whole();
    assert_eq!(file.entity.as_ref().unwrap().system, "Acme Ledger");
    let report = file.report.as_ref().unwrap();
    assert_eq!((report.kind, report.days()), (ReportType::Type2, Some((date(2026, 1, 1), date(2026, 6, 30)))));
    assert_eq!(file.auditor.as_ref().unwrap().contacts[0].role.as_deref(), Some("manager"));
    assert_eq!(file.schedule.kickoff, Some(date(2026, 1, 12)));
    assert_eq!(file.schedule.windows[0].to, date(2026, 7, 24));
    assert_eq!(file.scope.exclusions[0].what(), "account 999988887777");
    let excluded =
        |account: &str| file.scope.exclusion(account, "eu-west-1", "S3").map(|left_out| left_out.reason.as_str());
    assert_eq!(excluded("999988887777"), Some("A sandbox without customer data."));
    assert_eq!(excluded("111122223333"), None);
    assert_eq!(file.subservice[0].method, Method::CarveOut);
    assert_eq!(file.person("bo").unwrap().name, "Bo Lind");
    assert_eq!(file.work[0].accountable, "ana");
    assert_eq!(file.document("A-1").unwrap().received, Some(date(2026, 1, 6)));
    assert_eq!((file.risks[0].state, file.risks[0].residual_likelihood), (RiskState::Accepted, Some(2)));
    assert_eq!(file.attestations[0].result, Attested::Pass);
    assert_eq!(file.thresholds.number(&ACCESS_KEY_MAX_AGE), 60);
    assert_eq!(file.threshold_policies["access_key_max_age_days"], "access");
    let line = |key: &str| WHOLE.lines().nth(file.lines.of(key).unwrap() - 1).unwrap();
    assert_eq!(line("exceptions[0].expires"), "expires = 2026-05-31");
    assert_eq!(line("people[1].id"), "id = \"bo\"");
    assert_eq!(line("exceptions[0].not_there"), "[[exceptions]]");
}

#[test]
fn an_exception_counts_within_its_scope_and_days() {
    let file = whole();
    let result = ResultScope {
        check: "iam-user-access-key-age",
        account: "111122223333",
        region: "us-east-1",
        resource: "arn:aws:iam::111122223333:user/build-7",
    };
    let counts = |result: &ResultScope<'_>, day: Date| file.exception_for(result, day).is_some();
    assert!(counts(&result, date(2026, 1, 15)) && counts(&result, date(2026, 5, 31)));
    assert!(!counts(&result, date(2026, 1, 14)), "not yet approved");
    assert!(!counts(&result, date(2026, 6, 1)), "past its last day");
    for other in [
        ResultScope { check: "iam-root-mfa", ..result },
        ResultScope { account: "444455556666", ..result },
        ResultScope { resource: "arn:aws:iam::111122223333:user/ana", ..result },
    ] {
        assert!(!counts(&other, date(2026, 3, 1)), "{other:?}");
    }
}

#[test]
fn what_is_worth_saying_on_a_day() {
    let said = |today: Date| whole().notices(today).iter().map(ToString::to_string).collect::<Vec<_>>();
    let march = said(date(2026, 3, 1));
    assert_eq!(march.len(), 3, "{march:?}");
    assert!(march[0].contains("the report of Amazon Web Services ends on 2026-03-31, yours on 2026-06-30"));
    assert!(march[1].contains("owner and approver are one person for A-1"), "an auditor's own request: {march:?}");
    assert!(march[2].starts_with("`thresholds.root_idle_days`: names no policy"), "{march:?}");
    assert!(said(date(2026, 5, 2)).iter().any(|line| line.contains("EXC-001 ends on 2026-05-31")));
    let off = |today: Date| said(today).into_iter().filter(|line| line.contains("off-date")).collect::<Vec<_>>();
    assert!(off(date(2026, 1, 1)).is_empty() && off(date(2026, 6, 30)).is_empty());
    let after = "off-date: what is collected today, 2026-07-01 (UTC), 1 day after the period of the report, 2026-01-01 to \
                 2026-06-30; each page of such a package says so";
    assert!(off(date(2026, 7, 1))[0].ends_with(after), "{:?}", off(date(2026, 7, 1)));
    let june = whole().notices(date(2026, 6, 1));
    let ended = june.iter().find(|notice| notice.key == "exceptions.expires").unwrap();
    assert_eq!(ended.what, "EXC-001 ended on 2026-05-31: it no longer counts");
    assert_eq!(WHOLE.lines().nth(ended.line.unwrap() - 1), Some("expires = 2026-05-31"));
}

#[test]
fn the_schema_accepts_the_file_and_refuses_what_the_program_refuses() {
    let schema: serde_json::Value = serde_json::from_str(&json_schema().unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let json = |text: &str| {
        fn plain(value: toml::Value) -> serde_json::Value {
            match value {
                toml::Value::Datetime(day) => day.to_string().into(),
                toml::Value::Array(list) => list.into_iter().map(plain).collect(),
                toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, plain(value))).collect(),
                toml::Value::Integer(n) => n.into(),
                toml::Value::Boolean(flag) => flag.into(),
                toml::Value::Float(n) => n.into(),
                toml::Value::String(text) => text.into(),
            }
        }
        plain(toml::Value::Table(toml::from_str(text).unwrap()))
    };
    let errors: Vec<String> = validator.iter_errors(&json(WHOLE)).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    for bad in [
        "[scope]\nregoins = []",
        "[thresholds]\nroot_idel_days = 1",
        "[thresholds]\nroot_idle_days = true",
        "[scope]\ncategories = [\"Securty\"]",
        "[[scope.accounts]]\nid = \"1234\"",
        "[report]\ntype = \"type-3\"",
        "[[people]]\nid = \"ana\"",
    ] {
        assert!(!validator.is_valid(&json(bad)), "{bad}");
        assert!(parse(bad).is_err(), "{bad}");
    }
    for (name, property) in schema["properties"].as_object().unwrap() {
        assert!(property.get("description").is_some(), "{name} has a description for editors");
    }
}

/// A line of the whole file changed, doubled, cut or left out.
fn disturbed() -> impl Strategy<Value = String> {
    let lines: Vec<&'static str> = WHOLE.lines().collect();
    let (count, spare) = (lines.len(), lines.clone());
    (0..count, 0..count, 0..6_u8, any::<i64>(), "[ -~äß\\n]{0,20}").prop_map(move |(at, other, how, number, text)| {
        let mut lines: Vec<String> = spare.iter().map(|line| (*line).to_owned()).collect();
        let key = lines[at].split('=').next().unwrap_or_default().to_owned();
        match how {
            0 => drop(lines.remove(at)),
            1 => lines[at] = format!("{key} = {number}"),
            2 => lines[at] = format!("{key} = \"{text}\""),
            3 => lines.insert(at, text),
            4 => lines.swap(at, other),
            _ => lines[at] = format!("{key} = [{{ a = {number} }}]"),
        }
        lines.join("\n")
    })
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "(\\[{1,2}(scope|people|risks|thresholds|x)\\.?[a-z]*\\]{1,2}|[a-z_\\.\"]+ ?= ?[\"'\\[{0-9a-z]*|[ -~]|\n){0,60}") {
        if let Err(error) = parse(&text) {
            prop_assert!(error.lines().all(|line| line.starts_with("kickoff.toml")), "{error}");
        }
    }

    #[test]
    fn every_problem_of_a_disturbed_file_has_its_line(text in disturbed()) {
        if let Err(error) = parse(&text) {
            for line in error.lines() {
                prop_assert!(line.starts_with("kickoff.toml, line "), "{error}");
            }
        }
    }
}
