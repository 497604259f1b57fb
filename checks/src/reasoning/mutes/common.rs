//! What a part of a name says of a resource or a finding: a prefix that all of a kind share says nothing.

use kickoff_policy::actions::ActionTable;

use crate::frame::table::fields;

/// Words with which names of a kind begin, and how many characters must follow for one of them to be meant.
const NAMES: &str = include_str!("../../../data/common_names.csv");

/// Services whose ARNs hold the name without the type of the resource (Service Authorization Reference, resource types).
const TYPELESS: [&str; 3] = ["s3", "sns", "sqs"];

fn names() -> impl Iterator<Item = (&'static str, usize)> {
    NAMES.lines().skip(1).filter_map(|line| match fields(line).as_slice() {
        [word, least, _, _] => Some((*word, least.parse().ok()?)),
        _ => None,
    })
}

/// Whether very many resources or findings have a text in a field: nothing, a letter or two, a part of an ARN without the
/// name, a type, a service, a region, an account of resources, or what all ids of a kind begin with.
#[must_use]
pub fn is_common(field: &str, text: &str) -> bool {
    let text = text.trim_matches([' ', '*', '?', ':', '/', '.', ',', ';', '"', '\'']);
    if text.chars().filter(|c| c.is_alphanumeric()).count() < 3 {
        return true;
    }
    let name = match text.get(..4) {
        Some(begins) if begins.eq_ignore_ascii_case("arn:") => match named(text) {
            Some(name) => name,
            None => return true,
        },
        _ => text,
    };
    let last = name.rsplit([':', '/']).next().unwrap_or(name);
    let of_account = last.len() == 12 && last.bytes().all(|b| b.is_ascii_digit());
    let of_kind = names().any(|(word, least)| {
        let begins = last.get(..word.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(word));
        let bare = last.eq_ignore_ascii_case(word.trim_end_matches('-'));
        bare || begins && last.len() < word.len() + least
    });
    of_kind || is_region(last) || is_service(last) || of_account && field.to_ascii_lowercase().contains("resource")
}

/// The name of the resource in an ARN, or in the beginning of one; none where it does not go that far.
fn named(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':').skip(2);
    let (service, resource) = (parts.next()?, parts.nth(2)?.trim_start_matches('/'));
    let name = if TYPELESS.contains(&service) { resource } else { resource.split_once([':', '/'])?.1 };
    (!name.is_empty()).then_some(name)
}

/// `us-east-1`, `ap-southeast-2`, `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [land, between @ .., number] = parts.as_slice() else { return false };
    let direction = |part: &&str| {
        let mut left = *part;
        for word in ["north", "south", "east", "west", "central"] {
            left = left.strip_prefix(word).unwrap_or(left);
        }
        left.is_empty() || *part == "gov" || part.starts_with("iso")
    };
    land.len() == 2
        && !between.is_empty()
        && between.iter().all(direction)
        && number.len() == 1
        && number.bytes().all(|b| b.is_ascii_digit())
}

fn is_service(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    plain && !ActionTable::embedded().expand(&format!("{text}:*")).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        assert_eq!(names().count(), NAMES.lines().count() - 1);
        assert!(names().all(|(word, least)| !word.is_empty() && least > 0));
    }

    #[test]
    fn what_all_of_a_kind_share_is_common() {
        for (field, text) in [
            ("vulnerabilityId", "CVE-"),
            ("vulnerabilityId", "CVE"),
            ("vulnerabilityId", "CVE-2024"),
            ("vulnerabilityId", "cve-2024-"),
            ("vulnerabilityId", "GHSA-"),
            ("ResourceId", ""),
            ("ResourceId", "*"),
            ("ResourceId", "a"),
            ("ResourceId", "arn"),
            ("ResourceId", "arn:"),
            ("ResourceId", "arn:aws:"),
            ("ResourceId", "arn:aws:ec2"),
            ("ResourceId", "arn:aws:ec2:us-east-1:"),
            ("ResourceId", "arn:aws:ec2:us-east-1:111122223333:"),
            ("ResourceId", "arn:aws:ec2:*:*:instance/*"),
            ("ResourceId", "arn:aws:ec2:us-east-1:111122223333:instance"),
            ("ResourceId", "arn:aws:ec2:us-east-1:111122223333:instance/i-"),
            ("ResourceId", "arn:aws:ec2:us-east-1:111122223333:instance/i-0"),
            ("ResourceId", "arn:aws:s3:::"),
            ("ResourceId", "arn:aws:lambda:us-east-1:111122223333:function:"),
            ("ResourceId", "arn:aws:new:us-east-1:111122223333:gizmo/"),
            ("ResourceId", ":instance/"),
            ("ResourceId", "instance/i-*"),
            ("ResourceId", ":s3:::"),
            ("ResourceId", "lambda"),
            ("ResourceId", "us-east-1"),
            ("ResourceId", ":us-gov-west-1:"),
            ("ResourceId", "111122223333"),
            ("resource.instanceDetails.instanceId", "i-*"),
            ("resource.accessKeyDetails.accessKeyId", "AKIA*"),
            ("principal.AWS", "arn:aws:iam::"),
            ("principal.AWS", "arn:aws:iam::464622532012:role/"),
        ] {
            assert!(is_common(field, text), "{field} {text}");
        }
        for (field, text) in [
            ("vulnerabilityId", "CVE-2024-3094"),
            ("ResourceId", "arn:aws:s3:::scratch-"),
            ("ResourceId", "arn:aws:s3:::scratch/"),
            ("ResourceId", "arn:aws:ec2:us-east-1:111122223333:instance/i-0abcdef1234567890"),
            ("ResourceId", "arn:aws:iam::111122223333:role/scratch"),
            ("ResourceId", "arn:aws:iam::*:role/scratch*"),
            ("ResourceId", "arn:aws:apigateway:us-east-1::/restapis/a1b2c3"),
            ("ResourceId", "scratch-"),
            ("ResourceId", "rolex"),
            ("ResourceId", "my-app-1"),
            ("resource.instanceDetails.instanceId", "i-0abcdef1*"),
            ("principal.AWS", "464622532012"),
            ("principal.AWS", "arn:aws:iam::464622532012:role/DatadogIntegration"),
        ] {
            assert!(!is_common(field, text), "{field} {text}");
        }
    }
}
