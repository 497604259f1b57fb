//! A policy document as it is written: parsed, with every oddity told and nothing dropped in silence.
//!
//! Grammar: IAM User Guide, "Grammar of the IAM JSON policy language". IAM takes a scalar wherever it takes a list; names of
//! elements are accepted here in any case.

mod read;

use std::fmt;

use serde::de::Deserializer;

use crate::condition::{Condition, Operator};
use crate::version::Version;
use read::DocumentVisitor;

/// Bytes of a document at the most. The largest that AWS stores are key policies of 32 KiB; ten times that is no policy.
pub const MAX_BYTES: usize = 512 * 1024;

/// Why a text is no policy document at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The text is not JSON, or not of a policy's shape.
    #[error("not a policy document: {0}")]
    Syntax(String),
    /// The text is larger than any policy.
    #[error("not a policy document: {bytes} bytes, policies have at most {MAX_BYTES}")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
}

/// Something in a document that AWS would refuse, or that this program does not know: the statement's meaning is in doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The statement, counted from 1; none when it concerns the whole document.
    pub statement: Option<usize>,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.statement {
            Some(number) => write!(f, "statement {number}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// What a document is used as; that decides which elements it must and must not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Identity policies, permission boundaries, session policies, SCPs: no `Principal`, a `Resource`.
    Identity,
    /// Resource policies and trust policies: a `Principal`; a `Resource` may lack.
    Resource,
    /// RCPs and endpoint policies: a `Resource`; a `Principal` may be there.
    Control,
}

/// `Effect`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// `Allow`.
    Allow,
    /// `Deny`.
    Deny,
}

/// A list of patterns, or its complement (`NotAction`, `NotResource`, `NotPrincipal`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// The list names what is excluded.
    pub not: bool,
    /// The entries, in the order of the document.
    pub entries: Vec<T>,
}

