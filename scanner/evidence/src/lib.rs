//! API exchanges, the run directory that holds them, redaction and digests.
//!
//! The wire is the evidence: what AWS answered is kept byte for byte, and everything else in
//! kickoff is computed from it. This crate knows nothing of AWS services, facts or checks.
//!
//! Five rooms, each above the one before: `exchange`, `run`, `seal`, [`store`], [`package`].

mod error;
mod exchange;
mod files;
pub mod package;
mod run;
mod seal;
pub mod store;
mod wording;

pub use error::{RunError, SCHEMA};
pub use exchange::{
    Authority, CaBundle, CallKey, Difference, Exchange, Redacted, Redaction, Request, Response, Route, differences,
    endpoint_of, is_volatile, normalised, redact_body, redact_uri, sha256_hex, tree, xml_is_complete,
};
pub use files::{create_private_directory, write_private};
pub use run::{
    AccountRecord, Archive, ArchiveWriter, EvidenceId, EvidenceRef, FolderLock, Gap, GapKind, Item, ItemKey, Ledger,
    Numbered, Outcome, Position, Register, Run, RunMetadata, RunState, RunWriter, Summary, Tool, new_run_id,
};
pub use wording::count;
