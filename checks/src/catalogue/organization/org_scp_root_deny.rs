//! # An SCP limits member root users
//!
//! ## What it asks
//! Whether service control policies keep the root users of member accounts from working in them.
//!
//! ## Why an auditor asks
//! The root user has every right, and no policy of the account holds it. Only the organization can.
//!
//! ## How it is decided
//! In the management account. For every active member account the service control policies on it, on the units above it
//! and on the root are evaluated, as if its root user called `ec2:RunInstances`, `lambda:CreateFunction`,
//! `s3:DeleteBucket`, `iam:CreateUser`, `iam:CreateAccessKey` and `kms:ScheduleKeyDeletion`. All of them denied in all
//! accounts → pass; one that no statement denies → fail; denied for some resources only, or under a condition that is
//! not decided by who asks → `manual`. No name of a policy counts. Where a policy cannot be read and the others do not
//! decide → `not-evaluated`. The management account is never bound by these policies. In a member account, without an
//! organization, and without active members: `not-applicable`. Where central management has root sessions
//! (`sts:AssumeRoot`) switched on and the policies deny what those are for, the result says so: one defeats the other; and so it does where
//! that is not known.
//!
//! ## What else is accepted
//! Exceptions in the policy for what only a root user can do. Central management of root access, which takes the
//! credentials away, has its own check.
//!
//! ## What it does not see
//! Six actions stand for all that root can do; others may be open. The management account's root user is not bound by
//! any of these policies. Whether members have root credentials at all is asked by `iam-root-mfa` and
//! `iam-root-no-access-keys` in each account.
//!
//! ## Remediation
//! Console: AWS Organizations, Policies, Service control policies: deny `*` where `aws:PrincipalArn` is like
//! `arn:aws:iam::*:root`, attach it to the root. CLI: `aws organizations create-policy`, `aws organizations
//! attach-policy`. Terraform: `aws_organizations_policy` and `aws_organizations_policy_attachment`.
//!
//! ## Peers
//! None of the tools that were compared evaluates these policies.
//!
//! ## References
//! AWS Organizations User Guide, "SCP evaluation"; AWS Control Tower Controls Reference Guide, "Disallow actions as a
//! root user".

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::management;
use crate::reasoning::service_control::{self, Asked, Who};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "org-scp-root-deny",
    control: "CC6.1.35",
    title: "An SCP limits member root users",
    severity: Severity::Medium,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC5.2"],
    needs: &[
        Need::Organization,
        Need::OrganizationRoot,
        Need::OrganizationTree,
        Need::OrganizationPolicies,
        Need::Members,
        Need::RootManagement,
    ],
    parameters: &[],
    expected: "service control policies deny ordinary work to the root user of every member account",
    fix: "attach a service control policy to the root that denies actions of arn:aws:iam::*:root",
};

const ASKED: &[Asked] = &[
    ("ec2:RunInstances", "*"),
    ("lambda:CreateFunction", "*"),
    ("s3:DeleteBucket", "*"),
    ("iam:CreateUser", "*"),
    ("iam:CreateAccessKey", "*"),
    ("kms:ScheduleKeyDeletion", "*"),
];

/// Decides.
///
/// # Errors
/// It is not known whether the account belongs to an organization.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    management::judge(view, |organization, seen| {
        let mut verdict = service_control::denies(view, seen, organization, Who::Root, ASKED)?;
        verdict.observed.push_str(&service_control::said_of_root_sessions(view, seen, organization));
        Ok(verdict)
    })
}
