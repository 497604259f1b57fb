//! The wire: where requests leave and answers come in, recorded on the way out and played back on replay.
//!
//! Both ends are HTTP connectors below the SDK, so that generated clients and declared operations pass through the same
//! place, each attempt is seen, and the deserialisers read the very bytes that are stored (after redaction): what a live
//! run sees, a replay sees.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::retry::ErrorKind;
use kickoff_evidence::{Exchange, Response, Run, RunState, Summary, redact_body, sha256_hex, xml_is_complete};
use kickoff_facts::of_others;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::again::Try;
use crate::answer;
use crate::asked::{CUT, Call, INTERRUPTED, sent};
use crate::clock::{self, ClockSet, Timed, now};
use crate::failure::Failure;
use crate::tape::{Tape, Turn};

/// A replay was asked for a call that its run does not hold, with the reason.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotRecorded(&'static str);

impl fmt::Display for NotRecorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NotRecorded {}

/// Sends requests, and writes each exchange to a tape before anyone else reads the answer.
#[derive(Debug, Clone)]
pub struct Recorder {
    inner: SharedHttpConnector,
    tape: Arc<Tape>,
    agent: String,
    timeout: Duration,
}

impl Recorder {
    /// A recorder in front of a connector. `agent` is added to the user agent of each request, so that the calls can be
    /// found in the client's own CloudTrail.
    #[must_use]
    pub fn new(inner: SharedHttpConnector, tape: Arc<Tape>, agent: &str) -> Self {
        clock::recording();
        Self { inner, tape, agent: agent.to_owned(), timeout: Duration::from_secs(60) }
    }

    /// As the SDK takes it.
    #[must_use]
    pub fn into_client(self) -> SharedHttpClient {
        client(SharedHttpConnector::new(self))
    }

    async fn exchange(self, call: Call, mut request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        name(&mut request, &self.agent);
        let sent = sent(&request);
        let key = call.key_of(&sent);
        let attempt = attempt(&request);
        let failed = |text: String| ConnectorError::other(Failure::boxed(text), None);
        loop {
            match self.tape.turn(&key, call.item()).map_err(failed)? {
                Turn::Send => break,
                // An error says that the sender is gone, which is what is waited for.
                Turn::Wait(mut other) => drop(other.changed().await),
                Turn::Told(told) => {
                    for (_, summary) in &told {
                        call.note(summary.clone());
                    }
                    let (last, _) =
                        told.last().ok_or_else(|| failed(format!("nothing is recorded of {}", call.id())))?;
                    return answered(&call, last);
                }
            }
        }
        let (started, mut clock) = (now(), None);
        call.sends(&self.tape, key, sent.clone(), attempt, started);
        let answer = tokio::time::timeout(self.timeout, async {
            request.add_extension(call.apart());
            let response = self.inner.call(request).await?;
            clock = response.extension::<ClockSet>().copied();
            let (status, headers) = (response.status(), headers(&response));
            let body = ByteStream::new(response.into_body())
                .collect()
                .await
                .map_err(|error| ConnectorError::io(Failure::boxed(format!("the answer broke off: {error}"))))?
                .into_bytes();
            if body.len() > LARGEST {
                return Err(ConnectorError::other(
                    Failure::boxed(format!("the answer has {} bytes", body.len())),
                    None,
                ));
            }
            Ok((status, headers, body))
        })
        .await
        .unwrap_or_else(|_| {
            let text = format!("no answer within {} seconds", self.timeout.as_secs());
            Err(ConnectorError::timeout(Failure::boxed(text)))
        });
        let mut exchange = call.exchange(sent, attempt, started);
        let connection = answer.as_ref().err().and_then(ConnectorError::connection_metadata).cloned();
        match answer {
            Ok((status, headers, body)) => {
                let redacted = redact_body(call.operation().service(), &body);
                let sha256 = sha256_hex(&redacted.body);
                exchange.response = Some(Response {
                    status: status.as_u16(),
                    headers,
                    sha256_received: if redacted.redactions.is_empty() { sha256.clone() } else { sha256_hex(&body) },
                    sha256,
                    body: redacted.body,
                    redactions: redacted.redactions,
                });
            }
            Err(ref error) => exchange.failure = Some(failure_text(error)),
        }
        let position = self.tape.append(&exchange).map_err(failed)?;
        call.is_answered();
        call.note(Summary::of(&exchange, position));
        let mut answer = answered(&call, &exchange).map_err(|error| match connection {
            // By it the SDK closes a connection that failed, and tries again on another.
            Some(connection) => error.with_connection(connection),
            None => error,
        })?;
        if let Some(clock) = clock {
            answer.add_extension(clock);
        }
        Ok(answer)
    }
}

impl HttpConnector for Recorder {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        // Requests for credentials carry no call: they are neither recorded nor changed.
        match request.extension::<Call>().cloned() {
            Some(call) => HttpConnectorFuture::new(self.clone().exchange(call, request)),
            None => self.inner.call(request),
        }
    }
}

