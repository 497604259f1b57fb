//! The steps of every principal: what it may do that gives it more.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::domain::{Granted, Member, Sweep, Wins};
use super::primitives::{Kind, Own, Primitive, Take};
use super::trust::{self, Trust};
use super::{Ask, Best, Domain, Given, On, Reach, Step, To, stopper};
use crate::access::{Access, Blocked, Certainty, Evidence, OneStep, Reaches};
use crate::actions::ActionId;
use crate::caller::Grant;
use crate::compile::Action;
use crate::estate::Principal;
use crate::truth::Truth;

/// Populations, by what leads to them. The first part is the place of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Key {
    /// All users.
    Users(usize),
    /// All roles that customers may change.
    Roles(usize),
    /// Roles that a service may be given.
    Passed(usize, &'static str),
    /// Roles that an instance may hold.
    OnInstances(usize),
    /// Roles that SAML or OpenID Connect providers vouch for.
    Federated(usize, bool),
    /// Roles of the same account that trust all of it.
    Assumable(usize),
    /// Roles of other accounts that trust it.
    Foreign(usize),
    /// Roles that let in whoever is in their account.
    Open(usize),
    /// Roles that may: told once, for any principal of the account.
    OpenPerhaps(usize),
    /// Customer managed policies.
    Policies(usize),
}

/// What leads to roles by their trust policies alone.
#[derive(Default)]
struct Trusted {
    /// By principal: roles that name it.
    named: HashMap<usize, Vec<(usize, Truth, Grant)>>,
    /// Roles whose conditions ask who comes.
    by_caller: Vec<usize>,
}

/// The populations of an estate.
#[derive(Default)]
pub(super) struct Populations {
    keys: HashMap<Key, usize>,
    trusted: Trusted,
    /// By role: the places of the customer managed policies that it holds.
    policies: HashMap<usize, Vec<u32>>,
}

/// A way to more privilege as an actor has it.
struct Way<'a> {
    primitive: &'a Primitive,
    /// Others that do the same.
    also: Vec<&'static str>,
    needs: Option<&'static str>,
}

impl<'a> Way<'a> {
    fn of(primitive: &'a Primitive) -> Way<'a> {
        Way { primitive, also: Vec::new(), needs: primitive.needs }
    }
}

/// What is found out about one actor.
struct Work<'r> {
    at: usize,
    p: &'r Principal,
    some: HashMap<ActionId, Truth>,
    sweeps: HashMap<(ActionId, usize), Rc<Sweep>>,
    steps: Vec<Step>,
    told: Vec<OneStep>,
    /// What is blocked, by what blocks it.
    blocked: BTreeMap<String, (Vec<String>, Vec<Evidence>)>,
}

