//! Secrets that somebody put where none belongs, found by their shape or by the name that they are given to.
//!
//! The rules are data: `data/secrets.txt`. Names stay, and so does what only looks like chance: ARNs, ids of keys, of
//! principals and of requests, digests, page tokens.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::{Captures, Regex, RegexBuilder};

use super::plain::Plain;

const DATA: &str = include_str!("../../../data/secrets.txt");

/// What a value has to pass to be taken for a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    Any,
    Random,
    Header,
    Assigned,
    Said,
    Login,
    Key,
}

struct Rule {
    what: &'static str,
    test: Test,
    regex: Regex,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| lines().filter_map(Rule::read).collect());

fn lines() -> impl Iterator<Item = &'static str> {
    DATA.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

impl Rule {
    /// Reads `name | test | expression`; a test of this file sees that every line is one.
    fn read(line: &'static str) -> Option<Self> {
        let mut parts = line.splitn(3, " | ");
        let (what, test, expression) = (parts.next()?, parts.next()?, parts.next()?);
        let test = match test {
            "any" => Test::Any,
            "random" => Test::Random,
            "header" => Test::Header,
            "assigned" => Test::Assigned,
            "said" => Test::Said,
            "login" => Test::Login,
            "key" => Test::Key,
            _ => return None,
        };
        let regex = RegexBuilder::new(expression).unicode(false).size_limit(1 << 24).build().ok()?;
        Some(Self { what, test, regex })
    }

    /// What of a match is cut.
    fn secret(&self, found: &Captures<'_>) -> Option<Range<usize>> {
        let part = found.name("s").or_else(|| found.name("t")).or_else(|| found.get(0))?;
        self.test.passes(part.as_bytes()).then(|| part.range())
    }
}

/// The secrets in a text: where each stands, and what it is.
pub(super) fn find(body: &[u8]) -> Vec<(Range<usize>, &'static str)> {
    let plain = Plain::of(body);
    let found = RULES.iter().flat_map(|rule| {
        let secrets = rule.regex.captures_iter(&plain.text).filter_map(|found| rule.secret(&found));
        secrets.map(|range| (plain.range(body, range), rule.what)).collect::<Vec<_>>()
    });
    found.collect()
}

/// Words that are given to names of secrets and are none.
const WORDS: &[&str] = &[
    "true",
    "false",
    "null",
    "none",
    "required",
    "optional",
    "enabled",
    "enable",
    "disabled",
    "disable",
    "expired",
    "expires",
    "rotated",
    "changed",
    "reset",
    "missing",
    "invalid",
    "unknown",
    "string",
    "number",
    "type",
    "present",
    "absent",
    "active",
    "inactive",
    "pending",
    "default",
    "empty",
    "undefined",
    "redacted",
    "hidden",
    "hidden_due_to_security_reasons",
    "secret",
    "token",
    "username",
    "user",
    "allow",
    "deny",
    "admin",
];

/// Passwords that are ordinary words.
const WEAK: &[&str] =
    &["changeme", "letmein", "password", "welcome", "qwerty", "hunter", "iloveyou", "monkey", "dragon"];

/// How the beginning of a value says that the secret itself is elsewhere.
const REFERENCES: &[&str] = &[
    "arn:",
    "${",
    "$(",
    "{{",
    "%{",
    "$.",
    "****",
    "<",
    "[redacted",
    "resolve:",
    "ssm:",
    "env.",
    "process.",
    "alias/",
    "xxxx",
];

impl Test {
    fn passes(self, value: &[u8]) -> bool {
        let text = String::from_utf8_lossy(value);
        let text = text.trim();
        if text.contains(super::MARK) {
            return false;
        }
        let bare = text.trim_end_matches(['.', ',', ';', ':', ')', ']', '}', '!']).trim_start_matches(['(', '`']);
        match self {
            Self::Any => true,
            Self::Random => random(bare),
            Self::Header => encoded(bare),
            Self::Assigned => assigned(bare),
            Self::Said => assigned(bare) && !ordinary(bare),
            Self::Login => !elsewhere(bare) && !port(text),
            Self::Key => drawn_as_key(bare),
        }
    }
}

/// Looks drawn by chance: letters and figures, many different ones, and no words between hyphens.
fn random(text: &str) -> bool {
    let has = |class: fn(&u8) -> bool| text.bytes().any(|byte| class(&byte));
    let (upper, lower, digit) = (has(u8::is_ascii_uppercase), has(u8::is_ascii_lowercase), has(u8::is_ascii_digit));
    let words = text.split(['-', '_', '.', '/']).all(|part| {
        let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
        letters.bytes().all(|byte| byte.is_ascii_lowercase()) && part.len() - letters.len() < 5
    });
    digit && (upper || lower) && !words && entropy(text) >= 3.0 && !text.starts_with("arn:")
}

/// As [`random`], or changes from small to large letters again and again, as short Base64 without a figure does.
fn encoded(text: &str) -> bool {
    let turns = text.as_bytes().windows(2).filter(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase());
    random(text) || turns.count() >= 2 && entropy(text) >= 3.0
}

