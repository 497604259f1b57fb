//! # Log groups are encrypted with a customer key where claimed
//!
//! ## What it asks
//! Whether each log group that you say is encrypted with a key of yours is.
//!
//! ## Why an auditor asks
//! Every log group is encrypted by the service. A key of yours adds a second permission and a record of use; where the
//! system description claims it, it has to be there.
//!
//! ## How it is decided
//! The population is every log group that matches `customer_key_log_groups`. A KMS key is `pass`, none is `fail`. As
//! long as none is claimed, the check is `not-applicable`, once for the account. Whether the key is enabled is not
//! asked here.
//!
//! ## What else is accepted
//! A key of another account.
//!
//! ## What it does not see
//! Whom the key's policy lets decrypt is not read. Events that were ingested before the key was set keep the
//! encryption that they had. Results of queries and logs that are forwarded elsewhere have settings of their own.
//! Which log groups should have a key is your declaration.
//!
//! ## Remediation
//! Console: the key of a log group is set on the command line. CLI: `aws logs associate-kms-key --log-group-name NAME
//! --kms-key-id ARN`, for new events only; the key policy must let `logs.REGION.amazonaws.com` use it. Terraform:
//! `kms_key_id` in `aws_cloudwatch_log_group`.
//!
//! ## Peers
//! Prowler `cloudwatch_log_group_kms_encryption_enabled`; Powerpipe `log_group_encryption_at_rest_enabled`; AWS Config
//! `CLOUDWATCH_LOG_GROUP_ENCRYPTED`; CloudSploit `logGroupsEncrypted`. They ask it of every log group.
//!
//! ## Where peers differ
//! - AWS Config `CLOUDWATCH_LOG_GROUP_ENCRYPTED`: fails every log group without a KMS key, as if it were not encrypted.
//!   CloudWatch Logs encrypts all of them (Amazon CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs
//!   using AWS Key Management Service"); a key of yours is asked for here where you claim it.
//! - Prowler `cloudwatch_log_group_kms_encryption_enabled`: fails every log group without a KMS key, as if it were not
//!   encrypted. CloudWatch Logs encrypts all of them (Amazon CloudWatch Logs User Guide, "Encrypt log data in
//!   CloudWatch Logs using AWS Key Management Service"); a key of yours is asked for here where you claim it.
//!
//! ## References
//! Amazon CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service".

use kickoff_facts::logging::LogGroup;
use kickoff_facts::{Need, View};

use crate::parameters::{CUSTOMER_KEY_LOG_GROUPS, Parameters};
use crate::reasoning::regions;
use crate::reasoning::tested::tested;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "logs-kms",
    control: "CC6.1.32",
    title: "Log groups are encrypted with a customer key where claimed",
    severity: Severity::Low,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC6.1"],
    needs: &[Need::LogGroups],
    parameters: &[&CUSTOMER_KEY_LOG_GROUPS],
    expected: "the log group has a KMS key where claimed (claimed: {customer_key_log_groups})",
    fix: "associate a KMS key with the log group, or do not claim it",
};

/// Decides.
///
/// # Errors
/// The region's log groups are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    if parameters.list(&CUSTOMER_KEY_LOG_GROUPS).is_empty() {
        let verdict = Verdict::not_applicable(
            "no customer key is claimed for log groups",
            "the service encrypts every log group; declare claims in customer_key_log_groups",
        );
        let once = regions::speaks_for_account(view).then(|| Finding::new(Resource::account(view), verdict));
        return Ok(once.into_iter().collect());
    }
    let resource = |group: &LogGroup| Resource::new("AWS::Logs::LogGroup", &group.arn);
    let groups = tested(view, view.log_groups()?, resource, |group| {
        (!parameters.matches(&CUSTOMER_KEY_LOG_GROUPS, &group.name)).then_some("not among customer_key_log_groups")
    });
    let judged = groups.into_iter().map(|group| {
        let verdict = match &group.kms_key {
            Some(key) => Verdict::pass(format!("encrypted with {key}")),
            None => Verdict::fail("encrypted with the service's own key"),
        };
        Finding::new(resource(group), verdict)
    });
    Ok(judged.collect())
}
