//! The shortest way of each principal to an administrator: along certain steps first, then along possible ones.

use std::collections::{BTreeMap, HashMap};

use super::{ADMINISTRATOR, Reach, Step, To};
use crate::access::{Alternative, Certainty, Escalation, Hop};
use crate::truth::Truth;

/// The next step on the way, with whom it leads to.
#[derive(Clone, Copy)]
struct Next {
    step: usize,
    to: Option<usize>,
    truth: Truth,
    /// It ends there: at an administrator, or at one who is given every right.
    ends: bool,
}

/// Other first steps that are told.
const ALTERNATIVES: usize = 3;

/// The search backwards from the administrators.
struct Search<'r, 'e> {
    reach: &'r Reach<'e>,
    steps: &'r [Vec<Step>],
    next: Vec<Option<Next>>,
    /// The path is certain to its end.
    sure: Vec<bool>,
}

impl Search<'_, '_> {
    /// One round: along certain steps only, or along possible ones.
    fn round(&mut self, certain: bool) {
        let enough = |truth: Truth| if certain { truth.certain() } else { truth.possible() };
        let mut level: Vec<usize> = (0..self.next.len()).filter(|at| self.next[*at].is_some()).collect();
        let mut back: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
        let mut waiting: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
        for from in 0..self.steps.len() {
            if self.next[from].is_some() || self.reach.standing[from].administrator().certain() {
                continue;
            }
            let mut best: Option<Next> = None;
            for (number, step) in self.steps[from].iter().enumerate() {
                if let Some(found) = step.best.filter(|found| enough(found.truth.and(found.wins))) {
                    let truth = found.truth.and(found.wins);
                    if best.is_none_or(|old| truth > old.truth) {
                        best = Some(Next { step: number, to: found.to, truth, ends: true });
                    }
                }
                match &step.to {
                    To::One(to, truth) if enough(*truth) => back.entry(*to).or_default().push((from, number)),
                    To::Hub(domain, _) => waiting.entry(*domain).or_default().push((from, number)),
                    To::One(..) | To::Rights(_) => {}
                }
            }
            if best.is_some() {
                self.next[from] = best;
                level.push(from);
            }
        }
        // Level by level: who is one step farther from an administrator than those of the level before.
        while !level.is_empty() {
            let mut farther: Vec<usize> = Vec::new();
            let mut reached: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
            for to in &level {
                self.sure[*to] |= certain;
                for &(from, step) in back.get(to).into_iter().flatten() {
                    if let (None, To::One(_, truth)) = (self.next[from], &self.steps[from][step].to) {
                        self.next[from] = Some(Next { step, to: Some(*to), truth: *truth, ends: false });
                        farther.push(from);
                    }
                }
                for &(domain, place) in self.reach.places_of(*to) {
                    if waiting.contains_key(&domain) {
                        reached.entry(domain).or_default().push(place);
                    }
                }
            }
            for (domain, mut places) in reached {
                places.sort_unstable();
                let members = &self.reach.domains[domain].members;
                let (next, steps) = (&mut self.next, self.steps);
                let Some(list) = waiting.get_mut(&domain) else { continue };
                list.retain(|&(from, step)| {
                    let To::Hub(_, sweep) = &steps[from][step].to else { return false };
                    if next[from].is_some() {
                        return false;
                    }
                    let leads = |place: u32| {
                        let member = members[place as usize];
                        let truth = sweep.at(place).and(member.truth);
                        (member.who != from && enough(truth)).then_some((member.who, truth))
                    };
                    let few = !enough(sweep.rest) && sweep.told_singly() < places.len();
                    let found = if few {
                        sweep.singly().filter(|place| places.binary_search(place).is_ok()).find_map(leads)
                    } else {
                        places.iter().copied().find_map(leads)
                    };
                    let Some((to, truth)) = found else { return true };
                    next[from] = Some(Next { step, to: Some(to), truth, ends: false });
                    farther.push(from);
                    false
                });
            }
            level = farther;
        }
    }
}

