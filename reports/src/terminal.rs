//! The terminal: tables for a person, plain lines for a pipe.

use std::io::{self, Write};

use kickoff_checks::{Severity, Status};
use kickoff_evidence::count;
use tabled::builder::Builder;
use tabled::settings::Style;

use crate::drawing::clean;
use crate::results::{Document, Text};
use crate::summary::{OfCheck, by_check, by_status};

/// How to draw.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// Columns; none for a pipe, which gets plain lines of the same.
    pub width: Option<usize>,
    /// Whether colours are wanted.
    pub colour: bool,
}

/// At most so many failing checks are drawn; the report has them all.
const DRAWN: usize = 40;

/// Prints the outcome of a scan.
///
/// # Errors
/// The stream is closed.
pub fn print(document: &Document, screen: Screen, to: &mut dyn Write) -> io::Result<()> {
    match screen.width {
        Some(width) => tables(document, width, screen.colour, to),
        None => summary(document, to),
    }
}

/// What fails, a tab-separated line a check with a header, and how many results there are of each status.
fn summary(document: &Document, to: &mut dyn Write) -> io::Result<()> {
    writeln!(to, "severity\tcheck\tfails\tof\twhat fails\twhere\tevidence\twhat to do")?;
    for group in by_check(document).iter().filter(|group| group.count(Status::Fail) > 0) {
        let failure = Failure::of(group);
        let (fails, of) = (failure.fails.to_string(), failure.of.to_string());
        let fields = [
            failure.severity.name(),
            failure.id,
            &fails,
            &of,
            failure.title,
            &failure.places.join(", "),
            &failure.evidence,
            failure.fix,
        ];
        writeln!(to, "{}", fields.map(field).join("\t"))?;
    }
    let tallies = by_status(document).into_iter().filter(|(_, count)| *count > 0);
    let tallies: Vec<String> = tallies.map(|(status, count)| format!("{count} {status}")).collect();
    writeln!(to, "{}: {}", count(document.results.len(), "result"), tallies.join(", "))
}

/// A field of a line: on one line, in one field, and without what steers the terminal that it may end in.
fn field(text: &str) -> String {
    clean(&text.replace(['\t', '\n', '\r'], " "))
}

/// Every result, a tab-separated line each with a header.
///
/// # Errors
/// The stream fails.
pub fn lines(document: &Document, to: &mut dyn Write) -> io::Result<()> {
    writeln!(to, "status\tseverity\tcheck\taccount\tregion\tresource\tobserved\treason\tevidence")?;
    for row in &document.results {
        let fields = [
            row.status.as_str(),
            &row.severity,
            &row.check,
            &row.account,
            &row.region,
            &row.resource,
            &row.observed,
            row.reason.as_deref().unwrap_or_default(),
            &row.evidence.join(" "),
        ];
        writeln!(to, "{}", fields.map(field).join("\t"))?;
    }
    Ok(())
}

fn paint(text: &str, code: &str, colour: bool) -> String {
    if colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

fn colour_of(status: Status) -> &'static str {
    match status {
        Status::Pass => "32",
        Status::Fail => "31",
        Status::NotEvaluated => "33",
        Status::Manual => "35",
        _ => "90",
    }
}

fn tables(document: &Document, width: usize, colour: bool, to: &mut dyn Write) -> io::Result<()> {
    criteria(document, width, colour, to)?;
    let failing: Vec<OfCheck<'_>> = by_check(document).into_iter().filter(|c| c.count(Status::Fail) > 0).collect();
    if !failing.is_empty() {
        let shown: Vec<Failure> = failing.iter().take(DRAWN).map(Failure::of).collect();
        if width < NARROW {
            stacked(&shown, width, colour, to)?
        } else {
            drawn(&shown, width, colour, to)?
        }
        if failing.len() > DRAWN {
            writeln!(to, "{} more failing checks stand in the report.", failing.len() - DRAWN)?;
        }
        writeln!(to)?;
    }
    let tallies: Vec<String> = by_status(document)
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(status, count)| paint(&format!("{count} {status}"), colour_of(status), colour))
        .collect();
    writeln!(to, "{}: {}", count(document.results.len(), "result"), tallies.join(", "))
}

