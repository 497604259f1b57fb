//! The credential report, which AWS makes anew every four hours at most: held against what the same run knows better.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The credential report: one row a user, and root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialReport {
    /// When AWS made it (UTC); it makes a new one every four hours at most.
    pub generated: Timestamp,
    /// The row of the root user.
    #[serde(default)]
    pub root: Option<CredentialRow>,
    /// The rows of the IAM users.
    #[serde(default)]
    users: Vec<CredentialRow>,
    /// The IAM users that the report lacks, or knows under an earlier life.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unreported: Vec<Unreported>,
    /// Users of the report who are no IAM users any more: their rows are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stale: Vec<String>,
}

/// An IAM user of whom the credential report tells nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unreported {
    /// The user's name.
    pub user: String,
    /// The user's ARN.
    pub arn: String,
    /// Why the report does not tell of it.
    pub why: String,
}

/// One row of the credential report. Dates that the report gives as `N/A`, `no_information` or `not_supported` are none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CredentialRow {
    /// The user's name, `<root_account>` for root.
    pub user: String,
    /// The user's ARN.
    pub arn: String,
    /// When the user was created.
    pub created: Option<Timestamp>,
    /// Whether there is a console password; none where the report says `not_supported` (root on some accounts).
    pub password_enabled: Option<bool>,
    /// The last sign-in with the password; none when it was never used or the report has no information.
    pub password_last_used: Option<Timestamp>,
    /// When the password was set or changed.
    pub password_last_changed: Option<Timestamp>,
    /// Whether an MFA device is active.
    mfa_active: bool,
    /// Both access keys.
    pub keys: [CredentialKey; 2],
    /// Whether each of the two signing certificates is active.
    pub certificates_active: [bool; 2],
    /// What the report says of credentials that it has no columns for: more than two access keys or certificates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more: Option<String>,
    /// What another answer of the run says otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    disputed: Vec<Disputed>,
}

/// An access key, as the credential report tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CredentialKey {
    /// The key can be used.
    pub active: bool,
    /// When it was created or last replaced.
    pub last_rotated: Option<Timestamp>,
    /// When it was last used; none when never.
    pub last_used: Option<Timestamp>,
}

/// What a user holds to sign in or to call with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Credential {
    /// The console password.
    Password,
    /// Access keys.
    Keys,
    /// MFA devices.
    Mfa,
    /// Signing certificates.
    Certificates,
}

/// A credential of which two answers of a run say different things.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disputed {
    /// Which.
    pub what: Credential,
    /// Which answers, and what they say.
    pub why: String,
}

