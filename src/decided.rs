//! Results from facts: what a scan, a report and a verification do alike.

use std::collections::BTreeMap;
use std::path::Path;

use kickoff_checks::{Row, Selection, evaluate};
use kickoff_engagement::Engagement;
use kickoff_evidence::{EvidenceRef, Ledger};
use kickoff_facts::AccountFacts;
use kickoff_reports::exceptions::exclude;
use kickoff_reports::results::{Document, Input, day};

use crate::exit::Failure;
use crate::scan::VERSION;
use crate::source::{Source, locked};

/// What was decided.
pub(crate) struct Decided {
    pub document: Document,
    /// How many results each exception in force takes out.
    pub excluded: BTreeMap<String, usize>,
    /// The ids of failing results, by check, account, region and resource.
    pub deviations: BTreeMap<[String; 4], String>,
}

/// Decides, and numbers what deviates: the source's ledger knows the numbers afterwards.
pub(crate) fn decide(source: &mut Source, selection: &Selection, engagement: &Engagement) -> Decided {
    let today = day(&source.metadata);
    // A replay may be asked for other checks than the run was made for: what is written is what was decided.
    source.metadata.checks = selection.0.iter().map(|check| check.meta.id.to_owned()).collect();
    source.metadata.needs = selection.needs().iter().map(|need| need.name().to_owned()).collect();
    let mut rows: Vec<Row> =
        source.facts.iter().flat_map(|facts| evaluate(facts, &selection.0, &engagement.thresholds)).collect();
    let excluded = exclude(&mut rows, engagement, today);
    rows.sort_by(|a, b| a.order().cmp(&b.order()));
    let document = Document::new(&Input {
        run: &source.metadata,
        facts: &source.facts,
        rows: &rows,
        numbered: &source.numbered,
        engagement,
        selection,
        version: VERSION,
    });
    let deviations = source.ledger.deviations(today.year(), document.deviations());
    Decided { document, excluded, deviations }
}

/// Decides as [`decide`] does, with the numbers of a folder of runs: those that it has given are known, and new ones are its.
pub(crate) fn decide_in(
    runs: &Path,
    source: &mut Source,
    selection: &Selection,
    engagement: &Engagement,
) -> Result<Decided, Failure> {
    let failed = |error: kickoff_evidence::RunError| Failure::usage(&error);
    let ids = runs.join(Ledger::FILE);
    let _lock = locked(runs)?;
    let mut folder = Ledger::read(&ids).map_err(failed)?;
    source.ledger.learn(&folder);
    let decided = decide(source, selection, engagement);
    folder.learn(&source.ledger);
    folder.write(&ids).map_err(failed)?;
    Ok(decided)
}

impl Decided {
    /// The ids that the run carries: those of its own items and deviations.
    pub(crate) fn ids(&self, source: &Source) -> Ledger {
        source.ledger.part(source.numbered.items.iter().map(|(_, item)| &item.key), self.deviations.keys())
    }

    /// The text of results.json.
    pub(crate) fn json(&self) -> Result<Vec<u8>, Failure> {
        self.document.to_json().map_err(|error| Failure::usage(&error))
    }
}

/// The text of `facts/ACCOUNT.json`, in which evidence is cited by its ids.
pub(crate) fn facts_json(source: &Source, facts: &AccountFacts) -> Result<Vec<u8>, Failure> {
    EvidenceRef::cited(&source.numbered.ids, || serde_json::to_vec(facts)).map_err(|error| Failure::usage(&error))
}
