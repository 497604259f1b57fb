//! Control totals: populations tied to a second count, where AWS offers one.

use kickoff_facts::{AccountFacts, ControlTotal, EvidenceRef};

/// Ties what was read to `GetAccountSummary`, as far as both are known.
pub(super) fn tie(facts: &AccountFacts) -> Vec<ControlTotal> {
    let global = &facts.global;
    let Ok(summary) = global.account_summary.get() else { return Vec::new() };
    let of_summary = global.account_summary.evidence();
    let mut totals = Vec::new();
    let mut total = |population: &str, counted_by: &str, counted: usize, expected: u64, evidence: &[EvidenceRef]| {
        totals.push(ControlTotal {
            population: population.to_owned(),
            counted_by: counted_by.to_owned(),
            counted: counted as u64,
            tied_to: "iam:GetAccountSummary".to_owned(),
            expected,
            evidence: evidence.iter().chain(of_summary).copied().collect(),
        });
    };
    if let Ok(all) = global.authorization.get() {
        let (by, evidence) = ("iam:GetAccountAuthorizationDetails", global.authorization.evidence());
        let customer = all.policies.iter().filter(|policy| !policy.is_aws_managed()).count();
        total("IAM users", by, all.users.len(), summary.users, evidence);
        total("IAM groups", by, all.groups.len(), summary.groups, evidence);
        if let Some(roles) = summary.roles {
            total("IAM roles", by, all.roles.len(), roles, evidence);
        }
        total("customer managed policies", by, customer, summary.policies, evidence);
    }
    if let Ok(report) = global.credential_report.get() {
        let rows = report.users.len() + usize::from(report.root.is_some());
        let evidence = global.credential_report.evidence();
        total("credential report rows (users and root)", "iam:GetCredentialReport", rows, summary.users + 1, evidence);
    }
    totals
}
