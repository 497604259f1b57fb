//! Whether events of a product are told to somebody: rules on the default bus, their patterns, targets and topics.

use kickoff_facts::{Gap, Seen, View};
use serde_json::Value;

use crate::Verdict;
use crate::reasoning::answer::Answer;
use crate::reasoning::event_forms;
use crate::reasoning::event_pattern::Pattern;
use crate::reasoning::last_mile::{Delivery, Publisher, Topics, deliver};
use crate::reasoning::rule_patterns::RulePatterns;
use crate::reasoning::sample::Sample;

/// Something that must be told, as the events that tell it: one of them is enough.
#[derive(Debug, Clone)]
pub struct Probe {
    /// What it is.
    pub what: What,
    /// Samples of its events.
    pub events: Vec<Sample>,
    /// Samples of events that tell it too where something is switched on that is not read.
    pub perhaps: Vec<Sample>,
    /// Whether such findings occur is not read: where nothing tells of them, a person has to judge.
    pub may_not_occur: bool,
}

/// What is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// In words.
    Named(String),
    /// Findings of a severity, in tenths.
    Severity(u32),
}

impl What {
    /// A severity as a finding has it, with one decimal.
    #[must_use]
    pub fn severity(value: &Value) -> Self {
        let text = value.to_string();
        let (whole, tenth) = text.split_once('.').unwrap_or((&text, "0"));
        match (whole.parse::<u32>(), tenth.parse::<u32>()) {
            (Ok(whole), Ok(tenth @ 0..10)) => Self::Severity(whole * 10 + tenth),
            _ => Self::Named(format!("severity {text}")),
        }
    }
}

/// What is to be told in words: severities that follow each other as one range.
fn words<'p>(all: impl IntoIterator<Item = &'p What>) -> String {
    let (mut words, mut ranges): (Vec<String>, Vec<(u32, u32)>) = (Vec::new(), Vec::new());
    for what in all {
        match (what, ranges.last_mut()) {
            (What::Named(name), _) => words.push(name.clone()),
            (What::Severity(tenths), Some((_, last))) if *last + 1 == *tenths => *last = *tenths,
            (What::Severity(tenths), _) => ranges.push((*tenths, *tenths)),
        }
    }
    let number = |tenths: u32| {
        if tenths.is_multiple_of(10) { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
    };
    words.extend(ranges.into_iter().map(|(first, last)| {
        if first == last {
            format!("severity {}", number(first))
        } else {
            format!("severity {} to {}", number(first), number(last))
        }
    }));
    words.join(", ")
}

impl Probe {
    /// Something that occurs, and is told by any of these events.
    #[must_use]
    pub fn of(what: What, events: Vec<Sample>) -> Self {
        Self { what, events, perhaps: Vec::new(), may_not_occur: false }
    }

    /// Whether a pattern lets one of its events through.
    fn answer(&self, pattern: &Pattern) -> Answer {
        let certain = Answer::any(self.events.iter().map(|event| pattern.answer(event)));
        if certain != Answer::No {
            return certain;
        }
        match Answer::any(self.perhaps.iter().map(|event| pattern.answer(event))) {
            Answer::Yes => {
                Answer::unsure("whether events of the kind \"Findings Imported V2\" are sent, which is not read")
            }
            Answer::No => {
                let sources = self.events.iter().chain(&self.perhaps).filter_map(|e| e.child("source").as_text());
                let unknown = sources.flat_map(|source| {
                    // Asked only where the pattern may wait for the source at all.
                    pattern.unknown_kinds(source, || event_forms::known_kinds(source))
                });
                let mut unknown: Vec<String> =
                    unknown.map(|kind| format!("events of kind {kind}, which is not known")).collect();
                unknown.dedup();
                if unknown.is_empty() { Answer::No } else { Answer::Unsure(unknown) }
            }
            unsure => unsure,
        }
    }
}

/// A GuardDuty finding of a severity in an account, as GuardDuty tells it in the account of the window: that account, or
/// its administrator.
#[must_use]
pub fn guardduty_event(view: &View<'_>, account: &str, severity: Value) -> Sample {
    let mut event = event_forms::of_form(view, "guardduty", &[]);
    event.set("detail.accountId", Sample::text(account));
    event.set("detail.severity", Sample::Fixed(severity));
    event
}

/// A new finding of a product as Security Hub tells it, of a severity by its label. EventBridge looks into the list of
/// findings, which holds one, as if it were the finding itself.
#[must_use]
pub fn securityhub_event(view: &View<'_>, label: &str, product: &str) -> Sample {
    event_forms::of_form(view, "securityhub", &[label, product])
}

/// A new finding in the form of OCSF, as the newer Security Hub tells it, of a severity by its label. Whether that one is
/// switched on is not read.
#[must_use]
pub fn securityhub_v2_event(view: &View<'_>, label: &str) -> Sample {
    event_forms::of_form(view, "securityhub-v2", &[label])
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
    let (topics, patterns) = (Topics::of(view), RulePatterns::of(view));
    for rule in view.rules()? {
        let pattern = patterns.get(&rule.pattern);
        if pattern.is_unread() {
            remarks.push(format!("rule {}: its pattern is not understood", rule.name));
        }
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
    let untold = |sure: bool| {
        let untold = probes
            .iter()
            .zip(&told)
            .filter(move |(probe, told)| matches!(told, Told::No) && probe.may_not_occur != sure);
        words(untold.map(|(probe, _)| &probe.what))
    };
    let (missing, perhaps_missing) = (untold(true), untold(false));
    if !missing.is_empty() {
        let mut parts = vec![format!("no rule tells of {product} findings of {missing}")];
        parts.extend(routes.iter().map(|route| format!("{route} tells of others")));
        parts.extend(remarks);
        parts.extend(doubts);
        return Ok(Verdict::fail(parts.join("; ")));
    }
    if let Some(gap) = told.iter().find_map(|told| if let Told::Unread(gap) = told { Some(gap.clone()) } else { None })
    {
        return Err(gap);
    }
    if !perhaps_missing.is_empty() {
        doubts.push(format!("no rule tells of {product} findings of {perhaps_missing}, if there are any"));
    }
    if !perhaps_missing.is_empty() || told.iter().any(|told| matches!(told, Told::Perhaps)) {
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
