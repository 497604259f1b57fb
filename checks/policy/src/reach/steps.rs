//! The steps of every principal: what it may do that gives it more.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::asking::fill;
use super::domain::{Granted, Sweep};
use super::populations::{EC2, Key};
use super::primitives::{Kind, Own, Primitive, Take};
use super::{Ask, Given, On, Reach, Step, To, stopper};
use crate::access::{Access, Blocked, Certainty, Evidence, OneStep, Reaches};
use crate::actions::ActionId;
use crate::estate::Principal;
use crate::truth::Truth;

/// A way to more privilege as an actor has it.
pub(super) struct Way<'a> {
    primitive: &'a Primitive,
    /// Others that do the same.
    also: Vec<&'static str>,
    needs: Option<&'static str>,
}

impl<'a> Way<'a> {
    pub(super) fn of(primitive: &'a Primitive) -> Way<'a> {
        Way { primitive, also: Vec::new(), needs: primitive.needs }
    }
}

/// What is found out about one actor.
pub(super) struct Work<'r> {
    pub(super) at: usize,
    pub(super) p: &'r Principal,
    pub(super) some: HashMap<ActionId, Truth>,
    pub(super) sweeps: HashMap<(ActionId, usize), Rc<Sweep>>,
    pub(super) steps: Vec<Step>,
    pub(super) told: Vec<OneStep>,
    /// What is blocked, by what blocks it.
    pub(super) blocked: BTreeMap<String, (Vec<String>, Vec<Evidence>)>,
}

/// Ways of which policies do not tell where they lead, by id: how many principals have them, and the first.
pub(super) type Unjudged = HashMap<&'static str, (usize, usize)>;

impl<'e> Reach<'e> {
    /// The direct steps of every principal that is no administrator, and what is blocked.
    pub(super) fn steps(&self, access: &mut Access, unjudged: &mut Unjudged) -> Vec<Vec<Step>> {
        let principals = self.estate.principals.len();
        let services = self.services();
        let mut all = Vec::with_capacity(principals + self.variants.len());
        for at in 0..principals + self.variants.len() {
            let p = self.actor(at);
            // A service-linked role acts for its service alone: nobody can take it to go further.
            if self.administrator(at).certain() || p.is_service_linked() {
                all.push(Vec::new());
                continue;
            }
            let mut work = Work {
                at,
                p,
                some: HashMap::new(),
                sweeps: HashMap::new(),
                steps: Vec::new(),
                told: Vec::new(),
                blocked: BTreeMap::new(),
            };
            for primitive in self.primitives.iter().filter(|one| self.names_all(at, one)) {
                match primitive.kind {
                    Kind::Own(own) => self.own(&mut work, primitive, own),
                    Kind::Take(take) => self.take(&mut work, primitive, take),
                    Kind::Saml => self.federated(&mut work, primitive, true),
                    Kind::Oidc => self.federated(&mut work, primitive, false),
                    Kind::Switch => self.withheld(&mut work, primitive),
                    Kind::Join => self.joins(&mut work, primitive),
                    Kind::Organization => self.organization(&mut work, primitive),
                    Kind::Lift => self.withheld(&mut work, primitive),
                    Kind::Unjudged => {
                        self.withheld(&mut work, primitive);
                        let held = primitive.actions.iter().all(|action| self.some_of(&mut work, *action).possible());
                        if held && at < principals {
                            unjudged.entry(primitive.id).or_insert((0, at)).0 += 1;
                        }
                    }
                    Kind::Pass | Kind::Ride => {}
                }
            }
            for (service, kind, primitives) in &services {
                self.runs(&mut work, service, *kind, primitives);
            }
            self.assume(&mut work);
            let lifts = self.lifted.get(&at).map_or(&[][..], Vec::as_slice);
            for primitive in self.primitives.iter().filter(|_| !lifts.is_empty()) {
                let ways = lifts.iter().filter(|lift| lift.primitive == primitive.id);
                let steps: Vec<Step> = ways
                    .map(|lift| {
                        let to = To::One(principals + lift.variant, lift.truth);
                        self.step(at, to, primitive.id, false, false, Rc::clone(&lift.why))
                    })
                    .collect();
                if !steps.is_empty() {
                    self.tell(&mut work, &Way::of(primitive), steps);
                }
            }
            if at < principals {
                access.one_step.append(&mut work.told);
                access.blocked.extend(work.blocked.into_iter().map(|(by, (what, evidence))| Blocked {
                    principal: p.arn.clone(),
                    what,
                    by,
                    evidence,
                }));
            }
            work.steps.shrink_to_fit();
            all.push(work.steps);
        }
        all
    }

