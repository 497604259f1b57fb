//! Where facts come from: AWS, or a recorded run.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::stream::{self, StreamExt as _};
use jiff::{SignedDuration, Timestamp};
use kickoff_aws::{
    Collected, ConnectError, Identity, Partition, Person, Recorder, Replay, RequestedRegions, Session, Shared, Tape,
    Target, assume, aws_now, ca_bundle, clock_ahead, collect, connect, connector, identify, plain_client, route,
    unreachable,
};
use kickoff_checks::Selection;
use kickoff_engagement::Engagement;
use kickoff_evidence::{
    AccountRecord, FolderLock, Ledger, Numbered, Register, Run, RunMetadata, RunState, RunWriter, SCHEMA, Tool,
    new_run_id,
};
use kickoff_facts::{AccountFacts, Need};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::crash;
use crate::exit::Failure;
use crate::terminal::person::person;
use crate::terminal::progress::Bars;
use crate::walk::spool::Spool;

/// Accounts that are collected at the same time.
const ACCOUNTS_AT_ONCE: usize = 4;

/// What was collected, live or on replay.
pub(crate) struct Source {
    pub metadata: RunMetadata,
    /// The facts of each account.
    pub facts: Spool,
    /// The evidence items with their ids.
    pub numbered: Numbered,
    /// Which ids are taken: those of the run, or of the folder of runs.
    pub ledger: Ledger,
    /// The run that is being written; none on replay.
    pub writer: Option<Arc<Tape>>,
    /// Keeps others from the folder's ids until they are written; none on replay.
    pub lock: Option<FolderLock>,
}

/// What to collect from AWS.
pub(crate) struct Live<'a> {
    pub engagement: &'a Engagement,
    pub selection: &'a Selection,
    pub profile: Option<&'a str>,
    pub accounts: &'a [String],
    pub regions: &'a [String],
    pub out: &'a Path,
    pub concurrency: u16,
    pub version: &'a str,
}

pub(crate) fn shared(
    register: &Arc<Register>,
    started: Timestamp,
    places: usize,
    cancel: CancellationToken,
    bars: &Bars,
) -> Shared {
    Shared {
        register: Arc::clone(register),
        cancel,
        places: Arc::new(Semaphore::new(places)),
        observer: bars.observer(),
        started,
    }
}

/// Decides again from a recorded run.
///
/// # Errors
/// The ids that the run carries cannot be read.
pub(crate) async fn replay(run: &Arc<Run>, needs: &[Need]) -> Result<Source, Failure> {
    let register = Arc::new(Register::default());
    let client = Replay::new(Arc::clone(run)).into_client();
    let mut metadata = run.metadata.clone();
    let shared = shared(&register, metadata.started, 64, CancellationToken::new(), &Bars::hidden());
    let mut facts = Spool::new()?;
    for account in &mut metadata.accounts {
        if let Some(reason) = &account.unreachable {
            facts.push(&unreachable(account, metadata.started, reason, &register))?;
            continue;
        }
        let session =
            Session::offline(&account.id, &account.caller, &account.home_region, client.clone(), shared.clone());
        let regions = match metadata.state {
            // Its process ended before it could say which regions it asked: the list that AWS gave tells.
            RunState::Running if account.regions.is_empty() => RequestedRegions::Enabled,
            RunState::Running => RequestedRegions::Named(account.regions.clone()),
            RunState::Complete | RunState::Interrupted => RequestedRegions::Recorded {
                enabled: account.regions.clone(),
                disabled: account.disabled_regions.clone(),
            },
        };
        let of_account = collect(&session, needs, &regions).await.facts;
        account.regions = of_account.regions.keys().cloned().collect();
        account.disabled_regions.clone_from(&of_account.disabled_regions);
        facts.push(&of_account)?;
    }
    let mut ledger = Ledger::read(&run.path().join(Ledger::FILE)).map_err(|e| Failure::usage(&e))?;
    let numbered = register.number(&mut ledger);
    Ok(Source { metadata, facts, numbered, ledger, writer: None, lock: None })
}

