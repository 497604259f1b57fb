//! Small accounts, worked out by hand.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::*;
use crate::account::{AccountData, ControlLevel};
use crate::actions::ActionTable;
use crate::estate::{Around, Controls};

const ACCOUNT: &str = "arn:aws:iam::111122223333";
const NOW: &str = "2026-01-01T00:00:00Z";

fn allow(action: &Value, resource: &Value) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

fn deny(action: &Value, resource: &Value) -> Value {
    json!({ "Effect": "Deny", "Action": action, "Resource": resource })
}

fn with_mfa(mut statement: Value) -> Value {
    statement["Condition"] = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    statement
}

fn user(name: &str, statements: &Value) -> Value {
    json!({ "UserName": name, "Arn": format!("{ACCOUNT}:user/{name}"), "UserPolicyList": [
        { "PolicyName": "own", "PolicyDocument": { "Version": "2012-10-17", "Statement": statements } }] })
}

fn role(path: &str, trust: &Value) -> Value {
    json!({ "RoleName": "r", "Path": path, "Arn": format!("{ACCOUNT}:role{path}r"), "RoleLastUsed": {},
        "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": trust } })
}

fn reviewed(details: &Value, scp: Option<&Value>, credentials: &HashMap<String, Credentials>) -> Review {
    let accounts = AccountData::from_details(&details.to_string()).unwrap();
    let scp = scp.map(|document| ControlLevel::load(&document.to_string(), "guard").unwrap());
    let estate = Estate::new(
        accounts,
        Around { scp: scp.map_or(Controls::Unknown, Controls::Everywhere), ..Around::default() },
        ActionTable::embedded(),
        NOW,
    );
    let accessed = HashMap::from([(
        format!("{ACCOUNT}:user/used"),
        ServicesAccessed::from([("s3".to_owned(), Some(NOW.to_owned())), ("sqs".to_owned(), None)]),
    )]);
    review(
        &estate,
        &Inputs { now: NOW, standing: &|_| None, credentials, accessed: &accessed, assigned: &Assigned::default() },
    )
}

/// The review of one user that holds the statements.
fn holds(statements: &Value) -> Reviewed {
    let mut review = reviewed(&json!({ "UserDetailList": [user("ann", statements)] }), None, &HashMap::new());
    review.principals.remove(0)
}

/// The review of one role with this path and trust.
fn trusts(path: &str, trust: &Value) -> Reviewed {
    let mut review = reviewed(&json!({ "RoleDetailList": [role(path, trust)] }), None, &HashMap::new());
    review.principals.remove(0)
}

#[test]
fn words_for_a_manager() {
    let star = json!("*");
    for (statements, words) in [
        (json!([]), "No permissions"),
        (json!([allow(&star, &star)]), "Every action on every resource (inline own)"),
        (
            json!([with_mfa(allow(&star, &star))]),
            "Every action on every resource, in part under conditions (inline own)",
        ),
        (
            json!([{ "Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*" }]),
            "Everything except account, iam and organizations (power user)",
        ),
        (json!([allow(&json!("dynamodb:*"), &star)]), "Full dynamodb"),
        (
            json!([allow(&json!(["dynamodb:*", "sqs:SendMessage", "s3:GetObject"]), &star)]),
            "Full dynamodb; writes sqs; reads some of s3",
        ),
        (json!([allow(&json!("s3:GetObject"), &json!("arn:aws:s3:::b/*"))]), "Reads some of s3 (on named resources)"),
        // A bucket is no object, and an object is no bucket.
        (json!([allow(&json!("s3:GetObject"), &json!("arn:aws:s3:::b"))]), "No permissions"),
        (json!([allow(&json!("s3:ListBucket"), &json!("arn:aws:s3:::b/*"))]), "No permissions"),
        // Takes no resource: a statement on a named one does not grant it.
        (json!([allow(&json!("s3:ListAllMyBuckets"), &json!("arn:aws:s3:::b"))]), "No permissions"),
        // Every queue of the account is every queue.
        (json!([allow(&json!("sqs:SendMessage"), &json!("arn:aws:sqs:*:111122223333:*"))]), "Writes sqs"),
        (json!([with_mfa(allow(&json!("sqs:SendMessage"), &star))]), "Writes sqs (under conditions)"),
        (
            json!([allow(&json!("sqs:*"), &star), deny(&star, &star)]),
            "No permissions: a Deny, its boundary or a service control policy takes away what its policies allow",
        ),
    ] {
        assert_eq!(holds(&statements).words, words, "{statements}");
    }
    let unlisted = holds(&json!([allow(&json!("newservice:DoIt"), &star)]));
    assert!(unlisted.words.starts_with("No permissions that are known; not known in full: "), "{}", unlisted.words);
    assert_eq!(unlisted.unlisted, ["newservice:DoIt"]);
}

