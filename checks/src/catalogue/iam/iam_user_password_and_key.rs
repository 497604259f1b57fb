//! # Human and programmatic credentials are not held by one IAM user
//!
//! ## What it asks
//! Whether an IAM user holds both a console password and an active access key.
//!
//! ## Why an auditor asks
//! A user is either a person or a program. One who is both cannot be reviewed as either, and a stolen key is mistaken
//! for the person.
//!
//! ## How it is decided
//! The population is every IAM user with a console password or an active access key. Both → fail, one of them → pass. A
//! user with a key of whom the report does not say whether there is a password is `not-evaluated`; so is one with a
//! password, no active key among the two that the report holds, and more of them (`additional_credentials_info`). It is
//! advice: no criterion forbids it.
//!
//! ## What else is accepted
//! Short-lived credentials: `aws login` or Identity Center for people, roles for programs.
//!
//! ## What it does not see
//! Keys that are switched off, service-specific credentials, SSH keys and signing certificates do not count. Whether a
//! person or a program uses each of the two is not told. The report may be up to four hours old.
//!
//! ## Remediation
//! Console: IAM, Users, the user, Security credentials: disable console access or delete the key. CLI: `aws iam
//! delete-login-profile` or `aws iam delete-access-key`. Terraform: keep one of `aws_iam_user_login_profile` and
//! `aws_iam_access_key` for a user.
//!
//! ## Peers
//! ScoutSuite `iam-user-with-password-and-key`; CloudSploit `usersPasswordAndKeys`.
//!
//! ## References
//! AWS IAM User Guide, "Security best practices in IAM".

use kickoff_facts::iam::{Credential, CredentialRow};
use kickoff_facts::{Need, View};

use crate::frame::wording::count;
use crate::parameters::Parameters;
use crate::reasoning::credentials::{certain, complete, has_password, judge_users};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-user-password-and-key",
    control: "CC6.1.29",
    title: "Human and programmatic credentials are not held by one IAM user",
    severity: Severity::Low,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1"],
    needs: &[Need::CredentialReport],
    parameters: &[],
    expected: "a user has a console password or active access keys, not both",
    fix: "split the user in two, or replace the key by a role",
};

/// Decides.
///
/// # Errors
/// The credential report is not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let report = view.credential_report()?;
    let left_out = |row: &CredentialRow| {
        let disputed = |what| row.undisputed(what).is_err();
        let any = row.keys.iter().any(|key| key.active)
            || row.password_enabled != Some(false)
            || disputed(Credential::Keys)
            || disputed(Credential::Password);
        (!any).then_some("with neither a console password nor an active access key")
    };
    Ok(judge_users(view, report, left_out, |_, row| {
        certain(view, row, Credential::Keys)?;
        let keys = row.keys.iter().filter(|key| key.active).count();
        Ok(match (has_password(view, row)?, keys) {
            (true, 0) => complete(view, row).map(|()| Verdict::pass("a console password, no active access key"))?,
            (true, _) => Verdict::fail(format!("a console password and {}", count(keys, "active access key"))),
            (false, _) => Verdict::pass(format!("{}, no console password", count(keys, "active access key"))),
        })
    }))
}
