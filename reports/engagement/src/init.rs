//! Writes a first `kickoff.toml`: what was answered and what was found out, with a word on each part, and examples of
//! the rest as comments. A file that is there is kept as a backup.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::file::ReportType;
use crate::write::{list, quoted, remark};

/// The category that every SOC 2 report has.
const SECURITY: &str = "Security";

/// What only a person knows. What is not answered is written as an example, as a comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// The legal name of the entity.
    pub entity: Option<String>,
    /// The system that the report describes.
    pub system: Option<String>,
    /// The type of the report.
    pub report: Option<ReportType>,
    /// The day of a Type 1 report.
    pub as_of: Option<Date>,
    /// The period of a Type 2 report.
    pub period: Option<(Date, Date)>,
    /// The categories, each with its reason. Security need not be named: where others are, it is written too.
    pub categories: Vec<(String, String)>,
    /// The auditor's firm.
    pub auditor: Option<String>,
    /// The day of the kick-off.
    pub kickoff: Option<Date>,
    /// The one who answers for the engagement.
    pub owner: Option<Owner>,
}

/// A person of the engagement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owner {
    /// The full name.
    pub name: String,
    /// The role in the company.
    pub role: String,
    /// An address to write to.
    pub email: Option<String>,
}

/// What can be found out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The organization, by its id.
    pub organization: Option<String>,
    /// The accounts.
    pub accounts: Vec<FoundAccount>,
    /// The regions in use; they are told, and do not narrow the scope.
    pub regions: Vec<String>,
    /// The services in use.
    pub services: Vec<String>,
    /// What could not be found out, and why.
    pub gaps: Vec<String>,
}

/// An account that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundAccount {
    /// Twelve digits.
    pub id: String,
    /// Its name in the organization, or its alias.
    pub name: Option<String>,
    /// `production`, ..., where a tag or the organizational unit says so.
    pub environment: Option<String>,
    /// Whether it is the account of the caller's credentials.
    pub own: bool,
}

/// The text of the file.
#[must_use]
pub fn render(answers: &Answers, found: &Found) -> String {
    let mut page = Page(String::new());
    let owner = quoted(&owner_id(answers).unwrap_or_else(|| "ana".to_owned()));
    page.remark("The engagement as code: who is examined, what is in scope, who does what, and what is agreed.");
    page.remark("Lines that begin with # are examples and remarks. Keys are checked: a misspelt one is an error.");
    for gap in &found.gaps {
        page.remark(&format!("Not found out: {gap}"));
    }
    entity(&mut page, answers);
    report(&mut page, answers);
    page.section("auditor", "Who examines.", answers.auditor.is_some());
    page.text("firm", answers.auditor.as_deref(), "Prudent & Partners LLP");
    page.section("schedule", "When what happens. What must be done before the kick-off follows from its day.", true);
    page.day("kickoff", answers.kickoff, "2026-01-12");
    page.example("zone = \"Europe/Berlin\"");
    page.example("windows = [{ name = \"Fieldwork\", from = 2026-07-06, to = 2026-07-24 }]");
    page.example(&format!(
        "deliverables = [{{ name = \"Description of the system\", due = 2026-02-02, owner = {owner} }}, {{ name = \"Report\", due = 2026-03-02, from = \"auditor\" }}]"
    ));
    page.section("runs", "When a run is expected: `kickoff store check` names the nights without one.", false);
    page.example("cadence = \"daily\"");
    page.example("at = \"02:00\"");
    page.example("grace = \"12h\"");
    scope(&mut page, answers, found);
    accounts(&mut page, found);
    people(&mut page, answers);
    subservice(&mut page, found);
    // Examples name a person who is there, so that they hold once their # is taken away.
    page.examples(&EXAMPLES.replace("\"ana\"", &owner));
    page.0
}

fn entity(page: &mut Page, answers: &Answers) {
    // Both are wanted: with one alone the file could not be read.
    let whole = filled(&answers.entity).zip(filled(&answers.system)).is_some();
    page.section("entity", "Who is examined, and the system that the report describes.", whole);
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    for (key, text, example) in
        [("name", given(&answers.entity), "Acme Ledger GmbH"), ("system", given(&answers.system), "Acme Ledger")]
    {
        match (whole, text) {
            (true, text) => page.text(key, text.as_deref(), example),
            // What was answered is not lost: it waits as a comment for the rest.
            (false, text) => page.example(&format!("{key} = {}", quoted(text.as_deref().unwrap_or(example)))),
        }
    }
    page.example("description = \"Bookkeeping as a service for small firms.\"");
}

fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.trim().is_empty())
}

fn report(page: &mut Page, answers: &Answers) {
    let about = "Type 1 (\"type-1\", with as_of) or Type 2 (\"type-2\", with from and to).";
    match (answers.report, answers.as_of, answers.period) {
        (Some(ReportType::Type1), Some(day), _) => {
            page.section("report", about, true);
            page.line("type", "\"type-1\"");
            page.line("as_of", &day.to_string());
        }
        (Some(ReportType::Type2), _, Some((from, to))) if from <= to => {
            page.section("report", about, true);
            page.line("type", "\"type-2\"");
            page.line("from", &from.to_string());
            page.line("to", &to.to_string());
        }
        _ => {
            page.section("report", about, false);
            page.example("type = \"type-2\"");
            page.example("from = 2026-01-01");
            page.example("to = 2026-06-30");
        }
    }
}

fn scope(page: &mut Page, answers: &Answers, found: &Found) {
    page.section(
        "scope",
        "What is in scope. What is left out is listed too, with the reason and who approved it.",
        true,
    );
    // Regions in use are no reason to look at those alone: what nobody expects is in the others.
    page.remark(
        "Every enabled region is asked, those that nobody uses too; this line would narrow it to those in use.",
    );
    let in_use = if found.regions.is_empty() { &["eu-west-1".to_owned()] } else { found.regions.as_slice() };
    page.example(&format!("regions = {}", list(in_use)));
    page.names("services", &found.services, "[\"S3\", \"RDS\", \"Lambda\"]");
    let mut chosen = answers.categories.clone();
    if !chosen.is_empty() {
        chosen.retain(|(name, reason)| name != SECURITY || !reason.trim().is_empty());
        if !chosen.iter().any(|(name, _)| name == SECURITY) {
            chosen.insert(0, (SECURITY.to_owned(), "Every SOC 2 report has it.".to_owned()));
        }
    }
    let categories: Vec<String> = chosen.iter().map(|(name, _)| name.clone()).collect();
    page.remark("Categories, each with its reason; every SOC 2 report has Security.");
    page.names("categories", &categories, "[\"Security\", \"Availability\"]");
    let reasons: Vec<String> = chosen
        .iter()
        .filter(|(_, reason)| !reason.trim().is_empty())
        .map(|(name, reason)| format!("{} = {}", quoted(name), quoted(reason)))
        .collect();
    if reasons.is_empty() {
        page.example("category_reasons = { Security = \"Every SOC 2 report has it.\", Availability = \"Contracts promise 99.9 %.\" }");
    } else {
        page.line("category_reasons", &format!("{{ {} }}", reasons.join(", ")));
    }
    page.example("role = \"KickoffReadOnly\" # entered in accounts other than your own");
}

fn accounts(page: &mut Page, found: &Found) {
    if let Some(organization) = &found.organization {
        page.blank();
        page.remark(&format!("Accounts of organization {organization}."));
    }
    let mut seen = BTreeSet::new();
    for account in found.accounts.iter().filter(|account| seen.insert(&account.id)) {
        page.blank();
        page.0.push_str("[[scope.accounts]]\n");
        page.line("id", &quoted(&account.id));
        page.text("name", account.name.as_deref(), "Production");
        page.text("environment", account.environment.as_deref(), "production");
        if !account.own {
            page.example("role = \"KickoffReadOnly\"");
        }
    }
    if found.accounts.is_empty() {
        page.examples(
            "[[scope.accounts]]\nid = \"111122223333\"\nname = \"Production\"\nenvironment = \"production\"\n",
        );
    }
}

fn people(page: &mut Page, answers: &Answers) {
    page.blank();
    page.remark("People; the rest of the file refers to their ids.");
    let Some(owner) = answers.owner.as_ref().filter(|owner| !owner.name.trim().is_empty()) else {
        page.examples("[[people]]\nid = \"ana\"\nname = \"Ana Ruiz\"\nrole = \"CTO\"\n");
        return;
    };
    page.0.push_str("[[people]]\n");
    page.line("id", &quoted(&owner_id(answers).unwrap_or_default()));
    page.line("name", &quoted(&owner.name));
    page.line("role", &quoted(if owner.role.trim().is_empty() { "to be stated" } else { &owner.role }));
    page.line("duty", "\"Answers for the engagement\"");
    page.text("email", owner.email.as_deref(), "ana@example.com");
}

