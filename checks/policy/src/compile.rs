//! Documents made ready: patterns classed, conditions read, actions expanded where a table is given.

use crate::actions::{ActionId, ActionSet, ActionTable};
use crate::condition::Test;
use crate::context::Context;
use crate::document::{Document, DocumentError, Effect, Kind, Listed, Statement};
use crate::glob;
use crate::template::{self, Relation, Rendered, Template, Token};
use crate::truth::Truth;
use crate::version::Version;

/// A resource pattern, classed by what its matching costs.
#[derive(Debug, Clone)]
pub(crate) enum Pattern {
    Any,
    Literal(Box<str>),
    Prefix(Box<str>),
    Glob(Box<str>),
    Template(Template),
}

/// The resource of a request.
#[derive(Debug, Clone)]
pub struct Target {
    text: String,
    /// The pattern, when it stands for many resources.
    pattern: Option<Vec<Token>>,
}

impl Target {
    /// The resource of a request: one, or with wildcards each of many. An action that takes no resource is asked with the text `*`.
    #[must_use]
    pub fn new(text: &str, action_takes_resource: bool) -> Target {
        let many = text.contains(['*', '?']) && (action_takes_resource || text != "*");
        Target { text: text.to_owned(), pattern: many.then(|| template::tokens(text, true)) }
    }

    /// A single resource.
    #[must_use]
    pub fn one(text: &str) -> Target {
        Target { text: text.to_owned(), pattern: None }
    }

    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl Pattern {
    pub(crate) fn new(text: &str, version: Version) -> Pattern {
        if let Some(template) = Template::parse(text, version) {
            return Pattern::Template(template);
        }
        let wild = |s: &str| s.contains(['*', '?']);
        match text.strip_suffix('*') {
            _ if !text.is_empty() && text.bytes().all(|b| b == b'*') => Pattern::Any,
            Some(prefix) if !wild(prefix) => Pattern::Prefix(prefix.into()),
            None if !wild(text) => Pattern::Literal(text.into()),
            _ => Pattern::Glob(text.into()),
        }
    }

    /// Whether the pattern matches the resource; of many, unknown when it matches some of them only.
    pub(crate) fn matches(&self, target: &Target, context: &dyn Context) -> Truth {
        if let Pattern::Template(template) = self {
            return match template.render(context, true) {
                Rendered::Missing => Truth::False,
                Rendered::Known(tokens) => tokens_match(&tokens, target),
                Rendered::Unknown(tokens) => tokens_match(&tokens, target).doubted(true),
            };
        }
        if target.pattern.is_some() {
            return match self {
                Pattern::Any => Truth::True,
                // Of everything, whatever else it says is a part.
                _ if target.text == "*" => Truth::Unknown,
                Pattern::Prefix(text) | Pattern::Literal(text) | Pattern::Glob(text) if apart(text, &target.text) => {
                    Truth::False
                }
                Pattern::Prefix(text) => match crate::relation::relation(text, true, &target.text) {
                    Some(relation) => truth_of(relation),
                    None => tokens_match(&template::tokens(&format!("{text}*"), true), target),
                },
                Pattern::Literal(text) | Pattern::Glob(text) => {
                    match crate::relation::relation(text, false, &target.text) {
                        Some(relation) => truth_of(relation),
                        None => tokens_match(&template::tokens(text, true), target),
                    }
                }
                Pattern::Template(_) => Truth::Unknown,
            };
        }
        self.matches_one(&target.text).into()
    }

    /// Without variables, against one resource.
    pub(crate) fn matches_one(&self, text: &str) -> bool {
        match self {
            Pattern::Any => true,
            Pattern::Literal(literal) => **literal == *text,
            Pattern::Prefix(prefix) => text.starts_with(&**prefix),
            Pattern::Glob(pattern) => glob::matches(pattern, text),
            Pattern::Template(_) => false,
        }
    }
}

/// Whether two patterns differ before the first wildcard of either: nothing matches both.
fn apart(one: &str, other: &str) -> bool {
    let fixed = |text: &str| text.bytes().take_while(|b| !matches!(b, b'*' | b'?')).count();
    let both = fixed(one).min(fixed(other));
    one.as_bytes()[..both] != other.as_bytes()[..both]
}

fn tokens_match(tokens: &[Token], target: &Target) -> Truth {
    match &target.pattern {
        None => template::matches(tokens, &target.text.chars().collect::<Vec<_>>()).into(),
        Some(asked) => truth_of(template::relation(tokens, asked)),
    }
}

/// Of many resources, a pattern of some says nothing certain.
fn truth_of(relation: Relation) -> Truth {
    match relation {
        Relation::Covers => Truth::True,
        Relation::Intersects => Truth::Unknown,
        Relation::Disjoint => Truth::False,
    }
}

/// A statement made ready.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// As it is written.
    pub source: Statement,
    resources: Option<Listed<Pattern>>,
    pub(crate) tests: Box<[Test]>,
    everything: bool,
}

/// The action of a request.
#[derive(Debug, Clone)]
pub struct Action {
    /// As `service:Name`, any case.
    pub name: String,
    /// Its place in the table; none for an action that the table lacks.
    pub id: Option<ActionId>,
}

