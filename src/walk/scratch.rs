//! Temporary files and folders, in the place that the system or `TMPDIR` names.

use std::fs::File;
use std::io;

use tempfile::TempDir;

use super::failure::Failure;

/// A file that has no name and ends with the program.
///
/// # Errors
/// The place cannot be written to.
pub fn file() -> Result<File, Failure> {
    tempfile::tempfile().map_err(|error| failed("file", &error))
}

/// A folder that only its owner may read, and that is removed at the end.
///
/// # Errors
/// The place cannot be written to.
pub fn folder() -> Result<TempDir, Failure> {
    tempfile::Builder::new().prefix("kickoff-").tempdir().map_err(|error| failed("folder", &error))
}

fn failed(what: &str, error: &io::Error) -> Failure {
    let place = std::env::temp_dir();
    Failure::Usage(format!(
        "no temporary {what} can be made in {}: {error}; name a folder that can be written in TMPDIR",
        place.display()
    ))
}
