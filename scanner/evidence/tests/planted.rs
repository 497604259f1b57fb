//! Secrets planted in every free-text field of every operation of the recorded accounts: none survives, and what is
//! recorded already stays as it is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use kickoff_evidence::{Exchange, redact_body, redact_uri};
use serde_json::{Value, json};

/// A text that somebody wrote, and the secret in it.
struct Planted {
    what: String,
    text: String,
    secret: String,
}

fn planted() -> Vec<Planted> {
    let lines = include_str!("planted.txt").lines().filter(|line| !line.starts_with('#'));
    let read = |line: &str| {
        let parts: Vec<&str> = line.split(" | ").collect();
        let [what, text, secret] = parts[..] else { panic!("{line}") };
        let text = text.replace("@@", secret).replace("\\n", "\n");
        Planted { what: what.to_owned(), text, secret: secret.to_owned() }
    };
    lines.map(read).collect()
}

fn recorded() -> Vec<Exchange> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut exchanges = Vec::new();
    for run in ["acme", "acme-staging"] {
        for file in fs::read_dir(fixtures.join(run).join("exchanges")).unwrap() {
            let text = zstd::decode_all(fs::File::open(file.unwrap().path()).unwrap()).unwrap();
            let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            exchanges.extend(lines.map(|line| serde_json::from_slice::<Exchange>(line).unwrap()));
        }
    }
    assert!(exchanges.len() > 400);
    exchanges
}

fn percent(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// How a secret may stand in what is stored.
fn spellings(secret: &str) -> [String; 5] {
    let quoted = |text: &str| serde_json::to_string(text).unwrap().trim_matches('"').to_owned();
    [secret.to_owned(), quoted(secret), quoted(&quoted(secret)), percent(secret), xml(secret)]
}

/// The secrets that are still there: whole, or with most of their beginning.
fn survivors<'a>(stored: &[u8], planted: &'a [Planted]) -> BTreeSet<&'a str> {
    let mut text = String::from_utf8(stored.to_vec()).expect("a body stays text");
    if let Some((_, rest)) = text.clone().split_once("<Content>")
        && let Some((packed, _)) = rest.split_once("</Content>")
    {
        text.push_str(&String::from_utf8(STANDARD.decode(packed).unwrap()).unwrap());
    }
    let lasts = |one: &&Planted| {
        let head: String = one.secret.chars().take(12).collect();
        spellings(&head).iter().any(|spelling| text.contains(spelling.as_str()))
    };
    planted.iter().filter(lasts).map(|one| one.what.as_str()).collect()
}

/// Fields whose values are asked with again; they hold what AWS made and no text of anybody's.
fn is_page_token(field: &str) -> bool {
    let field = field.to_ascii_lowercase();
    field.ends_with("marker") || field.ends_with("token") && field != "token"
}

/// The document with a text in the place of each of its strings, one after another; strings of like places count once.
fn in_json(value: &Value, text: &str, place: &str, seen: &mut BTreeSet<String>, put: &mut dyn FnMut(&str, Value)) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter().filter(|(name, _)| !is_page_token(name)) {
                in_json(field, text, &format!("{place}.{name}"), seen, &mut |at, field| {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), field);
                    put(at, Value::Object(fields));
                });
            }
        }
        Value::Array(list) => {
            for (at, one) in list.iter().enumerate() {
                in_json(one, text, place, seen, &mut |place, one| {
                    let mut list = list.clone();
                    list[at] = one;
                    put(place, Value::Array(list));
                });
            }
        }
        Value::String(whole) => {
            if let Ok(document @ Value::Object(_)) = serde_json::from_str(whole) {
                let mut nested = |at: &str, document: Value| put(at, Value::String(document.to_string()));
                in_json(&document, text, &format!("{place}/"), seen, &mut nested);
            }
            if seen.insert(place.to_owned()) {
                put(place, json!(text));
            }
        }
        _ => {}
    }
}

