//! Which actions a statement's resources are of any use to: on every resource, on some, or perhaps.

use std::collections::HashMap;

use crate::actions::{ActionId, ActionSet};
use crate::compile::{Compiled, Target};
use crate::context::Context;
use crate::estate::Estate;
use crate::truth::Truth;

/// The actions of a statement by what it reaches. The first three are disjoint.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts {
    /// On every resource of theirs.
    pub(super) every: ActionSet,
    /// On some resource.
    pub(super) some: ActionSet,
    /// On some, if a variable, a further statement or a resource's name makes it so.
    pub(super) perhaps: ActionSet,
    /// Of `some` and `perhaps`: on all resources but named ones, or on all of the account's own.
    pub(super) nearly: ActionSet,
}

/// How far a statement reaches among the resources of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Extent {
    None,
    Perhaps,
    Some,
    /// All of the account's own.
    Own,
    All,
}

struct Template {
    /// All resources of the kind, wherever they are.
    general: Target,
    /// Those of the account.
    own: Target,
    /// The third segment of the ARN, when it has no variable.
    service: Option<String>,
    /// What stands behind the account, up to its first variable.
    resource: String,
    slashes: usize,
    /// A variable of it takes slashes.
    paths: bool,
    bucket: bool,
}

/// A resource that a statement names.
struct Named<'a> {
    /// Up to its first wildcard or variable.
    head: &'a str,
    /// The service, and how the last segment begins; none where it may be of any service.
    of: Option<(&'a str, &'a str)>,
    slashes: usize,
}

impl Named<'_> {
    fn new(entry: &str) -> Named<'_> {
        let mut parts = [""; 6];
        let count = entry.splitn(6, ':').zip(&mut parts).map(|(text, part)| *part = text).count();
        let [first @ .., resource] = parts;
        // A wildcard within a segment may take colons as well.
        let plain = count == parts.len() && first.iter().all(|part| *part == "*" || head(part) == *part);
        Named {
            head: head(entry),
            of: plain.then(|| (first[2], head(resource))),
            slashes: opened(entry).matches('/').count(),
        }
    }
}

/// The kinds of resource of all actions.
pub(super) struct Templates {
    all: Vec<Template>,
    /// Per action: its kinds, and whether each is required.
    uses: Vec<Vec<(usize, bool)>>,
    none: Target,
}

/// Variables that stand for names with slashes.
const PATHS: [&str; 9] = [
    "ObjectName",
    "WithPath",
    "LogGroupName",
    "LogStreamName",
    "ParameterName",
    "SecretId",
    "RepositoryName",
    "ResourceName",
    "KeyName",
];

impl Templates {
    pub(super) fn new(estate: &Estate) -> Templates {
        let account = match estate.accounts.as_slice() {
            [one] => one.account.as_str(),
            _ => "*",
        };
        // Nobody acts in a partition but their own.
        let mut partitions = estate.accounts.iter().map(|account| account.partition.as_str());
        let partition = partitions.next().filter(|first| partitions.all(|other| other == *first)).unwrap_or("*");
        let (mut all, mut places, mut uses) = (Vec::new(), HashMap::new(), Vec::new());
        for action in estate.table.ids() {
            let kinds = estate.table.resources(action).map(|kind| {
                let at = *places.entry(kind.arn).or_insert_with(|| {
                    all.push(Template::new(kind.arn, partition, account));
                    all.len() - 1
                });
                (at, kind.required)
            });
            uses.push(kinds.collect());
        }
        Templates { all, uses, none: Target::new("*", false) }
    }

    /// The actions of a statement by what it reaches.
    pub(super) fn parts(&self, statement: &Compiled, set: &ActionSet, context: &dyn Context) -> Parts {
        if statement.covers_everything() {
            return Parts { every: set.clone(), ..Parts::default() };
        }
        let deny = !statement.allows();
        let not = statement.source.resources.as_ref().is_some_and(|listed| listed.not);
        let open = !statement.open_variables(context).is_empty();
        let entries = statement.source.resources.as_ref().map_or(&[][..], |listed| &listed.entries);
        let entries: Vec<Named<'_>> = entries.iter().map(|entry| Named::new(entry)).collect();
        let mut extents: Vec<Option<Extent>> = vec![None; self.all.len()];
        let mut plain: Option<Truth> = None;
        let (mut every, mut some, mut perhaps, mut nearly) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let nowhere = Vec::new();
        for action in set.iter() {
            let uses = self.uses.get(usize::from(action.0)).unwrap_or(&nowhere);
            if uses.is_empty() {
                match *plain.get_or_insert_with(|| statement.covers(&self.none, context).doubted(open)) {
                    Truth::True => every.push(action),
                    Truth::Unknown => perhaps.push(action),
                    Truth::False => {}
                }
                continue;
            }
            let of = |at: usize, extents: &mut Vec<Option<Extent>>| {
                *extents[at].get_or_insert_with(|| self.all[at].extent(statement, &entries, open, context))
            };
            let reached: Vec<(Extent, bool)> =
                uses.iter().map(|&(at, required)| (of(at, &mut extents), required)).collect();
            let extent = if deny { denied(&reached) } else { allowed(&reached) };
            match extent {
                Extent::All => every.push(action),
                Extent::Own | Extent::Some => some.push(action),
                Extent::Perhaps => perhaps.push(action),
                Extent::None => {}
            }
            if extent == Extent::Own || (not && matches!(extent, Extent::Some | Extent::Perhaps)) {
                nearly.push(action);
            }
        }
        let finish = |ids: Vec<ActionId>| ids.into_iter().collect::<ActionSet>();
        let mut parts =
            Parts { every: finish(every), some: finish(some), perhaps: finish(perhaps), nearly: finish(nearly) };
        parts.perhaps.other = set.other;
        if !deny {
            // Every resource of the account's own is every resource, to whoever decides on a grant.
            let own = parts.nearly.clone();
            if !not {
                parts.some = parts.some.subtract(&own);
                parts.every = parts.every.union(&own);
            }
        }
        parts
    }
}

