//! The law: every run that a test makes is decided again from what it stored and comes out equal, and every package that a
//! test makes verifies.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use kickoff_aws::{Replay, RequestedRegions, Session, Shared, collect};
use kickoff_evidence::package::Package;
use kickoff_evidence::{EvidenceRef, Ledger, Numbered, Register, Run, RunMetadata, RunState};
use kickoff_facts::{AccountFacts, Need};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{kickoff, outcome};

/// What was collected, as it is written: evidence is cited by its ids, and each item stands with its exchanges.
pub fn written(facts: &AccountFacts, numbered: &Numbered) -> Value {
    let items: Vec<String> = numbered.items.iter().map(|(id, item)| format!("{id} {item:?}")).collect();
    // The handles in reasons are numbers of a process, and differ.
    let items: Vec<String> = items.iter().map(|text| without_handles(text)).collect();
    json!({ "facts": EvidenceRef::cited(&numbered.ids, || serde_json::to_value(facts).unwrap()), "items": items })
}

fn without_handles(text: &str) -> String {
    let mut parts = text.split("EvidenceRef(");
    let mut rest = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        rest.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    rest
}

/// A run of one account as the collection left it, without facts and results.
pub struct Collection<'a> {
    pub folder: &'a Path,
    pub metadata: &'a RunMetadata,
    pub state: RunState,
    pub needs: &'a [Need],
}

impl Collection<'_> {
    /// Collects again from what was stored.
    pub fn again(&self, facts: &AccountFacts) -> Value {
        let metadata = RunMetadata { accounts: vec![facts.record()], state: self.state, ..self.metadata.clone() };
        let started = metadata.started;
        let run = Arc::new(Run::unsealed(self.folder, metadata).unwrap());
        let register = Arc::new(Register::default());
        let shared = Shared {
            register: Arc::clone(&register),
            cancel: CancellationToken::new(),
            places: Arc::new(Semaphore::new(64)),
            observer: Arc::new(|_| {}),
            started,
        };
        let client = Replay::new(run).into_client();
        let session = Session::offline(&facts.account, &facts.caller, &facts.home_region, client, shared);
        let regions = RequestedRegions::Recorded {
            enabled: facts.regions.keys().cloned().collect(),
            disabled: facts.disabled_regions.clone(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let again = runtime.block_on(collect(&session, self.needs, &regions)).facts;
        written(&again, &register.number(&mut Ledger::default()))
    }

    /// What was collected comes out again: the same facts, for the same reasons, on the same evidence.
    pub fn holds(&self, facts: &AccountFacts, numbered: &Numbered) {
        same(&written(facts, numbered), &self.again(facts));
    }
}

/// Two writings are the same; where they are not, the first places are told.
pub fn same(was: &Value, is: &Value) {
    if was != is {
        let differences: Vec<String> =
            kickoff_evidence::differences(was, is, 20).iter().map(ToString::to_string).collect();
        let items = |value: &Value| value["items"].as_array().cloned().unwrap_or_default();
        // In which order a fact names its evidence is the order in which answers came, and no part of the fact; results, which
        // sort it, are compared byte for byte.
        if differences.is_empty() && items(was) == items(is) {
            return;
        }
        let first = items(was).into_iter().zip(items(is)).find(|(was, is)| was != is);
        panic!(
            "not the same again (live first, replay second):\n{}",
            differences.join("\n") + &first.map_or_else(String::new, |(was, is)| format!("\n{was}\n{is}"))
        );
    }
}

/// A run in a folder is decided again, and its packages verify; each is tried once.
pub fn holds(run: &Path) {
    static TRIED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let entries = fs::read_dir(run).unwrap().map(|entry| entry.unwrap().path());
    let mut packages: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|e| e == "zip")).collect();
    packages.retain(|path| TRIED.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone()));
    for path in packages {
        // It is decided again from the answers in it, with the kickoff.toml that it was decided with.
        verifies(&path);
        let package = Package::open(&path).unwrap();
        let mut results = package.read("60_machine/results.json").unwrap();
        let mut stored = Vec::new();
        std::io::Read::read_to_end(&mut results, &mut stored).unwrap();
        assert!(stored == fs::read(run.join("results.json")).unwrap(), "{} differs from its run", path.display());
    }
}

/// A package verifies: everything that can be made again was, and is the same.
pub fn verifies(package: &Path) -> String {
    let output = kickoff().arg("verify").arg(package).output().unwrap();
    let (status, told, words) = outcome(&output);
    assert_eq!(status, Some(0), "{}: {told}{words}", package.display());
    told
}
