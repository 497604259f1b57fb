//! Rights in one sentence that a manager can decide on.

use super::rights::Rights;
use super::{Limit, ServiceRights, Standing, StandingState};
use crate::actions::AccessLevel;

/// Services that a sentence names before it counts them.
const NAMED: usize = 6;

impl ServiceRights {
    /// Whether all actions of the levels are granted, and whether any is.
    fn has(&self, levels: &[AccessLevel]) -> (bool, bool) {
        let of = || self.levels.iter().filter(|l| levels.contains(&l.level));
        (of().all(|l| l.granted == l.total), of().any(|l| l.granted > 0))
    }

    fn limited(&self) -> bool {
        self.limited_by_resource.max(self.limited_by_condition) > Limit::No
    }

    /// With what limits it: `s3 (on named resources)`.
    fn word(&self) -> String {
        let mut limits = Vec::new();
        match self.limited_by_resource {
            Limit::No => {}
            Limit::Part => limits.push("in part on named resources"),
            Limit::All => limits.push("on named resources"),
        }
        match self.limited_by_condition {
            Limit::No => {}
            Limit::Part => limits.push("in part under conditions"),
            Limit::All => limits.push("under conditions"),
        }
        if limits.is_empty() { self.prefix.clone() } else { format!("{} ({})", self.prefix, limits.join(", ")) }
    }
}

/// Effective privilege in one sentence.
pub(super) fn sentence(rights: &Rights, standing: &Standing) -> String {
    let mut body = body(rights);
    if !rights.not_known.is_empty() {
        body.push_str("; not known in full: ");
        body.push_str(&rights.not_known.iter().take(2).cloned().collect::<Vec<_>>().join(", "));
        if rights.not_known.len() > 2 {
            body.push_str(&format!(" and {} more", rights.not_known.len() - 2));
        }
    }
    match standing.state {
        StandingState::Administrator => format!("Administrator: {}", lower(&body)),
        StandingState::Conditional => format!("Administrator under conditions: {}", lower(&body)),
        StandingState::CanBecome => format!("Can become administrator: {}", lower(&body)),
        StandingState::Not | StandingState::Unknown => body,
    }
}

fn body(rights: &Rights) -> String {
    let services = &rights.services;
    if rights.possible == 0 {
        return match (rights.holds_any, rights.not_known.is_empty()) {
            (true, _) => {
                "No permissions: a Deny, its boundary or a service control policy takes away what its policies allow"
            }
            (false, true) => "No permissions",
            (false, false) => "No permissions that are known",
        }
        .to_owned();
    }
    let (full, part): (Vec<&ServiceRights>, Vec<&ServiceRights>) =
        services.iter().map(AsRef::as_ref).partition(|s: &&ServiceRights| s.full);
    if full.len() == rights.of_services {
        let mut text = if full.iter().all(|s| s.limited_by_resource == Limit::No) {
            "Every action on every resource".to_owned()
        } else {
            "Every action, some on named resources only".to_owned()
        };
        if full.iter().any(|s| s.limited_by_condition > Limit::No) {
            text.push_str(", in part under conditions");
        }
        if !rights.all_by.is_empty() {
            text.push_str(&format!(" ({})", rights.all_by.join(", ")));
        }
        return text;
    }
    if full.len() * 2 > rights.of_services {
        return nearly_everything(rights, &full, &part);
    }
    let mut clauses = Vec::new();
    let changes = |s: &ServiceRights, level| s.has(&[level]).1;
    let managers: Vec<_> = part.iter().filter(|s| changes(s, AccessLevel::PermissionsManagement)).copied().collect();
    let writers: Vec<_> = part.iter().filter(|s| changes(s, AccessLevel::Write)).copied().collect();
    let taggers: Vec<_> =
        part.iter().filter(|s| changes(s, AccessLevel::Tagging) && !changes(s, AccessLevel::Write)).copied().collect();
    let reads = |s: &ServiceRights| s.has(&[AccessLevel::List, AccessLevel::Read]);
    let readers: Vec<_> = part.iter().filter(|s| reads(s) == (true, true)).copied().collect();
    let partly: Vec<_> = part.iter().filter(|s| reads(s) == (false, true)).copied().collect();
    for (verb, who) in [
        ("full", full),
        ("changes permissions in", managers),
        ("writes", writers),
        ("tags", taggers),
        ("reads everything in", readers),
        ("reads some of", partly),
    ] {
        if !who.is_empty() {
            clauses.push(format!("{verb} {}", listed(&who)));
        }
    }
    upper(&clauses.join("; "))
}

/// All but a few services: those are named.
fn nearly_everything(rights: &Rights, full: &[&ServiceRights], part: &[&ServiceRights]) -> String {
    let missing = rights.of_services - full.len();
    let mut text = match (&rights.missing, missing <= NAMED) {
        (lacking, true) => {
            let power = lacking.iter().any(|s| s == "iam")
                && lacking.iter().all(|s| ["iam", "organizations", "account"].contains(&s.as_str()));
            format!("Everything except {}{}", and(lacking), if power { " (power user)" } else { "" })
        }
        _ => format!("Everything in {} of {} services", full.len(), rights.of_services),
    };
    if !part.is_empty() {
        let part: Vec<_> = part.to_vec();
        text.push_str(&format!(", but some of {}", listed(&part)));
    }
    let limited = full.iter().filter(|s| s.limited()).count();
    if limited > 0 {
        text.push_str(&format!("; on named resources or under conditions in {}", services(limited)));
    }
    text
}

fn listed(all: &[&ServiceRights]) -> String {
    if all.len() <= NAMED {
        return all.iter().map(|s| s.word()).collect::<Vec<_>>().join(", ");
    }
    let limited = all.iter().filter(|s| s.limited()).count();
    let text = services(all.len());
    match limited {
        0 => text,
        _ => format!("{text} ({limited} of them on named resources or under conditions)"),
    }
}

fn services(count: usize) -> String {
    if count == 1 { "1 service".to_owned() } else { format!("{count} services") }
}

fn and(all: &[String]) -> String {
    match all.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => all.join(""),
    }
}

fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A sentence as a part of another.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
