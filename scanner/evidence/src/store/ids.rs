//! Numbers that stay: the same call is the same evidence item, and the same failure the same deviation, on every machine.
//!
//! The numbers of an account are the sum of its increments, `ids/account=111122223333/00000001.json` and on, each with the
//! digest of the one before. They are taken from blocks of a thousand, `ids/block=00000001.json`, of which each belongs to one
//! account: so that a number is one thing in the whole store, and in every package of it, and accounts never wait for each
//! other.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::home::{Content, Created};
use super::layout::{BLOCKS, IDS, LAST, Place, block_key, ids_folder, ids_key};
use super::unit::IdsAt;
use super::{Store, StoreError, to_json};
use crate::exchange::sha256_hex;
use crate::run::{Ledger, is_block};

pub(super) const PART_SCHEMA: &str = "kickoff/ids-part/1";
pub(super) const BLOCK_SCHEMA: &str = "kickoff/ids-block/1";

/// So many blocks a run may take at once: a million numbers.
const BLOCKS_AT_ONCE: usize = 1000;

/// An increment of the numbers of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Increment {
    pub schema: String,
    pub account: String,
    pub seq: u32,
    /// The run that needed them.
    pub run: String,
    /// The SHA-256 of the increment before; none for the first.
    pub previous: Option<String>,
    /// Blocks that the account has from here on.
    pub blocks: Vec<u32>,
    pub evidence: BTreeMap<String, u32>,
    pub deviations: BTreeMap<i16, BTreeMap<String, u32>>,
}

/// Whose a thousand numbers are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Block {
    pub schema: String,
    pub block: u32,
    pub account: String,
}

/// The numbers of some accounts, with how far each went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// The numbers.
    pub ledger: Ledger,
    /// The last increment of each account that has one.
    pub at: BTreeMap<String, IdsAt>,
}

