//! One at a time in a folder of runs: ids and chain are read, continued and written again by every scan and report.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::error::RunError;
use crate::files::create_private_directory;

/// The lock of a folder, for as long as it lives. The system takes it back from a process that ends.
#[derive(Debug)]
pub struct FolderLock(#[expect(dead_code, reason = "the lock is held by the open file")] File);

impl FolderLock {
    /// The name of its file, which is empty and stays.
    pub const FILE: &'static str = ".lock";

    /// Takes the lock of a folder, which is made if it is not there. `waiting` is called once if another process has it.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn take(folder: &Path, waiting: impl FnOnce()) -> Result<Self, RunError> {
        let (file, free) = Self::open(folder)?;
        if !free {
            waiting();
            file.lock().map_err(|source| RunError::Write { path: folder.join(Self::FILE), source })?;
        }
        Ok(Self(file))
    }

    /// Takes the lock of a folder if no other process has it.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn try_take(folder: &Path) -> Result<Option<Self>, RunError> {
        let (file, free) = Self::open(folder)?;
        Ok(free.then_some(Self(file)))
    }

    /// The file of the lock, and whether the lock was free and is held now.
    fn open(folder: &Path) -> Result<(File, bool), RunError> {
        create_private_directory(folder)?;
        let path = folder.join(Self::FILE);
        let failed = |source| RunError::Write { path: path.clone(), source };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let file = options.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok((file, true)),
            Err(TryLockError::WouldBlock) => Ok((file, false)),
            // Some network file systems have no locks: there two scans at once stay the user's to avoid.
            Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => Ok((file, true)),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn one_after_another() {
        let folder = tempfile::tempdir().unwrap();
        let number = folder.path().join("number");
        std::fs::write(&number, "0").unwrap();
        let waited = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let _lock = FolderLock::take(folder.path(), || waited.store(true, Ordering::Relaxed)).unwrap();
                    let read: u32 = std::fs::read_to_string(&number).unwrap().parse().unwrap();
                    std::thread::sleep(std::time::Duration::from_millis(5));
                    std::fs::write(&number, (read + 1).to_string()).unwrap();
                });
            }
        });
        assert_eq!(std::fs::read_to_string(&number).unwrap(), "8");
        assert!(waited.load(Ordering::Relaxed));
    }
}
