//! Results from facts: what a scan, a report and a verification do alike.

use std::collections::BTreeMap;
use std::path::Path;

use kickoff_checks::Selection;
use kickoff_engagement::Engagement;
use kickoff_evidence::{Ledger, RunWriter};
use kickoff_reports::results::{Document, Draft, Input, day};

use super::failure::Failure;
use super::news::Listener;
use super::source::{Source, locked};
use super::version::VERSION;

/// What was decided.
pub struct Decided {
    /// The results.
    pub document: Document,
    /// How many results each exception in force takes out.
    pub excluded: BTreeMap<String, usize>,
    /// The ids of failing results, by check, account, region and resource.
    pub deviations: BTreeMap<[String; 4], String>,
    /// The ids that the run carries: those of its own items and deviations.
    pub ids: Ledger,
}

/// Decides, and numbers what deviates: the source's ledger knows the numbers afterwards. Its items are the document's then.
pub fn decide(source: &mut Source, selection: &Selection, engagement: &Engagement) -> Result<Decided, Failure> {
    // A replay may be asked for other checks than the run was made for: what is written is what was decided.
    source.metadata.checks = selection.0.iter().map(|check| check.meta.id.to_owned()).collect();
    let needs = selection.needs_in(&source.metadata.needs);
    source.metadata.needs = needs.iter().map(|need| need.name().to_owned()).collect();
    let mut draft = Draft::new(Input {
        run: &source.metadata,
        numbered: &source.numbered,
        engagement,
        selection,
        version: VERSION,
    });
    let others = source.facts.neighbours()?;
    source.facts.each(|accounts| accounts.for_each(|facts| draft.add(&facts, &others)))?;
    let (document, excluded) = draft.finish();
    let deviations = source.ledger.deviations(day(&source.metadata).year(), document.deviations());
    let items = std::mem::take(&mut source.numbered.items);
    let ids = source.ledger.part(items.iter().map(|(_, item)| &item.key), deviations.keys());
    Ok(Decided { document, excluded, deviations, ids })
}

/// Decides as [`decide`] does, with the numbers of a folder of runs: those that it has given are known, and new ones are its.
pub fn decide_in(
    runs: &Path,
    source: &mut Source,
    selection: &Selection,
    engagement: &Engagement,
    listener: &dyn Listener,
) -> Result<Decided, Failure> {
    let failed = |error: kickoff_evidence::RunError| Failure::usage(&error);
    let ids = runs.join(Ledger::FILE);
    let _lock = locked(runs, listener)?;
    let mut folder = Ledger::read(&ids).map_err(failed)?;
    source.ledger.learn(&folder);
    let decided = decide(source, selection, engagement)?;
    folder.learn(&source.ledger);
    folder.write(&ids).map_err(failed)?;
    Ok(decided)
}

/// Writes what was decided into a run that is being written: facts, results, and the ids that it carries.
pub fn write_decided(writer: &RunWriter, source: &Source, decided: &Decided) -> Result<(), Failure> {
    let failed = |error: kickoff_evidence::RunError| Failure::usage(&error);
    for text in source.facts.texts(&source.numbered) {
        let (account, text) = text?;
        writer.write(&format!("facts/{account}.json"), &text).map_err(failed)?;
    }
    writer.write("results.json", &decided.json()?).map_err(failed)?;
    writer.write(Ledger::FILE, &decided.ids.to_json()).map_err(failed)
}

impl Decided {
    /// The text of results.json.
    pub fn json(&self) -> Result<Vec<u8>, Failure> {
        self.document.to_json().map_err(|error| Failure::usage(&error))
    }
}
