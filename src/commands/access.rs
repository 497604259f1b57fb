//! `kickoff simulate`, `access` and `access-review`: questions to the policy engine.

use std::collections::HashMap;
use std::io::{BufRead as _, Write as _};

use kickoff_engagement::cells::BYTE_ORDER_MARK;
use kickoff_evidence::{count, write_private};
use kickoff_policy::access::{Access, Certainty, Hop, Reaches, Unknown, short};
use kickoff_policy::review::{Inputs, Review, Standing, StandingState, review};
use kickoff_policy::simulate::answer_line;
use kickoff_reports::{access_tables, review_tables};

use crate::cli::{AccessArgs, Format, ReviewArgs, ReviewFormat, SimulateArgs};
use crate::exit::{Exit, Failure};
use crate::terminal::streams;
use crate::walk::estate::{Asked, table};

/// Answers requests, a line each. A malformed one is answered by an error, and makes the exit status 2.
pub(crate) fn simulate(arguments: &SimulateArgs) -> Result<Exit, Failure> {
    let table = table(arguments.action_data.as_deref())?;
    let input: Box<dyn std::io::BufRead> = if arguments.file.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        let file = std::fs::File::open(&arguments.file)
            .map_err(|error| Failure::Usage(format!("{}: {error}", arguments.file.display())))?;
        Box::new(std::io::BufReader::new(file))
    };
    let mut out = std::io::BufWriter::new(streams::out());
    let mut malformed = 0_usize;
    for line in input.split(b'\n') {
        let line = line?;
        let text = String::from_utf8_lossy(&line);
        if text.trim().is_empty() {
            continue;
        }
        let (answer, decided) = answer_line(&text, table);
        malformed += usize::from(!decided);
        writeln!(out, "{answer}")?;
    }
    out.flush()?;
    if malformed > 0 {
        return Err(Failure::Usage(format!("{malformed} of the requests could not be decided: see their `error`")));
    }
    Ok(Exit::Done)
}

/// Administrators, one step away, escalation paths, outside access, log tampering.
pub(crate) fn access(arguments: &AccessArgs) -> Result<Exit, Failure> {
    let asked = Asked::of(&arguments.estate)?;
    let access = asked.access();
    if let Some(path) = &arguments.html {
        let subtitle =
            format!("{}; action list of {}", count(asked.estate.principals(), "principal"), asked.estate.action_date());
        let page = kickoff_reports::html::picture::page(&access, "Access", &subtitle);
        write_private(path, page.as_bytes()).map_err(|error| Failure::usage(&error))?;
    }
    let mut out = std::io::BufWriter::new(stdout(arguments.format == Format::Json));
    match arguments.format {
        Format::Json => {
            serde_json::to_writer(&mut out, &access).map_err(|error| Failure::usage(&error))?;
            writeln!(out)?;
        }
        Format::Table => write!(
            out,
            "{}",
            access_tables::render(
                &access,
                width(),
                console::colors_enabled(),
                most(arguments.full, access_tables::FIRST)
            )
        )?,
    }
    out.flush()?;
    Ok(asked.exit())
}

/// The access review of accounts that were analysed.
pub(crate) fn reviewed(asked: &Asked, access: &Access) -> Review {
    let standings = standings(access);
    let none = || Standing { state: StandingState::Not, why: String::new() };
    review(
        &asked.estate,
        &Inputs {
            now: &asked.now.to_string(),
            standing: &|arn| Some(standings.get(arn).cloned().unwrap_or_else(none)),
            credentials: &asked.credentials,
            // No run collects which services were used yet: the review says so of each principal.
            accessed: &HashMap::new(),
            assigned: &asked.assigned,
        },
    )
}

/// Who has which access, for the person who reviews it.
pub(crate) fn access_review(arguments: &ReviewArgs) -> Result<Exit, Failure> {
    let asked = Asked::of(&arguments.estate)?;
    let review = reviewed(&asked, &asked.access());
    let csv = || review_tables::csv(&review).map_err(|error| Failure::usage(&error));
    if let Some(path) = &arguments.csv {
        write_private(path, format!("{BYTE_ORDER_MARK}{}", csv()?).as_bytes())
            .map_err(|error| Failure::usage(&error))?;
    }
    let mut out = std::io::BufWriter::new(stdout(arguments.format == ReviewFormat::Json));
    match arguments.format {
        ReviewFormat::Json => {
            serde_json::to_writer(&mut out, &review).map_err(|error| Failure::usage(&error))?;
            writeln!(out)?;
        }
        ReviewFormat::Csv => write!(out, "{}", csv()?)?,
        ReviewFormat::Table => {
            write!(out, "{}", review_tables::render(&review, width(), most(arguments.full, review_tables::FIRST)))?
        }
    }
    out.flush()?;
    tell(&asked.unknown)?;
    Ok(asked.exit())
}

/// What the analysis says of each principal that is, or can become, an administrator.
fn standings(access: &Access) -> HashMap<&str, Standing> {
    let mut found: HashMap<&str, Standing> = HashMap::new();
    let mut put = |arn, state, why| {
        found.entry(arn).or_insert(Standing { state, why });
    };
    for arn in &access.administrators {
        put(arn.as_str(), StandingState::Administrator, "every action on every resource".to_owned());
    }
    for one in &access.conditional_administrators {
        put(&one.principal, StandingState::Conditional, format!("when {}", one.residual.join(" and ")));
    }
    for way in &access.escalations {
        let tell = |hop: &Hop| format!("{} → {}", hop.primitive, short(&hop.to));
        let steps = access.path_in_words(way, ", then ", tell);
        put(&way.from, StandingState::CanBecome, format!("{}: {steps}", way.certainty.name()));
    }
    for one in access.one_step.iter().filter(|one| one.reaches == Reaches::Administrator) {
        let sure = if one.certainty == Certainty::Certain { "certain" } else { "possible" };
        put(&one.principal, StandingState::CanBecome, format!("{sure}: {}", one.primitive));
    }
    found
}

/// Columns that the terminal has; as many as a wide page where there is none.
fn width() -> usize {
    crate::terminal::lists::width().unwrap_or(120)
}

/// Standard output, for a program or for people.
pub(crate) fn stdout(json: bool) -> streams::Stream<std::io::StdoutLock<'static>> {
    if json { streams::out() } else { streams::text() }
}

/// How many rows of a table are drawn.
fn most(full: bool, first: usize) -> usize {
    if full { usize::MAX } else { first }
}

/// Says what was not weighed.
pub(crate) fn tell(unknown: &[Unknown]) -> Result<(), Failure> {
    let mut words = streams::problems();
    for one in unknown {
        writeln!(words, "Not known: {}: {}", one.what, one.why)?;
    }
    Ok(())
}
