//! Evidence items: one logical call with all its pages and attempts, under an id that results cite.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::archive::Position;
use crate::exchange::{Exchange, endpoint_of};

/// A handle on an evidence item while a run is being collected. It becomes an [`EvidenceId`] once all items are known.
///
/// Facts that are written cite ids, not handles: see [`EvidenceRef::cited`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct EvidenceRef(pub u32);

thread_local! {
    /// The ids that handles are written as, while [`EvidenceRef::cited`] runs.
    static IDS: RefCell<Option<Arc<BTreeMap<EvidenceRef, EvidenceId>>>> = const { RefCell::new(None) };
}

impl EvidenceRef {
    /// Does something, on this thread, during which every handle that is serialised becomes its id. A handle is a number
    /// of this process, which says nothing to a reader of a file.
    pub fn cited<T>(ids: &Arc<BTreeMap<Self, EvidenceId>>, work: impl FnOnce() -> T) -> T {
        IDS.set(Some(Arc::clone(ids)));
        let done = work();
        IDS.set(None);
        done
    }
}

impl Serialize for EvidenceRef {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match IDS.with_borrow(|ids| ids.as_ref().and_then(|ids| ids.get(self).copied())) {
            Some(id) => to.collect_str(&id),
            None => to.serialize_u32(self.0),
        }
    }
}

/// The id of an evidence item, printed as `E-0042`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EvidenceId(pub u32);

impl fmt::Display for EvidenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E-{:04}", self.0)
    }
}

/// Why something is not known. Never an empty list: "there is none" is a known fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GapKind {
    /// AWS refused the call.
    Denied,
    /// AWS kept asking to slow down until the attempts were used up.
    Throttled,
    /// The call failed in another way, or its answer could not be read.
    Failed,
    /// The region is not enabled for the account.
    RegionDisabled,
    /// AWS does not offer the service in the region.
    NotOffered,
    /// The call was not made.
    NotCollected,
    /// The call was answered, and another answer of the same run says otherwise: neither can be relied on.
    Contradicted,
}

impl GapKind {
    /// The name used in results and coverage.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
            Self::RegionDisabled => "region-disabled",
            Self::NotOffered => "not-offered",
            Self::NotCollected => "not-collected",
            Self::Contradicted => "contradicted",
        }
    }
}

/// What is not known, by which call, where and why.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The kind of gap.
    pub kind: GapKind,
    /// The call that would have told, `iam:GetCredentialReport`.
    pub call: String,
    /// The region that was asked.
    pub region: String,
    /// What AWS, or the connection, said.
    pub message: String,
    /// The evidence of the failed call, if one was made.
    #[serde(default)]
    pub evidence: Option<EvidenceRef>,
}

impl Gap {
    /// Whether AWS named an explicit deny of a service control policy as the reason (IAM User Guide, "Troubleshoot access
    /// denied error messages"). A gap that follows from such a refusal carries its words.
    #[must_use]
    pub fn is_explicit_deny_of_policy(&self) -> bool {
        self.message.contains("with an explicit deny in a service control policy")
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { call, region, message, .. } = self;
        match self.kind {
            GapKind::Denied => write!(f, "{call} was denied in {region}")?,
            GapKind::Throttled => write!(f, "{call} was throttled in {region} until the attempts were used up")?,
            GapKind::Failed => write!(f, "{call} failed in {region}")?,
            GapKind::RegionDisabled => write!(f, "{call}: {region} is not enabled for this account")?,
            GapKind::NotOffered => write!(f, "{call}: the service is not offered in {region}")?,
            GapKind::NotCollected => write!(f, "{call} was not collected in {region}")?,
            GapKind::Contradicted => write!(f, "{call} in {region} does not agree with another answer")?,
        }
        if message.is_empty() { Ok(()) } else { write!(f, ": {message}") }
    }
}

/// What an item is about; items of a run are numbered in this order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemKey {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// The parameters of the call, but for page tokens.
    pub parameters: BTreeMap<String, String>,
}

/// What is remembered of an exchange without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Where the exchange stands in its account's archive.
    pub position: Position,
    /// HTTP status; none when no answer came.
    pub status: Option<u16>,
    /// 1 for the first try.
    pub attempt: u32,
    /// When the request went out.
    pub started: Timestamp,
    /// When the answer was complete.
    pub finished: Timestamp,
    /// Scheme and authority that were asked.
    pub endpoint: String,
    /// AWS's request id.
    pub request_id: Option<String>,
    /// AWS's own clock, as the answer's `Date` header gives it.
    pub date: Option<String>,
    /// SHA-256 of the stored body.
    pub sha256: Option<String>,
    /// Length of the stored body in bytes.
    pub bytes: u64,
    /// How many values were redacted.
    pub redacted: u32,
    /// SHA-256 of the exchange's record.
    pub record: String,
}

impl Summary {
    /// The summary of an exchange that stands at a position.
    #[must_use]
    pub fn of(exchange: &Exchange, position: Position) -> Self {
        let response = exchange.response.as_ref();
        Self {
            position,
            status: response.map(|r| r.status),
            attempt: exchange.attempt,
            started: exchange.started,
            finished: exchange.finished,
            endpoint: endpoint_of(&exchange.request.uri).to_owned(),
            request_id: response.and_then(|r| r.request_id()).map(str::to_owned),
            date: response.and_then(|r| r.date()).map(str::to_owned),
            sha256: response.map(|r| r.sha256.clone()),
            bytes: response.map_or(0, |r| r.body.len() as u64),
            redacted: response.map_or(0, |r| r.redactions.iter().map(|x| x.count).sum()),
            record: exchange.digest(),
        }
    }
}

/// How an item ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Not finished yet; what is still pending when a run ends was interrupted.
    Pending,
    /// Everything that was asked for was read.
    Complete {
        /// Answers that were read, each one page.
        pages: u32,
        /// Records in the lists of all pages, as their bytes hold them; none where the answer is one object and no list.
        records: Option<u64>,
        /// AWS has more than the first page, and no more was wanted: the newest or the oldest decide.
        more: bool,
    },
    /// AWS said that the object does not exist: a fact, not a gap.
    Absent {
        /// The error code by which it said so.
        code: String,
    },
    /// It could not be read.
    Gap(Gap),
}

/// One evidence item.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is about.
    pub key: ItemKey,
    /// The partition of the account.
    pub partition: String,
    /// Its exchanges, in the order in which they were made.
    pub exchanges: Vec<Summary>,
    /// How it ended.
    pub outcome: Outcome,
    /// Nobody made the call, and nothing lacks because of that: the run does not tell of it.
    pub(crate) withdrawn: bool,
}

impl Item {
    /// Takes in what another call for the same item gave. Whichever of the two ended first, the item is the same.
    pub(crate) fn join(&mut self, other: Self) {
        for summary in other.exchanges {
            if !self.exchanges.iter().any(|known| known.position == summary.position) {
                self.exchanges.push(summary);
            }
        }
        if other.outcome.weight() > self.outcome.weight() {
            self.outcome = other.outcome;
        }
    }
}

impl Outcome {
    /// What is said of an item that two calls asked for: what went wrong for one of them goes first, then what tells most.
    fn weight(&self) -> (u8, u32, Option<&Gap>) {
        match self {
            Self::Pending => (0, 0, None),
            Self::Complete { pages, .. } => (1, *pages, None),
            Self::Absent { .. } => (2, 0, None),
            Self::Gap(gap) => (3, 0, Some(gap)),
        }
    }
}
