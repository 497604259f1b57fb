//! Writes a package as one ZIP, as a stream: what is kept in memory grows with the number of files, not of bytes.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::error::PackageError;
use super::manifest::ListedFile;
use super::{FOLDER, name};
use crate::files::{create_part, sweep};

/// Files that are compressed already.
const STORED: [&str; 9] = ["pdf", "xlsx", "docx", "zip", "zst", "gz", "png", "jpg", "jpeg"];

/// A package that is being written. Dropped before it is finished, it leaves nothing.
pub struct PackageWriter {
    pub(super) path: PathBuf,
    pub(super) root: String,
    temporary: PathBuf,
    zip: Option<ZipWriter<BufWriter<File>>>,
    time: DateTime,
    pub(super) files: BTreeMap<String, ListedFile>,
    names: Names,
}

impl std::fmt::Debug for PackageWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PackageWriter").field("path", &self.path).field("root", &self.root).finish_non_exhaustive()
    }
}

/// The names that are taken, in lower case: files, and the folders above them. There can be millions.
#[derive(Default)]
struct Names(HashMap<Box<str>, Taken>);

struct Taken {
    /// As it was written, where that is not in lower case.
    written: Option<Box<str>>,
    folder: bool,
}

impl Names {
    /// Takes a name. Folders may be named again in the same letters, files may not.
    fn take(&mut self, name: &str) -> Result<(), PackageError> {
        let ends = name.match_indices('/').map(|(at, _)| at);
        let all = || ends.clone().map(|at| (&name[..at], true)).chain([(name, false)]);
        for (part, folder) in all() {
            if let Some((lower, taken)) = self.0.get_key_value(part.to_ascii_lowercase().as_str()) {
                let first: &str = taken.written.as_ref().unwrap_or(lower);
                if !(folder && taken.folder && first == part) {
                    return Err(PackageError::SameName { first: first.to_owned(), second: name.to_owned() });
                }
            }
        }
        for (part, folder) in all() {
            let lower = part.to_ascii_lowercase().into_boxed_str();
            let written = (*lower != *part).then(|| part.into());
            self.0.entry(lower).or_insert(Taken { written, folder });
        }
        Ok(())
    }
}

