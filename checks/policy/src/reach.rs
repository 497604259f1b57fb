//! Who is an administrator, who can become one and how, who gets in from outside, who can blind the logs.
//!
//! An administrator is allowed every action on every resource, save those of [`EXCLUDED`], under its boundary and SCPs. A Deny
//! takes that away when it takes an action of [`CORE`] on every resource: any other Deny an administrator can lift alone.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::access::{Access, Blocked, Certainty, Conditional, Escalation, Evidence, Hop, OneStep, Reaches, Unknown};
use crate::actions::{ActionId, ActionSet};
use crate::compile::Target;
use crate::estate::{Estate, Held, Principal, cite};
use crate::primitives::{Kind, Primitive};
use crate::truth::Truth;

/// Services that an administrator need not have: the organization, the account itself, and AWS's bill.
pub const EXCLUDED: [&str; 14] = [
    "organizations",
    "account",
    "aws-portal",
    "billing",
    "budgets",
    "ce",
    "consolidatedbilling",
    "cur",
    "freetier",
    "invoicing",
    "payments",
    "purchase-orders",
    "support",
    "tax",
];

/// What makes an administrator one: with these the holder can give itself the rest.
pub const CORE: [&str; 10] = [
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreatePolicyVersion",
    "iam:CreateRole",
    "iam:CreateUser",
    "iam:PassRole",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:UpdateAssumeRolePolicy",
];

/// In a path, the end that is no principal: the rights themselves.
pub const ADMINISTRATOR: &str = "administrator";

pub(crate) fn certainty(truth: Truth) -> Certainty {
    if truth.certain() { Certainty::Certain } else { Certainty::Possible }
}

/// Whether a principal is an administrator, or what keeps it from being one.
struct Standing {
    /// It holds the grant of an administrator.
    granted: Truth,
    grant: Option<Evidence>,
    /// Boundary, SCPs and Deny statements leave an administrator's rights to whoever has them.
    ceiling: Truth,
    cap: Option<Evidence>,
}

/// A step to more privilege.
#[derive(Clone)]
struct Step {
    /// The next principal; none for the rights themselves.
    to: Option<usize>,
    primitive: &'static str,
    truth: Truth,
    evidence: Arc<Vec<Evidence>>,
}

/// Whether an action is allowed on some resource, and on which.
#[derive(Clone)]
struct Found {
    truth: Truth,
    witness: Option<String>,
}

/// A primitive, what was found of its calls, and whether all of them are allowed.
type Ready<'a> = (&'a Primitive, Vec<(ActionId, Found)>, Truth);

/// Stepping stones that are looked at for each primitive of a principal.
const STONES: usize = 48;

/// The analysis of an estate.
pub struct Reach<'e> {
    estate: &'e Estate,
    core: Vec<ActionId>,
    pass: ActionId,
    required: ActionSet,
    primitives: Vec<Primitive>,
    /// Per document: which actions of the primitives its Allow statements name.
    interest: Vec<[u64; 4]>,
    interesting: Vec<ActionId>,
    standing: Vec<Standing>,
}

