//! The IPE record of an evidence item (information produced by the entity): where it came from, how complete it is, how to
//! do it again. As data, and as the sentences of a workpaper.

use std::collections::BTreeMap;

use kickoff_evidence::{Exchange, normalised, sha256_hex};
use serde::Serialize;
use serde_json::Value;

use super::command;
use super::dossier::{Dossier, seconds};
use super::item;
use crate::results::{ControlTotal, Evidence};

/// The record of one item.
#[derive(Debug, Clone, Serialize)]
pub struct Ipe {
    /// `kickoff/ipe/1`.
    pub schema: &'static str,
    /// `E-0042`.
    pub evidence_id: String,
    /// What it is, in a line.
    pub title: String,
    /// `ok`, `absent` (AWS says that there is none), or why it could not be read.
    pub status: String,
    /// What AWS said, where something went wrong or there is none.
    pub reason: Option<String>,
    /// The criteria that it informs.
    pub criteria: Vec<String>,
    /// The controls whose tests cite it.
    pub controls: Vec<String>,
    /// Those tests.
    pub tests: Vec<String>,
    /// Where it came from.
    pub source: Source,
    /// Who asked, with what.
    pub collector: Collector,
    /// What was asked.
    pub query: Query,
    /// When.
    pub time: Time,
    /// How complete it is.
    pub population: Completeness,
    /// What was done to what AWS answered, in order.
    pub transformations: Vec<String>,
    /// Digests and request ids.
    pub integrity: Integrity,
    /// What it does not show.
    pub limits: Vec<&'static str>,
    /// Who prepared it.
    pub prepared_by: String,
    /// Who reviewed it: left to people.
    pub reviewed_by: Option<String>,
    /// When it was reviewed: left to people.
    pub reviewed_at: Option<String>,
}

/// Where an item came from.
#[derive(Debug, Clone, Serialize)]
pub struct Source {
    /// The service, by kickoff's prefix.
    pub service: String,
    /// The API operation.
    pub operation: String,
    /// Who answered.
    pub endpoint: String,
    /// The account.
    pub account: String,
    /// Its alias or name.
    pub alias: Option<String>,
    /// Its environment.
    pub environment: Option<String>,
    /// Its partition.
    pub partition: String,
    /// The region.
    pub region: String,
}

/// Who asked.
#[derive(Debug, Clone, Serialize)]
pub struct Collector {
    /// The caller's ARN, as STS named it.
    pub caller: String,
    /// The program and its version.
    pub tool: String,
    /// The run.
    pub run: String,
    /// How many checks were decided from the run.
    pub checks: usize,
}

/// What was asked.
#[derive(Debug, Clone, Serialize)]
pub struct Query {
    /// The parameters, but for page tokens.
    pub parameters: BTreeMap<String, String>,
    /// The parameters that narrow the answer, or `none`.
    pub filters: String,
    /// How pages were read.
    pub pagination: String,
    /// The same question for the AWS CLI.
    pub aws_cli: String,
}

/// When it was asked.
#[derive(Debug, Clone, Serialize)]
pub struct Time {
    /// When the first request went out (UTC).
    pub started: Option<String>,
    /// When the last answer was complete (UTC).
    pub finished: Option<String>,
    /// AWS's clock minus ours, in seconds; AWS tells whole seconds only.
    pub clock_offset_seconds: Option<i64>,
    /// Since when the configuration was in force: an answer of the API shows a moment.
    pub effective: String,
    /// When it reached the auditor: left to people.
    pub received_at: Option<String>,
}

/// How complete an item is.
#[derive(Debug, Clone, Serialize)]
pub struct Completeness {
    /// Records in the lists of the answers, counted in their bytes; none where the answer is one object and no list.
    pub records: Option<u64>,
    /// Pages that were read.
    pub pages: u32,
    /// Whether a page was left unread.
    pub truncated: bool,
    /// Second counts that AWS offers.
    pub control_totals: Vec<ControlTotal>,
    /// The populations that are read from it, with the number of all that they list.
    pub lists: Vec<String>,
    /// What the difference comes from, or that there is no second count.
    pub explanation: String,
}

