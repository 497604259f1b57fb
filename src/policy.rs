//! `kickoff simulate`, `who-can`, `access` and `access-review`: questions to the policy engine.

use std::collections::HashMap;
use std::io::{BufRead as _, Write as _};

use kickoff_engagement::cells::BYTE_ORDER_MARK;
use kickoff_evidence::{count, write_private};
use kickoff_policy::access::{Access, Certainty, Hop, Reaches, Unknown, short};
use kickoff_policy::review::{Inputs, Review, Standing, StandingState, review};
use kickoff_policy::simulate::answer_line;
use kickoff_reports::{access_tables, review_tables};

use crate::cli::{AccessArgs, Format, ReviewArgs, ReviewFormat, SimulateArgs, WhoCanArgs};
use crate::estate::{Asked, table};
use crate::exit::{Exit, Failure};
use crate::{returned, streams};

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

/// Who is able to do an action, decided by which statement.
pub(crate) fn who_can(arguments: &WhoCanArgs) -> Result<Exit, Failure> {
    let mut asked = Asked::of(&arguments.estate)?;
    let resource = arguments.resource.as_deref().unwrap_or("*");
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    let is_arn =
        matches!(parts[..], ["arn", partition, service, _, _, rest] if ![partition, service, rest].contains(&""));
    if resource != "*" && !is_arn {
        return Err(Failure::Usage(format!(
            "{resource:?} is neither an ARN (arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE) nor *"
        )));
    }
    let mut found = asked.estate.who_can(&arguments.action, resource).map_err(Failure::Usage)?;
    found.unknown.append(&mut asked.unknown);
    let mut out = std::io::BufWriter::new(stdout(arguments.format == Format::Json));
    match arguments.format {
        Format::Json => {
            let value = serde_json::json!({
                "action": arguments.action,
                "resource": resource,
                "principals": found.principals,
                "outside": found.outside,
                "blocked": found.blocked,
                "refused": found.refused,
                "unknown": found.unknown,
            });
            writeln!(out, "{value:#}")?;
        }
        Format::Table => {
            let sure = found.principals.iter().filter(|h| h.certain).count();
            writeln!(
                out,
                "{} on {resource}: {sure} certainly, {} under conditions, of {}",
                arguments.action,
                found.principals.len() - sure,
                count(asked.estate.principals(), "principal")
            )?;
            if let Some(why) = &found.refused {
                writeln!(out, "refused   {why}")?;
            }
            for holder in &found.principals {
                let word = if holder.certain { "certain " } else { "possible" };
                let by: Vec<String> = holder.evidence.iter().map(ToString::to_string).collect();
                writeln!(out, "{word}  {}\n          {}", holder.principal, by.join("; "))?;
                let open =
                    holder.open.iter().map(|e| format!("against it: {e}")).chain(holder.conditions.iter().cloned());
                for line in open {
                    writeln!(out, "          {line}")?;
                }
            }
            for party in &found.outside {
                let by: Vec<String> = party.evidence.iter().map(ToString::to_string).collect();
                let guard = if party.conditions.is_empty() {
                    "no condition".to_owned()
                } else {
                    format!("if {}", party.conditions.join(" and "))
                };
                writeln!(out, "outside   {} ({})\n          {}; {guard}", party.who, party.kind.name(), by.join("; "))?;
            }
            for one in &found.blocked {
                writeln!(out, "kept out  {}\n          by {}", one.principal, one.by)?;
            }
        }
    }
    out.flush()?;
    if let Format::Table = arguments.format {
        tell(&found.unknown)?;
    }
    Ok(asked.exit())
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
    if let Some(sheet) = &arguments.back.returned {
        return returned::run(arguments, sheet);
    }
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
    crate::lists::width().unwrap_or(120)
}

/// Standard output, for a program or for people.
fn stdout(json: bool) -> streams::Stream<std::io::StdoutLock<'static>> {
    if json { streams::out() } else { streams::text() }
}

/// How many rows of a table are drawn.
fn most(full: bool, first: usize) -> usize {
    if full { usize::MAX } else { first }
}

pub(crate) fn tell(unknown: &[Unknown]) -> Result<(), Failure> {
    let mut words = streams::problems();
    for one in unknown {
        writeln!(words, "Not known: {}: {}", one.what, one.why)?;
    }
    Ok(())
}
