//! A small account, worked out by hand: who is an administrator, who is a step away, who is held back, who gets in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kickoff_policy::access::{Certainty, PartyKind, Reaches};
use kickoff_policy::account::{AccountData, ControlLevel};
use kickoff_policy::actions::ActionTable;
use kickoff_policy::estate::{Around, Controls, Estate};
use kickoff_policy::reach::{ADMINISTRATOR, Reach};
use serde_json::{Value, json};

const ACCOUNT: &str = "arn:aws:iam::111122223333";

fn document(effect: &str, action: &Value, resource: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": effect, "Action": action, "Resource": resource }] })
}

fn user(name: &str, inline: &Value) -> Value {
    json!({
        "Path": "/", "UserName": name, "UserId": "AIDAEXAMPLE", "Arn": format!("{ACCOUNT}:user/{name}"), "CreateDate": "2025-01-01T00:00:00Z",
        "UserPolicyList": [{ "PolicyName": "own", "PolicyDocument": inline }], "GroupList": [], "AttachedManagedPolicies": [], "Tags": [],
    })
}

fn role(name: &str, principal: &Value, condition: &Value, inline: &Value) -> Value {
    let trust = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition }] });
    json!({
        "Path": "/", "RoleName": name, "RoleId": "AROAEXAMPLE", "Arn": format!("{ACCOUNT}:role/{name}"), "CreateDate": "2025-01-01T00:00:00Z",
        "AssumeRolePolicyDocument": trust, "InstanceProfileList": [], "RolePolicyList": [{ "PolicyName": "own", "PolicyDocument": inline }],
        "AttachedManagedPolicies": [], "Tags": [], "RoleLastUsed": {},
    })
}

fn details() -> String {
    let nothing = document("Allow", &json!("s3:ListAllMyBuckets"), "*");
    let everything = document("Allow", &json!("*"), "*");
    let mut capped = user("capped", &everything);
    capped["PermissionsBoundary"] =
        json!({ "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": format!("{ACCOUNT}:policy/limit") });
    let with_mfa = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "true" } } }] });
    let denied = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "iam:AttachUserPolicy", "Resource": "*" },
        { "Sid": "NoIam", "Effect": "Deny", "Action": "iam:*", "Resource": "*" }] });
    let none = json!({});
    json!({
        "UserDetailList": [
            user("root-like", &everything),
            capped,
            user("with-mfa", &with_mfa),
            user("attacher", &document("Allow", &json!("iam:AttachUserPolicy"), &format!("{ACCOUNT}:user/attacher"))),
            user("held-back", &denied),
            user("hopper", &document("Allow", &json!("sts:AssumeRole"), &format!("{ACCOUNT}:role/middle"))),
            user("reader", &nothing),
        ],
        "GroupDetailList": [],
        "RoleDetailList": [
            role("middle", &json!({ "AWS": format!("{ACCOUNT}:root") }), &none,
                &document("Allow", &json!(["iam:PassRole", "glue:CreateDevEndpoint"]), "*")),
            role("powerful", &json!({ "Service": "glue.amazonaws.com" }), &none, &everything),
            role("vendor", &json!({ "AWS": "arn:aws:iam::444455556666:root" }), &json!({ "StringEquals": { "sts:ExternalId": "x1" } }), &nothing),
            role("open", &json!({ "AWS": "*" }), &none, &nothing),
            role("half-open", &json!({ "AWS": "arn:aws:iam::444455556666:root" }), &json!({ "ForAllValues:StringEquals": { "sts:ExternalId": "x1" } }), &nothing),
            role("ci", &json!({ "Federated": format!("{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com") }),
                &json!({ "StringLike": { "token.actions.githubusercontent.com:sub": "repo:*" } }), &nothing),
        ],
        "Policies": [{
            "PolicyName": "limit", "PolicyId": "ANPAEXAMPLE", "Arn": format!("{ACCOUNT}:policy/limit"), "Path": "/", "DefaultVersionId": "v1",
            "AttachmentCount": 0, "PermissionsBoundaryUsageCount": 1, "IsAttachable": true, "CreateDate": "2025-01-01T00:00:00Z",
            "UpdateDate": "2025-01-01T00:00:00Z",
            "PolicyVersionList": [{ "Document": document("Allow", &json!("s3:*"), "*"), "VersionId": "v1", "IsDefaultVersion": true, "CreateDate": "2025-01-01T00:00:00Z" }],
        }],
    })
    .to_string()
}

fn estate(scp: Option<&Value>) -> Estate {
    let levels = scp.map(|document| ControlLevel::load(&document.to_string(), "guard").unwrap());
    let around = Around { scp: levels.map_or(Controls::Unknown, Controls::Everywhere), ..Around::default() };
    let accounts = AccountData::from_details(&details()).unwrap();
    Estate::new(accounts, around, ActionTable::embedded(), "2026-01-01T00:00:00Z")
}

