//! Whom a statement lets in, against a slow evaluator: callers of flesh and blood are put to the decision engine, each with
//! the keys that such a caller's request has.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use kickoff_policy::actions::ActionTable;
use kickoff_policy::caller::Caller;
use kickoff_policy::compile::{Action, Policy, Target};
use kickoff_policy::context::{Given, Value};
use kickoff_policy::decide::{Decision, Evaluation, Layers, Named, Question};
use kickoff_policy::document::Kind;
use kickoff_policy::whom::{self, Home, Party, Reach, Who};
use serde_json::{Value as Json, json};

const OWN: &str = "111122223333";
const MEMBER: &str = "222233334444";
const VENDOR: &str = "444455556666";
const STRANGER: &str = "999988887777";
const ORGANIZATION: &str = "o-own0000000";
const FOREIGN: &str = "o-vendor0000";
const EVIL: &str = "o-evil000000";
/// An account whose number begins as the vendor's does.
const ALIKE: &str = "444477778888";
const NOW: &str = "2026-11-30T00:00:00Z";

/// A caller, with what its request tells.
#[derive(Debug, Clone)]
struct Person {
    kind: &'static str,
    account: &'static str,
    organization: Option<&'static str>,
    arn: String,
    network: &'static str,
    external: Option<&'static str>,
}

fn people() -> Vec<Person> {
    let homes = [
        (OWN, Some(ORGANIZATION)),
        (MEMBER, Some(ORGANIZATION)),
        (VENDOR, Some(FOREIGN)),
        (VENDOR, Some(ORGANIZATION)),
        (ALIKE, None),
        (ALIKE, Some(EVIL)),
        (ALIKE, Some(FOREIGN)),
        (VENDOR, Some(EVIL)),
        (VENDOR, None),
        (STRANGER, None),
        (STRANGER, Some(EVIL)),
        (STRANGER, Some(FOREIGN)),
    ];
    let mut all = Vec::new();
    for (account, organization) in homes {
        for network in ["8.8.8.8", "2600:77::9", "203.0.113.5", "vpce-2", "vpce-1"] {
            // What the own account's root user may do is no grant of the policy.
            for name in
                ["role/app", "role/other", "user/u", "root"].iter().filter(|name| account != OWN || **name != "root")
            {
                for external in [None, Some("x1"), Some("*"), Some("guess")] {
                    let arn = format!("arn:aws:iam::{account}:{name}");
                    all.push(Person { kind: "principal", account, organization, arn, network, external });
                }
            }
            let of = [
                format!("arn:aws:sns:us-east-1:{account}:t"),
                "arn:aws:s3:::bucket".to_owned(),
                "arn:aws:s3:::zz".to_owned(),
            ];
            for arn in of {
                all.push(Person { kind: "service", account, organization, arn, network, external: None });
            }
            let arn = String::new();
            all.push(Person { kind: "silent", account, organization, arn: arn.clone(), network, external: None });
            all.push(Person { kind: "unsigned", account: STRANGER, organization: None, arn, network, external: None });
        }
    }
    all
}

impl Person {
    fn context(&self) -> Given {
        let mut keys: Vec<(String, Value)> = Vec::new();
        let mut put = |key: &str, value: &str| keys.push((key.to_owned(), Value::One(value.to_owned())));
        put(if self.network.starts_with("vpce") { "aws:SourceVpce" } else { "aws:SourceIp" }, self.network);
        match self.kind {
            "principal" => {
                put("aws:PrincipalAccount", self.account);
                put("aws:PrincipalArn", &self.arn);
                self.organization.iter().for_each(|id| put("aws:PrincipalOrgID", id));
                self.external.iter().for_each(|id| put("sts:ExternalId", id));
            }
            "service" => {
                put("aws:SourceAccount", self.account);
                put("aws:SourceArn", &self.arn);
                self.organization.iter().for_each(|id| put("aws:SourceOrgID", id));
            }
            _ => {}
        }
        Given::new(keys, false)
    }

