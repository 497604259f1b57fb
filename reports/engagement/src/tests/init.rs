//! The first file: it can be read, says what was answered and found, and never takes anybody's file away.

use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::init::{Answers, Found, FoundAccount, Owner, render, write_with_backup};

fn answers() -> Answers {
    Answers {
        entity: Some("Acme \"Ledger\" GmbH".to_owned()),
        system: Some("Acme Ledger".to_owned()),
        report: Some(ReportType::Type2),
        period: Some((date(2026, 1, 1), date(2026, 6, 30))),
        categories: vec![("Availability".to_owned(), "Contracts promise it.".to_owned())],
        auditor: Some("Prudent & Partners LLP".to_owned()),
        kickoff: Some(date(2026, 1, 12)),
        owner: Some(Owner { name: "Ana Ruiz".to_owned(), role: "CTO".to_owned(), email: None }),
        ..Answers::default()
    }
}

fn found() -> Found {
    Found {
        organization: Some("o-exampleorgid".to_owned()),
        accounts: vec![
            FoundAccount {
                id: "111122223333".to_owned(),
                name: Some("acme-prod".to_owned()),
                environment: None,
                own: true,
            },
            FoundAccount { id: "444455556666".to_owned(), ..FoundAccount::default() },
        ],
        regions: vec!["eu-west-1".to_owned()],
        services: vec!["S3".to_owned()],
        gaps: vec!["organizations:ListAccounts was\ndenied".to_owned()],
    }
}

#[test]
fn what_was_answered_and_found_stands_in_the_file() {
    let text = render(&answers(), &found());
    let file = parse(&text).unwrap();
    assert_eq!(file.entity.as_ref().unwrap().name, "Acme \"Ledger\" GmbH");
    assert_eq!(file.report.as_ref().unwrap().days(), Some((date(2026, 1, 1), date(2026, 6, 30))));
    assert_eq!(file.scope.category_reasons["Availability"], "Contracts promise it.");
    assert!(file.scope.regions.is_empty(), "every enabled region is asked");
    assert!(text.contains("# regions = [\"eu-west-1\"]\n") && file.scope.services == ["S3"]);
    let accounts: Vec<_> = file.scope.accounts.iter().map(|a| (a.id.as_str(), a.name.as_deref())).collect();
    assert_eq!(accounts, [("111122223333", Some("acme-prod")), ("444455556666", None)]);
    assert_eq!((file.people[0].id.as_str(), file.people[0].role.as_str()), ("ana", "CTO"));
    assert_eq!(file.schedule.kickoff, Some(date(2026, 1, 12)));
    assert!(text.contains("# Not found out: organizations:ListAccounts was denied\n"), "{text}");
    // How each account is entered is for a person to say, and how far the report of AWS reaches.
    let notices: Vec<String> = file.notices(date(2026, 1, 1)).iter().map(ToString::to_string).collect();
    assert_eq!(notices.len(), 2, "{notices:?}");
    assert!(
        notices[1].starts_with("`subservice.report`: the report of Amazon Web Services does not say"),
        "{notices:?}"
    );
    assert!(notices[0].starts_with("`scope.accounts`: no way into 111122223333, 444455556666 is known"), "{notices:?}");
    // Every report has Security, and what is found in AWS relies on AWS.
    assert_eq!(file.scope.categories, ["Security", "Availability"]);
    assert_eq!(
        (file.subservice[0].name.as_str(), file.subservice[0].services.as_slice()),
        ("Amazon Web Services", &["S3".to_owned()][..])
    );
    assert!(parse(&render(&Answers::default(), &Found::default())).unwrap().subservice.is_empty());
}

#[test]
fn without_an_answer_the_file_is_examples_and_can_be_read() {
    let text = render(&Answers::default(), &Found::default());
    let file = parse(&text).unwrap();
    assert_eq!((&file.entity, &file.report, &file.scope), (&None, &None, &Scope::default()));
    let half = render(&Answers { entity: Some("Acme".to_owned()), ..Answers::default() }, &Found::default());
    assert!(parse(&half).unwrap().entity.is_none() && half.contains("# name = \"Acme\"\n"), "{half}");
}

#[test]
fn the_examples_hold_once_they_are_no_comments() {
    let owner = Some(Owner { name: "Bob Tanaka".to_owned(), ..Owner::default() });
    let text = render(&Answers { owner, ..answers() }, &Found { gaps: Vec::new(), ..found() });
    let live: Vec<&str> = text
        .lines()
        .map(|line| {
            line.strip_prefix("# ")
                .filter(|rest| {
                    rest.contains(" = ") && !rest.contains(": ")
                        || rest.starts_with('[')
                        || rest.starts_with("user_controls")
                        || rest.starts_with("resource")
                })
                .unwrap_or(line)
        })
        .collect();
    let file = parse(&live.join("\n")).unwrap_or_else(|error| panic!("{error}\n{}", live.join("\n")));
    assert_eq!(
        (file.exceptions.len(), file.attestations.len(), file.controls.len(), file.documents.len()),
        (1, 1, 1, 1)
    );
    assert_eq!((file.work.len(), file.channels.len(), file.escalation.len(), file.policies.len()), (1, 1, 1, 1));
    assert_eq!(file.threshold_policies.len(), 1);
}

#[test]
fn a_persons_file_is_kept_before_it_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kickoff.toml");
    let now: Timestamp = "2026-03-04T05:06:07Z".parse().unwrap();
    let names = || {
        let mut names: Vec<String> =
            std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(write_with_backup(&path, "one", now).unwrap(), None);
    assert_eq!(write_with_backup(&path, "one", now).unwrap(), None, "the same already");
    let backup = write_with_backup(&path, "two", now).unwrap().unwrap();
    let second = write_with_backup(&path, "three", now).unwrap().unwrap();
    assert_eq!(names(), ["kickoff.toml", "kickoff.toml.20260304T050607Z-1.bak", "kickoff.toml.20260304T050607Z.bak"]);
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    assert_eq!((read(&backup), read(&second), read(&path)), ("one".to_owned(), "two".to_owned(), "three".to_owned()));
    assert!(write_with_backup(&folder.path().join("none/kickoff.toml"), "x", now).is_err());
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_nobody_else_may_read_the_backup() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real.toml"), folder.path().join("kickoff.toml"));
    std::fs::write(&real, "one").unwrap();
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o600)).unwrap();
    symlink(&real, &link).unwrap();
    let backup = write_with_backup(&link, "two", Timestamp::UNIX_EPOCH).unwrap().unwrap();
    assert!(link.is_symlink() && backup.ends_with("real.toml.19700101T000000Z.bak"), "{}", backup.display());
    for (path, text) in [(&real, "two"), (&backup, "one")] {
        assert_eq!(std::fs::read_to_string(path).unwrap(), text);
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
}

proptest! {
    #[test]
    fn whatever_is_answered_the_file_can_be_read(name in ".{0,30}", system in "\\PC{1,20}|[\"\\\\\n\t\u{1}\u{7f}\u{2028}]{1,8}", role in ".{0,10}", gap in ".{0,20}") {
        let answers = Answers {
            entity: Some(name.clone()),
            system: Some(system.clone()),
            owner: Some(Owner { name: name.clone(), role, email: Some(system.clone()) }),
            ..Answers::default()
        };
        let found = Found { gaps: vec![gap.clone()], organization: Some(gap), services: vec![format!("x{system}")], ..Found::default() };
        let file = parse(&render(&answers, &found)).unwrap();
        if let Some(entity) = file.entity {
            prop_assert_eq!((entity.name, entity.system), (name, system));
        }
    }
}
