//! `kickoff simulate`, `who-can` and `access`: questions to the policy engine.

use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use kickoff_evidence::Run;
use kickoff_facts::iam::Authorization;
use kickoff_facts::{AccountFacts, Need};
use kickoff_policy::access::Unknown;
use kickoff_policy::account::{AccountData, ControlLevel, GroupData, Named, PolicyData, RoleData, UserData};
use kickoff_policy::actions::ActionTable;
use kickoff_policy::estate::Estate;
use kickoff_policy::reach::Reach;
use kickoff_policy::simulate::answer_line;

use crate::cli::{AccessArgs, EstateArgs, Format, SimulateArgs, WhoCanArgs};
use crate::exit::{Exit, Failure};

/// The action list: the built-in one, or the file's.
fn table(file: Option<&Path>) -> Result<&'static ActionTable, Failure> {
    let Some(path) = file else { return Ok(ActionTable::embedded()) };
    let bytes = std::fs::read(path).map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))?;
    let table = ActionTable::read(&bytes).map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))?;
    // It is read once and asked until the program ends.
    Ok(Box::leak(Box::new(table)))
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))
}

/// Answers requests, a line each. A malformed one is answered by an error, and makes the exit status 2.
pub(crate) fn simulate(arguments: &SimulateArgs) -> Result<Exit, Failure> {
    let table = table(arguments.action_data.as_deref())?;
    let input: Box<dyn std::io::BufRead> = if arguments.file.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        let file = std::fs::File::open(&arguments.file)
            .map_err(|error| Failure::Usage(format!("{}: {error}", arguments.file.display())))?;
        Box::new(std::io::BufReader::new(file))
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut malformed = 0_usize;
    for line in input.split(b'\n') {
        let line = line?;
        let text = String::from_utf8_lossy(&line);
        if text.trim().is_empty() {
            continue;
        }
        let (answer, decided) = answer_line(&text, table);
        malformed += usize::from(!decided);
        writeln!(out, "{answer}")?;
    }
    out.flush()?;
    if malformed > 0 {
        return Err(Failure::Usage(format!("{malformed} of the requests could not be decided: see their `error`")));
    }
    Ok(Exit::Done)
}

/// What is asked about: accounts, the time of the questions, and what is not known of them.
struct Asked {
    estate: Estate,
    unknown: Vec<Unknown>,
}

fn estate(arguments: &EstateArgs) -> Result<Asked, Failure> {
    let table = table(arguments.action_data.as_deref())?;
    let mut unknown = Vec::new();
    let mut levels: Vec<ControlLevel> = Vec::new();
    for path in &arguments.scp {
        let name = path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        levels.extend(
            ControlLevel::load(&read(path)?, &name).map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))?,
        );
    }
    let (accounts, now) = match (&arguments.replay, arguments.authorization_details.is_empty()) {
        (Some(path), _) => recorded(path, &mut unknown, levels.is_empty())?,
        (None, false) => {
            let mut accounts = Vec::new();
            for path in &arguments.authorization_details {
                let loaded = AccountData::from_details(&read(path)?);
                accounts.extend(loaded.map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))?);
            }
            (accounts, Timestamp::now())
        }
        (None, true) => {
            return Err(Failure::Usage(
                "say what to ask about: --replay RUN (`kickoff scan` records one), or --authorization-details FILE (what `aws iam get-account-authorization-details` prints)"
                    .to_owned(),
            ));
        }
    };
    let levels = (!levels.is_empty()).then_some(levels);
    Ok(Asked { estate: Estate::new(accounts, levels.as_deref(), table, &now.to_string()), unknown })
}

