//! Patterns that people use for each control, and what they leave out.

use kickoff_facts::AccountFacts;
use serde_json::json;

use super::*;
use crate::reasoning::answer::Answer;
use crate::reasoning::event_pattern::Pattern;
use crate::reasoning::filter_pattern::FilterPattern;

fn facts() -> AccountFacts {
    let facts = json!({
        "account": "111122223333", "partition": "aws", "as_of": "2026-03-02T00:00:00Z", "home_region": "us-east-1",
    });
    serde_json::from_value(facts).unwrap_or_else(|error| panic!("{error}"))
}

/// Whether a filter takes every required event of a control.
fn filter(class: &Class, pattern: &str) -> Answer {
    let (facts, pattern) = (facts(), FilterPattern::read(pattern));
    let view = View::account(&facts, &[]);
    let records: Vec<Sample> = class.required().iter().flat_map(|event| event.records(&view).to_vec()).collect();
    Answer::all(records.iter().map(|record| pattern.answer(record)))
}

/// Whether a rule takes every required event of a control.
fn rule(class: &Class, pattern: &serde_json::Value) -> Answer {
    let (facts, pattern) = (facts(), Pattern::read(&pattern.to_string()));
    let view = View::account(&facts, &[]);
    let events = class.required();
    Answer::all(events.iter().flat_map(|event| event.on_bus(&view)).map(|event| pattern.answer(&event)))
}

const UNAUTHORIZED: &str = r#"(($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*"))"#;
const POLICY: &str = r#"$.eventSource = "iam.amazonaws.com" && $.eventName = "*Policy*""#;

