//! A unit: what one account gave in one run.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::home::{Content, Created, HomeError, is_key};
use super::layout::{UNIT, UNIT_SEAL, unit_folder};
use super::{Store, StoreError, to_json};
use crate::exchange::sha256_hex;
use crate::files::digest_reader;
use crate::run::{AccountRecord, RunState, Tool};

pub(super) const UNIT_SCHEMA: &str = "kickoff/unit/1";
pub(super) const SEAL_SCHEMA: &str = "kickoff/seal-call/1";

/// `unit.json`. The same answers, decided alike, give the same bytes: nothing in it tells when it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// `kickoff/unit/1`.
    pub schema: String,
    /// The run.
    pub run: String,
    /// The account, who asked in it, and which regions; why it could not be entered, where it could not.
    pub account: AccountRecord,
    /// How the run ended.
    pub state: RunState,
    /// The program that asked.
    pub tool: Tool,
    /// The program that decided.
    pub decided_by: Tool,
    /// The SHA-256 of the rules by which it did.
    pub ruleset: String,
    /// When the run began: the time that every check reckons from (UTC).
    pub started: Timestamp,
    /// When collection ended (UTC).
    pub finished: Option<Timestamp>,
    /// How many exchanges there are.
    pub exchanges: u64,
    /// Results by status.
    pub results: BTreeMap<String, u64>,
    /// The last increment of the account's numbers when it was written, with its SHA-256: it names the one before, and so on.
    pub ids: Option<IdsAt>,
    /// The files, by the names that they have here, the manifest over the others among them.
    pub files: BTreeMap<String, FileOf>,
}

/// How far the numbers of an account went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdsAt {
    /// The increment.
    pub seq: u32,
    /// Its SHA-256.
    pub sha256: String,
}

/// A file of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileOf {
    /// What it is: `exchanges`, `results`, `coverage` or `manifest`.
    pub what: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
}

impl Unit {
    /// The name of a file by what it is.
    #[must_use]
    pub fn file(&self, what: &str) -> Option<(&str, &FileOf)> {
        self.files.iter().find(|(_, file)| file.what == what).map(|(name, file)| (name.as_str(), file))
    }
}

/// What is put into a unit.
#[derive(Debug, Clone, Copy)]
pub struct UnitFiles<'a> {
    /// The archive of exchanges.
    pub exchanges: &'a Path,
    /// Results, JSON lines; they are packed.
    pub results: &'a [u8],
    /// What was asked, how it ended, and what was counted twice: JSON.
    pub coverage: &'a [u8],
}

/// A unit that was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// Its folder, the last slash included.
    pub folder: String,
    /// The SHA-256 of its `unit.json`.
    pub sha256: String,
    /// Whether it was put now; otherwise the same was there.
    pub new: bool,
}

/// A call to STS that carries the digest of what it seals in its user agent: in the CloudTrail of the account that made it,
/// under AWS's own clock and signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealCall {
    /// `kickoff/seal-call/1`.
    pub schema: String,
    /// `unit` or `link`.
    pub seals: String,
    /// The SHA-256 of `unit.json`, or of the link.
    pub sha256: String,
    /// AWS's request id: `requestID` of the event.
    pub request_id: String,
    /// AWS's clock, of the answer (UTC).
    pub at: Timestamp,
    /// The account that made it, in whose CloudTrail it is.
    pub account: String,
    /// The region that was asked.
    pub region: String,
    /// Who asked.
    pub caller: String,
    /// What our part of the user agent said.
    pub agent: String,
}

impl SealCall {
    /// The schema of this version.
    pub const SCHEMA: &'static str = SEAL_SCHEMA;
}

/// Results are kept for years, and packed once.
const LEVEL: i32 = 9;

/// A file gets another name where a writer that was killed left one of its name: so often.
const TRIES: u32 = 64;

impl Store {
    /// Puts a unit, its `unit.json` last. The same unit once more adds nothing.
    ///
    /// # Errors
    /// The run has another unit for the account, or the place cannot be written.
    pub fn put_unit(&self, mut unit: Unit, files: UnitFiles<'_>) -> Result<Put, StoreError> {
        UNIT_SCHEMA.clone_into(&mut unit.schema);
        let folder = unit_folder(&unit.account.id, unit.started, &unit.run);
        let exchanges = Content::File(files.exchanges);
        let results = zstd::encode_all(files.results, LEVEL).map_err(|error| HomeError {
            place: format!("{}/{folder}", self.name()),
            why: format!("cannot be packed: {error}"),
        })?;
        let mut manifest = String::new();
        for (what, name, content) in [
            ("exchanges", "exchanges.jsonl.zst", exchanges),
            ("results", "results.jsonl.zst", Content::Bytes(&results)),
            ("coverage", "coverage.json", Content::Bytes(files.coverage)),
        ] {
            let (name, file) = self.put_file(&folder, what, name, content)?;
            manifest.push_str(&format!("{}  {name}\n", file.sha256));
            unit.files.insert(name, file);
        }
        let (name, file) =
            self.put_file(&folder, "manifest", "MANIFEST.sha256", Content::Bytes(manifest.as_bytes()))?;
        unit.files.insert(name, file);
        let key = format!("{folder}{UNIT}");
        let mut text = to_json(&unit);
        let new = match self.put(&key, &text) {
            Err(different @ StoreError::Different { .. }) => {
                // One that is there keeps saying how far numbers went when it was put, however far they are now.
                let Some(stored) = self.find(&key)? else { return Err(different) };
                let (there, _) = self.read::<Unit>(&stored, UNIT_SCHEMA)?;
                if (Unit { ids: there.ids.clone(), ..unit }) != there {
                    return Err(different);
                }
                text = self.text(&stored)?;
                false
            }
            outcome => outcome?,
        };
        Ok(Put { folder, sha256: sha256_hex(&text), new })
    }

