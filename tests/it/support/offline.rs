//! Collects in this process, with a connector of the test's own in place of AWS.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use kickoff_aws::{Recorder, RequestedRegions, Session, Shared, Tape, collect};
use kickoff_evidence::{Ledger, Register, RunState, RunWriter};
use kickoff_facts::{AccountFacts, Need};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::law::Collection;

const ACCOUNT: &str = "111122223333";

/// The families of account 111122223333, in eu-west-1 and us-east-1, early on the second of March 2026.
pub fn collected(connector: impl HttpConnector + 'static, needs: &[Need]) -> AccountFacts {
    let folder = tempfile::tempdir().unwrap();
    let mut metadata = super::replay::acme().metadata.clone();
    metadata.started = "2026-03-02T00:00:00.25Z".parse().unwrap();
    let tape = Arc::new(Tape::new(RunWriter::create(folder.path(), &metadata).unwrap()));
    tape.start(ACCOUNT).unwrap();
    let client = Recorder::new(SharedHttpConnector::new(connector), Arc::clone(&tape), "kickoff/test").into_client();
    let register = Arc::new(Register::default());
    let shared = Shared {
        register: Arc::clone(&register),
        cancel: CancellationToken::new(),
        places: Arc::new(Semaphore::new(8)),
        observer: Arc::new(|_| {}),
        started: metadata.started,
    };
    let caller = "arn:aws:iam::111122223333:user/test";
    let session = Session::offline(ACCOUNT, caller, "us-east-1", client, shared);
    let regions = RequestedRegions::Named(vec!["eu-west-1".to_owned(), "us-east-1".to_owned()]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let facts = runtime.block_on(collect(&session, needs, &regions)).facts;
    tape.finish(ACCOUNT).unwrap();
    let collection = Collection { folder: folder.path(), metadata: &metadata, state: RunState::Complete, needs };
    collection.holds(&facts, &register.number(&mut Ledger::default()));
    facts
}
