//! What is wrong in a file is named with its line and key, and all of it at once.

use super::whole::WHOLE;
use super::*;

/// The whole file with one text in the place of another, which must be there once.
fn with(old: &str, new: &str) -> Result<Engagement, String> {
    assert_eq!(WHOLE.matches(old).count(), 1, "{old}");
    parse(&WHOLE.replace(old, new))
}

/// The line of a text in the whole file.
fn line(of: &str) -> usize {
    WHOLE[..WHOLE.find(of).unwrap()].matches('\n').count() + 1
}

#[test]
fn names_that_nothing_has() {
    for (old, new, words) in [
        (
            "owner = \"bo\" }]",
            "owner = \"boo\" }]",
            "`subservice.user_controls.owner`: there is no person `boo`: did you mean `bo`?",
        ),
        ("to = \"ana\"", "to = \"carl\"", "`escalation.to`: there is no person `carl`"),
        (
            "criteria = [\"CC6.1\", \"CC6.3\"]",
            "criteria = [\"CC6.1\", \"CC6.33\"]",
            "`policies.criteria`: there is no criterion `CC6.33`: did you mean `CC6.3`?",
        ),
        (
            "check = \"iam-user-access-key-age\"",
            "check = \"iam-user-acess-key-age\"",
            "`exceptions.check`: there is no check `iam-user-acess-key-age`: did you mean `iam-user-access-key-age`?",
        ),
        (
            "account = \"111122223333\"",
            "account = \"111122223334\"",
            "`exceptions.account`: there is no account in [[scope.accounts]] `111122223334`: did you mean `111122223333`?",
        ),
        (
            "policies = [\"access\"]",
            "policies = [\"acces\"]",
            "`risks.policies`: there is no policy `acces`: did you mean `access`?",
        ),
        (
            "controls = [\"CC6.1.03\"]\nrisks",
            "controls = [\"CC6.1.04\"]\nrisks",
            "`policies.controls`: there is no control `CC6.1.04`",
        ),
        ("risks = [\"R-001\"]", "risks = [\"R-002\"]", "`policies.risks`: there is no risk `R-002`"),
        (
            "policy = \"access\" }",
            "policy = \"acess\" }",
            "`thresholds.access_key_max_age_days`: there is no policy `acess`: did you mean `access`?",
        ),
        (
            "state = \"accepted\"",
            "state = \"acepted\"",
            "`risks.state`: there is no `acepted`: did you mean `accepted`?",
        ),
        ("type = \"type-2\"", "type = \"type2\"", "`report.type`: there is no `type2`: did you mean `type-2`?"),
    ] {
        let error = with(old, new).unwrap_err();
        let start = format!("kickoff.toml, line {}: {words}", line(old));
        assert!(error.starts_with(&start), "{error}\nand not {start}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn requests_that_the_default_list_does_not_have() {
    let error = parse("[[documents]]\nrequest = \"GEN-80\"\nowner = \"ana\"\n[[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = \"CTO\"").unwrap_err();
    assert!(
        error.starts_with("kickoff.toml, line 2: `documents.request`: there is no request `GEN-80`: did you mean"),
        "{error}"
    );
    let own = "[[requests]]\nid = \"OWN-1\"\ntext = \"Something of our own\"\n[[documents]]\nrequest = \"OWN-1\"\n";
    assert_eq!(parse(own).unwrap().documents[0].request, "OWN-1");
}

#[test]
fn days_that_are_upside_down_or_missing() {
    for (old, new, words) in [
        ("to = 2026-06-30", "to = 2025-06-30", "`report.to`: 2025-06-30 is before `from`, 2026-01-01"),
        ("to = 2026-06-30", "to = 2026-06-31", ""),
        ("to = 2026-06-30", "to = \"June\"", "`report.to`: takes a day, such as 2026-03-31, not \"June\""),
        ("to = 2026-06-30", "to = 2026-06-30T12:00:00Z", "`report.to`: takes a day, such as 2026-03-31"),
        (
            "from = 2026-07-06, to = 2026-07-24",
            "from = 2026-07-06, to = 2026-07-01",
            "`schedule.windows.to`: 2026-07-01 is before",
        ),
        (
            "expires = 2026-05-31",
            "expires = 2026-01-01",
            "`exceptions.expires`: 2026-01-01 is before `approved`, 2026-01-15",
        ),
        (
            "received = 2026-01-06",
            "received = 2026-01-01",
            "`documents.received`: 2026-01-01 is before `collected`, 2026-01-05",
        ),
        (
            "next_review = 2026-11-10",
            "next_review = 2024-11-10",
            "`documents.next_review`: 2024-11-10 is before `approved`",
        ),
    ] {
        let error = with(old, new).unwrap_err();
        assert!(error.starts_with(&format!("kickoff.toml, line {}: {words}", line(old))), "{error}");
    }
    assert!(with("to = 2026-06-30\n", "").unwrap_err().contains("a Type 2 report has `from` and `to`, and no `as_of`"));
    let type_1 = parse("[report]\ntype = \"type-1\"\nfrom = 2026-01-01").unwrap_err();
    assert_eq!(type_1, "kickoff.toml, line 1: `report`: a Type 1 report has `as_of`, and neither `from` nor `to`");
}

#[test]
fn an_exception_without_its_parts() {
    let head = line("[[exceptions]]");
    let error = with("approver = \"ana\"\napproved = 2026-01-15\n", "approved = 2026-01-15\n").unwrap_err();
    assert!(
        error.starts_with(&format!("kickoff.toml, line {head}: `exceptions.approver`: is missing: Who approved it")),
        "{error}"
    );
    let error =
        with("approver = \"ana\"\napproved = 2026-01-15\n", "approver = \" \"\napproved = 2026-01-15\n").unwrap_err();
    assert!(error.contains("`exceptions.approver`: is empty"), "{error}");
    let error = with("expires = 2026-05-31\n", "").unwrap_err();
    assert!(error.contains("`exceptions.expires`: is missing: The last day on which it counts"), "{error}");
    let unbound = parse("[[people]]\nid = \"ana\"\nname = \"A\"\nrole = \"CTO\"\n[[exceptions]]\nid = \"E\"\nreason = \"r\"\ncompensating_control = \"c\"\napprover = \"ana\"\napproved = 2026-01-01\nexpires = 2026-02-01").unwrap_err();
    assert!(unbound.starts_with("kickoff.toml, line 5: `exceptions`: names neither"), "{unbound}");
}

#[test]
fn things_that_stand_twice() {
    let second = "[[documents]]\nrequest = \"A-1\"\n\n[[risks]]";
    let error = with("[[risks]]", second).unwrap_err();
    assert!(
        error.starts_with(&format!(
            "kickoff.toml, line {}: `documents.request`: two documents for request A-1",
            line("[[risks]]") + 1
        )),
        "{error}"
    );
    let error = with("id = \"bo\"", "id = \"ana\"").unwrap_err();
    assert!(error.contains("`people.id`: `ana` stands twice in [[people]]"), "{error}");
    assert!(
        with("account = \"999988887777\"", "account = \"111122223333\"")
            .unwrap_err()
            .contains("is in [[scope.accounts]] too")
    );
    assert!(
        with("account = \"999988887777\"", "region = \"eu-west-1\"")
            .unwrap_err()
            .contains("region eu-west-1 is in `scope.regions` too")
    );
    assert!(with("account = \"999988887777\"\n", "").unwrap_err().contains("`scope.exclusions`: names one of"));
}

#[test]
fn paths_that_lead_out_of_the_folder() {
    for path in ["../access.pdf", "/etc/passwd", "policies/../../x", "C:/x.pdf", "..\\\\x.pdf"] {
        let error = with("policies/access.pdf", path).unwrap_err();
        assert!(error.contains("`documents.file`: `") && error.contains("leads out of the folder"), "{error}");
    }
    assert!(with("attestations/keys.png", "../keys.png").unwrap_err().contains("`attestations.evidence`"));
    assert!(with("requests/auditor.csv", "../auditor.csv").unwrap_err().contains("`request_list`"));
}

#[test]
fn all_problems_are_told_at_once_in_the_order_of_their_lines() {
    let text = "[scope]\nregoins = []\n\n[[people]]\nnam = 3\n\n[[risks]]\nid = \"R-1\"\nthreat = \"t\"\nasset = \"a\"\nlikelihood = 6\nimpact = \"high\"\n\n[thresholds]\nroot_idel_days = 3\n";
    let error = parse(text).unwrap_err();
    let lines: Vec<&str> = error.lines().collect();
    let expected = [
        "kickoff.toml, line 2: unknown key `regoins`: did you mean `regions`?",
        "kickoff.toml, line 4: `people.id`: is missing: A short name that the rest of the file refers to",
        "kickoff.toml, line 4: `people.role`: is missing: The role in the company",
        "kickoff.toml, line 5: unknown key `nam`: did you mean `name`?",
        "kickoff.toml, line 11: `risks.likelihood`: takes a whole number from 1 to 5, not 6",
        "kickoff.toml, line 12: `risks.impact`: takes a whole number from 1 to 5, not \"high\"",
        "kickoff.toml, line 15: there is no threshold `root_idel_days`: did you mean `root_idle_days`?",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn toml_that_is_broken_is_named_by_line() {
    for (text, line) in [("[scope]\nregions = [\"eu-west-1\"\n[entity]\n", 3), ("a = 1\na = 2\n", 2), ("x = \n", 1)] {
        let error = parse(text).unwrap_err();
        assert!(error.starts_with(&format!("kickoff.toml, line {line}: ")), "{error}");
    }
    assert_eq!(
        parse("a = 1\na = 2\n").unwrap_err(),
        "kickoff.toml, line 2: duplicate key `a`: it stands above already"
    );
    // The head that is broken leaves its keys to the table before it: that they stand twice is no problem of its own.
    let cut = "[entity]\nname = \"A\"\nsystem = \"B\"\n[[people]\nname = \"C\"\n";
    let error = parse(cut).unwrap_err();
    assert!(error.starts_with("kickoff.toml, line 4: ") && error.lines().count() == 1, "{error}");
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_of_the_folder() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let secret = elsewhere.path().join("secret.csv");
    std::fs::write(&secret, "id,text\n1,One\n").unwrap();
    std::os::unix::fs::symlink(&secret, folder.path().join("link.csv")).unwrap();
    let path = folder.path().join("kickoff.toml");
    for (text, line, key) in [
        ("request_list = \"link.csv\"\n", 1, "request_list"),
        ("[[documents]]\nrequest = \"IAM-01\"\nfile = \"link.csv\"\n", 3, "documents.file"),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = Engagement::read(&path).unwrap_err().to_string();
        let wanted = format!("line {line}: `{key}`: `link.csv` is a link that leads out of the folder of kickoff.toml");
        assert!(error.contains(&wanted), "{error}");
    }
    // What is not there yet is told by the register of documents, and a link within the folder is as good as a file.
    std::fs::write(folder.path().join("list.csv"), "id,text\n1,One\n").unwrap();
    std::os::unix::fs::symlink(folder.path().join("list.csv"), folder.path().join("within.csv")).unwrap();
    std::fs::write(&path, "request_list = \"within.csv\"\n[[documents]]\nrequest = \"1\"\nfile = \"none\"\n").unwrap();
    Engagement::read(&path).unwrap();
}

#[test]
fn a_value_that_cannot_be_leaves_nothing_else_unsaid() {
    // Three things that do not fit the schema, and three names that nothing has, which are only told of what fits.
    let text = "[scope]\nregions = [\"eu-west1\"]\ncategorys = []\n\
                [[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = 3\n\
                [[people]]\nid = \"bo\"\nname = \"Bo\"\nrole = \"CTO\"\n\
                [[escalation]]\nwhen = \"late\"\nto = \"ana\"\n\
                [[risks]]\nid = \"R-1\"\n\
                [[controls]]\nid = \"C-1\"\nwording = \"x\"\ncriteria = [\"CC6.1\"]\nowner = \"bob\"\nchecks = [\"iam-root-mfaa\"]\n";
    let problems = Engagement::parse(Path::new("kickoff.toml"), text).unwrap_err();
    let told: Vec<(Option<usize>, String)> = problems.problems().iter().map(|p| (p.line, p.to_string())).collect();
    let has = |line: usize, words: &str| {
        assert!(told.iter().any(|(at, what)| *at == Some(line) && what.contains(words)), "{line} {words}: {told:#?}");
    };
    has(2, "`eu-west1` is not the name of a region: did you mean `eu-west-1`?");
    has(3, "unknown key `categorys`: did you mean `categories`?");
    has(7, "takes a text, in quotes, not 3");
    has(15, "`risks.threat`: is missing");
    // The line is that of the file, though an entry before it was taken out; `bo` and `iam-root-mfa` are there.
    assert!(told.iter().any(|(_, what)| what.contains("there is no person `bob`: did you mean `bo`?")), "{told:#?}");
    assert!(told.iter().any(|(_, what)| what.contains("there is no check `iam-root-mfaa`")), "{told:#?}");
    // Ana is there, though her role cannot be read.
    assert!(!told.iter().any(|(_, what)| what.contains("`ana`")), "{told:#?}");
}

#[test]
fn names_that_fit_are_held_against_each_other_where_a_list_cannot_be_read() {
    let told = |text: &str| parse(text).unwrap_err();
    // Nobody can be known where the people are no list, and nobody is missed either.
    let words = told("people = 3\n[[escalation]]\nwhen = \"late\"\nto = \"ana\"\n");
    assert!(words.contains("`people`: takes a list, not 3") && !words.contains("there is no person"), "{words}");
    // The second entry keeps its line when the first one goes.
    let words = told(
        "[[exceptions]]\nid = 1\n[[exceptions]]\nid = \"X-2\"\ncheck = \"nothing\"\nreason = \"r\"\napprover = \"nobody\"\napproved = 2026-01-01\nexpires = 2026-02-01\ncompensating_control = \"c\"\n",
    );
    assert!(words.contains("line 5: `exceptions.check`: there is no check `nothing`"), "{words}");
    assert!(words.contains("line 7: `exceptions.approver`: there is no person `nobody`"), "{words}");
    assert!(words.contains("line 2: `exceptions.id`: takes a text, in quotes, not 1"), "{words}");
}

#[test]
fn a_region_a_role_or_a_way_in_that_a_scan_would_stumble_over_is_told_before() {
    for (text, words) in [
        ("[scope]\nregions = [\"EU-WEST-1\"]\n", "`EU-WEST-1` is not the name of a region"),
        ("[scope]\nregions = [\"Ireland\"]\n", "`Ireland` is not the name of a region, such as eu-west-1"),
        (
            "[[scope.accounts]]\nid = \"111122223333\"\nrole = \"arn:aws:iam::444455556666:role/Audit\"\n",
            "the role is of account 444455556666, not of 111122223333",
        ),
        (
            "[[scope.accounts]]\nid = \"111122223333\"\nrole = \"arn:aws:iam::111122223333:user/Audit\"\n",
            "is not the ARN of a role",
        ),
    ] {
        let told = parse(text).unwrap_err();
        assert!(told.contains(words), "{told}");
    }
    let told = |text: &str| {
        let notices = parse(text).unwrap().notices(jiff::civil::date(2026, 11, 30));
        notices.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let near = told("[scope]\nregions = [\"eu-wset-1\", \"eu-west-2\"]\n");
    assert!(near.contains("does not know the region `eu-wset-1`: did you mean `eu-west-1`?"), "{near}");
    assert!(!near.contains("eu-west-2"), "{near}");
    let accounts = "[[scope.accounts]]\nid = \"111122223333\"\n[[scope.accounts]]\nid = \"444455556666\"\n";
    assert!(told(accounts).contains("no way into 111122223333, 444455556666 is known"), "{}", told(accounts));
    assert!(!told(&format!("[scope]\nrole = \"Audit\"\n{accounts}")).contains("no way into"));
}

/// `DetectorFeatureResult` of GuardDuty's API has `S3_DATA_EVENTS`; AWS adds features.
#[test]
fn a_misspelt_name_of_aws_is_refused_and_one_that_is_not_known_is_told() {
    let features =
        |name: &str| parse(&format!("[thresholds]\nguardduty_features = [\"S3_DATA_EVENTS\", \"{name}\"]\n"));
    for (name, near) in [
        ("S3_DATA_EVENT", "S3_DATA_EVENTS"),
        ("s3-data-events", "S3_DATA_EVENTS"),
        ("EKS_AUDIT_LOG", "EKS_AUDIT_LOGS"),
        ("LAMBDA_NETWORK_LOG", "LAMBDA_NETWORK_LOGS"),
    ] {
        let told = features(name).unwrap_err();
        let words = format!("`guardduty_features`: AWS has no `{name}`: did you mean `{near}`?");
        assert!(told.contains(&format!("line 2: {words}")), "{told}");
    }
    let notices = |name: &str| {
        let notices = features(name).unwrap().notices(jiff::civil::date(2026, 11, 30));
        notices.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    assert!(notices("QUANTUM").contains("this version does not know `QUANTUM`"), "{}", notices("QUANTUM"));
    assert!(!notices("AI_PROTECTION").contains("does not know"), "{}", notices("AI_PROTECTION"));
}
