//! The question of an evidence item, asked again under the reader's own credentials.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use kickoff_aws::{
    Recorder, RequestedRegions, Session, Tape, assume, ca_bundle, collect, connect, connector, identify, plain_client,
};
use kickoff_evidence::package::Package;
use kickoff_evidence::{
    AccountRecord, Difference, Exchange, Item, ItemKey, Ledger, Numbered, Register, Route, Run, RunMetadata, RunState,
    RunWriter, differences, normalised,
};
use kickoff_facts::Need;
use kickoff_reports::package::opened;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::failure::Failure;
use super::news::{Listener, unheard};
use super::package::exchanges;
use super::replay::replay;
use super::scratch;
use super::source::{agent, shared};
use super::unpack::{Unpacked, metadata, unpack};
use super::version::VERSION;

/// So many differences are told.
pub const TOLD: usize = 200;

/// The run that has the item.
pub struct Recorded {
    /// The run.
    pub run: Arc<Run>,
    numbered: Numbered,
    /// Keeps the folder of a package's run as long as it is read.
    _unpacked: Option<Unpacked>,
}

impl Recorded {
    /// Opens a run's folder, or a package.
    ///
    /// # Errors
    /// It is neither, or cannot be read.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let is_run = path.join("run.json").is_file();
        let (run, unpacked) = if is_run {
            (Arc::new(Run::open(path).map_err(|error| Failure::usage(&error))?), None)
        } else {
            let package = Package::open(path).map_err(|error| Failure::usage(&error))?;
            let unpacked = metadata(&package, None).and_then(|metadata| unpack(&package, &metadata));
            let unpacked = unpacked.map_err(|why| Failure::Usage(format!("{}: {why}", path.display())))?;
            (Arc::clone(&unpacked.run), Some(unpacked))
        };
        let needs: Vec<Need> = run.metadata.needs.iter().filter_map(|name| Need::by_name(name)).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let numbered = runtime.block_on(replay(&run, &needs))?.numbered;
        Ok(Self { run, numbered, _unpacked: unpacked })
    }

    /// The item of an id.
    ///
    /// # Errors
    /// There is none.
    pub fn item(&self, id: &str) -> Result<Item, Failure> {
        let found = self.numbered.items.iter().find(|(known, _)| known.to_string() == id);
        found.map(|(_, item)| item.clone()).ok_or_else(|| {
            let last = self.numbered.items.last().map(|(id, _)| id.to_string()).unwrap_or_default();
            Failure::Usage(format!("{} has no evidence item {id}; its ids go up to {last}", self.run.metadata.id))
        })
    }
}

/// The answers of an item that were read, in their order.
///
/// # Errors
/// The archive cannot be read.
pub fn pages(run: &Run, item: &Item) -> Result<Vec<Exchange>, Failure> {
    exchanges(run, &item.key.account, item.exchanges.iter().map(|summary| summary.position))
}

/// The reader's own way into the account.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reader<'a> {
    /// A profile of the AWS configuration files.
    pub profile: Option<&'a str>,
    /// A role to enter in the account, by name or ARN.
    pub role: Option<&'a str>,
    /// The external id for that role.
    pub external_id: Option<&'a str>,
}

