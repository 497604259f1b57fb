//! Fields that carry secrets by design, found by their place in a document.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;

/// What is done with the value of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// The value, and everything nested in it.
    Whole,
    /// As [`How::Whole`], but for a flag: `AllowUsersToChangePassword` is `true`.
    Value,
    /// Of a web address everything after the host; other values stay (an e-mail address tells who is alerted).
    Address,
    /// The value is JSON in itself: the rules hold within it.
    Json,
    /// The value is text in Base64: secrets in it are found by their shape.
    Base64,
    /// As [`How::Whole`], for a value in Base64: what stands in its place is Base64 too, so that the answer can be read.
    Packed,
    /// The value is asked with again: without it the next page could not be asked for, live or on replay.
    Keep,
}

/// (service or `*`, field, how). Fields fold case, because services do not agree on theirs; `*` before one stands for any
/// beginning. The first that fits holds.
const RULES: &[(&str, &str, How)] = &[
    ("*", "nexttoken", How::Keep),
    ("*", "nextpagetoken", How::Keep),
    ("*", "paginationtoken", How::Keep),
    ("*", "continuationtoken", How::Keep),
    ("*", "nextcontinuationtoken", How::Keep),
    ("*", "marker", How::Keep),
    ("*", "nextmarker", How::Keep),
    ("*", "clienttoken", How::Keep),
    ("*", "clientrequesttoken", How::Keep),
    ("*", "idempotencytoken", How::Keep),
    ("*", "*secretaccesskey", How::Value),
    ("*", "sessiontoken", How::Whole),
    ("*", "secretstring", How::Whole),
    ("*", "secretbinary", How::Whole),
    ("*", "*password", How::Value),
    ("*", "*passphrase", How::Value),
    ("*", "*authtoken", How::Value),
    ("*", "*clientsecret", How::Value),
    ("*", "*privatekey", How::Value),
    ("*", "*plaintext", How::Value),
    ("*", "authorizationtoken", How::Whole),
    ("*", "bearertoken", How::Whole),
    ("*", "base32stringseed", How::Packed),
    ("*", "qrcodepng", How::Packed),
    ("*", "apikeyvalue", How::Whole),
    ("*", "userdata", How::Whole),
    ("*", "environment", How::Whole),
    ("*", "environmentvariables", How::Whole),
    ("*", "containeroverrides", How::Whole),
    ("cloudtrail", "cloudtrailevent", How::Json),
    ("cloudtrail", "accesstoken", How::Whole),
    ("cloudtrail", "idtoken", How::Whole),
    ("cloudtrail", "refreshtoken", How::Whole),
    ("cloudtrail", "loginto", How::Address),
    // Events hold what other services were asked with: their rules hold within.
    ("cloudtrail", "endpoint", How::Address),
    ("cloudtrail", "input", How::Whole),
    ("cloudtrail", "inputtemplate", How::Whole),
    ("cloudtrail", "headerparameters", How::Whole),
    ("cloudtrail", "querystringparameters", How::Whole),
    ("cloudtrail", "pathparametervalues", How::Whole),
    ("cloudtrail", "graphqloperation", How::Whole),
    ("cloudtrail", "sql", How::Whole),
    ("cloudtrail", "sqls", How::Whole),
    ("events", "input", How::Whole),
    ("events", "inputtemplate", How::Whole),
    ("events", "headerparameters", How::Whole),
    ("events", "querystringparameters", How::Whole),
    ("events", "pathparametervalues", How::Whole),
    ("events", "graphqloperation", How::Whole),
    ("events", "sql", How::Whole),
    ("events", "sqls", How::Whole),
    ("iam", "content", How::Base64),
    ("sns", "endpoint", How::Address),
    ("account", "addressline1", How::Whole),
    ("account", "addressline2", How::Whole),
    ("account", "addressline3", How::Whole),
    ("account", "phonenumber", How::Whole),
    ("account", "postalcode", How::Whole),
    ("identitystore", "name", How::Whole),
    ("identitystore", "nickname", How::Whole),
    ("identitystore", "profileurl", How::Whole),
    ("identitystore", "emails", How::Whole),
    ("identitystore", "addresses", How::Whole),
    ("identitystore", "phonenumbers", How::Whole),
    ("identitystore", "usertype", How::Whole),
    ("identitystore", "title", How::Whole),
    ("identitystore", "preferredlanguage", How::Whole),
    ("identitystore", "locale", How::Whole),
    ("identitystore", "timezone", How::Whole),
    ("identitystore", "photos", How::Whole),
    ("identitystore", "website", How::Whole),
    ("identitystore", "birthdate", How::Whole),
    ("identitystore", "roles", How::Whole),
    ("identitystore", "externalids", How::Whole),
    ("identitystore", "extensions", How::Whole),
];

