//! Where other scanners give another verdict than ours, and why ours holds.
//!
//! What belongs to a check stands on its page, under [`HEADING`]; the rest is a table.

use crate::frame::page::{Page, Section};
use crate::frame::table::fields;
use crate::frame::wording::count;
use crate::{CHECKS, Check};

/// The heading of a page's differences, after `Peers`. Not every page has it.
pub const HEADING: &str = "Where peers differ";

/// The other scanners, as pages name them.
pub const PEERS: [&str; 7] = ["AWS Config", "AuditKit", "CloudSploit", "Comp AI", "Powerpipe", "Prowler", "ScoutSuite"];

const DATA: &str = include_str!("../../data/differences.csv");

/// A case in which checks of a peer give another verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// One of [`PEERS`].
    pub peer: &'static str,
    /// The peer's checks.
    pub ids: Vec<String>,
    /// What they say of which case, and why ours holds.
    pub text: String,
}

/// A difference that belongs to no check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct General {
    /// One of [`PEERS`].
    pub peer: &'static str,
    /// What it is about.
    pub subject: &'static str,
    /// What the peer does.
    pub theirs: &'static str,
    /// What is done here, and why.
    pub ours: &'static str,
}

/// A difference is not written as it has to be.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{place}: a difference begins with a known peer and its checks, \"Prowler `id`, `id`: ...\", not: {item}")]
pub struct DifferenceError {
    place: String,
    item: String,
}

impl Difference {
    /// Reads an item of a page, ``Prowler `id`, `id`: text``.
    fn parse(item: &str) -> Option<Self> {
        let (head, text) = item.split_once(": ")?;
        let (peer, ids) = head.split_once(" `")?;
        let ids: Vec<String> = ids.strip_suffix('`')?.split("`, `").map(str::to_owned).collect();
        let whole = |id: &String| !id.is_empty() && !id.contains(['`', ' ']);
        (ids.iter().all(whole) && !text.is_empty()).then_some(Self { peer: known(peer)?, ids, text: text.to_owned() })
    }
}

fn known(name: &str) -> Option<&'static str> {
    PEERS.into_iter().find(|peer| *peer == name)
}

fn general(line: &'static str) -> Option<General> {
    let [peer, subject, theirs, ours] = fields(line).try_into().ok()?;
    Some(General { peer: known(peer)?, subject, theirs, ours })
}

/// The differences that a page tells.
///
/// # Errors
/// An item is not written as it has to be.
pub fn of(page: &Page<'_>) -> Result<Vec<Difference>, DifferenceError> {
    let sections = page.sections.iter().filter(|section| section.heading == HEADING);
    let items = sections.flat_map(Section::items);
    items
        .map(|item| Difference::parse(&item).ok_or_else(|| DifferenceError { place: page.title.to_owned(), item }))
        .collect()
}

/// The differences that belong to no check.
///
/// # Errors
/// A line of the table is not written as it has to be.
pub fn in_general() -> Result<Vec<General>, DifferenceError> {
    let place = || "differences.csv".to_owned();
    let lines = DATA.lines().skip(1);
    lines.map(|line| general(line).ok_or_else(|| DifferenceError { place: place(), item: line.to_owned() })).collect()
}

