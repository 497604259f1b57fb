//! The slow evaluator against decisions made by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod reference;

use reference::Decision::{self, Allow, ExplicitDeny, ImplicitDeny};
use serde_json::{Value, json};

const ALICE: &str = "arn:aws:iam::111111111111:user/alice";
const ROLE: &str = "arn:aws:iam::111111111111:role/team/app";
const SESSION: &str = "arn:aws:sts::111111111111:assumed-role/app/one";
const ROOT: &str = "arn:aws:iam::111111111111:root";
const OTHER: &str = "arn:aws:iam::222222222222:user/alice";
const OBJECT: &str = "arn:aws:s3:::data/alice/a";
const KEY: &str = "arn:aws:kms:eu-west-1:111111111111:key/aa";

/// A document of one statement, in which `extra` has the last word.
fn document(effect: &str, extra: Value) -> Value {
    let mut statement = json!({"Effect": effect, "Action": "*", "Resource": "*"});
    for (name, value) in extra.as_object().unwrap() {
        if let Some(opposite) = name.strip_prefix("Not") {
            statement.as_object_mut().unwrap().remove(opposite);
        }
        statement[name] = value.clone();
    }
    json!({"Version": "2012-10-17", "Statement": statement})
}

fn allow(extra: Value) -> Value {
    document("Allow", extra)
}

fn deny(extra: Value) -> Value {
    document("Deny", extra)
}

/// A list with one policy.
fn one(document: Value) -> Value {
    json!([{"name": "one", "document": document}])
}

fn to(principal: Value) -> Value {
    allow(json!({"Principal": principal}))
}

fn decide(policies: &Value, principal: &str, action: &str, resource: &str, context: &Value) -> Decision {
    let principal = if principal.is_empty() { json!({"type": "Anonymous"}) } else { json!(principal) };
    let request = json!({"action": action, "resource": resource, "principal": principal, "context": context});
    reference::decide(&json!({"policies": policies, "request": request}))
}

