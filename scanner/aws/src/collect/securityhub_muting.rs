//! What Security Hub leaves out: automation rules that put findings away, and controls that are switched off.

use futures::future::join_all;
use kickoff_facts::muting::{Controls, DisabledControl, HubMuting, MuteRule, Muting, StandardControls};
use kickoff_facts::{Observed, RegionalFacts};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::conditions::conditions;
use super::shared::{follows, in_path, inherited};
use crate::call::ask;
use crate::declared::{Payload, SECURITY_HUB, send};
use crate::session::Session;

const LIST: &str = "securityhub:ListAutomationRules";
const GET: &str = "securityhub:BatchGetAutomationRules";
const CONTROLS: &str = "securityhub:DescribeStandardsControls";
/// `BatchGetAutomationRules` takes so many.
const BATCH: usize = 100;
pub(super) async fn muting(session: &Session, region: &str, known: &RegionalFacts) -> Observed<Option<HubMuting>> {
    let hub = match known.security_hub.get() {
        Err(gap) => return inherited(gap, LIST).into(),
        Ok(None) => return follows(None, &known.security_hub),
        Ok(Some(hub)) => hub,
    };
    let standards = hub.subscriptions.iter().map(|subscription| async move {
        StandardControls { subscription: subscription.clone(), controls: controls(session, region, subscription).await }
    });
    let (automation, standards) = futures::join!(automation(session, region), join_all(standards));
    follows(Some(HubMuting { automation, standards }), &known.security_hub)
}

