//! A small account, worked out by hand: who is an administrator, who is a step away, who is held back, who gets in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kickoff_policy::access::{Certainty, PartyKind, Reaches};
use kickoff_policy::account::{AccountData, ControlLevel, Facts};
use kickoff_policy::actions::ActionTable;
use kickoff_policy::estate::{Around, Controls, Estate, Listed, Own};
use kickoff_policy::reach::{ADMINISTRATOR, Reach};
use kickoff_policy::whom::Standing;
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

/// What the party that a role's trust lets in is to the client, by what is known of who is who.
fn standing(role: &str, around: Around) -> Standing {
    let accounts = AccountData::from_details(&details()).unwrap();
    let estate = Estate::new(accounts, around, ActionTable::embedded(), "2026-01-01T00:00:00Z");
    let access = Reach::new(&estate).access();
    let found = access.outside.iter().find(|one| one.resource.ends_with(role)).unwrap();
    assert!(!found.whom.is_empty());
    let asked = estate.who_can("sts:AssumeRole", &found.resource).unwrap();
    let same = asked.outside.iter().find(|one| one.who == found.who).map(|one| (one.standing, &one.whom));
    assert_eq!(same, Some((found.standing, &found.whom)), "who-can says what access says");
    found.standing
}

#[test]
fn what_a_party_is_to_the_client_follows_from_what_is_known_of_who_is_who() {
    let listed = |listed: Listed| Own { listed: [("111122223333".to_owned(), listed)].into(), ..Own::default() };
    let account = || "444455556666".to_owned();
    let within = |own: Own| Around { own, ..Around::default() };
    let ours = Own { accounts: [account()].into(), ..listed(Listed::All) };
    let declared = Own { declared: [account()].into(), ..listed(Listed::Untold) };
    for (own, expected) in [
        (listed(Listed::All), Standing::Stranger),
        (listed(Listed::By("555566667777".to_owned())), Standing::Unknown),
        (listed(Listed::Unread), Standing::Unknown),
        (Own::default(), Standing::Unknown),
        (ours, Standing::Ours),
        (declared, Standing::Declared),
    ] {
        assert_eq!(standing("/vendor", within(own.clone())), expected, "{own:?}");
        assert_eq!(standing("/open", within(own.clone())), Standing::Anybody, "{own:?}");
        assert_eq!(standing("/ci", within(own.clone())), Standing::Anybody, "{own:?}: any repository");
        // Of Glue it is not known here whether it tells for whom it works.
        assert_eq!(standing("/powerful", within(own)), Standing::Unknown);
    }
    // A file of facts may say it too.
    let facts = |text: &str| {
        let mut around = Around::default();
        around.learn(Facts::load(text).unwrap());
        around
    };
    for (text, expected) in [
        (r#"{"organizations": {"111122223333": "o-a1", "444455556666": "o-a1"}}"#, Standing::Ours),
        (r#"{"organizations": {"111122223333": "o-a1", "444455556666": "o-b2"}}"#, Standing::Stranger),
        (r#"{"organizations": {"111122223333": "o-a1", "444455556666": null}}"#, Standing::Stranger),
        (r#"{"organizations": {"111122223333": null}}"#, Standing::Stranger),
        (r#"{"organizations": {"111122223333": "o-a1"}}"#, Standing::Unknown),
    ] {
        assert_eq!(standing("/vendor", facts(text)), expected, "{text}");
    }
}

#[test]
fn facts_tell_of_the_levels_above_single_accounts() {
    let facts = |levels: Value| {
        let mut around = Around::default();
        let text = json!({ "service_control_policies": { "111122223333": levels } }).to_string();
        around.learn(Facts::load(&text).unwrap());
        let accounts = AccountData::from_details(&details()).unwrap();
        Estate::new(accounts, around, ActionTable::embedded(), "2026-01-01T00:00:00Z")
    };
    let guard = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "*", "Resource": "*" }, { "Effect": "Deny", "Action": "iam:*", "Resource": "*" }] });
    let bound = facts(json!([{ "org": "r-ab12", "policies": [{ "name": "guard", "document": guard }] }]));
    assert_eq!(bound.who_can("iam:PassRole", "*").unwrap().principals, []);
    let free = facts(json!([]));
    let found = free.who_can("iam:PassRole", "*").unwrap();
    assert!(!found.principals.is_empty());
    assert!(found.unknown.iter().all(|one| !one.what.contains("service control")), "that none bind it is known");
    for wrong in [
        r#"{"service_control_policies": {"1111": []}}"#,
        r#"{"resource_control_policies": {"111122223333": [{"org": "r-ab12"}]}}"#,
        r#"{"resource_tags": {"bucket": {"team": "billing"}}}"#,
        r#"{"resource_tag": {}}"#,
    ] {
        assert!(Facts::load(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn tags_of_a_resource_decide_where_they_were_told() {
    let text = json!({ "IsTruncated": false, "GroupDetailList": [], "Policies": [], "RoleDetailList": [],
        "UserDetailList": [user("ann", &json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
            "Action": "ec2:StopInstances", "Resource": "*", "Condition": { "StringEquals": { "aws:ResourceTag/Team": "billing" } } }] }))] })
    .to_string();
    let machine = "arn:aws:ec2:us-east-1:111122223333:instance/i-0abc";
    let asked = |tags: Option<Value>| {
        let mut around = Around::default();
        if let Some(tags) = tags {
            let facts =
                json!({ "resource_tags": { (machine): tags }, "service_control_policies": { "111122223333": [] } });
            around.learn(Facts::load(&facts.to_string()).unwrap());
        }
        let accounts = AccountData::from_details(&text).unwrap();
        let estate = Estate::new(accounts, around, ActionTable::embedded(), "2026-01-01T00:00:00Z");
        let found = estate.who_can("ec2:StopInstances", machine).unwrap().principals;
        found.iter().map(|holder| holder.certain).collect::<Vec<_>>()
    };
    assert_eq!(asked(None), [false], "nobody said");
    assert_eq!(asked(Some(json!({ "team": "billing" }))), [true], "keys of tags are matched without their case");
    assert!(asked(Some(json!({ "team": "Billing" }))).is_empty(), "values are not");
    assert!(asked(Some(json!({}))).is_empty());
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
