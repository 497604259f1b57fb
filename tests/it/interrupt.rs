//! Interrupts: a run that was cut anywhere comes out again, to the same reasons.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use kickoff_aws::{Call, Recorder, Replay, RequestedRegions, SdkConfig, Session, Shared, Tape, collect};
use kickoff_checks::Selection;
use kickoff_evidence::{Ledger, Numbered, Outcome, Register, RunState, RunWriter};
use kickoff_facts::AccountFacts;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::support::law::Collection;
use crate::support::replay::acme;

/// What happens at the call at which the run is interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// It is on its way.
    Unanswered,
    /// Its answer comes at the same moment.
    Answered,
    /// It was told to come again later.
    Throttled,
}

/// Answers from the recorded account until a call is made, and then the run is interrupted.
#[derive(Debug, Clone)]
struct Cut {
    replay: Replay,
    operation: Option<&'static str>,
    after: usize,
    last: Last,
    seen: Arc<AtomicUsize>,
    cancel: CancellationToken,
}

impl HttpConnector for Cut {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let call = request.extension::<Call>().expect("every call is tagged").clone();
        let counts = self.operation.is_none_or(|operation| call.id() == operation);
        let seen = if counts { self.seen.fetch_add(1, Ordering::Relaxed) } else { 0 };
        let answer = self.replay.call(request);
        if !counts || seen < self.after {
            return HttpConnectorFuture::new(async {
                tokio::time::sleep(Duration::from_millis(1)).await;
                answer.await
            });
        }
        let (cancel, last) = (self.cancel.clone(), self.last);
        HttpConnectorFuture::new(async move {
            match last {
                Last::Unanswered => {
                    cancel.cancel();
                    std::future::pending().await
                }
                Last::Answered => {
                    cancel.cancel();
                    answer.await
                }
                Last::Throttled => {
                    tokio::spawn(async move {
                        tokio::time::sleep(Duration::from_millis(3)).await;
                        cancel.cancel();
                    });
                    Ok(HttpResponse::new(400.try_into().unwrap(), SdkBody::from(throttled(&call))))
                }
            }
        })
    }
}

/// What a service says that is asked too often, in the protocol that it speaks.
fn throttled(call: &Call) -> &'static str {
    match call.id().split(':').next().unwrap_or_default() {
        "ec2" => {
            "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Rate exceeded</Message></Error></Errors></Response>"
        }
        "elbv2" | "iam" | "rds" | "sns" | "sts" => {
            "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>"
        }
        "s3" => "<Error><Code>SlowDown</Code><Message>Rate exceeded</Message></Error>",
        _ => r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#,
    }
}

/// Collects the recorded account as a live session does, and is interrupted; the law is held to what is left.
fn cut(operation: Option<&'static str>, after: usize, last: Last) -> (AccountFacts, Numbered) {
    let run = acme();
    let record = &run.metadata.accounts[0];
    let folder = tempfile::tempdir().unwrap();
    let tape = Arc::new(Tape::new(RunWriter::create(folder.path(), &run.metadata).unwrap()));
    tape.start(&record.id).unwrap();
    let cancel = CancellationToken::new();
    let connector =
        Cut { replay: Replay::new(acme()), operation, after, last, seen: Arc::default(), cancel: cancel.clone() };
    let client = Recorder::new(SharedHttpConnector::new(connector), Arc::clone(&tape), "kickoff/test").into_client();
    let config = SdkConfig::builder()
        .behavior_version(aws_smithy_runtime_api::client::behavior_version::BehaviorVersion::latest())
        .region(aws_types::region::Region::new(record.home_region.clone()))
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(
            aws_credential_types::Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test"),
        ))
        .http_client(client)
        .build();
    let register = Arc::new(Register::default());
    let shared = Shared {
        register: Arc::clone(&register),
        cancel: cancel.clone(),
        places: Arc::new(Semaphore::new(16)),
        observer: Arc::new(|_| {}),
        started: run.metadata.started,
    };
    let session = Session::live(&record.id, &record.caller, &config, shared);
    let needs = Selection::of(&[], &[]).unwrap().needs();
    let regions = RequestedRegions::Named(vec!["eu-west-1".to_owned(), "us-east-1".to_owned()]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let facts = runtime.block_on(collect(&session, &needs, &regions)).facts;
    assert!(cancel.is_cancelled(), "there are fewer calls than {after}");
    tape.finish(&record.id).unwrap();
    let numbered = register.number(&mut Ledger::default());
    let collection =
        Collection { folder: folder.path(), metadata: &run.metadata, state: RunState::Interrupted, needs: &needs };
    collection.holds(&facts, &numbered);
    (facts, numbered)
}

#[test]
fn a_run_that_is_cut_at_any_call_comes_out_again() {
    for (after, last) in [
        (0, Last::Unanswered),
        (1, Last::Answered),
        (5, Last::Throttled),
        (17, Last::Unanswered),
        (33, Last::Answered),
        (40, Last::Throttled),
        (61, Last::Unanswered),
    ] {
        let (_, numbered) = cut(None, after, last);
        let interrupted =
            |outcome: &Outcome| matches!(outcome, Outcome::Gap(gap) if gap.message == "the run was interrupted");
        let cut = numbered.items.iter().filter(|(_, item)| interrupted(&item.outcome)).count();
        assert!(cut > 0, "{after} {last:?}");
    }
}

#[test]
fn a_list_that_is_cut_within_keeps_the_pages_that_were_read() {
    for last in [Last::Unanswered, Last::Throttled] {
        let (facts, numbered) = cut(Some("iam:GetAccountAuthorizationDetails"), 1, last);
        let gap = facts.global.authorization.get().unwrap_err();
        assert_eq!(gap.message, "the run was interrupted", "{last:?}");
        let (_, item) =
            numbered.items.iter().find(|(_, item)| item.key.operation == "GetAccountAuthorizationDetails").unwrap();
        let mut answered: Vec<Option<u16>> = item.exchanges.iter().map(|exchange| exchange.status).collect();
        // How often it was told to come again before the interrupt is chance.
        answered.dedup();
        let expected: &[Option<u16>] = match last {
            Last::Throttled => &[Some(200), Some(400), None],
            _ => &[Some(200), None],
        };
        assert_eq!(answered, expected, "the first page stays, and that the second was cut is recorded");
    }
}

#[test]
fn a_report_that_is_waited_for_is_cut_and_not_late() {
    let (facts, _) = cut(Some("iam:GenerateCredentialReport"), 0, Last::Unanswered);
    assert_eq!(facts.global.credential_report.get().unwrap_err().message, "the run was interrupted");
}
