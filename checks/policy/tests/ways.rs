//! Every way to more privilege of the table, free, denied and bounded; and paths whatever their number.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::time::Instant;

use kickoff_policy::access::{Access, Certainty, OneStep};
use kickoff_policy::account::AccountData;
use kickoff_policy::actions::ActionTable;
use kickoff_policy::estate::{Around, Estate};
use kickoff_policy::reach::{Reach, known_ways, known_ways_date};
use serde_json::{Value, json};

const ACCOUNT: &str = "arn:aws:iam::111122223333";
/// They are told by trust policies themselves, of whoever comes from the provider.
const BY_PROVIDER: [&str; 2] = ["assume-web", "assume-saml"];

fn document(statements: &Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn allow(actions: &Value) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": "*" })
}

fn access(details: &Value) -> Access {
    let accounts = AccountData::from_details(&details.to_string()).unwrap();
    let estate = Estate::new(accounts, Around::default(), ActionTable::embedded(), "2026-01-01T00:00:00Z");
    Reach::new(&estate).access()
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Held {
    Free,
    Denied,
    Bounded,
}

/// An account in which each way leads somewhere: a user and a role that hold it, an administrator of each kind, a group with
/// more, and everything that may hold an actor back and be lifted.
fn world(actions: &[&str], service: &str, held: Held) -> Value {
    let spare = json!({ "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*" });
    let mut own = vec![allow(&json!(actions))];
    if held == Held::Denied {
        own.push(json!({ "Sid": "Guard", "Effect": "Deny", "Action": actions, "Resource": "*" }));
    }
    let boundary = match held {
        Held::Bounded => json!({ "Effect": "Allow", "NotAction": actions, "Resource": "*" }),
        _ => allow(&json!("*")),
    };
    let inline = json!([{ "PolicyName": "own", "PolicyDocument": document(&json!(own)) }, { "PolicyName": "spare", "PolicyDocument": document(&spare) }]);
    let attached = |names: &[&str]| -> Value {
        names
            .iter()
            .map(|name| json!({ "PolicyName": name, "PolicyArn": format!("{ACCOUNT}:policy/{name}") }))
            .collect()
    };
    let version = |id: &str, default: bool, body: &Value| json!({ "VersionId": id, "IsDefaultVersion": default, "Document": document(body) });
    let policy = |name: &str, versions: Value| json!({ "PolicyName": name, "Arn": format!("{ACCOUNT}:policy/{name}"), "DefaultVersionId": "v2", "PolicyVersionList": versions });
    let held_back = json!({ "PermissionsBoundaryArn": format!("{ACCOUNT}:policy/limit") });
    let account =
        json!({ "Effect": "Allow", "Principal": { "AWS": format!("{ACCOUNT}:root") }, "Action": "sts:AssumeRole" });
    let federated = |kind: &str, action: &str| json!({ "Effect": "Allow", "Principal": { "Federated": format!("{ACCOUNT}:{kind}") }, "Action": action });
    let service = if service.is_empty() { "ec2.amazonaws.com" } else { service };
    let trust = json!([account, { "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" },
        federated("saml-provider/office", "sts:AssumeRoleWithSAML"), federated("oidc-provider/ci", "sts:AssumeRoleWithWebIdentity")]);
    let everything = json!([{ "PolicyName": "all", "PolicyDocument": document(&allow(&json!("*"))) }]);
    let role = |name: &str, trust: &Value, inline: &Value| {
        json!({ "RoleName": name, "Arn": format!("{ACCOUNT}:role/{name}"), "AssumeRolePolicyDocument": document(trust), "RolePolicyList": inline,
            "InstanceProfileList": [{ "Arn": format!("{ACCOUNT}:instance-profile/{name}") }] })
    };
    let mut actor = role("actor", &json!([account]), &inline);
    actor["AttachedManagedPolicies"] = attached(&["changeable", "spare"]);
    actor["PermissionsBoundary"] = held_back.clone();
    let mut strong = role("strong", &trust, &everything);
    strong["AttachedManagedPolicies"] = attached(&["changeable"]);
    json!({
        "UserDetailList": [
            { "UserName": "actor", "Arn": format!("{ACCOUNT}:user/actor"), "UserPolicyList": inline, "GroupList": ["held-back"],
              "AttachedManagedPolicies": attached(&["changeable", "spare"]), "PermissionsBoundary": held_back },
            { "UserName": "boss", "Arn": format!("{ACCOUNT}:user/boss"), "UserPolicyList": everything },
        ],
        "GroupDetailList": [
            { "GroupName": "strong", "Arn": format!("{ACCOUNT}:group/strong"), "GroupPolicyList": everything },
            { "GroupName": "held-back", "Arn": format!("{ACCOUNT}:group/held-back"), "GroupPolicyList": [{ "PolicyName": "spare", "PolicyDocument": document(&spare) }] },
        ],
        "RoleDetailList": [actor, strong],
        "Policies": [
            policy("changeable", json!([version("v2", true, &allow(&json!("s3:ListAllMyBuckets"))), version("v1", false, &allow(&json!("*")))])),
            policy("spare", json!([version("v2", true, &spare)])),
            policy("limit", json!([version("v2", true, &boundary)])),
        ],
    })
}

#[test]
fn every_way_is_found_free_and_told_as_blocked_denied_and_bounded() {
    let text = include_str!("../data/primitives.txt");
    let rows: Vec<Vec<&str>> =
        text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('|').collect()).collect();
    assert_eq!((rows.len(), known_ways_date().len()), (known_ways(), "2026-11-30".len()));
    let mut wrong = Vec::new();
    for row in rows.iter().filter(|row| !BY_PROVIDER.contains(&row[0])) {
        let (id, actions, service) = (row[0], row[2].split(';').collect::<Vec<_>>(), row[3]);
        for held in [Held::Free, Held::Denied, Held::Bounded] {
            let access = access(&world(&actions, service, held));
            let by_actor = |arn: &str| arn.ends_with("/actor");
            let told = |id: &str| {
                let held = |one: &OneStep| one.primitive == id || one.also.iter().any(|also| also == id);
                access.one_step.iter().any(|one| by_actor(&one.principal) && held(one))
            };
            // Of ways to the same service the surer one with fewer calls is told.
            let shorter = rows.iter().filter(|other| other[3] == service && !service.is_empty());
            let mut shorter = shorter.filter(|other| other[2].split(';').all(|action| actions.contains(&action)));
            let found = told(id)
                || access.unknown.iter().any(|one| one.what == format!("{id} (allowed)"))
                || shorter.any(|other| told(other[0]));
            let blocked =
                access.blocked.iter().any(|one| by_actor(&one.principal) && one.what.iter().any(|what| what == id));
            let right = if held == Held::Free { found } else { !found && blocked };
            if !right {
                wrong.push(format!("{id} {held:?}: found {found}, blocked {blocked}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Roles of which each may assume those after it, as many as `reach`; the last administers.
fn roles(count: usize, reach: usize) -> Value {
    let arn = |at: usize| format!("{ACCOUNT}:role/r{at}");
    let roles: Vec<Value> = (0..count)
        .map(|at| {
            let next: Vec<String> = (at + 1..=at + reach).filter(|to| *to < count).map(arn).collect();
            let before: Vec<String> = (at.saturating_sub(reach)..at).map(arn).collect();
            let trust = if before.is_empty() { json!({ "Service": "ec2.amazonaws.com" }) } else { json!({ "AWS": before }) };
            let own = if at + 1 == count { allow(&json!("*")) } else { json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": next }) };
            json!({ "RoleName": format!("r{at}"), "Arn": arn(at), "InstanceProfileList": [],
                "AssumeRolePolicyDocument": document(&json!([{ "Effect": "Allow", "Principal": trust, "Action": "sts:AssumeRole" }])),
                "RolePolicyList": [{ "PolicyName": "own", "PolicyDocument": document(&own) }] })
        })
        .collect();
    json!({ "UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": [] })
}

#[test]
fn each_step_is_told_once_and_paths_go_by_reference() {
    for (count, reach, longest) in [(4_000, 1, 3_999), (1_000, 40, 25)] {
        let details = roles(count, reach);
        let start = Instant::now();
        let access = access(&details);
        let bytes = serde_json::to_vec(&access).unwrap().len();
        eprintln!("{count} roles, {reach} ahead: {bytes} bytes in {:?}", start.elapsed());
        assert_eq!((access.escalations.len(), access.steps.len()), (count - 1, count - 1));
        assert!(bytes < 10_000_000, "{bytes} bytes");
        let first = access.escalations.iter().find(|way| way.from.ends_with("/r0")).unwrap();
        assert_eq!((first.length, first.certainty), (longest, Certainty::Certain));
        let path: Vec<_> = access.path(first).collect();
        assert_eq!(path.len(), longest);
        assert!(path.windows(2).all(|pair| pair[0].to == pair[1].from));
        assert!(path.last().unwrap().to == first.to && first.to.ends_with(&format!("/r{}", count - 1)));
        let words = access.path_in_words(first, ", then ", |hop| hop.to.clone());
        assert!(words.ends_with(&format!("{} more steps", longest - 8)) && words.len() < 1_000, "{words}");
    }
}
