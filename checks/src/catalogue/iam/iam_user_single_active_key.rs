//! # No IAM user keeps two active access keys for longer than a rotation takes
//!
//! ## What it asks
//! Whether an IAM user has two active access keys for longer than `rotation_overlap_days`.
//!
//! ## Why an auditor asks
//! A second key is one more copy to lose. It is needed while a key is replaced, and then the old one has to go.
//!
//! ## How it is decided
//! The population is every IAM user with an active access key. One active key → pass. Two → the newer one must be at
//! most `rotation_overlap_days` whole days old, which is taken for a rotation under way, else fail. If one of the dates
//! is missing → fail. The report holds two keys of a user: where it says that there are more
//! (`additional_credentials_info`), what does not fail by the two is `not-evaluated`.
//!
//! ## What else is accepted
//! Nothing; a role makes the keys unnecessary.
//!
//! ## What it does not see
//! Which of the two keys a program still uses is told by `iam-user-unused-access-key` and not weighed here. A key that
//! is switched off, and can be switched on again, does not count. The report may be up to four hours old.
//!
//! ## Remediation
//! Console: IAM, Users, the user, Security credentials, Access keys, deactivate and delete the old one. CLI: `aws iam
//! update-access-key --status Inactive ...`, then `aws iam delete-access-key ...`. Terraform: keep one
//! `aws_iam_access_key` for a user.
//!
//! ## Peers
//! Prowler `iam_user_two_active_access_key`; Powerpipe `iam_user_one_active_key`; CIS AWS Foundations v5 1.12.
//!
//! ## References
//! AWS IAM User Guide, "Managing access keys for IAM users"; "Update access keys".

use kickoff_facts::iam::{Credential, CredentialRow};
use kickoff_facts::{Need, View};

use crate::frame::wording::{count, day};
use crate::parameters::{Parameters, ROTATION_OVERLAP};
use crate::reasoning::credentials::{certain, complete, judge_users};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Status, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-user-single-active-key",
    control: "CC6.1.31",
    title: "No IAM user keeps two active access keys for longer than a rotation takes",
    severity: Severity::Low,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1"],
    needs: &[Need::CredentialReport],
    parameters: &[&ROTATION_OVERLAP],
    expected: "one active key, or two for at most {rotation_overlap_days} days",
    fix: "deactivate and delete the older key",
};

/// Decides.
///
/// # Errors
/// The credential report is not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let report = view.credential_report()?;
    let limit = parameters.number(&ROTATION_OVERLAP);
    let left_out = |row: &CredentialRow| {
        let any =
            row.keys.iter().any(|key| key.active) || row.undisputed(Credential::Keys).is_err() || row.more.is_some();
        (!any).then_some("without an active access key")
    };
    Ok(judge_users(view, report, left_out, |_, row| {
        certain(view, row, Credential::Keys)?;
        let [first, second] = &row.keys;
        let verdict = if !(first.active && second.active) {
            Verdict::pass("one active key")
        } else if let (Some(a), Some(b)) = (first.last_rotated, second.last_rotated) {
            let newer = a.max(b);
            let age = view.days_since(newer);
            let since = format!("two active keys since {}, for {}", day(newer), count(age, "day"));
            Verdict::decide(age <= limit, since)
        } else {
            Verdict::fail("two active keys, and the credential report has no date for one of them")
        };
        if verdict.status == Status::Fail { Ok(verdict) } else { complete(view, row).map(|()| verdict) }
    }))
}
