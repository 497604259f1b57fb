//! Files that people hand over: where they may lie, and their digests.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path};

use sha2::{Digest as _, Sha256};

/// Whether a path stays below the folder that it starts in.
#[must_use]
pub fn stays_below(path: &str) -> bool {
    let windows = path.contains('\\') || path.as_bytes().get(1) == Some(&b':');
    !windows && Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// Whether a file that is there lies elsewhere than below a folder, links followed.
pub(crate) fn leads_out(folder: &Path, file: &str) -> bool {
    let (path, folder) = (folder.join(file).canonicalize(), or_here(folder).canonicalize());
    matches!((path, folder), (Ok(path), Ok(folder)) if !path.starts_with(&folder))
}

/// A folder that is named by nothing is the working directory.
fn or_here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// Opens a file that lies below a folder, links followed.
///
/// # Errors
/// It is not there, cannot be read, is no file, or lies elsewhere.
pub(crate) fn open_below(folder: &Path, file: &str) -> io::Result<File> {
    let folder = or_here(folder);
    let path = folder.join(file).canonicalize()?;
    if !path.starts_with(folder.canonicalize()?) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "leads out of the folder of kickoff.toml"));
    }
    if !path.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "is not a file"));
    }
    File::open(path)
}

/// The SHA-256 and the length of a file that lies below a folder, links followed.
///
/// # Errors
/// It is not there, cannot be read, is no file, or lies elsewhere.
pub fn hash_below(folder: &Path, file: &str) -> io::Result<(String, u64)> {
    hash_of(&mut open_below(folder, file)?)
}

/// The SHA-256 and the length of what a reader gives.
///
/// # Errors
/// It cannot be read.
pub fn hash_of(from: &mut dyn Read) -> io::Result<(String, u64)> {
    let (mut hasher, mut length, mut buffer) = (Sha256::new(), 0, vec![0; 64 * 1024]);
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok((hex::encode(hasher.finalize()), length));
        }
        hasher.update(&buffer[..read]);
        length += u64::try_from(read).unwrap_or_default();
    }
}

/// The bytes of a file that lies below a folder, links followed; one that is larger than a sheet can be is refused.
///
/// # Errors
/// It is not there, cannot be read, is no file, is too large, or lies elsewhere.
pub(crate) fn bytes_below(folder: &Path, file: &str) -> io::Result<Vec<u8>> {
    const LARGEST: u64 = 32 << 20;
    let (_, length) = hash_below(folder, file)?;
    if length > LARGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "is larger than 32 MiB"));
    }
    std::fs::read(or_here(folder).join(file))
}

/// The SHA-256 of bytes, in lower-case hexadecimal.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
