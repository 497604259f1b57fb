//! Whether events of a product are told to somebody: rules on the default bus, their patterns, targets and topics.

use kickoff_facts::{Gap, Seen, View};
use serde_json::{Value, json};

use crate::Verdict;
use crate::reasoning::event_pattern::{Answer, Pattern};
use crate::reasoning::last_mile::{Delivery, Publisher, Topics, deliver};

/// Something that must be told, as the events that tell it: one of them is enough.
#[derive(Debug, Clone)]
pub struct Probe {
    /// In words, "severity 8".
    pub what: String,
    /// Samples of its events.
    pub events: Vec<Value>,
    /// Samples of events that tell it too where something is switched on that is not read.
    pub perhaps: Vec<Value>,
}

/// The kinds of events of a product that are known, what they are for, or that they tell no finding. AWS adds others: a
/// rule that waits for one is for a person to judge.
const KINDS: &[(&str, &[&str])] = &[
    (
        "aws.securityhub",
        &[
            "Security Hub Findings - Imported",
            "Security Hub Findings - Custom Action",
            "Security Hub Insight Results",
            "Findings Imported V2",
        ],
    ),
    (
        "aws.guardduty",
        &[
            "GuardDuty Finding",
            "GuardDuty Runtime Protection Healthy",
            "GuardDuty Runtime Protection Unhealthy",
            "GuardDuty Malware Protection Object Scan Result",
            "GuardDuty Malware Protection Post Scan Action Failed",
            "GuardDuty Malware Protection Resource Status Active",
            "GuardDuty Malware Protection Resource Status Warning",
            "GuardDuty Malware Protection Resource Status Error",
        ],
    ),
];

impl Probe {
    /// Whether a pattern lets one of its events through.
    fn answer(&self, pattern: &Pattern) -> Answer {
        let certain = Answer::any(self.events.iter().map(|event| pattern.answer(event)));
        if certain != Answer::No {
            return certain;
        }
        let perhaps = Answer::any(self.perhaps.iter().map(|event| pattern.answer(event)));
        let sources = self.events.iter().chain(&self.perhaps).filter_map(|event| event["source"].as_str());
        let unknown = sources.flat_map(|source| pattern.unknown_kinds(source, known_kinds(source)));
        let mut unknown: Vec<String> =
            unknown.map(|kind| format!("events of kind {kind}, which came after this version")).collect();
        unknown.dedup();
        match perhaps {
            Answer::Yes => {
                Answer::unsure("whether events of the kind \"Findings Imported V2\" are sent, which is not read")
            }
            Answer::No if !unknown.is_empty() => Answer::Unsure(unknown),
            answer => answer,
        }
    }
}

fn known_kinds(source: &str) -> &'static [&'static str] {
    KINDS.iter().find(|(of, _)| *of == source).map_or(&[], |(_, kinds)| *kinds)
}

/// The fields of every event, and those of its kind.
#[must_use]
pub fn event(view: &View<'_>, source: &str, detail_type: &str, detail: Value) -> Value {
    json!({
        "version": "0", "source": source, "detail-type": detail_type, "account": view.account_id(),
        "region": view.region_name(), "detail": detail,
    })
}

/// A GuardDuty finding of a severity in an account, as GuardDuty tells it in the account of the window: that account, or
/// its administrator.
#[must_use]
pub fn guardduty_event(view: &View<'_>, account: &str, severity: f64) -> Value {
    let detail = json!({
        "schemaVersion": "2.0", "accountId": account, "region": view.region_name(),
        "partition": view.partition(), "severity": severity,
        "service": { "serviceName": "guardduty", "archived": false },
    });
    event(view, "aws.guardduty", "GuardDuty Finding", detail)
}

/// A new finding as Security Hub tells it. EventBridge looks into the list of findings, which holds one, as if it were
/// the finding itself.
#[must_use]
pub fn securityhub_event(view: &View<'_>, label: &str, normalized: u32, origin: Origin) -> Value {
    let mut finding = json!({
        "SchemaVersion": "2018-10-08", "AwsAccountId": view.account_id(), "Region": view.region_name(),
        "RecordState": "ACTIVE", "WorkflowState": "NEW", "Workflow": { "Status": "NEW" },
        "Severity": { "Label": label, "Normalized": normalized },
    });
    match origin {
        Origin::Control => finding["Compliance"] = json!({ "Status": "FAILED" }),
        Origin::GuardDuty => {
            finding["Compliance"] = Value::Null;
            finding["CompanyName"] = json!("Amazon");
            finding["ProductName"] = json!("GuardDuty");
            let arn = format!("arn:{}:securityhub:{}::product/aws/guardduty", view.partition(), view.region_name());
            finding["ProductArn"] = json!(arn);
        }
    }
    event(view, "aws.securityhub", "Security Hub Findings - Imported", json!({ "findings": finding }))
}

/// Fields of a finding in the form of Security Hub (ASFF), which one in the form of OCSF does not have.
const OLDER_FIELDS: &[&str] = &[
    "AwsAccountId",
    "CompanyName",
    "Compliance",
    "Confidence",
    "CreatedAt",
    "Criticality",
    "Description",
    "FindingProviderFields",
    "GeneratorId",
    "Id",
    "ProductArn",
    "ProductFields",
    "ProductName",
    "RecordState",
    "Region",
    "Resources",
    "SchemaVersion",
    "Severity",
    "Title",
    "Types",
    "UpdatedAt",
    "Workflow",
    "WorkflowState",
];

