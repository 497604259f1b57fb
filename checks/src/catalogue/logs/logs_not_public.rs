//! # Log resource policies do not open to the world
//!
//! ## What it asks
//! Whether a resource policy of CloudWatch Logs lets everybody do something with log groups of the region.
//!
//! ## Why an auditor asks
//! Who can write to a log can bury what happened under what did not. Who can read it, learns names and secrets.
//!
//! ## How it is decided
//! For each region: an Allow that means everybody (`*`, or `NotPrincipal`) without a condition that ties the caller or
//! the source to an account, an organization or a resource → fail. Such a condition has a positive operator without
//! `IfExists`, one of the keys `aws:PrincipalOrgID`, `aws:PrincipalOrgPaths`, `aws:PrincipalAccount`,
//! `aws:PrincipalArn`, `aws:SourceAccount`, `aws:SourceArn`, `aws:SourceOrgID` or `aws:SourceOrgPaths`, and no wildcard
//! in the account or organization. A statement that a Deny of the same policy may take back → `manual`: it has no
//! condition, or one of these keys. No policy, or none that opens → pass. A policy that cannot be read, or of which a
//! part is in doubt, → `not-evaluated`, unless another statement fails.
//!
//! ## What else is accepted
//! A service of AWS as the principal: services write query logs and the like by such policies.
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

use crate::frame::wording::line;
use crate::parameters::Parameters;
use crate::reasoning::trust::{self, CALLER_KEYS, Judged, SOURCE_KEYS};
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
    needs: &[Need::LogResourcePolicies],
    parameters: &[],
    expected: "no resource policy of CloudWatch Logs lets everybody do something",
    fix: "name the principal in the resource policy, add a condition on the source account, or delete the policy",
};

/// Decides.
///
/// # Errors
/// The region's resource policies are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    const CALL: &str = "logs:DescribeResourcePolicies";
    let policies = view.log_resource_policies()?;
    let keys: Vec<&str> = CALLER_KEYS.iter().chain(SOURCE_KEYS).copied().collect();
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
        for statement in parsed.statements.iter().filter(|s| s.allows() && !s.source.doubtful).map(|s| &s.source) {
            let tied = statement.conditions.iter().any(|condition| trust::ties(condition, &keys));
            if !trust::means_everybody(statement) || tied {
                continue;
            }
            let actions = statement.actions.entries.join(", ");
            let text = format!(
                "{} {} lets everybody {}{actions}, {}",
                line(&policy.name),
                trust::place(statement),
                if statement.actions.not { "do all but " } else { "" },
                trust::conditions(statement)
            );
            match closing {
                Some(deny) => manual = manual.or(Some((text, trust::place(deny)))),
                None => judged.push(Ok(Judged::Bad(format!("{text}: name the principal, or delete the policy")))),
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
        Some((text, deny)) if !known_bad && !unread => {
            Ok(Verdict::manual(format!("{region}: {text}"), format!("judge whether {deny} takes that back")))
        }
        _ if number == 0 => Ok(Verdict::pass("no resource policy")),
        _ if !known_bad && !unread => Ok(Verdict::pass(format!("resource policies: {number}, none lets everybody in"))),
        _ => trust::settle(region, judged, Ok(()), None, None),
    }
}
