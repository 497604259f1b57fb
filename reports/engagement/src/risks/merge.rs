//! Joins what people wrote with what results suggest. What stands in the file stays as it stands.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::scale::{Rating, RiskScale, Score};
use super::{Seeded, seed};
use crate::file::Engagement;
use crate::problems::EngagementError;
use crate::registers::{Risk, RiskState};
use crate::requests::Outcomes;
use crate::write::{self, list, quoted, remark};

/// How a risk of the register stands to the results of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Results suggest it, and the file does not have it: proposed.
    New,
    /// The file has it, and results say the same.
    Agrees,
    /// The file has it, and results say something else; a person decides what to do about it.
    Differs(Vec<String>),
    /// Its checks were run, and none of them fails any more.
    NoLongerSeen,
    /// No check of the run bears on it.
    NotLookedAt,
}

/// A risk of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterEntry {
    /// The risk: word for word the file's, where the file has it.
    pub risk: Risk,
    /// How it is rated without controls.
    pub inherent: Rating,
    /// How it is rated with the controls as they are.
    pub residual: Rating,
    /// How it stands to the results.
    pub standing: Standing,
    /// How results come to their figures, where they have any.
    pub explanation: Option<String>,
}

impl RegisterEntry {
    fn new(scale: &RiskScale, risk: Risk, standing: Standing, seeded: Option<Seeded>) -> Self {
        // Where a person left the figures as results suggested them, what they were on our scale is known.
        let ours = |own: (u8, u8), of: fn(&Seeded) -> Score| {
            seeded.as_ref().map(of).filter(|ours| scale.of_ours(*ours) == own)
        };
        Self {
            inherent: scale.rate(risk.inherent(), ours(risk.inherent(), |seeded| seeded.inherent)),
            residual: scale.rate(risk.residual(), ours(risk.residual(), |seeded| seeded.residual)),
            risk,
            standing,
            explanation: seeded.map(|seeded| seeded.explanation),
        }
    }

    /// Whether a person still has to decide on it.
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        self.risk.state == RiskState::Proposed
    }
}

/// The register: the risks of the file, in its order and in its words, then those that results suggest besides. A
/// rejected risk is not proposed again.
#[must_use]
pub fn register(engagement: &Engagement, run: &Outcomes) -> Vec<RegisterEntry> {
    merge(engagement, seed(engagement, run), run)
}

fn merge(engagement: &Engagement, mut seeds: Vec<Seeded>, run: &Outcomes) -> Vec<RegisterEntry> {
    let (written, scale) = (&engagement.risks, &engagement.risk_scale);
    let mut register: Vec<RegisterEntry> = Vec::new();
    for risk in written {
        let at = seeds.iter().position(|seeded| seeded.risk.seed.is_some() && seeded.risk.seed == risk.seed);
        let seeded = at.map(|at| seeds.remove(at));
        let standing = match &seeded {
            Some(seeded) => differences(scale, risk, &seeded.risk),
            None if risk.checks.iter().any(|id| run.checks.contains_key(id)) && risk.seed.is_some() => {
                Standing::NoLongerSeen
            }
            None => Standing::NotLookedAt,
        };
        register.push(RegisterEntry::new(scale, risk.clone(), standing, seeded));
    }
    for (number, seeded) in (next_number(written)..).zip(seeds) {
        let risk = Risk { id: format!("R-{number:03}"), ..seeded.risk.clone() };
        register.push(RegisterEntry::new(scale, risk, Standing::New, Some(seeded)));
    }
    register
}

fn differences(scale: &RiskScale, written: &Risk, seeded: &Risk) -> Standing {
    let mut differences = Vec::new();
    if written.state != RiskState::Rejected {
        let likelihood = |risk: &Risk| scale.rate(risk.residual(), None).likelihood;
        let (file, results) = (likelihood(written), likelihood(seeded));
        if file != results {
            differences.push(format!(
                "results suggest a residual likelihood of {}, the file says {}",
                results.name(),
                file.name()
            ));
        }
        let more: Vec<&str> =
            seeded.checks.iter().filter(|id| !written.checks.contains(id)).map(String::as_str).collect();
        if !more.is_empty() {
            differences.push(format!("checks bear on it that the file does not name: {}", more.join(", ")));
        }
    }
    if differences.is_empty() { Standing::Agrees } else { Standing::Differs(differences) }
}

/// One more than the highest number in use: ids are not used again.
fn next_number(written: &[Risk]) -> u32 {
    let numbers = written.iter().filter_map(|risk| risk.id.strip_prefix("R-")?.parse::<u32>().ok());
    numbers.max().unwrap_or_default().saturating_add(1)
}

/// Adds the proposed risks of a register to the text of a file, at its end. Nothing that stands in it is touched.
///
/// # Errors
/// The text is not a file that can be used, before or after: `risks = [...]` on one line cannot be added to.
pub fn append(path: &Path, text: &str, register: &[RegisterEntry]) -> Result<String, EngagementError> {
    let file = Engagement::parse(path, text)?;
    let there: BTreeSet<&str> = file.risks.iter().filter_map(|risk| risk.seed.as_deref()).collect();
    let new = register.iter().filter(|entry| entry.standing == Standing::New);
    let new = new.filter(|entry| entry.risk.seed.as_deref().is_none_or(|seed| !there.contains(seed)));
    write::append(path, text, "risks", &new.map(block).collect::<Vec<_>>())
}

fn block(entry: &RegisterEntry) -> String {
    let risk = &entry.risk;
    let mut block = String::from("\n");
    if let Some(explanation) = &entry.explanation {
        block.push_str(&remark(explanation));
    }
    let mut line = |key: &str, value: String| {
        let _ = writeln!(block, "{key} = {value}");
    };
    line("[[risks]]\nid", quoted(&risk.id));
    if let Some(seed) = &risk.seed {
        line("seed", quoted(seed));
    }
    line("state", format!("{} # accepted, edited or rejected (with a note)", quoted(risk.state.name())));
    line("threat", quoted(&risk.threat));
    line("asset", quoted(&risk.asset));
    line("likelihood", entry.inherent.likelihood.written());
    line("impact", entry.inherent.impact.written());
    line("residual_likelihood", entry.residual.likelihood.written());
    line("residual_impact", entry.residual.impact.written());
    if let Some(treatment) = &risk.treatment {
        line("treatment", quoted(treatment));
    }
    for (key, names) in [
        ("controls", &risk.controls),
        ("checks", &risk.checks),
        ("criteria", &risk.criteria),
        ("policies", &risk.policies),
    ] {
        if !names.is_empty() {
            line(key, list(names));
        }
    }
    block
}
