//! Blocks of numbers that belong to accounts.

use std::collections::BTreeMap;

/// So many numbers a block has: block 1 those from 1 to 1000.
const SIZE: u32 = 1000;

/// The blocks of accounts, in the order in which they were taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Blocks(BTreeMap<String, Vec<u32>>);

impl Blocks {
    pub(super) fn add(&mut self, account: &str, blocks: &[u32]) {
        let known = self.0.entry(account.to_owned()).or_default();
        known.extend(blocks);
        known.sort_unstable();
        known.dedup();
    }

    pub(super) fn of(&self, account: &str) -> &[u32] {
        self.0.get(account).map_or(&[], Vec::as_slice)
    }

    /// Whether a number is an account's.
    pub(super) fn have(&self, account: &str, number: u32) -> bool {
        self.of(account).contains(&block_of(number))
    }

    /// What gives the next number of each account, where these are taken.
    pub(super) fn counter<'a>(&self, taken: impl Iterator<Item = &'a u32>) -> Counter {
        if self.0.is_empty() {
            return Counter::All(taken.max().map_or(1, |last| last.saturating_add(1)));
        }
        let mut next: BTreeMap<String, (u32, Vec<u32>)> =
            self.0.iter().map(|(account, blocks)| (account.clone(), (0, blocks.clone()))).collect();
        let whose: BTreeMap<u32, &String> =
            self.0.iter().flat_map(|(account, blocks)| blocks.iter().map(move |block| (*block, account))).collect();
        for number in taken {
            if let Some((last, _)) = whose.get(&block_of(*number)).and_then(|account| next.get_mut(*account)) {
                *last = (*last).max(*number);
            }
        }
        Counter::ByAccount(next)
    }
}

/// Whether there is such a block: what lies behind the last is for readers, who write nothing.
pub(crate) fn is_block(block: u32) -> bool {
    (1..READERS / SIZE).contains(&block)
}

/// Numbers above this one are given by nobody who writes: a reader whose program finds what the store has not numbered gives
/// them, and they are not the store's.
pub(super) const READERS: u32 = 4_000_000_000;

/// The block that a number lies in.
pub(crate) fn block_of(number: u32) -> u32 {
    number.saturating_sub(1) / SIZE + 1
}

/// Gives numbers, one after another.
pub(super) enum Counter {
    /// To all accounts alike.
    All(u32),
    /// To each from its own blocks: the last that it has, and the blocks.
    ByAccount(BTreeMap<String, (u32, Vec<u32>)>),
}

impl Counter {
    /// The next number of an account. Behind the last of its blocks come numbers that are not its own: who keeps blocks looks
    /// whether there is room, and takes another.
    pub(super) fn of(&mut self, account: &str) -> u32 {
        match self {
            Self::All(next) => {
                let given = *next;
                *next = next.saturating_add(1);
                given
            }
            Self::ByAccount(next) => {
                let (last, blocks) = next.entry(account.to_owned()).or_default();
                let after = last.saturating_add(1);
                let own = blocks.contains(&block_of(after)) || blocks.iter().all(|block| *block < block_of(after));
                let begins = blocks
                    .iter()
                    .map(|block| block.saturating_sub(1).saturating_mul(SIZE) + 1)
                    .find(|begin| *begin > *last);
                *last = if own { after } else { begins.unwrap_or(after) };
                *last
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_from_blocks_one_after_another() {
        let mut blocks = Blocks::default();
        blocks.add("a", &[2, 5]);
        blocks.add("b", &[1]);
        let taken = [1999, 7];
        let mut counter = blocks.counter(taken.iter());
        assert_eq!([counter.of("a"), counter.of("a"), counter.of("a")], [2000, 4001, 4002]);
        assert_eq!(counter.of("b"), 8);
        // The last of the last block, and what lies behind it is not its own.
        let mut counter = blocks.counter([5000].iter());
        let behind = counter.of("a");
        assert!(!blocks.have("a", behind), "{behind}");
        assert!(blocks.have("a", 4001) && blocks.have("a", 5000) && !blocks.have("b", 1001));
    }

    #[test]
    fn without_blocks_there_is_one_row_of_numbers() {
        let mut counter = Blocks::default().counter([3, 9].iter());
        assert_eq!([counter.of("a"), counter.of("b")], [10, 11]);
    }
}
