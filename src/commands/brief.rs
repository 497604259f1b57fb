//! `kickoff report --brief` and `kickoff inventory`: what the kick-off meeting is given.

use std::fmt;
use std::io::Write as _;
use std::sync::Arc;

use kickoff_evidence::Run;
use kickoff_facts::Need;
use kickoff_reports::brief::{BriefInput, brief, docx, pdf};
use kickoff_reports::inventory::{inventory, json, listing, population};
use kickoff_reports::listing::paragraph;

use crate::cli::{InventoryArgs, ListFormat, ReportArgs};
use crate::exit::{Exit, Failure};
use crate::terminal::fonts;
use crate::terminal::lists;
use crate::terminal::streams;
use crate::walk::opened::{Opened, save};
use crate::walk::outcomes::counted;
use crate::walk::source;

/// Writes the brief, as a document to edit and as pages to read.
pub(crate) fn report(arguments: &ReportArgs) -> Result<Exit, Failure> {
    let fonts = fonts::fonts(&arguments.font)?;
    let opened = Opened::of(&arguments.file)?;
    let (run, results) = counted(&arguments.run, &opened.file, opened.today)?.unzip();
    let registers = opened.registers(run.as_ref())?;
    let readiness = opened.readiness(&registers, run.as_ref());
    let brief = brief(&BriefInput {
        engagement: &opened.file,
        results: results.as_ref(),
        readiness: &readiness,
        documents: &registers.documents,
        requests: &registers.requests,
        findings: &registers.findings,
        risks: &registers.risks,
        today: opened.today,
    });
    let failed = |error: &dyn fmt::Display| Failure::usage(error);
    let pages = pdf(&brief, &fonts).map_err(|error| failed(&error))?;
    let text = docx(&brief).map_err(|error| failed(&error))?;
    std::fs::create_dir_all(&arguments.out)?;
    save(&arguments.out.join("kickoff-brief.docx"), &text)?;
    save(&arguments.out.join("kickoff-brief.pdf"), &pages)?;
    fonts::tell(&fonts)?;
    Ok(Exit::Done)
}

/// Every asset that a recorded run tells of.
pub(crate) fn assets(arguments: &InventoryArgs) -> Result<Exit, Failure> {
    let opened = Opened::of(&arguments.file)?;
    let run = Arc::new(Run::open(&arguments.replay).map_err(|error| Failure::usage(&error))?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let source = runtime.block_on(source::replay(&run, Need::ALL))?;
    let found = source.facts.each(|accounts| inventory(accounts, &opened.file))?;
    let listing = listing(&found, &source.numbered.ids);
    match arguments.format {
        ListFormat::Table => {
            lists::print(&lists::text(&listing))?;
            // A pipe gets rows and nothing else.
            if let Some(width) = lists::width() {
                lists::print(&format!("\n{}\n", paragraph(&population(&found), width)))?;
            }
        }
        ListFormat::Json => lists::print_json(&json(&found, &source.numbered.ids))?,
        ListFormat::Csv => lists::print(&listing.csv().map_err(|error| Failure::usage(&error))?)?,
    }
    if let Some(first) = found.incomplete.first() {
        let (more, why) = (found.incomplete.len() - 1, &first.why);
        let more = if more == 0 { String::new() } else { format!("; and {more} more, in --format json") };
        let place = format!("{} of {}", first.region, first.account);
        writeln!(streams::problems(), "The list is not complete (exit status 3): {place}: {why}{more}")?;
        return Ok(Exit::Incomplete);
    }
    Ok(Exit::Done)
}
