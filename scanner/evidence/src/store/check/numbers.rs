//! Numbers: each is given once, from the blocks of its account.

use std::collections::{BTreeMap, BTreeSet};

use super::super::ids::{BLOCK_SCHEMA, Block, Increment, PART_SCHEMA};
use super::super::layout::{Place, block_key, ids_key};
use super::units::Increments;
use super::{Check, Level, Read};
use crate::run::{account_of, block_of, is_block};

impl Check<'_> {
    /// Every increment by its number and the digest of the one before; their SHA-256.
    pub(super) fn numbers(&mut self) -> Increments {
        let (mut accounts, mut blocks) = (BTreeMap::<String, Vec<u32>>::new(), Vec::new());
        for key in self.objects.keys() {
            match Place::of(key) {
                Place::Ids(account, seq) => accounts.entry(account.to_owned()).or_default().push(seq),
                Place::Block(block) => blocks.push(block),
                _ => {}
            }
        }
        let whose = self.blocks(&blocks);
        let mut found = Increments::new();
        let mut claimed: BTreeMap<u32, String> = BTreeMap::new();
        for (account, seqs) in accounts {
            self.account(&account, seqs, &whose, &mut claimed, &mut found);
        }
        for block in blocks.into_iter().filter(|block| !claimed.contains_key(block)) {
            if accounts_read(self) {
                let why = "was taken and not used yet: its writer is at work or was stopped, or another one was faster";
                self.found(Level::Told, &block_key(block), why);
            }
        }
        found
    }

    /// Whose each block is.
    fn blocks(&mut self, blocks: &[u32]) -> BTreeMap<u32, String> {
        let mut whose = BTreeMap::new();
        for number in blocks {
            let key = block_key(*number);
            if !is_block(*number) {
                self.altered(&key, "is no block that anybody takes: somebody put it there");
            }
            let Some(block) = self.json::<Block>(&key, BLOCK_SCHEMA).value else { continue };
            if block.block != *number {
                self.altered(&key, format!("is block {}: it was moved", block.block));
            }
            whose.insert(*number, block.account);
        }
        whose
    }

    fn account(
        &mut self,
        account: &str,
        mut seqs: Vec<u32>,
        whose: &BTreeMap<u32, String>,
        claimed: &mut BTreeMap<u32, String>,
        found: &mut Increments,
    ) {
        seqs.sort_unstable();
        let (mut before, mut last): (Option<String>, u32) = (None, 0);
        // Blocks are known only where every increment could be read.
        let mut known = true;
        let (mut own, mut taken, mut names) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for seq in seqs {
            let key = ids_key(account, seq);
            if seq > last + 1 {
                self.altered(&ids_key(account, last + 1), format!("is not there, and {key} is: it was removed"));
                (before, known) = (None, false);
            }
            last = seq;
            let Read { value, digest } = self.json::<Increment>(&key, PART_SCHEMA);
            if let Some(digest) = &digest {
                found.insert((account.to_owned(), seq), digest.clone());
            }
            let Some(part) = value else {
                (before, known) = (digest, false);
                continue;
            };
            if part.account != account || part.seq != seq {
                self.altered(&key, format!("is increment {} of account {}: it was moved", part.seq, part.account));
            }
            if (seq == 1 && part.previous.is_some()) || (before.is_some() && part.previous != before) {
                self.altered(&key, "does not name the increment before it: one was changed, taken out or put in");
            }
            for block in &part.blocks {
                let place = block_key(*block);
                match whose.get(block) {
                    Some(owner) if owner == account => {}
                    None if !self.objects.contains_key(place.as_str()) => {
                        self.altered(&place, format!("is not there, and {key} takes its numbers: it was removed"));
                    }
                    // What is damaged is named where it is read.
                    None if self.unread.contains(&place) && is_block(*block) => {}
                    _ => self.altered(&key, format!("takes block {block}, which is not of account {account}")),
                }
                if let Some(other) = claimed.insert(*block, account.to_owned()) {
                    self.altered(&key, format!("takes block {block}, which account {other} has"));
                }
                own.insert(*block);
            }
            let rows = part.deviations.iter().map(|(year, numbers)| (Some(*year), numbers));
            for (row, numbers) in rows.chain([(None, &part.evidence)]) {
                for (name, number) in numbers {
                    if known && !own.contains(&block_of(*number)) {
                        self.altered(&key, format!("gives {number}, which lies in no block of the account"));
                    }
                    if !taken.insert((row, *number)) {
                        self.altered(&key, format!("gives {number} a second time"));
                    }
                    if account_of(row.is_some(), name) != account {
                        self.altered(&key, format!("gives {number} to another account's {name:?}"));
                    }
                    if !names.insert((row.is_some(), name.clone())) {
                        self.altered(&key, format!("gives {name:?} a second number, {number}"));
                    }
                }
            }
            before = digest;
        }
    }
}

/// Whether every increment could be read: only then is a block of nobody's.
fn accounts_read(check: &Check<'_>) -> bool {
    !check.unread.iter().any(|key| matches!(Place::of(key), Place::Ids(..)))
}
