//! Requests: what auditors ask for, who answers it by when, and whether a run answers it.

mod accept;
mod account;
mod adopt;
mod back;
mod counterpart;
pub(crate) mod criteria;
mod export;
mod heads;
mod ids;
mod import;
mod map;
mod named;
mod options;
pub(crate) mod request;
mod returned;
mod rows;
mod status;
pub(crate) mod told;
mod vocabulary;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::access_review;
use crate::file::Engagement;
use crate::registers::RequestEntry;
use request::{DEFAULT, UNKNOWN_HOURS};

pub use crate::columns::RequestColumns;
pub use crate::dates::DateOrder;
pub use crate::sheets::TableError;
pub use accept::{Chosen, accept};
pub use adopt::adopt;
pub use back::Back;
pub use counterpart::{Counterpart, Reading, read as counterparts};
pub use export::{cells, heads, to_csv, to_xlsx};
pub use import::{ListError, Listed, from_bytes, read};
pub use map::{Line, Mapping, Standing, mapping, unasked};
pub(crate) use named::counterparts_named;
pub use options::ListOptions;
pub use request::{Reach, Request, RequestKind, default_list};
pub use returned::{ReturnOptions, ReturnedList, append_returns, returned, returned_bytes};
pub use status::{
    Answer, Answered, CheckOutcome, NotAsked, Outcomes, Progress, RequestStatus, Source, answer, statuses,
};

/// The list in force: the auditor's own where the file names one, the default where not; with the requests that the
/// file adds.
///
/// # Errors
/// The auditor's list cannot be read.
pub fn list(engagement: &Engagement, folder: &Path) -> Result<Vec<Request>, ListError> {
    let list = match &engagement.request_list {
        Some(path) => beside(read(&folder.join(path), &ListOptions::of(engagement))?.requests, engagement),
        None => default_list(),
    };
    Ok(with_own(list, engagement))
}

/// The auditor's list, and after it the requests of the default list that the file speaks of: a document that was linked before
/// the auditor's list came is not lost, and stands beside it until somebody says which request it is for.
fn beside(mut list: Vec<Request>, engagement: &Engagement) -> Vec<Request> {
    let said = engagement.requests.iter().map(|entry| &entry.id);
    let documents = engagement.documents.iter().map(|document| &document.request);
    let policies = engagement.policies.iter().filter_map(|policy| policy.request.as_ref());
    let attested = engagement.attestations.iter().filter_map(|said| said.request.as_ref());
    let reviewed = engagement.access_reviews.iter().filter_map(|review| review.request.as_ref());
    let default = access_review::REQUEST.to_owned();
    let reviewed = reviewed.chain(engagement.access_reviews.iter().any(|it| it.request.is_none()).then_some(&default));
    let returned = engagement.returns.iter().map(|said| &said.request);
    let found = engagement.findings.iter().flat_map(|finding| &finding.requests);
    let spoken = said.chain(documents).chain(policies).chain(attested).chain(reviewed).chain(returned).chain(found);
    let spoken: BTreeSet<&String> = spoken.collect();
    let said = engagement.requests.iter().flat_map(|entry| &entry.standard);
    let brought: Vec<String> = list.iter().flat_map(|request| request.standard.clone()).collect();
    let mapped: BTreeSet<&String> = said.chain(&brought).collect();
    let own: BTreeSet<String> = list.iter().map(|request| request.id.clone()).collect();
    let kept = DEFAULT.iter().filter(|request| spoken.contains(&request.id) && !mapped.contains(&request.id));
    list.extend(kept.filter(|request| !own.contains(&request.id)).cloned());
    list
}

/// Adds the requests that the file brings itself, and the checks that it names for others.
pub(crate) fn with_own(mut list: Vec<Request>, engagement: &Engagement) -> Vec<Request> {
    let said = |id: &str| engagement.requests.iter().any(|entry| entry.id == id && !entry.standard.is_empty());
    for request in list.iter_mut().filter(|request| !request.standard.is_empty() && !said(&request.id)) {
        let brought = std::mem::take(&mut request.standard);
        take_over(request, &brought);
    }
    for entry in &engagement.requests {
        if let Some(request) = list.iter_mut().find(|request| request.id == entry.id) {
            take_over(request, &entry.standard);
            add(request, entry);
            if entry.no_counterpart.is_some() && request.reach == Reach::Unmapped {
                request.reach = Reach::None;
            }
        } else if let Some(text) = &entry.text {
            let mut request = Request {
                id: entry.id.clone(),
                area: String::new(),
                text: text.clone(),
                criteria: entry.criteria.clone(),
                kind: None,
                period_only: false,
                reach: if entry.checks.is_empty() { Reach::Unmapped } else { Reach::Part },
                checks: entry.checks.clone(),
                hours: UNKNOWN_HOURS,
                months: None,
                nature: entry.nature,
                every: entry.every,
                names: Vec::new(),
                owner: None,
                due: None,
                standard: Vec::new(),
                listed: false,
                said: BTreeMap::new(),
            };
            take_over(&mut request, &entry.standard);
            list.push(request);
        }
    }
    // What the file says of a request of ours holds for the line that is the same as it, and stands in its place.
    let ids: BTreeSet<String> = list.iter().map(|request| request.id.clone()).collect();
    let gone = |entry: &&RequestEntry| !ids.contains(&entry.id);
    for request in list.iter_mut().filter(|request| !request.standard.is_empty()) {
        let standard = request.standard.clone();
        for entry in engagement.requests.iter().filter(gone).filter(|entry| standard.contains(&entry.id)) {
            // What is said of the line itself comes first.
            let every = request.every;
            add(request, entry);
            request.every = every.or(request.every);
        }
    }
    list
}

/// Adds what the file says of a request: whether it is a policy or a record, how often it is done, and its checks.
fn add(request: &mut Request, entry: &RequestEntry) {
    request.nature = entry.nature.or(request.nature);
    request.every = entry.every.or(request.every);
    for check in &entry.checks {
        if !request.checks.contains(check) {
            request.checks.push(check.clone());
            // Whether one's own choice of checks says all is not for us to decide.
            request.reach = request.reach.max(Reach::Part);
        }
    }
}

/// A request that is the same as some of the default list is answered as they are.
fn take_over(request: &mut Request, standard: &[String]) {
    let same: Vec<&Request> = DEFAULT.iter().filter(|known| standard.contains(&known.id)).collect();
    if same.is_empty() {
        return;
    }
    for known in &same {
        let new = known.checks.iter().filter(|check| !request.checks.contains(check)).cloned();
        request.checks.extend(new.collect::<Vec<_>>());
        let new = known.names.iter().filter(|name| !request.names.contains(name)).cloned();
        request.names.extend(new.collect::<Vec<_>>());
        request.period_only |= known.period_only;
        request.kind = request.kind.or(known.kind);
        request.months = request.months.or(known.months);
        request.nature = request.nature.or(known.nature);
    }
    // Of several the one that a scan reaches least says how far it can answer.
    request.reach = same.iter().map(|known| known.reach).min().unwrap_or(request.reach);
    request.standard = standard.to_vec();
}
