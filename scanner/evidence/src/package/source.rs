//! What a package is read from: a ZIP, or the folder that it was unpacked into. Nothing is written to disk.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use super::error::PackageError;
use super::layout;
use super::limits::Limits;

/// Whole packages smaller than this when unpacked are never taken for bombs.
const HARMLESS: u64 = 64 << 20;
const SYMLINK: &str = "it is a symbolic link or a special file";

/// Where the bytes of a file are.
#[derive(Debug)]
pub(super) enum Place {
    /// In the ZIP, from an offset on.
    Packed { start: u64, packed: u64, deflated: bool },
    /// On disk.
    Path(PathBuf),
}

/// A file that was found.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) size: u64,
    pub(super) place: Place,
}

/// Every file that was found, by its name with slashes.
pub(super) type Entries = BTreeMap<String, Entry>;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) entries: Entries,
    /// Folders in which nothing lies, with a slash at the end.
    pub(super) empty: Vec<String>,
}

impl Found {
    /// Files, and of the folders those that hold none of them.
    fn of(entries: Entries, folders: Vec<String>) -> Self {
        let holds =
            |folder: &String| entries.range(folder.clone()..).next().is_some_and(|(name, _)| name.starts_with(folder));
        let empty = folders.into_iter().filter(|folder| !holds(folder)).collect();
        Self { entries, empty }
    }
}

/// A file that several readers read, each at its own position.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    file: Arc<File>,
    position: u64,
    length: u64,
}

impl Shared {
    fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(Self { file: Arc::new(file), position: 0, length })
    }
}

impl Read for Shared {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(&*self.file, into, self.position)?;
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(&*self.file, into, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

/// Reads as many bytes as were declared: an error when there are more, or fewer.
struct Declared<R> {
    from: R,
    left: u64,
}

impl<R: Read> Read for Declared<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left.saturating_add(1)).unwrap_or(usize::MAX).min(into.len());
        let read = self.from.read(&mut into[..most])?;
        if read as u64 > self.left {
            return Err(io::Error::other("it is longer than the package declares"));
        }
        if read == 0 && most > 0 && self.left > 0 {
            return Err(io::Error::other("it is shorter than the package declares"));
        }
        self.left -= read as u64;
        Ok(read)
    }
}

/// A reader of one file, from its beginning.
pub(super) fn reader(zip: Option<&Shared>, entry: &Entry) -> io::Result<Box<dyn Read + Send>> {
    let left = entry.size;
    match (&entry.place, zip) {
        (Place::Path(path), _) => Ok(Box::new(Declared { from: File::open(path)?, left })),
        (Place::Packed { start, packed, deflated }, Some(zip)) => {
            let bytes = Shared { position: *start, ..zip.clone() }.take(*packed);
            if *deflated {
                Ok(Box::new(Declared { from: DeflateDecoder::new(bytes), left }))
            } else {
                Ok(Box::new(Declared { from: bytes, left }))
            }
        }
        (Place::Packed { .. }, None) => Err(io::ErrorKind::NotFound.into()),
    }
}

