//! Numbers: each is given once, from the blocks of its account.

use std::collections::{BTreeMap, BTreeSet};

use super::super::ids::{BLOCK_SCHEMA, Block, Increment, PART_SCHEMA};
use super::super::layout::{Place, block_key, ids_key};
use super::units::Increments;
use super::{Check, Level};
use crate::run::block_of;

impl Check<'_> {
    /// Every increment by its number and the digest of the one before; their SHA-256.
    pub(super) fn numbers(&mut self) -> Increments {
        let (mut last, mut blocks) = (BTreeMap::<String, u32>::new(), Vec::new());
        for key in self.objects.keys() {
            match Place::of(key) {
                Place::Ids(account, seq) => {
                    let known = last.entry(account.to_owned()).or_default();
                    *known = (*known).max(seq);
                }
                Place::Block(block) => blocks.push(block),
                _ => {}
            }
        }
        let whose = self.blocks(&blocks);
        let mut found = Increments::new();
        let mut claimed: BTreeMap<u32, String> = BTreeMap::new();
        for (account, last) in last {
            self.account(&account, last, &whose, &mut claimed, &mut found);
        }
        for block in blocks.into_iter().filter(|block| !claimed.contains_key(block)) {
            self.found(
                Level::Told,
                &block_key(block),
                "was taken and never used: its writer was stopped, or another one was faster",
            );
        }
        found
    }

    /// Whose each block is.
    fn blocks(&mut self, blocks: &[u32]) -> BTreeMap<u32, String> {
        let mut whose = BTreeMap::new();
        let last = blocks.iter().max().copied().unwrap_or(0);
        for number in 1..=last {
            let key = block_key(number);
            let Some((block, _)) = self.json::<Block>(&key, BLOCK_SCHEMA) else { continue };
            if block.block != number {
                self.altered(&key, format!("is block {}: it was moved", block.block));
            }
            whose.insert(number, block.account);
        }
        whose
    }

    fn account(
        &mut self,
        account: &str,
        last: u32,
        whose: &BTreeMap<u32, String>,
        claimed: &mut BTreeMap<u32, String>,
        found: &mut Increments,
    ) {
        let mut before: Option<String> = None;
        let (mut own, mut taken) = (BTreeSet::new(), BTreeSet::new());
        for seq in 1..=last {
            let key = ids_key(account, seq);
            let Some((part, digest)) = self.json::<Increment>(&key, PART_SCHEMA) else {
                before = None;
                continue;
            };
            if part.account != account || part.seq != seq {
                self.altered(&key, format!("is increment {} of account {}: it was moved", part.seq, part.account));
            }
            if (seq == 1 && part.previous.is_some()) || (before.is_some() && part.previous != before) {
                self.altered(&key, "does not name the increment before it: one was changed, taken out or put in");
            }
            for block in &part.blocks {
                if whose.get(block).is_none_or(|owner| owner != account) {
                    self.altered(&key, format!("takes block {block}, which is not of account {account}"));
                }
                if let Some(other) = claimed.insert(*block, account.to_owned()) {
                    self.altered(&key, format!("takes block {block}, which account {other} has"));
                }
                own.insert(*block);
            }
            let years = part.deviations.iter().map(|(year, numbers)| (Some(*year), numbers));
            for (row, numbers) in years.chain([(None, &part.evidence)]) {
                for number in numbers.values() {
                    if !own.contains(&block_of(*number)) {
                        self.altered(&key, format!("gives {number}, which lies in no block of the account"));
                    }
                    if !taken.insert((row, *number)) {
                        self.altered(&key, format!("gives {number} a second time"));
                    }
                }
            }
            found.insert((account.to_owned(), seq), digest.clone());
            before = Some(digest);
        }
    }
}
