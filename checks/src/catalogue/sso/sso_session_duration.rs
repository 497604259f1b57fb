//! # Permission-set session length is within policy
//!
//! ## What it asks
//! Whether a session of each permission set of Identity Center ends within `permission_set_session_max_hours`.
//!
//! ## Why an auditor asks
//! A session that is left open, or whose credentials were copied, works until it ends. The firm states how long that is.
//!
//! ## How it is decided
//! In the management account, for every permission set: a session duration up to the limit → pass, longer → fail. A
//! permission set without a duration has AWS's default of one hour. In a member account, and without an organization:
//! `not-applicable`. The session of the access portal itself, which people renew roles from, has no public call.
//!
//! ## What else is accepted
//! A longer session for a permission set that only reads, as an approved exception.
//!
//! ## What it does not see
//! How long people stay signed in at the access portal, and sessions that are open when an assignment ends, are not
//! told by a public call. Sessions of roles outside of Identity Center have limits of their own
//! (`MaxSessionDuration`), which are not read.
//!
//! ## Remediation
//! Console: IAM Identity Center, Permission sets, the set, General settings, Edit, Session duration. CLI: `aws sso-admin
//! update-permission-set --instance-arn ARN --permission-set-arn ARN --session-duration PT8H`, then `aws sso-admin
//! provision-permission-set`. Terraform: `session_duration` of `aws_ssoadmin_permission_set`.
//!
//! ## Peers
//! No peer has a check of Identity Center.
//!
//! ## References
//! IAM Identity Center User Guide, "Set session duration for AWS accounts"; API Reference, `DescribePermissionSet`.

use kickoff_facts::{Need, View};

use crate::frame::wording::line;
use crate::parameters::{PERMISSION_SET_SESSION_MAX, Parameters};
use crate::reasoning::identity_center::{judge_each, permission_sets};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "sso-session-duration",
    control: "CC6.1.39",
    title: "Permission-set session length is within policy",
    severity: Severity::Low,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1"],
    needs: &[Need::Organization, Need::PermissionSets, Need::Regions],
    parameters: &[&PERMISSION_SET_SESSION_MAX],
    expected: "a session lasts {permission_set_session_max_hours} hours at the most",
    fix: "shorten the session duration of the permission set and provision it again",
};

/// Decides.
///
/// # Errors
/// The organization or its permission sets are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&PERMISSION_SET_SESSION_MAX).saturating_mul(60);
    judge_each(
        view,
        permission_sets,
        |set| &set.arn,
        |set, seen| {
            let settings = seen.see(&set.settings)?;
            let (hours, minutes) = (settings.session_minutes / 60, settings.session_minutes % 60);
            let observed = format!("{}: sessions of {hours} h {minutes:02} min", line(&settings.name));
            Ok(Ok(Verdict::decide(settings.session_minutes <= limit, observed)))
        },
    )
}
