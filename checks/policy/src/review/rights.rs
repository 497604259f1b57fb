//! What a principal may do, as sets of actions: those allowed whatever the circumstances (must) and those that may be (may).
//!
//! The sets of a document that has neither conditions nor variables are made once; principals that hold the same such documents
//! share one answer. A Deny on named resources leaves others of an Allow on all of them, so that stays certain.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use super::ServiceRights;
use super::levels::{Levels, Pair};
use super::reaching::{Parts, Templates, opened};
use crate::actions::{ActionSet, ActionTable};
use crate::compile::{Compiled, Target};
use crate::context::{Context, Nothing};
use crate::estate::{Document, Estate, Held, Principal};
use crate::truth::Truth;

/// What documents say together, each action by itself.
#[derive(Debug, Clone, Default, PartialEq)]
struct Sets {
    /// Allowed on every resource.
    every: Pair,
    /// Allowed on some resource, on every one too.
    any: Pair,
    /// Denied on every resource.
    denied: Pair,
    /// Denied on some resources.
    touched: Pair,
}

impl Sets {
    fn join(all: &[Rc<Sets>]) -> Sets {
        let pick = |which: fn(&Sets) -> &Pair| Pair::join(&all.iter().map(|sets| which(sets)).collect::<Vec<_>>());
        Sets {
            every: pick(|s| &s.every),
            any: pick(|s| &s.any),
            denied: pick(|s| &s.denied),
            touched: pick(|s| &s.touched),
        }
    }

    /// Under a layer that must allow as well. Two lists of named resources may have none in common.
    fn under(&mut self, layer: &Sets) {
        let wide = self.every.must.intersect(&layer.any.must);
        self.any.must = wide.union(&self.any.must.intersect(&layer.every.must));
        self.any.may = self.any.may.intersect(&layer.any.may);
        self.every.must = self.every.must.intersect(&layer.every.must);
        self.every.may = self.every.may.intersect(&layer.every.may);
    }
}

/// A statement with the actions that it speaks of.
struct Spoken<'e> {
    statement: &'e Compiled,
    set: ActionSet,
    /// Its resources have variables: what it reaches differs from principal to principal.
    varies: bool,
    /// It has conditions.
    conditional: bool,
    parts: Parts,
}

struct Prepared<'e> {
    spoken: Vec<Spoken<'e>>,
    /// Its sets, when they are the same for everybody.
    fixed: Option<Rc<Sets>>,
    unreadable: Option<&'e str>,
    /// What it grants that the action list lacks.
    unlisted: Vec<&'e str>,
}

/// The rights of a principal.
#[derive(Debug, Default)]
pub(super) struct Rights {
    /// Its own policies allow something, whatever stands above.
    pub(super) holds_any: bool,
    /// Policies that allow every action on every resource.
    pub(super) all_by: Vec<String>,
    pub(super) services: Arc<[Arc<ServiceRights>]>,
    /// Services of the action list.
    pub(super) of_services: usize,
    /// Those of them that are not granted in full, when most are.
    pub(super) missing: Vec<String>,
    pub(super) certain: usize,
    pub(super) possible: usize,
    /// What it is granted and the action list lacks.
    pub(super) unlisted: BTreeSet<String>,
    pub(super) not_known: BTreeSet<String>,
}

/// Works out the rights of the principals of an estate.
pub(super) struct Weigher<'e> {
    estate: &'e Estate,
    templates: Templates,
    levels: Levels<'e>,
    documents: Vec<Prepared<'e>>,
    known: HashMap<Vec<usize>, Rc<Rights>>,
}

