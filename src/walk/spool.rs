//! Facts on the disk: they are read account by account, when results are decided and when lists and files are made of them.
//! Those of many accounts would be most of what a run keeps in memory.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};

use kickoff_evidence::{EvidenceRef, Numbered};
use kickoff_facts::{AccountFacts, Neighbours, References};

use super::failure::Failure;
use super::scratch;

/// The facts of accounts, in a file that has no name and ends with the program.
pub struct Spool {
    file: File,
    /// Each account with its beginning and length in bytes.
    accounts: Vec<(String, u64, u64)>,
    end: u64,
    references: References,
}

impl Spool {
    /// An empty one.
    pub fn new() -> Result<Self, Failure> {
        Ok(Self { file: scratch::file()?, accounts: Vec::new(), end: 0, references: References::default() })
    }

    /// Adds an account. Evidence is cited by the handles of this process until its ids are known.
    pub fn push(&mut self, facts: &AccountFacts) -> Result<(), Failure> {
        self.write(facts).map_err(|error| {
            let folder = std::env::temp_dir();
            Failure::Usage(format!(
                "the facts of account {} cannot be put aside in {}: {error}; make room there, or name another folder in TMPDIR",
                facts.account,
                folder.display()
            ))
        })
    }

    fn write(&mut self, facts: &AccountFacts) -> io::Result<()> {
        let begin = self.end;
        self.file.seek(SeekFrom::Start(begin))?;
        let mut to = BufWriter::with_capacity(1 << 16, &self.file);
        serde_json::to_writer(&mut to, facts)?;
        to.flush()?;
        drop(to);
        self.end = self.file.stream_position()?;
        self.accounts.push((facts.account.clone(), begin, self.end - begin));
        self.references.add(facts);
        Ok(())
    }

    /// The accounts, in the order of the run.
    pub fn accounts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.accounts.iter().map(|(account, _, _)| account.as_str())
    }

    /// Does something with the facts of all accounts, one after another.
    pub fn each<T>(&self, work: impl FnOnce(&mut dyn Iterator<Item = AccountFacts>) -> T) -> Result<T, Failure> {
        let mut failed = None;
        let done = work(
            &mut self.accounts.iter().map_while(|place| self.read(place).map_err(|error| failed = Some(error)).ok()),
        );
        failed.map_or(Ok(done), Err)
    }

    /// The accounts that others of the run refer to.
    pub fn neighbours(&self) -> Result<Neighbours, Failure> {
        let mut neighbours = Neighbours::default();
        self.accounts().for_each(|account| neighbours.name(account));
        for place in self.accounts.iter().filter(|(account, _, _)| self.references.has(account)) {
            neighbours.add(&self.read(place)?);
        }
        Ok(neighbours)
    }

    /// The text of `facts/ACCOUNT.json` of each account in turn, in which evidence is cited by its ids.
    pub fn texts<'a>(&'a self, numbered: &'a Numbered) -> impl Iterator<Item = Result<(&'a str, Vec<u8>), Failure>> {
        self.accounts.iter().map(|place| {
            let facts = self.read(place)?;
            let text = EvidenceRef::cited(&numbered.ids, || serde_json::to_vec(&facts));
            Ok((place.0.as_str(), text.map_err(|error| Failure::usage(&error))?))
        })
    }

    fn read(&self, (account, begin, length): &(String, u64, u64)) -> Result<AccountFacts, Failure> {
        let read = || -> io::Result<AccountFacts> {
            let mut file = &self.file;
            file.seek(SeekFrom::Start(*begin))?;
            Ok(serde_json::from_reader(BufReader::with_capacity(1 << 16, file.take(*length)))?)
        };
        read().map_err(|error| {
            let folder = std::env::temp_dir();
            Failure::Usage(format!(
                "the facts of account {account} were put aside in {} and cannot be read again: {error}",
                folder.display()
            ))
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use kickoff_evidence::EvidenceId;
    use serde_json::{Value, json};

    use super::*;

    fn facts(account: &str, handle: u32) -> AccountFacts {
        let aliases = json!({ "value": [format!("alias-of-{account}")], "evidence": [handle] });
        serde_json::from_value(json!({
            "account": account, "partition": "aws", "as_of": "2026-03-02T00:00:00Z", "global": { "aliases": aliases },
        }))
        .unwrap()
    }

    #[test]
    fn accounts_come_back_in_their_order_with_what_they_cite() {
        let mut spool = Spool::new().unwrap();
        for (account, handle) in [("222233334444", 1), ("111122223333", 0)] {
            spool.push(&facts(account, handle)).unwrap();
        }
        assert_eq!(spool.accounts().collect::<Vec<_>>(), ["222233334444", "111122223333"]);
        let read: Vec<AccountFacts> = spool.each(|accounts| accounts.collect()).unwrap();
        let aliases: Vec<&str> = read.iter().map(|facts| facts.global.aliases.get().unwrap()[0].as_str()).collect();
        assert_eq!(aliases, ["alias-of-222233334444", "alias-of-111122223333"]);
        assert_eq!(read[0].global.aliases.evidence(), [EvidenceRef(1)]);

        // Written anew in between, and read twice: every text is whole, and cites ids instead of handles.
        let ids = BTreeMap::from([(EvidenceRef(0), EvidenceId(7)), (EvidenceRef(1), EvidenceId(42))]);
        let numbered = Numbered { items: Vec::new(), ids: Arc::new(ids) };
        spool.push(&facts("333344445555", 0)).unwrap();
        let cited: Vec<(String, Value)> = spool
            .texts(&numbered)
            .map(|text| text.map(|(account, text)| (account.to_owned(), serde_json::from_slice(&text).unwrap())))
            .collect::<Result<_, _>>()
            .unwrap();
        let cited: Vec<(&str, &Value)> =
            cited.iter().map(|(account, text)| (account.as_str(), &text["global"]["aliases"]["evidence"])).collect();
        assert_eq!(
            cited,
            [
                ("222233334444", &json!(["E-0042"])),
                ("111122223333", &json!(["E-0007"])),
                ("333344445555", &json!(["E-0007"])),
            ]
        );
    }

    #[test]
    fn a_text_that_is_cut_short_is_an_error_and_no_account_less() {
        let mut spool = Spool::new().unwrap();
        spool.push(&facts("111122223333", 0)).unwrap();
        spool.file.set_len(spool.end - 1).unwrap();
        assert!(spool.each(|accounts| accounts.count()).is_err());
    }
}
