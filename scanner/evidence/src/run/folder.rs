//! The run directory: what was collected, by whom and when, with the digest of every file.
//!
//! ```text
//! RUN-20260302T020000Z-9f31c2aa/
//!   run.json                          who, when, what was asked for, how it ended
//!   exchanges/111122223333.jsonl.zst  every request and answer, per account
//!   facts/111122223333.json           what was read from them
//!   results.json                      what the checks decided
//!   MANIFEST.sha256                   digests of all of the above, as `sha256sum -c` reads them
//! ```

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::archive::{Archive, ArchiveWriter, Frames};
use super::ids::Ledger;
use super::lock::FolderLock;
use crate::error::{RunError, SCHEMA};
use crate::exchange::Route;
use crate::exchange::sha256_hex;
use crate::files::{PART, create_part, create_private_directory, digest_reader, sweep, write_private};

const FORMAT: u32 = 1;
const MANIFEST: &str = "MANIFEST.sha256";

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// Still being written.
    Running,
    /// Everything that was planned was asked.
    Complete,
    /// Stopped by an interrupt; what is there can be read, what is missing is a gap.
    Interrupted,
}

/// The program that made a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// `kickoff`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// One account of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountRecord {
    /// Twelve digits.
    pub id: String,
    /// `aws`, `aws-us-gov`, `aws-cn`, ...
    pub partition: String,
    /// The region that global services were asked in.
    pub home_region: String,
    /// Who asked, as STS named the caller.
    pub caller: String,
    /// The regions that were asked, sorted.
    pub regions: Vec<String>,
    /// Regions that the scope names and that are not enabled, sorted.
    #[serde(default)]
    pub disabled_regions: Vec<String>,
    /// Why the account could not be entered, where it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<String>,
}

/// `run.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunMetadata {
    /// `kickoff/run/1`.
    pub schema: String,
    /// `RUN-20260302T020000Z-9f31c2aa`.
    pub id: String,
    /// How it ended.
    pub state: RunState,
    /// The program that made it.
    pub tool: Tool,
    /// When it began: the time that every check reckons from (UTC).
    pub started: Timestamp,
    /// When collection ended (UTC).
    pub finished: Option<Timestamp>,
    /// The endpoints that answered in place of AWS; empty when AWS itself did.
    #[serde(default)]
    pub foreign_endpoints: Vec<String>,
    /// How many seconds AWS's clock was ahead of the machine's (behind it, where negative), where they differed by more than a
    /// minute: the times of the run are AWS's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_ahead: Option<i64>,
    /// Why it ended before it was finished, where the program could still say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// What stood between kickoff and AWS; not there where nothing did.
    #[serde(default, skip_serializing_if = "Route::is_plain")]
    pub route: Route,
    /// The checks that were selected; the collection plan follows from them.
    pub checks: Vec<String>,
    /// The fact families that were collected.
    pub needs: Vec<String>,
    /// The accounts.
    pub accounts: Vec<AccountRecord>,
}

/// A run id: `RUN-<UTC basic>-<8 hex>`. The digits after the time keep two runs of one second apart.
#[must_use]
pub fn new_run_id(started: Timestamp, salt: &str) -> String {
    let seed = format!("{}\0{}\0{salt}", started.as_nanosecond(), std::process::id());
    format!("RUN-{}-{}", started.strftime("%Y%m%dT%H%M%SZ"), &sha256_hex(seed.as_bytes())[..8])
}

/// A run that is being written.
#[derive(Debug)]
pub struct RunWriter {
    path: PathBuf,
    /// Held as long as the run is written, so that nobody finishes what is not at its end.
    _lock: FolderLock,
}