/// Digests and request ids.
#[derive(Debug, Clone, Serialize)]
pub struct Integrity {
    /// Each answer: its file, digest, length, and the digest of the bytes as they were received.
    pub raw: Vec<RawFile>,
    /// SHA-256 over all answers in a form that does not depend on order, page tokens and request ids.
    pub sha256_normalised: Option<String>,
    /// AWS's ids of the requests, by which the entity's own CloudTrail knows them.
    pub request_ids: Vec<String>,
}

/// An answer as a file of the package.
#[derive(Debug, Clone, Serialize)]
pub struct RawFile {
    /// The file, within the item's folder.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// SHA-256 of the bytes as AWS sent them; another one where values were redacted.
    pub sha256_received: String,
    /// Its length in bytes.
    pub bytes: u64,
}

impl Ipe {
    /// The record of an item with its exchanges. `files` are the names of the answers' files, one an exchange that has an
    /// answer; `rows` says whether the answers were laid out in rows.
    #[must_use]
    pub fn new(
        dossier: &Dossier<'_>,
        item: &Evidence,
        exchanges: &[Exchange],
        files: &[Option<String>],
        rows: bool,
    ) -> Self {
        let run = &dossier.sources.document.run;
        let account = run.accounts.iter().find(|account| account.id == item.account);
        let citing: Vec<_> = dossier.citing(&item.id).collect();
        let mut criteria: Vec<String> =
            citing.iter().flat_map(|control| control.check.meta.criteria).map(|id| (*id).to_owned()).collect();
        criteria.sort_by_key(|id| super::dossier::criterion_order(id));
        criteria.dedup();
        let totals: Vec<ControlTotal> = dossier
            .sources
            .document
            .control_totals
            .iter()
            .filter(|total| total.evidence.contains(&item.id))
            .cloned()
            .collect();
        let read = item.status == "ok" || item.status == "absent";
        let raw: Vec<RawFile> = exchanges
            .iter()
            .zip(files)
            .filter_map(|(exchange, file)| {
                let response = exchange.response.as_ref()?;
                Some(RawFile {
                    file: file.clone()?,
                    sha256: response.sha256.clone(),
                    sha256_received: response.sha256_received.clone(),
                    bytes: response.body.len() as u64,
                })
            })
            .collect();
        Self {
            schema: "kickoff/ipe/1",
            evidence_id: item.id.clone(),
            title: item::title(item),
            status: item.status.clone(),
            reason: item.reason.clone(),
            criteria,
            controls: citing.iter().map(|control| control.id.to_owned()).collect(),
            tests: citing.iter().map(|control| control.test()).collect(),
            source: Source {
                service: item.service.clone(),
                operation: item.operation.clone(),
                endpoint: item.exchanges.first().map(|e| e.endpoint.clone()).unwrap_or_default(),
                account: item.account.clone(),
                alias: account.and_then(|a| a.alias.clone().or_else(|| a.name.clone())),
                environment: account.and_then(|a| a.environment.clone()),
                partition: account.map(|a| a.partition.clone()).unwrap_or_default(),
                region: item.region.clone(),
            },
            collector: Collector {
                caller: account.map(|a| a.caller.clone()).unwrap_or_default(),
                tool: run.collected_by.clone(),
                run: run.id.clone(),
                checks: run.checks.len(),
            },
            query: Query {
                parameters: item.parameters.clone(),
                filters: item::filters(item),
                pagination: match (read, item.pages) {
                    (false, _) => "not all pages could be read".to_owned(),
                    (true, _) if item.status == "absent" => "none: AWS answered that there is none".to_owned(),
                    (true, 0 | 1) if item.reason.is_some() => "the first page, and AWS has more".to_owned(),
                    (true, 0 | 1) => "one page, the last".to_owned(),
                    (true, pages) => format!("{pages} pages, until AWS gave no further token"),
                },
                aws_cli: command::line(item, exchanges.first()),
            },
            time: Time {
                started: item.exchanges.first().map(|e| e.started.clone()),
                finished: item.exchanges.last().map(|e| e.finished.clone()),
                clock_offset_seconds: item::clock_offset(item),
                effective: if read { "at the moment of the call" } else { "not known" }.to_owned(),
                received_at: None,
            },
            population: Completeness {
                records: item.records,
                pages: item.pages,
                truncated: !read,
                explanation: explain(item, &totals),
                control_totals: totals,
                lists: lists(dossier, &item.id),
            },
            transformations: transformations(exchanges, raw.len(), rows),
            integrity: Integrity {
                sha256_normalised: (!raw.is_empty()).then(|| normalised_digest(exchanges)),
                request_ids: item.exchanges.iter().filter_map(|e| e.request_id.clone()).collect(),
                raw,
            },
            limits: item::limits(item),
            prepared_by: format!("management, with {}", run.collected_by),
            reviewed_by: None,
            reviewed_at: None,
        }
    }