#[test]
fn layers_and_principals() {
    let full = || one(allow(json!({})));
    let none = || one(allow(json!({"Action": "none:Such"})));
    let get = "s3:GetObject";
    #[rustfmt::skip]
    let cases = [
        (json!({}), ALICE, get, OBJECT, ImplicitDeny),
        (json!({"identity": full()}), ALICE, get, OBJECT, Allow),
        (json!({"identity": full(), "resource": deny(json!({"Principal": "*"}))}), ALICE, get, OBJECT, ExplicitDeny),
        (json!({"identity": full(), "boundary": []}), ALICE, get, OBJECT, ImplicitDeny),
        (json!({"identity": full(), "scp": [{"policies": []}]}), ALICE, get, OBJECT, ImplicitDeny),
        (json!({"identity": full(), "scp": [{"policies": full()}, {"policies": none()}]}), ALICE, get, OBJECT, ImplicitDeny),
        (json!({"identity": full(), "endpoint": none()}), ALICE, get, OBJECT, ImplicitDeny),
        (json!({"identity": full(), "rcp": [{"policies": one(deny(json!({"Principal": "*"})))}]}), ALICE, get, OBJECT, ExplicitDeny),
        (json!({"identity": full(), "rcp": [{"policies": one(deny(json!({"Principal": "*"})))}]}), ALICE, "iam:GetUser", "*", Allow),
        // A grant in the resource policy, by kind of principal.
        (json!({"resource": to(json!({"AWS": ALICE})), "boundary": []}), ALICE, get, OBJECT, Allow),
        (json!({"resource": to(json!({"AWS": ROLE})), "boundary": []}), SESSION, get, OBJECT, ImplicitDeny),
        (json!({"resource": to(json!({"AWS": ROLE}))}), SESSION, get, OBJECT, Allow),
        (json!({"resource": to(json!({"AWS": SESSION})), "boundary": []}), SESSION, get, OBJECT, Allow),
        (json!({"resource": to(json!({"AWS": SESSION}))}), ROLE, get, OBJECT, ImplicitDeny),
        (json!({"resource": to(json!({"AWS": "111111111111"}))}), ALICE, get, OBJECT, ImplicitDeny),
        (json!({"resource": to(json!({"AWS": "AIDAIOSFODNN7EXAMPLE"}))}), ALICE, get, OBJECT, ImplicitDeny),
        (json!({"resource": to(json!("*"))}), "", get, OBJECT, Allow),
        (json!({"resource": to(json!({"AWS": "111111111111"}))}), "", get, OBJECT, ImplicitDeny),
        (json!({"resource": to(json!({"Service": "lambda.amazonaws.com"}))}), "lambda.amazonaws.com", get, OBJECT, Allow),
        (json!({"identity": full()}), "lambda.amazonaws.com", get, OBJECT, ImplicitDeny),
        (json!({"resource": to(json!({"Federated": "accounts.google.com"}))}), "accounts.google.com", "sts:AssumeRoleWithWebIdentity", ROLE, Allow),
        // Across accounts both sides must allow.
        (json!({"identity": full()}), OTHER, get, KEY, ImplicitDeny),
        (json!({"identity": full(), "resource": to(json!({"AWS": "222222222222"}))}), OTHER, "kms:Decrypt", KEY, Allow),
        (json!({"resource": to(json!({"AWS": OTHER}))}), OTHER, "kms:Decrypt", KEY, ImplicitDeny),
        // Keys and roles need a grant of their own.
        (json!({"identity": full()}), ALICE, "kms:Decrypt", KEY, ImplicitDeny),
        (json!({"identity": full(), "resource": to(json!({"AWS": ROOT}))}), ALICE, "kms:Decrypt", KEY, Allow),
        (json!({"resource": to(json!({"AWS": ROOT}))}), ALICE, "kms:Decrypt", KEY, ImplicitDeny),
        (json!({"identity": full()}), ALICE, "sts:AssumeRole", ROLE, ImplicitDeny),
        (json!({"resource": to(json!({"AWS": ALICE}))}), ALICE, "sts:AssumeRole", ROLE, Allow),
        // Root, linked roles, and what needs no permission.
        (json!({"identity": one(deny(json!({})))}), ROOT, get, OBJECT, Allow),
        (json!({"scp": [{"policies": none()}]}), ROOT, get, OBJECT, ImplicitDeny),
        (json!({"identity": full(), "scp": [{"policies": none()}]}), "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", get, OBJECT, Allow),
        (json!({"identity": one(deny(json!({})))}), ALICE, "sts:GetCallerIdentity", "*", Allow),
        (json!({}), ALICE, "sts:GetSessionToken", "*", Allow),
        (json!({"identity": one(deny(json!({})))}), ALICE, "sts:GetSessionToken", "*", ExplicitDeny),
        // NotPrincipal exempts who is listed with the account.
        (json!({"identity": full(), "resource": deny(json!({"NotPrincipal": {"AWS": [ALICE, ROOT]}}))}), ALICE, get, OBJECT, Allow),
        (json!({"identity": full(), "resource": deny(json!({"NotPrincipal": {"AWS": ALICE}}))}), ALICE, get, OBJECT, ExplicitDeny),
        (json!({"identity": full(), "resource": deny(json!({"NotPrincipal": {"AWS": [ROLE, ROOT]}}))}), SESSION, get, OBJECT, ExplicitDeny),
        (json!({"identity": full(), "resource": deny(json!({"NotPrincipal": {"AWS": [ROLE, SESSION, ROOT]}}))}), SESSION, get, OBJECT, Allow),
        (json!({"identity": full(), "boundary": full(), "resource": deny(json!({"NotPrincipal": {"AWS": [ALICE, ROOT]}}))}), ALICE, get, OBJECT, ExplicitDeny),
        // Actions and resources.
        (json!({"identity": one(allow(json!({"Action": "S3:get?bject"})))}), ALICE, get, OBJECT, Allow),
        (json!({"identity": one(allow(json!({"NotAction": "s3:Get*"})))}), ALICE, get, OBJECT, ImplicitDeny),
        (json!({"identity": one(allow(json!({"Resource": "arn:aws:s3:::*/a"})))}), ALICE, get, OBJECT, Allow),
        (json!({"identity": one(allow(json!({"Resource": "arn:aws:s3:::DATA/*"})))}), ALICE, get, OBJECT, ImplicitDeny),
        (json!({"identity": one(allow(json!({"Resource": "arn:aws:s3:::data/*"})))}), ALICE, get, "arn:aws:s3:::data/a*", Allow),
        (json!({"identity": one(allow(json!({"Resource": "arn:aws:s3:::data/a*"})))}), ALICE, get, "arn:aws:s3:::data/*", ImplicitDeny),
        (json!({"identity": json!([full()[0], one(deny(json!({"Resource": "arn:aws:s3:::data/a*"})))[0]])}), ALICE, get, "arn:aws:s3:::data/*", ExplicitDeny),
        (json!({"identity": one(allow(json!({"Resource": "arn:aws:s3:::data"})))}), ALICE, "s3:ListAllMyBuckets", "*", ImplicitDeny),
        (json!({"identity": one(allow(json!({"NotResource": "arn:aws:s3:::data"})))}), ALICE, "s3:ListAllMyBuckets", "*", Allow),
    ];
    for (policies, principal, action, resource, expected) in cases {
        let decision = decide(&policies, principal, action, resource, &json!({}));
        assert_eq!(decision, expected, "{principal} {action} {resource} {policies}");
    }
}