impl Store {
    /// The numbers of accounts as they are.
    ///
    /// # Errors
    /// An increment cannot be read, or is not one.
    pub fn numbers<'a>(&self, accounts: impl IntoIterator<Item = &'a str>) -> Result<Numbers, StoreError> {
        let mut numbers = Numbers::default();
        for account in accounts {
            self.add_numbers(account, &mut numbers)?;
        }
        Ok(numbers)
    }

    fn add_numbers(&self, account: &str, numbers: &mut Numbers) -> Result<(), StoreError> {
        for stored in self.home.list(&ids_folder(account))? {
            let Place::Ids(_, seq) = Place::of(&stored.key) else { continue };
            let (part, sha256) = self.read::<Increment>(&stored, PART_SCHEMA)?;
            let damaged = |why: String| StoreError::Damaged { place: self.place(&stored.key), why };
            if part.account != account || part.seq != seq {
                return Err(damaged(format!("it is increment {} of account {}", part.seq, part.account)));
            }
            if part.previous != numbers.at.get(account).map(|at| at.sha256.clone()) {
                return Err(damaged("it does not name the increment before it".to_owned()));
            }
            if let Some(block) = part.blocks.iter().find(|block| !is_block(**block)) {
                return Err(damaged(format!("it takes block {block}, which is none")));
            }
            numbers.ledger.add(account, &part.blocks, &part.evidence, &part.deviations);
            numbers.at.insert(account.to_owned(), IdsAt { seq, sha256 });
        }
        Ok(())
    }

    /// Has numbers given, and writes down those that are new, so that nobody else gives them. `give` numbers what a run needs in
    /// a ledger; it may be asked several times, and each time with what is known then.
    ///
    /// # Errors
    /// The place cannot be read or written.
    pub fn number(&self, accounts: &[&str], run: &str, give: impl Fn(&mut Ledger)) -> Result<Numbers, StoreError> {
        let mut known = self.numbers(accounts.iter().copied())?;
        let mut taken: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for account in accounts {
            // No account is without: numbers of a ledger that has blocks come from these alone.
            if known.ledger.blocks_of(account).is_empty() {
                taken.entry(account).or_default().push(self.take_block(account)?);
            }
        }
        loop {
            let mut ledger = known.ledger.clone();
            for (account, blocks) in &taken {
                ledger.add(account, blocks, &BTreeMap::new(), &BTreeMap::new());
            }
            give(&mut ledger);
            let short: Vec<&str> =
                accounts.iter().copied().filter(|account| !ledger.has_room(&known.ledger, account)).collect();
            if !short.is_empty() {
                // A block has room for more than any account asks at once; what asks for thousands of them is no run.
                if taken.values().map(Vec::len).sum::<usize>() > BLOCKS_AT_ONCE + accounts.len() {
                    let why = format!("{run} needs more numbers than a run can");
                    return Err(StoreError::Damaged { place: self.place(&ids_folder(short[0])), why });
                }
                for account in short {
                    taken.entry(account).or_default().push(self.take_block(account)?);
                }
                continue;
            }
            let (mut behind, before_at) = (false, known.at.clone());
            for account in accounts {
                let (evidence, deviations) = ledger.beyond(&known.ledger, account);
                if evidence.is_empty() && deviations.is_empty() {
                    continue;
                }
                let before = known.at.get(*account);
                if before.is_some_and(|at| at.seq >= LAST) {
                    let why = "no number is left behind its last increment".to_owned();
                    return Err(StoreError::Damaged { place: self.place(&ids_folder(account)), why });
                }
                let part = Increment {
                    schema: PART_SCHEMA.to_owned(),
                    account: (*account).to_owned(),
                    seq: before.map_or(1, |at| at.seq.saturating_add(1)),
                    run: run.to_owned(),
                    previous: before.map(|at| at.sha256.clone()),
                    blocks: new_blocks(taken.get(account), known.ledger.blocks_of(account)),
                    evidence,
                    deviations,
                };
                let text = to_json(&part);
                match self.home.create(&ids_key(account, part.seq), Content::Bytes(&text))? {
                    Created::New => {
                        known.ledger.add(account, &part.blocks, &part.evidence, &part.deviations);
                        known.at.insert((*account).to_owned(), IdsAt { seq: part.seq, sha256: sha256_hex(&text) });
                        taken.remove(account);
                    }
                    // Somebody gave numbers of this account in the meantime, or ours were written and the answer was lost.
                    Created::There => behind = true,
                }
            }
            if !behind {
                return Ok(known);
            }
            let again = self.numbers(accounts.iter().copied())?;
            if again.at == before_at {
                let why = format!("the next increment of {} is there, and is not listed", accounts.join(" or "));
                return Err(StoreError::Damaged { place: self.place(IDS), why });
            }
            known = again;
        }
    }

    /// Takes the next block of numbers for an account.
    fn take_block(&self, account: &str) -> Result<u32, StoreError> {
        let listed = self.home.list(BLOCKS)?;
        let number = |key: &str| match Place::of(key) {
            Place::Block(block) if is_block(block) => Some(block),
            _ => None,
        };
        let mut block = listed.iter().filter_map(|stored| number(&stored.key)).max().unwrap_or(0) + 1;
        loop {
            if !is_block(block) {
                let why = "no block of numbers is left behind the last".to_owned();
                return Err(StoreError::Damaged { place: self.place(BLOCKS), why });
            }
            let text = to_json(&Block { schema: BLOCK_SCHEMA.to_owned(), block, account: account.to_owned() });
            let key = block_key(block);
            // One that was taken for the same account just now serves both: which number is whose the increments decide.
            if self.home.create(&key, Content::Bytes(&text))? == Created::New
                || self.digest_at(&key)? == sha256_hex(&text)
            {
                return Ok(block);
            }
            block += 1;
        }
    }
}

/// Blocks that were taken and that the account does not have yet.
fn new_blocks(taken: Option<&Vec<u32>>, known: &[u32]) -> Vec<u32> {
    taken.into_iter().flatten().copied().filter(|block| !known.contains(block)).collect()
}
