use proptest::prelude::*;

use super::*;

fn redacted(service: &str, body: &str) -> (String, Vec<(String, u32)>) {
    let out = redact_body(service, &Bytes::copy_from_slice(body.as_bytes()));
    let redactions = out.redactions.into_iter().map(|r| (r.what, r.count)).collect();
    (String::from_utf8(out.body.to_vec()).unwrap(), redactions)
}

#[test]
fn a_body_without_secrets_keeps_every_byte() {
    for body in [
        r#"{"TopicArn":"arn:aws:sns:us-east-1:111122223333:alerts","Password_Age":90}"#,
        "<R><AccountPasswordPresent>1</AccountPasswordPresent><Key>Environment</Key><Value>prod</Value></R>",
        "user,arn\n<root_account>,arn:aws:iam::111122223333:root\n",
        "",
    ] {
        assert_eq!(redacted("iam", body), (body.to_owned(), vec![]));
    }
}

#[test]
fn nested_values_of_a_named_field_go_and_their_siblings_stay() {
    let (body, what) = redacted(
        "lambda",
        r#"{"a":"kept","Environment":{"Variables":{"DB":"hunter2","N":["x\"y"]}},"b":{"c":"kept too"}}"#,
    );
    assert_eq!(
        body,
        r#"{"a":"kept","Environment":{"Variables":{"DB":"[redacted by kickoff]","N":["[redacted by kickoff]"]}},"b":{"c":"kept too"}}"#
    );
    assert_eq!(what, [("environment".to_owned(), 2)]);
}

#[test]
fn of_a_person_in_the_directory_only_names_and_ids_stay() {
    let (body, _) = redacted(
        "identitystore",
        r#"{"Users":[{"UserId":"u-1","UserName":"ann","Name":{"FamilyName":"Planted"},"DisplayName":"Ann","Title":"Planted","Emails":[{"Value":"planted@example.com","Primary":true}],"PhoneNumbers":[{"Value":"planted"}],"Addresses":[{"Locality":"planted"}],"Birthdate":"planted","ExternalIds":[{"Issuer":"planted","Id":"planted"}],"UserStatus":"ENABLED"}]}"#,
    );
    assert!(!body.to_lowercase().contains("planted"), "{body}");
    for kept in [r#""UserId":"u-1""#, r#""UserName":"ann""#, r#""DisplayName":"Ann""#, r#""UserStatus":"ENABLED""#] {
        assert!(body.contains(kept), "{kept} {body}");
    }
    let groups = r#"{"Groups":[{"GroupId":"g-1","DisplayName":"Admins"}],"NextToken":"t"}"#;
    assert_eq!(redacted("identitystore", groups).0, groups);
}

#[test]
fn an_attribute_of_a_subscription_is_a_field_by_its_key() {
    let entries = |endpoint: &str| {
        format!(
            "<R><Attributes><entry><key>Protocol</key><value>https</value></entry><entry><key>Endpoint</key><value>{endpoint}</value></entry>\
             <entry><key>FilterPolicy</key><value>{{}}</value></entry><entry><key>Owner</key><value>111122223333</value></entry></Attributes></R>"
        )
    };
    let (body, what) = redacted("sns", &entries("https://hooks.example.com/8f14e45f-ceea-467f-a2b3/planted"));
    assert_eq!(body, entries("https://hooks.example.com/[redacted by kickoff]"));
    assert_eq!(what, [("endpoint".to_owned(), 1)]);
    let email = entries("security@acme.example");
    assert_eq!(redacted("sns", &email), (email.clone(), vec![]));
    // The key of a tag is no field.
    let tag = "<R><Tags><member><Key>Environment</Key><Value>prod</Value></member></Tags></R>";
    assert_eq!(redacted("sns", tag).0, tag);
}

#[test]
fn what_a_service_cuts_is_cut_in_the_events_of_its_calls() {
    let event = r#"{"eventSource":"events.amazonaws.com","eventName":"PutTargets","requestParameters":{"rule":"r","targets":[{"id":"1","input":"planted","httpParameters":{"headerParameters":{"X":"planted"}}}]}}"#;
    let body = serde_json::json!({ "Events": [{ "EventName": "PutTargets", "CloudTrailEvent": event }] }).to_string();
    let (body, _) = redacted("cloudtrail", &body);
    assert!(!body.contains("planted") && body.contains("PutTargets"), "{body}");
    let event = r#"{"eventSource":"sns.amazonaws.com","eventName":"Subscribe","requestParameters":{"protocol":"https","endpoint":"https://hooks.example.com/planted"}}"#;
    let body = serde_json::json!({ "Events": [{ "CloudTrailEvent": event }] }).to_string();
    let (body, _) = redacted("cloudtrail", &body);
    assert!(!body.contains("planted") && body.contains("hooks.example.com"), "{body}");
}

