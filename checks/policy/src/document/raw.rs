//! A document as it was read, before it is judged: what of it AWS takes, what it refuses, what is not known here.

use super::{Document, DocumentError, Effect, Kind, Listed, PrincipalEntry, Problem, Statement, is_account_id};
use crate::condition::{Condition, Operator};
use crate::version::Version;

/// A document before its statements are judged.
#[derive(Default)]
pub(super) struct RawDocument {
    pub(super) version: Option<String>,
    pub(super) statements: Option<Vec<RawStatement>>,
    pub(super) odd: Vec<String>,
}

/// A statement before it is judged.
#[derive(Default)]
pub(super) struct RawStatement {
    pub(super) sid: Option<String>,
    pub(super) effect: Option<String>,
    pub(super) principal: Option<(bool, RawPrincipal)>,
    pub(super) actions: Option<Listed<String>>,
    pub(super) resources: Option<Listed<String>>,
    pub(super) condition: Vec<RawCondition>,
    pub(super) odd: Vec<String>,
}

pub(super) struct RawCondition {
    pub(super) operator: String,
    pub(super) key: String,
    pub(super) values: Vec<String>,
}

pub(super) enum RawPrincipal {
    Text(String),
    Map(Vec<(String, Vec<String>)>),
}

impl RawDocument {
    pub(super) fn finish(self, kind: Kind) -> Result<Document, DocumentError> {
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
        let actions = patterns(actions, |action, out| {
            let read = is_action_pattern(&action);
            if read {
                out.push(action);
            } else {
                problem(format!("{action:?} is no action: service:Name is asked for"));
                out.extend(readings(&action));
            }
            read
        });
        let resources = self.resources.map(|resources| {
            if resources.entries.is_empty() {
                problem("the list of resources is empty".into());
            }
            patterns(resources, |resource, out| {
                let read = is_resource_pattern(&resource);
                match completed(&resource) {
                    _ if !read => {
                        problem(format!("{resource:?} is no resource: an ARN or * is asked for"));
                        out.push("*".to_owned());
                    }
                    // A wildcard may stand for the colons that lack, or not.
                    Some(whole) if resource.contains(['*', '?']) => out.extend([resource, whole]),
                    Some(whole) => out.push(whole),
                    None => out.push(resource),
                }
                read
            })
        });
        if resources.is_none() && kind != Kind::Resource {
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
        Ok(Statement { number, sid: self.sid, effect, principals, actions, resources, conditions, doubtful: false })
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

/// The patterns of a list, each read by `read`, which tells whether it could. What cannot be read may be anything that it
/// looks like where it grants or denies; it takes nothing out of a list of exceptions, so that the statement may speak of
/// that as well.
fn patterns(listed: Listed<String>, mut read: impl FnMut(String, &mut Vec<String>) -> bool) -> Listed<String> {
    let mut entries = Vec::with_capacity(listed.entries.len());
    for entry in listed.entries {
        let before = entries.len();
        if !read(entry, &mut entries) && listed.not {
            entries.truncate(before);
        }
    }
    Listed { not: listed.not, entries }
}

/// The actions that a text looks like which is none: its words, a word without a service in any service; all actions where
/// there is none.
fn readings(text: &str) -> Vec<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '*' | '?' | '-' | '_' | ':');
    let words = text.split(|c| !allowed(c)).filter(|word| !word.is_empty());
    let found: Vec<String> = words
        .map(|word| match word.split_once(':') {
            _ if is_action_pattern(word) => word.to_owned(),
            None => format!("*:{word}"),
            Some((service, _)) if !service.is_empty() => format!("{service}:*"),
            Some(_) => "*".to_owned(),
        })
        .collect();
    if found.is_empty() { vec!["*".to_owned()] } else { found }
}

/// An ARN with fewer than the six fields, completed: "If you specify an incomplete ARN (one with fewer than the standard six
/// fields) in the Resource field of a policy, AWS automatically completes the ARN by adding wildcard characters (*) to all
/// missing fields". IAM User Guide, "IAM JSON policy elements: Resource". None where nothing lacks, where a star at the end
/// does the same, and where the last field has a slash: it names a resource, and a wildcard stands for the colons before it.
fn completed(text: &str) -> Option<String> {
    let fields = 1 + colons(text);
    let names_resource = text.contains(['*', '?']) && text.rsplit(':').next().is_some_and(|last| last.contains('/'));
    let incomplete = text.starts_with("arn:") && fields < 6 && !text.ends_with('*') && !names_resource;
    incomplete.then(|| format!("{text}{}", ":*".repeat(6 - fields)))
}

/// The colons of a text, those of policy variables aside.
fn colons(text: &str) -> usize {
    let (mut count, mut rest) = (0, text);
    while let Some((before, after)) = rest.split_once("${") {
        count += before.matches(':').count();
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    count + rest.matches(':').count()
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

/// ARNs, incomplete ones too, `*`, a variable at the start, and API Gateway's short form.
fn is_resource_pattern(text: &str) -> bool {
    let arn = text.strip_prefix("arn:").is_some_and(|rest| !rest.is_empty() && !rest.starts_with(':'));
    arn || text.starts_with('*') || text.starts_with("${") || text.starts_with("execute-api:/")
}
