//! The table against what is known of AWS, and its reader against bytes that are no table.
#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use proptest::prelude::*;

use super::{AccessLevel, ActionDataError, ActionId, ActionSet, ActionTable};
use crate::glob;

const PACKED: &[u8] = include_bytes!("../../data/actions.zst");
const README: &str = include_str!("../../data/README.md");

fn table() -> &'static ActionTable {
    ActionTable::embedded()
}

fn id(name: &str) -> ActionId {
    table().id(name).unwrap()
}

/// The definition of an expansion: every name, one by one.
fn one_by_one(table: &ActionTable, pattern: &str) -> Vec<ActionId> {
    table.ids().filter(|&id| glob::matches_ignore_case(pattern, table.name(id))).collect()
}

/// Every tenth service: the definition takes long where nothing is optimised.
fn tenth() -> &'static ActionTable {
    static TABLE: LazyLock<ActionTable> = LazyLock::new(|| {
        let text = String::from_utf8(zstd::decode_all(PACKED).unwrap()).unwrap();
        let (header, services) = text.split_once("\n=").unwrap();
        let services: Vec<&str> = services.split("\n=").step_by(10).collect();
        ActionTable::read(format!("{header}\n={}", services.join("\n=")).as_bytes()).unwrap()
    });
    &TABLE
}

#[test]
fn the_readme_describes_the_table() {
    let table = table();
    for said in [
        format!("version {}", table.version()),
        format!("of {}", table.date()),
        table.source().to_owned(),
        format!("{} services", table.services().len()),
        format!("{} actions", table.len()),
    ] {
        assert!(README.contains(&said), "README.md lacks {said:?}");
    }
}

#[test]
fn names_are_sorted_and_found() {
    let table = table();
    let lower: Vec<&str> = table.ids().map(|id| table.lower(id)).collect();
    assert!(lower.is_sorted_by(|a, b| a < b));
    for action in table.ids() {
        let name = table.name(action);
        assert_eq!(name.to_ascii_lowercase(), table.lower(action));
        assert_eq!(table.id(name), Some(action));
        assert_eq!(table.id(&name.to_ascii_uppercase()), Some(action));
        let service = table.service_of(action).unwrap();
        assert_eq!(name.split_once(':').unwrap().0, service.prefix());
    }
    for absent in ["", "s3", "s3:", ":", "*", "s3:GetObjects", "s3:GetObjec", "zzzz:Get", "é:é"] {
        assert_eq!(table.id(absent), None, "{absent}");
    }
}

#[test]
fn services_part_the_list() {
    let table = table();
    let joined: Vec<ActionId> = table.services().iter().flat_map(super::Service::actions).collect();
    assert!(joined.iter().copied().eq(table.ids()));
    for service in table.services() {
        assert_eq!(table.service(&service.prefix().to_ascii_uppercase()), Some(service));
    }
    assert_eq!(table.service("s3").unwrap().name(), "Amazon S3");
    assert!(table.service("s").is_none() && table.service("").is_none());
}

#[test]
fn access_levels() {
    for (name, level) in [
        ("s3:GetObject", AccessLevel::Read),
        ("s3:ListAllMyBuckets", AccessLevel::List),
        ("s3:PutBucketPolicy", AccessLevel::PermissionsManagement),
        ("s3:PutObjectTagging", AccessLevel::Tagging),
        ("iam:PassRole", AccessLevel::Write),
        ("iam:AttachUserPolicy", AccessLevel::PermissionsManagement),
        ("iam:CreateAccessKey", AccessLevel::Write),
        ("sts:AssumeRole", AccessLevel::Write),
        ("ec2:DescribeInstances", AccessLevel::List),
    ] {
        assert_eq!(table().access_level(id(name)), level, "{name}");
    }
    assert_eq!(serde_json::to_string(&AccessLevel::PermissionsManagement).unwrap(), "\"permissions-management\"");
}

#[test]
fn resources_and_keys() {
    let table = table();
    let types = |name| -> Vec<(&str, &str)> { table.resource_types(id(name)).collect() };
    assert!(types("s3:GetObject").contains(&("object", "arn:${Partition}:s3:::${BucketName}/${ObjectName}")));
    assert_eq!(types("iam:PassRole"), [("role", "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}")]);
    for (name, takes) in [("s3:GetObject", true), ("s3:ListAllMyBuckets", false), ("ec2:DescribeInstances", false)] {
        assert_eq!(table.takes_resource(id(name)), takes, "{name}");
    }
    assert!(table.resources(id("iam:AttachUserPolicy")).all(|resource| resource.required));
    let keys = |name| -> Vec<&str> { table.condition_keys(id(name)).collect() };
    assert!(keys("iam:PassRole").contains(&"iam:PassedToService"));
    assert!(keys("iam:PassRole").contains(&"aws:ResourceTag/${TagKey}"), "a key of the resource type");
    assert!(keys("iam:AttachUserPolicy").contains(&"iam:PermissionsBoundary"));
    assert!(!keys("s3:ListAllMyBuckets").contains(&"iam:PassedToService"));
}