impl<'e> Reach<'e> {
    /// Judges every principal of an estate by itself.
    #[must_use]
    pub fn new(estate: &'e Estate) -> Reach<'e> {
        let table = estate.table;
        let core: Vec<ActionId> = CORE.iter().filter_map(|name| table.id(name)).collect();
        let excluded = ActionSet::union_all(&EXCLUDED.map(|service| table.expand(&format!("{service}:*"))));
        let required = ActionSet::all(table).subtract(&excluded);
        let primitives = crate::primitives::all(table);
        let mut interesting: Vec<ActionId> = primitives.iter().flat_map(|p| p.actions.iter().copied()).collect();
        interesting.sort_unstable();
        interesting.dedup();
        interesting.truncate(256);
        let interest = estate
            .documents
            .iter()
            .map(|document| {
                let mut mask = [0_u64; 4];
                for (at, action) in interesting.iter().enumerate() {
                    if document.unreadable.is_some() || document.allowed.contains(*action) {
                        mask[at / 64] |= 1 << (at % 64);
                    }
                }
                mask
            })
            .collect();
        let pass = table.id("iam:PassRole").unwrap_or(ActionId(u16::MAX));
        let mut reach = Reach { estate, core, pass, required, primitives, interest, interesting, standing: Vec::new() };
        reach.standing = estate.principals.iter().map(|p| reach.stand(p)).collect();
        reach
    }

    fn stand(&self, p: &Principal) -> Standing {
        let (granted, grant) = self.grants_everything(p, &p.held, "identity");
        let (ceiling, cap) = self.ceiling(p);
        Standing { granted, grant, ceiling, cap }
    }

    /// Whether the Allow statements of these policies together cover everything that is required.
    fn grants_everything(&self, p: &Principal, held: &[Held], layer: &str) -> (Truth, Option<Evidence>) {
        let context = self.estate.asking(p, &[]);
        let Some(probe) = self.core.first() else { return (Truth::Unknown, None) };
        let mut first = None;
        for policy in held {
            let document = &self.estate.documents[policy.document];
            for s in document.about(*probe) {
                if s.allows() && s.covers_everything() && s.holds(&context).possible() {
                    first.get_or_insert_with(|| cite(layer, policy, s, CORE[0]));
                }
            }
        }
        if first.is_none() {
            let blind =
                held.iter().any(|h| self.estate.documents[h.document].unreadable.is_some()) || p.lacks.is_some();
            return (if blind { Truth::Unknown } else { Truth::False }, None);
        }
        let (mut must, mut may) = (ActionSet::empty(), ActionSet::empty());
        for policy in held {
            for s in &self.estate.documents[policy.document].policy.statements {
                if !s.allows() || !s.covers_everything() {
                    continue;
                }
                let truth = s.holds(&context);
                if truth.possible() {
                    let set = s.actions(self.estate.table, &mut |pattern| self.estate.table.expand(pattern));
                    may = may.union(&set);
                    if truth.certain() {
                        must = must.union(&set);
                    }
                }
            }
        }
        if must.is_superset_of(&self.required) {
            (Truth::True, first)
        } else if may.is_superset_of(&self.required) {
            (Truth::Unknown, first)
        } else {
            (Truth::False, first)
        }
    }

    /// Whether boundary, SCPs and Deny statements leave the core of an administrator's rights.
    fn ceiling(&self, p: &Principal) -> (Truth, Option<Evidence>) {
        let context = self.estate.asking(p, &[]);
        let (mut found, mut cap) = (Truth::True, None);
        let mut lower = |truth: Truth, why: Option<Evidence>| {
            if truth < found {
                found = truth;
                cap = why;
            }
        };
        let mut cut = |held: &Held, layer: &str| {
            for action in &self.core {
                for s in self.estate.documents[held.document].about(*action) {
                    // A Deny on everything but something is one on everything, for whoever seeks a way.
                    let wide = s.covers_everything() || s.source.resources.as_ref().is_some_and(|r| r.not);
                    if !s.allows() && wide {
                        lower(!s.holds(&context), Some(cite(layer, held, s, self.estate.table.name(*action))));
                    }
                }
            }
        };
        let above: Vec<&Held> = self.estate.scp.iter().flatten().flatten().collect();
        let linked = p.path.starts_with("/aws-service-role/");
        p.held.iter().for_each(|held| cut(held, "identity"));
        p.boundary.iter().for_each(|held| cut(held, "boundary"));
        if !linked {
            above.iter().for_each(|held| cut(held, "scp"));
        }
        if let Some(boundary) = &p.boundary {
            let (truth, _) = self.grants_everything(p, std::slice::from_ref(boundary), "boundary");
            lower(truth, Some(whole("boundary", boundary)));
        }
        for level in self.estate.scp.iter().flatten().filter(|_| !linked) {
            let (truth, _) = self.grants_everything(p, level, "scp");
            lower(truth, level.first().map(|held| whole("scp", held)));
        }
        if p.lacks.is_some() {
            lower(Truth::Unknown, None);
        }
        (found, cap)
    }

    fn administrator(&self, at: usize) -> Truth {
        self.standing[at].granted.and(self.standing[at].ceiling)
    }

    fn names(&self, p: &Principal, action: ActionId) -> bool {
        let Ok(at) = self.interesting.binary_search(&action) else { return false };
        p.lacks.is_some() || p.held.iter().any(|held| self.interest[held.document][at / 64] & (1 << (at % 64)) != 0)
    }

    /// Resources to ask about when it only matters whether there is one: those that its own Allow statements name.
    fn witnesses(&self, p: &Principal, action: ActionId) -> Vec<String> {
        let table = self.estate.table;
        if !table.takes_resource(action) {
            return vec!["*".to_owned()];
        }
        let account = &self.estate.accounts[p.account].account;
        let mut found: Vec<String> = Vec::new();
        for held in &p.held {
            for s in self.estate.documents[held.document].about(action).filter(|s| s.allows()) {
                if s.covers_everything() || s.source.resources.as_ref().is_some_and(|r| r.not) {
                    found.extend(
                        table.resource_types(action).map(|(_, template)| fill(template, account, "any")).take(2),
                    );
                } else {
                    let entries = s.source.resources.iter().flat_map(|r| &r.entries).filter(|e| !e.contains("${"));
                    found.extend(entries.take(6).map(|e| e.replace('*', "any").replace('?', "a")));
                }
            }
        }
        found.dedup();
        found.truncate(16);
        found
    }

    /// Whether a principal may do an action on some resource at all, and on which.
    fn some(&self, p: &Principal, action: ActionId) -> Found {
        let mut best = Found { truth: if p.lacks.is_some() { Truth::Unknown } else { Truth::False }, witness: None };
        for witness in self.witnesses(p, action) {
            let truth = self.estate.allowed(p, action, &Target::one(&witness), ATTACH_ADMIN);
            if truth > best.truth || best.witness.is_none() {
                best = Found { truth: truth.max(best.truth), witness: Some(witness) };
            }
            if best.truth.certain() {
                break;
            }
        }
        best
    }

    /// The statements behind what [`Reach::some`] found: those that grant, and the one against.
    fn why(&self, p: &Principal, action: ActionId, found: &Found) -> (Vec<Evidence>, Option<Evidence>) {
        let Some(witness) = &found.witness else { return (Vec::new(), None) };
        let point = self.estate.point(p, action, &Target::one(witness), ATTACH_ADMIN);
        (point.by.into_iter().collect(), point.against)
    }

    /// The whole analysis.
    #[must_use]
    pub fn access(&self) -> Access {
        let mut access = Access::default();
        let estate = self.estate;
        for (at, p) in estate.principals.iter().enumerate() {
            let standing = &self.standing[at];
            match self.administrator(at) {
                Truth::True => {
                    access.administrators.push(p.arn.clone());
                }
                Truth::Unknown if standing.grant.is_some() => {
                    let residual = self.open_conditions(p);
                    access.conditional_administrators.push(Conditional { principal: p.arn.clone(), residual });
                }
                Truth::False if standing.granted.possible() => {
                    let by = standing
                        .cap
                        .as_ref()
                        .map_or_else(|| "a layer above".to_owned(), |e| format!("{} {}", e.layer, e.policy));
                    let evidence = standing.grant.iter().chain(&standing.cap).cloned().collect();
                    access.blocked.push(Blocked {
                        principal: p.arn.clone(),
                        what: "administrator grant".to_owned(),
                        by,
                        evidence,
                    });
                }
                _ => {}
            }
        }
        let steps = self.steps(&mut access);
        self.paths(&steps, &mut access);
        crate::outside::outside(estate, |at| self.administrator(at).possible(), &mut access);
        crate::outside::log_tamper(estate, |at| self.administrator(at).certain(), &mut access);
        self.unknown(&mut access);
        access
    }

    fn open_conditions(&self, p: &Principal) -> Vec<String> {
        let context = self.estate.asking(p, &[]);
        let mut open = Vec::new();
        for held in p.held.iter().chain(&p.boundary).chain(self.estate.scp.iter().flatten().flatten()) {
            for action in &self.core {
                for s in self.estate.documents[held.document].about(*action) {
                    let effect = if s.allows() { "" } else { "not " };
                    open.extend(s.open_conditions(&context).map(|c| format!("{effect}{c} ({})", held.name)));
                }
            }
        }
        open.sort();
        open.dedup();
        if let Some(lacks) = &p.lacks {
            open.push(format!("{lacks} is not among the data"));
        }
        open
    }

    /// The direct steps of every principal that is no administrator, and what is blocked.
    fn steps(&self, access: &mut Access) -> Vec<Vec<Step>> {
        let estate = self.estate;
        let mut all: Vec<Vec<Step>> = vec![Vec::new(); estate.principals.len()];
        let order = self.order();
        // The ways to run code as a role, by the service that it is passed to: what differs is only which calls start it.
        let mut groups: BTreeMap<&str, Vec<&Primitive>> = BTreeMap::new();
        for primitive in self.primitives.iter().filter(|p| p.kind == Kind::Pass) {
            if let Some(service) = &primitive.service {
                groups.entry(service).or_default().push(primitive);
            }
        }
        groups.values_mut().for_each(|list| list.sort_by_key(|p| p.actions.len()));
        let trusting: BTreeMap<&str, Vec<(usize, Truth)>> = groups
            .keys()
            .map(|service| {
                let trusts =
                    |at: &usize| (*at, crate::outside::trusts_service(estate, &estate.principals[*at], service));
                (*service, order.iter().map(trusts).filter(|(_, truth)| truth.possible()).collect())
            })
            .collect();
        let changes: Vec<&Primitive> =
            self.primitives.iter().filter(|p| matches!(p.kind, Kind::Own | Kind::Other)).collect();
        for (at, p) in estate.principals.iter().enumerate() {
            // A service-linked role acts for its service alone: nobody can take it to go further.
            if self.administrator(at).certain() || p.path.starts_with("/aws-service-role/") {
                continue;
            }
            let mut known: BTreeMap<ActionId, Found> = BTreeMap::new();
            let mut look = |action: ActionId| known.entry(action).or_insert_with(|| self.some(p, action)).clone();
            for primitive in &changes {
                if !primitive.actions.iter().all(|a| self.names(p, *a)) {
                    continue;
                }
                let found: Vec<(ActionId, Found)> = primitive.actions.iter().map(|a| (*a, look(*a))).collect();
                let steps = if Truth::all(found.iter().map(|(_, f)| f.truth)).possible() {
                    self.changes(at, p, primitive, &order)
                } else {
                    Vec::new()
                };
                self.tell(at, p, &[primitive], &found, steps, None, access, &mut all[at]);
            }
            if !self.names(p, self.pass) {
                continue;
            }
            for (service, primitives) in &groups {
                let named = |primitive: &&&Primitive| primitive.actions.iter().all(|a| self.names(p, *a));
                let rest = |primitive: &Primitive, look: &mut dyn FnMut(ActionId) -> Found| -> Vec<(ActionId, Found)> {
                    primitive.actions.iter().filter(|a| **a != self.pass).map(|a| (*a, look(*a))).collect()
                };
                let mut ready: Vec<Ready<'_>> = Vec::new();
                for primitive in primitives.iter().filter(named) {
                    let found = rest(primitive, &mut look);
                    let truth = Truth::all(found.iter().map(|(_, f)| f.truth));
                    ready.push((primitive, found, truth));
                }
                let Some(best) = ready.iter().max_by_key(|(p, _, truth)| (*truth, std::cmp::Reverse(p.actions.len())))
                else {
                    continue;
                };
                let given = [("iam:passedtoservice", *service)];
                let roles = &trusting[service];
                let mut steps = Vec::new();
                let mut others = 0;
                for (to, trust) in roles.iter().filter(|_| best.2.possible()) {
                    let admin = self.administrator(*to).possible();
                    others += usize::from(!admin);
                    if *to == at || others > STONES {
                        continue;
                    }
                    let target = Target::one(&estate.principals[*to].arn);
                    let truth = estate.allowed(p, self.pass, &target, &given).and(*trust).and(best.2);
                    if truth.possible() {
                        steps.push((*to, truth));
                        if admin && truth.certain() {
                            break;
                        }
                    }
                }
                let mut found = vec![(self.pass, look(self.pass))];
                found.extend(best.1.iter().cloned());
                let mut told: Vec<&Primitive> = vec![best.0];
                told.extend(
                    ready.iter().filter(|(p, _, truth)| p.id != best.0.id && *truth == best.2).map(|(p, _, _)| *p),
                );
                let steps = steps.into_iter().map(|(to, truth)| (Some(to), truth)).collect();
                let nobody = roles.is_empty().then(|| format!("no role trusts {service}"));
                self.tell(at, p, &told, &found, steps, nobody, access, &mut all[at]);
            }
        }
        self.assume(&mut all);
        all
    }

    /// The principals, administrators first: who leads nowhere is asked last.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.estate.principals.len()).collect();
        order.sort_by_key(|at| (std::cmp::Reverse(self.administrator(*at)), *at));
        order
    }

