//! `kickoff simulate`: one request against given policies. The contract of its lines is in `docs/policy-engine.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::actions::ActionTable;
use crate::caller::Caller;
use crate::compile::{Action, Policy, Target};
use crate::context::{Context, Given, Value};
use crate::decide::{Evaluation, Layer, Layers, Named, Question, Verdict};
use crate::document::{Effect, Kind};
use crate::refine;

pub use crate::decide::Decision;

/// What is wrong with a request or with one of its policies, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct PolicyError {
    /// Where: `policies.identity[0] (name)`, `request.action`.
    pub place: String,
    /// What.
    pub what: String,
}

impl PolicyError {
    fn new(place: impl Into<String>, what: impl ToString) -> PolicyError {
        PolicyError { place: place.into(), what: what.to_string() }
    }
}

/// How keys that the context does not name are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// They are missing.
    #[default]
    Strict,
    /// They are unknown.
    Conditional,
}

impl<'de> Deserialize<'de> for Mode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Mode, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "strict" => Ok(Mode::Strict),
            "conditional" => Ok(Mode::Conditional),
            other => Err(serde::de::Error::custom(format!("mode {other:?} is neither strict nor conditional"))),
        }
    }
}

/// One line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Carried to the answer.
    #[serde(default)]
    pub id: serde_json::Value,
    /// How missing keys are read; strict when it is not said.
    #[serde(default)]
    pub mode: Mode,
    /// The policies.
    pub policies: Policies,
    /// The request.
    pub request: Asked,
}

/// A policy under a name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedDocument {
    /// The name that the answer cites.
    pub name: String,
    /// The document: an object, or its text as a string.
    pub document: Box<RawValue>,
}

/// The policies of one level of an organization.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelOfPolicies {
    /// The root, unit or account.
    #[serde(default)]
    pub org: String,
    /// The policies attached there.
    pub policies: Vec<NamedDocument>,
}

/// The policies that a request meets.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policies {
    /// Identity policies.
    pub identity: Vec<NamedDocument>,
    /// The resource's policy or policies.
    pub resource: Option<Box<RawValue>>,
    /// Boundaries; absent is none, an empty list allows nothing.
    pub boundary: Option<Vec<NamedDocument>>,
    /// SCPs, a level an entry.
    pub scp: Option<Vec<LevelOfPolicies>>,
    /// RCPs, a level an entry.
    pub rcp: Option<Vec<LevelOfPolicies>>,
    /// The session policy.
    pub session: Option<Box<RawValue>>,
    /// Endpoint policies.
    pub endpoint: Option<Vec<NamedDocument>>,
}

/// A principal as a request names it.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum AskedBy {
    /// An ARN or the name of a service.
    Text(String),
    /// `{"type": "Anonymous"}`.
    Typed {
        /// `Anonymous`.
        r#type: String,
    },
}

/// A request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// `service:Name`.
    pub action: String,
    /// An ARN, a pattern or `*`.
    pub resource: String,
    /// The account that owns the resource.
    #[serde(default)]
    pub resource_account: Option<String>,
    /// Who asks.
    pub principal: AskedBy,
    /// Context keys.
    #[serde(default)]
    pub context: BTreeMap<String, serde_json::Value>,
}

/// The statement or the layer that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DecidedBy {
    /// The layer.
    pub layer: Layer,
    /// The policy; none where the layer lacks an Allow.
    pub policy: Option<String>,
    /// The statement's number, from 1.
    pub statement: Option<usize>,
    /// The statement's Sid.
    pub sid: Option<String>,
    /// The pattern of the statement that names the action.
    pub pattern: Option<String>,
}

/// A statement of which it is not known whether it applies, and what it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Residual {
    /// The layer.
    pub layer: Layer,
    /// The policy.
    pub policy: String,
    /// The statement's number, from 1.
    pub statement: usize,
    /// What the statement does when it applies.
    pub effect: &'static str,
    /// The conditions that are open.
    pub conditions: Vec<OpenCondition>,
}

