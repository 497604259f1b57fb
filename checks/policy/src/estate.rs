//! Accounts as a whole: every document compiled once, every principal with what it holds, and point questions over all of them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::access::Evidence;
use crate::account::{AccountData, ControlLevel, Named};
use crate::actions::{ActionId, ActionSet, ActionTable};
use crate::compile::{Action, Compiled, Policy, Target};
use crate::context::{Context, Lookup};
use crate::document::Kind;
use crate::truth::Truth;

/// A document, compiled, with an index from actions to its statements.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) policy: Policy,
    /// Where the set of statements that speak of an action changes, in the order of the action table.
    starts: Box<[u16]>,
    /// Per place and 64 statements: which statements.
    masks: Box<[u64]>,
    words: usize,
    /// The actions that an Allow names.
    pub(crate) allowed: ActionSet,
    /// The text is no policy: what it does is not known.
    pub(crate) unreadable: Option<String>,
}

/// A policy that a principal holds.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) document: usize,
    /// How it is cited: an ARN, or `inline NAME`, with the group it comes by.
    pub(crate) name: Arc<str>,
    pub(crate) version: Option<Arc<str>>,
}

/// A user or a role.
#[derive(Debug)]
pub(crate) struct Principal {
    pub(crate) arn: String,
    pub(crate) name: String,
    pub(crate) account: usize,
    pub(crate) user: bool,
    pub(crate) path: String,
    pub(crate) groups: Vec<String>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) held: Vec<Held>,
    pub(crate) boundary: Option<Held>,
    /// A policy that it holds was not among the data.
    pub(crate) lacks: Option<String>,
    pub(crate) trust: Option<usize>,
}

impl Principal {
    /// Whether AWS keeps customers from changing the role.
    pub(crate) fn is_protected(&self) -> bool {
        self.path.starts_with("/aws-service-role/") || self.path.starts_with("/aws-reserved/")
    }

    fn is_service_linked(&self) -> bool {
        self.path.starts_with("/aws-service-role/")
    }
}

/// Accounts with their principals and policies.
#[derive(Debug)]
pub struct Estate {
    pub(crate) table: &'static ActionTable,
    pub(crate) accounts: Vec<AccountData>,
    pub(crate) documents: Vec<Document>,
    pub(crate) principals: Vec<Principal>,
    pub(crate) by_arn: HashMap<String, usize>,
    /// SCPs by level; they bind the principals of all accounts given.
    pub(crate) scp: Option<Vec<Vec<Held>>>,
    /// The time of the questions, as ISO 8601.
    now: String,
}

/// What a principal's request tells of itself.
pub(crate) struct Asking<'a> {
    pub(crate) principal: &'a Principal,
    account: &'a str,
    now: &'a str,
    /// Keys of the request itself, in lower case.
    pub(crate) given: &'a [(&'a str, &'a str)],
}

impl Context for Asking<'_> {
    fn lookup(&self, key: &str) -> Lookup<'_> {
        if let Some((_, value)) = self.given.iter().find(|(k, _)| *k == key) {
            return Lookup::One((*value).into());
        }
        let p = self.principal;
        match key {
            "aws:principalarn" => Lookup::One(p.arn.as_str().into()),
            "aws:principalaccount" => Lookup::One(self.account.into()),
            "aws:principaltype" => Lookup::One(if p.user { "User" } else { "AssumedRole" }.into()),
            "aws:principalisawsservice" => Lookup::One("false".into()),
            "aws:username" if p.user => Lookup::One(p.name.as_str().into()),
            "aws:username" => Lookup::Missing,
            "aws:currenttime" => Lookup::One(self.now.into()),
            // The credentials of a role are temporary, always.
            "aws:tokenissuetime" if !p.user => Lookup::Present,
            // AWS answers over TLS; who asks in the clear gets nothing from its APIs.
            "aws:securetransport" => Lookup::One("true".into()),
            _ => match key.strip_prefix("aws:principaltag/") {
                // Tag keys are folded. A session of a role may bring tags of its own.
                Some(tag) => match p.tags.iter().find(|(k, _)| k.eq_ignore_ascii_case(tag)) {
                    Some((_, value)) if p.user => Lookup::One(value.as_str().into()),
                    None if p.user => Lookup::Missing,
                    _ => Lookup::Unknown,
                },
                None => Lookup::Unknown,
            },
        }
    }
}