    /// Writes down what a principal holds of one primitive (or several that do the same), or what blocks it.
    #[expect(clippy::too_many_arguments, reason = "one place for what the two kinds of primitives have in common")]
    fn tell(
        &self,
        at: usize,
        p: &Principal,
        primitives: &[&Primitive],
        found: &[(ActionId, Found)],
        steps: Vec<(Option<usize>, Truth)>,
        nobody: Option<String>,
        access: &mut Access,
        all: &mut Vec<Step>,
    ) {
        let Some(primitive) = primitives.first() else { return };
        let held = Truth::all(found.iter().map(|(_, f)| f.truth));
        let mut evidence = Vec::new();
        let mut against = None;
        for (action, one) in found {
            let (by, stop) = self.why(p, *action, one);
            evidence.extend(by);
            against = against.or(stop.filter(|_| !one.truth.certain()));
        }
        evidence.dedup();
        if !held.possible() || nobody.is_some() {
            let layer = against.as_ref().map(|e| format!("{} {}", e.layer, e.policy));
            let by = nobody.or(layer).unwrap_or_else(|| "no resource that its statements share".to_owned());
            evidence.extend(against);
            access.blocked.push(Blocked { principal: p.arn.clone(), what: primitive.id.to_owned(), by, evidence });
            return;
        }
        let wins = |to: Option<usize>| match to {
            None => Truth::True,
            Some(to) if primitive.gives_all => self.standing[to].ceiling,
            Some(to) => self.administrator(to),
        };
        let best = steps.iter().max_by_key(|(to, truth)| (wins(*to).and(*truth), *truth)).copied();
        let (reaches, truth, example) = match best {
            Some((to, truth)) if wins(to).possible() => (Reaches::Administrator, truth.and(wins(to)), to),
            Some((to, truth)) => (Reaches::Others, truth, to),
            // It holds the calls, and nothing that it can turn them on is known to lead further.
            None => (Reaches::Others, Truth::Unknown, None),
        };
        let capped = primitive.kind == Kind::Own && best.is_none() && self.standing[at].ceiling == Truth::False;
        if let Some(cap) = self.standing[at].cap.as_ref().filter(|_| capped) {
            let by = format!("{} {}", cap.layer, cap.policy);
            let evidence = evidence.iter().chain([cap]).cloned().collect();
            access.blocked.push(Blocked { principal: p.arn.clone(), what: primitive.id.to_owned(), by, evidence });
        }
        let evidence = Arc::new(evidence);
        all.extend(steps.iter().map(|(to, truth)| Step {
            to: *to,
            primitive: primitive.id,
            truth: *truth,
            evidence: Arc::clone(&evidence),
        }));
        access.one_step.push(OneStep {
            principal: p.arn.clone(),
            primitive: primitive.id.to_owned(),
            also: primitives.iter().skip(1).map(|p| p.id.to_owned()).collect(),
            certainty: certainty(truth.and(held)),
            reaches,
            example: example.map(|to| self.estate.principals[to].arn.clone()),
            evidence: evidence.to_vec(),
        });
    }

