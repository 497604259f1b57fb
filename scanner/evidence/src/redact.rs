//! What is taken out of a body before it is stored, and how that is disclosed.
//!
//! Two nets. Rules name fields that carry secrets by design (event targets' inputs, webhook addresses, environment
//! variables); they are cut out by their place in the document, the bytes around them stay as they are. Patterns
//! catch secrets that somebody put where none belongs (a key in a tag or a description).

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use bytes::Bytes;
use quick_xml::Reader;
use quick_xml::events::Event;
use regex::bytes::Regex;
use serde::{Deserialize, Serialize};

/// One kind of redaction in one body.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redaction {
    /// What was taken out: the field or the kind of secret.
    pub what: String,
    /// How many values.
    pub count: u32,
}

/// A body fit to be stored.
#[derive(Debug, Clone)]
pub struct Redacted {
    /// The bytes to store; the same as received where nothing was taken out.
    pub body: Bytes,
    /// What was taken out.
    pub redactions: Vec<Redaction>,
}

/// What stands in the place of a value.
const MARK: &str = "[redacted by kickoff]";

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// The value, and everything nested in it.
    Whole,
    /// Of a web address everything after the host; other values stay (an e-mail address tells who is alerted).
    Address,
    /// The value is JSON in itself: the rules hold within it.
    Json,
}

/// (service or `*`, field, how). Fields fold case, because services do not agree on theirs.
const RULES: &[(&str, &str, How)] = &[
    ("*", "secretaccesskey", How::Whole),
    ("*", "sessiontoken", How::Whole),
    ("*", "secretstring", How::Whole),
    ("*", "secretbinary", How::Whole),
    ("*", "password", How::Whole),
    ("*", "masteruserpassword", How::Whole),
    ("*", "authtoken", How::Whole),
    ("*", "clientsecret", How::Whole),
    ("*", "privatekey", How::Whole),
    ("*", "servicepassword", How::Whole),
    ("*", "apikeyvalue", How::Whole),
    ("*", "userdata", How::Whole),
    ("*", "environment", How::Whole),
    ("*", "environmentvariables", How::Whole),
    ("*", "containeroverrides", How::Whole),
    ("cloudtrail", "cloudtrailevent", How::Json),
    ("cloudtrail", "accesstoken", How::Whole),
    ("cloudtrail", "idtoken", How::Whole),
    ("cloudtrail", "refreshtoken", How::Whole),
    ("cloudtrail", "loginto", How::Address),
    ("events", "input", How::Whole),
    ("events", "inputtemplate", How::Whole),
    ("events", "headerparameters", How::Whole),
    ("events", "querystringparameters", How::Whole),
    ("events", "sql", How::Whole),
    ("sns", "endpoint", How::Address),
    ("account", "addressline1", How::Whole),
    ("account", "addressline2", How::Whole),
    ("account", "addressline3", How::Whole),
    ("account", "phonenumber", How::Whole),
    ("account", "postalcode", How::Whole),
    ("identitystore", "name", How::Whole),
    ("identitystore", "nickname", How::Whole),
    ("identitystore", "profileurl", How::Whole),
    ("identitystore", "emails", How::Whole),
    ("identitystore", "addresses", How::Whole),
    ("identitystore", "phonenumbers", How::Whole),
    ("identitystore", "usertype", How::Whole),
    ("identitystore", "title", How::Whole),
    ("identitystore", "preferredlanguage", How::Whole),
    ("identitystore", "locale", How::Whole),
    ("identitystore", "timezone", How::Whole),
    ("identitystore", "photos", How::Whole),
    ("identitystore", "website", How::Whole),
    ("identitystore", "birthdate", How::Whole),
    ("identitystore", "roles", How::Whole),
    ("identitystore", "externalids", How::Whole),
    ("identitystore", "extensions", How::Whole),
];

