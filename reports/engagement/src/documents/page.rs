//! What a server sends in place of a document: its sign-in page, or that something went wrong.

use serde_json::Value;

/// Words that a part of a page's title begins with where a sign-in is asked for.
const SIGN_IN: [&str; 19] = [
    "sign in",
    "sign-in",
    "signin",
    "sign on",
    "log in",
    "log-in",
    "login",
    "log on",
    "logon",
    "single sign-on",
    "authentication required",
    "anmelden",
    "anmeldung",
    "einloggen",
    "se connecter",
    "connexion",
    "iniciar sesión",
    "accedi",
    "inloggen",
];
/// What may follow them.
const MORE: [&str; 8] = [" to ", " with ", " page", " required", " bei ", " à ", " en ", " in "];
/// Such words where something went wrong.
const WRONG: [&str; 12] = [
    "access denied",
    "access is denied",
    "forbidden",
    "unauthorized",
    "page not found",
    "not found",
    "just a moment",
    "session expired",
    "service unavailable",
    "permission denied",
    "error",
    "an error occurred",
];
/// What follows the number of an error.
const NUMBERED: [&str; 10] =
    ["", "not found", "forbidden", "unauthorized", "error", "bad", "internal", "service", "gateway", "page"];
/// What only a page for signing in holds.
const MARKS: [&str; 12] = [
    "type=\"password\"",
    "type='password'",
    "type=password",
    "accounts.google.com/servicelogin",
    "accounts.google.com/v3/signin",
    "login.microsoftonline.com/common/oauth2",
    "okta-sign-in",
    "okta-signin",
    "name=\"samlrequest\"",
    "name='samlrequest'",
    "id=\"kc-form-login\"",
    "aadsts",
];
/// An answer that something went wrong is no longer than this.
const LONGEST: usize = 4096;

/// What a page is, where it is none of a document's.
pub(super) fn is_other(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let title = title(&lower);
    let parts = title.as_deref().unwrap_or_default().split(['|', '·', '–', '—', ':', '•']);
    let parts: Vec<&str> = parts.flat_map(|part| part.split(" - ")).map(bare).collect();
    let called = title.as_ref().map(|title| format!(" (`{title}`)")).unwrap_or_default();
    if MARKS.iter().any(|mark| lower.contains(mark)) || parts.iter().any(|part| begins(part, &SIGN_IN)) {
        return Some(format!("looks like a sign-in page{called}"));
    }
    let wrong = parts.iter().any(|part| begins(part, &WRONG) || is_numbered(part));
    wrong.then(|| format!("looks like a page that says what went wrong{called}"))
}

/// Whether a whole page shows nothing by itself: no words outside of scripts, and no picture.
pub(super) fn is_shell(text: &str) -> bool {
    const UNSEEN: [&str; 5] = ["head", "script", "style", "noscript", "template"];
    const SEEN: [&str; 9] = ["img", "svg", "canvas", "object", "embed", "iframe", "video", "frame", "frameset"];
    let lower = text.to_lowercase();
    let mut rest = lower.trim_start_matches('\u{feff}');
    while let Some((words, after)) = rest.split_once('<') {
        if !words.replace("&nbsp;", "").trim().is_empty() {
            return false;
        }
        let name: &str = after.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        if SEEN.contains(&name) {
            return false;
        }
        let (end, from) = if let Some(remark) = after.strip_prefix("!--") {
            ("-->".to_owned(), remark)
        } else if UNSEEN.contains(&name) {
            (format!("</{name}>"), after)
        } else {
            (">".to_owned(), after)
        };
        rest = from.split_once(&end).map_or("", |(_, rest)| rest);
    }
    rest.trim().is_empty()
}

fn bare(part: &str) -> &str {
    let part = part.trim().trim_end_matches(['.', '!', '…']);
    part.strip_prefix("please ").unwrap_or(part)
}

/// Whether a part of a title is one of some words, or goes on as such a title does: a policy on it begins like it too.
fn begins(part: &str, with: &[&str]) -> bool {
    let mut rest = with.iter().filter_map(|word| part.strip_prefix(word));
    rest.any(|rest| rest.is_empty() || MORE.iter().any(|more| format!("{rest} ").starts_with(more)))
}

/// Whether a part of a title is an error with its number: `404 Not Found`, `Error 403`.
fn is_numbered(part: &str) -> bool {
    let part = ["http status ", "http error ", "http ", "error "]
        .iter()
        .find_map(|start| part.strip_prefix(start))
        .unwrap_or(part);
    let (number, rest) = part.split_once(' ').unwrap_or((part, ""));
    let is_code = number.len() == 3 && number.starts_with(['4', '5']) && number.chars().all(|c| c.is_ascii_digit());
    is_code && NUMBERED.iter().any(|word| rest == *word || (!word.is_empty() && rest.starts_with(word)))
}

/// The title of a page in lower case.
fn title(lower: &str) -> Option<String> {
    let (_, rest) = lower.split_once("<title")?;
    let (title, _) = rest.split_once('>')?.1.split_once("</title")?;
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let title: String = title.chars().filter(|c| !c.is_control()).take(80).collect();
    (!title.is_empty()).then_some(title)
}

/// Whether a text for machines says that something went wrong, and nothing else.
pub(super) fn is_error(text: &str) -> bool {
    let text = text.trim();
    if text.len() > LONGEST {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    let inner =
        if lower.starts_with("<?xml") { lower.split_once("?>").map_or("", |(_, rest)| rest.trim()) } else { &lower };
    if ["<error>", "<error ", "<errorresponse", "<errors>"].iter().any(|root| inner.starts_with(root)) {
        return true;
    }
    let Ok(Value::Object(said)) = serde_json::from_str::<Value>(text) else { return false };
    let is_said = |key: &str| said.get(key).is_some_and(|value| !matches!(value, Value::Null | Value::Bool(false)));
    let only = said.keys().all(|key| WORDS.contains(&key.to_ascii_lowercase().as_str()));
    only && (["error", "errors", "Error", "__type"].iter().any(|key| is_said(key))
        || (is_said("message") && said.len() <= 4))
}

/// The keys of such a text.
const WORDS: [&str; 18] = [
    "error",
    "errors",
    "__type",
    "message",
    "messages",
    "code",
    "status",
    "statuscode",
    "error_description",
    "error_uri",
    "timestamp",
    "path",
    "requestid",
    "request_id",
    "detail",
    "details",
    "documentation_url",
    "trace_id",
];
