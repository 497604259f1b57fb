//! `kickoff access-review --returned`: a sheet that came back filled in, held against the people of kickoff.toml, the time that it
//! is for, and a run.

use std::io::Write as _;
use std::path::Path;

use kickoff::walk::Failure;
use kickoff::walk::opened::Opened;
use kickoff::walk::outcomes;
use kickoff::walk::review::reviewed;
use kickoff_engagement::access_review::{
    self, Counted, Decision, Entry, FollowUp, JudgedRow, Occurrence, Part, Present, Review, Sheet, Totals, follow,
    of_run, of_sheet, totals,
};
use kickoff_engagement::{Engagement, files};
use kickoff_evidence::Run;
use kickoff_reports::listing::{Column, Listing, Place};
use kickoff_reports::{present, review_tables};
use serde_json::{Value, json};

use crate::cli::{EstateArgs, FileArgs, OfStoreArgs, ReturnedArgs, ReviewArgs, ReviewFormat};
use crate::commands::given;
use crate::exit::Exit;
use crate::terminal::files::save;
use crate::terminal::{lists, shortfalls, streams};

const COLUMNS: &[Column] = &[
    ("row", Place::Column),
    ("account", Place::Column),
    ("arn", Place::Rest),
    ("name", Place::Under),
    ("decision", Place::Column),
    ("how", Place::Under),
    ("reviewer", Place::Under),
    ("decided", Place::Column),
    ("wrong", Place::Under),
    ("became", Place::Under),
    ("why", Place::Under),
];

/// At most so many lines of a part are drawn, unless all are asked for.
const DRAWN: usize = 20;

/// What a run says of the sheet.
struct Held {
    totals: Totals,
    follow: Vec<FollowUp>,
    exit: Exit,
}

pub(crate) fn run(arguments: &ReviewArgs, path: &Path) -> Result<Exit, Failure> {
    let back = &arguments.back;
    if arguments.csv.is_some() {
        return Err(Failure::Usage(
            "--csv writes an empty sheet, --returned reads a full one: one at a time".to_owned(),
        ));
    }
    let opened = given::opened(&FileArgs { config: arguments.estate.config.clone(), today: back.today })?;
    let bytes = access_review::bytes(path).map_err(|error| Failure::usage(&error))?;
    let dates = back.dates.map(Into::into);
    let sheet = access_review::from_bytes(path, &bytes, dates).map_err(|error| Failure::usage(&error))?;
    lists::tell_code(path)?;
    let of = occurrence(back, &opened, &sheet)?;
    let review = access_review::judge(&sheet, &opened.file, of.as_ref(), opened.today);
    if let Some(day) = &review.open_day {
        let what = "say which it is: --dates day-first, or --dates month-first";
        return Err(Failure::Usage(format!("{}: {day}, and its other days do not tell; {what}", path.display())));
    }
    let held = against(arguments, &review)?;
    if back.write {
        let of = of.as_ref().map(|of| of.name.clone()).ok_or_else(|| {
            Failure::Usage(
                "no row says of which day it is (As of): say what it is for, --occurrence 2026-Q3".to_owned(),
            )
        })?;
        let counted = held.as_ref().map(|held| Counted::of(&held.totals, &back.accounts));
        enter(&opened, path, &bytes, back, (of, counted))?;
    }
    match arguments.format {
        ReviewFormat::Json => lists::print_json(&describe(&review, of.as_ref(), &bytes, held.as_ref()))?,
        ReviewFormat::Csv => {
            let rows = review.rows.iter().map(|row| cells(row, held.as_ref())).collect();
            let listing = Listing { columns: COLUMNS, rows };
            lists::print(&listing.csv().map_err(|error| Failure::usage(&error))?)?;
        }
        ReviewFormat::Table => {
            let mut parts = of_sheet(&review, &opened.file, of.as_ref());
            match &held {
                Some(held) => parts.extend(of_run(&held.totals, &held.follow)),
                None => parts.push(Part {
                    head: "Against the run".to_owned(),
                    lines: vec![
                        "there is none: --replay RUN names the run that shows what was revoked is gone".to_owned(),
                    ],
                }),
            }
            let most = if arguments.full || lists::width().is_none() { usize::MAX } else { DRAWN };
            lists::print(&review_tables::parts(&parts, lists::width(), most))?;
        }
    }
    Ok(held.map_or(Exit::Done, |held| held.exit))
}