impl<'e> Weigher<'e> {
    pub(super) fn new(estate: &'e Estate) -> Weigher<'e> {
        let table = estate.table;
        let templates = Templates::new(estate);
        let mut cache: HashMap<String, ActionSet> = HashMap::new();
        let mut used = vec![false; estate.documents.len()];
        let above = estate.scp.iter().flatten().flatten().flatten();
        for held in estate.principals.iter().flat_map(|p| p.held.iter().chain(&p.boundary)).chain(above) {
            used[held.document] = true;
        }
        let documents = estate
            .documents
            .iter()
            .zip(used)
            .map(|(document, used)| match used {
                true => prepare(document, table, &templates, &mut cache),
                false => Prepared { spoken: Vec::new(), fixed: None, unreadable: None, unlisted: Vec::new() },
            })
            .collect();
        Weigher { estate, templates, levels: Levels::new(table), documents, known: HashMap::new() }
    }

    /// The rights of a principal.
    pub(super) fn rights(&mut self, p: &Principal) -> Rc<Rights> {
        let all = || p.held.iter().chain(&p.boundary).chain(self.estate.levels(p).iter().flatten());
        let shared = p.lacks.is_none() && all().all(|held| self.documents[held.document].fixed.is_some());
        let mut key: Vec<usize> = p.held.iter().map(|held| held.document).collect();
        key.sort_unstable();
        key.dedup();
        key.extend([usize::MAX, p.account, usize::from(p.is_service_linked())]);
        key.extend(p.boundary.as_ref().map(|held| held.document));
        // Texts may be the same under two names, and names are in the answer when everything is allowed.
        let shared = shared && self.all_by(p).is_empty();
        if let Some(known) = self.known.get(&key).filter(|_| shared) {
            return Rc::clone(known);
        }
        let rights = Rc::new(self.work_out(p));
        if shared {
            self.known.insert(key, Rc::clone(&rights));
        }
        rights
    }

    /// What it may do, and whether its own policies allow anything.
    fn weigh(&self, p: &Principal) -> (Sets, bool) {
        let context = self.estate.asking(p, None, &[]);
        let layer = |held: &mut dyn Iterator<Item = &Held>| {
            Sets::join(&held.map(|held| self.sets(held.document, &context)).collect::<Vec<_>>())
        };
        let mut own = layer(&mut p.held.iter());
        let holds_any = !own.any.may.is_empty();
        let mut layers: Vec<Sets> = p.boundary.iter().map(|held| layer(&mut std::iter::once(held))).collect();
        layers.extend(self.estate.levels(p).iter().map(|level| layer(&mut level.iter())));
        let denied = Pair::join(&layers.iter().map(|l| &l.denied).chain([&own.denied]).collect::<Vec<_>>());
        let touched = Pair::join(&layers.iter().map(|l| &l.touched).chain([&own.touched]).collect::<Vec<_>>());
        self.narrow(p, &touched, &context, &mut own);
        for layer in &mut layers {
            let named = layer.any.must.subtract(&layer.every.must).subtract(&touched.may);
            layer.any.must = layer.every.must.union(&named);
            own.under(layer);
        }
        own.every.must = own.every.must.subtract(&denied.may).subtract(&touched.may);
        own.every.may = own.every.may.subtract(&denied.must).subtract(&touched.must);
        own.any.must = own.any.must.subtract(&denied.may);
        own.any.may = own.any.may.subtract(&denied.must);
        (own, holds_any)
    }

    fn work_out(&mut self, p: &Principal) -> Rights {
        let (mut own, holds_any) = self.weigh(p);
        let mut not_known = BTreeSet::new();
        if let Some(lacks) = &p.lacks {
            not_known.insert(format!("{lacks} is not among the data"));
        }
        let above = self.estate.levels(p).iter().flatten();
        for held in p.held.iter().chain(&p.boundary).chain(above) {
            if let Some(why) = self.documents[held.document].unreadable {
                not_known.insert(format!("{} cannot be read: {why}", held.name));
            }
        }
        if !not_known.is_empty() {
            // What was not read may deny anything.
            (own.every.must, own.any.must) = (ActionSet::empty(), ActionSet::empty());
        }
        let unlisted = p.held.iter().flat_map(|held| &self.documents[held.document].unlisted);
        let unlisted: BTreeSet<String> = unlisted.map(|action| (*action).to_owned()).collect();
        if !unlisted.is_empty() {
            not_known
                .insert(format!("it is granted actions that the action list of {} lacks", self.estate.table.date()));
        }
        let services = self.levels.services(&own.every, &own.any);
        let all = self.estate.table.services();
        // Only of those who have most of them it is told what they lack.
        let missing = if services.iter().filter(|s| s.full).count() * 2 > all.len() {
            // Both are in the order of the list.
            let mut full = services.iter().filter(|s| s.full).map(|s| s.prefix.as_str()).peekable();
            let lacks = |prefix: &&str| full.next_if_eq(prefix).is_none();
            all.iter().map(|one| one.prefix()).filter(lacks).map(str::to_owned).collect()
        } else {
            Vec::new()
        };
        Rights {
            holds_any,
            all_by: self.all_by(p),
            missing,
            services,
            of_services: self.estate.table.services().len(),
            certain: own.any.must.len(),
            possible: own.any.may.len(),
            unlisted,
            not_known,
        }
    }

    /// The policies that allow every action on every resource.
    fn all_by(&self, p: &Principal) -> Vec<String> {
        let all = self.estate.table.len();
        let full = |s: &Spoken<'_>| s.statement.allows() && s.parts.every.len() == all;
        let held = p.held.iter().filter(|held| self.documents[held.document].spoken.iter().any(full));
        let mut names: Vec<String> = held.map(|held| crate::access::short(&held.name).to_owned()).collect();
        names.dedup();
        names
    }

    fn sets(&self, at: usize, context: &dyn Context) -> Rc<Sets> {
        let document = &self.documents[at];
        match &document.fixed {
            Some(fixed) => Rc::clone(fixed),
            None => Rc::new(together(&document.spoken, &self.templates, context)),
        }
    }

    /// Takes from the Allow statements on named resources what a Deny on named resources takes or may take of them.
    fn narrow(&self, p: &Principal, touched: &Pair, context: &dyn Context, own: &mut Sets) {
        let named = own.any.may.subtract(&own.every.must);
        if named.intersect(&touched.may).is_empty() {
            return;
        }
        let above = self.estate.levels(p).iter().flatten();
        let mut denies: Vec<(&Spoken<'_>, Parts, Truth)> = Vec::new();
        for held in p.held.iter().chain(&p.boundary).chain(above) {
            for spoken in self.documents[held.document].spoken.iter().filter(|s| !s.statement.allows()) {
                let truth = spoken.statement.holds(context);
                let parts = spoken.parts(&self.templates, context);
                if truth.possible() && !(parts.some.is_empty() && parts.perhaps.is_empty()) {
                    denies.push((spoken, parts.into_owned(), truth));
                }
            }
        }
        let (mut must, mut may) = (vec![own.every.must.clone()], vec![own.every.may.clone()]);
        for spoken in p.held.iter().flat_map(|held| &self.documents[held.document].spoken) {
            let truth = if spoken.statement.allows() { spoken.statement.holds(context) } else { Truth::False };
            if !truth.possible() {
                continue;
            }
            let parts = spoken.parts(&self.templates, context);
            let mut certain = if truth.certain() { parts.some.clone() } else { ActionSet::empty() };
            let mut possible = parts.some.union(&parts.perhaps);
            for (deny, reached, holds) in &denies {
                let here = reached.some.union(&reached.perhaps).intersect(&possible);
                if here.is_empty() {
                    continue;
                }
                let overlap = overlap(deny.statement, spoken.statement, context);
                if overlap.possible() {
                    certain = certain.subtract(&here);
                }
                if overlap.and(*holds).certain() {
                    possible = possible.subtract(&reached.some);
                }
            }
            must.push(certain);
            may.push(possible);
        }
        own.any = Pair { must: ActionSet::union_all(&must), may: ActionSet::union_all(&may) };
    }
}

/// Whether a Deny takes the resources that an Allow names: all of them, some or perhaps, none.
fn overlap(deny: &Compiled, allow: &Compiled, context: &dyn Context) -> Truth {
    let Some(listed) = allow.source.resources.as_ref().filter(|listed| !listed.not) else { return Truth::Unknown };
    let each = listed.entries.iter().map(|entry| {
        // A variable stands for any text here.
        let text = opened(entry);
        let truth = deny.covers(&Target::new(&text, true), context);
        if text == *entry { truth } else { truth.doubted(truth.possible()) }
    });
    let (all, any) = each.fold((Truth::True, Truth::False), |(all, any), one| (all.and(one), any.or(one)));
    if all == any { all } else { Truth::Unknown }
}

impl Spoken<'_> {
    fn parts(&self, templates: &Templates, context: &dyn Context) -> Cow<'_, Parts> {
        match self.varies {
            true => Cow::Owned(templates.parts(self.statement, &self.set, context)),
            false => Cow::Borrowed(&self.parts),
        }
    }
}

