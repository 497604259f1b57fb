//! Which entry a row is: by its id, else by what tells it from others.

use std::collections::HashMap;

use super::Register;
use super::entries::Entry;
use crate::fold::folded;

/// What a row says of itself.
pub(super) struct Row<'a> {
    /// What it says under a key, as a cell has it.
    pub(super) cell: &'a dyn Fn(&str) -> String,
}

/// Which entry a row is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Entry(usize),
    /// One whose id is written in another way.
    Alike(usize),
    New,
    Unclear(String),
}

/// The entries, by what tells them from each other.
pub(super) struct Index<'a> {
    register: &'static Register,
    entries: &'a [Entry],
    ids: HashMap<String, usize>,
    folded: HashMap<String, Vec<usize>>,
    natural: Vec<HashMap<Vec<String>, Vec<usize>>>,
    /// Of entries that nothing tells apart, so many were found already.
    given: HashMap<(usize, Vec<String>), usize>,
}

fn key_of(keys: &[&str], cell: &dyn Fn(&str) -> String) -> Option<Vec<String>> {
    let key: Vec<String> = keys.iter().map(|key| folded(&cell(key))).collect();
    key.iter().any(|part| !part.is_empty()).then_some(key)
}

impl<'a> Index<'a> {
    pub(super) fn new(register: &'static Register, entries: &'a [Entry]) -> Self {
        let mut index = Self {
            register,
            entries,
            ids: HashMap::new(),
            folded: HashMap::new(),
            natural: vec![HashMap::new(); register.natural.len()],
            given: HashMap::new(),
        };
        for (at, entry) in entries.iter().enumerate() {
            if register.ids.is_some() {
                let id = entry.cell("id");
                index.folded.entry(folded(&id)).or_default().push(at);
                index.ids.insert(id, at);
            }
            for (keys, known) in register.natural.iter().zip(&mut index.natural) {
                if let Some(key) = key_of(keys, &|key| entry.cell(key)) {
                    known.entry(key).or_default().push(at);
                }
            }
        }
        index
    }

    /// What an entry is called.
    pub(super) fn name(&self, at: usize) -> String {
        let Some(entry) = self.entries.get(at) else { return String::new() };
        name(self.register, &|key| entry.cell(key))
    }

    pub(super) fn find(&mut self, row: &Row<'_>) -> Found {
        let id = if self.register.ids.is_some() { (row.cell)("id") } else { String::new() };
        if !id.is_empty() {
            if let Some(at) = self.ids.get(&id) {
                return Found::Entry(*at);
            }
            match self.folded.get(&folded(&id)).map(Vec::as_slice) {
                Some([one]) => return Found::Alike(*one),
                Some(several) => return self.unclear(several),
                None if !self.register.by_name => return Found::New,
                None => {}
            }
        }
        for (alternative, keys) in self.register.natural.iter().enumerate() {
            let Some(key) = key_of(keys, row.cell) else { continue };
            let known = self.natural.get(alternative).and_then(|known| known.get(&key));
            match known.map(Vec::as_slice) {
                None => {}
                Some(all) if self.register.ids.is_none() => {
                    let given = self.given.entry((alternative, key)).or_default();
                    *given += 1;
                    return all.get(*given - 1).map_or(Found::New, |at| Found::Entry(*at));
                }
                Some([one]) => {
                    return match self.same_person(*one, alternative, row) {
                        Found::Entry(at) if !id.is_empty() => Found::Alike(at),
                        found => found,
                    };
                }
                Some(several) => return self.unclear(several),
            }
        }
        Found::New
    }

    fn unclear(&self, several: &[usize]) -> Found {
        let names: Vec<String> = several.iter().map(|at| self.name(*at)).collect();
        Found::Unclear(format!("may be {}: give it its id", names.join(" or ")))
    }

    /// Two of one name are one person only where their addresses do not differ.
    fn same_person(&self, at: usize, alternative: usize, row: &Row<'_>) -> Found {
        let first = self.register.natural.first().and_then(|keys| keys.first()).copied().unwrap_or_default();
        let known = self.entries.get(at).map(|entry| entry.cell(first)).unwrap_or_default();
        let given = (row.cell)(first);
        if alternative > 0 && !known.is_empty() && !given.is_empty() {
            let name = self.name(at);
            return Found::Unclear(format!(
                "is called as `{name}`, whose `{first}` is {known} and not {given}: give it the id `{name}` if it is the same, or another one if not"
            ));
        }
        Found::Entry(at)
    }
}

/// What tells a row from others that are new as well; none where nothing does.
pub(super) fn key(register: &Register, cell: &dyn Fn(&str) -> String) -> Option<Vec<String>> {
    let id = if register.ids.is_some() { cell("id") } else { String::new() };
    if !id.is_empty() {
        return Some(vec![folded(&id)]);
    }
    register.natural.iter().find_map(|keys| key_of(keys, cell))
}

/// What an entry or a row is called: by its id, else by what tells it from others.
pub(super) fn name(register: &Register, cell: &dyn Fn(&str) -> String) -> String {
    let id = if register.ids.is_some() { cell("id") } else { String::new() };
    if !id.is_empty() {
        return id;
    }
    let keys = register.natural.iter().map(|keys| {
        let parts: Vec<String> = keys.iter().map(|key| cell(key)).filter(|part| !part.is_empty()).collect();
        parts.join(" ")
    });
    keys.into_iter().rev().find(|name| !name.is_empty()).unwrap_or_default()
}
