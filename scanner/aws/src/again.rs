//! Trying again: which answers mean "later", how often and how long a call is tried.
//!
//! The SDK's own classifiers decide what is worth another try, for generated clients and declared operations alike. Here
//! stands what they lack: AWS's words for how long to wait, a bound by time, and a budget that one service in one region
//! cannot use up for the others.

use std::time::{Duration, SystemTime};

use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority, RetryReason,
};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::retry::{ErrorKind, RetryConfig};

use crate::clock::ClockSet;
use crate::failure::Failure;

/// Tries of a call that is throttled, the first included: waits of a quarter of a second at the most, doubled each time,
/// which is half a minute on average and a minute at the longest.
const TRIES_THROTTLED: u32 = 9;
/// Tries of a call that fails otherwise: four seconds on average.
const TRIES_FAILING: u32 = 6;
/// Tries of a call that is not answered: each may take a minute by itself.
const TRIES_UNANSWERED: u32 = 3;
/// The first wait is a random part of this.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// No wait is longer, whatever AWS says.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Which try an answer belongs to. Travels with the answer, seen by the classifier only.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Try(pub u32);

/// How the SDK tries again.
pub(crate) fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(TRIES_THROTTLED)
        .with_initial_backoff(FIRST_WAIT)
        .with_max_backoff(LONGEST_WAIT)
}

/// A budget of retries. A call that succeeds gives back what its last retry took, and one that succeeds at once a token
/// more: half of all calls may be throttled for ever, while a service that is down is soon asked once only.
pub(crate) fn budget(name: String) -> RetryPartition {
    let bucket =
        TokenBucket::builder().capacity(500).throttling_retry_cost(1).retry_cost(5).timeout_retry_cost(10).build();
    RetryPartition::custom(name).token_bucket(bucket).build()
}

/// The last word, after the SDK's classifiers: obeys `Retry-After` and `x-amz-retry-after`, and bounds the tries of
/// failures that are no throttling.
#[derive(Debug)]
pub(crate) struct Again;

impl ClassifyRetry for Again {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        self.classify_retry_v2(context, &RetryAction::NoActionIndicated)
    }

    fn classify_retry_v2(&self, context: &InterceptorContext, previous: &RetryAction) -> RetryAction {
        if !context.is_failed() {
            return RetryAction::NoActionIndicated;
        }
        let response = context.response();
        let status = response.map_or(0, |response| response.status().as_u16());
        let clock = response.is_some_and(|response| response.extension::<ClockSet>().is_some());
        let (kind, told) = match previous {
            RetryAction::RetryIndicated(RetryReason::RetryableError { kind, retry_after }) => (*kind, *retry_after),
            // It was signed by a clock that has been set meanwhile.
            RetryAction::NoActionIndicated if clock => (ErrorKind::ServerError, None),
            // Too Many Requests (RFC 6585), whatever the code says.
            RetryAction::NoActionIndicated if status == 429 => (ErrorKind::ThrottlingError, None),
            _ => return RetryAction::NoActionIndicated,
        };
        let wait = told.or_else(|| response.and_then(wait));
        // Who names a time means to answer then.
        let kind = if wait.is_some() { ErrorKind::ThrottlingError } else { kind };
        let tries = tries(context);
        let most = match context.output_or_error() {
            _ if kind == ErrorKind::ThrottlingError => TRIES_THROTTLED,
            Some(Err(error)) if error.as_connector_error().is_some_and(ConnectorError::is_timeout) => TRIES_UNANSWERED,
            _ => TRIES_FAILING,
        };
        if tries >= most {
            return RetryAction::RetryForbidden;
        }
        match wait {
            Some(wait) => RetryAction::retryable_error_with_explicit_delay(kind, wait),
            None => RetryAction::retryable_error(kind),
        }
    }

    fn name(&self) -> &'static str {
        "kickoff again"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// Which try failed; 1 where nothing tells.
