//! # EC2 workloads use a role rather than stored keys
//!
//! ## What it asks
//! Whether each EC2 instance has an instance profile, through which it gets the credentials of a role.
//!
//! ## Why an auditor asks
//! A program that calls AWS without a role has a long-lived key on its disk. Such keys are copied, forgotten and never
//! replaced.
//!
//! ## How it is decided
//! Every instance in the scanned regions that `DescribeInstances` lists, stopped ones included: with an instance profile →
//! pass, without → fail. Instances that are terminated, or about to be, are left out. Whether the role's permissions are
//! narrow is judged by the checks of policies, and whether a key lies on the disk all the same cannot be seen from here.
//!
//! ## What else is accepted
//! An instance that calls no AWS service needs no role: an approved exception, with the reason.
//!
//! ## What it does not see
//! Whether the profile holds a role, what that role may do, and whether the instance can get its credentials
//! (`MetadataOptions`) is not read. Keys on the disk, in user data or in environment variables are not seen, and
//! containers, functions and servers outside of EC2 are not looked at.
//!
//! ## Remediation
//! Console: EC2, Instances, Actions, Security, Modify IAM role. CLI: `aws ec2 associate-iam-instance-profile --instance-id
//! ID --iam-instance-profile Name=PROFILE`. Terraform: `iam_instance_profile` of `aws_instance` or `aws_launch_template`.
//!
//! ## Peers
//! Prowler `ec2_instance_profile_attached`; Powerpipe `ec2_instance_using_iam_instance_role`; AWS Config
//! `EC2_INSTANCE_PROFILE_ATTACHED`; CloudSploit `instanceIamRole`; CIS AWS Foundations v5 1.17.
//!
//! ## References
//! AWS IAM User Guide, "Use an IAM role to grant permissions to applications running on Amazon EC2 instances".

use kickoff_facts::compute::Instance;
use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "ec2-instance-profile",
    control: "CC6.1.06",
    title: "EC2 workloads use a role rather than stored keys",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC6.1"],
    needs: &[Need::Instances],
    parameters: &[],
    expected: "an instance has an instance profile",
    fix: "give the instance a role with the permissions that it needs, and take stored keys away",
};

/// Decides.
///
/// # Errors
/// The region's instances are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let there = |instance: &&Instance| !matches!(instance.state.as_str(), "shutting-down" | "terminated");
    let judged = view.instances()?.iter().filter(there).map(|instance| {
        let arn = format!(
            "arn:{}:ec2:{}:{}:instance/{}",
            view.partition(),
            view.region_name(),
            view.account_id(),
            instance.id
        );
        let name = instance.name.as_deref().filter(|name| !name.is_empty()).unwrap_or("without a name");
        let shown = format!("{name}, {}", instance.state);
        let verdict = match &instance.profile {
            Some(profile) => Verdict::pass(format!("{shown}: {profile}")),
            None => Verdict::fail(format!("{shown}: no instance profile")),
        };
        Finding::new(Resource::new("AWS::EC2::Instance", arn), verdict)
    });
    Ok(judged.collect())
}