#[test]
fn certain_and_possible() {
    let (send, receive) = (json!("sqs:SendMessage"), json!("sqs:ReceiveMessage"));
    let (star, queue, other) =
        (json!("*"), json!("arn:aws:sqs:eu-west-1:111122223333:q"), json!("arn:aws:sqs:eu-west-1:111122223333:p"));
    for (statements, certain, possible) in [
        (json!([allow(&send, &star), with_mfa(allow(&receive, &star))]), 1, 2),
        // Allowed on every queue, denied on one: the others are left.
        (json!([allow(&send, &star), deny(&send, &queue)]), 1, 1),
        (json!([allow(&send, &queue), deny(&send, &queue)]), 0, 0),
        (json!([allow(&send, &queue), deny(&send, &other)]), 1, 1),
        (json!([allow(&send, &queue), with_mfa(deny(&send, &queue))]), 0, 1),
        (json!([allow(&send, &star), with_mfa(deny(&send, &star))]), 0, 1),
        (json!([allow(&json!([send, receive]), &star), deny(&json!("sqs:Send*"), &star)]), 1, 1),
        // All kinds that RunInstances requires, but no instance.
        (json!([allow(&json!("ec2:RunInstances"), &star), deny(&star, &json!("arn:aws:ec2:*:*:instance/*"))]), 0, 0),
        (json!([allow(&json!("iam:GetUser"), &json!(format!("{ACCOUNT}:user/${{aws:username}}")))]), 1, 1),
        (json!([allow(&json!("iam:GetUser"), &json!(format!("{ACCOUNT}:user/${{aws:PrincipalTag/x}}")))]), 0, 0),
        (json!([allow(&json!("sts:AssumeRole"), &json!("arn:aws:iam::444455556666:role/x"))]), 1, 1),
    ] {
        let p = holds(&statements);
        assert_eq!((p.certain_actions, p.possible_actions), (certain, possible), "{statements}");
    }
}

#[test]
fn levels_boundaries_and_control_policies() {
    let p = holds(&json!([allow(&json!("sqs:*"), &json!("*"))]));
    let [sqs] = &p.services[..] else { panic!("{:?}", p.services) };
    assert_eq!((sqs.prefix.as_str(), sqs.full, sqs.limited_by_resource), ("sqs", true, Limit::No));
    assert!(sqs.levels.iter().all(|l| l.granted == l.total && l.certain == l.total));
    let own = json!([allow(&json!(["sqs:SendMessage", "s3:GetObject", "sqs:AddPermission"]), &json!("*"))]);
    let mut capped = user("capped", &own);
    capped["PermissionsBoundary"] = json!({ "PermissionsBoundaryArn": format!("{ACCOUNT}:policy/limit") });
    let limit = json!({ "PolicyName": "limit", "Arn": format!("{ACCOUNT}:policy/limit"), "DefaultVersionId": "v1",
        "PolicyVersionList": [{ "VersionId": "v1", "IsDefaultVersion": true,
            "Document": { "Version": "2012-10-17", "Statement": [allow(&json!("sqs:*"), &json!("*"))] } }] });
    let details = json!({ "UserDetailList": [capped, user("free", &own)], "Policies": [limit] });
    let guard = json!({ "Version": "2012-10-17", "Statement": [
        allow(&json!("*"), &json!("*")), deny(&json!("sqs:AddPermission"), &json!("*"))] });
    let words = |scp| {
        let review = reviewed(&details, scp, &HashMap::new());
        review.principals.into_iter().map(|p| p.words).collect::<Vec<_>>()
    };
    assert_eq!(
        words(None),
        ["Changes permissions in sqs; writes sqs", "Changes permissions in sqs; writes sqs; reads some of s3"]
    );
    assert_eq!(words(Some(&guard)), ["Writes sqs", "Writes sqs; reads some of s3"]);
}

