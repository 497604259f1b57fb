//! `results.json`, a published contract with types of its own: internal types may change, these may not.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kickoff_checks::{Entry, Selection, Status};
use kickoff_engagement::Engagement;
use kickoff_evidence::{Numbered, RunMetadata};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::exceptions::ExceptionNote;

mod draft;
mod fill;
mod text;
mod told;
mod unit;

pub use draft::Draft;
pub use text::Text;

/// The schema's name.
pub const SCHEMA: &str = "kickoff/results/1";

/// The whole document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// `kickoff/results/1`.
    pub schema: String,
    /// The run.
    pub run: Run,
    /// What was asked, of whom, and how it ended.
    pub coverage: Vec<Coverage>,
    /// Populations tied to a second count.
    pub control_totals: Vec<ControlTotal>,
    /// All 61 criteria. None is ever said to pass.
    pub criteria: Vec<Criterion>,
    /// The results.
    pub results: Vec<ResultRow>,
    /// What of the populations checks did not test, and why: a population less this is what was tested.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
    /// The evidence items that results cite.
    pub evidence: Vec<Evidence>,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// `RUN-20260302T020000Z-9f31c2aa`.
    pub id: String,
    /// `complete` or `interrupted`.
    pub state: String,
    /// When it began, the time that ages are reckoned from (UTC, RFC 3339).
    pub started: String,
    /// When collection ended (UTC, RFC 3339).
    pub finished: Option<String>,
    /// The program that collected, `kickoff 0.1.0`.
    pub collected_by: String,
    /// The program that decided the results; another than the collector's on replay by another version.
    pub evaluated_by: String,
    /// Endpoints that answered in place of AWS. Empty when AWS itself answered.
    pub foreign_endpoints: Vec<String>,
    /// What stood between kickoff and AWS, a proxy or other root certificates than the system's, a sentence each. Absent
    /// where nothing did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub route: Vec<String>,
    /// The accounts.
    pub accounts: Vec<Account>,
    /// Active accounts of the organization that the run does not have, where an account of the run could list them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts_not_scanned: Vec<OrganizationAccount>,
    /// The checks that were selected.
    pub checks: Vec<String>,
}

/// An account of the organization.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationAccount {
    /// Twelve digits.
    pub id: String,
    /// What the organization calls it.
    pub name: String,
}

/// An account of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// The account's alias, where it has one and it was read.
    pub alias: Option<String>,
    /// What kickoff.toml calls it.
    pub name: Option<String>,
    /// `production`, ..., from kickoff.toml.
    pub environment: Option<String>,
    /// `aws`, `aws-us-gov`, `aws-cn`, ...
    pub partition: String,
    /// Who asked.
    pub caller: String,
    /// Regions that were asked.
    pub regions: Vec<String>,
    /// Regions in scope that are not enabled.
    pub disabled_regions: Vec<String>,
    /// Regions that are enabled and were not asked; none where the list of regions could not be read.
    pub regions_not_scanned: Option<Vec<String>>,
}

impl Coverage {
    /// Whether something is not known that should be.
    #[must_use]
    pub fn is_lacking(&self) -> bool {
        self.operation != "*" && !matches!(self.status.as_str(), "ok" | "closed" | "not-offered" | "left-out")
    }
}

/// How the calls of one operation went in one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// `ok`, or the first thing that went wrong: `denied`, `throttled`, `failed`, `region-disabled`, `not-collected`. Three
    /// are no shortfall: `closed` (refused by the service control policy that closes the region), `not-offered` (AWS has
    /// no such service there), `left-out` (went wrong in a region that an approved exclusion leaves out of scope).
    pub status: String,
    /// Requests, retries included.
    pub calls: u32,
    /// Pages that were read.
    pub pages: u32,
    /// Records in the lists that were read; none where each answer is one object and no list.
    pub items: Option<u64>,
    /// What AWS said, where something went wrong.
    pub reason: Option<String>,
}

/// A population tied to a second count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ControlTotal {
    /// The account.
    pub account: String,
    /// What was counted.
    pub population: String,
    /// The operation that listed it.
    pub counted_by: String,
    /// How many were read.
    pub counted: u64,
    /// The operation that counted again.
    pub tied_to: String,
    /// How many it says there are.
    pub expected: u64,
    /// Read minus expected.
    pub difference: i64,
    /// Members that only the second answer names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Members that only the first answer names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<String>,
    /// Members of the first answer that were gone when the second was given, and are left out of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stale: Vec<String>,
    /// The evidence of both.
    pub evidence: Vec<String>,
}

impl ControlTotal {
    /// Whether both answers tell the same population, by number and by member.
    #[must_use]
    pub fn ties(&self) -> bool {
        self.difference == 0 && self.missing.is_empty() && self.extra.is_empty()
    }

    /// The members in which the answers differ; empty where they differ in none that is named.
    #[must_use]
    pub fn members(&self) -> String {
        let of = |members: &[String], by: &str| {
            (!members.is_empty()).then(|| format!("; only {by} tells of {}", members.join(", ")))
        };
        [of(&self.missing, &self.tied_to), of(&self.extra, &self.counted_by)].into_iter().flatten().collect()
    }
}