    pub(super) fn step(
        &self,
        at: usize,
        to: To,
        primitive: &'static str,
        gives_all: bool,
        by_trust: bool,
        why: Rc<[Ask]>,
    ) -> Step {
        let best = self.best(at, &to, gives_all);
        Step { to, primitive, by_trust, why, best }
    }

    /// The ways to run code as a role, by the service and whether the role is passed: what differs is only which calls do it.
    fn services(&self) -> Vec<(&'static str, Kind, Vec<&Primitive>)> {
        let mut groups: BTreeMap<(bool, &'static str), Vec<&Primitive>> = BTreeMap::new();
        for primitive in &self.primitives {
            if let (Kind::Pass | Kind::Ride, Some(service)) = (primitive.kind, primitive.service) {
                groups.entry((primitive.kind == Kind::Ride, service)).or_default().push(primitive);
            }
        }
        let kind = |ride| if ride { Kind::Ride } else { Kind::Pass };
        groups
            .into_iter()
            .map(|((ride, service), mut list)| {
                list.sort_by_key(|p| p.actions.len());
                (service, kind(ride), list)
            })
            .collect()
    }

    pub(super) fn some_of(&self, work: &mut Work<'_>, action: ActionId) -> Truth {
        *work.some.entry(action).or_insert_with(|| self.some(work.p, action).0)
    }

    /// For which members of a population an action is allowed.
    pub(super) fn sweep(&self, work: &mut Work<'_>, action: ActionId, domain: usize, given: &Given) -> Rc<Sweep> {
        if let Some(known) = work.sweeps.get(&(action, domain)) {
            return Rc::clone(known);
        }
        let given = self.given(work.p, action, given);
        let swept = self.domains[domain].sweep(self.estate, work.p, action, given.as_slice(), Granted::Own);
        let swept = Rc::new(swept);
        work.sweeps.insert((action, domain), Rc::clone(&swept));
        swept
    }

    /// For which members all of the actions are allowed.
    pub(super) fn sweep_all(&self, work: &mut Work<'_>, actions: &[ActionId], domain: usize) -> Rc<Sweep> {
        let mut all: Option<Rc<Sweep>> = None;
        for action in actions {
            let one = self.sweep(work, *action, domain, &Given::Attach);
            all = Some(match all {
                Some(before) => Rc::new(before.and(&one)),
                None => one,
            });
        }
        all.unwrap_or_else(|| Rc::new(Sweep::same(Truth::True)))
    }

    /// Changing what the actor itself holds.
    fn own(&self, work: &mut Work<'_>, primitive: &Primitive, own: Own) {
        let p = work.p;
        let targets: Vec<String> = match own {
            Own::User if p.unnamed => vec![p.arn.split(":group/").next().unwrap_or_default().to_owned() + ":user/*"],
            Own::User if p.user => vec![p.arn.clone()],
            Own::Role if !p.user && !p.is_protected() => vec![p.arn.clone()],
            Own::Policy => p.held.iter().filter(|h| h.is_customer_managed()).map(|h| h.name.to_string()).collect(),
            Own::Group => {
                let groups = self.estate.accounts[p.account].groups.iter().filter(|g| p.groups.contains(&g.name));
                groups.map(|g| g.arn.clone()).collect()
            }
            Own::User | Own::Role => Vec::new(),
        };
        let mut best: Option<(Truth, Rc<[Ask]>)> = None;
        for target in targets {
            let text: Rc<str> = target.into();
            let ask = |action: &ActionId| Ask { action: *action, on: On::Text(Rc::clone(&text)), given: Given::Attach };
            let why: Rc<[Ask]> = primitive.actions.iter().map(ask).collect();
            let truth = Truth::all(why.iter().map(|ask| self.ask(p, ask, None)));
            if truth.possible() && best.as_ref().is_none_or(|(old, _)| truth > *old) {
                best = Some((truth, why));
            }
        }
        let Some((truth, why)) = best else {
            // On others it strengthens those whom the actor may be behind.
            let needs = match own {
                Own::User => "a user whose credentials the actor has",
                Own::Role => "a role that the actor may use",
                Own::Policy => "a principal of the actor's that holds the policy",
                Own::Group => "a user in the group whose credentials the actor has",
            };
            return self.tell(work, &Way { needs: Some(needs), ..Way::of(primitive) }, Vec::new());
        };
        let standing = &self.standing[work.at];
        let (mut ceiling, mut cap) = (standing.ceiling, standing.cap.clone());
        if own == Own::Policy && !ceiling.certain() {
            // What the rewritten policy itself denies goes with it.
            let rewritten =
                p.held.iter().filter(|h| why.iter().any(|ask| matches!(&ask.on, On::Text(arn) if **arn == *h.name)));
            for held in rewritten {
                let (without, stop) = self.bar.ceiling(self.estate, p, Some(held.document));
                if without > ceiling {
                    (ceiling, cap) = (without, stop);
                }
            }
        }
        if let (Truth::False, Some(cap)) = (ceiling, &cap) {
            return block(work, stopper(cap), [primitive.id], std::slice::from_ref(cap));
        }
        let step = self.step(work.at, To::Rights(truth.and(ceiling)), primitive.id, true, false, why);
        self.tell(work, &Way::of(primitive), vec![step]);
    }

    /// Putting users into groups: a user puts itself into one, which is judged as a change of what it holds; a role others.
    fn joins(&self, work: &mut Work<'_>, primitive: &Primitive) {
        let lifted =
            self.lifted.get(&work.at).is_some_and(|lifts| lifts.iter().any(|lift| lift.primitive == primitive.id));
        let truth = Truth::all(primitive.actions.iter().map(|action| self.some_of(work, *action)));
        if !truth.possible() || lifted {
            return self.withheld(work, primitive);
        }
        if work.p.user {
            return block(work, "no group that its statements name gives it more".to_owned(), [primitive.id], &[]);
        }
        let evidence = self.held_by(work.p, primitive);
        work.told.push(OneStep {
            principal: work.p.arn.clone(),
            primitive: primitive.id.to_owned(),
            needs: Some("a user whose credentials the actor has, and a group that gives more".to_owned()),
            evidence,
            ..OneStep::default()
        });
    }

    /// What keeps an actor from a way that its statements name.
    fn withheld(&self, work: &mut Work<'_>, primitive: &Primitive) {
        for action in &primitive.actions {
            if !self.some_of(work, *action).possible() {
                let ask = Ask { action: *action, on: On::Some, given: Given::Nothing };
                let against = self.reasons(work.p, &ask, None).1;
                let by = against.as_ref().map_or_else(|| nobody(primitive), stopper);
                return block(work, by, [primitive.id], against.as_slice());
            }
        }
    }

    fn federated(&self, work: &mut Work<'_>, primitive: &Primitive, saml: bool) {
        let truth = Truth::all(primitive.actions.iter().map(|a| self.some_of(work, *a))).and(Truth::Unknown);
        let why = primitive.actions.iter().map(|a| Ask { action: *a, on: On::Some, given: Given::Nothing }).collect();
        let domain = self.key(Key::Federated(work.p.account, saml)).filter(|_| truth.possible());
        let to = domain.map(|domain| To::Hub(domain, Rc::new(Sweep::same(truth))));
        let step = to.map(|to| self.step(work.at, to, primitive.id, false, false, why));
        self.tell(work, &Way::of(primitive), step.into_iter().collect());
    }

    /// Running code as a role: one that is passed to a service, or one that a workload of the service holds.
    fn runs(&self, work: &mut Work<'_>, service: &'static str, kind: Kind, primitives: &[&Primitive]) {
        let pass = self.pass.filter(|_| kind == Kind::Pass);
        let mut ready: Vec<(&Primitive, Truth)> = Vec::new();
        let at = work.at;
        for primitive in primitives.iter().filter(|one| self.names_all(at, one)) {
            let calls: Vec<ActionId> = primitive.actions.iter().copied().filter(|a| Some(*a) != pass).collect();
            let mut truth = Truth::all(calls.iter().map(|a| self.some_of(work, *a)));
            if truth.certain() && calls.len() > 1 {
                truth = truth.and(self.together(work.p, &calls));
            }
            if primitive.id == "ride-ssm-command" {
                truth = truth.and(self.runs_commands(work.p, &calls));
            }
            ready.push((primitive, truth.doubted(primitive.needs.is_some() || kind == Kind::Ride)));
        }
        let rank = |(p, truth): &&(&Primitive, Truth)| (*truth, std::cmp::Reverse(p.actions.len()));
        let Some((best, truth)) = ready.iter().max_by_key(rank).copied() else { return };
        let same = ready.iter().filter(|(p, other)| p.id != best.id && *other == truth);
        let also: Vec<&'static str> = same.map(|(p, _)| p.id).collect();
        let held = kind == Kind::Ride && service == EC2;
        let key = if held { Key::OnInstances(work.p.account) } else { Key::Passed(work.p.account, service) };
        let Some(domain) = self.key(key) else {
            let ids = std::iter::once(best.id).chain(also);
            let by =
                if held { "no role is in an instance profile".to_owned() } else { format!("no role trusts {service}") };
            return block(work, by, ids, &[]);
        };
        let why = best
            .actions
            .iter()
            .map(|action| match Some(*action) == pass {
                true => Ask { action: *action, on: On::Member, given: Given::Service(service) },
                false => Ask { action: *action, on: On::Some, given: Given::Nothing },
            })
            .collect();
        let reach = match pass {
            Some(pass) if truth.possible() => {
                let swept = self.sweep(work, pass, domain, &Given::Service(service));
                (*swept).clone().cap(truth)
            }
            _ => Sweep::same(truth),
        };
        let step = self.step(work.at, To::Hub(domain, Rc::new(reach)), best.id, false, false, why);
        self.tell(work, &Way { also, ..Way::of(best) }, vec![step]);
    }

    /// Whether commands may be sent by a document that runs what the sender wants: AWS's for shell scripts, or one of the account's.
    fn runs_commands(&self, p: &Principal, calls: &[ActionId]) -> Truth {
        let data = &self.estate.accounts[p.account];
        let own = fill("arn:${Partition}:ssm:${Region}:${Account}:document/${Any}", data, "*");
        let of_aws = fill("arn:${Partition}:ssm:${Region}::document/AWS-Run*Script", data, "*");
        let on = |arn: &str| {
            let target = crate::compile::Target::new(arn, true);
            Truth::all(calls.iter().map(|action| self.estate.allowed(p, *action, &target, &[])))
        };
        on(&own).or(on(&of_aws))
    }

    /// Writes down what an actor holds of a way (or of several that do the same), or what blocks it.
    pub(super) fn tell(&self, work: &mut Work<'_>, way: &Way<'_>, steps: Vec<Step>) {
        let ids = || std::iter::once(way.primitive.id).chain(way.also.iter().copied());
        let found = steps.iter().filter_map(|step| Some((step.best?, step)));
        let best = found.max_by_key(|(best, _)| best.rank()).filter(|(best, _)| best.truth.possible());
        let Some((best, step)) = best else {
            let mut held = Truth::True;
            let mut against: Option<Evidence> = None;
            for action in &way.primitive.actions {
                let truth = self.some_of(work, *action);
                if !truth.possible() {
                    let given = way.primitive.service.map_or(Given::Attach, Given::Service);
                    let ask = Ask { action: *action, on: On::Some, given };
                    against = against.or_else(|| self.reasons(work.p, &ask, None).1);
                }
                held = held.and(truth);
            }
            if held.possible() && steps.is_empty() && matches!(way.primitive.kind, Kind::Own(_)) {
                let evidence = self.held_by(work.p, way.primitive);
                work.told.push(OneStep {
                    principal: work.p.arn.clone(),
                    primitive: way.primitive.id.to_owned(),
                    needs: way.needs.map(str::to_owned),
                    evidence,
                    ..OneStep::default()
                });
                return;
            }
            let by = against.as_ref().map_or_else(|| nobody(way.primitive), stopper);
            return block(work, by, ids(), against.as_slice());
        };
        let wins = best.truth.and(best.wins);
        let (reaches, truth) =
            if wins.possible() { (Reaches::Administrator, wins) } else { (Reaches::Others, best.truth) };
        if work.at < self.estate.principals.len() {
            work.told.push(OneStep {
                principal: work.p.arn.clone(),
                primitive: way.primitive.id.to_owned(),
                also: way.also.iter().map(|id| (*id).to_owned()).collect(),
                certainty: Certainty::from(truth),
                reaches,
                needs: way.needs.map(str::to_owned),
                example: best.to.map(|to| self.actor(to).arn.clone()),
                evidence: self.evidence(work.at, step, best.to),
            });
        }
        work.steps.extend(steps);
    }

    fn held_by(&self, p: &Principal, primitive: &Primitive) -> Vec<Evidence> {
        let ask = |action: &ActionId| Ask { action: *action, on: On::Some, given: Given::Attach };
        primitive.actions.iter().filter_map(|action| self.reasons(p, &ask(action), None).0).collect()
    }
}

/// What stands in the way when no statement does.
fn nobody(primitive: &Primitive) -> String {
    match (primitive.kind, primitive.service) {
        (_, Some(service)) => format!("no role that it may pass trusts {service}"),
        (Kind::Take(Take::User), _) => "no user that its statements name".to_owned(),
        (Kind::Take(_), _) => "no role that its statements name and that trusts it".to_owned(),
        _ => "nothing that its statements name".to_owned(),
    }
}

pub(super) fn block(
    work: &mut Work<'_>,
    by: String,
    ids: impl IntoIterator<Item = &'static str>,
    evidence: &[Evidence],
) {
    let entry = work.blocked.entry(by).or_default();
    entry.0.extend(ids.into_iter().map(str::to_owned));
    for one in evidence.iter().filter(|one| !entry.1.contains(one)).collect::<Vec<_>>() {
        entry.1.push(one.clone());
    }
}