/// All differences as a page in Markdown: the general ones, then peer by peer, check by check. What is said of several
/// checks in the same words is said once.
///
/// # Errors
/// A difference is not written as it has to be.
pub fn markdown() -> Result<String, DifferenceError> {
    let mut checks: Vec<&Check> = CHECKS.iter().collect();
    checks.sort_by_key(|check| check.meta.id);
    let mut all = Vec::new();
    for check in &checks {
        all.extend(of(&check.page())?.into_iter().map(|difference| (check.meta.id, difference)));
    }
    let general = in_general()?;
    let mut concerned: Vec<&str> = all.iter().map(|(id, _)| *id).collect();
    concerned.dedup();
    let mut text = format!(
        "# Where we disagree with peers\n\nCases in which another scanner gives another verdict, and why ours holds. \
         What peers do was read in their source or documentation unless it says measured or names an issue; it may have \
         changed since. Each difference stands on the page of its check too, under \"{HEADING}\".\n\n{}: {} on {}, and \
         {} in general.\n",
        count(all.len() + general.len(), "difference"),
        all.len(),
        count(concerned.len(), "check"),
        general.len()
    );
    text.push_str("\n## In general\n\n| peer | about | what it does | what we do |\n| --- | --- | --- | --- |\n");
    for General { peer, subject, theirs, ours } in general {
        text.push_str(&format!("| {peer} | {subject} | {theirs}. | {ours}. |\n"));
    }
    for peer in PEERS {
        // Each text with the checks that have it, in the order in which it comes first.
        let mut entries: Vec<(&str, Vec<String>)> = Vec::new();
        for (id, difference) in all.iter().filter(|(_, difference)| difference.peer == peer) {
            let about = format!("[{id}](checks/{id}.md) (`{}`)", difference.ids.join("`, `"));
            match entries.iter_mut().find(|(text, _)| *text == difference.text) {
                Some((_, checks)) => checks.push(about),
                None => entries.push((&difference.text, vec![about])),
            }
        }
        if !entries.is_empty() {
            text.push_str(&format!("\n## {peer}\n\n"));
        }
        for (what, checks) in entries {
            text.push_str(&format!("- {}: {what}\n", checks.join(", ")));
        }
    }
    Ok(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use regex::Regex;

    use super::*;
    use crate::Status;

    /// Ids of our form in a text that name neither a check nor a status.
    fn unknown(text: &str) -> Vec<String> {
        let ids = Regex::new("`([a-z0-9]+(?:-[a-z0-9]+)+)`").unwrap();
        let named = ids.captures_iter(text).map(|found| found[1].to_owned());
        named.filter(|id| Check::get(id).is_none() && Status::ALL.iter().all(|status| status.name() != id)).collect()
    }

    #[test]
    fn an_item_names_a_peer_and_its_checks() {
        let read = Difference::parse("AWS Config `ONE_A`, `TWO_B`: passes: `x` is not read.").unwrap();
        assert_eq!((read.peer, read.ids.join(" ").as_str()), ("AWS Config", "ONE_A TWO_B"));
        assert_eq!(read.text, "passes: `x` is not read.");
        for wrong in [
            "Nobody `one`: passes.",
            "Prowler: passes.",
            "Prowler `one` passes.",
            "Prowler `one`: ",
            "Prowler `one` and `two`: passes.",
            "Prowler `one`, two: passes.",
            "Prowler `one`, `two three`: passes.",
            "Prowler ``: passes.",
        ] {
            assert_eq!(Difference::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_page_with_a_wrong_item_is_told_by_its_title() {
        let page = |item: &str| {
            format!("//! # Title\n//!\n//! ## {HEADING}\n//! {item}\n//!   passes.\n//!\n//! ## References\n//! - x\n")
        };
        let found = of(&Page::parse(&page("- Prowler `one`: it")).to_owned()).unwrap();
        assert_eq!(found, [Difference { peer: "Prowler", ids: vec!["one".into()], text: "it passes.".into() }]);
        let wrong = of(&Page::parse(&page("It is said that Prowler"))).unwrap_err();
        assert!(
            wrong.to_string().starts_with("Title: ") && wrong.to_string().ends_with("that Prowler passes."),
            "{wrong}"
        );
    }

    #[test]
    fn every_difference_is_read_and_names_checks_that_exist() {
        for check in CHECKS {
            let page = check.page();
            let Some(section) = page.sections.iter().find(|section| section.heading == HEADING) else { continue };
            let peers = page.sections.iter().find(|section| section.heading == "Peers").unwrap().lines.join(" ");
            let differences = of(&page).unwrap();
            let begun = section.lines.iter().filter(|line| line.starts_with("- ")).count();
            assert!(begun > 0 && begun == differences.len(), "{}", check.meta.id);
            for difference in differences {
                assert_eq!(unknown(&difference.text), [""; 0], "{}", check.meta.id);
                assert!(difference.text.ends_with('.'), "{}: {}", check.meta.id, difference.text);
                for id in difference.ids {
                    assert!(peers.contains(&format!("`{id}`")), "{}: {id} is not among the peers", check.meta.id);
                }
            }
        }
        for General { subject, theirs, ours, .. } in in_general().unwrap() {
            assert_eq!(unknown(ours), [""; 0], "{subject}");
            assert!(!theirs.is_empty() && !ours.ends_with('.') && !theirs.ends_with('.'), "{subject}");
        }
    }

    #[test]
    fn the_page_has_every_difference_once_and_links_its_check() {
        let text = markdown().unwrap();
        for check in CHECKS {
            for difference in of(&check.page()).unwrap() {
                let link = format!("[{0}](checks/{0}.md) (`{1}`)", check.meta.id, difference.ids.join("`, `"));
                let part = text.split(&format!("\n## {}\n", difference.peer)).nth(1).unwrap();
                let part = part.split("\n## ").next().unwrap();
                let lines: Vec<&str> = part.lines().filter(|line| line.ends_with(&difference.text)).collect();
                assert!(lines.len() == 1 && lines.iter().all(|line| line.contains(&link)), "{link}: {lines:?}");
            }
        }
        let peers: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## ")).skip(1).collect();
        assert_eq!(peers.len(), peers.iter().collect::<BTreeSet<_>>().len());
        assert!(text.contains(&format!(" and {} in general.\n", DATA.lines().count() - 1)), "{text}");
    }
}
