//! # Full list of IAM users with credential state
//!
//! ## What it asks
//! Which IAM users there are, and which credentials each of them holds.
//!
//! ## Why an auditor asks
//! This is the population from which access reviews and leavers are sampled. It counts only if it is complete and of a
//! known time.
//!
//! ## How it is decided
//! The users of the credential report, root left out, each with creation date, console password and its last use, MFA,
//! access keys with their dates, and signing certificates, by name. Beside them: when AWS made the report (it makes a new
//! one every four hours at most), the number of rows, the number of users that `GetAccountSummary` counts, and the SHA-256
//! of the list: of one line a user as printed, each with a line feed at its end. The list is printed as far as a cell of a
//! sheet holds it; the evidence holds all, and the population in the evidence package has root's row beside the users'. A
//! person reviews it: `manual`. Where the two numbers differ, a user came or went since the report was made, or the list is
//! not complete: the reason says so; it names the users who have more access keys or certificates than the report holds
//! (`additional_credentials_info`), too. No IAM users → `no-population`.
//!
//! ## What else is accepted
//! The credential report as the console gives it, with the day and the name of who took it.
//!
//! ## What it does not see
//! Who the person behind a user is, and whether they still work for you, is not in AWS. Service-specific credentials,
//! SSH keys and the kind of MFA device are not in the report and not in the list (`iam-ssh-and-service-credentials`,
//! `iam-user-hardware-mfa`). Users who were made and deleted within the period are seen in
//! `iam-access-change-population`.
//!
//! ## Remediation
//! Console: IAM, Credential report. CLI: `aws iam generate-credential-report`, `aws iam get-credential-report`.
//! Terraform: `aws_iam_user` shows who is declared; compare.
//!
//! ## Peers
//! No peer prints it.
//!
//! ## References
//! AWS IAM User Guide, "Generate credential reports for your AWS account".

use kickoff_facts::iam::{CredentialRow, Unreported};
use kickoff_facts::{Need, View, sha256_hex};

use crate::frame::wording::{count, day, entries, line, moment, names};
use crate::parameters::Parameters;
use crate::{Entry, Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-user-population",
    control: "CC6.1.30",
    title: "Full list of IAM users with credential state",
    severity: Severity::Info,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Manual,
    criteria: &["CC6.1", "CC6.2", "CC6.3"],
    needs: &[Need::CredentialReport, Need::AccountSummary],
    parameters: &[],
    expected: "each IAM user and credential has an owner who needs it",
    fix: "take away users and credentials that nobody needs",
};

/// Decides.
///
/// # Errors
/// The credential report, or AWS's count of users, is not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let report = view.credential_report()?;
    let expected = view.account_summary()?.users;
    let rows = report.rows().len();
    let lacking: Vec<&Unreported> = report.unreported().iter().collect();
    if rows == 0 && lacking.is_empty() && expected == 0 {
        return Ok(Vec::new());
    }
    let unread = |one: &&Unreported| line(&format!("{} (not known: {})", one.user, one.why));
    let mut lines: Vec<String> = report.rows().iter().map(told).chain(lacking.iter().map(unread)).collect();
    lines.sort_unstable();
    let digest = sha256_hex(lines.iter().map(|line| format!("{line}\n")).collect::<String>().as_bytes());
    let made = moment(report.generated);
    let observed = format!(
        "{} in the credential report of {made}, {expected} by GetAccountSummary; SHA-256 {digest}: {}",
        count(rows, "user"),
        entries(lines)
    );
    let mut reason = if !lacking.is_empty() {
        let who = names(lacking.iter().map(|one| &one.user));
        format!(
            "the credential report of {made} does not tell of {who}: look at their credentials, then review who holds what"
        )
    } else if rows as u64 == expected {
        "review who holds what".to_owned()
    } else {
        format!(
            "the report has {rows} users and AWS counts {expected}: explain the difference, then review who holds what"
        )
    };
    if !report.stale.is_empty() {
        let gone = names(&report.stale);
        reason.push_str(&format!("; left out, since they are no IAM users any more: {gone}"));
    }
    let beyond: Vec<&str> =
        report.rows().iter().filter(|row| row.more.is_some()).map(|row| row.user.as_str()).collect();
    if !beyond.is_empty() {
        reason.push_str(&format!("; of these the report does not hold every credential: {}", names(beyond)));
    }
    // Every row of the report, so that the list can be held against it: root's too.
    let listed = report.root.iter().chain(report.rows()).map(entry).chain(lacking.into_iter().map(unknown)).collect();
    let verdict = Verdict::manual(observed, reason).listing(listed);
    Ok(vec![Finding::new(Resource::account(view), verdict)])
}

