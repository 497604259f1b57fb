//! The caller, the regions, contacts, and the organization.

use serde::{Deserialize, Serialize};

use crate::Observed;

/// Who asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Caller {
    /// The account.
    pub account: String,
    /// The caller's ARN.
    pub arn: String,
}

/// A region of the partition and its state for this account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Region {
    /// `eu-west-1`.
    pub name: String,
    /// `ENABLED_BY_DEFAULT`, `ENABLED`, `ENABLING`, `DISABLING`, `DISABLED`.
    pub status: String,
}

impl Region {
    /// Whether resources can exist there.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        // A state that AWS adds counts: resources may exist there.
        !matches!(self.status.as_str(), "DISABLED" | "ENABLING")
    }
}

/// An alternate contact of the account. The phone number is not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Contact {
    /// A person or a team.
    pub name: String,
    /// A title.
    pub title: String,
    /// An e-mail address.
    pub email: String,
}

/// The three alternate contacts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AlternateContacts {
    /// Security.
    pub security: Observed<Option<Contact>>,
    /// Operations.
    pub operations: Observed<Option<Contact>>,
    /// Billing.
    pub billing: Observed<Option<Contact>>,
}

/// The primary contact, as far as it is kept: address and phone number are not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PrimaryContact {
    /// The person.
    pub full_name: String,
    /// The company.
    pub company: Option<String>,
    /// The country, two letters.
    pub country: String,
}

/// The organization that the account belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Organization {
    /// `o-...`.
    pub id: String,
    /// The management account.
    pub management_account: String,
    /// `ALL` or `CONSOLIDATED_BILLING`.
    pub feature_set: String,
}

/// A member of the organization.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MemberAccount {
    /// Twelve digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE`, `CLOSED`, ...
    pub state: String,
}

/// The organization's root and the kinds of policy that are switched on there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Root {
    /// `r-...`.
    pub id: String,
    /// Kinds that are `ENABLED`: `SERVICE_CONTROL_POLICY`, `TAG_POLICY`, ...
    pub enabled_policy_types: Vec<String>,
}

/// An organizational unit or root, and what is directly in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TreeNode {
    /// `r-...` or `ou-...`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The node above; none for the root.
    pub parent: Option<String>,
    /// Accounts directly in it.
    pub accounts: Vec<String>,
}

/// A policy of the organization, with its document and where it is attached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OrganizationPolicy {
    /// `p-...`.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `SERVICE_CONTROL_POLICY`, `RESOURCE_CONTROL_POLICY`, `TAG_POLICY`.
    pub kind: String,
    /// AWS owns it, as it does `FullAWSAccess`.
    pub aws_managed: bool,
    /// The document, as JSON text.
    pub document: Observed<String>,
    /// Roots, units and accounts that it is attached to, by id.
    pub targets: Observed<Vec<String>>,
}

/// An account that acts for the organization in some services.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DelegatedAdministrator {
    /// Twelve digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The services, `guardduty.amazonaws.com`.
    pub services: Observed<Vec<String>>,
}

/// What the organization hands out to member accounts by its resource policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Delegation {
    /// The resource policy, as JSON text; none where the organization has none.
    pub policy: Option<String>,
}