/// A criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// `CC6.1`.
    pub id: String,
    /// The category.
    pub category: String,
    /// Our short name for it.
    pub name: String,
    /// `tested`, `partly`, `manual`, `not-in-scope`, `not-tested`.
    pub coverage: String,
    /// The checks of this run that inform it.
    pub checks: Vec<String>,
    /// Results of those checks by status.
    pub counts: BTreeMap<String, u64>,
    /// What people have to supply.
    pub documents: String,
}

/// A result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResultRow {
    /// The check's id.
    pub check: Text,
    /// What holds when it passes.
    pub title: Text,
    /// `pass`, `fail`, `not-evaluated`, `no-population`, `not-applicable`, `manual`, `excluded`.
    pub status: Text,
    /// `info`, `low`, `medium`, `high`, `critical`.
    pub severity: Text,
    /// The criteria that the check informs, the primary one first.
    pub criteria: Vec<Text>,
    /// The account.
    pub account: Text,
    /// The region; the home region for what belongs to none.
    pub region: Text,
    /// What the result is about: an ARN where there is one.
    pub resource: String,
    /// Its type, as CloudFormation names it.
    pub resource_type: Text,
    /// What was seen.
    pub observed: String,
    /// What is expected.
    pub expected: Text,
    /// Why, where that needs saying.
    pub reason: Option<String>,
    /// The approved exception, where the status is `excluded`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<Box<ExceptionNote>>,
    /// Thresholds and declarations that bear on it.
    pub thresholds: Vec<Threshold>,
    /// The ids of its evidence.
    pub evidence: Vec<Text>,
    /// The population that a person has to look at, item by item. Not part of the contract: a population's file has it.
    #[serde(skip)]
    pub listed: Vec<Entry>,
    /// The time that was looked back over (UTC), where the result is on one. Not part of the contract: what was observed
    /// says its days.
    #[serde(skip)]
    pub window: Option<(Timestamp, Timestamp)>,
}

impl ResultRow {
    /// What a deviation is known by: check, account, region and resource.
    #[must_use]
    pub fn key(&self) -> [String; 4] {
        [&*self.check, &self.account, &self.region, &self.resource].map(str::to_owned)
    }
}

/// What of a population a check did not test, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// The check's id.
    pub check: String,
    /// The account.
    pub account: String,
    /// The type of what was not tested, as CloudFormation names it.
    pub resource_type: String,
    /// Why.
    pub reason: String,
    /// How many of them there are.
    pub count: u64,
}

/// A threshold or a declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Its name in kickoff.toml.
    pub name: Text,
    /// Its value with its unit, in words.
    pub value: Text,
    /// `kickoff.toml`, or the source of the default.
    pub source: Text,
}

/// An evidence item: a call with all its pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// `E-0042`.
    pub id: String,
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// The parameters, but for page tokens.
    pub parameters: BTreeMap<String, String>,
    /// `ok`, `absent` (AWS says there is none), or a kind of gap.
    pub status: String,
    /// What AWS said, where something went wrong or there is none; of what was read, that AWS has more than was asked for.
    pub reason: Option<String>,
    /// Pages that were read.
    pub pages: u32,
    /// Records in the lists of its answers, counted in their bytes; none where the answer is one object and no list, or where
    /// there is no whole answer.
    pub records: Option<u64>,
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
}

/// An exchange of an evidence item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// Where it stands in the account's archive. Not part of the contract: the order of an archive means nothing.
    #[serde(skip)]
    pub position: u32,
    /// HTTP status; none when no answer came.
    pub status: Option<u16>,
    /// When the request went out (UTC).
    pub started: String,
    /// When the answer was complete (UTC).
    pub finished: String,
    /// Which try it was.
    pub attempt: u32,
    /// AWS's request id, by which CloudTrail knows it.
    pub request_id: Option<String>,
    /// AWS's own clock: the `Date` header of the answer.
    pub aws_date: Option<String>,
    /// Who answered.
    pub endpoint: String,
    /// SHA-256 of the stored body.
    pub sha256: Option<String>,
    /// Length of the stored body.
    pub bytes: u64,
    /// Values that were redacted.
    pub redacted: u32,
    /// SHA-256 of the exchange's record: request, headers, times, who asked, and the digest of the answer.
    #[serde(default)]
    pub record: String,
}

/// What a document is made from, besides the facts of accounts.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The run.
    pub run: &'a RunMetadata,
    /// Evidence items.
    pub numbered: &'a Numbered,
    /// Scope and thresholds.
    pub engagement: &'a Engagement,
    /// The checks.
    pub selection: &'a Selection,
    /// The version of the program that decided.
    pub version: &'a str,
}

