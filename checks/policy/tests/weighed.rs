//! Every command weighs every layer that it was given, and says what it does not know. Each answer was worked out by hand from
//! AWS's documentation.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kickoff_policy::access::{Access, Certainty};
use kickoff_policy::account::{AccountData, ControlLevel, Facts, ResourcePolicy};
use kickoff_policy::actions::ActionTable;
use kickoff_policy::estate::{Around, Controls, Estate, Holder, WhoCan};
use kickoff_policy::reach::Reach;
use serde_json::{Value, json};

const NOW: &str = "2026-01-01T00:00:00Z";
const FIRST: &str = "111111111111";
const SECOND: &str = "222222222222";

fn document(statements: &Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn user(account: &str, name: &str, statements: &Value) -> Value {
    json!({ "UserName": name, "Arn": format!("arn:aws:iam::{account}:user/{name}"),
        "UserPolicyList": [{ "PolicyName": "i0", "PolicyDocument": document(statements) }] })
}

fn role(account: &str, name: &str, trust: &Value, statements: &Value) -> Value {
    json!({ "RoleName": name, "Arn": format!("arn:aws:iam::{account}:role/{name}"), "AssumeRolePolicyDocument": document(trust),
        "RolePolicyList": [{ "PolicyName": "i0", "PolicyDocument": document(statements) }], "InstanceProfileList": [] })
}

fn accounts(users: &[Value], roles: &[Value]) -> Vec<AccountData> {
    let text = json!({ "UserDetailList": users, "RoleDetailList": roles, "GroupDetailList": [], "Policies": [] });
    AccountData::from_details(&text.to_string()).unwrap()
}

fn estate(accounts: Vec<AccountData>, around: Around) -> Estate {
    Estate::new(accounts, around, ActionTable::embedded(), NOW)
}

fn everything() -> Value {
    json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }])
}

fn two_bosses() -> Vec<AccountData> {
    accounts(&[user(FIRST, "boss", &everything()), user(SECOND, "boss", &everything())], &[])
}

fn resources(value: &Value) -> Vec<ResourcePolicy> {
    ResourcePolicy::load(&value.to_string()).unwrap()
}

fn rcp(statement: &Value) -> Controls {
    Controls::Everywhere(ControlLevel::load(&document(statement).to_string(), "guard").unwrap())
}

fn of<'a>(found: &'a WhoCan, arn: &str) -> Option<&'a Holder> {
    found.principals.iter().find(|holder| holder.principal == arn)
}

fn certain(found: &WhoCan, account: &str) -> Option<bool> {
    of(found, &format!("arn:aws:iam::{account}:user/boss")).map(|holder| holder.certain)
}

/// Nothing that is only possible lacks its reason.
fn reasoned(found: &WhoCan) {
    for holder in found.principals.iter().filter(|holder| !holder.certain) {
        assert!(!holder.conditions.is_empty() || !holder.open.is_empty(), "no reason: {holder:?}");
    }
}

fn ledger() -> Value {
    json!({ "arn:aws:s3:::ledger": document(&json!([{ "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{SECOND}:user/boss") },
        "Action": "s3:*", "Resource": ["arn:aws:s3:::ledger", "arn:aws:s3:::ledger/*"] }])) })
}

#[test]
fn no_answer_about_a_bucket_is_certain_that_turns_on_whose_it_is() {
    let object = "arn:aws:s3:::ledger/2026";
    // Nothing is known of the bucket: each account may own it, or neither.
    let found = estate(two_bosses(), Around::default()).who_can("s3:GetObject", object).unwrap();
    assert_eq!((certain(&found, FIRST), certain(&found, SECOND)), (Some(false), Some(false)));
    assert!(found.unknown.iter().any(|one| one.what.contains("whose")), "{:?}", found.unknown);
    reasoned(&found);
    // Its policy lets in the user of the second account, whoever owns it; the first's may only if the first does.
    let around = || Around { resources: resources(&ledger()), ..Around::default() };
    let found = estate(two_bosses(), around()).who_can("s3:GetObject", object).unwrap();
    assert_eq!((certain(&found, FIRST), certain(&found, SECOND)), (Some(false), Some(true)));
    reasoned(&found);
    // A file that tells the owner, or the facts, decide.
    for (owner, first) in [(FIRST, Some(true)), (SECOND, None)] {
        let policy = &ledger()["arn:aws:s3:::ledger"];
        let listed = json!([{ "arn": "arn:aws:s3:::ledger", "document": policy, "owner": owner }]);
        let told = Around { resources: resources(&listed), ..Around::default() };
        let mut learnt = around();
        learnt.learn(Facts::load(&json!({ "owners": { "arn:aws:s3:::ledger": owner } }).to_string()).unwrap());
        for around in [told, learnt] {
            let found = estate(two_bosses(), around).who_can("s3:GetObject", object).unwrap();
            assert_eq!((certain(&found, FIRST), certain(&found, SECOND)), (first, Some(true)), "{owner}");
            assert_eq!(found.outside.is_empty(), owner == SECOND, "{:?}", found.outside);
        }
    }
    // In `access` the owner's own user is not from outside; of an unknown owner it may be.
    let access = Reach::new(&estate(two_bosses(), around())).access();
    assert!(access.outside.iter().all(|way| way.certainty == Certainty::Possible), "{:?}", access.outside);
    let mut known = around();
    known.owners.insert("arn:aws:s3:::ledger".to_owned(), SECOND.to_owned());
    assert_eq!(Reach::new(&estate(two_bosses(), known)).access().outside, []);
}

