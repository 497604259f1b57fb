//! # GuardDuty runs in every active region
//!
//! ## What it asks
//! Whether, in each region that was scanned, a GuardDuty detector is enabled.
//!
//! ## Why an auditor asks
//! GuardDuty watches for use of the account that looks like an attack. An attacker prefers the region that nobody
//! watches, so a region without workloads counts too.
//!
//! ## How it is decided
//! For each region: a detector whose status is `ENABLED`. No detector, or a suspended one, is `fail`. No region is
//! left out by name: where the service does not exist, the call fails and the result is `not-evaluated`.
//!
//! ## What else is accepted
//! Another product that reads the same logs cannot be seen here: declare an exception that names it. A region that no
//! one may use, by service control policy, still counts until an exception says otherwise.
//!
//! ## What it does not see
//! Since when the detector runs, and stops within the period, are not told here
//! (`cloudtrail-tamper-events-in-period`). Suppression filters and lists of trusted addresses narrow what it tells and
//! do not change this verdict. Members of an organization are judged in their own accounts only.
//!
//! ## Remediation
//! Console: GuardDuty, Get started, Enable. CLI: `aws guardduty create-detector --enable`; for a suspended one
//! `aws guardduty update-detector --detector-id ID --enable`. Terraform: `aws_guardduty_detector` with
//! `enable = true`.
//!
//! ## Peers
//! Prowler `guardduty_is_enabled`; Powerpipe `guardduty_enabled`; AWS Config `GUARDDUTY_ENABLED_CENTRALIZED`; FSBP
//! GuardDuty.1; CloudSploit `guarddutyEnabled`.
//!
//! ## Where peers differ
//! - Powerpipe `guardduty_enabled`: leaves out eight regions as unsupported before it looks, Cape Town, Milan, Osaka,
//!   Jakarta and Bahrain among them. GuardDuty is offered there (AWS General Reference, "Amazon GuardDuty endpoints and
//!   quotas"): no region is left out here by name.
//!
//! ## References
//! Amazon GuardDuty User Guide, "Getting started with GuardDuty"; "Suspending or disabling GuardDuty".

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::detectors;
use crate::reasoning::detectors::GuardDuty;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "guardduty-enabled",
    control: "CC7.2.15",
    title: "GuardDuty runs in every active region",
    severity: Severity::High,
    level: Level::Region,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2", "CC7.1", "CC6.8"],
    needs: &[Need::Detectors],
    parameters: &[],
    expected: "a detector is enabled in the region",
    fix: "enable GuardDuty in the region, best from the delegated administrator for all accounts and regions",
};

/// Decides.
///
/// # Errors
/// Never: what is not known of a region is told on the region.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    Ok(vec![Finding::judge(Resource::region(view), |seen| {
        Ok(match detectors::guardduty(view, seen)? {
            GuardDuty::Runs(detector, _) => Verdict::pass(format!("detector {} is enabled", detector.id)),
            GuardDuty::Off(observed) => Verdict::fail(observed),
        })
    })])
}
