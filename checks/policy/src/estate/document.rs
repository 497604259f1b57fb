//! A document made ready for many questions: an index from actions to its statements.

use std::collections::HashMap;

use crate::actions::{ActionId, ActionSet, ActionTable};
use crate::compile::{Compiled, Policy, Target};
use crate::context::Context;
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
    /// Per statement: the actions that it speaks of.
    pub(crate) sets: Box<[ActionSet]>,
    /// The actions that an Allow names.
    pub(crate) allowed: ActionSet,
    /// How many actions its Allow statements on every resource name, those that several name counted as often.
    pub(crate) everywhere: usize,
    /// The text is no policy: what it does is not known.
    pub(crate) unreadable: Option<String>,
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
    pub(super) fn new(text: &str, kind: Kind, table: &ActionTable, cache: &mut HashMap<String, ActionSet>) -> Document {
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
        let wide = policy.statements.iter().zip(&sets).filter(|(s, _)| s.allows() && s.covers_everything());
        let everywhere = wide.map(|(_, set)| set.len()).sum();
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
        Document {
            policy,
            starts: starts.into(),
            masks: masks.into(),
            words,
            sets: sets.into(),
            allowed,
            everywhere,
            unreadable,
        }
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