/// What the review is for: what is said, or the quarter of the day that its list was made on.
fn occurrence(back: &ReturnedArgs, opened: &Opened, sheet: &Sheet) -> Result<Option<Occurrence>, Failure> {
    let Some(name) = &back.occurrence else {
        return Ok(sheet.as_of.map(|day| access_review::occurrence_of(&opened.file, day)));
    };
    let found = access_review::occurrence(name).ok_or_else(|| {
        Failure::Usage(format!(
            "--occurrence {name} names no time: write 2026-Q3, 2026-08, 2026-H2, 2026-W31, or 2026 for a whole year"
        ))
    })?;
    Ok(Some(found))
}

/// Enters the review in kickoff.toml.
fn enter(
    opened: &Opened,
    path: &Path,
    bytes: &[u8],
    back: &ReturnedArgs,
    (occurrence, counted): (String, Option<Counted>),
) -> Result<(), Failure> {
    let entry = Entry {
        occurrence,
        file: opened.below(path)?,
        sha256: files::digest(bytes),
        accounts: back.accounts.clone(),
        dates: back.dates.map(Into::into),
        counted,
    };
    let text = opened.text()?;
    match access_review::append(opened.path(), &text, &entry).map_err(|error| Failure::usage(&error))? {
        Some(longer) => {
            writeln!(streams::words(), "Added:   the access review of {}, {}", entry.occurrence, entry.file)?;
            save(opened.path(), longer.as_bytes())
        }
        None => {
            let what = format!("Nothing to add to {}: it has this review", opened.path().display());
            writeln!(streams::words(), "{what}")?;
            Ok(())
        }
    }
}

/// Holds the sheet against the run that is named, or the newest one; and counts it against the run that it was written from,
/// where that is named.
fn against(arguments: &ReviewArgs, review: &Review) -> Result<Option<Held>, Failure> {
    let (estate, back) = (&arguments.estate, &arguments.back);
    let fetched = given::fetched(&estate.of_store, &[], &Engagement::default())?;
    // It is fetched once, and read as a folder from here on.
    let replay = fetched.as_ref().map(|fetched| fetched.folder.clone()).or_else(|| estate.replay.clone());
    let estate = &EstateArgs { replay, of_store: OfStoreArgs::default(), ..estate.clone() };
    let newest = match (&estate.replay, estate.authorization_details.is_empty()) {
        (None, true) => outcomes::newest_run(&back.runs)?,
        _ => estate.replay.clone(),
    };
    if newest.is_none() && estate.authorization_details.is_empty() {
        return Ok(None);
    }
    let (later, exit) = who(&EstateArgs { replay: newest, ..estate.clone() })?;
    let counted = match &back.sheet_run {
        Some(run) => {
            let own = EstateArgs { replay: Some(run.clone()), authorization_details: Vec::new(), ..estate.clone() };
            totals(review, &who(&own)?.0)
        }
        None => totals(review, &later),
    };
    Ok(Some(Held { totals: counted, follow: follow(review, &later), exit }))
}

/// Who is there, by the accounts that are named; stderr is told what is not known.
fn who(estate: &EstateArgs) -> Result<(Present, Exit), Failure> {
    let asked = given::asked(estate)?;
    let id = match &estate.replay {
        Some(path) => Run::open(path).map_err(|error| Failure::usage(&error))?.metadata.id.clone(),
        None => "the authorization details".to_owned(),
    };
    shortfalls::not_known(&asked.unknown)?;
    let mut present = present::of_review(&reviewed(&asked, &asked.access()), &id);
    // Of an account that could not be read whole nobody is known to be gone.
    present.accounts.retain(|account| !asked.unknown.iter().any(|one| one.what.contains(account.as_str())));
    Ok((present, Exit::of_answers(asked.whole())))
}

