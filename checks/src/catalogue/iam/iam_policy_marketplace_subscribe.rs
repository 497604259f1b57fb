//! # Marketplace subscription rights are limited
//!
//! ## What it asks
//! Whether a policy lets its holder subscribe to products of AWS Marketplace.
//!
//! ## Why an auditor asks
//! A subscription is a contract with a vendor and brings foreign software into the account. Vendors are assessed before
//! (CC9.2), so that the right to buy belongs to few.
//!
//! ## How it is decided
//! The population is every customer managed policy that is attached to a user, group or role, and every user, group and
//! role with an inline policy. A policy attached to nothing grants nothing; service-linked roles and AWS managed
//! policies are not the client's. A statement that allows `aws-marketplace:Subscribe`, by whatever pattern, → fail. The
//! action takes no resource: a statement that names a product's ARN allows nothing (as `kickoff who-can` finds), one on
//! `*` allows every product. Administrators by a policy of the client's
//! fail too. A Deny of the same document without a condition takes the action away. A grant under a condition → a
//! person has to judge. A document that cannot be read, or a statement that AWS would refuse or that is not known here,
//! → not evaluated, unless another statement fails for certain. Boundaries, SCPs and other policies, which may take a
//! grant away again, are not looked at.
//!
//! ## What else is accepted
//! A private marketplace, which limits what can be bought, with an approved exception for the role that buys.
//!
//! ## What it does not see
//! Rights to buy in other ways (`aws-marketplace:AcceptAgreementRequest`,
//! `aws-marketplace:CreatePrivateMarketplaceRequests`, services that subscribe on one's behalf) are not asked for, and
//! a private marketplace is not read. AWS managed policies are outside, and who holds the policy is not weighed.
//!
//! ## Remediation
//! Console: IAM, Policies, the policy, Edit. CLI: `aws iam create-policy-version --policy-arn ARN --policy-document
//! file://policy.json --set-as-default`, `aws iam put-role-policy` for an inline one. Terraform: `aws_iam_policy`,
//! `aws_iam_role_policy`.
//!
//! ## Peers
//! Prowler `iam_policy_no_wildcard_marketplace_subscribe`, `iam_inline_policy_no_wildcard_marketplace_subscribe`.
//!
//! ## References
//! Service Authorization Reference, "AWS Marketplace"; AWS Marketplace Buyer Guide, "Controlling access to AWS
//! Marketplace subscriptions".

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::grants::{self, Scope};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-policy-marketplace-subscribe",
    control: "CC6.3.25",
    title: "Marketplace subscription rights are limited",
    severity: Severity::Low,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3", "CC9.2"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "nothing can be bought in AWS Marketplace by the policy",
    fix: "take aws-marketplace:Subscribe out of the policy, or except the role that buys",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let products = Scope { service: "aws-marketplace", resource: "*" };
    grants::judge(view, &grants::granting(view, view.authorization()?), "allows no subscription", |policy| {
        grants::rights(policy, &["aws-marketplace:Subscribe"], products, Scope::touched, "products")
    })
}
