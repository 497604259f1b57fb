//! An account as a whole: reading it, compiling it, point questions, who-can, and the whole analysis.
//!
//! `KICKOFF_DETAILS=FILE` measures on what `aws iam get-account-authorization-details` printed, else on a made account.
#![allow(clippy::unwrap_used, missing_docs)]

use std::sync::LazyLock;

use divan::black_box;
use kickoff_policy::account::AccountData;
use kickoff_policy::actions::ActionTable;
use kickoff_policy::compile::Target;
use kickoff_policy::estate::{Around, Estate};
use kickoff_policy::reach::Reach;
use serde_json::{Value, json};

fn main() {
    divan::main();
}

const ACCOUNT: &str = "arn:aws:iam::111122223333";

/// A thousand roles with three policies each: a shared one, one of a team, one of its own.
fn made() -> String {
    let document = |statements: Value| json!({ "Version": "2012-10-17", "Statement": statements });
    let managed = |name: &str, body: Value| {
        json!({
            "PolicyName": name, "Arn": format!("{ACCOUNT}:policy/{name}"), "DefaultVersionId": "v1", "AttachmentCount": 1,
            "PolicyVersionList": [{ "Document": body, "VersionId": "v1", "IsDefaultVersion": true }],
        })
    };
    let team = |n: usize| {
        document(json!([
            { "Effect": "Allow", "Action": ["s3:Get*", "s3:Put*"], "Resource": format!("arn:aws:s3:::acme-{n}-*/*") },
            { "Effect": "Allow", "Action": ["sqs:*", "dynamodb:*Item"], "Resource": "*",
              "Condition": { "StringEquals": { "aws:RequestedRegion": "eu-west-1" } } },
            { "Effect": "Deny", "Action": "iam:*", "Resource": format!("{ACCOUNT}:role/team-{n}-*") },
        ]))
    };
    let own = |n: usize| match n % 50 {
        0 => document(json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }])),
        1 => document(json!([{ "Effect": "Allow", "Action": ["iam:PassRole", "lambda:*"], "Resource": "*" }])),
        2 => document(
            json!([{ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": format!("{ACCOUNT}:role/*") }]),
        ),
        _ => document(
            json!([{ "Effect": "Allow", "Action": "logs:*", "Resource": format!("arn:aws:logs:*:*:log-group:/app/{n}:*") }]),
        ),
    };
    let trust = |n: usize| {
        let service = if n.is_multiple_of(2) { "lambda.amazonaws.com" } else { "ec2.amazonaws.com" };
        let who = if n.is_multiple_of(5) {
            json!({ "AWS": format!("{ACCOUNT}:root") })
        } else {
            json!({ "Service": service })
        };
        document(json!([{ "Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole" }]))
    };
    let roles: Vec<Value> = (0..1000)
        .map(|n| {
            let attached =
                |name: String| json!({ "PolicyName": name, "PolicyArn": format!("{ACCOUNT}:policy/{name}") });
            json!({
                "Path": "/", "RoleName": format!("role-{n}"), "Arn": format!("{ACCOUNT}:role/role-{n}"),
                "AssumeRolePolicyDocument": trust(n), "InstanceProfileList": [],
                "RolePolicyList": [{ "PolicyName": "own", "PolicyDocument": own(n) }],
                "AttachedManagedPolicies": [attached("shared".to_owned()), attached(format!("team-{}", n % 20))],
            })
        })
        .collect();
    let shared =
        document(json!([{ "Effect": "Allow", "Action": ["ec2:Describe*", "iam:Get*", "iam:List*"], "Resource": "*" }]));
    let policies = (0..20).map(|n| managed(&format!("team-{n}"), team(n))).chain([managed("shared", shared)]);
    let policies: Vec<Value> = policies.collect();
    json!({ "UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": policies }).to_string()
}

static TEXT: LazyLock<String> = LazyLock::new(|| match std::env::var("KICKOFF_DETAILS") {
    Ok(path) => std::fs::read_to_string(path).unwrap(),
    Err(_) => made(),
});

static ESTATE: LazyLock<Estate> = LazyLock::new(|| compiled(read()));

fn read() -> Vec<AccountData> {
    AccountData::from_details(&TEXT).unwrap()
}

fn compiled(accounts: Vec<AccountData>) -> Estate {
    Estate::new(accounts, Around::default(), ActionTable::embedded(), "2026-01-01T00:00:00Z")
}

#[divan::bench(sample_count = 20)]
fn load() -> Vec<AccountData> {
    LazyLock::force(&TEXT);
    read()
}

#[divan::bench(sample_count = 20)]
fn compile(bencher: divan::Bencher<'_, '_>) {
    bencher.with_inputs(read).bench_values(compiled);
}

/// One question of one principal: an action on a resource.
#[divan::bench(args = ["s3:GetObject", "iam:PassRole", "kms:Decrypt", "sts:AssumeRole"])]
fn points(bencher: divan::Bencher<'_, '_>, action: &str) {
    let id = ActionTable::embedded().id(action).unwrap();
    let target = Target::one(match action {
        "s3:GetObject" => "arn:aws:s3:::acme-7-data/file",
        "kms:Decrypt" => "arn:aws:kms:us-east-1:111122223333:key/1",
        _ => "arn:aws:iam::111122223333:role/role-7",
    });
    let all = ESTATE.principals();
    bencher
        .counter(divan::counter::ItemsCount::new(all))
        .bench(|| (0..all).filter(|at| ESTATE.own_policies_allow(*at, id, black_box(&target)).certain()).count());
}

#[divan::bench(args = ["s3:GetObject", "iam:PassRole"])]
fn who_can(bencher: divan::Bencher<'_, '_>, action: &str) {
    bencher.bench(|| ESTATE.who_can(action, "*").unwrap());
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn access() -> usize {
    serde_json::to_vec(&Reach::new(&ESTATE).access()).unwrap().len()
}
