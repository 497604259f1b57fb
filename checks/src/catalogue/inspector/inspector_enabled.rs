//! # Vulnerability scanning covers EC2, ECR and Lambda in use
//!
//! ## What it asks
//! Whether Amazon Inspector scans the instances, container images and functions of each region that was scanned.
//!
//! ## Why an auditor asks
//! The firm must look for vulnerabilities in what it runs. What no scanner sees is not patched in time.
//!
//! ## How it is decided
//! For each region: Inspector must have the status `ENABLED` for each kind in use, which are instances that are not
//! terminated, repositories of ECR, and Lambda functions; and it must scan each of them: one that it leaves out is
//! `fail`, with Inspector's reason. A resource that is stopped, ended, empty or waits for its scan does not count. A kind
//! that is scanned need not be in use. Where no kind is scanned and none is in use: `not-applicable`. Where scanning is
//! not complete and `declared_vulnerability_scanner` names another product, the result is `manual`. What could not be
//! read and would decide is `not-evaluated`. The scan of functions' own code is told and not asked for.
//!
//! ## What else is accepted
//! Another scanner: name it in `declared_vulnerability_scanner`, and attach what shows that it covers the account.
//!
//! ## What it does not see
//! When a resource was last scanned (`lastScannedAt`), how long images are scanned again after they were pushed
//! (`GetConfiguration`), and tags that leave resources out later are not read. Container images are seen by their
//! repository and not one by one. Servers outside of AWS, code repositories and what runs in clusters without an image
//! in ECR are not looked at.
//!
//! ## Remediation
//! Console: Amazon Inspector, Activate; Account management shows what is not scanned, and why. CLI:
//! `aws inspector2 enable --resource-types EC2 ECR LAMBDA`. Terraform: `aws_inspector2_enabler`.
//!
//! ## Peers
//! Prowler `inspector2_is_enabled`; AWS Config `INSPECTOR_EC2_SCAN_ENABLED`, `INSPECTOR_ECR_SCAN_ENABLED`,
//! `INSPECTOR_LAMBDA_STANDARD_SCAN_ENABLED`; FSBP Inspector.1 to Inspector.4.
//!
//! ## References
//! Amazon Inspector User Guide, "Assessing Amazon Inspector coverage of your AWS environment"; API Reference,
//! `BatchGetAccountStatus`, `ListCoverage`.

use kickoff_facts::compute::Instance;
use kickoff_facts::inspector::NotScanned;
use kickoff_facts::{Gap, Need, View};

use crate::frame::wording::names;
use crate::parameters::{DECLARED_VULNERABILITY_SCANNER, Parameters};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "inspector-enabled",
    control: "CC7.1.06",
    title: "Vulnerability scanning covers EC2, ECR and Lambda in use",
    severity: Severity::High,
    level: Level::Region,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.1", "CC3.2"],
    needs: &[Need::Inspector, Need::InspectorNotScanned, Need::Instances, Need::Repositories, Need::Functions],
    parameters: &[&DECLARED_VULNERABILITY_SCANNER],
    expected: "Inspector, or a declared scanner (now: {declared_vulnerability_scanner}), scans every instance, repository and function of the region",
    fix: "enable Inspector for what is in use in the region, and correct the reason for which it leaves a resource out",
};

/// Reasons for which there is nothing to scan, or not yet.
const NOTHING_TO_SCAN: [&str; 8] = [
    "RESOURCE_TERMINATED",
    "RESOURCE_STOPPED",
    "EC2_INSTANCE_STOPPED",
    "NO_RESOURCES_FOUND",
    "IMAGE_ARCHIVED",
    "PENDING_INITIAL_SCAN",
    "PENDING_REVIVAL_SCAN",
    "SCAN_IN_PROGRESS",
];

/// Decides.
///
/// # Errors
/// The region's use of services, or Inspector, is not known where it decides.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let declared = parameters.list(&DECLARED_VULNERABILITY_SCANNER);
    let verdict = match shortcomings(view)? {
        None => Verdict::not_applicable(
            "no instance, repository of images or function",
            "there is nothing in the region that Inspector could scan",
        ),
        Some((states, missing)) if missing.is_empty() => Verdict::pass(states),
        Some((states, missing)) => {
            let observed = format!("{states}; {}", missing.join("; "));
            if declared.is_empty() {
                Verdict::fail(observed)
            } else {
                let reason = format!("confirm that {} scans this account and region", declared.join(", "));
                Verdict::manual(observed, reason)
            }
        }
    };
    Ok(vec![Finding::new(Resource::region(view), verdict)])
}

/// Inspector's states in words, and what it does not scan; none where nothing is in use.
fn shortcomings(view: &View<'_>) -> Result<Option<(String, Vec<String>)>, Gap> {
    let inspector = view.inspector()?;
    let states = format!(
        "Inspector: EC2 {}, ECR {}, Lambda {}, Lambda code {}",
        shown(&inspector.ec2),
        shown(&inspector.ecr),
        shown(&inspector.lambda),
        shown(&inspector.lambda_code)
    );
    let kinds = [("EC2", &inspector.ec2), ("ECR", &inspector.ecr), ("Lambda", &inspector.lambda)];
    let (mut missing, mut gap, mut unused) = (Vec::new(), None, 0);
    // What is scanned need not be in use.
    for (kind, _) in kinds.iter().filter(|(_, state)| *state != "ENABLED") {
        match is_used(view, kind) {
            Ok(true) => missing.push(format!("{kind} is in use and not scanned")),
            Ok(false) => unused += 1,
            Err(error) => gap = gap.or(Some(error)),
        }
    }
    if unused == kinds.len() {
        return Ok(None);
    }
    match view.inspector_not_scanned() {
        Ok(left_out) => {
            let left_out = left_out.iter().flatten().filter(|one| !NOTHING_TO_SCAN.contains(&one.reason.as_str()));
            let words = |one: &NotScanned| format!("{} ({})", one.id, one.reason);
            let left_out = names(left_out.map(words));
            if !left_out.is_empty() {
                missing.push(format!("left out: {left_out}"));
            }
        }
        Err(error) => gap = gap.or(Some(error)),
    }
    match gap {
        Some(gap) if missing.is_empty() => Err(gap),
        _ => Ok(Some((states, missing))),
    }
}

/// Whether the region has what Inspector scans under a name.
fn is_used(view: &View<'_>, kind: &str) -> Result<bool, Gap> {
    Ok(match kind {
        "EC2" => view.instances()?.iter().any(Instance::exists),
        "ECR" => !view.repositories()?.is_empty(),
        _ => !view.functions()?.is_empty(),
    })
}

/// A state as it is told.
fn shown(state: &str) -> &str {
    if state.is_empty() { "not offered" } else { state }
}