impl Document {
    /// The document's text, as it is written and printed.
    ///
    /// # Errors
    /// None that can happen: the types are plain.
    pub fn to_json(&self) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        self.write_json(&mut text)?;
        Ok(text)
    }

    /// Writes the document's text piece by piece: it is long where there are many accounts.
    ///
    /// # Errors
    /// The writer fails.
    pub fn write_json(&self, to: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *to, self)?;
        to.write_all(b"\n")
    }

    /// The JSON Schema of the document.
    ///
    /// # Errors
    /// None that can happen.
    pub fn json_schema() -> Result<String, serde_json::Error> {
        let mut schema = schemars::schema_for!(Self);
        schema.insert("$id".to_owned(), SCHEMA.into());
        schema.insert("title".to_owned(), "kickoff results, version 1".into());
        serde_json::to_string_pretty(&schema).map(|text| text + "\n")
    }

    /// What fails, by check, account, region and resource: what a deviation is known by.
    pub fn deviations(&self) -> impl Iterator<Item = [String; 4]> {
        let failing = self.results.iter().filter(|row| row.status == Status::Fail.name());
        failing.map(ResultRow::key)
    }

    /// Why coverage is incomplete: calls that did not succeed, totals that do not tie, an interrupted run. Regions that
    /// are not enabled hold nothing and do not count.
    #[must_use]
    pub fn shortfalls(&self) -> Vec<String> {
        let mut shortfalls = Vec::new();
        if self.run.state == "interrupted" {
            shortfalls.push("the run was interrupted".to_owned());
        }
        for account in self.run.accounts.iter().filter(|account| !account.caller.is_empty()) {
            let closed = |region: &String| {
                let of_region = |row: &&Coverage| row.account == account.id && row.region == *region;
                self.coverage.iter().filter(of_region).any(|row| matches!(row.status.as_str(), "closed" | "left-out"))
            };
            if account.regions.iter().all(closed) {
                let why = if account.regions.is_empty() {
                    "none in scope is enabled"
                } else {
                    "those in scope are closed or left out"
                };
                shortfalls.push(format!("no region of {} could be looked at: {why}", account.id));
            }
        }
        for row in self.coverage.iter().filter(|row| row.is_lacking()) {
            let reason = row.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
            shortfalls.push(format!(
                "{}:{} in {} of {}: {}{reason}",
                row.service, row.operation, row.region, row.account, row.status
            ));
        }
        for total in self.control_totals.iter().filter(|total| !total.ties()) {
            shortfalls.push(format!(
                "{} in {}: {} were read by {}, {} says {} (difference {:+}){}",
                total.population,
                total.account,
                total.counted,
                total.counted_by,
                total.tied_to,
                total.expected,
                total.difference,
                total.members()
            ));
        }
        shortfalls.extend(self.unread());
        shortfalls
    }

    /// What was answered and cannot be read, such as a policy that is no JSON: no call failed, and nothing is decided.
    fn unread(&self) -> BTreeSet<String> {
        let lacks = |account: &str, call: &str| {
            let of = |row: &&Coverage| row.account == account && call == format!("{}:{}", row.service, row.operation);
            self.coverage.iter().filter(of).any(Coverage::is_lacking)
        };
        let rows = self.results.iter().filter(|row| row.status == Status::NotEvaluated.name());
        let unread = rows.filter_map(|row| {
            let reason = row.reason.as_deref()?;
            let (call, _) = reason.split_once(" failed in ")?;
            (!lacks(&row.account, call)).then(|| format!("not evaluated in {}: {reason}", row.account))
        });
        unread.collect()
    }
}

/// The day of a run as evidence, in UTC.
#[must_use]
pub fn day(run: &RunMetadata) -> Date {
    run.started.to_zoned(TimeZone::UTC).date()
}

/// The day of a run where the engagement is, which exceptions and registers are held against: never that of its reader.
#[must_use]
pub fn day_in(run: &RunMetadata, engagement: &Engagement) -> Date {
    engagement.day_of(run.started)
}

#[cfg(test)]
mod tests {
    use super::Coverage;
    use crate::package::made::Made;

    #[test]
    fn an_account_of_which_no_region_could_be_looked_at_is_a_shortfall() {
        let mut document = Made::new().document;
        let account = document.run.accounts[0].id.clone();
        let told = |document: &super::Document| -> Vec<String> {
            document.shortfalls().into_iter().filter(|line| line.starts_with("no region of")).collect()
        };
        assert!(told(&document).is_empty());
        let regions = std::mem::take(&mut document.run.accounts[0].regions);
        assert_eq!(told(&document), [format!("no region of {account} could be looked at: none in scope is enabled")]);
        // A region that a policy closes was asked, and nothing could be looked at.
        document.coverage = regions
            .iter()
            .map(|region| Coverage {
                account: account.clone(),
                region: region.clone(),
                service: "ec2".to_owned(),
                operation: "DescribeVpcs".to_owned(),
                status: "closed".to_owned(),
                calls: 1,
                pages: 0,
                items: Some(0),
                reason: None,
            })
            .collect();
        document.run.accounts[0].regions = regions;
        assert_eq!(
            told(&document),
            [format!("no region of {account} could be looked at: those in scope are closed or left out")]
        );
        document.coverage.remove(0);
        assert!(told(&document).is_empty(), "one region is open");
    }
}
