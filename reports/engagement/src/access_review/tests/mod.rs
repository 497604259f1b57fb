//! Sheets as reviewers send them back: what an auditor would say of each was worked out by hand.

mod entry;
mod run;
mod sheet;

use std::path::Path;

use jiff::civil::{Date, date};

use super::*;
use crate::Engagement;

const TODAY: Date = date(2026, 11, 23);
const ACCOUNT: &str = "111122223333";
const PEOPLE: &str = "[[people]]\nid = \"alice\"\nname = \"Alice Meyer\"\nrole = \"CISO\"\nemail = \"alice.meyer@acme.example\"\n[[people]]\nid = \"jm\"\nname = \"Jörg Müßig\"\nrole = \"Lead\"\n[[people]]\nid = \"bob\"\nname = \"Bob Tanaka\"\nrole = \"Lead\"\n";

/// A principal with what the reviewer wrote.
type Row<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

/// A complete review of the third quarter, made on 1 October.
const GOLD: [Row<'_>; 4] = [
    ("user", "bob.tanaka", "Alice Meyer", "Keep", "2026-10-05"),
    ("user", "joerg.muessig", "Alice Meyer", "modify: read only", "2026-10-05"),
    ("user", "old.timer", "Alice Meyer", "Remove", "2026-10-06"),
    ("role", "deploy", "Bob Tanaka", "keep", "2026-10-06"),
];

fn arn(kind: &str, name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{kind}/{name}")
}

fn cells(row: &Row<'_>) -> Vec<String> {
    let (kind, name, reviewer, decision, day) = row;
    let told = |head: &&str| match *head {
        "Account ID" => ACCOUNT.to_owned(),
        "ARN" => arn(kind, name),
        "Name" => (*name).to_owned(),
        "Type" => (*kind).to_owned(),
        "Policies" => "ReadOnlyAccess".to_owned(),
        "Created" => "2025-02-14".to_owned(),
        "As of" => "2026-10-01".to_owned(),
        "Reviewer" => (*reviewer).to_owned(),
        "Decision" => (*decision).to_owned(),
        "Decision date" => (*day).to_owned(),
        _ => String::new(),
    };
    HEADS.iter().map(told).collect()
}

fn text(rows: &[Row<'_>], by: char) -> String {
    let quoted = |cell: &String| if cell.contains([by, '"', '\n']) { format!("\"{cell}\"") } else { cell.clone() };
    let line = |cells: Vec<String>| cells.iter().map(quoted).collect::<Vec<_>>().join(&by.to_string()) + "\r\n";
    let heads = line(HEADS.iter().map(|head| (*head).to_owned()).collect());
    heads + &rows.iter().map(|row| line(cells(row))).collect::<String>()
}

fn parse(toml: &str) -> Engagement {
    Engagement::parse("kickoff.toml".as_ref(), toml).unwrap()
}

fn read_bytes(name: &str, bytes: &[u8]) -> Sheet {
    from_bytes(Path::new(name), bytes, None).unwrap()
}

fn judged(bytes: &[u8]) -> Review {
    judge(&read_bytes("review.csv", bytes), &parse(PEOPLE), occurrence("2026-Q3").as_ref(), TODAY)
}

fn with(changes: &[(usize, Row<'static>)]) -> Review {
    let mut rows = GOLD.to_vec();
    for (at, row) in changes {
        if *at < rows.len() {
            rows[*at] = *row;
        } else {
            rows.push(*row);
        }
    }
    judged(text(&rows, ',').as_bytes())
}

fn faults(review: &Review) -> Vec<(String, Fault)> {
    let rows = review.rows.iter();
    rows.flat_map(|row| row.faults.iter().map(|(fault, _)| (row.line.name.clone(), *fault))).collect()
}

fn principal(kind: &str, name: &str) -> Principal {
    let row = (kind, name, "", "", "");
    let facts = cells(&row).into_iter().enumerate().filter(|(at, _)| (4..21).contains(at));
    Principal {
        account: ACCOUNT.to_owned(),
        arn: arn(kind, name),
        name: name.to_owned(),
        created: Some(date(2025, 2, 14)),
        ways_in: vec!["console: console password".to_owned()],
        facts: facts.collect(),
        ..Principal::default()
    }
}

/// Who was there on a day: those of the sheet.
fn present(day: Date) -> Present {
    let mut present = Present { run: "RUN-1".to_owned(), day, ..Present::default() };
    present.accounts.insert(ACCOUNT.to_owned());
    present.principals = GOLD.iter().map(|(kind, name, ..)| principal(kind, name)).collect();
    present
}