fn prepare<'e>(
    document: &'e Document,
    table: &ActionTable,
    templates: &Templates,
    cache: &mut HashMap<String, ActionSet>,
) -> Prepared<'e> {
    let mut unlisted = Vec::new();
    let mut spoken = Vec::new();
    for statement in &document.policy.statements {
        let set = statement.actions(table, &mut |pattern| match cache.get(pattern) {
            Some(set) => set.clone(),
            None => cache.entry(pattern.to_owned()).or_insert(table.expand(pattern)).clone(),
        });
        if statement.allows() && !statement.source.actions.not {
            let entries = statement.source.actions.entries.iter();
            unlisted.extend(entries.filter(|e| cache.get(*e).is_some_and(ActionSet::is_empty)).map(String::as_str));
        }
        let varies = !statement.open_variables(&Nothing).is_empty();
        let parts = if varies { Parts::default() } else { templates.parts(statement, &set, &Nothing) };
        let conditional = !statement.tests.is_empty();
        spoken.push(Spoken { statement, set, varies, conditional, parts });
    }
    let fixed = spoken.iter().all(|s| !s.varies && !s.conditional);
    let fixed = fixed.then(|| Rc::new(together(&spoken, templates, &Nothing)));
    Prepared { spoken, fixed, unreadable: document.unreadable.as_deref(), unlisted }
}

