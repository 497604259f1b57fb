//! The buckets that hold logs, and the keys that protect them.

use serde::{Deserialize, Serialize};

use crate::Observed;

/// A bucket of the account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Its region, where AWS says it.
    pub region: Option<String>,
}

/// A bucket that holds security logs, wherever it belongs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogBucket {
    /// Its name.
    pub name: String,
    /// What it holds: `trail acme-main`, `flow logs`, `Config history`.
    pub holds: Vec<String>,
    /// Whether the account owns it. A bucket of another account is not asked about: see it from there.
    pub owned: bool,
    /// Its settings; unknown for a bucket of another account.
    pub settings: Observed<BucketSettings>,
}

/// What a bucket is set to. Each setting is asked by a call of its own and can be a gap of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BucketSettings {
    /// Its region.
    pub region: String,
    /// The bucket that its access log goes to; none when it has none.
    pub access_log_target: Observed<Option<String>>,
    /// What the names of its access log's objects begin with there.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub access_log_prefix: String,
    /// The bucket's block on public access; none when it has none of its own.
    pub public_access_block: Observed<Option<PublicAccessBlock>>,
    /// AWS's own verdict on the bucket policy; none when there is no policy.
    pub policy_is_public: Observed<Option<bool>>,
    /// The bucket policy, as JSON text.
    pub policy: Observed<Option<String>>,
    /// What the ACL grants to others than the bucket's owner.
    pub acl: Observed<Vec<AclGrant>>,
    /// Versioning and MFA delete.
    pub versioning: Observed<Versioning>,
    /// Object Lock; none when it is off.
    pub object_lock: Observed<Option<ObjectLock>>,
    /// Lifecycle rules; empty when there are none.
    pub lifecycle: Observed<Vec<LifecycleRule>>,
    /// `AES256`, `aws:kms`, `aws:kms:dsse`; none when not set.
    pub encryption: Observed<Option<String>>,
}

/// What an ACL grants to somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AclGrant {
    /// A group by URI (`.../AllUsers`, `.../AuthenticatedUsers`, `.../LogDelivery`), or an account by its canonical id.
    pub grantee: String,
    /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
    pub permission: String,
}

impl AclGrant {
    /// The last name of a group that stands for everyone, `AllUsers`; none for anybody else.
    #[must_use]
    pub fn everyone(&self) -> Option<&str> {
        self.group().filter(|name| matches!(*name, "AllUsers" | "AuthenticatedUsers"))
    }

    /// The last name of the group; none of an account. A canonical id has no `/`.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        self.grantee.rsplit_once('/').map(|(_, name)| name)
    }

    /// Whether it lets one write objects, or change the ACL so that one may.
    #[must_use]
    pub fn writes(&self) -> bool {
        matches!(self.permission.as_str(), "WRITE" | "WRITE_ACP" | "FULL_CONTROL")
    }
}

/// A bucket that the access logs of a trail's bucket go to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogTarget {
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// The bucket policy, as JSON text.
    pub policy: Observed<Option<String>>,
    /// What the ACL grants to others than the owner.
    pub acl: Observed<Vec<AclGrant>>,
    /// Object Lock; none when it is off.
    pub object_lock: Observed<Option<ObjectLock>>,
    /// `AES256`, `aws:kms`, `aws:kms:dsse`; none when not set.
    pub encryption: Observed<Option<String>>,
}

/// The four switches of a block on public access.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PublicAccessBlock {
    /// New public ACLs are refused.
    pub block_acls: bool,
    /// Public ACLs are ignored.
    pub ignore_acls: bool,
    /// New public policies are refused.
    pub block_policy: bool,
    /// Public policies count for the owner's account and AWS services only.
    pub restrict: bool,
}

/// Versioning of a bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Versioning {
    /// Versions are kept.
    pub enabled: bool,
    /// Deleting a version takes the root user's MFA device.
    pub mfa_delete: bool,
}

/// Object Lock of a bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ObjectLock {
    /// `COMPLIANCE` or `GOVERNANCE`; none when no default retention is set, so that nothing is locked by itself.
    pub mode: Option<String>,
    /// How long, in days (a year counts 365).
    pub days: Option<u32>,
}

/// A lifecycle rule, as far as it ends the life of objects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LifecycleRule {
    /// Its id.
    pub id: String,
    /// It is in force.
    pub enabled: bool,
    /// The key prefix it applies to; empty is every object.
    pub prefix: String,
    /// It applies to objects with certain tags or sizes only.
    pub narrowed: bool,
    /// Current versions expire after so many days.
    pub expire_days: Option<u32>,
    /// Current versions expire on a date (RFC 3339 date).
    pub expire_date: Option<String>,
    /// Former versions are deleted after so many days.
    pub noncurrent_expire_days: Option<u32>,
    /// So many of the newest former versions of each object are kept all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noncurrent_keep: Option<u32>,
}

/// A KMS key that protects logs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogKey {
    /// As the trail or log group names it.
    pub id: String,
    /// What it protects.
    pub protects: Vec<String>,
    /// Whether the account owns it; a key of another account is not asked about.
    pub owned: bool,
    /// The key itself; known as none when it does not exist any more.
    pub key: Observed<Option<KeySettings>>,
}

/// What a key is set to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeySettings {
    /// Its ARN.
    pub arn: String,
    /// `CUSTOMER` or `AWS`.
    pub manager: String,
    /// `Enabled`, `Disabled`, `PendingDeletion`, ...
    pub state: String,
    /// AWS changes the key material every year. Known as none for a key whose material AWS does not change: imported, of
    /// another key store, asymmetric, for HMAC, or about to be deleted.
    pub rotates: Observed<Option<bool>>,
    /// The key policy, as JSON text.
    pub policy: Observed<String>,
}
