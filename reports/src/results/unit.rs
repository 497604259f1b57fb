//! The part of a document that is an account's: what a unit of a store holds.

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use kickoff_checks::{Check, Status};
use kickoff_evidence::sha256_hex;
use serde::Serialize;

use super::{Account, ControlTotal, Coverage, Document, LeftOut, ResultRow};

/// The schema of a unit's coverage.
const COVERAGE: &str = "kickoff/unit-coverage/1";

/// A line of a unit's results: a result, with the run and the deviation that it is.
#[derive(Serialize)]
struct Line<'a> {
    run: &'a str,
    started: &'a str,
    #[serde(flatten)]
    row: &'a ResultRow,
    /// The first digits of the SHA-256 of the check's own source: what it shares with others is in the unit's ruleset.
    check_version: &'a str,
    deviation: Option<&'a str>,
}

/// What was asked of an account, how it ended, what was counted twice, and what was not tested.
#[derive(Serialize)]
struct Asked<'a> {
    schema: &'static str,
    run: &'a str,
    account: Option<&'a Account>,
    coverage: Vec<&'a Coverage>,
    control_totals: Vec<&'a ControlTotal>,
    left_out: Vec<&'a LeftOut>,
}

/// The version of a check; none of one that this program does not have.
fn version(check: &str) -> String {
    Check::get(check).map(|check| sha256_hex(check.source.as_bytes())[..12].to_owned()).unwrap_or_default()
}

impl Document {
    /// The results of an account, a JSON line each. Deviations have their ids by check, account, region and resource.
    ///
    /// # Errors
    /// None that can happen: the types are plain.
    pub fn lines_of(&self, account: &str, deviations: &BTreeMap<[String; 4], String>) -> io::Result<Vec<u8>> {
        let (mut lines, mut versions) = (Vec::new(), BTreeMap::<&str, String>::new());
        for row in self.results.iter().filter(|row| *row.account == *account) {
            let failed = *row.status == *Status::Fail.name();
            let deviation = failed.then(|| deviations.get(&row.key()).map(String::as_str)).flatten();
            let check_version = versions.entry(&row.check).or_insert_with(|| version(&row.check));
            let line = Line { run: &self.run.id, started: &self.run.started, row, check_version, deviation };
            serde_json::to_writer(&mut lines, &line)?;
            lines.write_all(b"\n")?;
        }
        Ok(lines)
    }

    /// What was asked of an account, as JSON.
    ///
    /// # Errors
    /// None that can happen: the types are plain.
    pub fn coverage_of(&self, account: &str) -> io::Result<Vec<u8>> {
        let asked = Asked {
            schema: COVERAGE,
            run: &self.run.id,
            account: self.run.accounts.iter().find(|one| one.id == account),
            coverage: self.coverage.iter().filter(|row| row.account == account).collect(),
            control_totals: self.control_totals.iter().filter(|row| row.account == account).collect(),
            left_out: self.left_out.iter().filter(|row| row.account == account).collect(),
        };
        let mut text = serde_json::to_vec(&asked)?;
        text.push(b'\n');
        Ok(text)
    }
}
