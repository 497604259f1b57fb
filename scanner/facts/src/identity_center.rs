//! IAM Identity Center: its instance, permission sets, who is assigned what, and the directory of people.

use serde::{Deserialize, Serialize};

use crate::Observed;

/// An instance of Identity Center that a region shows to the account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IdentityCenter {
    /// Its ARN.
    pub arn: String,
    /// The directory of its people, `d-...`.
    pub identity_store: String,
    /// The account that owns it: the management account for the organization's instance.
    pub owner: String,
    /// `ACTIVE`, `CREATE_IN_PROGRESS`, `CREATE_FAILED`, `DELETE_IN_PROGRESS`.
    pub status: String,
    /// The region in which it is administered, where AWS says so: it may be shown in others too.
    pub primary_region: Option<String>,
}

impl IdentityCenter {
    /// Whether the account owns it and the region is the one in which it is administered.
    #[must_use]
    pub fn is_administered(&self, account: &str, region: &str) -> bool {
        self.owner == account && self.primary_region.as_ref().is_none_or(|primary| primary == region)
    }
}

/// A permission set: what those who are assigned it may do in an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PermissionSet {
    /// Its ARN.
    pub arn: String,
    /// Its name and the length of its sessions.
    pub settings: Observed<PermissionSetSettings>,
    /// AWS's policies in it, by ARN.
    pub managed: Observed<Vec<String>>,
    /// Policies of the client's in it, by name; each account that it is used in has its own.
    pub customer_managed: Observed<Vec<String>>,
    /// The inline policy, as JSON text; none when there is none.
    pub inline: Observed<Option<String>>,
}

/// `DescribePermissionSet`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PermissionSetSettings {
    /// Its name.
    pub name: String,
    /// How long a session lasts, in minutes.
    pub session_minutes: u64,
}

/// The assignments of a permission set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PermissionSetAssignments {
    /// The permission set, by ARN.
    pub permission_set: String,
    /// Who is assigned it, where.
    pub assignments: Observed<Vec<Assignment>>,
}

/// An assignment of a permission set to somebody in an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Assignment {
    /// The account.
    pub account: String,
    /// `USER` or `GROUP`.
    pub principal_type: String,
    /// The user's or group's id in the directory.
    pub principal: String,
}

impl Assignment {
    /// Whether it is to a single user.
    #[must_use]
    pub fn is_direct(&self) -> bool {
        self.principal_type != "GROUP"
    }
}

/// A person in the directory. Addresses, phone numbers and the like are not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DirectoryUser {
    /// The id.
    pub id: String,
    /// The name for signing in.
    pub name: String,
    /// `ENABLED` or `DISABLED`; none where AWS does not say.
    pub status: Option<String>,
}

/// A group in the directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DirectoryGroup {
    /// The id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its members, by id; asked for groups that are assigned a permission set.
    pub members: Observed<Vec<String>>,
}
