//! # Access is assigned to groups not to single users
//!
//! ## What it asks
//! Whether each permission set of Identity Center is assigned to groups only.
//!
//! ## Why an auditor asks
//! Access that follows from a group is granted and taken away with the job. Access of a single person is the one that a
//! review forgets.
//!
//! ## How it is decided
//! In the management account, for every permission set that is assigned in some account: all assignments to groups →
//! pass; one to a single user → fail, with the user's id and the account. Assignments that could not be read, or that
//! are more than a scan asks for, make the permission set `not-evaluated`. In a member account, and without an
//! organization: `not-applicable`.
//!
//! ## What else is accepted
//! An emergency user whom no group should hold, as an approved exception.
//!
//! ## What it does not see
//! Groups with one member, or without any, count as groups. Assignments to applications, and users who have roles in
//! an account by other ways, are not looked at.
//!
//! ## Remediation
//! Console: IAM Identity Center, AWS accounts, the account: assign a group, then remove the user. CLI: `aws sso-admin
//! create-account-assignment --principal-type GROUP`, `aws sso-admin delete-account-assignment --principal-type USER`;
//! `aws identitystore describe-user` tells the name. Terraform: `aws_ssoadmin_account_assignment` with
//! `principal_type = "GROUP"`.
//!
//! ## Peers
//! No peer has a check of Identity Center.
//!
//! ## References
//! IAM Identity Center User Guide, "Assign user or group access to AWS accounts"; API Reference,
//! `ListAccountAssignments`.

use kickoff_facts::{Need, View};

use crate::frame::wording::{count, names};
use crate::parameters::Parameters;
use crate::reasoning::identity_center::{assignments, judge_each};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "sso-direct-user-assignment",
    control: "CC6.3.23",
    title: "Access is assigned to groups not to single users",
    severity: Severity::Low,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Organization, Need::Assignments, Need::Regions],
    parameters: &[],
    expected: "the permission set is assigned to groups only",
    fix: "put the user into a group that is assigned the permission set, and delete the user's own assignment",
};

/// Decides.
///
/// # Errors
/// The organization or its assignments are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    judge_each(
        view,
        assignments,
        |set| &set.permission_set,
        |set, seen| {
            let all = seen.see(&set.assignments)?;
            let direct = all.iter().filter(|assignment| assignment.is_direct());
            let direct =
                names(direct.map(|assignment| format!("user {} in {}", assignment.principal, assignment.account)));
            Ok(match (all.is_empty(), direct.is_empty()) {
                (true, _) => Err("assigned to nobody"),
                (false, true) => Ok(Verdict::pass(format!("{}, all to groups", count(all.len(), "assignment")))),
                (false, false) => Ok(Verdict::fail(format!("assigned to single users: {direct}"))),
            })
        },
    )
}
