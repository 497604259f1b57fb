//! A run into a store: decided with the store's numbers, a unit for each account, the list of the run, its link, and the calls
//! that seal them.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::Arc;

use kickoff_aws::{Sealed, aws_now, seal_call};
use kickoff_checks::parameters::PARAMETERS;
use kickoff_checks::{RULESET, Selection};
use kickoff_engagement::Engagement;
use kickoff_evidence::package::Signer;
use kickoff_evidence::store::{
    Cadence, Every, Linked, Plan, Put, RunFile, SealCall, Store, StoreError, Unit, UnitFiles, UnitOf, Without,
};
use kickoff_evidence::{ItemKey, Ledger, Run, RunMetadata, RunState, Tool};
use kickoff_reports::results::day;

use super::decided::{Decided, decide};
use super::failure::Failure;
use super::news::{Listener, News};
use super::package::known;
use super::replay::facts;
use super::source::{Doors, Source, agent};
use super::version::VERSION;

/// How a run goes into a store.
pub struct Way<'a> {
    /// The store.
    pub store: &'a Store,
    /// kickoff.toml: scope, thresholds, exceptions, and when runs are expected.
    pub engagement: &'a Engagement,
    /// Who signs the link, if anybody does.
    pub signer: Option<&'a dyn Signer>,
    /// Who hears of what takes a while.
    pub listener: &'a dyn Listener,
}

/// A run that is in a store.
pub struct Stored {
    /// What the run says of itself.
    pub run: RunMetadata,
    /// What was decided.
    pub decided: Decided,
    /// Units that were put now.
    pub new: usize,
    /// Units that were there, with the same content.
    pub there: usize,
    /// Its link.
    pub link: Linked,
    /// Calls that sealed units and the link.
    pub seals: usize,
}

/// Puts a run into a store. What is there already is not put again; a run that was put in part is gone on with.
///
/// # Errors
/// The answers cannot be read, the store holds something else of the run, or it cannot be written. What was put stays.
pub fn put(way: &Way<'_>, run: &Arc<Run>, doors: Option<(Doors, tokio::runtime::Runtime)>) -> Result<Stored, Failure> {
    let failed = |error: StoreError| Failure::usage(&error);
    let (source, decided) = decided(way, run)?;
    let metadata = metadata(run, &source);
    let known = way.store.run_if(&metadata.id).map_err(failed)?;
    let plan = match &known {
        // Whatever is expected now, the run was made under its own plan.
        Some(known) => known.plan.clone(),
        None => Some(way.store.put_plan(&plan(way.engagement, &metadata)).map_err(failed)?),
    };
    let mut file = RunFile::new(metadata.clone(), plan);
    file.without = match &known {
        Some(known) => known.without.clone(),
        None => without(way.engagement, &metadata),
    };
    let at = way.store.numbers(metadata.accounts.iter().map(|account| account.id.as_str())).map_err(failed)?.at;
    let (mut new, mut seals) = (0, 0);
    for account in &metadata.accounts {
        let written = |error: io::Error| Failure::usage(&error);
        let results = decided.document.lines_of(&account.id, &decided.deviations).map_err(written)?;
        let coverage = decided.document.coverage_of(&account.id).map_err(written)?;
        let archive = run.path().join("exchanges").join(format!("{}.jsonl.zst", account.id));
        let files = UnitFiles { exchanges: &archive, results: &results, coverage: &coverage };
        let mine = || decided.document.results.iter().filter(|row| *row.account == *account.id);
        let mut counts = BTreeMap::new();
        for row in mine() {
            *counts.entry(row.status.to_string()).or_default() += 1;
        }
        let unit = Unit {
            schema: String::new(),
            run: metadata.id.clone(),
            account: account.clone(),
            state: metadata.state,
            tool: metadata.tool.clone(),
            decided_by: Tool { name: "kickoff".to_owned(), version: VERSION.to_owned() },
            ruleset: RULESET.to_owned(),
            started: metadata.started,
            finished: metadata.finished,
            exchanges: run.archive(&account.id).map_or(0, |archive| archive.len() as u64),
            results: counts,
            ids: at.get(&account.id).cloned(),
            files: BTreeMap::new(),
        };
        let put = way.store.put_unit(unit, files).map_err(failed)?;
        new += usize::from(put.new);
        let seal = unit_seal(way, &put, &account.id, &metadata, doors.as_ref(), known.as_ref())?;
        seals += usize::from(seal.is_some());
        file.units.push(UnitOf { account: account.id.clone(), folder: put.folder, sha256: put.sha256, seal });
    }
    let (sha256, _) = way.store.put_run(&file).map_err(failed)?;
    let link = way.store.link((&metadata.id, metadata.started), &sha256, aws_now, way.signer).map_err(failed)?;
    if link.new
        && let Some((doors, runtime)) = &doors
        && let Some(call) = called(way, (doors, runtime), &doors.hub, &metadata, Sealed::Link, &link.sha256)
    {
        way.store.put_link_seal(link.seq, &call).map_err(failed)?;
        seals += 1;
    }
    let there = metadata.accounts.len() - new;
    Ok(Stored { run: metadata, decided, new, there, link, seals })
}

