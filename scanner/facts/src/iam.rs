//! Identities and credentials of an account.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Observed;
pub use crate::credential_report::{Credential, CredentialKey, CredentialReport, CredentialRow, Disputed, Unreported};

/// `GetAccountSummary`: AWS's own count of the account's IAM entities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountSummary {
    /// Users, without root.
    pub users: u64,
    /// Groups.
    pub groups: u64,
    /// Roles, service-linked ones included.
    pub roles: Option<u64>,
    /// Customer managed policies.
    pub policies: u64,
    /// Identity providers, of SAML and of OpenID Connect. None when the answer lacks the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub providers: Option<u64>,
    /// Server certificates. None when the answer lacks the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_certificates: Option<u64>,
    /// Root has an MFA device.
    pub root_mfa_enabled: bool,
    /// Root has an access key.
    pub root_access_keys_present: bool,
    /// Root has a password; false for a member account whose root credentials were removed centrally.
    /// None when the answer lacks the entry.
    pub root_password_present: Option<bool>,
    /// Root has an X.509 signing certificate.
    pub root_signing_certificates_present: bool,
    /// What the credential report says otherwise of root.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub root_disputed: Vec<Disputed>,
}

impl AccountSummary {
    /// Holds what is said of root against root's row of the credential report. A key or certificate that is switched off is
    /// there all the same, so that the report may show none that is active; and where the row says `not_supported`, it says
    /// nothing.
    pub fn hold_root_against(&mut self, row: &CredentialRow, generated: Timestamp) {
        let reported = |state: &str| {
            format!("GetAccountSummary says otherwise than the credential report of {generated}, {state}")
        };
        let active_key = row.keys.iter().any(|key| key.active);
        let no_key = row.keys.iter().all(|key| !key.active && key.last_rotated.is_none());
        let mut disputes = Vec::new();
        let mut differ = |what: Credential, differs: bool, state: &str| {
            if differs {
                disputes.push(Disputed { what, why: reported(state) });
            }
        };
        let device = row.reported_mfa();
        let state = if device { "which shows an MFA device of root" } else { "which shows no MFA device of root" };
        differ(Credential::Mfa, device != self.root_mfa_enabled, state);
        differ(Credential::Keys, active_key && !self.root_access_keys_present, "which shows an active key of root");
        differ(Credential::Keys, no_key && self.root_access_keys_present, "which shows no key of root");
        let unlike = |said: bool| self.root_password_present.is_some_and(|present| present != said);
        differ(Credential::Password, row.password_enabled.is_some_and(unlike), "as to root's password");
        let certificate = row.certificates_active.contains(&true);
        let absent = !self.root_signing_certificates_present;
        differ(Credential::Certificates, certificate && absent, "which shows an active signing certificate of root");
        self.root_disputed = disputes;
    }

    /// Why it cannot be said what root holds of a kind; none where nothing disputes it.
    #[must_use]
    pub fn dispute(&self, what: Credential) -> Option<&str> {
        self.root_disputed.iter().find(|disputed| disputed.what == what).map(|disputed| disputed.why.as_str())
    }
}

/// `GetAccountPasswordPolicy`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PasswordPolicy {
    /// Characters at the least.
    pub minimum_length: u32,
    /// Requires a symbol.
    pub symbols: bool,
    /// Requires a digit.
    pub numbers: bool,
    /// Requires an upper-case letter.
    pub uppercase: bool,
    /// Requires a lower-case letter.
    pub lowercase: bool,
    /// Passwords expire after so many days; none when they do not.
    pub max_age_days: Option<u32>,
    /// So many former passwords are refused; none when reuse is allowed.
    pub reuse_prevention: Option<u32>,
}

/// `GetAccountAuthorizationDetails`: every principal and policy of the account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Authorization {
    /// IAM users.
    pub users: Vec<User>,
    /// IAM groups.
    pub groups: Vec<Group>,
    /// IAM roles.
    pub roles: Vec<Role>,
    /// Customer managed policies, and the AWS managed ones that are attached.
    pub policies: Vec<ManagedPolicy>,
}