#[test]
fn a_further_deny_never_adds_and_certain_is_possible() {
    let star = json!("*");
    let resources = [star.clone(), json!("arn:aws:s3:::b/*"), json!("arn:aws:s3:::b*"), json!("arn:aws:sqs:*:*:q")];
    let actions = [star, json!("s3:*"), json!(["s3:Get*", "sqs:*"])];
    let mut allows = Vec::new();
    for (action, resource) in actions.iter().flat_map(|a| resources.iter().map(move |r| (a, r))) {
        allows.extend([allow(action, resource), with_mfa(allow(action, resource))]);
    }
    for statement in &allows {
        let before = holds(&json!([statement]));
        assert!(before.certain_actions <= before.possible_actions);
        for other in allows.iter().step_by(5) {
            let mut refused = other.clone();
            refused["Effect"] = json!("Deny");
            let after = holds(&json!([statement, refused]));
            assert!(after.certain_actions <= after.possible_actions);
            assert!(after.certain_actions <= before.certain_actions, "{statement} {refused}");
            assert!(after.possible_actions <= before.possible_actions, "{statement} {refused}");
        }
    }
}

#[test]
fn who_is_behind_a_user() {
    let key = |active| AccessKey {
        name: "1".into(),
        active,
        created: Some("2025-12-01T12:00:00Z".into()),
        ..AccessKey::default()
    };
    let c = |password, keys| Credentials { password, keys, mfa: Some(false), ..Credentials::default() };
    let all = [
        (c(Some(true), Some(vec![])), Nature::Human, vec![Way::ConsolePassword], None),
        (c(Some(true), Some(vec![key(true)])), Nature::Human, vec![Way::ConsolePassword, Way::AccessKey], Some(30)),
        (c(Some(false), Some(vec![key(true)])), Nature::Workload, vec![Way::AccessKey], Some(30)),
        (c(Some(false), Some(vec![key(false)])), Nature::Unknown, vec![], None),
        (c(None, Some(vec![key(true)])), Nature::Unknown, vec![Way::AccessKey], Some(30)),
        (c(Some(false), None), Nature::Unknown, vec![], None),
    ];
    for (credentials, nature, ways, age) in all {
        let given = HashMap::from([(format!("{ACCOUNT}:user/ann"), credentials.clone())]);
        let review = reviewed(&json!({ "UserDetailList": [user("ann", &json!([]))] }), None, &given);
        let p = &review.principals[0];
        let found: Vec<Way> = p.ways_in.iter().map(|way| way.by).collect();
        assert_eq!((p.nature, found, p.key_age_days, p.mfa), (nature, ways, age, Mfa::No), "{credentials:?}");
    }
    let none = holds(&json!([]));
    assert_eq!((none.nature, none.mfa, none.last_used), (Nature::Unknown, Mfa::Unknown, LastUse::Unknown));
    assert!(none.not_known.contains(&"credentials were not collected".to_owned()));
}