/// An Allow must reach every kind that the action requires; another statement may bring what this one lacks.
fn allowed(reached: &[(Extent, bool)]) -> Extent {
    let most = reached.iter().map(|(extent, _)| *extent).max().unwrap_or(Extent::None);
    let least = reached.iter().map(|(extent, _)| *extent).min().unwrap_or(Extent::None);
    if least >= Extent::Own {
        return least;
    }
    let required = reached.iter().filter(|(_, required)| *required).map(|(extent, _)| *extent).min();
    match required {
        Some(least) if least >= Extent::Some => Extent::Some,
        Some(_) => most.min(Extent::Perhaps),
        None => most.min(Extent::Some),
    }
}

/// A Deny on all resources of one kind that the action requires is a Deny on every one.
fn denied(reached: &[(Extent, bool)]) -> Extent {
    let least = reached.iter().map(|(extent, _)| *extent).min().unwrap_or(Extent::None);
    let required = reached.iter().filter(|(_, required)| *required).map(|(extent, _)| *extent).max();
    let most = reached.iter().map(|(extent, _)| *extent).max().unwrap_or(Extent::None);
    let whole = required.unwrap_or(least).max(least);
    if whole >= Extent::Own { whole } else { most.min(Extent::Some) }
}

impl Template {
    fn new(arn: &str, partition: &str, account: &str) -> Template {
        let own = arn.replace("${Partition}", partition);
        let general = opened(&own);
        let own = opened(&own.replace("${Account}", account));
        let service = arn.split(':').nth(2).filter(|service| !service.contains(['$', '*'])).map(str::to_owned);
        Template {
            general: Target::new(&general, true),
            own: Target::new(&own, true),
            service,
            resource: head(arn.splitn(6, ':').nth(5).unwrap_or_default()).to_owned(),
            slashes: arn.matches('/').count(),
            paths: PATHS.iter().any(|name| arn.contains(name)),
            bucket: arn.ends_with(":::${BucketName}"),
        }
    }

    /// Whether a pattern may name resources of this kind, by service and by how the last segment of the ARN begins.
    fn may_be_named(&self, entry: &Named<'_>) -> bool {
        let Some((service, resource)) = entry.of else { return true };
        self.service.as_ref().is_none_or(|own| own == service || service == "*")
            && (resource.starts_with(&self.resource) || self.resource.starts_with(resource))
    }

    fn extent(&self, statement: &Compiled, entries: &[Named<'_>], open: bool, context: &dyn Context) -> Extent {
        let not = statement.source.resources.as_ref().is_some_and(|listed| listed.not);
        if !not && !entries.iter().any(|entry| self.may_be_named(entry)) {
            return Extent::None;
        }
        match statement.covers(&self.general, context) {
            Truth::False => return Extent::None,
            Truth::True => return Extent::All,
            Truth::Unknown => {}
        }
        // Only a pattern whose text before its first wildcard begins as the kind does covers the whole kind.
        let wide = not || entries.iter().any(|entry| self.own.text().starts_with(entry.head));
        if wide && statement.covers(&self.own, context).certain() {
            return Extent::Own;
        }
        if open {
            return Extent::Perhaps;
        }
        // A pattern of more segments than the kind has names no resource of it, as a rule: `bucket/*` is no bucket.
        let fewest = entries.iter().filter(|entry| self.may_be_named(entry)).map(|entry| entry.slashes).min();
        match fewest {
            Some(fewest) if !not && !self.paths && fewest > self.slashes => {
                if self.bucket {
                    Extent::None
                } else {
                    Extent::Perhaps
                }
            }
            _ => Extent::Some,
        }
    }
}

/// The text before the first wildcard or variable.
fn head(text: &str) -> &str {
    text.find(['*', '?', '$']).map_or(text, |at| &text[..at])
}

/// The text with a star in place of every variable.
pub(super) fn opened(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        out.push('*');
        rest = after.split_once('}').map_or("", |(_, tail)| tail);
    }
    out + rest
}
