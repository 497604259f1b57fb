//! Typed configuration facts, each with the evidence it was read from.
//!
//! A fact is [`Observed`]: known, or unknown for a reason. "There is none" is a known fact; nothing turns a gap into
//! an empty list. Facts hold what checks and reports need, under AWS's own names for things, and no AWS type.

pub mod access;
pub mod activity;
pub mod alerting;
mod answer;
mod beyond;
pub mod changes;
pub mod compute;
mod credential_report;
pub mod detection;
pub mod iam;
pub mod identity_center;
pub mod inspector;
pub mod logging;
pub mod muting;
mod need;
mod neighbours;
pub mod network;
mod observed;
mod operation;
pub mod organization;
mod owner;
pub mod storage;
mod table;
mod tie;
mod ties;
mod view;

pub use answer::{Form, Holds, List, Source};
pub use beyond::Beyond;
pub use credential_report::Reported;
pub use kickoff_evidence::{EvidenceRef, Gap, GapKind, count, sha256_hex};
pub use need::{AccountFacts, GlobalFacts, Need, RegionalFacts};
pub use neighbours::{Neighbours, References};
pub use observed::Observed;
pub use operation::{OPERATIONS, Operation, WRITES};
pub use owner::of_others;
pub use table::fields;
pub use tie::{Again, ControlTotal, Tie};
pub use ties::ties;
pub use view::{Memo, NotTested, Seen, View};
