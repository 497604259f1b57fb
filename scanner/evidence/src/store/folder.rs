//! A store in a folder.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::home::{Altered, Content, Created, Home, HomeError, Stored, is_key};
use crate::files::create_private_directory;

/// A folder that holds a store; files in it are readable by their owner only.
#[derive(Debug)]
pub struct FolderHome {
    root: PathBuf,
    name: String,
}

/// Files that are not whole yet begin so; no key does.
const PART: &str = ".part-";

impl FolderHome {
    /// A store in a folder, which is made when something is written.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), name: root.display().to_string() }
    }

    fn failed(&self, key: &str, what: &str, error: &io::Error) -> HomeError {
        HomeError { place: self.root.join(key).display().to_string(), why: format!("cannot be {what}: {error}") }
    }

    fn put(&self, key: &str, content: Content<'_>) -> io::Result<Created> {
        let path = self.root.join(key);
        let folder = path.parent().unwrap_or(&self.root);
        create_private_directory(folder).map_err(|error| io::Error::other(error.to_string()))?;
        if fs::symlink_metadata(&path).is_ok() {
            return Ok(Created::There);
        }
        let mut part = tempfile::Builder::new().prefix(PART).tempfile_in(folder)?;
        match content {
            Content::Bytes(bytes) => part.write_all(bytes)?,
            Content::File(from) => drop(io::copy(&mut File::open(from)?, part.as_file_mut())?),
        }
        part.as_file().sync_all()?;
        match part.persist_noclobber(&path) {
            Ok(_) => {}
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Ok(Created::There),
            Err(error) => return Err(error.error),
        }
        // The name is on the disk once its folder is, and that of a folder once the one above is.
        for folder in path.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root)) {
            File::open(folder)?.sync_all()?;
        }
        Ok(Created::New)
    }

    fn walk(&self, folder: &str, prefix: &str, found: &mut Vec<Stored>) -> Result<(), HomeError> {
        let path = self.root.join(folder);
        let failed = |error: &io::Error| self.failed(folder, "read", error);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(&error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| failed(&error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let key = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if name.starts_with(PART) || !(key.starts_with(prefix) || prefix.starts_with(&format!("{key}/"))) {
                continue;
            }
            let about = entry.metadata().map_err(|error| self.failed(&key, "read", &error))?;
            if about.is_dir() {
                self.walk(&key, prefix, found)?;
            } else if key.starts_with(prefix) {
                let altered = (!about.is_file()).then_some(Altered::NoFile);
                found.push(Stored { key, bytes: about.len(), version: None, altered });
            }
        }
        Ok(())
    }
}

impl Home for FolderHome {
    fn name(&self) -> &str {
        &self.name
    }

    fn create(&self, key: &str, content: Content<'_>) -> Result<Created, HomeError> {
        if !is_key(key) {
            return Err(self.failed(key, "written", &io::Error::other("it is no key of a store")));
        }
        self.put(key, content).map_err(|error| self.failed(key, "written", &error))
    }

    fn list(&self, prefix: &str) -> Result<Vec<Stored>, HomeError> {
        let mut found = Vec::new();
        // Only what lies under the last folder of the prefix is looked at.
        let from = prefix.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.walk(from, prefix, &mut found)?;
        found.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(found)
    }

    fn read(&self, object: &Stored, to: &mut dyn Write) -> Result<(), HomeError> {
        let path = self.root.join(&object.key);
        let failed = |error: &io::Error| self.failed(&object.key, "read", error);
        if !is_key(&object.key) || !fs::symlink_metadata(&path).map_err(|error| failed(&error))?.is_file() {
            // A link leads out of the store, to what somebody else may change.
            return Err(failed(&io::Error::other("it is no file")));
        }
        io::copy(&mut File::open(path).map_err(|error| failed(&error))?, to).map_err(|error| failed(&error))?;
        Ok(())
    }
}
