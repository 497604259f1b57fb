//! `kickoff store check`: every digest of a store, its chain, and what is missing.

mod chain;
mod numbers;
mod units;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::home::{HomeError, Stored, is_key};
use super::layout::{CHAIN, IDS, Place, is_hidden};
use super::{Slot, Store, StoreError, parse};
use crate::exchange::sha256_hex;
use crate::seal::VerifierKey;

/// What a finding means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something was changed, taken out or put in after it was written.
    Altered,
    /// Something that is expected is not there, or cannot be read.
    Lacking,
    /// Nothing is wrong; a reader may ask.
    Told,
}

/// Something that a check found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What it means.
    pub level: Level,
    /// The object, or the time of a slot.
    pub what: String,
    /// What was found.
    pub why: String,
}

/// What a check is to hold a store against.
#[derive(Debug, Clone)]
pub struct Expected {
    /// Keys of the entity, got by another way than the store. Without any, the key of the first signed link is taken for it.
    pub keys: Vec<VerifierKey>,
    /// The time (UTC).
    pub now: Timestamp,
    /// How old the newest link may be.
    pub max_age: Option<SignedDuration>,
}

/// What a check went through, and what it found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Objects of the store.
    pub objects: usize,
    /// Bytes whose digests were compared.
    pub bytes: u64,
    /// Units whose files are whole.
    pub units: usize,
    /// Runs that have a link.
    pub runs: usize,
    /// The newest link: its number, its run, and when it was made.
    pub newest: Option<(u32, String, Timestamp)>,
    /// The key under which the links hold, where they are signed.
    pub signed_by: Option<String>,
    /// The slots that plans expect, whose grace is over.
    pub slots: Vec<Slot>,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// The worst that was found.
    #[must_use]
    pub fn worst(&self) -> Option<Level> {
        self.findings.iter().map(|finding| finding.level).min()
    }
}

/// An object that was read: what it says, where it can be read, and its SHA-256, where there is one.
struct Read<T> {
    value: Option<T>,
    digest: Option<String>,
}

/// A check under way.
struct Check<'a> {
    store: &'a Store,
    expected: &'a Expected,
    objects: BTreeMap<&'a str, &'a Stored>,
    /// Objects that something names.
    named: BTreeSet<String>,
    /// Objects that are there and could not be read, or are of a newer version: nothing is concluded from what they do not say.
    unread: BTreeSet<String>,
    /// What it means that an object is not there which something names.
    removed: Level,
    done: Checked,
}

impl Store {
    /// Every object: the chain first, then the increments of numbers, then the rest. So whatever one names that was listed early
    /// is in what is listed later, whoever writes in the meantime.
    pub(super) fn listed(&self) -> Result<Vec<Stored>, StoreError> {
        let accounts = format!("{IDS}account=");
        let mut listed = self.home.list(CHAIN)?;
        listed.extend(self.home.list(&accounts)?);
        let rest = self.home.list("")?.into_iter();
        listed.extend(rest.filter(|stored| !stored.key.starts_with(CHAIN) && !stored.key.starts_with(&accounts)));
        Ok(listed)
    }

    /// Compares every object with the digest that vouches for it, and the chain with itself.
    ///
    /// # Errors
    /// The store cannot be listed, or is of a newer version.
    pub fn check(&self, expected: &Expected) -> Result<Checked, StoreError> {
        // The chain first: what its links name was written before them, and is in the list that is made after it. What others
        // write in the meantime has no link here, and is judged by none.
        let listed = self.listed()?;
        let objects = listed.iter().map(|stored| (stored.key.as_str(), stored)).collect();
        let mut check = Check {
            store: self,
            expected,
            objects,
            named: BTreeSet::new(),
            unread: BTreeSet::new(),
            removed: Level::Altered,
            done: Checked::default(),
        };
        check.done.objects = listed.len();
        for stored in &listed {
            check.object(stored);
        }
        let numbers = check.numbers();
        let plans = check.plans();
        let runs = check.chain();
        check.runs(&runs, &plans, &numbers);
        check.rest();
        check.age();
        for lack in self.home.lacks() {
            check.found(Level::Told, self.name(), lack);
        }
        let mut done = check.done;
        done.findings.sort();
        done.findings.dedup();
        Ok(done)
    }
}

