//! # Session Manager shell sessions are logged
//!
//! ## What it asks
//! Whether each region with instances sends what is typed in shells of Session Manager to a bucket or a log group.
//!
//! ## Why an auditor asks
//! A shell on a server of production can do what no other log shows. CloudTrail tells that it was opened, not what was
//! done.
//!
//! ## How it is decided
//! For each region: the preferences of Session Manager, which the document SSM-SessionManagerRunShell holds, name a bucket
//! or a log group → pass. They name neither, or the document does not exist, which is AWS's default → fail; where the
//! region has no instance that is not terminated → `not-applicable`. Servers outside of EC2 are not looked at. Sessions
//! of port forwarding and SSH cannot be logged, and other session documents have settings of their own.
//!
//! ## What else is accepted
//! A region in which nobody may open a session, by policy; a bastion that records sessions itself: as an approved
//! exception.
//!
//! ## Remediation
//! Console: Systems Manager, Session Manager, Preferences, Edit, CloudWatch logging or S3 logging. CLI: `aws ssm
//! update-document --name SSM-SessionManagerRunShell`, or `create-document` with document type Session. Terraform:
//! `aws_ssm_document` of the name, with `document_type = "Session"`.
//!
//! ## Peers
//! No peer has this check.
//!
//! ## References
//! AWS Systems Manager User Guide, "Logging session activity"; "Session document schema".

use kickoff_facts::compute::Instance;
use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "ssm-session-logging",
    control: "CC6.1.36",
    title: "Session Manager shell sessions are logged",
    severity: Severity::Medium,
    level: Level::Region,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC7.2"],
    needs: &[Need::SessionPreferences, Need::Instances],
    parameters: &[],
    expected: "the preferences of Session Manager name a bucket or a log group",
    fix: "switch on logging in the preferences of Session Manager in the region",
};

/// Decides.
///
/// # Errors
/// The region's preferences are not known, or its instances are not where they decide.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let preferences = view.session_preferences()?;
    let mut places = Vec::new();
    if let Some(preferences) = preferences {
        places.extend(preferences.bucket.iter().map(|bucket| format!("bucket {bucket}")));
        places.extend(preferences.log_group.iter().map(|group| format!("log group {group}")));
    }
    let verdict = if !places.is_empty() {
        Verdict::pass(format!("sessions are logged to {}", places.join(" and ")))
    } else if view.instances()?.iter().any(Instance::exists) {
        Verdict::fail(match preferences {
            Some(_) => "the preferences name neither a bucket nor a log group",
            None => "AWS's default preferences hold, which log nothing",
        })
    } else {
        Verdict::not_applicable("sessions are not logged", "the region has no instance to open a session on")
    };
    Ok(vec![Finding::new(Resource::region(view), verdict)])
}
