//! Replay of the recorded account: open the run, read every answer through the SDK's deserialisers into facts.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;
use std::sync::Arc;

use kickoff_aws::{Replay, RequestedRegions, Session, Shared, collect};
use kickoff_checks::Selection;
use kickoff_evidence::{Register, Run};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

fn main() {
    divan::main();
}

fn acme() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/acme")
}

/// Opening a run: digests of all files, the index of all exchanges.
#[divan::bench]
fn open() -> usize {
    Run::open(&acme()).unwrap().archive("111122223333").unwrap().len()
}

/// Facts from all recorded exchanges.
#[divan::bench]
fn collect_facts(bencher: divan::Bencher<'_, '_>) {
    let run = Arc::new(Run::open(&acme()).unwrap());
    let account = run.metadata.accounts[0].clone();
    let needs = Selection::of(&[], &[]).unwrap().needs();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let exchanges = run.archive(&account.id).unwrap().len();
    bencher.counter(divan::counter::ItemsCount::new(exchanges)).bench_local(|| {
        let shared = Shared {
            register: Arc::new(Register::default()),
            cancel: CancellationToken::new(),
            places: Arc::new(Semaphore::new(64)),
            observer: Arc::new(|_| {}),
            started: run.metadata.started,
        };
        let client = Replay::new(Arc::clone(&run)).into_client();
        let session = Session::offline(&account.id, &account.caller, &account.home_region, client, shared);
        let regions = RequestedRegions::Recorded { enabled: account.regions.clone(), disabled: Vec::new() };
        runtime.block_on(collect(&session, &needs, &regions)).facts.regions.len()
    });
}
