//! Services that act for their customers: whether they tell for whom, so that a policy can ask.

use std::sync::LazyLock;

/// What the policy is of, in which a service is a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The trust policy of a role.
    Trust,
    /// The policy of a bucket, key, topic, log group or another resource.
    Resource,
}

/// What AWS documents of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sends {
    /// It tells for which account or resource it acts.
    Source,
    /// It acts for the account of the role alone.
    OwnAccount,
    /// Nothing that is known here.
    Unknown,
}

/// Service, what it sends in a trust policy, in another policy, the page, and when that was read.
static TABLE: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("../../data/deputies.txt").lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').collect()).collect()
});

/// What a service sends, of which AWS documents it.
#[must_use]
pub fn sends(service: &str, asked: Asked) -> Sends {
    // In China some have an ending of their own.
    let name = without_region(service.strip_suffix(".cn").unwrap_or(service));
    let row = TABLE.iter().find(|row| row.first() == Some(&name.as_str()));
    let column = if asked == Asked::Trust { 1 } else { 2 };
    match row.and_then(|row| row.get(column)) {
        Some(&"yes") => Sends::Source,
        Some(&"own") => Sends::OwnAccount,
        _ => Sends::Unknown,
    }
}

/// The principal of a service in every region, for one that names a region: `logs.eu-west-1.amazonaws.com`.
fn without_region(name: &str) -> String {
    let labels: Vec<&str> = name.split('.').collect();
    match labels.as_slice() {
        [service, region, rest @ ..] if !rest.is_empty() && is_region(region) => {
            format!("{service}.{}", rest.join("."))
        }
        _ => name.to_owned(),
    }
}

/// Whether a label has the form of a region's code: `eu-west-1`, `us-gov-east-1`.
fn is_region(label: &str) -> bool {
    let words: Vec<&str> = label.split('-').collect();
    let letters = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    match words.as_slice() {
        [part, middle @ .., number] if !middle.is_empty() => {
            (2..=4).contains(&part.len())
                && letters(part)
                && middle.iter().all(letters)
                && !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_its_page_and_day_and_what_is_not_listed_is_unknown() {
        for row in TABLE.iter() {
            assert!(row.len() == 5 && !row[3].is_empty() && row[4].len() == 10, "{row:?}");
            assert!(row[1..3].iter().all(|one| matches!(*one, "yes" | "own" | "-")), "{row:?}");
        }
        assert_eq!(sends("scheduler.amazonaws.com", Asked::Trust), Sends::Source);
        assert_eq!(sends("vpc-flow-logs.amazonaws.com.cn", Asked::Trust), Sends::Source);
        assert_eq!(sends("logs.eu-west-1.amazonaws.com", Asked::Trust), Sends::Source);
        assert_eq!(sends("logs.us-gov-east-1.amazonaws.com", Asked::Trust), Sends::Source);
        assert_eq!(sends("logs.cn-north-1.amazonaws.com.cn", Asked::Trust), Sends::Source);
        assert_eq!(sends("delivery.logs.amazonaws.com", Asked::Resource), Sends::Source);
        assert_eq!(sends("logs.made-up.amazonaws.com", Asked::Trust), Sends::Unknown);
        for own in ["ec2.amazonaws.com", "lambda.amazonaws.com"] {
            assert_eq!(sends(own, Asked::Trust), Sends::OwnAccount);
            assert_eq!(sends(own, Asked::Resource), Sends::Unknown);
        }
        assert_eq!(sends("cloudtrail.amazonaws.com", Asked::Resource), Sends::Source);
        assert_eq!(sends("made-up.amazonaws.com", Asked::Trust), Sends::Unknown);
        assert_eq!(sends("scheduler.amazonaws.com", Asked::Resource), Sends::Unknown);
    }
}
