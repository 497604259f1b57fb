//! `20_evidence/E-0042/`: every answer as AWS sent it, with its IPE record, its rows, and the ids of its requests.

use std::io;

use kickoff_engagement::cells::BYTE_ORDER_MARK;
use kickoff_evidence::Exchange;
use serde_json::Value;

use super::dossier::Dossier;
use super::ipe::Ipe;
use super::rows;
use crate::drawing;
use crate::results::{Document, Evidence};

/// The folder of all items.
pub const FOLDER: &str = "20_evidence";

/// The digests of all answers: its own SHA-256 stands for the evidence on every page.
pub const DIGESTS: &str = "20_evidence/DIGESTS.txt";

/// The text of [`DIGESTS`]: the digest of each answer and of the record of its exchange (who asked what, when, and what came
/// with the answer), with its item and its place there, in the order of the items.
#[must_use]
pub fn digests(document: &Document) -> String {
    let mut text = String::new();
    for item in &document.evidence {
        for (number, exchange) in (1..).zip(&item.exchanges) {
            if let Some(sha256) = exchange.sha256.as_ref().filter(|_| exchange.bytes > 0) {
                text.push_str(&format!("{sha256}  {} raw/{number:04}\n", item.id));
            }
            text.push_str(&format!("{}  {} record/{number:04}\n", exchange.record, item.id));
        }
    }
    text
}

/// A file of an item, by its path in the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemFile {
    /// The path.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// The files of an item: the answers first.
///
/// # Errors
/// A record cannot be put into words; none that can happen.
pub fn files(dossier: &Dossier<'_>, item: &Evidence, exchanges: &[Exchange]) -> io::Result<Vec<ItemFile>> {
    let folder = format!("{FOLDER}/{}", item.id);
    let mut found = Vec::new();
    let mut names: Vec<Option<String>> = Vec::new();
    for (number, exchange) in (1..).zip(exchanges) {
        let name = exchange.response.as_ref().filter(|response| !response.body.is_empty()).map(|response| {
            let name = format!("raw/{number:04}.{}", extension(&response.body));
            found.push(ItemFile { path: format!("{folder}/{name}"), bytes: response.body.to_vec() });
            name
        });
        names.push(name);
    }
    let read = exchanges.iter().filter_map(|exchange| exchange.response.as_ref()).filter(|r| r.status < 400);
    let rows = rows::csv(read.map(|response| response.body.as_ref())).map_err(io::Error::other)?;
    let record = Ipe::new(dossier, item, exchanges, &names, rows.is_some());
    let mut value = serde_json::to_value(&record)?;
    // What was sent and what came back, so that the facts can be read from these files again.
    let filed = exchanges.iter().zip(&names).map(|(exchange, name)| exchange.filed(name.as_deref()));
    value["exchanges"] = filed.collect::<Result<Value, _>>()?;
    let mut text = serde_json::to_vec_pretty(&value)?;
    text.push(b'\n');
    found.push(ItemFile { path: format!("{folder}/ipe.json"), bytes: text });
    found.push(ItemFile { path: format!("{folder}/ipe.txt"), bytes: record.sentences(dossier).into_bytes() });
    if let Some(bytes) = rows {
        found.push(ItemFile { path: format!("{folder}/data.csv"), bytes });
    }
    if !exchanges.is_empty() {
        found.push(ItemFile {
            path: format!("{folder}/request-ids.csv"),
            bytes: request_ids(exchanges).map_err(io::Error::other)?.into_bytes(),
        });
    }
    Ok(found)
}

/// The ending that opens an answer in the right program.
fn extension(body: &[u8]) -> &'static str {
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') => "json",
        Some(b'<') => "xml",
        _ => "txt",
    }
}

fn request_ids(exchanges: &[Exchange]) -> Result<String, csv::Error> {
    let rows = exchanges.iter().map(|exchange| {
        let response = exchange.response.as_ref();
        [
            response.and_then(|response| response.request_id()).unwrap_or_default().to_owned(),
            exchange.started.to_string(),
            exchange.attempt.to_string(),
            response.map_or_else(|| "no answer".to_owned(), |response| response.status.to_string()),
        ]
    });
    let text = drawing::csv(["Request id", "Time (UTC)", "Attempt", "HTTP status"], rows, "ipe.json")?;
    Ok(format!("{BYTE_ORDER_MARK}{text}"))
}