#[test]
fn what_is_left_out_for_its_noise_is_no_event_of_the_control() {
    for (class, pattern) in [
        (&UNAUTHORIZED_API, format!("{{ {UNAUTHORIZED} }}")),
        (
            &UNAUTHORIZED_API,
            format!(r#"{{ {UNAUTHORIZED} && ($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket") }}"#),
        ),
        (
            &UNAUTHORIZED_API,
            format!(r#"{{ {UNAUTHORIZED} && ($.userIdentity.invokedBy NOT EXISTS) && ($.userIdentity.type != "AWSService") }}"#),
        ),
        (
            &ROOT_USAGE,
            r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#.to_owned(),
        ),
        (&ROOT_USAGE, r#"{ $.userIdentity.arn = "*:root" }"#.to_owned()),
        (&ROOT_USAGE, r#""Root""#.to_owned()),
        (
            &CONSOLE_NO_MFA,
            r#"{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }"#.to_owned(),
        ),
        (&CONSOLE_AUTH_FAILURE, r#"{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }"#.to_owned()),
        (&IAM_POLICY, format!("{{ {POLICY} }}")),
        (&IAM_POLICY, format!("{{ {POLICY} && $.errorCode NOT EXISTS && $.readOnly IS FALSE && $.managementEvent IS TRUE }}")),
        (&IAM_POLICY, format!(r#"{{ {POLICY} && $.awsRegion = "us-east-1" && $.recipientAccountId = 111122223333 }}"#)),
        (&IAM_POLICY, "{ $.eventSource = iam.amazonaws.com && $.eventName = %^(Put|Delete|Attach|Detach|Create).*Policy% }".to_owned()),
    ] {
        assert_eq!(filter(class, &pattern), Answer::Yes, "{pattern}");
    }
}

#[test]
fn what_leaves_some_of_the_events_out_is_in_doubt_and_named() {
    for (class, narrow) in [
        (&ROOT_USAGE, r#"$.sourceIPAddress != "203.0.113.10""#),
        (&ROOT_USAGE, r#"$.sourceIPAddress != "2001:db8::1""#),
        (&ROOT_USAGE, "$.sourceIPAddress != 198.51.100.*"),
        (&ROOT_USAGE, r#"$.userAgent != "*Terraform*""#),
        (&ROOT_USAGE, r#"$.eventTime = "2026-*""#),
        (&ROOT_USAGE, "$.vpcEndpointId NOT EXISTS"),
        (&ROOT_USAGE, r#"$.tlsDetails.tlsVersion = "TLSv1.3""#),
        (&ROOT_USAGE, "$.sessionCredentialFromConsole NOT EXISTS"),
        (&ROOT_USAGE, r#"$.eventID != "00000000-0000-0000-0000-000000000000""#),
        (&ROOT_USAGE, r#"$.requestParameters.userName != "x""#),
        (&IAM_POLICY, r#"$.userIdentity.arn != "*deployer-bot*""#),
        (&IAM_POLICY, r#"$.userIdentity.sessionContext.sessionIssuer.userName != "deployer""#),
        (&IAM_POLICY, r#"$.userIdentity.principalId != "AROAEXAMPLE:*""#),
        (&IAM_POLICY, r#"$.userIdentity.type != "FederatedUser""#),
        (&SECURITY_GROUP, r#"$.awsRegion = "us-east-1""#),
    ] {
        let about = if std::ptr::eq(class, &raw const ROOT_USAGE) {
            r#"$.userIdentity.type = "Root""#
        } else {
            "$.eventName = *"
        };
        let Answer::Unsure(why) = filter(class, &format!("{{ {about} && {narrow} }}")) else {
            panic!("{narrow} is certain")
        };
        let field = narrow.split(' ').next().unwrap_or_default();
        assert!(why.iter().any(|why| why.starts_with(field)), "{narrow}: {why:?}");
    }
}

#[test]
fn what_never_meets_an_event_of_the_control_is_certain() {
    for (class, pattern) in [
        (&IAM_POLICY, r#"{ $.eventSource = "iam.amazonaws.com" && $.errorCode = "AccessDenied" }"#),
        (&IAM_POLICY, r#"{ $.sourceIPAddress = "cloudformation.amazonaws.com" }"#),
        (&IAM_POLICY, r#"{ $.userIdentity.invokedBy = "*" }"#),
        (&IAM_POLICY, r#"{ $.eventSource = "iam.amazonaws.com" && $.userIdentity.type = "AssumedRole" }"#),
        (&CONSOLE_NO_MFA, r#"{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed IS FALSE) }"#),
        (&CMK_DELETION, r#"{ $.eventSource = kms* && $.errorMessage = "* is pending deletion."}"#),
        (&ROOT_USAGE, r#"{ $.userIdentity.type = "root" && $.userIdentity.invokedBy NOT EXISTS }"#),
        (&ROOT_USAGE, r#"{ $.tlsDetails.tlsVersion = "TLSv1" }"#),
    ] {
        assert_eq!(filter(class, pattern), Answer::No, "{pattern}");
    }
}

#[test]
fn rules_are_held_against_the_same_events() {
    let about = json!({ "source": ["aws.kms"], "detail-type": ["AWS API Call via CloudTrail"] });
    let with = |more: serde_json::Value| {
        let mut pattern = about.clone();
        for (key, value) in more.as_object().into_iter().flatten() {
            pattern[key] = value.clone();
        }
        rule(&CMK_DELETION, &pattern)
    };
    for more in [
        json!({}),
        json!({ "account": ["111122223333"], "region": ["us-east-1"] }),
        json!({ "detail": { "errorCode": [{ "exists": false }], "awsRegion": ["us-east-1"], "readOnly": [false] } }),
        json!({ "detail": { "sourceIPAddress": [{ "anything-but": { "suffix": ".amazonaws.com" } }] } }),
    ] {
        assert_eq!(with(more.clone()), Answer::Yes, "{more}");
    }
    for (more, why) in [
        (json!({ "detail": { "sourceIPAddress": [{ "anything-but": "203.0.113.10" }] } }), "detail.sourceIPAddress"),
        (json!({ "detail": { "userAgent": [{ "anything-but": { "wildcard": "*Terraform*" } }] } }), "detail.userAgent"),
        (
            json!({ "detail": { "userIdentity": { "arn": [{ "anything-but": { "wildcard": "*deployer*" } }] } } }),
            "detail.userIdentity.arn",
        ),
        (json!({ "time": [{ "prefix": "2026" }] }), "time"),
        (json!({ "resources": [{ "wildcard": "arn:aws:kms:*" }] }), "resources"),
        (json!({ "detail": { "requestParameters": { "keyId": ["x"] } } }), "detail.requestParameters.keyId"),
    ] {
        let Answer::Unsure(doubts) = with(more.clone()) else { panic!("{more} is certain") };
        assert!(doubts.iter().any(|doubt| doubt.starts_with(why)), "{more}: {doubts:?}");
    }
    for more in [
        json!({ "account": ["999988887777"] }),
        json!({ "region": ["eu-west-1"] }),
        json!({ "detail": { "userIdentity": { "type": ["AssumedRole"] } } }),
        json!({ "replay-name": [{ "exists": true }] }),
    ] {
        assert_eq!(with(more.clone()), Answer::No, "{more}");
    }
}
