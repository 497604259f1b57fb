//! A second count of what answers hold. It shares nothing with kickoff's own: where lists stand comes from botocore's models,
//! what is one object was decided by hand, and the bytes are read in the plainest way.

use std::collections::BTreeMap;

use base64::Engine as _;
use kickoff_evidence::{Archive, EvidenceId, Exchange, Item, Outcome, Run};
use kickoff_reports::Document;
use serde_json::Value;

use super::models;

/// Answers about one thing that has lists among what is told of it: the lists are not what was asked for.
const ONE_OBJECT: [&str; 6] = [
    "guardduty:DescribeOrganizationConfiguration",
    "guardduty:GetDetector",
    "iam:GetOpenIDConnectProvider",
    "securityhub:BatchImportFindings",
    "securityhub:GetFindingAggregator",
    "ssm:GetDocument",
];

/// The number of records in one answer; none where it is one object.
fn records(id: &str, body: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(body).unwrap();
    if id == "iam:GetCredentialReport" {
        let content = text.split_once("<Content>").unwrap().1.split_once("</Content>").unwrap().0;
        let table = String::from_utf8(base64::prelude::BASE64_STANDARD.decode(content).unwrap()).unwrap();
        return Some(table.lines().count() as u64 - 1);
    }
    let model = models::of(id);
    let mut lists: Vec<&str> = model["lists"].as_object().unwrap().keys().map(String::as_str).collect();
    if id == "ec2:DescribeInstances" {
        // A reservation is no resource; its instances are.
        lists = vec!["reservationSet/item/instancesSet/item"];
    }
    if lists.is_empty() || ONE_OBJECT.contains(&id) {
        return None;
    }
    let protocol = model["protocol"].as_str().unwrap();
    Some(if protocol.contains("json") {
        let answer: Value = serde_json::from_slice(body).unwrap();
        lists.iter().map(|list| answer[*list].as_array().map_or(0, |entries| entries.len() as u64)).sum()
    } else {
        // Within the root, and in the query protocol within the result.
        let above = if protocol == "query" { 2 } else { 1 };
        elements(text).iter().filter(|path| lists.contains(&path[above.min(path.len())..].join("/").as_str())).count()
            as u64
    })
}

/// The path of each element.
fn elements(text: &str) -> Vec<Vec<&str>> {
    let (mut open, mut all) = (Vec::new(), Vec::new());
    for tag in text.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        if tag.starts_with(['?', '!']) {
            continue;
        }
        if tag.starts_with('/') {
            open.pop();
            continue;
        }
        let name = tag.trim_end_matches('/').split_whitespace().next().unwrap();
        open.push(name.rsplit(':').next().unwrap());
        all.push(open.clone());
        if tag.ends_with('/') {
            open.pop();
        }
    }
    all
}

/// The records of all answers to the questions of one item. What is asked again is answered again: the last answer to a
/// question is the one that was read.
fn total<'e>(id: &str, exchanges: impl Iterator<Item = &'e Exchange>) -> Option<u64> {
    let mut pages: BTreeMap<_, Option<u64>> = BTreeMap::new();
    for exchange in exchanges {
        let Some(response) = exchange.response.as_ref().filter(|response| response.status == 200) else { continue };
        pages.insert((&exchange.request.uri, &exchange.request.body), records(id, &response.body));
    }
    pages.values().copied().reduce(|all, page| Some(all? + page?)).flatten()
}

/// Counts the answers of each item that was read, and compares with what a document says: how many items were compared, and
/// what differs.
pub fn compare(document: &Document, run: &Run) -> (usize, Vec<String>) {
    let mut answers: BTreeMap<(String, Option<String>, String), Exchange> = BTreeMap::new();
    for archive in run.metadata.accounts.iter().filter_map(|account| run.archive(&account.id)) {
        for at in 0..u32::try_from(archive.len()).unwrap() {
            let exchange = archive.read(at).unwrap();
            let id = exchange.response.as_ref().and_then(|response| response.request_id()).map(str::to_owned);
            answers.insert((exchange.account.clone(), id, exchange.started.to_string()), exchange);
        }
    }
    let (mut compared, mut wrong) = (0, Vec::new());
    for item in document.evidence.iter().filter(|item| item.status == "ok") {
        let id = format!("{}:{}", item.service, item.operation);
        let told = item.exchanges.iter();
        let told = told.map(|e| &answers[&(item.account.clone(), e.request_id.clone(), e.started.clone())]);
        let counted = total(&id, told);
        compared += 1;
        if counted != item.records {
            wrong.push(format!(
                "{} {id} in {}: {:?}, and its bytes hold {counted:?}",
                item.id, item.region, item.records
            ));
        }
    }
    (compared, wrong)
}

/// As [`compare`], of what a collector left behind.
pub fn of_items(items: &[(EvidenceId, Item)], archive: &Archive) {
    for (_, item) in items {
        let Outcome::Complete { records, .. } = &item.outcome else { continue };
        let exchanges: Vec<Exchange> = item.exchanges.iter().map(|e| archive.read(e.position).unwrap()).collect();
        let id = format!("{}:{}", item.key.service, item.key.operation);
        assert_eq!(*records, total(&id, exchanges.iter()), "{id} in {}", item.key.region);
    }
}

/// Compares the results that lie in a run with the answers beside them.
pub fn agrees(run: &std::path::Path) {
    // A run that was interrupted before it decided has no results; a replay has no answers of its own.
    let (Ok(results), Ok(opened)) = (std::fs::read(run.join("results.json")), Run::open(run)) else { return };
    let document: Document = serde_json::from_slice(&results).unwrap();
    if document.evidence.is_empty() || !run.join("exchanges").exists() {
        return;
    }
    let (_, wrong) = compare(&document, &opened);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
