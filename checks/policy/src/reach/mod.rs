//! Who is an administrator, who can become one and how, who gets in from outside, who can blind the logs.
//!
//! An administrator is allowed every action on every resource, save those of [`EXCLUDED`], under its boundary and SCPs. A Deny
//! takes that away when it takes an action of [`CORE`] on every resource: any other Deny an administrator can lift alone.
//!
//! What is certain follows from the policies whatever a request looks like. That a user has room for another access key, or
//! that a cluster runs, policies do not tell: the first is taken for granted, a way that needs the second is only possible.

mod asking;
mod domain;
mod lifts;
mod organization;
mod outside;
mod paths;
mod populations;
mod primitives;
mod standing;
mod steps;
mod taking;
mod tamper;
mod trust;
mod weighed;

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::access::{Access, Blocked, Conditional, Evidence, Unknown};
use crate::actions::ActionId;
use crate::compile::{Action, Target};
use crate::estate::{Estate, Held, Principal};
use crate::truth::Truth;
use asking::{Probe, probes_of};
use domain::{Domain, Sweep};
use lifts::{Lift, Variant};
use populations::Populations;
use primitives::{Kind, Primitive};
use standing::{Bar, Standing};
use steps::Unjudged;

pub(crate) use outside::parties;
pub use primitives::{count as known_ways, date as known_ways_date};
pub use standing::{CORE, EXCLUDED};
pub(crate) use weighed::{Asked, weighed};

/// In a path, the end that is no principal: the rights themselves.
pub const ADMINISTRATOR: &str = "administrator";

/// What an action is asked on.
#[derive(Debug, Clone)]
enum On {
    /// The principal that the step leads to.
    Member,
    /// Something of this ARN.
    Text(Rc<str>),
    /// Any resource that it works on.
    Some,
}

/// What the actor chooses in its request.
#[derive(Debug, Clone)]
enum Given {
    /// Nothing.
    Nothing,
    /// `AdministratorAccess`, to attach.
    Attach,
    /// `AdministratorAccess`, as a boundary.
    Boundary,
    /// A policy, to detach.
    Policy(Rc<str>),
    /// The service that a role is passed to.
    Service(&'static str),
    /// The task of a root session that opens the account: a root password.
    RootTask,
}

/// A call that a step needs.
#[derive(Debug, Clone)]
struct Ask {
    action: ActionId,
    on: On,
    given: Given,
}

/// Whom a step leads to.
#[derive(Debug, Clone)]
enum To {
    /// The rights of an administrator themselves.
    Rights(Truth),
    /// One principal, or a variant of the actor.
    One(usize, Truth),
    /// Members of a population.
    Hub(usize, Rc<Sweep>),
}

/// A step to more privilege.
#[derive(Debug, Clone)]
struct Step {
    to: To,
    primitive: &'static str,
    /// The trust policy of the role is part of its evidence.
    by_trust: bool,
    why: Rc<[Ask]>,
    best: Option<Best>,
}

/// The best that a step leads to.
#[derive(Debug, Clone, Copy)]
struct Best {
    to: Option<usize>,
    truth: Truth,
    /// Whether that ends at an administrator's rights.
    wins: Truth,
}

impl Best {
    /// What is better to know comes later.
    fn rank(&self) -> (Truth, Truth) {
        (self.truth.and(self.wins), self.truth)
    }
}

/// The analysis of an estate.
pub struct Reach<'e> {
    estate: &'e Estate,
    bar: Bar,
    primitives: Vec<Primitive>,
    /// Primitives of which the action list lacks an action.
    lacking: Vec<&'static str>,
    interesting: Vec<ActionId>,
    /// Per document: which actions of the primitives its Allow statements name.
    interest: Vec<Vec<u64>>,
    /// Per principal and variant: the same, of all that it holds.
    masks: Vec<Vec<u64>>,
    standing: Vec<Standing>,
    variants: Vec<Variant>,
    /// By principal: how it becomes which variant.
    lifted: HashMap<usize, Vec<Lift>>,
    /// Principals of which not every variant was looked at.
    left_out: Vec<usize>,
    domains: Vec<Domain<'e>>,
    populations: Populations,
    /// Per principal: the populations it is in, with its place.
    places: Vec<Vec<(usize, u32)>>,
    probes: HashMap<(usize, ActionId), Rc<Vec<Probe>>>,
    /// By account: the ARN of `AdministratorAccess`.
    strongest: Vec<String>,
    /// By account: the ARN of the task policy that creates a root password.
    root_task: Vec<String>,
    /// Actions that are told which policy.
    attaching: Vec<ActionId>,
    assume: Action,
    pass: Option<ActionId>,
    rewrite: Option<ActionId>,
}