/// The short name of the one who answers for the engagement: their first name.
fn owner_id(answers: &Answers) -> Option<String> {
    let owner = answers.owner.as_ref().filter(|owner| !owner.name.trim().is_empty())?;
    let first = owner.name.split_whitespace().next().unwrap_or_default().to_lowercase();
    let id: String = first.chars().filter(|c| c.is_alphanumeric()).collect();
    Some(if id.is_empty() { "owner".to_owned() } else { id })
}

/// AWS, where something was found in it: every system there relies on the same of its controls, and owes it the same.
fn subservice(page: &mut Page, found: &Found) {
    page.blank();
    page.remark("Organizations whose controls are relied on, and what they ask of their users. How far a report reaches, and the");
    page.remark("bridge letter after it: report_until = 2026-03-31, bridge_until = 2026-06-30.");
    if found.accounts.is_empty() {
        page.examples(&AWS.replace("$SERVICES", "[\"S3\", \"RDS\"]"));
        return;
    }
    page.remark("A first proposal: read it, and change what is not so.");
    page.0.push_str(&AWS.replace("$SERVICES", &list(&found.services)));
}

const AWS: &str = r##"[[subservice]]
name = "Amazon Web Services"
services = $SERVICES
relied_on = ["Physical access to data centres, power and fire protection", "Separation of customers on shared hosts", "Destruction of storage that is taken out of use"]
report = "AWS SOC 2 Type 2"
user_controls = [
    { control = "Credentials of the root user are kept safe and not used", criteria = ["CC6.1"], checks = ["iam-root-mfa", "iam-root-no-access-keys", "iam-root-last-used"] },
    { control = "Activity is logged, and the logs are kept", criteria = ["CC7.2"], checks = ["cloudtrail-multi-region", "cloudtrail-log-validation", "cloudtrail-bucket-retention"] },
]
"##;

/// What nobody can find out and few know on the first day.
const EXAMPLES: &str = r##"
# What is left out: one of account, region and service.
[[scope.exclusions]]
account = "999988887777"
reason = "A sandbox without customer data."
approver = "ana"
approved = 2025-12-01

# Who does what: responsible, accountable, consulted, informed.
[[work]]
name = "Access review"
responsible = ["ana"]
accountable = "ana"
due = 2026-02-20
hours = 8

[[channels]]
name = "#soc2"
purpose = "Questions of the day"

[[escalation]]
when = "A request is two days late"
to = "ana"
within_hours = 8

# Policies and controls; thresholds, risks and attestations refer to them.
[[policies]]
id = "access"
title = "Access control policy"
request = "IAM-01"
owner = "ana"
criteria = ["CC6.1", "CC6.3"]
controls = ["CC6.1.03"]

[[controls]]
id = "CC6.1.03"
wording = "Access keys are replaced within 60 days."
owner = "ana"
criteria = ["CC6.1"]
checks = ["iam-user-access-key-age"]

# A scale of risks of your own, the lowest first. Without one it is 1 to 5 each way.
[risk_scale]
likelihood = ["Rare", "Unlikely", "Likely", "Almost certain"]
impact = 4
bands = [{ name = "Acceptable", to = 4 }, { name = "Tolerable", to = 8 }, { name = "Unacceptable" }]

# An auditor's own list, CSV or XLSX, goes to the top of the file: request_list = "requests.xlsx"
[[requests]]
id = "GEN-06"
owner = "ana"
due = 2026-01-20

# A request that asks for something every so often, week to year, expects a document for each time: every = "quarter".
# What your files for a request are called, where that is not what they are called elsewhere: names = ["Blue book"].
# A request of your own says whether it asks for what is in force or for what happened: nature = "policy" or "record".

# Documents: files lie below the folder of this file. A request may have several: quarters (occurrence = "2026-Q3"), versions
# that follow each other (until = 2026-09-14), files of one delivery. Minutes and reviews have a day: on = 2026-02-10.
[[documents]]
request = "IAM-01"
owner = "ana"
file = "policies/access.pdf"
version = "3"
approved = 2025-11-10
approver = "ana"
effective = 2025-12-01
next_review = 2026-11-10

