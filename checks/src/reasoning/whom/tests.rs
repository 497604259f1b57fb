//! The five answers, each by a statement.
#![allow(clippy::unwrap_used)]

use kickoff_facts::{AccountFacts, Need, Neighbours, View};
use kickoff_policy::document::Kind;
use serde_json::{Value, json};

use super::*;

const NEEDS: &[Need] = &[Need::Organization, Need::Members];

fn facts(account: &str, organization: &str, members: Value) -> AccountFacts {
    serde_json::from_value(json!({
        "account": account, "partition": "aws", "as_of": "2026-11-30T00:00:00Z", "home_region": "us-east-1",
        "global": {
            "organization": { "value": { "id": organization, "management_account": "555566667777", "feature_set": "ALL" } },
            "members": { "value": members },
        },
    }))
    .unwrap()
}

fn answers(known: &Known<'_>, principal: &Value, condition: &Value) -> Vec<Standing> {
    let text = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition } });
    let policy = Policy::parse(&text.to_string(), Kind::Resource).unwrap();
    let statement = &policy.statements[0];
    let mut found: Vec<Standing> = known
        .parties(&policy, statement, false)
        .iter()
        .map(|party| known.answer(party, statement, Asked::Trust).standing)
        .collect();
    found.sort();
    found.dedup();
    found
}

#[test]
fn each_of_the_five_answers_is_given_by_what_the_run_knows() {
    let facts = facts("555566667777", "o-acme4prod1", json!([{ "id": "111122223333", "state": "ACTIVE" }]));
    let view = View::account(&facts, NEEDS);
    let mut parameters = Parameters::default();
    parameters.set("vendor_accounts", crate::Value::List(vec!["464622532012".to_owned()])).unwrap();
    let known = Known::read(&view, &parameters);
    let aws = |text: &str| json!({ "AWS": text });
    let is = |key: &str, value: &str| json!({ "StringEquals": { key: value } });
    use Standing::{Anybody, Declared, Ours, Stranger, Unknown};
    for (principal, condition, expected) in [
        (aws("111122223333"), json!({}), Ours),
        (aws("arn:aws:iam::555566667777:role/x"), json!({}), Ours),
        (json!("*"), is("aws:PrincipalOrgID", "o-acme4prod1"), Ours),
        (json!("*"), is("aws:PrincipalAccount", "111122223333"), Ours),
        (json!("*"), json!({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-acme4prod1/*" } }), Ours),
        (json!({ "Service": "sns.amazonaws.com" }), is("aws:SourceAccount", "111122223333"), Ours),
        (json!({ "Service": "sns.amazonaws.com" }), is("aws:SourceOrgID", "o-acme4prod1"), Ours),
        (json!({ "Federated": "arn:aws:iam::555566667777:saml-provider/idp" }), json!({}), Ours),
        (aws("464622532012"), json!({}), Declared),
        (
            json!({ "Federated": "cognito-identity.amazonaws.com" }),
            is("cognito-identity.amazonaws.com:aud", "us-east-1:1"),
            Declared,
        ),
        (aws("999988887777"), json!({}), Stranger),
        (aws("999988887777"), is("sts:ExternalId", "x"), Stranger),
        (json!("*"), is("aws:PrincipalOrgID", "o-evilcorp99"), Stranger),
        (json!("*"), json!({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-evilcorp99/*" } }), Stranger),
        (json!({ "Service": "sns.amazonaws.com" }), is("aws:SourceAccount", "999988887777"), Stranger),
        (json!({ "Service": "sns.amazonaws.com" }), is("aws:SourceOrgID", "o-evilcorp99"), Stranger),
        (json!("*"), json!({}), Anybody),
        (json!("*"), is("sts:ExternalId", "x"), Anybody),
        (json!("*"), json!({ "ForAllValues:StringEquals": { "aws:PrincipalOrgID": "o-acme4prod1" } }), Anybody),
        (json!({ "Service": "scheduler.amazonaws.com" }), json!({}), Anybody),
        (json!({ "Service": "made-up.amazonaws.com" }), json!({}), Unknown),
        (json!({ "Service": "lambda.amazonaws.com" }), json!({}), Ours),
        (json!({ "Federated": "cognito-identity.amazonaws.com" }), json!({}), Anybody),
        (json!({ "Federated": "accounts.google.com" }), json!({}), Anybody),
        (json!("*"), json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }), Unknown),
        (json!("*"), is("made:Up", "x"), Unknown),
        (json!({ "Service": "sns.amazonaws.com" }), is("aws:SourceArn", "arn:aws:s3:::some-bucket"), Unknown),
        (
            json!({ "Service": "sns.amazonaws.com" }),
            is("aws:SourceArn", "arn:aws:apigateway:us-east-1::/restapis/a1b2c3"),
            Unknown,
        ),
        (
            json!({ "Service": "sns.amazonaws.com" }),
            json!({ "StringEquals": { "aws:SourceArn": "arn:aws:s3:::some-bucket", "aws:SourceAccount": "111122223333" } }),
            Ours,
        ),
        (
            json!({ "CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be" }),
            json!({}),
            Unknown,
        ),
        (aws("AROAEXAMPLEGONE000001"), json!({}), Unknown),
    ] {
        let found = answers(&known, &principal, &condition);
        assert_eq!(found.iter().max(), Some(&expected), "{principal} {condition}: {found:?}");
    }
}

#[test]
fn a_member_knows_its_siblings_by_the_run_and_by_the_management_account_of_the_run() {
    let here = facts("888877776666", "o-acme4prod1", Value::Null);
    let parameters = Parameters::default();
    let ask = |others: &Neighbours, account: &str| {
        let view = View::account(&here, NEEDS).among(Some(others));
        answers(&Known::read(&view, &parameters), &json!({ "AWS": account }), &json!({}))
    };
    let mut alone = Neighbours::default();
    alone.name("222233334444");
    assert_eq!(ask(&alone, "222233334444"), [Standing::Ours], "an account of the run");
    assert_eq!(ask(&alone, "555566667777"), [Standing::Ours], "the management account");
    assert_eq!(ask(&alone, "464622532012"), [Standing::Unknown], "nobody lists the accounts");
    let mut managed = Neighbours::default();
    managed.add(&facts("555566667777", "o-acme4prod1", json!([{ "id": "111122223333", "state": "ACTIVE" }])));
    assert_eq!(ask(&managed, "111122223333"), [Standing::Ours]);
    assert_eq!(ask(&managed, "464622532012"), [Standing::Stranger]);
}