impl<'e> Reach<'e> {
    /// Judges every principal of an estate by itself.
    #[must_use]
    pub fn new(estate: &'e Estate) -> Reach<'e> {
        let table = estate.table;
        let (mut primitives, lacking) = primitives::all(table);
        let mut interesting: Vec<ActionId> = primitives.iter().flat_map(|p| p.actions.iter().copied()).collect();
        interesting.extend(table.id(trust::ASSUME));
        interesting.sort_unstable();
        interesting.dedup();
        let words = interesting.len().div_ceil(64);
        let mask = |names: &dyn Fn(ActionId) -> bool| {
            let mut mask = vec![0_u64; words];
            for (at, _) in interesting.iter().enumerate().filter(|(_, action)| names(**action)) {
                mask[at / 64] |= 1 << (at % 64);
            }
            mask
        };
        for primitive in &mut primitives {
            let by_trust = |action| primitive.is_by_trust() && Some(action) == table.id(trust::ASSUME);
            primitive.mask = mask(&|action| primitive.actions.contains(&action) && !by_trust(action));
        }
        let interest = estate
            .documents
            .iter()
            .map(|document| mask(&|action| document.unreadable.is_some() || document.allowed.contains(action)))
            .collect();
        let strongest = estate
            .accounts
            .iter()
            .map(|account| format!("arn:{}:iam::aws:policy/AdministratorAccess", account.partition))
            .collect();
        let root_task = estate
            .accounts
            .iter()
            .map(|account| format!("arn:{}:iam::aws:policy/root-task/IAMCreateRootUserPassword", account.partition))
            .collect();
        let mut probes = HashMap::new();
        for account in 0..estate.accounts.len() {
            for action in &interesting {
                probes.insert((account, *action), Rc::new(probes_of(estate, account, *action)));
            }
        }
        let bar = Bar::new(estate);
        let takes_policy =
            |action: &ActionId| table.condition_keys(*action).any(|key| key.eq_ignore_ascii_case("iam:PolicyARN"));
        let attaching = interesting.iter().copied().filter(takes_policy).collect();
        let mut reach = Reach {
            estate,
            bar,
            primitives,
            lacking,
            interesting,
            interest,
            masks: Vec::new(),
            standing: Vec::new(),
            variants: Vec::new(),
            lifted: HashMap::new(),
            left_out: Vec::new(),
            domains: Vec::new(),
            populations: Populations::default(),
            places: vec![Vec::new(); estate.principals.len()],
            probes,
            strongest,
            root_task,
            attaching,
            pass: table.id("iam:PassRole"),
            rewrite: table.id("iam:CreatePolicyVersion"),
            assume: Action { name: trust::ASSUME.to_owned(), id: table.id(trust::ASSUME) },
        };
        reach.masks = estate.principals.iter().map(|p| reach.mask_of_principal(p)).collect();
        reach.standing = estate.principals.iter().map(|p| reach.bar.judge(estate, p)).collect();
        let lifted = reach.lifts();
        let anybody = estate.accounts.iter().enumerate().map(|(at, account)| Variant::anybody(at, &account.account));
        for variant in lifted.variants.into_iter().chain(anybody) {
            reach.masks.push(reach.mask_of_principal(&variant.principal));
            reach.standing.push(reach.bar.judge(estate, &variant.principal));
            reach.variants.push(variant);
        }
        (reach.lifted, reach.left_out) = (lifted.steps, lifted.left_out);
        reach
    }

    /// A principal, or a variant of one.
    fn actor(&self, at: usize) -> &Principal {
        match at.checked_sub(self.estate.principals.len()) {
            Some(variant) => &self.variants[variant].principal,
            None => &self.estate.principals[at],
        }
    }

    /// The principal that an actor is, or comes from; none for any member of a group.
    fn base(&self, at: usize) -> Option<usize> {
        at.checked_sub(self.estate.principals.len()).map_or(Some(at), |variant| self.variants[variant].of)
    }

    fn administrator(&self, at: usize) -> Truth {
        self.standing[at].administrator()
    }

    fn mask_of(&self, held: &[Held]) -> Vec<u64> {
        let mut mask = vec![0_u64; self.interesting.len().div_ceil(64)];
        for one in held {
            mask.iter_mut().zip(&self.interest[one.document]).for_each(|(all, more)| *all |= more);
        }
        mask
    }

    fn mask_of_principal(&self, p: &Principal) -> Vec<u64> {
        let mask = self.mask_of(&p.held);
        if p.lacks.is_some() { vec![u64::MAX; mask.len()] } else { mask }
    }

    /// Whether an actor's Allow statements name an action.
    fn names(&self, at: usize, action: ActionId) -> bool {
        self.interesting.binary_search(&action).is_ok_and(|place| self.masks[at][place / 64] & (1 << (place % 64)) != 0)
    }

    /// Whether they name all that a primitive needs.
    fn names_all(&self, at: usize, primitive: &Primitive) -> bool {
        !primitive.actions.is_empty() && self.masks[at].iter().zip(&primitive.mask).all(|(all, one)| all & one == *one)
    }

    fn is_anybody(&self, at: usize) -> bool {
        at.checked_sub(self.estate.principals.len()).is_some_and(|variant| self.variants[variant].anybody)
    }

    fn names_id(&self, at: usize, id: &str) -> bool {
        self.primitives.iter().any(|p| p.id == id && self.names_all(at, p))
    }

    /// Whether taking a principal, or giving it every right, ends at an administrator.
    fn wins(&self, to: usize, gives_all: bool) -> Truth {
        if gives_all { self.standing[to].ceiling } else { self.administrator(to) }
    }

    /// The best that a step leads to: an administrator if there is one, else anybody.
    fn best(&self, from: usize, to: &To, gives_all: bool) -> Option<Best> {
        match to {
            To::Rights(truth) => Some(Best { to: None, truth: *truth, wins: Truth::True }),
            To::One(to, truth) => {
                let wins = self.wins(*to, gives_all);
                truth.possible().then_some(Best { to: Some(*to), truth: *truth, wins })
            }
            To::Hub(domain, sweep) => self.best_of(self.base(from), &self.domains[*domain], sweep, gives_all),
        }
    }

    fn best_of(&self, own: Option<usize>, domain: &Domain<'_>, sweep: &Sweep, gives_all: bool) -> Option<Best> {
        let best: Cell<Option<Best>> = Cell::new(None);
        let offer = |place: u32| {
            let member = domain.members[place as usize];
            let truth = sweep.at(place).and(member.truth);
            if Some(member.who) == own || !truth.possible() {
                return Truth::False;
            }
            let one = Best { to: Some(member.who), truth, wins: self.wins(member.who, gives_all) };
            if best.get().is_none_or(|old| one.rank() > old.rank()) {
                best.set(Some(one));
            }
            truth.and(one.wins)
        };
        let winners = if gives_all { &domain.ceilings } else { &domain.administrators };
        if !sweep.rest.possible() && sweep.told_singly() < winners.sure.len() + winners.maybe.len() {
            let _ = sweep.singly().any(|place| offer(place).certain());
            return best.get();
        }
        let _ = winners.sure.iter().any(|place| offer(*place).certain())
            || winners.maybe.iter().any(|place| offer(*place).possible());
        if best.get().is_none_or(|found| !found.wins.possible()) {
            let rest = 0..u32::try_from(domain.members.len()).unwrap_or(u32::MAX);
            let reached = |place: u32| {
                offer(place);
                let member = domain.members[place as usize];
                Some(member.who) != own && sweep.at(place).and(member.truth).possible()
            };
            let _ = if sweep.rest.possible() { rest.into_iter().any(reached) } else { sweep.singly().any(reached) };
        }
        best.get()
    }

    fn places_of(&self, at: usize) -> &[(usize, u32)] {
        self.places.get(at).map_or(&[], Vec::as_slice)
    }

    /// The statements that a step rests on.
    fn evidence(&self, from: usize, step: &Step, to: Option<usize>) -> Vec<Evidence> {
        let p = self.actor(from);
        // One or two as a rule, kept for every step that is told.
        let mut found: Vec<Evidence> = Vec::with_capacity(step.why.len() + usize::from(step.by_trust));
        for ask in step.why.iter() {
            found.extend(self.reasons(p, ask, to).0);
        }
        if let (true, Some(to)) = (step.by_trust, to) {
            found.extend(trust::evidence(self.estate, self.actor(to), p, &self.assume));
        }
        found.dedup();
        found
    }

    /// The statement that grants a call, and what stands against it.
    fn reasons(&self, p: &Principal, ask: &Ask, to: Option<usize>) -> (Option<Evidence>, Option<Evidence>) {
        let given = match &ask.on {
            On::Some => self.given(p, ask.action, &Given::Attach),
            _ => self.given(p, ask.action, &ask.given),
        };
        let target = match (&ask.on, to) {
            (On::Text(arn), _) => Target::new(arn, true),
            (On::Member, Some(to)) => Target::one(&self.actor(to).arn),
            _ => match self.some(p, ask.action).1 {
                Some(witness) => Target::one(&witness),
                None => match self.probes.get(&(p.account, ask.action)).and_then(|probes| probes.first()) {
                    Some(probe) => probe.target.clone(),
                    None => return (None, None),
                },
            },
        };
        let point = self.estate.point(p, ask.action, &target, given.as_slice());
        (point.by, point.against)
    }

    /// The whole analysis.
    #[must_use]
    pub fn access(mut self) -> Access {
        let mut access = Access::default();
        self.administrators(&mut access);
        self.populate();
        let mut unjudged = Unjudged::default();
        let steps = self.steps(&mut access, &mut unjudged);
        self.paths(&steps, &mut access);
        let let_in = outside::outside(self.estate, |at| self.administrator(at).possible());
        let mut held = weighed(self.estate, let_in, None);
        access.outside = held.outside;
        access.blocked.append(&mut held.blocked);
        access.log_tamper = tamper::log_tamper(self.estate, |at| self.administrator(at).certain());
        self.unknown(&mut access, &unjudged);
        access
    }

    fn administrators(&self, access: &mut Access) {
        for (at, p) in self.estate.principals.iter().enumerate() {
            let standing = &self.standing[at];
            match self.administrator(at) {
                Truth::True => access.administrators.push(p.arn.clone()),
                Truth::Unknown if standing.grant.is_some() => {
                    let residual = self.bar.open_conditions(self.estate, p);
                    access.conditional_administrators.push(Conditional { principal: p.arn.clone(), residual });
                }
                Truth::False if standing.granted.possible() => {
                    let by = standing.cap.as_ref().map_or("a layer above".to_owned(), stopper);
                    access.blocked.push(Blocked {
                        principal: p.arn.clone(),
                        what: vec!["administrator grant".to_owned()],
                        by,
                        evidence: standing.grant.iter().chain(&standing.cap).cloned().collect(),
                    });
                }
                _ => {}
            }
        }
    }

    /// What was not judged, and why.
    fn unknown(&self, access: &mut Access, unjudged: &Unjudged) {
        let estate = self.estate;
        access.unknown.append(&mut estate.unread());
        let mut tell = |what: String, count: usize, why: String, example: Option<String>| {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            access.unknown.push(Unknown { what, count, why, example });
        };
        for account in estate.accounts.iter().filter(|a| !a.complete) {
            let why = "the last page says that there are more: principals and policies are lacking".to_owned();
            tell(format!("account {}", account.account), 1, why, None);
        }
        for account in estate.without_known_scps() {
            let why = "not known: rights may be less than shown (--scp FILE takes them in)".to_owned();
            tell(format!("service control policies above account {account}"), 1, why, None);
        }
        for primitive in self.primitives.iter().filter(|p| p.kind == Kind::Unjudged) {
            if let Some((count, first)) = unjudged.get(primitive.id) {
                let why = format!(
                    "principals and policies do not tell where it leads{}",
                    primitive.needs.map(|needs| format!(": {needs}")).unwrap_or_default()
                );
                let example = Some(estate.principals[*first].arn.clone());
                tell(format!("{} (allowed)", primitive.id), *count, why, example);
            }
        }
        if let Some(first) = self.lacking.first() {
            let why = format!("the action list of {} lacks their actions", estate.table.date());
            tell("ways to more privilege".to_owned(), self.lacking.len(), why, Some((*first).to_owned()));
        }
        if let Some(first) = self.left_out.first() {
            let why = "they can change what they hold in more ways than are tried".to_owned();
            let example = Some(estate.principals[*first].arn.clone());
            tell(
                "principals with very many groups or policy versions to choose from".to_owned(),
                self.left_out.len(),
                why,
                example,
            );
        }
    }
}

/// How what stands against a step is named.
fn stopper(evidence: &Evidence) -> String {
    format!("{} {}", evidence.layer, evidence.policy)
}
