//! Runs as a scan puts them into a store, without AWS and without checks.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use kickoff_evidence::package::SigningKey;
use kickoff_evidence::store::{Home, Plan, RunFile, SealCall, Store, StoreError, Unit, UnitFiles, UnitOf};
use kickoff_evidence::{AccountRecord, ItemKey, Ledger, RunMetadata, RunState, Tool};

pub const ACCOUNTS: [&str; 2] = ["111122223333", "222233334444"];

pub fn day(number: usize) -> Timestamp {
    let first: Timestamp = "2026-07-01T02:00:00Z".parse().unwrap();
    first + SignedDuration::from_hours(24 * i64::try_from(number).unwrap())
}

pub fn id(number: usize) -> String {
    format!("RUN-{}-{number:08x}", day(number).strftime("%Y%m%dT%H%M%SZ"))
}

pub fn tool() -> Tool {
    Tool { name: "kickoff".to_owned(), version: "0.1.0".to_owned() }
}

pub fn metadata(number: usize, accounts: &[&str]) -> RunMetadata {
    let account = |id: &&str| AccountRecord {
        id: (*id).to_owned(),
        partition: "aws".to_owned(),
        home_region: "us-east-1".to_owned(),
        caller: format!("arn:aws:iam::{id}:user/a"),
        regions: vec!["us-east-1".to_owned()],
        disabled_regions: Vec::new(),
        unreachable: None,
    };
    RunMetadata {
        schema: "kickoff/run/1".to_owned(),
        id: id(number),
        state: RunState::Complete,
        tool: tool(),
        started: day(number),
        finished: Some(day(number)),
        foreign_endpoints: Vec::new(),
        clock_ahead: None,
        ended: None,
        route: Default::default(),
        checks: vec!["iam-root-mfa".to_owned()],
        needs: Vec::new(),
        accounts: accounts.iter().map(account).collect(),
    }
}

pub fn plan(number: usize) -> Plan {
    Plan {
        schema: Plan::SCHEMA.to_owned(),
        from: day(number),
        accounts: ACCOUNTS.map(str::to_owned).into(),
        regions: Vec::new(),
        checks: vec!["iam-root-mfa".to_owned()],
        thresholds: BTreeMap::new(),
        tool: tool(),
        ruleset: "0".repeat(64),
        runs: None,
    }
}

pub fn call(account: &str, operation: &str) -> ItemKey {
    ItemKey {
        account: account.to_owned(),
        region: "us-east-1".to_owned(),
        service: "iam".to_owned(),
        operation: operation.to_owned(),
        parameters: Default::default(),
    }
}

/// What a run of a day asks: something that all ask, and every third day something new.
pub fn calls(number: usize, accounts: &[&str]) -> Vec<ItemKey> {
    let new = format!("Get{}", number / 3);
    accounts.iter().flat_map(|account| [call(account, "ListUsers"), call(account, &new)]).collect()
}

fn sealed(what: &str, account: &str, sha256: &str, number: usize) -> SealCall {
    SealCall {
        schema: SealCall::SCHEMA.to_owned(),
        seals: what.to_owned(),
        sha256: sha256.to_owned(),
        request_id: format!("{what}-{number}-{account}"),
        at: day(number),
        account: account.to_owned(),
        region: "us-east-1".to_owned(),
        caller: format!("arn:aws:iam::{account}:user/a"),
        agent: format!("kickoff/0.1.0 run/{} {what}/{sha256}", id(number)),
    }
}

/// Puts the run of a day, some minutes after it began: every object that a scan writes.
pub fn put(
    home: Box<dyn Home>,
    number: usize,
    accounts: &[&str],
    key: Option<&SigningKey>,
    scratch: &Path,
) -> Result<u32, StoreError> {
    put_at(home, number, accounts, key, scratch, day(number) + SignedDuration::from_mins(9))
}

/// Puts the run of a day by a clock.
pub fn put_at(
    home: Box<dyn Home>,
    number: usize,
    accounts: &[&str],
    key: Option<&SigningKey>,
    scratch: &Path,
    now: Timestamp,
) -> Result<u32, StoreError> {
    put_as(home, metadata(number, accounts), number, &plan(number), (key, now), scratch)
}

/// Puts the run of a day under a plan; one that came to its end, or was interrupted.
pub fn put_with(
    home: Box<dyn Home>,
    number: usize,
    accounts: &[&str],
    plan: &Plan,
    whole: bool,
    scratch: &Path,
) -> Result<u32, StoreError> {
    let state = if whole { RunState::Complete } else { RunState::Interrupted };
    let metadata = RunMetadata { state, ..metadata(number, accounts) };
    put_as(home, metadata, number, plan, (None, day(number) + SignedDuration::from_mins(9)), scratch)
}

fn put_as(
    home: Box<dyn Home>,
    metadata: RunMetadata,
    number: usize,
    plan: &Plan,
    (key, now): (Option<&SigningKey>, Timestamp),
    scratch: &Path,
) -> Result<u32, StoreError> {
    let accounts: Vec<&str> = metadata.accounts.iter().map(|account| account.id.as_str()).collect();
    let accounts = accounts.as_slice();
    let store = Store::begin(home, day(0))?;
    let plan = store.put_plan(plan)?;
    let keys = calls(number, accounts);
    let failures: Vec<[String; 4]> =
        accounts.iter().map(|account| ["iam-root-mfa", account, "us-east-1", "root"].map(str::to_owned)).collect();
    let numbers = store.number(accounts, &id(number), |ledger: &mut Ledger| {
        ledger.evidence(&keys);
        drop(ledger.deviations(2026, failures.iter().cloned()));
    })?;
    let mut file = RunFile::new(metadata.clone(), Some(plan));
    for account in &metadata.accounts {
        // Each writer has files of its own.
        let archive = tempfile::NamedTempFile::new_in(scratch).unwrap();
        std::fs::write(archive.path(), format!("answers of {} on {}\n", account.id, id(number)).repeat(20)).unwrap();
        let results = format!("{{\"run\":\"{}\",\"account\":\"{}\"}}\n", id(number), account.id);
        let unit = Unit {
            schema: String::new(),
            run: metadata.id.clone(),
            account: account.clone(),
            state: RunState::Complete,
            tool: tool(),
            decided_by: tool(),
            ruleset: "0".repeat(64),
            started: metadata.started,
            finished: metadata.finished,
            exchanges: 20,
            results: BTreeMap::from([("fail".to_owned(), 1)]),
            ids: numbers.at.get(&account.id).cloned(),
            files: BTreeMap::new(),
        };
        let files = UnitFiles { exchanges: archive.path(), results: results.as_bytes(), coverage: b"{}\n" };
        let put = store.put_unit(unit, files)?;
        let seal = store.put_unit_seal(&put, &sealed("unit", &account.id, &put.sha256, number))?;
        file.units.push(UnitOf {
            account: account.id.clone(),
            folder: put.folder,
            sha256: put.sha256,
            seal: Some(seal),
        });
    }
    let (sha256, _) = store.put_run(&file)?;
    let link = store.link((&metadata.id, metadata.started), &sha256, || now, key.map(|key| key as _))?;
    store.put_link_seal(link.seq, &sealed("link", ACCOUNTS[0], &link.sha256, number))?;
    Ok(link.seq)
}