/// A condition that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenCondition {
    /// The operator.
    pub operator: String,
    /// The key.
    pub key: String,
    /// The values of the policy.
    pub values: Vec<String>,
}

/// The answer to a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The decision.
    pub decision: Decision,
    /// What decided.
    pub decided_by: Option<DecidedBy>,
    /// What is open.
    pub residual: Vec<Residual>,
    /// What a reader should know of the question itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

struct Ready {
    name: String,
    policy: Policy,
}

/// Policies made ready for many requests.
pub struct Prepared {
    table: &'static ActionTable,
    identity: Vec<Ready>,
    resource: Option<Vec<Ready>>,
    boundary: Option<Vec<Ready>>,
    scp: Option<Vec<Vec<Ready>>>,
    rcp: Option<Vec<Vec<Ready>>>,
    session: Option<Vec<Ready>>,
    endpoint: Option<Vec<Ready>>,
}

/// Reads a document, given as an object or as its text, and refuses what AWS would refuse.
fn ready(place: &str, name: &str, raw: &RawValue, kind: Kind) -> Result<Ready, PolicyError> {
    let place = if name.is_empty() { place.to_owned() } else { format!("{place} ({name})") };
    let text = raw.get().trim();
    let decoded;
    let text = if text.starts_with('"') {
        decoded = serde_json::from_str::<String>(text).map_err(|e| PolicyError::new(&place, e))?;
        decoded.as_str()
    } else {
        text
    };
    let policy = Policy::parse(text, kind).map_err(|e| PolicyError::new(&place, e))?;
    match policy.problems.first() {
        Some(problem) => Err(PolicyError::new(place, problem)),
        None => Ok(Ready { name: name.to_owned(), policy }),
    }
}

fn all_ready(place: &str, list: &[NamedDocument], kind: Kind) -> Result<Vec<Ready>, PolicyError> {
    list.iter().enumerate().map(|(at, n)| ready(&format!("{place}[{at}]"), &n.name, &n.document, kind)).collect()
}

fn levels_ready(place: &str, levels: &[LevelOfPolicies]) -> Result<Vec<Vec<Ready>>, PolicyError> {
    let kind = if place.ends_with("rcp") { Kind::Control } else { Kind::Identity };
    levels.iter().enumerate().map(|(at, level)| all_ready(&format!("{place}[{at}]"), &level.policies, kind)).collect()
}

/// The resource's policies: a document, or a list of documents, bare or named.
fn resource_ready(raw: &RawValue) -> Result<Vec<Ready>, PolicyError> {
    let place = "policies.resource";
    if !raw.get().trim_start().starts_with('[') {
        return Ok(vec![one_resource(place, raw)?]);
    }
    let list: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(|e| PolicyError::new(place, e))?;
    list.iter().enumerate().map(|(at, raw)| one_resource(&format!("{place}[{at}]"), raw)).collect()
}

fn one_resource(place: &str, raw: &RawValue) -> Result<Ready, PolicyError> {
    match serde_json::from_str::<NamedDocument>(raw.get()) {
        Ok(named) => ready(place, &named.name, &named.document, Kind::Resource),
        Err(_) => ready(place, "", raw, Kind::Resource),
    }
}

fn borrowed(list: &[Ready]) -> Vec<Named<'_>> {
    list.iter().map(|r| Named { name: &r.name, policy: &r.policy }).collect()
}

