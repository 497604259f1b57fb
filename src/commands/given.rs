//! What arguments name, as the walk takes it; and what has to be said of it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use kickoff::walk::Failure;
use kickoff::walk::estate::{Asked, Files};
use kickoff::walk::opened::Opened;
use kickoff::walk::outcomes::{Counted, counted, newest_run};
use kickoff::walk::seal::{Seals, Wanted};
use kickoff::walk::store::{Fetched, fetch, home};
use kickoff_checks::{Selection, SelectionError};
use kickoff_engagement::requests::Outcomes;
use kickoff_engagement::{Engagement, nearest};
use kickoff_evidence::package::{Signer, VerifierKey};
use kickoff_evidence::store::Store;

use crate::cli::{EstateArgs, FileArgs, OfStoreArgs, RunArgs, SealArgs, SelectArgs};
use crate::terminal::{Terminal, streams};

/// kickoff.toml, with all that it names.
pub(crate) fn opened(arguments: &FileArgs) -> Result<Opened, Failure> {
    told(Opened::read(arguments.config.as_deref(), arguments.today)?)
}

/// kickoff.toml alone: what it names, its request list among it, need not be there, nor be what can be read.
pub(crate) fn alone(arguments: &FileArgs) -> Result<Opened, Failure> {
    told(Opened::alone(arguments.config.as_deref(), arguments.today)?)
}

/// Says where the file holds what looks like a secret.
fn told(opened: Opened) -> Result<Opened, Failure> {
    if !opened.masked.is_empty() {
        writeln!(
            streams::problems(),
            "{}: `{}` holds what looks like a secret; whatever is written has a mark in its place",
            opened.path().display(),
            opened.masked.join("`, `")
        )?;
    }
    Ok(opened)
}

/// A store that is there.
pub(crate) fn store(address: &str, profile: Option<&str>) -> Result<Store, Failure> {
    Store::open(home(address, profile, &Terminal::silent())?).map_err(|error| Failure::usage(&error))
}

/// A run of a store as a folder, decided with kickoff.toml; none where no store is named.
pub(crate) fn fetched(
    of: &OfStoreArgs,
    accounts: &[String],
    engagement: &Engagement,
) -> Result<Option<Fetched>, Failure> {
    let Some(address) = &of.store else { return Ok(None) };
    let fetched = fetch(&store(address, None)?, of.run.as_deref(), accounts, engagement)?;
    writeln!(streams::words(), "Run {} of {address}", fetched.id())?;
    Ok(Some(fetched))
}

/// The run of a store that is meant where a run's folder could be named as well.
pub(crate) fn of_store(arguments: &RunArgs) -> OfStoreArgs {
    let run = arguments.run.as_ref().filter(|_| arguments.store.is_some());
    OfStoreArgs { store: arguments.store.clone(), run: run.map(|run| run.to_string_lossy().into_owned()) }
}

/// The accounts that the policy engine is asked about.
pub(crate) fn asked(arguments: &EstateArgs) -> Result<Asked, Failure> {
    // Who may do what is asked of the answers: what kickoff.toml says of results does not matter.
    let fetched = fetched(&arguments.of_store, &[], &Engagement::default())?;
    let files = Files {
        replay: fetched.as_ref().map(|fetched| fetched.folder.as_path()).or(arguments.replay.as_deref()),
        authorization_details: &arguments.authorization_details,
        scp: &arguments.scp,
        rcp: &arguments.rcp,
        resource_policies: &arguments.resource_policies,
        facts: &arguments.facts,
        action_data: arguments.action_data.as_deref(),
    };
    // The request list that the file names need not be there for this.
    let file = FileArgs { config: arguments.config.clone(), today: None };
    Asked::of(files, || Ok(alone(&file)?.file))
}

