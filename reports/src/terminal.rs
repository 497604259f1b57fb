//! The terminal: tables for a person, plain lines for a pipe.

use std::io::{self, Write};

use kickoff_checks::Status;
use tabled::builder::Builder;
use tabled::settings::object::Rows;
use tabled::settings::peaker::Priority;
use tabled::settings::{Modify, Style, Width, style::HorizontalLine};

use crate::results::Document;
use crate::summary::{OfCheck, by_check, by_status};

/// How to draw.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// Columns; none for a pipe, which gets plain lines.
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
        None => lines(document, to),
    }
}

/// One tab-separated line a result, with a header.
fn lines(document: &Document, to: &mut dyn Write) -> io::Result<()> {
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
        let fields: Vec<String> = fields.iter().map(|field| field.replace(['\t', '\n', '\r'], " ")).collect();
        writeln!(to, "{}", fields.join("\t"))?;
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
    let mut criteria = Builder::default();
    criteria.push_record(["criterion", "about", "coverage", "pass", "fail", "not evaluated", "other"]);
    let (with, without): (Vec<_>, Vec<_>) =
        document.criteria.iter().partition(|criterion| !criterion.checks.is_empty());
    for criterion in &with {
        let count = |status: Status| criterion.counts.get(status.name()).copied().unwrap_or_default();
        let decided = count(Status::Pass) + count(Status::Fail) + count(Status::NotEvaluated);
        let other = criterion.counts.values().sum::<u64>() - decided;
        let fail = count(Status::Fail);
        let number = |n: u64| if n == 0 { String::from("·") } else { n.to_string() };
        criteria.push_record([
            criterion.id.clone(),
            criterion.name.clone(),
            criterion.coverage.clone(),
            number(count(Status::Pass)),
            if fail > 0 { paint(&fail.to_string(), "31", colour) } else { number(0) },
            number(count(Status::NotEvaluated)),
            number(other),
        ]);
    }
    writeln!(to, "{}", draw(criteria, width))?;
    let by_class = |class: &str| without.iter().filter(|criterion| criterion.coverage == class).count();
    writeln!(
        to,
        "The other {} of 61 criteria: {} need documents and people, {} were not tested, {} are not in scope.\n",
        without.len(),
        by_class("manual"),
        by_class("not-tested"),
        by_class("not-in-scope")
    )?;

    let failing: Vec<OfCheck<'_>> = by_check(document).into_iter().filter(|c| c.count(Status::Fail) > 0).collect();
    if !failing.is_empty() {
        let mut table = Builder::default();
        table.push_record(["severity", "what fails", "where", "evidence", "what to do"]);
        for group in failing.iter().take(DRAWN) {
            let meta = group.check.meta;
            let fails: Vec<_> = group.rows.iter().filter(|row| row.status == Status::Fail.name()).collect();
            let mut places: Vec<String> = fails.iter().take(3).map(|row| short(&row.resource).to_owned()).collect();
            if fails.len() > 3 {
                places.push(format!("and {} more", fails.len() - 3));
            }
            let mut evidence: Vec<&str> =
                fails.iter().flat_map(|row| row.evidence.iter().map(String::as_str)).collect();
            evidence.sort_unstable();
            evidence.dedup();
            let more = if evidence.len() > 3 { format!(" +{}", evidence.len() - 3) } else { String::new() };
            evidence.truncate(3);
            let severe = matches!(meta.severity, kickoff_checks::Severity::Critical | kickoff_checks::Severity::High);
            table.push_record([
                if severe { paint(meta.severity.name(), "31", colour) } else { meta.severity.name().to_owned() },
                format!("{}\n{}", meta.title, meta.id),
                format!("{} of {}: {}", fails.len(), group.rows.len(), places.join(", ")),
                format!("{}{more}", evidence.join(" ")),
                meta.fix.to_owned(),
            ]);
        }
        writeln!(to, "{}", draw(table, width))?;
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
    writeln!(to, "{} results: {}", document.results.len(), tallies.join(", "))
}

/// The telling end of an ARN: `user/ann` of `arn:aws:iam::111122223333:user/ann`.
fn short(resource: &str) -> &str {
    if resource.starts_with("arn:") { resource.splitn(6, ':').nth(5).unwrap_or(resource) } else { resource }
}

fn draw(builder: Builder, width: usize) -> String {
    let mut table = builder.build();
    let line = HorizontalLine::inherit(Style::modern());
    table
        .with(Style::modern().remove_horizontals().horizontals([(1, line)]))
        .with(Modify::new(Rows::first()).with(tabled::settings::Alignment::left()))
        .with(Width::wrap(width).priority(Priority::max(true)).keep_words(true));
    table.to_string()
}
