//! The access review for people: a table for the terminal, and CSV for the reviewer to fill in.

use std::collections::BTreeMap;

pub(crate) use kickoff_engagement::access_review::HEADS;
use kickoff_engagement::access_review::{NEVER_USED, Part};
use kickoff_evidence::count;
use kickoff_policy::review::{
    LastUse, Limit, Mfa, Nature, PrincipalKind, Review, Reviewed, ServiceRights, StandingState,
};

use crate::drawing::{self, clean_lines};

/// How many principals are drawn where not all are wanted.
pub const FIRST: usize = 20;

/// The review as CSV (RFC 4180): a header, and a record for each principal.
///
/// # Errors
/// The writer of CSV refuses.
pub fn csv(review: &Review) -> Result<String, csv::Error> {
    drawing::csv(heads(review), records(review), "the JSON of the same command")
}

/// Which columns a review has: one that no principal fills is not there.
pub(crate) fn columns(review: &Review) -> impl Iterator<Item = usize> {
    let used = review.principals.iter().any(|p| p.unused.is_some());
    (0..HEADS.len()).filter(move |at| used || HEADS[*at] != NEVER_USED)
}

/// The heads of the columns that a review has.
pub(crate) fn heads(review: &Review) -> Vec<&'static str> {
    columns(review).map(|at| HEADS[at]).collect()
}

/// The records of the CSV.
pub(crate) fn records(review: &Review) -> impl Iterator<Item = Vec<String>> + '_ {
    review.principals.iter().map(|p| {
        let mut cells = record(review, p);
        columns(review).map(|at| std::mem::take(&mut cells[at])).collect()
    })
}

/// A principal's record; the reviewer's cells are empty.
pub(crate) fn record(review: &Review, p: &Reviewed) -> [String; HEADS.len()] {
    let unused = match &p.unused {
        Some(unused) => unused.never_used.join("; "),
        None => "unknown".to_owned(),
    };
    [
        p.account.clone(),
        p.arn.clone(),
        p.name.clone(),
        kind(p.kind).to_owned(),
        nature(p.nature).to_owned(),
        p.nature_why.clone(),
        ways_in(p).join("; "),
        p.groups.join("; "),
        p.policies.join("; "),
        p.boundary.clone().unwrap_or_default(),
        p.words.clone(),
        by_service(p),
        state(p.administrator.state).to_owned(),
        p.administrator.why.clone(),
        mfa(p.mfa).to_owned(),
        last(&p.last_used),
        p.created.as_deref().map_or_else(|| "unknown".to_owned(), date),
        keys(p),
        key_age(p),
        unused,
        p.not_known.join("; "),
        date(&review.time),
        String::new(),
        String::new(),
        String::new(),
    ]
}

/// The table: whom the review is of, what they may do, how they get in; with the population under it.
#[must_use]
pub fn render(review: &Review, width: usize, most: usize) -> String {
    let columns = [("principal", 26), ("who and how", 20), ("effective privilege", 34), ("use", 20)];
    let rows = review.principals.iter().take(most).map(|p| {
        let mut ways = ways_in(p);
        ways.insert(0, nature(p.nature).to_owned());
        let why = &p.administrator.why;
        let why = if why.is_empty() { String::new() } else { format!(", {why}") };
        let standing = format!("administrator: {}{why}", state(p.administrator.state));
        [
            format!("{}\n{}", p.arn, p.groups.join(", ")),
            ways.join("\n"),
            format!("{}\n{standing}", p.words),
            format!("MFA {}\nlast used {}\n{}", mfa(p.mfa), last(&p.last_used), oldest(p)),
        ]
    });
    let mut text = drawing::table(columns, rows, width);
    if review.principals.len() > most {
        let more = review.principals.len() - most;
        text.push_str(&format!("and {more} more: --full draws all, --format csv and json have them\n"));
    }
    text.push_str(&textwrap::fill(&clean_lines(&population(review)), width.max(60)));
    text.push('\n');
    text
}

