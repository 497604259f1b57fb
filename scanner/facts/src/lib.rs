//! Typed configuration facts, each with the evidence it was read from.
//!
//! A fact is [`Observed`]: known, or unknown for a reason. "There is none" is a known fact; nothing turns a gap into
//! an empty list. Facts hold what checks and reports need, under AWS's own names for things, and no AWS type.

pub mod access;
pub mod activity;
mod answer;
pub mod compute;
pub mod detection;
pub mod iam;
pub mod identity_center;
pub mod inspector;
pub mod logging;
mod need;
pub mod network;
mod observed;
mod operation;
pub mod organization;
pub mod storage;
mod view;

pub use answer::{Form, Holds, List, Source};
pub use kickoff_evidence::{EvidenceRef, Gap, GapKind, count, sha256_hex};
pub use need::{AccountFacts, GlobalFacts, Need, RegionalFacts};
pub use observed::Observed;
pub use operation::{OPERATIONS, Operation, WRITES};
pub use view::{Memo, Seen, View};

/// A second count of something, where AWS offers one: the proof that a population is complete.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlTotal {
    /// What was counted, "IAM users".
    pub population: String,
    /// Where the population came from, `iam:GetAccountAuthorizationDetails`.
    pub counted_by: String,
    /// How many were read.
    pub counted: u64,
    /// Where the second count came from, `iam:GetAccountSummary`.
    pub tied_to: String,
    /// How many it says there are.
    pub expected: u64,
    /// The evidence of both.
    pub evidence: Vec<EvidenceRef>,
}

impl ControlTotal {
    /// Read minus expected; 0 when the population is complete.
    #[must_use]
    pub fn difference(&self) -> i64 {
        i64::try_from(self.counted).unwrap_or(i64::MAX).saturating_sub(i64::try_from(self.expected).unwrap_or(i64::MAX))
    }
}