#[test]
fn last_use_is_the_latest_and_never_only_when_all_is_known() {
    let mut c = Credentials { password: Some(true), password_last_used: LastUse::Never, ..Credentials::default() };
    assert_eq!(nature::user(Some(&c)).last_used, LastUse::Unknown);
    c.keys = Some(vec![AccessKey { last_used: LastUse::Never, ..AccessKey::default() }]);
    assert_eq!(nature::user(Some(&c)).last_used, LastUse::Never);
    c.password_last_used = LastUse::At("2025-06-01T00:00:00Z".into());
    c.last_activity = LastUse::At("2025-06-01T00:30:00+01:00".into());
    assert_eq!(nature::user(Some(&c)).last_used, LastUse::At("2025-06-01T00:00:00Z".into()));
}

#[test]
fn who_is_behind_a_role() {
    let by = |principal: Value, action: &str| json!([{ "Effect": "Allow", "Principal": principal, "Action": action }]);
    let saml = format!("{ACCOUNT}:saml-provider/okta");
    let oidc = format!("{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com");
    let center = "/aws-reserved/sso.amazonaws.com/";
    for (path, trust, nature, way) in [
        ("/", by(json!({ "Service": "ec2.amazonaws.com" }), "sts:AssumeRole"), Nature::Workload, Way::Service),
        ("/", by(json!({ "Federated": saml }), "sts:AssumeRoleWithSAML"), Nature::Human, Way::Saml),
        (center, by(json!({ "Federated": saml }), "sts:AssumeRoleWithSAML"), Nature::Human, Way::IdentityCenter),
        ("/", by(json!({ "Federated": oidc }), "sts:AssumeRoleWithWebIdentity"), Nature::Workload, Way::Oidc),
        ("/", by(json!({ "AWS": "444455556666" }), "sts:AssumeRole"), Nature::Either, Way::Account),
        ("/", by(json!({ "AWS": "*" }), "sts:AssumeRole"), Nature::Unknown, Way::Anyone),
    ] {
        let p = trusts(path, &trust);
        assert_eq!((p.nature, p.ways_in[0].by, p.last_used.clone()), (nature, way, LastUse::NotTracked), "{trust}");
    }
    let nobody = trusts("/", &json!([]));
    assert_eq!((nobody.nature, nobody.ways_in.len()), (Nature::Unknown, 0));
    let linked =
        trusts("/aws-service-role/x.amazonaws.com/", &by(json!({ "Service": "x.amazonaws.com" }), "sts:AssumeRole"));
    assert_eq!(linked.nature_why, "it is linked to the service x.amazonaws.com");
    let both = trusts("/", &by(json!({ "Service": "ec2.amazonaws.com", "AWS": "444455556666" }), "sts:AssumeRole"));
    assert_eq!(both.nature, Nature::Either);
}

#[test]
fn what_is_not_known_is_counted() {
    let mut lost = user("lost", &json!([allow(&json!("s3:GetObject"), &json!("*"))]));
    lost["AttachedManagedPolicies"] = json!([{ "PolicyName": "gone", "PolicyArn": format!("{ACCOUNT}:policy/gone") }]);
    let mut broken = user("broken", &json!([]));
    broken["UserPolicyList"][0]["PolicyDocument"] = json!({ "Statement": "no" });
    let used = user("used", &json!([allow(&json!(["s3:GetObject", "sqs:SendMessage", "sns:Publish"]), &json!("*"))]));
    let review = reviewed(&json!({ "UserDetailList": [lost, broken, used] }), None, &HashMap::new());
    let [lost, broken, used] = &review.principals[..] else { panic!() };
    assert_eq!((lost.certain_actions, lost.possible_actions), (0, 1));
    assert!(lost.words.ends_with("policy/gone is not among the data"), "{}", lost.words);
    assert!(broken.words.starts_with("No permissions that are known; not known in full: inline own cannot be read"));
    let unused = used.unused.as_ref().unwrap();
    assert_eq!((unused.never_used.join(" "), unused.not_tracked.join(" ")), ("sqs".to_owned(), "sns".to_owned()));
    assert_eq!((lost.unused.is_none(), review.population.users), (true, 3));
    let counted = |what: &str| review.population.not_known.iter().find(|n| n.what.starts_with(what)).map(|n| n.count);
    assert_eq!(counted("credentials"), Some(3));
    assert_eq!(counted("services last accessed"), Some(2));
    assert_eq!(counted("service control policies"), Some(3));
    let text = serde_json::to_string(&review).unwrap();
    assert_eq!(serde_json::from_str::<Review>(&text).unwrap(), review);
}

