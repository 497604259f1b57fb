//! Files that only their owner may read, and what stands for their content.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::error::RunError;

/// Creates a file that only its owner can read; an existing one is not overwritten.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// The ending of files that are not whole yet.
pub(crate) const PART: &str = ".part";

/// The name of a file while it is not whole.
pub(crate) fn part_of(path: &Path) -> PathBuf {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(PART);
    PathBuf::from(temporary)
}

/// Removes files that are not whole and whose process has ended: nobody holds their lock. They end as `ending` says.
pub(crate) fn sweep(folder: &Path, ending: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let left = entry.file_name().to_string_lossy().ends_with(ending);
        if left && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            // What cannot be removed disturbs nobody: it is no package, and says so by its name.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Creates the file beside `path` that becomes it when it is whole; one that was left behind is replaced.
pub(crate) fn create_part(path: &Path) -> io::Result<(PathBuf, File)> {
    let temporary = part_of(path);
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = create_private(&temporary)?;
    Ok((temporary, file))
}

/// Writes a whole file that only its owner can read, replacing it in one step.
///
/// # Errors
/// The disk is full or the folder is not writable.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    let failed = |source| RunError::Write { path: path.to_owned(), source };
    let (temporary, mut file) = create_part(path).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&temporary, path).map_err(failed)
}

/// Makes a directory, and those above it, that only its owner can enter.
///
/// # Errors
/// It cannot be made.
pub fn create_private_directory(path: &Path) -> Result<(), RunError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path).map_err(|source| RunError::Write { path: path.to_owned(), source })
}

/// The SHA-256 of all that a reader gives, and its length.
pub(crate) fn digest_reader(mut reader: impl Read) -> io::Result<(String, u64)> {
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let read = reader.read(&mut chunk)?;
        if read == 0 {
            return Ok((hex::encode(hash.finalize()), bytes));
        }
        hash.update(&chunk[..read]);
        bytes += read as u64;
    }
}