/// A path with its page.
fn paged(path: &str, token: Option<String>) -> Payload {
    let mut path = format!("{path}?MaxResults=100");
    if let Some(token) = token {
        path.push_str("&NextToken=");
        path.extend(utf8_percent_encode(&token, NON_ALPHANUMERIC));
    }
    Payload::Get(path)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    automation_rules_metadata: Vec<Summary>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    rule_arn: String,
    rule_status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Got {
    rules: Vec<RawRule>,
    #[serde(default)]
    unprocessed_automation_rules: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawRule {
    rule_arn: String,
    rule_name: Option<String>,
    #[serde(default)]
    criteria: Map<String, Value>,
    #[serde(default)]
    actions: Vec<Value>,
}

/// The automation rules that are enabled and put findings away. Only an administrator, or an account without one, may list
/// them.
async fn automation(session: &Session, region: &str) -> Observed<Muting> {
    let listed = session
        .declared_pages(
            ask(LIST, region),
            |token, call| {
                let payload = paged("/automationrules/list", token);
                send(session, SECURITY_HUB, "ListAutomationRules", region, payload, call)
            },
            |body| {
                let page: Listed = serde_json::from_slice(body).map_err(|e| e.to_string())?;
                Ok((page.automation_rules_metadata, page.next_token))
            },
        )
        .await
        .or_absent_of_member();
    let enabled = match listed.get() {
        Err(gap) => return gap.clone().into(),
        Ok(None) => return follows(Muting { rules: Vec::new(), elsewhere: true }, &listed),
        Ok(Some(rules)) => rules.iter().filter(|rule| rule.rule_status.as_deref() != Some("DISABLED")),
    };
    let mut arns: Vec<&str> = enabled.map(|rule| rule.rule_arn.as_str()).collect();
    arns.sort_unstable();
    let asked = arns.chunks(BATCH).map(|batch| async move {
        let parameters = [("AutomationRulesArns", &*batch.join(", "))];
        let payload = Payload::Post("/automationrules/get", json!({ "AutomationRulesArns": batch }));
        session
            .one(ask(GET, region).with(&parameters), |call| {
                send(session, SECURITY_HUB, "BatchGetAutomationRules", region, payload, call)
            })
            .await
            .parse(|body| {
                let got: Got = serde_json::from_slice(&body).map_err(|e| e.to_string())?;
                let missing = got.unprocessed_automation_rules.len().max(batch.len().saturating_sub(got.rules.len()));
                if missing == 0 {
                    Ok(got.rules)
                } else {
                    Err(format!("{missing} of {} rules are missing", batch.len()))
                }
            })
            .observed()
    });
    let mut all = follows(Vec::new(), &listed);
    for batch in join_all(asked).await {
        all = all.and(batch).map(|(mut all, batch)| {
            all.extend(batch.into_iter().filter_map(mutes));
            all
        });
    }
    all.map(|mut rules: Vec<MuteRule>| {
        rules.sort();
        Muting { rules, elsewhere: false }
    })
}

/// The rule, if it puts findings away: by their workflow, or by a severity that is no longer critical.
fn mutes(rule: RawRule) -> Option<MuteRule> {
    let update = |action: &Value| {
        let fields = action.get("FindingFieldsUpdate")?;
        let workflow = fields.pointer("/Workflow/Status").and_then(Value::as_str);
        let label = fields.pointer("/Severity/Label").and_then(Value::as_str);
        let number = fields.pointer("/Severity/Normalized").and_then(Value::as_u64);
        match (workflow, label, number) {
            (Some(status @ ("SUPPRESSED" | "RESOLVED")), ..) => Some(format!("Workflow {status}")),
            (_, Some(label), _) if label != "CRITICAL" => Some(format!("Severity {label}")),
            (_, None, Some(number)) if number < 90 => Some(format!("Severity {number}")),
            _ => None,
        }
    };
    let actions: Vec<String> = rule.actions.iter().filter_map(update).collect();
    let name = rule.rule_name.unwrap_or(rule.rule_arn);
    (!actions.is_empty()).then(|| MuteRule { name, action: actions.join(", "), conditions: conditions(&rule.criteria) })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    controls: Vec<RawControl>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawControl {
    control_id: Option<String>,
    control_status: String,
    severity_rating: Option<String>,
    disabled_reason: Option<String>,
}

/// The controls of a standard.
async fn controls(session: &Session, region: &str, subscription: &str) -> Observed<Controls> {
    let path = format!("/standards/controls/{}", in_path(subscription));
    let parameters = [("StandardsSubscriptionArn", subscription)];
    session
        .declared_pages(
            ask(CONTROLS, region).with(&parameters),
            |token, call| send(session, SECURITY_HUB, "DescribeStandardsControls", region, paged(&path, token), call),
            |body| {
                let page: Page = serde_json::from_slice(body).map_err(|e| e.to_string())?;
                Ok((page.controls, page.next_token))
            },
        )
        .await
        .observed()
        .map(|list| {
            let all = list.len();
            let off = list.into_iter().filter(|control| control.control_status == "DISABLED");
            let mut off: Vec<DisabledControl> = off
                .map(|control| DisabledControl {
                    id: control.control_id.unwrap_or_default(),
                    severity: control.severity_rating.unwrap_or_default(),
                    reason: control.disabled_reason,
                })
                .collect();
            off.sort();
            Controls { all, off }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(update: Value) -> Option<String> {
        let rule = json!({
            "RuleArn": "arn:aws:securityhub:us-east-1:111122223333:automation-rule/1", "RuleName": "quiet",
            "Criteria": { "SeverityLabel": [{ "Value": "LOW", "Comparison": "EQUALS" }] },
            "Actions": [{ "Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": update }],
        });
        mutes(serde_json::from_value(rule).unwrap()).map(|rule| rule.action)
    }

    #[test]
    fn a_rule_mutes_that_suppresses_resolves_or_lowers() {
        for (update, expected) in [
            (json!({ "Workflow": { "Status": "SUPPRESSED" } }), Some("Workflow SUPPRESSED")),
            (json!({ "Workflow": { "Status": "RESOLVED" } }), Some("Workflow RESOLVED")),
            (json!({ "Workflow": { "Status": "NOTIFIED" } }), None),
            (json!({ "Severity": { "Label": "LOW" } }), Some("Severity LOW")),
            (json!({ "Severity": { "Label": "CRITICAL" } }), None),
            (json!({ "Severity": { "Normalized": 10 } }), Some("Severity 10")),
            (json!({ "Note": { "Text": "seen", "UpdatedBy": "sec" } }), None),
        ] {
            assert_eq!(read(update.clone()).as_deref(), expected, "{update}");
        }
    }
}
