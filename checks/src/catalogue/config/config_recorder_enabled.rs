//! # AWS Config records in every active region
//!
//! ## What it asks
//! Whether, in each region that was scanned, an AWS Config recorder is switched on and works.
//!
//! ## Why an auditor asks
//! The history that Config keeps shows which change was made when. A region without a recorder has no such history,
//! and rules that test configuration cannot run there.
//!
//! ## How it is decided
//! For each region: a recorder that `DescribeConfigurationRecorderStatus` reports as recording and whose last status
//! is not `Failure`. A `Pending` status is accepted: the recorder runs and has not finished yet. No recorder, a
//! stopped one, or one whose last run failed is `fail`. Recorders are named `default` in every region; each region is
//! judged by its own. A recorder that records once a day, or some types so, passes too, and the result says so: of a day's
//! changes it keeps the last. How many resources of how many types Config has discovered is told beside, and decides
//! nothing: it counts the types that are recorded, some time after a change. Where it could not be read, that is said.
//!
//! ## What else is accepted
//! Nothing that configuration shows. Where another product keeps the history of changes, declare an exception that
//! names it.
//!
//! ## What it does not see
//! Since when it records (`lastStartTime`) and what it missed before is not judged; `config-recorder-tamper` lists
//! stops of 90 days. Recorders that other services of AWS keep for themselves (`servicePrincipal`) are not in the
//! answer. Which types it covers is asked by `config-records-all-types`, and what its role may read is not looked at.
//!
//! ## Remediation
//! Console: AWS Config, Settings, Start recording. CLI: `aws configservice start-configuration-recorder
//! --configuration-recorder-name default`. Terraform: `aws_config_configuration_recorder_status` with `is_enabled =
//! true`.
//!
//! ## Peers
//! Prowler `config_recorder_all_regions_enabled`; Powerpipe `config_enabled_all_regions`; FSBP Config.1; CIS AWS
//! Foundations v5 3.3; ScoutSuite `config-recorder-not-configured`; CloudSploit `configServiceEnabled`.
//!
//! ## Where peers differ
//! - Prowler `config_recorder_all_regions_enabled`: keeps recorders by their names, and they are named `default` in
//!   every region: of all regions one is left, whichever answered last, and the result changes from run to run
//!   (measured with 5.46). Here each region is judged by its own recorder.
//!
//! ## References
//! AWS Config Developer Guide, "Managing the configuration recorder"; API Reference, `ConfigurationRecorderStatus`,
//! `RecordingMode`.

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::recording;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "config-recorder-enabled",
    control: "CC7.1.02",
    title: "AWS Config records in every active region",
    severity: Severity::High,
    level: Level::Region,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.1", "CC8.1", "CC4.1"],
    needs: &[Need::Recorders, Need::DiscoveredCounts],
    parameters: &[],
    expected: "a recorder of the region is recording, and its last run did not fail",
    fix: "start the recorder of the region, and correct what its last run reports",
};

/// Decides.
///
/// # Errors
/// The region's recorders are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let recorders = view.recorders()?;
    let working = recorders.iter().find(|recorder| recorder.recording && recorder.last_status != "Failure");
    let verdict = match (working, recorders.first()) {
        (Some(recorder), _) => {
            let state = match recorder.last_status.as_str() {
                "" => format!("recorder {} is recording; it has no status yet", recorder.name),
                status => format!("recorder {} is recording; its last status is {status}", recorder.name),
            };
            let often = recording::how_often(recorder).map_or_else(String::new, |often| format!("; {often}"));
            Verdict::pass(format!("{state}{often}{}", discovered(view)))
        }
        (None, Some(recorder)) if recorder.recording => Verdict::fail(format!(
            "recorder {} is recording, but its last run failed: {}",
            recorder.name,
            recorder.last_error.as_deref().unwrap_or("AWS gives no error")
        )),
        (None, Some(recorder)) => Verdict::fail(format!("recorder {} is stopped", recorder.name)),
        (None, None) => Verdict::fail("no recorder"),
    };
    Ok(vec![Finding::new(Resource::region(view), verdict)])
}

/// What Config has discovered.
fn discovered(view: &View<'_>) -> String {
    let counts = match view.discovered_counts() {
        Ok(Some(counts)) => counts,
        Ok(None) => return String::new(),
        Err(gap) => return format!("; how many resources it has discovered is not known: {gap}"),
    };
    let resources: u64 = counts.iter().map(|count| count.count).sum();
    format!("; it has discovered {resources} resources of {} types", counts.len())
}
