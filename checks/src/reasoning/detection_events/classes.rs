//! What is required follows the monitoring section of the CIS AWS Foundations Benchmark, without what cannot occur any
//! more (EC2-Classic). What is optional is worth an alert too, and no control fails for it.

use super::Place::{Everywhere, Home};
use super::{Batch, Class, Place};
use crate::reasoning::selectors::Access;

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

/// What the root user does: not what a service does on its behalf.
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
