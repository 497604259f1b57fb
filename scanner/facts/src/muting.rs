//! What puts findings and alarms away before anybody sees them: filters, archive rules, automation rules, controls that are
//! switched off, mute rules.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Observed;

/// The rules by which a service puts findings away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Muting {
    /// The rules that are in force, by name.
    pub rules: Vec<MuteRule>,
    /// The account may not list them: another one, which administers the service for it, makes them.
    pub elsewhere: bool,
}

/// A rule that puts findings away.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MuteRule {
    /// Its name.
    pub name: String,
    /// What it does: `ARCHIVE`, `SUPPRESS`, `Workflow SUPPRESSED`, `Severity LOW`.
    pub action: String,
    /// What a finding must meet, all of it.
    pub conditions: Vec<MuteCondition>,
}

/// A condition on a field of a finding.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MuteCondition {
    /// The field, as the service names it.
    pub field: String,
    /// How it is compared.
    pub test: MuteTest,
    /// With what; one of them is enough, and of a negation all must hold.
    pub values: Vec<String>,
}

/// How a condition compares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MuteTest {
    /// The same.
    Is,
    /// Another.
    IsNot,
    /// Holds the text.
    Contains,
    /// Begins with the text.
    Begins,
    /// Like a pattern with wildcards.
    Like,
    /// More than a number.
    Above,
    /// A number or more.
    AtLeast,
    /// Less than a number.
    Below,
    /// A number or less.
    AtMost,
    /// Anything else, in words.
    #[default]
    Other,
}

impl MuteTest {
    /// The sign for it.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Is => "=",
            Self::IsNot => "is not",
            Self::Contains => "contains",
            Self::Begins => "begins with",
            Self::Like => "like",
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Other => "",
        }
    }
}

/// What Security Hub leaves out in a region.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HubMuting {
    /// Automation rules that put findings away.
    pub automation: Observed<Muting>,
    /// Standards that are ready, with the controls of each that are switched off.
    pub standards: Vec<StandardControls>,
}

/// The controls of a standard.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StandardControls {
    /// The standard's subscription, by ARN.
    pub subscription: String,
    /// Its controls.
    pub controls: Observed<Controls>,
}

/// How many controls a standard has, and those that are switched off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Controls {
    /// All of them.
    pub all: usize,
    /// Those that are switched off, by id.
    pub off: Vec<DisabledControl>,
}

/// A control that is switched off.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DisabledControl {
    /// Its id, `IAM.6`.
    pub id: String,
    /// `LOW`, `MEDIUM`, `HIGH`, `CRITICAL`; empty where it is not told.
    pub severity: String,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
}

/// A rule that mutes alarms at times.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AlarmMute {
    /// Its name.
    pub name: String,
    /// `SCHEDULED`, `ACTIVE`.
    pub status: String,
    /// The alarms that it mutes, by name.
    pub alarms: Vec<String>,
    /// When a window begins: `cron(0 2 * * *)`, `at(2026-03-02T02:00)`.
    pub expression: String,
    /// How long a window is: `PT4H`.
    pub duration: String,
    /// The time zone; none for UTC.
    pub timezone: Option<String>,
    /// From when on the rule counts.
    pub starts: Option<Timestamp>,
    /// Until when it counts.
    pub expires: Option<Timestamp>,
}
