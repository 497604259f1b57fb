//! What an answer holds, read from its bytes by the operation's row: how many records, or that it is no answer at all.
//!
//! The deserialisers take an answer without the member that was asked for as an empty list. Here it is refused before they see
//! it, live and on replay alike, so that it becomes a gap.

use std::borrow::Cow;
use std::fmt;

use aws_smithy_types::base64;
use kickoff_facts::{Form, List, Operation};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Members by which services tell an error. No operation has one of them among what it answers.
const OF_ERRORS: [&str; 6] = ["__type", "code", "Code", "error", "message", "Message"];

/// The number of records in the body of a successful answer; none where it is one object and no list.
///
/// # Errors
/// The body is not an answer of this operation: it cannot be read, or lacks what the operation always sends.
pub(crate) fn records(operation: &Operation, body: &[u8]) -> Result<Option<u64>, String> {
    let found = match operation.holds.form {
        Form::Json => json(operation, body)?,
        Form::Query => xml(operation, body, &format!("{0}Response/{0}Result", operation.name()))?,
        Form::Ec2 => xml(operation, body, &format!("{}Response", operation.name()))?,
        Form::Xml(root) => xml(operation, body, root)?,
    };
    found.judge(operation)
}

/// What was found of a row, in the row's order.
struct Found {
    lists: Vec<Option<u64>>,
    members: Vec<bool>,
    /// A member that tells an error, and whether any other member was there that the row knows.
    of_error: Option<String>,
}

impl Found {
    fn nothing(operation: &Operation) -> Self {
        let holds = &operation.holds;
        Self { lists: vec![None; holds.lists.len()], members: vec![false; holds.members.len()], of_error: None }
    }

    fn judge(self, operation: &Operation) -> Result<Option<u64>, String> {
        let holds = &operation.holds;
        let lacks = |name: &str| Err(format!("the answer has no {name}, which {} always sends", operation.id));
        for (member, found) in holds.members.iter().zip(&self.members) {
            if !found {
                return lacks(member);
            }
        }
        let lists = || holds.lists.iter().zip(&self.lists);
        for (list, found) in lists() {
            if found.is_none() && matches!(list, List::Always(..) | List::Table(_)) {
                return lacks(list.path().split('/').next().unwrap_or_default());
            }
        }
        let either = || lists().filter(|(list, _)| matches!(list, List::Either(..)));
        if either().count() > 0 && either().all(|(_, found)| found.is_none()) {
            return lacks(&either().map(|(list, _)| list.path()).collect::<Vec<_>>().join(" or "));
        }
        match self.of_error {
            // What may lack everything is told from an error by nothing else.
            Some(name) if holds.may_be_bare() && self.lists.iter().all(Option::is_none) => {
                Err(format!("the answer holds {name}, and nothing that {} sends", operation.id))
            }
            _ => Ok(holds.is_list().then(|| self.lists.iter().flatten().sum::<u64>())),
        }
    }
}

fn json(operation: &Operation, body: &[u8]) -> Result<Found, String> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let unreadable = |error: serde_json::Error| format!("the answer cannot be read: {error}");
    let found = reader.deserialize_map(Members(operation)).map_err(unreadable)?;
    reader.end().map_err(unreadable)?;
    Ok(found)
}

/// Reads the members of an answer.
struct Members<'o>(&'o Operation);

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the members of {}", self.0.id)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let mut found = Found::nothing(self.0);
        let holds = &self.0.holds;
        while let Some(name) = map.next_key::<Cow<'_, str>>()? {
            if let Some(at) = holds.lists.iter().position(|list| list.path() == name) {
                // Services write what is not there as null, too.
                found.lists[at] = match map.next_value::<Entries>()? {
                    Entries::Of(number) => Some(number),
                    Entries::Null => None,
                    Entries::Other => return Err(A::Error::custom(format!("{name} is no list"))),
                };
            } else if let Some(at) = holds.members.iter().position(|member| *member == name) {
                found.members[at] = map.next_value::<Option<IgnoredAny>>()?.is_some();
            } else {
                map.next_value::<IgnoredAny>()?;
                if OF_ERRORS.contains(&&*name) {
                    found.of_error = Some(name.into_owned());
                }
            }
        }
        Ok(found)
    }
}

