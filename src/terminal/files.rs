//! Files that a command writes for people, with what is said of them.

use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;
use kickoff::walk::Failure;
use kickoff_engagement::init::write_with_backup;
use kickoff_evidence::count;
use kickoff_evidence::package::Sealed;

use super::streams;

/// Writes a person's file whole or not at all, and says where the one that it replaces is.
pub(crate) fn save(path: &Path, contents: &[u8]) -> Result<(), Failure> {
    let backup = write_with_backup(path, contents, Timestamp::now())
        .map_err(|error| Failure::Usage(format!("{} cannot be written: {error}", path.display())))?;
    let mut words = streams::words();
    writeln!(words, "Written: {}", path.display())?;
    if let Some(backup) = backup {
        writeln!(words, "Backup:  {}", backup.display())?;
    }
    Ok(())
}

/// Says where a package is, and what stands for it.
pub(crate) fn packaged(written: &Sealed, signed: bool) -> Result<(), Failure> {
    writeln!(
        streams::words(),
        "Package: {}\n         {}, MANIFEST.sha256 has sha256 {}{}",
        written.path.display(),
        count(written.files, "file"),
        written.manifest_sha256,
        if signed { "" } else { "; not signed (--key)" }
    )?;
    Ok(())
}

/// Says how much will be carried of the documents themselves.
pub(crate) fn will_be_carried(bytes: u64) -> Result<(), Failure> {
    writeln!(
        streams::words(),
        "Documents: {} goes into the package byte for byte; nothing in them is masked.",
        size(bytes)
    )?;
    Ok(())
}

/// A number of bytes, in words.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => count(usize::try_from(bytes).unwrap_or_default(), "byte"),
        1_000..1_000_000 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
