//! # A logging trail covers every enabled region
//!
//! ## What it asks
//! Whether, in each region that was scanned, some trail records events and is switched on.
//!
//! ## Why an auditor asks
//! An account can be used in any enabled region. A region without a trail is a place where nobody can say what happened.
//!
//! ## How it is decided
//! For each region: a trail that the region lists, that is multi-region or has its home there, and whose status, asked in
//! the home region, is logging. Shadow trails and an organization's trail count. If only trails remain whose status cannot
//! be read (a member account may not read the state of its organization's trail), the region is `not-evaluated`.
//!
//! ## What else is accepted
//! A trail of the organization; several single-region trails that together cover the regions.
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

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
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
    expected: "a trail that is logging covers the region",
    fix: "make a multi-region trail, or start logging on the one there is",
};

/// Decides.
///
/// # Errors
/// The region's trails are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let trails = view.trails()?;
    let region = view.region_name();
    let finding = Finding::judge(Resource::region(view), |seen| {
        let covering: Vec<_> = trails.iter().filter(|trail| trail.covers(region)).collect();
        let mut gap = None;
        for trail in &covering {
            match seen.see(&trail.status) {
                Ok(status) if status.logging => {
                    return Ok(Verdict::pass(format!("{} is logging (home region {})", trail.name, trail.home_region)));
                }
                Ok(_) => {}
                Err(error) => gap = gap.or(Some(error)),
            }
        }
        if let Some(gap) = gap {
            return Err(gap);
        }
        let names: Vec<&str> = covering.iter().map(|trail| trail.name.as_str()).collect();
        Ok(Verdict::fail(if names.is_empty() {
            "no trail covers the region".to_owned()
        } else {
            format!("covered only by trails that are switched off: {}", names.join(", "))
        }))
    });
    Ok(vec![finding])
}