/// Asks what the item asked, and what must be asked before it.
///
/// # Errors
/// The credentials do not work or are another account's, or what was asked about is not there any more.
pub fn ask(
    reader: Reader<'_>,
    account: &AccountRecord,
    key: &ItemKey,
    listener: &dyn Listener,
) -> Result<(Item, Vec<Exchange>), Failure> {
    let call = format!("{}:{}", key.service, key.operation);
    let needs: Vec<Need> =
        Need::ALL.iter().copied().filter(|need| need.operation_ids().contains(&call.as_str())).collect();
    let needs = Need::closure(needs);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let plain = connector(ca_bundle().as_deref()).map_err(Failure::Usage)?;
    let folder = scratch::folder()?;
    let started = Timestamp::now().round(jiff::Unit::Second).unwrap_or_else(|_| Timestamp::now());
    let metadata = RunMetadata {
        schema: kickoff_evidence::SCHEMA.to_owned(),
        id: kickoff_evidence::new_run_id(started, &account.id),
        state: RunState::Running,
        tool: kickoff_evidence::Tool { name: "kickoff".to_owned(), version: VERSION.to_owned() },
        started,
        finished: None,
        foreign_endpoints: Vec::new(),
        clock_ahead: None,
        ended: None,
        route: Route::default(),
        checks: Vec::new(),
        needs: needs.iter().map(|need| need.name().to_owned()).collect(),
        accounts: vec![account.clone()],
    };
    let path = folder.path().join("run");
    let writer = RunWriter::create(&path, &metadata).map_err(|error| Failure::usage(&error))?;
    let tape = Arc::new(Tape::new(writer));
    let agent = agent(VERSION, &metadata.id);
    let recorder = Recorder::new(plain.clone(), Arc::clone(&tape), &agent).into_client();
    let register = Arc::new(Register::default());
    let common = shared(&register, started, 8, CancellationToken::new(), unheard());
    runtime.block_on(async {
        let refused = |error: kickoff_aws::ConnectError| Failure::usage(&error);
        let person = listener.person();
        let client = plain_client(&plain, &agent);
        let mut config = connect(reader.profile, client, &person).await.map_err(refused)?;
        if let Some(role) = reader.role {
            let arn = if role.starts_with("arn:") {
                role.to_owned()
            } else {
                format!("arn:{}:iam::{}:role/{role}", account.partition, account.id)
            };
            config = assume(&config, &arn, reader.external_id, &metadata.id, &person).await.map_err(refused)?;
        }
        let caller = identify(&config, person.as_ref()).await.map_err(refused)?;
        if caller.account != account.id {
            return Err(Failure::Usage(format!(
                "the item is of account {}, and the credentials are for {}: name a profile or a --role of that account",
                account.id, caller.account
            )));
        }
        tape.start(&account.id).map_err(|error| Failure::usage(&error))?;
        let config = config.to_builder().http_client(recorder).build();
        let session = Session::live(&account.id, &caller.arn, &config, common);
        // What belongs to no region is asked from the home region.
        let regions = RequestedRegions::Recorded { enabled: vec![key.region.clone()], disabled: Vec::new() };
        collect(&session, &needs, &regions).await;
        Ok(())
    })?;
    tape.finish(&account.id).map_err(Failure::Usage)?;
    let finished = RunMetadata { state: RunState::Complete, finished: Some(Timestamp::now()), ..metadata };
    // A run has results: here nothing is decided.
    tape.run().write("results.json", b"{}\n").map_err(|error| Failure::usage(&error))?;
    tape.run().seal(&finished).map_err(|error| Failure::usage(&error))?;
    let run = Run::open(&path).map_err(|error| Failure::usage(&error))?;
    let items = register.number(&mut Ledger::default()).items;
    let found = items.into_iter().map(|(_, item)| item).find(|item| item.key.is_alike(key));
    let item = found.ok_or_else(|| {
        Failure::Nothing(format!(
            "AWS was not asked {call} for the same parameters: what it is about is not there any more, or cannot be listed with these credentials"
        ))
    })?;
    let pages = pages(&run, &item)?;
    Ok((item, pages))
}

/// The differences between two sets of pages, each taken as one answer.
#[must_use]
pub fn changes(before: &[Exchange], after: &[Exchange]) -> Vec<Difference> {
    differences(&joined(before), &joined(after), TOLD)
}

/// The pages of an answer as one: lists are put together.
fn joined(pages: &[Exchange]) -> Value {
    let answers = pages.iter().filter_map(|page| page.response.as_ref()).filter(|response| response.status < 400);
    answers.map(|response| opened(normalised(&response.body))).reduce(join).unwrap_or_default()
}

fn join(first: Value, next: Value) -> Value {
    match (first, next) {
        (Value::Array(mut list), Value::Array(more)) => {
            list.extend(more);
            Value::Array(list)
        }
        (Value::Object(mut object), Value::Object(more)) => {
            for (name, value) in more {
                let known = object.remove(&name);
                object.insert(name, known.map_or(value.clone(), |known| join(known, value)));
            }
            Value::Object(object)
        }
        (_, last) => last,
    }
}