#[test]
fn services_under_resource_control_policies() {
    for (prefix, honours) in [
        ("s3", true),
        ("STS", true),
        ("kms", true),
        ("sqs", true),
        ("secretsmanager", true),
        ("dynamodb", true),
        ("iam", false),
        ("ec2", false),
        ("lambda", false),
        ("cognito-sync", false),
        ("no-such-service", false),
    ] {
        assert_eq!(table().honours_rcp(prefix), honours, "{prefix}");
    }
    let honouring = table().services().iter().filter(|service| service.honours_rcp()).count();
    assert!(README.contains(&format!("control policies: {honouring},")));
}

#[test]
fn ids_of_another_table() {
    let (table, strange) = (table(), ActionId(u16::MAX));
    assert_eq!((table.name(strange), table.lower(strange)), ("", ""));
    assert!(table.service_of(strange).is_none() && !table.takes_resource(strange));
    assert_eq!(table.condition_keys(strange).count(), 0);
    assert_eq!(table.access_level(strange), AccessLevel::Write);
}

#[test]
fn expansions() {
    let table = table();
    for everything in ["*", "**", "*:*", "*?*", "**:?*"] {
        assert_eq!(table.expand(everything), ActionSet::all(table), "{everything}");
    }
    assert!(ActionSet::all(table).other && ActionSet::all(table).len() == table.len());
    for (pattern, ranges) in
        [("s3:*", 1), ("s3:Get*", 1), ("S3:GETOBJECT", 1), ("s3:Nothing", 0), ("s3", 0), ("", 0), ("ec2:zz*", 0)]
    {
        let set = table.expand(pattern);
        assert_eq!(set.ranges().len(), ranges, "{pattern}");
        assert!(!set.other, "{pattern}");
        assert!(set.iter().eq(one_by_one(table, pattern)), "{pattern}");
    }
    assert!(table.expand("iam:Create*").iter().eq(one_by_one(table, "iam:Create*")));
    assert!(table.expand("ec2:Describe?mages").contains(id("ec2:DescribeImages")));
    assert_eq!(table.expand("*:").len() + table.expand("?").len() + table.expand("*:*:*").len(), 0);
    let both = table.expand_all(&["s3:Get*", "iam:PassRole"]);
    assert_eq!(both, table.expand("s3:Get*").union(&table.expand("iam:PassRole")));
}

#[test]
fn expansion_is_matching_one_by_one_for_every_service() {
    let table = table();
    for service in table.services() {
        let prefix = service.prefix();
        for rest in ["*", "Get*", "d*", "*Role*", "?et*", "Des*s"] {
            let pattern = format!("{prefix}:{rest}");
            let own = service.actions().filter(|&id| glob::matches_ignore_case(&pattern, table.name(id)));
            assert!(table.expand(&pattern).iter().eq(own), "{pattern}");
        }
    }
}

