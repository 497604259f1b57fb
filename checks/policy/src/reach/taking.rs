//! Taking another principal: by its credentials, by its trust policy, or strengthened first.

use std::rc::Rc;

use super::domain::{Granted, Member, Sweep};
use super::populations::Key;
use super::primitives::{Primitive, Take};
use super::steps::{Way, Work, block};
use super::{Ask, Best, Domain, Given, On, Reach, Step, To, stopper, trust};
use crate::access::{Certainty, OneStep, Reaches};
use crate::actions::ActionId;
use crate::caller::Grant;
use crate::truth::Truth;

/// Whom a trust policy lets the actor become.
enum Assumed {
    One(usize),
    Hub(Key, Rc<Sweep>),
}

impl Reach<'_> {
    /// Taking another principal, or strengthening and taking it.
    pub(super) fn take(&self, work: &mut Work<'_>, primitive: &Primitive, take: Take) {
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
    pub(super) fn assume(&self, work: &mut Work<'_>) {
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
}