impl Search<'_, '_> {
    /// Whether there is a way on from a principal that does not come back to another.
    fn leads(&self, at: usize, from: usize) -> bool {
        let mut at = at;
        for _ in 0..self.next.len() {
            match self.next[at] {
                _ if at == from => return false,
                None => return false,
                Some(Next { ends: true, .. } | Next { to: None, .. }) => return true,
                Some(Next { to: Some(to), .. }) => at = to,
            }
        }
        false
    }
}

impl Reach<'_> {
    /// The shortest path of each principal that has one, and how else it may begin.
    pub(super) fn paths(&self, steps: &[Vec<Step>]) -> Vec<Escalation> {
        let next = vec![None; steps.len()];
        let mut search = Search { reach: self, steps, next, sure: vec![false; steps.len()] };
        search.round(true);
        search.round(false);
        let told = |from: &usize| *from < self.estate.principals.len() || self.is_anybody(*from);
        let found = (0..steps.len()).filter(told).filter_map(|from| self.path(from, &search));
        found.collect()
    }

    fn path(&self, from: usize, search: &Search<'_, '_>) -> Option<Escalation> {
        let first = search.next[from]?;
        let (mut path, mut at, mut worst) = (Vec::new(), from, Truth::True);
        while let Some(next) = search.next[at] {
            if path.len() > search.steps.len() {
                break;
            }
            let step = &search.steps[at][next.step];
            worst = worst.and(next.truth);
            let rights = next.to.is_none_or(|to| next.ends && to >= self.estate.principals.len());
            path.push(Hop {
                from: self.actor(at).arn.clone(),
                to: if rights { ADMINISTRATOR.to_owned() } else { next.to.map(|to| self.actor(to).arn.clone())? },
                primitive: step.primitive.to_owned(),
                certainty: Certainty::from(next.truth),
                evidence: self.evidence(at, step, next.to),
            });
            match next.to {
                Some(to) if !next.ends => at = to,
                _ => break,
            }
        }
        let sure = search.sure[from] && worst.certain();
        // Who is an administrator under conditions is told as such: no path that is as open adds to it.
        if self.standing[from].administrator().possible() && self.standing[from].grant.is_some() && !sure {
            return None;
        }
        let certainty = if sure { Certainty::Certain } else { Certainty::Possible };
        let to = path.last().map(|hop| hop.to.clone())?;
        let alternatives = self.alternatives(from, first, search);
        Some(Escalation { from: self.actor(from).arn.clone(), to, certainty, path, alternatives })
    }

    /// Other means of the same principal by which it gets there, the certain ones first.
    fn alternatives(&self, from: usize, first: Next, search: &Search<'_, '_>) -> Vec<Alternative> {
        let taken = search.steps[from][first.step].primitive;
        let mut found: Vec<Alternative> = Vec::new();
        for step in &search.steps[from] {
            if step.primitive == taken || found.iter().any(|one| one.primitive == step.primitive) {
                continue;
            }
            let leads = match step.best {
                Some(best) if best.truth.and(best.wins).possible() => Some((best.to, best.truth.and(best.wins))),
                _ => match step.to {
                    To::One(to, truth) if truth.possible() && search.leads(to, from) => {
                        Some((Some(to), if search.sure[to] { truth } else { truth.and(Truth::Unknown) }))
                    }
                    _ => None,
                },
            };
            if let Some((to, truth)) = leads {
                let to = to.map_or(ADMINISTRATOR.to_owned(), |to| self.actor(to).arn.clone());
                let certainty = Certainty::from(truth);
                found.push(Alternative { primitive: step.primitive.to_owned(), to, certainty });
            }
        }
        found.sort_by_key(|one| one.certainty);
        found.truncate(ALTERNATIVES);
        found
    }
}
