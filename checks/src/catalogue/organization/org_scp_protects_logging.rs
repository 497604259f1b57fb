//! # An SCP stops members from disabling audit services
//!
//! ## What it asks
//! Whether service control policies keep the administrators of member accounts from stopping CloudTrail and AWS Config.
//!
//! ## Why an auditor asks
//! Who takes over an account switches the logs off first. What the account's own administrators cannot lift, an
//! intruder cannot lift either.
//!
//! ## How it is decided
//! In the management account. For every active member account the service control policies on it, on the units above it
//! and on the root are evaluated, as if each of its administrators called `cloudtrail:StopLogging`,
//! `cloudtrail:DeleteTrail`, `cloudtrail:UpdateTrail`, `cloudtrail:PutEventSelectors`,
//! `config:StopConfigurationRecorder`, `config:DeleteConfigurationRecorder` and `config:DeleteDeliveryChannel`: a role and
//! an IAM user of an administrator, the root user, and the role of every permission set of Identity Center that makes an
//! administrator and is assigned in the account. All of
//! them denied in all accounts → pass; one that no statement denies → fail, and who is left out is named; denied for some
//! resources only, or under a condition that is not decided by who asks → `manual`. Whomever else a condition on
//! `aws:PrincipalArn` exempts (another role, a user, a federated session) is named: those of which AWS documents that its
//! own guardrails exempt them (`role/AWSControlTowerExecution`, `role/*stacksets-exec*`) do no harm; another, and a pattern
//! that means further names too (`role/*AWSControlTowerExecution`), → `manual`. Where the permission sets could not be
//! read and the policies exempt roles of some → `not-evaluated`. Service-linked roles
//! are never bound. No name of a policy counts. Where a policy cannot be read and
//! the others do not decide → `not-evaluated`. The management account is never bound by these policies. In a member
//! account, without an organization, and without active members: `not-applicable`.
//!
//! ## What else is accepted
//! An exemption for a role that you name, if it is not the administrators'. Policies of AWS Control Tower, as far as
//! they deny on every resource.
//!
//! ## What it does not see
//! Other ways to the same end are not asked for: `config:PutConfigurationRecorder` and `config:PutDeliveryChannel`,
//! changes of the bucket, the key or the log group, and GuardDuty, Security Hub and flow logs. The management account,
//! which no policy binds, and what members did before the policy was attached are outside.
//!
//! ## Remediation
//! Console: AWS Organizations, Policies, Service control policies, Create policy, attach it to the root. CLI: `aws
//! organizations create-policy`, `aws organizations attach-policy`. Terraform: `aws_organizations_policy` and
//! `aws_organizations_policy_attachment`.
//!
//! ## Peers
//! None of the tools that were compared evaluates these policies.
//!
//! ## References
//! AWS Organizations User Guide, "SCP evaluation"; AWS Control Tower Controls Reference Guide, "Mandatory controls".

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::management;
use crate::reasoning::service_control::{self, Asked, Who};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "org-scp-protects-logging",
    control: "CC7.2.40",
    title: "An SCP stops members from disabling audit services",
    severity: Severity::High,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC7.2", "CC5.2"],
    needs: &[
        Need::Organization,
        Need::OrganizationRoot,
        Need::OrganizationTree,
        Need::OrganizationPolicies,
        Need::Members,
        Need::PermissionSets,
        Need::Assignments,
        Need::Regions,
    ],
    parameters: &[],
    expected: "service control policies deny stopping, deleting and changing CloudTrail and AWS Config in every member account",
    fix: "attach a service control policy to the root that denies stopping, deleting and changing CloudTrail and AWS Config",
};

const ASKED: &[Asked] = &[
    ("cloudtrail:StopLogging", "arn:{partition}:cloudtrail:*:{account}:trail/*"),
    ("cloudtrail:DeleteTrail", "arn:{partition}:cloudtrail:*:{account}:trail/*"),
    ("cloudtrail:UpdateTrail", "arn:{partition}:cloudtrail:*:{account}:trail/*"),
    ("cloudtrail:PutEventSelectors", "arn:{partition}:cloudtrail:*:{account}:trail/*"),
    ("config:StopConfigurationRecorder", "*"),
    ("config:DeleteConfigurationRecorder", "*"),
    ("config:DeleteDeliveryChannel", "*"),
];

/// Decides.
///
/// # Errors
/// It is not known whether the account belongs to an organization.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    management::judge(view, |organization, seen| {
        service_control::denies(view, seen, organization, Who::Administrator, ASKED)
    })
}
