//! # Scanned accounts compared with the whole organization
//!
//! ## What it asks
//! Which accounts the organization has, so that they can be compared with those that were scanned.
//!
//! ## Why an auditor asks
//! The first question about any population is whether it is complete. An account that nobody knows of is an account
//! that nobody controls.
//!
//! ## How it is decided
//! In the management account: the members that `ListAccounts` gives, with their number, the ids of the active ones,
//! and the ids and states of the others. A person compares them with the accounts of the run and explains each
//! difference. Up to 1000 ids are printed; the evidence holds all. A member account cannot list the organization, and
//! an account without one has nothing to list: `not-applicable`.
//!
//! ## What else is accepted
//! A scope statement that names accounts which are left out, and why.
//!
//! ## What it does not see
//! Accounts that left, and those that were closed more than 90 days ago, are not listed any more, nor are accounts of
//! yours that never joined. Who owns each account and what it is for is not in AWS Organizations. When an account
//! joined (`JoinedTimestamp`) is not held against the period.
//!
//! ## Remediation
//! Console: AWS Organizations, AWS accounts. CLI: `aws organizations list-accounts`. Terraform: the data source
//! `aws_organizations_organization`.
//!
//! ## Peers
//! No peer prints it.
//!
//! ## References
//! AWS Organizations API Reference, `ListAccounts`; AICPA, description criteria on the boundaries of the system.

use kickoff_facts::organization::MemberAccount;
use kickoff_facts::{Need, View};

use crate::frame::wording::{count, first};
use crate::parameters::Parameters;
use crate::reasoning::management;
use crate::{Entry, Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "org-account-inventory",
    control: "CC2.1.02",
    title: "Scanned accounts compared with the whole organization",
    severity: Severity::High,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Manual,
    criteria: &["CC2.1", "CC6.1"],
    needs: &[Need::Organization, Need::Members],
    parameters: &[],
    expected: "every active account of the organization is in the scope of the run, or its absence is explained",
    fix: "scan the accounts that are missing, or record why they are out of scope",
};

/// So many ids are printed of each list; a cell of a sheet holds no more than 32,767 characters.
const PRINTED: usize = 1000;

/// Decides.
///
/// # Errors
/// Never: what is not known is told on the account.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    Ok(vec![Finding::judge(Resource::account(view), |_| {
        let organization = match management::organization(view)? {
            Ok(organization) => organization,
            Err(verdict) => return Ok(verdict),
        };
        let members: Vec<&MemberAccount> = view.members()?.iter().flatten().collect();
        let (active, others): (Vec<&MemberAccount>, Vec<&MemberAccount>) =
            members.iter().partition(|member| member.state == "ACTIVE");
        let mut observed =
            format!("{} in {}, {} active", count(members.len(), "account"), organization.id, active.len());
        if !active.is_empty() {
            observed.push_str(": ");
            observed.push_str(&first(PRINTED, active.iter().map(|member| &member.id)));
        }
        if !others.is_empty() {
            observed.push_str("; not active: ");
            observed.push_str(&first(PRINTED, others.iter().map(|member| format!("{} ({})", member.id, member.state))));
        }
        let mut listed: Vec<Entry> = members
            .iter()
            .map(|member| {
                vec![("Member", member.id.clone()), ("Name", member.name.clone()), ("State", member.state.clone())]
            })
            .collect();
        listed.sort_unstable();
        let verdict =
            Verdict::manual(observed, "compare them with the accounts that were scanned, and explain each difference");
        Ok(verdict.listing(listed))
    })])
}
