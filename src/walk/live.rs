//! Facts from AWS, recorded into a new run.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use futures::stream::{self, StreamExt as _};
use jiff::{SignedDuration, Timestamp};
use kickoff_aws::{
    Collected, ConnectError, Door, Identity, Partition, Recorder, RequestedRegions, SdkConfig, Session,
    SharedHttpConnector, Tape, Target, Ways, aws_now, ca_bundle, clock_ahead, collect, connect, connector, identify,
    plain_client, route, unreachable,
};
use kickoff_checks::Selection;
use kickoff_engagement::Scope;
use kickoff_evidence::{AccountRecord, Ledger, Register, RunMetadata, RunState, RunWriter, SCHEMA, Tool, new_run_id};
use kickoff_facts::{AccountFacts, Need};
use tokio_util::sync::CancellationToken;

use super::failure::Failure;
use super::news::{Listener, News};
use super::source::{Doors, Source, agent, locked, shared};
use super::spool::Spool;
use super::version::VERSION;

/// Accounts that are collected at the same time.
const ACCOUNTS_AT_ONCE: usize = 4;

/// What to collect from AWS.
pub struct Live<'a> {
    /// The accounts, regions and ways in that kickoff.toml names.
    pub scope: &'a Scope,
    /// What the facts are for: the run names it.
    pub selection: &'a Selection,
    /// A profile of the AWS configuration files.
    pub profile: Option<&'a str>,
    /// These accounts, and not those of the scope.
    pub accounts: &'a [String],
    /// These regions; all that are enabled where there is none.
    pub regions: &'a [String],
    /// The folder of runs.
    pub out: &'a Path,
    /// So many calls at the same time.
    pub concurrency: u16,
}

/// Collects from AWS into a new run.
///
/// # Errors
/// Nobody can be asked, no account can be entered, or the run cannot be written.
pub async fn live(wanted: &Live<'_>, needs: &[Need], listener: &dyn Listener) -> Result<Source, Failure> {
    // Where nothing can be put aside nothing is asked.
    let mut facts = Spool::new()?;
    let begun = Timestamp::now();
    let run_id = new_run_id(begun, wanted.profile.unwrap_or_default());
    let agent = agent(VERSION, &run_id);
    let plain = connector(ca_bundle().as_deref()).map_err(Failure::Usage)?;
    let (client, person) = (plain_client(&plain, &agent), listener.person());
    let base = connect(wanted.profile, client.clone(), &person).await.map_err(|error| refused(&error))?;
    let caller = identify(&base, person.as_ref()).await.map_err(|error| refused(&error))?;
    // AWS's time, once it has answered: what is reckoned from it must not be off by what this machine is.
    let ahead = clock_ahead();
    let started = begun.checked_add(ahead).unwrap_or(begun);
    let started = started.round(jiff::Unit::Second).unwrap_or(started);
    if ahead.as_secs() != 0 {
        listener.hear(News::ClockOff(ahead));
    }
    let targets = ways(wanted.scope).targets(wanted.accounts, &caller.account).map_err(|id| {
        Failure::Usage(format!(
            "account {id} is not the account of the credentials ({}), and no way in is known: name a role or a profile for it under [[scope.accounts]], or `role` under [scope], in kickoff.toml",
            caller.account
        ))
    })?;
    let door = Door { base, caller, client, person, session: run_id };
    let mut metadata = planned(wanted, needs, &door, (started, ahead), &targets)?;
    // Read before anything is asked, so that a damaged one costs nothing.
    let ids = wanted.out.join(Ledger::FILE);
    Ledger::read(&ids).map_err(|e| Failure::usage(&e))?;
    let writer = RunWriter::create(&wanted.out.join(&metadata.id), &metadata).map_err(|e| Failure::usage(&e))?;
    let tape = Arc::new(Tape::new(writer));
    let cancel = CancellationToken::new();
    listener.hear(News::Recording(&tape, &cancel));
    let register = Arc::new(Register::default());
    let entered = Mutex::default();
    let recording =
        Recording { wanted, needs, door: &door, plain: &plain, tape: &tape, register: &register, entered: &entered };
    let recorded = recording.all(targets, (&mut metadata, &mut facts), &cancel, listener).await;
    listener.hear(News::Recorded);
    recorded?;
    // Read again: another scan may have given numbers in the meantime.
    let lock = locked(wanted.out, listener)?;
    let mut ledger = Ledger::read(&ids).map_err(|e| Failure::usage(&e))?;
    let numbered = register.number(&mut ledger);
    let accounts = entered.into_inner().unwrap_or_else(PoisonError::into_inner);
    let doors = Doors { hub: (door.base, door.caller), accounts, connector: plain };
    Ok(Source { metadata, facts, numbered, ledger, writer: Some(tape), lock: Some(lock), doors: Some(doors) })
}

/// The accounts of kickoff.toml and the ways into them.
fn ways(scope: &Scope) -> Ways {
    let target = |account: &kickoff_engagement::Account| Target {
        account: Some(account.id.clone()),
        profile: account.profile.clone(),
        role: account.role.clone(),
        external_id: account.external_id.clone(),
    };
    Ways {
        accounts: scope.accounts.iter().map(target).collect(),
        role: scope.role.clone(),
        external_id: scope.external_id.clone(),
    }
}