/// The files of a ZIP.
pub(super) fn of_zip(path: &Path, limits: &Limits) -> Result<(Shared, Found), PackageError> {
    let failed = |source| PackageError::Read { path: path.to_owned(), source };
    let damaged = |e: zip::result::ZipError| PackageError::Damaged { path: path.to_owned(), why: e.to_string() };
    let mut shared = Shared::open(path).map_err(failed)?;
    let mut magic = Vec::new();
    (&mut shared).take(4).read_to_end(&mut magic).map_err(failed)?;
    if magic != b"PK\x03\x04" && magic != b"PK\x05\x06" {
        return Err(PackageError::NotAZip(path.to_owned()));
    }
    let mut archive = ZipArchive::new(shared.clone()).map_err(damaged)?;
    let length = shared.length;
    if let Some(why) = layout::stray(&mut shared.clone(), length).map_err(failed)? {
        return Err(PackageError::Damaged { path: path.to_owned(), why });
    }
    if archive.len() as u64 > limits.entries {
        return Err(too_many(limits));
    }
    if archive.has_duplicate_names() {
        return Err(PackageError::Twice(path.to_owned()));
    }
    // What another program would unpack from the headers before each entry must be what is checked here.
    archive.validate_header_consistency().map_err(damaged)?;
    let (mut entries, mut folders, mut total) = (Entries::new(), Vec::new(), 0_u64);
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(damaged)?;
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let refuse = |why| PackageError::Entry { name: name.clone(), why };
        if std::str::from_utf8(entry.name_raw()).is_err() {
            return Err(refuse("its name is not UTF-8"));
        }
        check_path(name.strip_suffix('/').unwrap_or(&name)).map_err(refuse)?;
        // The upper half is the mode on the systems that have one, whichever made the entry.
        match entry.external_attributes() >> 16 & 0o170_000 {
            0 | 0o100_000 if !name.ends_with('/') => {}
            0 | 0o040_000 if name.ends_with('/') => {}
            _ => return Err(refuse(SYMLINK)),
        }
        if entry.encrypted() {
            return Err(refuse("it is encrypted"));
        }
        let deflated = match entry.compression() {
            CompressionMethod::Stored => false,
            CompressionMethod::Deflated => true,
            _ => return Err(refuse("it is compressed in a way that is not read here: only stored and deflated are")),
        };
        let (size, packed) = (entry.size(), entry.compressed_size());
        if name.ends_with('/') {
            if size > 0 {
                return Err(refuse("it is a folder with content"));
            }
            folders.push(name);
            continue;
        }
        total = total.saturating_add(size);
        let start = entry.data_start().ok_or_else(|| refuse("it has no place in the ZIP"))?;
        drop(entry);
        entries.insert(name, Entry { size, place: Place::Packed { start, packed, deflated } });
    }
    check_total(total, limits)?;
    if total > HARMLESS && total / limits.ratio.max(1) > shared.length {
        return Err(PackageError::TooMuch(format!(
            "its {} bytes unpack to {total}, more than {} times as many",
            shared.length, limits.ratio
        )));
    }
    Ok((shared, Found::of(entries, folders)))
}

/// The files below a folder.
pub(super) fn of_folder(path: &Path, limits: &Limits) -> Result<Found, PackageError> {
    let (mut entries, mut total, mut found) = (Entries::new(), 0_u64, 0_u64);
    let mut folders = vec![(path.to_owned(), String::new())];
    let mut all = Vec::new();
    while let Some((folder, prefix)) = folders.pop() {
        let failed = |source| PackageError::Read { path: folder.clone(), source };
        for item in fs::read_dir(&folder).map_err(failed)? {
            let item = item.map_err(failed)?;
            found += 1;
            if found > limits.entries {
                return Err(too_many(limits));
            }
            let name = format!("{prefix}{}", item.file_name().to_string_lossy());
            let refuse = |why| PackageError::Entry { name: name.clone(), why };
            if item.file_name().to_str().is_none() {
                return Err(refuse("its name is not UTF-8"));
            }
            check_path(&name).map_err(refuse)?;
            let metadata = fs::symlink_metadata(item.path()).map_err(failed)?;
            if metadata.is_dir() {
                all.push(format!("{name}/"));
                folders.push((item.path(), format!("{name}/")));
            } else if metadata.is_file() {
                total = total.saturating_add(metadata.len());
                entries.insert(name, Entry { size: metadata.len(), place: Place::Path(item.path()) });
            } else {
                return Err(refuse(SYMLINK));
            }
        }
    }
    check_total(total, limits)?;
    Ok(Found::of(entries, all))
}

fn check_path(name: &str) -> Result<(), &'static str> {
    if name.starts_with('/') {
        return Err("its path is absolute");
    }
    if name.contains('\\') {
        return Err("its path has a backslash");
    }
    if name.chars().any(char::is_control) {
        return Err("its path has a control character");
    }
    if name.as_bytes().get(1) == Some(&b':') {
        return Err("its path names a drive");
    }
    if name.split('/').any(|part| part == ".." || part == "." || part.is_empty()) {
        return Err("its path climbs, or has an empty part");
    }
    Ok(())
}

fn check_total(total: u64, limits: &Limits) -> Result<(), PackageError> {
    if total > limits.total {
        return Err(PackageError::TooMuch(format!("it unpacks to {total} bytes; the limit is {}", limits.total)));
    }
    Ok(())
}

fn too_many(limits: &Limits) -> PackageError {
    PackageError::TooMuch(format!("it has more than {} entries", limits.entries))
}