/// Answers from a run instead of from AWS, by what is asked and not by order.
#[derive(Debug, Clone)]
pub struct Replay(Arc<Run>);

impl Replay {
    /// A replay of a run.
    #[must_use]
    pub fn new(run: Arc<Run>) -> Self {
        Self(run)
    }

    /// As the SDK takes it.
    #[must_use]
    pub fn into_client(self) -> SharedHttpClient {
        client(SharedHttpConnector::new(self))
    }

    fn answer(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let missing = || {
            // In a run that was interrupted, what was not asked was not asked because of that.
            let complete = self.0.metadata.state == RunState::Complete;
            let why = if complete { "the recorded run does not hold this call" } else { INTERRUPTED };
            ConnectorError::other(Box::new(NotRecorded(why)), None)
        };
        let call = request.extension::<Call>().ok_or_else(missing)?;
        let archive = self.0.archive(call.account()).ok_or_else(missing)?;
        let recorded =
            archive.find(&call.key(request)).map_err(|e| ConnectorError::other(Failure::boxed(e.to_string()), None))?;
        for (position, exchange) in &recorded {
            call.note(Summary::of(exchange, *position));
        }
        // Retries and polls ask the same again: the last answer is the one that counted.
        let (_, last) = recorded.last().ok_or_else(missing)?;
        answered(call, last)
    }
}

impl HttpConnector for Replay {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(self.answer(&request))
    }
}

/// A client for requests that are not recorded: those for credentials, whose answers hold secrets. `agent` is added to their
/// user agent, as the recorder does.
#[must_use]
pub fn plain_client(connector: &SharedHttpConnector, agent: &str) -> SharedHttpClient {
    client(SharedHttpConnector::new(Named { inner: connector.clone(), agent: agent.to_owned() }))
}

/// Says who asks, and does nothing else.
#[derive(Debug)]
struct Named {
    inner: SharedHttpConnector,
    agent: String,
}

impl HttpConnector for Named {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        name(&mut request, &self.agent);
        self.inner.call(request)
    }
}

/// CloudTrail keeps 1 KB of a user agent and cuts the rest (AWS CloudTrail User Guide, "CloudTrail record contents").
const AGENT: usize = 999;

/// Says who asks, before what the SDK says of itself, and cut where CloudTrail would cut it: what stands first is kept. The
/// signature leaves the user agent out, so that it may change after signing.
fn name(request: &mut HttpRequest, agent: &str) {
    let agent = request.headers().get("user-agent").map(|known| {
        let whole = format!("{agent} {known}");
        whole.chars().take(AGENT).collect::<String>()
    });
    if let Some(agent) = agent {
        request.headers_mut().insert("user-agent", agent);
    }
}

fn client(connector: SharedHttpConnector) -> SharedHttpClient {
    http_client_fn(move |_, _| connector.clone())
}

/// A connector to AWS: honours `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, and `AWS_CA_BUNDLE` (PEM).
///
/// # Errors
/// The bundle cannot be read or holds no certificate that can be used.
pub fn connector(ca_bundle: Option<&std::path::Path>) -> Result<SharedHttpConnector, String> {
    let mut trust = tls::TrustStore::default();
    if let Some(path) = ca_bundle {
        let pem = std::fs::read(path).map_err(|e| format!("AWS_CA_BUNDLE {} cannot be read: {e}", path.display()))?;
        let bad = |why: String| format!("AWS_CA_BUNDLE {} cannot be used: {why}", path.display());
        let mut count = 0;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|e| bad(e.to_string()))?;
            count += 1;
            RootCertStore::empty().add(certificate).map_err(|e| bad(format!("certificate {count}: {e}")))?;
        }
        if count == 0 {
            return Err(bad("it holds no PEM certificate".to_owned()));
        }
        trust = tls::TrustStore::empty().with_pem_certificate(pem);
    }
    let context = tls::TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .map_err(|e| format!("the TLS settings cannot be used: {e}"))?;
    let settings = HttpConnectorSettings::builder()
        .connect_timeout(Duration::from_secs(5))
        .read_timeout(Duration::from_secs(55))
        .build();
    let connector = Connector::builder()
        .connector_settings(settings)
        .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
        .proxy_config(ProxyConfig::from_env())
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
        .tls_context(context)
        .build();
    Ok(SharedHttpConnector::new(Timed(SharedHttpConnector::new(connector))))
}