/// Collects from AWS into a new run.
pub(crate) async fn live(wanted: &Live<'_>, needs: &[Need]) -> Result<Source, Failure> {
    let mut facts = Spool::new()?;
    let begun = Timestamp::now();
    let run_id = new_run_id(begun, wanted.profile.unwrap_or_default());
    let agent = agent(wanted.version, &run_id);
    let plain = connector(ca_bundle().as_deref()).map_err(Failure::Usage)?;
    let (client, person) = (plain_client(&plain, &agent), person());
    let base = connect(wanted.profile, client.clone(), &person).await.map_err(|error| refused(&error))?;
    let caller = identify(&base, person.as_ref()).await.map_err(|error| refused(&error))?;
    // AWS's time, once it has answered: what is reckoned from it must not be off by what this machine is.
    let ahead = clock_ahead();
    let started = begun.checked_add(ahead).unwrap_or(begun);
    let started = started.round(jiff::Unit::Second).unwrap_or(started);
    if let Some(words) = clock_words(ahead) {
        let _ = writeln!(std::io::stderr(), "{words}");
    }

    let targets = targets(wanted, &caller.account)?;
    let partition = caller.arn.split(':').nth(1).unwrap_or("aws");
    // What is known of an account before it is entered, and all that is known of one that cannot be.
    let closed = |id: &str, regions: &[String], why: String| AccountRecord {
        id: id.to_owned(),
        partition: partition.to_owned(),
        home_region: Partition::by_name(partition).home_region.to_owned(),
        caller: String::new(),
        regions: regions.to_vec(),
        disabled_regions: Vec::new(),
        unreachable: Some(why),
    };
    let ids_of = targets.iter().map(|target| target.account.as_deref().unwrap_or(&caller.account));
    let planned = ids_of.map(|id| closed(id, wanted.regions, BEFORE.to_owned())).collect();
    let mut metadata = RunMetadata {
        schema: SCHEMA.to_owned(),
        id: run_id.clone(),
        state: RunState::Running,
        tool: Tool { name: "kickoff".to_owned(), version: wanted.version.to_owned() },
        started,
        finished: None,
        foreign_endpoints: Vec::new(),
        clock_ahead: (!ahead.is_zero()).then(|| ahead.as_secs()),
        ended: None,
        route: route().map_err(Failure::Usage)?,
        checks: wanted.selection.0.iter().map(|check| check.meta.id.to_owned()).collect(),
        needs: needs.iter().map(|need| need.name().to_owned()).collect(),
        accounts: planned,
    };
    // Read before anything is asked, so that a damaged one costs nothing.
    let ids = wanted.out.join(Ledger::FILE);
    Ledger::read(&ids).map_err(|e| Failure::usage(&e))?;
    let writer = RunWriter::create(&wanted.out.join(&run_id), &metadata).map_err(|e| Failure::usage(&e))?;
    let tape = Arc::new(Tape::new(writer));
    metadata.accounts.clear();
    crash::watch(&tape);
    let recorder = Recorder::new(plain.clone(), Arc::clone(&tape), &agent).into_client();
    let register = Arc::new(Register::default());
    let cancel = CancellationToken::new();
    let collecting = stop_on_signals(cancel.clone(), tape.run().path());
    let bars = Bars::new();
    let shared = shared(&register, started, usize::from(wanted.concurrency), cancel.clone(), &bars);
    let regions = if wanted.regions.is_empty() {
        RequestedRegions::Enabled
    } else {
        RequestedRegions::Named(wanted.regions.to_vec())
    };

    let single = targets.len() == 1;
    let mut collected = stream::iter(targets)
        .map(|target| {
            let (base, caller, tape, recorder, shared, register, regions) =
                (&base, &caller, &tape, &recorder, &shared, &register, &regions);
            let way = Way { run_id: &run_id, client: &client, person: &person };
            async move {
                let id = target.account.clone().unwrap_or_else(|| caller.account.clone());
                let entered = if shared.cancel.is_cancelled() {
                    Err(ConnectError::Unreachable(BEFORE.to_owned()))
                } else {
                    enter(base, caller, &target, &id, way).await
                };
                let closed = |why: String| {
                    let record = closed(&id, &[], why.clone());
                    (unreachable(&record, shared.started, &why, register), record)
                };
                tape.start(&id).map_err(|e| Failure::usage(&e))?;
                let outcome = match entered {
                    Err(error) if single => Err(refused(&error)),
                    // One account of many that cannot be entered is a gap of the run, not the end of it.
                    Err(error) => Ok(closed(error.to_string())),
                    Ok((config, identity)) => {
                        let config = config.to_builder().http_client(recorder.clone()).build();
                        let session = Session::live(&id, &identity.arn, &config, shared.clone());
                        match account(&session, needs, regions).await {
                            Err(failure) if !single => Ok(closed(failure.to_string())),
                            outcome => outcome,
                        }
                    }
                };
                tape.finish(&id).map_err(Failure::Usage)?;
                outcome
            }
        })
        .buffered(ACCOUNTS_AT_ONCE);
    while let Some(outcome) = collected.next().await {
        let nothing = metadata.accounts.is_empty() && outcome.is_err();
        let put_aside = outcome.and_then(|(of_account, record)| facts.push(&of_account).map(|()| record));
        metadata.accounts.push(put_aside.map_err(|failure| {
            bars.finish();
            let folder = tape.run().path();
            if nothing {
                // Nothing was collected that a run could keep: no unfinished folder is left behind.
                let _ = std::fs::remove_dir_all(folder);
                return failure;
            }
            Failure::Usage(format!(
                "{failure}. The run is not finished; `kickoff report {}` finishes it with what AWS answered until then",
                folder.display()
            ))
        })?);
    }
    drop(collected);
    bars.finish();
    metadata.state = if cancel.is_cancelled() { RunState::Interrupted } else { RunState::Complete };
    metadata.finished = Some(aws_now().round(jiff::Unit::Second).unwrap_or(started));
    metadata.foreign_endpoints = tape.foreign_endpoints();
    // From here on nothing is lost: whoever ends this process, another one can decide and seal.
    tape.run().close(&metadata).map_err(|e| Failure::usage(&e))?;
    drop(collecting);
    // Read again: another scan may have given numbers in the meantime.
    let lock = locked(wanted.out)?;
    let mut ledger = Ledger::read(&ids).map_err(|e| Failure::usage(&e))?;
    let numbered = register.number(&mut ledger);
    Ok(Source { metadata, facts, numbered, ledger, writer: Some(tape), lock: Some(lock) })
}

