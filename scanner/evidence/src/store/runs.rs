//! `runs/RUN-….json`: the units of a run with their digests, and the accounts without one.

use serde::{Deserialize, Serialize};

use super::layout::{RUNS, run_key};
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

    /// The list of a run that is there.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn run(&self, run: &str) -> Result<RunFile, StoreError> {
        self.run_if(run)?.map_or_else(|| Err(self.no_run(run)), Ok)
    }

    /// The list of a run, if there is one.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn run_if(&self, run: &str) -> Result<Option<RunFile>, StoreError> {
        let Some(stored) = self.find(&run_key(run))? else { return Ok(None) };
        Ok(Some(self.read::<RunFile>(&stored, RUN_SCHEMA)?.0))
    }

    fn no_run(&self, run: &str) -> StoreError {
        let near = match self.runs() {
            Ok(runs) => match runs.last() {
                Some(newest) => format!("; it has {}, the newest is {newest}", crate::count(runs.len(), "run")),
                None => "; it has none".to_owned(),
            },
            Err(_) => String::new(),
        };
        StoreError::NoRun { place: self.name().to_owned(), run: run.to_owned(), near }
    }

    /// The ids of all runs, oldest first.
    ///
    /// # Errors
    /// The place cannot be read.
    pub fn runs(&self) -> Result<Vec<String>, StoreError> {
        let listed = self.home.list(RUNS)?;
        let id = |key: &str| key.strip_prefix(RUNS)?.strip_suffix(".json").map(str::to_owned);
        // Their names begin with the time.
        Ok(listed.iter().filter_map(|stored| id(&stored.key)).collect())
    }
}