impl<'a> Check<'a> {
    fn found(&mut self, level: Level, key: &str, why: impl Into<String>) {
        self.done.findings.push(Finding { level, what: key.to_owned(), why: why.into() });
    }

    fn altered(&mut self, key: &str, why: impl Into<String>) {
        self.found(Level::Altered, key, why);
    }

    /// What can be said of an object without reading it.
    fn object(&mut self, stored: &Stored) {
        if let Some(altered) = stored.altered {
            self.altered(&stored.key, altered.to_string());
        }
        if !is_key(&stored.key) || Place::of(&stored.key) == Place::Foreign {
            if is_hidden(&stored.key) {
                self.found(
                    Level::Told,
                    &stored.key,
                    "is a hidden file, such as systems leave behind: nothing counts it",
                );
            } else {
                self.altered(&stored.key, "is no object of a store: somebody put it there");
            }
        }
    }

    fn stored(&mut self, key: &str) -> Option<&'a Stored> {
        self.named.insert(key.to_owned());
        let stored = self.objects.get(key).copied();
        if stored.is_none() {
            self.found(self.removed, key, "is not there: it was removed");
        }
        // What was done to an object is told once, where it is listed.
        stored.filter(|stored| !stored.altered.is_some_and(super::Altered::is_lost))
    }

    /// The text of an object with its SHA-256; none where it is not there or cannot be read, which is told.
    fn text(&mut self, key: &str) -> Option<(Vec<u8>, String)> {
        let stored = self.stored(key)?;
        match self.store.text(stored) {
            Ok(text) => {
                self.done.bytes += text.len() as u64;
                let digest = sha256_hex(&text);
                Some((text, digest))
            }
            Err(error) => {
                self.cannot(key, &error);
                None
            }
        }
    }

    /// An object that is JSON of a schema, with its SHA-256, which is known of what is damaged or of a newer version too.
    fn json<T: serde::de::DeserializeOwned>(&mut self, key: &str, schema: &'static str) -> Read<T> {
        let Some((text, digest)) = self.text(key) else { return Read { value: None, digest: None } };
        let value = match parse(&self.store.place(key), &text, schema) {
            Ok(value) => Some(value),
            Err(error @ StoreError::Newer { .. }) => {
                self.unread.insert(key.to_owned());
                self.found(Level::Lacking, key, short(&error));
                None
            }
            Err(error) => {
                self.altered(key, short(&error));
                None
            }
        };
        Read { value, digest: Some(digest) }
    }

    /// The SHA-256 of an object; none where it is not there or cannot be read, which is told.
    fn digest(&mut self, key: &str) -> Option<String> {
        let stored = self.stored(key)?;
        match self.store.digest(stored) {
            Ok(digest) => {
                self.done.bytes += stored.bytes;
                Some(digest)
            }
            Err(error) => {
                self.cannot(key, &error);
                None
            }
        }
    }

    fn cannot(&mut self, key: &str, error: &StoreError) {
        self.unread.insert(key.to_owned());
        match error {
            StoreError::Home(HomeError { why, .. }) => self.found(Level::Lacking, key, why.clone()),
            other => self.altered(key, other.to_string()),
        }
    }

    /// Objects that nothing names.
    fn rest(&mut self) {
        let all: Vec<String> = self.objects.keys().map(|key| (*key).to_owned()).collect();
        let units: BTreeSet<String> = all
            .iter()
            .filter_map(|key| match Place::of(key) {
                Place::Unit { folder, file: super::layout::UNIT, .. } => Some(folder.to_owned()),
                _ => None,
            })
            .collect();
        for key in &all {
            if self.named.contains(key) {
                continue;
            }
            match Place::of(key) {
                Place::Unit { folder, file, .. } => self.unnamed(key, folder, file, &units),
                // Each of these is told where the store is read, or stands for itself.
                Place::Store | Place::Plan | Place::Run(_) | Place::Link(_) | Place::Ids(..) | Place::Block(_) => {}
                Place::LinkSeal(seq) if self.objects.contains_key(super::layout::link_key(seq).as_str()) => {}
                Place::LinkSeal(_) => self.altered(key, "seals a link that is not there"),
                Place::Beside | Place::Foreign => {}
            }
        }
    }

    /// A file of the folder of a unit that no unit of a run names.
    fn unnamed(&mut self, key: &str, folder: &str, file: &str, units: &BTreeSet<String>) {
        let ours = self.named.contains(&format!("{folder}{}", super::layout::UNIT));
        let run = folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let list = super::layout::run_key(run);
        let listed = self.objects.contains_key(list.as_str());
        if self.unread.contains(&list) || self.unread.contains(&format!("{folder}{}", super::layout::UNIT)) {
            return;
        }
        match (ours, units.contains(folder)) {
            (true, _) if super::unit::is_left_over(file) => {
                self.found(Level::Told, key, "was left by a writer that was stopped before its unit was whole");
            }
            (true, _) => self.altered(key, "is named by no unit: somebody put it there"),
            (false, true) if listed => {
                self.altered(key, format!("is of a unit that {run} does not name: it was put there or moved"))
            }
            (false, true) if file == super::layout::UNIT => {
                self.found(
                    Level::Lacking,
                    key,
                    format!("is a unit of {run}, which is not in the store: it was not closed, or it was removed"),
                );
            }
            (false, true) => {}
            (false, false) if file == super::layout::UNIT_SEAL => {
                self.altered(key, "seals a unit that is not there: it was removed")
            }
            (false, false) if listed => {
                self.altered(key, format!("is of a unit that {run} does not name: it was put there or moved"))
            }
            (false, false) => {
                self.found(
                    Level::Told,
                    key,
                    "is of a unit that is not whole: its writer was stopped, and nothing counts it",
                );
            }
        }
    }

    fn is_to_come(&self, at: Timestamp) -> bool {
        at.duration_since(self.expected.now) > SignedDuration::from_mins(5)
    }

    /// Whether the newest link is too old, and which slots have no run.
    fn age(&mut self) {
        if let Some(most) = self.expected.max_age {
            let now = self.expected.now;
            match self.done.newest.clone() {
                None => self.found(Level::Lacking, "chain/", "there is no run at all"),
                Some((seq, run, at)) if now.duration_since(at) > most => {
                    let hours = now.duration_since(at).as_hours();
                    let what = format!("link {seq}");
                    let most = most.as_hours();
                    self.found(
                        Level::Lacking,
                        &what,
                        format!("is the newest, of {run}, and {hours} hours old; at most {most} were asked for"),
                    );
                }
                Some(_) => {}
            }
        }
        if let Some((seq, run, at)) = self.done.newest.clone().filter(|(_, _, at)| self.is_to_come(*at)) {
            let why = format!(
                "is dated {at}, which is still to come by the clock here: that clock is wrong, or its writer's was, or it was made to look new ({run})"
            );
            self.altered(&super::layout::link_key(seq), why);
        }
        for slot in self.done.slots.clone().into_iter().filter(|slot| slot.run.is_none()) {
            self.found(Level::Lacking, &format!("slot {}", slot.at), "has no run: what held then nobody saw");
        }
    }
}

/// What is wrong with an object, without its name.
fn short(error: &StoreError) -> String {
    match error {
        StoreError::Damaged { why, .. } => format!("is damaged: {why}"),
        StoreError::Newer { found, newest, .. } => {
            format!(
                "has format {found}; this version reads up to {newest}: use the kickoff that wrote it, or a newer one"
            )
        }
        other => other.to_string(),
    }
}
