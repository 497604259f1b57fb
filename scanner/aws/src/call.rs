//! How a call is made: paced, counted, recorded, and answered by a fact or a gap.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;

use aws_runtime::retries::classifiers::THROTTLING_ERRORS;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use kickoff_evidence::{EvidenceRef, Gap, GapKind, ItemKey, Outcome, Register};
use kickoff_facts::{Observed, Operation};

use crate::asked::{Call, INTERRUPTED};
use crate::declared::Body;
use crate::offered::{AS_OF, is_missing};
use crate::session::Session;
use crate::wire::{NotRecorded, root_cause};

/// A call failed.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    /// AWS's error code, if it gave one.
    pub code: Option<String>,
    /// What is not known because of it.
    pub gap: Gap,
    /// It is no answer: the run was interrupted.
    interrupted: bool,
}

/// What a call gave, and the evidence item it stands in.
pub(crate) struct Answer<T> {
    result: Result<T, Refusal>,
    operation: &'static Operation,
    item: EvidenceRef,
    register: Arc<Register>,
}

impl<T> Answer<T> {
    /// An answer of which the first page is wanted: whether AWS has more is told with it.
    pub fn first_page(self, more: impl FnOnce(&T) -> bool) -> Self {
        if self.result.as_ref().is_ok_and(more) {
            self.register.goes_on(self.item);
        }
        self
    }

    /// As [`Self::or_absent`], where the code also means other things and only the message tells.
    pub fn or_absent_where(self, phrases: &[&str]) -> Observed<Option<T>> {
        let told = match &self.result {
            Err(refusal) => phrases.iter().any(|phrase| refusal.gap.message.contains(phrase)),
            Ok(_) => true,
        };
        if told { self.or_absent() } else { self.observed().map(Some) }
    }

    /// As [`Self::or_absent`], where the service refuses a member of an organization in words of its own: what is asked for is
    /// its administrator's. IAM's refusals name the action that is not allowed, and the role, whatever that is called.
    pub fn or_absent_of_member(self) -> Observed<Option<T>> {
        let told = self.result.as_ref().err().is_none_or(|refusal| {
            let message = refusal.gap.message.to_ascii_lowercase();
            // A role may be named so too.
            let words = || message.split_whitespace().filter(|word| !word.contains("arn:"));
            let told = |wanted: &[&str]| words().any(|word| wanted.iter().any(|wanted| word.contains(wanted)));
            !message.contains("not authorized")
                && !message.contains("explicit deny")
                && told(&["administrator", "member"])
        });
        if told { self.or_absent() } else { self.observed().map(Some) }
    }

    /// AWS's error code, where it gave one in place of an answer.
    pub fn code(&self) -> Option<&str> {
        self.result.as_ref().err().and_then(|refusal| refusal.code.as_deref())
    }

    /// What was read, or the gap.
    pub fn observed(self) -> Observed<T> {
        match self.result {
            Ok(value) => Observed::known(value, self.item),
            Err(refusal) => refusal.gap.into(),
        }
    }

    /// As [`Self::observed`], but with the error codes of the operation's row AWS says that there is none: that is a fact.
    pub fn or_absent(self) -> Observed<Option<T>> {
        match self.result {
            Ok(value) => Observed::known(Some(value), self.item),
            Err(Refusal { code: Some(code), .. }) if self.operation.holds.absent.contains(&code.as_str()) => {
                self.register.close(self.item, Outcome::Absent { code });
                Observed::known(None, self.item)
            }
            Err(refusal) => refusal.gap.into(),
        }
    }

    /// Turns what was read into something else; a gap with the reason where that cannot be done.
    pub fn parse<U>(self, parse: impl FnOnce(T) -> Result<U, String>) -> Answer<U> {
        let Self { result, operation, item, register } = self;
        let result = result.and_then(|value| {
            parse(value).map_err(|message| {
                let call = register.name(item);
                let gap = Gap {
                    kind: GapKind::Failed,
                    call: call.0,
                    region: call.1,
                    message: format!("the answer cannot be read: {message}"),
                    evidence: Some(item),
                };
                register.close(item, Outcome::Gap(gap.clone()));
                Refusal { code: None, gap, interrupted: false }
            })
        });
        Answer { result, operation, item, register }
    }
}

/// So many pages are read at the most, and so many in a row without a record: AWS's longest lists have thousands, and a list
/// whose tokens never end has no end.
const MOST_PAGES: u32 = 50_000;
const MOST_EMPTY: u32 = 1_000;