/// The accounts of a recorded run.
fn recorded(
    path: &Path,
    unknown: &mut Vec<Unknown>,
    without_scps: bool,
) -> Result<(Vec<AccountData>, Timestamp), Failure> {
    let run = Arc::new(Run::open(path).map_err(|error| Failure::usage(&error))?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let source = runtime.block_on(crate::source::replay(&run, &[Need::Authorization]));
    let mut accounts = Vec::new();
    for facts in &source.facts {
        match facts.global.authorization.get() {
            Ok(found) => accounts.push(account(facts, found)),
            Err(_) => unknown.push(Unknown {
                what: format!("account {}", facts.account),
                count: 1,
                why: "its principals and policies were not collected".to_owned(),
                example: None,
            }),
        }
        if without_scps {
            unknown.push(Unknown {
                what: format!("service control policies above account {}", facts.account),
                count: 1,
                why: "not given: rights may be less than shown (--scp FILE takes them in)".to_owned(),
                example: None,
            });
        }
    }
    if accounts.is_empty() {
        return Err(Failure::Nothing(format!(
            "{}: no account's principals and policies were collected",
            path.display()
        )));
    }
    Ok((accounts, source.metadata.started))
}

/// The engine's account from the facts.
fn account(facts: &AccountFacts, found: &Authorization) -> AccountData {
    let inline = |list: &[kickoff_facts::iam::InlinePolicy]| {
        list.iter().map(|p| Named { name: p.name.clone(), document: p.document.as_str().into() }).collect::<Vec<_>>()
    };
    let tags =
        |tags: &std::collections::BTreeMap<String, String>| tags.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    AccountData {
        account: facts.account.clone(),
        partition: facts.partition.clone(),
        complete: true,
        users: found
            .users
            .iter()
            .map(|u| UserData {
                name: u.name.clone(),
                arn: u.arn.clone(),
                id: None,
                groups: u.groups.clone(),
                attached: u.attached.clone(),
                inline: inline(&u.inline),
                boundary: u.boundary.clone(),
                tags: tags(&u.tags),
            })
            .collect(),
        groups: found
            .groups
            .iter()
            .map(|g| GroupData {
                name: g.name.clone(),
                arn: g.arn.clone(),
                attached: g.attached.clone(),
                inline: inline(&g.inline),
            })
            .collect(),
        roles: found
            .roles
            .iter()
            .map(|r| RoleData {
                name: r.name.clone(),
                path: r.path.clone(),
                arn: r.arn.clone(),
                id: None,
                trust: r.trust.as_str().into(),
                attached: r.attached.clone(),
                inline: inline(&r.inline),
                boundary: r.boundary.clone(),
                tags: tags(&r.tags),
                last_used: r.last_used.map(|t| t.to_string()),
                instance_profiles: Vec::new(),
            })
            .collect(),
        policies: found
            .policies
            .iter()
            .map(|p| PolicyData {
                name: p.name.clone(),
                arn: p.arn.clone(),
                default_version: p.default_version.clone(),
                document: p.document.as_str().into(),
                other_versions: Vec::new(),
                attachments: p.attachments,
            })
            .collect(),
    }
}

/// Who is able to do an action, decided by which statement.
pub(crate) fn who_can(arguments: &WhoCanArgs) -> Result<Exit, Failure> {
    let asked = estate(&arguments.estate)?;
    let resource = arguments.resource.as_deref().unwrap_or("*");
    let holders = asked.estate.who_can(&arguments.action, resource).map_err(Failure::Usage)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match arguments.format {
        Format::Json => {
            let value = serde_json::json!({
                "action": arguments.action, "resource": resource, "principals": holders, "unknown": asked.unknown,
            });
            writeln!(out, "{value:#}")?;
        }
        Format::Table => {
            let sure = holders.iter().filter(|h| h.certain).count();
            writeln!(
                out,
                "{} on {resource}: {sure} certainly, {} under conditions, of {} principals",
                arguments.action,
                holders.len() - sure,
                asked.estate.principals()
            )?;
            for holder in &holders {
                let word = if holder.certain { "certain " } else { "possible" };
                let by: Vec<String> = holder.evidence.iter().map(ToString::to_string).collect();
                writeln!(out, "{word}  {}\n          {}", holder.principal, by.join("; "))?;
                let open =
                    holder.open.iter().map(|e| format!("against it: {e}")).chain(holder.conditions.iter().cloned());
                for line in open {
                    writeln!(out, "          {line}")?;
                }
            }
        }
    }
    out.flush()?;
    tell(&asked.unknown)?;
    Ok(Exit::Done)
}

/// Administrators, one step away, escalation paths, outside access, log tampering.
pub(crate) fn access(arguments: &AccessArgs) -> Result<Exit, Failure> {
    let asked = estate(&arguments.estate)?;
    let mut access = Reach::new(&asked.estate).access();
    access.unknown.extend(asked.unknown);
    if let Some(path) = &arguments.html {
        let subtitle =
            format!("{} principals; action list of {}", asked.estate.principals(), asked.estate.action_date());
        std::fs::write(path, kickoff_reports::html::picture::page(&access, "Access", &subtitle))?;
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match arguments.format {
        Format::Json => {
            serde_json::to_writer(&mut out, &access).map_err(|error| Failure::usage(&error))?;
            writeln!(out)?;
        }
        Format::Table => {
            let terminal = console::Term::stdout();
            let width = if terminal.is_term() { usize::from(terminal.size().1).max(40) } else { 120 };
            write!(out, "{}", kickoff_reports::access_tables::render(&access, width, console::colors_enabled()))?;
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn tell(unknown: &[Unknown]) -> Result<(), Failure> {
    let mut words = std::io::stderr().lock();
    for one in unknown {
        writeln!(words, "Not known: {}: {}", one.what, one.why)?;
    }
    Ok(())
}
