//! The slow, obvious evaluator that the engine is compared with. It works on the JSON of one request line, caches nothing and shares no code with
//! the crate: where the two agree, one misunderstanding must have been had twice.

// Each test binary uses a part.
#![allow(dead_code)]

pub mod compare;
pub mod engine;
pub mod generate;
pub mod themes;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    Allow,
    ExplicitDeny,
    ImplicitDeny,
}

/// How a statement of a resource policy reaches the caller, which settles what else must allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grant {
    /// By its account: only delegates to identity policies.
    Account,
    /// A session by its role: boundary and session policy still limit.
    Role,
    /// By its own name, or everybody.
    Direct,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Anonymous,
    Service,
    Federated,
    Root,
    User,
    Role,
    Session,
}

/// Those of the services with RCPs that the tests ask about.
const RCP_SERVICES: [&str; 5] = ["s3", "sts", "kms", "sqs", "secretsmanager"];
/// Those of the actions without a resource that the tests ask about.
const NO_RESOURCE: [&str; 5] =
    ["s3:listallmybuckets", "iam:listusers", "ec2:describeinstances", "kms:listkeys", "sts:getsessiontoken"];

pub fn decide(line: &Value) -> Decision {
    decide_one(&line["policies"], &line["request"])
}

/// The strict decisions over every assignment of the keys in `domain`; `None` is a key that the request lacks.
pub fn decide_all(line: &Value, domain: &BTreeMap<String, Vec<Option<Value>>>) -> BTreeSet<Decision> {
    decide_every(&line["policies"], &line["request"], domain)
}

pub fn decide_every(
    policies: &Value,
    request: &Value,
    domain: &BTreeMap<String, Vec<Option<Value>>>,
) -> BTreeSet<Decision> {
    let mut requests = vec![request.clone()];
    for (key, values) in domain {
        requests = requests
            .iter()
            .flat_map(|request| {
                values.iter().map(|value| {
                    let mut request = request.clone();
                    if let Some(value) = value {
                        request["context"][key] = value.clone();
                    }
                    request
                })
            })
            .collect();
    }
    requests.iter().map(|request| decide_one(policies, request)).collect()
}

pub fn decide_one(policies: &Value, request: &Value) -> Decision {
    let ask = Ask::new(policies, request);
    if ask.action == "sts:getcalleridentity" {
        return Decision::Allow;
    }
    let named = !matches!(ask.kind, Kind::Anonymous | Kind::Service | Kind::Federated | Kind::Root);
    let linked = ask.caller.contains(":role/aws-service-role/") || ask.caller.contains("/AWSServiceRoleFor");
    let service = ask.action.split(':').next().unwrap_or_default();

    let layer = |name: &str| ask.layer(&policies[name]);
    let levels = |name: &str, count: bool| -> Vec<Layer> {
        let levels = policies[name].as_array().filter(|_| count);
        levels.into_iter().flatten().map(|level| ask.layer(&level["policies"])).collect()
    };
    let identity = if named { layer("identity") } else { Layer::default() };
    let (resource, boundary, session, endpoint) =
        (layer("resource"), layer("boundary"), layer("session"), layer("endpoint"));
    let scps = levels("scp", !linked && !matches!(ask.kind, Kind::Anonymous | Kind::Service));
    let rcps = levels("rcp", !linked && RCP_SERVICES.contains(&service));

    let single = [&identity, &resource, &boundary, &session, &endpoint];
    if single.into_iter().chain(&scps).chain(&rcps).any(|layer| layer.denied) {
        return Decision::ExplicitDeny;
    }
    if ask.action == "sts:getsessiontoken" {
        return Decision::Allow;
    }
    let passes = |name: &str, layer: &Layer| policies[name].is_null() || layer.allows();
    let limits = passes("boundary", &boundary) && passes("session", &session);
    let by_identity = (ask.kind == Kind::Root || identity.allows()) && limits;
    let direct = resource.grants.contains(&Grant::Direct);
    let by_role = resource.grants.contains(&Grant::Role) && limits;
    let must_grant = ask.action.starts_with("sts:assumerole") && ask.resource.contains(":role/")
        || service == "kms" && ask.resource.contains(":key/");
    let granted = match ask.kind {
        Kind::Anonymous | Kind::Service | Kind::Federated => direct,
        _ if !ask.same_account() => by_identity && resource.allows(),
        _ if must_grant => direct || by_role || by_identity && resource.allows(),
        _ => direct || by_role || by_identity,
    };
    let allowed = granted && scps.iter().all(Layer::allows) && passes("endpoint", &endpoint);
    if allowed { Decision::Allow } else { Decision::ImplicitDeny }
}

