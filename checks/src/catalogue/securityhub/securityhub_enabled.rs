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
//! Controls that are switched off are told with the standards that are ready: how many of how many, and the critical
//! and high ones by name, with the reason that was given. A standard of which no control is on checks nothing and does
//! not count, nor do the controls of one that is not ready. Where the controls of a standard could not be read, the
//! result is `not-evaluated`, unless it fails anyway.
//!
//! ## What else is accepted
//! SOC 2 does not ask for this product. Another posture-management product counts: name it in `declared_cspm`, and
//! attach what shows that it covers the account.
//!
//! ## What it does not see
//! Which standard it is does not matter: one that tests tags alone counts like another. Controls look at what AWS
//! Config records: whether that runs is asked by `config-recorder-enabled`, and `StandardsStatusReason` is not read.
//! Whether new controls are switched on by themselves (`AutoEnableControls`), and the newer Security Hub, are not
//! looked at.
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
//! AWS Security Hub User Guide, "Enabling Security Hub CSPM"; API Reference, `GetEnabledStandards`,
//! `DescribeStandardsControls`.

use kickoff_facts::muting::StandardControls;
use kickoff_facts::{Gap, Need, Seen, View};

use crate::frame::wording::entries;
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
    needs: &[Need::SecurityHub, Need::SecurityHubMuting],
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
                    let muting = view.security_hub_muting()?;
                    let controls = muting.as_ref().map_or(&[][..], |muting| &muting.standards);
                    let Ready { checking, observed } = Ready::of(&ready, controls, seen)?;
                    if checking || !declared.is_empty() {
                        return Ok(if checking { Verdict::pass(observed) } else { other(&observed, &declared) });
                    }
                    return Ok(Verdict::fail(observed).because("every control of every standard is switched off"));
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
        Ok(if declared.is_empty() { Verdict::fail(observed) } else { other(&observed, &declared) })
    })])
}

/// The verdict where another product is declared.
fn other(observed: &str, declared: &[String]) -> Verdict {
    Verdict::manual(observed, format!("confirm that {} watches this account and region", declared.join(", ")))
}

/// The standards that are ready.
struct Ready {
    /// Whether one of them has a control that is on. One that lists no control says nothing of them, and counts.
    checking: bool,
    /// They and their controls that are switched off, in words.
    observed: String,
}

impl Ready {
    /// Judges each standard by its own controls.
    ///
    /// # Errors
    /// The controls of a standard that is ready are not known.
    fn of(ready: &[&str], controls: &[StandardControls], seen: &Seen) -> Result<Self, Gap> {
        let (mut on, mut idle, mut all, mut off) = (Vec::new(), Vec::new(), 0, Vec::new());
        for standard in ready {
            let own = controls.iter().find(|one| name(&one.subscription) == *standard);
            let own = own.map(|one| seen.see(&one.controls)).transpose()?;
            all += own.map_or(0, |own| own.all);
            off.extend(own.iter().flat_map(|own| &own.off));
            if own.is_some_and(|own| !own.off.is_empty() && own.off.len() >= own.all) {
                idle.push(*standard);
            } else {
                on.push(*standard);
            }
        }
        let mut observed = Vec::new();
        if !on.is_empty() {
            observed.push(format!("standards that are ready: {}", on.join(", ")));
        }
        if !idle.is_empty() {
            observed.push(format!("standards with every control switched off: {}", idle.join(", ")));
        }
        if !off.is_empty() {
            let grave = off.iter().filter(|control| ["CRITICAL", "HIGH"].contains(&control.severity.as_str()));
            let told = entries(grave.map(|control| {
                let reason = control.reason.as_deref().map_or("no reason given", str::trim);
                format!("{} ({}: {reason})", control.id, control.severity.to_lowercase())
            }));
            let among = if told.is_empty() { String::new() } else { format!(", among them {told}") };
            observed.push(format!("{} of {all} controls are switched off{among}", off.len()));
        }
        Ok(Self { checking: !on.is_empty(), observed: observed.join("; ") })
    }
}

/// A standard, by its ARN or that of the subscription to it, without the part that is the same for all.
fn name(arn: &str) -> &str {
    let parts = ["standards/", "ruleset/", "subscription/"];
    parts.into_iter().find_map(|part| arn.split_once(part)).map_or(arn, |(_, name)| name)
}
