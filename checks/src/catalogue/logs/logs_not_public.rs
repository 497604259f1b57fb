//! # Log resource policies do not open to the world
//!
//! ## What it asks
//! Whether a resource policy of CloudWatch Logs lets everybody do something with log groups of the region.
//!
//! ## Why an auditor asks
//! Who can write to a log can bury what happened under what did not. Who can read it, learns names and secrets.
//!
//! ## How it is decided
//! For each region: each Allow is put to callers that anybody could be, of an account, an organization and a network that
//! no policy names, and to services that act for such an account or do not tell for whom. Where everybody is meant (`*`, or
//! `NotPrincipal`) and one of them passes, or only principals of another organization do → fail. A service works for every
//! customer of AWS: one that may act for any of them, and of which AWS documents that it sends `aws:SourceAccount` or
//! `aws:SourceArn` → fail; another service → `manual`. Where it is not known here whom a condition keeps out → `manual`. A
//! Deny for everybody is weighed; another statement that a Deny of the same policy may take back → `manual`: it has no
//! condition, or one on the caller or the source. No policy, or none that opens → pass. A policy that cannot be read, or
//! of which a part is in doubt, → `not-evaluated`, unless another statement fails.
//!
//! ## What else is accepted
//! A service of AWS as the principal, for your own account: services write query logs and the like by such policies.
//!
//! ## Remediation
//! Console: there is none for these policies. CLI: `aws logs describe-resource-policies`, then `aws logs
//! put-resource-policy` with a named principal, or `aws logs delete-resource-policy`. Terraform:
//! `aws_cloudwatch_log_resource_policy`.
//!
//! ## Peers
//! Prowler `cloudwatch_log_group_not_publicly_accessible`.
//!
//! ## References
//! Amazon CloudWatch Logs User Guide, "Overview of managing access permissions to your CloudWatch Logs resources".

use kickoff_facts::{Gap, Need, View};
use kickoff_policy::whom::{Reach, Who};

use crate::frame::wording::line;
use crate::parameters::{Parameters, VENDOR_ACCOUNTS};
use crate::reasoning::deputies::{self, Asked, Sends};
use crate::reasoning::trust::{self, CALLER_KEYS, Judged, SOURCE_KEYS};
use crate::reasoning::whom::{Known, Standing};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "logs-not-public",
    control: "CC6.1.33",
    title: "Log resource policies do not open to the world",
    severity: Severity::High,
    level: Level::Region,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.6"],
    needs: &[Need::LogResourcePolicies, Need::Organization, Need::Members],
    parameters: &[&VENDOR_ACCOUNTS],
    expected: "no resource policy of CloudWatch Logs lets everybody do something",
    fix: "name the principal in the resource policy, add a condition on the source account, or delete the policy",
};

/// Decides.
///
/// # Errors
/// The region's resource policies are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    const CALL: &str = "logs:DescribeResourcePolicies";
    let policies = view.log_resource_policies()?;
    let keys: Vec<&str> = CALLER_KEYS.iter().chain(SOURCE_KEYS).copied().collect();
    let known = Known::read(view, parameters);
    let (mut judged, mut manual) = (Vec::new(), None);
    for policy in policies {
        let whose = format!("the resource policy {}", line(&policy.name));
        let parsed = match trust::parse(view, CALL, &whose, &policy.document) {
            Ok(parsed) => parsed,
            Err(gap) => {
                judged.push(Err(gap));
                continue;
            }
        };
        let closing = trust::closing(&parsed, &keys, |_| true);
        for compiled in parsed.statements.iter().filter(|s| s.allows() && !s.source.doubtful) {
            let statement = &compiled.source;
            let (mut bad, mut open) = (Vec::new(), Vec::new());
            for party in known.parties(&parsed, compiled, true) {
                let answer = known.answer(&party, compiled);
                if let Some(gap) = answer.gap {
                    judged.push(Err(gap));
                    continue;
                }
                let service = match &party.who {
                    Who::Service(name) if name != "*" => Some(name),
                    _ => None,
                };
                match (answer.standing, service) {
                    (Standing::Anybody, Some(name)) if deputies::sends(name, Asked::Resource) == Sends::Source => {
                        bad.push(answer.words);
                    }
                    (Standing::Anybody, None) => bad.push(answer.words),
                    (Standing::Stranger, None) if party.account == Reach::Any => bad.push(answer.words),
                    (Standing::Anybody | Standing::Unknown, _) | (Standing::Stranger, Some(_)) => {
                        open.push(answer.words)
                    }
                    _ => {}
                }
            }
            if bad.is_empty() && open.is_empty() {
                continue;
            }
            let actions = statement.actions.entries.join(", ");
            let whom = if trust::means_everybody(statement) { "everybody" } else { "a service" };
            let text = format!(
                "{} {} lets {whom} {}{actions}, {}",
                line(&policy.name),
                trust::place(statement),
                if statement.actions.not { "do all but " } else { "" },
                trust::terms(&parsed, compiled)
            );
            match closing {
                Some(deny) if !bad.is_empty() => {
                    manual = manual.or(Some((text, format!("judge whether {} takes that back", trust::place(deny)))));
                }
                _ if !bad.is_empty() => {
                    let way = "name the principal or ask for aws:SourceAccount, or delete the policy";
                    judged.push(Ok(Judged::Bad(format!("{text}: {way}; it lets in {}", bad.join("; ")))));
                }
                _ => manual = manual.or(Some((text, format!("judge who is let in: {}", open.join("; "))))),
            }
        }
        judged.push(trust::doubt(view, CALL, &whose, &parsed).map(|()| Judged::Good(line(&policy.name))));
    }
    let outcome = decide(view, judged, manual, policies.len());
    Ok(vec![Finding::judge(Resource::region(view), |_| outcome)])
}

fn decide(
    view: &View<'_>,
    judged: Vec<Result<Judged, Gap>>,
    manual: Option<(String, String)>,
    number: usize,
) -> Result<Verdict, Gap> {
    let region = view.region_name();
    let known_bad = judged.iter().any(|one| matches!(one, Ok(Judged::Bad(_))));
    let unread = judged.iter().any(Result::is_err);
    match manual {
        Some((text, why)) if !known_bad && !unread => Ok(Verdict::manual(format!("{region}: {text}"), why)),
        _ if number == 0 => Ok(Verdict::pass("no resource policy")),
        _ if !known_bad && !unread => Ok(Verdict::pass(format!("resource policies: {number}, none lets everybody in"))),
        _ => trust::settle(region, judged, Ok(()), None, None),
    }
}