fn named(arns: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = arns.into_iter().map(|arn| arn.rsplit('/').next().unwrap().to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn administrators_are_those_whom_nothing_holds_back() {
    let estate = estate(None);
    let access = Reach::new(&estate).access();
    assert_eq!(named(access.administrators.clone()), ["powerful", "root-like"]);
    assert_eq!(named(access.conditional_administrators.iter().map(|c| c.principal.clone())), ["with-mfa"]);
    let capped =
        access.blocked.iter().find(|b| b.principal.ends_with("/capped") && b.what == ["administrator grant"]).unwrap();
    assert!(capped.by.starts_with("boundary"), "{capped:?}");
}

#[test]
fn a_denied_step_is_told_with_the_statement_that_denies_it() {
    let estate = estate(None);
    let access = Reach::new(&estate).access();
    let blocked = access
        .blocked
        .iter()
        .find(|b| b.principal.ends_with("/held-back") && b.what.contains(&"user-attach".to_owned()))
        .unwrap();
    assert!(blocked.evidence.iter().any(|e| e.sid.as_deref() == Some("NoIam")), "{blocked:?}");
    assert!(access.escalations.iter().all(|e| !e.from.ends_with("/held-back")));
}

#[test]
fn a_path_goes_over_several_steps_and_the_shortest_is_told() {
    let estate = estate(None);
    let access = Reach::new(&estate).access();
    let own = access.escalations.iter().find(|e| e.from.ends_with("/attacher")).unwrap();
    assert_eq!((own.to.as_str(), own.certainty, own.length), (ADMINISTRATOR, Certainty::Certain, 1));
    let hopper = access.escalations.iter().find(|e| e.from.ends_with("/hopper")).unwrap();
    let steps: Vec<&str> = access.path(hopper).map(|hop| hop.primitive.as_str()).collect();
    assert_eq!(steps, ["assume", "pass-glue-devendpoint"]);
    assert!(hopper.to.ends_with("role/powerful") && hopper.certainty == Certainty::Certain);
    assert!(access.path(hopper).all(|hop| !hop.evidence.is_empty()));
    let held: Vec<_> = access
        .one_step
        .iter()
        .filter(|o| o.reaches == Reaches::Administrator && o.certainty == Certainty::Certain)
        .map(|o| o.principal.clone())
        .collect();
    assert_eq!(named(held), ["attacher", "middle"]);
    assert!(access.escalations.iter().all(|e| !e.from.ends_with("/reader")));
}

#[test]
fn whoever_gets_in_from_outside_is_listed_with_what_guards_the_way() {
    let estate = estate(None);
    let access = Reach::new(&estate).access();
    let vendor = access.outside.iter().find(|o| o.resource.ends_with("/vendor")).unwrap();
    assert_eq!(
        (vendor.kind, vendor.account.as_deref(), vendor.guarded),
        (PartyKind::Account, Some("444455556666"), true)
    );
    for name in ["/half-open", "/ci"] {
        let found = access.outside.iter().find(|o| o.resource.ends_with(name)).map(|o| o.guarded);
        assert_eq!(found, Some(false), "{name}");
    }
    let open = access.outside.iter().find(|o| o.resource.ends_with("/open")).unwrap();
    assert_eq!((open.kind, open.guarded, open.certainty), (PartyKind::Anyone, false, Certainty::Certain));
}

#[test]
fn an_scp_holds_everybody_of_the_account() {
    let guard = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "*", "Resource": "*" }, { "Sid": "NoIam", "Effect": "Deny", "Action": "iam:*", "Resource": "*" }] });
    let estate = estate(Some(&guard));
    let access = Reach::new(&estate).access();
    assert!(access.administrators.is_empty() && access.escalations.is_empty());
    assert_eq!(estate.who_can("iam:PassRole", "*").unwrap().principals, []);
}

#[test]
fn who_can_tells_the_certain_from_the_possible() {
    let estate = estate(None);
    let found = estate.who_can("iam:PassRole", "arn:aws:iam::111122223333:role/powerful").unwrap();
    let certain = named(found.principals.iter().filter(|h| h.certain).map(|h| h.principal.clone()));
    let possible = named(found.principals.iter().filter(|h| !h.certain).map(|h| h.principal.clone()));
    assert_eq!(
        (certain, possible),
        (vec!["middle".into(), "powerful".into(), "root-like".into()], vec!["with-mfa".to_owned()])
    );
    assert!(estate.who_can("iam:PasRole", "*").unwrap_err().contains("spelling"));
}
