//! Who gets to an object through roles: chains worked out by hand.
#![allow(clippy::unwrap_used)]

use kickoff_policy::access::PartyKind;
use kickoff_policy::account::AccountData;
use kickoff_policy::actions::ActionTable;
use kickoff_policy::estate::{Around, Estate, Listed, Own};
use kickoff_policy::whom::Standing;
use serde_json::{Value, json};

const ACCOUNT: &str = "arn:aws:iam::111122223333";

fn allow(action: &str, resource: &str, condition: &Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition }] })
}

fn user(name: &str, policy: Option<Value>) -> Value {
    let inline: Vec<Value> =
        policy.into_iter().map(|document| json!({ "PolicyName": "own", "PolicyDocument": document })).collect();
    json!({ "Path": "/", "UserName": name, "UserId": "AIDAEXAMPLE", "Arn": format!("{ACCOUNT}:user/{name}"),
        "CreateDate": "2025-01-01T00:00:00Z", "UserPolicyList": inline, "GroupList": [], "AttachedManagedPolicies": [], "Tags": [] })
}

fn role(name: &str, trusted: &[String], policy: Option<Value>) -> Value {
    let inline: Vec<Value> =
        policy.into_iter().map(|document| json!({ "PolicyName": "own", "PolicyDocument": document })).collect();
    let trust = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": trusted }, "Action": "sts:AssumeRole" }] });
    json!({ "Path": "/", "RoleName": name, "RoleId": "AROAEXAMPLE", "Arn": format!("{ACCOUNT}:role/{name}"),
        "CreateDate": "2025-01-01T00:00:00Z", "AssumeRolePolicyDocument": trust, "InstanceProfileList": [],
        "RolePolicyList": inline, "AttachedManagedPolicies": [], "Tags": [] })
}

/// A role of machines: AWS gives it to those of its own account only.
fn machine() -> Value {
    let mut machine = role("machine", &[], None);
    machine["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] = json!({ "Service": "ec2.amazonaws.com" });
    machine
}

fn estate() -> Estate {
    let none = json!({});
    let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    let arn = |name: &str| format!("{ACCOUNT}:{name}");
    let step = arn("role/step");
    let read = || allow("s3:GetObject", "arn:aws:s3:::books/*", &none);
    let details = json!({ "IsTruncated": false, "GroupDetailList": [], "Policies": [],
        "UserDetailList": [
            user("ann", None),
            user("bob", Some(allow("sts:AssumeRole", &step, &none))),
            user("cara", Some(allow("sts:AssumeRole", &step, &mfa))),
            user("dave", Some(allow("s3:ListAllMyBuckets", "*", &none))),
            user("eve", Some(read())),
        ],
        "RoleDetailList": [
            // The one that reads is entered by `step`, and by a vendor.
            role("reader", &[step.clone(), "arn:aws:iam::999988887777:root".to_owned()], Some(read())),
            // The trust policy names a user of the same account: that alone grants it.
            role("step", &[arn("user/ann"), arn("root"), arn("role/reader")], None),
            role("elsewhere", &[arn("root")], None),
            machine(),
        ] });
    let accounts = AccountData::from_details(&details.to_string()).unwrap();
    let own = Own { listed: [("111122223333".to_owned(), Listed::All)].into(), ..Own::default() };
    let owners = [("arn:aws:s3:::books".to_owned(), "111122223333".to_owned())].into();
    Estate::new(accounts, Around { own, owners, ..Around::default() }, ActionTable::embedded(), "2026-01-01T00:00:00Z")
}

#[test]
fn each_gets_there_by_the_shortest_chain_and_only_what_is_certain_is_said_to_be() {
    let estate = estate();
    let found = estate.who_can("s3:GetObject", "arn:aws:s3:::books/2026.csv").unwrap();
    let direct: Vec<&str> = found.principals.iter().map(|one| one.principal.as_str()).collect();
    assert_eq!(direct, [format!("{ACCOUNT}:user/eve"), format!("{ACCOUNT}:role/reader")]);
    let through = estate.through_roles(&found).unwrap();
    let told: Vec<(String, bool, Vec<&str>)> = through
        .principals
        .iter()
        .map(|way| {
            let chain = way.chain.iter().map(|step| step.role.rsplit('/').next().unwrap()).collect();
            (way.principal.replace(ACCOUNT, ""), way.certain, chain)
        })
        .collect();
    let way = |who: &str, certain: bool, chain: &[&'static str]| (who.to_owned(), certain, chain.to_vec());
    assert_eq!(
        told,
        [
            way(":role/step", true, &["reader"]),
            way(":user/ann", true, &["step", "reader"]),
            way(":user/bob", true, &["step", "reader"]),
            way(":user/cara", false, &["step", "reader"]),
        ]
    );
    let cara = &through.principals[3];
    assert!(!cara.chain[0].certain && cara.chain[1].certain);
    assert!(cara.chain[0].conditions.iter().any(|one| one.contains("aws:MultiFactorAuthPresent")), "{cara:?}");
    assert!(through.principals.iter().all(|way| way.chain.iter().all(|step| !step.evidence.is_empty())));
    let outside: Vec<_> = through
        .outside
        .iter()
        .map(|one| (one.kind, one.account.as_deref(), one.standing, one.resource.as_str()))
        .collect();
    let reader = format!("{ACCOUNT}:role/reader");
    assert_eq!(outside, [(PartyKind::Account, Some("999988887777"), Standing::Stranger, reader.as_str())]);
}

#[test]
fn a_roles_own_policy_is_its_trust_policy_whoever_asks() {
    let estate = estate();
    let found = estate.who_can("sts:AssumeRole", &format!("{ACCOUNT}:role/machine")).unwrap();
    let outside: Vec<_> = found.outside.iter().map(|one| (one.kind, one.standing)).collect();
    assert_eq!(outside, [(PartyKind::Service, Standing::Ours)], "{found:?}");
}

#[test]
fn a_right_that_no_role_holds_is_reached_through_none() {
    let estate = estate();
    let found = estate.who_can("s3:ListAllMyBuckets", "*").unwrap();
    assert_eq!(found.principals.len(), 1);
    let through = estate.through_roles(&found).unwrap();
    assert!(through.principals.is_empty() && through.outside.is_empty());
}