/// What is told of a review that came back: each part with its head, in a terminal within its width, so many lines of each.
#[must_use]
pub fn parts(parts: &[Part], width: Option<usize>, most: usize) -> String {
    let mut text = String::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        text.push_str(&format!("{}\n", part.head));
        for line in part.lines.iter().take(most) {
            let options = textwrap::Options::new(width.unwrap_or(usize::MAX)).initial_indent("  ");
            text.push_str(&textwrap::fill(&drawing::clean(line), options.subsequent_indent("    ")));
            text.push('\n');
        }
        if part.lines.len() > most {
            let more = part.lines.len() - most;
            text.push_str(&format!("  and {more} more: --full draws all, --format csv and json have them\n"));
        }
    }
    text
}

/// How many there are, and what was not known.
#[must_use]
pub fn population(review: &Review) -> String {
    let of = &review.population;
    let mut text = format!(
        "Population: {}, {} and {} in {}.",
        count(of.users, "user"),
        count(of.roles, "role"),
        count(of.root_users, "root user"),
        count(of.accounts, "account")
    );
    if of.people > 0 {
        text.push_str(&format!(
            "\nPeople of the directory, by permission set and account: {}.",
            count(of.people, "row")
        ));
    }
    for one in &of.not_known {
        text.push_str(&format!("\nNot known of {}: {}.", one.count, one.what));
    }
    text
}

fn kind(kind: PrincipalKind) -> &'static str {
    match kind {
        PrincipalKind::RootUser => "root user",
        PrincipalKind::User => "user",
        PrincipalKind::Role => "role",
        PrincipalKind::Person => "person",
    }
}

fn nature(nature: Nature) -> &'static str {
    match nature {
        Nature::Human => "human",
        Nature::Workload => "workload",
        Nature::Either => "either",
        Nature::Unknown => "unknown",
    }
}

fn state(state: StandingState) -> &'static str {
    match state {
        StandingState::Administrator => "yes",
        StandingState::Conditional => "under conditions",
        StandingState::CanBecome => "can become one",
        StandingState::Not => "no",
        StandingState::Unknown => "unknown",
    }
}

fn mfa(mfa: Mfa) -> &'static str {
    match mfa {
        Mfa::Yes => "yes",
        Mfa::No => "no",
        Mfa::NotApplicable => "not applicable",
        Mfa::Unknown => "unknown",
    }
}

pub(crate) fn ways_in(p: &Reviewed) -> Vec<String> {
    p.ways_in
        .iter()
        .map(|way| match way.conditions.is_empty() {
            true => format!("{}: {}", way.by.name(), way.who),
            false => format!("{}: {} if {}", way.by.name(), way.who, way.conditions.join(" and ")),
        })
        .collect()
}

/// `s3: list 3 of 12, write 1 of 70 (on named resources)`.
/// So many services that are full are named; a cell of a sheet holds no more than 32,767 characters.
const NAMED: usize = 40;

/// What is granted of each service: those that are granted whole together, the others by access level.
fn by_service(p: &Reviewed) -> String {
    let mut whole: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for service in p.services.iter().filter(|service| service.full) {
        whole.entry(limits(service)).or_default().push(&service.prefix);
    }
    let whole = whole.into_iter().map(|(limits, names)| match names.len() {
        1..=NAMED => format!("full{limits}: {}", names.join(", ")),
        many => format!("full in {}{limits}", count(many, "service")),
    });
    whole
        .chain(p.services.iter().filter(|service| !service.full).map(|service| levels(service)))
        .collect::<Vec<_>>()
        .join("; ")
}

fn levels(service: &ServiceRights) -> String {
    let granted = service.levels.iter().filter(|level| level.granted > 0);
    let levels: Vec<String> = granted.map(|l| format!("{} {} of {}", l.level, l.granted, l.total)).collect();
    format!("{}: {}{}", service.prefix, levels.join(", "), limits(service))
}

fn limits(service: &ServiceRights) -> String {
    let mut text = String::new();
    for (limit, all, part) in [
        (service.limited_by_resource, "on named resources", "in part on named resources"),
        (service.limited_by_condition, "under conditions", "in part under conditions"),
    ] {
        match limit {
            Limit::No => {}
            Limit::Part => text.push_str(&format!(" ({part})")),
            Limit::All => text.push_str(&format!(" ({all})")),
        }
    }
    text
}