/// Who signs and stamps a package.
pub(crate) fn seals(arguments: &SealArgs, profile: Option<&str>, runs: &Path) -> Result<Seals, Failure> {
    let wanted = Wanted {
        key: arguments.key.as_deref(),
        kms_key: arguments.kms_key.as_deref(),
        profile,
        tsa: arguments.tsa.as_deref(),
        chain: arguments.chain.as_deref(),
    };
    Seals::open(wanted, runs, &Terminal::silent())
}

/// Who signs, without anything else of a package's seal.
pub(crate) fn signer(arguments: &SealArgs, profile: Option<&str>) -> Result<Option<Box<dyn Signer>>, Failure> {
    let wanted =
        Wanted { key: arguments.key.as_deref(), kms_key: arguments.kms_key.as_deref(), profile, ..Wanted::default() };
    kickoff::walk::seal::signer(wanted, &Terminal::silent())
}

/// The selected checks, with a suggestion where nothing matches.
pub(crate) fn selection(arguments: &SelectArgs) -> Result<Selection, Failure> {
    Selection::of(&arguments.checks, &arguments.criteria).map_err(|error| {
        let near = match &error {
            SelectionError::NoCheck(given) => nearest(given, kickoff_checks::CHECKS.iter().map(|check| check.meta.id)),
            SelectionError::NoCriterion(given) => nearest(given, kickoff_checks::CRITERIA.iter().map(|c| c.id)),
            _ => String::new(),
        };
        Failure::Usage(format!("{error}{near} (`kickoff checks list` has them all)"))
    })
}

/// The folder of a run, which goes with this where it was made of a store.
pub(crate) enum Folder {
    Own(PathBuf),
    OfStore(Fetched),
}

impl Folder {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Own(path) => path,
            Self::OfStore(fetched) => &fetched.folder,
        }
    }
}

/// The folder of the run that is named, or of the newest one that can be replayed, if there is one.
pub(crate) fn folder(
    arguments: &RunArgs,
    accounts: &[String],
    engagement: &Engagement,
) -> Result<Option<Folder>, Failure> {
    if let Some(fetched) = fetched(&of_store(arguments), accounts, engagement)? {
        return Ok(Some(Folder::OfStore(fetched)));
    }
    Ok(match &arguments.run {
        Some(folder) => Some(Folder::Own(folder.clone())),
        None => newest_run(&arguments.runs)?.map(Folder::Own),
    })
}

/// A key that verifies, or a file with one.
pub(crate) fn verifier_key(given: &str) -> Result<VerifierKey, Failure> {
    let path = Path::new(given);
    let text = if path.is_file() {
        std::fs::read_to_string(path).map_err(|error| Failure::Usage(format!("{given} cannot be read: {error}")))?
    } else {
        given.to_owned()
    };
    text.trim().parse().map_err(|error| Failure::Usage(format!("{given:?} is not a verifier key: {error}")))
}

/// The results that count, if there is a run; stderr is told which they are.
pub(crate) fn results(arguments: &RunArgs, opened: &Opened) -> Result<Option<Counted>, Failure> {
    let fetched = fetched(&of_store(arguments), &[], &opened.file)?;
    let run = fetched.as_ref().map(|fetched| fetched.folder.as_path()).or(arguments.run.as_deref());
    let counted = counted(run, &arguments.runs, &opened.file, opened.today)?;
    let (from, left_out) = counted.as_ref().map_or((&[][..], &[][..]), |c| (&c.from, &c.left_out));
    for line in left_out {
        writeln!(streams::problems(), "Left out: {line}")?;
    }
    if from.is_empty() {
        let runs = arguments.runs.display();
        writeln!(streams::problems(), "There is no run under {runs}: `kickoff scan` makes one.")?;
    }
    for line in from {
        writeln!(streams::words(), "{line}")?;
    }
    Ok(counted)
}

/// The outcomes that count, if there is a run; stderr is told which they are.
pub(crate) fn outcomes(arguments: &RunArgs, opened: &Opened) -> Result<Option<Outcomes>, Failure> {
    Ok(results(arguments, opened)?.map(|counted| counted.outcomes))
}