/// A user's credentials, field by field.
fn entry(row: &CredentialRow) -> Entry {
    let on = |at: Option<jiff::Timestamp>| at.map(day);
    let never = || NEVER.to_owned();
    let (password, used) = match row.password_enabled {
        Some(true) => ("yes", on(row.password_last_used).unwrap_or_else(never)),
        Some(false) => ("no", String::new()),
        None => ("not known", on(row.password_last_used).unwrap_or_default()),
    };
    let mut entry = vec![
        ("User", row.user.clone()),
        ("Created", on(row.created).unwrap_or_default()),
        ("Password", password.to_owned()),
        ("Password last used", used),
        ("MFA", mfa(row, ["yes", "no", "not known"]).to_owned()),
    ];
    for (number, heads) in KEY_HEADS.iter().enumerate() {
        // The report has columns for keys that do not exist: those were never made.
        let key = row.keys.get(number).filter(|key| key.active || key.last_rotated.is_some());
        let state = key.map_or("none", |key| if key.active { "active" } else { "inactive" });
        entry.extend([
            (heads[0], state.to_owned()),
            (heads[1], key.and_then(|key| on(key.last_rotated)).unwrap_or_default()),
            (heads[2], key.map(|key| on(key.last_used).unwrap_or_else(never)).unwrap_or_default()),
        ]);
    }
    let certificates = row.certificates_active.iter().filter(|active| **active).count();
    entry.push(("Signing certificates", certificates.to_string()));
    entry
}

/// A user of whom the report tells nothing.
fn unknown(one: &Unreported) -> Entry {
    let row = CredentialRow::new(one.user.clone(), one.arn.clone());
    let not_known = |(head, value): (&'static str, String)| {
        let told = head == "User" || head == "Created";
        (head, if told { value } else { "not known".to_owned() })
    };
    entry(&row).into_iter().map(not_known).collect()
}

/// Words for whether a user has MFA: yes, no, or two answers that do not agree.
fn mfa(row: &CredentialRow, [yes, no, unknown]: [&'static str; 3]) -> &'static str {
    row.mfa_active().map_or(unknown, |active| if active { yes } else { no })
}

/// AWS does not tell a credential that was never used from one that was used before it kept track.
const NEVER: &str = "never, as far as is known";

/// The columns of each access key that a user can have.
const KEY_HEADS: [[&str; 3]; 2] =
    [["Key 1", "Key 1 made", "Key 1 last used"], ["Key 2", "Key 2 made", "Key 2 last used"]];

/// A user's credentials, on one line.
fn told(row: &CredentialRow) -> String {
    let on = |at: Option<jiff::Timestamp>, never: &str| at.map_or_else(|| never.to_owned(), day);
    let password = match row.password_enabled {
        Some(true) => format!("password last used {}", on(row.password_last_used, NEVER)),
        Some(false) => "no password".to_owned(),
        None => "password not known".to_owned(),
    };
    let mut parts = vec![format!("made {}", on(row.created, "on an unknown day")), password];
    parts.push(mfa(row, ["MFA", "no MFA", "MFA not known"]).to_owned());
    for (number, key) in (1..).zip(&row.keys).filter(|(_, key)| key.active) {
        let (made, used) = (on(key.last_rotated, "on an unknown day"), on(key.last_used, "never"));
        parts.push(format!("key {number} made {made}, last used {used}"));
    }
    let certificates = row.certificates_active.iter().filter(|active| **active).count();
    if certificates > 0 {
        parts.push(count(certificates, "signing certificate"));
    }
    parts.extend(row.more.as_ref().map(|text| format!("more than the report holds: {text}")));
    line(&format!("{} ({})", row.user, parts.join(", ")))
}
