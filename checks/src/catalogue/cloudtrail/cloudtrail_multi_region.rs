//! # A logging trail covers every enabled region
//!
//! ## What it asks
//! Whether, in each region that was scanned, some trail records events and is switched on.
//!
//! ## Why an auditor asks
//! An account can be used in any enabled region. A region without a trail is a place where nobody can say what happened.
//!
//! ## How it is decided
//! For each region: a trail that the region lists, that is multi-region or has its home there, whose status, asked in the
//! home region, is logging, and whose event selectors take in management events. Of management events one kind alone,
//! reads or writes, is told and counts (`cloudtrail-management-events` judges what is left out); a trail that records data
//! events and nothing else does not. Shadow trails and an organization's trail count. If only trails remain whose status or
//! selectors cannot be read (a member account may not read those of its organization's trail), the region is
//! `not-evaluated`.
//!
//! ## What else is accepted
//! A trail of the organization; several single-region trails that together cover the regions.
//!
//! ## What it does not see
//! Which management events the trail takes in is asked in full by `cloudtrail-management-events`, and whether its
//! files arrive by `cloudtrail-delivery-healthy`. Event data stores of CloudTrail Lake are not looked at. That the
//! trail was on all through the period is not seen here (`TimeLoggingStopped` is not read).
//!
//! ## Remediation
//! Console: CloudTrail, Trails, Create trail (multi-region is the default). CLI:
//! `aws cloudtrail create-trail --name main --s3-bucket-name BUCKET --is-multi-region-trail` and
//! `aws cloudtrail start-logging --name main`. Terraform: `is_multi_region_trail = true` in `aws_cloudtrail`.
//!
//! ## Peers
//! Prowler `cloudtrail_multi_region_enabled`; AWS Config `MULTI_REGION_CLOUD_TRAIL_ENABLED`; CIS AWS Foundations v5 3.1.
//!
//! ## References
//! AWS CloudTrail User Guide, "Understanding multi-Region trails and opt-in Regions"; API Reference, `GetTrailStatus`.

use kickoff_facts::logging::{Selectors, Trail};
use kickoff_facts::{Need, View};

use crate::frame::wording::names;
use crate::parameters::Parameters;
use crate::reasoning::selectors::{Access, takes_in_management};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudtrail-multi-region",
    control: "CC7.2.10",
    title: "A logging trail covers every enabled region",
    severity: Severity::Critical,
    level: Level::Region,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2", "CC2.1"],
    needs: &[Need::Trails],
    parameters: &[],
    expected: "a trail that is logging and records management events covers the region",
    fix: "make a multi-region trail of management events, or start logging on the one there is",
};

/// Decides.
///
/// # Errors
/// The region's trails are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let trails = view.trails()?;
    let region = view.region_name();
    let finding = Finding::judge(Resource::region(view), |seen| {
        let covering: Vec<&Trail> = trails.iter().filter(|trail| trail.covers(region)).collect();
        let (mut counting, mut off, mut without, mut gap) = (Vec::new(), Vec::new(), Vec::new(), None);
        for trail in &covering {
            let logging = seen.see(&trail.status).map(|status| status.logging);
            let lacking = seen.see(&trail.selectors).map(lacking);
            match (logging, lacking) {
                (Ok(false), _) => off.push(&trail.name),
                (_, Ok([Some(_), Some(_)])) => without.push(&trail.name),
                (Err(error), _) | (_, Err(error)) => gap = gap.or(Some(error)),
                (Ok(true), Ok(lacking)) => counting.push((trail, lacking)),
            }
        }
        let whole = counting.iter().find(|(_, lacking)| lacking.iter().all(Option::is_none));
        if let Some((trail, _)) = whole.or(counting.first()) {
            let is_logging = format!("{} is logging (home region {})", trail.name, trail.home_region);
            let each = counting.iter().filter(|_| whole.is_none()).flat_map(|(trail, lacking)| {
                lacking.iter().flatten().map(|kind| format!("{} records no management events that {kind}", trail.name))
            });
            return Ok(Verdict::pass(std::iter::once(is_logging).chain(each).collect::<Vec<_>>().join("; ")));
        }
        if let Some(gap) = gap {
            return Err(gap);
        }
        Ok(Verdict::fail(match (off.is_empty(), without.is_empty()) {
            (true, true) => "no trail covers the region".to_owned(),
            (false, true) => format!("covered only by trails that are switched off: {}", names(off)),
            (true, false) => format!("covered only by trails that record no management events: {}", names(without)),
            (false, false) => format!(
                "covered only by trails that are switched off: {}; and by trails that record no management events: {}",
                names(off),
                names(without)
            ),
        }))
    });
    Ok(vec![finding])
}

/// The kinds of management events of which selectors take in none.
fn lacking(selectors: &Selectors) -> [Option<&'static str>; 2] {
    [Access::Read, Access::Write].map(|access| (!takes_in_management(selectors, access)).then_some(access.name()))
}
