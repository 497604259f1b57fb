//! What a list's stdout gets: entries in a terminal, plain lines in a pipe, JSON or CSV where they are asked for.

use std::io::Write as _;
use std::path::Path;

use kickoff::walk::Failure;
use kickoff_engagement::Problem;
use kickoff_reports::listing::Listing;
use serde_json::Value;

use crate::cli::ListFormat;

/// Says in which code a file of text was read, where it does not say it itself.
pub(crate) fn tell_code(path: &Path) -> Result<(), Failure> {
    if let Some(code) = kickoff_engagement::guessed_code(path).map_err(|error| Failure::usage(&error))? {
        let file = path.display();
        writeln!(
            super::streams::words(),
            "{file}: is not UTF-8, and was read as {code}. Where letters are wrong, save it as CSV in UTF-8 and take that."
        )?;
    }
    Ok(())
}

/// Columns that the terminal has; none where stdout is no terminal.
pub(crate) fn width() -> Option<usize> {
    let terminal = console::Term::stdout();
    terminal.is_term().then(|| usize::from(terminal.size().1).max(40))
}

/// Columns that the terminal has; as many as a wide page where there is none.
pub(crate) fn width_or_wide() -> usize {
    width().unwrap_or(120)
}

/// How many rows of a table are drawn.
pub(crate) fn most(full: bool, first: usize) -> usize {
    if full { usize::MAX } else { first }
}

/// Prints a text for people, and nothing else.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    write(super::streams::text(), text)
}

fn write(mut out: impl std::io::Write, text: &str) -> Result<(), Failure> {
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Prints a value as JSON.
pub(crate) fn print_json(value: &Value) -> Result<(), Failure> {
    write(super::streams::out(), &format!("{value:#}\n"))
}

/// A list as text: entries in a terminal, lines in a pipe.
pub(crate) fn text(listing: &Listing<'_>) -> String {
    width().map_or_else(|| listing.lines(), |width| listing.entries(width))
}

/// Prints a list in the form that is asked for.
pub(crate) fn list(format: ListFormat, listing: &Listing<'_>, json: impl FnOnce() -> Value) -> Result<(), Failure> {
    match format {
        ListFormat::Table => print(&text(listing)),
        ListFormat::Json => print_json(&json()),
        ListFormat::Csv => print(&listing.csv().map_err(|error| Failure::usage(&error))?),
    }
}

/// A few of many names, and how many more there are.
pub(crate) fn some(names: &[String], most: usize) -> String {
    let shown: Vec<&str> = names.iter().take(most).map(String::as_str).collect();
    let more = names.len() - shown.len();
    if more == 0 { shown.join(", ") } else { format!("{}, and {more} more", shown.join(", ")) }
}

/// Something about kickoff.toml, with where it stands: `kickoff.toml:7: notice: ...`.
pub(crate) fn told(path: &Path, word: &str, problem: &Problem) -> String {
    let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{}{line}: {word}{problem}", path.display())
}