/// What the report tells of an IAM user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported<'a> {
    /// The user's row.
    Row(&'a CredentialRow),
    /// Nothing: whatever is asked of the user is not known.
    Nothing(&'a Unreported),
}

impl CredentialRow {
    /// A row that tells of no credential yet.
    #[must_use]
    pub fn new(user: String, arn: String) -> Self {
        Self { user, arn, ..Self::default() }
    }

    /// With or without an active MFA device, as the report says.
    #[must_use]
    pub fn with_mfa(mut self, active: bool) -> Self {
        self.mfa_active = active;
        self
    }

    /// What the report says of MFA, whatever another answer says.
    #[must_use]
    pub fn reported_mfa(&self) -> bool {
        self.mfa_active
    }

    /// Whether an MFA device is active.
    ///
    /// # Errors
    /// Another answer of the run says otherwise: which.
    pub fn mfa_active(&self) -> Result<bool, &str> {
        self.undisputed(Credential::Mfa).map(|()| self.mfa_active)
    }

    /// Whether nothing says otherwise of a kind of credential.
    ///
    /// # Errors
    /// Which answer says what.
    pub fn undisputed(&self, what: Credential) -> Result<(), &str> {
        self.disputed.iter().find(|disputed| disputed.what == what).map_or(Ok(()), |disputed| Err(&disputed.why))
    }

    fn dispute(&mut self, what: Credential, why: String) {
        if self.undisputed(what).is_ok() {
            self.disputed.push(Disputed { what, why });
        }
    }
}

/// A change of a user's credentials in IAM's event history: the operation and what it changes.
const CHANGES: [(&str, Credential); 9] = [
    ("ChangePassword", Credential::Password),
    ("CreateAccessKey", Credential::Keys),
    ("CreateLoginProfile", Credential::Password),
    ("DeactivateMFADevice", Credential::Mfa),
    ("DeleteAccessKey", Credential::Keys),
    ("DeleteLoginProfile", Credential::Password),
    ("EnableMFADevice", Credential::Mfa),
    ("UpdateAccessKey", Credential::Keys),
    ("UpdateLoginProfile", Credential::Password),
];

/// Whether two dates are those of different moments: one answer gives fractions of a second where another does not.
fn apart(one: Timestamp, other: Timestamp) -> bool {
    one.as_second().abs_diff(other.as_second()) > 1
}

impl CredentialReport {
    /// A report as it came.
    #[must_use]
    pub fn new(generated: Timestamp, root: Option<CredentialRow>, mut users: Vec<CredentialRow>) -> Self {
        users.sort_by(|a, b| a.user.cmp(&b.user));
        Self { generated, root, users, unreported: Vec::new(), stale: Vec::new() }
    }

    /// What it tells of each IAM user of the account: nothing, of some, where it is older than they are.
    pub fn users(&self) -> impl Iterator<Item = Reported<'_>> {
        self.users.iter().map(Reported::Row).chain(self.unreported.iter().map(Reported::Nothing))
    }

    /// The rows that it has of the account's users; those whom it lacks are in [`Self::unreported`].
    #[must_use]
    pub fn rows(&self) -> &[CredentialRow] {
        &self.users
    }

    /// The users whom it lacks.
    #[must_use]
    pub fn unreported(&self) -> &[Unreported] {
        &self.unreported
    }

    /// Holds the rows against the users that the account has (ARN, name, and when each was made). Rows of others are left
    /// out as stale: AWS makes a report every four hours at most. A user who was made anew under the same name is another
    /// one, of whom it knows nothing.
    pub fn hold_against<'a>(&mut self, users: impl Iterator<Item = (&'a str, &'a str, Option<Timestamp>)>) {
        let made = self.generated;
        let mut rows: BTreeMap<String, CredentialRow> =
            std::mem::take(&mut self.users).into_iter().map(|row| (row.arn.clone(), row)).collect();
        for (arn, user, created) in users {
            let why = match (rows.remove(arn), created) {
                (Some(row), Some(created)) if row.created.is_some_and(|then| apart(then, created)) => {
                    self.stale.push(format!("{user} (an earlier user of that name)"));
                    format!(
                        "the credential report of {made} knows an earlier user of that name; this one was made {created}"
                    )
                }
                (Some(row), _) => {
                    self.users.push(row);
                    continue;
                }
                (None, created) => self.lacks(created),
            };
            self.unreported.push(Unreported { user: user.to_owned(), arn: arn.to_owned(), why });
        }
        self.stale.extend(rows.into_values().map(|row| row.user));
        self.stale.sort();
        self.users.sort_by(|a, b| a.user.cmp(&b.user));
        self.unreported.sort_by(|a, b| a.user.cmp(&b.user));
    }

    /// Why it does not tell of a user who was made at a time.
    #[must_use]
    pub fn lacks(&self, created: Option<Timestamp>) -> String {
        let made = self.generated;
        match created {
            Some(created) if created > made => {
                format!("the credential report of {made} is older than the user, who was made {created}")
            }
            Some(created) => {
                format!("the credential report of {made} lacks the user, who was made before it, {created}")
            }
            None => format!("the credential report of {made} lacks the user"),
        }
    }

    /// Holds MFA against a virtual device that a user has, by the user's ARN.
    pub fn hold_device(&mut self, arn: &str, serial: &str, enabled: Option<Timestamp>) {
        let made = self.generated;
        if let Some(row) = self.users.iter_mut().find(|row| row.arn == arn && !row.mfa_active) {
            let since = enabled.map(|at| format!(", in use since {at}")).unwrap_or_default();
            row.dispute(
                Credential::Mfa,
                format!("the credential report of {made} says no MFA, iam:ListVirtualMFADevices lists {serial} of the user{since}"),
            );
        }
    }

    /// Holds MFA against the list of a user's devices, which has none, by the user's name.
    pub fn hold_no_device(&mut self, user: &str) {
        let made = self.generated;
        if let Some(row) = self.users.iter_mut().find(|row| row.user == user && row.mfa_active) {
            let why =
                format!("the credential report of {made} says MFA, iam:ListMFADevices lists no device of the user");
            row.dispute(Credential::Mfa, why);
        }
    }

    /// Holds a user's row against a change of IAM's event history that succeeded: what was changed after the report was
    /// made, the row no longer tells.
    pub fn hold_event(&mut self, name: &str, at: Timestamp, target: &[String]) {
        let made = self.generated;
        let Some((_, what)) = CHANGES.iter().find(|(change, _)| *change == name) else { return };
        if at <= made {
            return;
        }
        let named =
            |row: &&mut CredentialRow| target.iter().any(|part| part.strip_prefix("userName ") == Some(&row.user));
        if let Some(row) = self.users.iter_mut().find(named) {
            row.dispute(*what, format!("{name} changed it {at}, after the credential report was made, {made}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn row(user: &str, created: &str) -> CredentialRow {
        CredentialRow {
            user: user.to_owned(),
            arn: format!("arn:aws:iam::111122223333:user/{user}"),
            created: Some(at(created)),
            ..CredentialRow::default()
        }
    }

    fn report(rows: Vec<CredentialRow>) -> CredentialReport {
        CredentialReport::new(at("2026-03-01T08:00:00Z"), None, rows)
    }

    fn users(report: &mut CredentialReport, users: &[(&str, &str)]) {
        let named: Vec<(String, &str, Timestamp)> = users
            .iter()
            .map(|(user, created)| (format!("arn:aws:iam::111122223333:user/{user}"), *user, at(created)))
            .collect();
        report.hold_against(named.iter().map(|(arn, user, created)| (arn.as_str(), *user, Some(*created))));
    }

    #[test]
    fn a_row_of_a_user_who_is_gone_is_stale_and_a_user_without_a_row_is_not_known() {
        let mut report = report(vec![row("ann", "2024-01-01T00:00:00Z"), row("gone", "2024-01-01T00:00:00Z")]);
        users(
            &mut report,
            &[("ann", "2024-01-01T00:00:00Z"), ("new", "2026-03-01T09:00:00Z"), ("old", "2024-01-01T00:00:00Z")],
        );
        assert_eq!(report.rows().iter().map(|row| row.user.as_str()).collect::<Vec<_>>(), ["ann"]);
        assert_eq!(report.stale, ["gone"]);
        let why: Vec<(&str, &str)> =
            report.unreported().iter().map(|one| (one.user.as_str(), one.why.as_str())).collect();
        assert_eq!(
            why,
            [
                (
                    "new",
                    "the credential report of 2026-03-01T08:00:00Z is older than the user, who was made 2026-03-01T09:00:00Z"
                ),
                (
                    "old",
                    "the credential report of 2026-03-01T08:00:00Z lacks the user, who was made before it, 2024-01-01T00:00:00Z"
                ),
            ]
        );
        assert_eq!(report.users().count(), 3);
    }

    #[test]
    fn a_user_made_anew_under_the_same_name_is_another_one() {
        let mut report = report(vec![row("ann", "2024-01-01T00:00:00Z")]);
        users(&mut report, &[("ann", "2026-03-01T09:00:00Z")]);
        assert!(report.rows().is_empty());
        assert_eq!(report.unreported().len(), 1);
        assert_eq!(report.stale, ["ann (an earlier user of that name)"]);
    }

    #[test]
    fn mfa_is_not_known_where_the_lists_of_devices_say_otherwise() {
        let mut report = report(vec![
            row("ann", "2024-01-01T00:00:00Z"),
            row("bob", "2024-01-01T00:00:00Z").with_mfa(true),
            row("eve", "2024-01-01T00:00:00Z").with_mfa(true),
        ]);
        report.hold_device("arn:aws:iam::111122223333:user/ann", "arn:aws:iam::111122223333:mfa/ann", None);
        report.hold_no_device("bob");
        report.hold_device("arn:aws:iam::111122223333:user/eve", "arn:aws:iam::111122223333:mfa/eve", None);
        let mfa: Vec<bool> = report.rows().iter().map(|row| row.mfa_active().is_ok()).collect();
        assert_eq!(mfa, [false, false, true]);
    }

    #[test]
    fn what_was_changed_after_the_report_it_no_longer_tells() {
        let mut report = report(vec![row("ann", "2024-01-01T00:00:00Z")]);
        let target = ["userName ann".to_owned()];
        report.hold_event("CreateLoginProfile", at("2026-03-01T07:59:59Z"), &target);
        report.hold_event("TagUser", at("2026-03-01T09:00:00Z"), &target);
        assert!(report.rows()[0].undisputed(Credential::Password).is_ok());
        report.hold_event("CreateLoginProfile", at("2026-03-01T09:00:00Z"), &target);
        assert!(report.rows()[0].undisputed(Credential::Password).is_err());
        assert!(report.rows()[0].undisputed(Credential::Keys).is_ok());
    }
}
