//! The chain: every link by its number, the digest of the one before, its run and its signature.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::super::chain::{LINK_SCHEMA, Link};
use super::super::layout::{Place, is_run, link_key, link_seal_key, run_key};
use super::super::runs::{RUN_SCHEMA, RunFile};
use super::super::unit::{SEAL_SCHEMA, SealCall};
use super::{Check, Level, Read};
use crate::seal::{Note, VerifierKey};

/// The runs that have a link, with the SHA-256 of their lists, in the order of the chain.
pub(super) type Runs = Vec<(String, String, Timestamp)>;

/// What is known of the chain so far.
#[derive(Default)]
struct Before {
    link: Option<Link>,
    digest: Option<String>,
    /// The key of the links that are signed.
    signer: Option<VerifierKey>,
    /// Links without a signature, before any that has one.
    unsigned: Vec<String>,
}

impl Check<'_> {
    /// Holds every link against the one before; the runs that they name.
    pub(super) fn chain(&mut self) -> Runs {
        let number = |key: &&str| match Place::of(key) {
            Place::Link(seq) => Some(seq),
            _ => None,
        };
        let mut all: Vec<u32> = self.objects.keys().filter_map(number).collect();
        all.sort_unstable();
        let mut runs = Runs::new();
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        let (mut before, mut last) = (Before::default(), 0);
        for seq in all {
            if seq > last + 1 {
                self.gap(last + 1, seq - 1);
                (before.link, before.digest) = (None, None);
            }
            last = seq;
            let key = link_key(seq);
            let Read { value, digest } = self.json::<Link>(&key, LINK_SCHEMA);
            if let Some(digest) = &digest {
                self.link_seal(seq, digest);
            }
            if let Some(link) = &value {
                self.link(seq, &key, link, &mut before);
                if let Some(other) = seen.insert(link.run.clone(), seq) {
                    self.altered(&key, format!("names {}, as link {other} does", link.run));
                }
                runs.push((link.run.clone(), link.runs_sha256.clone(), link.at));
                self.done.newest = Some((seq, link.run.clone(), link.at));
            }
            (before.link, before.digest) = (value, digest);
        }
        if !self.expected.keys.is_empty() {
            for key in before.unsigned {
                self.altered(&key, "is not signed, nor is any link after it, and a key was given");
            }
        }
        self.done.signed_by = before.signer.map(|key| key.to_string());
        self.done.runs = runs.len();
        runs
    }

    /// Links that are not there.
    fn gap(&mut self, from: u32, to: u32) {
        let key = link_key(from);
        let why = if from == to {
            "is not there: it was removed".to_owned()
        } else {
            format!("and all up to {} are not there: they were removed", link_key(to))
        };
        self.altered(&key, why);
    }

    fn link(&mut self, seq: u32, key: &str, link: &Link, before: &mut Before) {
        if link.seq != seq {
            self.altered(key, format!("is link {}: it was moved", link.seq));
        }
        if link.store_sha256 != self.store.digest {
            self.altered(key, "names another store.json: it is of another store, or store.json was changed");
        }
        match (&before.digest, seq) {
            (Some(digest), _) if link.previous.as_ref() != Some(digest) => {
                self.altered(key, "does not name the link before it: one was changed, taken out or put in");
            }
            (None, 1) if link.previous.is_some() => {
                self.altered(key, "names a link before it, and is the first: those before it were taken out");
            }
            _ => {}
        }
        if let Some(previous) = before.link.as_ref().filter(|previous| link.at < previous.at) {
            let at = previous.at;
            self.altered(key, format!("is dated {}, before the link before it ({at}): it was back-dated", link.at));
        }
        if let Some(digest) = &link.previous_seal
            && seq > 1
        {
            let seal = link_seal_key(seq - 1);
            if self.digest(&seal).is_some_and(|found| found != *digest) {
                self.altered(&seal, "is not the one that the next link names");
            }
        }
        self.signature(key, link, before);
    }

    /// The signature of a link: by a key of the entity, or by the key of the links before. Links before the first that is signed
    /// stand under its signature, which covers the digest of the link before it.
    fn signature(&mut self, key: &str, link: &Link, before: &mut Before) {
        let known = &self.expected.keys;
        let Some(note) = &link.note else {
            if link.key.is_some() {
                self.altered(key, "names a key, and is not signed");
            } else if let Some(signer) = &before.signer {
                let name = signer.name().to_owned();
                self.altered(key, format!("is not signed, and links before it are, by {name}"));
            } else {
                before.unsigned.push(key.to_owned());
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
        let trusted = if known.is_empty() { before.signer.as_ref().is_none_or(same) } else { known.iter().any(same) };
        if trusted {
            for earlier in std::mem::take(&mut before.unsigned) {
                self.found(Level::Told, &earlier, format!("is not signed; the signature of {key} covers it"));
            }
            before.signer = Some(named);
            return;
        }
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

    /// The call that sealed a link, where there is one.
    fn link_seal(&mut self, seq: u32, digest: &str) {
        let key = link_seal_key(seq);
        if !self.objects.contains_key(key.as_str()) {
            return;
        }
        if let Some(call) = self.json::<SealCall>(&key, SEAL_SCHEMA).value
            && (call.seals != "link" || call.sha256 != digest)
        {
            self.altered(&key, "seals something else than the link beside it");
        }
    }

    /// The list of a run that a link names.
    pub(super) fn run_file(&mut self, run: &str, sha256: &str) -> Option<RunFile> {
        let key = run_key(run);
        if !is_run(run) {
            self.altered(&key, "is named by a link, and no run has such an id");
            return None;
        }
        let Read { value, digest } = self.json::<RunFile>(&key, RUN_SCHEMA);
        if let Some(found) = digest.filter(|found| found != sha256) {
            self.altered(&key, format!("has the SHA-256 {found}, and its link names {sha256}"));
        }
        let file: RunFile = value?;
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
