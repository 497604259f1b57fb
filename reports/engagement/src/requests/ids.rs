//! Ids of requests that every other part can refer to: made where a list has none, told apart where it has one twice. The same
//! list always gets the same ids.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sha2::{Digest as _, Sha256};

use super::account::Account;
use super::request::Request;
use crate::sheets::left::Why;

/// A request whose id is not settled.
pub(super) struct Draft {
    pub(super) request: Request,
    pub(super) sheet: String,
    pub(super) row: u64,
    pub(super) entity: String,
}

/// An id out of what is asked for, so that a row that is moved keeps it.
pub(super) fn made(text: &str) -> String {
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let digest = hex::encode(Sha256::digest(plain.as_bytes()));
    format!("L-{}", digest.get(..8).unwrap_or(&digest))
}

/// Whether all else of two requests is the same.
fn is_same(a: &Draft, b: &Draft) -> bool {
    a.entity == b.entity && Request { area: b.request.area.clone(), ..a.request.clone() } == b.request
}

/// Gives each request an id of its own.
pub(super) fn settle(mut drafts: Vec<Draft>, account: &mut Account) -> Vec<Request> {
    for draft in drafts.iter_mut().filter(|draft| draft.request.id.is_empty()) {
        draft.request.id = made(&draft.request.text);
        account.make_id();
    }
    // What stands twice, word for word, is one request.
    let mut first: HashMap<(String, String), usize> = HashMap::new();
    let mut twice = BTreeSet::new();
    for (at, draft) in drafts.iter().enumerate() {
        let key = (draft.request.id.clone(), draft.request.text.clone());
        match first.get(&key).and_then(|first| drafts.get(*first)) {
            Some(other) if is_same(other, draft) => {
                twice.insert(at);
                account.leave_row(&draft.sheet, Why::Twice, draft.row);
                account.give_back(&draft.sheet);
            }
            Some(_) => {}
            None => {
                first.insert(key, at);
            }
        }
    }
    let mut at = 0..;
    drafts.retain(|_| at.next().is_none_or(|at| !twice.contains(&at)));
    by_sheet(&mut drafts, account);
    by_entity(&mut drafts, account);
    let (mut taken, mut next): (HashSet<String>, HashMap<String, u32>) = (HashSet::new(), HashMap::new());
    for draft in &mut drafts {
        if !taken.insert(draft.request.id.clone()) {
            // Those below were tried for the one before.
            let next = next.entry(draft.request.id.clone()).or_insert(2);
            let free =
                (*next..).map(|n| (n, format!("{} ({n})", draft.request.id))).find(|(_, id)| !taken.contains(id));
            *next = free.as_ref().map_or(*next, |(n, _)| n.saturating_add(1));
            let new = free.map(|(_, id)| id).unwrap_or_else(|| made(&draft.request.text));
            account.rename(&draft.request.id, &new);
            taken.insert(new.clone());
            draft.request.id = new;
        }
    }
    drafts.into_iter().map(|draft| draft.request).collect()
}

/// Sheets that number their requests alike get the sheet's name before each id that several have.
fn by_sheet(drafts: &mut [Draft], account: &mut Account) {
    let mut sheets: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for draft in drafts.iter() {
        sheets.entry(draft.request.id.clone()).or_default().insert(draft.sheet.clone());
    }
    let shared: BTreeSet<String> = sheets.into_iter().filter(|(_, of)| of.len() > 1).map(|(id, _)| id).collect();
    let is_number = |id: &str| id.chars().all(|c| c.is_ascii_digit() || c == '.');
    // Where one number stands on several sheets, all numbers of these sheets are told apart.
    let counting: BTreeSet<String> = drafts
        .iter()
        .filter(|draft| shared.contains(&draft.request.id) && is_number(&draft.request.id))
        .map(|draft| draft.sheet.clone())
        .collect();
    for draft in drafts {
        let id = &draft.request.id;
        if shared.contains(id) || (is_number(id) && counting.contains(&draft.sheet)) {
            let new = format!("{}-{id}", draft.sheet);
            account.rename(id, &new);
            draft.request.id = new;
        }
    }
}

/// A request that is put to several companies gets their name behind its id.
fn by_entity(drafts: &mut [Draft], account: &mut Account) {
    let mut count: HashMap<String, usize> = HashMap::new();
    drafts.iter().for_each(|draft| *count.entry(draft.request.id.clone()).or_default() += 1);
    for draft in drafts.iter_mut().filter(|draft| !draft.entity.is_empty()) {
        if count.get(&draft.request.id).is_some_and(|count| *count > 1) {
            let new = format!("{} ({})", draft.request.id, draft.entity);
            account.rename(&draft.request.id, &new);
            draft.request.id = new;
        }
    }
}
