//! The accounts that the policy engine is asked about: from a recorded run, or from files.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use kickoff_checks::estate::{NEEDS, Surroundings, account, not_collected};
use kickoff_checks::parameters::VENDOR_ACCOUNTS;
use kickoff_checks::people;
use kickoff_engagement::Engagement;
use kickoff_evidence::Run;
use kickoff_facts::AccountFacts;
use kickoff_facts::iam::CredentialRow;
use kickoff_policy::access::{Access, Unknown};
use kickoff_policy::account::{AccountData, ControlLevel, Facts, ResourcePolicy};
use kickoff_policy::actions::ActionTable;
use kickoff_policy::estate::{Around, Controls, Estate};
use kickoff_policy::reach::Reach;
use kickoff_policy::review::{AccessKey, Assigned, Credentials, LastUse};

use super::failure::Failure;
use super::replay::replay;

/// The action list: the built-in one, or the file's.
///
/// # Errors
/// The file cannot be read, or is no action list.
pub fn table(file: Option<&Path>) -> Result<&'static ActionTable, Failure> {
    let Some(path) = file else { return Ok(ActionTable::embedded()) };
    let bytes = std::fs::read(path).map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))?;
    let table = ActionTable::read(&bytes).map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))?;
    // It is read once and asked until the program ends.
    Ok(Box::leak(Box::new(table)))
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))
}

/// What is asked about: accounts, and what is not known of them.
pub struct Asked {
    /// The accounts, compiled.
    pub estate: Estate,
    /// When that was so.
    pub now: Timestamp,
    /// What is not known of them.
    pub unknown: Vec<Unknown>,
    /// The state of users' credentials, by ARN, where a credential report tells it.
    pub credentials: HashMap<String, Credentials>,
    /// Who is assigned which permission set of IAM Identity Center.
    pub assigned: Assigned,
    /// An account was not collected, or a policy cannot be read whole.
    incomplete: bool,
}

/// The files to ask about, and those that are laid over what was recorded.
#[derive(Debug, Clone, Copy, Default)]
pub struct Files<'a> {
    /// A recorded run; it counts before authorization details.
    pub replay: Option<&'a Path>,
    /// What `aws iam get-account-authorization-details` prints.
    pub authorization_details: &'a [PathBuf],
    /// Service control policies, a level each.
    pub scp: &'a [PathBuf],
    /// Resource control policies, a level each.
    pub rcp: &'a [PathBuf],
    /// The policies of resources.
    pub resource_policies: &'a [PathBuf],
    /// What policies do not tell.
    pub facts: &'a [PathBuf],
    /// Another list of AWS actions than the built-in one.
    pub action_data: Option<&'a Path>,
}

impl Asked {
    /// The accounts that files tell of. The vendors of the engagement, which is read last, are third parties that it declares.
    ///
    /// # Errors
    /// A file cannot be read or used, or none was given.
    pub fn of(files: Files<'_>, engagement: impl FnOnce() -> Result<Engagement, Failure>) -> Result<Asked, Failure> {
        let table = table(files.action_data)?;
        let mut asked = match (files.replay, files.authorization_details.is_empty()) {
            (Some(path), _) => recorded(path)?,
            (None, false) => given(files.authorization_details)?,
            (None, true) => {
                return Err(Failure::Usage(
                    "say what to ask about: --replay RUN (`kickoff scan` records one), or --authorization-details FILE (what `aws iam get-account-authorization-details` prints)"
                        .to_owned(),
                ));
            }
        };
        if !files.scp.is_empty() {
            asked.around.scp = Controls::Everywhere(levels(files.scp)?);
        }
        if !files.rcp.is_empty() {
            asked.around.rcp = Controls::Everywhere(levels(files.rcp)?);
        }
        for path in files.resource_policies {
            let loaded = ResourcePolicy::load(&read(path)?);
            let loaded = loaded.map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))?;
            // A file that is given speaks later than what was recorded.
            asked.around.resources.retain(|old| loaded.iter().all(|new| new.arn != old.arn));
            asked.around.resources.extend(loaded);
        }
        for path in files.facts {
            let facts = Facts::load(&read(path)?);
            let facts = facts.map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))?;
            for (option, all, single) in [
                ("--scp", files.scp, &facts.service_control_policies),
                ("--rcp", files.rcp, &facts.resource_control_policies),
            ] {
                if !all.is_empty() && !single.is_empty() {
                    return Err(Failure::Usage(format!(
                        "{}: tells of the levels above single accounts, and {option} of those above all: give one of the two",
                        path.display()
                    )));
                }
            }
            asked.around.learn(facts);
        }
        asked.around.own.declared = declared(&engagement()?);
        Ok(Self::loaded(asked, table))
    }

    fn loaded(loaded: Loaded, table: &'static ActionTable) -> Asked {
        let Loaded { accounts, around, now, unknown, credentials, assigned } = loaded;
        let estate = Estate::new(accounts, around, table, &now.to_string());
        let incomplete = !unknown.is_empty() || !estate.unread().is_empty();
        Asked { estate, now, unknown, credentials, assigned, incomplete }
    }

    /// Who reaches what in the accounts, with what is not known.
    pub fn access(&self) -> Access {
        let mut access = Reach::new(&self.estate).access();
        access.unknown.extend(self.unknown.iter().cloned());
        access
    }

    /// Whether an account was collected of each that was asked about, and every policy can be read whole.
    #[must_use]
    pub fn whole(&self) -> bool {
        !self.incomplete
    }
}

