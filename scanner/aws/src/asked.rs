//! A call: what is asked of whom, for which item of evidence. It travels with each of its requests, through the SDK to the
//! connectors, and says where it was cut.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextMut, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::endpoint::Endpoint;
use bytes::Bytes;
use jiff::Timestamp;
use kickoff_evidence::{CallKey, EvidenceRef, Exchange, Register, Request, Summary, redact_body, redact_uri};
use kickoff_facts::Operation;

use crate::clock::now;
use crate::tape::Tape;

/// Which call a request belongs to. Travels with the request as an extension, seen by the connectors only.
#[derive(Debug, Clone)]
pub struct Call(Arc<CallInner>);

#[derive(Debug)]
struct CallInner {
    account: String,
    partition: String,
    caller: String,
    region: String,
    operation: &'static Operation,
    item: EvidenceRef,
    register: Arc<Register>,
    /// 1, or 2 for what is asked once more because two answers did not agree.
    reading: u32,
    /// What the last answer holds that was handed on.
    holds: Mutex<Option<u64>>,
    /// What was sent last, and is recorded.
    sent: Mutex<Option<Sent>>,
}

/// A request of a call that goes to a tape.
#[derive(Debug)]
struct Sent {
    tape: Arc<Tape>,
    key: CallKey,
    request: Request,
    attempt: u32,
    started: Timestamp,
    /// Its answer is on the tape.
    answered: bool,
    /// The SDK is not done with it.
    open: bool,
}

impl CallInner {
    fn exchange(&self, request: Request, attempt: u32, started: Timestamp) -> Exchange {
        Exchange {
            account: self.account.clone(),
            partition: self.partition.clone(),
            caller: self.caller.clone(),
            region: self.region.clone(),
            service: self.operation.service().to_owned(),
            operation: self.operation.name().to_owned(),
            request,
            response: None,
            failure: None,
            attempt,
            reading: self.reading,
            started,
            finished: now(),
        }
    }

    fn sent(&self) -> std::sync::MutexGuard<'_, Option<Sent>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that the run was interrupted before what was sent last had its answer, or before the answer that was waited
    /// for had come: a replay says so too.
    fn cut(&self) {
        let Some(Sent { tape, key, request, attempt, started, answered, .. }) = self.sent().take() else { return };
        // What has its answer was to be asked again.
        let (attempt, started) = if answered { (attempt + 1, now()) } else { (attempt, started) };
        let mut exchange = self.exchange(request, attempt, started);
        exchange.failure = Some(format!("{CUT}: {INTERRUPTED}"));
        // That it could not be stored is told when the archive is closed.
        if let Ok(position) = tape.append(&exchange) {
            self.register.add(self.item, Summary::of(&exchange, position));
        }
        tape.release(&key);
    }
}

impl Drop for CallInner {
    fn drop(&mut self) {
        // Nobody drops a call that is under way but an interrupt.
        if self.sent().as_ref().is_some_and(|sent| sent.open) {
            self.cut();
        }
    }
}

impl Call {
    pub(crate) fn new(
        account: &str,
        partition: &str,
        caller: &str,
        region: &str,
        operation: &'static Operation,
        item: EvidenceRef,
        register: Arc<Register>,
    ) -> Self {
        Self(Arc::new(CallInner {
            account: account.to_owned(),
            partition: partition.to_owned(),
            caller: caller.to_owned(),
            region: region.to_owned(),
            operation,
            item,
            register,
            reading: 1,
            holds: Mutex::new(None),
            sent: Mutex::default(),
        }))
    }

    /// The same call for who is asked below the recorder. What is noted there is no evidence: what is recorded is.
    pub(crate) fn apart(&self) -> Self {
        let CallInner { account, partition, caller, region, operation, item, reading, .. } = &*self.0;
        Self::new(account, partition, caller, region, operation, *item, Arc::default()).of_reading(*reading)
    }

