//! Who was there when a run was made, as a review that came back is held against it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kickoff_engagement::access_review::{HEADS, Present, Principal};
use kickoff_facts::sha256_hex;
use kickoff_policy::review::{PrincipalKind, Review, Reviewed};

use crate::results::Document;
use crate::review_tables::{record, ways_in};

/// The facts of a record: what is the reviewer's is none.
const FACTS: usize = HEADS.len() - 3;

fn day(time: &str) -> Option<Date> {
    time.parse::<Timestamp>().ok().map(|at| at.to_zoned(TimeZone::UTC).date())
}

/// Everybody of a review that was made of a run. An account of which principals may be lacking is none that is known.
#[must_use]
pub fn of_review(review: &Review, run: &str) -> Present {
    let accounts: BTreeSet<&String> = review.principals.iter().map(|p| &p.account).collect();
    let whole = accounts.into_iter().filter(|account| !review.population.is_incomplete(account));
    Present {
        run: run.to_owned(),
        day: day(&review.time).unwrap_or_default(),
        accounts: whole.cloned().collect(),
        principals: review.principals.iter().map(|p| principal(review, p)).collect(),
        users_only: false,
    }
}

fn principal(review: &Review, p: &Reviewed) -> Principal {
    let facts = record(review, p).into_iter().take(FACTS).enumerate();
    Principal {
        account: p.account.clone(),
        arn: p.arn.clone(),
        name: p.name.clone(),
        created: p.created.as_deref().and_then(day),
        shut: shut(p),
        ways_in: ways_in(p),
        facts: facts.collect(),
        people_not_known: people_not_known(p),
    }
}

/// Why the access of a principal that is there is gone.
fn shut(p: &Reviewed) -> Option<String> {
    let lacks = |what: &str| p.not_known.iter().any(|lacks| lacks.contains(what));
    let how = match p.kind {
        PrincipalKind::Person if p.is_disabled() => "disabled in the directory",
        PrincipalKind::User
            if p.ways_in.is_empty() && p.keys.is_some() && !lacks("console password") && !lacks("credentials were") =>
        {
            "with neither a password nor an active access key"
        }
        PrincipalKind::Role if p.ways_in.is_empty() && !lacks("trust policy") => "and its trust policy lets nobody in",
        PrincipalKind::User | PrincipalKind::Role if grants_nothing(p) => "and its policies grant nothing",
        _ => return None,
    };
    Some(how.to_owned())
}

fn grants_nothing(p: &Reviewed) -> bool {
    let unread =
        p.not_known.iter().any(|lacks| lacks.contains("cannot be read") || lacks.contains("not among the data"));
    p.policies.is_empty() || (p.possible_actions == 0 && p.unlisted.is_empty() && !unread)
}

/// What of the people behind a role of Identity Center is not known.
fn people_not_known(p: &Reviewed) -> Option<String> {
    if p.kind != PrincipalKind::Role || !p.name.starts_with("AWSReservedSSO_") {
        return None;
    }
    let lacks: Vec<&str> =
        p.not_known.iter().map(String::as_str).filter(|lacks| !lacks.starts_with("services last accessed")).collect();
    (!lacks.is_empty()).then(|| lacks.join("; "))
}

/// The check whose results list the users of an account.
const USERS: &str = "iam-user-population";

/// The users of a run by its results alone: those of the accounts whose list is whole, which its digest shows. None where no
/// list is.
#[must_use]
pub fn of_results(document: &Document) -> Option<Present> {
    let rows = document.results.iter().filter(|row| row.check == USERS);
    let lists = rows.filter_map(|row| Some((row.account.to_string(), users(&row.account, &row.observed)?)));
    let mut present = Present {
        run: document.run.id.clone(),
        day: day(&document.run.started)?,
        users_only: true,
        ..Present::default()
    };
    for (account, users) in lists {
        present.accounts.insert(account);
        present.principals.extend(users);
    }
    (!present.accounts.is_empty()).then_some(present)
}

/// `2 users in ...; SHA-256 DIGEST: ann (made 2026-01-01, no password, MFA); bob (...)`: the users; none where the list was cut.
fn users(account: &str, observed: &str) -> Option<Vec<Principal>> {
    let (_, rest) = observed.split_once("SHA-256 ")?;
    let (digest, list) = rest.split_once(": ")?;
    let lines: Vec<&str> = list.split("; ").collect();
    let whole: String = lines.iter().map(|line| format!("{line}\n")).collect();
    if sha256_hex(whole.as_bytes()) != digest {
        return None;
    }
    lines.into_iter().map(|line| user(account, line)).collect()
}

fn user(account: &str, line: &str) -> Option<Principal> {
    let (name, told) = line.split_once(" (")?;
    let parts: Vec<&str> = told.trim_end_matches(')').split(", ").collect();
    let made = parts.iter().find_map(|part| part.strip_prefix("made ")?.parse().ok());
    let password = parts.iter().any(|part| part.starts_with("password last used"));
    let keys = parts.iter().filter(|part| part.starts_with("key ")).count();
    let ways =
        [password.then(|| "console: password".to_owned()), (keys > 0).then(|| format!("API: access keys, {keys}"))];
    let none = parts.contains(&"no password") && keys == 0 && !told.contains("more than the report holds");
    Some(Principal {
        account: account.to_owned(),
        name: name.to_owned(),
        created: made,
        shut: none.then(|| "with neither a password nor an active access key".to_owned()),
        ways_in: ways.into_iter().flatten().collect(),
        ..Principal::default()
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn users_are_known_from_a_list_that_is_whole_and_from_no_other() {
        let list = "ann (made 2026-01-02, password last used 2026-02-03, MFA); ci (made 2025-01-01, no password, no MFA, key 1 made 2025-01-01, last used never); old (made 2024-01-01, no password, no MFA)";
        let digest = sha256_hex(list.split("; ").map(|line| format!("{line}\n")).collect::<String>().as_bytes());
        let told = format!(
            "3 users in the credential report of 2026-03-01T00:00:00Z, 3 by GetAccountSummary; SHA-256 {digest}: {list}"
        );
        let found = users("111122223333", &told).unwrap();
        let told_of: Vec<(&str, bool, usize)> =
            found.iter().map(|one| (one.name.as_str(), one.shut.is_some(), one.ways_in.len())).collect();
        assert_eq!(told_of, [("ann", false, 1), ("ci", false, 1), ("old", true, 0)]);
        assert_eq!(found[0].created, Some(jiff::civil::date(2026, 1, 2)));
        // One that was cut proves nobody's absence.
        assert!(users("111122223333", told.split_once("; old").unwrap().0).is_none());
    }

    #[test]
    fn the_recorded_account_tells_its_users() {
        let text = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/acme/results.json")).unwrap();
        let document: Document = serde_json::from_slice(&text).unwrap();
        let present = of_results(&document).unwrap();
        assert_eq!(present.principals.len(), 40);
        assert!(present.accounts.contains("111122223333") && present.users_only);
        assert!(present.principals.iter().any(|one| one.name == "alice.meyer" && one.shut.is_none()));
    }
}
