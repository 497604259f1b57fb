//! Risks, controls, tests and policies, linked both ways.

use std::collections::{BTreeMap, BTreeSet};

use crate::file::Engagement;
use crate::registers::{Risk, RiskState};

/// What something is linked to, by ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkSet {
    /// Risks.
    pub risks: BTreeSet<String>,
    /// Controls.
    pub controls: BTreeSet<String>,
    /// Checks.
    pub checks: BTreeSet<String>,
    /// Policies.
    pub policies: BTreeSet<String>,
    /// Criteria.
    pub criteria: BTreeSet<String>,
}

/// The links of each risk, control, check and policy. If one names another, the other has it too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// By risk.
    pub risks: BTreeMap<String, LinkSet>,
    /// By control.
    pub controls: BTreeMap<String, LinkSet>,
    /// By check.
    pub checks: BTreeMap<String, LinkSet>,
    /// By policy.
    pub policies: BTreeMap<String, LinkSet>,
}

/// The links of a file and of the risks of its register. Rejected risks have none.
#[must_use]
pub fn links<'a>(engagement: &Engagement, risks: impl IntoIterator<Item = &'a Risk>) -> Links {
    let mut links = Links::default();
    let criteria = |names: &[String]| names.iter().cloned().collect::<BTreeSet<String>>();
    let mut open = BTreeSet::new();
    for risk in risks.into_iter().filter(|risk| risk.state != RiskState::Rejected) {
        open.insert(risk.id.clone());
        links.risks.entry(risk.id.clone()).or_default().criteria.extend(criteria(&risk.criteria));
        risk.controls.iter().for_each(|control| links.risk_and_control(&risk.id, control));
        risk.checks.iter().for_each(|check| links.risk_and_check(&risk.id, check));
        risk.policies.iter().for_each(|policy| links.risk_and_policy(&risk.id, policy));
    }
    for control in &engagement.controls {
        links.controls.entry(control.id.clone()).or_default().criteria.extend(criteria(&control.criteria));
        control.checks.iter().for_each(|check| links.control_and_check(&control.id, check));
    }
    for policy in &engagement.policies {
        links.policies.entry(policy.id.clone()).or_default().criteria.extend(criteria(&policy.criteria));
        policy.controls.iter().for_each(|control| links.policy_and_control(&policy.id, control));
        policy
            .risks
            .iter()
            .filter(|risk| open.contains(*risk))
            .for_each(|risk| links.risk_and_policy(risk, &policy.id));
    }
    links
}

impl Links {
    fn risk_and_control(&mut self, risk: &str, control: &str) {
        self.risks.entry(risk.to_owned()).or_default().controls.insert(control.to_owned());
        self.controls.entry(control.to_owned()).or_default().risks.insert(risk.to_owned());
    }

    fn risk_and_check(&mut self, risk: &str, check: &str) {
        self.risks.entry(risk.to_owned()).or_default().checks.insert(check.to_owned());
        self.checks.entry(check.to_owned()).or_default().risks.insert(risk.to_owned());
    }

    fn risk_and_policy(&mut self, risk: &str, policy: &str) {
        self.risks.entry(risk.to_owned()).or_default().policies.insert(policy.to_owned());
        self.policies.entry(policy.to_owned()).or_default().risks.insert(risk.to_owned());
    }

    fn control_and_check(&mut self, control: &str, check: &str) {
        self.controls.entry(control.to_owned()).or_default().checks.insert(check.to_owned());
        self.checks.entry(check.to_owned()).or_default().controls.insert(control.to_owned());
    }

    fn policy_and_control(&mut self, policy: &str, control: &str) {
        self.policies.entry(policy.to_owned()).or_default().controls.insert(control.to_owned());
        self.controls.entry(control.to_owned()).or_default().policies.insert(policy.to_owned());
    }
}