#[test]
fn each_person_behind_a_permission_set_has_a_row_that_says_by_which_group() {
    let trust = json!([{ "Effect": "Allow", "Action": "sts:AssumeRoleWithSAML", "Principal": { "Federated": format!("{ACCOUNT}:saml-provider/AWSSSO_x_DO_NOT_DELETE") } }]);
    let center = |name: &str| {
        let path = "/aws-reserved/sso.amazonaws.com/";
        json!({ "RoleName": name, "Path": path, "Arn": format!("{ACCOUNT}:role{path}{name}"), "RoleLastUsed": {},
            "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": trust },
            "RolePolicyList": [{ "PolicyName": "inline", "PolicyDocument": { "Version": "2012-10-17", "Statement": [allow(&json!("s3:*"), &json!("*"))] } }] })
    };
    let details = json!({ "RoleDetailList": [
        center("AWSReservedSSO_Break_Glass_0123456789abcdef"), center("AWSReservedSSO_Nobody_0123456789abcdef"), role("/", &trust)] });
    let holder = |name: &str, groups: &[&str], direct: bool| Holder {
        name: name.to_owned(),
        groups: groups.iter().map(|&group| group.to_owned()).collect(),
        direct,
        disabled: name == "bob",
    };
    let people = vec![holder("ann", &["admins", "on-call"], false), holder("bob", &[], true)];
    let holders = Holders { people, not_known: vec!["the members of group vendors".to_owned()] };
    let of = |account: &str| ((account.to_owned(), "Break_Glass".to_owned()), holders.clone());
    let assigned = Assigned { holders: HashMap::from([of("111122223333"), of("999988887777")]), known: true };
    let accounts = AccountData::from_details(&details.to_string()).unwrap();
    let estate = Estate::new(accounts, Around::default(), ActionTable::embedded(), NOW);
    let (credentials, accessed) = (HashMap::new(), HashMap::new());
    let inputs =
        Inputs { now: NOW, standing: &|_| None, credentials: &credentials, accessed: &accessed, assigned: &assigned };
    let review = review(&estate, &inputs);
    let rows: Vec<(&str, PrincipalKind)> = review.principals.iter().map(|p| (p.name.as_str(), p.kind)).collect();
    assert_eq!(
        rows,
        [
            ("AWSReservedSSO_Break_Glass_0123456789abcdef", PrincipalKind::Role),
            ("ann", PrincipalKind::Person),
            ("bob", PrincipalKind::Person),
            ("AWSReservedSSO_Nobody_0123456789abcdef", PrincipalKind::Role),
            ("r", PrincipalKind::Role),
        ]
    );
    let [glass, ann, bob, nobody, other] = &review.principals[..] else { panic!("{rows:?}") };
    assert!(glass.not_known.iter().any(|one| one == "the members of group vendors"));
    assert!(
        ann.nature_why.ends_with("assigned the permission set Break_Glass by admins, on-call"),
        "{}",
        ann.nature_why
    );
    assert_eq!((ann.account.as_str(), &ann.arn, ann.nature), ("111122223333", &glass.arn, Nature::Human));
    assert_eq!(
        (&ann.services, &ann.words, &ann.groups[..]),
        (&glass.services, &glass.words, &["admins".to_owned(), "on-call".to_owned()][..])
    );
    assert!(bob.nature_why.contains("who is disabled in the directory") && bob.nature_why.ends_with("directly"));
    assert!(
        nobody.nature_why.ends_with("the permission set Nobody is assigned to nobody here"),
        "{}",
        nobody.nature_why
    );
    assert!(!other.nature_why.contains("permission set"));
    assert_eq!((review.population.roles, review.population.people), (3, 2));
}
