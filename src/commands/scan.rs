//! `kickoff scan`.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use kickoff::walk::live::Live;
use kickoff::walk::opened::{DEFAULT, Opened};
use kickoff::walk::package::{self, Order, Parts};
use kickoff::walk::record::{Gathered, Recorded, collect, from_aws, from_run};
use kickoff::walk::store::home;
use kickoff::walk::stored::{self, Way};
use kickoff::walk::{Failure, carry, scratch};
use kickoff_checks::{Selection, Severity};
use kickoff_engagement::{Engagement, is_account_id, is_region_name};
use kickoff_evidence::Run;
use kickoff_evidence::store::Store;
use kickoff_reports::html;
use kickoff_reports::package::Dossier;
use kickoff_reports::results::{Document, day_in};
use kickoff_reports::summary::fails_at;
use kickoff_reports::terminal::{self, Screen};

use super::{given, store};
use crate::cli::{FailOn, FileArgs, ScanArgs, ScanFormat};
use crate::exit::Exit;
use crate::terminal::{Terminal, files, fonts, lists, shortfalls, streams};

pub(crate) fn run(arguments: &ScanArgs) -> Result<Exit, Failure> {
    // What cannot be read or used is told before anything is asked, not after.
    let fonts = fonts::fonts(&arguments.font)?;
    let mut opened = given::opened(&FileArgs { config: arguments.config.clone(), today: None })?;
    opened.requests()?;
    if arguments.with_documents {
        files::will_be_carried(carry::expected(&opened)?)?;
    }
    let engagement = &opened.file;
    let selection = given::selection(&arguments.select)?;
    let seals = match arguments.no_package || arguments.store.is_some() {
        true => None,
        false => Some(given::seals(&arguments.seal, arguments.profile.as_deref(), &arguments.out)?),
    };
    let terminal = Terminal::live();
    let live = arguments.replay.is_none();
    if let Some(address) = &arguments.store {
        return into_store(arguments, address, &opened, &selection, &terminal);
    }
    let Recorded { run, replayed, folder, tape: _kept } = match &arguments.replay {
        Some(path) => from_run(path, &arguments.out, &selection, engagement, &terminal)?,
        None => from_aws(&wanted(arguments, engagement, &selection, &arguments.out)?, engagement, &terminal)?,
    };
    let json = replayed.decided.json()?;
    let config = arguments.config.as_deref().unwrap_or(Path::new(DEFAULT));
    let exceptions =
        exceptions(engagement, &selection, &replayed.decided.excluded, day_in(&run.metadata, engagement), config);
    let mut exit = exit(arguments.fail_on, &replayed.decided.document);
    opened.today = day_in(&run.metadata, engagement);
    let parts = Parts::of(&run, &opened, &replayed)?;
    let report = folder.join("report.html");
    write_report(&parts.dossier(&opened, &replayed, None), &run, &report)?;
    // What cannot be printed is told at the end: the package does not depend on it.
    let printed = print(arguments.format, &replayed.decided.document, &json);
    shortfalls::tell(&replayed.decided.document, engagement)?;
    writeln!(streams::words(), "Run:    {}\nReport: {}", folder.display(), report.display())?;
    for line in exceptions {
        writeln!(streams::words(), "{line}")?;
    }
    if live && !parts.reperformed {
        writeln!(
            streams::problems(),
            "NOT THE SAME AGAIN: the results that were decided from the stored answers differ from those of the collection. \
             The package has those of the stored answers. Please report this: it is an error of kickoff."
        )?;
        exit = if exit == Exit::Done { Exit::Incomplete } else { exit };
    }
    both(exit, &replayed.decided.document)?;
    if let Some(seals) = &seals {
        let with_documents = arguments.with_documents;
        let order = Order {
            run: &run,
            opened: &opened,
            out: &folder,
            seals,
            fonts: &fonts,
            with_documents,
            listener: &terminal,
        };
        let written = package::write(&order, &replayed, &parts).map_err(|failure| {
            Failure::Usage(format!(
                "{failure}. The run is whole: `kickoff report {}` makes its package",
                run.path().display()
            ))
        })?;
        files::packaged(&written, seals.signer.is_some())?;
        fonts::tell(&fonts)?;
    }
    printed.map_err(|error| Failure::Usage(format!("standard output cannot be written: {error}")))?;
    Ok(exit)
}