/// What is known of an account before it is entered, and all that is known of one that cannot be.
fn closed(partition: &str, id: &str, regions: &[String], why: String) -> AccountRecord {
    AccountRecord {
        id: id.to_owned(),
        partition: partition.to_owned(),
        home_region: Partition::by_name(partition).home_region.to_owned(),
        caller: String::new(),
        regions: regions.to_vec(),
        disabled_regions: Vec::new(),
        unreachable: Some(why),
    }
}

fn partition(door: &Door) -> &str {
    door.caller.arn.split(':').nth(1).unwrap_or("aws")
}

/// What a run says of itself before anything is asked.
fn planned(
    wanted: &Live<'_>,
    needs: &[Need],
    door: &Door,
    (started, ahead): (Timestamp, SignedDuration),
    targets: &[Target],
) -> Result<RunMetadata, Failure> {
    let ids = targets.iter().map(|target| target.account.as_deref().unwrap_or(&door.caller.account));
    Ok(RunMetadata {
        schema: SCHEMA.to_owned(),
        id: door.session.clone(),
        state: RunState::Running,
        tool: Tool { name: "kickoff".to_owned(), version: VERSION.to_owned() },
        started,
        finished: None,
        foreign_endpoints: Vec::new(),
        clock_ahead: (!ahead.is_zero()).then(|| ahead.as_secs()),
        ended: None,
        route: route().map_err(Failure::Usage)?,
        checks: wanted.selection.0.iter().map(|check| check.meta.id.to_owned()).collect(),
        needs: needs.iter().map(|need| need.name().to_owned()).collect(),
        accounts: ids.map(|id| closed(partition(door), id, wanted.regions, BEFORE.to_owned())).collect(),
    })
}

/// A run that is being recorded.
struct Recording<'a> {
    wanted: &'a Live<'a>,
    needs: &'a [Need],
    door: &'a Door,
    plain: &'a SharedHttpConnector,
    tape: &'a Arc<Tape>,
    register: &'a Arc<Register>,
    /// The accounts that were entered, with the way in.
    entered: &'a Mutex<BTreeMap<String, (SdkConfig, Identity)>>,
}

impl Recording<'_> {
    /// Keeps the way into an account.
    fn remember(&self, id: &str, config: &SdkConfig, identity: &Identity) {
        let mut entered = self.entered.lock().unwrap_or_else(PoisonError::into_inner);
        entered.insert(id.to_owned(), (config.clone(), identity.clone()));
    }

    /// Collects every account, and closes the run: from there on nothing is lost, whoever ends this process.
    async fn all(
        &self,
        targets: Vec<Target>,
        (metadata, facts): (&mut RunMetadata, &mut Spool),
        cancel: &CancellationToken,
        listener: &dyn Listener,
    ) -> Result<(), Failure> {
        let (wanted, tape, register) = (self.wanted, self.tape, self.register);
        let recorder = Recorder::new(self.plain.clone(), Arc::clone(tape), &agent(VERSION, &metadata.id)).into_client();
        let places = usize::from(wanted.concurrency);
        let shared = shared(register, metadata.started, places, cancel.clone(), listener.observer());
        let regions = if wanted.regions.is_empty() {
            RequestedRegions::Enabled
        } else {
            RequestedRegions::Named(wanted.regions.to_vec())
        };
        metadata.accounts.clear();
        let single = targets.len() == 1;
        let mut collected = stream::iter(targets)
            .map(|target| {
                let (recorder, shared, regions) = (&recorder, &shared, &regions);
                async move {
                    let id = target.account.clone().unwrap_or_else(|| self.door.caller.account.clone());
                    let entered = if shared.cancel.is_cancelled() {
                        Err(ConnectError::Unreachable(BEFORE.to_owned()))
                    } else {
                        self.door.enter(&target, &id).await
                    };
                    let shut = |why: String| {
                        let record = closed(partition(self.door), &id, &[], why.clone());
                        (unreachable(&record, shared.started, &why, register), record)
                    };
                    tape.start(&id).map_err(|e| Failure::usage(&e))?;
                    let outcome = match entered {
                        Err(error) if single => Err(refused(&error)),
                        // One account of many that cannot be entered is a gap of the run, not the end of it.
                        Err(error) => Ok(shut(error.to_string())),
                        Ok((config, identity)) => {
                            self.remember(&id, &config, &identity);
                            let config = config.to_builder().http_client(recorder.clone()).build();
                            let session = Session::live(&id, &identity.arn, &config, shared.clone());
                            match account(&session, self.needs, regions).await {
                                Err(failure) if !single => Ok(shut(failure.to_string())),
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
        metadata.state = if cancel.is_cancelled() { RunState::Interrupted } else { RunState::Complete };
        metadata.finished = Some(aws_now().round(jiff::Unit::Second).unwrap_or(metadata.started));
        metadata.foreign_endpoints = tape.foreign_endpoints();
        tape.run().close(metadata).map_err(|e| Failure::usage(&e))
    }
}

/// Why an account was not entered in a run that was interrupted before its turn.
const BEFORE: &str = "the run was interrupted before";

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
    let record = facts.record();
    Ok((facts, record))
}

fn refused(error: &ConnectError) -> Failure {
    if error.is_usage() { Failure::usage(error) } else { Failure::Nothing(error.to_string()) }
}
