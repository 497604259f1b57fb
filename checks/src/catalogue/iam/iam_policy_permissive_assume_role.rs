//! # Policies do not allow assuming any role
//!
//! ## What it asks
//! Whether a policy lets its holder assume any role.
//!
//! ## Why an auditor asks
//! Who may assume any role has the rights of the strongest role that trusts the account, in other accounts too.
//!
//! ## How it is decided
//! The population is every customer managed policy that is attached to a user, group or role, and every user, group and
//! role with an inline policy. A policy attached to nothing grants nothing; service-linked roles and AWS managed
//! policies are not the client's. A statement that allows `sts:AssumeRole`, by whatever pattern, on every role of an
//! account or of all (`*`, `arn:aws:iam::ACCOUNT:role/*`), or on all but some → fail; so does one on roles of any account by
//! a pattern of their names (`arn:aws:iam::*:role/eks-*`, `arn:aws:iam::*:*Admin*`): anybody can make such a role. Any account's role of one name
//! (`arn:aws:iam::*:role/Audit`), as hubs of one organization have it → `manual`. A Deny of the same document
//! without a condition, on all resources of the kind, takes the action away. A grant under a condition → a person has
//! to judge. A document that cannot be read, or a statement that AWS would refuse or that is not known here, → not
//! evaluated, unless another statement fails for certain. Boundaries, SCPs and other policies, which may take a grant
//! away again, are not looked at.
//!
//! ## What else is accepted
//! An approved exception for an administrator's policy.
//!
//! ## What it does not see
//! Which roles would let the holder in is not weighed: a role's trust policy decides that too. Lists that name every
//! role one by one, and rights by which a role is used without assuming it (`iam:PassRole`), are not counted. AWS
//! managed policies are outside, and who holds the policy is not weighed.
//!
//! ## Remediation
//! Console: IAM, Policies, the policy, Edit. CLI: `aws iam create-policy-version --policy-arn ARN --policy-document
//! file://policy.json --set-as-default`, `aws iam put-role-policy` for an inline one. Terraform: `aws_iam_policy`,
//! `aws_iam_role_policy`.
//!
//! ## Peers
//! Prowler `iam_no_custom_policy_permissive_role_assumption`; Powerpipe
//! `iam_policy_custom_no_permissive_role_assumption`.
//!
//! ## References
//! AWS IAM User Guide, "Grant a user permissions to switch roles"; AWS STS API Reference, `AssumeRole`.

use kickoff_facts::{Need, View};
use kickoff_policy::compile::Compiled;
use kickoff_policy::whom;

use crate::parameters::Parameters;
use crate::reasoning::grants::{self, Scope};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-policy-permissive-assume-role",
    control: "CC6.3.12",
    title: "Policies do not allow assuming any role",
    severity: Severity::High,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "sts:AssumeRole is allowed on named roles only",
    fix: "name the roles in Resource",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let roles = Scope { service: "iam", resource: "role/*" };
    grants::judge(view, &grants::granting(view, view.authorization()?), "does not allow to assume any role", |policy| {
        let mut hits = grants::rights(policy, &["sts:AssumeRole"], roles, Scope::reached, "every role");
        hits.extend(grants::rights(
            policy,
            &["sts:AssumeRole"],
            roles,
            |scope, statement| !scope.reached(statement) && any_account(statement, true),
            "roles of any account by a pattern",
        ));
        let named = grants::rights(
            policy,
            &["sts:AssumeRole"],
            roles,
            |scope, statement| {
                !scope.reached(statement) && !any_account(statement, true) && any_account(statement, false)
            },
            "a role of any account",
        );
        hits.extend(named.into_iter().map(grants::Hit::doubted));
        hits
    })
}

/// Whether a statement speaks of roles of whatever account, by one name or by a pattern of names.
fn any_account(statement: &Compiled, by_pattern: bool) -> bool {
    let any = |entry: &String| {
        let roles = whom::strangers_roles(entry);
        let pattern = roles.iter().any(|role| role.contains(whom::MARK));
        !roles.is_empty() && pattern == by_pattern
    };
    statement.source.resources.as_ref().is_some_and(|listed| !listed.not && listed.entries.iter().any(any))
}