fn tries(context: &InterceptorContext) -> u32 {
    if let Some(Try(number)) = context.response().and_then(|response| response.extension::<Try>()) {
        return *number;
    }
    let error = match context.output_or_error() {
        Some(Err(error)) => error.as_connector_error(),
        _ => None,
    };
    let source = error.and_then(std::error::Error::source);
    source.and_then(|source| source.downcast_ref::<Failure>()).map_or(1, |failure| failure.tried)
}

/// How long AWS asks to wait: `x-amz-retry-after` in milliseconds, or HTTP's `Retry-After` in seconds or as a date (RFC 9110,
/// section 10.2.3), which is reckoned from the answer's own date.
fn wait(response: &HttpResponse) -> Option<Duration> {
    let header = |name: &str| response.headers().get(name).map(str::trim);
    if let Some(milliseconds) = header("x-amz-retry-after").and_then(|text| text.parse().ok()) {
        return Some(Duration::from_millis(milliseconds));
    }
    let after = header("retry-after")?;
    if let Ok(seconds) = after.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let time = |text: &str| SystemTime::try_from(DateTime::from_str(text, Format::HttpDate).ok()?).ok();
    let from = header("date").and_then(time).unwrap_or_else(SystemTime::now);
    time(after).map(|then| then.duration_since(from).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::interceptors::context::{Error, Input};
    use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn failed(status: u16, headers: &[(&'static str, &'static str)], tried: u32) -> InterceptorContext {
        let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
        for (name, value) in headers {
            response.headers_mut().insert(*name, *value);
        }
        response.add_extension(Try(tried));
        let mut context = InterceptorContext::new(Input::doesnt_matter());
        context.set_response(response);
        context.set_output_or_error(Err(OrchestratorError::operation(Error::doesnt_matter())));
        context
    }

    #[test]
    fn what_aws_says_of_later_is_obeyed() {
        let transient = RetryAction::transient_error();
        let ask =
            |headers: &[(&'static str, &'static str)]| Again.classify_retry_v2(&failed(503, headers, 1), &transient);
        let after = |seconds| {
            RetryAction::retryable_error_with_explicit_delay(ErrorKind::ThrottlingError, Duration::from_secs(seconds))
        };
        assert_eq!(ask(&[]), transient);
        assert_eq!(ask(&[("retry-after", "7")]), after(7));
        assert_eq!(ask(&[("x-amz-retry-after", "3000")]), after(3));
        let dates = [("date", "Mon, 02 Mar 2026 02:00:00 GMT"), ("retry-after", "Mon, 02 Mar 2026 02:00:09 GMT")];
        assert_eq!(ask(&dates), after(9));
        assert_eq!(ask(&[("retry-after", "soon")]), transient);
    }

    #[test]
    fn failures_end_sooner_than_throttling_and_refusals_at_once() {
        let (transient, throttled) = (RetryAction::transient_error(), RetryAction::throttling_error());
        assert_eq!(Again.classify_retry_v2(&failed(500, &[], 5), &transient), transient);
        assert_eq!(Again.classify_retry_v2(&failed(500, &[], 6), &transient), RetryAction::RetryForbidden);
        assert_eq!(Again.classify_retry_v2(&failed(400, &[], 8), &throttled), throttled);
        assert_eq!(Again.classify_retry(&failed(429, &[], 1)), throttled);
        assert_eq!(Again.classify_retry(&failed(403, &[("retry-after", "1")], 1)), RetryAction::NoActionIndicated);
    }

    #[test]
    fn a_throttled_call_is_waited_for_about_a_minute() {
        let waits = (0..TRIES_THROTTLED - 1).map(|n| (FIRST_WAIT * 2_u32.pow(n)).min(LONGEST_WAIT));
        let longest: Duration = waits.sum();
        assert!(longest >= Duration::from_secs(60) && longest < Duration::from_secs(90), "{longest:?}");
    }
}