/// What a document says to a question.
#[derive(Clone, Copy)]
pub(crate) struct Says<'a> {
    pub(crate) allow: Truth,
    pub(crate) allow_by: Option<&'a Compiled>,
    pub(crate) deny: Truth,
    pub(crate) deny_by: Option<&'a Compiled>,
}

impl Document {
    fn new(text: &str, kind: Kind, table: &ActionTable, cache: &mut HashMap<String, ActionSet>) -> Document {
        let (policy, unreadable) = match Policy::parse(text, kind) {
            Ok(policy) => (policy, None),
            Err(error) => (Policy { statements: Box::default(), problems: Vec::new() }, Some(error.to_string())),
        };
        let mut expand = |pattern: &str| match cache.get(pattern) {
            Some(set) => set.clone(),
            None => {
                let set = table.expand(pattern);
                cache.insert(pattern.to_owned(), set.clone());
                set
            }
        };
        let sets: Vec<ActionSet> = policy.statements.iter().map(|s| s.actions(table, &mut expand)).collect();
        let allowed =
            ActionSet::union_all(policy.statements.iter().zip(&sets).filter(|(s, _)| s.allows()).map(|(_, set)| set));
        let words = sets.len().div_ceil(64);
        let mut changes: Vec<(u32, usize)> = Vec::new();
        for (bit, set) in sets.iter().enumerate() {
            for range in set.ranges() {
                changes.push((u32::from(*range.start()), bit));
                changes.push((u32::from(*range.end()) + 1, bit));
            }
        }
        changes.sort_unstable();
        let (mut starts, mut masks, mut now) = (Vec::new(), Vec::new(), vec![0_u64; words]);
        let mut at = 0;
        while at < changes.len() {
            let place = changes[at].0;
            while at < changes.len() && changes[at].0 == place {
                now[changes[at].1 / 64] ^= 1 << (changes[at].1 % 64);
                at += 1;
            }
            if let Ok(place) = u16::try_from(place) {
                starts.push(place);
                masks.extend_from_slice(&now);
            }
        }
        Document { policy, starts: starts.into(), masks: masks.into(), words, allowed, unreadable }
    }

    /// The statements that speak of an action.
    pub(crate) fn about(&self, action: ActionId) -> impl Iterator<Item = &Compiled> {
        let at = self.starts.partition_point(|start| *start <= action.0);
        let masks = if at == 0 { &[][..] } else { &self.masks[(at - 1) * self.words..at * self.words] };
        masks.iter().enumerate().flat_map(move |(word, mask)| {
            let mut rest = *mask;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                self.policy.statements.get(word * 64 + bit)
            })
        })
    }

    /// What it says of an action on a resource. What cannot be read may say anything.
    pub(crate) fn says(&self, action: ActionId, target: &Target, context: &dyn Context) -> Says<'_> {
        let open = if self.unreadable.is_some() { Truth::Unknown } else { Truth::False };
        let mut says = Says { allow: open, allow_by: None, deny: open, deny_by: None };
        for statement in self.about(action) {
            let covers = statement.covers(target, context);
            if !covers.possible() {
                continue;
            }
            let truth = covers.and(statement.holds(context));
            if statement.allows() {
                if truth > says.allow {
                    (says.allow, says.allow_by) = (truth, Some(statement));
                }
            } else if truth > says.deny {
                (says.deny, says.deny_by) = (truth, Some(statement));
            }
        }
        says
    }
}

/// The answer to a point question.
#[derive(Debug, Clone)]
pub(crate) struct Point {
    /// Whether it is allowed.
    pub(crate) allowed: Truth,
    /// The statement that grants.
    pub(crate) by: Option<Evidence>,
    /// What stands against it although something grants: the statement, or the layer.
    pub(crate) against: Option<Evidence>,
}

