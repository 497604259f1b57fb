//! # Service-principal trust carries a source account or ARN condition
//!
//! ## What it asks
//! Whether a role that an AWS service may assume says for whom: for which account, organization or resource.
//!
//! ## Why an auditor asks
//! The service works for every customer of AWS. Without such a condition it may be led to use your role in the
//! interest of another customer.
//!
//! ## How it is decided
//! The population is every role, except service-linked ones, whose trust policy lets a service assume it. The same
//! statement must have a condition on `aws:SourceAccount`, `aws:SourceArn`, `aws:SourceOrgID` or `aws:SourceOrgPaths`
//! with a positive operator without `IfExists`, and values in which the account or the organization is no wildcard →
//! pass. Without one: a service of which AWS documents that it sends these keys when it assumes a role → fail; one that
//! can use roles of the instance's own account only (EC2) is left out; any other service → `manual`. A statement that a
//! Deny on one of these keys may take back is `manual`. A trust policy that cannot be read, or of which a part is in
//! doubt, → `not-evaluated`, unless another statement fails.
//!
//! ## What else is accepted
//! A service that does not send the keys, confirmed by you.
//!
//! ## Remediation
//! Console: IAM, Roles, the role, Trust relationships: add `"StringEquals": {"aws:SourceAccount": "ACCOUNT"}`. CLI: `aws
//! iam update-assume-role-policy`. Terraform: `assume_role_policy` of `aws_iam_role`. Try it first where it does no
//! harm: a service that does not send the key can no longer use the role.
//!
//! ## Peers
//! Prowler `iam_role_cross_service_confused_deputy_prevention`, which fails every service.
//!
//! ## References
//! AWS IAM User Guide, "The confused deputy problem"; the pages on cross-service confused deputy prevention of each
//! service.

use kickoff_facts::{Need, View};
use kickoff_policy::document::PrincipalEntry;

use crate::parameters::Parameters;
use crate::reasoning::trust::{self, Judged, SOURCE_KEYS, Unconcerned};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-role-confused-deputy",
    control: "CC6.3.15",
    title: "Service-principal trust carries a source account or ARN condition",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "a service can assume the role only for an account, an organization or a resource that is named",
    fix: "add a condition on aws:SourceAccount or aws:SourceArn to the trust policy",
};

/// Services of which AWS shows a trust policy with these keys, and where.
const SENDS: &[&str] = &[
    // WorkSpaces Applications Administration Guide, "Cross-service confused deputy prevention".
    "appstream.amazonaws.com",
    // EC2 Auto Scaling User Guide, "Cross-service confused deputy prevention".
    "autoscaling.amazonaws.com",
    // CodeBuild User Guide, "Cross-service confused deputy prevention".
    "codebuild.amazonaws.com",
    // AWS Config Developer Guide, "Permissions for the IAM Role Assigned to AWS Config".
    "config.amazonaws.com",
    // ECS Developer Guide, "Amazon ECS task IAM role".
    "ecs-tasks.amazonaws.com",
    // Fraud Detector User Guide, "Confused deputy prevention".
    "frauddetector.amazonaws.com",
    // IoT Developer Guide, "Cross-service confused deputy prevention".
    "iot.amazonaws.com",
    // Personalize Developer Guide, "Cross-service confused deputy prevention".
    "personalize.amazonaws.com",
    // End User Messaging SMS User Guide, "IAM policy for Amazon CloudWatch".
    "sms-voice.amazonaws.com",
    // Step Functions Developer Guide, "Cross-service confused deputy prevention".
    "states.amazonaws.com",
    // VPC User Guide, "IAM role for publishing flow logs to CloudWatch Logs".
    "vpc-flow-logs.amazonaws.com",
];

/// An instance profile holds roles of its own account only, and nobody can pass a role across accounts: EC2 User Guide,
/// "IAM roles for Amazon EC2"; IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
const OWN_ACCOUNT_ONLY: &[&str] = &["ec2.amazonaws.com"];

/// The name of a service's principal without the ending that some have in China.
fn plain(name: &str) -> &str {
    name.strip_suffix(".cn").unwrap_or(name)
}

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    const WITHOUT: Unconcerned = Unconcerned::LeftOut("trusts no service that could ask for somebody else");
    trust::judge(view, SOURCE_KEYS, WITHOUT, |_, statement| {
        let asked: Vec<&str> = trust::principals(statement)
            .filter_map(|entry| match entry {
                PrincipalEntry::Service(name) if !OWN_ACCOUNT_ONLY.contains(&plain(name)) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        if asked.is_empty() {
            return None;
        }
        let (place, conditions) = (trust::place(statement), trust::conditions(statement));
        if statement.conditions.iter().any(|condition| trust::ties(condition, SOURCE_KEYS)) {
            return Some(Ok(Judged::Good(format!("{place} trusts {}, {conditions}", asked.join(", ")))));
        }
        let sends: Vec<&str> = asked.iter().copied().filter(|name| SENDS.contains(&plain(name))).collect();
        Some(Ok(if sends.is_empty() {
            Judged::Open(format!(
                "{place} trusts {}, {conditions}; whether the service sends aws:SourceAccount or aws:SourceArn is not known here",
                asked.join(", ")
            ))
        } else {
            Judged::Bad(format!("{place} trusts {}, {conditions}: ask for aws:SourceAccount", sends.join(", ")))
        }))
    })
}
