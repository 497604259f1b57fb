//! # IAM users belong to at least one group
//!
//! ## What it asks
//! Whether each IAM user belongs to a group.
//!
//! ## Why an auditor asks
//! Groups show which duty a user has. A user outside all of them is either left over or has permissions of its own.
//!
//! ## How it is decided
//! The population is every IAM user. At least one group → pass, else fail. It is hygiene: a user outside all groups may
//! still have no access at all.
//!
//! ## What else is accepted
//! Identity Center or roles, with no IAM users.
//!
//! ## What it does not see
//! What the groups grant, and whether they fit the person's work, is not looked at. Policies of the user's own are
//! asked by `iam-user-permissions-via-groups`.
//!
//! ## Remediation
//! Console: IAM, Users, the user, Groups, Add user to groups. CLI: `aws iam add-user-to-group --user-name NAME
//! --group-name GROUP`. Terraform: `aws_iam_user_group_membership`.
//!
//! ## Peers
//! Powerpipe `iam_user_in_group`; AWS Config `IAM_USER_GROUP_MEMBERSHIP_CHECK`.
//!
//! ## References
//! AWS IAM User Guide, "IAM user groups".

use kickoff_facts::{Need, View};

use crate::frame::wording::names;
use crate::parameters::Parameters;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-user-in-group",
    control: "CC6.3.19",
    title: "IAM users belong to at least one group",
    severity: Severity::Info,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "the user belongs to at least one group",
    fix: "add the user to the group of its duty, or delete it",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let judged = view.authorization()?.users.iter().map(|user| {
        let verdict = if user.groups.is_empty() {
            Verdict::fail("in no group")
        } else {
            Verdict::pass(format!("in {}", names(&user.groups)))
        };
        Finding::new(Resource::new("AWS::IAM::User", &user.arn), verdict)
    });
    Ok(judged.collect())
}
