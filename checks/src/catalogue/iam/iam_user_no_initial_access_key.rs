//! # No access key issued together with a console password at user creation
//!
//! ## What it asks
//! Whether a console user was given an access key in the same moment as the user was made.
//!
//! ## Why an auditor asks
//! A key that nobody asked for is made by habit, handed over together with the password, and often never used. Access
//! should be granted for a need, one credential at a time.
//!
//! ## How it is decided
//! The population is every IAM user with a console password. An active access key whose `access_key_N_last_rotated`
//! lies within five minutes of `user_creation_time` was issued at the creation → fail, used or not. A key that was made
//! later, or replaced since, passes; so does a user without an active key. An active key, where one of the two dates is
//! missing → fail. A key that was never used is for `iam-user-unused-access-key`. The report holds two keys of a user:
//! where it says that there are more (`additional_credentials_info`), what does not fail by the two is `not-evaluated`.
//!
//! The report has no date for the first password. That the password came with the user is taken from the user having
//! one.
//!
//! ## What else is accepted
//! Nothing for a key that still exists; a key that was replaced since is judged by its new date.
//!
//! ## What it does not see
//! Keys that were made with the user and deleted or replaced since are not seen, nor who received a key. When the
//! first password was set is not in the report. Users without a password today are not in the population.
//!
//! ## Remediation
//! Console: IAM, Users, the user, Security credentials, Access keys: delete the key, and create a new one if there is a
//! need. CLI: `aws iam delete-access-key --user-name NAME --access-key-id ID`. Terraform: do not declare
//! `aws_iam_access_key` beside `aws_iam_user_login_profile`.
//!
//! ## Peers
//! Prowler `iam_user_no_setup_initial_access_key`; Powerpipe `iam_user_access_keys_and_password_at_setup`; CIS AWS
//! Foundations v5 1.10.
//!
//! ## References
//! AWS IAM User Guide, "Managing access keys for IAM users"; "Getting credential reports for your AWS account".

use jiff::SignedDuration;
use kickoff_facts::{Need, View};

use crate::frame::wording::{day, names};
use crate::parameters::Parameters;
use crate::reasoning::credentials::{complete, judge_console_users};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-user-no-initial-access-key",
    control: "CC6.2.03",
    title: "No access key issued together with a console password at user creation",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.2"],
    needs: &[Need::CredentialReport],
    parameters: &[],
    expected: "no active key of a console user was made together with the user",
    fix: "delete the key; make a new one on request if it is needed",
};

/// A key and a user that are made within this time were made in one step.
const SAME_MOMENT: SignedDuration = SignedDuration::from_mins(5);

/// Decides.
///
/// # Errors
/// The credential report is not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let report = view.credential_report()?;
    Ok(judge_console_users(view, report, |row| {
        let (mut initial, mut undated, mut later) = (Vec::new(), Vec::new(), Vec::new());
        for (number, key) in (1..).zip(&row.keys).filter(|(_, key)| key.active) {
            let name = format!("access key {number}");
            match (row.created, key.last_rotated) {
                (Some(user), Some(made)) if user.duration_since(made).abs() <= SAME_MOMENT => {
                    initial.push(format!("{name} ({})", day(made)));
                }
                (Some(_), Some(_)) => later.push(name),
                _ => undated.push(name),
            }
        }
        if !initial.is_empty() {
            return Ok(Verdict::fail(format!("made together with the user: {}", names(initial))));
        }
        if !undated.is_empty() {
            let which = names(undated);
            return Ok(Verdict::fail(format!("the credential report has no date for the user or for {which}")));
        }
        complete(view, row)?;
        Ok(if later.is_empty() {
            Verdict::pass("no active access key")
        } else {
            Verdict::pass(format!("made after the user: {}", names(later)))
        })
    }))
}