#[test]
fn a_webhook_keeps_its_host_and_an_email_stays() {
    let body = "<m><Protocol>https</Protocol><Endpoint>https://events.example.com/integration/abc?k=v</Endpoint></m>";
    assert_eq!(
        redacted("sns", body).0,
        "<m><Protocol>https</Protocol><Endpoint>https://events.example.com/[redacted by kickoff]</Endpoint></m>"
    );
    let body =
        "<m><Endpoint>https://h.example/x?team=a&amp;token=hidden&amp;b=<![CDATA[hidden]]></Endpoint><k>kept</k></m>";
    assert_eq!(
        redacted("sns", body).0,
        "<m><Endpoint>https://h.example/[redacted by kickoff]</Endpoint><k>kept</k></m>"
    );
    let cut = "<m><Endpoint>https://h.example/x?token=hidden";
    assert!(!redacted("sns", cut).0.contains("hidden"));
    let body = "<m><Endpoint>https://me:pw@events.example.com/x</Endpoint></m>";
    assert!(!redacted("sns", body).0.contains("pw"));
    let body = "<m><Endpoint>oncall@example.com</Endpoint></m>";
    assert_eq!(redacted("sns", body).0, body);
}

#[test]
fn secrets_in_places_where_none_belongs_are_found_by_shape() {
    let pem = "-----BEGIN RSA PRIVATE KEY-----\\nMIIE\\n-----END RSA PRIVATE KEY-----";
    for secret in [
        pem,
        "aws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYab",
        "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        "postgres://app:s3cr3t-pw@db.internal:5432/app",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abcdefghijklmnop",
    ] {
        let (body, what) = redacted("iam", &format!(r#"{{"Description":"{secret}"}}"#));
        assert_eq!(what.len(), 1, "{secret}");
        assert!(!body.contains(&secret[20..30.min(secret.len())]), "{body}");
        assert!(serde_json::from_str::<serde_json::Value>(&body).is_ok(), "{body}");
    }
}

#[test]
fn secrets_in_percent_encoded_policies_are_found_too() {
    for secret in [
        "%22ghp_0123456789abcdefghijABCDEFGHIJ012345%22",
        "postgres%3A%2F%2Fapp%3As3cr3t-pw%40db.internal",
        "aws_secret_access_key%22%3A%20%22wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY%2F%2B%22",
        "aws_secret_access_key=wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYa/",
    ] {
        let body = format!("<r><PolicyDocument>%7B%22a%22%3A{secret}%7D</PolicyDocument></r>");
        let (stored, what) = redacted("iam", &body);
        assert_eq!(what.len(), 1, "{secret} {stored}");
        assert!(
            !stored.contains("s3cr3t") && !stored.contains("wJalr") && !stored.contains("0123456789abc"),
            "{stored}"
        );
    }
}

#[test]
fn secrets_within_the_text_of_an_event_go_and_the_event_stays_readable() {
    let event = r#"{"eventName":"GetSessionToken","responseElements":{"credentials":{"accessKeyId":"ASIAEXAMPLE","sessionToken":"a\"b\u0022\\"}},
        "additionalEventData":{"LoginTo":"https://console.aws.amazon.com/console/home?code=hidden"},"requestParameters":{"policyDocument":"{\"Environment\":\"é kept\"}"}}"#;
    let body = serde_json::json!({ "Events": [{ "CloudTrailEvent": event, "EventId": "e-1" }], "NextToken": "t" });
    let (stored, what) = redacted("cloudtrail", &body.to_string());
    assert_eq!(what, [("loginto".to_owned(), 1), ("sessiontoken".to_owned(), 1)]);
    let stored: serde_json::Value = serde_json::from_str(&stored).unwrap();
    assert_eq!((&stored["Events"][0]["EventId"], &stored["NextToken"]), (&"e-1".into(), &"t".into()));
    let event: serde_json::Value =
        serde_json::from_str(stored["Events"][0]["CloudTrailEvent"].as_str().unwrap()).unwrap();
    assert_eq!(event["responseElements"]["credentials"]["accessKeyId"], "ASIAEXAMPLE");
    assert_eq!(event["responseElements"]["credentials"]["sessionToken"], MARK);
    assert_eq!(event["additionalEventData"]["LoginTo"], format!("https://console.aws.amazon.com/{MARK}"));
    assert_eq!(event["requestParameters"]["policyDocument"], r#"{"Environment":"é kept"}"#);
}

proptest! {
    #[test]
    fn any_document_within_a_document_stays_one(secret in "\\PC{12,30}", kept in "\\PC{0,20}") {
        let event = serde_json::json!({ "a": kept, "password": secret, "z": [kept] }).to_string();
        let (body, _) = redacted("cloudtrail", &serde_json::json!({ "CloudTrailEvent": event }).to_string());
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        let event: serde_json::Value = serde_json::from_str(body["CloudTrailEvent"].as_str().unwrap()).unwrap();
        prop_assert_eq!(event["password"].as_str(), Some(MARK));
        prop_assert_eq!(event["a"].as_str(), Some(kept.as_str()));
        prop_assert_eq!(event["z"][0].as_str(), Some(kept.as_str()));
    }

    #[test]
    fn any_json_stays_json_and_hides_what_stood_under_a_named_field(
        key in "[a-z]{1,8}", secret in "[ -~]{12,30}", kept in "[a-z ]{0,20}", deep in 0_usize..4,
    ) {
        let mut value = serde_json::json!(secret);
        for _ in 0..deep {
            value = serde_json::json!({ key.clone(): [value, 7, null] });
        }
        let document = serde_json::json!({ "before": kept, "Environment": value, "zafter": kept });
        let text = serde_json::to_string(&document).unwrap();
        let (body, _) = redacted("x", &text);
        let parsed: serde_json::Value = serde_json::from_str(&body).unwrap();
        prop_assert!(!serde_json::to_string(&parsed["Environment"]).unwrap().contains(&secret));
        prop_assert_eq!(parsed["before"].as_str(), Some(kept.as_str()));
        prop_assert_eq!(parsed["zafter"].as_str(), Some(kept.as_str()));
    }

    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200), open in "[<{\\[]?") {
        let mut bytes = open.into_bytes();
        bytes.extend(body);
        let _ = redact_body("sns", &Bytes::from(bytes));
    }
}