# Approved exceptions: after their last day they no longer count. Who asked for one is not who approves it: requester = "bo".
[[exceptions]]
id = "EXC-001"
check = "iam-user-access-key-age"
resource = "arn:aws:iam::111122223333:user/build-*"
reason = "The build server is replaced in May."
compensating_control = "The key is bound to the office's addresses."
approver = "ana"
approved = 2026-01-15
expires = 2026-05-31

# What a person states about a control that no call can show.
[[attestations]]
control = "CC6.1.03"
criteria = ["CC6.1"]
result = "pass"
by = "ana"
on = 2026-02-01
evidence = "attestations/keys.pdf"

# The figures of your own policies; docs/thresholds.md has them all.
[thresholds]
access_key_max_age_days = { value = 60, policy = "access" }
"##;

/// The text as it grows.
struct Page(String);

impl Page {
    fn blank(&mut self) {
        self.0.push('\n');
    }

    fn remark(&mut self, text: &str) {
        self.0.push_str(&remark(text));
    }

    /// The head of a table; a comment where the table has no keys yet.
    fn section(&mut self, name: &str, about: &str, live: bool) {
        self.blank();
        self.remark(about);
        let _ = writeln!(self.0, "{}[{name}]", if live { "" } else { "# " });
    }

    fn line(&mut self, key: &str, value: &str) {
        let _ = writeln!(self.0, "{key} = {value}");
    }

    fn example(&mut self, line: &str) {
        let _ = writeln!(self.0, "# {line}");
    }

    fn examples(&mut self, lines: &str) {
        for line in lines.lines() {
            match line {
                "" => self.blank(),
                remark if remark.starts_with('#') => self.0.push_str(&format!("{remark}\n")),
                line => self.example(line),
            }
        }
    }

    fn text(&mut self, key: &str, value: Option<&str>, example: &str) {
        match value.filter(|text| !text.trim().is_empty()) {
            Some(text) => self.line(key, &quoted(text)),
            None => self.example(&format!("{key} = {}", quoted(example))),
        }
    }

    fn day(&mut self, key: &str, value: Option<Date>, example: &str) {
        match value {
            Some(day) => self.line(key, &day.to_string()),
            None => self.example(&format!("{key} = {example}")),
        }
    }

    fn names(&mut self, key: &str, names: &[String], example: &str) {
        if names.is_empty() {
            self.example(&format!("{key} = {example}"));
        } else {
            self.line(key, &list(names));
        }
    }
}

/// Writes a person's file: whole or not at all, and what was there is kept beside it. Gives the backup's path, where
/// there was something to keep; a file that is the same already is left alone.
///
/// # Errors
/// The folder cannot be written to. The file is then as it was.
pub fn write_with_backup(path: &Path, contents: impl AsRef<[u8]>, now: Timestamp) -> io::Result<Option<PathBuf>> {
    let contents = contents.as_ref();
    // What a link leads to is replaced, not the link.
    let target = if path.is_symlink() { fs::canonicalize(path)? } else { path.to_owned() };
    let path = target.as_path();
    let old = match fs::read(path) {
        Ok(old) if old == contents => return Ok(None),
        Ok(old) => Some(old),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stamp = now.strftime("%Y%m%dT%H%M%SZ");
    let backup = match old {
        Some(old) => {
            let (backup, mut file) = create(path, |number| match number {
                0 => format!("{name}.{stamp}.bak"),
                number => format!("{name}.{stamp}-{number}.bak"),
            })?;
            file.write_all(&old)?;
            file.sync_all()?;
            // Who may read the file may read its backup, and nobody else.
            fs::set_permissions(&backup, fs::metadata(path)?.permissions())?;
            Some(backup)
        }
        None => None,
    };
    let (temporary, mut file) = create(path, |number| format!(".{name}.{stamp}-{number}.tmp"))?;
    let written = file.write_all(contents).and_then(|()| file.sync_all()).and_then(|()| match &backup {
        Some(backup) => fs::set_permissions(&temporary, fs::metadata(backup)?.permissions()),
        None => Ok(()),
    });
    written.and_then(|()| fs::rename(&temporary, path)).inspect_err(|_| {
        // What was there is untouched; the half-written file need not stay.
        let _ = fs::remove_file(&temporary);
    })?;
    Ok(backup)
}

/// A new file beside another, under the first name that is free.
fn create(beside: &Path, name: impl Fn(u32) -> String) -> io::Result<(PathBuf, File)> {
    let mut number = 0;
    loop {
        let path = beside.with_file_name(name(number));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => number += 1,
            Err(error) => return Err(error),
        }
    }
}
