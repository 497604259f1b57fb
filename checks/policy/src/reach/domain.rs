//! Populations of principals that a step may lead to, and how far an answer reaches over one.
//!
//! A principal that may do something to every member of a population but some needs one edge with exceptions, not one
//! for each member: only the members that a resource pattern tells apart are asked singly.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::actions::ActionId;
use crate::compile::{Compiled, Pattern};
use crate::context::Context;
use crate::estate::{Estate, Held, Principal};
use crate::template::{self, Rendered, Token};
use crate::truth::Truth;

/// A principal of a population, with the truth of what its own side asks for: that it trusts the service, say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) who: usize,
    pub(super) truth: Truth,
}

/// Members that win, by whether certainly.
#[derive(Debug, Default)]
pub(super) struct Wins {
    pub(super) sure: Vec<u32>,
    pub(super) maybe: Vec<u32>,
}

/// A population. Places are those in the order of ARNs.
#[derive(Debug)]
pub(super) struct Domain<'e> {
    pub(super) members: Vec<Member>,
    arns: Vec<&'e str>,
    matched: RefCell<HashMap<String, Rc<[u32]>>>,
    /// Members that are administrators, and those that would be one if given every right.
    pub(super) administrators: Wins,
    pub(super) ceilings: Wins,
    /// Members that hold a customer managed policy.
    pub(super) with_policies: Rc<[u32]>,
}

/// Which members a statement covers.
enum Cover {
    All,
    Some { not: bool, sure: Rc<[u32]>, maybe: Rc<[u32]> },
}

impl Cover {
    fn at(&self, place: Option<u32>) -> Truth {
        match self {
            Cover::All => Truth::True,
            Cover::Some { not, sure, maybe } => {
                let within = |list: &[u32]| place.is_some_and(|place| list.binary_search(&place).is_ok());
                let covered = if within(sure) { Truth::True } else { Truth::from(within(maybe)).and(Truth::Unknown) };
                if *not { !covered } else { covered }
            }
        }
    }
}

/// A statement that has a say: where, whether it allows, whether its conditions hold, whom it covers.
struct Line {
    layer: usize,
    allows: bool,
    holds: Truth,
    cover: Cover,
}

/// Who grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Granted {
    /// The principal's own policies.
    Own,
    /// A trust policy that names it: what caps it still counts, and its boundary if `capped`.
    ByTrust { capped: bool },
}

/// The members of whom an answer differs from the rest's, by place.
#[derive(Debug, Clone)]
pub(super) enum Special {
    /// Nobody.
    None,
    /// These, all alike.
    Same(Rc<[u32]>, Truth),
    /// These, each in its way.
    Each(Rc<[(u32, Truth)]>),
}

/// An answer for every member of a population.
#[derive(Debug, Clone)]
pub(super) struct Sweep {
    /// For all but those listed.
    pub(super) rest: Truth,
    pub(super) special: Special,
}

impl Sweep {
    pub(super) fn same(truth: Truth) -> Sweep {
        Sweep { rest: truth, special: Special::None }
    }

    /// One answer for those listed, another for the rest.
    pub(super) fn of(rest: Truth, places: Rc<[u32]>, truth: Truth) -> Sweep {
        let special = if truth == rest || places.is_empty() { Special::None } else { Special::Same(places, truth) };
        Sweep { rest, special }
    }

    /// Answers by place, sorted.
    pub(super) fn each(rest: Truth, answers: impl Iterator<Item = (u32, Truth)>) -> Sweep {
        let answers: Vec<(u32, Truth)> = answers.filter(|(_, truth)| *truth != rest).collect();
        match answers.first() {
            None => Sweep::same(rest),
            Some((_, first)) if answers.iter().all(|(_, truth)| truth == first) => {
                Sweep::of(rest, answers.iter().map(|(place, _)| *place).collect(), *first)
            }
            Some(_) => Sweep { rest, special: Special::Each(answers.into()) },
        }
    }

    fn of_special(&self, place: u32) -> Option<Truth> {
        match &self.special {
            Special::None => None,
            Special::Same(places, truth) => places.binary_search(&place).ok().map(|_| *truth),
            Special::Each(answers) => {
                answers.binary_search_by_key(&place, |(at, _)| *at).ok().map(|found| answers[found].1)
            }
        }
    }

    /// For one member.
    pub(super) fn at(&self, place: u32) -> Truth {
        self.of_special(place).unwrap_or(self.rest)
    }

