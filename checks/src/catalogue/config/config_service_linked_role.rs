//! # Recorder uses the service-linked role
//!
//! ## What it asks
//! Whether the recorder of each region works with the role `AWSServiceRoleForConfig`, whose permissions AWS maintains.
//!
//! ## Why an auditor asks
//! A role made by hand often has too many permissions, or misses those of new types, and it can be changed by anyone
//! who may change roles.
//!
//! ## How it is decided
//! For each region with a recorder: the ARN of its role has the path `/aws-service-role/config.amazonaws.com/`, which
//! only AWS can create. The name alone does not count. A region without a recorder is `not-applicable`.
//!
//! ## What else is accepted
//! Nothing that configuration shows. AWS Control Tower used a role of its own in some versions: declare an exception
//! that says so.
//!
//! ## What it does not see
//! What another role may do is not read: one with as many rights, or more, fails all the same. Recorders that other
//! services of AWS keep for themselves are not in the answer.
//!
//! ## Remediation
//! Console: AWS Config, Settings, Edit, Use an existing AWS Config service-linked role. CLI:
//! `aws iam create-service-linked-role --aws-service-name config.amazonaws.com`, then
//! `aws configservice put-configuration-recorder` with its ARN. Terraform: `aws_iam_service_linked_role`, and
//! `role_arn` in `aws_config_configuration_recorder`.
//!
//! ## Peers
//! Prowler `config_recorder_using_aws_service_role`; FSBP Config.1.
//!
//! ## References
//! AWS Config Developer Guide, "Using service-linked roles for AWS Config".

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "config-service-linked-role",
    control: "CC6.3.03",
    title: "Recorder uses the service-linked role",
    severity: Severity::Low,
    level: Level::Region,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Recorders],
    parameters: &[],
    expected: "the recorder uses the service-linked role of AWS Config",
    fix: "give the recorder the role AWSServiceRoleForConfig",
};

/// The path that only AWS can create roles under.
const PATH: &str = ":role/aws-service-role/config.amazonaws.com/";

/// Decides.
///
/// # Errors
/// The region's recorders are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let recorders = view.recorders()?;
    let verdict = match recorders.iter().find(|recorder| !recorder.role.contains(PATH)).or_else(|| recorders.first()) {
        None => Verdict::not_applicable("no recorder", "config-recorder-enabled judges a region without a recorder"),
        Some(recorder) if recorder.role.is_empty() => {
            Verdict::fail(format!("recorder {} names no role", recorder.name))
        }
        Some(recorder) => {
            Verdict::decide(recorder.role.contains(PATH), format!("recorder {} uses {}", recorder.name, recorder.role))
        }
    };
    Ok(vec![Finding::new(Resource::region(view), verdict)])
}
