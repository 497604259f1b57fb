//! Why a package cannot be written or opened.

use std::io;
use std::path::PathBuf;

use super::MANIFEST_JSON;
use super::chain::ChainError;
use super::manifest::SCHEMA;
use super::name::NameError;
use crate::seal::SignError;
use crate::seal::TimestampError;

/// Why a package cannot be written or opened. Each message says what is wrong and with which file.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// A name that some system could not unpack.
    #[error("the package cannot hold {0}")]
    Name(#[from] NameError),
    /// Two files of one name, or of names that differ in case only, or a file where a folder is.
    #[error("the package has {first:?} and {second:?}: on some systems these are one file")]
    SameName {
        /// The one.
        first: String,
        /// The other.
        second: String,
    },
    /// The folder of the manifest is written by the package itself.
    #[error("{0:?} is in the folder that the package writes itself")]
    Reserved(String),
    /// The package exists.
    #[error("{} is there already and is not overwritten", .0.display())]
    Exists(PathBuf),
    /// The time is not one that a ZIP can hold.
    #[error("{0} cannot be the time of an entry of a ZIP: it holds the years 1980 to 2107")]
    Time(jiff::Timestamp),
    /// Writing failed.
    #[error("{} cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The chain that was handed in is broken.
    #[error("{} cannot be continued: {source}", path.display())]
    Chain {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: ChainError,
    },
    /// The signature was not made.
    #[error("the package cannot be signed: {0}")]
    Sign(#[from] SignError),
    /// The time stamp that was handed in does not hold.
    #[error("the time stamp is not one of this manifest: {0}")]
    Timestamp(#[from] TimestampError),
    /// Reading failed.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Neither a folder nor a ZIP.
    #[error("{} is not a ZIP", .0.display())]
    NotAZip(PathBuf),
    /// The ZIP lacks its end or contradicts itself.
    #[error("{} is cut short or damaged: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// The ZIP lists a name twice: which of the two would be unpacked is up to the program.
    #[error("{} lists a name twice", .0.display())]
    Twice(PathBuf),
    /// An entry that no package has.
    #[error("the package is refused for its entry {name:?}: {why}")]
    Entry {
        /// The entry, as the ZIP or the folder names it.
        name: String,
        /// What it is.
        why: &'static str,
    },
    /// More than the limits allow.
    #[error("the package is refused: {0}")]
    TooMuch(String),
    /// A manifest is missing.
    #[error("{} is not an evidence package: it has no {name}", path.display())]
    NoManifest {
        /// The package.
        path: PathBuf,
        /// What is missing.
        name: &'static str,
    },
    /// There is more than one package.
    #[error("{} holds more than one package: {first:?} and {second:?}", path.display())]
    Several {
        /// The file or folder.
        path: PathBuf,
        /// A folder with a manifest.
        first: String,
        /// Another.
        second: String,
    },
    /// The manifest cannot be read as one.
    #[error("{name} is damaged: {why}")]
    Manifest {
        /// The file.
        name: &'static str,
        /// What was found.
        why: String,
    },
    /// The package is from a newer version.
    #[error(
        "{MANIFEST_JSON} has format {found:?}; this version reads up to {SCHEMA}: use the kickoff that wrote it, or a newer one"
    )]
    Newer {
        /// The format named there.
        found: String,
    },
}
