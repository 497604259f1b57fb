//! A package as a run again: the exchanges that its evidence folders hold, put back where a replay reads them.
//!
//! Nothing is taken from a package but text that is read within bounds; the run is made in a folder of our own that is
//! removed afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};
use std::io::Read as _;
use std::sync::Arc;

use kickoff_evidence::package::Package;
use kickoff_evidence::{Exchange, Ledger, Run, RunMetadata, RunState, RunWriter, SCHEMA};
use serde_json::Value;

use super::scratch;
use super::version::VERSION;

/// No file that is read whole is longer: results of a large estate come to some hundred MiB.
const LONGEST: u64 = 2 << 30;

/// What a package holds besides its run.
pub struct Unpacked {
    /// The run.
    pub run: Arc<Run>,
    /// Removed when it is dropped.
    _folder: tempfile::TempDir,
}

/// Why a package is not made again.
#[derive(Debug)]
pub enum Unmade {
    /// Not the package's fault: another version could, or a larger machine.
    Cannot(String),
    /// The package does not hold what it must.
    Wrong(String),
}

impl Display for Unmade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Cannot(why) | Self::Wrong(why)) = self;
        f.write_str(why)
    }
}

fn wrong(why: impl Display) -> Unmade {
    Unmade::Wrong(why.to_string())
}

fn cannot(why: impl Display) -> Unmade {
    Unmade::Cannot(why.to_string())
}

/// A file of a package, whole; none where the package does not have it.
pub fn file(package: &Package, name: &str) -> Result<Option<Vec<u8>>, Unmade> {
    let Some(size) = package.size(name) else { return Ok(None) };
    if size > LONGEST {
        return Err(cannot(format_args!("{name} has {size} bytes, more than is read")));
    }
    let mut bytes = Vec::new();
    let reader = package.read(name).map_err(|error| wrong(format_args!("{name}: {error}")))?;
    reader.take(LONGEST).read_to_end(&mut bytes).map_err(|error| wrong(format_args!("{name}: {error}")))?;
    Ok(Some(bytes))
}

fn needed(package: &Package, name: &str) -> Result<Vec<u8>, Unmade> {
    file(package, name)?.ok_or_else(|| wrong(format_args!("the package has no {name}")))
}

/// What a package says of its run. `by` is the version that made the package, where it says so.
pub fn metadata(package: &Package, by: Option<&str>) -> Result<RunMetadata, Unmade> {
    const NAME: &str = "60_machine/run.json";
    let text = needed(package, NAME)?;
    let read: Result<RunMetadata, _> = serde_json::from_slice(&text);
    let metadata = read.map_err(|error| {
        let why = format!("{NAME} cannot be read: {error}");
        match by.filter(|by| is_newer(by)) {
            Some(by) => cannot(format_args!("{why}. kickoff {by} made the package, and this is {VERSION}")),
            None => wrong(why),
        }
    })?;
    if metadata.schema != SCHEMA {
        return Err(wrong(format_args!("{NAME} has the schema {:?}, which no package has", metadata.schema)));
    }
    if metadata.state == RunState::Running {
        return Err(wrong(format_args!("{NAME} says that the run is not at its end")));
    }
    Ok(metadata)
}

/// Whether a version is newer than this one.
fn is_newer(version: &str) -> bool {
    let parts = |text: &str| text.split('.').map(|part| part.parse::<u64>().ok()).collect::<Option<Vec<u64>>>();
    match (parts(version), parts(VERSION)) {
        (Some(other), Some(own)) => other > own,
        _ => false,
    }
}

/// Puts the run of a package together.
pub fn unpack(package: &Package, metadata: &RunMetadata) -> Result<Unpacked, Unmade> {
    let folder = scratch::folder().map_err(cannot)?;
    let path = folder.path().join("run");
    let writer = RunWriter::create(&path, metadata).map_err(cannot)?;
    let mut archives = BTreeMap::new();
    for account in &metadata.accounts {
        if account.id.len() != 12 || !account.id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong(format_args!("60_machine/run.json: {:?} is not an account id", account.id)));
        }
        let archive = writer.archive(&account.id).map_err(cannot)?;
        if archives.insert(account.id.clone(), archive).is_some() {
            return Err(wrong(format_args!("60_machine/run.json has account {} twice", account.id)));
        }
    }
    // What two items asked alike was asked once, and is one exchange that both hold.
    let mut held = BTreeSet::new();
    let mut records: Vec<&str> =
        package.names().filter(|name| name.starts_with("20_evidence/") && name.ends_with("/ipe.json")).collect();
    records.sort_unstable();
    for name in records {
        let mut record: Value = serde_json::from_slice(&needed(package, name)?)
            .map_err(|error| wrong(format_args!("{name} cannot be read: {error}")))?;
        let Some(Value::Array(exchanges)) = record.get_mut("exchanges").map(Value::take) else {
            return Err(wrong(format_args!("{name} has no exchanges")));
        };
        let folder = name.trim_end_matches("ipe.json");
        for filed in exchanges {
            let exchange = whole(package, folder, filed).map_err(|why| match why {
                Unmade::Wrong(why) => wrong(format_args!("{name}: {why}")),
                cannot @ Unmade::Cannot(_) => cannot,
            })?;
            let none = || wrong(format_args!("{name}: account {} is none of the run's", exchange.account));
            let archive = archives.get_mut(&exchange.account).ok_or_else(none)?;
            if held.insert(exchange.digest()) {
                archive.append(&exchange).map_err(cannot)?;
            }
        }
    }
    for archive in archives.into_values() {
        archive.finish().map_err(cannot)?;
    }
    if let Some(ids) = file(package, "60_machine/ids.json")? {
        writer.write(Ledger::FILE, &ids).map_err(cannot)?;
    }
    // A run has results; these are the package's word, and are not read.
    let results = file(package, "60_machine/results.json")?.unwrap_or_default();
    writer.write("results.json", &results).map_err(cannot)?;
    writer.seal(metadata).map_err(cannot)?;
    let run = Run::open(&path).map_err(wrong)?;
    Ok(Unpacked { run: Arc::new(run), _folder: folder })
}

/// An exchange with its answer, which stands in a file of its own.
fn whole(package: &Package, folder: &str, filed: Value) -> Result<Exchange, Unmade> {
    // The name comes from the package: it is looked up among the package's own names, never on a disk.
    let name = Exchange::file_of(&filed).map(|file| format!("{folder}{file}"));
    let body = name.map(|name| needed(package, &name)).transpose()?;
    Exchange::unfiled(filed, body).map_err(wrong)
}
