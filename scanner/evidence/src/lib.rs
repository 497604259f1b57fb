//! API exchanges, the run directory that holds them, redaction and digests.
//!
//! The wire is the evidence: what AWS answered is kept byte for byte, and everything else in
//! kickoff is computed from it. This crate knows nothing of AWS services, facts or checks.

mod archive;
mod difference;
mod error;
mod exchange;
mod files;
mod ids;
mod item;
mod lock;
pub mod package;
mod redact;
mod register;
mod route;
mod run;
mod tree;
mod wellformed;
mod wording;

pub use archive::{Archive, ArchiveWriter, Position};
pub use difference::{Difference, differences};
pub use error::{RunError, SCHEMA};
pub use exchange::{CallKey, Exchange, Request, Response, endpoint_of, sha256_hex};
pub use files::{create_private_directory, write_private};
pub use ids::Ledger;
pub use item::{EvidenceId, EvidenceRef, Gap, GapKind, Item, ItemKey, Outcome, Summary};
pub use lock::FolderLock;
pub use redact::{Redacted, Redaction, redact_body, redact_uri};
pub use register::{Numbered, Register};
pub use route::{Authority, CaBundle, Route};
pub use run::{AccountRecord, Run, RunMetadata, RunState, RunWriter, Tool, new_run_id};
pub use tree::{is_volatile, normalised, tree};
pub use wellformed::xml_is_complete;
pub use wording::count;