/// What statements say together.
fn together(all: &[Spoken<'_>], templates: &Templates, context: &dyn Context) -> Sets {
    let parts: Vec<_> = all
        .iter()
        .map(|s| (s.statement.allows(), s.statement.holds(context)))
        .zip(all)
        .filter(|((_, truth), _)| truth.possible())
        .map(|((allows, truth), s)| (allows, truth, s.parts(templates, context)))
        .collect();
    let pair = |allows: bool, sure: &dyn Fn(&Parts) -> ActionSet, open: &dyn Fn(&Parts) -> ActionSet| {
        let of = || parts.iter().filter(move |(a, _, _)| *a == allows);
        let must: Vec<ActionSet> = of().filter(|(_, t, _)| t.certain()).map(|(_, _, p)| sure(p)).collect();
        let may: Vec<ActionSet> = of().map(|(_, _, p)| open(p)).collect();
        Pair { must: ActionSet::union_all(&must), may: ActionSet::union_all(&may) }
    };
    let every = |parts: &Parts| parts.every.clone();
    let some = |parts: &Parts| parts.some.clone();
    Sets {
        every: pair(true, &every, &every),
        any: pair(true, &|p| p.every.union(&p.some), &|p| ActionSet::union_all([&p.every, &p.some, &p.perhaps])),
        denied: pair(false, &every, &|p| p.every.union(&p.nearly)),
        touched: pair(false, &some, &|p| p.some.union(&p.perhaps)),
    }
}
