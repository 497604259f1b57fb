//! Which services AWS offers in which region, by its own endpoint data.
//!
//! `data/offered.csv` is made from `endpoints.json` of botocore 1.44.8, read on the day of [`AS_OF`]: one line a service that
//! is asked in each region, with the regions that have an endpoint of it; the line `*` has every region that the data knows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The day that the data was read.
pub(crate) const AS_OF: &str = "2026-11-30";

static OFFERED: LazyLock<BTreeMap<&'static str, BTreeSet<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("../data/offered.csv").lines().skip(1);
    lines
        .filter_map(|line| line.split_once(','))
        .map(|(service, regions)| (service, regions.split(' ').filter(|region| !region.is_empty()).collect()))
        .collect()
});

/// Whether AWS's data knows the region and has no endpoint of the service there. A region or a service that the data does
/// not know may be newer than it.
pub(crate) fn is_missing(service: &str, region: &str) -> bool {
    let known = OFFERED.get("*").is_some_and(|regions| regions.contains(region));
    known && OFFERED.get(service).is_some_and(|regions| !regions.contains(region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_offered_is_known_and_what_is_newer_than_the_data_is_not() {
        // Amazon Inspector endpoints, AWS General Reference: Asia Pacific (New Zealand) is not among them.
        assert!(is_missing("inspector2", "ap-southeast-6"));
        assert!(is_missing("identitystore", "us-iso-east-1"));
        for (service, region) in [
            ("inspector2", "eu-west-1"),
            ("ec2", "ap-southeast-6"),
            ("guardduty", "us-gov-west-1"),
            // Neither the region nor the service is in the data.
            ("inspector2", "xx-newest-9"),
            ("iam", "eu-west-1"),
        ] {
            assert!(!is_missing(service, region), "{service} in {region}");
        }
    }

    #[test]
    fn every_service_that_is_asked_region_by_region_is_in_the_data() {
        for need in kickoff_facts::Need::ALL.iter().filter(|need| !need.is_global()) {
            for operation in need.operations() {
                assert!(OFFERED.contains_key(operation.service()), "{}", operation.id);
            }
        }
    }
}