    fn caller(&self) -> Caller {
        match self.kind {
            "principal" => Caller::parse(&self.arn).unwrap(),
            "unsigned" => Caller::Anonymous,
            _ => Caller::Service("sns.amazonaws.com".to_owned()),
        }
    }

    fn gets_in(&self, policy: &Policy, everything: &Policy) -> bool {
        let (caller, action, target) = (
            self.caller(),
            Action::parse("s3:GetObject", ActionTable::embedded()).unwrap(),
            Target::one("arn:aws:s3:::b/x"),
        );
        // Within the account the resource's grant is enough, and is what is asked about.
        let identity = if self.account == OWN { Vec::new() } else { vec![Named { name: "own", policy: everything }] };
        let layers = Layers { identity, resource: Some(vec![Named { name: "bucket", policy }]), ..Layers::default() };
        let question =
            Question { caller: &caller, action: &action, target: &target, resource_account: Some(OWN), strict: false };
        let context = self.context();
        Evaluation::decide(&layers, &question, &context, ActionTable::embedded()).decision == Decision::Allow
    }

    /// Whether a party is told that this one belongs to.
    fn is_of(&self, party: &Party) -> bool {
        let kind = match &party.who {
            Who::Principal(_) => self.kind == "principal",
            Who::Unsigned => self.kind == "unsigned",
            Who::Service(_) => matches!(self.kind, "service" | "silent"),
            _ => false,
        };
        // Whoever it is, the made-up stranger who does not sign is told as one who signs too.
        let everybody = party.who == Who::Principal(None) && party.is_whoever() && party.asks.is_nothing();
        let named_network = matches!(self.network, "203.0.113.5" | "vpce-1");
        (kind || everybody)
            && party.account.one().is_none_or(|account| account == self.account)
            && party.organization.one().is_none_or(|id| Some(id) == self.organization)
            && party.resource.as_ref().is_none_or(|arn| *arn == self.arn)
            && (!party.asks.network || named_network)
            && (!party.asks.external_id || matches!(self.external, Some("x1" | "*")))
    }
}

struct Dice(u64);

impl Dice {
    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        &all[(self.0 >> 11) as usize % all.len()]
    }
}

fn condition(dice: &mut Dice) -> (String, String, Json) {
    let texts = ["StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIgnoreCase"];
    let arns = ["ArnLike", "ArnEquals", "ArnNotLike", "StringLike", "StringNotLike"];
    let (key, operators, values): (&str, &[&str], &[&str]) = *dice.of(&[
        ("aws:PrincipalOrgID", &texts[..], &[ORGANIZATION, FOREIGN, "o-*", "*"][..]),
        ("aws:PrincipalAccount", &texts[..], &[OWN, VENDOR, "4444*"][..]),
        (
            "aws:PrincipalArn",
            &arns[..],
            &[
                "arn:aws:iam::111122223333:role/app",
                "arn:aws:iam::*:role/app",
                "arn:aws:iam::444455556666:*",
                "arn:aws:iam::*:*",
                "*",
            ][..],
        ),
        ("aws:SourceAccount", &texts[..], &[OWN, VENDOR][..]),
        ("aws:SourceArn", &arns[..], &["arn:aws:sns:*:111122223333:*", "arn:aws:sns:*:*:*", "arn:aws:s3:::bucket"][..]),
        ("aws:SourceOrgID", &texts[..], &[ORGANIZATION, FOREIGN][..]),
        ("aws:SourceIp", &["IpAddress", "NotIpAddress"][..], &["203.0.113.0/24", "0.0.0.0/0"][..]),
        ("aws:SourceVpce", &texts[..], &["vpce-1"][..]),
        ("sts:ExternalId", &texts[..], &["x1", "*"][..]),
    ]);
    if *dice.of(&[false, false, false, false, false, false, false, true]) {
        return ("Null".to_owned(), key.to_owned(), json!(dice.of(&["true", "false"])));
    }
    let before = dice.of(&["", "", "", "", "ForAllValues:", "ForAnyValue:"]);
    let behind = dice.of(&["", "", "", "IfExists"]);
    let operator = format!("{before}{}{behind}", dice.of(operators));
    let value =
        if *dice.of(&[true, true, false]) { json!(dice.of(values)) } else { json!([dice.of(values), dice.of(values)]) };
    (operator, key.to_owned(), value)
}

