//! Evaluation of a large account, without any AWS between: facts in, results out.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use kickoff_checks::{Parameters, Selection, evaluate};
use kickoff_facts::iam::{AccountSummary, Authorization, CredentialKey, CredentialReport, CredentialRow, Role, User};
use kickoff_facts::logging::LogGroup;
use kickoff_facts::{AccountFacts, EvidenceRef, GlobalFacts, Observed, RegionalFacts};

#[path = "../checks/tests/many_rules/mod.rs"]
mod many_rules;

fn main() {
    divan::main();
}

fn known<T>(value: T) -> Observed<T> {
    Observed::known(value, EvidenceRef(0))
}

/// 4,000 users, 6,000 roles, 2,000 log groups.
fn account() -> AccountFacts {
    let as_of: Timestamp = "2026-03-02T00:00:00Z".parse().unwrap();
    let ago = |days: i64| Some(as_of - SignedDuration::from_hours(days * 24));
    let arn = |rest: String| format!("arn:aws:iam::111122223333:{rest}");
    let rows = (0..4_000_i64).map(|n| {
        let user = format!("user-{n:05}");
        let mut row = CredentialRow::new(user.clone(), arn(format!("user/{user}")));
        row.created = ago(n % 900);
        row.password_enabled = Some(n % 3 != 0);
        row.password_last_used = ago(n % 200);
        row.password_last_changed = ago(n % 400);
        let last_rotated = ago(n % 300);
        row.keys[0] = CredentialKey { active: n % 2 == 0, last_rotated, last_used: ago(n % 100) };
        row.with_mfa(n % 7 != 0)
    });
    let users = (0..4_000).map(|n| User {
        name: format!("user-{n:05}"),
        arn: arn(format!("user/user-{n:05}")),
        groups: vec![format!("group-{}", n % 50)],
        ..User::default()
    });
    let roles = (0..6_000).map(|n| Role {
        name: format!("role-{n:05}"),
        arn: arn(format!("role/role-{n:05}")),
        path: "/".to_owned(),
        created: ago(n % 900),
        last_used: (n % 5 != 0).then(|| ago(n % 200)).flatten(),
        ..Role::default()
    });
    let groups = (0..2_000).map(|n| LogGroup {
        name: format!("/app/{n:05}"),
        arn: format!("arn:aws:logs:us-east-1:111122223333:log-group:/app/{n:05}"),
        retention_days: (n % 4 != 0).then_some(30 * (n % 30) + 1),
        ..LogGroup::default()
    });
    let global = GlobalFacts {
        account_summary: known(AccountSummary { users: 4_000, ..AccountSummary::default() }),
        credential_report: known(CredentialReport::new(as_of, None, rows.collect())),
        authorization: known(Authorization {
            users: users.collect(),
            roles: roles.collect(),
            ..Authorization::default()
        }),
        ..GlobalFacts::default()
    };
    let regional = RegionalFacts { log_groups: known(groups.collect()), ..RegionalFacts::default() };
    AccountFacts {
        account: "111122223333".to_owned(),
        partition: "aws".to_owned(),
        as_of,
        caller: String::new(),
        home_region: "us-east-1".to_owned(),
        disabled_regions: Vec::new(),
        global,
        regions: BTreeMap::from([("us-east-1".to_owned(), regional)]),
        control_totals: Vec::new(),
    }
}

/// All checks over 10,000 principals and 2,000 log groups.
#[divan::bench]
fn all_checks(bencher: divan::Bencher<'_, '_>) {
    let facts = account();
    let selection = Selection::of(&[], &[]).unwrap();
    let parameters = Parameters::default();
    bencher.bench(|| evaluate(&facts, &selection.0, &parameters).rows.len());
}

/// All checks over 10,000 EventBridge rules, each with a pattern and a topic of its own.
#[divan::bench]
fn all_checks_of_many_rules(bencher: divan::Bencher<'_, '_>) {
    let facts = many_rules::facts(10_000);
    let selection = Selection::of(&[], &[]).unwrap();
    bencher.bench(|| evaluate(&facts, &selection.0, &Parameters::default()).rows.len());
}