impl<'e> Reach<'e> {
    /// Sorts the principals into the populations that steps lead to.
    pub(super) fn populate(&mut self) {
        let estate = self.estate;
        let mut sets: BTreeMap<Key, Vec<Member>> = BTreeMap::new();
        let mut trusted = Trusted::default();
        let mut services: Vec<&'static str> = self.primitives.iter().filter_map(|p| p.service).collect();
        services.sort_unstable();
        services.dedup();
        let by_number: HashMap<&str, usize> =
            estate.accounts.iter().enumerate().map(|(at, account)| (account.account.as_str(), at)).collect();
        let roles_of = |p: &Principal| format!("{}:{}", estate.accounts[p.account].account, p.name);
        let by_role: HashMap<String, usize> =
            estate.principals.iter().enumerate().filter(|(_, p)| !p.user).map(|(at, p)| (roles_of(p), at)).collect();
        let assumes: Vec<Action> = ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"]
            .map(|name| Action { name: name.to_owned(), id: estate.table.id(name) })
            .into();
        for (who, p) in estate.principals.iter().enumerate() {
            let mut add = |key: Key, truth: Truth| {
                if truth.possible() {
                    sets.entry(key).or_default().push(Member { who, truth });
                }
            };
            if p.user {
                add(Key::Users(p.account), Truth::True);
                continue;
            }
            if !p.is_protected() {
                add(Key::Roles(p.account), Truth::True);
            }
            for service in &services {
                let instance = Truth::from(p.on_instances || *service != EC2).or(Truth::Unknown);
                let trusts = trust::trusts_service(estate, p, service, &assumes);
                add(Key::Passed(p.account, service), trusts.and(instance));
                if *service == EC2 && p.on_instances {
                    add(Key::OnInstances(p.account), trusts);
                }
            }
            for saml in [true, false] {
                if trust::trusts_provider(estate, p, saml) {
                    add(Key::Federated(p.account, saml), Truth::Unknown);
                }
            }
            let Trust { named, accounts, anyone, by_caller } = trust::trust_of(estate, p, &self.assume);
            let free = self.controls_leave(p);
            for (arn, truth, grant) in named {
                if let Some(from) = estate.by_arn.get(&arn).or_else(|| by_role.get(&arn)) {
                    trusted.named.entry(*from).or_default().push((who, truth.and(free), grant));
                }
            }
            for (account, truth) in accounts {
                match by_number.get(account.as_str()) {
                    Some(own) if *own == p.account => add(Key::Assumable(p.account), truth.and(free)),
                    Some(other) => add(Key::Foreign(*other), truth.and(free)),
                    None => {}
                }
            }
            if let Some(truth) = anyone {
                let truth = truth.and(free);
                add(if truth.certain() { Key::Open(p.account) } else { Key::OpenPerhaps(p.account) }, truth);
                for other in (0..estate.accounts.len()).filter(|other| *other != p.account) {
                    add(Key::Foreign(other), truth.and(free));
                }
            }
            if by_caller {
                trusted.by_caller.push(who);
            }
        }
        let mut populations = Populations { trusted, ..Populations::default() };
        for (key, mut members) in sets {
            members.sort_by_key(|m| (m.who, std::cmp::Reverse(m.truth)));
            members.dedup_by_key(|m| m.who);
            let mut domain = Domain::new(estate, members);
            for place in 0..u32::try_from(domain.members.len()).unwrap_or(u32::MAX) {
                let member = domain.members[place as usize];
                self.places[member.who].push((self.domains.len(), place));
                let put = |wins: &mut Wins, truth: Truth| match truth.and(member.truth) {
                    Truth::True => wins.sure.push(place),
                    Truth::Unknown => wins.maybe.push(place),
                    Truth::False => {}
                };
                put(&mut domain.administrators, self.administrator(member.who));
                put(&mut domain.ceilings, self.standing[member.who].ceiling);
            }
            populations.keys.insert(key, self.domains.len());
            self.domains.push(domain);
        }
        for (account, data) in estate.accounts.iter().enumerate() {
            let own = data.policies.iter().map(|p| p.arn.as_str()).filter(|arn| !arn.contains(":iam::aws:"));
            let domain = Domain::things(own.collect());
            for (who, p) in estate.principals.iter().enumerate().filter(|(_, p)| !p.user && p.account == account) {
                let places = p.held.iter().filter(|h| h.is_customer_managed()).filter_map(|h| domain.place(&h.name));
                populations.policies.insert(who, places.collect());
            }
            populations.keys.insert(Key::Policies(account), self.domains.len());
            self.domains.push(domain);
        }
        for domain in &mut self.domains {
            let holds = |member: &Member| populations.policies.get(&member.who).is_some_and(|held| !held.is_empty());
            let places = (0_u32..).zip(&domain.members).filter(|(_, member)| holds(member)).map(|(place, _)| place);
            domain.with_policies = places.collect();
        }
        self.populations = populations;
    }