/// The rules that hold for a service.
#[derive(Debug, Clone, Copy)]
struct Rules<'a>(&'a str);

impl Rules<'_> {
    fn of(self, field: &str) -> Option<(&'static str, How)> {
        let named = |name: &str| match name.strip_prefix('*') {
            Some(end) => field
                .len()
                .checked_sub(end.len())
                .and_then(|at| field.get(at..))
                .is_some_and(|tail| tail.eq_ignore_ascii_case(end)),
            None => name.eq_ignore_ascii_case(field),
        };
        let rule = RULES.iter().find(|(service, name, _)| (*service == "*" || *service == self.0) && named(name))?;
        Some((rule.1.trim_start_matches('*'), rule.2))
    }
}

/// A value, or a part of one, under a field that a rule names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// Where it stands.
    pub range: Range<usize>,
    /// The field.
    pub name: &'static str,
    /// What is done with it: [`How::Whole`], [`How::Base64`] or [`How::Keep`].
    pub how: How,
}

/// The values of a body's fields that the rules of a service name. Of a body that is neither XML nor JSON those of its form are
/// found that are asked with again.
pub(super) fn find(service: &str, body: &[u8]) -> Vec<Field> {
    let rules = Rules(service);
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'<') => xml_values(body, rules),
        Some(b'{' | b'[') => json_values(body, rules),
        _ => asked_again(body),
    }
}

/// What a form, or the query of an address, asks with again: the token of a page, which looks like a secret and is none. By
/// it a replay tells one page from the next.
pub(super) fn asked_again(form: &[u8]) -> Vec<Field> {
    let mut found = Vec::new();
    let mut at = 0;
    for pair in form.split(|byte| matches!(byte, b'&' | b'?')) {
        let begins = at;
        at += pair.len() + 1;
        let Some(equals) = pair.iter().position(|byte| *byte == b'=') else { continue };
        // `continuation-token` is `ContinuationToken`.
        let name: Vec<u8> = pair[..equals].iter().copied().filter(|byte| !matches!(byte, b'-' | b'_')).collect();
        let rule = std::str::from_utf8(&name).ok().and_then(|name| Rules("*").of(name));
        if let Some((name, How::Keep)) = rule {
            found.push(Field { range: begins + equals + 1..begins + pair.len(), name, how: How::Keep });
        }
    }
    found
}

impl How {
    /// What is done with a part that was found: where it lies is settled.
    fn settled(self) -> Self {
        match self {
            Self::Value | Self::Address | Self::Json => Self::Whole,
            settled => settled,
        }
    }
}

/// The part of a value that a rule takes out, relative to the value.
fn part(how: How, value: &str) -> Option<Range<usize>> {
    match how {
        // What is JSON by rule and stands elsewhere than in a JSON string is not looked into: it goes.
        How::Value if matches!(value, "true" | "false") => None,
        How::Whole | How::Value | How::Json | How::Base64 | How::Packed | How::Keep => {
            (!value.is_empty()).then_some(0..value.len())
        }
        How::Address => {
            let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"))?;
            let authority = value.len() - rest.len();
            let end = rest.find(['/', '?', '#']).map_or(value.len(), |at| authority + at);
            let host = value[authority..end].rfind('@').map_or(authority, |at| authority + at + 1);
            // Credentials before the host and everything after it; the host tells which service is alerted.
            if host > authority {
                Some(authority..value.len())
            } else {
                (end + 1 < value.len()).then(|| end + 1..value.len())
            }
        }
    }
}