/// Why an account was not entered in a run that was interrupted before its turn.
pub(crate) const BEFORE: &str = "the run was interrupted before";

/// What is added to the user agent of every request, so that the calls of a run can be found in the client's own CloudTrail:
/// the one that asks who we are, and those that take roles, too.
pub(crate) fn agent(version: &str, run_id: &str) -> String {
    format!("kickoff/{version} run/{run_id}")
}

/// What is said of a clock that is off.
fn clock_words(ahead: SignedDuration) -> Option<String> {
    let (way, seconds) = match ahead.as_secs() {
        0 => return None,
        seconds if seconds < 0 => ("ahead of", -seconds),
        seconds => ("behind", seconds),
    };
    let much = if seconds < 120 { format!("{seconds} seconds") } else { format!("{} minutes", (seconds + 30) / 60) };
    Some(format!(
        "The clock of this machine is {much} {way} AWS's. Calls are signed, and the run is dated, by AWS's; set the machine's clock."
    ))
}

/// Takes the lock of a folder of runs, and says so where that takes a while.
pub(crate) fn locked(folder: &Path) -> Result<FolderLock, Failure> {
    let waiting = || {
        let _ = writeln!(crate::terminal::streams::words(), "Waiting: another kickoff writes to {}.", folder.display());
    };
    FolderLock::take(folder, waiting).map_err(|error| Failure::usage(&error))
}

async fn account(
    session: &Session,
    needs: &[Need],
    regions: &RequestedRegions,
) -> Result<(AccountFacts, AccountRecord), Failure> {
    let Collected { facts, unknown_regions } = collect(session, needs, regions).await;
    if !unknown_regions.is_empty() {
        let known: Vec<&str> =
            facts.global.all_regions.get().into_iter().flatten().map(|region| region.name.as_str()).collect();
        let near: String =
            unknown_regions.iter().map(|name| kickoff_engagement::nearest(name, known.iter().copied())).collect();
        return Err(Failure::Usage(format!(
            "there is no region {} in partition {}{near}",
            unknown_regions.join(", "),
            session.partition()
        )));
    }
    let record = AccountRecord {
        id: facts.account.clone(),
        partition: facts.partition.clone(),
        home_region: facts.home_region.clone(),
        caller: facts.caller.clone(),
        regions: facts.regions.keys().cloned().collect(),
        disabled_regions: facts.disabled_regions.clone(),
        unreachable: None,
    };
    Ok((facts, record))
}

fn refused(error: &ConnectError) -> Failure {
    if error.is_usage() { Failure::usage(error) } else { Failure::Nothing(error.to_string()) }
}

/// How accounts are entered.
#[derive(Clone, Copy)]
struct Way<'a> {
    run_id: &'a str,
    client: &'a kickoff_aws::SharedHttpClient,
    person: &'a Arc<dyn Person>,
}

