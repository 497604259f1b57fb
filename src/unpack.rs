//! A package as a run again: the exchanges that its evidence folders hold, put back where a replay reads them.
//!
//! Nothing is taken from a package but text that is read within bounds; the run is made in a folder of our own that is
//! removed afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::sync::Arc;

use kickoff_evidence::package::Package;
use kickoff_evidence::{Exchange, Ledger, Run, RunMetadata, RunWriter};
use serde_json::Value;

use crate::scratch;

/// No file that is read whole is longer: results of a large estate come to some hundred MiB.
const LONGEST: u64 = 2 << 30;

/// What a package holds besides its run.
pub(crate) struct Unpacked {
    pub run: Arc<Run>,
    /// Removed when it is dropped.
    _folder: tempfile::TempDir,
}

/// A file of a package, whole; none where the package does not have it.
pub(crate) fn file(package: &Package, name: &str) -> Result<Option<Vec<u8>>, String> {
    let Some(size) = package.size(name) else { return Ok(None) };
    if size > LONGEST {
        return Err(format!("{name} has {size} bytes, more than is read"));
    }
    let mut bytes = Vec::new();
    let reader = package.read(name).map_err(|error| format!("{name}: {error}"))?;
    reader.take(LONGEST).read_to_end(&mut bytes).map_err(|error| format!("{name}: {error}"))?;
    Ok(Some(bytes))
}

fn needed(package: &Package, name: &str) -> Result<Vec<u8>, String> {
    file(package, name)?.ok_or_else(|| format!("the package has no {name}"))
}

/// Puts the run of a package together.
pub(crate) fn unpack(package: &Package) -> Result<Unpacked, String> {
    let text = needed(package, "60_machine/run.json")?;
    let metadata: RunMetadata =
        serde_json::from_slice(&text).map_err(|error| format!("60_machine/run.json cannot be read: {error}"))?;
    let folder = scratch::folder().map_err(|failure| failure.to_string())?;
    let path = folder.path().join("run");
    let writer = RunWriter::create(&path, &metadata).map_err(|error| error.to_string())?;
    let mut archives = BTreeMap::new();
    for account in &metadata.accounts {
        if account.id.len() != 12 || !account.id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("60_machine/run.json: {:?} is not an account id", account.id));
        }
        archives.insert(account.id.clone(), writer.archive(&account.id).map_err(|error| error.to_string())?);
    }
    // What two items asked alike was asked once, and is one exchange that both hold.
    let mut held = BTreeSet::new();
    let mut records: Vec<&str> =
        package.names().filter(|name| name.starts_with("20_evidence/") && name.ends_with("/ipe.json")).collect();
    records.sort_unstable();
    for name in records {
        let mut record: Value = serde_json::from_slice(&needed(package, name)?)
            .map_err(|error| format!("{name} cannot be read: {error}"))?;
        let Some(Value::Array(exchanges)) = record.get_mut("exchanges").map(Value::take) else {
            return Err(format!("{name} has no exchanges"));
        };
        let folder = name.trim_end_matches("ipe.json");
        for filed in exchanges {
            let exchange = whole(package, folder, filed).map_err(|why| format!("{name}: {why}"))?;
            let archive = archives
                .get_mut(&exchange.account)
                .ok_or_else(|| format!("{name}: account {} is none of the run's", exchange.account))?;
            if !held.insert(exchange.digest()) {
                continue;
            }
            archive.append(&exchange).map_err(|error| error.to_string())?;
        }
    }
    for archive in archives.into_values() {
        archive.finish().map_err(|error| error.to_string())?;
    }
    if let Some(ids) = file(package, "60_machine/ids.json")? {
        writer.write(Ledger::FILE, &ids).map_err(|error| error.to_string())?;
    }
    // A run has results; these are the package's word, and are not read.
    let results = file(package, "60_machine/results.json")?.unwrap_or_default();
    writer.write("results.json", &results).map_err(|error| error.to_string())?;
    writer.seal(&metadata).map_err(|error| error.to_string())?;
    let run = Run::open(&path).map_err(|error| error.to_string())?;
    Ok(Unpacked { run: Arc::new(run), _folder: folder })
}

/// An exchange with its answer, which stands in a file of its own.
fn whole(package: &Package, folder: &str, filed: Value) -> Result<Exchange, String> {
    // The name comes from the package: it is looked up among the package's own names, never on a disk.
    let name = Exchange::file_of(&filed).map(|file| format!("{folder}{file}"));
    let body = name.map(|name| needed(package, &name)).transpose()?;
    Exchange::unfiled(filed, body).map_err(|error| error.to_string())
}