    /// The same call, of another reading.
    pub(crate) fn of_reading(mut self, reading: u32) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.reading = reading;
        }
        self
    }

    /// 1, or 2 for what is asked once more because two answers did not agree.
    #[must_use]
    pub fn reading(&self) -> u32 {
        self.0.reading
    }

    /// The call ends here though it was to go on: the run was interrupted.
    pub(crate) fn cut(&self) {
        self.0.cut();
    }

    /// The account that is asked.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.0.account
    }

    /// The region that is asked.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.0.region
    }

    /// `service:Operation`.
    #[must_use]
    pub fn id(&self) -> String {
        self.0.operation.id.to_owned()
    }

    /// The item that it is evidence of.
    pub(crate) fn item(&self) -> EvidenceRef {
        self.0.item
    }

    /// The operation.
    pub(crate) fn operation(&self) -> &'static Operation {
        self.0.operation
    }

    /// The record of a request that has just ended, without its answer.
    pub(crate) fn exchange(&self, request: Request, attempt: u32, started: Timestamp) -> Exchange {
        self.0.exchange(request, attempt, started)
    }

    /// A request goes out, whose answer a tape takes.
    pub(crate) fn sends(&self, tape: &Arc<Tape>, key: CallKey, request: Request, attempt: u32, started: Timestamp) {
        let tape = Arc::clone(tape);
        *self.0.sent() = Some(Sent { tape, key, request, attempt, started, answered: false, open: true });
    }

    /// What was sent last is on the tape, with its answer.
    pub(crate) fn is_answered(&self) {
        if let Some(sent) = self.0.sent().as_mut() {
            sent.answered = true;
        }
    }

    /// Says what the last answer holds.
    pub(crate) fn holds(&self, records: Option<u64>) {
        *self.0.holds.lock().unwrap_or_else(PoisonError::into_inner) = records;
    }

    /// The key under which a replay finds the answer to a request of this call.
    #[must_use]
    pub fn key(&self, request: &HttpRequest) -> CallKey {
        self.key_of(&sent(request))
    }

    pub(crate) fn key_of(&self, request: &Request) -> CallKey {
        CallKey {
            account: self.0.account.clone(),
            region: self.0.region.clone(),
            service: self.0.operation.service().to_owned(),
            operation: self.0.operation.name().to_owned(),
            digest: CallKey::digest(request),
            reading: self.0.reading,
        }
    }

    /// Notes an exchange as evidence of the call.
    pub fn note(&self, summary: Summary) {
        self.0.register.add(self.0.item, summary);
    }

    /// The records of the last answer, as its bytes hold them; none where it is one object and no list.
    pub(crate) fn records(&self) -> Option<u64> {
        *self.0.holds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Call {
    fn name(&self) -> &'static str {
        "kickoff call"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        context.request_mut().add_extension(self.clone());
        let operation = self.0.operation;
        // In path style S3 counts the bucket to the endpoint: it is what is asked about.
        let of_bucket = operation.service() == "s3" && operation.id != "s3:ListBuckets";
        if let Some(prefix) = config.load::<Endpoint>().and_then(|endpoint| prefix(endpoint.url(), of_bucket)) {
            context.request_mut().add_extension(Prefix(prefix.to_owned()));
        }
        Ok(())
    }

    fn read_after_execution(
        &self,
        _: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(sent) = self.0.sent().as_mut() {
            sent.open = false;
            sent.tape.release(&sent.key);
        }
        Ok(())
    }
}

/// The path of the endpoint that a request goes to.
#[derive(Debug, Clone)]
struct Prefix(String);

/// The path of an endpoint's address, where it has one; without a bucket that ends it.
fn prefix(endpoint: &str, of_bucket: bool) -> Option<&str> {
    let (_, rest) = endpoint.split_once("://")?;
    let path = rest.get(rest.find('/')?..)?.trim_end_matches('/');
    let path = if of_bucket { path.rsplit_once('/')?.0 } else { path };
    (!path.is_empty()).then_some(path)
}

/// What is said of a call that an interrupt kept from its answer, live and on replay.
pub(crate) const INTERRUPTED: &str = "the run was interrupted";

/// The kind of failure of a call that was cut by an interrupt, as it is stored.
pub(crate) const CUT: &str = "interrupted";

const REQUEST_HEADERS: [&str; 8] = [
    "accept",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "content-type",
    "host",
    "user-agent",
    "x-amz-date",
    "x-amz-target",
];

/// The request without anything that carries or derives from a credential.
pub(crate) fn sent(request: &HttpRequest) -> Request {
    let body = Bytes::copy_from_slice(request.body().bytes().unwrap_or_default());
    Request {
        method: request.method().to_owned(),
        uri: redact_uri(request.uri()).into_owned(),
        prefix: request.extension::<Prefix>().map(|prefix| prefix.0.clone()).unwrap_or_default(),
        headers: REQUEST_HEADERS
            .iter()
            .filter_map(|name| request.headers().get(name).map(|value| ((*name).to_owned(), value.to_owned())))
            .collect(),
        body: redact_body("", &body).body,
    }
}

#[cfg(test)]
mod tests {
    use super::prefix;

    #[test]
    fn a_bucket_is_no_part_of_an_endpoint() {
        assert_eq!(prefix("https://s3.us-east-1.amazonaws.com/trail", true), None);
        assert_eq!(prefix("http://127.0.0.1:5000/aws/trail", true), Some("/aws"));
        assert_eq!(prefix("http://127.0.0.1:5000/aws/", false), Some("/aws"));
        assert_eq!(prefix("https://s3.us-east-1.amazonaws.com", true), None);
    }
}