    /// Where changing policies or credentials leads: to an administrator's rights, and to a few other principals as stepping stones.
    fn changes(&self, at: usize, p: &Principal, primitive: &Primitive, order: &[usize]) -> Vec<(Option<usize>, Truth)> {
        let estate = self.estate;
        let on = |arn: &str| {
            let target = Target::one(arn);
            Truth::all(primitive.actions.iter().map(|a| estate.allowed(p, *a, &target, ATTACH_ADMIN)))
        };
        if primitive.kind == Kind::Own {
            let truth = if primitive.on_policy {
                let own = p.held.iter().filter(|h| h.name.starts_with("arn:") && !h.name.contains(":iam::aws:"));
                Truth::any(own.map(|held| on(&held.name)))
            } else if primitive.on_group {
                let groups = estate.accounts[p.account].groups.iter().filter(|g| p.groups.contains(&g.name));
                Truth::any(groups.map(|g| on(&g.arn)))
            } else if primitive.on_role == p.user || p.is_protected() {
                Truth::False
            } else {
                on(&p.arn)
            };
            let truth = truth.and(self.standing[at].ceiling);
            return if truth.possible() && primitive.gives_all { vec![(None, truth)] } else { Vec::new() };
        }
        let (mut found, mut others) = (Vec::new(), 0);
        for to in order.iter().copied() {
            let target = &estate.principals[to];
            if to == at || target.user == primitive.on_role || (target.is_protected() && primitive.changes) {
                continue;
            }
            let wins = if primitive.gives_all { self.standing[to].ceiling } else { self.administrator(to) };
            others += usize::from(!wins.possible() || primitive.gives_all);
            // Further ones only serve as stepping stones: a few are enough to show where it leads.
            if others > STONES {
                break;
            }
            let truth = on(&target.arn);
            if truth.possible() {
                found.push((Some(to), truth));
                if truth.and(wins).certain() {
                    break;
                }
            }
        }
        found
    }

