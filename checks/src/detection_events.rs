//! The events that each detection control is about, as records of CloudTrail.
//!
//! What is required follows the monitoring section of the CIS AWS Foundations Benchmark, without what cannot occur any
//! more (EC2-Classic). What is optional is worth an alert too, and no control fails for it.

use kickoff_facts::View;
use serde_json::{Value, json};

use crate::routing;
use crate::selectors::Access;

/// Where CloudTrail records an event, which is where EventBridge has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the region of global services.
    Home,
    /// In the region of what it is about. So are sign-ins of IAM users, whose endpoint may be in several regions.
    Everywhere,
}

/// Events of one service that differ by their name only.
#[derive(Debug)]
pub struct Batch {
    source: &'static str,
    place: Place,
    access: Access,
    /// What tells these from others of the name, in words.
    about: &'static str,
    /// Fields, by path; none is a field that these events lack.
    fields: &'static [(&'static str, Option<&'static str>)],
    names: &'static [&'static str],
}

/// The events of a control.
#[derive(Debug)]
pub struct Class {
    /// In words, in the plural.
    pub subject: &'static str,
    required: &'static [Batch],
    optional: &'static [Batch],
}

/// An event.
#[derive(Debug, Clone, Copy)]
pub struct Event {
    batch: &'static Batch,
    name: &'static str,
}

impl Class {
    /// The events that must raise an alert.
    pub fn required(&self) -> Vec<Event> {
        events(self.required)
    }

    /// The events that may.
    pub fn optional(&self) -> Vec<Event> {
        events(self.optional)
    }
}

fn events(batches: &'static [Batch]) -> Vec<Event> {
    batches.iter().flat_map(|batch| batch.names.iter().map(move |name| Event { batch, name })).collect()
}

impl Event {
    /// The event in words: `StopLogging`, `ConsoleLogin (root user)`.
    #[must_use]
    pub fn what(&self) -> String {
        let about = self.batch.about;
        if about.is_empty() { self.name.to_owned() } else { format!("{} ({about})", self.name) }
    }

    /// Where it is recorded.
    #[must_use]
    pub fn place(&self) -> Place {
        self.batch.place
    }

    /// Whether it reads or writes.
    #[must_use]
    pub fn access(&self) -> Access {
        self.batch.access
    }

    /// The service, as `eventSource` has it.
    #[must_use]
    pub fn source(&self) -> String {
        format!("{}.amazonaws.com", self.batch.source)
    }

    /// The name, as `eventName` has it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it only reads.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.batch.access == Access::Read
    }

    fn signs_in(&self) -> bool {
        self.batch.source == "signin"
    }

    /// The records that a trail delivers, all of which have to be taken up: one that leaves open who called, and one of a
    /// role and of a user. The first finds what is left out, the others what is meant for certain callers only. Events
    /// that are about who called have the first alone. The address is one from outside.
    #[must_use]
    pub fn records(&self, view: &View<'_>) -> Vec<Value> {
        let mut record = json!({
            "eventType": if self.signs_in() { "AwsConsoleSignIn" } else { "AwsApiCall" },
            "eventCategory": "Management", "managementEvent": true, "readOnly": self.reads(),
            "eventSource": self.source(), "eventName": self.name, "recipientAccountId": view.account_id(),
            "sourceIPAddress": "198.51.100.7", "errorCode": null, "errorMessage": null,
        });
        if self.batch.place == Place::Home {
            record["awsRegion"] = json!(view.home_region());
        }
        for (path, value) in self.batch.fields {
            let field = path.split('.').fold(&mut record, |at, key| &mut at[key]);
            *field = value.map_or(Value::Null, Value::from);
        }
        if record.get("userIdentity").is_some() {
            return vec![record];
        }
        let called = callers(view).map(|caller| {
            let mut called = record.clone();
            called["userIdentity"] = caller;
            called
        });
        std::iter::once(record).chain(called).collect()
    }

    /// The events that EventBridge has in the region of the window.
    pub fn on_bus(&self, view: &View<'_>) -> impl Iterator<Item = Value> {
        let kind = if self.signs_in() { "AWS Console Sign In via CloudTrail" } else { "AWS API Call via CloudTrail" };
        self.records(view).into_iter().map(move |mut detail| {
            detail["awsRegion"] = json!(view.region_name());
            routing::event(view, &format!("aws.{}", self.batch.source), kind, detail)
        })
    }
}

