//! The evidence part of the report: each call with its parameters, times, request ids, digests and bodies.

use std::io::{self, Write};

use kickoff_evidence::Run;
use maud::{Markup, html};

use super::{badge, call, put, time};
use crate::results::{Document, Evidence, Exchange};

/// Bodies beyond this length are shown up to here, in bytes; the run holds them whole.
const SHOWN: usize = 32 * 1024;
/// All bodies of a report together, in bytes: a report must open in a browser.
const ALL_SHOWN: usize = 6 * 1024 * 1024;

pub(super) fn write(document: &Document, run: &Run, to: &mut dyn Write) -> io::Result<()> {
    put(
        to,
        html! {
            h2 #evidence { "Evidence" }
            p.hint {
                "One item for each call, with all its pages and tries. The request id is AWS's: the entity's own CloudTrail knows "
                "the call by it. The digest is that of the stored body; " code { "zstd -dc exchanges/ACCOUNT.jsonl.zst | sed -n LINEp" }
                " prints an exchange as it was recorded."
            }
        },
    )?;
    let mut left = ALL_SHOWN;
    for item in &document.evidence {
        let bodies: Vec<Markup> = item.exchanges.iter().map(|exchange| show(exchange, item, run, &mut left)).collect();
        put(
            to,
            html! {
                details.evidence #(item.id) data-find={ (item.id) " " (call(item)) " " (item.region) } {
                    summary {
                        span.eid { (item.id) } " " code { (call(item)) } " " span.muted { (item.region) " · " (item.account) } " " (badge(&item.status))
                        @if item.status == "ok" { span.muted { " " (item.records) @if item.records == 1 { " record" } @else { " records" } } }
                    }
                    div.inside {
                        @if let Some(reason) = &item.reason { p { (reason) } }
                        p.small {
                            "Parameters: "
                            @if item.parameters.is_empty() { "none" }
                            @for (name, value) in &item.parameters { code { (name) "=" (value) } " " }
                            " · pages " (item.pages)
                        }
                        @for body in &bodies { (body) }
                    }
                }
            },
        )?;
    }
    Ok(())
}

fn show(exchange: &Exchange, item: &Evidence, run: &Run, left: &mut usize) -> Markup {
    let read = run.archive(&item.account).map(|archive| archive.read(exchange.position));
    let (request, body, note) = match read {
        Some(Ok(full)) => {
            let response = full.response.as_ref().map(|r| r.body.clone()).unwrap_or_default();
            let limit = SHOWN.min(*left);
            let shown = clip(&response, limit);
            *left -= shown.len().min(*left);
            let note = (shown.len() < response.len())
                .then(|| format!("the first {} of {} bytes; the run holds all", shown.len(), response.len()));
            let text = String::from_utf8_lossy(shown).into_owned();
            let failure = full.failure.clone();
            let sent = String::from_utf8_lossy(&full.request.body).into_owned();
            (
                format!("{} {}\n{}", full.request.method, full.request.uri, sent).trim_end().to_owned(),
                text,
                note.or(failure),
            )
        }
        Some(Err(error)) => (String::new(), String::new(), Some(error.to_string())),
        None => (String::new(), String::new(), Some("the run holds no archive of this account".to_owned())),
    };
    html! {
        div.exchange {
            p.small {
                (time(&exchange.started))
                " · HTTP " @if let Some(status) = exchange.status { (status) } @else { "no answer" }
                " · try " (exchange.attempt)
                @if let Some(id) = &exchange.request_id { " · request id " code { (id) } }
                @if let Some(date) = &exchange.aws_date { " · AWS's clock " (date) }
                " · " (exchange.endpoint)
            }
            @if let Some(digest) = &exchange.sha256 {
                p.small { code.digest { "sha256 " (digest) } " · " (exchange.bytes) " bytes"
                    @if exchange.redacted > 0 { strong { " · " (exchange.redacted) " values redacted" } } }
            }
            details { summary { "Request" } pre { (request) } }
            @if let Some(note) = &note { p.small.muted { (note) } }
            @if !body.is_empty() { details { summary { "Answer" } pre { (body) } } }
        }
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