/// Secrets by their shape. Key ids (`AKIA...`) are names, not secrets, and stay.
static PATTERNS: LazyLock<Vec<(&'static str, Regex)>> = LazyLock::new(|| {
    // IAM sends policy documents percent-encoded: quotes, signs and line ends have two spellings.
    [
        ("private key", r"-----BEGIN[A-Z %0-9]*PRIVATE(?: |%20)KEY-----(?s:.*?)(?:-----END[A-Z %0-9]*PRIVATE(?: |%20)KEY-----|\z)"),
        (
            "AWS secret key",
            r#"(?i:secret_?(?:access_?)?key)(?:["'\\\s=:]|%22|%27|%20|%3[AaDd]|%5[Cc]){1,12}(?:[A-Za-z0-9/+]|%2[FfBb]){40}"#,
        ),
        ("request signature", r#"AWS4-HMAC-SHA256 Credential=[^"'<>\\\n]+"#),
        ("session token", r"(?:FwoGZXIvYXdz|IQoJb3JpZ2lu)(?:[A-Za-z0-9/+=]|%2[FfBb]|%3[Dd]){60,}"),
        ("GitHub token", r"(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})"),
        ("GitLab token", r"glpat-[A-Za-z0-9_-]{20,}"),
        ("Slack token", r"xox[abeoprs]-[A-Za-z0-9-]{10,}"),
        ("Slack webhook", r"hooks\.slack\.com(?:/|%2[Ff])(?:services|workflows)(?:/|%2[Ff])[A-Za-z0-9/%_-]{10,}"),
        ("Stripe key", r"[rs]k_live_[A-Za-z0-9]{16,}"),
        ("web token", r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
        (
            "password in an address",
            r"[a-z][a-z0-9+.-]{1,20}(?:://|%3[Aa]%2[Ff]%2[Ff])[^/\s:@<>\x22%]{1,100}(?::|%3[Aa])[^/\s:@<>\x22]{1,200}?(?:@|%40)",
        ),
        (
            "password assignment",
            r#"(?i:(?:password|passwd|pwd|api_?key|auth_?token))(?:\s|%20){0,2}(?:=|%3[Dd])(?:\s|%20){0,2}[^\s&"'<>\\,;%]{6,}"#,
        ),
    ]
    .into_iter()
    .filter_map(|(what, pattern)| Regex::new(pattern).ok().map(|regex| (what, regex)))
    .collect()
});

/// Takes secrets out of a body. Bodies that are neither XML nor JSON go through the patterns only.
#[must_use]
pub fn redact_body(service: &str, body: &Bytes) -> Redacted {
    let rules: Vec<(&str, How)> =
        RULES.iter().filter(|(of, _, _)| *of == "*" || *of == service).map(|(_, field, how)| (*field, *how)).collect();
    let first = body.iter().find(|b| !b.is_ascii_whitespace());
    let mut cuts: Vec<(Range<usize>, String)> = match first {
        Some(b'<') => xml_values(body, &rules),
        Some(b'{' | b'[') => json_values(body, &rules),
        _ => Vec::new(),
    };
    for (what, regex) in PATTERNS.iter() {
        cuts.extend(regex.find_iter(body).map(|found| (found.range(), (*what).to_owned())));
    }
    apply(body, cuts)
}

/// A request's address without a name and password before its host, and without what a query string may carry by mistake.
/// Scheme and host stay whatever is taken out: they say who was asked.
#[must_use]
pub fn redact_uri(uri: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = uri.split_once("://") else { return redact_path(uri) };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match redact_path(path) {
        Cow::Borrowed(_) if host == authority => Cow::Borrowed(uri),
        path => Cow::Owned(format!("{scheme}://{host}{path}")),
    }
}

fn redact_path(uri: &str) -> Cow<'_, str> {
    let bytes = Bytes::copy_from_slice(uri.as_bytes());
    let cuts = PATTERNS
        .iter()
        .flat_map(|(what, regex)| regex.find_iter(&bytes).map(|f| (f.range(), (*what).to_owned())).collect::<Vec<_>>())
        .collect();
    let redacted = apply(&bytes, cuts);
    if redacted.redactions.is_empty() {
        Cow::Borrowed(uri)
    } else {
        Cow::Owned(String::from_utf8_lossy(&redacted.body).into_owned())
    }
}