#[test]
fn incomplete_arns_are_completed_in_every_command() {
    let one = |name: &str, effect: &str, resource: Value| {
        let more = json!([{ "Effect": "Allow", "Action": if effect == "Deny" { "*" } else { "sqs:ListQueues" }, "Resource": "*" },
            { "Effect": effect, "Action": "iam:*", "Resource": resource }]);
        user(FIRST, name, &more)
    };
    let all = accounts(
        &[
            one("short", "Allow", json!("arn:aws:iam")),
            one("own", "Allow", json!(format!("arn:aws:iam::{FIRST}"))),
            one("other", "Allow", json!(format!("arn:aws:iam::{SECOND}"))),
            one("s3", "Allow", json!("arn:aws:s3")),
            one("denied", "Deny", json!("arn:aws:iam")),
            one("denied-here", "Deny", json!(format!("arn:aws:iam::{FIRST}"))),
        ],
        &[],
    );
    let estate = estate(all, Around::default());
    let found = estate.who_can("iam:CreateAccessKey", &format!("arn:aws:iam::{FIRST}:user/short")).unwrap();
    let names: Vec<(&str, bool)> =
        found.principals.iter().map(|h| (h.principal.rsplit('/').next().unwrap(), h.certain)).collect();
    assert_eq!(names, [("short", true), ("own", true)]);
    let access = Reach::new(&estate).access();
    assert!(access.administrators.is_empty(), "{:?}", access.administrators);
    assert!(access.escalations.iter().any(|way| way.from.ends_with("/short") && way.certainty == Certainty::Certain));
    assert_eq!(access.unknown.iter().filter(|one| one.what.contains("cannot be read")).count(), 0);
}

#[test]
fn what_cannot_be_read_is_possible_with_its_reason_and_is_told() {
    let odd = |name: &str, statement: Value| {
        user(FIRST, name, &json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }, statement]))
    };
    let users = [
        user(
            FIRST,
            "blank",
            &json!([{ "Effect": "Allow", "Action": ["iam:CreateAccessKey ", "iam:CreateUser"], "Resource": "*" }]),
        ),
        odd("deny-blank", json!({ "Effect": "Deny", "Action": ["iam:* "], "Resource": "*" })),
        odd("deny-list", json!({ "Effect": "Deny", "Action": "iam:CreateUser,iam:CreateAccessKey", "Resource": "*" })),
        odd("deny-bare", json!({ "Effect": "Deny", "Action": "CreateAccessKey", "Resource": "*" })),
        odd("deny-nowhere", json!({ "Effect": "Deny", "Action": "iam:*", "Resource": "everything" })),
        odd("effect", json!({ "Effect": "deny", "Action": "iam:*", "Resource": "*" })),
        odd(
            "operator",
            json!({ "Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": { "StringEqualz": { "aws:username": "x" } } }),
        ),
        odd(
            "date",
            json!({ "Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": { "DateGreaterThan": { "aws:CurrentTime": "yesterday" } } }),
        ),
        odd("both", json!({ "Effect": "Deny", "NotAction": "s3:*", "Action": "s3:GetObject", "Resource": "*" })),
        odd("element", json!({ "Effect": "Deny", "Action": "iam:*", "Resource": "*", "Foo": 1 })),
    ];
    let count = users.len();
    let estate = estate(accounts(&users, &[]), Around::default());
    let found = estate.who_can("iam:CreateAccessKey", "*").unwrap();
    assert_eq!(found.principals.len(), count, "{:#?}", found.principals);
    assert!(found.principals.iter().all(|holder| !holder.certain), "{:#?}", found.principals);
    reasoned(&found);
    let unread = found.unknown.iter().filter(|one| one.what.contains("cannot be read")).count();
    // The date is no problem of the document's shape: its condition is told as open.
    assert_eq!(unread, count - 1, "{:#?}", found.unknown);
    // What the statement does not look like is not in doubt.
    let found = estate.who_can("s3:ListAllMyBuckets", "*").unwrap();
    let sure = found.principals.iter().filter(|holder| holder.certain).count();
    assert_eq!((found.principals.len(), sure), (count - 1, count - 3), "{:#?}", found.principals);
    reasoned(&found);
}

