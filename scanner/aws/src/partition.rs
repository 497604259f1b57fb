//! Partitions: separate AWS's, each with regions, endpoints and ARNs of its own.

/// A partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partition {
    /// `aws`, `aws-us-gov`, ...
    pub name: &'static str,
    /// The region that answers for global services.
    pub home_region: &'static str,
    /// The end of endpoint names.
    pub dns_suffix: &'static str,
    /// The end of the names of endpoints that have IPv6 addresses too.
    pub dual_stack_suffix: &'static str,
    prefixes: &'static [&'static str],
}

/// From AWS's own partition metadata (the SDKs' `partitions.json`).
const PARTITIONS: &[Partition] = &[
    Partition {
        name: "aws-cn",
        home_region: "cn-northwest-1",
        dns_suffix: "amazonaws.com.cn",
        dual_stack_suffix: "api.amazonwebservices.com.cn",
        prefixes: &["cn-"],
    },
    Partition {
        name: "aws-us-gov",
        home_region: "us-gov-west-1",
        dns_suffix: "amazonaws.com",
        dual_stack_suffix: "api.aws",
        prefixes: &["us-gov-"],
    },
    Partition {
        name: "aws-iso",
        home_region: "us-iso-east-1",
        dns_suffix: "c2s.ic.gov",
        dual_stack_suffix: "api.aws.ic.gov",
        prefixes: &["us-iso-"],
    },
    Partition {
        name: "aws-iso-e",
        home_region: "eu-isoe-west-1",
        dns_suffix: "cloud.adc-e.uk",
        dual_stack_suffix: "api.cloud-aws.adc-e.uk",
        prefixes: &["eu-isoe-"],
    },
    Partition {
        name: "aws-iso-f",
        home_region: "us-isof-south-1",
        dns_suffix: "csp.hci.ic.gov",
        dual_stack_suffix: "api.aws.hci.ic.gov",
        prefixes: &["us-isof-"],
    },
    Partition {
        name: "aws-iso-b",
        home_region: "us-isob-east-1",
        dns_suffix: "sc2s.sgov.gov",
        dual_stack_suffix: "api.aws.scloud",
        prefixes: &["us-isob-"],
    },
    Partition {
        name: "aws-eusc",
        home_region: "eusc-de-east-1",
        dns_suffix: "amazonaws.eu",
        dual_stack_suffix: "api.amazonwebservices.eu",
        prefixes: &["eusc-"],
    },
    Partition {
        name: "aws",
        home_region: "us-east-1",
        dns_suffix: "amazonaws.com",
        dual_stack_suffix: "api.aws",
        prefixes: &[""],
    },
];

impl Partition {
    /// The partition of a name, as ARNs have it.
    #[must_use]
    pub fn by_name(name: &str) -> &'static Self {
        PARTITIONS.iter().find(|p| p.name == name).unwrap_or(&PARTITIONS[PARTITIONS.len() - 1])
    }

    /// The partition that a region belongs to, told by the region's prefix.
    #[must_use]
    pub fn of_region(region: &str) -> &'static Self {
        let belongs = |p: &&Self| p.prefixes.iter().any(|prefix| region.starts_with(prefix));
        PARTITIONS.iter().find(belongs).unwrap_or(&PARTITIONS[PARTITIONS.len() - 1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_tell_their_partition() {
        for (region, partition, home) in [
            ("eu-west-1", "aws", "us-east-1"),
            ("us-gov-east-1", "aws-us-gov", "us-gov-west-1"),
            ("cn-north-1", "aws-cn", "cn-northwest-1"),
            ("us-isob-east-1", "aws-iso-b", "us-isob-east-1"),
            ("eu-isoe-west-1", "aws-iso-e", "eu-isoe-west-1"),
            ("eusc-de-east-1", "aws-eusc", "eusc-de-east-1"),
        ] {
            let found = Partition::of_region(region);
            assert_eq!((found.name, found.home_region), (partition, home));
        }
    }
}