fn apply(body: &Bytes, mut cuts: Vec<(Range<usize>, String)>) -> Redacted {
    if cuts.is_empty() {
        return Redacted { body: body.clone(), redactions: Vec::new() };
    }
    // The widest cut at a place comes first; what lies inside another is gone with it.
    cuts.sort_by(|(a, _), (b, _)| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
    let mut out = Vec::with_capacity(body.len());
    let mut redactions: Vec<Redaction> = Vec::new();
    let mut at = 0;
    for (range, what) in cuts {
        if range.end <= at {
            continue;
        }
        if range.start >= at {
            out.extend_from_slice(&body[at..range.start]);
            out.extend_from_slice(MARK.as_bytes());
        }
        at = range.end;
        match redactions.iter_mut().find(|r| r.what == what) {
            Some(known) => known.count += 1,
            None => redactions.push(Redaction { what, count: 1 }),
        }
    }
    out.extend_from_slice(&body[at..]);
    redactions.sort();
    Redacted { body: Bytes::from(out), redactions }
}

fn rule<'a>(rules: &'a [(&'a str, How)], field: &str) -> Option<&'a (&'a str, How)> {
    rules.iter().find(|(name, _)| name.eq_ignore_ascii_case(field))
}

/// The part of a value that a rule takes out, relative to the value.
fn part(how: How, value: &str) -> Option<Range<usize>> {
    match how {
        // What is JSON by rule and stands elsewhere than in a JSON string is not looked into: it goes.
        How::Whole | How::Json => (!value.is_empty()).then_some(0..value.len()),
        How::Address => {
            let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"))?;
            let authority = value.len() - rest.len();
            let end = rest.find(['/', '?', '#']).map_or(value.len(), |at| authority + at);
            let host = value[authority..end].rfind('@').map_or(authority, |at| authority + at + 1);
            // Credentials before the host and everything after it; the host tells which service is alerted.
            if host > authority {
                Some(authority..value.len())
            } else {
                (end + 1 < value.len()).then(|| end + 1..value.len())
            }
        }
    }
}

fn xml_values(body: &[u8], rules: &[(&str, How)]) -> Vec<(Range<usize>, String)> {
    let mut reader = Reader::from_reader(body);
    reader.config_mut().check_end_names = false;
    let mut cuts = Vec::new();
    // The rule in force, the depth at which it began, and where its value begins. The value is taken whole: its text
    // may come in pieces, between entities, sections and elements.
    let mut inside: Option<(String, How, usize, usize)> = None;
    let mut depth = 0_usize;
    let place =
        |reader: &Reader<&[u8]>| usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(body.len());
    let mut cut = |field: String, how: How, range: Range<usize>| {
        let text = String::from_utf8_lossy(&body[range.clone()]);
        // Lossy text has other offsets: what is not UTF-8 goes whole.
        let how = if matches!(text, Cow::Owned(_)) { How::Whole } else { how };
        let part = if how == How::Whole { (!range.is_empty()).then(|| 0..range.len()) } else { part(how, &text) };
        if let Some(part) = part {
            cuts.push((range.start + part.start..range.start + part.end, field));
        }
    };
    loop {
        let start = place(&reader);
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                depth += 1;
                if inside.is_none()
                    && let Some((field, how)) = rule(rules, tag.local_name().as_ref())
                {
                    inside = Some(((*field).to_owned(), *how, depth, place(&reader)));
                }
            }
            Ok(Event::End(_)) => {
                if let Some((field, how, _, from)) = inside.take_if(|(_, _, at, _)| *at == depth) {
                    cut(field, how, from..start.max(from));
                }
                depth = depth.saturating_sub(1);
            }
            Ok(Event::Eof) | Err(_) => {
                // Cut short within a value, or no XML from here on: the rest goes.
                if let Some((field, _, _, from)) = inside {
                    cut(field, How::Whole, from..body.len());
                }
                return cuts;
            }
            Ok(_) => {}
        }
    }
}

/// Finds the values of fields in JSON text by their place, without building the document.
fn json_values(body: &[u8], rules: &[(&str, How)]) -> Vec<(Range<usize>, String)> {
    let mut cuts = Vec::new();
    let mut inside: Option<(String, How, usize)> = None;
    let mut depth = 0_usize;
    let mut at = 0;
    while at < body.len() {
        match body[at] {
            b'"' => {
                let end = string_end(body, at);
                let text = std::str::from_utf8(&body[at + 1..end.saturating_sub(1).max(at + 1)]).unwrap_or_default();
                let after = body[end..].iter().position(|b| !b.is_ascii_whitespace()).map(|skip| body[end + skip]);
                if after == Some(b':') {
                    if inside.is_none()
                        && let Some((name, how)) = rule(rules, text)
                    {
                        // Holds for the value that follows: until the next sibling, or the end of the nesting.
                        inside = Some(((*name).to_owned(), *how, depth));
                    }
                } else if let Some((_, How::Json, _)) = &inside {
                    cuts.extend(
                        nested_values(text, rules)
                            .into_iter()
                            .map(|(range, field)| (at + 1 + range.start..at + 1 + range.end, field)),
                    );
                } else if let Some((name, how, _)) = &inside
                    && let Some(cut) = part(*how, text)
                {
                    cuts.push((at + 1 + cut.start..at + 1 + cut.end, name.clone()));
                }
                at = end;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if inside.as_ref().is_some_and(|(_, _, began)| depth < *began) {
                    inside = None;
                }
            }
            b',' if inside.as_ref().is_some_and(|(_, _, began)| depth == *began) => inside = None,
            _ => {}
        }
        at += 1;
    }
    cuts
}

/// As [`json_values`], for a document that stands as a string within another; ranges are those of the string's text.
fn nested_values(text: &str, rules: &[(&str, How)]) -> Vec<(Range<usize>, String)> {
    // The document, and where each of its bytes stands in the text.
    let (mut document, mut places) = (Vec::with_capacity(text.len()), Vec::with_capacity(text.len() + 1));
    let mut rest = text.char_indices();
    while let Some((at, c)) = rest.next() {
        let c = if c == '\\' {
            match rest.next() {
                Some((_, 'n' | 'r' | 't')) => ' ',
                Some((_, 'u')) => {
                    let digits: String = rest.by_ref().take(4).map(|(_, digit)| digit).collect();
                    u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).unwrap_or('?')
                }
                Some((_, escaped)) => escaped,
                None => break,
            }
        } else {
            c
        };
        document.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        places.resize(document.len(), at);
    }
    places.push(text.len());
    json_values(&document, rules)
        .into_iter()
        .map(|(range, field)| (places[range.start]..places[range.end], field))
        .collect()
}