#[test]
fn conditions() {
    #[rustfmt::skip]
    let cases = [
        (json!({"StringEquals": {"AWS:username": ["bob", "alice"]}}), json!({"aws:UserName": "alice"}), true),
        (json!({"StringEquals": {"aws:username": "al*"}}), json!({"aws:username": "alice"}), false),
        (json!({"StringLike": {"aws:username": "al?c*"}}), json!({"aws:username": "alice"}), true),
        (json!({"StringNotEquals": {"aws:username": ["bob", "alice"]}}), json!({"aws:username": "alice"}), false),
        (json!({"StringEquals": {"aws:username": "alice"}}), json!({}), false),
        (json!({"StringNotEquals": {"aws:username": "alice"}}), json!({}), true),
        (json!({"stringequalsifexists": {"aws:username": "alice"}}), json!({}), true),
        (json!({"StringEqualsIfExists": {"aws:username": "alice"}}), json!({"aws:username": "bob"}), false),
        (json!({"Null": {"aws:username": true}}), json!({"aws:username": []}), true),
        (json!({"Null": {"aws:username": "false"}}), json!({"aws:username": "x"}), true),
        (json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}), json!({"aws:TagKeys": ["a", "b"]}), true),
        (json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}), json!({"aws:TagKeys": ["a", "c"]}), false),
        (json!({"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}), json!({}), true),
        (json!({"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}}), json!({"aws:TagKeys": ["c", "a"]}), true),
        (json!({"ForAnyValue:StringNotEquals": {"aws:TagKeys": "a"}}), json!({}), false),
        (json!({"ForAnyValue:StringNotEquals": {"aws:TagKeys": "a"}}), json!({"aws:TagKeys": ["a", "c"]}), true),
        (json!({"ForAllValues:StringNotEquals": {"aws:TagKeys": "a"}}), json!({"aws:TagKeys": ["a", "c"]}), false),
        (json!({"StringEquals": {"aws:username": "${aws:PrincipalTag/team}"}}), json!({"aws:username": "a*", "aws:principaltag/Team": "a*"}), true),
        (json!({"StringLike": {"aws:username": "${aws:PrincipalTag/team}"}}), json!({"aws:username": "ab", "aws:principaltag/Team": "a*"}), false),
        (json!({"StringNotEquals": {"aws:username": "${aws:PrincipalTag/team}"}}), json!({"aws:username": "a"}), true),
        (json!({"StringEquals": {"aws:username": "x${aws:PrincipalTag/team, 'y'}"}}), json!({"aws:username": "xy"}), true),
        (json!({"NumericLessThan": {"s3:max-keys": "10.5"}}), json!({"s3:max-keys": 10}), true),
        (json!({"NumericNotEquals": {"s3:max-keys": 10}}), json!({"s3:max-keys": "many"}), true),
        (json!({"DateGreaterThan": {"aws:CurrentTime": "2024-06-01T00:00:00Z"}}), json!({"aws:CurrentTime": "1717200001"}), true),
        (json!({"DateEquals": {"aws:CurrentTime": "2024-06-01"}}), json!({"aws:CurrentTime": "2024-06-01T02:00:00+02:00"}), true),
        (json!({"Bool": {"aws:SecureTransport": "TRUE"}}), json!({"aws:SecureTransport": true}), true),
        (json!({"IpAddress": {"aws:SourceIp": ["2001:db8::/32", "10.0.0.0/8"]}}), json!({"aws:SourceIp": "10.9.9.9"}), true),
        (json!({"IpAddress": {"aws:SourceIp": "::/0"}}), json!({"aws:SourceIp": "10.9.9.9"}), false),
        (json!({"NotIpAddress": {"aws:SourceIp": "10.0.0.1"}}), json!({"aws:SourceIp": "10.0.0.1"}), false),
        (json!({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:1:*"}}), json!({"aws:SourceArn": "arn:aws:sns:eu:1:a:b"}), true),
        (json!({"ArnEquals": {"aws:SourceArn": "arn:aws:sns:*:b"}}), json!({"aws:SourceArn": "arn:aws:sns:eu:1:a:b"}), false),
        (json!({"ArnNotLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}), json!({"aws:SourceArn": "text"}), true),
        (json!({"BinaryEquals": {"x:y": "QUJD"}}), json!({"x:y": "QUJD"}), true),
    ];
    for (condition, context, holds) in cases {
        let policies = json!({"identity": one(allow(json!({"Condition": condition})))});
        let decision = decide(&policies, ALICE, "s3:GetObject", OBJECT, &context);
        assert_eq!(decision == Allow, holds, "{condition} {context}");
    }
}

#[test]
fn variables_want_the_newer_version() {
    let mut old = allow(json!({"Resource": "arn:aws:s3:::data/${aws:username}/*"}));
    let context = json!({"aws:username": "alice"});
    let decide =
        |document: &Value| decide(&json!({"identity": one(document.clone())}), ALICE, "s3:GetObject", OBJECT, &context);
    assert_eq!(decide(&old), Allow);
    old["Version"] = json!("2008-10-17");
    assert_eq!(decide(&old), ImplicitDeny);
}
