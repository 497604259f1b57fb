//! What kickoff.toml says of the default list: names that it does not have, and words that cannot both be meant.

use std::collections::BTreeSet;

use super::counterpart;
use super::request::{DEFAULT, Request};
use super::vocabulary::plain;
use crate::file::Engagement;
use crate::nearest;
use crate::problems::{Lines, Problem, Problems};

/// Whether a request is one of the default list: by its id and its words. An auditor may use an id of ours for another thing.
pub(crate) fn is_standard(request: &Request) -> bool {
    DEFAULT.iter().any(|known| known.id == request.id && known.text == request.text)
}

/// Holds what `standard` and `no_counterpart` of [[requests]] say against the lists.
pub(crate) fn counterparts_named(file: &Engagement, list: &[Request], problems: &mut Problems<'_>) {
    for (at, entry) in file.requests.iter().enumerate() {
        let key = format!("requests[{at}].standard");
        let reason = format!("requests[{at}].no_counterpart");
        let mut seen = BTreeSet::new();
        for id in &entry.standard {
            if !DEFAULT.iter().any(|request| request.id == *id) {
                let what = if list.iter().any(|request| request.id == *id) {
                    format!(": `{id}` is of the auditor's list, and `standard` names requests of ours")
                } else {
                    nearest(id, DEFAULT.iter().map(|request| request.id.as_str()))
                };
                problems.add(&key, format!("the default list has no request `{id}`{what}"));
            }
            if !seen.insert(id) {
                problems.add(&key, format!("`{id}` stands twice"));
            }
        }
        let itself = list.iter().any(|request| request.id == entry.id && is_standard(request));
        if itself && !(entry.standard.is_empty() && entry.no_counterpart.is_none()) {
            let key = if entry.standard.is_empty() { &reason } else { &key };
            let what = format!(
                "{} is a request of the default list itself: this is for the lines of an auditor's list",
                entry.id
            );
            problems.add(key, what);
        }
        if entry.no_counterpart.is_some() && !entry.standard.is_empty() {
            let named = entry.standard.join(", ");
            problems
                .add(&reason, format!("says that {} has none, and `standard` names {named}: take one out", entry.id));
        }
    }
}

/// What kickoff.toml says of requests of the default list whose ids an auditor's list uses for other things: a document for
/// ours would answer theirs.
pub(super) fn mistaken(file: &Engagement, lines: &Lines, list: &[Request]) -> Vec<Problem> {
    let other = |id: &str| {
        let theirs = list.iter().find(|request| request.id == id && !is_standard(request))?;
        DEFAULT.iter().find(|request| request.id == id)?;
        let reading = counterpart::read(theirs);
        // The same request in other words is no other request.
        (!reading.counterparts.iter().any(|one| one.standard == id)).then_some(theirs)
    };
    let problems = spoken(file).into_iter().filter_map(|(key, id)| {
        let theirs = other(id)?;
        let what = format!(
            "{id} is another request in the auditor's list, `{}`, and this was said of ours: write the id of the line that it is for, or take it out, then import again",
            short(&theirs.text)
        );
        Some(Problem { line: lines.of(&key), key: crate::problems::plain(&key), what })
    });
    problems.collect()
}

/// What kickoff.toml says of lines of the list before whose ids another list has for something else: what was accepted would be
/// another request.
pub(super) fn changed(file: &Engagement, lines: &Lines, before: &[Request], after: &[Request]) -> Vec<Problem> {
    let problems = spoken(file).into_iter().filter_map(|(key, id)| {
        let (old, new) = (before.iter().find(|old| old.id == *id)?, after.iter().find(|new| new.id == *id)?);
        let what = format!(
            "{id} was `{}` in the list before and is `{}` in this one, and this was said of the one before: write the id of the line that it is for, or take it out, then import again",
            short(&old.text),
            short(&new.text)
        );
        (!alike(&old.text, &new.text)).then(|| Problem { line: lines.of(&key), key: crate::problems::plain(&key), what })
    });
    problems.collect()
}

/// Whether two wordings may be of one request: they share a third of the words of the shorter one.
fn alike(a: &str, b: &str) -> bool {
    let words = |text: &str| -> BTreeSet<String> {
        let plain = plain(text);
        plain.split(' ').filter(|word| word.chars().count() > 2).map(str::to_owned).collect()
    };
    let (a, b) = (words(a), words(b));
    let least = a.len().min(b.len());
    least == 0 || a.intersection(&b).count() * 3 >= least
}

/// Every place of kickoff.toml that speaks of a request, with the id.
fn spoken(file: &Engagement) -> Vec<(String, &String)> {
    let entries = (0..).zip(&file.requests).map(|(at, entry): (usize, _)| (format!("requests[{at}].id"), &entry.id));
    let documents = (0..).zip(&file.documents);
    let documents = documents.map(|(at, document): (usize, _)| (format!("documents[{at}].request"), &document.request));
    let policies = (0..).zip(&file.policies).filter_map(|(at, policy): (usize, _)| {
        policy.request.as_ref().map(|id| (format!("policies[{at}].request"), id))
    });
    let said = (0..).zip(&file.attestations).filter_map(|(at, said): (usize, _)| {
        said.request.as_ref().map(|id| (format!("attestations[{at}].request"), id))
    });
    let returns = (0..).zip(&file.returns);
    let returns = returns.map(|(at, said): (usize, _)| (format!("returns[{at}].request"), &said.request));
    let findings = (0..).zip(&file.findings).flat_map(|(at, finding): (usize, _)| {
        finding.requests.iter().map(move |id| (format!("findings[{at}].requests"), id))
    });
    let reviews = (0..).zip(&file.access_reviews).filter_map(|(at, review): (usize, _)| {
        review.request.as_ref().map(|id| (format!("access_reviews[{at}].request"), id))
    });
    entries.chain(documents).chain(policies).chain(said).chain(returns).chain(findings).chain(reviews).collect()
}

/// The begin of a text, on one line.
pub(super) fn short(text: &str) -> String {
    const MOST: usize = 60;
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match plain.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", plain.get(..end).unwrap_or(&plain)),
        None => plain,
    }
}
