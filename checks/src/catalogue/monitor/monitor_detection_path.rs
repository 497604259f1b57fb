//! # Each class of security events has a way to somebody
//!
//! ## What it asks
//! By which way each class of events that the monitoring controls are about reaches somebody: a metric filter, an
//! EventBridge rule or a SIEM; or that there is none.
//!
//! ## Why an auditor asks
//! One table shows what is watched and what is not. Fifteen failures of one cause say less.
//!
//! ## How it is decided
//! Once for the account, for a person to look at: the fifteen classes of the checks
//! `monitor-unauthorized-api` to `monitor-organizations-change`, each with the ways that together take all of its
//! events, or with the events that none takes. The ways are judged as those checks judge them: patterns of filters and
//! rules are put to samples of the events; the trail must be logging, record the events and deliver them; the alarm
//! must have its actions switched on, and no mute rule may silence it; a topic needs a confirmed subscription. What is
//! not known of a class is told in its place. Changes of the organization are asked in its management account.
//!
//! ## What else is accepted
//! Ways may be mixed, within a class too. A SIEM counts when it is declared in `siem_destinations`; what it alerts on
//! is not visible from here: ask for its rules.
//!
//! ## What it does not see
//! The classes are those of the benchmark: detections that you need beyond them are not listed. What a function, a web
//! address, a queue or a declared SIEM does with the event is outside, and so is who reads the mailbox and whether an
//! alert was ever received. CloudTrail Lake, buses other than the default one, and ways that existed earlier in the
//! period are not looked at.
//!
//! ## Remediation
//! Start with the trail's log group or with a SIEM: one route there serves all classes. Then see the check of each
//! class that has none.
//!
//! ## Peers
//! No peer has it: they give a failure for each class.
//!
//! ## References
//! CIS AWS Foundations Benchmark v5, section 4 (Monitoring); Amazon CloudWatch Logs User Guide, "Filter pattern syntax
//! for metric filters, subscription filters, filter log events, and Live Tail".

use kickoff_facts::{Gap, View};

use crate::parameters::Parameters;
use crate::reasoning::detection_events::{CLASSES, ORGANIZATIONS};
use crate::reasoning::detection_path;
use crate::reasoning::management::{self, Standing};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Status, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "monitor-detection-path",
    control: "CC7.2.29",
    title: "Each class of security events has a way to somebody",
    severity: Severity::Medium,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Manual,
    criteria: &["CC7.2", "CC7.3"],
    needs: detection_path::needs!(Organization),
    parameters: detection_path::PARAMETERS,
    expected: detection_path::EXPECTED,
    fix: "see the check of each class that has no way",
};

/// Decides.
///
/// # Errors
/// Never: what is not known is told on the account.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    Ok(vec![Finding::judge(Resource::account(view), |seen| {
        let (mut rows, mut known, mut gap): (Vec<(&str, String)>, _, _) = (Vec::new(), false, None);
        for class in CLASSES {
            let asked = if std::ptr::eq(class, &raw const ORGANIZATIONS) { elsewhere(view) } else { Ok(None) };
            let told = match asked {
                Ok(Some(where_else)) => Ok(where_else),
                Ok(None) => detection_path::judge(view, seen, parameters, class).map(|verdict| {
                    known = true;
                    match verdict.status {
                        // The class is named already.
                        Status::Pass => verdict.observed.replace(&format!("{} -> ", class.subject), ""),
                        Status::Manual => format!("perhaps {}", verdict.observed),
                        _ => verdict.observed.split("; ").next().unwrap_or_default().replace("no alert on", "none for"),
                    }
                }),
                Err(gap) => Err(gap),
            };
            rows.push(match told {
                Ok(told) => (class.subject, told),
                Err(error) => {
                    let row = (class.subject, format!("not known, {error}"));
                    gap = gap.or(Some(error));
                    row
                }
            });
        }
        match gap {
            Some(gap) if !known => Err(gap),
            _ => {
                let text: Vec<String> = rows.iter().map(|(class, way)| format!("{class}: {way}")).collect();
                let entry = |(class, way): (&str, String)| vec![("Class of events", class.to_owned()), ("Way", way)];
                let verdict =
                    Verdict::manual(text.join("; "), "judge whether each class that matters to you has a way");
                Ok(verdict.listing(rows.into_iter().map(entry).collect()))
            }
        }
    })])
}

/// Where changes of the organization are asked, if not here.
fn elsewhere(view: &View<'_>) -> Result<Option<String>, Gap> {
    Ok(match management::standing(view)? {
        Standing::Management(_) => None,
        Standing::Alone => Some("the account belongs to no organization".to_owned()),
        Standing::Member(organization) => {
            Some(format!("asked in the management account {}", organization.management_account))
        }
    })
}