/// One entry of `Principal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalEntry {
    /// `*`, alone or under `AWS`.
    Anyone,
    /// A whole account, by number or by the ARN of its root.
    Account(String),
    /// The ARN of a user, role, session or federated user.
    Arn(String),
    /// The unique id that AWS puts in place of a deleted principal's ARN.
    Id(String),
    /// An AWS service.
    Service(String),
    /// An identity provider: its ARN or its domain.
    Federated(String),
    /// A canonical user id of S3.
    Canonical(String),
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Its number in the document, from 1.
    pub number: usize,
    /// `Sid`.
    pub sid: Option<String>,
    /// `Effect`.
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`.
    pub principals: Option<Listed<PrincipalEntry>>,
    /// `Action` or `NotAction`.
    pub actions: Listed<String>,
    /// `Resource` or `NotResource`; none in trust policies.
    pub resources: Option<Listed<String>>,
    /// `Condition`: all must hold.
    pub conditions: Vec<Condition>,
    /// The statement holds something that AWS refuses or that is not known here: whether it applies is never certain.
    pub doubtful: bool,
}

/// A parsed document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The version of the language.
    pub version: Version,
    /// The statements in order.
    pub statements: Vec<Statement>,
    /// What AWS would refuse or this program does not know.
    pub problems: Vec<Problem>,
}

impl Document {
    /// Parses the text of a document.
    ///
    /// # Errors
    /// The text is not JSON, too large, or not of a policy's shape (no `Statement`, a statement without `Effect` or action).
    pub fn parse(text: &str, kind: Kind) -> Result<Document, DocumentError> {
        if text.len() > MAX_BYTES {
            return Err(DocumentError::TooLarge { bytes: text.len() });
        }
        let mut json = serde_json::Deserializer::from_str(text);
        let raw = RawDocument::deserialize(&mut json).and_then(|raw| json.end().map(|()| raw));
        let raw = raw.map_err(|e| DocumentError::Syntax(e.to_string()))?;
        raw.finish(kind)
    }
}

/// A document before its statements are judged.
#[derive(Default)]
struct RawDocument {
    version: Option<String>,
    statements: Option<Vec<RawStatement>>,
    odd: Vec<String>,
}

/// A statement before it is judged.
#[derive(Default)]
struct RawStatement {
    sid: Option<String>,
    effect: Option<String>,
    principal: Option<(bool, RawPrincipal)>,
    actions: Option<Listed<String>>,
    resources: Option<Listed<String>>,
    condition: Vec<RawCondition>,
    odd: Vec<String>,
}

struct RawCondition {
    operator: String,
    key: String,
    values: Vec<String>,
}

enum RawPrincipal {
    Text(String),
    Map(Vec<(String, Vec<String>)>),
}

impl RawDocument {
    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RawDocument, D::Error> {
        deserializer.deserialize_map(DocumentVisitor)
    }

    fn finish(self, kind: Kind) -> Result<Document, DocumentError> {
        let mut problems: Vec<Problem> = self.odd.into_iter().map(|what| Problem { statement: None, what }).collect();
        let version = match self.version.as_deref() {
            Some("2012-10-17") => Version::V2012,
            Some("2008-10-17") | None => Version::V2008,
            Some(other) => {
                problems.push(Problem { statement: None, what: format!("unknown Version {other:?}") });
                Version::V2012
            }
        };
        let whole = !problems.is_empty();
        let raw = self.statements.ok_or_else(|| DocumentError::Syntax("no Statement".into()))?;
        let mut statements = Vec::with_capacity(raw.len());
        for (at, statement) in raw.into_iter().enumerate() {
            let before = problems.len();
            let mut finished = statement.finish(at + 1, kind, &mut problems)?;
            finished.doubtful = whole || problems.len() > before;
            statements.push(finished);
        }
        Ok(Document { version, statements, problems })
    }
}

impl RawStatement {
    fn finish(self, number: usize, kind: Kind, problems: &mut Vec<Problem>) -> Result<Statement, DocumentError> {
        let lacks = |what: &str| DocumentError::Syntax(format!("statement {number}: {what}"));
        let mut problem = |what: String| problems.push(Problem { statement: Some(number), what });
        self.odd.into_iter().for_each(&mut problem);
        let effect = match self.effect.as_deref() {
            Some("Allow") => Effect::Allow,
            Some("Deny") => Effect::Deny,
            Some(other) => return Err(lacks(&format!("Effect is {other:?}, not Allow or Deny"))),
            None => return Err(lacks("no Effect")),
        };
        let actions = self.actions.ok_or_else(|| lacks("no Action"))?;
        if actions.entries.is_empty() {
            problem("the list of actions is empty".into());
        }
        for action in &actions.entries {
            if !is_action_pattern(action) {
                problem(format!("{action:?} is no action: service:Name is asked for"));
            }
        }
        if let Some(resources) = &self.resources {
            if resources.entries.is_empty() {
                problem("the list of resources is empty".into());
            }
            for resource in &resources.entries {
                if !is_resource_pattern(resource) {
                    problem(format!("{resource:?} is no resource: an ARN or * is asked for"));
                }
            }
        } else if kind != Kind::Resource {
            problem("no Resource".into());
        }
        let principals = match self.principal {
            Some(_) if kind == Kind::Identity => {
                problem("a Principal, which this kind of policy cannot have".into());
                None
            }
            Some((not, raw)) => Some(Listed { not, entries: raw.finish(&mut problem) }),
            None => {
                if kind == Kind::Resource {
                    problem("no Principal".into());
                }
                None
            }
        };
        let mut conditions = Vec::with_capacity(self.condition.len());
        for raw in self.condition {
            match Operator::parse(&raw.operator) {
                Some(operator) => conditions.push(Condition::new(operator, &raw.operator, &raw.key, raw.values)),
                None => {
                    problem(format!("unknown condition operator {:?}", raw.operator));
                    conditions.push(Condition::new(Operator::unknown(), &raw.operator, &raw.key, raw.values));
                }
            }
        }
        Ok(Statement {
            number,
            sid: self.sid,
            effect,
            principals,
            actions,
            resources: self.resources,
            conditions,
            doubtful: false,
        })
    }
}

impl RawPrincipal {
    fn finish(self, problem: &mut impl FnMut(String)) -> Vec<PrincipalEntry> {
        let map = match self {
            RawPrincipal::Text(text) if text == "*" => return vec![PrincipalEntry::Anyone],
            RawPrincipal::Text(text) => {
                problem(format!("Principal {text:?}: only \"*\" may stand without a type"));
                return Vec::new();
            }
            RawPrincipal::Map(map) => map,
        };
        let mut entries = Vec::new();
        for (kind, values) in map {
            for value in values {
                match kind.to_ascii_lowercase().as_str() {
                    "aws" => entries.extend(aws_principal(value, problem)),
                    "service" => entries.push(PrincipalEntry::Service(value)),
                    // `{"Federated": "*"}` admits the users of every provider.
                    "federated" if value == "*" => entries.push(PrincipalEntry::Anyone),
                    "federated" => entries.push(PrincipalEntry::Federated(value)),
                    "canonicaluser" => entries.push(PrincipalEntry::Canonical(value)),
                    _ => problem(format!("unknown kind of principal {kind:?}")),
                }
            }
        }
        if entries.is_empty() {
            problem("the Principal is empty".into());
        }
        entries
    }
}

/// An entry of `Principal.AWS`. AWS takes no wildcard but the lone `*` there: "Principal" in the IAM User Guide.
fn aws_principal(value: String, problem: &mut impl FnMut(String)) -> Option<PrincipalEntry> {
    if value == "*" {
        return Some(PrincipalEntry::Anyone);
    }
    if is_account_id(&value) {
        return Some(PrincipalEntry::Account(value));
    }
    if value.starts_with("arn:") {
        let parts: Vec<&str> = value.splitn(6, ':').collect();
        return match parts.as_slice() {
            [_, _, "iam" | "sts", _, account, rest] if is_account_id(account) && !value.contains(['*', '?']) => {
                Some(if *rest == "root" {
                    PrincipalEntry::Account((*account).to_owned())
                } else {
                    PrincipalEntry::Arn(value)
                })
            }
            // CloudFront's origin access identities live in an account named "cloudfront".
            [_, _, "iam", _, "cloudfront", _] => Some(PrincipalEntry::Arn(value)),
            _ => {
                problem(format!("{value:?} is no principal: wildcards are not taken inside an ARN"));
                None
            }
        };
    }
    let id = value.len() >= 16 && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if id {
        return Some(PrincipalEntry::Id(value));
    }
    problem(format!("{value:?} is no principal: an ARN, an account or * is asked for"));
    None
}

/// Whether a text is an account's number: twelve digits.
#[must_use]
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_action_pattern(text: &str) -> bool {
    if !text.is_empty() && text.bytes().all(|b| b == b'*') {
        return true;
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'*' | b'?' | b'-' | b'_');
    text.split_once(':').is_some_and(|(service, name)| {
        !service.is_empty() && !name.is_empty() && service.bytes().all(allowed) && name.bytes().all(allowed)
    })
}

/// ARNs, `*`, a variable at the start, and API Gateway's short form.
fn is_resource_pattern(text: &str) -> bool {
    let whole = text.contains(['*', '?', '$']) || text.bytes().filter(|b| *b == b':').count() >= 5;
    let arn = text.starts_with("arn:") && whole;
    arn || text.starts_with('*') || text.starts_with("${") || text.starts_with("execute-api:/")
}
