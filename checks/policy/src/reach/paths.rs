//! The shortest way of each principal to an administrator: along certain steps first, then along possible ones.

use std::collections::{BTreeMap, HashMap};

use super::{ADMINISTRATOR, Reach, Step, To};
use crate::access::{Access, Alternative, Certainty, Escalation, Hop};
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

/// The ways along the next steps, which never come back: each principal's place in the tree that they make, and what its way
/// comes to.
struct Ways {
    /// The order in which a walk down from the ends enters and leaves a principal.
    entered: Vec<usize>,
    left: Vec<usize>,
    /// How many steps it is to the end, how sure the least sure of them is, and whom the last leads to.
    length: Vec<usize>,
    worst: Vec<Truth>,
    end: Vec<Option<String>>,
}

impl Ways {
    fn new(search: &Search<'_, '_>) -> Ways {
        let count = search.next.len();
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut roots = Vec::new();
        for (at, next) in search.next.iter().enumerate() {
            match next {
                Some(Next { to: Some(to), ends: false, .. }) if *to < count && search.next[*to].is_some() => {
                    before[*to].push(at);
                }
                Some(_) => roots.push(at),
                None => {}
            }
        }
        let mut ways = Ways {
            entered: vec![0; count],
            left: vec![0; count],
            length: vec![0; count],
            worst: vec![Truth::False; count],
            end: vec![None; count],
        };
        let mut clock = 0;
        let mut open: Vec<(usize, usize)> = Vec::new();
        for root in roots {
            ways.enter(root, search, &mut clock);
            open.push((root, 0));
            while let Some((at, child)) = open.last_mut() {
                match before[*at].get(*child).copied() {
                    Some(next) => {
                        *child += 1;
                        ways.enter(next, search, &mut clock);
                        open.push((next, 0));
                    }
                    None => {
                        ways.left[*at] = clock;
                        open.pop();
                    }
                }
            }
        }
        ways
    }

    fn enter(&mut self, at: usize, search: &Search<'_, '_>, clock: &mut usize) {
        *clock += 1;
        self.entered[at] = *clock;
        let Some(next) = search.next[at] else { return };
        match next.to.filter(|to| !next.ends && *to < self.length.len() && self.length[*to] > 0) {
            Some(to) => {
                self.length[at] = self.length[to] + 1;
                self.worst[at] = next.truth.and(self.worst[to]);
                self.end[at] = self.end[to].clone();
            }
            None => {
                self.length[at] = 1;
                self.worst[at] = next.truth;
                self.end[at] = Some(search.reach.arrives(next));
            }
        }
    }

    /// Whether there is a way on from a principal that does not come back to another.
    fn leads(&self, at: usize, from: usize) -> bool {
        let behind = self.entered[from] <= self.entered[at] && self.entered[at] <= self.left[from];
        self.length[at] > 0 && !(self.length[from] > 0 && behind)
    }
}

impl Reach<'_> {
    /// Whom a step leads to, in the words of a path.
    fn arrives(&self, next: Next) -> String {
        // A principal as it would be, at the end of a path, is what makes it an administrator.
        let rights = |to: usize| next.ends && to >= self.estate.principals.len();
        next.to.filter(|to| !rights(*to)).map_or_else(|| ADMINISTRATOR.to_owned(), |to| self.actor(to).arn.clone())
    }

    /// The shortest path of each principal that has one, and how else it may begin.
    pub(super) fn paths(&self, steps: &[Vec<Step>], access: &mut Access) {
        let next = vec![None; steps.len()];
        let mut search = Search { reach: self, steps, next, sure: vec![false; steps.len()] };
        search.round(true);
        search.round(false);
        let ways = Ways::new(&search);
        // By principal: where its step is written.
        let mut written: HashMap<usize, usize> = HashMap::new();
        let told = |from: &usize| *from < self.estate.principals.len() || self.is_anybody(*from);
        for from in (0..steps.len()).filter(told) {
            let (Some(first), Some(to)) = (search.next[from], ways.end[from].clone()) else { continue };
            let sure = search.sure[from] && ways.worst[from].certain();
            // Who is an administrator under conditions is told as such: no path that is as open adds to it.
            if self.standing[from].administrator().possible() && self.standing[from].grant.is_some() && !sure {
                continue;
            }
            let certainty = if sure { Certainty::Certain } else { Certainty::Possible };
            let alternatives = self.alternatives(from, first, &search, &ways);
            let first = self.write(from, &search, &mut written, &mut access.steps);
            let (from, length) = (self.actor(from).arn.clone(), ways.length[from]);
            access.escalations.push(Escalation { from, to, certainty, first, length, alternatives });
        }
    }

    /// Writes the steps of a path that no other path has written; the place of the first.
    fn write(
        &self,
        from: usize,
        search: &Search<'_, '_>,
        written: &mut HashMap<usize, usize>,
        steps: &mut Vec<Hop>,
    ) -> usize {
        let first = written.get(&from).copied().unwrap_or(steps.len());
        let mut at = from;
        while let Some(next) = search.next[at] {
            if written.contains_key(&at) {
                break;
            }
            let step = &search.steps[at][next.step];
            written.insert(at, steps.len());
            let on = next.to.filter(|to| !next.ends && search.next.get(*to).is_some_and(Option::is_some));
            let following = on.map(|to| written.get(&to).copied().unwrap_or(steps.len() + 1));
            steps.push(Hop {
                from: self.actor(at).arn.clone(),
                to: self.arrives(next),
                primitive: step.primitive.to_owned(),
                certainty: Certainty::from(next.truth),
                next: following,
                evidence: self.evidence(at, step, next.to),
            });
            match on {
                Some(to) => at = to,
                None => break,
            }
        }
        first
    }

    /// Other means of the same principal by which it gets there, the certain ones first.
    fn alternatives(&self, from: usize, first: Next, search: &Search<'_, '_>, ways: &Ways) -> Vec<Alternative> {
        let taken = search.steps[from][first.step].primitive;
        let mut found: Vec<Alternative> = Vec::new();
        for step in &search.steps[from] {
            if step.primitive == taken || found.iter().any(|one| one.primitive == step.primitive) {
                continue;
            }
            let leads = match step.best {
                Some(best) if best.truth.and(best.wins).possible() => Some((best.to, best.truth.and(best.wins))),
                _ => match step.to {
                    To::One(to, truth) if truth.possible() && ways.leads(to, from) => {
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
