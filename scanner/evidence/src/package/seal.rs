//! The last part of a package: its manifests, then what is made from their digest.

use std::io;
use std::path::PathBuf;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::chain::{self, ChainLine};
use super::error::PackageError;
use super::manifest::{LeftOut, Manifest, SCHEMA, root_text};
use super::write::PackageWriter;
use super::{
    CHAIN, INSTRUCTIONS, MANIFEST_JSON, NOTE, ROOT, SIGNER, SIGNER_PEM, STATEMENT, TIMESTAMP, instructions, name,
    statement,
};
use crate::exchange::sha256_hex;
use crate::run::Tool;
use crate::seal::Signer;
use crate::seal::{Note, check_response};

/// What the manifest says of a package besides its files.
#[derive(Debug, Clone)]
pub struct Details {
    /// The run that it was made from.
    pub run: String,
    /// The program that makes it.
    pub tool: Tool,
    /// When it is made (UTC).
    pub created: Timestamp,
    /// What is not there, and why.
    pub left_out: Vec<LeftOut>,
    /// The `chain.jsonl` of the package before, which this one continues.
    pub earlier_chain: Option<PathBuf>,
}

/// A package whose manifests are written: its digest can be stamped.
pub struct Unsealed<'a> {
    writer: PackageWriter,
    manifest: Manifest,
    root: String,
    chain: Vec<u8>,
    signer: Option<&'a dyn Signer>,
}

impl std::fmt::Debug for Unsealed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unsealed").field("writer", &self.writer).finish_non_exhaustive()
    }
}

/// A package that is whole and in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Where it is.
    pub path: PathBuf,
    /// The SHA-256 of `MANIFEST.sha256`, the digest that stands for the whole package.
    pub manifest_sha256: String,
    /// The number of files that it lists.
    pub files: usize,
    /// The chain up to this package, for the next one to continue.
    pub chain: Vec<u8>,
}

/// What a note states of a package.
pub(super) struct Covered<'a> {
    pub(super) package: &'a str,
    pub(super) run: &'a str,
    pub(super) manifest: &'a str,
    pub(super) chain: &'a str,
    pub(super) timestamp: &'a str,
    pub(super) statement: &'a str,
}

/// The digest of a file that a package need not have, as a note states it.
pub(super) fn digest_or_none(file: Option<&[u8]>) -> String {
    file.map_or_else(|| "none".to_owned(), sha256_hex)
}

impl Covered<'_> {
    /// The text of the note, one line for each statement.
    pub(super) fn text(&self) -> String {
        format!(
            "{SCHEMA}\npackage {}\nrun {}\nMANIFEST.sha256 {}\nchain.jsonl {}\nmanifest.tsr {}\nmanifest.dsse.json {}\n",
            self.package, self.run, self.manifest, self.chain, self.timestamp, self.statement
        )
    }
}

impl PackageWriter {
    /// Writes the manifests over all files. With a signer its public key goes in too, and `finish` will sign.
    ///
    /// # Errors
    /// The run id cannot stand in a note, the earlier chain is broken, or the disk is full.
    pub fn manifest<'a>(
        mut self,
        details: &Details,
        signer: Option<&'a dyn Signer>,
    ) -> Result<Unsealed<'a>, PackageError> {
        name::check_part(&details.run)?;
        let key = signer.map(Signer::verifier_key);
        let mut own = vec![(INSTRUCTIONS, instructions::text(&self.root, &details.run, details.created, key.as_ref()))];
        if let Some(key) = &key {
            own.push((SIGNER, format!("{key}\n")));
            own.push((SIGNER_PEM, key.pem()));
        }
        for (name, text) in own {
            self.own(name, text.as_bytes())?;
        }
        let manifest = Manifest {
            schema: SCHEMA.to_owned(),
            package: self.root.clone(),
            run: details.run.clone(),
            tool: details.tool.clone(),
            created: details.created,
            files: self.files.values().cloned().collect(),
            left_out: details.left_out.clone(),
        };
        let failed = |e: serde_json::Error| PackageError::Write { path: self.path.clone(), source: e.into() };
        let mut json = serde_json::to_vec_pretty(&manifest).map_err(failed)?;
        json.push(b'\n');
        self.own(MANIFEST_JSON, &json)?;
        let root = root_text(self.files.values().map(|file| (file.path.as_str(), file.sha256.as_str())));
        self.own(ROOT, root.as_bytes())?;
        let line = ChainLine {
            run: manifest.run.clone(),
            package: manifest.package.clone(),
            manifest_sha256: sha256_hex(root.as_bytes()),
            created: manifest.created,
            previous: None,
        };
        let chain = match &details.earlier_chain {
            None => {
                chain::append(b"", line).map_err(|source| PackageError::Chain { path: PathBuf::from(CHAIN), source })?
            }
            Some(path) => {
                let read = |source| PackageError::Read { path: path.clone(), source };
                let earlier = std::fs::read(path).map_err(read)?;
                chain::append(&earlier, line).map_err(|source| PackageError::Chain { path: path.clone(), source })?
            }
        };
        Ok(Unsealed { writer: self, manifest, root, chain, signer })
    }

    fn own(&mut self, name: &str, bytes: &[u8]) -> Result<(), PackageError> {
        self.add(name, Some(bytes.len() as u64), |to| io::Write::write_all(to, bytes))
    }
}

impl Unsealed<'_> {
    /// The SHA-256 of `MANIFEST.sha256`: what a time-stamp authority is asked to stamp.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.root.as_bytes()).into()
    }

    /// Signs the package, where it has a signer, ends it and puts it in its place. `timestamp` is an authority's
    /// whole answer for the digest.
    ///
    /// # Errors
    /// The time stamp does not hold, the signer failed, or the disk is full.
    pub fn finish(self, timestamp: Option<&[u8]>) -> Result<Sealed, PackageError> {
        let (digest, Self { mut writer, manifest, root, chain, signer }) = (self.digest(), self);
        if let Some(response) = timestamp {
            check_response(response, &digest, None)?;
        }
        let manifest_sha256 = sha256_hex(root.as_bytes());
        let statement = match signer {
            Some(signer) if signer.signs_statement() => Some(statement::sign(&manifest, &manifest_sha256, signer)?),
            _ => None,
        };
        if let Some(signer) = signer {
            let text = Covered {
                package: &manifest.package,
                run: &manifest.run,
                manifest: &manifest_sha256,
                chain: &sha256_hex(&chain),
                timestamp: &digest_or_none(timestamp),
                statement: &digest_or_none(statement.as_deref()),
            }
            .text();
            let note = Note::sign(&text, signer)?;
            writer.own(NOTE, note.as_bytes())?;
        }
        writer.own(CHAIN, &chain)?;
        if let Some(response) = timestamp {
            writer.own(TIMESTAMP, response)?;
        }
        if let Some(statement) = &statement {
            writer.own(STATEMENT, statement)?;
        }
        let (path, files) = (writer.path.clone(), manifest.files.len() + 1);
        writer.close()?;
        Ok(Sealed { path, manifest_sha256, files, chain })
    }
}
