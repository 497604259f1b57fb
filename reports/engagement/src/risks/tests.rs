use std::path::Path;

use kickoff_checks::CHECKS;

use super::*;

fn run(checks: &[(&str, Status)]) -> Outcomes {
    let outcome = |status: Status| CheckOutcome {
        stale: None,
        on: None,
        statuses: BTreeMap::from([(status, 1)]),
        failing: if status == Status::Fail { vec!["arn:one".to_owned()] } else { Vec::new() },
        evidence: Vec::new(),
    };
    Outcomes {
        run: "RUN-1".to_owned(),
        checks: checks.iter().map(|(id, status)| ((*id).to_owned(), outcome(*status))).collect(),
        ..Outcomes::default()
    }
}

fn parse(text: &str) -> Engagement {
    Engagement::parse(Path::new("kickoff.toml"), text).unwrap()
}

/// The figures below are worked out from these.
fn severities_are_as_the_tests_below_think() {
    for (id, severity) in [
        ("iam-root-mfa", Severity::Critical),
        ("cloudtrail-kms", Severity::Low),
        ("cloudtrail-management-events", Severity::High),
        ("cloudtrail-log-validation", Severity::Medium),
    ] {
        assert_eq!(Check::get(id).unwrap().meta.severity, severity, "{id}");
    }
}

#[test]
fn every_check_of_this_version_stands_against_a_named_threat() {
    for check in CHECKS {
        assert!(threat_of(check).1.is_some(), "{}: name it in data/risks.csv", check.meta.id);
    }
    for (id, seed) in [
        ("iam-root-mfa", "root-user"),
        ("iam-user-console-mfa", "weak-sign-in"),
        ("iam-user-access-key-age", "old-credentials"),
        ("iam-role-trust-public", "outside-trust"),
        ("iam-inline-policy-no-admin", "excess-privilege"),
        ("org-scp-protects-logging", "log-loss"),
        ("org-membership", "ungoverned-account"),
    ] {
        assert_eq!(threat_of(Check::get(id).unwrap()).0, seed, "{id}");
    }
}

#[test]
fn figures_follow_from_the_checks_and_are_explained() {
    severities_are_as_the_tests_below_think();
    let seed = |checks: &[(&str, Status)]| super::seed(&Engagement::default(), &run(checks));
    assert!(seed(&[("iam-root-mfa", Status::Pass), ("cloudtrail-kms", Status::Manual)]).is_empty());

    // log-loss: likelihood 3, impact 4. Two of three hold, a low one fails: 3 * 2 / 3 = 2 steps, 3 - 2 = 1.
    let low = seed(&[
        ("cloudtrail-kms", Status::Fail),
        ("cloudtrail-management-events", Status::Pass),
        ("cloudtrail-log-validation", Status::Pass),
    ]);
    assert_eq!(low.len(), 1);
    assert_eq!((low[0].inherent.product(), low[0].residual.product()), (12, 4));
    assert_eq!(
        low[0].explanation,
        "Without controls: likelihood 3 times impact 4 is 12 (high). Of 3 checks: holding 2, failing 1, unknown 0. That is 2 of 3 steps. With the controls as they are: likelihood 1 times impact 4 is 4 (low). Resources that fail: 1."
    );
    // The high one is unknown: one step at most.
    let high = seed(&[
        ("cloudtrail-kms", Status::Pass),
        ("cloudtrail-management-events", Status::NotEvaluated),
        ("cloudtrail-log-validation", Status::Pass),
    ]);
    assert_eq!(high[0].risk.residual_likelihood, Some(2));
    assert!(high[0].explanation.contains("A high check does not hold: one step at most."));
    let order = seed(&[
        ("cloudtrail-kms", Status::Fail),
        ("iam-root-mfa", Status::Fail),
        ("iam-user-access-key-age", Status::Fail),
    ]);
    let order: Vec<_> = order.iter().map(|s| (s.risk.seed.as_deref().unwrap(), s.residual.product())).collect();
    assert_eq!(order, [("old-credentials", 16), ("root-user", 15), ("log-loss", 12)], "the highest first");
    // root-user: a critical one fails, nothing is taken away.
    let critical = seed(&[("iam-root-mfa", Status::Fail), ("iam-root-last-used", Status::Pass)]);
    assert_eq!(critical[0].risk.residual_likelihood, Some(3));
    assert_eq!(critical[0].risk.criteria, ["CC6.1"]);
}

