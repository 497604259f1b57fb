//! The tree of a store: which object stands where.
//!
//! ```text
//! store.json                                            schema and id, written once
//! plan/<from>_<digest>.json                             what is expected: another file when it changes
//! units/account=111122223333/date=2026-07-01/RUN-…/     what one account gave in one run
//! runs/RUN-….json                                       the units of a run with their digests
//! chain/00000001.json, 00000001.seal.json               links, and the call that sealed each
//! ids/account=111122223333/00000001.json                E- and DEV- numbers, append-only
//! ids/block=00000001.json                               whose a thousand numbers are
//! ```

use jiff::Timestamp;

/// The object that makes a place a store.
pub(super) const STORE: &str = "store.json";
/// Where links are.
pub(super) const CHAIN: &str = "chain/";
/// Where the lists of runs are.
pub(super) const RUNS: &str = "runs/";
/// Where units are.
pub(super) const UNITS: &str = "units/";
/// Where numbers are.
pub(super) const IDS: &str = "ids/";
/// Where plans are.
pub(super) const PLANS: &str = "plan/";
/// The object of a unit without which there is no unit.
pub(super) const UNIT: &str = "unit.json";
/// The call that sealed a unit.
pub(super) const UNIT_SEAL: &str = "unit.seal.json";

/// The folder of a unit, its last slash included.
#[must_use]
pub fn unit_folder(account: &str, started: Timestamp, run: &str) -> String {
    format!("{UNITS}account={account}/date={}/{run}/", started.strftime("%Y-%m-%d"))
}

pub(super) fn run_key(run: &str) -> String {
    format!("{RUNS}{run}.json")
}

pub(super) fn link_key(seq: u32) -> String {
    format!("{CHAIN}{seq:08}.json")
}

pub(super) fn link_seal_key(seq: u32) -> String {
    format!("{CHAIN}{seq:08}.seal.json")
}

pub(super) fn ids_folder(account: &str) -> String {
    format!("{IDS}account={account}/")
}

pub(super) fn ids_key(account: &str, seq: u32) -> String {
    format!("{}{seq:08}.json", ids_folder(account))
}

pub(super) fn block_key(block: u32) -> String {
    format!("{BLOCKS}{block:08}.json")
}

pub(super) const BLOCKS: &str = "ids/block=";

/// What an object is, by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place<'a> {
    Store,
    Plan,
    /// A file of a unit, with the folder of the unit.
    Unit {
        folder: &'a str,
        account: &'a str,
        file: &'a str,
    },
    Run(&'a str),
    Link(u32),
    LinkSeal(u32),
    Ids(&'a str, u32),
    Block(u32),
    /// Copies of what CloudTrail wrote, and what was made of units to be found faster: neither is of the chain.
    Beside,
    /// Nothing that a store has.
    Foreign,
}

impl<'a> Place<'a> {
    pub(super) fn of(key: &'a str) -> Self {
        Self::known(key).unwrap_or(Self::Foreign)
    }

    fn known(key: &'a str) -> Option<Self> {
        if is_hidden(key) {
            return None;
        }
        if key == STORE {
            return Some(Self::Store);
        }
        if key.starts_with("index/") || key.starts_with("logs/") {
            return Some(Self::Beside);
        }
        let (top, rest) = key.split_once('/')?;
        Some(match top {
            "plan" => Self::Plan,
            "runs" => Self::Run(rest.strip_suffix(".json").filter(|run| is_run(run))?),
            "chain" => match rest.strip_suffix(".seal.json") {
                Some(seq) => Self::LinkSeal(number(seq)?),
                None => Self::Link(number(rest.strip_suffix(".json")?)?),
            },
            "ids" => match rest.strip_prefix("block=") {
                Some(block) => Self::Block(number(block.strip_suffix(".json")?)?),
                None => {
                    let (account, seq) = rest.strip_prefix("account=")?.split_once('/')?;
                    Self::Ids(account, number(seq.strip_suffix(".json")?)?)
                }
            },
            "units" => {
                let (account, rest) = rest.strip_prefix("account=")?.split_once('/')?;
                let (_, rest) = rest.strip_prefix("date=")?.split_once('/')?;
                let (_, file) = rest.split_once('/').filter(|(_, file)| !file.contains('/'))?;
                Self::Unit { folder: &key[..key.len() - file.len()], account, file }
            }
            _ => return None,
        })
    }
}

/// A number as keys have it: eight digits.
fn number(text: &str) -> Option<u32> {
    let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().filter(|number| *number > 0)
}

/// Whether a key is that of a hidden file, as systems leave them behind: no object of a store is one.
pub(super) fn is_hidden(key: &str) -> bool {
    key.split('/').any(|part| part.starts_with('.') && part.bytes().any(|b| b != b'.'))
}

/// The last number that a key can have.
pub(super) const LAST: u32 = 99_999_999;

/// Whether a text is the id of a run: nothing that leads elsewhere.
pub(super) fn is_run(text: &str) -> bool {
    text.len() <= 100 && text.starts_with("RUN-") && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Whether a text is the id of an account.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_what_it_is() {
        let folder =
            unit_folder("111122223333", "2026-07-01T02:09:31Z".parse().unwrap(), "RUN-20260701T020000Z-9f31c2aa");
        assert_eq!(folder, "units/account=111122223333/date=2026-07-01/RUN-20260701T020000Z-9f31c2aa/");
        let of = |key: &str, is: Place<'_>| assert_eq!(Place::of(key), is, "{key}");
        of(&format!("{folder}unit.json"), Place::Unit { folder: &folder, account: "111122223333", file: "unit.json" });
        of("store.json", Place::Store);
        of(&run_key("RUN-1"), Place::Run("RUN-1"));
        for foreign in ["runs/RUN-/x.json", "runs//x.json", "runs/RUN-..json", "runs/x.json", "chain/00000000.json"] {
            of(foreign, Place::Foreign);
        }
        for hidden in [".DS_Store", "plan/.DS_Store", ".snapshot/h.0/store.json", &format!("{folder}.nfs01")] {
            assert!(is_hidden(hidden), "{hidden}");
            of(hidden, Place::Foreign);
        }
        of(&link_key(7), Place::Link(7));
        of(&link_seal_key(7), Place::LinkSeal(7));
        of(&ids_key("111122223333", 2), Place::Ids("111122223333", 2));
        of(&block_key(12), Place::Block(12));
        for foreign in ["x", "chain/7.json", "chain/00000007.txt", "runs/a/b.json", "ids/x.json", "units/a/b/c/d"] {
            of(foreign, Place::Foreign);
        }
    }
}