/// The answer as the deserialisers get it, live and on replay alike. What it holds is counted here, from its bytes.
fn answered(call: &Call, exchange: &Exchange) -> Result<HttpResponse, ConnectorError> {
    let failure = |text: &str| -> BoxError { Box::new(Failure { text: text.to_owned(), tried: exchange.attempt }) };
    let Some(response) = &exchange.response else {
        let text = exchange.failure.as_deref().unwrap_or_default();
        return Err(match text.split_once(": ") {
            Some((CUT, _)) => ConnectorError::other(Box::new(NotRecorded(INTERRUPTED)), None),
            Some((TIMEOUT, text)) => ConnectorError::timeout(failure(text)),
            Some((CONNECTION, text)) => ConnectorError::io(failure(text)),
            Some((TRANSIENT, text)) => ConnectorError::other(failure(text), Some(ErrorKind::TransientError)),
            Some((_, text)) => ConnectorError::other(failure(text), None),
            None => ConnectorError::other(failure(text), None),
        });
    };
    // What was cut on its way is worth another try.
    let cut = |text: &str| Err(ConnectorError::other(failure(text), Some(ErrorKind::TransientError)));
    // An error answer counts too: a code by which AWS says "there is none" must not be read off a broken one. Pages of
    // HTML, which proxies and test servers send, are no XML and are left to be refused as errors.
    let success = (200..300).contains(&response.status);
    // What may say nothing may say it with nothing (GuardDuty, `GetAdministratorAccount`: success, and no content). Of any other
    // operation the SDK would read an empty list.
    let bare = success && response.body.is_empty() && call.operation().holds.may_be_empty();
    if success && response.body.is_empty() && !bare {
        return cut("the answer is empty");
    }
    let kind = response.headers.get("content-type").map(String::as_str).unwrap_or_default();
    let markup = response.body.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'<');
    let xml = markup && (kind.contains("xml") || success);
    if xml && !xml_is_complete(&response.body) {
        return cut("the answer was cut short: its XML does not end");
    }
    if bare {
        call.holds(None);
    } else if success {
        let records = answer::records(call.operation(), &response.body)
            .map_err(|text| ConnectorError::other(failure(&text), None))?;
        call.holds(records);
        if let Some(other) = of_others(call.operation().id, call.account(), &response.body).first() {
            let text = format!("the answer is of another account: it lists {other}");
            return Err(ConnectorError::other(failure(&text), None));
        }
    }
    let status = StatusCode::try_from(response.status)
        .map_err(|_| ConnectorError::other(failure(&format!("HTTP status {}", response.status)), None))?;
    let mut answer = HttpResponse::new(status, SdkBody::from(response.body.clone()));
    for (name, value) in &response.headers {
        // Content length would be that before redaction.
        if name != "content-length" {
            let _ = answer.headers_mut().try_insert(name.clone(), value.clone());
        }
    }
    answer.add_extension(Try(exchange.attempt));
    Ok(answer)
}

/// An answer of more bytes is none of AWS's, whose pages are a few megabytes, and would not fit into an archive.
const LARGEST: usize = 40 << 20;

/// The kinds of failures, as they are stored: those that the SDK knows, because by them it tries again.
const TIMEOUT: &str = "timeout";
const CONNECTION: &str = "connection";
const TRANSIENT: &str = "transient";
const OTHER: &str = "other";

fn failure_text(error: &ConnectorError) -> String {
    let kind = if error.is_timeout() {
        TIMEOUT
    } else if error.is_io() {
        CONNECTION
    } else if error.as_other().is_some() {
        TRANSIENT
    } else {
        OTHER
    };
    // An address may stand in it, and more than an address.
    let text = redact_body("", &bytes::Bytes::from(root_cause(error))).body;
    format!("{kind}: {}", String::from_utf8_lossy(&text))
}

/// The innermost message of an error: the outer ones only say that something was wrong.
pub(crate) fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    in_words(&cause.to_string()).to_owned()
}

/// A message up to where an error of the SDK shows how it is written in Rust: `invalid base64: DecodeError("...")`.
fn in_words(message: &str) -> &str {
    let shown = ["Error(", "Error {", "Kind("].iter().filter_map(|form| message.find(form)).min();
    let Some(at) = shown else { return message };
    let name = message[..at].rfind(|c: char| !c.is_alphanumeric()).map_or(0, |before| before + 1);
    let words = message[..name].trim_end_matches([':', ' ']);
    if words.is_empty() { "what it says cannot be told in words" } else { words }
}

/// The SDK says in a header which try it is.
fn attempt(request: &HttpRequest) -> u32 {
    request
        .headers()
        .get("amz-sdk-request")
        .and_then(|text| text.split(';').find_map(|part| part.trim().strip_prefix("attempt=")))
        .and_then(|number| number.parse().ok())
        .unwrap_or(1)
}

const RESPONSE_HEADERS: [&str; 13] = [
    "content-length",
    "content-type",
    "date",
    "retry-after",
    "x-amz-bucket-region",
    "x-amz-id-2",
    "x-amz-request-id",
    "x-amz-retry-after",
    "x-amzn-errortype",
    "x-amzn-query-error",
    "x-amzn-request-id",
    "x-amzn-requestid",
    "smithy-protocol",
];

fn headers(response: &HttpResponse) -> BTreeMap<String, String> {
    RESPONSE_HEADERS
        .iter()
        .filter_map(|name| response.headers().get(name).map(|value| ((*name).to_owned(), value.to_owned())))
        .collect()
}