    /// The record as the sentences of a workpaper.
    #[must_use]
    pub fn sentences(&self, dossier: &Dossier<'_>) -> String {
        let Self { source, collector, query, time, population, .. } = self;
        let frame = &dossier.frame;
        let names: Vec<&str> = [source.alias.as_deref(), source.environment.as_deref()].into_iter().flatten().collect();
        let account = match names.as_slice() {
            [] => source.account.clone(),
            names => format!("{} ({})", source.account, names.join(", ")),
        };
        let at = time.started.as_deref().map_or_else(|| "at no time".to_owned(), |at| format!("{} UTC", seconds(at)));
        let parameters: Vec<String> = query.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let filter = match (parameters.is_empty(), query.filters.as_str()) {
            (true, _) => "no parameters".to_owned(),
            (_, "none") => format!("the parameters {} (none narrows the answer)", parameters.join(", ")),
            (_, narrowed) => format!("the parameters {} (narrowed {narrowed})", parameters.join(", ")),
        };
        let mut text = format!(
            "{} holds what {}:{} answered for account {account} in {} as of {at}.\nIt was produced by {} calling {}:{} with {filter}, as {}.\n",
            self.evidence_id,
            source.service,
            source.operation,
            source.region,
            collector.tool,
            source.service,
            source.operation,
            collector.caller,
        );
        match self.status.as_str() {
            "ok" => text.push_str(&match population.records {
                None => "One object was returned, and no list.\n".to_owned(),
                Some(1) => format!("1 record was returned on {}.\n", query.pagination),
                Some(records) => format!("{records} records were returned on {}.\n", query.pagination),
            }),
            "absent" => text.push_str("AWS answered that there is none.\n"),
            status => {
                text.push_str(&format!("It could not be read ({status}): what depends on it is not evaluated.\n"))
            }
        }
        if let Some(reason) = self.reason.as_ref().filter(|_| self.status != "ok") {
            text.push_str(&format!("AWS said: {reason}\n"));
        }
        text.push_str(&population.explanation);
        text.push('\n');
        if !population.lists.is_empty() {
            let lists = population.lists.join("; ");
            text.push_str(&format!(
                "Read into {lists}. What each test left out of these, and why, stands in its workpaper and in the workbook, \
                 Populations.\n"
            ));
        }
        for step in &self.transformations {
            text.push_str(&format!("{step}\n"));
        }
        if let Some(offset) = time.clock_offset_seconds {
            text.push_str(&format!("AWS's clock minus the collector's: {offset} s.\n"));
        }
        text.push_str(&format!("Re-perform: {}\n", query.aws_cli));
        if !self.integrity.request_ids.is_empty() {
            // Only AWS's own calls can be in a CloudTrail, also where the answers are replayed.
            let foreign = &dossier.sources.document.run.foreign_endpoints;
            text.push_str(&if foreign.contains(&source.endpoint) {
                format!("The request ids are of {}, which is not AWS: no CloudTrail knows them.\n", source.endpoint)
            } else {
                "The AWS request ids in request-ids.csv appear in the entity's own CloudTrail, where that records the call.\n"
                    .to_owned()
            });
        }
        for raw in &self.integrity.raw {
            text.push_str(&format!("{}: {} bytes, sha256 {}\n", raw.file, raw.bytes, raw.sha256));
        }
        if !self.tests.is_empty() {
            text.push_str(&format!("Cited by: {}\n", self.tests.join(", ")));
        }
        for limit in &self.limits {
            text.push_str(&format!("Limit: {limit}\n"));
        }
        text.push_str(&format!("\n{}\n", frame.line()));
        text
    }
}

/// The populations that are read from an item. What each test made of them stands with the populations.
fn lists(dossier: &Dossier<'_>, id: &str) -> Vec<String> {
    let read = dossier.populations.iter().filter(|population| population.is_read_from(id));
    read.map(|population| format!("{} {}, {} listed", population.id, population.what, population.size())).collect()
}

