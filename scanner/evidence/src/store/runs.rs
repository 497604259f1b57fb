//! `runs/RUN-….json`: the units of a run with their digests, and the accounts without one.

use serde::{Deserialize, Serialize};

use super::chain::{Link, numbered};
use super::home::Stored;
use super::layout::{CHAIN, is_account, is_run, run_key, unit_folder};
use super::{Store, StoreError, to_json};
use crate::exchange::sha256_hex;
use crate::run::RunMetadata;

pub(super) const RUN_SCHEMA: &str = "kickoff/store-run/1";

/// The list of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunFile {
    /// `kickoff/store-run/1`.
    pub schema: String,
    /// What the run says of itself, as `run.json` of a run folder does.
    pub run: RunMetadata,
    /// The SHA-256 of the plan that it was made under, where there is one.
    pub plan: Option<String>,
    /// Its units, by account.
    pub units: Vec<UnitOf>,
    /// Accounts that have none, and why.
    pub without: Vec<Without>,
}

/// A unit of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitOf {
    /// Twelve digits.
    pub account: String,
    /// Its folder in the store, the last slash included.
    pub folder: String,
    /// The SHA-256 of its `unit.json`.
    pub sha256: String,
    /// The SHA-256 of its `unit.seal.json`, where a call sealed it.
    pub seal: Option<String>,
}

/// An account without a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Without {
    /// Twelve digits.
    pub account: String,
    /// Why.
    pub why: String,
}

impl RunFile {
    /// A list with the schema of this version.
    #[must_use]
    pub fn new(run: RunMetadata, plan: Option<String>) -> Self {
        Self { schema: RUN_SCHEMA.to_owned(), run, plan, units: Vec::new(), without: Vec::new() }
    }
}

impl Store {
    /// Puts the list of a run; its SHA-256, and whether it was put now.
    ///
    /// # Errors
    /// The run has another one, or the place cannot be written.
    pub fn put_run(&self, file: &RunFile) -> Result<(String, bool), StoreError> {
        let text = to_json(file);
        let new = self.put(&run_key(&file.run.id), &text)?;
        Ok((sha256_hex(&text), new))
    }

    /// The list of a run that has a link: the one that is named, or the one of the newest link.
    ///
    /// # Errors
    /// There is none, it has no link or another one than its link names, or it cannot be read.
    pub fn closed(&self, run: Option<&str>) -> Result<RunFile, StoreError> {
        let chain = self.home.list(CHAIN)?;
        let Some(link) = self.newest_link(&chain, run)? else { return Err(self.no_run(run, &chain)?) };
        self.list_of(&link)
    }

    /// The newest link that can be read, or that of a run.
    fn newest_link(&self, chain: &[Stored], run: Option<&str>) -> Result<Option<Link>, StoreError> {
        for (_, stored) in numbered(chain).into_iter().rev() {
            if let Some((link, _)) = self.link_at(stored)?
                && run.is_none_or(|run| link.run == run)
            {
                return Ok(Some(link));
            }
        }
        Ok(None)
    }

    /// Why there is no such run.
    fn no_run(&self, run: Option<&str>, chain: &[Stored]) -> Result<StoreError, StoreError> {
        let place = self.name().to_owned();
        if let Some(run) = run.filter(|run| is_run(run))
            && self.find(&run_key(run))?.is_some()
        {
            return Ok(StoreError::NotClosed { place, run: run.to_owned() });
        }
        let near = self.newest_link(chain, None)?.map(|newest| {
            let many = crate::count(numbered(chain).len(), "run");
            format!("; it has {many}, the newest is {}", newest.run)
        });
        let run = run.unwrap_or("at all").to_owned();
        Ok(StoreError::NoRun { place, run, near: near.unwrap_or_else(|| "; it has none".to_owned()) })
    }

    /// The list of the run of a link, as the link names it.
    ///
    /// # Errors
    /// It is not there, is another one, or cannot be read.
    pub fn list_of(&self, link: &Link) -> Result<RunFile, StoreError> {
        let key = run_key(&link.run);
        if !is_run(&link.run) {
            return Err(StoreError::Damaged { place: self.place(&key), why: "no run has such an id".to_owned() });
        }
        let damaged = |why: String| StoreError::Damaged { place: self.place(&key), why };
        let stored = self.find(&key)?.ok_or_else(|| damaged("it is not there".to_owned()))?;
        let (file, found) = self.read::<RunFile>(&stored, RUN_SCHEMA)?;
        if found != link.runs_sha256 {
            return Err(damaged(format!("its SHA-256 is {found}, and its link names {}", link.runs_sha256)));
        }
        file.check(&link.run).map_err(damaged)?;
        Ok(file)
    }

    /// The list of a run, whether it was closed or not, if there is one.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn run_if(&self, run: &str) -> Result<Option<RunFile>, StoreError> {
        let Some(stored) = self.find(&run_key(run))? else { return Ok(None) };
        let place = self.place(&stored.key);
        if let Some(altered) = stored.altered {
            return Err(StoreError::Damaged { place, why: altered.to_string() });
        }
        let (file, _) = self.read::<RunFile>(&stored, RUN_SCHEMA)?;
        file.check(run).map_err(|why| StoreError::Damaged { place, why })?;
        Ok(Some(file))
    }
}

impl RunFile {
    /// Whether it can be what it says: what it names leads nowhere else.
    fn check(&self, run: &str) -> Result<(), String> {
        if self.run.id != run || !is_run(run) {
            return Err(format!("it is the list of {}", self.run.id));
        }
        for unit in &self.units {
            if !is_account(&unit.account) || unit.folder != unit_folder(&unit.account, self.run.started, run) {
                return Err(format!("it names a unit at {}, which is no place of one", unit.folder));
            }
        }
        match self.run.accounts.iter().find(|account| !is_account(&account.id)) {
            Some(account) => Err(format!("it names account {}, which is none", account.id)),
            None => Ok(()),
        }
    }
}
