//! The chain of runs: a link for each run, with the digest of the link before.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::home::{Altered, Content, Created, Stored};
use super::layout::{CHAIN, LAST, Place, link_key, link_seal_key};
use super::unit::SealCall;
use super::{Store, StoreError, to_json};
use crate::exchange::sha256_hex;
use crate::seal::{Note, Signer};

pub(super) const LINK_SCHEMA: &str = "kickoff/link/1";

/// So far a clock may stand behind that of the last link's writer: two machines differ by that much.
const APART: SignedDuration = SignedDuration::from_mins(5);

/// `chain/00000001.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// `kickoff/link/1`.
    pub schema: String,
    /// Its number, from 1.
    pub seq: u32,
    /// The run.
    pub run: String,
    /// The SHA-256 of `runs/RUN-….json`.
    pub runs_sha256: String,
    /// The SHA-256 of `store.json`.
    pub store_sha256: String,
    /// The SHA-256 of the link before; none for the first.
    pub previous: Option<String>,
    /// The SHA-256 of the call that sealed the link before, where it was there when this one was made.
    pub previous_seal: Option<String>,
    /// When it was made (UTC), by the clock of the writer, and never before the link before.
    pub at: Timestamp,
    /// The key that signs it, as `kickoff key show` prints it, where one was given. Which keys are the entity's is for the
    /// entity to say, by another way than the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// All of this as a signed note, where a key was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Link {
    /// What is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let or_none = |digest: &Option<String>| digest.clone().unwrap_or_else(|| "none".to_owned());
        format!(
            "kickoff link {}\nrun {}\nruns-sha256 {}\nstore-sha256 {}\nprevious {}\nprevious-seal {}\nat {}\nkey {}\n",
            self.seq,
            self.run,
            self.runs_sha256,
            self.store_sha256,
            or_none(&self.previous),
            or_none(&self.previous_seal),
            self.at,
            or_none(&self.key),
        )
    }
}

/// A link that a run has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Its number.
    pub seq: u32,
    /// Its SHA-256.
    pub sha256: String,
    /// Whether it was made now.
    pub new: bool,
}

impl Store {
    /// The links that can be read, in their order, each with its number and SHA-256.
    ///
    /// # Errors
    /// The place cannot be read.
    pub fn links(&self) -> Result<Vec<(u32, Link, String)>, StoreError> {
        let mut links = Vec::new();
        let chain = self.home.list(CHAIN)?;
        for (seq, stored) in numbered(&chain) {
            links.extend(self.link_at(stored)?.map(|(link, sha256)| (seq, link, sha256)));
        }
        Ok(links)
    }

