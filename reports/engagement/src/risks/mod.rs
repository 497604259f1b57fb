//! The risk register: proposed from results, decided by people, and linked to controls, tests and policies.

mod links;
mod merge;
pub(crate) mod scale;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use kickoff_checks::parameters::wildcard;
use kickoff_checks::{CRITERIA, Check, Severity, Status};

use crate::file::Engagement;
use crate::registers::{Risk, RiskState};
use crate::requests::{CheckOutcome, Outcomes};

pub use links::{LinkSet, Links, links};
pub use merge::{RegisterEntry, Standing, append, register};
pub use scale::{Level, Levels, Method, Rating, RiskScale, Score};

impl Risk {
    /// Likelihood and impact without controls, in figures of the scale in force.
    #[must_use]
    pub fn inherent(&self) -> (u8, u8) {
        (self.likelihood, self.impact)
    }

    /// Likelihood and impact with the controls as they are; those without as long as nobody says otherwise.
    #[must_use]
    pub fn residual(&self) -> (u8, u8) {
        (self.residual_likelihood.unwrap_or(self.likelihood), self.residual_impact.unwrap_or(self.impact))
    }
}

/// A risk that results suggest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeded {
    /// The risk, without an id yet; its figures are of the scale in force.
    pub risk: Risk,
    /// The score without controls, on our scale.
    pub inherent: Score,
    /// The score with the controls as they are, on our scale.
    pub residual: Score,
    /// How its figures came about.
    pub explanation: String,
}

/// What checks stand against.
struct Threat {
    seed: String,
    threat: String,
    asset: String,
    likelihood: u8,
    impact: u8,
    treatment: String,
    checks: Vec<String>,
}

const DATA: &str = include_str!("../../data/risks.csv");

static THREATS: LazyLock<Vec<Threat>> = LazyLock::new(|| {
    let threat = |record: csv::StringRecord| {
        let field = |at: usize| record.get(at).map(str::to_owned);
        Some(Threat {
            seed: field(0)?,
            threat: field(1)?,
            asset: field(2)?,
            likelihood: field(3)?.parse().ok()?,
            impact: field(4)?.parse().ok()?,
            treatment: field(5)?,
            checks: field(6)?.split(';').map(str::to_owned).collect(),
        })
    };
    csv::Reader::from_reader(DATA.as_bytes()).records().filter_map(|record| threat(record.ok()?)).collect()
});

/// The threat that a check stands against: the first that names it. One that none names stands against what its
/// primary criterion is about.
fn threat_of(check: &'static Check) -> (String, Option<&'static Threat>) {
    let named = |threat: &&Threat| threat.checks.iter().any(|pattern| wildcard(pattern, check.meta.id, None));
    match THREATS.iter().find(named) {
        Some(threat) => (threat.seed.clone(), Some(threat)),
        None => (format!("criterion-{}", check.meta.criteria.first().copied().unwrap_or("none")), None),
    }
}

/// The risks that the results of a run suggest: one for each threat of which a check fails or could not be evaluated,
/// the highest residual score first.
#[must_use]
pub fn seed(engagement: &Engagement, run: &Outcomes) -> Vec<Seeded> {
    let mut groups: BTreeMap<String, (Option<&'static Threat>, Vec<Tested<'_>>)> = BTreeMap::new();
    for (id, outcome) in &run.checks {
        if let Some(check) = Check::get(id) {
            let (seed, threat) = threat_of(check);
            groups.entry(seed).or_insert((threat, Vec::new())).1.push(Tested { check, outcome });
        }
    }
    let mut seeds: Vec<Seeded> = groups
        .into_iter()
        .filter(|(_, (_, tested))| tested.iter().any(|tested| tested.fails() || tested.is_unknown()))
        .map(|(seed, (threat, tested))| seeded(engagement, &seed, threat, &tested))
        .collect();
    seeds.sort_by_key(|seeded| std::cmp::Reverse(seeded.residual.product()));
    seeds
}

struct Tested<'a> {
    check: &'static Check,
    outcome: &'a CheckOutcome,
}

impl Tested<'_> {
    fn fails(&self) -> bool {
        self.outcome.count(Status::Fail) > 0
    }

    fn is_unknown(&self) -> bool {
        !self.fails() && self.outcome.count(Status::NotEvaluated) > 0
    }

    /// It passes wherever it was decided, and it was decided somewhere.
    fn holds(&self) -> bool {
        !self.fails() && !self.is_unknown() && self.outcome.count(Status::Pass) > 0
    }
}

