//! # Trail records all management events, read and write, nothing excluded
//!
//! ## What it asks
//! Whether at least one trail that is switched on records every management event of every region: reads and writes,
//! events of global services, and no service left out.
//!
//! ## Why an auditor asks
//! Management events say who changed access, configuration and logging. What a selector leaves out never happened, as
//! far as the evidence goes.
//!
//! ## How it is decided
//! Some trail, listed in any scanned region (shadows and an organization's included), must be logging, multi-region,
//! with global service events, and its selectors must take in all management events. Basic selectors: management events
//! included, `All` (or one selector for reads and one for writes), no `ExcludeManagementEventSources`. Advanced
//! selectors: `eventCategory` is `Management`, and no condition but `readOnly`; one selector for reads and one for
//! writes together count. Each further condition, such as `eventSource` not `kms.amazonaws.com`, leaves something out:
//! `fail`. A trail whose status or selectors cannot be read makes it `not-evaluated`, unless what is known of it or
//! another trail decides.
//!
//! ## What else is accepted
//! A trail of the organization. Trails that record everything only together are not added up.
//!
//! ## What it does not see
//! Event data stores of CloudTrail Lake are not looked at: an account that records there and has no trail fails.
//! Delivery to the bucket is asked by `cloudtrail-delivery-healthy`. Selectors are those of today;
//! `cloudtrail-tamper-events-in-period` lists their changes. Data events, network activity events and Insights are
//! other questions.
//!
//! ## Remediation
//! Console: CloudTrail, Trails, Management events, Edit, Read and Write, no exclusions. CLI: `aws cloudtrail
//! put-event-selectors --trail-name NAME --event-selectors '[{"ReadWriteType":"All","IncludeManagementEvents":true}]'`.
//! Terraform: an `event_selector` with `read_write_type = "All"` and `include_management_events = true`.
//!
//! ## Peers
//! Prowler `cloudtrail_multi_region_enabled_logging_management_events`; Powerpipe `cloudtrail_security_trail_enabled`,
//! `cloudtrail_multi_region_read_write_enabled`; AWS Config `CLOUDTRAIL_SECURITY_TRAIL_ENABLED`; CIS AWS Foundations v5
//! 3.1; CloudSploit `cloudtrailManagementEvents`.
//!
//! ## Where peers differ
//! - Powerpipe `cloudtrail_multi_region_read_write_enabled`: asks `ReadWriteType` of basic selectors, and of advanced
//!   ones only that `readOnly` is not named. It passes a trail that records no management events, or leaves AWS KMS
//!   out. `IncludeManagementEvents` and `ExcludeManagementEventSources` say that (API Reference, `EventSelector`), and
//!   so does `eventCategory`: all are read here.
//! - Powerpipe `cloudtrail_security_trail_enabled`: alarms on a trail with one selector for reads and one for writes,
//!   which together record everything, and on one without a KMS key, which `cloudtrail-kms` asks for. Advanced
//!   selectors are not read (issue 971). Here what the selectors of either kind take in together decides.
//!
//! ## References
//! AWS CloudTrail User Guide, "Logging management events"; API Reference, `GetEventSelectors`.

use std::collections::BTreeMap;

use kickoff_facts::logging::Trail;
use kickoff_facts::{Need, Seen, View};

use crate::parameters::Parameters;
use crate::reasoning::certainty::{among, both};
use crate::reasoning::regions;
use crate::reasoning::selectors::{Access, management_shortcoming};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudtrail-management-events",
    control: "CC7.2.09",
    title: "Trail records all management events, read and write, nothing excluded",
    severity: Severity::High,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC7.2"],
    needs: &[Need::Trails],
    parameters: &[],
    expected: "a multi-region trail that is logging records all management events, read and write, with nothing left out",
    fix: "let one multi-region trail record all management events, and take exclusions out of its selectors",
};

/// Decides.
///
/// # Errors
/// Never: gaps are in the finding.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let finding = Finding::judge(Resource::account(view), |seen| {
        let mut short = BTreeMap::new();
        let found = regions::find(view, |here| {
            among(here.trails()?, |trail| {
                let wanting = shortcomings(trail, seen);
                let selected = wanting.iter().map(|w| w.as_ref().map(Option::is_none).map_err(Clone::clone));
                let complete = selected.fold(Ok(true), both);
                let told: Vec<String> = wanting.into_iter().filter_map(Result::ok).flatten().collect();
                if !told.is_empty() {
                    short.insert(trail.arn.as_str(), format!("{} {}", trail.name, told.join(" and ")));
                }
                Ok(complete?.then(|| format!("{} (home region {})", trail.name, trail.home_region)))
            })
        })?;
        let short: Vec<String> = short.into_values().collect();
        Ok(match found.first() {
            Some(trail) => {
                Verdict::pass(format!("{trail} is logging and records all management events of every region"))
            }
            None if short.is_empty() => Verdict::fail("no trail"),
            None => Verdict::fail(short.join("; ")),
        })
    });
    Ok(vec![finding])
}

/// What a trail lacks, part by part; a part is none where nothing is wanting.
fn shortcomings(trail: &Trail, seen: &Seen) -> Vec<Result<Option<String>, kickoff_facts::Gap>> {
    let lacks = |wanting: bool, text: &str| wanting.then(|| text.to_owned());
    let selectors = seen.see(&trail.selectors);
    let management = |access| selectors.clone().map(|selectors| management_shortcoming(selectors, access));
    let (read, write) = (management(Access::Read), management(Access::Write));
    // The same exclusion is told once.
    let write = if read == write && write.is_ok() { Ok(None) } else { write };
    vec![
        seen.see(&trail.status).map(|status| lacks(!status.logging, "is switched off")),
        Ok(lacks(!trail.multi_region, "records one region only")),
        Ok(lacks(!trail.global_service_events, "leaves out events of global services")),
        read,
        write,
    ]
}
