//! # Security Hub findings reach people
//!
//! ## What it asks
//! Whether, in each region where Security Hub is enabled, an EventBridge rule takes its critical findings to somebody.
//!
//! ## Why an auditor asks
//! Security Hub tells nobody by itself. A control that fails must come to the attention of those who can correct it.
//!
//! ## How it is decided
//! For each region where Security Hub is enabled, samples of new critical findings, of a control that failed and of each
//! product that Security Hub takes in, are put to the patterns of the enabled rules on the default bus. That of the control must
//! be let through. Which products send findings is not read: where no rule lets a product's through, such as GuardDuty's and
//! Inspector's by a rule on `Compliance.Status`, which theirs do not carry, the result is `manual` and names the products. The
//! severity that the product gave (`FindingProviderFields`) is taken to be the finding's own. A rule that counts must
//! have a target that reaches somebody: an SNS topic that lets EventBridge publish by its policy and its key (the policy
//! that AWS gives a new topic does not) with a confirmed subscription that takes the message, an API destination or a
//! ticket. A log group tells nobody and does not count. A queue, another event bus, a function or another program leads to
//! somebody who is not visible from here: `manual`, where nothing else reaches anybody. A rule for custom actions waits for
//! a person to press a button and does not
//! count.
//!
//! A pattern is understood as EventBridge does. Where it depends on a field that differs between findings, such as the
//! title, or uses a form that is not understood, the rule does not count as a match; if nothing else does, the
//! result is `manual` and names the field with what of it is let through. So it is where a topic's subscriptions cannot be seen from this account,
//! where a rule waits for the events of the newer Security Hub (`Findings Imported V2`), of which it is not read whether it
//! is on, or for a kind of Security Hub's events that is not known,
//! and where the region's findings are gathered in another region: the rules there decide. A region where Security Hub
//! is not enabled is `not-applicable`.
//!
//! ## What else is accepted
//! Rules in the region that gathers the findings; a system of your own as the target. Rules in the administrator
//! account, and a SIEM that fetches findings by itself, cannot be seen: declare an exception that names them.
//!
//! ## What it does not see
//! Findings that are not critical are not put to the rules. Which products send to Security Hub, and whether the newer
//! Security Hub is on, is not read. What a function or an API destination does with a finding, and whether anybody
//! ever received one, is outside.
//!
//! ## Remediation
//! Console: EventBridge, Rules, Create rule, AWS events, Security Hub Findings - Imported, target SNS topic; confirm
//! the subscription. CLI: `aws events put-rule --name securityhub --event-pattern
//! '{"source":["aws.securityhub"],"detail-type":["Security Hub Findings - Imported"]}'`, then `aws events
//! put-targets`. Terraform: `aws_cloudwatch_event_rule`, `aws_cloudwatch_event_target`, `aws_sns_topic_subscription`.
//!
//! ## Peers
//! No peer asks it.
//!
//! ## References
//! AWS Security Hub User Guide, "Using EventBridge for automated response and remediation"; "Understanding
//! cross-Region aggregation".

use kickoff_facts::detection::FindingAggregator;
use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::routing::{Probe, What};
use crate::reasoning::{event_forms, routing};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Status, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "monitor-securityhub-routing",
    control: "CC7.3.05",
    title: "Security Hub findings reach people",
    severity: Severity::Medium,
    level: Level::Region,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.3", "CC7.4", "CC4.2"],
    needs: &[Need::SecurityHub, Need::Rules, Need::Topics, Need::FindingAggregators],
    parameters: &[],
    expected: "an enabled rule sends new critical Security Hub findings to a target that reaches somebody",
    fix: "make an EventBridge rule for imported Security Hub findings, with a topic whose subscriptions are confirmed",
};

/// The product whose findings occur wherever Security Hub is enabled.
const OWN: &str = "product Security Hub";

/// Decides.
///
/// # Errors
/// Never: what is not known of a region is told on the region.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    Ok(vec![Finding::judge(Resource::region(view), |seen| {
        if view.security_hub()?.is_none() {
            return Ok(Verdict::not_applicable("Security Hub is not enabled", "securityhub-enabled judges that"));
        }
        let verdict = routing::judge(view, seen, "Security Hub", &probes(view))?;
        if verdict.status != Status::Fail {
            return Ok(verdict);
        }
        let elsewhere = view
            .finding_aggregators()?
            .iter()
            .flatten()
            .map(FindingAggregator::region)
            .find(|home| *home != view.region_name());
        Ok(match elsewhere {
            Some(home) => {
                let reason =
                    format!("findings are gathered in {home}: look at the result of that region, if it is linked");
                Verdict::manual(verdict.observed, reason)
            }
            None => verdict,
        })
    })])
}

/// Critical findings of each product: those of Security Hub's own controls occur, those of others may.
fn probes(view: &View<'_>) -> Vec<Probe> {
    let probe = |product: &'static str| {
        let own = product == OWN;
        let what = if own { "critical severity" } else { product.trim_start_matches("product ") };
        let events = vec![routing::securityhub_event(view, "CRITICAL", product)];
        let perhaps = vec![routing::securityhub_v2_event(view, "CRITICAL")];
        Probe { perhaps, may_not_occur: !own, ..Probe::of(What::Named(what.to_owned()), events) }
    };
    event_forms::variants("securityhub", "product ").into_iter().map(probe).collect()
}