const WRITTEN: &str = r#"# Ours.
[[people]]
id = "ana"
name = "Ana"
role = "CTO"
[[controls]]
id = "LOG-7"
wording = "The trail is encrypted."
criteria = ["CC7.2"]
checks = ["cloudtrail-kms"]
[[policies]]
id = "logging"
title = "Logging policy"
controls = ["LOG-7"]
[[risks]]
id = "R-007"
seed = "log-loss"
state = "edited"
threat = "Our own words, with \"quotes\"."
asset = "The audit archive"
likelihood = 2
impact = 5
residual_likelihood = 2
treatment = "Insure."
note = "Decided in March."
owner = "ana"
checks = ["cloudtrail-kms"]
[[risks]]
id = "R-003"
seed = "root-user"
state = "rejected"
threat = "t"
asset = "a"
likelihood = 1
impact = 1
note = "Root is held by the parent company."
[[risks]]
id = "R-001"
threat = "The building burns."
asset = "The office"
likelihood = 1
impact = 3
"#;

#[test]
fn a_re_run_never_loses_a_persons_words() {
    let file = parse(WRITTEN);
    let results = run(&[
        ("cloudtrail-kms", Status::Fail),
        ("cloudtrail-log-validation", Status::Fail),
        ("iam-root-mfa", Status::Fail),
        ("iam-user-access-key-age", Status::Fail),
    ]);
    let register = super::register(&file, &results);
    for (entry, written) in register.iter().zip(&file.risks) {
        assert_eq!(&entry.risk, written, "word for word, figure for figure");
    }
    assert_eq!(
        register[0].standing,
        Standing::Differs(vec![
            "results suggest a residual likelihood of 3, the file says 2".to_owned(),
            "checks bear on it that the file does not name: cloudtrail-log-validation".to_owned(),
        ])
    );
    assert_eq!(register[1].standing, Standing::Agrees, "a rejected risk is not proposed again");
    assert_eq!(register[2].standing, Standing::NotLookedAt);
    assert_eq!(register.len(), 4);
    let new = &register[3];
    assert_eq!((new.risk.id.as_str(), new.risk.seed.as_deref()), ("R-008", Some("old-credentials")));
    assert!(new.is_undecided() && new.standing == Standing::New);

    let longer = append(Path::new("kickoff.toml"), WRITTEN, &register).unwrap();
    assert!(longer.starts_with(WRITTEN), "what was there is there");
    let again = parse(&longer);
    assert_eq!(again.risks.len(), 4);
    assert_eq!(again.risks[3], new.risk);
    let second = super::register(&again, &results);
    assert!(second.iter().all(|entry| entry.standing != Standing::New));
    assert_eq!(append(Path::new("kickoff.toml"), &longer, &second).unwrap(), longer, "twice is once");
}

#[test]
fn what_results_no_longer_show_is_said_and_kept() {
    let file = parse(WRITTEN);
    let register = super::register(&file, &run(&[("cloudtrail-kms", Status::Pass)]));
    assert_eq!(register[0].standing, Standing::NoLongerSeen);
    assert_eq!(register[0].risk.note.as_deref(), Some("Decided in March."));
    assert_eq!(register.len(), 3);
}

#[test]
fn a_file_that_cannot_be_added_to_is_refused() {
    let inline = "risks = [{ id = \"R-001\", threat = \"t\", asset = \"a\", likelihood = 1, impact = 1 }]\n";
    let register = super::register(&parse(inline), &run(&[("iam-root-mfa", Status::Fail)]));
    assert_eq!(register.len(), 2);
    let error = append(Path::new("kickoff.toml"), inline, &register).unwrap_err().to_string();
    assert!(error.starts_with("kickoff.toml, line 1: `risks`: is written as `risks = [...]`"), "{error}");
}

