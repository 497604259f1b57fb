//! # CloudTrail Insights is on
//!
//! ## What it asks
//! Whether each trail has CloudTrail look for unusual rates of API calls or of errors.
//!
//! ## Why an auditor asks
//! A sudden burst of calls or of denials is often the first sign of misuse. Insights is one way to have somebody
//! notice.
//!
//! ## How it is decided
//! The population is every trail that the scanned regions list, each once. At least one kind of Insights
//! (`ApiCallRateInsight`, `ApiErrorRateInsight`) must be on, and the trail must be logging: a trail that is switched
//! off gives no Insights. Insights cost money for each event analysed; where you do not claim them, record an
//! exception.
//!
//! ## What else is accepted
//! Nothing here. GuardDuty looks for unusual behaviour too and has checks of its own; both inform the same criterion.
//!
//! ## Remediation
//! Console: CloudTrail, Trails, Insights events, Edit. CLI: `aws cloudtrail put-insight-selectors --trail-name NAME
//! --insight-selectors '[{"InsightType":"ApiCallRateInsight"},{"InsightType":"ApiErrorRateInsight"}]'`. Terraform: an
//! `insight_selector` in `aws_cloudtrail`.
//!
//! ## Peers
//! Prowler `cloudtrail_insights_exist`; Powerpipe `cloudtrail_trail_insight_selectors_and_logging_enabled`.
//!
//! ## References
//! AWS CloudTrail User Guide, "Working with CloudTrail Insights"; API Reference, `GetInsightSelectors`.

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudtrail-insights",
    control: "CC7.2.07",
    title: "CloudTrail Insights is on",
    severity: Severity::Low,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2"],
    needs: &[Need::Trails],
    parameters: &[],
    expected: "the trail is logging and makes Insights",
    fix: "switch on Insights of the trail, or record an exception where you do not claim it",
};

/// Decides.
///
/// # Errors
/// The region's trails are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let judged = view.trails()?.iter().filter(|trail| trail.primary).map(|trail| {
        Finding::judge(Resource::new("AWS::CloudTrail::Trail", &trail.arn), |seen| {
            let kinds = seen.see(&trail.insights)?;
            if kinds.is_empty() {
                return Ok(Verdict::fail("no Insights"));
            }
            let kinds = kinds.join(", ");
            Ok(if seen.see(&trail.status)?.logging {
                Verdict::pass(kinds)
            } else {
                Verdict::fail(format!("{kinds}, but the trail is switched off"))
            })
        })
    });
    Ok(judged.collect())
}