fn seeded(engagement: &Engagement, seed: &str, threat: Option<&Threat>, tested: &[Tested<'_>]) -> Seeded {
    let checks: Vec<String> = tested.iter().map(|tested| tested.check.meta.id.to_owned()).collect();
    let criteria: BTreeSet<&str> = tested.iter().filter_map(|t| t.check.meta.criteria.first().copied()).collect();
    let criteria: Vec<String> =
        CRITERIA.iter().map(|c| c.id).filter(|id| criteria.contains(id)).map(str::to_owned).collect();
    let controls: Vec<String> = engagement
        .controls
        .iter()
        .filter(|control| control.checks.iter().any(|id| checks.contains(id)))
        .map(|control| control.id.clone())
        .collect();
    let policies = engagement
        .policies
        .iter()
        .filter(|policy| policy.controls.iter().any(|id| controls.contains(id)))
        .map(|policy| policy.id.clone())
        .collect();
    let primary = criteria.first().and_then(|id| CRITERIA.iter().find(|c| c.id == id));
    let mut risk = Risk {
        seed: Some(seed.to_owned()),
        state: RiskState::Proposed,
        threat: "A control does not work as it should.".to_owned(),
        asset: primary.map_or_else(|| "Systems in scope".to_owned(), |criterion| criterion.name.to_owned()),
        likelihood: 3,
        impact: 3,
        controls,
        checks,
        criteria,
        policies,
        ..Risk::default()
    };
    if let Some(threat) = threat {
        risk.threat.clone_from(&threat.threat);
        risk.asset.clone_from(&threat.asset);
        (risk.likelihood, risk.impact) = (threat.likelihood, threat.impact);
        risk.treatment = Some(threat.treatment.clone());
    }
    let (inherent, residual, mut explanation) = score(&risk, tested);
    let scale = &engagement.risk_scale;
    (risk.likelihood, risk.impact) = scale.of_ours(inherent);
    let (likelihood, impact) = scale.of_ours(residual);
    (risk.residual_likelihood, risk.residual_impact) = (Some(likelihood), Some(impact));
    if !scale.is_ours() {
        explanation.push_str(&translated(scale, &risk));
    }
    Seeded { risk, inherent, residual, explanation }
}

/// What our figures are on the company's scale, and by which rule.
fn translated(scale: &RiskScale, risk: &Risk) -> String {
    let (inherent, residual) = (scale.rate(risk.inherent(), None), scale.rate(risk.residual(), None));
    format!(
        " On the company's scale, by rank (the lowest is the lowest, the highest the highest, what is between the nearest): likelihood {}, with the controls {}, impact {}: {}, with the controls {}.",
        inherent.likelihood.name(),
        residual.likelihood.name(),
        inherent.impact.name(),
        inherent.in_words(),
        residual.in_words(),
    )
}

/// Controls take so many steps of likelihood away at most.
const STEPS: usize = 3;

/// The score without controls and with them, on our scale, and how they came about.
///
/// Likelihood falls by up to three steps, by the share of the checks that hold. While a check fails or is unknown whose
/// severity is critical, it does not fall; while one is high, by one step at most. Impact stays: what is at stake does
/// not change with the configuration.
fn score(risk: &Risk, tested: &[Tested<'_>]) -> (Score, Score, String) {
    let decided = tested.iter().filter(|t| t.holds() || t.fails() || t.is_unknown()).count();
    let holding = tested.iter().filter(|t| t.holds()).count();
    let failing = tested.iter().filter(|t| t.fails()).count();
    let worst = tested.iter().filter(|t| t.fails() || t.is_unknown()).map(|t| t.check.meta.severity).max();
    let share = STEPS * holding / decided.max(1);
    let (steps, cap) = match worst {
        Some(Severity::Critical) => (0, " A critical check does not hold: no step."),
        Some(Severity::High) if share > 1 => (1, " A high check does not hold: one step at most."),
        _ => (share, ""),
    };
    let residual = risk.likelihood.saturating_sub(u8::try_from(steps).unwrap_or_default()).max(1);
    let inherent = Score { likelihood: risk.likelihood, impact: risk.impact };
    let left = Score { likelihood: residual, ..inherent };
    let resources: BTreeSet<&str> =
        tested.iter().flat_map(|tested| tested.outcome.failing.iter().map(String::as_str)).collect();
    let seen = if resources.is_empty() { String::new() } else { format!(" Resources that fail: {}.", resources.len()) };
    let rest = match tested.len() - decided {
        0 => String::new(),
        rest => {
            format!(" Not reckoned: {rest}, which a person judges, an exception covers, or which have nothing to test.")
        }
    };
    let explanation = format!(
        "Without controls: likelihood {} times impact {} is {} ({}). Of {decided} checks: holding {holding}, failing {failing}, unknown {}.{rest} That is {share} of {STEPS} steps.{cap} With the controls as they are: likelihood {residual} times impact {} is {} ({}).{seen}",
        inherent.likelihood,
        inherent.impact,
        inherent.product(),
        inherent.level(),
        decided - holding - failing,
        left.impact,
        left.product(),
        left.level(),
    );
    (inherent, left, explanation)
}

#[cfg(test)]
mod tests;
