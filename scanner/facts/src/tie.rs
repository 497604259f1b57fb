//! Ties: populations that two answers of a run tell, held against each other by their members wherever both name any.
//!
//! A population that does not tie says nothing of what it lacks: the families that lack something become a gap, so that
//! nothing can be decided on them.

use std::collections::BTreeSet;

use kickoff_evidence::{EvidenceRef, Gap, GapKind};
use serde::{Deserialize, Serialize};

use crate::need::Need;

/// A second count of something, where AWS offers one: the proof that a population is complete.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlTotal {
    /// What was counted, "IAM users".
    pub population: String,
    /// Where the population came from, `iam:GetAccountAuthorizationDetails`.
    pub counted_by: String,
    /// How many were read.
    pub counted: u64,
    /// Where the second count came from, `iam:GetAccountSummary`.
    pub tied_to: String,
    /// How many it says there are.
    pub expected: u64,
    /// Members that only the second answer names, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Members that only the first answer names, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<String>,
    /// Members of the first answer that were gone when the second was given, and are left out of it, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stale: Vec<String>,
    /// The evidence of both.
    pub evidence: Vec<EvidenceRef>,
}

impl ControlTotal {
    /// Read minus expected; 0 when the population is complete.
    #[must_use]
    pub fn difference(&self) -> i64 {
        i64::try_from(self.counted).unwrap_or(i64::MAX).saturating_sub(i64::try_from(self.expected).unwrap_or(i64::MAX))
    }

    /// Whether both answers tell the same population: by number, and by member where both name them.
    #[must_use]
    pub fn ties(&self) -> bool {
        self.difference() == 0 && self.missing.is_empty() && self.extra.is_empty()
    }

    /// Both answers in a sentence, with the members in which they differ.
    #[must_use]
    pub fn told(&self) -> String {
        let Self { population, counted_by, counted, tied_to, expected, .. } = self;
        let mut text = format!("{population}: {counted} by {counted_by}, {expected} by {tied_to}");
        for (members, by) in [(&self.missing, tied_to), (&self.extra, counted_by)] {
            if !members.is_empty() {
                text.push_str(&format!("; only {by} tells of {}", some(members)));
            }
        }
        text
    }
}

/// The first few members, and how many there are more.
fn some(members: &[String]) -> String {
    const NAMED: usize = 5;
    let mut text = members.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if members.len() > NAMED {
        text.push_str(&format!(" and {} more", members.len() - NAMED));
    }
    text
}

/// How a second reading of two answers that did not agree went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// Both were read again, and still differ.
    StillDiffer,
    /// Nobody asked again: the run was interrupted, or is an old one.
    NotAsked,
    /// Asking again failed.
    Failed(Gap),
}

/// A population that two answers tell, and what is not known where they do not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// Both answers.
    pub total: ControlTotal,
    /// The region; none for what belongs to none.
    pub region: Option<String>,
    /// The families that are to be read again where the answers do not agree.
    pub told_by: Vec<Need>,
    /// The families that lack something, or may: nothing can be decided on them where the answers do not agree.
    pub lacking: Vec<Need>,
}

impl Tie {
    /// A number held against another answer's; nobody tells the second's members.
    #[must_use]
    pub fn counted(
        population: &str,
        (counted_by, counted): (&str, u64),
        (tied_to, expected): (&str, u64),
        families: &[Need],
    ) -> Self {
        let total = ControlTotal {
            population: population.to_owned(),
            counted_by: counted_by.to_owned(),
            counted,
            tied_to: tied_to.to_owned(),
            expected,
            ..ControlTotal::default()
        };
        Self { total, region: None, told_by: families.to_vec(), lacking: families.to_vec() }
    }

    /// Two lists of the same population.
    #[must_use]
    pub fn listed(
        population: &str,
        (counted_by, list): (&str, &BTreeSet<&str>),
        (tied_to, other): (&str, &BTreeSet<&str>),
        families: &[Need],
    ) -> Self {
        let numbers = [list.len() as u64, other.len() as u64];
        let mut tie = Self::counted(population, (counted_by, numbers[0]), (tied_to, numbers[1]), families);
        tie.total.missing = other.difference(list).map(|&member| member.to_owned()).collect();
        tie.total.extra = list.difference(other).map(|&member| member.to_owned()).collect();
        tie
    }

    /// Members that another answer speaks of, which the list must hold; the list may hold more.
    #[must_use]
    pub fn spoken_of(
        population: &str,
        (counted_by, list): (&str, &BTreeSet<&str>),
        (tied_to, spoken_of): (&str, &BTreeSet<&str>),
        families: &[Need],
    ) -> Self {
        let held: BTreeSet<&str> = spoken_of.intersection(list).copied().collect();
        Self::listed(population, (counted_by, &held), (tied_to, spoken_of), families)
    }

    /// What is read again where the answers differ, beside what lacks something.
    #[must_use]
    pub fn told_by(mut self, families: &[Need]) -> Self {
        self.told_by.extend(families);
        self
    }

    /// Whether it is of the same population by the same answers as another.
    #[must_use]
    pub fn is_of(&self, other: &Self) -> bool {
        let name = |tie: &'_ Self| {
            (tie.total.population.clone(), tie.total.counted_by.clone(), tie.total.tied_to.clone(), tie.region.clone())
        };
        name(self) == name(other)
    }

    /// Leaves out of a second reading the members in which the first did not differ: what comes and goes while it is read is
    /// missed by one answer now and then, and is no loss.
    pub fn persisting(&mut self, before: &Self) {
        let total = &mut self.total;
        let (missing, extra) = (total.missing.len(), total.extra.len());
        // Where members are not what is counted, numbers alone are held.
        if i64::try_from(extra).ok().zip(i64::try_from(missing).ok()).map(|(e, m)| e - m) != Some(total.difference()) {
            return;
        }
        total.missing.retain(|member| before.total.missing.contains(member));
        total.extra.retain(|member| before.total.extra.contains(member));
        total.expected -= (missing - total.missing.len()) as u64;
        total.counted -= (extra - total.extra.len()) as u64;
    }

    /// In a region.
    #[must_use]
    pub fn within(mut self, region: &str) -> Self {
        self.region = Some(region.to_owned());
        self.total.population = format!("{} in {region}", self.total.population);
        self
    }

    /// With the evidence of both answers.
    #[must_use]
    pub fn under(mut self, evidence: &[&[EvidenceRef]]) -> Self {
        // In the order of the answers: that in which calls were begun is another on each run.
        let mut known = BTreeSet::new();
        self.total.evidence =
            evidence.iter().flat_map(|of| of.iter().copied()).filter(|item| known.insert(*item)).collect();
        self
    }

    /// The gap that stands in place of what lacks something.
    #[must_use]
    pub fn gap(&self, again: &Again, home: &str) -> Gap {
        let again = match again {
            Again::StillDiffer => "asked again, they still differ".to_owned(),
            Again::NotAsked => "the run holds no second reading".to_owned(),
            Again::Failed(gap) => format!("asked again, {gap}"),
        };
        Gap {
            kind: GapKind::Contradicted,
            call: self.total.counted_by.clone(),
            region: self.region.clone().unwrap_or_else(|| home.to_owned()),
            message: format!("{} ({again})", self.total.told()),
            evidence: self.total.evidence.first().copied(),
        }
    }
}
