//! # Allow statements do not use NotAction
//!
//! ## What it asks
//! Whether a statement allows everything but the actions that it names.
//!
//! ## Why an auditor asks
//! Such a statement grants more than its author can list, and with each service that AWS adds it grants more.
//!
//! ## How it is decided
//! The population is every customer managed policy that is attached to a user, group or role, and every user, group and
//! role with an inline policy. A policy attached to nothing grants nothing; service-linked roles and AWS managed
//! policies are not the client's. An Allow statement with `NotAction` → fail, whatever its resources and conditions.
//! Deny statements with `NotAction` are usual and good. A document that cannot be read, or a statement that AWS would
//! refuse or that is not known here, → not evaluated, unless another statement fails for certain.
//!
//! ## What else is accepted
//! An approved exception, for example for a policy like `PowerUserAccess` of a platform team.
//!
//! ## What it does not see
//! What the statement grants in the end, after boundaries, denials and other policies, is not weighed; nor is who
//! holds it. AWS managed policies, permission sets that are provisioned nowhere, and policies of resources are
//! outside.
//!
//! ## Remediation
//! Console: IAM, Policies, the policy, Edit. CLI: `aws iam create-policy-version --policy-arn ARN --policy-document
//! file://policy.json --set-as-default`, `aws iam put-role-policy` for an inline one. Terraform: `aws_iam_policy`,
//! `aws_iam_role_policy`.
//!
//! ## Peers
//! ScoutSuite `iam-managed-policy-allows-NotActions`, `iam-inline-policy-allows-NotActions`.
//!
//! ## References
//! AWS IAM User Guide, "IAM JSON policy elements: NotAction".

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::grants::{self, Hit};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-policy-allow-notaction",
    control: "CC6.3.09",
    title: "Allow statements do not use NotAction",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "no Allow statement uses NotAction",
    fix: "name the actions that are needed in Action",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    grants::judge(view, &grants::granting(view, view.authorization()?), "no Allow with NotAction", |policy| {
        grants::allows(policy)
            .filter(|statement| statement.source.actions.not)
            .map(|statement| {
                let (label, patterns) = (grants::label(statement), grants::patterns(statement));
                Hit::new(true, format!("{label} allows everything but what it names: {patterns}"))
            })
            .collect()
    })
}
