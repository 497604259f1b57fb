//! What was collected, live or on replay.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use kickoff_aws::{Identity, Observer, SdkConfig, Shared, SharedHttpConnector, Tape};
use kickoff_evidence::{FolderLock, Ledger, Numbered, Register, RunMetadata};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::failure::Failure;
use super::news::{Listener, News};
use super::spool::Spool;

/// What was collected.
pub struct Source {
    /// What the run says of itself.
    pub metadata: RunMetadata,
    /// The facts of each account.
    pub facts: Spool,
    /// The evidence items with their ids.
    pub numbered: Numbered,
    /// Which ids are taken: those of the run, or of the folder of runs.
    pub ledger: Ledger,
    /// The run that is being written; none on replay.
    pub writer: Option<Arc<Tape>>,
    /// Keeps others from the folder's ids until they are written; none on replay.
    pub lock: Option<FolderLock>,
    /// The ways into the accounts that were asked; none on replay.
    pub doors: Option<Doors>,
}

/// The ways into the accounts of a run, as long as something has to be done there.
pub struct Doors {
    /// The caller's own account.
    pub hub: (SdkConfig, Identity),
    /// Each account that was entered.
    pub accounts: BTreeMap<String, (SdkConfig, Identity)>,
    /// What carries requests.
    pub connector: SharedHttpConnector,
}

/// What the sessions of a run share. So many `places` there are for calls at the same time.
pub fn shared(
    register: &Arc<Register>,
    started: Timestamp,
    places: usize,
    cancel: CancellationToken,
    observer: Observer,
) -> Shared {
    Shared { register: Arc::clone(register), cancel, places: Arc::new(Semaphore::new(places)), observer, started }
}

/// What is added to the user agent of every request, so that the calls of a run can be found in the client's own CloudTrail:
/// the one that asks who we are, and those that take roles, too.
#[must_use]
pub fn agent(version: &str, run_id: &str) -> String {
    format!("kickoff/{version} run/{run_id}")
}

/// Takes the lock of a folder of runs; the listener hears of it where that takes a while.
pub(super) fn locked(folder: &Path, listener: &dyn Listener) -> Result<FolderLock, Failure> {
    FolderLock::take(folder, || listener.hear(News::Waiting(folder))).map_err(|error| Failure::usage(&error))
}
