//! What a partition does not have, and what AWS keeps in one region of it: GovCloud and China are not the rest of AWS, and a
//! control that cannot be met there is no failure.

use crate::frame::table::fields;

const DIFFERENCES: &str = include_str!("../../data/partitions.csv");
const HOMES: &str = include_str!("../../data/home_regions.csv");

/// Something that a partition does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lacking {
    /// The partition, `aws-us-gov`.
    pub partition: &'static str,
    /// The id of the check whose question does not arise there, or not whole.
    pub check: &'static str,
    /// What of its question does not arise; empty where none of it does.
    pub item: &'static str,
    /// Why, in words.
    pub why: &'static str,
    /// AWS's page.
    pub source: &'static str,
}

impl Lacking {
    /// The reason of a result: why, and where AWS says so.
    #[must_use]
    pub fn reason(&self) -> String {
        format!("{} ({})", self.why, self.source)
    }
}

fn read(line: &'static str) -> Option<Lacking> {
    let [partition, check, item, why, source] = fields(line).try_into().ok()?;
    Some(Lacking { partition, check, item, why, source })
}

fn all() -> impl Iterator<Item = Lacking> {
    DIFFERENCES.lines().skip(1).filter_map(read)
}

/// Why the question of a check does not arise in a partition; none where it does.
#[must_use]
pub fn lacking(partition: &str, check: &str) -> Option<Lacking> {
    part_lacking(partition, check, "")
}

/// Why a part of a check's question does not arise in a partition; none where it does.
#[must_use]
pub fn part_lacking(partition: &str, check: &str, item: &str) -> Option<Lacking> {
    all().find(|one| one.partition == partition && one.check == check && one.item == item)
}

/// Where AWS Config records a type of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// In this region of the partition only.
    Region(&'static str),
    /// In one region only, and AWS does not say in which one of this partition.
    Unsaid,
    /// Wherever the resource is.
    Everywhere,
}

/// Where AWS Config records a type of resource in a partition.
#[must_use]
pub fn recorded_at(partition: &str, kind: &str) -> Home {
    let rows = HOMES.lines().skip(1).filter_map(|line| <[&str; 4]>::try_from(fields(line)).ok());
    let mut home = Home::Everywhere;
    for [_, of, region, _] in rows.filter(|[one, ..]| *one == kind) {
        if of == partition {
            return Home::Region(region);
        }
        home = Home::Unsaid;
    }
    home
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Check;

    #[test]
    fn every_line_is_read_names_a_check_and_gives_a_page_of_aws() {
        let pages = ["https://docs.aws.amazon.com/", "https://docs.amazonaws.cn/"];
        let page = |source: &str| pages.iter().any(|page| source.starts_with(page));
        assert_eq!(all().count(), DIFFERENCES.lines().count() - 1);
        for one in all() {
            assert!(Check::get(one.check).is_some() && page(one.source) && !one.why.ends_with('.'), "{one:?}");
            assert!(one.partition.starts_with("aws-"), "{one:?}");
        }
        for line in HOMES.lines().skip(1) {
            let fields = fields(line);
            assert!(fields.len() == 4 && fields[0].starts_with("AWS::") && page(fields[3]), "{line}");
        }
    }

    #[test]
    fn a_type_is_at_home_in_one_region_of_a_partition() {
        for (partition, kind, expected) in [
            ("aws", "AWS::CloudFront::Distribution", Home::Region("us-east-1")),
            ("aws", "AWS::GlobalAccelerator::Listener", Home::Region("us-west-2")),
            ("aws-us-gov", "AWS::Route53::HostedZone", Home::Region("us-gov-west-1")),
            ("aws-cn", "AWS::Route53::HostedZone", Home::Unsaid),
            ("aws", "AWS::EC2::Volume", Home::Everywhere),
        ] {
            assert_eq!(recorded_at(partition, kind), expected, "{partition} {kind}");
        }
    }
}