/// What the documents of one layer say together.
#[derive(Default)]
struct Layer {
    denied: bool,
    grants: Vec<Grant>,
}

impl Layer {
    fn allows(&self) -> bool {
        !self.grants.is_empty()
    }
}

struct Ask<'a> {
    request: &'a Value,
    action: String,
    resource: &'a str,
    kind: Kind,
    caller: &'a str,
    account: &'a str,
    bounded: bool,
}

impl<'a> Ask<'a> {
    fn new(policies: &Value, request: &'a Value) -> Self {
        let caller = request["principal"].as_str().unwrap_or_default();
        let kind = match caller {
            "" => Kind::Anonymous,
            name if name.contains(":saml-provider/") || name.contains(":oidc-provider/") => Kind::Federated,
            name if name.ends_with(":root") => Kind::Root,
            name if name.contains(":assumed-role/") => Kind::Session,
            name if name.contains(":role/") => Kind::Role,
            name if name.starts_with("arn:") => Kind::User,
            name if name.ends_with(".amazonaws.com") => Kind::Service,
            _ => Kind::Federated,
        };
        Ask {
            request,
            action: request["action"].as_str().unwrap_or_default().to_lowercase(),
            resource: request["resource"].as_str().unwrap_or_default(),
            kind,
            caller,
            account: caller.split(':').nth(4).unwrap_or_default(),
            bounded: !policies["boundary"].is_null(),
        }
    }

    fn same_account(&self) -> bool {
        let in_arn = self.resource.split(':').nth(4).unwrap_or_default();
        let owner = self.request["resource_account"].as_str().unwrap_or(in_arn);
        owner.is_empty() || owner == self.account
    }

    fn layer(&self, documents: &Value) -> Layer {
        let mut layer = Layer::default();
        for document in many(documents) {
            let document = field(document, "document").unwrap_or(document);
            let variables = field(document, "Version").is_some_and(|version| version == "2012-10-17");
            for statement in field(document, "Statement").map(many).unwrap_or_default() {
                let deny = field(statement, "Effect").is_some_and(|effect| effect == "Deny");
                if let Some(grant) = self.principal(statement, deny)
                    && self.action(statement)
                    && self.resource(statement, deny, variables)
                    && self.conditions(statement, variables)
                {
                    if deny {
                        layer.denied = true;
                    } else {
                        layer.grants.push(grant);
                    }
                }
            }
        }
        layer
    }

    fn principal(&self, statement: &Value, deny: bool) -> Option<Grant> {
        if let Some(principal) = field(statement, "Principal") {
            let grants = self.listed(principal);
            return [Grant::Direct, Grant::Role, Grant::Account].into_iter().find(|grant| grants.contains(grant));
        }
        let Some(principal) = field(statement, "NotPrincipal") else { return Some(Grant::Direct) };
        let listed = self.listed(principal);
        let components: &[Grant] = match self.kind {
            Kind::Anonymous | Kind::Service | Kind::Federated => &[Grant::Direct],
            Kind::Root => &[Grant::Account],
            Kind::User => &[Grant::Account, Grant::Direct],
            Kind::Role => &[Grant::Account, Grant::Role],
            Kind::Session => &[Grant::Account, Grant::Role, Grant::Direct],
        };
        let everybody = names(principal).iter().any(|(_, name)| name == "*");
        let excluded = if deny {
            !self.bounded && (everybody || components.iter().all(|component| listed.contains(component)))
        } else {
            !listed.is_empty()
        };
        (!excluded).then_some(Grant::Direct)
    }

