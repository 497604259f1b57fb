//! What is taken out of a body before it is stored, and how that is disclosed.
//!
//! Two nets. Rules name fields that carry secrets by design (event targets' inputs, webhook addresses, environment
//! variables); they are cut out by their place in the document, the bytes around them stay as they are. Patterns
//! catch secrets that somebody put where none belongs (a key in a tag or a description).

use std::borrow::Cow;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use self::fields::How;

mod fields;
mod plain;
mod secrets;
#[cfg(test)]
mod tests;

/// One kind of redaction in one body.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redaction {
    /// What was taken out: the field or the kind of secret.
    pub what: String,
    /// How many values.
    pub count: u32,
}

/// A body fit to be stored.
#[derive(Debug, Clone)]
pub struct Redacted {
    /// The bytes to store; the same as received where nothing was taken out.
    pub body: Bytes,
    /// What was taken out.
    pub redactions: Vec<Redaction>,
}

/// What stands in the place of a value.
const MARK: &str = "[redacted by kickoff]";

/// A piece of a body that does not stay.
struct Cut {
    range: Range<usize>,
    what: Vec<Redaction>,
    /// What stands in its place.
    instead: Cow<'static, [u8]>,
}

impl Cut {
    fn new(range: Range<usize>, what: &str) -> Self {
        let what = vec![Redaction { what: what.to_owned(), count: 1 }];
        Self { range, what, instead: Cow::Borrowed(MARK.as_bytes()) }
    }

    /// The secrets of a text in Base64; none where it holds none, or is not Base64.
    fn encoded(body: &Bytes, range: Range<usize>) -> Option<Self> {
        let packed: Vec<u8> =
            body.get(range.clone())?.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let text = Bytes::from(STANDARD.decode(packed).ok()?);
        let redacted = apply(&text, by_shape(&text, &[]));
        let instead = Cow::Owned(STANDARD.encode(&redacted.body).into_bytes());
        (!redacted.redactions.is_empty()).then_some(Self { range, what: redacted.redactions, instead })
    }
}

/// Takes secrets out of a body. Bodies that are neither XML nor JSON go through the patterns only.
#[must_use]
pub fn redact_body(service: &str, body: &Bytes) -> Redacted {
    let fields = fields::find(service, body);
    let kept: Vec<&Range<usize>> = fields.iter().filter(|one| one.how == How::Keep).map(|one| &one.range).collect();
    // Of two cuts of the same value the rule on its field names it.
    let by_field = fields.iter().filter_map(|one| match one.how {
        How::Keep => None,
        How::Base64 => Cut::encoded(body, one.range.clone()),
        How::Packed => {
            let instead = Cow::Owned(STANDARD.encode(MARK).into_bytes());
            Some(Cut { instead, ..Cut::new(one.range.clone(), one.name) })
        }
        _ => Some(Cut::new(one.range.clone(), one.name)),
    });
    let cuts = by_field.chain(by_shape(body, &kept)).collect();
    apply(body, cuts)
}

/// A request's address without a name and password before its host, and without what a query string may carry by mistake.
/// Scheme and host stay whatever is taken out: they say who was asked.
#[must_use]
pub fn redact_uri(uri: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = uri.split_once("://") else { return redact_path(uri) };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match redact_path(path) {
        Cow::Borrowed(_) if host == authority => Cow::Borrowed(uri),
        path => Cow::Owned(format!("{scheme}://{host}{path}")),
    }
}

fn redact_path(uri: &str) -> Cow<'_, str> {
    let bytes = Bytes::copy_from_slice(uri.as_bytes());
    let tokens = fields::asked_again(&bytes);
    let kept: Vec<&Range<usize>> = tokens.iter().map(|token| &token.range).collect();
    let redacted = apply(&bytes, by_shape(&bytes, &kept));
    if redacted.redactions.is_empty() {
        Cow::Borrowed(uri)
    } else {
        Cow::Owned(String::from_utf8_lossy(&redacted.body).into_owned())
    }
}

/// What looks like a secret, outside of what is kept.
fn by_shape(body: &[u8], kept: &[&Range<usize>]) -> Vec<Cut> {
    let stays = |range: &Range<usize>| kept.iter().any(|kept| kept.start < range.end && range.start < kept.end);
    secrets::find(body)
        .into_iter()
        .filter(|(range, _)| !stays(range))
        .map(|(range, what)| Cut::new(range, what))
        .collect()
}

fn apply(body: &Bytes, mut cuts: Vec<Cut>) -> Redacted {
    if cuts.is_empty() {
        return Redacted { body: body.clone(), redactions: Vec::new() };
    }
    // The widest cut at a place comes first; what lies inside another is gone with it.
    cuts.sort_by(|a, b| a.range.start.cmp(&b.range.start).then(b.range.end.cmp(&a.range.end)));
    let mut out = Vec::with_capacity(body.len());
    let mut redactions: Vec<Redaction> = Vec::new();
    let mut at = 0;
    for Cut { range, what, instead } in cuts {
        if range.end <= at {
            continue;
        }
        if range.start >= at {
            out.extend_from_slice(&body[at..range.start]);
            out.extend_from_slice(&instead);
        }
        at = range.end;
        for one in what {
            match redactions.iter_mut().find(|known| known.what == one.what) {
                Some(known) => known.count += one.count,
                None => redactions.push(one),
            }
        }
    }
    out.extend_from_slice(&body[at..]);
    redactions.sort();
    Redacted { body: Bytes::from(out), redactions }
}