/// The index after the closing quote of the string that opens at `at`.
fn string_end(body: &[u8], at: usize) -> usize {
    let mut i = at + 1;
    while i < body.len() {
        match body[i] {
            b'\\' => i += 2,
            b'"' => return i + 1,
            _ => i += 1,
        }
    }
    body.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        for kept in [r#""UserId":"u-1""#, r#""UserName":"ann""#, r#""DisplayName":"Ann""#, r#""UserStatus":"ENABLED""#]
        {
            assert!(body.contains(kept), "{kept} {body}");
        }
        let groups = r#"{"Groups":[{"GroupId":"g-1","DisplayName":"Admins"}],"NextToken":"t"}"#;
        assert_eq!(redacted("identitystore", groups).0, groups);
    }

    #[test]
    fn a_webhook_keeps_its_host_and_an_email_stays() {
        let body =
            "<m><Protocol>https</Protocol><Endpoint>https://events.example.com/integration/abc?k=v</Endpoint></m>";
        assert_eq!(
            redacted("sns", body).0,
            "<m><Protocol>https</Protocol><Endpoint>https://events.example.com/[redacted by kickoff]</Endpoint></m>"
        );
        let body = "<m><Endpoint>https://h.example/x?team=a&amp;token=hidden&amp;b=<![CDATA[hidden]]></Endpoint><k>kept</k></m>";
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
}
