//! What a check says of itself.

use std::fmt;

use kickoff_facts::{Need, Operation, View};

use crate::frame::finding::Evaluation;
use crate::frame::page::Page;
use crate::parameters::{Parameter, Parameters};

/// How much a failure matters. Judgement, not AWS's or the AICPA's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Told for information.
    Info,
    /// Hygiene.
    Low,
    /// A control is weak.
    Medium,
    /// A control is likely to be reported as an exception.
    High,
    /// Anyone could act on it today.
    Critical,
}

impl Severity {
    /// All severities, the least first.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The name used in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a check's results are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Each resource of a population.
    Resource,
    /// Each region.
    Region,
    /// The account.
    Account,
    /// The organization, decided from its management account.
    Organization,
}

impl Level {
    /// The name used in pages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::Region => "region",
            Self::Account => "account",
            Self::Organization => "organization",
        }
    }
}

/// How often the runner calls a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Per {
    /// Once for an account.
    Account,
    /// Once for each region that was asked.
    Region,
}

/// What a check gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A verdict, from configuration alone.
    Auto,
    /// What was seen, for a person to judge.
    Manual,
}

/// What a check says of itself.
#[derive(Debug)]
pub struct Meta {
    /// Its id, never used again for another check.
    pub id: &'static str,
    /// The number of the control that it tests, `CC6.1.03`: the primary criterion and the next number that was never
    /// used under it.
    pub control: &'static str,
    /// What holds when it passes.
    pub title: &'static str,
    /// How much a failure matters.
    pub severity: Severity,
    /// What its results are about.
    pub level: Level,
    /// How often it is called.
    pub per: Per,
    /// What it gives.
    pub kind: Kind,
    /// The criteria that it informs, the primary one first.
    pub criteria: &'static [&'static str],
    /// The facts that it looks at; others are hidden from it.
    pub needs: &'static [Need],
    /// The thresholds and declarations that it reads.
    pub parameters: &'static [&'static Parameter],
    /// What is expected, in a sentence; `{name}` stands for the value of a parameter.
    pub expected: &'static str,
    /// What to do about a failure, in a sentence for an engineer.
    pub fix: &'static str,
}

/// A registered check.
#[derive(Debug)]
pub struct Check {
    /// What it says of itself.
    pub meta: &'static Meta,
    /// How it decides. Pure: facts and parameters in, findings out.
    pub evaluate: fn(&View<'_>, &Parameters) -> Evaluation,
    /// The text of its file, documentation included: its digest is the version of the check.
    pub source: &'static str,
}

impl Check {
    /// The check of an id.
    #[must_use]
    pub fn get(id: &str) -> Option<&'static Self> {
        crate::CHECKS.iter().find(|check| check.meta.id == id)
    }

    /// The published page: the documentation comment at the head of the check's file.
    #[must_use]
    pub fn page(&self) -> Page<'static> {
        Page::parse(self.source)
    }

    /// What is expected, with the parameters' values in place.
    #[must_use]
    pub fn expected(&self, parameters: &Parameters) -> String {
        let mut text = self.meta.expected.to_owned();
        for parameter in self.meta.parameters {
            let place = format!("{{{}}}", parameter.name);
            if text.contains(&place) {
                text = text.replace(&place, &parameters.get(parameter).to_string());
            }
        }
        text
    }

    /// The operations that must be called for it, sorted by id.
    #[must_use]
    pub fn operations(&self) -> Vec<&'static Operation> {
        let mut operations: Vec<_> =
            Need::closure(self.meta.needs.iter().copied()).into_iter().flat_map(Need::operations).collect();
        operations.sort_by_key(|op| op.id);
        operations.dedup();
        operations
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_published_results() {
        assert_eq!(Severity::ALL.map(Severity::name), ["info", "low", "medium", "high", "critical"]);
        let levels = [Level::Resource, Level::Region, Level::Account, Level::Organization];
        assert_eq!(levels.map(Level::name), ["resource", "region", "account", "organization"]);
    }

    #[test]
    fn what_is_expected_has_the_values_of_parameters_in_place() {
        let mut parameters = Parameters::default();
        parameters.set("role_unused_days", crate::Value::Number(30)).unwrap();
        let expected = Check::get("iam-role-unused").unwrap().expected(&parameters);
        assert_eq!(expected, "a role was used within the last 30 days, or is not older than that");
    }

    #[test]
    fn operations_are_those_of_the_needs_and_of_what_comes_before_them() {
        let operations = |id: &str| Check::get(id).unwrap().operations().iter().map(|op| op.id).collect::<Vec<_>>();
        assert_eq!(operations("logs-kms"), ["logs:DescribeLogGroups"]);
        assert_eq!(
            operations("iam-admin-user-mfa"),
            ["iam:GenerateCredentialReport", "iam:GetAccountAuthorizationDetails", "iam:GetCredentialReport"]
        );
        assert!(Check::get("logs-kmx").is_none());
    }
}
