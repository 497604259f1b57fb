//! # IAM groups have members
//!
//! ## What it asks
//! Whether each IAM group has a member.
//!
//! ## Why an auditor asks
//! A group without members grants nothing today. It clutters the access review and hands out its rights to whoever is
//! added next.
//!
//! ## How it is decided
//! The population is every IAM group. A user who lists the group → pass, else fail. It is hygiene: an empty group is no
//! access risk. A group kept on purpose for emergencies is an exception to declare.
//!
//! ## What else is accepted
//! A reason to keep the group, as an approved exception.
//!
//! ## What it does not see
//! What the group grants, and since when it is empty, is not looked at. Groups of Identity Center are not IAM groups
//! and not among these.
//!
//! ## Remediation
//! Console: IAM, User groups, the group, Delete. CLI: `aws iam delete-group --group-name NAME`, after its policies are
//! detached. Terraform: remove `aws_iam_group`.
//!
//! ## Peers
//! Powerpipe `iam_group_not_empty`; AWS Config `IAM_GROUP_HAS_USERS_CHECK`.
//!
//! ## References
//! AWS IAM User Guide, "IAM user groups".

use kickoff_facts::{Need, View};

use crate::frame::wording::count;
use crate::parameters::Parameters;
use crate::reasoning::attachments::members;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-group-not-empty",
    control: "CC6.3.06",
    title: "IAM groups have members",
    severity: Severity::Info,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "the group has at least one member",
    fix: "delete the group, or record why it is kept",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let authorization = view.authorization()?;
    let judged = authorization.groups.iter().map(|group| {
        let members = members(authorization, &group.name);
        let verdict = Verdict::decide(members > 0, count(members, "member"));
        Finding::new(Resource::new("AWS::IAM::Group", &group.arn), verdict)
    });
    Ok(judged.collect())
}
