//! What checks of credentials share: who has a password, which keys work, how long a credential lay idle.

use jiff::Timestamp;
use kickoff_facts::iam::{AccountSummary, Credential, CredentialKey, CredentialReport, CredentialRow, PasswordPolicy};
use kickoff_facts::{Gap, GapKind, Reported, Seen, View};

use crate::frame::wording::{count, day, line};
use crate::reasoning::gaps::unsaid;
use crate::reasoning::tested::leave_out;
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

/// Nothing can be decided, because two answers of the run do not agree; the message says on what.
fn disagreed(view: &View<'_>, call: &str, message: &str) -> Gap {
    Gap { kind: GapKind::Contradicted, ..unsaid(view, call, message) }
}

/// What GetAccountSummary says of root can be judged.
///
/// # Errors
/// The credential report says otherwise.
pub fn undisputed(view: &View<'_>, summary: &AccountSummary, what: Credential) -> Result<(), Gap> {
    summary.dispute(what).map_or(Ok(()), |why| Err(disagreed(view, "iam:GetAccountSummary", why)))
}

/// The verdict on the protection of root's sign-in where root holds no credential at all, as in a member account whose
/// root credentials were removed centrally.
///
/// # Errors
/// The credential report says otherwise.
pub fn root_without_credentials(view: &View<'_>, summary: &AccountSummary) -> Result<Option<Verdict>, Gap> {
    if summary.root_password_present != Some(false) || summary.root_access_keys_present {
        return Ok(None);
    }
    undisputed(view, summary, Credential::Password)?;
    undisputed(view, summary, Credential::Keys)?;
    Ok(Some(Verdict::not_applicable(
        "root has no password and no access key",
        "there is no root credential that MFA could protect; central root management removes them",
    )))
}

/// The user of a row.
#[must_use]
pub fn user(row: &CredentialRow) -> Resource {
    Resource::new("AWS::IAM::User", &row.arn)
}

/// Why nothing is known of the credentials of a user whom the report lacks.
#[must_use]
pub fn lacking(view: &View<'_>, why: &str) -> Gap {
    disagreed(view, REPORT, why)
}

/// What the report says of a kind of a user's credentials can be judged.
///
/// # Errors
/// Another answer of the run says otherwise.
pub fn certain(view: &View<'_>, row: &CredentialRow, what: Credential) -> Result<(), Gap> {
    row.undisputed(what).map_err(|why| disagreed(view, REPORT, &format!("of {}, {why}", row.user)))
}

/// The access keys and certificates that the report has columns for are all that a user has.
///
/// # Errors
/// The user has more of them.
pub fn complete(view: &View<'_>, row: &CredentialRow) -> Result<(), Gap> {
    let beyond = |text: &String| {
        let message = format!("{} has more credentials than the report holds: {}", row.user, line(text));
        unsaid(view, REPORT, message)
    };
    row.more.as_ref().map_or(Ok(()), |text| Err(beyond(text)))
}

/// Whether an IAM user has an active access key.
///
/// # Errors
/// None is known to be active, and another answer of the run says otherwise, or the user has more than the report holds.
pub fn has_active_key(view: &View<'_>, row: &CredentialRow) -> Result<bool, Gap> {
    certain(view, row, Credential::Keys)?;
    if row.keys.iter().any(|key| key.active) {
        return Ok(true);
    }
    complete(view, row).map(|()| false)
}

/// Whether a user has an active MFA device.
///
/// # Errors
/// Another answer of the run says otherwise than the report.
pub fn has_mfa(view: &View<'_>, row: &CredentialRow) -> Result<bool, Gap> {
    certain(view, row, Credential::Mfa).map(|()| row.reported_mfa())
}

/// Whether an IAM user has a console password.
///
/// # Errors
/// The report does not say, or another answer of the run says otherwise.
pub fn has_password(view: &View<'_>, row: &CredentialRow) -> Result<bool, Gap> {
    certain(view, row, Credential::Password)?;
    row.password_enabled
        .ok_or_else(|| unsaid(view, REPORT, format!("the report does not say whether {} has a password", row.user)))
}