fn xml_values(body: &[u8], rules: Rules<'_>) -> Vec<Field> {
    let mut reader = Reader::from_reader(body);
    reader.config_mut().check_end_names = false;
    let mut cuts = Vec::new();
    // The rule in force, the depth at which it began, and where its value begins. The value is taken whole: its text
    // may come in pieces, between entities, sections and elements.
    let mut inside: Option<(&'static str, How, usize, usize)> = None;
    let mut depth = 0_usize;
    // SNS tells attributes as entries, `<entry><key>Endpoint</key><value>...</value></entry>`: the key names the field. The tags
    // of other services have keys and values too, and their keys are no fields.
    let (mut in_key, mut keyed) = (false, None);
    let place =
        |reader: &Reader<&[u8]>| usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(body.len());
    let mut cut = |name: &'static str, how: How, range: Range<usize>| {
        let text = String::from_utf8_lossy(&body[range.clone()]);
        // Lossy text has other offsets: what is not UTF-8 goes whole.
        let how = if matches!(text, Cow::Owned(_)) { How::Whole } else { how };
        let part = if how == How::Whole { (!range.is_empty()).then(|| 0..range.len()) } else { part(how, &text) };
        if let Some(part) = part {
            cuts.push(Field { range: range.start + part.start..range.start + part.end, name, how: how.settled() });
        }
    };
    loop {
        let start = place(&reader);
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                depth += 1;
                let local = tag.local_name();
                let name: &str = local.as_ref();
                in_key = rules.0 == "sns" && name == "key";
                let rule = if rules.0 == "sns" && name == "value" { keyed.take() } else { rules.of(name) };
                if inside.is_none()
                    && let Some((field, how)) = rule
                {
                    inside = Some((field, how, depth, place(&reader)));
                }
            }
            Ok(Event::Text(_)) if in_key => {
                keyed = std::str::from_utf8(&body[start..place(&reader)]).ok().and_then(|key| rules.of(key.trim()));
            }
            Ok(Event::End(_)) => {
                in_key = false;
                if let Some((field, how, _, from)) = inside.take_if(|(_, _, at, _)| *at == depth) {
                    cut(field, how, from..start.max(from));
                }
                depth = depth.saturating_sub(1);
            }
            Ok(Event::Eof) | Err(_) => {
                // Cut short within a value, or no XML from here on: the rest goes.
                if let Some((field, _, _, from)) = inside {
                    cut(field, How::Whole, from..body.len());
                }
                return cuts;
            }
            Ok(_) => {}
        }
    }
}

/// Finds the values of fields in JSON text by their place, without building the document.
fn json_values(body: &[u8], rules: Rules<'_>) -> Vec<Field> {
    let mut cuts = Vec::new();
    let mut inside: Option<(&'static str, How, usize)> = None;
    let mut depth = 0_usize;
    let mut at = 0;
    while at < body.len() {
        match body[at] {
            b'"' => {
                let end = string_end(body, at);
                let text = std::str::from_utf8(&body[at + 1..end.saturating_sub(1).max(at + 1)]).unwrap_or_default();
                let after = body[end..].iter().position(|b| !b.is_ascii_whitespace()).map(|skip| body[end + skip]);
                if after == Some(b':') {
                    if inside.is_none()
                        && let Some((name, how)) = rules.of(text)
                    {
                        // Holds for the value that follows: until the next sibling, or the end of the nesting.
                        inside = Some((name, how, depth));
                    }
                } else if let Some((_, How::Json, _)) = &inside {
                    cuts.extend(nested_values(text, rules).into_iter().map(|field| {
                        let range = at + 1 + field.range.start..at + 1 + field.range.end;
                        Field { range, ..field }
                    }));
                } else if let Some((name, how, _)) = inside
                    && let Some(cut) = part(how, text)
                {
                    cuts.push(Field { range: at + 1 + cut.start..at + 1 + cut.end, name, how: how.settled() });
                }
                at = end;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if inside.as_ref().is_some_and(|(_, _, began)| depth < *began) {
                    inside = None;
                }
            }
            b',' if inside.as_ref().is_some_and(|(_, _, began)| depth == *began) => inside = None,
            _ => {}
        }
        at += 1;
    }
    cuts
}

/// As [`json_values`], for a document that stands as a string within another; ranges are those of the string's text.
fn nested_values(text: &str, rules: Rules<'_>) -> Vec<Field> {
    // The document, and where each of its bytes stands in the text.
    let (mut document, mut places) = (Vec::with_capacity(text.len()), Vec::with_capacity(text.len() + 1));
    let mut rest = text.char_indices();
    while let Some((at, c)) = rest.next() {
        let c = if c == '\\' {
            match rest.next() {
                Some((_, 'n' | 'r' | 't')) => ' ',
                Some((_, 'u')) => {
                    let digits: String = rest.by_ref().take(4).map(|(_, digit)| digit).collect();
                    u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).unwrap_or('?')
                }
                Some((_, escaped)) => escaped,
                None => break,
            }
        } else {
            c
        };
        document.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        places.resize(document.len(), at);
    }
    places.push(text.len());
    json_values(&document, rules)
        .into_iter()
        .map(|field| Field { range: places[field.range.start]..places[field.range.end], ..field })
        .collect()
}

/// The index after the closing quote of the string that opens at `at`.
fn string_end(body: &[u8], at: usize) -> usize {
    let mut i = at + 1;
    while i < body.len() {
        match body[i] {
            b'\\' => i += 2,
            b'"' => return i + 1,
            _ => i += 1,
        }
    }
    body.len()
}
