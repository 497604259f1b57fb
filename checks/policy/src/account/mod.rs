//! What an account holds, as the engine takes it: principals, policies, and what stands above and beside them.
//!
//! Plain data: documents stay the text they were, and equal texts share one allocation.

use std::sync::Arc;

mod details;
mod facts;
#[cfg(test)]
mod tests;

pub use details::DetailsError;
pub use facts::{Facts, ResourceTags};

/// A policy document and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The policy's name.
    pub name: String,
    /// Its JSON text.
    pub document: Arc<str>,
}

/// The principals and managed policies of one account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountData {
    /// The account's number.
    pub account: String,
    /// `aws`, `aws-cn`, `aws-us-gov`...
    pub partition: String,
    /// Whether everything is here: false when the last page told of more.
    pub complete: bool,
    /// Its users.
    pub users: Vec<UserData>,
    /// Its groups.
    pub groups: Vec<GroupData>,
    /// Its roles.
    pub roles: Vec<RoleData>,
    /// Its own managed policies, and those of AWS that it uses.
    pub policies: Vec<PolicyData>,
}

/// An IAM user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserData {
    /// The user's name.
    pub name: String,
    /// The user's ARN.
    pub arn: String,
    /// The unique id, `AIDA...`.
    pub id: Option<String>,
    /// Names of the groups that the user is in.
    pub groups: Vec<String>,
    /// ARNs of the managed policies attached.
    pub attached: Vec<String>,
    /// The inline policies.
    pub inline: Vec<Named>,
    /// ARN of the permissions boundary.
    pub boundary: Option<String>,
    /// Tags, as `aws:PrincipalTag` has them.
    pub tags: Vec<(String, String)>,
}

/// An IAM role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleData {
    /// The role's name.
    pub name: String,
    /// The path, with a slash at both ends.
    pub path: String,
    /// The role's ARN.
    pub arn: String,
    /// The unique id, `AROA...`.
    pub id: Option<String>,
    /// JSON text of the trust policy.
    pub trust: Arc<str>,
    /// ARNs of the managed policies attached.
    pub attached: Vec<String>,
    /// The inline policies.
    pub inline: Vec<Named>,
    /// ARN of the permissions boundary.
    pub boundary: Option<String>,
    /// Tags, as `aws:PrincipalTag` has them.
    pub tags: Vec<(String, String)>,
    /// When the role was last used, as AWS tells it; none when it was not used in the tracking period.
    pub last_used: Option<String>,
    /// ARNs of the instance profiles that hold the role.
    pub instance_profiles: Vec<String>,
}

impl RoleData {
    /// Whether the role belongs to an AWS service: SCPs do not bind it.
    #[must_use]
    pub fn is_service_linked(&self) -> bool {
        self.path.starts_with("/aws-service-role/")
    }

    /// Whether IAM Identity Center made the role for a permission set.
    #[must_use]
    pub fn is_identity_center(&self) -> bool {
        self.path.starts_with("/aws-reserved/sso.amazonaws.com/")
    }
}

/// An IAM group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupData {
    /// The group's name.
    pub name: String,
    /// The group's ARN.
    pub arn: String,
    /// ARNs of the managed policies attached.
    pub attached: Vec<String>,
    /// The inline policies.
    pub inline: Vec<Named>,
}

/// A managed policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyData {
    /// The policy's name.
    pub name: String,
    /// The policy's ARN; AWS's own have `aws` for an account.
    pub arn: String,
    /// Id of the version in force.
    pub default_version: String,
    /// JSON text of the version in force.
    pub document: Arc<str>,
    /// The other versions: id and JSON text. Who may set the default version may put them in force.
    pub other_versions: Vec<(String, Arc<str>)>,
    /// Principals that the policy is attached to.
    pub attachments: u32,
}

/// One level of SCPs or RCPs above an account: the root, an organizational unit or the account itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlLevel {
    /// What the policies are attached to; empty when the file does not tell.
    pub org: String,
    /// The policies attached there.
    pub policies: Vec<Named>,
}

/// A resource's own policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourcePolicy {
    /// The resource's ARN.
    pub arn: String,
    /// JSON text of the policy.
    pub document: Arc<str>,
    /// The account that owns the resource, where that was told beside it.
    pub owner: Option<String>,
}
