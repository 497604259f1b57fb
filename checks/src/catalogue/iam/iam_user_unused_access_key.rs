//! # Access keys idle past the limit are disabled
//!
//! ## What it asks
//! Whether each active access key of an IAM user was used within `unused_credential_days`.
//!
//! ## Why an auditor asks
//! A forgotten key works for whoever finds it, and nobody would miss it.
//!
//! ## How it is decided
//! The population is every active access key in the credential report, root's left out (`iam-root-no-access-keys` has
//! it). Whole days since `access_key_N_last_used_date` are counted, or since `access_key_N_last_rotated` when the key
//! was never used. More than the limit → fail; no date at all → fail. The CIS benchmark counts the 45th day as idle
//! already; set 44 to follow it to the day. Inactive keys cannot be used. The report holds two keys of a user: one of
//! whom it says that there are more (`additional_credentials_info`) is `not-evaluated` beside the two.
//!
//! ## What else is accepted
//! Nothing replaces it for a key that exists.
//!
//! ## What it does not see
//! AWS tells the last use only, and not by whom or from where. What the key may do is not weighed. Inactive keys,
//! which can be switched on again, are not in the population; the report may be up to four hours old.
//!
//! ## Remediation
//! Console: IAM, Users, the user, Security credentials, Access keys, Deactivate, later Delete. CLI: `aws iam
//! update-access-key --user-name NAME --access-key-id ID --status Inactive`. Terraform: `status = "Inactive"` in
//! `aws_iam_access_key`, or remove it.
//!
//! ## Peers
//! Prowler `iam_user_accesskey_unused`; Powerpipe `iam_user_unused_credentials_45`, `iam_user_unused_credentials_90`,
//! `iam_user_access_key_unused_45`; AWS Config `IAM_USER_UNUSED_CREDENTIALS_CHECK`; CIS AWS Foundations v5 1.11.
//!
//! ## Where peers differ
//! - Prowler `iam_user_accesskey_unused`: passes over a key that was never used, for ever. The key works all the same,
//!   and the credential report says when it was made: here it grows old from then on.
//!
//! ## References
//! AWS IAM User Guide, "Find unused AWS credentials"; "Managing access keys for IAM users".

use kickoff_facts::{Need, View};

use crate::parameters::{Parameters, UNUSED_CREDENTIAL};
use crate::reasoning::credentials::{judge_active_keys, judge_idle};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-user-unused-access-key",
    control: "CC6.2.04",
    title: "Access keys idle past the limit are disabled",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.2", "CC6.3"],
    needs: &[Need::CredentialReport],
    parameters: &[&UNUSED_CREDENTIAL],
    expected: "an active key was used within the last {unused_credential_days} days, or is not older than that",
    fix: "deactivate the key, and delete it when nobody misses it",
};

/// Decides.
///
/// # Errors
/// The credential report is not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let report = view.credential_report()?;
    let limit = parameters.number(&UNUSED_CREDENTIAL);
    Ok(judge_active_keys(view, report, |key| judge_idle(view, key.last_used, key.last_rotated, limit)))
}
