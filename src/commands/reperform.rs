//! `kickoff reperform E-0042`: the same question to AWS again, under the reader's own credentials.

use std::io::Write as _;

use kickoff::walk::Failure;
use kickoff::walk::outcomes::newest_run;
use kickoff::walk::reperform::{Reader, Recorded, TOLD, ask, changes, pages};
use kickoff_engagement::Engagement;
use kickoff_evidence::{Item, ItemKey, Outcome, Run, count};

use super::given;
use crate::cli::ReperformArgs;
use crate::exit::Exit;
use crate::terminal::{Terminal, streams};

pub(crate) fn run(arguments: &ReperformArgs) -> Result<Exit, Failure> {
    let fetched = given::fetched(&arguments.of_store, &[], &Engagement::default())?;
    let path = match (&fetched, &arguments.from) {
        (Some(fetched), _) => fetched.folder.clone(),
        (None, Some(path)) => path.clone(),
        (None, None) => newest_run(&arguments.runs)?.ok_or_else(|| {
            Failure::Usage(format!("there is no run under {}: name one with --from", arguments.runs.display()))
        })?,
    };
    let recorded = Recorded::open(&path)?;
    let then = recorded.item(&arguments.id)?;
    let account = recorded
        .run
        .metadata
        .accounts
        .iter()
        .find(|account| account.id == then.key.account)
        .ok_or_else(|| Failure::Usage(format!("{} belongs to no account of the run", arguments.id)))?;
    let reader = Reader {
        profile: arguments.profile.as_deref(),
        role: arguments.role.as_deref(),
        external_id: arguments.external_id.as_deref(),
    };
    let before = pages(&recorded.run, &then)?;
    let (now, again) = ask(reader, account, &then.key, &Terminal::silent())?;
    let mut out = streams::text();
    let ItemKey { service, operation, region, account, .. } = &then.key;
    writeln!(out, "{}  {service}:{operation} in {region} of account {account}", arguments.id)?;
    let at = |item: &Item| item.exchanges.first().map_or_else(|| "never".to_owned(), |e| e.started.to_string());
    writeln!(out, "recorded  {} as {}", at(&then), then_caller(&recorded.run, account))?;
    writeln!(out, "asked     {}", at(&now))?;
    if let (Outcome::Gap(gap), _) | (_, Outcome::Gap(gap)) = (&now.outcome, &then.outcome) {
        writeln!(out, "cannot be compared: {gap}")?;
        return Ok(Exit::Incomplete);
    }
    let changes = changes(&before, &again);
    if changes.is_empty() {
        writeln!(out, "the same  AWS answers what it answered then (order, page tokens and request ids aside)")?;
        return Ok(Exit::Done);
    }
    let many =
        if changes.len() >= TOLD { format!("{TOLD} or more differences") } else { count(changes.len(), "difference") };
    writeln!(out, "changed   between the two times, {many}:")?;
    for change in &changes {
        writeln!(out, "  {change}")?;
    }
    Ok(Exit::Found)
}

fn then_caller<'a>(run: &'a Run, account: &str) -> &'a str {
    run.metadata.accounts.iter().find(|known| known.id == account).map_or("", |known| known.caller.as_str())
}