impl RunWriter {
    /// Makes the directory of a run and a `run.json` that says it is running.
    ///
    /// # Errors
    /// The directory exists already and is not empty, or cannot be made.
    pub fn create(path: &Path, metadata: &RunMetadata) -> Result<Self, RunError> {
        if fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some()) {
            let source = io::Error::other("the directory is there already and is not empty");
            return Err(RunError::Write { path: path.to_owned(), source });
        }
        Self::at(path, metadata)
    }

    /// Opens the directory of a run, which is made where it is not there, to write it anew: it is no run until it is sealed.
    ///
    /// # Errors
    /// Another process writes it, or it cannot be made or written.
    pub fn at(path: &Path, metadata: &RunMetadata) -> Result<Self, RunError> {
        create_private_directory(&path.join("exchanges"))?;
        create_private_directory(&path.join("facts"))?;
        let writer = Self::locked(path)?;
        match fs::remove_file(path.join(MANIFEST)) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(RunError::Write { path: path.join(MANIFEST), source });
            }
            _ => {}
        }
        writer.close(metadata)?;
        Ok(writer)
    }

    fn locked(path: &Path) -> Result<Self, RunError> {
        let lock = FolderLock::try_take(path)?.ok_or_else(|| RunError::Busy { path: path.to_owned() })?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// Opens a run whose process ended before it was sealed, with what its `run.json` says: archives that end in the middle
    /// keep their whole lines, and those that were not begun are empty.
    ///
    /// # Errors
    /// Another process writes it, it is no run, or an archive is damaged otherwise.
    pub fn unfinished(path: &Path) -> Result<(Self, RunMetadata), RunError> {
        let metadata = read_metadata(path)?;
        let writer = Self::locked(path)?;
        create_private_directory(&path.join("exchanges"))?;
        create_private_directory(&path.join("facts"))?;
        for account in &metadata.accounts {
            let archive = archive_path(path, &account.id);
            if archive.is_file() {
                Archive::mend(&archive)?;
            } else {
                let begun = ArchiveWriter::create(&archive).and_then(ArchiveWriter::finish);
                begun.map_err(|source| RunError::Write { path: archive, source })?;
            }
        }
        Ok((writer, metadata))
    }

    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Starts the archive of an account.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn archive(&self, account: &str) -> Result<ArchiveWriter, RunError> {
        let path = archive_path(&self.path, account);
        ArchiveWriter::create(&path).map_err(|source| RunError::Write { path, source })
    }

    /// Takes over the answers of another run, as they are. Those of the run that is written in its own place stay.
    ///
    /// # Errors
    /// An archive cannot be read or written.
    pub fn answers_of(&self, run: &Run) -> Result<(), RunError> {
        let here =
            |path: &Path| fs::canonicalize(path).map_err(|source| RunError::Missing { path: path.to_owned(), source });
        if here(&self.path)? == here(&run.path)? {
            return Ok(());
        }
        for account in run.archives.keys() {
            let (from, to) = (archive_path(&run.path, account), archive_path(&self.path, account));
            let mut reader = File::open(&from).map_err(|source| RunError::Missing { path: from, source })?;
            let written = create_part(&to).and_then(|(part, mut file)| {
                io::copy(&mut reader, &mut file)?;
                file.sync_all()?;
                fs::rename(part, &to)
            });
            written.map_err(|source| RunError::Write { path: to, source })?;
        }
        Ok(())
    }

    /// Writes a file of the run.
    ///
    /// # Errors
    /// The disk is full or the folder is not writable.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), RunError> {
        write_private(&self.path.join(name), bytes)
    }

    /// Writes `run.json`: after it says how the run ended, what was collected can be sealed by any process.
    ///
    /// # Errors
    /// The disk is full or the folder is not writable.
    pub fn close(&self, metadata: &RunMetadata) -> Result<(), RunError> {
        let mut text = serde_json::to_vec_pretty(metadata)
            .map_err(|e| RunError::Write { path: self.path.join("run.json"), source: e.into() })?;
        text.push(b'\n');
        self.write("run.json", &text)
    }

    /// Writes the last `run.json` and the manifest over all files of the run.
    /// Returns the manifest's own SHA-256, the digest that stands for the whole run.
    ///
    /// # Errors
    /// A file cannot be read or written.
    pub fn seal(&self, metadata: &RunMetadata) -> Result<String, RunError> {
        self.close(metadata)?;
        // What a process that was killed left half written.
        for folder in [&*self.path, &self.path.join("exchanges"), &self.path.join("facts")] {
            sweep(folder, PART);
        }
        let text: String = digests(&self.path)?.iter().map(|(name, digest)| format!("{digest}  {name}\n")).collect();
        self.write(MANIFEST, text.as_bytes())?;
        // Its lock is of no use to a run that is whole.
        let _ = fs::remove_file(self.path.join(FolderLock::FILE));
        Ok(sha256_hex(text.as_bytes()))
    }
}

fn archive_path(run: &Path, account: &str) -> PathBuf {
    run.join("exchanges").join(format!("{account}.jsonl.zst"))
}

/// The digests of the files of a run. What was made of it and lies beside them, as reports and packages do, is not its own.
fn digests(run: &Path) -> Result<BTreeMap<String, String>, RunError> {
    let mut digests = BTreeMap::new();
    for name in ["run.json", "results.json", Ledger::FILE] {
        let path = run.join(name);
        if path.is_file() {
            digests.insert(name.to_owned(), digest_file(&path)?);
        }
    }
    for folder in ["exchanges", "facts"] {
        let at = run.join(folder);
        let missing = |source| RunError::Missing { path: at.clone(), source };
        for entry in fs::read_dir(&at).map_err(missing)? {
            let path = entry.map_err(missing)?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            digests.insert(format!("{folder}/{name}"), digest_file(&path)?);
        }
    }
    Ok(digests)
}

fn digest_file(path: &Path) -> Result<String, RunError> {
    let missing = |source| RunError::Missing { path: path.to_owned(), source };
    let reader = BufReader::new(File::open(path).map_err(missing)?);
    digest_reader(reader).map(|(digest, _)| digest).map_err(missing)
}