/// A role and a user who call for themselves.
fn callers(view: &View<'_>) -> [Value; 2] {
    let (partition, account) = (view.partition(), view.account_id());
    [
        json!({
            "type": "AssumedRole", "accountId": account, "userName": null, "invokedBy": null,
            "arn": format!("arn:{partition}:sts::{account}:assumed-role/somebody/session"),
            "principalId": "AROA00000000000000000:session",
        }),
        json!({
            "type": "IAMUser", "accountId": account, "userName": "somebody", "invokedBy": null,
            "arn": format!("arn:{partition}:iam::{account}:user/somebody"), "principalId": "AIDA00000000000000000",
        }),
    ]
}

/// Calls that change something, and succeed.
const fn calls(source: &'static str, place: Place, names: &'static [&'static str]) -> Batch {
    Batch { source, place, access: Access::Write, about: "", fields: &[], names }
}

/// Calls that are denied.
const fn denied(
    source: &'static str,
    access: Access,
    about: &'static str,
    fields: &'static [(&'static str, Option<&'static str>)],
    names: &'static [&'static str],
) -> Batch {
    Batch { source, place: Place::Everywhere, access, about, fields, names }
}

/// Sign-ins to the console.
const fn sign_in(place: Place, about: &'static str, fields: &'static [(&'static str, Option<&'static str>)]) -> Batch {
    Batch { source: "signin", place, access: Access::Write, about, fields, names: &["ConsoleLogin"] }
}

use Place::{Everywhere, Home};

/// Denied API calls: services word it in these ways.
pub static UNAUTHORIZED_API: Class = Class {
    subject: "denied API calls",
    required: &[
        denied(
            "ec2",
            Access::Write,
            "Client.UnauthorizedOperation",
            &[("errorCode", Some("Client.UnauthorizedOperation"))],
            &["RunInstances"],
        ),
        denied("iam", Access::Write, "AccessDenied", &[("errorCode", Some("AccessDenied"))], &["CreateUser"]),
        denied(
            "ecs",
            Access::Write,
            "AccessDeniedException",
            &[("errorCode", Some("AccessDeniedException"))],
            &["RunTask"],
        ),
        denied(
            "ec2",
            Access::Read,
            "Client.UnauthorizedOperation",
            &[("errorCode", Some("Client.UnauthorizedOperation"))],
            &["DescribeInstances"],
        ),
        denied("s3", Access::Read, "AccessDenied", &[("errorCode", Some("AccessDenied"))], &["ListBuckets"]),
    ],
    optional: &[denied(
        "ec2",
        Access::Write,
        "UnauthorizedOperation",
        &[("errorCode", Some("UnauthorizedOperation"))],
        &["StopInstances"],
    )],
};

/// Sign-ins of IAM users without MFA.
pub static CONSOLE_NO_MFA: Class = Class {
    subject: "console sign-ins without MFA",
    required: &[sign_in(
        Everywhere,
        "IAM user without MFA",
        &[
            ("userIdentity.type", Some("IAMUser")),
            ("additionalEventData.MFAUsed", Some("No")),
            ("responseElements.ConsoleLogin", Some("Success")),
        ],
    )],
    optional: &[sign_in(
        Home,
        "root user without MFA",
        &[
            ("userIdentity.type", Some("Root")),
            ("additionalEventData.MFAUsed", Some("No")),
            ("responseElements.ConsoleLogin", Some("Success")),
        ],
    )],
};

