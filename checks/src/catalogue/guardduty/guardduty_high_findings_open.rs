//! # Open high findings are within the response time
//!
//! ## What it asks
//! Whether each high or critical GuardDuty finding that is not archived was first seen within
//! `guardduty_finding_max_age_days`.
//!
//! ## Why an auditor asks
//! An alarm that nobody answers is a control that does not operate. The incident plan states a response time; this
//! compares it with what is open.
//!
//! ## How it is decided
//! The population is every finding of severity 7.0 or higher that is not archived, in the scanned regions. Sample
//! findings, which GuardDuty makes on request, are left out. The age is counted in whole days from when the finding
//! was first seen to the time of the run. A finding without a date is `fail`: its age cannot be shown. A region
//! without a detector is `not-applicable`: nothing looks there.
//!
//! Filters with the action `ARCHIVE` put findings away before anybody sees them. In each region with an enabled
//! detector that has some, one result on the region tells them with their conditions. A filter that can take in
//! findings of severity 7.0 or higher, and has no condition that singles out a resource or a finding (only severity,
//! type, state, account, time or a negation, or the beginning of what all have, as `i-*`), makes that result `manual`;
//! otherwise it is `pass`. Where another account administers GuardDuty and this one may not list the filters, it is
//! `not-applicable`. Not seen are trusted IP lists, for which GuardDuty makes no finding.
//!
//! Archived is not the same as handled: whoever archives every finding passes here. The tickets of a sample of
//! archived findings show whether they were handled.
//!
//! ## What else is accepted
//! Nothing: a finding that was handled can be archived.
//!
//! ## What it does not see
//! Findings below severity 7.0 are not asked for. GuardDuty drops findings after 90 days, so that one which stayed
//! open longer is not seen any more. Whether somebody works on an open finding, and how often it came back (`Count`),
//! is not read.
//!
//! ## Remediation
//! Console: GuardDuty, Findings, filter on severity High and Critical, investigate, Archive. CLI:
//! `aws guardduty archive-findings --detector-id ID --finding-ids ID`. Terraform: `aws_guardduty_filter` with action
//! `ARCHIVE` for kinds that you accept.
//!
//! ## Peers
//! Prowler `guardduty_no_high_severity_findings`; Powerpipe `guardduty_no_high_severity_findings`,
//! `guardduty_finding_archived`; AWS Config `GUARDDUTY_NON_ARCHIVED_FINDINGS`; CloudSploit `noActiveFindings`.
//!
//! ## Where peers differ
//! - Powerpipe `guardduty_finding_archived`: alarms on any finding that is not archived, low ones and sample findings
//!   included. Samples are made on request and show nothing (Amazon GuardDuty User Guide, "Sample findings"): here they
//!   are left out, and a high finding fails when it is open longer than your response time.
//! - Prowler `guardduty_no_high_severity_findings`: asks for severity 8 alone, and passes when `ListFindings` is
//!   denied. 7.0 to 8.9 is high and more is critical (Amazon GuardDuty User Guide, "Severity levels of GuardDuty
//!   findings"): here all from 7.0 on counts, and what could not be read is `not-evaluated`.
//!
//! ## References
//! Amazon GuardDuty User Guide, "Severity levels of GuardDuty findings"; "Sample findings"; "Suppression rules".

use kickoff_facts::detection::Finding as Open;
use kickoff_facts::muting::MuteRule;
use kickoff_facts::{Need, View};

use crate::parameters::{GUARDDUTY_FINDING_MAX_AGE, Parameters};
use crate::reasoning::tested::tested;
use crate::reasoning::{finding_age, mutes};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "guardduty-high-findings-open",
    control: "CC7.3.03",
    title: "Open high findings are within the response time",
    severity: Severity::High,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.3", "CC7.4"],
    needs: &[Need::GuardDutyFindings, Need::GuardDutyMuting],
    parameters: &[&GUARDDUTY_FINDING_MAX_AGE],
    expected: "an open high finding was first seen at most {guardduty_finding_max_age_days} days ago, and no filter archives such findings by severity or type alone",
    fix: "investigate the finding, record what was done, then archive it",
};

/// From this severity, in tenths, a finding is high.
const HIGH: u32 = 70;

/// Decides.
///
/// # Errors
/// The region's findings are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&GUARDDUTY_FINDING_MAX_AGE);
    let Some(open) = view.guardduty_findings()? else {
        let verdict = Verdict::not_applicable("no detector", "nothing looks here; guardduty-enabled judges that");
        return Ok(vec![Finding::new(Resource::region(view), verdict)]);
    };
    let resource = |finding: &Open| Resource::new("AWS::GuardDuty::Finding", &finding.id);
    let population = tested(view, open, resource, |finding| match finding {
        Open { sample: true, .. } => Some("a sample of GuardDuty's own"),
        Open { severity, .. } if *severity < HIGH => Some("of a severity below high"),
        _ => None,
    });
    let judged = population.into_iter().map(|finding| {
        let (whole, tenths) = (finding.severity / 10, finding.severity % 10);
        let what = format!("{} of severity {whole}.{tenths} on {}", finding.title, finding.resource);
        Finding::new(resource(finding), finding_age::judge(view, &what, finding.first_seen, limit))
    });
    let filters = view.guardduty_muting().map(Option::as_ref);
    let takes_in = |filter: &MuteRule| mutes::takes_in_from(filter, "severity", f64::from(HIGH) / 10.0);
    let muted = mutes::on_region(view, "guardduty", (filters, Vec::new()), takes_in);
    Ok(judged.chain(muted).collect())
}