pub(crate) fn cite(layer: &str, held: &Held, statement: &Compiled, action: &str) -> Evidence {
    Evidence {
        layer: layer.to_owned(),
        policy: held.name.to_string(),
        version: held.version.as_deref().map(str::to_owned),
        statement: u32::try_from(statement.source.number).unwrap_or(u32::MAX),
        sid: statement.source.sid.clone(),
        pattern: statement.pattern_for(action).map(str::to_owned),
    }
}

struct Builder<'d> {
    table: &'static ActionTable,
    documents: Vec<Document>,
    known: HashMap<(&'d str, bool), usize>,
    cache: HashMap<String, ActionSet>,
}

impl<'d> Builder<'d> {
    fn document(&mut self, text: &'d str, kind: Kind) -> usize {
        let key = (text, kind == Kind::Resource);
        if let Some(at) = self.known.get(&key) {
            return *at;
        }
        self.documents.push(Document::new(text, kind, self.table, &mut self.cache));
        self.known.insert(key, self.documents.len() - 1);
        self.documents.len() - 1
    }

    fn inline(&mut self, list: &'d [Named], of: Option<&str>, held: &mut Vec<Held>) {
        for named in list {
            let document = self.document(&named.document, Kind::Identity);
            let name = match of {
                Some(group) => format!("inline {} of group {group}", named.name),
                None => format!("inline {}", named.name),
            };
            held.push(Held { document, name: name.into(), version: None });
        }
    }
}

impl Estate {
    /// Compiles accounts. `scp`: the levels above them. `now`: the time that `aws:CurrentTime` has, as ISO 8601.
    #[must_use]
    pub fn new(
        accounts: Vec<AccountData>,
        scp: Option<&[ControlLevel]>,
        table: &'static ActionTable,
        now: &str,
    ) -> Estate {
        let mut builder = Builder { table, documents: Vec::new(), known: HashMap::new(), cache: HashMap::new() };
        let mut principals: Vec<Principal> = Vec::new();
        for (at, account) in accounts.iter().enumerate() {
            let mut managed: HashMap<&str, Held> = HashMap::new();
            for policy in &account.policies {
                let document = builder.document(&policy.document, Kind::Identity);
                let held = Held {
                    document,
                    name: policy.arn.as_str().into(),
                    version: Some(policy.default_version.as_str().into()),
                };
                managed.insert(&policy.arn, held);
            }
            let attach = |list: &[String], held: &mut Vec<Held>, lacks: &mut Option<String>| {
                for arn in list {
                    match managed.get(arn.as_str()) {
                        Some(found) => held.push(found.clone()),
                        None => *lacks = Some(arn.clone()),
                    }
                }
            };
            let bound = |boundary: &Option<String>, lacks: &mut Option<String>| {
                boundary.as_ref().and_then(|arn| {
                    let found = managed.get(arn.as_str()).cloned();
                    if found.is_none() {
                        *lacks = Some(arn.clone());
                    }
                    found
                })
            };
            let mut groups: HashMap<&str, (Vec<Held>, Option<String>)> = HashMap::new();
            for group in &account.groups {
                let (mut held, mut lacks) = (Vec::new(), None);
                attach(&group.attached, &mut held, &mut lacks);
                builder.inline(&group.inline, Some(&group.name), &mut held);
                groups.insert(&group.name, (held, lacks));
            }
            for user in &account.users {
                let (mut held, mut lacks) = (Vec::new(), None);
                attach(&user.attached, &mut held, &mut lacks);
                builder.inline(&user.inline, None, &mut held);
                for group in &user.groups {
                    match groups.get(group.as_str()) {
                        Some((of, missing)) => {
                            held.extend(of.iter().cloned());
                            lacks = lacks.or_else(|| missing.clone());
                        }
                        None => lacks = Some(format!("group {group}")),
                    }
                }
                let boundary = bound(&user.boundary, &mut lacks);
                principals.push(Principal {
                    arn: user.arn.clone(),
                    name: user.name.clone(),
                    account: at,
                    user: true,
                    path: String::new(),
                    groups: user.groups.clone(),
                    tags: user.tags.clone(),
                    held,
                    boundary,
                    lacks,
                    trust: None,
                });
            }
            for role in &account.roles {
                let (mut held, mut lacks) = (Vec::new(), None);
                attach(&role.attached, &mut held, &mut lacks);
                builder.inline(&role.inline, None, &mut held);
                let boundary = bound(&role.boundary, &mut lacks);
                let trust = builder.document(&role.trust, Kind::Resource);
                principals.push(Principal {
                    arn: role.arn.clone(),
                    name: role.name.clone(),
                    account: at,
                    user: false,
                    path: role.path.clone(),
                    groups: Vec::new(),
                    tags: role.tags.clone(),
                    held,
                    boundary,
                    lacks,
                    trust: Some(trust),
                });
            }
        }
        let scp = scp.map(|levels| {
            levels
                .iter()
                .map(|level| {
                    let held = |named: &Named| (named.name.as_str().into(), Arc::clone(&named.document));
                    level.policies.iter().map(held).collect::<Vec<(Arc<str>, Arc<str>)>>()
                })
                .collect::<Vec<_>>()
        });
        let Builder { mut documents, mut cache, .. } = builder;
        let scp = scp.map(|levels| {
            let mut compile = |(name, text): (Arc<str>, Arc<str>)| {
                documents.push(Document::new(&text, Kind::Identity, table, &mut cache));
                Held { document: documents.len() - 1, name, version: None }
            };
            levels.into_iter().map(|level| level.into_iter().map(&mut compile).collect()).collect()
        });
        let by_arn = principals.iter().enumerate().map(|(at, p)| (p.arn.clone(), at)).collect();
        Estate { table, accounts, documents, principals, by_arn, scp, now: now.to_owned() }
    }

