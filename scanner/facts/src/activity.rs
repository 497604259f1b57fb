//! What was done in the account: events of CloudTrail's event history, which holds 90 days.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Events of a period, all of those that were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventHistory {
    /// The first second of the period (UTC).
    pub start: Timestamp,
    /// The last second of the period (UTC): when the run began.
    pub end: Timestamp,
    /// The events, the oldest first.
    #[serde(default)]
    pub events: Vec<AccountEvent>,
}

/// A management event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountEvent {
    /// CloudTrail's id of it.
    pub id: String,
    /// When it happened (UTC).
    pub time: Option<Timestamp>,
    /// The service, `iam.amazonaws.com`.
    pub source: String,
    /// The operation, `AttachRolePolicy`, or `ConsoleLogin` and the like.
    pub name: String,
    /// It changed nothing.
    pub read_only: bool,
    /// Who did it: an ARN, or the service.
    pub actor: String,
    /// `Root`, `IAMUser`, `AssumedRole`, `IdentityCenterUser`, `AWSService`, ...
    pub actor_type: String,
    /// Of root: a session that another account of the organization opened by `sts:AssumeRoot`, not a sign-in.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub assumed_root: bool,
    /// The service that acted in the actor's name; none when the actor called.
    pub invoked_by: Option<String>,
    /// The source address, or the service's name.
    pub source_ip: String,
    /// What it was done to: names and ARNs of the request, `roleName app`.
    pub target: Vec<String>,
    /// The error code; none when it succeeded.
    pub error: Option<String>,
}

/// Which question an event belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Access was granted or taken away.
    Access,
    /// What trails record was changed.
    Trail,
    /// What Config records was changed.
    Recorder,
}

/// The changes of a service that are kept, by operation.
#[derive(Debug, Clone, Copy)]
pub struct Watched {
    /// The service, `iam.amazonaws.com`.
    pub source: &'static str,
    /// The question.
    pub change: Change,
    /// The operations.
    pub names: &'static [&'static str],
}

/// IAM, whose events appear in one region of a partition.
pub const IAM: &str = "iam.amazonaws.com";

/// The changes that are kept of an account's event history.
pub const WATCHED: &[Watched] = &[
    Watched {
        source: IAM,
        change: Change::Access,
        names: &[
            "AddClientIDToOpenIDConnectProvider",
            "AddRoleToInstanceProfile",
            "AddUserToGroup",
            "AttachGroupPolicy",
            "AttachRolePolicy",
            "AttachUserPolicy",
            "CreateAccessKey",
            "CreateLoginProfile",
            "CreateOpenIDConnectProvider",
            "CreatePolicyVersion",
            "CreateRole",
            "CreateSAMLProvider",
            "CreateServiceSpecificCredential",
            "CreateUser",
            "DeleteAccessKey",
            "DeleteGroupPolicy",
            "DeleteLoginProfile",
            "DeleteOpenIDConnectProvider",
            "DeleteRole",
            "DeleteRolePermissionsBoundary",
            "DeleteRolePolicy",
            "DeleteSAMLProvider",
            "DeleteUser",
            "DeleteUserPermissionsBoundary",
            "DeleteUserPolicy",
            "DetachGroupPolicy",
            "DetachRolePolicy",
            "DetachUserPolicy",
            "PutGroupPolicy",
            "PutRolePermissionsBoundary",
            "PutRolePolicy",
            "PutUserPermissionsBoundary",
            "PutUserPolicy",
            "RemoveUserFromGroup",
            "SetDefaultPolicyVersion",
            "UpdateAccessKey",
            "UpdateAssumeRolePolicy",
            "UpdateLoginProfile",
            "UpdateSAMLProvider",
            "UploadSSHPublicKey",
        ],
    },
    Watched {
        source: "sso.amazonaws.com",
        change: Change::Access,
        names: &[
            "AttachCustomerManagedPolicyReferenceToPermissionSet",
            "AttachManagedPolicyToPermissionSet",
            "CreateAccountAssignment",
            "DeleteAccountAssignment",
            "DeleteInlinePolicyFromPermissionSet",
            "DeletePermissionSet",
            "DeletePermissionsBoundaryFromPermissionSet",
            "DetachCustomerManagedPolicyReferenceFromPermissionSet",
            "DetachManagedPolicyFromPermissionSet",
            "PutInlinePolicyToPermissionSet",
            "PutPermissionsBoundaryToPermissionSet",
        ],
    },
    Watched {
        source: "identitystore.amazonaws.com",
        change: Change::Access,
        names: &["CreateGroupMembership", "CreateUser", "DeleteGroupMembership", "DeleteUser"],
    },
    Watched {
        source: "sso-directory.amazonaws.com",
        change: Change::Access,
        names: &["AddMemberToGroup", "CreateUser", "DeleteUser", "DisableUser", "EnableUser", "RemoveMemberFromGroup"],
    },
    Watched {
        source: "cloudtrail.amazonaws.com",
        change: Change::Trail,
        names: &[
            "DeleteEventDataStore",
            "DeleteTrail",
            "PutEventSelectors",
            "StartLogging",
            "StopEventDataStoreIngestion",
            "StopLogging",
            "UpdateEventDataStore",
            "UpdateTrail",
        ],
    },
    Watched {
        source: "config.amazonaws.com",
        change: Change::Recorder,
        names: &[
            "DeleteConfigurationRecorder",
            "DeleteDeliveryChannel",
            "PutConfigurationRecorder",
            "PutDeliveryChannel",
            "PutRetentionConfiguration",
            "StartConfigurationRecorder",
            "StopConfigurationRecorder",
        ],
    },
];

impl AccountEvent {
    /// The question that the event belongs to; none for one that is not kept.
    #[must_use]
    pub fn change(&self) -> Option<Change> {
        let watched = WATCHED.iter().find(|w| w.source == self.source && w.names.contains(&self.name.as_str()));
        watched.map(|watched| watched.change)
    }
}

/// The region in which a partition's IAM events appear: that of global services, but for China, where IAM answers in
/// Beijing.
#[must_use]
pub fn iam_region<'a>(partition: &str, home_region: &'a str) -> &'a str {
    if partition == "aws-cn" { "cn-north-1" } else { home_region }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_known_by_service_and_operation_together() {
        let event =
            |source: &str, name: &str| AccountEvent { source: source.into(), name: name.into(), ..Default::default() };
        assert_eq!(event("iam.amazonaws.com", "CreateUser").change(), Some(Change::Access));
        assert_eq!(event("cloudtrail.amazonaws.com", "StopLogging").change(), Some(Change::Trail));
        assert_eq!(event("config.amazonaws.com", "StopConfigurationRecorder").change(), Some(Change::Recorder));
        for (source, name) in [("elasticache.amazonaws.com", "CreateUser"), ("iam.amazonaws.com", "GetUser")] {
            assert_eq!(event(source, name).change(), None, "{source} {name}");
        }
    }

    #[test]
    fn operations_are_sorted_and_named_once() {
        for watched in WATCHED {
            assert!(watched.names.windows(2).all(|pair| pair[0] < pair[1]), "{}", watched.source);
        }
    }
}
