//! # Config history outlives the audit period
//!
//! ## What it asks
//! Whether AWS Config keeps configuration history for at least `config_retention_min_days`.
//!
//! ## Why an auditor asks
//! Who changed what during the period must still be there when the auditor asks, which is months after the period
//! began.
//!
//! ## How it is decided
//! For each region with a recorder: the days of the retention configuration, or 2557 (seven years), AWS's default,
//! where there is none. A region without a recorder is `not-applicable`.
//!
//! ## What else is accepted
//! Copies in the delivery bucket may outlive this; their lifecycle is not judged here, so declare an exception that
//! names it.
//!
//! ## What it does not see
//! The setting is that of today: history that a shorter one ended earlier does not come back. Copies in the delivery
//! bucket, their lifecycle and who may delete them are not judged here.
//!
//! ## Remediation
//! Console: AWS Config, Settings, Data retention period. CLI:
//! `aws configservice put-retention-configuration --retention-period-in-days 2557`. Terraform:
//! `aws_config_retention_configuration`.
//!
//! ## Peers
//! No peer asks it.
//!
//! ## References
//! AWS Config Developer Guide, "Deleting data with AWS Config"; API Reference, `RetentionConfiguration`.

use kickoff_facts::{Need, View};

use crate::frame::wording::count;
use crate::parameters::{CONFIG_RETENTION_MIN, Parameters};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "config-retention",
    control: "CC7.1.05",
    title: "Config history outlives the audit period",
    severity: Severity::Medium,
    level: Level::Region,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.1", "CC8.1"],
    needs: &[Need::Recorders, Need::ConfigRetention],
    parameters: &[&CONFIG_RETENTION_MIN],
    expected: "history is kept for at least {config_retention_min_days} days",
    fix: "raise the retention period of AWS Config",
};

/// What AWS keeps history for unless told otherwise: seven years.
const DEFAULT: u32 = 2557;

/// Decides.
///
/// # Errors
/// The region's recorders or its retention configuration are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&CONFIG_RETENTION_MIN);
    let verdict = if view.recorders()?.is_empty() {
        Verdict::not_applicable("no recorder", "config-recorder-enabled judges a region without a recorder")
    } else {
        match view.config_retention()? {
            Some(days) => Verdict::decide(u64::from(*days) >= limit, count(days, "day")),
            None => Verdict::decide(u64::from(DEFAULT) >= limit, format!("{DEFAULT} days, the default of AWS")),
        }
    };
    Ok(vec![Finding::new(Resource::region(view), verdict)])
}
