//! # Recorder covers all types, global types once
//!
//! ## What it asks
//! Whether the AWS Config recorder of each region covers all resource types, and whether users, roles, groups and
//! policies of IAM, which are global, are recorded in at least one region.
//!
//! ## Why an auditor asks
//! A recorder that leaves types out keeps no history of them. IAM is global, is recorded only where that is asked for,
//! and holds the changes that matter most.
//!
//! ## How it is decided
//! For each region with a recorder: its strategy is `ALL_SUPPORTED_RESOURCE_TYPES`, or it has no strategy and records
//! all supported types. A list of included types is `fail`; so is a list of excluded types that names more than the
//! four IAM types and types that AWS records in another region only (CloudFront, Route 53, Global Accelerator and the
//! like, outside their home region). A strategy that is not known is `manual`. How often it records is told with the result,
//! where that is not with every change.
//!
//! The question about global types is asked once, in the home region (in the first scanned region where the home
//! region was not scanned). It holds where any region has a recorder that is recording and includes global types,
//! excludes none of the four IAM types, or lists all four. The younger regions, which AWS Config came to after February
//! 2022, record none of the four whatever their recorder says, and do not count. If no region is seen to do so, and an enabled region was not
//! scanned or could not be read, the result is `not-evaluated`.
//!
//! A region without a recorder is `not-applicable`, because `config-recorder-enabled` judges that, unless it is the
//! region that answers for global types while other regions have recorders.
//!
//! ## What else is accepted
//! Excluding `AWS::IAM::User`, `AWS::IAM::Role`, `AWS::IAM::Group` and `AWS::IAM::Policy` outside the region that
//! records them: recorded everywhere, they are paid for many times and show the same. So it is with
//! `AWS::RDS::GlobalCluster` where another region records it.
//!
//! ## What it does not see
//! That a recorder is switched on is `config-recorder-enabled`'s question: one that is stopped is judged by what it
//! would cover. Types that AWS Config does not support are recorded by nobody, and whether configuration items were
//! written for a type is not seen. Connectors to other clouds are not looked at.
//!
//! ## Remediation
//! Console: AWS Config, Settings, Edit, All resource types. CLI: `aws configservice put-configuration-recorder
//! --configuration-recorder name=default,roleARN=ARN --recording-group
//! allSupported=true,includeGlobalResourceTypes=true`. Terraform: `recording_group { all_supported = true
//! include_global_resource_types = true }` in `aws_config_configuration_recorder`.
//!
//! ## Peers
//! Powerpipe `config_enabled_all_regions`; FSBP Config.1; CIS AWS Foundations v5 3.3; CloudSploit
//! `configServiceEnabled`.
//!
//! ## References
//! AWS Config Developer Guide, "Recording AWS resources"; API Reference, `RecordingGroup`, `RecordingStrategy`,
//! `RecordingMode`.

use kickoff_facts::detection::Recorder;
use kickoff_facts::{Gap, Need, View};

use crate::frame::partitions::{Home, recorded_at};
use crate::frame::wording::{count, first};
use crate::parameters::Parameters;
use crate::reasoning::{recording, regions};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Status, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "config-records-all-types",
    control: "CC7.1.04",
    title: "Recorder covers all types, global types once",
    severity: Severity::Medium,
    level: Level::Region,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.1", "CC8.1"],
    needs: &[Need::Recorders, Need::Regions],
    parameters: &[],
    expected: "the recorder of the region covers all resource types, and some region records the global IAM types",
    fix: "let the recorder cover all supported types, and include global types in one region",
};

/// The types of IAM, which is global.
const GLOBAL: [&str; 4] = ["AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User"];

/// Regions that AWS Config came to after February 2022: it records none of the four there (AWS Config Developer Guide,
/// "Recording AWS resources", of the first ten; the last two were opened later still).
const WITHOUT_GLOBAL: [&str; 12] = [
    "ap-south-2",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "mx-central-1",
    "ap-east-2",
    "ap-southeast-6",
];

/// Types outside IAM that every region records alike: leaving them out is sound where another region records them (API
/// Reference, `RecordingGroup`).
const ALIKE: [&str; 1] = ["AWS::RDS::GlobalCluster"];

/// So many type names are told; the rest is counted.
const NAMED: usize = 5;

/// Decides.
///
/// # Errors
/// The region's recorders are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let recorders = view.recorders()?;
    let elsewhere = |kind: &str| covered_elsewhere(view, kind);
    let own = |recorder: &Recorder| {
        let mut verdict = coverage(view, recorder, &elsewhere)?;
        if let Some(often) = recording::how_often(recorder) {
            verdict.observed = format!("{}; {often}", verdict.observed);
        }
        Ok(verdict)
    };
    let own = recorders.first().map(own).transpose()?;
    let finding = Finding::judge(Resource::region(view), |_| {
        if !regions::speaks_for_account(view) {
            return Ok(own.unwrap_or_else(without));
        }
        if own.as_ref().is_some_and(|verdict| verdict.status != Status::Pass) {
            return Ok(own.unwrap_or_else(without));
        }
        let global = regions::find(view, |region| {
            let here = region.recorders()?.iter().any(|recorder| recorder.recording && records_global_types(recorder));
            let here = here && !WITHOUT_GLOBAL.contains(&region.region_name());
            Ok(if here { vec![region.region_name()] } else { Vec::new() })
        })?;
        let anywhere = own.is_some()
            || !regions::find(view, |region| Ok(region.recorders()?.iter().map(|r| &r.name).collect()))?.is_empty();
        let types = own.as_ref().map_or("no recorder here", |verdict| verdict.observed.as_str());
        Ok(if !anywhere {
            without()
        } else if global.is_empty() {
            regions::all_scanned(view, "config:DescribeConfigurationRecorders")?;
            Verdict::fail(format!("{types}; no region records the global types of IAM"))
        } else if own.is_none() {
            let mut verdict = without();
            verdict.observed = format!("{types}; global types are recorded in {}", global.join(", "));
            verdict
        } else {
            Verdict::pass(format!("{types}; global types are recorded in {}", global.join(", ")))
        })
    });
    Ok(vec![finding])
}