/// The criteria that some check informs; of the others, how many there are of each kind.
fn criteria(document: &Document, width: usize, colour: bool, to: &mut dyn Write) -> io::Result<()> {
    /// Everything but the column that gives way: borders and the other columns.
    const FIXED: usize = 60;
    let mut table = Builder::default();
    table.push_record(["criterion", "about", "coverage", "pass", "fail", "open", "other"]);
    let (with, without): (Vec<_>, Vec<_>) =
        document.criteria.iter().partition(|criterion| !criterion.checks.is_empty());
    for criterion in &with {
        let count = |status: Status| criterion.counts.get(status.name()).copied().unwrap_or_default();
        let (pass, fail, open) = (count(Status::Pass), count(Status::Fail), count(Status::NotEvaluated));
        let other = criterion.counts.values().sum::<u64>() - pass - fail - open;
        let number = |n: u64| if n == 0 { String::from("·") } else { n.to_string() };
        table.push_record([
            criterion.id.clone(),
            if width < NARROW {
                clipped(&criterion.name, width - FIXED.min(width))
            } else {
                wrap(&criterion.name, width - FIXED)
            },
            criterion.coverage.clone(),
            number(pass),
            if fail > 0 { paint(&fail.to_string(), "31", colour) } else { number(0) },
            if open > 0 { paint(&open.to_string(), "33", colour) } else { number(0) },
            number(other),
        ]);
    }
    writeln!(to, "{}", table.build().with(Style::rounded()))?;
    let of_class = |class: &str| without.iter().filter(|criterion| criterion.coverage == class).count();
    let rest = format!(
        "The other {} of 61 criteria: {} for documents and people, {} not tested, {} not in scope. Open: not evaluated, because something could not be read.",
        without.len(),
        of_class("manual"),
        of_class("not-tested"),
        of_class("not-in-scope")
    );
    writeln!(to, "{}\n", textwrap::fill(&rest, width))
}

/// Narrower than this a table of five columns cannot be read.
const NARROW: usize = 100;

/// A failing check, in words.
struct Failure {
    severity: Severity,
    title: &'static str,
    id: &'static str,
    fails: usize,
    of: usize,
    /// Some of the resources that fail, and how many more do.
    places: Vec<String>,
    evidence: String,
    fix: &'static str,
}

impl Failure {
    fn of(group: &OfCheck<'_>) -> Self {
        let fails: Vec<_> = group.rows.iter().filter(|row| row.status == Status::Fail.name()).collect();
        let mut places: Vec<String> = fails.iter().take(3).map(|row| clean(short(&row.resource))).collect();
        if fails.len() > 3 {
            places.push(format!("and {} more", fails.len() - 3));
        }
        let mut evidence: Vec<&str> = fails.iter().flat_map(|row| row.evidence.iter().map(Text::as_str)).collect();
        evidence.sort_unstable();
        evidence.dedup();
        let more = if evidence.len() > 3 { format!(" +{}", evidence.len() - 3) } else { String::new() };
        evidence.truncate(3);
        let meta = group.check.meta;
        Self {
            severity: meta.severity,
            title: meta.title,
            id: meta.id,
            fails: fails.len(),
            of: group.rows.len(),
            places,
            evidence: format!("{}{more}", evidence.join(" ")),
            fix: meta.fix,
        }
    }

    fn places(&self) -> String {
        format!("{} of {}: {}", self.fails, self.of, self.places.join(", "))
    }

    fn painted(&self, colour: bool) -> String {
        let severe = matches!(self.severity, Severity::Critical | Severity::High);
        if severe { paint(self.severity.name(), "31", colour) } else { self.severity.name().to_owned() }
    }
}

fn drawn(failures: &[Failure], width: usize, colour: bool, to: &mut dyn Write) -> io::Result<()> {
    /// Borders, the severity and the evidence.
    const FIXED: usize = 16 + 8 + 14;
    let room = width.saturating_sub(FIXED);
    let (what, place) = (room * 30 / 100, room * 34 / 100);
    let mut table = Builder::default();
    table.push_record(["severity", "what fails", "where", "evidence", "what to do"]);
    for failure in failures {
        table.push_record([
            failure.painted(colour),
            format!("{}\n{}", wrap(failure.title, what), wrap(failure.id, what)),
            wrap(&failure.places(), place),
            wrap(&failure.evidence, 14),
            wrap(failure.fix, room - what - place),
        ]);
    }
    writeln!(to, "{}", table.build().with(Style::modern_rounded()))
}

fn stacked(failures: &[Failure], width: usize, colour: bool, to: &mut dyn Write) -> io::Result<()> {
    // Names and ids stay whole where they fit on a line.
    let whole = textwrap::Options::new(width)
        .initial_indent("  ")
        .subsequent_indent("  ")
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let indented = |text: &str| textwrap::fill(text, &whole);
    for failure in failures {
        writeln!(to, "{} {}", failure.painted(colour), failure.title)?;
        writeln!(to, "{}", indented(&format!("{} · {} · {}", failure.id, failure.places(), failure.evidence)))?;
        writeln!(to, "{}\n", indented(&format!("→ {}", failure.fix)))?;
    }
    Ok(())
}

/// One line of a text, with a sign where it was cut.
fn clipped(text: &str, width: usize) -> String {
    let width = width.max(10);
    if text.chars().count() <= width { text.to_owned() } else { text.chars().take(width - 1).chain(['…']).collect() }
}

fn wrap(text: &str, width: usize) -> String {
    textwrap::fill(text, width.max(10))
}

/// The telling end of an ARN: `user/ann` of `arn:aws:iam::111122223333:user/ann`.
fn short(resource: &str) -> &str {
    if resource.starts_with("arn:") { resource.splitn(6, ':').nth(5).unwrap_or(resource) } else { resource }
}
