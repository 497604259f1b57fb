//! # S3, EKS, RDS, Lambda and runtime plans match what is deployed
//!
//! ## What it asks
//! Whether the GuardDuty protection plans of `guardduty_features` are on in each region where GuardDuty runs.
//!
//! ## Why an auditor asks
//! Without its plan, GuardDuty does not read the logs of a service: an attack on the data in S3 or on a cluster makes
//! no finding.
//!
//! ## How it is decided
//! For each region with an enabled detector: every feature that the client declares is among those that are on.
//! `EKS_RUNTIME_MONITORING` is also met by `RUNTIME_MONITORING`, which replaced it. A feature that the detector does
//! not list at all is told as such: its name may be wrong, or the region may not offer it. Runtime monitoring sees what an
//! agent tells it: where GuardDuty installs none of its agents (`EKS_ADDON_MANAGEMENT`, `ECS_FARGATE_AGENT_MANAGEMENT`,
//! `EC2_AGENT_MANAGEMENT` are all off), and for `EKS_RUNTIME_MONITORING` where the first of them is off, a person has to
//! judge whether agents were put there by hand → `manual`; agents that are off beside others are told. A region without an enabled
//! detector is `not-applicable`, because `guardduty-enabled` judges that; so is a client who declares no plan. Plans
//! that AWS does not offer in a partition are not asked for there.
//!
//! ## What else is accepted
//! Plans of services that the firm does not run need not be on: state in `guardduty_features` those that matter.
//!
//! ## What it does not see
//! What runs in the account is not held against the plans: the declared list decides. Whether a plan covers anything,
//! such as the agents of runtime monitoring on clusters and instances (`ListCoverage`), is not asked. Which plans were
//! on earlier in the period is not seen.
//!
//! ## Remediation
//! Console: GuardDuty, Protection plans. CLI:
//! `aws guardduty update-detector --detector-id ID --features Name=S3_DATA_EVENTS,Status=ENABLED`. Terraform:
//! `aws_guardduty_detector_feature`.
//!
//! ## Peers
//! Prowler `guardduty_s3_protection_enabled` and four more; Powerpipe `guardduty_detector_s3_protection_enabled` and
//! seven more; AWS Config `GUARDDUTY_S3_PROTECTION_ENABLED` and five more; FSBP GuardDuty.5 to GuardDuty.13;
//! CloudSploit `s3ProtectionEnabled` and three more.
//!
//! ## References
//! Amazon GuardDuty User Guide, "GuardDuty protection plans"; API Reference, `DetectorFeatureConfigurationResult`.

use kickoff_facts::detection::DetectorSettings;
use kickoff_facts::{Need, View};

use crate::frame::partitions;
use crate::parameters::{GUARDDUTY_FEATURES, Parameters};
use crate::reasoning::detectors;
use crate::reasoning::detectors::GuardDuty;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "guardduty-protection-plans",
    control: "CC7.2.16",
    title: "S3, EKS, RDS, Lambda and runtime plans match what is deployed",
    severity: Severity::Low,
    level: Level::Region,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2", "CC6.8"],
    needs: &[Need::Detectors],
    parameters: &[&GUARDDUTY_FEATURES],
    expected: "the detector has these plans on: {guardduty_features}",
    fix: "switch on the missing protection plans, or take out of guardduty_features what you do not run",
};

