//! Collects fact families in this process, from a server or from a connector of the test's own.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use kickoff_aws::{Recorder, RequestedRegions, Session, Shared, Tape, collect};
use kickoff_evidence::{Archive, Exchange, Ledger, Register, RunState, RunWriter};
use kickoff_facts::{AccountFacts, Need};
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::law::Collection;

const ACCOUNT: &str = "111122223333";

/// What was collected, and what was kept of the answers.
pub struct Collected {
    pub facts: AccountFacts,
    folder: TempDir,
}

impl Collected {
    /// What was kept.
    pub fn exchanges(&self) -> Vec<Exchange> {
        let path = self.folder.path().join(format!("exchanges/{ACCOUNT}.jsonl.zst"));
        let archive = Archive::open(&path).unwrap();
        (0..u32::try_from(archive.len()).unwrap()).map(|at| archive.read(at).unwrap()).collect()
    }

    /// The bodies of all answers, as they were kept.
    pub fn kept(&self) -> String {
        let bodies = self.exchanges().into_iter().filter_map(|exchange| exchange.response);
        bodies.map(|response| String::from_utf8_lossy(&response.body).into_owned()).collect::<Vec<_>>().join("\n")
    }
}

/// Collects families of one region as the management account 111122223333 would.
pub fn collected(
    connector: impl HttpConnector + 'static,
    endpoint: Option<&str>,
    region: &str,
    needs: &[Need],
) -> Collected {
    let folder = tempfile::tempdir().unwrap();
    let mut config = kickoff_aws::SdkConfig::builder()
        .behavior_version(aws_smithy_runtime_api::client::behavior_version::BehaviorVersion::latest())
        .region(aws_types::region::Region::new(region.to_owned()))
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(
            aws_credential_types::Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test"),
        ));
    config.set_endpoint_url(endpoint.map(str::to_owned));
    let mut metadata = super::replay::acme().metadata.clone();
    metadata.id = "RUN-test".to_owned();
    let tape = Arc::new(Tape::new(RunWriter::create(folder.path(), &metadata).unwrap()));
    tape.start(ACCOUNT).unwrap();
    let recorder = Recorder::new(SharedHttpConnector::new(connector), Arc::clone(&tape), "kickoff/test").into_client();
    let register = Arc::new(Register::default());
    let shared = Shared {
        register: Arc::clone(&register),
        cancel: CancellationToken::new(),
        places: Arc::new(Semaphore::new(8)),
        observer: Arc::new(|_| {}),
        started: metadata.started,
    };
    let caller = "arn:aws:iam::111122223333:user/test";
    let session = Session::live(ACCOUNT, caller, &config.http_client(recorder).build(), shared);
    let regions = RequestedRegions::Named(vec![region.to_owned()]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let facts = runtime.block_on(collect(&session, needs, &regions)).facts;
    tape.finish(ACCOUNT).unwrap();
    let numbered = register.number(&mut Ledger::default());
    let archive = Archive::open(&folder.path().join(format!("exchanges/{ACCOUNT}.jsonl.zst"))).unwrap();
    super::counted::of_items(&numbered.items, &archive);
    let collection = Collection { folder: folder.path(), metadata: &metadata, state: RunState::Complete, needs };
    collection.holds(&facts, &numbered);
    Collected { facts, folder }
}