/// No name or id of AWS is longer (an ARN has 2,048 characters at the most), and a client fails at a path that is.
const LONGEST_VALUE: usize = 8_192;
/// A token that stands in a request's path must leave room for its encoding, which takes three characters for one.
const LONGEST_IN_PATH: usize = 16_384;
/// Services whose page tokens stand in the path.
const TOKENS_IN_PATH: [&str; 6] = ["accessanalyzer", "guardduty", "lambda", "oam", "s3", "securityhub"];

/// Stands for the token of a page that AWS announces without one.
pub(crate) const LOST_PAGE: &str = "\u{0}";

/// The name under which the evidence says which reading a call was, where it was not the first.
pub(crate) const READING: &str = "(reading)";

/// What a call is about.
pub(crate) struct Ask<'a> {
    pub operation: &'static str,
    pub region: &'a str,
    pub parameters: &'a [(&'a str, &'a str)],
    /// So many pages are read at the most; more are a gap.
    pub most: Option<u32>,
    /// More are no gap: the first pages are what is wanted, and whoever asks sees whether there are more.
    pub part: bool,
}

/// A call without parameters.
pub(crate) fn ask<'a>(operation: &'static str, region: &'a str) -> Ask<'a> {
    Ask { operation, region, parameters: &[], most: None, part: false }
}

impl<'a> Ask<'a> {
    /// Names the parameters, as the evidence shows them.
    pub fn with(mut self, parameters: &'a [(&'a str, &'a str)]) -> Self {
        self.parameters = parameters;
        self
    }

    /// Bounds the pages that are read.
    pub fn at_most(mut self, pages: u32) -> Self {
        self.most = Some(pages);
        self
    }

    /// So many pages are wanted, whether AWS has more or not.
    pub fn first_pages(mut self, pages: u32) -> Self {
        self.part = true;
        self.at_most(pages)
    }
}

impl Session {
    /// Makes a call whose answer is one object.
    pub(crate) async fn one<T, E, F>(&self, asked: Ask<'_>, send: impl FnOnce(Call) -> F) -> Answer<T>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let (operation, item, call) = self.open(&asked);
        let result = match too_long(&asked) {
            Some(text) => Err(self.refuse(item, self.failed(operation, asked.region, &text))),
            None => self.settle(&asked, &call, send(call.clone())).await,
        };
        Answer { result, operation, item, register: Arc::clone(self.register()) }
    }

    /// Asks again, by the same call, what an answer did not tell: the later answer is the one that counts.
    pub(crate) async fn again<T, E, F>(&self, asked: Ask<'_>, before: Answer<T>, call: &Call, send: F) -> Answer<T>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        Answer { result: self.settle(&asked, call, send).await, ..before }
    }

    async fn settle<T, E>(
        &self,
        asked: &Ask<'_>,
        call: &Call,
        send: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, Refusal>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        match self.paced(call.operation(), asked.region, send).await {
            Ok(_) if call.records() == Some(0) && call.operation().holds.some => {
                Err(self.refuse(call.item(), self.failed(call.operation(), asked.region, NOTHING)))
            }
            Ok(value) => {
                self.register()
                    .close(call.item(), Outcome::Complete { pages: 1, records: call.records(), more: false });
                Ok(value)
            }
            Err(refusal) => {
                if refusal.interrupted {
                    // Of what is asked several times, the last answer would count.
                    call.cut();
                }
                Err(self.refuse(call.item(), refusal))
            }
        }
    }

