//! The chain of runs: a link for each run, with the digest of the link before.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::home::{Content, Created, Stored};
use super::layout::{CHAIN, Place, link_key, link_seal_key};
use super::unit::{SEAL_SCHEMA, SealCall};
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
    /// Gives a run its link: the next number that is free, whoever else looks for one. A run that has a link keeps it.
    ///
    /// # Errors
    /// The clock stands before the last link, the key does not sign, or the place cannot be read or written.
    pub fn link(
        &self,
        run: &str,
        runs_sha256: &str,
        now: impl Fn() -> Timestamp,
        signer: Option<&dyn Signer>,
    ) -> Result<Linked, StoreError> {
        loop {
            let chain = self.home.list(CHAIN)?;
            let mut links: Vec<(u32, &Stored)> =
                chain.iter().filter_map(|stored| Some((link(stored)?, stored))).collect();
            links.sort_by_key(|(seq, _)| *seq);
            for (seq, stored) in links.iter().rev() {
                let (known, sha256) = self.read::<Link>(stored, LINK_SCHEMA)?;
                if known.run == run && known.runs_sha256 == runs_sha256 {
                    return Ok(Linked { seq: *seq, sha256, new: false });
                }
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
                let (last, sha256) = self.read::<Link>(stored, LINK_SCHEMA)?;
                if last.at.duration_since(link.at) > APART {
                    let (place, now) = (self.name().to_owned(), link.at);
                    return Err(StoreError::Clock { place, seq: *seq, last: last.at, now });
                }
                let seal = chain.iter().find(|stored| stored.key == link_seal_key(*seq));
                link = Link {
                    seq: seq + 1,
                    previous: Some(sha256),
                    previous_seal: seal.map(|stored| self.digest(stored)).transpose()?,
                    at: link.at.max(last.at),
                    ..link
                };
            }
            if let Some(signer) = signer {
                link.note = Some(Note::sign(&link.text(), signer)?);
            }
            let text = to_json(&link);
            match self.home.create(&link_key(link.seq), Content::Bytes(&text))? {
                Created::New => return Ok(Linked { seq: link.seq, sha256: sha256_hex(&text), new: true }),
                // This run has the number, and the answer to an earlier try was lost.
                Created::There if self.digest_at(&link_key(link.seq))? == sha256_hex(&text) => {
                    return Ok(Linked { seq: link.seq, sha256: sha256_hex(&text), new: true });
                }
                // Another run has the number: this one comes after it.
                Created::There => {}
            }
        }
    }

    /// Puts the call that sealed a link beside it.
    ///
    /// # Errors
    /// Another one is there, or the place cannot be written.
    pub fn put_link_seal(&self, seq: u32, call: &SealCall) -> Result<(), StoreError> {
        debug_assert_eq!(call.schema, SEAL_SCHEMA, "a seal call is of this version");
        self.put(&link_seal_key(seq), &to_json(call)).map(drop)
    }
}

fn link(stored: &Stored) -> Option<u32> {
    match Place::of(&stored.key) {
        Place::Link(seq) => Some(seq),
        _ => None,
    }
}
