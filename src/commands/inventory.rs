//! `kickoff inventory`: every asset that a recorded run tells of.

use std::io::Write as _;
use std::sync::Arc;

use kickoff::walk::Failure;
use kickoff::walk::replay::replay;
use kickoff_evidence::Run;
use kickoff_facts::Need;
use kickoff_reports::inventory::{inventory, json, listing, population};
use kickoff_reports::listing::paragraph;

use super::given;
use crate::cli::{InventoryArgs, ListFormat};
use crate::exit::Exit;
use crate::terminal::{lists, streams};

pub(crate) fn run(arguments: &InventoryArgs) -> Result<Exit, Failure> {
    let opened = given::opened(&arguments.file)?;
    let fetched = given::fetched(&arguments.of_store, &[], &opened.file)?;
    let folder = fetched.as_ref().map(|fetched| fetched.folder.as_path()).or(arguments.replay.as_deref());
    let folder = folder.ok_or_else(|| Failure::Usage("name a run: --replay RUN, or --store STORE".to_owned()))?;
    let run = Arc::new(Run::open(folder).map_err(|error| Failure::usage(&error))?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let source = runtime.block_on(replay(&run, Need::ALL))?;
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