/// What was read, before it is compiled.
struct Loaded {
    accounts: Vec<AccountData>,
    around: Around,
    now: Timestamp,
    unknown: Vec<Unknown>,
    credentials: HashMap<String, Credentials>,
    assigned: Assigned,
}

/// Accounts from files.
fn given(paths: &[PathBuf]) -> Result<Loaded, Failure> {
    let mut accounts: Vec<AccountData> = Vec::new();
    for path in paths {
        let loaded = AccountData::from_details(&read(path)?);
        for account in loaded.map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))? {
            if accounts.iter().any(|known| known.account == account.account) {
                return Err(Failure::Usage(format!("{}: account {} is given twice", path.display(), account.account)));
            }
            accounts.push(account);
        }
    }
    Ok(Loaded {
        accounts,
        around: Around::default(),
        now: Timestamp::now(),
        unknown: Vec::new(),
        credentials: HashMap::new(),
        assigned: Assigned::default(),
    })
}

fn levels(paths: &[PathBuf]) -> Result<Vec<ControlLevel>, Failure> {
    let mut levels = Vec::new();
    for path in paths {
        let name = path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let loaded = ControlLevel::load(&read(path)?, &name);
        levels.extend(loaded.map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))?);
    }
    Ok(levels)
}

/// The accounts of a recorded run.
fn recorded(path: &Path) -> Result<Loaded, Failure> {
    let run = Arc::new(Run::open(path).map_err(|error| Failure::usage(&error))?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let source = runtime.block_on(replay(&run, NEEDS))?;
    let mut told = Told::default();
    source.facts.each(|accounts| accounts.for_each(|facts| told.add(&facts)))?;
    let loaded = told.loaded(source.metadata.started);
    if loaded.accounts.is_empty() {
        let why = loaded.unknown.first().map(|one| format!(" ({})", one.why)).unwrap_or_default();
        return Err(Failure::Nothing(format!(
            "{}: no account's principals and policies were collected{why}",
            path.display()
        )));
    }
    Ok(loaded)
}

/// What facts tell of accounts, one after another.
#[derive(Default)]
pub struct Told {
    accounts: Vec<AccountData>,
    unknown: Vec<Unknown>,
    credentials: HashMap<String, Credentials>,
    assigned: Assigned,
    surroundings: Surroundings,
}

impl Told {
    /// Adds an account.
    pub fn add(&mut self, facts: &AccountFacts) {
        match account(facts) {
            Ok(found) => self.accounts.push(found),
            Err(gap) => self.unknown.push(not_collected(&facts.account, &gap)),
        }
        self.credentials.extend(credentials_of(facts));
        people::add(&mut self.assigned, facts);
        self.surroundings.add(facts);
    }

    /// What to ask about; none where no account's principals and policies were collected.
    pub fn asked(self, now: Timestamp, file: &Engagement) -> Option<Asked> {
        let mut loaded = self.loaded(now);
        loaded.around.own.declared = declared(file);
        (!loaded.accounts.is_empty()).then(|| Asked::loaded(loaded, ActionTable::embedded()))
    }

    fn loaded(self, now: Timestamp) -> Loaded {
        let Self { accounts, unknown, credentials, assigned, surroundings } = self;
        Loaded { accounts, around: surroundings.around(), now, unknown, credentials, assigned }
    }
}

/// The accounts that a company declares as third parties'.
fn declared(file: &Engagement) -> BTreeSet<String> {
    file.thresholds.list(&VENDOR_ACCOUNTS).into_iter().collect()
}

fn credentials_of(facts: &AccountFacts) -> Vec<(String, Credentials)> {
    let Ok(report) = facts.global.credential_report.get() else { return Vec::new() };
    report.root.iter().chain(report.rows()).map(|row| (row.arn.clone(), credentials_in(row))).collect()
}

fn credentials_in(row: &CredentialRow) -> Credentials {
    let used = |at: Option<Timestamp>| at.map_or(LastUse::Never, |at| LastUse::At(at.to_string()));
    let keys = row
        .keys
        .iter()
        .zip(["access key 1", "access key 2"])
        .filter(|(key, _)| key.last_rotated.is_some() || key.active);
    let keys: Vec<AccessKey> = keys
        .map(|(key, name)| AccessKey {
            name: name.to_owned(),
            active: key.active,
            created: key.last_rotated.map(|at| at.to_string()),
            last_used: used(key.last_used),
        })
        .collect();
    let last = row.keys.iter().filter_map(|key| key.last_used).chain(row.password_last_used).max();
    Credentials {
        created: row.created.map(|at| at.to_string()),
        password: row.password_enabled,
        password_last_used: used(row.password_last_used),
        mfa: row.mfa_active().ok(),
        keys: Some(keys),
        last_activity: used(last),
        ..Credentials::default()
    }
}
