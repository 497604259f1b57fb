//! Replays in this process, with connectors of the tests' own between kickoff and the recorded answers.

use std::sync::{Arc, OnceLock};

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector, http_client_fn};
use kickoff_aws::{Recorder, Replay, RequestedRegions, Session, Shared, Tape, collect};
use kickoff_checks::Selection;
use kickoff_engagement::Engagement;
use kickoff_evidence::{Ledger, Register, Run, RunMetadata, RunWriter};
use kickoff_facts::Neighbours;
use kickoff_reports::results::{Document, Draft, Input};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// The recorded account.
pub fn acme() -> Arc<Run> {
    static RUN: OnceLock<Arc<Run>> = OnceLock::new();
    Arc::clone(RUN.get_or_init(|| Arc::new(Run::open(&super::acme()).unwrap())))
}

/// Decides over the recorded account, with a connector in place of the plain replay.
///
/// The connector's answers go through the recorder, as AWS's do.
pub fn through<C: HttpConnector + 'static>(run: &Run, make: impl FnOnce(Replay) -> C) -> Document {
    let (document, folder) = recorded(run, make);
    // The law: it comes out again from what was stored.
    let stored = Arc::new(Run::unsealed(folder.path(), run.metadata.clone()).unwrap());
    let again = decide(&run.metadata, Replay::new(stored).into_client());
    if document != again {
        super::law::same(&serde_json::to_value(&document).unwrap(), &serde_json::to_value(&again).unwrap());
    }
    document
}

/// As [`through`], with the folder of what was stored in place of the law.
pub fn recorded<C: HttpConnector + 'static>(
    run: &Run,
    make: impl FnOnce(Replay) -> C,
) -> (Document, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let writer = RunWriter::create(folder.path(), &run.metadata).unwrap();
    let tape = Arc::new(Tape::new(writer));
    tape.start(&run.metadata.accounts[0].id).unwrap();
    let inner = SharedHttpConnector::new(make(Replay::new(acme())));
    let client = Recorder::new(inner, Arc::clone(&tape), "test").into_client();
    let document = decide(&run.metadata, client);
    tape.finish(&run.metadata.accounts[0].id).unwrap();
    (document, folder)
}

/// Decides over a run that is answered by a plain connector.
pub fn plainly(run: &Run, connector: impl HttpConnector + 'static) -> Document {
    let connector = SharedHttpConnector::new(connector);
    decide(&run.metadata, http_client_fn(move |_, _| connector.clone()))
}

fn decide(metadata: &RunMetadata, client: aws_smithy_runtime_api::client::http::SharedHttpClient) -> Document {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let register = Arc::new(Register::default());
    let shared = Shared {
        register: Arc::clone(&register),
        cancel: CancellationToken::new(),
        places: Arc::new(Semaphore::new(64)),
        observer: Arc::new(|_| {}),
        started: metadata.started,
    };
    let account = &metadata.accounts[0];
    let session = Session::offline(&account.id, &account.caller, &account.home_region, client, shared);
    let regions =
        RequestedRegions::Recorded { enabled: account.regions.clone(), disabled: account.disabled_regions.clone() };
    let selection = Selection::of(&[], &[]).unwrap();
    let facts = runtime.block_on(collect(&session, &selection.needs(), &regions)).facts;
    let (numbered, engagement) = (register.number(&mut Ledger::default()), Engagement::default());
    let mut draft = Draft::new(Input {
        run: metadata,
        numbered: &numbered,
        engagement: &engagement,
        selection: &selection,
        version: "test",
    });
    draft.add(&facts, &Neighbours::default());
    draft.finish().0
}