/// Decides a run with the numbers of a store; what the store has not numbered yet gets its numbers there.
fn decided(way: &Way<'_>, run: &Arc<Run>) -> Result<(Source, Decided), Failure> {
    let failed = |error: StoreError| Failure::usage(&error);
    let selection = Selection(known(run).0);
    if selection.0.is_empty() {
        return Err(Failure::Usage(format!("{} has no check that this version knows", run.metadata.id)));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (metadata, facts, register) = runtime.block_on(facts(run, &selection.needs_in(&run.metadata.needs)))?;
    let own = Ledger::read(&run.path().join(Ledger::FILE)).map_err(|error| Failure::usage(&error))?;
    let accounts: Vec<String> = metadata.accounts.iter().map(|account| account.id.clone()).collect();
    let accounts: Vec<&str> = accounts.iter().map(String::as_str).collect();
    let keys: Vec<ItemKey> = register.keys();
    let give = |ledger: &mut Ledger| {
        // A run that was numbered elsewhere keeps its numbers where they are free.
        ledger.adopt(&own);
        ledger.evidence(&keys);
    };
    let mut ledger = way.store.number(&accounts, &run.metadata.id, give).map_err(failed)?.ledger;
    let numbered = register.number(&mut ledger);
    let mut source = Source { metadata, facts, numbered, ledger, writer: None, lock: None, doors: None };
    let mut decided = decide(&mut source, &selection, way.engagement)?;
    let failures: Vec<[String; 4]> = decided.document.deviations().collect();
    let year = day(&source.metadata).year();
    let give = |ledger: &mut Ledger| {
        ledger.adopt(&own);
        drop(ledger.deviations(year, failures.iter().cloned()));
    };
    source.ledger = way.store.number(&accounts, &run.metadata.id, give).map_err(failed)?.ledger;
    decided.deviations = source.ledger.deviations(year, failures);
    decided.ids = source.ledger.part(&keys, decided.deviations.keys());
    Ok((source, decided))
}

/// What a run says of itself once it was decided: what it was made for stays its own word, whatever this version has of it.
fn metadata(run: &Run, source: &Source) -> RunMetadata {
    let mut metadata = source.metadata.clone();
    if metadata.state == RunState::Running {
        metadata.state = RunState::Interrupted;
    }
    RunMetadata { checks: run.metadata.checks.clone(), needs: run.metadata.needs.clone(), ..metadata }
}

/// The accounts of the scope that a run was not made for.
fn without(engagement: &Engagement, run: &RunMetadata) -> Vec<Without> {
    let asked = |id: &str| run.accounts.iter().any(|account| account.id == id);
    let scoped = engagement.scope.accounts.iter().filter(|account| !asked(&account.id));
    scoped
        .map(|account| Without {
            account: account.id.clone(),
            why: "kickoff.toml has it in scope, and the run did not ask it".to_owned(),
        })
        .collect()
}

/// What is expected of runs, as kickoff.toml says it.
fn plan(engagement: &Engagement, run: &RunMetadata) -> Plan {
    let scoped = engagement.scope.accounts.iter().map(|account| account.id.clone());
    let accounts: BTreeSet<String> = if engagement.scope.accounts.is_empty() {
        run.accounts.iter().map(|account| account.id.clone()).collect()
    } else {
        scoped.collect()
    };
    let set = PARAMETERS.iter().filter(|parameter| engagement.thresholds.is_set(parameter));
    let sorted = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    Plan {
        schema: Plan::SCHEMA.to_owned(),
        from: run.started,
        accounts: accounts.into_iter().collect(),
        regions: sorted(&engagement.scope.regions),
        checks: sorted(&run.checks),
        thresholds: set.map(|one| (one.name.to_owned(), engagement.thresholds.get(one).to_string())).collect(),
        tool: Tool { name: "kickoff".to_owned(), version: VERSION.to_owned() },
        ruleset: RULESET.to_owned(),
        runs: engagement.runs.as_ref().map(|runs| Cadence {
            cadence: match runs.cadence {
                kickoff_engagement::RunEvery::Hourly => Every::Hourly,
                kickoff_engagement::RunEvery::Daily => Every::Daily,
                kickoff_engagement::RunEvery::Weekly => Every::Weekly,
            },
            at: runs.time(),
            grace_seconds: runs.grace().as_secs(),
            zone: engagement.schedule.time_zone().map_or("UTC", |(name, _)| name).to_owned(),
        }),
    }
}

/// The SHA-256 of the call that seals a unit: the one that is there, or one that is made now.
fn unit_seal(
    way: &Way<'_>,
    put: &Put,
    account: &str,
    run: &RunMetadata,
    doors: Option<&(Doors, tokio::runtime::Runtime)>,
    known: Option<&RunFile>,
) -> Result<Option<String>, Failure> {
    let failed = |error: StoreError| Failure::usage(&error);
    if let Some(known) = known {
        // The list of a run says once which units were sealed.
        return Ok(known.units.iter().find(|unit| unit.account == account).and_then(|unit| unit.seal.clone()));
    }
    if !put.new
        && let Some(there) = way.store.unit_seal(put).map_err(failed)?
    {
        return Ok(Some(there));
    }
    let Some((doors, runtime)) = doors else { return Ok(None) };
    let Some(door) = doors.accounts.get(account) else { return Ok(None) };
    let Some(call) = called(way, (doors, runtime), door, run, Sealed::Unit, &put.sha256) else { return Ok(None) };
    way.store.put_unit_seal(put, &call).map(Some).map_err(failed)
}

/// A call that seals; none where it was not answered, which is told and costs nothing else.
fn called(
    way: &Way<'_>,
    (doors, runtime): (&Doors, &tokio::runtime::Runtime),
    door: &(kickoff_aws::SdkConfig, kickoff_aws::Identity),
    run: &RunMetadata,
    what: Sealed,
    sha256: &str,
) -> Option<SealCall> {
    let agent = agent(VERSION, &run.id);
    match runtime.block_on(seal_call(door, &doors.connector, &agent, what, sha256)) {
        Ok(call) => Some(call),
        Err(why) => {
            let what = match what {
                Sealed::Unit => format!("the unit of account {}", door.1.account),
                Sealed::Link => "the link of the run".to_owned(),
            };
            way.listener.hear(News::NotSealed { what: &what, why: &why });
            None
        }
    }
}

/// Opens a run folder to put it into a store; one that was not finished is finished first, in its own place.
///
/// # Errors
/// It is no run, or cannot be finished.
pub fn open(folder: &Path, engagement: &Engagement, listener: &dyn Listener) -> Result<Arc<Run>, Failure> {
    Ok(Arc::new(super::finish::open(folder, engagement, listener)?))
}