    /// Steps by `sts:AssumeRole` along trust policies.
    fn assume(&self, all: &mut [Vec<Step>]) {
        let estate = self.estate;
        let Some(assume) = estate.table.id("sts:AssumeRole") else { return };
        let callers: Vec<usize> = (0..all.len()).filter(|at| self.names(&estate.principals[*at], assume)).collect();
        for (to, role) in estate.principals.iter().enumerate().filter(|(_, p)| !p.user) {
            let trust = crate::outside::trust_of(estate, role);
            let target = Target::one(&role.arn);
            let mut add = |from: usize, truth: Truth, evidence: Vec<Evidence>| {
                let evidence = Arc::new(evidence);
                if from != to && truth.possible() && !self.administrator(from).certain() {
                    all[from].push(Step { to: Some(to), primitive: "assume", truth, evidence });
                }
            };
            for (arn, truth, evidence) in &trust.named {
                let Some(from) = estate.by_arn.get(arn).copied() else { continue };
                let caller = &estate.principals[from];
                if caller.account == role.account {
                    // Named by its trust policy, a principal of the same account needs no Allow of its own.
                    let denied = estate.denied(caller, assume, &target);
                    add(from, truth.and(!denied), vec![evidence.clone()]);
                } else {
                    let point = estate.point(caller, assume, &target, &[]);
                    add(from, truth.and(point.allowed), point.by.into_iter().chain([evidence.clone()]).collect());
                }
            }
            for (account, truth, evidence) in &trust.accounts {
                for from in &callers {
                    let caller = &estate.principals[*from];
                    if estate.accounts[caller.account].account != *account {
                        continue;
                    }
                    let allowed = estate.allowed(caller, assume, &target, &[]);
                    if allowed.possible() {
                        let point = estate.point(caller, assume, &target, &[]);
                        add(*from, truth.and(allowed), point.by.into_iter().chain([evidence.clone()]).collect());
                    }
                }
            }
        }
    }

