//! The evidence package: one ZIP that an auditor can check with stock tools, and with this module.
//!
//! ```text
//! ACME_SOC2-T2_20260101-20260630_v1/
//!   ...                         what the caller writes
//!   90_integrity/
//!     manifest.json             every file with its digest, what was left out and why
//!     VERIFY.txt                how to check the package without kickoff
//!     signer.pub, .pem          the key, where the package is signed
//!     MANIFEST.sha256           the root: digests of all of the above
//!     chain.jsonl               this package and those before it, each naming the one before
//!     manifest.tsr              the time-stamp authority's answer for the root (RFC 3161)
//!     manifest.dsse.json        the root as an in-toto statement, where a local key signs
//!     manifest.sig              signed note over the root and the three files before this one
//! ```

mod chain;
mod check_seal;
mod error;
mod instructions;
mod layout;
mod limits;
mod manifest;
mod name;
mod read;
mod seal;
mod source;
mod statement;
mod verification;
mod verify;
mod write;

pub use chain::{ChainError, ChainLine, check_chain};
pub use error::PackageError;
pub use limits::Limits;
pub use manifest::{LeftOut, ListedFile, Manifest, SCHEMA};
pub use name::NameError;
pub use read::Package;
pub use seal::{Details, Sealed, Unsealed};
pub use verification::{
    ChainState, Difference, KeySource, SignatureState, StatementState, TimestampState, Trust, Verification,
};
pub use verify::verify;
pub use write::PackageWriter;

pub use crate::seal::{
    Algorithm, KeyError, Note, NoteError, NoteSignature, SignError, Signer, SigningKey, Stamp, TimestampError,
    VerifierKey, check_response, timestamp_request,
};

/// The folder of the manifest and its seals, with its slash.
pub(crate) const FOLDER: &str = "90_integrity/";
pub(crate) const MANIFEST_JSON: &str = "90_integrity/manifest.json";
pub(crate) const ROOT: &str = "90_integrity/MANIFEST.sha256";
pub(crate) const NOTE: &str = "90_integrity/manifest.sig";
pub(crate) const STATEMENT: &str = "90_integrity/manifest.dsse.json";
pub(crate) const TIMESTAMP: &str = "90_integrity/manifest.tsr";
pub(crate) const CHAIN: &str = "90_integrity/chain.jsonl";
pub(crate) const SIGNER: &str = "90_integrity/signer.pub";
pub(crate) const SIGNER_PEM: &str = "90_integrity/signer.pub.pem";
pub(crate) const INSTRUCTIONS: &str = "90_integrity/VERIFY.txt";
/// The root cannot list itself, nor what is made from it.
pub(crate) const NOT_LISTED: [&str; 5] = [ROOT, CHAIN, TIMESTAMP, STATEMENT, NOTE];
