//! # Third parties holding a role in the account
//!
//! ## What it asks
//! Which accounts outside the organization may assume a role of the account, which roles, under which conditions, and
//! whether a role is an administrator's.
//!
//! ## Why an auditor asks
//! Each such account is a vendor: it belongs in the vendor register, with a contract and a review.
//!
//! ## How it is decided
//! The population is every account that a trust policy names and that is neither this one nor a member of its
//! organization, each with the roles that it may assume. A person matches the numbers with the vendors, so each is
//! `manual`. Where the members of the organization are not known, every other account is listed, and the result says so.
//!
//! ## What else is accepted
//! Nothing: it is a population, not a test. `iam-role-trust-external-account` tests the conditions.
//!
//! ## Remediation
//! Delete the roles of vendors that are not used any more; enter the others in the vendor register.
//!
//! ## Peers
//! None has it.
//!
//! ## References
//! AWS IAM User Guide, "Access to AWS accounts owned by third parties".

use std::collections::{BTreeMap, BTreeSet};

use kickoff_facts::{Need, View};
use kickoff_policy::access::{Outside, PartyKind};

use crate::frame::wording::count;
use crate::parameters::Parameters;
use crate::reasoning::estate;
use crate::reasoning::trust::OwnAccounts;
use crate::{Entry, Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-vendor-trust-inventory",
    control: "CC6.3.21",
    title: "Third parties holding a role in the account",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Manual,
    criteria: &["CC6.3", "CC9.2"],
    needs: &[Need::Authorization, Need::Organization, Need::Members],
    parameters: &[],
    expected: "each outside account that holds a role is a vendor in the register",
    fix: "enter the vendor in the register, or delete the role",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let reached = estate::reached(view)?;
    let own = OwnAccounts::read(view);
    let mut parties: BTreeMap<&str, Vec<&Outside>> = BTreeMap::new();
    for party in reached.0.outside.iter().filter(|party| party.kind == PartyKind::Account) {
        if let Some(account) = party.account.as_deref().filter(|account| own.is_outside(account) != Ok(false)) {
            parties.entry(account).or_default().push(party);
        }
    }
    let judged = parties.into_iter().map(|(account, held)| {
        let roles: BTreeSet<String> = held.iter().map(|party| told(party)).collect();
        let roles: Vec<String> = roles.into_iter().collect();
        let observed = format!("holds {}: {}", count(roles.len(), "role"), roles.join(", "));
        let reason = match own.is_outside(account) {
            Ok(_) => "match the account with the vendor register",
            Err(_) => "the members of the organization are not known, it may be one; match it with the vendor register",
        };
        let resource = Resource::new("AWS::Account", format!("account/{account}"));
        let listed = held.into_iter().map(|party| entry(account, party)).collect::<BTreeSet<_>>();
        Finding::new(resource, Verdict::manual(observed, reason).listing(listed.into_iter().collect()))
    });
    Ok(judged.collect())
}

fn entry(account: &str, party: &Outside) -> Entry {
    vec![
        ("Outside account", account.to_owned()),
        ("Holds", party.resource.clone()),
        ("Administrator", if party.administrator { "yes" } else { "no" }.to_owned()),
        ("Conditions", party.conditions.join(" and ")),
    ]
}

fn told(party: &Outside) -> String {
    let administrator = if party.administrator { "an administrator's, " } else { "" };
    let conditions =
        if party.conditions.is_empty() { "no condition".to_owned() } else { party.conditions.join(" and ") };
    format!("{} ({administrator}{conditions})", party.resource)
}
