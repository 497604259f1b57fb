//! Which events of CloudTrail change access, logging, detection or guardrails: one table, `data/change_events.csv`, by
//! service and operation. Of a service with a row `*` every change counts, and one that the table does not know is told as
//! such; of the others the operations of the table count.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::table::fields;

const TABLE: &str = include_str!("../data/change_events.csv");
/// The row of a service of which every change counts.
const ANY: &str = "*";

/// What a change bears on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bearing {
    /// Access is granted, or may be.
    Grant,
    /// Access is taken away.
    Removal,
    /// What is recorded, and where it is kept.
    Logging,
    /// What is looked for and found, and who is told.
    Detection,
    /// What limits accounts and people whatever they are granted.
    Guardrail,
}

impl Bearing {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Grant => "access granted or changed",
            Self::Removal => "access removed",
            Self::Logging => "logging",
            Self::Detection => "detection",
            Self::Guardrail => "guardrail",
        }
    }

    /// Who may do what is changed.
    #[must_use]
    pub fn is_access(self) -> bool {
        matches!(self, Self::Grant | Self::Removal)
    }
}

/// What a change means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// What it bears on.
    pub bearing: Bearing,
    /// What is changed, in words.
    pub effect: &'static str,
    /// The table has the operation; where it does not, the service says what it bears on.
    pub known: bool,
}

/// In which regions a service's events appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Where IAM's do.
    Iam,
    /// In the region of global services.
    Home,
    /// In the region that was asked.
    Each,
}

/// A service that the table knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSource {
    /// Its name in events, `iam.amazonaws.com`.
    pub name: &'static str,
    /// Every change of it counts, also of an operation that the table does not know.
    pub whole: bool,
    /// The operations that bear on something, sorted.
    pub operations: Vec<&'static str>,
    place: Place,
}

impl ChangeSource {
    /// Whether its events appear in a region.
    #[must_use]
    pub fn appears_in(&self, region: &str, partition: &str, home_region: &str) -> bool {
        match self.place {
            Place::Iam => region == iam_region(partition, home_region),
            Place::Home => region == home_region,
            Place::Each => true,
        }
    }
}

/// The region in which a partition's IAM events appear: that of global services, but for China, where IAM answers in
/// Beijing.
#[must_use]
pub fn iam_region<'a>(partition: &str, home_region: &'a str) -> &'a str {
    if partition == "aws-cn" { "cn-north-1" } else { home_region }
}

/// A row: what the operation bears on, or none of it.
struct Row {
    source: &'static str,
    operation: &'static str,
    bearing: Option<Bearing>,
    effect: &'static str,
    place: Place,
}

fn read(line: &'static str) -> Option<Row> {
    let [source, operation, kind, effect, region, _page, _date] = fields(line).try_into().ok()?;
    let bearing = match kind {
        "access-grant" => Some(Bearing::Grant),
        "access-removal" => Some(Bearing::Removal),
        "logging" => Some(Bearing::Logging),
        "detection" => Some(Bearing::Detection),
        "guardrail" => Some(Bearing::Guardrail),
        "none" => None,
        _ => return None,
    };
    let place = match region {
        "iam" => Place::Iam,
        "home" => Place::Home,
        "each" => Place::Each,
        _ => return None,
    };
    Some(Row { source, operation, bearing, effect, place })
}

fn rows() -> impl Iterator<Item = Row> {
    TABLE.lines().skip(1).filter_map(read)
}

type Changes = BTreeMap<(&'static str, &'static str), Option<Change>>;

static CHANGES: LazyLock<Changes> = LazyLock::new(|| {
    let change = |row: &Row| {
        let known = row.operation != ANY;
        row.bearing.map(|bearing| Change { bearing, effect: row.effect, known })
    };
    rows().map(|row| ((row.source, row.operation), change(&row))).collect()
});

