//! # Root user holds no access keys
//!
//! ## What it asks
//! Whether the root user has an access key.
//!
//! ## Why an auditor asks
//! A key of root gives everything in the account to whoever copies it, without MFA, and no policy can limit it.
//!
//! ## How it is decided
//! `GetAccountSummary`, `AccountAccessKeysPresent`: 0 → pass, else fail. It counts inactive keys too, because root can
//! switch them on again. It is the state of the moment; the credential report may be up to four hours older and is not
//! asked.
//!
//! ## What else is accepted
//! Nothing: whatever needs root is done by signing in.
//!
//! ## What it does not see
//! Keys that were deleted within the period are not seen: `iam-root-activity-in-period` lists `CreateAccessKey` and
//! `DeleteAccessKey` of the last 90 days. Key pairs of root for CloudFront are not access keys and not in the answer.
//!
//! ## Remediation
//! Console: sign in as root, Security credentials, Access keys, deactivate and delete. In a member account, from the
//! management account: a root session with the task policy `IAMDeleteRootUserCredentials` (`aws sts assume-root`), then
//! `aws iam delete-access-key`. Terraform has no resource for it.
//!
//! ## Peers
//! Prowler `iam_no_root_access_key`; Powerpipe `iam_root_user_no_access_keys`; AWS Config `IAM_ROOT_ACCESS_KEY_CHECK`;
//! CIS AWS Foundations v5 1.3.
//!
//! ## References
//! AWS IAM User Guide, "Root user best practices for your AWS account"; API Reference, `GetAccountSummary`.

use kickoff_facts::iam::Credential;
use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::credentials::undisputed;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-root-no-access-keys",
    control: "CC6.1.22",
    title: "Root user holds no access keys",
    severity: Severity::Critical,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.3"],
    needs: &[Need::AccountSummary],
    parameters: &[],
    expected: "root has no access key, active or not",
    fix: "delete the access keys of root",
};

/// Decides.
///
/// # Errors
/// The account summary is not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let summary = view.account_summary()?;
    undisputed(view, summary, Credential::Keys)?;
    let present = summary.root_access_keys_present;
    let observed = if present { "root has an access key" } else { "root has no access key" };
    Ok(vec![Finding::new(Resource::root(view), Verdict::decide(!present, observed))])
}