impl Prepared {
    /// Parses and prepares policies.
    ///
    /// # Errors
    /// A document is malformed; the error names it.
    pub fn new(policies: &Policies, table: &'static ActionTable) -> Result<Prepared, PolicyError> {
        let list = |place: &str, list: &Option<Vec<NamedDocument>>, kind| {
            list.as_ref().map(|l| all_ready(&format!("policies.{place}"), l, kind)).transpose()
        };
        Ok(Prepared {
            table,
            identity: all_ready("policies.identity", &policies.identity, Kind::Identity)?,
            resource: policies.resource.as_deref().map(resource_ready).transpose()?,
            boundary: list("boundary", &policies.boundary, Kind::Identity)?,
            scp: policies.scp.as_ref().map(|l| levels_ready("policies.scp", l)).transpose()?,
            rcp: policies.rcp.as_ref().map(|l| levels_ready("policies.rcp", l)).transpose()?,
            session: match &policies.session {
                Some(raw) => Some(vec![ready("policies.session", "", raw, Kind::Identity)?]),
                None => None,
            },
            endpoint: list("endpoint", &policies.endpoint, Kind::Control)?,
        })
    }

    fn layers(&self) -> Layers<'_> {
        Layers {
            identity: borrowed(&self.identity),
            resource: self.resource.as_deref().map(borrowed),
            boundary: self.boundary.as_deref().map(borrowed),
            scp: self.scp.as_ref().map(|levels| levels.iter().map(|l| borrowed(l)).collect()),
            rcp: self.rcp.as_ref().map(|levels| levels.iter().map(|l| borrowed(l)).collect()),
            session: self.session.as_deref().map(borrowed),
            endpoint: self.endpoint.as_deref().map(borrowed),
        }
    }

    /// Decides one request.
    ///
    /// # Errors
    /// The request's action, principal or context is none.
    pub fn decide(&self, asked: &Asked, mode: Mode) -> Result<Answer, PolicyError> {
        let caller = match &asked.principal {
            AskedBy::Text(text) => Caller::parse(text).map_err(|e| PolicyError::new("request.principal", e))?,
            AskedBy::Typed { r#type } if r#type.eq_ignore_ascii_case("anonymous") => Caller::Anonymous,
            AskedBy::Typed { r#type } => {
                return Err(PolicyError::new(
                    "request.principal",
                    format!("unknown type {type:?}: only Anonymous has none else"),
                ));
            }
        };
        let action = Action::parse(&asked.action, self.table).map_err(|e| PolicyError::new("request.action", e))?;
        if asked.resource != "*" && !asked.resource.starts_with("arn:") && !asked.resource.starts_with('*') {
            return Err(PolicyError::new("request.resource", format!("{:?} is no ARN, pattern or *", asked.resource)));
        }
        if let Some(account) = asked.resource_account.as_deref().filter(|a| !crate::document::is_account_id(a)) {
            return Err(PolicyError::new(
                "request.resource_account",
                format!("{account:?} is no account: twelve digits"),
            ));
        }
        let context = context(&asked.context, mode)?;
        let takes_resource = action.id.is_none_or(|id| self.table.takes_resource(id));
        let target = Target::new(&asked.resource, takes_resource);
        let strict = mode == Mode::Strict;
        let question = Question {
            caller: &caller,
            action: &action,
            target: &target,
            resource_account: asked.resource_account.as_deref(),
            strict,
        };
        let layers = self.layers();
        let mut verdict = Evaluation::decide(&layers, &question, &context, self.table);
        if verdict.decision == Decision::Conditional {
            let again = |context: &dyn Context| Evaluation::decide(&layers, &question, context, self.table).decision;
            if let Some(decision) = refine::settle(&verdict.open, &context, again) {
                verdict.settle(decision);
            }
        }
        let mut notes = Vec::new();
        if verdict.decision != Decision::ExplicitDeny
            && let Some(why) = crate::refused::why(&action, &target)
        {
            let answer =
                Answer { decision: Decision::ImplicitDeny, decided_by: None, residual: Vec::new(), notes: vec![why] };
            return Ok(answer);
        }
        if action.id.is_none() {
            notes.push(format!(
                "{} is not in the action list of {}: matched by its name",
                action.name,
                self.table.date()
            ));
        }
        Ok(Answer {
            decision: verdict.decision,
            decided_by: decided_by(&verdict, &action),
            residual: residual(&verdict, &context),
            notes,
        })
    }
}

