//! # Organization has all features on
//!
//! ## What it asks
//! Whether the organization has all features on, and not consolidated billing alone.
//!
//! ## Why an auditor asks
//! With consolidated billing there are no service control policies, no delegated administrators and no central root
//! management.
//!
//! ## How it is decided
//! In the management account: `FeatureSet` is `ALL` → pass, else fail. In a member account, and without an
//! organization: `not-applicable`.
//!
//! ## What else is accepted
//! Nothing replaces it for an organization that claims central control.
//!
//! ## What it does not see
//! Which kinds of policy are switched on, and whether any is attached, is asked by `org-scp-guardrails` and
//! `org-tag-policies`. Members that were invited before and have not agreed to all features yet are not looked at.
//!
//! ## Remediation
//! Console: AWS Organizations, Settings, Begin process to enable all features; invited members have to approve. CLI:
//! `aws organizations enable-all-features`. Terraform: `feature_set = "ALL"` in `aws_organizations_organization`.
//!
//! ## Peers
//! CloudSploit `enableAllFeatures`.
//!
//! ## References
//! AWS Organizations User Guide, "Enabling all features for an organization with AWS Organizations"; API Reference,
//! `Organization`.

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::management;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "org-all-features",
    control: "CC5.2.01",
    title: "Organization has all features on",
    severity: Severity::Low,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC5.2"],
    needs: &[Need::Organization],
    parameters: &[],
    expected: "the feature set is ALL",
    fix: "enable all features in the management account",
};

/// Decides.
///
/// # Errors
/// It is not known whether the account belongs to an organization.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    management::judge(view, |organization, _| {
        let features = &organization.feature_set;
        Ok(Verdict::decide(features == "ALL", format!("the feature set is {features}")))
    })
}