    /// The places that are told singly.
    pub(super) fn singly(&self) -> Box<dyn Iterator<Item = u32> + '_> {
        match &self.special {
            Special::None => Box::new(std::iter::empty()),
            Special::Same(places, _) => Box::new(places.iter().copied()),
            Special::Each(answers) => Box::new(answers.iter().map(|(place, _)| *place)),
        }
    }

    pub(super) fn told_singly(&self) -> usize {
        match &self.special {
            Special::None => 0,
            Special::Same(places, _) => places.len(),
            Special::Each(answers) => answers.len(),
        }
    }

    /// Whether any member may be reached.
    pub(super) fn possible(&self) -> bool {
        self.rest.possible()
            || match &self.special {
                Special::None => false,
                Special::Same(_, truth) => truth.possible(),
                Special::Each(answers) => answers.iter().any(|(_, truth)| truth.possible()),
            }
    }

    /// Both.
    pub(super) fn and(&self, other: &Sweep) -> Sweep {
        match (&self.special, &other.special) {
            (_, Special::None) => self.clone().cap(other.rest),
            (Special::None, _) => other.clone().cap(self.rest),
            _ => {
                let mut places: Vec<u32> = self.singly().chain(other.singly()).collect();
                places.sort_unstable();
                places.dedup();
                let both = places.into_iter().map(|place| (place, self.at(place).and(other.at(place))));
                Sweep::each(self.rest.and(other.rest), both)
            }
        }
    }

    /// At most this.
    pub(super) fn cap(self, truth: Truth) -> Sweep {
        let rest = self.rest.and(truth);
        match self.special {
            _ if truth.certain() => self,
            Special::None => Sweep::same(rest),
            Special::Same(places, own) => Sweep::of(rest, places, own.and(truth)),
            Special::Each(answers) => Sweep::each(rest, answers.iter().map(|(place, own)| (*place, own.and(truth)))),
        }
    }
}

