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
//! The population is every trail that the scanned regions list, each once. At least one kind of Insights must be on that
//! finds events to look at, and the trail must be logging: a trail that is switched off gives no Insights. On management
//! events, which AWS takes where no category is named, `ApiCallRateInsight` looks at writes and `ApiErrorRateInsight` at
//! reads and writes; with the category `Data` either looks at data events. The event selectors of the trail say which of
//! them it records. Selectors that cannot be read, where they decide, are `not-evaluated`; a kind of Insights that is not
//! known here, and no other, is `manual`. A trail without Insights that records no management events is left out, with the
//! number, where another trail that is logging records them in its region. Insights cost money for each event analysed; where you do not claim them, record an
//! exception.
//!
//! ## What else is accepted
//! Nothing here. GuardDuty looks for unusual behaviour too and has checks of its own; both inform the same criterion.
//!
//! ## What it does not see
//! Whether Insights events were made, and whether anybody was told of one, is not seen. Insights of event data stores
//! of CloudTrail Lake are not looked at.
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

use kickoff_facts::logging::{InsightSelector, Selectors, Trail};
use kickoff_facts::{Gap, Need, Seen, View};

use crate::parameters::Parameters;
use crate::reasoning::certainty::both;
use crate::reasoning::selectors::{Access, takes_in_data, takes_in_management};
use crate::reasoning::tested::leave_out;
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
    expected: "the trail is logging and makes Insights of events that it records",
    fix: "switch on Insights of the trail, or record an exception where you do not claim it",
};

/// Decides.
///
/// # Errors
/// The region's trails are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let trails = view.trails()?;
    let mut findings = Vec::new();
    for trail in trails.iter().filter(|trail| trail.primary) {
        let resource = Resource::new("AWS::CloudTrail::Trail", &trail.arn);
        let none = trail.insights.get().is_ok_and(Vec::is_empty);
        let data_alone = trail.selectors.get().map(|selectors| !records_management(selectors)).map_err(Clone::clone);
        if none && data_alone != Ok(false) && recorded_beside(trails, trail) {
            match data_alone {
                Ok(_) => leave_out(view, resource, "records no management events, which another trail records"),
                Err(gap) => findings.push(Finding::judge(resource, |_| Err(gap))),
            }
            continue;
        }
        findings.push(Finding::judge(resource, |seen| judge(trail, seen)));
    }
    Ok(findings)
}

fn judge(trail: &Trail, seen: &Seen) -> Result<Verdict, Gap> {
    let insights = seen.see(&trail.insights)?;
    if insights.is_empty() {
        return Ok(Verdict::fail("no Insights"));
    }
    let kinds = insights.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>().join(", ");
    if !seen.see(&trail.status)?.logging {
        return Ok(Verdict::fail(format!("{kinds}, but the trail is switched off")));
    }
    let selectors = seen.see(&trail.selectors)?;
    let fed: Vec<Option<bool>> = insights.iter().map(|one| finds_events(one, selectors)).collect();
    Ok(if fed.contains(&Some(true)) {
        Verdict::pass(kinds)
    } else if fed.contains(&None) {
        Verdict::manual(
            kinds,
            "this kind of Insights is not known here: see whether the trail records what it looks at",
        )
    } else {
        Verdict::fail(format!("{kinds}, but the trail records no events that they look at"))
    })
}

/// Whether a trail records what a kind of Insights looks at; none for a kind that is not known.
fn finds_events(insight: &InsightSelector, selectors: &Selectors) -> Option<bool> {
    let management = match insight.kind.as_str() {
        "ApiCallRateInsight" => takes_in_management(selectors, Access::Write),
        "ApiErrorRateInsight" => records_management(selectors),
        _ => return None,
    };
    Some(insight.looks_at("Management") && management || insight.looks_at("Data") && takes_in_data(selectors))
}

fn records_management(selectors: &Selectors) -> bool {
    [Access::Read, Access::Write].into_iter().any(|access| takes_in_management(selectors, access))
}

/// Whether another trail, which is logging, records management events in the region of one.
fn recorded_beside(trails: &[Trail], one: &Trail) -> bool {
    trails.iter().filter(|other| other.arn != one.arn && other.covers(&one.home_region)).any(|other| {
        let on = other.status.get().map(|status| status.logging).map_err(Clone::clone);
        both(on, other.selectors.get().map(records_management).map_err(Clone::clone)) == Ok(true)
    })
}