fn how(decision: &Decision) -> &str {
    match decision {
        Decision::Change(Some(how)) => how,
        _ => "",
    }
}

fn wrong(row: &JudgedRow) -> Vec<String> {
    row.faults.iter().map(|(fault, what)| format!("{}: {what}", fault.words())).collect()
}

/// What became of a row, where it takes something away.
fn became<'a>(row: &JudgedRow, held: Option<&'a Held>) -> Option<&'a FollowUp> {
    let follow = &held?.follow;
    follow.iter().find(|one| one.arn == row.line.arn && one.name == row.label)
}

fn cells(row: &JudgedRow, held: Option<&Held>) -> Vec<String> {
    let line = &row.line;
    let followed = became(row, held);
    vec![
        line.number.to_string(),
        line.account.clone(),
        line.arn.clone(),
        line.name.clone(),
        row.decision.as_ref().map_or(String::new(), |decision| decision.name().to_owned()),
        row.decision.as_ref().map_or("", how).to_owned(),
        line.reviewer.clone(),
        row.day.map(|day| day.to_string()).unwrap_or_default(),
        wrong(row).join("; "),
        followed.map_or("", |one| one.became.name()).to_owned(),
        followed.map_or("", |one| one.became.why()).to_owned(),
    ]
}

fn describe(review: &Review, of: Option<&Occurrence>, bytes: &[u8], held: Option<&Held>) -> Value {
    let rows = review.rows.iter().map(|row| {
        let faults = row.faults.iter().map(|(fault, what)| json!({ "fault": fault.name(), "what": what }));
        let followed = became(row, held);
        json!({
            "row": row.line.number,
            "sheet": row.line.sheet,
            "account": row.line.account,
            "arn": row.line.arn,
            "name": row.line.name,
            "as_written": row.line.decision,
            "decision": row.decision.as_ref().map(Decision::name),
            "how": row.decision.as_ref().map(how).filter(|how| !how.is_empty()),
            "reviewer": row.line.reviewer,
            "decided": row.day,
            "faults": faults.collect::<Vec<_>>(),
            "became": followed.map(|one| one.became.name()),
            "why": followed.map(|one| one.became.why()),
            "days": followed.and_then(|one| one.days),
        })
    });
    let reviewers =
        review.reviewers.iter().map(|one| json!({ "name": one.name, "person": one.person, "rows": one.rows }));
    json!({
        "occurrence": of.map(|of| &of.name),
        "sha256": files::digest(bytes),
        "as_of": review.as_of,
        "rows": review.all,
        "principals": review.rows.len(),
        "accounts": review.accounts,
        "decided": review.decided(),
        "keep": review.decided_to("keep"),
        "revoke": review.decided_to("revoke"),
        "change": review.decided_to("change"),
        "undecided": review.rows.len() - review.decided(),
        "reviewers": reviewers.collect::<Vec<_>>(),
        "told": review.told,
        "findings": review.findings().into_iter().map(|(status, what)| json!({ "status": status.name(), "what": what })).collect::<Vec<_>>(),
        "run": held.map(|held| counted(&held.totals)),
        "decisions": rows.collect::<Vec<_>>(),
    })
}

fn counted(totals: &Totals) -> Value {
    let altered = totals.altered.as_ref().map(|altered| {
        altered.iter().map(|(name, heads)| json!({ "name": name, "columns": heads })).collect::<Vec<_>>()
    });
    let accounts =
        totals.accounts_left.iter().map(|(account, count)| json!({ "account": account, "principals": count }));
    json!({
        "id": totals.run,
        "day": totals.day,
        "of_the_day_of_the_list": totals.same_day,
        "principals": totals.principals,
        "in_the_sheet": totals.found,
        "left_out": totals.left_out,
        "new_since": totals.new_since,
        "not_in_the_sheet_age_unknown": totals.unknown_age,
        "not_in_the_run": totals.not_in_run,
        "accounts_without_a_row": accounts.collect::<Vec<_>>(),
        "altered": altered,
    })
}
