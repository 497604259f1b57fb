//! Who does what, how they talk to each other, and who is told when an issue stays open.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

/// `[[people]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// A short name that the rest of the file refers to.
    pub id: String,
    /// The full name.
    pub name: String,
    /// The role in the company.
    pub role: String,
    /// The duty in the engagement.
    pub duty: Option<String>,
    /// An address to write to.
    pub email: Option<String>,
}

/// `[[work]]`: a work item with its RACI. Names are ids of `[[people]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkItem {
    /// What has to be done.
    pub name: String,
    /// Who does it.
    pub responsible: Vec<String>,
    /// Who answers for it: one person.
    pub accountable: String,
    /// Who is asked before.
    #[serde(default)]
    pub consulted: Vec<String>,
    /// Who is told after.
    #[serde(default)]
    pub informed: Vec<String>,
    /// When it must be done.
    pub due: Option<Date>,
    /// When it was done.
    pub done: Option<Date>,
    /// Effort, in hours.
    pub hours: Option<u32>,
}

/// `[[channels]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// What it is: a mail list, a chat room, a weekly call.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// Where it is.
    pub address: Option<String>,
}

/// `[[escalation]]`: a step of the way up, the first step first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// When the step is taken.
    pub when: String,
    /// Who is told: an id of `[[people]]`.
    pub to: String,
    /// How soon they answer, in hours.
    pub within_hours: Option<u32>,
}
