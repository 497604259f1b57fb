//! The evidence as data: a list of the calls, and for each its exchanges with times, digests and bodies.

use std::io::{self, Write};

use kickoff_evidence::{Redaction, Run};
use serde::Serialize;

use super::data::{Block, Names, Property, Table};
use crate::package::Dossier;
use crate::results::{Evidence, Exchange};

/// Bodies beyond this length are shown up to here, in bytes; the run holds them whole.
const SHOWN: usize = 32 * 1024;
/// All bodies of a report together, in bytes: a report must open in a browser.
const ALL_SHOWN: usize = 6 * 1024 * 1024;

/// An exchange as its item shows it.
#[derive(Serialize)]
struct ExchangeData<'a> {
    status: Option<u16>,
    started: &'a str,
    finished: &'a str,
    attempt: u32,
    date: Option<&'a str>,
    endpoint: &'a str,
    sha256: Option<&'a str>,
    bytes: u64,
    redacted: u32,
    #[serde(flatten)]
    stored: Stored,
}

/// What the run holds of an exchange.
#[derive(Default, Serialize)]
struct Stored {
    #[serde(skip_serializing_if = "String::is_empty")]
    request: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    body: String,
    /// What was taken out before it was stored: what, and how many.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    redactions: Vec<Redaction>,
    /// Why something of it is not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// The list of all items; the calls are new strings, and go beside the names.
pub(super) fn index<'a>(dossier: &'a Dossier<'a>, names: &mut Names<'a>, to: &mut dyn Write) -> io::Result<()> {
    let items = &dossier.sources.document.evidence;
    let mut block = Block::open(to, "data-evidence")?;
    block.column("id", items.iter().map(|item| &item.id))?;
    let mut calls: Table<(&'a str, &'a str)> = Table::new(("", ""));
    block.column("call", items.iter().map(|item| calls.number((item.service.as_str(), item.operation.as_str()))))?;
    block.column("calls", calls.values.iter().map(|(service, operation)| format!("{service}:{operation}")))?;
    let properties: [Property<Evidence>; 4] = [
        ("account", |item| &item.account),
        ("region", |item| &item.region),
        ("status", |item| &item.status),
        ("reason", |item| item.reason.as_deref().unwrap_or_default()),
    ];
    for (name, of) in properties {
        block.column(name, items.iter().map(|item| names.number(of(item))))?;
    }
    block.column("pages", items.iter().map(|item| item.pages))?;
    block.column("records", items.iter().map(|item| item.records))?;
    let parameters = |item: &'a Evidence, names: &mut Names<'a>| -> Vec<usize> {
        item.parameters.iter().flat_map(|(name, value)| [names.number(name), names.number(value)]).collect()
    };
    block.column("parameters", items.iter().map(|item| parameters(item, names)))?;
    let requests =
        |item: &'a Evidence| -> Vec<_> { item.exchanges.iter().map(|exchange| &exchange.request_id).collect() };
    block.column("requests", items.iter().map(requests))?;
    block.close()
}

/// A block for each item, so that a browser reads only what is opened.
pub(super) fn items(dossier: &Dossier<'_>, run: Option<&Run>, to: &mut dyn Write) -> io::Result<()> {
    let mut left = ALL_SHOWN;
    for (at, item) in dossier.sources.document.evidence.iter().enumerate() {
        let mut block = Block::open(to, &format!("item-{at}"))?;
        let exchanges = item.exchanges.iter().map(|exchange| ExchangeData {
            status: exchange.status,
            started: &exchange.started,
            finished: &exchange.finished,
            attempt: exchange.attempt,
            date: exchange.aws_date.as_deref(),
            endpoint: &exchange.endpoint,
            sha256: exchange.sha256.as_deref(),
            bytes: exchange.bytes,
            redacted: exchange.redacted,
            stored: stored(exchange, item, run, &mut left),
        });
        block.column("exchanges", exchanges)?;
        block.close()?;
    }
    Ok(())
}

fn stored(exchange: &Exchange, item: &Evidence, run: Option<&Run>, left: &mut usize) -> Stored {
    let because = |note: &str| Stored { note: Some(note.to_owned()), ..Stored::default() };
    let Some(run) = run else { return because("The bodies are in the run, which this report was written without.") };
    if *left == 0 {
        return because("Not shown, so that this page opens quickly: the run holds it whole.");
    }
    let Some(archive) = run.archive(&item.account) else { return because("The run holds no archive of this account.") };
    let full = match archive.read(exchange.position) {
        Ok(full) => full,
        Err(error) => return because(&error.to_string()),
    };
    let response = full.response.as_ref();
    // A body stands under its own digest or nowhere.
    if response.map(|response| &response.sha256) != exchange.sha256.as_ref() {
        return because("The run holds another answer in this place.");
    }
    let body = response.map(|response| response.body.as_ref()).unwrap_or_default();
    let shown = clip(body, SHOWN.min(*left));
    *left -= shown.len();
    let sent = String::from_utf8_lossy(&full.request.body);
    let cut = (shown.len() < body.len())
        .then(|| format!("The first {} of {} bytes; the run holds all.", shown.len(), body.len()));
    Stored {
        request: format!("{} {}\n{sent}", full.request.method, full.request.uri).trim_end().to_owned(),
        body: String::from_utf8_lossy(shown).into_owned(),
        redactions: response.map(|response| response.redactions.clone()).unwrap_or_default(),
        note: cut.or(full.failure),
    }
}

/// The first bytes of a body, never within a character.
fn clip(body: &[u8], limit: usize) -> &[u8] {
    if body.len() <= limit {
        return body;
    }
    let mut end = limit;
    while end > 0 && body[end] & 0xC0 == 0x80 {
        end -= 1;
    }
    &body[..end]
}