/// A run that was written, opened for replay or for a report.
#[derive(Debug)]
pub struct Run {
    path: PathBuf,
    /// `run.json`.
    pub metadata: RunMetadata,
    /// The SHA-256 of the manifest.
    pub manifest_digest: String,
    archives: BTreeMap<String, Archive>,
}

impl Run {
    /// Opens a run and compares every file with the manifest.
    ///
    /// # Errors
    /// The directory is no run, lacks a file, was altered or cut short, or has a newer format.
    pub fn open(path: &Path) -> Result<Self, RunError> {
        let metadata = read_metadata(path)?;
        let sealed = fs::symlink_metadata(path.join(MANIFEST)).is_ok();
        if metadata.state == RunState::Running || !sealed {
            return Err(RunError::Unfinished { path: path.to_owned() });
        }
        let manifest_digest = check_manifest(path)?;
        Ok(Self { manifest_digest, ..Self::unsealed(path, metadata)? })
    }

    /// Opens the answers of a run that has no manifest, as far as it was written.
    ///
    /// # Errors
    /// An archive is missing or damaged.
    pub fn unsealed(path: &Path, metadata: RunMetadata) -> Result<Self, RunError> {
        let (mut archives, frames) = (BTreeMap::new(), Arc::<Frames>::default());
        for account in &metadata.accounts {
            let archive = Archive::open_beside(&archive_path(path, &account.id), Arc::clone(&frames))?;
            archives.insert(account.id.clone(), archive);
        }
        Ok(Self { path: path.to_owned(), metadata, manifest_digest: String::new(), archives })
    }

    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The archive of an account, if the run has the account.
    #[must_use]
    pub fn archive(&self, account: &str) -> Option<&Archive> {
        self.archives.get(account)
    }
}

/// Reads `run.json`.
fn read_metadata(path: &Path) -> Result<RunMetadata, RunError> {
    let file = path.join("run.json");
    let text = match fs::read(&file) {
        Ok(text) => text,
        Err(source) if source.kind() == io::ErrorKind::NotFound && path.is_dir() => {
            return Err(RunError::NotARun { path: path.to_owned() });
        }
        Err(source) => return Err(RunError::Missing { path: path.to_owned(), source }),
    };
    let damaged = |why: String| RunError::Damaged { path: file.clone(), why };
    let value: serde_json::Value = serde_json::from_slice(&text).map_err(|e| damaged(e.to_string()))?;
    let schema = value.get("schema").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    match schema.strip_prefix("kickoff/run/").map(str::parse::<u32>) {
        Some(Ok(FORMAT)) => {}
        Some(Ok(found)) if found > FORMAT => {
            return Err(RunError::Newer { path: path.to_owned(), found: schema });
        }
        _ => return Err(damaged(format!("its schema is {schema:?}, not {SCHEMA:?}"))),
    }
    let metadata: RunMetadata = serde_json::from_value(value).map_err(|e| damaged(e.to_string()))?;
    let id = metadata.id.as_str();
    if !id.starts_with("RUN-") || id.len() > 64 || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(damaged(format!("{id:?} is not the id of a run")));
    }
    for account in &metadata.accounts {
        if account.id.len() != 12 || !account.id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(damaged(format!("{:?} is not an account id", account.id)));
        }
    }
    Ok(metadata)
}

/// Compares the files with the manifest. Each file that replay reads must be listed.
fn check_manifest(run: &Path) -> Result<String, RunError> {
    let path = run.join(MANIFEST);
    let text = fs::read(&path).map_err(|source| RunError::Missing { path: path.clone(), source })?;
    let damaged = |why: String| RunError::Damaged { path: path.clone(), why };
    let lines = std::str::from_utf8(&text).map_err(|e| damaged(e.to_string()))?;
    let mut listed = BTreeMap::new();
    for (number, line) in lines.lines().enumerate() {
        let Some((digest, name)) = line.split_once("  ") else {
            return Err(damaged(format!("line {} is not a digest and a name", number + 1)));
        };
        let outside = Path::new(name).components().any(|part| !matches!(part, Component::Normal(_)));
        if outside || digest.len() != 64 {
            return Err(damaged(format!("line {} names {name:?}", number + 1)));
        }
        let file = run.join(name);
        let found = digest_file(&file)?;
        if found != digest {
            return Err(RunError::Altered { path: file, listed: digest.to_owned(), found });
        }
        listed.insert(name.to_owned(), ());
    }
    for needed in ["run.json", "results.json"] {
        if !listed.contains_key(needed) {
            return Err(damaged(format!("{needed} is not listed")));
        }
    }
    let exchanges = run.join("exchanges");
    for entry in fs::read_dir(&exchanges).map_err(|source| RunError::Missing { path: exchanges.clone(), source })? {
        let entry = entry.map_err(|source| RunError::Missing { path: exchanges.clone(), source })?;
        let name = format!("exchanges/{}", entry.file_name().to_string_lossy());
        if !listed.contains_key(&name) {
            return Err(damaged(format!("{name} is there but not listed")));
        }
    }
    Ok(sha256_hex(&text))
}
