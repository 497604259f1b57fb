//! Facts from a recorded run.

use std::sync::Arc;

use kickoff_aws::{Replay, RequestedRegions, Session, collect, unreachable};
use kickoff_evidence::{Ledger, Register, Run, RunMetadata, RunState};
use kickoff_facts::Need;
use tokio_util::sync::CancellationToken;

use super::failure::Failure;
use super::news::unheard;
use super::source::{Source, shared};
use super::spool::Spool;

/// Decides again from a recorded run.
///
/// # Errors
/// The ids that the run carries cannot be read.
pub async fn replay(run: &Arc<Run>, needs: &[Need]) -> Result<Source, Failure> {
    let mut ledger = Ledger::read(&run.path().join(Ledger::FILE)).map_err(|e| Failure::usage(&e))?;
    let (metadata, facts, register) = facts(run, needs).await?;
    let numbered = register.number(&mut ledger);
    Ok(Source { metadata, facts, numbered, ledger, writer: None, lock: None, doors: None })
}

/// The facts of a recorded run, with its evidence items, which have no numbers yet.
pub(super) async fn facts(run: &Arc<Run>, needs: &[Need]) -> Result<(RunMetadata, Spool, Arc<Register>), Failure> {
    let register = Arc::new(Register::default());
    let client = Replay::new(Arc::clone(run)).into_client();
    let mut metadata = run.metadata.clone();
    let shared = shared(&register, metadata.started, 64, CancellationToken::new(), unheard());
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
    Ok((metadata, facts, register))
}