    /// The components of the caller that a Principal element names.
    fn listed(&self, principal: &Value) -> Vec<Grant> {
        let names = names(principal);
        names.iter().filter_map(|(kind, name)| self.component(kind, name)).collect()
    }

    fn component(&self, kind: &str, name: &str) -> Option<Grant> {
        let by_arn = matches!(self.kind, Kind::Root | Kind::User | Kind::Role | Kind::Session);
        match kind {
            "AWS" if name == "*" => Some(Grant::Direct),
            "AWS" if !by_arn => None,
            "AWS" if name == self.account || name == format!("arn:aws:iam::{}:root", self.account) => {
                Some(Grant::Account)
            }
            "AWS" if self.kind == Kind::Role && name == self.caller => Some(Grant::Role),
            "AWS" if name == self.caller => Some(Grant::Direct),
            "AWS"
                if self.kind == Kind::Session && name.starts_with(&format!("arn:aws:iam::{}:role/", self.account)) =>
            {
                // The ARN of a session has the role's name without its path.
                (name.rsplit('/').next() == self.caller.split('/').nth(1)).then_some(Grant::Role)
            }
            "Service" if self.kind == Kind::Service && name == self.caller => Some(Grant::Direct),
            "Federated" if self.kind == Kind::Federated && name == self.caller => Some(Grant::Direct),
            _ => None,
        }
    }

    fn action(&self, statement: &Value) -> bool {
        let any = |patterns: &Value| {
            texts(patterns).iter().any(|pattern| covers(&glob(&pattern.to_lowercase()), &literal(&self.action)))
        };
        match (field(statement, "Action"), field(statement, "NotAction")) {
            (Some(patterns), _) => any(patterns),
            (None, Some(patterns)) => !any(patterns),
            (None, None) => false,
        }
    }

    /// Of resources asked about by a pattern, an Allow needs all and a Deny any.
    fn resource(&self, statement: &Value, deny: bool, variables: bool) -> bool {
        let (patterns, negated) = match (field(statement, "Resource"), field(statement, "NotResource")) {
            (Some(patterns), _) => (patterns, false),
            (None, Some(patterns)) => (patterns, true),
            (None, None) => return true, // Trust policies have none.
        };
        let bare = NO_RESOURCE.contains(&self.action.as_str());
        let asked = if bare { literal(self.resource) } else { glob(self.resource) };
        let fits = if deny == negated { covers } else { intersects };
        let found = texts(patterns)
            .into_iter()
            .flat_map(filled)
            .collect::<Vec<_>>()
            .iter()
            .filter_map(|pattern| self.pattern(pattern, true, variables))
            .any(|pattern| fits(&pattern, &asked));
        found != negated
    }

    fn conditions(&self, statement: &Value, variables: bool) -> bool {
        let operators = field(statement, "Condition").and_then(Value::as_object);
        operators.into_iter().flatten().all(|(operator, keys)| {
            let keys = keys.as_object();
            keys.into_iter().flatten().all(|(key, values)| self.condition(operator, key, values, variables))
        })
    }

