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
//! asked for, and what is observed says how many log groups that leaves out. Each Allow is put to callers that anybody
//! could be, of an account, an organization and a network that no policy names, and to services that act for such an
//! account or do not tell for whom. Where everybody is meant (`*`, or `NotPrincipal`) and one of them passes, or only
//! principals of another organization do → fail. A service works for every customer of AWS: one that may act for any of
//! them, and of which AWS documents that it sends `aws:SourceAccount` or `aws:SourceArn` → fail; another service →
//! `manual`. Where it is not known here whom a condition keeps out, as by the ARN of a bucket, which names no account,
//! → `manual`. A Deny for everybody is weighed; another
//! statement that a Deny of the same policy may take back → `manual`: it has no condition, or one on the caller or the
//! source. No policy, or none that opens → pass. A policy that cannot be read, or of which a part is in doubt, →
//! `not-evaluated`, unless another statement fails.
//!
//! ## What else is accepted
//! A service of AWS as the principal, for your own account: services write query logs and the like by such policies.
//!
//! ## What it does not see
//! Resource policies of single log groups are asked for where the group holds security logs; of other groups they are
//! not read. Identity policies and roles that let other accounts read logs are not looked at, nor access policies of
//! destinations (`DescribeDestinations`), by which others may send to you. Links that share logs with a monitoring
//! account have `cloudwatch-cross-account-sharing`.
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
use kickoff_policy::whom::deputies::Asked;
use kickoff_policy::whom::{Reach, Who};

use crate::frame::wording::{count, line};
use crate::parameters::{Parameters, VENDOR_ACCOUNTS};
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
    needs: &[Need::LogResourcePolicies, Need::LogGroupPolicies, Need::LogGroups, Need::Organization, Need::Members],
    parameters: &[&VENDOR_ACCOUNTS],
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
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let policies = view.log_resource_policies()?;
    let groups = view.log_group_policies();
    let all = view.log_groups();
    let known = Known::read(view, parameters);
    Ok(vec![Finding::judge(Resource::region(view), |seen| {
        let mut read = Read::default();
        for policy in policies {
            look(view, &known, policy, &line(&policy.name), &mut read);
        }
        let (mut asked, mut single) = (0, 0);
        for group in groups.iter().copied().flatten() {
            match seen.see(&group.policies) {
                Ok(policies) => {
                    asked += 1;
                    single += policies.len();
                    for policy in policies {
                        look(
                            view,
                            &known,
                            policy,
                            &format!("policy of log group {}", line(&group.log_group)),
                            &mut read,
                        );
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
fn look(view: &View<'_>, known: &Known<'_>, policy: &LogResourcePolicy, shown: &str, read: &mut Read) {
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
    for compiled in parsed.statements.iter().filter(|s| s.allows() && !s.source.doubtful) {
        let statement = &compiled.source;
        let (mut bad, mut open) = (Vec::new(), Vec::new());
        for party in known.parties(&parsed, compiled, true) {
            let answer = known.answer(&party, compiled, Asked::Resource);
            if let Some(gap) = answer.gap {
                read.judged.push(Err(gap));
                continue;
            }
            let service = match &party.who {
                Who::Service(name) if name != "*" => Some(name),
                _ => None,
            };
            match (answer.standing, service) {
                (Standing::Anybody, _) => bad.push(answer.words),
                (Standing::Stranger, None) if party.account == Reach::Any => bad.push(answer.words),
                (Standing::Unknown, _) | (Standing::Stranger, Some(_)) => open.push(answer.words),
                _ => {}
            }
        }
        if bad.is_empty() && open.is_empty() {
            continue;
        }
        let actions = statement.actions.entries.join(", ");
        let whom = if trust::means_everybody(statement) { "everybody" } else { "a service" };
        let text = format!(
            "{shown} {} lets {whom} {}{actions}, {}",
            trust::place(statement),
            if statement.actions.not { "do all but " } else { "" },
            trust::terms(&parsed, compiled)
        );
        match closing {
            Some(deny) if !bad.is_empty() => {
                let why = format!("judge whether {} takes that back", trust::place(deny));
                read.manual.get_or_insert((text, why));
            }
            _ if !bad.is_empty() => {
                let way = "name the principal or ask for aws:SourceAccount, or delete the policy";
                read.judged.push(Ok(Judged::Bad(format!("{text}: {way}; it lets in {}", bad.join("; ")))));
            }
            _ => {
                read.manual.get_or_insert((text, format!("judge who is let in: {}", open.join("; "))));
            }
        }
    }
    read.judged.push(trust::doubt(view, CALL, &whose, &parsed).map(|()| Judged::Good(shown.to_owned())));
}

fn decide(view: &View<'_>, read: Read, number: usize, scopes: &str) -> Result<Verdict, Gap> {
    let region = view.region_name();
    let known_bad = read.judged.iter().any(|one| matches!(one, Ok(Judged::Bad(_))));
    let unread = read.judged.iter().any(Result::is_err);
    match read.manual {
        Some((text, why)) if !known_bad && !unread => Ok(Verdict::manual(format!("{region}: {text}"), why)),
        _ if known_bad || unread => trust::settle(region, read.judged, Ok(()), None, None),
        _ if number == 0 => Ok(Verdict::pass(format!("no resource policy of the account; {scopes}"))),
        _ => Ok(Verdict::pass(format!("resource policies of the account: {number}, none lets everybody in; {scopes}"))),
    }
}