    /// Makes a call page by page, and gives all records or none: a list that lacks a page is a gap.
    pub(crate) async fn pages<T, E, F>(
        &self,
        asked: Ask<'_>,
        mut page: impl FnMut(Option<String>, Call) -> F,
    ) -> Answer<Vec<T>>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        F: Future<Output = Result<(Vec<T>, Option<String>), SdkError<E, HttpResponse>>>,
    {
        let (operation, item, call) = self.open(&asked);
        let (mut all, mut token, mut pages, mut empty) = (Vec::new(), None::<String>, 0_u32, 0_u32);
        let (mut tokens, mut read) = (BTreeSet::new(), None::<u64>);
        let failed = |text: &str| Err(self.refuse(item, self.failed(operation, asked.region, text)));
        let result = loop {
            if let Some(text) = too_long(&asked) {
                break failed(&text);
            }
            match self.paced(operation, asked.region, page(token.clone(), call.clone())).await {
                Ok((records, next)) => {
                    pages += 1;
                    all.extend(records);
                    let of_page = call.records();
                    if let Some(of_page) = of_page {
                        *read.get_or_insert_default() += of_page;
                    }
                    empty = if of_page == Some(0) { empty + 1 } else { 0 };
                    match next.filter(|next| !next.is_empty()) {
                        None if read == Some(0) && operation.holds.some => break failed(NOTHING),
                        None => {
                            self.register().close(item, Outcome::Complete { pages, records: read, more: false });
                            break Ok(all);
                        }
                        Some(next) if next == LOST_PAGE => break failed("AWS says that there is more, and not where"),
                        Some(_) if asked.part && asked.most.is_some_and(|most| pages >= most) => {
                            self.register().close(item, Outcome::Complete { pages, records: read, more: true });
                            break Ok(all);
                        }
                        Some(_) if pages >= asked.most.unwrap_or(MOST_PAGES) => {
                            let read = read.unwrap_or_default();
                            break failed(&format!("there are more than {read} records: no more are read"));
                        }
                        Some(_) if empty >= MOST_EMPTY => {
                            break failed(&format!("AWS gave {empty} pages in a row without a record, and no end"));
                        }
                        Some(next) if next.len() > LONGEST_IN_PATH && TOKENS_IN_PATH.contains(&operation.service()) => {
                            break failed(&format!("AWS gave a page token of {} characters", next.len()));
                        }
                        Some(next) if !tokens.insert(next.clone()) => {
                            break failed("AWS gave the same page token twice");
                        }
                        Some(next) => token = Some(next),
                    }
                }
                Err(refusal) => break Err(self.refuse(item, refusal)),
            }
        };
        Answer { result, operation, item, register: Arc::clone(self.register()) }
    }

    /// As [`Self::pages`], for declared operations: `read` turns a body into records and the next page's token.
    pub(crate) async fn declared_pages<T, F>(
        &self,
        asked: Ask<'_>,
        mut page: impl FnMut(Option<String>, Call) -> F,
        read: impl Fn(&[u8]) -> Result<(Vec<T>, Option<String>), String>,
    ) -> Answer<Vec<T>>
    where
        F: Future<Output = Body>,
    {
        let read = &read;
        let pages: Answer<Vec<Result<Vec<T>, String>>> = self
            .pages(asked, |token, call| {
                let sent = page(token, call);
                async move {
                    sent.await.map(|body| match read(&body) {
                        Ok((records, next)) => (vec![Ok(records)], next),
                        Err(error) => (vec![Err(error)], None),
                    })
                }
            })
            .await;
        pages.parse(|pages| Ok(pages.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect()))
    }

    /// A gap for a call that was not made.
    pub(crate) fn not_made(&self, operation: &str, region: &str, message: &str) -> Gap {
        Gap {
            kind: GapKind::NotCollected,
            call: operation.to_owned(),
            region: region.to_owned(),
            message: message.to_owned(),
            evidence: None,
        }
    }

    fn open(&self, asked: &Ask<'_>) -> (&'static Operation, EvidenceRef, Call) {
        // The table of operations is complete; an id that it lacks is caught by every test that runs the collector.
        const UNKNOWN: Operation = Operation::unknown();
        let operation = Operation::get(asked.operation).unwrap_or(&UNKNOWN);
        let mut parameters: BTreeMap<String, String> =
            asked.parameters.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        if self.reading() > 1 {
            parameters.insert(READING.to_owned(), self.reading().to_string());
        }
        let key = ItemKey {
            account: self.account().to_owned(),
            region: asked.region.to_owned(),
            service: operation.service().to_owned(),
            operation: operation.name().to_owned(),
            parameters,
        };
        let item = self.register().open(self.partition(), key);
        let register = Arc::clone(self.register());
        (
            operation,
            item,
            Call::new(self.account(), self.partition(), self.caller(), asked.region, operation, item, register)
                .of_reading(self.reading()),
        )
    }

    fn refuse(&self, item: EvidenceRef, mut refusal: Refusal) -> Refusal {
        refusal.gap.evidence = Some(item);
        self.register().close(item, Outcome::Gap(refusal.gap.clone()));
        refusal
    }

    fn failed(&self, operation: &Operation, region: &str, message: &str) -> Refusal {
        let gap = Gap {
            kind: GapKind::Failed,
            call: operation.id.to_owned(),
            region: region.to_owned(),
            message: message.to_owned(),
            evidence: None,
        };
        Refusal { code: None, gap, interrupted: false }
    }

