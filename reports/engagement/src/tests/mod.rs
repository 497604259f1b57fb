//! The file as people write it, well and badly.

mod attestations;
mod bad;
mod carried;
mod content;
mod counterparts;
mod documents;
mod edges;
mod findings;
mod init;
mod inside;
mod languages;
mod large;
mod list_rows;
mod lists;
mod mapped;
mod notices;
mod readiness;
mod requests;
mod returned;
mod times;
mod together;
mod vendors;
mod whole;

use std::path::Path;

use super::*;

pub(super) fn parse(text: &str) -> Result<Engagement, String> {
    Engagement::parse(Path::new("kickoff.toml"), text).map_err(|e| e.to_string())
}

#[test]
fn reads_scope_and_thresholds() {
    let read = parse(
        "[scope]\nregions = [\"eu-west-1\"]\ncategories = [\"Availability\"]\n[[scope.accounts]]\nid = \"111122223333\"\nrole = \"Audit\"\n[thresholds]\nroot_idle_days = 30\nsiem_destinations = [\"arn:aws:kinesis:*\"]\n",
    )
    .unwrap();
    assert_eq!(read.scope.regions, ["eu-west-1"]);
    assert!(read.scope.has_category("Security") && read.scope.has_category("Availability"));
    assert!(!read.scope.has_category("Privacy"));
    assert_eq!(read.thresholds.number(&kickoff_checks::parameters::ROOT_IDLE), 30);
    assert_eq!(parse("").unwrap(), Engagement::default());
}

#[test]
fn says_where_and_what_and_what_was_meant() {
    for (text, line, part) in [
        ("[scope]\nregoins = []\n", 2, "did you mean `regions`?"),
        ("[thresholds]\n\nroot_idel_days = 1\n", 3, "did you mean `root_idle_days`?"),
        ("[thresholds]\nroot_idle_days = \"soon\"\n", 2, "whole number"),
        ("[thresholds]\nroot_idle_days = -1\n", 2, "negative"),
        ("[thresholds]\nroot_idle_days = true\n", 2, "takes a whole number"),
        ("[scope]\ncategories = [\"Securty\"]\n", 2, "did you mean `Security`?"),
        ("[[scope.accounts]]\nid = \"1234\"\n", 2, "twelve digits"),
        ("[[scope.accounts]]\nid = \"111122223333\"\n[[scope.accounts]]\nid = \"111122223333\"\n", 4, "stands twice"),
        ("[scope\n", 1, ""),
        ("[people]\n", 1, "people"),
    ] {
        let error = parse(text).unwrap_err();
        assert!(error.starts_with(&format!("kickoff.toml, line {line}: ")), "{error}");
        assert!(error.contains(part), "{error}");
    }
}
