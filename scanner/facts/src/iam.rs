//! Identities and credentials of an account.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Observed;

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
    /// Root has an MFA device.
    pub root_mfa_enabled: bool,
    /// Root has an access key.
    pub root_access_keys_present: bool,
    /// Root has a password; false for a member account whose root credentials were removed centrally.
    /// None when the answer lacks the entry.
    pub root_password_present: Option<bool>,
    /// Root has an X.509 signing certificate.
    pub root_signing_certificates_present: bool,
}

/// The credential report: one row a user, and root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialReport {
    /// When AWS made it (UTC); it makes a new one every four hours at most.
    pub generated: Timestamp,
    /// The row of the root user.
    #[serde(default)]
    pub root: Option<CredentialRow>,
    /// The rows of all IAM users.
    #[serde(default)]
    pub users: Vec<CredentialRow>,
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
    pub mfa_active: bool,
    /// Both access keys.
    pub keys: [CredentialKey; 2],
    /// Whether each of the two signing certificates is active.
    pub certificates_active: [bool; 2],
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