fn statement(dice: &mut Dice, effect: &str, principal: &Json) -> Json {
    let mut all = json!({});
    for _ in 0..*dice.of(&[0, 1, 1, 1, 2, 2, 3]) {
        let (operator, key, value) = condition(dice);
        if all.get(&operator).is_none() {
            all[&operator] = json!({});
        }
        all[&operator][&key] = value;
    }
    json!({ "Effect": effect, "Principal": principal, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": all })
}

#[test]
fn the_module_and_a_slow_evaluator_agree_on_who_gets_in() {
    let everything = Policy::parse(
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        Kind::Identity,
    )
    .unwrap();
    let home = Home { account: OWN, organization: Some(ORGANIZATION), partition: "aws", now: NOW, anonymous: true };
    let people = people();
    let mut dice = Dice(0x5eed_1234_9876_0001);
    let (mut let_in, mut kept_out) = (0, 0);
    for round in 0..700 {
        let principal =
            dice.of(&[json!("*"), json!({ "AWS": VENDOR }), json!({ "Service": "sns.amazonaws.com" })]).clone();
        let mut statements = vec![statement(&mut dice, "Allow", &principal)];
        if *dice.of(&[false, false, true]) {
            statements.push(statement(&mut dice, "Deny", &json!("*")));
        }
        let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        let policy = Policy::parse(&text, Kind::Resource).unwrap();
        assert!(policy.problems.is_empty(), "{text}: {:?}", policy.problems);
        let allow = &policy.statements[0];
        let parties = whom::lets_in(allow, &whom::taking_back(&policy.statements, allow), &home);
        let inside: Vec<&Person> = people.iter().filter(|person| person.gets_in(&policy, &everything)).collect();
        for person in &inside {
            assert!(
                parties.iter().any(|party| person.is_of(party)),
                "round {round}: {person:?} is not told\n{text}\n{parties:?}"
            );
        }
        // An organization's id has no wildcard: where it is compared as it is written, nobody is in it.
        let exists = |party: &&Party| party.organization.one().is_none_or(|id| !id.contains('*'));
        for party in parties.iter().filter(|party| party.asks.unclear.is_empty()).filter(exists) {
            let stranger = |person: &&&Person| match (&party.account, &party.organization) {
                (Reach::Any, Reach::Any) => matches!(person.account, STRANGER | VENDOR | ALIKE),
                _ => true,
            };
            assert!(
                inside.iter().filter(stranger).any(|person| person.is_of(party)),
                "round {round}: {party} is told, and nobody of the kind gets in\n{text}\n{parties:?}"
            );
        }
        if inside.is_empty() { kept_out += 1 } else { let_in += 1 }
    }
    assert!(let_in > 100 && kept_out > 20, "{let_in} let in, {kept_out} kept out: the questions are too much alike");
}

fn parties(principal: Json, condition: Json, anonymous: bool) -> Vec<String> {
    let text = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*", "Condition": condition } });
    let policy = Policy::parse(&text.to_string(), Kind::Resource).unwrap();
    let home = Home { account: OWN, organization: Some(ORGANIZATION), partition: "aws", now: NOW, anonymous };
    whom::lets_in(&policy.statements[0], &[], &home).iter().map(ToString::to_string).collect()
}

#[test]
fn a_condition_guards_only_if_somebody_who_is_not_meant_fails_it() {
    let any = "any account";
    for (condition, expected) in [
        (json!({}), any),
        (json!({ "ForAllValues:StringEquals": { "aws:PrincipalOrgID": ORGANIZATION } }), any),
        (json!({ "StringEqualsIfExists": { "aws:PrincipalOrgID": ORGANIZATION } }), any),
        (json!({ "StringNotEquals": { "aws:PrincipalOrgID": ORGANIZATION } }), any),
        (json!({ "StringLike": { "aws:PrincipalOrgID": "*" } }), any),
        (json!({ "Null": { "aws:PrincipalOrgID": "true" } }), any),
        (json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::*:*" } }), any),
        (json!({ "IpAddress": { "aws:SourceIp": "0.0.0.0/0" } }), any),
        (json!({ "IpAddress": { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } }), any),
        (json!({ "NotIpAddress": { "aws:SourceIp": "203.0.113.0/24" } }), any),
        (json!({ "StringEqualsIfExists": { "aws:SourceVpce": "vpce-1" } }), any),
        (json!({ "Bool": { "aws:SecureTransport": "true" } }), any),
        (json!({ "StringEquals": { "aws:PrincipalTag/team": "sec" } }), any),
        (json!({ "StringLike": { "aws:userid": "*:alice" } }), any),
        (json!({ "StringEquals": { "aws:PrincipalOrgID": ORGANIZATION } }), "organization o-own0000000"),
        (json!({ "StringEquals": { "aws:PrincipalOrgID": "${aws:ResourceOrgID}" } }), "organization o-own0000000"),
        (json!({ "StringEquals": { "aws:PrincipalAccount": "${aws:ResourceAccount}" } }), "account 111122223333"),
        (
            json!({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-evil000000/r-ab12/*" } }),
            "organization o-evil000000",
        ),
        (json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }), "any account, from a network that is named"),
        (json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } }), "any account, from a network that is named"),
        (json!({ "StringEquals": { "made:Up": "x" } }), "any account, under made:up"),
    ] {
        let found = parties(json!("*"), condition.clone(), false);
        assert!(found.iter().any(|party| party == expected), "{condition}: {found:?}");
        let wider = found.iter().any(|party| party == any);
        assert_eq!(wider, expected == any, "{condition}: {found:?}");
    }
    // What tells that a service asks is missing of everybody else.
    let source = json!({ "StringEquals": { "aws:SourceAccount": OWN } });
    assert_eq!(parties(json!("*"), source.clone(), true), ["any service for account 111122223333"]);
    assert_eq!(
        parties(json!({ "Service": "sns.amazonaws.com" }), source, true),
        ["sns.amazonaws.com for account 111122223333"]
    );
    let bare = parties(json!({ "Service": "sns.amazonaws.com" }), json!({}), true);
    assert_eq!(bare, ["sns.amazonaws.com for any account"]);
    let bucket = json!({ "ArnLike": { "aws:SourceArn": "arn:aws:s3:::mine" } });
    let found = parties(json!({ "Service": "s3.amazonaws.com" }), bucket, true);
    assert!(found.iter().all(|party| party.contains("arn:aws:s3:::mine") || party.contains(OWN)), "{found:?}");
    let wild = json!({ "ArnLike": { "aws:SourceArn": "arn:aws:s3:::mine-*" } });
    assert_eq!(parties(json!({ "Service": "s3.amazonaws.com" }), wild, true), ["s3.amazonaws.com for any account"]);
}

#[test]
fn of_an_account_that_is_named_the_external_id_and_the_deleted_are_told() {
    let vendor = json!({ "AWS": [VENDOR, "AIDAEXAMPLEGONE000001"] });
    let asked = json!({ "StringEquals": { "sts:ExternalId": "x1" } });
    assert_eq!(
        parties(vendor.clone(), asked, false),
        ["account 444455556666, with an external id", "a deleted principal (AIDAEXAMPLEGONE000001)"]
    );
    for condition in [
        json!({ "ForAllValues:StringEquals": { "sts:ExternalId": "x1" } }),
        json!({ "StringLike": { "sts:ExternalId": "*" } }),
        json!({ "StringEqualsIfExists": { "sts:ExternalId": "x1" } }),
        json!({ "StringNotEquals": { "sts:ExternalId": "x1" } }),
    ] {
        let found = parties(json!({ "AWS": VENDOR }), condition.clone(), false);
        // `*` asks that some id is told, which keeps nobody out.
        assert!(found.iter().any(|party| party == "account 444455556666"), "{condition}: {found:?}");
    }
}

#[test]
fn where_nobody_is_found_and_a_value_turns_on_the_caller_it_is_not_known_who_gets_in() {
    let external = json!({ "StringEquals": { "sts:ExternalId": "${aws:PrincipalAccount}" } });
    assert_eq!(parties(json!({ "AWS": VENDOR }), external, false), ["account 444455556666, under sts:externalid"]);
    let name = json!({ "StringLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/${aws:PrincipalTag/team}-*" } });
    let found = parties(json!("*"), name, false);
    assert!(!found.is_empty() && found.iter().all(|party| party.contains("under")), "{found:?}");
    // What is written out lets nobody in for certain: a service's account is no principal's.
    assert!(
        parties(json!({ "AWS": VENDOR }), json!({ "StringEquals": { "aws:SourceAccount": OWN } }), false).is_empty()
    );
}

#[test]
fn what_a_service_works_for_may_be_in_a_region_and_of_no_account() {
    let of = |arn: &str| {
        let condition = json!({ "ArnLike": { "aws:SourceArn": arn } });
        parties(json!({ "Service": "apigateway.amazonaws.com" }), condition, true)
    };
    let anybody = ["apigateway.amazonaws.com for any account"];
    assert_eq!(of("arn:aws:apigateway:us-east-1::/restapis/*"), anybody);
    let one = of("arn:aws:apigateway:us-east-1::/restapis/a1b2c3");
    assert_eq!(one, ["apigateway.amazonaws.com for arn:aws:apigateway:us-east-1::/restapis/a1b2c3"]);
}

#[test]
fn a_range_less_a_part_of_it_still_lets_the_rest_in() {
    for (range, less, let_in) in [
        ("198.51.100.0/24", "198.51.100.0/32", true),
        ("198.51.100.0/24", "198.51.100.0/25", true),
        ("198.51.100.0/24", "198.51.100.128/25", true),
        ("198.51.100.0/24", "198.51.100.0/24", false),
        ("198.51.100.0/24", "198.51.0.0/16", false),
        ("2001:db8:1::/48", "2001:db8:1::/64", true),
    ] {
        let condition = json!({ "IpAddress": { "aws:SourceIp": range }, "NotIpAddress": { "aws:SourceIp": less } });
        let found = parties(json!("*"), condition, false);
        assert_eq!(!found.is_empty(), let_in, "{range} less {less}: {found:?}");
        assert!(
            found.iter().all(|party| party.ends_with("for any account, from a network that is named")
                || party == "any account, from a network that is named"),
            "{found:?}"
        );
    }
}

#[test]
fn an_external_id_that_is_told_by_a_pattern_is_asked_for() {
    for pattern in ["zz-*", "*-x", "a*b", "\u{e9}*"] {
        let condition = json!({ "StringLike": { "sts:ExternalId": pattern } });
        let found = parties(json!({ "AWS": VENDOR }), condition, false);
        assert_eq!(found, ["account 444455556666, with an external id"], "{pattern}");
    }
}

#[test]
fn a_deny_of_which_it_is_not_known_whether_it_holds_is_told() {
    let text = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*" },
        { "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "*",
          "Condition": { "StringNotEquals": { "made:Up": "x" } } }] });
    let policy = Policy::parse(&text.to_string(), Kind::Resource).unwrap();
    let allow = &policy.statements[0];
    let home = Home { account: OWN, organization: Some(ORGANIZATION), partition: "aws", now: NOW, anonymous: false };
    let found = whom::lets_in(allow, &whom::taking_back(&policy.statements, allow), &home);
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.iter().any(|party| party == "any account, under made:up"), "{found:?}");
    assert!(found.iter().all(|party| party.contains("under made:up")), "{found:?}");
}

#[test]
fn more_values_than_are_looked_at_are_told() {
    let many = |form: &dyn Fn(usize) -> String| (0..60).map(form).collect::<Vec<_>>();
    let condition = json!({
        "StringEquals": { "aws:PrincipalOrgID": many(&|n| format!("o-{n:010}")) },
        "ArnLike": { "aws:PrincipalArn": many(&|n| format!("arn:aws:iam::{n:012}:role/r")) },
        "IpAddress": { "aws:SourceIp": many(&|n| format!("198.51.{n}.0/24")) },
    });
    let found = parties(json!("*"), condition, false);
    assert!(found.iter().any(|party| party.contains("more values than are looked at")), "{found:?}");
}

#[test]
fn whom_a_deny_exempts_is_told_by_every_star_of_the_pattern() {
    let named = |pattern: &str| {
        let text = json!({ "Version": "2012-10-17", "Statement": {
            "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": { "ArnNotLike": { "aws:PrincipalArn": pattern } } } });
        let policy = Policy::parse(&text.to_string(), Kind::Identity).unwrap();
        let home = Home { account: MEMBER, organization: None, partition: "aws", now: NOW, anonymous: false };
        let all = whom::named_principals(&policy.statements[0], &home, &[]);
        assert!(all.iter().all(|(_, written)| written == pattern), "{all:?}");
        all.into_iter().map(|(arn, _)| arn.replace(whom::MARK, "!")).collect::<Vec<_>>()
    };
    let role = |name: &str| format!("arn:aws:iam::{MEMBER}:role/{name}");
    assert_eq!(named("arn:aws:iam::*:role/AWSControlTowerExecution"), [role("AWSControlTowerExecution")]);
    assert_eq!(
        named("arn:aws:iam::*:role/AWSControlTowerExecution*"),
        [role("AWSControlTowerExecution"), role("AWSControlTowerExecution!")]
    );
    assert_eq!(named("arn:aws:iam::*:role/*AccessRole"), [role("!AccessRole"), role("AccessRole")]);
    // The key holds the role's ARN, never the session's, and ARNs have five colons before the name.
    assert!(named("arn:aws:sts::*:assumed-role/Admin/*").is_empty());
    for pattern in ["*", "*Admin*", "arn:*:role/x", "*:*"] {
        let all = named(pattern);
        assert!(all.iter().all(|arn| arn.matches(':').count() == 5 && !arn.contains("assumed-role")), "{all:?}");
    }
}

#[test]
fn a_pattern_of_resources_takes_in_roles_of_an_account_nobody_names() {
    for (pattern, expected) in [
        ("arn:aws:iam::*:role/eks-*", Some(true)),
        ("arn:aws:iam::*:*Admin*", Some(true)),
        ("arn:aws:iam::*:r*-admin", Some(true)),
        ("arn:aws:iam::*role/eks-*", Some(true)),
        ("*:role/eks-*", Some(true)),
        ("arn:aws:iam::4444????????:role/a-*", Some(true)),
        ("arn:aws:iam::*:role/Audit-?", Some(true)),
        ("arn:aws-us-gov:iam::*:role/a-*", Some(true)),
        ("arn:aws:iam::*:role/Audit", Some(false)),
        ("arn:*:iam::*:role/Audit", Some(false)),
        ("arn:aws:iam::444455556666:role/a-*", None),
        ("arn:aws:iam::444455556666:*", None),
        ("arn:aws:iam::${aws:PrincipalAccount}:role/a-*", None),
        ("arn:aws:iam::*:user/a-*", None),
        ("arn:aws:s3:::*", None),
    ] {
        let roles = whom::strangers_roles(pattern);
        let found = (!roles.is_empty()).then(|| roles.iter().any(|role| role.contains(whom::MARK)));
        assert_eq!(found, expected, "{pattern}: {roles:?}");
    }
}