    /// The date of the action list.
    #[must_use]
    pub fn action_date(&self) -> &str {
        self.table.date()
    }

    /// How many principals there are.
    #[must_use]
    pub fn principals(&self) -> usize {
        self.principals.len()
    }

    pub(crate) fn asking<'a>(&'a self, principal: &'a Principal, given: &'a [(&'a str, &'a str)]) -> Asking<'a> {
        Asking { principal, account: &self.accounts[principal.account].account, now: &self.now, given }
    }

    /// Whether a principal's own policies, boundary and SCPs allow an action on a resource.
    pub(crate) fn allowed(&self, p: &Principal, action: ActionId, target: &Target, given: &[(&str, &str)]) -> Truth {
        self.weigh(p, action, target, given, &mut |_, _, _| {})
    }

    /// The same, telling each statement that had a say: layer, its policy, whether it allows.
    fn weigh<'a>(
        &'a self,
        p: &'a Principal,
        action: ActionId,
        target: &Target,
        given: &[(&str, &str)],
        told: &mut dyn FnMut(&'static str, &'a Held, Says<'a>),
    ) -> Truth {
        let context = Asking { principal: p, account: &self.accounts[p.account].account, now: &self.now, given };
        let mut allow = if p.lacks.is_some() { Truth::Unknown } else { Truth::False };
        let mut deny = allow;
        for held in &p.held {
            let says = self.documents[held.document].says(action, target, &context);
            allow = allow.or(says.allow);
            deny = deny.or(says.deny);
            told("identity", held, says);
        }
        if !allow.possible() {
            return Truth::False;
        }
        if let Some(held) = &p.boundary {
            let says = self.documents[held.document].says(action, target, &context);
            allow = allow.and(says.allow);
            deny = deny.or(says.deny);
            told("boundary", held, says);
        }
        if let Some(levels) = self.scp.as_ref().filter(|_| !p.is_service_linked()) {
            for level in levels {
                let mut here = Truth::False;
                for held in level {
                    let says = self.documents[held.document].says(action, target, &context);
                    here = here.or(says.allow);
                    deny = deny.or(says.deny);
                    told("scp", held, says);
                }
                allow = allow.and(here);
            }
        }
        allow.and(!deny)
    }

    /// Whether a Deny of its own, of its boundary or of the SCPs takes an action on a resource away.
    pub(crate) fn denied(&self, p: &Principal, action: ActionId, target: &Target) -> Truth {
        let context = self.asking(p, &[]);
        let above = self.scp.iter().flatten().flatten().filter(|_| !p.is_service_linked());
        let all = p.held.iter().chain(&p.boundary).chain(above);
        Truth::any(all.map(|held| self.documents[held.document].says(action, target, &context).deny))
    }

    /// Whether an Allow statement of its own covers the whole target.
    pub(crate) fn names_every(&self, p: &Principal, action: ActionId, target: &Target) -> bool {
        let context = self.asking(p, &[]);
        let mut statements = p.held.iter().flat_map(|held| self.documents[held.document].about(action));
        statements.any(|s| s.allows() && s.covers(target, &context).certain())
    }

    /// A point question with its reasons.
    pub(crate) fn point(&self, p: &Principal, action: ActionId, target: &Target, given: &[(&str, &str)]) -> Point {
        let name = self.table.name(action);
        let (mut by, mut denied, mut capped): (Option<(Truth, Evidence)>, Option<Evidence>, Option<Evidence>) =
            (None, None, None);
        let allowed = self.weigh(p, action, target, given, &mut |layer, held, says| {
            let better = by.as_ref().is_none_or(|(truth, _)| says.allow > *truth);
            if let (Some(statement), "identity", true) = (says.allow_by, layer, better) {
                by = Some((says.allow, cite(layer, held, statement, name)));
            }
            if let Some(statement) = says.deny_by {
                denied.get_or_insert_with(|| cite(layer, held, statement, name));
            }
            if layer != "identity" && !says.allow.certain() {
                capped.get_or_insert_with(|| Evidence {
                    layer: layer.to_owned(),
                    policy: held.name.to_string(),
                    version: held.version.as_deref().map(str::to_owned),
                    ..Evidence::default()
                });
            }
        });
        let against = if allowed.certain() { None } else { denied.or(capped) };
        Point { allowed, by: by.map(|(_, evidence)| evidence), against }
    }

    /// Who may do an action on a resource: principals with the answer, those with a yes or a perhaps.
    ///
    /// # Errors
    /// The action is none, or the table lacks it.
    pub fn who_can(&self, action: &str, resource: &str) -> Result<Vec<Holder>, String> {
        let parsed = Action::parse(action, self.table)?;
        let id = parsed.id.ok_or_else(|| {
            format!(
                "{action} is not in the action list of {}: check its spelling, or give a newer list by --action-data",
                self.table.date()
            )
        })?;
        let target = Target::new(resource, self.table.takes_resource(id));
        let mut found = Vec::new();
        for p in &self.principals {
            if self.allowed(p, id, &target, &[]).possible() {
                let point = self.point(p, id, &target, &[]);
                found.push(Holder {
                    principal: p.arn.clone(),
                    certain: point.allowed.certain(),
                    evidence: point.by.into_iter().collect(),
                    open: point.against.into_iter().collect(),
                    conditions: self.conditions(p, id, &target),
                });
            }
        }
        Ok(found)
    }

    /// The conditions that are open in the statements that speak of the question.
    fn conditions(&self, p: &Principal, action: ActionId, target: &Target) -> Vec<String> {
        let context = self.asking(p, &[]);
        let mut open = Vec::new();
        for held in p.held.iter().chain(&p.boundary).chain(self.scp.iter().flatten().flatten()) {
            for statement in self.documents[held.document].about(action) {
                if statement.covers(target, &context).possible() && statement.holds(&context) == Truth::Unknown {
                    let effect = if statement.allows() { "if" } else { "unless" };
                    open.extend(statement.open_conditions(&context).map(|c| format!("{effect} {c} ({})", held.name)));
                }
            }
        }
        open.dedup();
        open
    }
}

/// A principal that may do what is asked.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Holder {
    /// Its ARN.
    pub principal: String,
    /// It may whatever is unknown; else it depends.
    pub certain: bool,
    /// The statement that grants.
    pub evidence: Vec<Evidence>,
    /// The statement or policy that may stand against it.
    pub open: Vec<Evidence>,
    /// The conditions that are not known.
    pub conditions: Vec<String>,
}