fn context(given: &BTreeMap<String, serde_json::Value>, mode: Mode) -> Result<Given, PolicyError> {
    let text = |key: &str, value: &serde_json::Value| match value {
        serde_json::Value::String(text) => Ok(text.clone()),
        serde_json::Value::Number(_) | serde_json::Value::Bool(_) => Ok(value.to_string()),
        _ => Err(PolicyError::new(
            format!("request.context.{key}"),
            "a text, number, boolean or a list of them is asked for",
        )),
    };
    let mut values = Vec::with_capacity(given.len());
    for (key, value) in given {
        let value = match value {
            serde_json::Value::Array(list) => Value::Many(list.iter().map(|v| text(key, v)).collect::<Result<_, _>>()?),
            one => Value::One(text(key, one)?),
        };
        values.push((key.clone(), value));
    }
    Ok(Given::new(values, mode == Mode::Conditional))
}

fn decided_by(verdict: &Verdict<'_>, action: &Action) -> Option<DecidedBy> {
    let layer = verdict.layer?;
    let by = verdict.by.filter(|_| verdict.decision != Decision::ImplicitDeny);
    Some(DecidedBy {
        layer,
        policy: by.map(|said| said.policy.to_owned()),
        statement: by.map(|said| said.statement.source.number),
        sid: by.and_then(|said| said.statement.source.sid.clone()),
        pattern: by.and_then(|said| said.statement.pattern_for(&action.name).map(str::to_owned)),
    })
}

fn residual(verdict: &Verdict<'_>, context: &dyn Context) -> Vec<Residual> {
    let of = |said: &crate::decide::Said<'_>| Residual {
        layer: said.layer,
        policy: said.policy.to_owned(),
        statement: said.statement.source.number,
        effect: if said.statement.source.effect == Effect::Allow { "Allow" } else { "Deny" },
        conditions: said
            .statement
            .open_conditions(context)
            .map(|c| OpenCondition { operator: c.operator_text.clone(), key: c.key.clone(), values: c.values.clone() })
            .chain(said.statement.open_variables(context).into_iter().map(|key| OpenCondition {
                operator: "Resource".to_owned(),
                key: key.to_owned(),
                values: said.statement.source.resources.iter().flat_map(|r| r.entries.clone()).collect(),
            }))
            .collect(),
    };
    verdict.open.iter().map(of).collect()
}

/// Answers one line of JSON by one line of JSON; what is malformed is answered by an `error`.
#[must_use]
pub fn answer_line(line: &str, table: &'static ActionTable) -> (String, bool) {
    #[derive(Serialize)]
    struct Told<'a> {
        id: &'a serde_json::Value,
        #[serde(flatten)]
        answer: &'a Answer,
    }
    #[derive(Deserialize)]
    struct OnlyId {
        #[serde(default)]
        id: serde_json::Value,
    }
    let failed =
        |id: serde_json::Value, error: String| (serde_json::json!({ "id": id, "error": error }).to_string(), false);
    let parsed = match serde_json::from_str::<Line>(line) {
        Ok(parsed) => parsed,
        Err(error) => {
            let id = serde_json::from_str::<OnlyId>(line).map(|l| l.id).unwrap_or_default();
            return failed(id, format!("not a request: {error}"));
        }
    };
    let answer = Prepared::new(&parsed.policies, table).and_then(|ready| ready.decide(&parsed.request, parsed.mode));
    match answer {
        Ok(answer) => match serde_json::to_string(&Told { id: &parsed.id, answer: &answer }) {
            Ok(text) => (text, true),
            Err(error) => failed(parsed.id, error.to_string()),
        },
        Err(error) => failed(parsed.id, error.to_string()),
    }
}