/// As [`in_json`], for the text of each element.
fn in_xml(body: &str, text: &str, seen: &mut BTreeSet<String>, put: &mut dyn FnMut(&str, String)) {
    for (at, _) in body.match_indices('>') {
        let Some(length) = body[at + 1..].find('<').filter(|length| *length > 0) else { continue };
        let value = &body[at + 1..at + 1 + length];
        let name = body[..at].rsplit('<').next().unwrap().split([' ', '/']).next().unwrap();
        let key = if value.starts_with("%7B") { format!("{name}%") } else { name.to_owned() };
        if value.trim().is_empty() || is_page_token(name) || !seen.insert(key) {
            continue;
        }
        let text = match name {
            "Content" => STANDARD.encode(format!("user,arn\n{text},arn:aws:iam::111122223333:user/a\n")),
            _ if value.starts_with("%7B") => {
                percent(&json!({ "Version": "2012-10-17", "Statement": [{ "Sid": text }] }).to_string())
            }
            _ => xml(text),
        };
        put(name, format!("{}{text}{}", &body[..=at], &body[at + 1 + length..]));
    }
}

#[test]
fn none_of_the_planted_secrets_survives_in_any_free_text_field_of_any_operation() {
    let planted = planted();
    assert!(planted.len() >= 50);
    let text: String = planted.iter().map(|one| format!("{}\n", one.text)).collect();
    let (mut seen, mut operations, mut fields) = (BTreeSet::new(), BTreeSet::new(), 0);
    let mut left: Vec<String> = Vec::new();
    for exchange in recorded() {
        let Some(response) = &exchange.response else { continue };
        let operation = format!("{}:{}", exchange.service, exchange.operation);
        operations.insert(operation.clone());
        let mut judge = |at: &str, body: String| {
            fields += 1;
            let redacted = redact_body(&exchange.service, &Bytes::from(body.clone()));
            let stored = &redacted.body;
            if body.starts_with(['{', '[']) {
                assert!(serde_json::from_slice::<Value>(stored).is_ok(), "{operation} {at} is no JSON any more");
            }
            left.extend(survivors(stored, &planted).into_iter().map(|what| format!("{operation} {at}: {what}")));
            assert!(!redacted.redactions.is_empty());
        };
        let body = std::str::from_utf8(&response.body).unwrap();
        let mut own: BTreeSet<String> =
            seen.iter().filter_map(|one: &String| one.strip_prefix(&operation).map(str::to_owned)).collect();
        match serde_json::from_str::<Value>(body) {
            Ok(document) => {
                in_json(&document, &text, "", &mut own, &mut |at, document| judge(at, document.to_string()))
            }
            Err(_) if body.starts_with('<') => in_xml(body, &text, &mut own, &mut judge),
            Err(_) => judge("body", format!("{body}\n{text}")),
        }
        seen.extend(own.into_iter().map(|place| format!("{operation}{place}")));
    }
    assert!(operations.len() > 90 && fields > 700, "{} operations, {fields} fields", operations.len());
    assert!(
        left.is_empty(),
        "{} of {} in {fields} fields survive, {:#?}",
        left.len(),
        planted.len(),
        &left[..left.len().min(40)]
    );
}

#[test]
fn each_planted_secret_goes_by_itself_in_every_spelling() {
    for one in planted() {
        let inner = json!({ "requestParameters": { "description": one.text } }).to_string();
        for (service, body) in [
            ("sns", format!("<R><Description>{}</Description></R>", xml(&one.text))),
            ("logs", json!({ "description": one.text, "after": 1 }).to_string()),
            ("iam", format!("<R><Document>{}</Document></R>", percent(&json!({ "Sid": one.text }).to_string()))),
            ("cloudtrail", json!({ "Events": [{ "CloudTrailEvent": inner }] }).to_string()),
            ("s3", format!("name,text\na,{}\n", one.text)),
        ] {
            let stored = redact_body(service, &Bytes::from(body.clone())).body;
            let left = survivors(&stored, std::slice::from_ref(&one));
            assert!(left.is_empty(), "{}: {}", one.what, String::from_utf8_lossy(&stored));
        }
        let uri = format!("https://example.com/?description={}", percent(&one.text));
        assert!(
            survivors(redact_uri(&uri).as_bytes(), std::slice::from_ref(&one)).is_empty(),
            "{} in an address",
            one.what
        );
    }
}

#[test]
fn what_is_recorded_stays_byte_for_byte() {
    for exchange in recorded() {
        let Some(response) = &exchange.response else { continue };
        let again = redact_body(&exchange.service, &response.body);
        assert_eq!(again.body, response.body, "{}:{}", exchange.service, exchange.operation);
        assert_eq!(redact_uri(&exchange.request.uri), exchange.request.uri);
        assert_eq!(redact_body("", &exchange.request.body).body, exchange.request.body);
    }
}
