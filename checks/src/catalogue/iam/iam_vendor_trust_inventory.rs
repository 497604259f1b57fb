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
//! The population is every account that a trust policy lets in and that is neither this one, nor another of the run, nor a
//! member of its organization, each with the roles that it may assume: accounts that the policy names as principals, and
//! accounts and other organizations that a condition of a statement for everybody names. A right beside assuming, such as
//! `sts:TagSession`, makes nobody a holder. A person matches the numbers with the vendors, so each is `manual`; those in
//! `vendor_accounts` say so. Where the members of the organization are not known, every other account is listed, and the
//! result says so.
//!
//! ## What else is accepted
//! Nothing: it is a population, not a test. `iam-role-trust-external-account` tests the conditions.
//!
//! ## What it does not see
//! Access of third parties by other ways is not in the list: policies of buckets, keys, queues, functions and images,
//! shares of RAM and of snapshots, access keys that were handed out, identity providers, PrivateLink and the vendor's
//! own agents. Whether a role was used, and by whom at the vendor, is not told. Whose an account number is, is for the
//! vendor register.
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
use kickoff_policy::whom::deputies::Asked;
use kickoff_policy::whom::{Party, Reach, Who};

use crate::frame::wording::count;
use crate::parameters::{Parameters, VENDOR_ACCOUNTS};
use crate::reasoning::estate;
use crate::reasoning::tested::own_roles;
use crate::reasoning::trust;
use crate::reasoning::whom::{Known, Standing};
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
    parameters: &[&VENDOR_ACCOUNTS],
    expected: "each outside account that holds a role is a vendor in the register",
    fix: "enter the vendor in the register, or delete the role",
};

/// A role that somebody holds, and on what terms.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Held {
    role: String,
    administrator: bool,
    conditions: Vec<String>,
}

/// Somebody from outside: what a person needs to be told, and what is held.
#[derive(Default)]
struct Vendor {
    standing: Option<Standing>,
    held: BTreeSet<Held>,
}

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    const CALL: &str = "iam:GetAccountAuthorizationDetails";
    let reached = estate::reached(view)?;
    let administrators: BTreeSet<&str> =
        reached.0.outside.iter().filter(|party| party.administrator).map(|party| party.resource.as_str()).collect();
    let known = Known::read(view, parameters);
    let mut vendors: BTreeMap<Resource, Vendor> = BTreeMap::new();
    for role in own_roles(view, view.authorization()?, |_| None) {
        // One that cannot be read is told by the checks of trust policies.
        let Ok(policy) = trust::parse(view, CALL, &role.name, &role.trust) else { continue };
        for statement in policy.statements.iter().filter(|s| s.allows() && trust::assumes(&s.source)) {
            for party in known.parties(&policy, statement, false) {
                let Some(whose) = whose(&party, view.account_id()) else { continue };
                let standing = known.answer(&party, statement, Asked::Trust).standing;
                if standing == Standing::Ours {
                    continue;
                }
                let vendor = vendors.entry(whose).or_default();
                vendor.standing = vendor.standing.max(Some(standing));
                vendor.held.insert(Held {
                    role: role.arn.clone(),
                    administrator: administrators.contains(role.arn.as_str()),
                    conditions: statement.source.conditions.iter().map(ToString::to_string).collect(),
                });
            }
        }
    }
    let judged = vendors.into_iter().map(|(resource, vendor)| {
        let roles: Vec<String> = vendor.held.iter().map(told).collect();
        let observed = format!("holds {}: {}", count(roles.len(), "role"), roles.join(", "));
        let reason = match vendor.standing {
            Some(Standing::Unknown) => {
                "the members of the organization are not known, it may be one; match it with the vendor register"
            }
            Some(Standing::Declared) => "declared in vendor_accounts: match its roles and conditions with the contract",
            _ => "match the account with the vendor register",
        };
        let account = resource.id.trim_start_matches("account/").to_owned();
        let listed = vendor.held.iter().map(|held| entry(&account, held)).collect();
        Finding::new(resource, Verdict::manual(observed, reason).listing(listed))
    });
    Ok(judged.collect())
}

/// The account or organization of a party, unless it is the own account.
fn whose(party: &Party, own: &str) -> Option<Resource> {
    match (&party.who, &party.account, &party.organization) {
        (Who::Principal(_), Reach::One(account), _) if account != own => {
            Some(Resource::new("AWS::Account", format!("account/{account}")))
        }
        (Who::Principal(_), Reach::Any, Reach::One(id)) => {
            Some(Resource::new("AWS::Organizations::Organization", format!("organization/{id}")))
        }
        _ => None,
    }
}

fn entry(account: &str, held: &Held) -> Entry {
    vec![
        ("Outside account", account.to_owned()),
        ("Holds", held.role.clone()),
        ("Administrator", if held.administrator { "yes" } else { "no" }.to_owned()),
        ("Conditions", held.conditions.join(" and ")),
    ]
}

fn told(held: &Held) -> String {
    let administrator = if held.administrator { "an administrator's, " } else { "" };
    let conditions = if held.conditions.is_empty() { "no condition".to_owned() } else { held.conditions.join(" and ") };
    format!("{} ({administrator}{conditions})", held.role)
}