fn without() -> Verdict {
    Verdict::not_applicable("no recorder here", "config-recorder-enabled judges a region without a recorder")
}

/// Whether another region has a recorder that is recording and covers a type.
///
/// # Errors
/// None is seen to, and a region could not be read.
fn covered_elsewhere(view: &View<'_>, kind: &str) -> Result<bool, Gap> {
    let found = regions::find(view, |region| {
        let covers = |recorder: &Recorder| {
            let listed = |types: &[String]| types.iter().any(|one| one == kind);
            let all = recorder.strategy != "INCLUSION_BY_RESOURCE_TYPES"
                && (recorder.all_supported || !recorder.strategy.is_empty());
            recorder.recording && (listed(&recorder.types) || all && !listed(&recorder.excluded_types))
        };
        let here = region.region_name() != view.region_name() && region.recorders()?.iter().any(covers);
        Ok(if here { vec![()] } else { Vec::new() })
    })?;
    Ok(!found.is_empty())
}

/// Whether a recorder covers all types of its region.
///
/// # Errors
/// It leaves out a type that is the same in every region, and the others are not known.
fn coverage(
    view: &View<'_>,
    recorder: &Recorder,
    elsewhere: &dyn Fn(&str) -> Result<bool, Gap>,
) -> Result<Verdict, Gap> {
    let (mut left_out, mut at_home, mut unsaid) = (Vec::new(), Vec::new(), Vec::new());
    for kind in recorder.excluded_types.iter().map(String::as_str).filter(|kind| !GLOBAL.contains(kind)) {
        match recorded_at(view.partition(), kind) {
            Home::Region(home) if home != view.region_name() => at_home.push(format!("{kind} ({home})")),
            Home::Unsaid => unsaid.push(kind),
            Home::Everywhere if ALIKE.contains(&kind) && elsewhere(kind)? => at_home.push(kind.to_owned()),
            Home::Region(_) | Home::Everywhere => left_out.push(kind),
        }
    }
    let name = &recorder.name;
    Ok(match recorder.strategy.as_str() {
        "INCLUSION_BY_RESOURCE_TYPES" => {
            Verdict::fail(format!("recorder {name} covers {} only", count(recorder.types.len(), "listed type")))
        }
        "" if !recorder.all_supported => {
            Verdict::fail(format!("recorder {name} covers {} only", count(recorder.types.len(), "listed type")))
        }
        "" | "ALL_SUPPORTED_RESOURCE_TYPES" | "EXCLUSION_BY_RESOURCE_TYPES" if !left_out.is_empty() => {
            Verdict::fail(format!("recorder {name} leaves out {}", first(NAMED, left_out)))
        }
        "" | "ALL_SUPPORTED_RESOURCE_TYPES" | "EXCLUSION_BY_RESOURCE_TYPES" if !unsaid.is_empty() => Verdict::manual(
            format!("recorder {name} leaves out {}", first(NAMED, unsaid)),
            "AWS records these in one region only, and does not say in which one of this partition: judge whether they are recorded there",
        ),
        "" | "ALL_SUPPORTED_RESOURCE_TYPES" | "EXCLUSION_BY_RESOURCE_TYPES" if !at_home.is_empty() => Verdict::pass(
            format!("recorder {name} leaves out what is recorded in another region: {}", first(NAMED, at_home)),
        ),
        "" | "ALL_SUPPORTED_RESOURCE_TYPES" | "EXCLUSION_BY_RESOURCE_TYPES" if !recorder.excluded_types.is_empty() => {
            let excluded = recorder.excluded_types.join(", ");
            Verdict::pass(format!("recorder {name} leaves out global types only: {excluded}"))
        }
        "EXCLUSION_BY_RESOURCE_TYPES" => Verdict::pass(format!("recorder {name} leaves nothing out")),
        "" | "ALL_SUPPORTED_RESOURCE_TYPES" => Verdict::pass(format!("recorder {name} covers all supported types")),
        other => Verdict::manual(
            format!("recorder {name} has the strategy {other}"),
            "judge whether the strategy covers all types: it came after this version of kickoff",
        ),
    })
}

/// Whether a recorder covers IAM.
fn records_global_types(recorder: &Recorder) -> bool {
    match recorder.strategy.as_str() {
        "EXCLUSION_BY_RESOURCE_TYPES" => !GLOBAL.iter().any(|kind| recorder.excluded_types.iter().any(|x| x == kind)),
        _ => recorder.include_global || GLOBAL.iter().all(|kind| recorder.types.iter().any(|x| x == kind)),
    }
}
