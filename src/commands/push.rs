//! `kickoff push`: the results of a run into another system.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;

use kickoff::walk::Failure;
use kickoff::walk::news::{Listener, unheard};
use kickoff::walk::package::{Parts, Replayed};
use kickoff::walk::seal::runs_of;
use kickoff::walk::source;
use kickoff_aws::{Session, ca_bundle, connect, connector, identify, import_findings, plain_client};
use kickoff_evidence::{Register, Run};
use kickoff_reports::package::asff;
use kickoff_reports::results::day_in;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::given;
use crate::cli::{FileArgs, HubArgs, PushArgs, PushCommand};
use crate::exit::Exit;
use crate::terminal::{Terminal, streams};

pub(crate) fn run(arguments: &PushArgs) -> Result<Exit, Failure> {
    match &arguments.command {
        PushCommand::Securityhub(hub) => securityhub(hub),
    }
}

/// Imports the findings of the account that the credentials are for, region by region.
fn securityhub(arguments: &HubArgs) -> Result<Exit, Failure> {
    let mut opened = given::opened(&FileArgs { config: arguments.config.clone(), today: None })?;
    let folder = given::folder(&arguments.run, &[], &opened.file)?
        .ok_or_else(|| Failure::Usage("there is nothing to push: `kickoff scan` makes a run".to_owned()))?;
    let run = Arc::new(Run::open(folder.path()).map_err(|error| Failure::usage(&error))?);
    opened.today = day_in(&run.metadata, &opened.file);
    let (runs, terminal) = (runs_of(folder.path()), Terminal::silent());
    let replayed = Replayed::of(&run, &opened.file, runs.as_deref().map(|runs| (runs, &terminal as &dyn Listener)))?;
    let parts = Parts::of(&run, &opened, &replayed)?;
    let dossier = parts.dossier(&opened, &replayed, None);
    let mut by_place: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
    for finding in asff::findings(&dossier) {
        let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
        by_place.entry((text("AwsAccountId"), text("Region"))).or_default().push(finding);
    }
    let mut out = streams::text();
    if arguments.dry_run {
        for ((account, region), findings) in &by_place {
            writeln!(out, "{account} {region}: {} findings would be sent", findings.len())?;
        }
        return Ok(Exit::Done);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let plain = connector(ca_bundle().as_deref()).map_err(Failure::Usage)?;
    let mut exit = Exit::Done;
    let result: Result<(), Failure> = runtime.block_on(async {
        let (person, refused) = (terminal.person(), |error: kickoff_aws::ConnectError| Failure::usage(&error));
        let client = plain_client(&plain, &source::agent(kickoff::walk::version::VERSION, &run.metadata.id));
        let config = connect(arguments.profile.as_deref(), client, &person).await.map_err(refused)?;
        let caller = identify(&config, person.as_ref()).await.map_err(refused)?;
        let register = Arc::new(Register::default());
        let shared = source::shared(&register, kickoff_aws::aws_now(), 4, CancellationToken::new(), unheard());
        let session = Session::live(&caller.account, &caller.arn, &config, shared);
        for ((account, region), findings) in &by_place {
            if *account != caller.account {
                writeln!(
                    out,
                    "{account} {region}: not sent, the credentials are for {}; run it with that account's",
                    caller.account
                )?;
                exit = Exit::Incomplete;
                continue;
            }
            match import_findings(&session, region, findings).await {
                Ok(imported) => {
                    writeln!(out, "{account} {region}: {} of {} findings taken", imported.taken, findings.len())?;
                    for (id, why) in &imported.refused {
                        writeln!(out, "  refused {id}: {why}")?;
                        exit = Exit::Incomplete;
                    }
                }
                Err(error) => {
                    writeln!(out, "{account} {region}: {error}")?;
                    exit = Exit::Incomplete;
                }
            }
        }
        Ok(())
    });
    result.map(|()| exit)
}
