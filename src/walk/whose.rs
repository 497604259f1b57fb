//! Whose evidence a package is, from when, by whom and from where: what its reader is told before anything else.

use jiff::{SignedDuration, Timestamp};
use kickoff_engagement::Engagement;
use kickoff_evidence::package::{TimestampState, Verification};
use kickoff_evidence::{AccountRecord, RunMetadata, RunState, count};

use super::package::off_date;
use super::tied::Tied;

/// So many accounts are named.
const NAMED: usize = 10;
/// So many endpoints are named.
const ENDPOINTS: usize = 5;

/// The lines. `tied` is what the answers themselves tell, where they were read.
pub fn whose(
    engagement: Option<&Engagement>,
    run: &RunMetadata,
    seals: &Verification,
    tied: Option<&Tied>,
) -> Vec<String> {
    let entity = engagement.and_then(|engagement| engagement.entity.as_ref());
    let mut lines = vec![match entity {
        Some(entity) => format!("Whose     {}, by the kickoff.toml in it", entity.name),
        None => "Whose     An entity that it does not name".to_owned(),
    }];
    for account in run.accounts.iter().take(NAMED) {
        lines.push(format!("Account   {}", of_account(account, engagement, tied)));
    }
    if run.accounts.len() > NAMED {
        lines.push(format!("Account   and {}", count(run.accounts.len() - NAMED, "more account")));
    }
    lines.push(format!("When      {}", when(run)));
    let report = engagement.and_then(|engagement| engagement.report.as_ref());
    let off = report.and_then(|report| off_date(report, run));
    lines.extend(off.map(|off| format!("OFF-DATE  {}", off.trim_start_matches("off-date: "))));
    lines.extend(after(run, seals).map(|line| format!("When      {line}")));
    match tied {
        Some(tied) => lines.extend(from(tied).into_iter().map(|line| format!("From      {line}"))),
        None if run.foreign_endpoints.is_empty() => {
            lines.push("From      AWS, by the word of run.json: the answers were not read".to_owned());
        }
        None => lines.push(format!("From      NOT AWS: {}", run.foreign_endpoints.join(", "))),
    }
    lines.extend(run.route.words().into_iter().map(|line| format!("From      {line}")));
    lines
}

fn of_account(account: &AccountRecord, engagement: Option<&Engagement>, tied: Option<&Tied>) -> String {
    let declared =
        engagement.and_then(|engagement| engagement.scope.accounts.iter().find(|declared| declared.id == account.id));
    let named: Vec<&str> =
        declared.into_iter().flat_map(|a| [a.name.as_deref(), a.environment.as_deref()]).flatten().collect();
    let named = if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
    let id = &account.id;
    if let Some(why) = &account.unreachable {
        return format!("{id}{named}: not entered: {why}");
    }
    let known = match tied {
        Some(tied) if tied.identified.contains(id) => "as STS answered",
        Some(_) => "by the word of run.json: no answer of STS says so",
        None => "by the word of run.json",
    };
    format!("{id}{named}: asked by {}, {known}", account.caller)
}

fn when(run: &RunMetadata) -> String {
    let end = run.finished.map_or_else(|| "an end that is not known".to_owned(), |end| end.to_string());
    let cut = match run.state {
        RunState::Complete => "",
        RunState::Interrupted | RunState::Running => ", when it was interrupted",
    };
    format!("Collected from {} to {end}{cut} ({}, {} {})", run.started, run.id, run.tool.name, run.tool.version)
}

/// How long after the collection the package was made, and how long after it that is proved.
fn after(run: &RunMetadata, seals: &Verification) -> impl Iterator<Item = String> {
    let end = run.finished.unwrap_or(run.started);
    let made = seals.created.map(|made| format!("Made into a package {}, by its own word", gap(end, made)));
    let stamped = match &seals.timestamp {
        TimestampState::ValidRootNotChecked(stamp) => {
            Some(format!("Time-stamped {}: until then it could be changed unseen", gap(end, stamp.time)))
        }
        TimestampState::Absent | TimestampState::Invalid => None,
    };
    made.into_iter().chain(stamped)
}

/// The time between the end of collection and something, in words.
fn gap(end: Timestamp, then: Timestamp) -> String {
    let between = then.duration_since(end);
    if between < SignedDuration::ZERO {
        // Times of a run are rounded to seconds.
        return if between > SignedDuration::from_secs(-2) {
            "as the collection ended".to_owned()
        } else {
            format!("{} BEFORE the collection ended", words(between.abs()))
        };
    }
    format!("{} after the collection ended", words(between))
}

fn words(time: SignedDuration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..120 => count(seconds, "second"),
        120..7_200 => count(seconds / 60, "minute"),
        7_200..172_800 => count(seconds / 3_600, "hour"),
        _ => count(seconds / 86_400, "day"),
    }
}

fn from(tied: &Tied) -> Vec<String> {
    let all: u64 = tied.endpoints.values().sum();
    let some = |endpoints: Vec<&str>| {
        let more = endpoints.len().saturating_sub(ENDPOINTS);
        let named = endpoints.into_iter().take(ENDPOINTS).collect::<Vec<_>>().join(", ");
        if more > 0 { format!("{named} and {more} more") } else { named }
    };
    let foreign: Vec<&str> = tied.foreign().collect();
    let others: u64 = foreign.iter().filter_map(|endpoint| tied.endpoints.get(*endpoint)).sum();
    let own: Vec<&str> = tied.endpoints.keys().map(String::as_str).filter(|e| !foreign.contains(e)).collect();
    let mut lines = Vec::new();
    if !foreign.is_empty() {
        lines.push(format!("NOT AWS: {} of {} went to {}", others, count(all, "request"), some(foreign)));
    }
    if !own.is_empty() {
        lines.push(format!("AWS: {} of {} went to {}", all - others, count(all, "request"), some(own)));
    }
    if lines.is_empty() {
        lines.push("Nobody: no request was made".to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn gaps_are_told_in_the_unit_that_fits() {
        let end: Timestamp = "2026-03-02T02:00:00Z".parse().unwrap();
        for (then, told) in [
            ("2026-03-02T02:00:01Z", "1 second after the collection ended"),
            ("2026-03-02T02:41:00Z", "41 minutes after the collection ended"),
            ("2026-03-03T01:00:00Z", "23 hours after the collection ended"),
            ("2026-04-02T02:00:00Z", "31 days after the collection ended"),
            ("2026-03-02T01:59:59Z", "as the collection ended"),
            ("2026-03-02T01:59:00Z", "60 seconds BEFORE the collection ended"),
        ] {
            assert_eq!(gap(end, then.parse().unwrap()), told);
        }
    }
}
