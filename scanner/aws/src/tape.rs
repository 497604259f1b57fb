//! The tape: where exchanges are written, one archive an account.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError, TryLockError};
use std::time::Duration;

use kickoff_evidence::{
    ArchiveWriter, CallKey, EvidenceRef, Exchange, Position, RunError, RunWriter, Summary, endpoint_of,
};
use tokio::sync::watch;

use crate::endpoint::is_aws_endpoint;

/// A run directory that exchanges are written to, one archive an account.
#[derive(Debug)]
pub struct Tape {
    run: RunWriter,
    archives: Mutex<HashMap<String, Reel>>,
    foreign: Mutex<BTreeMap<String, ()>>,
    failure: Mutex<Option<String>>,
}

/// The archive of an account, and what was asked of it.
#[derive(Debug)]
struct Reel {
    archive: ArchiveWriter,
    asked: HashMap<CallKey, Asked>,
}

/// A request that was sent, or is being sent.
#[derive(Debug)]
struct Asked {
    /// The item whose call it is.
    item: EvidenceRef,
    /// What was recorded of it.
    told: Vec<Position>,
    /// Gone when the call has its answer: whoever waits for it hears of that.
    busy: Option<watch::Sender<()>>,
}

/// What becomes of a request.
pub(crate) enum Turn {
    /// It is sent: nobody asked before, or it is the same call that asks again.
    Send,
    /// Another call is asking the same: wait until it has its answer, and try again.
    Wait(watch::Receiver<()>),
    /// Another call has asked the same: this was answered.
    Told(Vec<(Exchange, Summary)>),
}

impl Tape {
    /// A tape into a run.
    #[must_use]
    pub fn new(run: RunWriter) -> Self {
        Self { run, archives: Mutex::default(), foreign: Mutex::default(), failure: Mutex::default() }
    }

    /// The run.
    #[must_use]
    pub fn run(&self) -> &RunWriter {
        &self.run
    }

    /// Starts the archive of an account; done before its first call, so that a run that cannot be written fails early.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn start(&self, account: &str) -> Result<(), RunError> {
        let reel = Reel { archive: self.run.archive(account)?, asked: HashMap::new() };
        self.archives.lock().unwrap_or_else(PoisonError::into_inner).insert(account.to_owned(), reel);
        Ok(())
    }

    /// Whether a request is sent. One run asks one thing once, however many want to know: a replay, which goes by what is
    /// asked, could not tell whose an answer was. Retries and polls are one call's own.
    pub(crate) fn turn(&self, key: &CallKey, item: EvidenceRef) -> Result<Turn, String> {
        let mut archives = self.archives.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Reel { archive, asked }) = archives.get_mut(&key.account) else {
            return Err(format!("there is no archive for account {}", key.account));
        };
        if let Some(known) = asked.get_mut(key) {
            if known.item != item
                && let Some(busy) = &known.busy
            {
                return Ok(Turn::Wait(busy.subscribe()));
            }
            if known.item != item && !known.told.is_empty() {
                let read = |position: &Position| {
                    let exchange = archive.read(*position)?;
                    let summary = Summary::of(&exchange, *position);
                    Ok((exchange, summary))
                };
                let told = known.told.iter().map(read).collect::<std::io::Result<_>>();
                return told
                    .map(Turn::Told)
                    .map_err(|error| format!("what was recorded cannot be read again: {error}"));
            }
            known.item = item;
            known.busy.get_or_insert_with(|| watch::Sender::new(()));
        } else {
            let busy = Some(watch::Sender::new(()));
            asked.insert(key.clone(), Asked { item, told: Vec::new(), busy });
        }
        Ok(Turn::Send)
    }

    /// The call that sent a request is done with it.
    pub(crate) fn release(&self, key: &CallKey) {
        let mut archives = self.archives.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(asked) = archives.get_mut(&key.account).and_then(|reel| reel.asked.get_mut(key)) {
            asked.busy = None;
        }
    }

    /// Writes an exchange, and says where it stands in the archive of its account.
    ///
    /// # Errors
    /// The archive was not started, or the disk is full.
    pub fn append(&self, exchange: &Exchange) -> Result<Position, String> {
        let endpoint = endpoint_of(&exchange.request.uri);
        if !is_aws_endpoint(&exchange.service, &exchange.region, endpoint) {
            self.foreign.lock().unwrap_or_else(PoisonError::into_inner).insert(endpoint.to_owned(), ());
        }
        let mut archives = self.archives.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Reel { archive, asked }) = archives.get_mut(&exchange.account) else {
            return Err(format!("there is no archive for account {}", exchange.account));
        };
        let position = archive.append(exchange).map_err(|error| {
            let text = format!("the exchange could not be stored: {error}");
            self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(text.clone());
            text
        })?;
        if let Some(asked) = asked.get_mut(&exchange.key()) {
            asked.told.push(position);
        }
        Ok(position)
    }

    /// Closes the archive of an account.
    ///
    /// # Errors
    /// The disk is full: the archive, or an exchange before, could not be written.
    pub fn finish(&self, account: &str) -> Result<(), String> {
        let reel = self.archives.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
        if let Some(failure) = self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Err(failure);
        }
        reel.map_or(Ok(()), |reel| reel.archive.finish().map_err(|e| format!("the archive could not be closed: {e}")))
    }

    /// Closes all archives after a failure of the program, as far as that can be done without waiting for long: who holds
    /// them may be what failed. True where all that was recorded can be read.
    #[must_use]
    pub fn rescue(&self) -> bool {
        for _ in 0..20 {
            let mut archives = match self.archives.try_lock() {
                Ok(archives) => archives,
                Err(TryLockError::Poisoned(archives)) => archives.into_inner(),
                Err(TryLockError::WouldBlock) => {
                    std::thread::sleep(Duration::from_millis(50));
                    continue;
                }
            };
            return archives.drain().fold(true, |whole, (_, reel)| reel.archive.finish().is_ok() && whole);
        }
        false
    }

    /// The endpoints that answered in place of AWS, sorted.
    #[must_use]
    pub fn foreign_endpoints(&self) -> Vec<String> {
        self.foreign.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }
}