/// Is a value and no placeholder, reference or word.
fn assigned(text: &str) -> bool {
    let folded = text.to_lowercase();
    let path = text.starts_with('/') && text.split('/').all(|part| !random(part));
    let address = folded.starts_with("http") && !folded.contains(['?', '@']);
    let day = folded.get(..10).is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok());
    let one_letter = folded.bytes().all(|byte| Some(&byte) == folded.as_bytes().first());
    folded.len() >= 4
        && !WORDS.contains(&folded.as_str())
        && !elsewhere(text)
        && ![path, address, day, one_letter].contains(&true)
}

/// Says that the secret itself is elsewhere.
fn elsewhere(text: &str) -> bool {
    let folded = text.to_lowercase();
    REFERENCES.iter().any(|begin| folded.starts_with(begin))
}

/// Is a word, or words between hyphens, as prose has them.
fn ordinary(text: &str) -> bool {
    let folded = text.to_lowercase();
    if WEAK.contains(&folded.as_str()) {
        return false;
    }
    let letters = |word: &str| {
        let mut letters = word.bytes();
        letters.next().is_some_and(|first| first.is_ascii_alphabetic())
            && letters.all(|byte| byte.is_ascii_lowercase() || byte == b'\'')
    };
    text.split(['-', '/', '*']).all(|word| word.is_empty() || letters(word))
        && (text.len() < 20 || text.contains(['-', '/']))
}

/// `8080/path`: what stands before `@` belongs to the path.
fn port(text: &str) -> bool {
    text.split_once('/').is_some_and(|(port, _)| port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Forty characters as AWS draws its secret keys: no digest, no path of words.
fn drawn_as_key(text: &str) -> bool {
    let count = |class: fn(&u8) -> bool| text.bytes().filter(class).count();
    let word = |part: &str| {
        let part = part.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(part);
        part.len() >= 4 && part.bytes().all(|byte| byte.is_ascii_lowercase())
            || part.len() >= 6 && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    count(u8::is_ascii_digit) >= 2
        && count(u8::is_ascii_uppercase) >= 4
        && count(u8::is_ascii_lowercase) >= 4
        && entropy(text) >= 4.3
        && !text.split('/').any(word)
}

/// Shannon's entropy of a text's bytes, in bits a byte.
fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let total = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    let share = |count: u32| f64::from(count) / total;
    counts.iter().filter(|count| **count > 0).map(|count| -share(*count) * share(*count).log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_rule() {
        for line in lines() {
            assert!(Rule::read(line).is_some(), "{line}");
        }
        assert!(RULES.len() > 100);
    }

    #[test]
    fn names_ids_digests_and_words_are_no_secrets() {
        for text in [
            "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf",
            "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef",
            "AKIAIOSFODNN7EXAMPLE ASIAIOSFODNN7EXAMPLE AROAEXAMPLEEXAMPLE123 AIDAEXAMPLEEXAMPLE123 ANPAEXAMPLEEXAMPLE123",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709 d41d8cd98f00b204e9800998ecf8427e",
            "x-amzn-requestid: 6fe9efeb-2ac3-4097-859a-ba6b2fd59e8d",
            r#"{"NextToken":"AAMA-EFRSURBSGkwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=","clientToken":"3f2b1c4d-aaaa-4bbb-8ccc-1234567890ab"}"#,
            r#"{"Action":["secretsmanager:GetSecretValue","iam:CreateAccessKey","sts:GetSessionToken"],"Resource":"*"}"#,
            r#"{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com","aws:MultiFactorAuthPresent":"true"}}"#,
            r#"{"password_enabled":true,"passwordLastUsed":"2026-01-01T00:00:00Z","PasswordReusePrevention":24,"HardExpiry":false}"#,
            r#"{"secret":"arn:aws:secretsmanager:us-east-1:111122223333:secret:a","token":null,"password":true,"api_key":12}"#,
            r#"{"Key":"secret-rotation","Value":"90 days"},{"Key":"token","Value":"none"}"#,
            "<Key>data-classification</Key><Value>secret</Value>",
            "Passwords expire after 90 days. The password policy is strict; a password is required. Token: optional",
            "password reset for users, secret rotation, basic authentication, bearer of the certificate",
            "https://signin.aws.amazon.com:443/oauth?client_id=arn:aws:iam::015428540659:user/homepage",
            "https://monitoring.internal:8080/alerts/contact@acme.example",
            "DB_PASSWORD=${ssm:/prod/db} TOKEN={{resolve:secretsmanager:a}} SECRET=arn:aws:secretsmanager:a PWD=/home/ec2-user",
            "/aws/lambda/token-service-rotation arn:aws:logs:us-east-1:111122223333:log-group:/aws/rds/cluster/main/error:*",
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
            "{ ($.eventName = ConsoleLogin) && ($.errorMessage = \"Failed authentication\") }",
            "[aws-cli/2.15.0 md/Botocore#1.34 ua/2.0 os/linux#6.1 md/arch#x86_64 lang/python#3.11 cfg/retry-mode#standard]",
            "AWSServiceRoleForAmazonElasticContainerRegistryTokenRefresh/2026/11/30",
        ] {
            // The page token is kept by the rule on its field; here its name is looked at only.
            let found: Vec<_> = find(text.as_bytes()).into_iter().map(|(range, what)| (&text[range], what)).collect();
            let page = |(value, _): &&(&str, &str)| !value.starts_with("AAMA") && !value.starts_with("3f2b");
            assert!(!found.iter().any(|one| page(&one)), "{text}: {found:?}");
        }
    }
}