    /// Shortest paths to an administrator: along certain steps first, then along possible ones.
    fn paths(&self, steps: &[Vec<Step>], access: &mut Access) {
        let estate = self.estate;
        let mut next: Vec<Option<Step>> = vec![None; steps.len()];
        let mut sure = vec![false; steps.len()];
        for certain in [true, false] {
            let mut back: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            let mut queue = VecDeque::new();
            for (from, list) in steps.iter().enumerate() {
                if next[from].is_some() || self.administrator(from).certain() {
                    continue;
                }
                for step in list.iter().filter(|s| !certain || s.truth.certain()) {
                    let wins = match step.to {
                        None => Truth::True,
                        Some(to) if gives_all(&self.primitives, step.primitive) => self.standing[to].ceiling,
                        Some(to) => self.administrator(to),
                    };
                    if (certain && wins.certain()) || (!certain && wins.possible()) {
                        if next[from].as_ref().is_none_or(|old| old.truth < step.truth) {
                            next[from] = Some(step.clone());
                        }
                    } else if let Some(to) = step.to {
                        back.entry(to).or_default().push(from);
                    }
                }
            }
            queue.extend((0..steps.len()).filter(|at| next[*at].is_some()));
            while let Some(to) = queue.pop_front() {
                sure[to] |= certain;
                for from in back.get(&to).into_iter().flatten() {
                    if next[*from].is_none() {
                        let step = steps[*from].iter().filter(|s| s.to == Some(to) && (!certain || s.truth.certain()));
                        next[*from] = step.max_by_key(|s| s.truth).cloned();
                        if next[*from].is_some() {
                            queue.push_back(*from);
                        }
                    }
                }
            }
        }
        for from in 0..steps.len() {
            if next[from].is_none() {
                continue;
            }
            let (mut path, mut at, mut worst) = (Vec::new(), from, Truth::True);
            while let Some(step) = &next[at] {
                if path.len() > steps.len() || self.administrator(at).certain() {
                    break;
                }
                worst = worst.and(step.truth);
                let to = step.to.map_or(ADMINISTRATOR.to_owned(), |to| estate.principals[to].arn.clone());
                path.push(Hop {
                    from: estate.principals[at].arn.clone(),
                    to,
                    primitive: step.primitive.to_owned(),
                    certainty: certainty(step.truth),
                    evidence: step.evidence.to_vec(),
                });
                match step.to {
                    Some(to) if !gives_all(&self.primitives, step.primitive) => at = to,
                    _ => break,
                }
            }
            // Who is an administrator under conditions is told as such: no path that is as open adds to it.
            if self.administrator(from).possible()
                && self.standing[from].grant.is_some()
                && !(sure[from] && worst.certain())
            {
                continue;
            }
            let to = path.last().map(|hop| hop.to.clone()).unwrap_or_default();
            let worst = if sure[from] { worst } else { worst.and(Truth::Unknown) };
            access.escalations.push(Escalation {
                from: estate.principals[from].arn.clone(),
                to,
                certainty: certainty(worst),
                path,
            });
        }
    }

