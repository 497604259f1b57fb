//! # Administrator permission sets are few and assigned to groups
//!
//! ## What it asks
//! Whether at most `administrator_permission_sets_max` permission sets of Identity Center make an administrator, and
//! whether those are assigned to groups only.
//!
//! ## Why an auditor asks
//! Who can do everything must be few people whom somebody reviews. A permission set gives the same right in many
//! accounts at once.
//!
//! ## How it is decided
//! In the management account. A permission set makes an administrator if AWS's policy AdministratorAccess is in it, or if
//! its inline policy allows every action on every resource. Each such set: all assignments to groups, or none → pass; one
//! to a single user → fail. The organization: not more such sets than the limit → pass, more → fail. A set with
//! policies of the client's own, which each account has for itself, or with an inline policy that grants everything
//! under conditions, is `manual` unless it is an administrator's for certain; where such sets decide about the number,
//! so is the organization. What could not be read is `not-evaluated`. In a member account, and without an organization:
//! `not-applicable`. Other wide policies of AWS, such as IAMFullAccess, are not counted here.
//!
//! ## What else is accepted
//! More such sets, if each is named in the firm's access policy: raise `administrator_permission_sets_max`.
//!
//! ## What it does not see
//! Permissions boundaries of permission sets are not asked for, so that one which is bounded counts like another.
//! Rights that lead to an administrator's in steps, and members of the groups, are not weighed here:
//! `iam-privilege-escalation-path` looks at the roles in each account. Assignments to accounts that are closed count
//! too.
//!
//! ## Remediation
//! Console: IAM Identity Center, Permission sets: replace AdministratorAccess by what the job needs; AWS accounts: assign
//! groups. CLI: `aws sso-admin detach-managed-policy-from-permission-set`, `aws sso-admin delete-account-assignment`.
//! Terraform: `aws_ssoadmin_managed_policy_attachment`, `aws_ssoadmin_account_assignment`.
//!
//! ## Peers
//! Prowler and Powerpipe have no check of Identity Center.
//!
//! ## References
//! IAM Identity Center User Guide, "Manage AWS accounts with permission sets"; API Reference,
//! `ListManagedPoliciesInPermissionSet`, `GetInlinePolicyForPermissionSet`.

use kickoff_facts::identity_center::{PermissionSet, PermissionSetAssignments};
use kickoff_facts::{Gap, Need, Seen, View};

use crate::frame::wording::{count, names};
use crate::parameters::{ADMINISTRATOR_PERMISSION_SETS_MAX, Parameters};
use crate::reasoning::attachments::aws_policy;
use crate::reasoning::grants::{full_admin, verdict};
use crate::reasoning::identity_center::{assignments, permission_set, permission_sets};
use crate::reasoning::management;
use crate::reasoning::tested::leave_out;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Severity, Status, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "sso-permission-set-admin",
    control: "CC6.3.24",
    title: "Administrator permission sets are few and assigned to groups",
    severity: Severity::High,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Organization, Need::PermissionSets, Need::Assignments, Need::Regions],
    parameters: &[&ADMINISTRATOR_PERMISSION_SETS_MAX],
    expected: "at most {administrator_permission_sets_max} permission sets make an administrator, and they are assigned to groups only",
    fix: "narrow the permission sets that need less, and assign those that remain to groups",
};

/// Whether a permission set makes an administrator, and why.
enum Administers {
    For(String),
    Perhaps(String),
    No,
}

/// Decides.
///
/// # Errors
/// The organization is not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&ADMINISTRATOR_PERMISSION_SETS_MAX);
    let mut findings = management::judge(view, |_, seen| number(view, seen, limit))?;
    if management::organization(view)?.is_ok()
        && let Ok(sets) = permission_sets(view)
    {
        findings.extend(sets.into_iter().filter_map(|set| of_set(view, set)));
    }
    Ok(findings)
}

