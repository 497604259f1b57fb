//! What the papers of a package are made from.

use std::collections::BTreeMap;

use kickoff_engagement::Engagement;
use kickoff_engagement::access_review::ReviewResult;
use kickoff_engagement::carried::Carried;
use kickoff_engagement::documents::DocumentResult;
use kickoff_engagement::findings::FindingResult;
use kickoff_engagement::requests::RequestStatus;
use kickoff_engagement::risks::RegisterEntry;
use kickoff_evidence::{EvidenceId, EvidenceRef};
use kickoff_policy::review::Review;

use crate::access::Access;
use crate::inventory::Inventory;
use crate::results::Document;

/// What a dossier is made from.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The results.
    pub document: &'a Document,
    /// kickoff.toml; an empty one where there is none.
    pub engagement: &'a Engagement,
    /// The state of documents.
    pub documents: &'a [DocumentResult],
    /// What the package carries of the documents themselves; none where nobody asked for that.
    pub carried: Option<&'a [Carried]>,
    /// The state of requests.
    pub requests: &'a [RequestStatus],
    /// What the auditor found, as it stands.
    pub findings: &'a [FindingResult],
    /// The risk register.
    pub risks: &'a [RegisterEntry],
    /// The assets.
    pub inventory: &'a Inventory,
    /// The ids of evidence, by the handles that assets carry.
    pub ids: &'a BTreeMap<EvidenceRef, EvidenceId>,
    /// The access reviews that came back filled in.
    pub returned: &'a [ReviewResult],
    /// The access review, where principals and policies were read.
    pub review: Option<&'a Review>,
    /// Who can do what, where principals and policies were read.
    pub access: Option<&'a Access>,
    /// The numbers of deviations, by check, account, region and resource; never used again for another.
    pub deviations: &'a BTreeMap<[String; 4], String>,
    /// Whether each result was decided again from the stored answers, and came out the same.
    pub reperformed: bool,
    /// SHA-256 over the list of all raw evidence files, in hexadecimal.
    pub digest: &'a str,
}