/// Hashes and counts what passes through to a writer.
struct Hashed<W> {
    to: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl PackageWriter {
    /// Starts a package beside its place; only its owner may read it. `folder` is the one folder inside the ZIP
    /// and the package's name, `time` the time of every entry.
    ///
    /// # Errors
    /// The file exists, the folder is no name for one, the time is none for a ZIP, or the file cannot be made.
    pub fn create(path: &Path, folder: &str, time: Timestamp) -> Result<Self, PackageError> {
        name::check_part(folder)?;
        refuse_existing(path)?;
        let civil = time.to_zoned(TimeZone::UTC).datetime();
        let field = |value: i8| u8::try_from(value).unwrap_or_default();
        let date = DateTime::from_date_and_time(
            u16::try_from(civil.year()).unwrap_or_default(),
            field(civil.month()),
            field(civil.day()),
            field(civil.hour()),
            field(civil.minute()),
            field(civil.second()),
        )
        .map_err(|_| PackageError::Time(time))?;
        let failed = |source| PackageError::Write { path: path.to_owned(), source };
        // What a process that was killed left of other packages.
        sweep(path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")), ".zip.part");
        let (temporary, file) = create_part(path).map_err(failed)?;
        // Held until the package is whole, so that nobody takes its part for one that was left behind. Where a file system
        // has no locks, nobody sweeps either.
        let _ = file.try_lock();
        Ok(Self {
            path: path.to_owned(),
            root: folder.to_owned(),
            temporary,
            zip: Some(ZipWriter::new(BufWriter::with_capacity(1 << 16, file))),
            time: date,
            files: BTreeMap::new(),
            names: Names::default(),
        })
    }

    /// The files that were written so far.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Writes a file.
    ///
    /// # Errors
    /// The name is refused or taken, or the disk is full.
    pub fn file(&mut self, name: &str, bytes: &[u8]) -> Result<(), PackageError> {
        refuse_reserved(name)?;
        self.add(name, Some(bytes.len() as u64), |to| to.write_all(bytes))
    }

    /// Writes a file from what a function writes, piece by piece.
    ///
    /// # Errors
    /// The name is refused or taken, the function failed, or the disk is full. The package is lost with a file
    /// that was begun.
    pub fn stream(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), PackageError> {
        refuse_reserved(name)?;
        self.add(name, None, write)
    }

    /// Writes a file that another one made, and does not compress it: how far that would go is not ours to know, and readers
    /// refuse a ZIP that unpacks to much more than it is.
    ///
    /// # Errors
    /// As those of `stream`.
    pub fn stream_as_it_is(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), PackageError> {
        refuse_reserved(name)?;
        self.add_by(CompressionMethod::Stored, name, None, write)
    }

    /// Writes any file, one of the package's own folder too; its digest is kept for the manifests.
    pub(super) fn add(
        &mut self,
        name: &str,
        size: Option<u64>,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), PackageError> {
        self.add_by(method(name), name, size, write)
    }

    fn add_by(
        &mut self,
        method: CompressionMethod,
        name: &str,
        size: Option<u64>,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), PackageError> {
        name::check(name)?;
        let failed = |source| PackageError::Write { path: self.path.clone(), source };
        // It comes back only when the file is whole: after an error there is no package to go on with.
        let closed = || failed(io::Error::other("it was closed by an earlier error"));
        if self.zip.is_none() {
            return Err(closed());
        }
        self.names.take(name)?;
        let mut zip = self.zip.take().ok_or_else(closed)?;
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(self.time)
            .unix_permissions(0o600)
            .large_file(size.is_none_or(|bytes| bytes >= u64::from(u32::MAX)));
        zip.start_file(format!("{}/{name}", self.root), options).map_err(|e| failed(e.into()))?;
        let mut to = Hashed { to: &mut zip, hash: Sha256::new(), bytes: 0 };
        write(&mut to).map_err(failed)?;
        let listed = ListedFile { path: name.to_owned(), sha256: hex::encode(to.hash.finalize()), bytes: to.bytes };
        self.files.insert(name.to_owned(), listed);
        self.zip = Some(zip);
        Ok(())
    }

    /// Ends the ZIP and puts it in its place.
    pub(super) fn close(mut self) -> Result<(), PackageError> {
        let failed = |source| PackageError::Write { path: self.path.clone(), source };
        let zip = self.zip.take().ok_or_else(|| failed(io::Error::other("it was closed by an earlier error")))?;
        let buffered = zip.finish().map_err(|e| failed(e.into()))?;
        let file = buffered.into_inner().map_err(|e| failed(e.into_error()))?;
        file.sync_all().map_err(failed)?;
        drop(file);
        refuse_existing(&self.path)?;
        fs::rename(&self.temporary, &self.path).map_err(failed)
    }
}

impl Drop for PackageWriter {
    fn drop(&mut self) {
        // After the rename there is nothing of that name; before it, half a package helps nobody.
        drop(self.zip.take());
        let _ = fs::remove_file(&self.temporary);
    }
}

fn refuse_existing(path: &Path) -> Result<(), PackageError> {
    if fs::symlink_metadata(path).is_ok() { Err(PackageError::Exists(path.to_owned())) } else { Ok(()) }
}

fn refuse_reserved(name: &str) -> Result<(), PackageError> {
    let lower = name.to_ascii_lowercase();
    if lower.starts_with(FOLDER) || lower == FOLDER.trim_end_matches('/') {
        return Err(PackageError::Reserved(name.to_owned()));
    }
    Ok(())
}

fn method(name: &str) -> CompressionMethod {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    if extension.is_some_and(|extension| STORED.contains(&extension.as_str())) {
        CompressionMethod::Stored
    } else {
        CompressionMethod::Deflated
    }
}