/// What the root user does himself: not what a service does on his behalf.
pub static ROOT_USAGE: Class = Class {
    subject: "root usage",
    required: &[
        sign_in(
            Home,
            "root user",
            &[
                ("userIdentity.type", Some("Root")),
                ("userIdentity.invokedBy", None),
                ("responseElements.ConsoleLogin", Some("Success")),
            ],
        ),
        Batch {
            source: "iam",
            place: Home,
            access: Access::Write,
            about: "root user",
            fields: &[("userIdentity.type", Some("Root")), ("userIdentity.invokedBy", None)],
            names: &["CreateAccessKey"],
        },
        Batch {
            source: "ec2",
            place: Everywhere,
            access: Access::Write,
            about: "root user",
            fields: &[("userIdentity.type", Some("Root")), ("userIdentity.invokedBy", None)],
            names: &["RunInstances"],
        },
    ],
    optional: &[Batch {
        source: "s3",
        place: Everywhere,
        access: Access::Read,
        about: "root user",
        fields: &[("userIdentity.type", Some("Root")), ("userIdentity.invokedBy", None)],
        names: &["ListBuckets"],
    }],
};

/// Changes of IAM policies and of where they are attached.
pub static IAM_POLICY: Class = Class {
    subject: "IAM policy changes",
    required: &[calls(
        "iam",
        Home,
        &[
            "DeleteGroupPolicy",
            "DeleteRolePolicy",
            "DeleteUserPolicy",
            "PutGroupPolicy",
            "PutRolePolicy",
            "PutUserPolicy",
            "CreatePolicy",
            "DeletePolicy",
            "CreatePolicyVersion",
            "DeletePolicyVersion",
            "AttachRolePolicy",
            "DetachRolePolicy",
            "AttachUserPolicy",
            "DetachUserPolicy",
            "AttachGroupPolicy",
            "DetachGroupPolicy",
        ],
    )],
    optional: &[calls(
        "iam",
        Home,
        &[
            "SetDefaultPolicyVersion",
            "UpdateAssumeRolePolicy",
            "PutRolePermissionsBoundary",
            "DeleteRolePermissionsBoundary",
            "PutUserPermissionsBoundary",
            "DeleteUserPermissionsBoundary",
        ],
    )],
};

/// Changes of trails.
pub static CLOUDTRAIL: Class = Class {
    subject: "CloudTrail configuration changes",
    required: &[calls(
        "cloudtrail",
        Everywhere,
        &["CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"],
    )],
    optional: &[calls("cloudtrail", Everywhere, &["PutEventSelectors", "PutInsightSelectors"])],
};

/// Sign-ins that fail.
pub static CONSOLE_AUTH_FAILURE: Class = Class {
    subject: "failed console sign-ins",
    required: &[sign_in(
        Everywhere,
        "Failed authentication",
        &[
            ("userIdentity.type", Some("IAMUser")),
            ("errorMessage", Some("Failed authentication")),
            ("responseElements.ConsoleLogin", Some("Failure")),
        ],
    )],
    optional: &[sign_in(
        Everywhere,
        "No username found in supplied account",
        &[
            ("userIdentity.type", Some("IAMUser")),
            ("errorMessage", Some("No username found in supplied account")),
            ("responseElements.ConsoleLogin", Some("Failure")),
        ],
    )],
};

/// KMS keys that are disabled or sent to deletion.
pub static CMK_DELETION: Class = Class {
    subject: "KMS key disable or deletion",
    required: &[calls("kms", Everywhere, &["DisableKey", "ScheduleKeyDeletion"])],
    optional: &[calls("kms", Everywhere, &["DeleteImportedKeyMaterial", "PutKeyPolicy"])],
};

/// Changes of bucket policies and the like.
pub static S3_POLICY: Class = Class {
    subject: "bucket policy changes",
    required: &[calls(
        "s3",
        Everywhere,
        &[
            "PutBucketAcl",
            "PutBucketPolicy",
            "PutBucketCors",
            "PutBucketLifecycle",
            "PutBucketReplication",
            "DeleteBucketPolicy",
            "DeleteBucketCors",
            "DeleteBucketLifecycle",
            "DeleteBucketReplication",
        ],
    )],
    optional: &[calls("s3", Everywhere, &["PutBucketPublicAccessBlock", "DeleteBucketPublicAccessBlock"])],
};

/// Changes of AWS Config.
pub static CONFIG: Class = Class {
    subject: "AWS Config changes",
    required: &[calls(
        "config",
        Everywhere,
        &["StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel", "PutConfigurationRecorder"],
    )],
    optional: &[calls("config", Everywhere, &["DeleteConfigurationRecorder", "DeleteConfigRule"])],
};

