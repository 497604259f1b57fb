//! # Security Hub CSPM is on with a standard
//!
//! ## What it asks
//! Whether, in each region that was scanned, Security Hub CSPM is enabled and tests at least one standard.
//!
//! ## Why an auditor asks
//! The firm must check by itself, and continuously, that its configuration is as it should be. A product that is
//! enabled without a standard checks nothing.
//!
//! ## How it is decided
//! For each region: Security Hub is enabled and at least one standard has the status `READY`. `PENDING`, `INCOMPLETE`
//! and `FAILED` do not count. Where that does not hold and `declared_cspm` names another product, the result is
//! `manual`: a person confirms that the product watches this account and region. Otherwise it is `fail`.
//!
//! ## What else is accepted
//! SOC 2 does not ask for this product. Another posture-management product counts: name it in `declared_cspm`, and
//! attach what shows that it covers the account.
//!
//! ## Remediation
//! Console: Security Hub CSPM, Go to Security Hub, Enable, choose a standard. CLI:
//! `aws securityhub enable-security-hub --enable-default-standards`. Terraform: `aws_securityhub_account`,
//! `aws_securityhub_standards_subscription`.
//!
//! ## Peers
//! Prowler `securityhub_enabled`; Powerpipe `securityhub_enabled`; AWS Config `SECURITYHUB_ENABLED`; CIS AWS
//! Foundations v5 4.16; CloudSploit `securityHubEnabled`.
//!
//! ## References
//! AWS Security Hub User Guide, "Enabling Security Hub CSPM"; API Reference, `GetEnabledStandards`.

use kickoff_facts::{Need, View};

use crate::parameters::{DECLARED_CSPM, Parameters};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "securityhub-enabled",
    control: "CC4.1.05",
    title: "Security Hub CSPM is on with a standard",
    severity: Severity::Medium,
    level: Level::Region,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC4.1", "CC7.1", "CC7.2"],
    needs: &[Need::SecurityHub],
    parameters: &[&DECLARED_CSPM],
    expected: "Security Hub runs with a standard that is ready, or a declared product (now: {declared_cspm}) does",
    fix: "enable Security Hub with a standard in the region, or declare the product that you use in its place",
};

/// Decides.
///
/// # Errors
/// Whether Security Hub is enabled in the region is not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let hub = view.security_hub()?;
    let declared = parameters.list(&DECLARED_CSPM);
    Ok(vec![Finding::judge(Resource::region(view), |seen| {
        let observed = match hub {
            None => "Security Hub is not enabled".to_owned(),
            Some(hub) => {
                let standards = seen.see(&hub.standards)?;
                let ready: Vec<&str> =
                    standards.iter().filter(|(_, status)| status == "READY").map(|(arn, _)| name(arn)).collect();
                if !ready.is_empty() {
                    return Ok(Verdict::pass(format!("standards that are ready: {}", ready.join(", "))));
                }
                let others: Vec<String> =
                    standards.iter().map(|(arn, status)| format!("{} is {status}", name(arn))).collect();
                if others.is_empty() {
                    "Security Hub is enabled without a standard".to_owned()
                } else {
                    format!("Security Hub is enabled, and no standard is ready: {}", others.join(", "))
                }
            }
        };
        Ok(if declared.is_empty() {
            Verdict::fail(observed)
        } else {
            let reason = format!("confirm that {} watches this account and region", declared.join(", "));
            Verdict::manual(observed, reason)
        })
    })])
}

/// A standard without the part of its ARN that is the same for all.
fn name(arn: &str) -> &str {
    arn.split_once("standards/").or_else(|| arn.split_once("ruleset/")).map_or(arn, |(_, name)| name)
}