#[test]
fn links_go_both_ways() {
    let file = parse(WRITTEN);
    let register = super::register(&file, &run(&[("cloudtrail-kms", Status::Fail), ("iam-root-mfa", Status::Fail)]));
    let links = links(&file, register.iter().map(|entry| &entry.risk));
    assert!(!links.risks.contains_key("R-003"), "rejected");
    assert!(links.checks["cloudtrail-kms"].risks.contains("R-007"));
    assert!(links.checks["cloudtrail-kms"].controls.contains("LOG-7"));
    assert!(links.controls["LOG-7"].policies.contains("logging"));
    assert!(links.policies["logging"].controls.contains("LOG-7"));

    // A risk that results suggest finds the control that its check tests, and the policy of that control.
    let fresh = parse(&WRITTEN[..WRITTEN.find("[[risks]]").unwrap()]);
    let register = super::register(&fresh, &run(&[("cloudtrail-kms", Status::Fail)]));
    assert_eq!(
        (register[0].risk.controls.join(" "), register[0].risk.policies.join(" ")),
        ("LOG-7".into(), "logging".into())
    );
    let links = super::links(&fresh, register.iter().map(|entry| &entry.risk));
    assert!(links.controls["LOG-7"].risks.contains("R-001") && links.policies["logging"].risks.contains("R-001"));
    assert!(links.risks["R-001"].checks.contains("cloudtrail-kms"));
}

/// The scale of the issue: words, a product, bands of its own.
const SCALE: &str = r#"[risk_scale]
likelihood = ["Rare", "Unlikely", "Likely", "Almost certain"]
impact = ["Minor", "Serious", "Severe"]
bands = [{ name = "Acceptable", to = 3 }, { name = "Tolerable", to = 6 }, { name = "Unacceptable" }]
"#;

#[test]
fn suggestions_come_on_the_companys_scale_and_keep_ours_beside() {
    severities_are_as_the_tests_below_think();
    let file = parse(SCALE);
    let results = run(&[("iam-root-mfa", Status::Fail), ("iam-root-last-used", Status::Pass)]);
    let register = super::register(&file, &results);
    // root-user is 3 times 5 of ours. The third of five is between the second and the third of four: the third. The highest
    // is the highest.
    let entry = &register[0];
    assert_eq!((entry.risk.likelihood, entry.risk.impact), (3, 3));
    assert_eq!(entry.inherent.in_full(), "9 (3×3) Unacceptable");
    assert_eq!(
        entry.residual.ours_in_full().as_deref(),
        Some("15 (3×5) critical"),
        "as results say it, and not by rank"
    );
    assert!(
        entry.explanation.as_ref().unwrap().ends_with(
            " On the company's scale, by rank (the lowest is the lowest, the highest the highest, what is between the nearest): likelihood Likely (3), with the controls Likely (3), impact Severe (3): 9 (Unacceptable), with the controls 9 (Unacceptable)."
        ),
        "{entry:?}"
    );
    // What is added is in the company's words, and reads as the same.
    let longer = append(Path::new("kickoff.toml"), SCALE, &register).unwrap();
    assert!(
        longer.contains("\nlikelihood = \"Likely\"\nimpact = \"Severe\"\nresidual_likelihood = \"Likely\"\n"),
        "{longer}"
    );
    let again = super::register(&parse(&longer), &results);
    assert_eq!((again[0].risk.clone(), &again[0].standing), (entry.risk.clone(), &Standing::Agrees));
    assert_eq!(again[0].inherent, entry.inherent);
    // A person who decides otherwise is told in their words, and ours follows by rank.
    let edited = longer.replace("residual_likelihood = \"Likely\"", "residual_likelihood = \"Rare\"");
    let edited = super::register(&parse(&edited), &results);
    assert_eq!(
        edited[0].standing,
        Standing::Differs(vec![
            "results suggest a residual likelihood of Likely (3), the file says Rare (1)".to_owned()
        ])
    );
    assert_eq!(edited[0].residual.ours_in_full().as_deref(), Some("5 (1×5) medium"));
}