/// Changes of security groups.
pub static SECURITY_GROUP: Class = Class {
    subject: "security group changes",
    required: &[calls(
        "ec2",
        Everywhere,
        &[
            "AuthorizeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "RevokeSecurityGroupIngress",
            "RevokeSecurityGroupEgress",
            "CreateSecurityGroup",
            "DeleteSecurityGroup",
        ],
    )],
    optional: &[calls("ec2", Everywhere, &["ModifySecurityGroupRules"])],
};

/// Changes of network ACLs.
pub static NACL: Class = Class {
    subject: "network ACL changes",
    required: &[calls(
        "ec2",
        Everywhere,
        &[
            "CreateNetworkAcl",
            "CreateNetworkAclEntry",
            "DeleteNetworkAcl",
            "DeleteNetworkAclEntry",
            "ReplaceNetworkAclEntry",
            "ReplaceNetworkAclAssociation",
        ],
    )],
    optional: &[],
};

/// Changes of gateways.
pub static GATEWAY: Class = Class {
    subject: "network gateway changes",
    required: &[calls(
        "ec2",
        Everywhere,
        &[
            "CreateCustomerGateway",
            "DeleteCustomerGateway",
            "AttachInternetGateway",
            "CreateInternetGateway",
            "DeleteInternetGateway",
            "DetachInternetGateway",
        ],
    )],
    optional: &[calls(
        "ec2",
        Everywhere,
        &["CreateNatGateway", "CreateVpnGateway", "CreateTransitGateway", "CreateEgressOnlyInternetGateway"],
    )],
};

/// Changes of route tables.
pub static ROUTE_TABLE: Class = Class {
    subject: "route table changes",
    required: &[calls(
        "ec2",
        Everywhere,
        &[
            "CreateRoute",
            "CreateRouteTable",
            "ReplaceRoute",
            "ReplaceRouteTableAssociation",
            "DeleteRouteTable",
            "DeleteRoute",
            "DisassociateRouteTable",
        ],
    )],
    optional: &[calls("ec2", Everywhere, &["AssociateRouteTable"])],
};

/// Changes of VPCs and their peerings.
pub static VPC: Class = Class {
    subject: "VPC changes",
    required: &[calls(
        "ec2",
        Everywhere,
        &[
            "CreateVpc",
            "DeleteVpc",
            "ModifyVpcAttribute",
            "AcceptVpcPeeringConnection",
            "CreateVpcPeeringConnection",
            "DeleteVpcPeeringConnection",
            "RejectVpcPeeringConnection",
        ],
    )],
    optional: &[],
};

/// Changes of the organization that its management account makes; members accept, decline and leave.
pub static ORGANIZATIONS: Class = Class {
    subject: "Organizations changes",
    required: &[calls(
        "organizations",
        Home,
        &[
            "AttachPolicy",
            "CreateAccount",
            "CreateOrganizationalUnit",
            "CreatePolicy",
            "DeleteOrganization",
            "DeleteOrganizationalUnit",
            "DeletePolicy",
            "DetachPolicy",
            "DisablePolicyType",
            "EnablePolicyType",
            "InviteAccountToOrganization",
            "MoveAccount",
            "RemoveAccountFromOrganization",
            "UpdateOrganizationalUnit",
            "UpdatePolicy",
        ],
    )],
    optional: &[calls("organizations", Home, &["AcceptHandshake", "DeclineHandshake", "LeaveOrganization"])],
};

/// All of them, in the order of the benchmark.
pub static CLASSES: [&Class; 15] = [
    &UNAUTHORIZED_API,
    &CONSOLE_NO_MFA,
    &ROOT_USAGE,
    &IAM_POLICY,
    &CLOUDTRAIL,
    &CONSOLE_AUTH_FAILURE,
    &CMK_DELETION,
    &S3_POLICY,
    &CONFIG,
    &SECURITY_GROUP,
    &NACL,
    &GATEWAY,
    &ROUTE_TABLE,
    &VPC,
    &ORGANIZATIONS,
];
