//! The address of a store in a bucket.

use kickoff_evidence::store::is_key;

/// Bucket and prefix of `s3://bucket/prefix`; nothing where a text does not begin so. The prefix has no slash at its ends, and
/// may be empty.
///
/// # Errors
/// Inside of the result: no bucket can have the name, or the prefix holds what no key of a store does.
#[must_use]
pub fn parse(address: &str) -> Option<Result<(String, String), String>> {
    let (scheme, rest) = address.split_at_checked(5)?;
    if !scheme.eq_ignore_ascii_case("s3://") {
        return None;
    }
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    if let Some(why) = wrong(bucket) {
        return Some(Err(format!(
            "{address:?} is no address of a store: {bucket:?} is no name of a bucket that can hold one: {why}"
        )));
    }
    if !prefix.is_empty() && !is_key(prefix) {
        return Some(Err(format!(
            "{address:?} is no address of a store: the parts of {prefix:?} may hold letters without accents, digits and \
             '-', '_', '.' and '=', none may be empty or begin with '.', and all have 512 characters at the most"
        )));
    }
    Some(Ok((bucket.to_owned(), prefix.to_owned())))
}

/// What kinds of bucket, and of access points, have names that end so (Amazon S3 User Guide, "General purpose bucket naming
/// rules").
const RESERVED: [(&str, &str); 5] = [
    ("--x-s3", "a directory bucket keeps no versions"),
    ("--table-s3", "a table bucket holds no objects"),
    ("--ol-s3", "it is the alias of an access point"),
    ("-s3alias", "it is the alias of an access point"),
    (".mrap", "it is the alias of an access point of many regions"),
];

/// Why a text cannot be the name of a bucket.
fn wrong(name: &str) -> Option<&'static str> {
    if !(3..=63).contains(&name.len()) {
        return Some("it has 3 to 63 characters");
    }
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    if !name.bytes().all(|b| inner(b) || matches!(b, b'.' | b'-')) {
        return Some("it has small letters, digits, '.' and '-' only");
    }
    if !name.bytes().next().is_some_and(inner) || !name.bytes().next_back().is_some_and(inner) || name.contains("..") {
        return Some("it begins and ends with a letter or a digit, and has no two dots in a row");
    }
    if name.parse::<std::net::Ipv4Addr>().is_ok() {
        return Some("it is an IP address");
    }
    RESERVED.iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, why)| *why)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn an_address_is_a_bucket_and_a_prefix() {
        for (address, bucket, prefix) in [
            ("s3://acme-evidence", "acme-evidence", ""),
            ("s3://acme-evidence/", "acme-evidence", ""),
            ("S3://acme.evidence/soc2/2026/", "acme.evidence", "soc2/2026"),
            ("s3://123/a=b", "123", "a=b"),
        ] {
            assert_eq!(parse(address), Some(Ok((bucket.to_owned(), prefix.to_owned()))), "{address}");
        }
        for folder in ["evidence", "/srv/evidence", "s3:/x", "s3", "", "https://acme.s3.amazonaws.com", "é3://x"] {
            assert_eq!(parse(folder), None, "{folder}");
        }
    }

    #[test]
    fn what_is_no_address_is_told_apart() {
        for (address, said) in [
            ("s3://", "3 to 63"),
            ("s3:///x", "3 to 63"),
            ("s3://Acme", "small letters"),
            ("s3://acme_evidence", "small letters"),
            ("s3://-acme", "begins and ends"),
            ("s3://acme.", "begins and ends"),
            ("s3://acme..evidence", "two dots"),
            ("s3://192.168.5.4", "IP address"),
            ("s3://acme--use1-az4--x-s3", "directory bucket"),
            ("s3://acme/a//b", "none may be empty"),
            ("s3://acme//a", "none may be empty"),
            ("s3://acme/../b", "none may be empty"),
            ("s3://acme/prüfung", "without accents"),
        ] {
            let why = parse(address).unwrap().unwrap_err();
            assert!(why.contains(said) && why.contains(address), "{why}");
        }
    }
}