    /// Puts a file of a unit that is not there yet. Where a writer that was killed left another of its name, and no unit, it
    /// gets a name beside that.
    fn put_file(
        &self,
        folder: &str,
        what: &str,
        name: &str,
        content: Content<'_>,
    ) -> Result<(String, FileOf), StoreError> {
        let (sha256, bytes) = match content {
            Content::Bytes(bytes) => (sha256_hex(bytes), bytes.len() as u64),
            Content::File(path) => {
                let failed = |source| crate::error::RunError::Missing { path: path.to_owned(), source };
                digest_reader(File::open(path).map_err(failed)?).map_err(failed)?
            }
        };
        let mut taken = String::new();
        for number in 1..=TRIES {
            let called = beside(name, number);
            let key = format!("{folder}{called}");
            let there = match self.home.create(&key, content)? {
                Created::New => sha256.clone(),
                Created::There => self.digest_at(&key)?,
            };
            if there == sha256 {
                return Ok((called, FileOf { what: what.to_owned(), sha256, bytes }));
            }
            if let Some(stored) = self.find(&format!("{folder}{UNIT}"))? {
                // Of what its unit names, which may stand beside what a killed writer left.
                let (unit, _) = self.read::<Unit>(&stored, UNIT_SCHEMA)?;
                return match unit.file(what) {
                    Some((called, file)) if file.sha256 == sha256 => Ok((called.to_owned(), file.clone())),
                    _ => Err(StoreError::Different { place: self.place(&key), there, new: sha256 }),
                };
            }
            taken = there;
        }
        Err(StoreError::Different { place: self.place(&format!("{folder}{name}")), there: taken, new: sha256 })
    }

    /// Puts the call that sealed a unit beside it.
    ///
    /// # Errors
    /// Another one is there, or the place cannot be written.
    pub fn put_unit_seal(&self, put: &Put, call: &SealCall) -> Result<String, StoreError> {
        let text = to_json(call);
        self.put(&format!("{}{UNIT_SEAL}", put.folder), &text)?;
        Ok(sha256_hex(&text))
    }

    /// The SHA-256 of the call that sealed a unit, where there is one.
    ///
    /// # Errors
    /// The place cannot be read.
    pub fn unit_seal(&self, put: &Put) -> Result<Option<String>, StoreError> {
        self.find(&format!("{}{UNIT_SEAL}", put.folder))?.map(|stored| self.digest(&stored)).transpose()
    }

    /// Writes a file of a unit, and holds it against its digest.
    ///
    /// # Errors
    /// The unit has no such file, it is gone or altered, or `to` cannot be written.
    pub fn fetch(&self, folder: &str, unit: &Unit, what: &str, to: &Path) -> Result<(), StoreError> {
        let damaged = |key: &str, why: String| StoreError::Damaged { place: self.place(key), why };
        let (name, file) =
            unit.file(what).ok_or_else(|| damaged(&format!("{folder}{UNIT}"), format!("it names no {what}")))?;
        let key = format!("{folder}{name}");
        let stored = self.find(&key)?.ok_or_else(|| damaged(&key, "it is not there".to_owned()))?;
        let failed = |source| crate::error::RunError::Write { path: to.to_owned(), source };
        let mut copy = crate::files::create_private(to).map_err(failed)?;
        self.home.read(&stored, &mut copy)?;
        let (found, _) = digest_reader(File::open(to).map_err(failed)?).map_err(failed)?;
        if found == file.sha256 {
            return Ok(());
        }
        Err(damaged(&key, format!("its SHA-256 is {found}, and its unit says {}", file.sha256)))
    }

    /// A unit by its folder, held against the SHA-256 that its run names.
    ///
    /// # Errors
    /// It is not there, or not the one of the run.
    pub fn unit(&self, folder: &str, sha256: &str) -> Result<Unit, StoreError> {
        let key = format!("{folder}{UNIT}");
        let damaged = |why: String| StoreError::Damaged { place: self.place(&key), why };
        let stored = self.find(&key)?.ok_or_else(|| damaged("it is not there".to_owned()))?;
        let (unit, found) = self.read::<Unit>(&stored, UNIT_SCHEMA)?;
        if found != sha256 {
            return Err(damaged(format!("its SHA-256 is {found}, and its run says {sha256}")));
        }
        let leads = unit.files.keys().any(|name| name.contains('/') || !is_key(name));
        if leads || unit_folder(&unit.account.id, unit.started, &unit.run) != folder {
            return Err(damaged(format!("it is a unit of {} and account {}", unit.run, unit.account.id)));
        }
        Ok(unit)
    }
}

/// `results.2.jsonl.zst` for the second of a name.
fn beside(name: &str, number: u32) -> String {
    match name.split_once('.').filter(|_| number > 1) {
        Some((stem, ending)) => format!("{stem}.{number}.{ending}"),
        None => name.to_owned(),
    }
}

/// Whether a file is one that a writer which was killed may have left in the folder of a unit.
pub(super) fn is_left_over(file: &str) -> bool {
    ["exchanges.jsonl.zst", "results.jsonl.zst", "coverage.json", "MANIFEST.sha256"]
        .iter()
        .any(|name| (1..=TRIES).any(|number| beside(name, number) == file))
}