/// What a second count says, or why there is none.
fn explain(item: &Evidence, totals: &[ControlTotal]) -> String {
    if totals.is_empty() {
        return match item.status.as_str() {
            "ok" if item.records.is_none() => {
                "The answer is one object: there is no list whose records could be counted."
            }
            "ok" if item.reason.is_some() => {
                "It is the first page of more, which were not asked for: it lists the first of what there is, and no population."
            }
            "ok" => "No second count of it was read; all pages were read until AWS gave no further token.",
            "absent" => "No second count of it was read; AWS's answer is that there is none.",
            _ => "Its population is not known: not every page was answered, and a second count is not at hand.",
        }
        .to_owned();
    }
    let said: Vec<String> = totals
        .iter()
        .map(|total| {
            format!(
                "{}: {} read by {}, {} says {}; difference {}.",
                total.population, total.counted, total.counted_by, total.tied_to, total.expected, total.difference
            )
        })
        .collect();
    said.join(" ")
}

/// What became of the answers. `rows` says whether they were laid out in rows.
fn transformations(exchanges: &[Exchange], answers: usize, rows: bool) -> Vec<String> {
    if answers == 0 {
        return vec!["There is no answer to keep: raw/ has no file of it.".to_owned()];
    }
    let mut redacted: BTreeMap<&str, u32> = BTreeMap::new();
    for redaction in exchanges.iter().filter_map(|e| e.response.as_ref()).flat_map(|r| &r.redactions) {
        *redacted.entry(&redaction.what).or_default() += redaction.count;
    }
    let mut steps: Vec<String> = redacted
        .into_iter()
        .map(|(what, count)| {
            let values = if count == 1 { "value was" } else { "values were" };
            format!("{count} {values} redacted in raw/ before anything was written: {what}.")
        })
        .collect();
    if steps.is_empty() {
        steps.push("raw/ is what AWS sent, byte for byte; no rows were removed or edited.".to_owned());
    } else {
        steps.push("Nothing else was removed or edited; the digest of what AWS sent is in ipe.json.".to_owned());
    }
    if rows {
        steps.push("data.csv is raw/ laid out in rows, without a filter; a cell that a spreadsheet would take for a formula has an apostrophe in front.".to_owned());
    }
    steps
}

/// SHA-256 over the answers that were read, in their order, each in its normalised form.
#[must_use]
pub fn normalised_digest(exchanges: &[Exchange]) -> String {
    let pages: Vec<Value> = exchanges
        .iter()
        .filter_map(|exchange| exchange.response.as_ref())
        .filter(|response| response.status < 400)
        .map(|response| normalised(&response.body))
        .collect();
    sha256_hex(Value::Array(pages).to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::made::Made;
    use super::*;

    /// The record, as words, of the made account's item with another status.
    fn words(status: &str) -> String {
        said(status, (status == "denied").then_some("not authorized to perform iam:ListUsers"))
    }

    fn said(status: &str, reason: Option<&str>) -> String {
        let mut made = Made::new();
        let item = made.document.evidence.first_mut().unwrap();
        item.status = status.to_owned();
        item.reason = reason.map(str::to_owned);
        made.document.control_totals.clear();
        let dossier = made.dossier();
        let item = &dossier.sources.document.evidence[0];
        Ipe::new(&dossier, item, &[], &[], false).sentences(&dossier)
    }

    #[test]
    fn what_was_not_answered_claims_nothing() {
        let denied = words("denied");
        for part in [
            "It could not be read (denied)",
            "AWS said: not authorized to perform iam:ListUsers",
            "Its population is not known",
            "There is no answer to keep",
            "Limit: It was not read",
        ] {
            assert!(denied.contains(part), "{part}\n{denied}");
        }
        for part in ["all pages", "byte for byte", "data.csv", "at the moment of the call"] {
            assert!(!denied.contains(part), "{part}\n{denied}");
        }
        let absent = words("absent");
        assert!(absent.contains("AWS answered that there is none.") && !absent.contains("all pages"), "{absent}");
        assert!(words("ok").contains("all pages were read until AWS gave no further token"));
        let first = said("ok", Some("the first page is all that was asked for: AWS has more"));
        assert!(first.contains("It is the first page of more") && !first.contains("AWS said"), "{first}");
        assert!(!first.contains("all pages") && !first.contains("one page, the last"), "{first}");
    }
}