/// An IAM user.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct User {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// The groups it belongs to, by name.
    pub groups: Vec<String>,
    /// Attached managed policies, by ARN.
    pub attached: Vec<String>,
    /// Inline policies.
    pub inline: Vec<InlinePolicy>,
    /// The permission boundary, by ARN.
    pub boundary: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// An IAM group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Attached managed policies, by ARN.
    pub attached: Vec<String>,
    /// Inline policies.
    pub inline: Vec<InlinePolicy>,
}

/// An IAM role.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its path; `/aws-service-role/...` marks a service-linked role.
    pub path: String,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// The trust policy, as JSON text.
    pub trust: String,
    /// Attached managed policies, by ARN.
    pub attached: Vec<String>,
    /// Inline policies.
    pub inline: Vec<InlinePolicy>,
    /// The permission boundary, by ARN.
    pub boundary: Option<String>,
    /// The last use in the tracking period (at most 400 days); none when there was none.
    pub last_used: Option<Timestamp>,
    /// The instance profiles that hold it, by ARN.
    pub instance_profiles: Vec<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

impl Role {
    /// Whether AWS owns the role: it cannot be changed by the client.
    #[must_use]
    pub fn is_service_linked(&self) -> bool {
        self.path.starts_with("/aws-service-role/")
    }

    /// Whether Identity Center made the role from a permission set.
    #[must_use]
    pub fn is_identity_center(&self) -> bool {
        self.path.starts_with("/aws-reserved/sso.amazonaws.com/")
    }
}

/// An inline policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InlinePolicy {
    /// Its name.
    pub name: String,
    /// The document, as JSON text.
    pub document: String,
}

/// A managed policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ManagedPolicy {
    /// Its name.
    pub name: String,
    /// Its ARN; `arn:<partition>:iam::aws:policy/...` when AWS owns it.
    pub arn: String,
    /// How many principals it is attached to.
    pub attachments: u32,
    /// How many principals have it as their boundary.
    pub boundary_uses: u32,
    /// The version in force.
    pub default_version: String,
    /// The document in force, as JSON text.
    pub document: String,
    /// The other versions of a customer managed policy, by id: who may set the default version may put them in force.
    pub other_versions: BTreeMap<String, String>,
}

impl ManagedPolicy {
    /// Whether AWS owns the policy.
    #[must_use]
    pub fn is_aws_managed(&self) -> bool {
        self.arn.split(':').nth(4) == Some("aws")
    }
}

/// An MFA device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MfaDevice {
    /// The serial number: an ARN `arn:aws:iam::<account>:mfa/...` for a virtual device, `.../u2f/...` for a FIDO key.
    pub serial: String,
    /// The ARN of the user who holds it; root's ends in `:root`. None when it is not assigned.
    pub user_arn: Option<String>,
    /// Since when it is in use (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<Timestamp>,
}

/// A user's MFA devices of all kinds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UserMfa {
    /// The user's name.
    pub user: String,
    /// Serial numbers of the user's devices.
    pub devices: Observed<Vec<String>>,
}

/// `ListOrganizationsFeatures`: central management of the members' root credentials.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RootManagement {
    /// `RootCredentialsManagement`, `RootSessions`.
    pub features: Vec<String>,
}

/// A password or key of an IAM user for one service, which opens no other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceCredential {
    /// The user's name.
    pub user: String,
    /// The service, `codecommit.amazonaws.com`.
    pub service: String,
    /// Its id.
    pub id: String,
    /// It can be used.
    pub active: bool,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it ends; none when never.
    pub expires: Option<Timestamp>,
}

/// The SSH keys of an IAM user.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UserSshKeys {
    /// The user's name.
    pub user: String,
    /// The keys.
    pub keys: Observed<Vec<SshKey>>,
}

/// An SSH key, which opens CodeCommit's repositories and nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SshKey {
    /// Its id.
    pub id: String,
    /// It can be used.
    pub active: bool,
    /// When it was uploaded.
    pub uploaded: Option<Timestamp>,
}

/// A server certificate stored in IAM.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerCertificate {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// When it ends to be valid.
    pub expires: Option<Timestamp>,
}

/// An OpenID Connect provider.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OidcProvider {
    /// Its ARN.
    pub arn: String,
    /// Its address, without the scheme.
    pub url: Observed<String>,
    /// The audiences that it accepts.
    pub audiences: Observed<Vec<String>>,
}
