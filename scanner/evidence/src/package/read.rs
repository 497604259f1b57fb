//! Opens a package: the ZIP, the folder it was unpacked into, or a ZIP that somebody made of that folder.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::error::PackageError;
use super::limits::Limits;
use super::manifest::{FORMAT, SCHEMA, format_of};
use super::source::{self, Entries, Shared};
use super::{MANIFEST_JSON, ROOT};

/// A package that was opened. Nothing of it has been checked but that it can be read safely.
#[derive(Debug)]
pub struct Package {
    path: PathBuf,
    zip: Option<Shared>,
    /// The files below the package's folder.
    entries: Entries,
    /// Files beside that folder, and folders that hold nothing.
    outside: Vec<String>,
}

impl Package {
    /// Opens a package within the usual limits.
    ///
    /// # Errors
    /// It cannot be read, is not a package, is from a newer version, or holds what no package holds.
    pub fn open(path: &Path) -> Result<Self, PackageError> {
        Self::open_within(path, &Limits::default())
    }

    /// Opens a package within limits.
    ///
    /// # Errors
    /// As `open`.
    pub fn open_within(path: &Path, limits: &Limits) -> Result<Self, PackageError> {
        let metadata = fs::metadata(path).map_err(|source| PackageError::Read { path: path.to_owned(), source })?;
        let (zip, found) = if metadata.is_dir() {
            (None, source::of_folder(path, limits)?)
        } else {
            let (zip, found) = source::of_zip(path, limits)?;
            (Some(zip), found)
        };
        refuse_alike(&found.entries)?;
        let root = root_of(path, &found.entries)?;
        let (mut entries, mut outside) = (Entries::new(), found.empty);
        for (name, entry) in found.entries {
            match name.strip_prefix(&root) {
                Some(below) => {
                    entries.insert(below.to_owned(), entry);
                }
                None => outside.push(name),
            }
        }
        let package = Self { path: path.to_owned(), zip, entries, outside };
        if !package.entries.contains_key(ROOT) {
            return Err(PackageError::NoManifest { path: path.to_owned(), name: ROOT });
        }
        package.check_schema()?;
        Ok(package)
    }

    /// Where the package is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of all files, below the package's folder, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Files that lie beside the package's folder, in the ZIP or on disk, and folders in which nothing lies.
    pub fn outside(&self) -> impl Iterator<Item = &str> {
        self.outside.iter().map(String::as_str)
    }

    /// The size of a file, as the package declares it.
    #[must_use]
    pub fn size(&self, name: &str) -> Option<u64> {
        self.entries.get(name).map(|entry| entry.size)
    }

    /// A reader of a file from its beginning; a file can be opened any number of times.
    ///
    /// # Errors
    /// There is no such file, or it cannot be opened. Reading fails where it does not have its declared size.
    pub fn read(&self, name: &str) -> io::Result<Box<dyn Read + Send>> {
        let entry = self.entries.get(name).ok_or(io::ErrorKind::NotFound)?;
        source::reader(self.zip.as_ref(), entry)
    }

    /// A whole file that must not be longer than `most`.
    pub(super) fn whole(&self, name: &str, most: u64) -> io::Result<Vec<u8>> {
        if self.size(name).is_some_and(|size| size > most) {
            return Err(io::Error::other(format!("it is longer than {most} bytes")));
        }
        let mut bytes = Vec::new();
        self.read(name)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn check_schema(&self) -> Result<(), PackageError> {
        #[derive(Deserialize)]
        struct Schema {
            schema: String,
        }
        let damaged = |why: String| PackageError::Manifest { name: MANIFEST_JSON, why };
        let reader = self.read(MANIFEST_JSON).map_err(|e| damaged(e.to_string()))?;
        let Schema { schema } =
            serde_json::from_reader(io::BufReader::new(reader)).map_err(|e| damaged(e.to_string()))?;
        match format_of(&schema) {
            Some(FORMAT) => Ok(()),
            Some(found) if found > FORMAT => Err(PackageError::Newer { found: schema }),
            _ => Err(damaged(format!("its schema is {schema:?}, not {SCHEMA:?}"))),
        }
    }
}

/// Two names that some systems take for one: one of them would be lost there, or was never checked.
fn refuse_alike(entries: &Entries) -> Result<(), PackageError> {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for name in entries.keys() {
        if let Some(first) = seen.insert(name.to_lowercase(), name) {
            return Err(PackageError::SameName { first: first.to_owned(), second: name.clone() });
        }
    }
    for name in entries.keys() {
        for (at, _) in name.match_indices('/') {
            if let Some(first) = seen.get(&name[..at].to_lowercase()) {
                return Err(PackageError::SameName { first: (*first).to_owned(), second: name.clone() });
            }
        }
    }
    Ok(())
}

/// What stands before every name of the package: nothing, or its folder with a slash.
fn root_of(path: &Path, entries: &Entries) -> Result<String, PackageError> {
    if entries.contains_key(MANIFEST_JSON) {
        return Ok(String::new());
    }
    let mut roots = entries
        .keys()
        .filter_map(|name| name.strip_suffix(MANIFEST_JSON))
        .filter(|root| root.ends_with('/') && root.matches('/').count() == 1);
    match (roots.next(), roots.next()) {
        (None, _) => Err(PackageError::NoManifest { path: path.to_owned(), name: MANIFEST_JSON }),
        (Some(root), None) => Ok(root.to_owned()),
        (Some(first), Some(second)) => {
            Err(PackageError::Several { path: path.to_owned(), first: first.to_owned(), second: second.to_owned() })
        }
    }
}
