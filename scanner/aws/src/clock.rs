//! The machine's clock, set right by what AWS's answers say of the time.
//!
//! AWS refuses what is signed by a clock that is minutes off. The SDK's clients find that out one by one, each by a call that
//! is refused; here what any answer tells serves all of them, declared operations included, and dates the run.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use jiff::{SignedDuration, Timestamp};

/// A clock that is less than this off is right: the `Date` header has whole seconds, and answers take their time.
const OFF: Duration = Duration::from_secs(60);
/// An answer that took longer tells nothing of the time.
const SLOW: Duration = Duration::from_secs(20);

/// How many milliseconds AWS's clock is ahead of the machine's; zero while that is not worth a word. The machine has one
/// clock, so that there is one of these.
static AHEAD: AtomicI64 = AtomicI64::new(0);

/// How far AWS's clock is ahead of the machine's: zero while they agree within a minute, or nothing is known yet.
#[must_use]
pub fn clock_ahead() -> SignedDuration {
    SignedDuration::from_millis(AHEAD.load(Ordering::Relaxed))
}

/// The time by AWS's clock, as far as it is known (UTC).
#[must_use]
pub fn aws_now() -> Timestamp {
    Timestamp::now().checked_add(clock_ahead()).unwrap_or_else(|_| Timestamp::now())
}

/// How far it was ahead when the recording began: one figure for all that is recorded, so that what came later is later.
static RECORDED: AtomicI64 = AtomicI64::new(0);

/// From here on what is recorded is dated by what is known now.
pub(crate) fn recording() {
    RECORDED.store(AHEAD.load(Ordering::Relaxed), Ordering::Relaxed);
}

/// The time by which what is recorded is dated (UTC).
pub(crate) fn now() -> Timestamp {
    let ahead = SignedDuration::from_millis(RECORDED.load(Ordering::Relaxed));
    let now = Timestamp::now().checked_add(ahead).unwrap_or_else(|_| Timestamp::now());
    // Microseconds are plenty, and keep the text of an archive short.
    now.round(jiff::Unit::Microsecond).unwrap_or(now)
}

/// AWS's time, for signatures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock;

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        let (now, ahead) = (SystemTime::now(), AHEAD.load(Ordering::Relaxed));
        let apart = Duration::from_millis(ahead.unsigned_abs());
        let then = if ahead < 0 { now.checked_sub(apart) } else { now.checked_add(apart) };
        then.unwrap_or(now)
    }
}

/// On an answer: by it the clock was set, so that what was signed before may have been refused for its time only.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClockSet;

/// A connector that learns the time from the answers.
#[derive(Debug)]
pub(crate) struct Timed(pub SharedHttpConnector);

impl HttpConnector for Timed {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (sent, answer) = (Instant::now(), self.0.call(request));
        HttpConnectorFuture::new(async move {
            let mut response = answer.await?;
            if let Some(ahead) = ahead(&response, SystemTime::now(), sent.elapsed()) {
                let known = AHEAD.swap(ahead, Ordering::Relaxed);
                if known.abs_diff(ahead) >= OFF.as_millis().try_into().unwrap_or(u64::MAX) {
                    response.add_extension(ClockSet);
                }
            }
            Ok(response)
        })
    }
}

/// How many milliseconds AWS's clock is ahead by an answer that came at `now` and took `elapsed`; zero for what is no
/// difference, none where it does not tell. A proxy has a clock of its own: what it answers by itself, or out of a cache, does
/// not count. AWS's own answers are told by their ids.
fn ahead(response: &HttpResponse, now: SystemTime, elapsed: Duration) -> Option<i64> {
    const IDS: [&str; 3] = ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"];
    let headers = response.headers();
    let of_aws = IDS.iter().any(|id| headers.get(*id).is_some());
    let of_proxy = headers.get("via").is_some() || matches!(response.status().as_u16(), 407 | 502 | 504);
    if elapsed > SLOW || headers.get("age").is_some() || (of_proxy && !of_aws) {
        return None;
    }
    let date = SystemTime::try_from(DateTime::from_str(headers.get("date")?, Format::HttpDate).ok()?).ok()?;
    // The header leaves out the part of a second; AWS wrote it half-way.
    let (theirs, ours) = (date + Duration::from_millis(500), now.checked_sub(elapsed / 2)?);
    let (apart, sign) = match theirs.duration_since(ours) {
        Ok(apart) => (apart, 1),
        Err(error) => (error.duration(), -1),
    };
    if apart < OFF { Some(0) } else { Some(sign * i64::try_from(apart.as_millis()).ok()?) }
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn told(headers: &[(&'static str, &'static str)], elapsed: u64) -> Option<i64> {
        let mut response = HttpResponse::new(200.try_into().unwrap(), SdkBody::empty());
        for (name, value) in headers {
            response.headers_mut().insert(*name, *value);
        }
        // Mon, 02 Mar 2026 02:00:00 GMT
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_772_416_800);
        ahead(&response, now, Duration::from_secs(elapsed))
    }

    #[test]
    fn the_clock_is_told_by_aws_s_own_answers_and_by_more_than_a_minute() {
        const ID: (&str, &str) = ("x-amzn-requestid", "1");
        assert_eq!(told(&[ID, ("date", "Mon, 02 Mar 2026 02:20:00 GMT")], 0), Some(1_200_500));
        assert_eq!(told(&[ID, ("date", "Mon, 02 Mar 2026 01:40:00 GMT")], 0), Some(-1_199_500));
        // Half of what the answer took is its way back.
        assert_eq!(told(&[ID, ("date", "Mon, 02 Mar 2026 02:20:00 GMT")], 10), Some(1_205_500));
        assert_eq!(told(&[ID, ("date", "Mon, 02 Mar 2026 02:00:59 GMT")], 0), Some(0));
        for none in [
            vec![("via", "1.1 proxy"), ("date", "Mon, 02 Mar 2026 02:20:00 GMT")],
            vec![ID, ("age", "1200"), ("date", "Mon, 02 Mar 2026 02:20:00 GMT")],
            vec![ID, ("date", "yesterday")],
            vec![ID],
        ] {
            assert_eq!(told(&none, 0), None, "{none:?}");
        }
        assert_eq!(told(&[ID, ("date", "Mon, 02 Mar 2026 02:20:00 GMT")], 21), None);
    }
}
