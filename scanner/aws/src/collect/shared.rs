//! What several collectors share: texts and times as AWS sends them, and facts that follow from others.

use jiff::Timestamp;
use kickoff_facts::organization::Organization;
use kickoff_facts::{Gap, GapKind, GlobalFacts, Observed};

use crate::session::Session;

/// The time of an SDK timestamp (UTC). The first and the last that can be told stand for what is beyond: what never ends, ends
/// in the last second of the year 9999 (RFC 5280, 4.1.2.5).
pub(super) fn time(then: Option<&aws_smithy_types::DateTime>) -> Option<Timestamp> {
    let then = then?;
    let beyond = if then.secs() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Some(Timestamp::new(then.secs(), i32::try_from(then.subsec_nanos()).ok()?).unwrap_or(beyond))
}

/// Text of a field; empty where AWS gave none.
pub(super) fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

/// An ARN in a part of a path that may hold slashes (`{FindingAggregatorArn+}`): these and what RFC 3986 does not reserve stay.
pub(super) fn in_path(arn: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    percent_encoding::utf8_percent_encode(arn, KEPT).to_string()
}

/// A policy document, which IAM sends percent-encoded; some emulators encode it twice, and no document starts with `%`.
pub(super) fn document(encoded: Option<&str>) -> String {
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let once = decode(encoded.unwrap_or_default());
    if once.starts_with('%') { decode(&once) } else { once }
}

/// Whether the account speaks for an organization: only its management account may ask for what is organization-wide.
/// Known as none where there is no organization, and in a member account.
pub(super) fn speaks_for<'a>(session: &Session, global: &'a GlobalFacts) -> Result<Option<&'a Organization>, Gap> {
    let organization = global.organization.get().map_err(Clone::clone)?;
    Ok(organization.as_ref().filter(|o| o.management_account == session.account()))
}

/// A known fact that follows from another one, under that one's evidence.
pub(super) fn follows<T, U>(value: U, from: &Observed<T>) -> Observed<U> {
    Observed::Known { value, evidence: from.evidence().to_vec() }
}

/// A gap that follows from another family's.
pub(super) fn inherited(gap: &Gap, operation: &str) -> Gap {
    Gap {
        kind: match gap.kind {
            kind @ (GapKind::RegionDisabled | GapKind::NotOffered) => kind,
            _ => GapKind::NotCollected,
        },
        call: operation.to_owned(),
        region: gap.region.clone(),
        message: format!("what to ask about is not known: {gap}"),
        evidence: gap.evidence,
    }
}

/// The period that histories are asked for: the 90 days, which is how far CloudTrail's goes back, before the run began, in
/// whole seconds (UTC).
pub(super) fn period(session: &Session) -> (Timestamp, Timestamp) {
    let end = Timestamp::from_second(session.started().as_second()).unwrap_or(session.started());
    (end.checked_sub(jiff::SignedDuration::from_hours(90 * 24)).unwrap_or(end), end)
}

/// Seconds since 1970, as JSON protocols give time (UTC), to the microsecond: more does not fit into their numbers. As for
/// [`time`], the first and the last that can be told stand for what is beyond.
pub(super) fn epoch(seconds: f64) -> Option<Timestamp> {
    if seconds.is_nan() {
        return None;
    }
    let beyond = if seconds < 0.0 { Timestamp::MIN } else { Timestamp::MAX };
    let since = jiff::SignedDuration::try_from_secs_f64(seconds).ok();
    let since = since.and_then(|since| since.round(jiff::Unit::Microsecond).ok());
    Some(since.and_then(|since| Timestamp::UNIX_EPOCH.checked_add(since).ok()).unwrap_or(beyond))
}
