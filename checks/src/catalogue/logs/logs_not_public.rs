//! # Log resource policies do not open to the world
//!
//! ## What it asks
//! Whether a resource policy of CloudWatch Logs lets everybody do something with log groups of the region.
//!
//! ## Why an auditor asks
//! Who can write to a log can bury what happened under what did not. Who can read it, learns names and secrets.
//!
//! ## How it is decided
//! For each region: the resource policies that hold for the account, and those of the log groups that hold security
//! logs (trails, VPC flow logs), which AWS tells a log group at a time; policies of other single log groups are not
//! asked for, and what is observed says how many log groups that leaves out. An Allow that means everybody (`*`, or `NotPrincipal`) without a condition that ties the caller or
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
//! Amazon CloudWatch Logs User Guide, "Overview of managing access permissions to your CloudWatch Logs resources";
//! API Reference, `DescribeResourcePolicies` (`policyScope`, `resourceArn`), `PutResourcePolicy`.

use kickoff_facts::logging::LogResourcePolicy;
use kickoff_facts::{Gap, Need, View};

use crate::frame::wording::{count, line};
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
    needs: &[Need::LogResourcePolicies, Need::LogGroupPolicies, Need::LogGroups],
    parameters: &[],
    expected: "no resource policy of CloudWatch Logs lets everybody do something",
    fix: "name the principal in the resource policy, add a condition on the source account, or delete the policy",
};

const CALL: &str = "logs:DescribeResourcePolicies";

/// What statements amount to, and the first that a Deny may take back.
#[derive(Default)]
struct Read {
    judged: Vec<Result<Judged, Gap>>,
    manual: Option<(String, String)>,
}

/// Decides.
///
/// # Errors
/// The region's resource policies are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let policies = view.log_resource_policies()?;
    let groups = view.log_group_policies();
    let all = view.log_groups();
    Ok(vec![Finding::judge(Resource::region(view), |seen| {
        let mut read = Read::default();
        for policy in policies {
            look(view, policy, &line(&policy.name), &mut read);
        }
        let (mut asked, mut single) = (0, 0);
        for group in groups.iter().copied().flatten() {
            match seen.see(&group.policies) {
                Ok(policies) => {
                    asked += 1;
                    single += policies.len();
                    for policy in policies {
                        look(view, policy, &format!("policy of log group {}", line(&group.log_group)), &mut read);
                    }
                }
                Err(gap) => read.judged.push(Err(gap)),
            }
        }
        if let Err(gap) = &groups {
            read.judged.push(Err(gap.clone()));
        }
        let others = all.as_ref().map(|all| all.len().saturating_sub(asked));
        let others = others.map_or_else(|_| "others".to_owned(), |others| count(others, "other log group"));
        let scopes = format!(
            "of single log groups: {single} on the {} with security logs, not asked of {others}",
            count(asked, "log group")
        );
        decide(view, read, policies.len(), &scopes)
    })])
}

/// Reads one policy; `shown` names it.
fn look(view: &View<'_>, policy: &LogResourcePolicy, shown: &str, read: &mut Read) {
    let keys: Vec<&str> = CALLER_KEYS.iter().chain(SOURCE_KEYS).copied().collect();
    let whose = format!("the resource policy {shown}");
    let parsed = match trust::parse(view, CALL, &whose, &policy.document) {
        Ok(parsed) => parsed,
        Err(gap) => {
            read.judged.push(Err(gap));
            return;
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
            "{shown} {} lets everybody {}{actions}, {}",
            trust::place(statement),
            if statement.actions.not { "do all but " } else { "" },
            trust::conditions(statement)
        );
        match closing {
            Some(deny) => read.manual = read.manual.take().or(Some((text, trust::place(deny)))),
            None => read.judged.push(Ok(Judged::Bad(format!("{text}: name the principal, or delete the policy")))),
        }
    }
    read.judged.push(trust::doubt(view, CALL, &whose, &parsed).map(|()| Judged::Good(shown.to_owned())));
}

fn decide(view: &View<'_>, read: Read, number: usize, scopes: &str) -> Result<Verdict, Gap> {
    let region = view.region_name();
    let known_bad = read.judged.iter().any(|one| matches!(one, Ok(Judged::Bad(_))));
    let unread = read.judged.iter().any(Result::is_err);
    match read.manual {
        Some((text, deny)) if !known_bad && !unread => {
            Ok(Verdict::manual(format!("{region}: {text}"), format!("judge whether {deny} takes that back")))
        }
        _ if known_bad || unread => trust::settle(region, read.judged, Ok(()), None, None),
        _ if number == 0 => Ok(Verdict::pass(format!("no resource policy of the account; {scopes}"))),
        _ => Ok(Verdict::pass(format!("resource policies of the account: {number}, none lets everybody in; {scopes}"))),
    }
}
