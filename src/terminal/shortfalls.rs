//! What a run does not show, in words on stderr: what could not be read, what was not asked, who answered in place of AWS.

use std::io::{self, Write as _};

use kickoff_engagement::Engagement;
use kickoff_policy::access::Unknown;
use kickoff_reports::outcomes::not_asked;
use kickoff_reports::paper::printable;
use kickoff_reports::results::Document;

use super::streams;

/// At most so many lines of a kind; the report has them all.
const SHOWN: usize = 10;

/// Says what a run does not show; nothing where it shows everything.
pub(crate) fn tell(document: &Document, engagement: &Engagement) -> io::Result<()> {
    let mut words = streams::problems();
    let shortfalls = document.shortfalls();
    if !shortfalls.is_empty() {
        writeln!(words, "Coverage is incomplete; what depends on it is not-evaluated (exit status 3):")?;
        for line in shortfalls.iter().take(SHOWN) {
            writeln!(words, "  {}", printable(line))?;
        }
        if shortfalls.len() > SHOWN {
            writeln!(words, "  and {} more, in the report", shortfalls.len() - SHOWN)?;
        }
    }
    let not_asked = not_asked(document, engagement).lines();
    for line in not_asked.iter().take(SHOWN) {
        writeln!(words, "Not asked: {}", printable(line))?;
    }
    if not_asked.len() > SHOWN {
        writeln!(words, "Not asked: and {} more, in the report", not_asked.len() - SHOWN)?;
    }
    if !document.run.foreign_endpoints.is_empty() {
        writeln!(words, "Not AWS: these answers came from {}.", document.run.foreign_endpoints.join(", "))?;
    }
    for line in &document.run.route {
        writeln!(words, "{line}")?;
    }
    Ok(())
}

/// Says what was not weighed.
pub(crate) fn not_known(unknown: &[Unknown]) -> io::Result<()> {
    let mut words = streams::problems();
    for one in unknown {
        writeln!(words, "Not known: {}: {}", one.what, one.why)?;
    }
    Ok(())
}
