//! # Non-compliant Config rules are listed with age
//!
//! ## What it asks
//! For each AWS Config rule: whether anything has been non-compliant for longer than
//! `config_noncompliant_max_age_days`.
//!
//! ## Why an auditor asks
//! A rule is a control that the firm set for itself. What it reports and nobody corrects is a deviation that the firm
//! knew of.
//!
//! ## How it is decided
//! The population is every Config rule of the scanned regions. A compliant rule is `pass`. The date of a result is that
//! of the last evaluation, which a later one renews: what does not comply has not done so for at least that long, and
//! since when is not told. So a rule that reports `NON_COMPLIANT` is `fail` when its oldest result is older than the
//! limit or has no date, and `manual`, with the count and the date, when all are younger: AWS Config's timeline of the
//! resource tells the rest. `INSUFFICIENT_DATA` and `NOT_APPLICABLE` are `not-applicable`: the rule decided nothing.
//!
//! A rule that says `NON_COMPLIANT` and lists nothing, because something changed between the two calls, is `manual`.
//!
//! ## What else is accepted
//! An approved exception for the rule.
//!
//! ## What it does not see
//! When a rule last ran, and whether it can run, is not asked (`DescribeConfigRuleEvaluationStatus`): one that fails
//! to evaluate keeps its old result. What the rules ask for, whether they cover what they should (`Scope`),
//! remediation and its exceptions, and conformance packs as such are not looked at. A region without rules gives no
//! result.
//!
//! ## Remediation
//! Console: AWS Config, Rules, the rule, Resources in scope, Noncompliant. CLI: `aws configservice
//! get-compliance-details-by-config-rule --config-rule-name NAME --compliance-types
//! NON_COMPLIANT`. Terraform: correct the resources; `aws_config_remediation_configuration` can do so automatically.
//!
//! ## Peers
//! CloudSploit `configComplaintRules`.
//!
//! ## References
//! AWS Config Developer Guide, "Viewing compliance information and evaluation results"; API Reference,
//! `EvaluationResult`.

use kickoff_facts::{Need, View};

use crate::parameters::{CONFIG_NONCOMPLIANT_MAX_AGE, Parameters};
use crate::reasoning::finding_age::Ages;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "config-rules-noncompliant",
    control: "CC4.1.02",
    title: "Non-compliant Config rules are listed with age",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC4.1", "CC4.2", "CC7.1"],
    needs: &[Need::ConfigRules],
    parameters: &[&CONFIG_NONCOMPLIANT_MAX_AGE],
    expected: "what a rule reports is corrected within {config_noncompliant_max_age_days} days",
    fix: "correct the resources that the rule lists, or record why it does not apply to them",
};

/// Decides.
///
/// # Errors
/// The region's rules are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&CONFIG_NONCOMPLIANT_MAX_AGE);
    let judged = view.config_rules()?.iter().map(|rule| {
        Finding::judge(Resource::new("AWS::Config::ConfigRule", &rule.name), |seen| {
            Ok(match rule.compliance.as_str() {
                "COMPLIANT" => Verdict::pass("COMPLIANT"),
                "NON_COMPLIANT" => {
                    let mut ages = Ages::default();
                    ages.add(view, seen.see(&rule.noncompliant)?.iter().map(|resource| resource.recorded), limit);
                    if ages.count == 0 {
                        let reason = "the rule does not comply and lists no resource: look at it in the console";
                        Verdict::manual("NON_COMPLIANT, and no resource is listed", reason)
                    } else if let (true, Some((evaluated, _))) = (ages.within(), ages.oldest) {
                        let on = evaluated.strftime("%Y-%m-%d");
                        let reason =
                            format!("evaluated on {on}; how long it has been so is not told: see its timeline");
                        Verdict::manual(format!("resources that do not comply, by last evaluation: {ages}"), reason)
                    } else {
                        Verdict::fail(format!("resources that do not comply, by last evaluation: {ages}"))
                    }
                }
                "" => Verdict::not_applicable("no compliance is given", "the rule decided nothing"),
                decided @ ("INSUFFICIENT_DATA" | "NOT_APPLICABLE") => {
                    Verdict::not_applicable(decided, "the rule decided nothing")
                }
                other => Verdict::manual(other, "look at the rule: its state came after this version of kickoff"),
            })
        })
    });
    Ok(judged.collect())
}
