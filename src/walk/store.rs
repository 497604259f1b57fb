//! Where a store lies, and a run of it as a folder, which whatever takes a run takes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kickoff_aws::{ca_bundle, connect, connector, plain_client};
use kickoff_engagement::Engagement;
use kickoff_evidence::store::{FolderHome, Home, RunFile, Store};
use kickoff_evidence::{Run, RunMetadata, RunWriter};
use kickoff_reports::results::day;
use tempfile::TempDir;

use super::failure::Failure;
use super::finish::decided_in_place;
use super::news::Listener;
use super::scratch;
use super::version::VERSION;

/// The place that an address names: a folder, or `s3://bucket/prefix` with the caller's own credentials.
///
/// # Errors
/// It is none, or there are no credentials, or the bucket cannot be found.
pub fn home(address: &str, profile: Option<&str>, listener: &dyn Listener) -> Result<Box<dyn Home>, Failure> {
    let Some(parsed) = kickoff_aws::parse_bucket(address) else {
        if address.is_empty() || address.contains("://") || address.starts_with("s3:") {
            return Err(Failure::Usage(format!("{address:?} is no store: name a folder, or s3://BUCKET/PREFIX")));
        }
        return Ok(Box::new(FolderHome::new(Path::new(address))));
    };
    let (bucket, prefix) = parsed.map_err(Failure::Usage)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let plain = connector(ca_bundle().as_deref()).map_err(Failure::Usage)?;
    let client = plain_client(&plain, &format!("kickoff/{VERSION}"));
    let config = runtime.block_on(connect(profile, client, &listener.person()));
    let config = config.map_err(|error| Failure::Usage(format!("{address} cannot be reached: {error}")))?;
    let home = kickoff_aws::BucketHome::open(&config, &bucket, &prefix, runtime);
    Ok(Box::new(home.map_err(|error| Failure::usage(&error))?))
}

/// A run of a store as a folder of its own, which goes when this does.
pub struct Fetched {
    /// The run's folder.
    pub folder: PathBuf,
    _scratch: TempDir,
}

impl Fetched {
    /// The run's id.
    #[must_use]
    pub fn id(&self) -> String {
        self.folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// Makes a folder of a run of a store: its answers are held against the digests of their units, its numbers are the store's,
/// and its results are decided from the answers, by this version. Of some accounts only, where they are named.
///
/// # Errors
/// The store has no such run, something of it is not there or was altered, or none of the accounts is of the run.
pub fn fetch(
    store: &Store,
    run: Option<&str>,
    accounts: &[String],
    engagement: &Engagement,
) -> Result<Fetched, Failure> {
    let failed = |error: &dyn std::error::Error| Failure::Usage(error.to_string());
    let file: RunFile = store.closed(run).map_err(|error| failed(&error))?;
    let id = file.run.id.clone();
    let wanted = |account: &str| accounts.is_empty() || accounts.iter().any(|one| one == account);
    if let Some(other) = accounts.iter().find(|one| !file.units.iter().any(|unit| unit.account == **one)) {
        let why = file.without.iter().find(|without| without.account == *other).map(|without| without.why.as_str());
        let why = why.unwrap_or("the run did not plan it");
        return Err(Failure::Usage(format!("{id} has no unit of account {other}: {why}")));
    }
    let scratch = scratch::folder()?;
    // A folder of runs of its own: nothing beside it is read or written.
    let folder = scratch.path().join(&id);
    let have: BTreeSet<&str> = file.units.iter().map(|unit| unit.account.as_str()).collect();
    let metadata = RunMetadata {
        accounts: file
            .run
            .accounts
            .iter()
            .filter(|account| wanted(&account.id) && have.contains(account.id.as_str()))
            .cloned()
            .collect(),
        ..file.run.clone()
    };
    let writer = RunWriter::at(&folder, &metadata).map_err(|error| failed(&error))?;
    for listed in file.units.iter().filter(|unit| wanted(&unit.account)) {
        let unit = store.unit(&listed.folder, &listed.sha256).map_err(|error| failed(&error))?;
        let archive = folder.join("exchanges").join(format!("{}.jsonl.zst", listed.account));
        store.fetch(&listed.folder, &unit, "exchanges", &archive).map_err(|error| failed(&error))?;
    }
    let ids = metadata.accounts.iter().map(|account| account.id.as_str());
    let mut ledger = store.numbers(ids).map_err(|error| failed(&error))?.ledger;
    // What this program finds and the store has not numbered must not get a number that the store gives to something else.
    ledger.for_readers(day(&metadata).year());
    writer.write(kickoff_evidence::Ledger::FILE, &ledger.to_json()).map_err(|error| failed(&error))?;
    let run = Run::unsealed(&folder, metadata).map_err(|error| failed(&error))?;
    decided_in_place(writer, run, engagement)?;
    Ok(Fetched { folder, _scratch: scratch })
}
