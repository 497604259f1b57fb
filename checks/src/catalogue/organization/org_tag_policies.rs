//! # Tag policies are on
//!
//! ## What it asks
//! Whether tag policies are switched on and one is attached.
//!
//! ## Why an auditor asks
//! Tags that say what data a resource holds are only of use when everybody writes them the same way.
//!
//! ## How it is decided
//! In the management account: all features are on, the root has `TAG_POLICY` enabled, and a tag policy that says something
//! of a tag has a target that is an active account or has one under it → pass, else fail. The management account itself
//! may be the target. One that is known decides; if none is known and the targets, the accounts under them or the document
//! of a policy cannot be read → `not-evaluated`. In a member account, and without an organization: `not-applicable`. Which
//! tags the policy asks for is not judged.
//!
//! ## What else is accepted
//! Tags that are demanded in another way, by infrastructure code or an AWS Config rule, as an approved exception.
//!
//! ## What it does not see
//! Which tags a policy asks for, whether it enforces them (`enforced_for`) or only reports, and whether resources
//! comply is not read. Tags that are not demanded by a tag policy are outside.
//!
//! ## Remediation
//! Console: AWS Organizations, Policies, Tag policies, Enable, Create policy, attach it. CLI: `aws organizations
//! enable-policy-type --policy-type TAG_POLICY ...`, `aws organizations create-policy`, `aws organizations
//! attach-policy`. Terraform: `aws_organizations_policy` with `type = "TAG_POLICY"`.
//!
//! ## Peers
//! Prowler `organizations_tags_policies_enabled_and_attached`; Powerpipe `organizational_tag_policies_enabled`; AWS
//! Config `REQUIRED_TAGS`.
//!
//! ## References
//! AWS Organizations User Guide, "Tag policies".

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::{management, own_policies};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "org-tag-policies",
    control: "C1.1.01",
    title: "Tag policies are on",
    severity: Severity::Low,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["C1.1"],
    needs: &[
        Need::Organization,
        Need::OrganizationRoot,
        Need::OrganizationPolicies,
        Need::OrganizationTree,
        Need::Members,
    ],
    parameters: &[],
    expected: "a tag policy is attached where accounts are, and tag policies are enabled",
    fix: "enable tag policies and attach one to the root or to a unit",
};

/// Decides.
///
/// # Errors
/// It is not known whether the account belongs to an organization.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    management::judge(view, |organization, seen| own_policies::judge(view, seen, organization, own_policies::Kind::Tag))
}
