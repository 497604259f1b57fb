//! Whose a resource is, and whether S3 Block Public Access closes it.

use super::{Document, Estate};
use crate::condition::{Condition, net};
use crate::document::{PrincipalEntry, is_account_id};

/// Whose a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner<'a> {
    /// This account's.
    Account(&'a str),
    /// It stands for resources of every account: of the caller's own too.
    Each,
    /// Its ARN does not tell, and nothing else does.
    Unknown,
}

/// Keys by which S3 takes a grant to everybody for one that is not public, if their values are fixed.
///
/// Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", "The meaning of public".
const FIXING: [&str; 15] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

impl Estate {
    /// Whose a resource is: by its ARN, else by what is known of it. An object is its bucket's owner's.
    pub(crate) fn owner_of<'a>(&'a self, resource: &'a str) -> Owner<'a> {
        let parts: Vec<&str> = resource.splitn(6, ':').collect();
        let ["arn", _, service, _, account, rest] = parts[..] else { return Owner::Each };
        if crate::document::is_account_id(account) {
            return Owner::Account(account);
        }
        if !account.is_empty() {
            return Owner::Each;
        }
        let bucket = bucket_of(resource);
        if let Some(owner) = self.owners.get(resource).or_else(|| self.owners.get(bucket?)) {
            return Owner::Account(owner);
        }
        let name = if service == "s3" { rest.split('/').next().unwrap_or(rest) } else { rest };
        if name.bytes().all(|b| b == b'*') { Owner::Each } else { Owner::Unknown }
    }

    /// Whether a bucket is restricted to its account and to services while its policy is public; none where that is not known.
    pub(crate) fn is_restricted(&self, resource: &str, owner: Option<&str>) -> Option<bool> {
        let of = |key: Option<&str>| key.and_then(|key| self.restricted.get(key).copied());
        match (of(bucket_of(resource)), of(owner)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        }
    }
}

/// The ARN of the bucket of a bucket or an object.
pub(crate) fn bucket_of(resource: &str) -> Option<&str> {
    let at = resource.find(":s3:::")? + ":s3:::".len();
    let end = resource[at..].find('/').map_or(resource.len(), |slash| at + slash);
    Some(&resource[..end])
}

/// Whether a value of a condition is fixed in S3's sense: without a wildcard or a variable, and no range of a great part of
/// the internet. Of an access point it is its account that has to be.
fn is_fixed(key: &str, value: &str) -> bool {
    let open = |text: &str| text.contains(['*', '?', '$']);
    match key {
        "s3:dataaccesspointarn" => {
            let parts: Vec<&str> = value.splitn(6, ':').collect();
            matches!(parts.as_slice(), [_, _, _, _, account, _] if is_account_id(account)) && !value.contains('$')
        }
        "aws:sourceip" => {
            !open(value) && net(value).is_none_or(|(address, bits)| bits >= if address.is_ipv4() { 8 } else { 32 })
        }
        _ => !open(value),
    }
}

/// Whether a bucket's policy is public in S3's sense: it grants to everybody, and no condition fixes to whom.
pub(crate) fn is_public(document: &Document) -> bool {
    let fixes = |condition: &Condition| {
        let key = condition.key.to_ascii_lowercase();
        condition.is_positive()
            && FIXING.contains(&key.as_str())
            && condition.values.iter().all(|value| is_fixed(&key, value))
    };
    document.policy.statements.iter().filter(|s| s.allows()).any(|s| {
        let to_all = s.source.principals.as_ref().is_some_and(|p| p.not || p.entries.contains(&PrincipalEntry::Anyone));
        to_all && !s.source.conditions.iter().any(fixes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the examples of "The meaning of public".
    #[test]
    fn a_value_is_fixed_without_wildcards_and_wide_ranges() {
        for (key, value, expected) in [
            ("aws:sourceaccount", "111122223333", true),
            ("aws:sourcevpc", "vpc-*", false),
            ("aws:principalorgid", "${aws:PrincipalOrgID}", false),
            ("s3:dataaccesspointarn", "arn:aws:s3:us-west-2:123456789012:accesspoint/*", true),
            ("s3:dataaccesspointarn", "arn:aws:s3:*:123456789012:accesspoint/*", true),
            ("s3:dataaccesspointarn", "arn:aws:s3:us-west-2:*:accesspoint/*", false),
            ("s3:dataaccesspointarn", "arn:aws:s3:us-west-2:123456789012:accesspoint/${aws:username}", false),
            ("s3:dataaccesspointarn", "*", false),
            ("aws:sourceip", "203.0.113.7", true),
            ("aws:sourceip", "10.0.0.0/8", true),
            ("aws:sourceip", "0.0.0.0/1", false),
            ("aws:sourceip", "11.0.0.0/7", false),
            ("aws:sourceip", "2001:db8::/32", true),
            ("aws:sourceip", "2001::/31", false),
            ("aws:sourceip", "::/0", false),
        ] {
            assert_eq!(is_fixed(key, value), expected, "{key} {value}");
        }
    }
}