/// A real name with some letters made wildcards, some dropped, and the case turned.
fn patterns() -> impl Strategy<Value = String> {
    let change = (0..6_u8, any::<prop::sample::Index>(), any::<prop::sample::Index>());
    (any::<prop::sample::Index>(), prop::collection::vec(change, 0..4)).prop_map(|(at, changes)| {
        let at = u16::try_from(at.index(tenth().len())).unwrap();
        let mut pattern = tenth().name(ActionId(at)).to_owned();
        for (change, from, to) in changes {
            let (from, to) = (from.index(pattern.len() + 1), to.index(pattern.len() + 1));
            let part = from.min(to)..from.max(to);
            match change {
                0 => pattern.replace_range(part, "*"),
                1 => pattern.insert(part.start, '*'),
                2 => pattern.replace_range(part.start.., "*"),
                3 => pattern.replace_range(part.start..pattern.len().min(part.start + 1), "?"),
                4 => pattern = pattern.to_ascii_uppercase(),
                _ => pattern.replace_range(..part.start, "*"),
            }
        }
        pattern
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn expansion_is_matching_one_by_one(pattern in patterns()) {
        let table = tenth();
        let set = table.expand(&pattern);
        prop_assert!(set.iter().eq(one_by_one(table, &pattern)));
        prop_assert!(!set.other || set == ActionSet::all(table));
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = ActionTable::read(&bytes);
        let _ = ActionTable::read(&[&[0x28, 0xb5, 0x2f, 0xfd], &bytes[..]].concat());
    }

    #[test]
    fn no_text_breaks_the_reader(text in "([=#^;LRWPTé][a-c0-9*é]{0,3}(\t[0-9* é]{0,4}){0,3}\n){0,6}") {
        let text = format!("kickoff-actions\t1\tv\t2026-09-26\ts\n=a\tA\t\n{text}");
        if let Ok(table) = ActionTable::read(text.as_bytes()) {
            for id in table.ids() {
                prop_assert_eq!(table.id(table.name(id)), Some(id));
                let _ = (table.resources(id).count(), table.condition_keys(id).count());
            }
        }
    }
}

#[test]
fn plain_text_is_read_and_a_broken_frame_is_not() {
    let packed = PACKED;
    let text = zstd::decode_all(packed).unwrap();
    let plain = ActionTable::read(&text).unwrap();
    assert_eq!((plain.len(), plain.version()), (table().len(), table().version()));
    for cut in [5, 1000, packed.len() - 1] {
        assert!(matches!(ActionTable::read(&packed[..cut]), Err(ActionDataError::Zstd(_))), "cut at {cut}");
    }
    let bomb = zstd::encode_all(&vec![b'a'; 17 << 20][..], 1).unwrap();
    assert!(matches!(ActionTable::read(&bomb), Err(ActionDataError::TooLong)));
    assert!(matches!(ActionTable::read(&vec![b'a'; 17 << 20]), Err(ActionDataError::TooLong)));
}

#[test]
fn errors_name_the_line() {
    let header = "kickoff-actions\t1\tv\t2026-09-26\ts\n";
    for (rest, line, problem) in [
        ("", 2, "the table ends without any action"),
        ("RGet\t\t\n", 2, "no service to belong to"),
        ("=s3\tS3\t\nRGet\t0\t\n", 3, "no such resource type"),
        ("=s3\tS3\t\nRGet\t\t0\n", 3, "no such condition key"),
        ("=s3\tS3\t\n#k\nRGet\t\t0 \n", 4, "a list of numbers has digits, single spaces and stars after numbers"),
        ("=s3\tS3\t\n#k\nRGet\t\t0  0\n", 4, "a list of numbers has digits, single spaces and stars after numbers"),
        ("=s3\tS3\t\n#k\nRGet\t\ta\n", 4, "a list of numbers has digits, single spaces and stars after numbers"),
        ("=s3\tS3\t\n#k\nRGet\t\t0x\n", 4, "a list of numbers has digits, single spaces and stars after numbers"),
        ("=s3\tS3\t\n#k\nRGet\t\t 0\n", 4, "a list of numbers has digits, single spaces and stars after numbers"),
        ("=s3\tS3\t\n#k\nRGet\t\t0*\n", 4, "no such condition key"),
        ("=s3\tS3\t\n#k\nRGet\t\t99999999999999999999999\n", 4, "no such condition key"),
        ("=s3\tS3\t\nRb\t\t\nRA\t\t\n", 4, "actions are not sorted, or one is listed twice"),
        ("=s3\tS3\t\nRb\t\t\nRB\t\t\n", 4, "actions are not sorted, or one is listed twice"),
        ("=s3\tS3\t\n=s3-a\tS3\t\n", 3, "services are not sorted"),
        ("=s3\tS3\tno\n", 2, "the third column is 'rcp' or empty"),
        ("=s3\tS3\t\nXa\t\t\n", 3, "an unknown kind of line"),
        ("=s3\tS3\t\nRGet\n", 3, "an action has three columns"),
    ] {
        let error = ActionTable::read(format!("{header}{rest}").as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), format!("line {line} of the action data: {problem}"), "{rest:?}");
    }
    for (text, problem) in [
        ("", "line 1 of the action data: not the header of a table of actions"),
        ("kickoff-actions\t2\tv\t2026-09-26\ts", "line 1 of the action data: a format that this version does not read"),
        ("kickoff-actions\t1\tv\ttoday\ts", "line 1 of the action data: the date is not of the form 2026-09-26"),
    ] {
        assert_eq!(ActionTable::read(text.as_bytes()).unwrap_err().to_string(), problem);
    }
    let error = ActionTable::read(&[header.as_bytes(), b"=s3\tS\xff"].concat()).unwrap_err();
    assert_eq!(error.to_string(), "line 2 of the action data is not UTF-8");
}
