//! Facts on the disk: once results are decided nothing reads them any more but the files that hold them, and those of many
//! accounts are most of what a run keeps in memory.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};

use kickoff_facts::AccountFacts;

use crate::decided::facts_json;
use crate::exit::Failure;
use crate::source::Source;

/// The texts of `facts/ACCOUNT.json`, in a file that has no name and ends with the program.
pub(crate) struct Spool {
    file: File,
    /// Each account with its beginning and length in bytes.
    accounts: Vec<(String, u64, u64)>,
}

impl Spool {
    /// Writes the facts of a source, which has none afterwards.
    pub(crate) fn of(source: &mut Source) -> Result<Self, Failure> {
        let mut spool = Self { file: tempfile::tempfile()?, accounts: Vec::new() };
        let mut at = 0;
        let facts: Vec<AccountFacts> = std::mem::take(&mut source.facts);
        for facts in facts {
            let text = facts_json(source, &facts)?;
            spool.file.write_all(&text)?;
            spool.accounts.push((facts.account, at, text.len() as u64));
            at += text.len() as u64;
        }
        Ok(spool)
    }

    /// The accounts, in the order of the run.
    pub(crate) fn accounts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.accounts.iter().map(|(account, _, _)| account.as_str())
    }

    /// The text of an account.
    pub(crate) fn read(&self, account: &str) -> io::Result<impl Read + '_> {
        let place = self.accounts.iter().find(|(known, _, _)| known == account);
        let (_, at, length) = place.ok_or_else(|| io::Error::other(format!("no facts of {account}")))?;
        let mut file = &self.file;
        file.seek(SeekFrom::Start(*at))?;
        Ok(file.take(*length))
    }
}