    /// Waits for a place and for the pace, then sends; an interrupt ends either.
    async fn paced<T, E>(
        &self,
        operation: &'static Operation,
        region: &str,
        send: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, Refusal>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let interrupted =
            || Refusal { code: None, gap: self.not_made(operation.id, region, INTERRUPTED), interrupted: true };
        let work = async {
            // Paced first: a call that waits for its turn must not keep a place from others.
            self.pace(operation, region).await;
            let _place = self.place().await;
            let _under_way = self.told(operation, region);
            send.await
        };
        let result = tokio::select! {
            biased;
            () = self.cancelled() => return Err(interrupted()),
            result = work => result,
        };
        result.map_err(|error| {
            let (mut kind, code, mut message) = classify(&error);
            let unanswered = kind == GapKind::Failed && matches!(error, SdkError::DispatchFailure(_));
            if unanswered && is_missing(operation.service(), region) {
                kind = GapKind::NotOffered;
                message = format!(
                    "AWS's endpoint data of {AS_OF} has no endpoint of it there, and none answered ({message})"
                );
            }
            let gap = Gap { kind, call: operation.id.to_owned(), region: region.to_owned(), message, evidence: None };
            Refusal { code, gap, interrupted: false }
        })
    }
}

/// What is said of a list without a record, where there cannot be none.
const NOTHING: &str = "the answer lists nothing, and there is always something";

/// Why something is not asked about: what AWS gave as its name is none.
fn too_long(asked: &Ask<'_>) -> Option<String> {
    let (name, value) = asked.parameters.iter().find(|(_, value)| value.len() > LONGEST_VALUE)?;
    Some(format!("AWS gave a {name} of {} characters, and nothing is asked about it", value.len()))
}

/// Refusals, among them those by which services answer credentials that they do not know in their region. Regions that are
/// not enabled are told by the list of regions, never by a refusal: a session that was revoked is refused alike.
const DENIED: [&str; 12] = [
    "AccessDenied",
    "AccessDeniedException",
    "AuthFailure",
    "AuthorizationError",
    "AuthorizationErrorException",
    "InvalidAccessException",
    "InvalidClientTokenId",
    "NotAuthorized",
    "OptInRequired",
    "UnauthorizedOperation",
    "UnauthorizedAccess",
    "UnrecognizedClientException",
];

/// Refusals of credentials that ended, or of a request that was signed at another time than it came: nobody lacks a right. Their
/// status is 403 with some services and 400 with others.
const OUTDATED: [&str; 8] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidSignatureException",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
];

/// The kind of gap, AWS's code, and one line of what was said.
fn classify<E>(error: &SdkError<E, HttpResponse>) -> (GapKind, Option<String>, String)
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    match error {
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            let meta = service.err().meta();
            let Some(code) = meta.code() else {
                let kind = match status {
                    401 | 403 => GapKind::Denied,
                    429 => GapKind::Throttled,
                    _ => GapKind::Failed,
                };
                let text = if (200..300).contains(&status) {
                    format!("the answer cannot be read: {}", root_cause(service.err()))
                } else {
                    format!("HTTP {status} without an AWS error code")
                };
                return (kind, None, one_line(&text));
            };
            let kind = if THROTTLING_ERRORS.contains(&code) || status == 429 {
                GapKind::Throttled
            } else if OUTDATED.contains(&code) {
                GapKind::Failed
            } else if DENIED.contains(&code) || status == 403 {
                GapKind::Denied
            } else {
                GapKind::Failed
            };
            let message = meta.message().unwrap_or_default();
            let text = if message.is_empty() { code.to_owned() } else { format!("{code}: {message}") };
            (kind, Some(code.to_owned()), one_line(&text))
        }
        SdkError::DispatchFailure(failure) => {
            let connector = failure.as_connector_error();
            let recorded = !connector.is_some_and(|error| {
                std::error::Error::source(error).is_some_and(|source| source.downcast_ref::<NotRecorded>().is_some())
            });
            let kind = if recorded { GapKind::Failed } else { GapKind::NotCollected };
            (kind, None, one_line(&connector.map_or_else(|| root_cause(error), |e| root_cause(e))))
        }
        SdkError::ResponseError(response) => {
            let status = response.raw().status().as_u16();
            (
                GapKind::Failed,
                None,
                one_line(&format!("HTTP {status}, and the answer cannot be read: {}", root_cause(error))),
            )
        }
        other => (GapKind::Failed, None, one_line(&root_cause(other))),
    }
}