/// Judges each IAM user who is not left out for a reason: one of whom that is disputed is judged too, and the judgement
/// says so. A user whom the report lacks is not evaluated.
pub fn judge_users(
    view: &View<'_>,
    report: &CredentialReport,
    left_out: impl Fn(&CredentialRow) -> Option<&'static str>,
    judge: impl Fn(&Seen, &CredentialRow) -> Result<Verdict, Gap>,
) -> Vec<Finding> {
    report
        .users()
        .filter_map(|reported| match reported {
            Reported::Row(row) => match left_out(row) {
                None => Some(Finding::judge(user(row), |seen| judge(seen, row))),
                Some(why) => {
                    leave_out(view, user(row), why);
                    None
                }
            },
            Reported::Nothing(one) => {
                let resource = Resource::new("AWS::IAM::User", &one.arn);
                Some(Finding::judge(resource, |_| Err(lacking(view, &one.why))))
            }
        })
        .collect()
}

/// Why a user is left out of what is asked of console users.
#[must_use]
pub fn without_password(row: &CredentialRow) -> Option<&'static str> {
    let none = row.password_enabled == Some(false) && row.undisputed(Credential::Password).is_ok();
    none.then_some("without a console password")
}

/// Judges each IAM user who has a console password; a user of whom the report does not say it is not evaluated.
pub fn judge_console_users(
    view: &View<'_>,
    report: &CredentialReport,
    judge: impl Fn(&CredentialRow) -> Result<Verdict, Gap>,
) -> Vec<Finding> {
    judge_users(view, report, without_password, |_, row| has_password(view, row).and_then(|_| judge(row)))
}

/// The IAM users who have a console password, of those that count by their names.
///
/// # Errors
/// None is known to have one, and of one that counts the report does not say it.
pub fn console_users<'a>(
    view: &View<'_>,
    report: &'a CredentialReport,
    counts: impl Fn(&str) -> bool,
) -> Result<Vec<&'a CredentialRow>, Gap> {
    let (mut found, mut gap) = (Vec::new(), None);
    for reported in report.users() {
        let told = match reported {
            Reported::Row(row) if counts(&row.user) => has_password(view, row).map(|has| has.then_some(row)),
            Reported::Nothing(one) if counts(&one.user) => Err(lacking(view, &one.why)),
            _ => continue,
        };
        match told {
            Ok(row) => found.extend(row),
            Err(error) => gap = gap.or(Some(error)),
        }
    }
    match gap {
        Some(gap) if found.is_empty() => Err(gap),
        _ => Ok(found),
    }
}

/// Judges every active access key of each IAM user, as a resource; a user whose keys are disputed, who has more keys than the
/// report holds, or whom it lacks, is not evaluated. Keys that are switched off, those of such users and those of root are left out.
pub fn judge_active_keys(
    view: &View<'_>,
    report: &CredentialReport,
    judge: impl Fn(&CredentialKey) -> Verdict,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let root = report.root.iter().map(|row| (row, Some("root's: iam-root-no-access-keys judges it")));
    let users = report.users().filter_map(|reported| match reported {
        Reported::Row(row) => {
            let disputed = certain(view, row, Credential::Keys).err();
            let why = disputed.is_some().then_some("of a user whose keys are disputed: not evaluated");
            let unknown = disputed.or_else(|| complete(view, row).err());
            findings.extend(unknown.map(|gap| Finding::judge(user(row), |_| Err(gap))));
            Some((row, why))
        }
        Reported::Nothing(one) => {
            let resource = Resource::new("AWS::IAM::User", &one.arn);
            findings.push(Finding::judge(resource, |_| Err(lacking(view, &one.why))));
            None
        }
    });
    let users: Vec<_> = users.collect();
    for (row, why) in root.chain(users) {
        for (number, key) in (1..).zip(&row.keys).filter(|(_, key)| key.active || key.last_rotated.is_some()) {
            let resource = Resource::new("AWS::IAM::AccessKey", format!("{}/access-key-{number}", row.arn));
            match why.or((!key.active).then_some("switched off")) {
                Some(why) => leave_out(view, resource, why),
                None => findings.push(Finding::new(resource, judge(key))),
            }
        }
    }
    findings
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
