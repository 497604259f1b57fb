//! Collects in this process, with a connector of the test's own in place of AWS.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector, http_client_fn};
use kickoff_aws::{RequestedRegions, Session, Shared, collect};
use kickoff_evidence::Register;
use kickoff_facts::{AccountFacts, Need};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// The families of account 111122223333, in eu-west-1 and us-east-1, early on the second of March 2026.
pub fn collected(connector: impl HttpConnector + 'static, needs: &[Need]) -> AccountFacts {
    let connector = SharedHttpConnector::new(connector);
    let client = http_client_fn(move |_, _| connector.clone());
    let shared = Shared {
        register: Arc::new(Register::default()),
        cancel: CancellationToken::new(),
        places: Arc::new(Semaphore::new(8)),
        observer: Arc::new(|_| {}),
        started: "2026-03-02T00:00:00.25Z".parse().unwrap(),
    };
    let caller = "arn:aws:iam::111122223333:user/test";
    let session = Session::offline("111122223333", caller, "us-east-1", client, shared);
    let regions = RequestedRegions::Named(vec!["eu-west-1".to_owned(), "us-east-1".to_owned()]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(collect(&session, needs, &regions)).facts
}