    /// Whether resource control policies leave a role to those whom it trusts.
    fn controls_leave(&self, role: &Principal) -> Truth {
        let Some(assume) = self.assume.id else { return Truth::Unknown };
        let levels = self.estate.rcp[role.account].iter().flatten().flatten();
        let target = crate::compile::Target::one(&role.arn);
        let says = levels
            .map(|held| self.estate.documents[held.document].says(assume, &target, &trust::Stranger::new(self.estate)));
        !Truth::any(says.map(|says| says.deny))
    }

    /// The direct steps of every principal that is no administrator, and what is blocked.
    pub(super) fn steps(&self, access: &mut Access) -> Vec<Vec<Step>> {
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
                    Kind::Join | Kind::Switch => self.withheld(&mut work, primitive),
                    Kind::Lift | Kind::Pass | Kind::Ride | Kind::Unjudged => {}
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
            all.push(work.steps);
        }
        all
    }

    fn step(
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

    fn some_of(&self, work: &mut Work<'_>, action: ActionId) -> Truth {
        *work.some.entry(action).or_insert_with(|| self.some(work.p, action).0)
    }

    fn key(&self, key: Key) -> Option<usize> {
        self.populations.keys.get(&key).copied()
    }

    /// For which members of a population an action is allowed.
    fn sweep(&self, work: &mut Work<'_>, action: ActionId, domain: usize, given: &Given) -> Rc<Sweep> {
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
    fn sweep_all(&self, work: &mut Work<'_>, actions: &[ActionId], domain: usize) -> Rc<Sweep> {
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

    /// Taking another principal, or strengthening and taking it.
    fn take(&self, work: &mut Work<'_>, primitive: &Primitive, take: Take) {
        let account = work.p.account;
        let ask = |action: &ActionId| Ask { action: *action, on: On::Member, given: Given::Attach };
        let (rewrite, assume) = (self.rewrite, self.assume.id);
        // What is asked of the member itself, by its ARN.
        let on_member: Vec<ActionId> = primitive
            .actions
            .iter()
            .copied()
            .filter(|a| match take {
                Take::User | Take::Role => true,
                Take::Assumed => Some(*a) != assume,
                Take::PolicyAssumed => Some(*a) != assume && Some(*a) != rewrite,
                Take::PolicyRole => Some(*a) != rewrite,
            })
            .collect();
        let by_policy = matches!(take, Take::PolicyAssumed | Take::PolicyRole);
        let by_trust = matches!(take, Take::Assumed | Take::PolicyAssumed);
        let why: Rc<[Ask]> = on_member
            .iter()
            .map(ask)
            .chain(rewrite.filter(|_| by_policy).map(|action| Ask { action, on: On::Some, given: Given::Attach }))
            .collect();
        let at = work.at;
        let step = |to: To| self.step(at, to, primitive.id, primitive.gives_all, by_trust, Rc::clone(&why));
        let mut steps = Vec::new();
        if by_trust {
            for (to, truth) in self.assumable(work) {
                let (domain, reach) = match to {
                    Assumed::One(role) => {
                        let target = self.actor(role);
                        if target.is_protected() || target.account != account {
                            continue;
                        }
                        let all = Truth::all(on_member.iter().map(|a| self.ask(work.p, &ask(a), Some(role))));
                        let all = if by_policy { all.and(self.rewrites(work, role)) } else { all };
                        if all.and(truth).possible() {
                            steps.push(step(To::One(role, all.and(truth))));
                        }
                        continue;
                    }
                    Assumed::Hub(Key::Foreign(_), ..) => continue,
                    Assumed::Hub(key, sweep) => match self.key(key) {
                        Some(domain) => (domain, sweep),
                        None => continue,
                    },
                };
                let mut all = self.sweep_all(work, &on_member, domain).and(&reach);
                if by_policy {
                    all = all.and(&self.rewritable(work, domain));
                }
                if all.possible() {
                    steps.push(step(To::Hub(domain, Rc::new(all))));
                }
            }
        } else if let Some(domain) =
            self.key(if take == Take::User { Key::Users(account) } else { Key::Roles(account) })
        {
            let mut all = self.sweep_all(work, &on_member, domain);
            if by_policy && all.possible() {
                all = Rc::new(all.and(&self.rewritable(work, domain)));
            }
            if all.possible() {
                steps.push(step(To::Hub(domain, all)));
            }
        }
        self.tell(work, &Way::of(primitive), steps);
    }

    /// Whether the actor may rewrite a customer managed policy that a role holds.
    fn rewrites(&self, work: &mut Work<'_>, role: usize) -> Truth {
        let (Some(action), Some(domain)) = (self.rewrite, self.key(Key::Policies(work.p.account))) else {
            return Truth::False;
        };
        let swept = self.sweep(work, action, domain, &Given::Nothing);
        let places = self.populations.policies.get(&role).map_or(&[][..], Vec::as_slice);
        Truth::any(places.iter().map(|place| swept.at(*place)))
    }

    /// The members of whom the actor may rewrite a customer managed policy.
    fn rewritable(&self, work: &mut Work<'_>, domain: usize) -> Sweep {
        let (Some(action), Some(policies)) = (self.rewrite, self.key(Key::Policies(work.p.account))) else {
            return Sweep::same(Truth::False);
        };
        let swept = self.sweep(work, action, policies, &Given::Nothing);
        if !swept.possible() {
            return Sweep::same(Truth::False);
        }
        let holding = &self.domains[domain].with_policies;
        if swept.told_singly() == 0 {
            return Sweep::of(Truth::False, Rc::clone(holding), swept.rest);
        }
        let members = &self.domains[domain].members;
        let each = holding.iter().map(|place| (*place, self.rewrites(work, members[*place as usize].who)));
        Sweep::each(Truth::False, each)
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
        let own = super::fill("arn:${Partition}:ssm:${Region}:${Account}:document/${Any}", data, "*");
        let of_aws = super::fill("arn:${Partition}:ssm:${Region}::document/AWS-Run*Script", data, "*");
        let on = |arn: &str| {
            let target = crate::compile::Target::new(arn, true);
            Truth::all(calls.iter().map(|action| self.estate.allowed(p, *action, &target, &[])))
        };
        on(&own).or(on(&of_aws))
    }

    /// The roles that trust the actor, and whether it may assume them.
    fn assumable(&self, work: &mut Work<'_>) -> Vec<(Assumed, Truth)> {
        let Some(assume) = self.assume.id else { return Vec::new() };
        let (p, account) = (work.p, work.p.account);
        let mut found = Vec::new();
        let mut one = |role: usize, truth: Truth, grant: Grant| {
            let target = self.actor(role);
            let at = Domain::new(self.estate, vec![Member { who: role, truth: Truth::True }]);
            let granted = match grant {
                _ if target.account != account => Granted::Own,
                Grant::Account => Granted::Own,
                Grant::Role => Granted::ByTrust { capped: true },
                Grant::Direct => Granted::ByTrust { capped: false },
            };
            let own = at.sweep(self.estate, p, assume, &[], granted);
            let truth = own.at(0).and(truth);
            if truth.possible() && Some(role) != self.base(work.at) {
                found.push((Assumed::One(role), truth));
            }
        };
        for &(role, truth, grant) in
            self.base(work.at).and_then(|own| self.populations.trusted.named.get(&own)).into_iter().flatten()
        {
            one(role, truth, grant);
        }
        for &role in self.populations.trusted.by_caller.iter().filter(|_| !p.unnamed) {
            for (grant, truth) in trust::trusts_caller(self.estate, self.actor(role), p, &self.assume) {
                one(role, truth, grant);
            }
        }
        let open = if self.is_anybody(work.at) { Key::OpenPerhaps(account) } else { Key::Open(account) };
        if let Some(domain) = self.key(open) {
            let free = Granted::ByTrust { capped: false };
            let swept = self.domains[domain].sweep(self.estate, p, assume, &[], free);
            found.push((Assumed::Hub(open, Rc::new(swept)), Truth::True));
        }
        if self.names(work.at, assume) {
            for key in [Key::Assumable(account), Key::Foreign(account)] {
                if let Some(domain) = self.key(key) {
                    let swept = self.sweep(work, assume, domain, &Given::Nothing);
                    found.push((Assumed::Hub(key, swept), Truth::True));
                }
            }
        }
        found.retain(|(to, _)| !matches!(to, Assumed::Hub(_, sweep) if !sweep.possible()));
        found
    }

    /// Steps by `sts:AssumeRole` along trust policies.
    fn assume(&self, work: &mut Work<'_>) {
        let Some(assume) = self.assume.id else { return };
        let own: Rc<[Ask]> = Rc::new([Ask { action: assume, on: On::Member, given: Given::Nothing }]);
        let mut best: Option<(Best, Step)> = None;
        for (to, truth) in self.assumable(work) {
            let to = match to {
                Assumed::One(role) => To::One(role, truth),
                Assumed::Hub(key, sweep) => match self.key(key) {
                    Some(domain) => To::Hub(domain, sweep),
                    None => continue,
                },
            };
            let step = self.step(work.at, to, "assume", false, true, Rc::clone(&own));
            if let Some(found) = step.best {
                let better = |old: &(Best, Step)| found.truth.and(found.wins) > old.0.truth.and(old.0.wins);
                if found.truth.and(found.wins).possible() && best.as_ref().is_none_or(better) {
                    best = Some((found, step.clone()));
                }
            }
            work.steps.push(step);
        }
        if work.steps.last().is_none_or(|step| step.primitive != "assume") && self.names(work.at, assume) {
            let ask = Ask { action: assume, on: On::Some, given: Given::Nothing };
            if let Some(against) = self.reasons(work.p, &ask, None).1 {
                block(work, stopper(&against), ["assume"], std::slice::from_ref(&against));
            }
        }
        // Roles are there to be assumed: only one that is an administrator's is told.
        if let Some((found, step)) = best {
            work.told.push(OneStep {
                principal: work.p.arn.clone(),
                primitive: step.primitive.to_owned(),
                certainty: Certainty::from(found.truth.and(found.wins)),
                reaches: Reaches::Administrator,
                also: Vec::new(),
                needs: None,
                example: found.to.map(|to| self.actor(to).arn.clone()),
                evidence: self.evidence(work.at, &step, found.to),
            });
        }
    }

    /// Writes down what an actor holds of a way (or of several that do the same), or what blocks it.
    fn tell(&self, work: &mut Work<'_>, way: &Way<'_>, steps: Vec<Step>) {
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

/// Whom a trust policy lets the actor become.
enum Assumed {
    One(usize),
    Hub(Key, Rc<Sweep>),
}

/// The service whose roles work only in an instance profile.
const EC2: &str = "ec2.amazonaws.com";

/// What stands in the way when no statement does.
fn nobody(primitive: &Primitive) -> String {
    match (primitive.kind, primitive.service) {
        (_, Some(service)) => format!("no role that it may pass trusts {service}"),
        (Kind::Take(Take::User), _) => "no user that its statements name".to_owned(),
        (Kind::Take(_), _) => "no role that its statements name and that trusts it".to_owned(),
        _ => "nothing that its statements name".to_owned(),
    }
}

fn block(work: &mut Work<'_>, by: String, ids: impl IntoIterator<Item = &'static str>, evidence: &[Evidence]) {
    let entry = work.blocked.entry(by).or_default();
    entry.0.extend(ids.into_iter().map(str::to_owned));
    for one in evidence.iter().filter(|one| !entry.1.contains(one)).collect::<Vec<_>>() {
        entry.1.push(one.clone());
    }
}
