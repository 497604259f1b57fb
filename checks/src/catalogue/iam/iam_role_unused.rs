//! # Roles with no recent use are retired
//!
//! ## What it asks
//! Whether each role was used within `role_unused_days`.
//!
//! ## Why an auditor asks
//! A role that nobody uses keeps its rights and its trust. It is access that no review would grant again.
//!
//! ## How it is decided
//! The population is every role except service-linked ones, which AWS owns. Whole days since `RoleLastUsed` are
//! counted; more than the limit → fail. A role without a known use: younger than the limit → pass, too young to tell;
//! older → fail. AWS looks back 400 days at the most, so with a limit beyond that a role without a known use is
//! `not-evaluated`. Neither a use nor a date of creation → fail.
//!
//! A role made by Identity Center counts: unused, it is a permission set that is assigned for nothing.
//!
//! ## What else is accepted
//! A role for emergencies or for a yearly task, as an approved exception.
//!
//! ## What it does not see
//! What the role was used for and by whom, and which of its services it never used, is not asked: Access Analyzer and
//! last-accessed data tell that. AWS's record may be some hours old. Service-linked roles are left out.
//!
//! ## Remediation
//! Console: IAM, Roles, sort by Last activity, Delete. CLI: `aws iam delete-role --role-name NAME`, after its policies
//! and instance profiles are removed. Terraform: remove `aws_iam_role`. IAM Access Analyzer for unused access finds
//! them continuously.
//!
//! ## Peers
//! Powerpipe `iam_role_unused_60`; CloudSploit `iamRoleLastUsed`, `rolePolicyUnusedServices`.
//!
//! ## References
//! AWS IAM User Guide, "View last accessed information"; API Reference, `RoleLastUsed`.

use kickoff_facts::{Need, View};

use crate::frame::wording::{count, day};
use crate::parameters::{Parameters, ROLE_UNUSED};
use crate::reasoning::gaps::unsaid;
use crate::reasoning::tested::{own_roles, role as resource};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-role-unused",
    control: "CC6.3.17",
    title: "Roles with no recent use are retired",
    severity: Severity::Low,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Authorization],
    parameters: &[&ROLE_UNUSED],
    expected: "a role was used within the last {role_unused_days} days, or is not older than that",
    fix: "delete the role, or record why it is kept",
};

/// AWS tracks the use of a role for so many days at the most.
const TRACKED_DAYS: u64 = 400;

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&ROLE_UNUSED);
    let roles = own_roles(view, view.authorization()?, |_| None);
    let judged = roles.into_iter().map(|role| {
        Finding::judge(resource(role), |_| {
            if let Some(at) = role.last_used {
                let idle = view.days_since(at);
                let observed = format!("last used {}, {} ago", day(at), count(idle, "day"));
                return Ok(Verdict::decide(idle <= limit, observed));
            }
            let Some(created) = role.created else {
                return Ok(Verdict::fail("no use is known, and there is no date of creation"));
            };
            let age = view.days_since(created);
            let observed = format!("no use is known, created {}, {} ago", day(created), count(age, "day"));
            if age <= limit {
                Ok(Verdict::pass(format!("{observed}: too young to tell")))
            } else if limit > TRACKED_DAYS {
                let message = format!("{observed}; AWS looks back {TRACKED_DAYS} days only");
                Err(unsaid(view, "iam:GetAccountAuthorizationDetails", message))
            } else {
                Ok(Verdict::fail(observed))
            }
        })
    });
    Ok(judged.collect())
}
