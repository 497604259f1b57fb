//! What checks of credentials share: who has a password, which keys work, how long a credential lay idle.

use jiff::Timestamp;
use kickoff_facts::iam::{AccountSummary, CredentialKey, CredentialReport, CredentialRow, PasswordPolicy};
use kickoff_facts::{Gap, View};

use crate::frame::wording::{count, day};
use crate::reasoning::gaps::unsaid;
use crate::{Evaluation, Finding, Resource, Verdict};

/// The call that tells the credential report.
const REPORT: &str = "iam:GetCredentialReport";

/// The root user's row of the report.
///
/// # Errors
/// The report has none.
pub fn root_row<'a>(view: &View<'_>, report: &'a CredentialReport) -> Result<&'a CredentialRow, Gap> {
    report.root.as_ref().ok_or_else(|| unsaid(view, REPORT, "the report has no row for the root user"))
}

/// The verdict on the protection of root's sign-in where root holds no credential at all, as in a member account whose
/// root credentials were removed centrally.
#[must_use]
pub fn root_without_credentials(summary: &AccountSummary) -> Option<Verdict> {
    (summary.root_password_present == Some(false) && !summary.root_access_keys_present).then(|| {
        Verdict::not_applicable(
            "root has no password and no access key",
            "there is no root credential that MFA could protect; central root management removes them",
        )
    })
}

/// The user of a row.
#[must_use]
pub fn user(row: &CredentialRow) -> Resource {
    Resource::new("AWS::IAM::User", &row.arn)
}

/// Whether an IAM user has a console password.
///
/// # Errors
/// The report does not say.
pub fn has_password(view: &View<'_>, row: &CredentialRow) -> Result<bool, Gap> {
    row.password_enabled
        .ok_or_else(|| unsaid(view, REPORT, format!("the report does not say whether {} has a password", row.user)))
}

/// Judges each IAM user who has a console password; a user of whom the report does not say it is not evaluated.
pub fn judge_console_users(
    view: &View<'_>,
    report: &CredentialReport,
    judge: impl Fn(&CredentialRow) -> Result<Verdict, Gap>,
) -> Vec<Finding> {
    let maybe = report.users.iter().filter(|row| row.password_enabled != Some(false));
    maybe.map(|row| Finding::judge(user(row), |_| has_password(view, row).and_then(|_| judge(row)))).collect()
}

/// The IAM users who have a console password, of those that count.
///
/// # Errors
/// None is known to have one, and of one that counts the report does not say it.
pub fn console_users<'a>(
    view: &View<'_>,
    report: &'a CredentialReport,
    counts: impl Fn(&CredentialRow) -> bool,
) -> Result<Vec<&'a CredentialRow>, Gap> {
    let (mut found, mut gap) = (Vec::new(), None);
    for row in report.users.iter().filter(|row| counts(row)) {
        match has_password(view, row) {
            Ok(true) => found.push(row),
            Ok(false) => {}
            Err(error) => gap = gap.or(Some(error)),
        }
    }
    match gap {
        Some(gap) if found.is_empty() => Err(gap),
        _ => Ok(found),
    }
}

/// Every active access key of an IAM user, as a resource.
pub fn active_keys(report: &CredentialReport) -> impl Iterator<Item = (Resource, &CredentialKey)> {
    report.users.iter().flat_map(|row| {
        (1..).zip(&row.keys).filter(|(_, key)| key.active).map(|(number, key)| {
            (Resource::new("AWS::IAM::AccessKey", format!("{}/access-key-{number}", row.arn)), key)
        })
    })
}

/// Judges how long a credential lay idle: since its last use or, when no use is known, since it was made.
#[must_use]
pub fn judge_idle(view: &View<'_>, last_used: Option<Timestamp>, made: Option<Timestamp>, limit: u64) -> Verdict {
    let (what, since) = match (last_used, made) {
        (Some(at), _) => ("last used", at),
        (None, Some(at)) => ("no use is known, made", at),
        (None, None) => return Verdict::fail("no use is known, and the credential report has no date for it"),
    };
    let idle = view.days_since(since);
    Verdict::decide(idle <= limit, format!("{what} {}, {} ago", day(since), count(idle, "day")))
}

/// Judges the account's password policy, or AWS's default where there is none. It binds IAM users only, so the question
/// does not arise where none of them has a console password.
///
/// # Errors
/// The credential report or the policy is not known.
pub fn judge_password_policy(view: &View<'_>, judge: impl FnOnce(Option<&PasswordPolicy>) -> Verdict) -> Evaluation {
    let users = console_users(view, view.credential_report()?, |_| true)?.len();
    let verdict = if users == 0 {
        let reason = "the policy binds IAM users with a console password, and there are none";
        Verdict::not_applicable("no IAM user has a console password", reason)
    } else {
        let policy = view.password_policy()?.as_ref();
        let mut verdict = judge(policy);
        let whose = if policy.is_some() { "the account's own policy" } else { "no own policy, AWS's default holds" };
        verdict.observed = format!("{} ({whose}; {} with a console password)", verdict.observed, count(users, "user"));
        verdict
    };
    Ok(vec![Finding::new(Resource::account(view), verdict)])
}