    /// What was not judged, and why.
    fn unknown(&self, access: &mut Access) {
        let estate = self.estate;
        for (at, document) in estate.documents.iter().enumerate() {
            let holders: Vec<&Principal> = estate
                .principals
                .iter()
                .filter(|p| p.trust == Some(at) || p.held.iter().any(|h| h.document == at))
                .collect();
            let Some(first) = holders.first() else { continue };
            let why = match &document.unreadable {
                Some(error) => error.clone(),
                None => match document.policy.problems.first() {
                    Some(problem) => problem.to_string(),
                    None => continue,
                },
            };
            access.unknown.push(Unknown {
                what: "a policy that cannot be read whole".to_owned(),
                count: u32::try_from(holders.len()).unwrap_or(u32::MAX),
                why,
                example: Some(first.arn.clone()),
            });
        }
        for account in estate.accounts.iter().filter(|a| !a.complete) {
            access.unknown.push(Unknown {
                what: format!("account {}", account.account),
                count: 1,
                why: "the last page says that there are more: principals and policies are lacking".to_owned(),
                example: None,
            });
        }
        for primitive in &self.primitives {
            let why = match primitive.kind {
                Kind::Workload => "workloads and what runs on them were not collected",
                Kind::Provider => "identity providers and permission sets were not collected",
                Kind::Guardrail => "what remains when the guardrail is lifted is not judged",
                Kind::Own | Kind::Other | Kind::Pass => continue,
            };
            let mut holders = estate.principals.iter().enumerate().filter(|(at, p)| {
                !self.administrator(*at).certain()
                    && !primitive.actions.is_empty()
                    && primitive.actions.iter().all(|a| self.names(p, *a))
            });
            if let Some((_, first)) = holders.next() {
                let count = u32::try_from(holders.count() + 1).unwrap_or(u32::MAX);
                access.unknown.push(Unknown {
                    what: format!("{} (allowed by name)", primitive.id),
                    count,
                    why: why.to_owned(),
                    example: Some(first.arn.clone()),
                });
            }
        }
    }
}

/// Whoever may attach a policy would choose this one.
const ATTACH_ADMIN: &[(&str, &str)] = &[("iam:policyarn", "arn:aws:iam::aws:policy/AdministratorAccess")];

/// An ARN of a kind: the account as it is, each other part `with`.
pub(crate) fn fill(template: &str, account: &str, with: &str) -> String {
    let text = template.replace("${Partition}", "aws").replace("${Account}", account);
    let text = if with == "*" { text } else { text.replace("${Region}", "us-east-1") };
    let (mut out, mut rest) = (String::new(), text.as_str());
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        out.push_str(with);
        rest = after.split_once('}').map_or("", |(_, tail)| tail);
    }
    out + rest
}

fn gives_all(primitives: &[Primitive], id: &str) -> bool {
    primitives.iter().any(|p| p.id == id && p.gives_all)
}

fn whole(layer: &str, held: &Held) -> Evidence {
    Evidence {
        layer: layer.to_owned(),
        policy: held.name.to_string(),
        version: held.version.as_deref().map(str::to_owned),
        ..Evidence::default()
    }
}
