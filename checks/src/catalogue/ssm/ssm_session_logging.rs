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
//! of this account or of another account of the run, or a log group that exists in the region → pass. They name neither,
//! or the document does not exist, which is AWS's default, or they name a log group that does not exist or a parameter of
//! the document that has no value (`{{bucket}}`) → fail; where the region has no instance that is not terminated →
//! `not-applicable`. A bucket that no account of the run lists → `manual`: its name does not tell whose it is. So is a
//! parameter with a default, since whoever begins a session may name another value, and a reference to Parameter Store,
//! which is not read. Whether the role of an instance may write there is not looked at, nor are servers outside of EC2.
//! Sessions of port forwarding and SSH cannot be logged, and other session documents have settings of their own.
//!
//! ## What else is accepted
//! A region in which nobody may open a session, by policy; a bastion that records sessions itself: as an approved
//! exception.
//!
//! ## What it does not see
//! Who may open a session, and whether a policy lets them choose another session document, is not looked at.
//! Encryption of the session and of its log (`kmsKeyId`, `s3EncryptionEnabled`, `cloudWatchEncryptionEnabled`), and
//! whether logs arrive, is not read. Logins by SSH, EC2 Instance Connect or the serial console are outside.
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

use std::collections::BTreeMap;

use kickoff_facts::compute::Instance;
use kickoff_facts::logging::SessionPreferences;
use kickoff_facts::{Gap, Need, View};

use crate::parameters::Parameters;
use crate::reasoning::destination::{self, Place, Takes};
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
    needs: &[Need::SessionPreferences, Need::Instances, Need::LogGroups, Need::Buckets],
    parameters: &[],
    expected: "the preferences of Session Manager name a bucket that is known to be yours, or a log group that exists",
    fix: "switch on logging in the preferences of Session Manager in the region",
};

/// Decides.
///
/// # Errors
/// The region's preferences are not known, or what decides on them is not.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let preferences = view.session_preferences()?;
    let (mut places, mut wrong, mut open, mut gap) = (Vec::new(), Vec::new(), Vec::new(), None);
    for (told, takes) in preferences.iter().flat_map(|preferences| destinations(view, preferences)) {
        match takes {
            Ok(Takes::Yes) => places.push(told),
            Ok(Takes::No(why)) => wrong.push(format!("{told}: {why}")),
            Ok(Takes::Depends(why)) => open.push(format!("{told}: {why}")),
            Err(error) => gap = gap.or(Some(error)),
        }
    }
    let verdict = if !places.is_empty() {
        let beside: String = open.iter().chain(&wrong).map(|why| format!("; beside it {why}")).collect();
        Verdict::pass(format!("sessions are logged to {}{beside}", places.join(" and ")))
    } else if !view.instances()?.iter().any(Instance::exists) {
        Verdict::not_applicable("sessions are not logged", "the region has no instance to open a session on")
    } else if let Some(gap) = gap {
        return Err(gap);
    } else if !open.is_empty() {
        open.extend(wrong);
        Verdict::manual(open.join("; "), "judge whether every shell session is logged, and to a place of yours")
    } else if wrong.is_empty() {
        Verdict::fail(match preferences {
            Some(_) => "the preferences name neither a bucket nor a log group",
            None => "AWS's default preferences hold, which log nothing",
        })
    } else {
        Verdict::fail(wrong.join("; "))
    };
    Ok(vec![Finding::new(Resource::region(view), verdict)])
}

/// The places that preferences name, and whether each takes what is sent.
fn destinations(view: &View<'_>, preferences: &SessionPreferences) -> Vec<(String, Result<Takes, Gap>)> {
    let bucket = preferences.bucket.as_ref().map(|text| {
        let found = resolved(text, &preferences.defaults, |name| match destination::bucket(view, name)? {
            Place::Ours(_) => Ok(Takes::Yes),
            Place::Unknown(_) | Place::Stranger(_) => {
                Ok(Takes::Depends(format!("no account of this run has it, {}", destination::CONFIRM)))
            }
        });
        (format!("bucket {text}"), found)
    });
    let group = preferences.log_group.as_ref().map(|text| {
        let found = resolved(text, &preferences.defaults, |name| {
            let exists = view.log_groups()?.iter().any(|group| group.name == name);
            Ok(if exists { Takes::Yes } else { Takes::No("it does not exist in the region".to_owned()) })
        });
        (format!("log group {text}"), found)
    });
    bucket.into_iter().chain(group).collect()
}

/// What a text of the document amounts to once what it names in braces has its value.
fn resolved(
    text: &str,
    defaults: &BTreeMap<String, String>,
    takes: impl FnOnce(&str) -> Result<Takes, Gap>,
) -> Result<Takes, Gap> {
    let Some((before, rest)) = text.split_once("{{") else { return takes(text) };
    let Some((name, after)) = rest.split_once("}}") else { return takes(text) };
    let name = name.trim();
    if name.starts_with("ssm:") || after.contains("{{") {
        return Ok(Takes::Depends("what stands there in place of the parameter is not read".to_owned()));
    }
    let Some(value) = defaults.get(name).filter(|value| !value.trim().is_empty()) else {
        return Ok(Takes::No(format!("the parameter {name} has no value unless whoever begins a session names one")));
    };
    let value = format!("{before}{value}{after}");
    Ok(match takes(&value)? {
        Takes::Yes => Takes::Depends(format!("it is {value} unless whoever begins a session names another")),
        Takes::Depends(why) => Takes::Depends(format!("{value}, {why}")),
        Takes::No(why) => Takes::No(format!("{value}, {why}")),
    })
}