/// What is asked of AWS.
fn wanted<'a>(
    arguments: &'a ScanArgs,
    engagement: &'a Engagement,
    selection: &'a Selection,
    out: &'a Path,
) -> Result<Live<'a>, Failure> {
    let regions = if arguments.regions.is_empty() { &engagement.scope.regions } else { &arguments.regions };
    if let Some(bad) = regions.iter().find(|region| !is_region_name(region)) {
        return Err(Failure::Usage(format!("{bad:?} is not the name of a region, such as eu-west-1")));
    }
    if let Some(bad) = arguments.accounts.iter().find(|id| !is_account_id(id)) {
        return Err(Failure::Usage(format!("{bad:?} is not an account id: it has twelve digits")));
    }
    Ok(Live {
        scope: &engagement.scope,
        selection,
        profile: arguments.profile.as_deref(),
        accounts: &arguments.accounts,
        regions,
        out,
        concurrency: arguments.concurrency,
    })
}

/// A scan whose run goes into a store: what is decided and told is what is stored.
fn into_store(
    arguments: &ScanArgs,
    address: &str,
    opened: &Opened,
    selection: &Selection,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let engagement = &opened.file;
    if arguments.replay.is_some() && !(arguments.select.checks.is_empty() && arguments.select.criteria.is_empty()) {
        return Err(Failure::Usage(
            "a run goes into a store with all the checks that it was made for: leave out --check and --criterion"
                .to_owned(),
        ));
    }
    let signer = given::signer(&arguments.seal, arguments.profile.as_deref())?;
    // A store that is not there, or cannot be reached, is found out before anything is asked.
    let home = home(address, arguments.profile.as_deref(), terminal)?;
    let store = Store::begin(home, kickoff_aws::aws_now()).map_err(|error| Failure::usage(&error))?;
    let way = Way { store: &store, engagement, signer: signer.as_deref(), listener: terminal };
    let stored = match &arguments.replay {
        Some(path) => {
            let run = Arc::new(Run::open(path).map_err(|error| Failure::usage(&error))?);
            stored::put(&way, &run, None)?
        }
        None => {
            let scratch = scratch::folder()?;
            let asked = wanted(arguments, engagement, selection, scratch.path())?;
            let stored = collect(&asked, terminal).and_then(|Gathered { run, doors, runtime, tape: _kept }| {
                stored::put(&way, &run, Some((doors, runtime)))
            });
            match (stored, run_in(scratch.path())) {
                (Ok(stored), _) => stored,
                (Err(failure), None) => return Err(failure),
                (Err(failure), Some(folder)) => {
                    // What AWS answered is not asked again: the run's folder stays where it is.
                    let _ = scratch.keep();
                    let again = again(arguments, address, &folder);
                    return Err(Failure::Usage(format!(
                        "{failure}. What AWS answered is kept: `{again}` goes on with it"
                    )));
                }
            }
        }
    };
    let document = &stored.decided.document;
    let printed = print(arguments.format, document, &stored.decided.json()?);
    shortfalls::tell(document, engagement)?;
    store::told(&store, &stored)?;
    let config = arguments.config.as_deref().unwrap_or(Path::new(DEFAULT));
    let day = day_in(&stored.run, engagement);
    for line in exceptions(engagement, selection, &stored.decided.excluded, day, config) {
        writeln!(streams::words(), "{line}")?;
    }
    let exit = exit(arguments.fail_on, document);
    both(exit, document)?;
    printed.map_err(|error| Failure::Usage(format!("standard output cannot be written: {error}")))?;
    Ok(exit)
}

/// The folder of the run that lies in another one, if one does.
fn run_in(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    entries.map(|entry| entry.path()).find(|path| path.join("run.json").is_file())
}