#[test]
fn what_is_aws_own_nobody_can_change() {
    let estate = estate(two_bosses(), Around::default());
    for (action, resource) in [
        ("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/AdministratorAccess"),
        (
            "iam:PutRolePolicy",
            "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
        ),
        (
            "iam:AttachRolePolicy",
            "arn:aws:iam::111111111111:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        ),
        ("kms:DeleteAlias", "arn:aws:kms:eu-west-1:111111111111:alias/aws/s3"),
    ] {
        let found = estate.who_can(action, resource).unwrap();
        assert!(found.principals.is_empty() && found.refused.is_some(), "{action}: {found:?}");
    }
    let found = estate.who_can("iam:GetPolicy", "arn:aws:iam::aws:policy/AdministratorAccess").unwrap();
    assert_eq!((certain(&found, FIRST), &found.refused), (Some(true), &None));
}

#[test]
fn resource_control_policies_keep_outsiders_out_in_every_command() {
    let vendor = "arn:aws:iam::999988887777:root";
    let trust = json!([{ "Effect": "Allow", "Principal": { "AWS": vendor }, "Action": "sts:AssumeRole" },
        { "Effect": "Allow", "Principal": { "Federated": "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com" },
          "Action": "sts:AssumeRoleWithWebIdentity" }]);
    let queue = "arn:aws:sqs:us-east-1:111111111111:q";
    let policies = json!({ queue: document(&json!([{ "Effect": "Allow", "Principal": { "AWS": vendor }, "Action": "sqs:SendMessage", "Resource": queue }])) });
    let all = || {
        let nothing = json!([{ "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*" }]);
        estate_with(accounts(&[], &[role(FIRST, "open", &trust, &nothing)]), &policies)
    };
    let open = Reach::new(&estate(all().0, all().1)).access();
    assert_eq!(open.outside.len(), 3, "{:?}", open.outside);

    let deny = json!([{ "Effect": "Deny", "Principal": "*", "Action": ["sqs:*", "sts:*"], "Resource": "*" }]);
    let (data, around) = all();
    let closed = estate(data, Around { rcp: rcp(&deny), ..around });
    let access = Reach::new(&closed).access();
    assert_eq!(access.outside, []);
    let kept: Vec<&str> =
        access.blocked.iter().filter(|b| b.what[0].contains("outside")).map(|b| b.by.as_str()).collect();
    assert_eq!(kept, ["rcp guard"; 3], "{:?}", access.blocked);
    let found = closed.who_can("sqs:SendMessage", queue).unwrap();
    assert!(found.principals.is_empty() && found.outside.is_empty() && found.blocked.len() == 1, "{found:?}");

    // Of an organization's perimeter it is not known whether the vendor is inside; AssumeRole alone leaves the provider's users in.
    let perimeter = json!([{ "Effect": "Deny", "Principal": "*", "Action": ["sqs:*", "sts:AssumeRole"], "Resource": "*",
        "Condition": { "StringNotEqualsIfExists": { "aws:PrincipalOrgID": "o-acme4prod1" }, "BoolIfExists": { "aws:PrincipalIsAWSService": "false" } } }]);
    let (data, mut around) = all();
    around.organizations.insert(FIRST.to_owned(), "o-acme4prod1".to_owned());
    around.organizations.insert("999988887777".to_owned(), "o-vendor".to_owned());
    let known = estate(data, Around { rcp: rcp(&perimeter), ..around });
    let access = Reach::new(&known).access();
    let ways: Vec<(&str, Certainty)> = access.outside.iter().map(|way| (way.who.as_str(), way.certainty)).collect();
    assert_eq!(ways.len(), 1, "{ways:?}");
    assert!(ways[0].0.contains("oidc-provider") && ways[0].1 == Certainty::Certain, "{ways:?}");
    // One's own principals are inside.
    let found = known.who_can("sqs:SendMessage", queue).unwrap();
    assert_eq!(found.principals.iter().map(|h| h.certain).collect::<Vec<_>>(), [true]);
    let (data, around) = all();
    let unknown = estate(data, Around { rcp: rcp(&perimeter), ..around });
    let access = Reach::new(&unknown).access();
    let of_vendor = access.outside.iter().filter(|way| way.account.as_deref() == Some("999988887777"));
    assert!(
        of_vendor.clone().count() == 2 && of_vendor.clone().all(|way| way.certainty == Certainty::Possible),
        "{access:?}"
    );
}

fn estate_with(data: Vec<AccountData>, policies: &Value) -> (Vec<AccountData>, Around) {
    (data, Around { resources: resources(policies), ..Around::default() })
}

#[test]
fn block_public_access_closes_a_public_bucket_to_other_accounts() {
    let bucket = "arn:aws:s3:::site";
    let policies = json!({ bucket: document(&json!([{ "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*" }])) });
    let with = |restricted: Option<bool>| {
        let mut around = Around { resources: resources(&policies), ..Around::default() };
        around.owners.insert(bucket.to_owned(), FIRST.to_owned());
        for (key, value) in restricted.into_iter().flat_map(|on| [(bucket, on), (FIRST, on)]) {
            around.restricted.insert(key.to_owned(), value);
        }
        estate(two_bosses(), around)
    };
    for (restricted, outside, foreign) in [
        (Some(true), None, None),
        (Some(false), Some(Certainty::Certain), Some(true)),
        (None, Some(Certainty::Possible), Some(false)),
    ] {
        let estate = with(restricted);
        let found = estate.who_can("s3:GetObject", "arn:aws:s3:::site/index.html").unwrap();
        assert_eq!((certain(&found, FIRST), certain(&found, SECOND)), (Some(true), foreign), "{restricted:?}");
        assert_eq!(found.outside.first().map(|way| way.certainty), outside, "{restricted:?}");
        assert_eq!(Reach::new(&estate).access().outside.first().map(|way| way.certainty), outside, "{restricted:?}");
        reasoned(&found);
    }
}

#[test]
fn keys_that_follow_from_the_principal_are_derived() {
    let under = |operator: &str, key: &str, value: &str| {
        json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" },
            { "Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": { operator: { key: value } } }])
    };
    let service =
        json!([{ "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole" }]);
    let rows = [
        ("other-account", under("StringNotEquals", "kms:CallerAccount", FIRST), Some(true)),
        ("own-account", under("StringEquals", "kms:CallerAccount", FIRST), None),
        ("service", under("Null", "aws:PrincipalServiceName", "false"), Some(true)),
        ("no-service", under("Null", "aws:PrincipalServiceName", "true"), None),
        // Every session of a role, and every temporary one of a user, is younger than this.
        ("revoked", under("DateLessThan", "aws:TokenIssueTime", "2025-06-01T00:00:00Z"), Some(true)),
        ("revoked-now", under("DateLessThan", "aws:TokenIssueTime", "2025-12-31T23:00:00Z"), Some(false)),
        ("resource", under("StringNotEquals", "aws:ResourceAccount", FIRST), Some(true)),
    ];
    let users: Vec<Value> = rows.iter().map(|(name, statements, _)| user(FIRST, name, statements)).collect();
    let roles: Vec<Value> = rows.iter().map(|(name, statements, _)| role(FIRST, name, &service, statements)).collect();
    let found = estate(accounts(&users, &roles), Around::default());
    let found = found.who_can("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111111111111:q").unwrap();
    for (name, _, expected) in &rows {
        for kind in ["user", "role"] {
            let answer = of(&found, &format!("arn:aws:iam::{FIRST}:{kind}/{name}")).map(|holder| holder.certain);
            assert_eq!(answer, *expected, "{kind} {name}");
        }
    }
    reasoned(&found);
}

#[test]
fn a_role_that_puts_users_into_groups_is_told() {
    let service =
        json!([{ "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole" }]);
    let may = json!([{ "Effect": "Allow", "Action": "iam:AddUserToGroup", "Resource": "*" }]);
    let denied = json!([{ "Effect": "Allow", "Action": "iam:AddUserToGroup", "Resource": "*" }, { "Effect": "Deny", "Action": "iam:*", "Resource": "*" }]);
    let roles = [role(FIRST, "may", &service, &may), role(FIRST, "denied", &service, &denied)];
    let access: Access = Reach::new(&estate(accounts(&[], &roles), Around::default())).access();
    let told = access.one_step.iter().find(|one| one.primitive == "group-join").unwrap();
    assert!(
        told.principal.ends_with("/may") && told.certainty == Certainty::Possible && told.needs.is_some(),
        "{told:?}"
    );
    assert!(access.blocked.iter().any(|one| one.principal.ends_with("/denied") && one.what == ["group-join"]));
}