/// The verdict on how many there are.
fn number(view: &View<'_>, seen: &Seen, limit: u64) -> Result<Verdict, Gap> {
    let sets = permission_sets(view)?;
    let (mut certain, mut open, mut gap) = (Vec::new(), Vec::new(), None);
    for set in &sets {
        match administers(view, seen, set) {
            Ok(Administers::For(_)) => certain.push(&set.arn),
            Ok(Administers::Perhaps(_)) => open.push(&set.arn),
            Ok(Administers::No) => {}
            Err(error) => gap = gap.or(Some(error)),
        }
    }
    let within = |number: usize| number as u64 <= limit;
    let observed =
        format!("{} of {} for administrators: {}", certain.len(), count(sets.len(), "permission set"), names(&certain));
    let observed = observed.trim_end_matches([':', ' ']).to_owned();
    match gap {
        _ if !within(certain.len()) => Ok(Verdict::fail(observed)),
        Some(gap) => Err(gap),
        None if within(certain.len() + open.len()) => Ok(Verdict::pass(observed)),
        None => Ok(Verdict::manual(
            format!("{observed}; perhaps for administrators: {}", names(open)),
            "judge which of these make an administrator, and whether they are few",
        )),
    }
}

/// What is found on a permission set that makes an administrator, or may.
fn of_set(view: &View<'_>, set: &PermissionSet) -> Option<Finding> {
    let seen = Seen::default();
    let outcome = match administers(view, &seen, set) {
        Ok(Administers::No) => {
            leave_out(view, permission_set(&set.arn), "makes no administrator");
            return None;
        }
        Ok(Administers::Perhaps(why)) => {
            Ok(Verdict::manual(why, "judge whether it makes an administrator, and who is assigned it"))
        }
        Ok(Administers::For(why)) => assigned(view, &seen, set, &why),
        Err(gap) => Err(gap),
    };
    Some(Finding { resource: permission_set(&set.arn), outcome, evidence: seen.evidence() })
}

/// The verdict on an administrators' permission set, from whom it is assigned to.
fn assigned(view: &View<'_>, seen: &Seen, set: &PermissionSet, why: &str) -> Result<Verdict, Gap> {
    let all: Vec<&PermissionSetAssignments> = assignments(view)?;
    let own = all.into_iter().filter(|found| found.permission_set == set.arn);
    let mut assigned = Vec::new();
    for found in own {
        assigned.extend(seen.see(&found.assignments)?);
    }
    let direct = assigned.iter().filter(|assignment| assignment.is_direct());
    let direct = names(direct.map(|assignment| format!("user {} in {}", assignment.principal, assignment.account)));
    Ok(if direct.is_empty() {
        Verdict::pass(format!("{why}; {}, none to a single user", count(assigned.len(), "assignment")))
    } else {
        Verdict::fail(format!("{why}; assigned to single users: {direct}"))
    })
}

/// Whether a permission set makes an administrator.
fn administers(view: &View<'_>, seen: &Seen, set: &PermissionSet) -> Result<Administers, Gap> {
    let managed = seen.see(&set.managed);
    if let Ok(arns) = &managed
        && arns.iter().any(|arn| aws_policy(arn) == Some("AdministratorAccess"))
    {
        return Ok(Administers::For("holds AdministratorAccess".to_owned()));
    }
    let inline = seen.see(&set.inline).and_then(|text| match text {
        None => Ok(None),
        Some(text) => {
            let documents = [("inline policy".to_owned(), text.as_str())];
            let call = "sso-admin:GetInlinePolicyForPermissionSet";
            verdict(view, call, &documents, "no administrator", &full_admin).map(Some)
        }
    });
    if let Ok(Some(found)) = &inline
        && found.status == Status::Fail
    {
        return Ok(Administers::For(found.observed.clone()));
    }
    managed?;
    let mut open: Vec<String> =
        inline?.into_iter().filter(|v| v.status == Status::Manual).map(|v| v.observed).collect();
    let own = names(seen.see(&set.customer_managed)?);
    if !own.is_empty() {
        open.push(format!("holds the policies {own} of each account"));
    }
    Ok(if open.is_empty() { Administers::No } else { Administers::Perhaps(open.join("; ")) })
}
