//! What was done in the account: events of CloudTrail's event history, which holds 90 days.

use jiff::Timestamp;
use kickoff_evidence::Gap;
use serde::{Deserialize, Serialize};

use crate::changes::{Change, change};

/// IAM, whose events appear in one region of a partition.
pub const IAM: &str = "iam.amazonaws.com";

/// Events of a period, all of those that were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventHistory {
    /// The first second of the period (UTC).
    pub start: Timestamp,
    /// The last second of the period (UTC): when the run began.
    pub end: Timestamp,
    /// The events, the oldest first.
    #[serde(default)]
    pub events: Vec<AccountEvent>,
    /// What of the question could not be read.
    #[serde(default)]
    pub unread: Vec<Unread>,
    /// Services with more events than are read, of which the operations that the table of changes knows were asked for one
    /// by one: what it does not know is not seen.
    #[serde(default)]
    pub by_name: Vec<String>,
}

/// The events of one operation, which could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unread {
    /// The service, `iam.amazonaws.com`.
    pub source: String,
    /// The operation.
    pub name: String,
    /// Why.
    pub gap: Gap,
}

impl Unread {
    /// What is not known.
    #[must_use]
    pub fn change(&self) -> Option<Change> {
        change(&self.source, &self.name)
    }
}

/// A management event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountEvent {
    /// CloudTrail's id of it.
    pub id: String,
    /// When it happened (UTC).
    pub time: Option<Timestamp>,
    /// The service, `iam.amazonaws.com`.
    pub source: String,
    /// The operation, `AttachRolePolicy`, or `ConsoleLogin` and the like.
    pub name: String,
    /// It changed nothing.
    pub read_only: bool,
    /// Who did it: an ARN, or the service.
    pub actor: String,
    /// `Root`, `IAMUser`, `AssumedRole`, `IdentityCenterUser`, `AWSService`, ...
    pub actor_type: String,
    /// Of root: a session that another account of the organization opened by `sts:AssumeRoot`, not a sign-in.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub assumed_root: bool,
    /// The service that acted in the actor's name; none when the actor called.
    pub invoked_by: Option<String>,
    /// The source address, or the service's name.
    pub source_ip: String,
    /// What it was done to: names and ARNs of the request, `roleName app`.
    pub target: Vec<String>,
    /// The error code; none when it succeeded.
    pub error: Option<String>,
}

impl AccountEvent {
    /// What the event changed; none where it read only, or bears on nothing that is looked at.
    #[must_use]
    pub fn change(&self) -> Option<Change> {
        if self.read_only { None } else { change(&self.source, &self.name) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_reads_changes_nothing_whatever_its_name() {
        let event = |name: &str, read_only: bool| AccountEvent {
            source: IAM.into(),
            name: name.into(),
            read_only,
            ..Default::default()
        };
        assert!(event("CreateUser", false).change().is_some_and(|change| change.known));
        assert!(event("PutSomethingOfTomorrow", false).change().is_some_and(|change| !change.known));
        // A name says nothing: what reads is told by the event.
        assert!(event("GetSomethingThatGrants", false).change().is_some());
        assert!(event("CreateUser", true).change().is_none());
    }
}
