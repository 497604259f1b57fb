//! Ids for entries that come without one.

use std::collections::BTreeSet;

use super::entries::Entry;
use super::{Ids, Register};
use crate::fold::folded;
use crate::sheets::words::plain;

/// Ids that nothing has.
pub(super) struct NewIds {
    ids: Option<Ids>,
    next: u32,
    taken: BTreeSet<String>,
}

impl NewIds {
    pub(super) fn new(register: &Register, entries: &[Entry], given: impl Iterator<Item = String>) -> Self {
        let taken: BTreeSet<String> =
            entries.iter().map(|entry| entry.cell("id")).chain(given).map(|id| folded(&id)).collect();
        let next = match register.ids {
            Some(Ids::Numbered(before)) => {
                let before = folded(before);
                let numbers = taken.iter().filter_map(|id| id.strip_prefix(&before)?.parse::<u32>().ok());
                numbers.max().unwrap_or_default().saturating_add(1)
            }
            _ => 1,
        };
        Self { ids: register.ids, next, taken }
    }

    /// Another id; none where there is nothing to make it from.
    pub(super) fn make(&mut self, words: &dyn Fn(&str) -> String) -> Option<String> {
        match self.ids? {
            Ids::Itself => None,
            Ids::Numbered(before) => {
                let id = format!("{before}{:03}", self.next);
                self.next = self.next.saturating_add(1);
                Some(id)
            }
            Ids::Named(key) => {
                let name = folded(&plain(&words(key))).replace(' ', "-");
                if name.is_empty() {
                    return None;
                }
                let id = if self.taken.contains(&name) {
                    (2..).map(|n| format!("{name}-{n}")).find(|id| !self.taken.contains(id))?
                } else {
                    name
                };
                self.taken.insert(id.clone());
                Some(id)
            }
        }
    }
}