/// Decides.
///
/// # Errors
/// Never: what is not known of a region is told on the region.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let offered = |feature: &String| partitions::part_lacking(view.partition(), META.id, feature).is_none();
    let (declared, lacking): (Vec<String>, Vec<String>) =
        parameters.list(&GUARDDUTY_FEATURES).into_iter().partition(offered);
    Ok(vec![Finding::judge(Resource::region(view), |seen| {
        let (detector, settings) = match detectors::guardduty(view, seen)? {
            GuardDuty::Off(observed) => {
                return Ok(Verdict::not_applicable(observed, "guardduty-enabled judges that"));
            }
            GuardDuty::Runs(detector, settings) => (detector, settings),
        };
        if let (true, Some(first)) = (declared.is_empty(), lacking.first()) {
            let why = partitions::part_lacking(view.partition(), META.id, first).map(|one| one.reason());
            let observed = format!("detector {}: {}", detector.id, on(settings));
            return Ok(Verdict::not_applicable(observed, why.unwrap_or_default()));
        }
        if declared.is_empty() {
            let observed = format!("detector {}: {}", detector.id, on(settings));
            return Ok(Verdict::not_applicable(observed, "guardduty_features declares no plan"));
        }
        let missing: Vec<String> = declared
            .iter()
            .filter(|feature| !is_on(settings, feature))
            .map(|feature| {
                if settings.features_off.contains(feature) {
                    format!("{feature} is off")
                } else {
                    format!("{feature} is not among the detector's features")
                }
            })
            .collect();
        let told = if missing.is_empty() { String::new() } else { format!("{}; ", missing.join("; ")) };
        let agents: Vec<Agents> = declared.iter().filter_map(|feature| agents(settings, feature)).collect();
        let mut off: Vec<&str> = agents.iter().flat_map(|one| one.off.iter().copied()).collect();
        off.sort_unstable();
        off.dedup();
        let not_managed = if off.is_empty() { String::new() } else { format!("; off: {}", off.join(", ")) };
        let observed = format!("detector {}: {told}{}{not_managed}", detector.id, on(settings));
        let blind: Vec<&str> = agents.iter().filter(|one| one.blind).map(|one| one.feature).collect();
        let mut why = Vec::new();
        if !blind.is_empty() {
            why.push(format!(
                "GuardDuty installs no agent for {}: see in Runtime coverage whether agents are there all the same",
                blind.join(", ")
            ));
        }
        if !lacking.is_empty() {
            why.push(format!("not offered in this partition: {}", lacking.join(", ")));
        }
        let why = why.join("; ");
        Ok(if missing.is_empty() && !blind.is_empty() {
            Verdict::manual(observed, why)
        } else {
            let verdict = Verdict::decide(missing.is_empty(), observed);
            if why.is_empty() { verdict } else { verdict.because(why) }
        })
    })])
}

/// Whether a feature, or the one that replaced it, is on.
fn is_on(settings: &DetectorSettings, feature: &str) -> bool {
    settings
        .features_on
        .iter()
        .any(|on| on == feature || feature == "EKS_RUNTIME_MONITORING" && on == "RUNTIME_MONITORING")
}

/// The agents that a plan of runtime monitoring needs.
struct Agents<'a> {
    feature: &'a str,
    /// Those that GuardDuty does not install.
    off: Vec<&'a str>,
    /// It installs none that the plan could read.
    blind: bool,
}

/// The agents of a plan that is on; none for one that needs none, and where the detector does not tell of them.
fn agents<'a>(settings: &'a DetectorSettings, feature: &'a str) -> Option<Agents<'a>> {
    let eks = feature == "EKS_RUNTIME_MONITORING";
    if !eks && feature != "RUNTIME_MONITORING" || !is_on(settings, feature) {
        return None;
    }
    let by = if settings.features_on.iter().any(|on| on == feature) { feature } else { "RUNTIME_MONITORING" };
    let kinds = settings.additional.iter().filter(|one| one.feature == by && one.name.ends_with("_MANAGEMENT"));
    let (on, off): (Vec<_>, Vec<_>) =
        kinds.filter(|one| !eks || one.name == "EKS_ADDON_MANAGEMENT").partition(|one| one.on);
    let blind = on.is_empty() && !off.is_empty();
    Some(Agents { feature, off: off.into_iter().map(|one| one.name.as_str()).collect(), blind })
}

/// What is on, in words.
fn on(settings: &DetectorSettings) -> String {
    if settings.features_on.is_empty() {
        "no feature is on".to_owned()
    } else {
        format!("on: {}", settings.features_on.join(", "))
    }
}
