//! Rights by service and access level, and in one sentence that a manager can decide on.

use super::rights::{Pair, Rights};
use super::{LevelRights, Limit, ServiceRights, Standing, StandingState};
use crate::actions::{AccessLevel, ActionSet, ActionTable};

/// The levels in the order in which they are shown.
const LEVELS: [AccessLevel; 5] = [
    AccessLevel::List,
    AccessLevel::Read,
    AccessLevel::Tagging,
    AccessLevel::Write,
    AccessLevel::PermissionsManagement,
];

/// Services that a sentence names before it counts them.
const NAMED: usize = 6;

/// Counts of actions by level.
type Counts = [usize; LEVELS.len()];

/// Counts actions by service and level: differences of sums over the whole list.
pub(super) struct Levels<'t> {
    table: &'t ActionTable,
    sums: Vec<Counts>,
    /// First action and the one behind the last, a service each.
    spans: Vec<(usize, usize)>,
}

impl<'t> Levels<'t> {
    pub(super) fn new(table: &'t ActionTable) -> Levels<'t> {
        let mut sums = vec![Counts::default()];
        let mut sum = Counts::default();
        for action in table.ids() {
            if let Some(at) = LEVELS.iter().position(|level| *level == table.access_level(action)) {
                sum[at] += 1;
            }
            sums.push(sum);
        }
        let spans = table.services().iter().map(|service| {
            let mut actions = service.actions();
            let len = actions.len();
            let first = actions.next().map_or(0, |action| usize::from(action.0));
            (first, first + len)
        });
        Levels { table, sums, spans: spans.collect() }
    }

    fn between(&self, start: usize, end: usize) -> Counts {
        std::array::from_fn(|level| self.sums[end][level] - self.sums[start][level])
    }

    fn by_service(&self, set: &ActionSet) -> Vec<Counts> {
        let mut counts = vec![Counts::default(); self.spans.len()];
        for range in set.ranges() {
            let (start, end) = (usize::from(*range.start()), usize::from(*range.end()) + 1);
            let first = self.spans.partition_point(|(_, end)| *end <= start);
            for (at, span) in self.spans.iter().enumerate().skip(first).take_while(|(_, span)| span.0 < end) {
                let found = self.between(start.max(span.0), end.min(span.1));
                counts[at].iter_mut().zip(found).for_each(|(count, more)| *count += more);
            }
        }
        counts
    }

    /// What is granted, service by service.
    pub(super) fn services(&self, every: &Pair, any: &Pair) -> Vec<ServiceRights> {
        let (granted, certain) = (self.by_service(&any.may), self.by_service(&any.must));
        let everywhere = self.by_service(&every.may);
        let sum = |counts: &Counts| counts.iter().sum::<usize>();
        let mut services = Vec::new();
        for (at, service) in self.table.services().iter().enumerate().filter(|(at, _)| sum(&granted[*at]) > 0) {
            let total = self.between(self.spans[at].0, self.spans[at].1);
            let levels = LEVELS.iter().enumerate().filter(|(level, _)| total[*level] > 0).map(|(i, level)| {
                LevelRights { level: *level, granted: granted[at][i], certain: certain[at][i], total: total[i] }
            });
            services.push(ServiceRights {
                prefix: service.prefix().to_owned(),
                name: service.name().to_owned(),
                full: granted[at] == total,
                limited_by_resource: limit(sum(&everywhere[at]), sum(&granted[at])),
                limited_by_condition: limit(sum(&certain[at]), sum(&granted[at])),
                levels: levels.collect(),
            });
        }
        services
    }
}

fn limit(free: usize, all: usize) -> Limit {
    match free {
        0 => Limit::All,
        _ if free < all => Limit::Part,
        _ => Limit::No,
    }
}

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
    let (full, part): (Vec<&ServiceRights>, Vec<&ServiceRights>) = services.iter().partition(|s| s.full);
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
