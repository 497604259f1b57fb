//! # Access keys are rotated within the limit
//!
//! ## What it asks
//! Whether each active access key of an IAM user was created or replaced within `access_key_max_age_days`.
//!
//! ## Why an auditor asks
//! A long-lived key is a password that never changes, and it is copied to laptops and build systems. Regular replacement
//! limits how long a leaked copy works.
//!
//! ## How it is decided
//! The population is every active access key in the credential report, root's left out (`iam-root-no-access-keys` has it).
//! The age is counted in whole days from `access_key_N_last_rotated` to the time of the run. Inactive keys cannot be used
//! and are not part of the population. A key for which the report has no date is `fail`: its age cannot be shown. The
//! report holds two keys of a user: one of whom it says that there are more (`additional_credentials_info`) is
//! `not-evaluated` beside the two.
//!
//! ## What else is accepted
//! Nothing replaces it for a key that exists; roles and Identity Center make the keys unnecessary.
//!
//! ## What it does not see
//! What the key may do, where it is kept and whether it was copied is not seen, nor whether programs use the new one
//! yet. The report may be up to four hours old; sessions that were opened with a key outlive it.
//!
//! ## Remediation
//! Console: IAM, Users, Security credentials, create a second key, change over, deactivate and delete the first.
//! CLI: `aws iam create-access-key --user-name NAME`, then `aws iam update-access-key --status Inactive ...` and
//! `aws iam delete-access-key ...`. Terraform: taint the `aws_iam_access_key`, or better, replace it by a role.
//!
//! ## Peers
//! Prowler `iam_rotate_access_key_90_days`; AWS Config `ACCESS_KEYS_ROTATED`; CIS AWS Foundations v5 1.13.
//!
//! ## References
//! AWS IAM User Guide, "Managing access keys for IAM users"; "Getting credential reports for your AWS account".

use kickoff_facts::{Need, View};

use crate::frame::wording::{count, day};
use crate::parameters::{ACCESS_KEY_MAX_AGE, Parameters};
use crate::reasoning::credentials::judge_active_keys;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-user-access-key-age",
    control: "CC6.1.26",
    title: "Access keys are rotated within the limit",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1"],
    needs: &[Need::CredentialReport],
    parameters: &[&ACCESS_KEY_MAX_AGE],
    expected: "an active key is at most {access_key_max_age_days} days old",
    fix: "create a second key, change over to it, then deactivate and delete the old one; or use a role",
};

/// Decides.
///
/// # Errors
/// The credential report is not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let report = view.credential_report()?;
    let limit = parameters.number(&ACCESS_KEY_MAX_AGE);
    Ok(judge_active_keys(view, report, |key| match key.last_rotated {
        Some(at) => {
            let age = view.days_since(at);
            Verdict::decide(age <= limit, format!("{} old, created {}", count(age, "day"), day(at)))
        }
        None => Verdict::fail("the credential report has no date for the key"),
    }))
}