    fn condition(&self, operator: &str, key: &str, values: &Value, variables: bool) -> bool {
        let operator = operator.to_lowercase();
        let context = self.context(key).map(texts);
        if operator == "null" {
            let missing = context.is_none().to_string();
            return texts(values).iter().any(|value| value.eq_ignore_ascii_case(&missing));
        }
        let (set, operator) = operator.split_once(':').unwrap_or(("", &operator));
        let (operator, optional) = match operator.strip_suffix("ifexists") {
            Some(operator) => (operator, true),
            None => (operator, false),
        };
        let negated = operator.contains("not");
        let operator = operator.replace("not", "");
        let Some(context) = context else {
            // "ForAnyValue" asks for a value: there is none.
            return set == "forallvalues" || set.is_empty() && (optional || negated);
        };
        let wildcards = operator.ends_with("like") || operator.starts_with("arn");
        let expected: Vec<_> =
            texts(values).iter().filter_map(|value| self.pattern(value, wildcards, variables)).collect();
        let equal = |actual: &String| expected.iter().any(|expected| compare_value(&operator, expected, actual));
        match set {
            "forallvalues" => context.iter().all(|actual| equal(actual) != negated),
            "foranyvalue" => context.iter().any(|actual| equal(actual) != negated),
            _ => context.iter().any(equal) != negated,
        }
    }

    /// The value of a key; an empty list is as good as none.
    fn context(&self, key: &str) -> Option<&'a Value> {
        field(&self.request["context"], key).filter(|value| value.as_array().is_none_or(|list| !list.is_empty()))
    }

    /// The tokens of a pattern or value with its variables replaced; none when one of them has no value.
    fn pattern(&self, text: &str, wildcards: bool, variables: bool) -> Option<Vec<Token>> {
        let plain = if wildcards { glob } else { literal };
        let Some((before, rest)) = text.split_once("${").filter(|_| variables) else { return Some(plain(text)) };
        let (name, after) = rest.split_once('}')?;
        let (key, default) = match name.split_once(',') {
            Some((key, default)) => (key.trim(), Some(default.trim().trim_matches('\''))),
            None => (name, None),
        };
        let value = match key {
            "*" | "?" | "$" => key.to_owned(),
            _ => match self.context(key).filter(|value| !value.is_array()) {
                Some(value) => texts(value).concat(),
                None => default?.to_owned(),
            },
        };
        Some([plain(before), literal(&value), self.pattern(after, wildcards, variables)?].concat())
    }
}

/// A resource pattern, and what AWS makes of it when fields lack at its end.
fn filled(pattern: String) -> Vec<String> {
    let mut fields: Vec<&str> = pattern.split(':').collect();
    // A variable may hold colons: the themes have none.
    if fields[0] != "arn" || fields.len() > 5 {
        return vec![pattern];
    }
    fields.resize(6, "*");
    let whole = fields.join(":");
    vec![pattern, whole]
}

/// The positive comparison of one value of the policy with one of the request.
fn compare_value(operator: &str, expected: &[Token], actual: &str) -> bool {
    let text: String = expected.iter().map(|token| token.char()).collect();
    let order = |suffix: &str, left: Option<f64>, right: Option<f64>| match (left, right) {
        (Some(left), Some(right)) => match suffix {
            "equals" => left == right,
            "lessthan" => left < right,
            "lessthanequals" => left <= right,
            "greaterthan" => left > right,
            _ => left >= right,
        },
        _ => false,
    };
    match operator {
        "stringequals" | "binaryequals" => text == actual,
        "stringequalsignorecase" => text.to_lowercase() == actual.to_lowercase(),
        "stringlike" => covers(expected, &literal(actual)),
        "bool" => text.eq_ignore_ascii_case(actual) && ["true", "false"].contains(&text.to_lowercase().as_str()),
        "ipaddress" => in_network(&text, actual).unwrap_or(false),
        "arnequals" | "arnlike" => {
            let expected: Vec<_> = expected.splitn(6, |token| *token == Token::Char(':')).collect();
            let actual: Vec<_> = actual.splitn(6, ':').map(literal).collect();
            expected.len() == 6
                && actual.len() == 6
                && actual[0] == literal("arn")
                && expected.iter().zip(&actual).all(|(expected, actual)| covers(expected, actual))
        }
        _ => match (operator.strip_prefix("numeric"), operator.strip_prefix("date")) {
            (Some(suffix), _) => order(suffix, actual.parse().ok(), text.parse().ok()),
            (_, Some(suffix)) => order(suffix, seconds(actual), seconds(&text)),
            _ => unreachable!("the generator has no operator {operator}"),
        },
    }
}