/// The accounts to scan, and how each is entered.
fn targets(wanted: &Live<'_>, own: &str) -> Result<Vec<Target>, Failure> {
    let scope = &wanted.engagement.scope;
    let declared = |id: &str| scope.accounts.iter().find(|account| account.id == id);
    let ids: Vec<String> = if !wanted.accounts.is_empty() {
        wanted.accounts.to_vec()
    } else if scope.accounts.is_empty() {
        vec![own.to_owned()]
    } else {
        scope.accounts.iter().map(|account| account.id.clone()).collect()
    };
    let mut targets = Vec::new();
    for id in ids {
        let account = declared(&id);
        let profile = account.and_then(|a| a.profile.clone());
        let role = account.and_then(|a| a.role.clone()).or_else(|| scope.role.clone().filter(|_| id != own));
        if id != own && profile.is_none() && role.is_none() {
            return Err(Failure::Usage(format!(
                "account {id} is not the account of the credentials ({own}), and no way in is known: name a role or a profile for it under [[scope.accounts]], or `role` under [scope], in kickoff.toml"
            )));
        }
        let external_id = account.and_then(|a| a.external_id.clone()).or_else(|| scope.external_id.clone());
        targets.push(Target { account: Some(id), profile, role, external_id });
    }
    targets.sort_by(|a, b| a.account.cmp(&b.account));
    targets.dedup_by(|a, b| a.account == b.account);
    Ok(targets)
}

/// Credentials for an account, and proof that they are for that account.
async fn enter(
    base: &kickoff_aws::SdkConfig,
    caller: &Identity,
    target: &Target,
    id: &str,
    Way { run_id, client, person }: Way<'_>,
) -> Result<(kickoff_aws::SdkConfig, Identity), ConnectError> {
    if target.profile.is_none() && target.role.is_none() {
        return Ok((base.clone(), caller.clone()));
    }
    let mut config = match &target.profile {
        Some(profile) => connect(Some(profile), client.clone(), person).await?,
        None => base.clone(),
    };
    if let Some(role) = &target.role {
        // A role's name belongs to the partition of the credentials that assume it.
        let source = match &target.profile {
            Some(_) => identify(&config, person.as_ref()).await?,
            None => caller.clone(),
        };
        let partition = source.arn.split(':').nth(1).unwrap_or("aws");
        let arn =
            if role.starts_with("arn:") { role.clone() } else { format!("arn:{partition}:iam::{id}:role/{role}") };
        config = assume(&config, &arn, target.external_id.as_deref(), run_id, person).await?;
    }
    let identity = identify(&config, person.as_ref()).await?;
    same_account(config, identity, id)
}

fn same_account(
    config: kickoff_aws::SdkConfig,
    identity: Identity,
    id: &str,
) -> Result<(kickoff_aws::SdkConfig, Identity), ConnectError> {
    if identity.account == id {
        return Ok((config, identity));
    }
    Err(ConnectError::OtherAccount {
        wanted: id.to_owned(),
        found: identity.account,
        help: "correct the profile or role of the account in kickoff.toml".to_owned(),
    })
}

/// Ctrl-C and SIGTERM end collection; what was read is kept, decided and marked incomplete. After it they end the process.
#[expect(clippy::exit, reason = "a thread that only listens can end the process in no other way")]
fn stop_on_signals(cancel: CancellationToken, run: &Path) -> Collecting {
    COLLECTING.store(true, Ordering::Relaxed);
    let run = run.to_owned();
    // A thread of its own: the handlers stay when the runtime that collects is gone, and somebody has to listen.
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            while signalled().await {
                if cancel.is_cancelled() || !COLLECTING.load(Ordering::Relaxed) {
                    // Asked again, or collected: what was answered is on the disk.
                    let words =
                        format!("Stopped: `kickoff report {}` goes on with what was collected.\n", run.display());
                    let _ = std::io::stderr().write_all(words.as_bytes());
                    std::process::exit(130);
                }
                cancel.cancel();
            }
        });
    });
    Collecting
}

/// Whether answers are being collected: a signal then ends the collection, and the run is kept.
static COLLECTING: AtomicBool = AtomicBool::new(false);

/// Held while answers are being collected, however that ends.
struct Collecting;

impl Drop for Collecting {
    fn drop(&mut self) {
        COLLECTING.store(false, Ordering::Relaxed);
    }
}

/// Waits for a signal that asks to stop; false where there can be none.
async fn signalled() -> bool {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return false };
        tokio::select! {
            interrupt = tokio::signal::ctrl_c() => interrupt.is_ok(),
            terminated = terminate.recv() => terminated.is_some(),
        }
    }
    #[cfg(not(unix))]
    {
        tokio::signal::ctrl_c().await.is_ok()
    }
}
