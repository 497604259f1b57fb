//! # A read-only audit role exists
//!
//! ## What it asks
//! Whether there is a role by which the configuration can be read for an audit and not changed.
//!
//! ## Why an auditor asks
//! A reviewer with a read-only role can look by himself. Without one, somebody with more rights looks for him, or lends
//! him his own.
//!
//! ## How it is decided
//! A role with `SecurityAudit`, `ViewOnlyAccess` or `ReadOnlyAccess` of AWS attached, and none of
//! `AdministratorAccess`, `PowerUserAccess` and `IAMFullAccess`, → pass, else fail. Service-linked roles are left out.
//! Roles of Identity Center count. What else the role carries is counted in the result and not judged. `ReadOnlyAccess`
//! also reads data; `SecurityAudit` reads configuration only and is the better choice.
//!
//! ## What else is accepted
//! A role of an auditor or a posture product with a policy of its own, as an approved exception.
//!
//! ## What it does not see
//! Who may assume the role is not read, nor whether anybody does; a role that nobody can enter passes. Policies beside
//! the reading one are counted and not weighed, apart from three of AWS's. Boundaries and service control policies,
//! which may take the right to read away, are outside.
//!
//! ## Remediation
//! Console: IAM, Roles, Create role, attach `SecurityAudit`. CLI: `aws iam attach-role-policy --role-name audit
//! --policy-arn arn:aws:iam::aws:policy/SecurityAudit`. Terraform: `aws_iam_role_policy_attachment`.
//!
//! ## Peers
//! Prowler `iam_securityaudit_role_created`; Powerpipe `iam_security_audit_role`.
//!
//! ## References
//! AWS Managed Policy Reference, "SecurityAudit"; "ViewOnlyAccess".

use kickoff_facts::{Need, View};

use crate::frame::wording::{count, names};
use crate::parameters::Parameters;
use crate::reasoning::attachments::aws_policy;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-security-audit-role",
    control: "CC4.1.03",
    title: "A read-only audit role exists",
    severity: Severity::Info,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC4.1"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "a role that reads the configuration and is no administrator",
    fix: "make a role with SecurityAudit for reviewers",
};

/// Policies of AWS that read and do not change.
const READERS: [&str; 3] = ["SecurityAudit", "job-function/ViewOnlyAccess", "ReadOnlyAccess"];

/// Policies of AWS that make their holder an administrator, or nearly one.
const WRITERS: [&str; 3] = ["AdministratorAccess", "PowerUserAccess", "IAMFullAccess"];

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let mut found = Vec::new();
    for role in view.authorization()?.roles.iter().filter(|role| !role.is_service_linked()) {
        let of_aws: Vec<&str> = role.attached.iter().filter_map(|arn| aws_policy(arn)).collect();
        let readers: Vec<&str> = of_aws.iter().copied().filter(|name| READERS.contains(name)).collect();
        if readers.is_empty() || of_aws.iter().any(|name| WRITERS.contains(name)) {
            continue;
        }
        let others = role.attached.len() + role.inline.len() - readers.len();
        let beside = match others {
            0 => String::new(),
            _ => format!(" and {} not judged", count(others, "other")),
        };
        found.push(format!("{} ({}{beside})", role.name, readers.join(", ")));
    }
    let verdict = if found.is_empty() {
        Verdict::fail("no role has SecurityAudit, ViewOnlyAccess or ReadOnlyAccess without administrator's rights")
    } else {
        Verdict::pass(names(found))
    };
    Ok(vec![Finding::new(Resource::account(view), verdict)])
}