fn seconds(text: &str) -> Option<f64> {
    let midnight = format!("{text}T00:00:00Z");
    let moment = text.parse::<jiff::Timestamp>().or_else(|_| midnight.parse()).ok();
    moment.map(|moment| moment.as_second() as f64).or_else(|| text.parse().ok())
}

fn in_network(network: &str, address: &str) -> Option<bool> {
    let bits = |address: IpAddr| match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)) << 96, 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    let (base, length) = network.split_once('/').map_or((network, None), |(base, length)| (base, Some(length)));
    let ((base, width), (address, actual_width)) = (bits(base.parse().ok()?), bits(address.parse().ok()?));
    let length: u32 = length.map_or(Some(width), |length| length.parse().ok())?;
    Some(width == actual_width && (length == 0 || (base ^ address) >> (128 - length) == 0))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Any,
    One,
    Char(char),
}

impl Token {
    fn char(self) -> char {
        match self {
            Token::Any => '*',
            Token::One => '?',
            Token::Char(char) => char,
        }
    }
}

fn literal(text: &str) -> Vec<Token> {
    text.chars().map(Token::Char).collect()
}

fn glob(text: &str) -> Vec<Token> {
    let token = |char| match char {
        '*' => Token::Any,
        '?' => Token::One,
        char => Token::Char(char),
    };
    text.chars().map(token).collect()
}

/// Whether the pattern matches all that the other stands for, which without wildcards is itself.
fn covers(pattern: &[Token], other: &[Token]) -> bool {
    match (pattern.split_first(), other.split_first()) {
        (None, None) => true,
        (Some((Token::Any, pattern_rest)), None) => covers(pattern_rest, other),
        (Some((Token::Any, pattern_rest)), Some((_, rest))) => covers(pattern_rest, other) || covers(pattern, rest),
        (Some((Token::One, pattern)), Some((Token::One | Token::Char(_), other))) => covers(pattern, other),
        (Some((Token::Char(left), pattern)), Some((Token::Char(right), other))) => {
            left == right && covers(pattern, other)
        }
        _ => false,
    }
}

/// Whether some text matches both.
fn intersects(pattern: &[Token], other: &[Token]) -> bool {
    match (pattern.split_first(), other.split_first()) {
        (None, None) => true,
        (Some((Token::Any, pattern_rest)), Some((Token::Any, rest))) => {
            intersects(pattern_rest, other) || intersects(pattern, rest)
        }
        (Some((Token::Any, pattern_rest)), _) => {
            intersects(pattern_rest, other) || other.split_first().is_some_and(|(_, rest)| intersects(pattern, rest))
        }
        (_, Some((Token::Any, _))) => intersects(other, pattern),
        (Some((Token::Char(left), pattern)), Some((Token::Char(right), other))) => {
            left == right && intersects(pattern, other)
        }
        (Some((_, pattern)), Some((_, other))) => intersects(pattern, other),
        _ => false,
    }
}

/// A member of an object; the case of names in a document does not matter.
fn field<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// One or a list of them.
fn many(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values.iter().collect(),
        value => vec![value],
    }
}

fn texts(value: &Value) -> Vec<String> {
    many(value).into_iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect()
}

/// Kind and name of each principal.
fn names(principal: &Value) -> Vec<(String, String)> {
    match principal.as_object() {
        None => texts(principal).into_iter().map(|name| ("AWS".to_owned(), name)).collect(),
        Some(kinds) => {
            kinds.iter().flat_map(|(kind, names)| texts(names).into_iter().map(|name| (kind.clone(), name))).collect()
        }
    }
}
