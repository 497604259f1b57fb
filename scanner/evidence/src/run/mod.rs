//! A run: its folder, the archives of answers, the items that they are evidence of, and the numbers of those.

mod archive;
mod blocks;
mod folder;
mod ids;
mod item;
mod lock;
mod register;

pub use archive::{Archive, ArchiveWriter, Position};
pub(crate) use blocks::{block_of, is_block};
pub use folder::{AccountRecord, Run, RunMetadata, RunState, RunWriter, Tool, new_run_id};
pub use ids::Ledger;
pub(crate) use ids::account_of;
pub use item::{EvidenceId, EvidenceRef, Gap, GapKind, Item, ItemKey, Outcome, Summary};
pub use lock::FolderLock;
pub use register::{Numbered, Register};