impl<'e> Domain<'e> {
    /// A population of principals.
    pub(super) fn new(estate: &'e Estate, mut members: Vec<Member>) -> Domain<'e> {
        members.sort_by(|a, b| estate.principals[a.who].arn.cmp(&estate.principals[b.who].arn));
        let arns = members.iter().map(|m| estate.principals[m.who].arn.as_str()).collect();
        Domain::of(members, arns)
    }

    /// A population of other things, by sorted ARN: members tell the place only.
    pub(super) fn things(mut arns: Vec<&'e str>) -> Domain<'e> {
        arns.sort_unstable();
        let members = (0..arns.len()).map(|who| Member { who, truth: Truth::True }).collect();
        Domain::of(members, arns)
    }

    fn of(members: Vec<Member>, arns: Vec<&'e str>) -> Domain<'e> {
        let matched = RefCell::default();
        Domain {
            members,
            arns,
            matched,
            administrators: Wins::default(),
            ceilings: Wins::default(),
            with_policies: Rc::default(),
        }
    }

    /// The place of an ARN.
    pub(super) fn place(&self, arn: &str) -> Option<u32> {
        self.arns.binary_search(&arn).ok().and_then(|at| u32::try_from(at).ok())
    }

    fn places(&self, mut which: impl FnMut(&str) -> bool) -> Vec<u32> {
        (0_u32..).zip(&self.arns).filter(|(_, arn)| which(arn)).map(|(at, _)| at).collect()
    }

    fn matching(&self, pattern: &Pattern) -> Rc<[u32]> {
        let key = match pattern {
            Pattern::Literal(text) => return self.place(text).into_iter().collect(),
            Pattern::Prefix(text) => format!("{text}*"),
            Pattern::Glob(text) => text.to_string(),
            Pattern::Any | Pattern::Template(_) => return Rc::default(),
        };
        if let Some(found) = self.matched.borrow().get(&key) {
            return Rc::clone(found);
        }
        let found: Rc<[u32]> = match pattern {
            Pattern::Prefix(prefix) => {
                let from = self.arns.partition_point(|arn| *arn < &**prefix);
                let count = self.arns[from..].partition_point(|arn| arn.starts_with(&**prefix));
                (from..from + count).filter_map(|at| u32::try_from(at).ok()).collect()
            }
            _ => self.places(|arn| pattern.matches_one(arn)).into(),
        };
        self.matched.borrow_mut().insert(key, Rc::clone(&found));
        found
    }

    /// Which members a statement covers; nothing when it covers none.
    fn cover(&self, statement: &Compiled, context: &dyn Context) -> Option<Cover> {
        if statement.covers_everything() {
            return Some(Cover::All);
        }
        let listed = statement.patterns()?;
        let (mut sure, mut maybe): (Rc<[u32]>, Vec<u32>) = (Rc::default(), Vec::new());
        for pattern in &listed.entries {
            let found: Rc<[u32]> = match pattern {
                Pattern::Any => (0..u32::try_from(self.arns.len()).unwrap_or(u32::MAX)).collect(),
                Pattern::Template(template) => match template.render(context, true) {
                    Rendered::Missing => continue,
                    Rendered::Known(tokens) => self.places(|arn| fits(&tokens, arn)).into(),
                    Rendered::Unknown(tokens) => {
                        maybe.extend(self.places(|arn| fits(&tokens, arn)));
                        continue;
                    }
                },
                plain => self.matching(plain),
            };
            if sure.is_empty() {
                sure = found;
            } else if !found.is_empty() {
                let mut both: Vec<u32> = sure.iter().chain(found.iter()).copied().collect();
                both.sort_unstable();
                both.dedup();
                sure = both.into();
            }
        }
        maybe.sort_unstable();
        maybe.dedup();
        let every = sure.len() == self.arns.len();
        match (listed.not, every, sure.is_empty() && maybe.is_empty()) {
            (false, true, _) | (true, _, true) => Some(Cover::All),
            (true, true, _) | (false, _, true) => None,
            (not, ..) => Some(Cover::Some { not, sure, maybe: maybe.into() }),
        }
    }

    /// For which members a principal may do an action on them.
    pub(super) fn sweep(
        &self,
        estate: &Estate,
        p: &Principal,
        action: ActionId,
        given: &[(&str, &str)],
        granted: Granted,
    ) -> Sweep {
        let context = estate.asking(p, Some(action), given);
        let levels = estate.levels(p);
        let mut lines: Vec<Line> = Vec::new();
        let mut add = |layer: usize, held: &Held| {
            let document = &estate.documents[held.document];
            if document.unreadable.is_some() {
                for allows in [true, false] {
                    lines.push(Line { layer, allows, holds: Truth::Unknown, cover: Cover::All });
                }
            }
            for statement in document.about(action) {
                let holds = statement.holds(&context);
                if holds.possible()
                    && let Some(cover) = self.cover(statement, &context)
                {
                    lines.push(Line { layer, allows: statement.allows(), holds, cover });
                }
            }
        };
        p.held.iter().for_each(|held| add(0, held));
        p.boundary.iter().for_each(|held| add(1, held));
        for (level, list) in levels.iter().enumerate() {
            list.iter().for_each(|held| add(2 + level, held));
        }
        if p.lacks.is_some() {
            for allows in [true, false] {
                lines.push(Line { layer: 0, allows, holds: Truth::Unknown, cover: Cover::All });
            }
        }
        if granted == Granted::Own && !lines.iter().any(|line| line.layer == 0 && line.allows) {
            return Sweep::same(Truth::False);
        }
        let mut allow = vec![Truth::False; 2 + levels.len()];
        let mut judge = |place: Option<u32>| {
            allow.fill(Truth::False);
            let mut deny = Truth::False;
            for line in &lines {
                let says = line.holds.and(line.cover.at(place));
                if line.allows {
                    allow[line.layer] = allow[line.layer].or(says);
                } else {
                    deny = deny.or(says);
                }
            }
            let free_of_boundary = p.boundary.is_none() || granted == Granted::ByTrust { capped: false };
            let skip = |layer: usize| (layer == 0 && granted != Granted::Own) || (layer == 1 && free_of_boundary);
            let capped = allow.iter().enumerate().filter(|(layer, _)| !skip(*layer)).map(|(_, truth)| *truth);
            Truth::all(capped).and(!deny)
        };
        let rest = judge(None);
        let mut places: Vec<u32> = Vec::new();
        let mut lists: Vec<&Rc<[u32]>> = Vec::new();
        for line in &lines {
            if let Cover::Some { sure, maybe, .. } = &line.cover {
                lists.extend([sure, maybe].into_iter().filter(|list| !list.is_empty()));
            }
        }
        lists.dedup_by(|a, b| Rc::ptr_eq(a, b));
        // Places that the same patterns match have the same answer.
        if let [only] = lists[..] {
            return Sweep::of(rest, Rc::clone(only), only.first().map_or(rest, |place| judge(Some(*place))));
        }
        places.extend(lists.iter().flat_map(|list| list.iter()));
        places.sort_unstable();
        places.dedup();
        Sweep::each(rest, places.into_iter().map(|place| (place, judge(Some(place)))))
    }
}

fn fits(tokens: &[Token], arn: &str) -> bool {
    template::matches(tokens, &arn.chars().collect::<Vec<_>>())
}