/// A new finding in the form of OCSF, as the newer Security Hub tells it (Security Hub User Guide, "EventBridge event
/// formats"). Whether that one is switched on is not read.
#[must_use]
pub fn securityhub_v2_event(view: &View<'_>, severity: &str, id: u32) -> Value {
    let mut finding = json!({
        "severity": severity, "severity_id": id, "status": "New", "status_id": 1, "activity_id": 1,
        "cloud": { "provider": "AWS", "region": view.region_name(), "account": { "uid": view.account_id() } },
    });
    // It has none of the fields of the older form.
    for older in OLDER_FIELDS {
        finding[*older] = Value::Null;
    }
    event(view, "aws.securityhub", "Findings Imported V2", json!({ "findings": finding }))
}

/// Where a finding of Security Hub comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A control of a standard that failed.
    Control,
    /// GuardDuty.
    GuardDuty,
}

/// Whether something is told, from the least to the most.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// It is not.
    No,
    /// A person has to judge.
    Perhaps,
    /// What could show it is not known.
    Unread(Gap),
    /// It is.
    Yes,
}

/// Judges whether everything that must be told reaches a target, in the region of the window.
///
/// # Errors
/// The rules are not known, or the targets or topics of a rule on which the verdict depends.
pub fn judge(view: &View<'_>, seen: &Seen, product: &str, probes: &[Probe]) -> Result<Verdict, Gap> {
    let mut told: Vec<Told> = probes.iter().map(|_| Told::No).collect();
    let (mut routes, mut remarks, mut doubts) = (Vec::new(), Vec::new(), Vec::new());
    let topics = Topics::of(view);
    for rule in view.rules()? {
        let Some(pattern) = Pattern::parse(&rule.pattern) else {
            remarks.push(format!("rule {}: its pattern is not understood", rule.name));
            continue;
        };
        let answers: Vec<Answer> = probes.iter().map(|probe| probe.answer(&pattern)).collect();
        if answers.iter().all(|answer| *answer == Answer::No) {
            continue;
        }
        if !rule.enabled {
            remarks.push(format!("rule {} is disabled", rule.name));
            continue;
        }
        let delivery = deliver(&topics, seen, &Publisher::of_rule(view, rule), seen.see(&rule.targets));
        match &delivery {
            Ok(Delivery::Reaches(to)) if answers.contains(&Answer::Yes) => {
                routes.push(format!("rule {} -> {to}", rule.name));
            }
            Ok(Delivery::Reaches(_)) => {}
            Ok(Delivery::Nowhere(why)) => remarks.push(format!("rule {}: {why}", rule.name)),
            Ok(Delivery::Unseen(why)) => doubts.push(format!("rule {}: {why}", rule.name)),
            Err(_) => {}
        }
        let before = doubts.len();
        for (answer, told) in answers.into_iter().zip(&mut told) {
            let here = match (answer, &delivery) {
                (Answer::No, _) | (_, Ok(Delivery::Nowhere(_))) => Told::No,
                (Answer::Yes, Ok(Delivery::Reaches(_))) => Told::Yes,
                (_, Err(gap)) => Told::Unread(gap.clone()),
                (Answer::Yes, Ok(Delivery::Unseen(_))) => Told::Perhaps,
                (Answer::Unsure(why), Ok(_)) => {
                    let doubt = format!("rule {}: depends on {}", rule.name, why.join(", "));
                    // Of other rules there is no such doubt.
                    if !doubts.iter().skip(before).any(|known| *known == doubt) {
                        doubts.push(doubt);
                    }
                    Told::Perhaps
                }
            };
            *told = most(std::mem::replace(told, Told::No), here);
        }
    }
    let untold: Vec<&str> = probes
        .iter()
        .zip(&told)
        .filter(|(_, told)| matches!(told, Told::No))
        .map(|(probe, _)| probe.what.as_str())
        .collect();
    if !untold.is_empty() {
        let mut parts = vec![format!("no rule tells of {product} findings of {}", untold.join(", "))];
        parts.extend(routes.iter().map(|route| format!("{route} tells of others")));
        parts.extend(remarks);
        parts.extend(doubts);
        return Ok(Verdict::fail(parts.join("; ")));
    }
    if let Some(gap) = told.iter().find_map(|told| if let Told::Unread(gap) = told { Some(gap.clone()) } else { None })
    {
        return Err(gap);
    }
    if told.iter().any(|told| matches!(told, Told::Perhaps)) {
        doubts.extend(routes);
        let reason = format!("a person has to judge whether these rules tell of every {product} finding that matters");
        return Ok(Verdict::manual(doubts.join("; "), reason));
    }
    Ok(Verdict::pass(routes.join("; ")))
}

impl Told {
    fn rank(&self) -> u8 {
        match self {
            Self::No => 0,
            Self::Perhaps => 1,
            Self::Unread(_) => 2,
            Self::Yes => 3,
        }
    }
}

/// The better of two.
#[must_use]
pub fn most(one: Told, other: Told) -> Told {
    if other.rank() > one.rank() { other } else { one }
}

/// The worse of two.
#[must_use]
pub fn least(one: Told, other: Told) -> Told {
    if other.rank() < one.rank() { other } else { one }
}