fn keys(p: &Reviewed) -> String {
    let Some(keys) = &p.keys else {
        return if matches!(p.kind, PrincipalKind::Role | PrincipalKind::Person) {
            String::new()
        } else {
            "unknown".to_owned()
        };
    };
    let active = keys.iter().filter(|key| key.active).map(|key| {
        let made = key.created.as_deref().map_or_else(|| "unknown".to_owned(), date);
        format!("{}: created {made}, last used {}", key.name, last(&key.last_used))
    });
    active.collect::<Vec<_>>().join("; ")
}

/// Empty when there is no active key.
fn key_age(p: &Reviewed) -> String {
    match (p.key_age_days, &p.keys) {
        (Some(days), _) => days.to_string(),
        (None, Some(keys)) if keys.iter().all(|key| !key.active) => "none".to_owned(),
        (None, None) if matches!(p.kind, PrincipalKind::Role | PrincipalKind::Person) => "none".to_owned(),
        (None, _) => "unknown".to_owned(),
    }
}

fn oldest(p: &Reviewed) -> String {
    match (p.key_age_days, key_age(p).as_str()) {
        (Some(days), _) => format!("oldest active key {}", count(days, "day")),
        (None, "none") => "no active key".to_owned(),
        (None, _) => "keys unknown".to_owned(),
    }
}

fn last(last: &LastUse) -> String {
    match last {
        LastUse::At(time) => date(time),
        other => other.to_string(),
    }
}

/// The day of a time, in UTC; what is no time stays as it is.
fn date(time: &str) -> String {
    match time.parse::<jiff::Timestamp>() {
        Ok(time) => time.strftime("%Y-%m-%d").to_string(),
        Err(_) => time.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kickoff_policy::account::AccountData;
    use kickoff_policy::actions::ActionTable;
    use kickoff_policy::estate::{Around, Estate};
    use kickoff_policy::review::{Assigned, Inputs, review};
    use std::collections::HashMap;

    fn made() -> Review {
        let details = r#"{"UserDetailList": [{"UserName": "=cmd", "Arn": "arn:aws:iam::111122223333:user/=cmd",
            "GroupList": ["+a,b", "say \"no\""]}], "GroupDetailList": [
            {"GroupName": "+a,b", "Arn": "arn:aws:iam::111122223333:group/a"},
            {"GroupName": "say \"no\"", "Arn": "arn:aws:iam::111122223333:group/b"}]}"#;
        let accounts = AccountData::from_details(details).unwrap();
        let estate = Estate::new(accounts, Around::default(), ActionTable::embedded(), "2026-01-01T00:00:00Z");
        let (credentials, accessed) = (HashMap::new(), HashMap::new());
        let inputs = Inputs {
            now: "2026-01-01T00:00:00Z",
            standing: &|_| None,
            credentials: &credentials,
            accessed: &accessed,
            assigned: &Assigned::default(),
        };
        review(&estate, &inputs)
    }

    #[test]
    fn no_cell_is_a_formula_and_quotes_are_doubled() {
        let text = csv(&made()).unwrap();
        let (head, record) = text.split_once("\r\n").unwrap();
        assert!(
            head.starts_with("Account ID,ARN,Name,") && head.ends_with("Reviewer,Decision,Decision date"),
            "{head}"
        );
        assert!(record.starts_with("111122223333,arn:aws:iam::111122223333:user/=cmd,'=cmd,user,unknown,"), "{record}");
        assert!(record.contains(",\"'+a,b; say \"\"no\"\"\","), "{record}");
        assert!(record.ends_with(",2026-01-01,,,\r\n"), "{record}");
    }

    #[test]
    fn the_table_fits_and_counts_the_population() {
        let mut review = made();
        review.principals[0].name = "x\u{1b}[31m".to_owned();
        review.principals[0].groups = vec!["\u{1b}[31m".to_owned()];
        for width in [80, 120] {
            let text = render(&review, width, FIRST);
            assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
            assert!(!text.contains('\u{1b}'));
            assert!(text.contains("Population: 1 user, 0 roles and 0 root users in 1 account."), "{text}");
        }
    }

    #[test]
    fn days_are_of_utc() {
        assert_eq!(date("2026-01-01T00:30:00+01:00"), "2025-12-31");
        assert_eq!(date("yesterday"), "yesterday");
    }
}
