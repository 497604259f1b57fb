//! # GuardDuty findings reach people
//!
//! ## What it asks
//! Whether, in each region where GuardDuty runs, an EventBridge rule takes its high and critical findings to somebody.
//!
//! ## Why an auditor asks
//! GuardDuty tells nobody by itself. A finding that stays in the console is found by whoever happens to look.
//!
//! ## How it is decided
//! For each region with an enabled detector, samples of findings of every severity that is high or critical, from 7.0 to
//! 10.0 by tenths, are put to the patterns of the enabled rules on the default bus. Each must be let through by a rule that
//! has a target which reaches somebody; several rules may share them, and a list of severities that ends too early is
//! `fail` and names those that it leaves out. A target that is an SNS topic needs a confirmed subscription. A
//! log group tells nobody and does not count. A queue or another event bus leads to somebody who is not visible from
//! here, and so does a function or another program: `manual`, where nothing else reaches anybody. A topic must let
//! EventBridge publish by its policy and its key, and its subscription must take the message (the policy that AWS gives
//! a new topic lets no rule publish). An API destination or a ticket counts as a system that takes over.
//!
//! Where Security Hub is enabled in the region, a rule that lets GuardDuty's findings through in Security Hub's form
//! leads to `manual`, where nothing else reaches anybody: Security Hub takes them in unless that integration was switched
//! off, which is not read.
//!
//! A pattern is understood as EventBridge does. Where it depends on a field that differs between findings, such as the
//! type, or uses a form that is not understood, the rule does not count as a match; if nothing else does, the result is
//! `manual` and names the field with what of it is let through. Account, region, partition and service of a finding are
//! taken to be those of the detector, and a new finding is not archived. A rule that waits for a kind of GuardDuty's
//! events which is not known is `manual` too. So it is where a topic's subscriptions cannot be seen from this account,
//! and in a member account whose findings also go to an administrator: the rules of that account decide, here where it
//! is in the run. A region without an enabled detector is `not-applicable`.
//!
//! ## What else is accepted
//! Rules in the administrator account; routing through Security Hub; a system of your own as the target. A SIEM that
//! fetches findings by itself cannot be seen: declare an exception that names it.
//!
//! ## What it does not see
//! Findings below severity 7 are not put to the rules. How soon GuardDuty publishes a finding that comes again
//! (`FindingPublishingFrequency`, up to six hours) is not read. What a function or an API destination does with it,
//! and whether anybody ever received one, is outside.
//!
//! ## Remediation
//! Console: EventBridge, Rules, Create rule, AWS events, GuardDuty Finding, target SNS topic; confirm the subscription.
//! CLI: `aws events put-rule --name guardduty --event-pattern '{"source":["aws.guardduty"],"detail-type":["GuardDuty
//! Finding"],"detail":{"severity":[{"numeric":[">=",7]}]}}'`, then `aws events put-targets`. Terraform:
//! `aws_cloudwatch_event_rule`, `aws_cloudwatch_event_target`, `aws_sns_topic_subscription`.
//!
//! ## Peers
//! No peer asks it.
//!
//! ## References
//! Amazon GuardDuty User Guide, "Processing GuardDuty findings with Amazon EventBridge"; Amazon EventBridge User
//! Guide, "Creating Amazon EventBridge event patterns".

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::detectors::GuardDuty;
use crate::reasoning::routing::{Probe, What};
use crate::reasoning::{detectors, event_forms, routing};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Status, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "monitor-guardduty-routing",
    control: "CC7.3.04",
    title: "GuardDuty findings reach people",
    severity: Severity::High,
    level: Level::Region,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.3", "CC7.4"],
    needs: &[Need::Detectors, Need::Rules, Need::Topics, Need::SecurityHub, Need::GuardDutyAdministrator],
    parameters: &[],
    expected: "an enabled rule sends high and critical GuardDuty findings to a target that reaches somebody",
    fix: "make an EventBridge rule for GuardDuty findings, with a topic whose subscriptions are confirmed",
};

/// The levels of what must be told, by GuardDuty's name and by Security Hub's.
const LEVELS: [(&str, &str); 2] = [("high", "HIGH"), ("critical", "CRITICAL")];

/// Decides.
///
/// # Errors
/// Never: what is not known of a region is told on the region.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    Ok(vec![Finding::judge(Resource::region(view), |seen| {
        if let GuardDuty::Off(observed) = detectors::guardduty(view, seen)? {
            return Ok(Verdict::not_applicable(observed, "guardduty-enabled judges that"));
        }
        let direct = routing::judge(view, seen, "GuardDuty", &probes(view, view.account_id(), false));
        if matches!(&direct, Ok(verdict) if verdict.status == Status::Pass) {
            return direct;
        }
        let verdict = match view.security_hub()? {
            Some(_) => routing::judge(view, seen, "GuardDuty", &probes(view, view.account_id(), true))?,
            None => direct?,
        };
        if verdict.status == Status::Pass {
            let reason = "see that Security Hub takes in GuardDuty's findings: that is not read";
            return Ok(Verdict::manual(verdict.observed, reason));
        }
        if verdict.status == Status::Fail
            && let Some(administration) = view.guardduty_administrator()?
            && let Some(account) = &administration.administrator
            && administration.relationship.as_deref() == Some("Enabled")
        {
            if let Some(there) = view.neighbour_in(account, view.region_name()) {
                let by_administrator =
                    routing::judge(&there, seen, "GuardDuty", &probes(&there, view.account_id(), false));
                view.adopt(&there);
                let by_administrator = by_administrator?;
                let observed = format!("by the administrator {account}: {}", by_administrator.observed);
                return Ok(match by_administrator.status {
                    Status::Fail => Verdict::fail(format!("{}; {observed}", verdict.observed)),
                    _ => Verdict { observed, ..by_administrator },
                });
            }
            let reason = format!("findings also go to the administrator {account}: look at the result of that account");
            return Ok(Verdict::manual(verdict.observed, reason));
        }
        Ok(verdict)
    })])
}

/// What must be told of an account, in the account of the window, by GuardDuty alone or by Security Hub as well: findings of
/// every severity that is high or critical.
fn probes(view: &View<'_>, account: &str, by_security_hub: bool) -> Vec<Probe> {
    let probes = LEVELS.iter().flat_map(|(level, label)| {
        let hub = by_security_hub.then(|| routing::securityhub_event(view, label, "product GuardDuty"));
        let newer = by_security_hub.then(|| routing::securityhub_v2_event(view, label));
        event_forms::choice("guardduty", level, "detail.severity").into_iter().map(move |severity| {
            let what = What::severity(&severity);
            let events = [routing::guardduty_event(view, account, severity)].into_iter().chain(hub.clone()).collect();
            Probe { perhaps: newer.iter().cloned().collect(), ..Probe::of(what, events) }
        })
    });
    probes.collect()
}