impl Action {
    /// Reads an action.
    ///
    /// # Errors
    /// The text is not `service:Name`, or has a wildcard.
    pub fn parse(text: &str, table: &ActionTable) -> Result<Action, String> {
        let ok = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        match text.split_once(':') {
            Some((service, name)) if ok(service) && ok(name) => {
                Ok(Action { name: text.to_owned(), id: table.id(text) })
            }
            _ => Err(format!("{text:?} is no action: one such as s3:GetObject is asked for, without wildcards")),
        }
    }

    /// The service's prefix in lower case.
    #[must_use]
    pub fn service(&self) -> String {
        self.name.split(':').next().unwrap_or("").to_ascii_lowercase()
    }

    /// Whether it is this action, written in lower case.
    #[must_use]
    pub fn is(&self, lower: &str) -> bool {
        self.name.eq_ignore_ascii_case(lower)
    }
}

impl Compiled {
    fn new(source: Statement, version: Version) -> Compiled {
        let resources = source.resources.as_ref().map(|listed| Listed {
            not: listed.not,
            entries: listed.entries.iter().map(|text| Pattern::new(text, version)).collect(),
        });
        let tests = source.conditions.iter().map(|c| Test::new(c, version)).collect();
        let everything =
            resources.as_ref().is_none_or(|r| !r.not && r.entries.iter().any(|p| matches!(p, Pattern::Any)));
        Compiled { source, resources, tests, everything }
    }

    /// Whether the statement grants.
    #[must_use]
    pub fn allows(&self) -> bool {
        self.source.effect == Effect::Allow
    }

    /// Whether the statement speaks of the action.
    #[must_use]
    pub fn speaks_of(&self, action: &Action) -> bool {
        let listed = self.source.actions.entries.iter().any(|p| glob::matches_ignore_case(p, &action.name));
        listed != self.source.actions.not
    }

    /// The first pattern of the statement that names the action; none for `NotAction`.
    #[must_use]
    pub fn pattern_for(&self, action: &str) -> Option<&str> {
        let actions = &self.source.actions;
        let found = actions.entries.iter().find(|p| glob::matches_ignore_case(p, action));
        if actions.not { None } else { found.map(String::as_str) }
    }

    /// Whether the statement speaks of the resource; of many, unknown when of some of them only.
    #[must_use]
    pub fn covers(&self, target: &Target, context: &dyn Context) -> Truth {
        if self.everything {
            return Truth::True;
        }
        let Some(resources) = &self.resources else { return Truth::True };
        let found = Truth::any(resources.entries.iter().map(|pattern| pattern.matches(target, context)));
        if resources.not { !found } else { found }
    }

    /// Whether its conditions hold, and it is free of doubt.
    #[must_use]
    pub fn holds(&self, context: &dyn Context) -> Truth {
        Truth::all(self.tests.iter().map(|test| test.holds(context))).doubted(self.source.doubtful)
    }

    /// The conditions of which it is not known whether they hold.
    pub fn open_conditions(&self, context: &dyn Context) -> impl Iterator<Item = &crate::condition::Condition> {
        let pairs = self.tests.iter().zip(&self.source.conditions);
        pairs.filter(move |(test, _)| test.holds(context) == Truth::Unknown).map(|(_, condition)| condition)
    }

    /// The unknown keys of variables in its resources.
    pub fn open_variables(&self, context: &dyn Context) -> Vec<&str> {
        let listed = self.resources.iter().flat_map(|listed| &listed.entries);
        let templates = listed.filter_map(|p| if let Pattern::Template(template) = p { Some(template) } else { None });
        let unknown = |key: &&str| {
            let found = context.lookup(key);
            matches!(
                found,
                crate::context::Lookup::Unknown | crate::context::Lookup::Present | crate::context::Lookup::Within(_)
            )
        };
        templates.flat_map(Template::keys).filter(unknown).collect()
    }

    /// Whether the statement speaks of every resource.
    #[must_use]
    pub fn covers_everything(&self) -> bool {
        self.everything
    }

    /// Its resource patterns; none when it has no such element.
    pub(crate) fn patterns(&self) -> Option<&Listed<Pattern>> {
        self.resources.as_ref()
    }

    /// The actions that it speaks of.
    #[must_use]
    pub fn actions(&self, table: &ActionTable, expand: &mut dyn FnMut(&str) -> ActionSet) -> ActionSet {
        let sets: Vec<ActionSet> = self.source.actions.entries.iter().map(|p| expand(p)).collect();
        let listed = ActionSet::union_all(&sets);
        if self.source.actions.not { listed.complement(table.len()) } else { listed }
    }
}

/// A document made ready.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Its statements in order.
    pub statements: Box<[Compiled]>,
    /// What AWS would refuse or is not known here.
    pub problems: Vec<crate::document::Problem>,
}

impl Policy {
    /// Parses and prepares a document.
    ///
    /// # Errors
    /// The text is no policy document.
    pub fn parse(text: &str, kind: Kind) -> Result<Policy, DocumentError> {
        Ok(Policy::new(Document::parse(text, kind)?))
    }

    /// Prepares a parsed document.
    #[must_use]
    pub fn new(document: Document) -> Policy {
        let version = document.version;
        let statements = document.statements.into_iter().map(|s| Compiled::new(s, version)).collect();
        Policy { statements, problems: document.problems }
    }
}