#[test]
fn fields_of_events_and_targets_that_hold_secrets_by_design_are_cut_and_page_tokens_are_kept() {
    let event = r#"{"requestParameters":{"newPassword":"planted-1","oldPassword":"planted-2","userName":"ann","nextToken":"ghp_0123456789abcdefghijABCDEFGHIJ012345"},"responseElements":{"authorizationToken":"planted-3","plaintext":"planted-4","masterUserPassword":"planted-5"}}"#;
    let body = serde_json::json!({ "Events": [{ "CloudTrailEvent": event }], "NextToken": "eyJhIjoxfQ==" });
    let (stored, what) = redacted("cloudtrail", &body.to_string());
    assert!(!stored.contains("planted") && stored.contains("ann") && stored.contains("eyJhIjoxfQ=="), "{stored}");
    assert!(stored.contains("ghp_"), "what is asked with again stays: {stored}");
    let counts: Vec<(&str, u32)> = what.iter().map(|(what, count)| (what.as_str(), *count)).collect();
    assert_eq!(counts, [("authorizationtoken", 1), ("password", 3), ("plaintext", 1)]);

    let targets = r#"{"Targets":[{"Id":"1","RedshiftDataParameters":{"Database":"d","Sql":"planted","Sqls":["planted","planted"]},"HttpParameters":{"PathParameterValues":["planted"]},"AppSyncParameters":{"GraphQLOperation":"planted"}}]}"#;
    let (stored, _) = redacted("events", targets);
    assert!(!stored.contains("planted") && stored.contains(r#""Database":"d""#), "{stored}");
}

#[test]
fn a_secret_in_the_credential_report_goes_and_the_report_stays_one() {
    let report = "user,arn\nghp_0123456789abcdefghijABCDEFGHIJ012345,arn:aws:iam::111122223333:user/x\nann,arn\n";
    let body = format!("<R><Content>{}</Content><GeneratedTime>t</GeneratedTime></R>", STANDARD.encode(report));
    let (stored, what) = redacted("iam", &body);
    assert_eq!(what, [("GitHub token".to_owned(), 1)]);
    let packed = stored.split(['<', '>']).nth(4).unwrap();
    let text = String::from_utf8(STANDARD.decode(packed).unwrap()).unwrap();
    assert_eq!(text, format!("user,arn\n{MARK},arn:aws:iam::111122223333:user/x\nann,arn\n"));
    let clean = format!("<R><Content>{}</Content></R>", STANDARD.encode("user,arn\nann,arn\n"));
    assert_eq!(redacted("iam", &clean).0, clean);
}

#[test]
fn the_token_of_a_page_stays_in_forms_and_addresses_and_nothing_beside_it() {
    let secret = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
    let form = format!("Action=DescribeVpcs&NextToken=token%3Dabcdefghij0123456789&Marker={secret}&Name={secret}");
    let (stored, what) = redacted("", &form);
    assert_eq!(stored, form.replace(&format!("Name={secret}"), &format!("Name={MARK}")));
    assert_eq!(what, [("GitHub token".to_owned(), 1)]);
    for name in ["nextToken", "NextToken", "continuation-token", "Marker"] {
        let uri = format!(
            "https://guardduty.us-east-1.amazonaws.com/detector?maxResults=50&{name}=page-1&x=token%3D{secret}"
        );
        let stored = redact_uri(&uri).into_owned();
        assert!(stored.contains(&format!("{name}=page-1&")) && !stored.contains(secret), "{stored}");
    }
}