static SOURCES: LazyLock<Vec<ChangeSource>> = LazyLock::new(|| {
    let mut sources: BTreeMap<&'static str, ChangeSource> = BTreeMap::new();
    for row in rows() {
        let source = sources.entry(row.source).or_insert_with(|| ChangeSource {
            name: row.source,
            whole: false,
            operations: Vec::new(),
            place: row.place,
        });
        if row.operation == ANY {
            source.whole = true;
        } else if row.bearing.is_some() {
            source.operations.push(row.operation);
        }
    }
    sources.into_values().collect()
});

/// What a change of a service means; none where it bears on nothing that is looked at.
#[must_use]
pub fn change(source: &str, operation: &str) -> Option<Change> {
    let row = CHANGES.get(&(source, operation)).or_else(|| CHANGES.get(&(source, ANY)))?;
    *row
}

/// The services that the table knows, sorted.
#[must_use]
pub fn change_sources() -> &'static [ChangeSource] {
    &SOURCES
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_line_is_read_once_has_a_page_of_aws_and_agrees_with_its_service() {
        let lines: Vec<Vec<&str>> = TABLE.lines().skip(1).map(fields).collect();
        assert_eq!(rows().count(), lines.len());
        let mut seen = BTreeSet::new();
        for line in &lines {
            assert!(seen.insert((line[0], line[1])), "{line:?} stands twice");
            assert!(
                line[0].ends_with(".amazonaws.com") && line[5].starts_with("https://docs.aws.amazon.com/"),
                "{line:?}"
            );
            assert!(line[6].parse::<jiff::civil::Date>().is_ok() && !line[3].is_empty(), "{line:?}");
            assert!(lines.iter().all(|other| other[0] != line[0] || other[4] == line[4]), "{line:?}: two places");
        }
    }

    #[test]
    fn what_is_known_is_told_by_service_and_operation_together() {
        let told = |source: &str, operation: &str| {
            change(&format!("{source}.amazonaws.com"), operation).map(|change| (change.bearing, change.known))
        };
        for (source, operation, expected) in [
            ("iam", "CreateUser", Some((Bearing::Grant, true))),
            ("iam", "DeactivateMFADevice", Some((Bearing::Removal, true))),
            ("iam", "AcceptDelegationRequest", Some((Bearing::Grant, true))),
            ("cloudtrail", "StopLogging", Some((Bearing::Logging, true))),
            ("config", "StopConfigurationRecorder", Some((Bearing::Logging, true))),
            ("guardduty", "CreateFilter", Some((Bearing::Detection, true))),
            ("organizations", "DetachPolicy", Some((Bearing::Guardrail, true))),
            // Every change of these services counts.
            ("iam", "GrantSomethingOfTomorrow", Some((Bearing::Grant, false))),
            ("securityhub", "HideSomethingOfTomorrow", Some((Bearing::Detection, false))),
            // Of these, those that the table has.
            ("logs", "CreateLogStream", None),
            ("ec2", "RunInstances", None),
            ("ec2", "DeleteFlowLogs", Some((Bearing::Logging, true))),
            // A change that bears on nothing, and a service that the table does not have.
            ("securityhub", "BatchImportFindings", None),
            ("elasticache", "CreateUser", None),
        ] {
            assert_eq!(told(source, operation), expected, "{source} {operation}");
        }
    }

    #[test]
    fn services_are_asked_where_their_events_appear() {
        let of = |name: &str| change_sources().iter().find(|source| source.name == name).unwrap();
        let (iam, trails) = (of("iam.amazonaws.com"), of("cloudtrail.amazonaws.com"));
        assert!(iam.whole && iam.appears_in("us-east-1", "aws", "us-east-1"));
        assert!(!iam.appears_in("eu-west-1", "aws", "us-east-1") && trails.appears_in("eu-west-1", "aws", "us-east-1"));
        assert!(iam.appears_in("cn-north-1", "aws-cn", "cn-northwest-1"));
        assert!(!of("logs.amazonaws.com").whole);
        for source in change_sources() {
            assert!(source.operations.is_sorted() && !source.operations.is_empty(), "{}", source.name);
        }
    }
}