/// The command that puts a run which was kept into the store, with what the scan was told.
fn again(arguments: &ScanArgs, address: &str, folder: &Path) -> String {
    let mut command = format!("kickoff store add {} --store {address}", folder.display());
    let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    for (name, value) in [
        ("--config", path(&arguments.config)),
        ("--profile", arguments.profile.clone()),
        ("--key", path(&arguments.seal.key)),
        ("--kms-key", arguments.seal.kms_key.clone()),
    ] {
        if let Some(value) = value {
            command.push_str(&format!(" {name} {value}"));
        }
    }
    command
}

/// Says that two things are so where the status tells one of them.
fn both(exit: Exit, document: &Document) -> Result<(), Failure> {
    if exit == Exit::Found && !document.shortfalls().is_empty() {
        // A caller that looks at the status alone would take the rest for whole.
        writeln!(
            streams::problems(),
            "Exit status 1, because something fails at or above --fail-on; coverage is incomplete as well, which by itself is 3."
        )?;
    }
    Ok(())
}

/// What exceptions did, a line each: what those in force took out, and which no longer count.
fn exceptions(
    engagement: &Engagement,
    selection: &Selection,
    excluded: &BTreeMap<String, usize>,
    day: Date,
    config: &Path,
) -> Vec<String> {
    let asked = |id: &str| {
        let exception = engagement.exceptions.iter().find(|exception| exception.id == id);
        let check = exception.and_then(|exception| exception.check.as_deref());
        check.is_none_or(|check| selection.0.iter().any(|selected| selected.meta.id == check))
    };
    let mut lines: Vec<String> = excluded
        .iter()
        .map(|(id, taken)| match taken {
            0 if !asked(id) => format!("Exception {id}: its check was not selected."),
            0 => format!("Exception {id}: nothing that fails is in its scope."),
            1 => format!("Exception {id}: 1 failing result is excluded."),
            taken => format!("Exception {id}: {taken} failing results are excluded."),
        })
        .collect();
    let notices = engagement.notices(day).into_iter().filter(|notice| notice.key.starts_with("exceptions."));
    lines.extend(notices.map(|notice| {
        let line = notice.line.map(|line| format!(", line {line}")).unwrap_or_default();
        format!("{}{line}: {notice}", config.display())
    }));
    lines
}

/// Written beside its place and moved there whole, so that a report that is there can be read.
fn write_report(dossier: &Dossier<'_>, run: &Run, path: &Path) -> Result<(), Failure> {
    let part = path.with_extension("html.part");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = BufWriter::new(options.open(&part)?);
    html::write(dossier, Some(run), false, &mut file)?;
    file.flush()?;
    std::fs::rename(&part, path)?;
    Ok(())
}

/// Prints what was asked for.
fn print(format: ScanFormat, document: &Document, json: &[u8]) -> std::io::Result<()> {
    let mut out = if format == ScanFormat::Json { streams::out() } else { streams::text() };
    match format {
        ScanFormat::Json => out.write_all(json)?,
        ScanFormat::Lines => terminal::lines(document, &mut out)?,
        ScanFormat::Table if streams::is_quiet() => {}
        ScanFormat::Table => {
            let screen = Screen { width: lists::width(), colour: console::colors_enabled() };
            terminal::print(document, screen, &mut out)?;
        }
    }
    out.flush()
}

fn exit(fail_on: Option<FailOn>, document: &Document) -> Exit {
    let severity = fail_on.map(|fail_on| match fail_on {
        FailOn::Info => Severity::Info,
        FailOn::Low => Severity::Low,
        FailOn::Medium => Severity::Medium,
        FailOn::High => Severity::High,
        FailOn::Critical => Severity::Critical,
    });
    // Who the caller is says nothing of the account.
    let collected = document.coverage.iter().any(|row| row.status == "ok" && row.service != "sts");
    if !collected {
        Exit::Nothing
    } else if severity.is_some_and(|severity| fails_at(document, severity)) {
        Exit::Found
    } else if document.shortfalls().is_empty() {
        Exit::Done
    } else {
        Exit::Incomplete
    }
}
