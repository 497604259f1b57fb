//! `kickoff init`: the first kickoff.toml, from answers and from what the account tells.

use std::fs;

use kickoff_engagement::Engagement;

use crate::engagement::{backups, config, run};
use crate::support::{acme, kickoff};

#[test]
fn a_first_file_says_what_was_answered_and_what_the_account_tells() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kickoff.toml");
    let init = |more: &[&str]| {
        let mut init = kickoff();
        run(init.args(["init", "--replay"]).arg(acme()).arg("--config").arg(&path).args(more))
    };
    let answers = [
        "--entity",
        "Acme Commerce GmbH",
        "--system",
        "Acme Shop",
        "--type",
        "2",
        "--from",
        "2026-07-01",
        "--to",
        "2026-12-31",
        "--category",
        "availability=Contracts promise 99.9 %.",
        "--auditor",
        "Prudent & Partners LLP",
        "--kickoff",
        "2026-11-30",
        "--owner",
        "Nora Brandt",
        "--owner-role",
        "CTO",
    ];
    let (status, stdout, words) = init(&answers);
    assert_eq!((status, stdout.as_str()), (Some(0), ""), "{words}");
    assert!(!words.contains("Left open") && !words.contains("Backup"), "{words}");
    let file = Engagement::read(&path).unwrap();
    assert_eq!(file.entity.as_ref().unwrap().system, "Acme Shop");
    assert_eq!(file.scope.category_reasons["Availability"], "Contracts promise 99.9 %.");
    assert_eq!((file.people[0].id.as_str(), file.people[0].role.as_str()), ("nora", "CTO"));
    let accounts: Vec<_> = file
        .scope
        .accounts
        .iter()
        .map(|account| (account.id.as_str(), account.name.as_deref().unwrap(), account.environment.as_deref()))
        .collect();
    assert_eq!(
        accounts,
        [
            ("111122223333", "Acme Production", Some("production")),
            ("444455556666", "Acme Log Archive", None),
            ("555566667777", "Acme Security", None),
            ("888877776666", "Acme Staging", Some("staging")),
        ]
    );
    // Shop, payments and search run on ECS, Lambda and EC2; buckets and log groups are there.
    for service in ["CloudWatch Logs", "EC2", "ECS", "Lambda", "S3"] {
        assert!(file.scope.services.iter().any(|known| known == service), "{service}: {:?}", file.scope.services);
    }
    let text = config(folder.path());
    assert!(text.contains("# Accounts of organization o-acme4prod1.\n"), "{text}");
    assert!(text.contains("# regions = [\"eu-central-1\", \"eu-west-1\", \"us-east-1\", \"us-west-2\"]\n"), "{text}");

    // A file that is there is replaced when that is asked for, and never without a backup.
    let (status, _, words) = init(&["--entity", "Other", "--system", "Other"]);
    assert_eq!(status, Some(2));
    assert!(words.contains("is there already: with --yes it is replaced"), "{words}");
    assert_eq!(config(folder.path()), text);
    let (status, _, words) = init(&["--yes"]);
    assert_eq!(status, Some(0), "{words}");
    let backup = &backups(folder.path())[0];
    assert!(words.contains(&format!("Backup:  {}", backup.display())), "{words}");
    assert_eq!(fs::read_to_string(backup).unwrap(), text);
    assert!(words.contains("Left open, as comments: --entity, --system, --type"), "{words}");
}

#[test]
fn a_first_file_is_written_without_credentials_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kickoff.toml");
    let (status, _, words) = run(kickoff().args(["init", "--config"]).arg(&path));
    assert_eq!(status, Some(0), "{words}");
    assert!(words.contains("Not found out: no AWS credentials were found"), "{words}");
    assert!(config(folder.path()).contains("# Not found out: no AWS credentials were found"));
    assert!(Engagement::read(&path).unwrap().scope.accounts.is_empty());
    // Credentials that are named have to be there.
    let (status, _, words) = run(kickoff().args(["init", "--yes", "--profile", "nowhere", "--config"]).arg(&path));
    assert_eq!(status, Some(2));
    assert!(words.contains("there is no profile \"nowhere\""), "{words}");
    assert!(backups(folder.path()).is_empty());
}

#[test]
fn answers_that_cannot_be_are_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, part) in [
        (&["--type", "1", "--from", "2026-01-01", "--to", "2026-06-30"][..], "a Type 1 report has --as-of"),
        (&["--type", "2", "--as-of", "2026-01-01"], "a Type 2 report has --from and --to"),
        (&["--from", "2026-06-30", "--to", "2026-01-01"], "ends on 2026-01-01, before it begins"),
        (&["--category", "Availabilty"], "did you mean `Availability`?"),
        (&["--kickoff", "soon"], "invalid value 'soon'"),
        (&["--from", "2026-01-01"], "--to <DAY>"),
        (&["--replay", "/nowhere"], "/nowhere cannot be read"),
    ] {
        let mut init = kickoff();
        init.args(["init", "--config"]).arg(folder.path().join("kickoff.toml")).args(arguments);
        let (status, _, words) = run(&mut init);
        assert_eq!(status, Some(2), "{words}");
        assert!(words.contains(part), "{words}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