/// The number of a list's entries, which are not looked at.
enum Entries {
    Of(u64),
    Null,
    Other,
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Counter;

        impl<'de> Visitor<'de> for Counter {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Entries, A::Error> {
                let mut number = 0;
                while entries.next_element::<IgnoredAny>()?.is_some() {
                    number += 1;
                }
                Ok(Entries::Of(number))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Entries::Other)
            }

            fn visit_unit<E>(self) -> Result<Entries, E> {
                Ok(Entries::Null)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Entries, E> {
                Ok(Entries::Other)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Entries, E> {
                Ok(Entries::Other)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Entries, E> {
                Ok(Entries::Other)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Entries, E> {
                Ok(Entries::Other)
            }

            fn visit_str<E>(self, _: &str) -> Result<Entries, E> {
                Ok(Entries::Other)
            }
        }

        from.deserialize_any(Counter)
    }
}

/// One list on the way down: `containers[n]` holds entries named by the path's next element, each of which holds one of
/// `containers[n + 1]`.
struct Walk {
    containers: Vec<String>,
    entries: Vec<String>,
    /// A list whose entries stand beside other members has no element of its own.
    flat: bool,
    seen: Vec<u64>,
    counted: Vec<u64>,
}

impl Walk {
    fn new(root: &str, path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').collect();
        let below = |parts: &[&str]| match parts {
            [] => root.to_owned(),
            parts => format!("{root}/{}", parts.join("/")),
        };
        // The last element is an entry; from there every second one is.
        let ends = (1..=parts.len()).rev().step_by(2).collect::<Vec<_>>();
        let levels = || ends.iter().rev();
        let containers: Vec<String> = levels().map(|end| below(&parts[..end - 1])).collect();
        let entries: Vec<String> = levels().map(|end| below(&parts[..*end])).collect();
        let number = containers.len();
        Self { containers, entries, flat: parts.len() == 1, seen: vec![0; number], counted: vec![0; number] }
    }

    /// An element begins at a path, within another.
    fn at(&mut self, path: &str, parent: &str) -> Result<(), String> {
        for level in 0..self.containers.len() {
            if self.containers[level] == path {
                self.seen[level] += 1;
            }
            if self.containers[level] == parent {
                if self.entries[level] == path {
                    self.counted[level] += 1;
                } else if !self.flat {
                    return Err(format!("the answer holds {path} where a list has {}", self.entries[level]));
                }
            }
        }
        Ok(())
    }

    /// The number of entries; none where the list is not there.
    fn number(&self) -> Result<Option<u64>, String> {
        if self.flat {
            let number = self.counted.last().copied().unwrap_or_default();
            return Ok((number > 0).then_some(number));
        }
        if self.seen.first() > Some(&1) {
            return Err(format!("the answer holds {} more than once", self.containers[0]));
        }
        for (level, entries) in self.counted.iter().enumerate() {
            if self.seen.get(level + 1).is_some_and(|seen| seen != entries) {
                return Err(format!("the answer holds {} without its list", self.entries[level]));
            }
        }
        let there = self.seen.first().is_some_and(|seen| *seen > 0);
        Ok(there.then(|| self.counted.last().copied().unwrap_or_default()))
    }
}

/// `root` is the element within which paths begin, from the outermost.
fn xml(operation: &Operation, body: &[u8], root: &str) -> Result<Found, String> {
    let holds = &operation.holds;
    let mut walks: Vec<Walk> = holds.lists.iter().map(|list| Walk::new(root, list.path())).collect();
    let wanted: Vec<String> = holds.members.iter().map(|member| format!("{root}/{member}")).collect();
    let mut found = Found::nothing(operation);
    let deepest = walks.iter().flat_map(|walk| &walk.entries).chain(&wanted).map(|path| path.matches('/').count() + 2);
    let deepest = deepest.max().unwrap_or(2).max(root.matches('/').count() + 2);
    let unreadable = |error: &dyn fmt::Display| format!("the answer cannot be read: {error}");
    let (mut reader, mut path, mut lengths) = (Reader::from_reader(body), String::new(), Vec::new());
    let (mut depth, mut rooted) = (0_usize, false);
    let mut table = holds.lists.iter().any(|list| matches!(list, List::Table(_))).then(String::new);
    loop {
        let event = reader.read_event().map_err(|error| unreadable(&error))?;
        match &event {
            Event::Start(element) | Event::Empty(element) => {
                depth += 1;
                // Deeper elements belong to the records, which are counted and not looked at.
                if depth <= deepest {
                    let outer = path.len();
                    if outer > 0 {
                        path.push('/');
                    }
                    path.push_str(element.local_name().as_ref());
                    rooted |= path == root;
                    for walk in &mut walks {
                        walk.at(&path, &path[..outer])?;
                    }
                    for (member, found) in wanted.iter().zip(&mut found.members) {
                        *found |= *member == path;
                    }
                    lengths.push(outer);
                }
                if matches!(event, Event::Empty(_)) {
                    ended(&mut depth, deepest, &mut path, &mut lengths);
                }
            }
            Event::End(_) => ended(&mut depth, deepest, &mut path, &mut lengths),
            Event::Text(text) if depth <= deepest => {
                let within = walks.iter_mut().find(|walk| !walk.flat && walk.containers.contains(&path));
                if within.is_some() && !text.trim().is_empty() {
                    return Err(format!("the answer holds text where {path} is a list"));
                }
                if let Some(table) = &mut table
                    && walks.iter().any(|walk| walk.flat && walk.entries.contains(&path))
                {
                    table.push_str(text);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if !rooted {
        return Err(format!("the answer has no {root}, which {} always sends", operation.id));
    }
    for (at, walk) in walks.iter().enumerate() {
        found.lists[at] = walk.number()?;
    }
    if let Some(table) = table.filter(|_| found.lists.iter().any(Option::is_some)) {
        found.lists = vec![Some(rows(&table).map_err(|error| unreadable(&error))?)];
    }
    Ok(found)
}

fn ended(depth: &mut usize, deepest: usize, path: &mut String, lengths: &mut Vec<usize>) {
    if *depth <= deepest {
        path.truncate(lengths.pop().unwrap_or_default());
    }
    *depth = depth.saturating_sub(1);
}

/// The rows of a table in Base64, but for its heading.
fn rows(table: &str) -> Result<u64, String> {
    let table = base64::decode(table.trim()).map_err(|error| error.to_string())?;
    let mut rows = 0;
    for row in csv::Reader::from_reader(&table[..]).byte_records() {
        row.map_err(|error| error.to_string())?;
        rows += 1;
    }
    Ok(rows)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of(id: &str, body: &str) -> Result<Option<u64>, String> {
        records(Operation::get(id).unwrap(), body.as_bytes())
    }

    #[test]
    fn lists_are_counted_and_objects_are_not() {
        assert_eq!(of("cloudtrail:DescribeTrails", r#"{"trailList":[{"Name":"a","x":[1,2,3]},{}]}"#), Ok(Some(2)));
        assert_eq!(of("cloudtrail:DescribeTrails", r#"{"trailList":[]}"#), Ok(Some(0)));
        let alarms = r#"{"MetricAlarms":[1],"CompositeAlarms":[1,2],"LogAlarms":[1]}"#;
        assert_eq!(of("cloudwatch:DescribeAlarms", alarms), Ok(Some(4)));
        assert_eq!(of("kms:DescribeKey", r#"{"KeyMetadata":{"KeyId":"k"},"New":null}"#), Ok(None));
        assert_eq!(of("events:ListRules", r#"{"Rules":[],"NextToken":null}"#), Ok(Some(0)));
    }

    #[test]
    fn an_answer_without_what_is_always_sent_is_none() {
        for body in [
            "{}",
            r#"{"message":"ok"}"#,
            r#"{"trailList":null}"#,
            r#"{"trailList":"a"}"#,
            r#"{"trailList":{}}"#,
            r#"{"trailList":1}"#,
            r#"{"TrailList":[]}"#,
            r#"["trailList"]"#,
            r#"{"trailList":[]"#,
            r#"{"trailList":[]} x"#,
            "null",
            "",
        ] {
            assert!(of("cloudtrail:DescribeTrails", body).is_err(), "{body}");
        }
        let lacks = of("cloudtrail:DescribeTrails", "{}").unwrap_err();
        assert_eq!(lacks, "the answer has no trailList, which cloudtrail:DescribeTrails always sends");
        assert!(of("kms:DescribeKey", r#"{"KeyMetadata":null}"#).is_err());
        assert!(of("cloudwatch:DescribeAlarms", r#"{"MetricAlarms":[]}"#).is_err());
        assert_eq!(of("cloudtrail:GetEventSelectors", r#"{"TrailARN":"a","EventSelectors":[1]}"#), Ok(Some(1)));
        assert!(of("cloudtrail:GetEventSelectors", r#"{"TrailARN":"a"}"#).is_err());
    }

    /// Answers without anything, which really are AWS's: operation, why.
    const BARE: [(&str, &str); 6] = [
        ("guardduty:GetAdministratorAccount", "nobody administers the account"),
        ("s3:GetBucketLocation", "no constraint: the partition's first region"),
        ("s3:GetBucketLogging", "no access log is kept"),
        ("s3:GetBucketVersioning", "versioning was never on"),
        ("sqs:ListQueues", "there is no queue"),
        ("sso-admin:ListAccountsForProvisionedPermissionSet", "it is provisioned in no account"),
    ];

    #[test]
    fn no_other_operation_takes_an_answer_without_anything_for_its_own() {
        for op in kickoff_facts::OPERATIONS.iter().chain(kickoff_facts::WRITES) {
            let name = op.name();
            let bare = match op.holds.form {
                Form::Json => "{}".to_owned(),
                Form::Query => format!("<{name}Response><{name}Result/></{name}Response>"),
                Form::Ec2 => format!("<{name}Response><requestId>r</requestId></{name}Response>"),
                Form::Xml(root) => format!("<{root}/>"),
            };
            let may = BARE.iter().any(|(id, _)| *id == op.id);
            assert_eq!(records(op, bare.as_bytes()).is_ok(), may, "{}: {bare}", op.id);
            for other in
                [r#"{"message":"ok"}"#, r#"{"Message":"ok"}"#, r#"{"__type":"x"}"#, "[]", "null", "ok", "<html/>"]
            {
                assert!(records(op, other.as_bytes()).is_err(), "{}: {other}", op.id);
            }
            // In place of each list: nothing, a text, an object.
            for list in op.holds.lists.iter().filter(|_| matches!(op.holds.form, Form::Json)) {
                for wrong in ["\"\"", "\"none\"", "{}", "0", "true", "null"] {
                    let lacking = |other: &&kickoff_facts::List| other.path() != list.path();
                    let members = op.holds.members.iter().map(|member| format!("\"{member}\":1"));
                    let others = op.holds.lists.iter().filter(lacking).map(|list| format!("\"{}\":[]", list.path()));
                    let all: Vec<String> = members.chain(others).collect();
                    let body =
                        format!("{{{}}}", [all, vec![format!("\"{}\":{wrong}", list.path())]].concat().join(","));
                    let fine = wrong == "null" && !matches!(list, List::Always(..));
                    assert_eq!(records(op, body.as_bytes()).is_ok(), fine, "{}: {body}", op.id);
                }
            }
        }
    }

    #[test]
    fn what_may_be_left_out_is_told_from_an_error() {
        assert_eq!(of("sqs:ListQueues", "{}"), Ok(Some(0)));
        assert_eq!(of("sqs:ListQueues", r#"{"QueueUrls":null,"Later":1}"#), Ok(Some(0)));
        assert_eq!(of("sqs:ListQueues", r#"{"QueueUrls":["a"]}"#), Ok(Some(1)));
        assert!(of("sqs:ListQueues", r#"{"QueueUrls":"a"}"#).is_err());
        assert!(of("sqs:ListQueues", r#"{"message":"ok"}"#).is_err());
        assert_eq!(of("guardduty:GetAdministratorAccount", "{}"), Ok(None));
        assert!(of("guardduty:GetAdministratorAccount", r#"{"message":"ok"}"#).is_err());
    }

    #[test]
    fn elements_are_counted_where_the_row_says() {
        let query = |name: &str, inner: &str| {
            format!(
                "<{name}Response xmlns=\"u\"><{name}Result>{inner}</{name}Result><ResponseMetadata/></{name}Response>"
            )
        };
        let mfa = |inner: &str| of("iam:ListMFADevices", &query("ListMFADevices", inner));
        let end = "<IsTruncated>false</IsTruncated>";
        let two =
            "<MFADevices>\n <member><Serial>&amp;</Serial><Tags><member/></Tags></member> <member/>\n</MFADevices>";
        assert_eq!(mfa(&format!("{two}{end}")), Ok(Some(2)));
        assert_eq!(mfa(&format!("<MFADevices/>{end}")), Ok(Some(0)));
        for inner in [
            "",
            end,
            two,
            &format!("<MFADevices>none</MFADevices>{end}"),
            &format!("<MFADevices><item/></MFADevices>{end}"),
            &format!("{two}{two}{end}"),
        ] {
            assert!(mfa(inner).is_err(), "{inner}");
        }
        assert!(of("iam:ListMFADevices", &query("ListUsers", &format!("{two}{end}"))).is_err());
        assert!(of("iam:ListMFADevices", "{}").is_err());

        let instances = |sets: &str| {
            let body = format!("<DescribeInstancesResponse><requestId>r</requestId>{sets}</DescribeInstancesResponse>");
            of("ec2:DescribeInstances", &body)
        };
        let of_one =
            "<item><groupSet/><instancesSet><item><tagSet><item/></tagSet></item><item/></instancesSet></item>";
        assert_eq!(instances(&format!("<reservationSet>{of_one}{of_one}</reservationSet>")), Ok(Some(4)));
        assert_eq!(instances("<reservationSet/>"), Ok(Some(0)));
        assert!(instances("").is_err());
        assert!(instances("<reservationSet><item><groupSet/></item></reservationSet>").is_err());
    }

    #[test]
    fn documents_of_s3_are_known_by_their_root() {
        assert_eq!(of("s3:GetBucketLogging", "<BucketLoggingStatus/>"), Ok(None));
        assert!(of("s3:GetBucketLogging", "<Error><Code>x</Code></Error>").is_err());
        let rules = "<LifecycleConfiguration><Rule><ID>a</ID></Rule><Other/><Rule/></LifecycleConfiguration>";
        assert_eq!(of("s3:GetBucketLifecycleConfiguration", rules), Ok(Some(2)));
        assert!(of("s3:GetBucketLifecycleConfiguration", "<LifecycleConfiguration/>").is_err());
        assert!(of("s3:GetBucketPolicyStatus", "<PolicyStatus/>").is_err());
        assert_eq!(of("s3:GetBucketPolicy", r#"{"Version":"2012-10-17","Statement":[]}"#), Ok(None));
        assert!(of("s3:GetBucketPolicy", "{}").is_err());
    }

    #[test]
    fn the_rows_of_the_credential_report_are_its_records() {
        let report = |content: &str| {
            of(
                "iam:GetCredentialReport",
                &format!(
                    "<GetCredentialReportResponse><GetCredentialReportResult>{content}<GeneratedTime>t</GeneratedTime></GetCredentialReportResult></GetCredentialReportResponse>"
                ),
            )
        };
        let table = base64::encode("user,arn\n<root_account>,a\n\"x\ny\",b\n");
        assert_eq!(report(&format!("<Content>{table}</Content>")), Ok(Some(2)));
        assert!(report("").is_err());
        assert!(report("<Content>%%</Content>").is_err());
        assert!(report(&format!("<Content>{}</Content>", base64::encode("user,arn\na\n"))).is_err());
    }
}
