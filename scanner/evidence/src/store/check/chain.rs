//! The chain: every link by its number, the digest of the one before, its run and its signature.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::super::chain::{LINK_SCHEMA, Link};
use super::super::layout::{Place, link_key, link_seal_key, run_key};
use super::super::runs::{RUN_SCHEMA, RunFile};
use super::super::unit::{SEAL_SCHEMA, SealCall};
use super::{Check, Level};
use crate::seal::{Note, VerifierKey};

/// The runs that have a link, with the SHA-256 of their lists, in the order of the chain.
pub(super) type Runs = Vec<(String, String, Timestamp)>;

impl Check<'_> {
    /// Holds every link against the one before; the runs that they name.
    pub(super) fn chain(&mut self) -> Runs {
        let number = |key: &&str| match Place::of(key) {
            Place::Link(seq) => Some(seq),
            _ => None,
        };
        let last = self.objects.keys().filter_map(number).max().unwrap_or(0);
        let mut runs = Runs::new();
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        let mut before: Option<(Link, String)> = None;
        let mut signer = None;
        for seq in 1..=last {
            let key = link_key(seq);
            let Some((link, digest)) = self.json::<Link>(&key, LINK_SCHEMA) else {
                before = None;
                continue;
            };
            self.link(seq, &key, &link, before.as_ref(), &mut signer);
            self.link_seal(seq, &digest);
            if let Some((previous, _)) = &before
                && link.at < previous.at
            {
                self.altered(
                    &key,
                    format!("is dated {}, before the link before it ({}): it was back-dated", link.at, previous.at),
                );
            }
            if let Some(other) = seen.insert(link.run.clone(), seq) {
                self.altered(&key, format!("names {}, as link {other} does", link.run));
            }
            runs.push((link.run.clone(), link.runs_sha256.clone(), link.at));
            self.done.newest = Some((seq, link.run.clone(), link.at));
            before = Some((link, digest));
        }
        self.done.signed_by = signer.map(|key: VerifierKey| key.to_string());
        self.done.runs = runs.len();
        runs
    }

    fn link(
        &mut self,
        seq: u32,
        key: &str,
        link: &Link,
        before: Option<&(Link, String)>,
        signer: &mut Option<VerifierKey>,
    ) {
        if link.seq != seq {
            self.altered(key, format!("is link {}: it was moved", link.seq));
        }
        if link.store_sha256 != self.store.digest {
            self.altered(key, "names another store.json: it is of another store, or store.json was changed");
        }
        match (before, seq) {
            (Some((_, digest)), _) if link.previous.as_ref() != Some(digest) => {
                self.altered(key, "does not name the link before it: one was changed, taken out or put in");
            }
            (None, 1) if link.previous.is_some() => {
                self.altered(key, "names a link before it, and is the first: those before it were taken out");
            }
            _ => {}
        }
        if let Some(digest) = &link.previous_seal
            && seq > 1
        {
            let seal = link_seal_key(seq - 1);
            if self.digest(&seal).is_some_and(|found| found != *digest) {
                self.altered(&seal, "is not the one that the next link names");
            }
        }
        self.signature(key, link, signer);
    }

    /// The signature of a link: by a key of the entity, or by the key of the links before.
    fn signature(&mut self, key: &str, link: &Link, signer: &mut Option<VerifierKey>) {
        let known = &self.expected.keys;
        let Some(note) = &link.note else {
            if link.key.is_some() {
                self.altered(key, "names a key, and is not signed");
            } else if let Some(signer) = signer {
                let name = signer.name().to_owned();
                self.altered(key, format!("is not signed, and links before it are, by {name}"));
            } else if !known.is_empty() {
                self.altered(key, "is not signed, and a key was given");
            }
            return;
        };
        let named = link.key.as_deref().and_then(|line| line.parse::<VerifierKey>().ok());
        let Some(named) = named else {
            self.altered(key, "is signed, and names no key that can be read");
            return;
        };
        let holds = Note::parse(note.as_bytes())
            .is_ok_and(|note| note.text == link.text() && note.verify(&named) == Some(true));
        if !holds {
            self.altered(key, format!("has a signature of {} that does not hold", named.name()));
            return;
        }
        let same = |one: &VerifierKey| one.to_string() == named.to_string();
        let trusted = if known.is_empty() { signer.as_ref().is_none_or(same) } else { known.iter().any(same) };
        if !trusted {
            let name = named.name();
            let why = if known.is_empty() {
                format!(
                    "is signed by {name}, which is not the key of the links before it: give every key of the entity with --key"
                )
            } else {
                format!("is signed by {name}, which is none of the keys that were given")
            };
            self.altered(key, why);
        }
        *signer = Some(named);
    }

    /// The call that sealed a link, where there is one.
    fn link_seal(&mut self, seq: u32, digest: &str) {
        let key = link_seal_key(seq);
        if !self.objects.contains_key(key.as_str()) {
            return;
        }
        if let Some((call, _)) = self.json::<SealCall>(&key, SEAL_SCHEMA)
            && (call.seals != "link" || call.sha256 != digest)
        {
            self.altered(&key, "seals something else than the link beside it");
        }
    }

    /// The list of a run that a link names.
    pub(super) fn run_file(&mut self, run: &str, sha256: &str) -> Option<RunFile> {
        let key = run_key(run);
        let (file, found) = self.json::<RunFile>(&key, RUN_SCHEMA)?;
        if found != sha256 {
            self.altered(&key, format!("has the SHA-256 {found}, and its link names {sha256}"));
        }
        if file.run.id != run {
            self.altered(&key, format!("is the list of {}", file.run.id));
        }
        Some(file)
    }

    /// A finding on the order of runs.
    pub(super) fn late(&mut self, run: &str, started: Timestamp, linked: Timestamp) {
        if started > linked.saturating_add(jiff::SignedDuration::from_mins(5)).unwrap_or(Timestamp::MAX) {
            self.altered(&run_key(run), format!("began at {started}, after its link was made ({linked})"));
        }
        let days = linked.duration_since(started).as_hours() / 24;
        if days >= 2 {
            self.found(Level::Told, &run_key(run), format!("was added {days} days after it began: what stands against a later making is not this chain, but what sealed it then"));
        }
    }
}