    /// A link with its SHA-256; none where it is damaged or lost, which a check names.
    pub(super) fn link_at(&self, stored: &Stored) -> Result<Option<(Link, String)>, StoreError> {
        if stored.altered.is_some_and(Altered::is_lost) {
            return Ok(None);
        }
        match self.read::<Link>(stored, LINK_SCHEMA) {
            Ok(read) => Ok(Some(read)),
            Err(StoreError::Damaged { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Gives a run, which began at a time, its link: the next number that is free, whoever else looks for one. A run that has a
    /// link keeps it.
    ///
    /// # Errors
    /// The clock stands before the last link, no key is given where the last link has one, the key does not sign, or the place
    /// cannot be read or written.
    pub fn link(
        &self,
        (run, started): (&str, Timestamp),
        runs_sha256: &str,
        now: impl Fn() -> Timestamp,
        signer: Option<&dyn Signer>,
    ) -> Result<Linked, StoreError> {
        let mut tried = None;
        loop {
            let chain = self.home.list(CHAIN)?;
            let links = numbered(&chain);
            if let Some(known) = self.linked((run, started), runs_sha256, &links)? {
                return Ok(known);
            }
            let mut link = Link {
                schema: LINK_SCHEMA.to_owned(),
                seq: 1,
                run: run.to_owned(),
                runs_sha256: runs_sha256.to_owned(),
                store_sha256: self.digest.clone(),
                previous: None,
                previous_seal: None,
                at: now(),
                key: signer.map(|signer| signer.verifier_key().to_string()),
                note: None,
            };
            if let Some((seq, stored)) = links.last() {
                self.follow(&mut link, *seq, stored)?;
                let lost = |stored: &Stored| stored.altered.is_some_and(Altered::is_lost);
                let seal = chain.iter().find(|stored| stored.key == link_seal_key(*seq) && !lost(stored));
                link.previous_seal = seal.map(|stored| self.digest(stored)).transpose()?;
            }
            // No link is dated before its run: its run is found by that.
            if started.duration_since(link.at) > APART {
                return Err(StoreError::Early { run: run.to_owned(), started, now: link.at });
            }
            let damaged = |why: &str| StoreError::Damaged { place: self.place(CHAIN), why: why.to_owned() };
            if link.seq > LAST {
                return Err(damaged("no number is left behind its last link"));
            }
            if tried == Some(link.seq) {
                return Err(damaged("the next link is there, and is not listed"));
            }
            tried = Some(link.seq);
            if let Some(signer) = signer {
                link.note = Some(Note::sign(&link.text(), signer)?);
            }
            let (text, key) = (to_json(&link), link_key(link.seq));
            let sha256 = sha256_hex(&text);
            match self.home.create(&key, Content::Bytes(&text))? {
                Created::New => return Ok(Linked { seq: link.seq, sha256, new: true }),
                // This run has the number, and the answer to an earlier try was lost.
                Created::There if self.digest_at(&key)? == sha256 => {
                    return Ok(Linked { seq: link.seq, sha256, new: true });
                }
                // Another run has the number: this one comes after it.
                Created::There => {}
            }
        }
    }

    /// The link that a run has. None was made long before the run began.
    fn linked(
        &self,
        (run, started): (&str, Timestamp),
        runs_sha256: &str,
        links: &[(u32, &Stored)],
    ) -> Result<Option<Linked>, StoreError> {
        for (seq, stored) in links.iter().rev() {
            let Some((known, sha256)) = self.link_at(stored)? else { continue };
            if known.run == run && known.runs_sha256 == runs_sha256 {
                return Ok(Some(Linked { seq: *seq, sha256, new: false }));
            }
            if started.duration_since(known.at) > APART {
                break;
            }
        }
        Ok(None)
    }

    /// Has a link follow the last one. One that is damaged is followed as it is: what is wrong with it a check names.
    fn follow(&self, link: &mut Link, seq: u32, stored: &Stored) -> Result<(), StoreError> {
        link.seq = seq.saturating_add(1);
        let Some((last, sha256)) = self.link_at(stored)? else {
            if !stored.altered.is_some_and(Altered::is_lost) {
                link.previous = Some(self.digest(stored)?);
            }
            return Ok(());
        };
        let place = || self.name().to_owned();
        if last.at.duration_since(link.at) > APART {
            return Err(StoreError::Clock { place: place(), seq, last: last.at, now: link.at });
        }
        if let (Some(key), None) = (&last.key, &link.key) {
            let name = key.split('+').next().unwrap_or_default().to_owned();
            return Err(StoreError::Unsigned { place: place(), seq, name });
        }
        link.previous = Some(sha256);
        link.at = link.at.max(last.at);
        Ok(())
    }

    /// Puts the call that sealed a link beside it.
    ///
    /// # Errors
    /// Another one is there, or the place cannot be written.
    pub fn put_link_seal(&self, seq: u32, call: &SealCall) -> Result<(), StoreError> {
        self.put(&link_seal_key(seq), &to_json(call)).map(drop)
    }
}

/// The links of a chain, by their numbers.
pub(super) fn numbered(chain: &[Stored]) -> Vec<(u32, &Stored)> {
    let link = |stored: &Stored| match Place::of(&stored.key) {
        Place::Link(seq) => Some(seq),
        _ => None,
    };
    let mut links: Vec<(u32, &Stored)> = chain.iter().filter_map(|stored| Some((link(stored)?, stored))).collect();
    links.sort_by_key(|(seq, _)| *seq);
    links
}
