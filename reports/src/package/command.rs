//! The AWS CLI line that asks what an exchange asked.

use kickoff_evidence::Exchange;
use serde_json::Value;

use crate::results::Evidence;

/// The line. Pages are left to the CLI, which reads them all.
#[must_use]
pub fn line(item: &Evidence, exchange: Option<&Exchange>) -> String {
    let mut line = format!("aws {} {}", service(&item.service), kebab(&item.operation));
    let input = exchange.and_then(json_input);
    if let Some(input) = input.as_ref().filter(|input| *input != "{}") {
        line.push_str(&format!(" --cli-input-json {}", quoted(input)));
    }
    for (name, value) in &item.parameters {
        // With a JSON body, only what stands in the path is still missing; the rest is in the body, perhaps in other words.
        if input.is_some() && !exchange.is_some_and(|exchange| in_path(&exchange.request.uri, value)) {
            continue;
        }
        let flag = kebab(name);
        line.push_str(&match value.as_str() {
            "true" => format!(" --{flag}"),
            "false" => format!(" --no-{flag}"),
            value => format!(" --{flag} {}", quoted(value)),
        });
    }
    line.push_str(&format!(" --region {}", item.region));
    if item.operation == "GetCredentialReport" {
        return format!("aws iam generate-credential-report && {line}");
    }
    line
}

/// Whether a value stands in the path of a URI.
fn in_path(uri: &str, value: &str) -> bool {
    percent_encoding::percent_decode_str(uri).decode_utf8_lossy().split('/').any(|part| part == value)
}

/// A JSON body without its page tokens, as the CLI takes it; none for other bodies.
fn json_input(exchange: &Exchange) -> Option<String> {
    let mut body: Value = serde_json::from_slice(&exchange.request.body).ok()?;
    body.as_object_mut()?.retain(|name, _| !PAGING.contains(&name.to_ascii_lowercase().as_str()));
    // GuardDuty's members begin with a small letter on the wire and with a capital in the CLI; names of fields do not change.
    if exchange.service == "guardduty" {
        body = capitals(body, false);
    }
    Some(body.to_string())
}

fn capitals(value: Value, names_of_fields: bool) -> Value {
    let Value::Object(object) = value else { return value };
    let members = object.into_iter().map(|(name, value)| {
        let fields = name == "criterion";
        let mut letters = name.chars();
        let name = match letters.next() {
            Some(first) if !names_of_fields => first.to_ascii_uppercase().to_string() + letters.as_str(),
            _ => name,
        };
        (name, capitals(value, fields))
    });
    Value::Object(members.collect())
}

/// What the CLI sets itself.
const PAGING: [&str; 5] = ["nexttoken", "marker", "maxresults", "maxitems", "limit"];

/// The CLI's name of a service, where it is not kickoff's.
fn service(service: &str) -> &str {
    match service {
        "config" => "configservice",
        "s3" => "s3api",
        other => other,
    }
}

/// `ListMFADevices` as `list-mfa-devices`, the way the CLI names operations and parameters.
fn kebab(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut text = String::with_capacity(name.len() + 8);
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after = letters.get(at + 1);
        let starts = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                !before.is_ascii_uppercase() && before != '-' || after.is_some_and(char::is_ascii_lowercase)
            });
        if starts {
            text.push('-');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

/// A word of a POSIX shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_cli_s() {
        for (api, cli) in [
            ("ListMFADevices", "list-mfa-devices"),
            ("ListOpenIDConnectProviders", "list-open-id-connect-providers"),
            ("ListFindingsV2", "list-findings-v2"),
            ("DescribeDBInstances", "describe-db-instances"),
            ("GetAccountAuthorizationDetails", "get-account-authorization-details"),
            ("includeShadowTrails", "include-shadow-trails"),
            ("SAMLProviderArn", "saml-provider-arn"),
        ] {
            assert_eq!(kebab(api), cli);
        }
        assert_eq!(service("s3"), "s3api");
        assert_eq!(quoted("it's; rm -rf"), "'it'\\''s; rm -rf'");
        assert_eq!(quoted("arn:aws:iam::111122223333:user/a"), "arn:aws:iam::111122223333:user/a");
    }
}
