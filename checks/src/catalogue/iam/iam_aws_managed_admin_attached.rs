//! # Holders of AWS AdministratorAccess are few and known
//!
//! ## What it asks
//! Who holds the AWS managed policy `AdministratorAccess`, and whether each holder is approved.
//!
//! ## Why an auditor asks
//! An administrator can do anything, and undo what watches him. Some have to be; a reviewer wants to see that somebody
//! decided who.
//!
//! ## How it is decided
//! The population is every user, group and role that `AdministratorAccess` is attached to. Declared in
//! `approved_administrators`, by name or as `user/NAME`, `group/NAME` or `role/NAME`, patterns allowed → pass. A user
//! in `break_glass_users`, and a group all of whose members are → pass. Any other holder: where
//! `approved_administrators` is declared → fail; where it is not → a person has to judge. Roles of Identity Center are
//! holders like others: declare them, such as `role/AWSReservedSSO_AdministratorAccess_*`. Service-linked roles are
//! left out. Other policies that grant as much are looked at by `iam-customer-policy-no-admin` and
//! `iam-inline-policy-no-admin`.
//!
//! ## What else is accepted
//! Nothing: the list is yours to declare.
//!
//! ## What it does not see
//! Only this one policy is looked for: `PowerUserAccess`, `IAMFullAccess` and others that lead as far are not.
//! Boundaries and service control policies, which may take its effect away, are not weighed. Who may assume a role
//! that holds it, and whom Identity Center assigns to one, is told elsewhere.
//!
//! ## Remediation
//! Console: IAM, Policies, AdministratorAccess, Entities attached, Detach. CLI: `aws iam detach-user-policy --user-name
//! USER --policy-arn arn:aws:iam::aws:policy/AdministratorAccess` (or `-group-`, `-role-`). Terraform: remove the
//! attachment.
//!
//! ## Peers
//! Prowler `iam_aws_attached_policy_no_administrative_privileges`, `iam_role_administratoraccess_policy`,
//! `iam_user_administrator_access_policy`, `iam_group_administrator_access_policy`; Powerpipe
//! `iam_role_no_administrator_access_policy_attached`, `iam_policy_no_star_star`; CIS AWS Foundations v5 1.15.
//!
//! ## Where peers differ
//! - Powerpipe `iam_policy_no_star_star`: looks at customer managed policies only, and passes an account all of whose
//!   users hold `AdministratorAccess`. That policy allows everything on everything (AWS Managed Policy Reference): here
//!   each holder is judged.
//! - Prowler `iam_aws_attached_policy_no_administrative_privileges`: fails an account as soon as anyone holds
//!   `AdministratorAccess`, and so nearly every account. Somebody has to administer it: here the holders are held
//!   against the list that you approved, and without a list a person has to judge.
//!
//! ## References
//! AWS Managed Policy Reference, "AdministratorAccess"; AWS IAM User Guide, "Security best practices in IAM".

use kickoff_facts::{Need, View};

use crate::frame::wording::{line, names};
use crate::parameters::{APPROVED_ADMINISTRATORS, BREAK_GLASS_USERS, Parameters};
use crate::reasoning::attachments::aws_policy;
use crate::reasoning::tested::{self, own_roles, tested};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-aws-managed-admin-attached",
    control: "CC6.3.04",
    title: "Holders of AWS AdministratorAccess are few and known",
    severity: Severity::High,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3", "CC6.1"],
    needs: &[Need::Authorization],
    parameters: &[&APPROVED_ADMINISTRATORS, &BREAK_GLASS_USERS],
    expected: "the holder is an approved administrator ({approved_administrators}) or for emergencies ({break_glass_users})",
    fix: "detach AdministratorAccess, or approve the holder in kickoff.toml",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let authorization = view.authorization()?;
    let holds = |attached: &[String]| attached.iter().any(|arn| aws_policy(arn) == Some("AdministratorAccess"));
    let emergency = |name: &str| parameters.matches(&BREAK_GLASS_USERS, name);
    let judge = |what: &str, name: &str, emergency: bool, more: &str| {
        let observed = format!("{what} {} holds AdministratorAccess{more}", line(name));
        let approved = parameters.matches(&APPROVED_ADMINISTRATORS, name)
            || parameters.matches(&APPROVED_ADMINISTRATORS, &format!("{what}/{name}"));
        if approved {
            Verdict::pass(observed).because("declared in approved_administrators")
        } else if emergency {
            Verdict::pass(observed).because("declared in break_glass_users")
        } else if parameters.is_set(&APPROVED_ADMINISTRATORS) {
            Verdict::fail(observed).because("not declared in approved_administrators")
        } else {
            Verdict::manual(
                observed,
                "approved_administrators is not declared: judge whether this holder should be one",
            )
        }
    };
    let mut found = Vec::new();
    let without = |attached: &[String]| (!holds(attached)).then_some("does not hold AdministratorAccess itself");
    for user in tested(view, &authorization.users, tested::user, |user| without(&user.attached)) {
        let verdict = judge("user", &user.name, emergency(&user.name), "");
        found.push(Finding::new(tested::user(user), verdict));
    }
    for group in tested(view, &authorization.groups, tested::group, |group| without(&group.attached)) {
        let members: Vec<&str> = authorization
            .users
            .iter()
            .filter(|user| user.groups.contains(&group.name))
            .map(|user| user.name.as_str())
            .collect();
        let more =
            if members.is_empty() { " and has no members".into() } else { format!("; members: {}", names(&members)) };
        let all = !members.is_empty() && members.iter().all(|name| emergency(name));
        found.push(Finding::new(tested::group(group), judge("group", &group.name, all, &more)));
    }
    for role in own_roles(view, authorization, |role| without(&role.attached)) {
        let verdict = judge("role", &role.name, false, "");
        found.push(Finding::new(tested::role(role), verdict));
    }
    Ok(found)
}
