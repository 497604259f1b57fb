//! The arguments of the commands around kickoff.toml.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use kickoff_engagement::Said;
use kickoff_engagement::register::Register;
use kickoff_engagement::requests::{Chosen, DateOrder, RequestColumns};

use super::{FontArgs, OfStoreArgs, SealArgs};

/// A day, as people are asked for it.
pub(crate) fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "write a day as 2026-03-31".to_owned())
}

/// What a list's stdout gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// Entries in a terminal, tab-separated lines in a pipe
    Table,
    /// Everything
    Json,
    /// A row for each entry, for a spreadsheet
    Csv,
}

/// The file, and the day that it is held against.
#[derive(Debug, Args)]
pub(crate) struct FileArgs {
    /// The file [default: ./kickoff.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Another day than today, such as 2026-03-31; today is that of `zone` in [schedule], or UTC
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub today: Option<Date>,
}

/// The run whose results count.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// A run's folder, or the id of a run of --store [default: the newest one]
    #[arg(long, value_name = "RUN")]
    pub run: Option<PathBuf>,
    /// The folder that runs are made in
    #[arg(long, value_name = "DIR", default_value = "kickoff-runs", conflicts_with_all = ["run", "store"])]
    pub runs: PathBuf,
    /// The store that has the run, a folder or s3://BUCKET/PREFIX
    #[arg(long, value_name = "STORE")]
    pub store: Option<String>,
}

/// The type of the report, as people say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TypeName {
    /// The design of controls on one day
    #[value(name = "1", alias = "type-1")]
    Type1,
    /// Their design and operation over a period
    #[value(name = "2", alias = "type-2")]
    Type2,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The file to write
    #[arg(long, value_name = "FILE", default_value = "kickoff.toml")]
    pub config: PathBuf,
    /// The legal name of the entity
    #[arg(long, value_name = "NAME")]
    pub entity: Option<String>,
    /// The system that the report describes
    #[arg(long, value_name = "NAME")]
    pub system: Option<String>,
    /// The type of the report
    #[arg(long = "type", value_enum, value_name = "1|2")]
    pub kind: Option<TypeName>,
    /// The day of a Type 1 report
    #[arg(long, value_name = "DAY", value_parser = day, conflicts_with_all = ["from", "to"])]
    pub as_of: Option<Date>,
    /// The first day of a Type 2 period
    #[arg(long, value_name = "DAY", value_parser = day, requires = "to")]
    pub from: Option<Date>,
    /// Its last day
    #[arg(long, value_name = "DAY", value_parser = day, requires = "from")]
    pub to: Option<Date>,
    /// A category besides Security, with the reason: 'Availability=Contracts promise 99.9 %'. Repeatable
    #[arg(long = "category", value_name = "NAME[=REASON]")]
    pub categories: Vec<String>,
    /// The auditor's firm
    #[arg(long, value_name = "FIRM")]
    pub auditor: Option<String>,
    /// The day of the kick-off
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub kickoff: Option<Date>,
    /// The one who answers for the engagement
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
    /// Their role in the company
    #[arg(long, value_name = "ROLE", requires = "owner")]
    pub owner_role: Option<String>,
    /// Find out from a recorded run; no credentials, no network
    #[arg(long, value_name = "RUN", conflicts_with = "profile")]
    pub replay: Option<PathBuf>,
    /// Find out with a profile of the AWS configuration files
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Ask AWS nothing
    #[arg(long, conflicts_with_all = ["replay", "profile"])]
    pub offline: bool,
    /// Ask nothing, and replace a file that is there; it is kept beside as a backup
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckConfigArgs {
    /// The file
    #[arg(default_value = "kickoff.toml")]
    pub file: PathBuf,
    /// Another day than today, such as 2026-03-31; today is that of `zone` in [schedule], or UTC
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub today: Option<Date>,
}

#[derive(Debug, Args)]
pub(crate) struct DocumentsArgs {
    /// A folder of files to match to requests by their names
    pub folder: Option<PathBuf>,
    #[command(flatten)]
    pub file: FileArgs,
    /// Append what was matched to kickoff.toml, which is kept beside as a backup
    #[arg(long, requires = "folder")]
    pub write: bool,
    /// What stdout gets
    #[arg(long, value_enum, default_value = "table")]
    pub format: ListFormat,
}

#[derive(Debug, Args)]
pub(crate) struct RequestsArgs {
    #[command(flatten)]
    pub file: FileArgs,
    #[command(flatten)]
    pub run: RunArgs,
    /// Take an auditor's own list, .csv, .xlsx or .xlsm, as the list of kickoff.toml, which is kept beside as a backup; one line
    /// says what was taken and what was left out
    #[arg(long, value_name = "FILE", group = "list")]
    pub import: Option<PathBuf>,
    /// Read a list that comes back, ours as it was exported or the auditor's own: what is accepted, returned or asked is entered in
    /// kickoff.toml, which is kept beside as a backup, and decides how each request stands
    #[arg(long, value_name = "FILE", group = "list")]
    pub returned: Option<PathBuf>,
    /// The day of answers of that list that have none of their own [default: when its workbook was last saved]
    #[arg(long, value_name = "DAY", value_parser = day, requires = "returned")]
    pub on: Option<Date>,
    /// Who at the auditor's answered, where that list does not say
    #[arg(long, value_name = "NAME", requires = "returned")]
    pub by: Option<String>,
    /// What 12/06/2026 is in the list, where its other days do not tell
    #[arg(long, value_enum, value_name = "ORDER", requires = "list")]
    pub dates: Option<Dates>,
    /// Which of its columns is what, by head or letter, where the heads do not tell: id=Ref,text="What we need",owner=D; in a list
    /// that comes back status=F,comment=G,on=H,by=I as well
    #[arg(long, value_name = "COLUMNS", requires = "list", value_parser = RequestColumns::parse)]
    pub columns: Vec<RequestColumns>,
    /// The lines of the auditor's list beside the built-in requests: what is mapped, what is proposed and why, and which of
    /// ours no line covers though something answers them
    #[arg(long, conflicts_with = "export")]
    pub map: bool,
    /// Enter the proposals that nothing stands against in kickoff.toml, which is kept beside as a backup; with the id of a line
    /// that one only, and with `A-7=GEN-04` what a person says that it is. Repeatable
    #[arg(long, value_name = "ID", requires = "map", num_args = 0..=1, default_missing_value = "", value_parser = accepted)]
    pub accept: Vec<Accepted>,
    /// Write the list with its status to a .csv or .xlsx
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
    /// What stdout gets
    #[arg(long, value_enum, default_value = "table")]
    pub format: ListFormat,
}

/// What is to be entered: a line, or all that is proposed.
#[derive(Debug, Clone)]
pub(crate) struct Accepted(pub Option<Chosen>);

fn accepted(text: &str) -> Result<Accepted, String> {
    if text.is_empty() { Ok(Accepted(None)) } else { Chosen::parse(text).map(|chosen| Accepted(Some(chosen))) }
}

/// A review that comes back.
#[derive(Debug, Args)]
#[command(next_help_heading = "A sheet that came back filled in")]
pub(crate) struct ReturnedArgs {
    /// Read a filled-in sheet, .csv or .xlsx: what is decided, by whom and when, and whether what was revoked is gone in the run
    #[arg(long, value_name = "FILE")]
    pub returned: Option<PathBuf>,
    /// What the review is for, such as 2026-Q3 [default: the quarter of the sheet's own day]
    #[arg(long, value_name = "NAME", requires = "returned")]
    pub occurrence: Option<String>,
    /// An account that the sheet is for, where that is not all of the scope. Repeatable
    #[arg(long = "account", value_name = "ID", requires = "returned")]
    pub accounts: Vec<String>,
    /// The run that the sheet was written from, to count it against; --replay names the run after it
    #[arg(long, value_name = "RUN", requires = "returned")]
    pub sheet_run: Option<PathBuf>,
    /// The folder whose newest run is asked where --replay names none
    #[arg(long, value_name = "DIR", default_value = "kickoff-runs")]
    pub runs: PathBuf,
    /// What 12/06/2026 is in the sheet, where its other days do not tell
    #[arg(long, value_enum, value_name = "ORDER", requires = "returned")]
    pub dates: Option<Dates>,
    /// Enter the review in kickoff.toml, which is kept beside as a backup
    #[arg(long, requires = "returned")]
    pub write: bool,
    /// Another day than today (UTC), such as 2026-03-31
    #[arg(long, value_name = "DAY", value_parser = day, requires = "returned")]
    pub today: Option<Date>,
}

/// What comes first where a day is written in figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Dates {
    /// 12 June
    #[value(alias = "dmy")]
    DayFirst,
    /// 6 December
    #[value(alias = "mdy")]
    MonthFirst,
}

impl From<Dates> for DateOrder {
    fn from(dates: Dates) -> Self {
        match dates {
            Dates::DayFirst => Self::DayFirst,
            Dates::MonthFirst => Self::MonthFirst,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct FindingsArgs {
    #[command(flatten)]
    pub file: FileArgs,
    #[command(flatten)]
    pub run: RunArgs,
    /// Take findings from a .csv or .xlsx into kickoff.toml, which is kept beside as a backup: new ones, and what changed of those
    /// that are there
    #[arg(long, value_name = "FILE")]
    pub import: Option<PathBuf>,
    /// What 12/06/2026 is in that list, where its other days do not tell
    #[arg(long, value_enum, value_name = "ORDER", requires = "import")]
    pub dates: Option<Dates>,
    /// Write the findings to a .csv or .xlsx
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
    /// What stdout gets
    #[arg(long, value_enum, default_value = "table")]
    pub format: ListFormat,
}

/// What risks are linked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LinkedBy {
    /// The client's controls
    Control,
    /// The client's policies
    Policy,
    /// The checks
    Check,
}

#[derive(Debug, Args)]
pub(crate) struct RisksArgs {
    #[command(flatten)]
    pub file: FileArgs,
    #[command(flatten)]
    pub run: RunArgs,
    /// Append what the run suggests to kickoff.toml as proposed, which is kept beside as a backup
    #[arg(long)]
    pub write: bool,
    #[command(flatten)]
    pub of_file: RegisterFileArgs,
    /// The links the other way: each control, policy or check with its risks
    #[arg(long, value_enum, value_name = "WHAT")]
    pub by: Option<LinkedBy>,
    /// What stdout gets
    #[arg(long, value_enum, default_value = "table")]
    pub format: ListFormat,
}

/// A register as a file.
#[derive(Debug, Args)]
pub(crate) struct RegisterFileArgs {
    /// Join a file that you keep, .csv, .xlsx or .xlsm, with the register: new rows are added to kickoff.toml, changed cells
    /// replaced, and nothing is taken out. The file before is kept beside as a backup
    #[arg(long, value_name = "FILE")]
    pub import: Option<PathBuf>,
    /// What 12/06/2026 is in that file, where its other days do not tell
    #[arg(long, value_enum, value_name = "ORDER", requires = "import")]
    pub dates: Option<Dates>,
    /// Which of its columns is what, by head or letter, where the heads do not tell: threat="What may happen",owner=D
    #[arg(long, value_name = "COLUMNS", requires = "import", value_parser = Said::parse)]
    pub columns: Vec<Said>,
    /// A column that is kept in the note of each entry, by head or letter. Repeatable
    #[arg(long, value_name = "COLUMN", requires = "import")]
    pub keep: Vec<String>,
    /// What new entries get where the file says nothing: asset="Systems in scope"
    #[arg(long, value_name = "KEY=WORDS", requires = "import", value_parser = Said::parse)]
    pub fill: Vec<Said>,
    /// Show what would change, and write nothing
    #[arg(long, requires = "import")]
    pub dry_run: bool,
    /// Write the register to a .csv or .xlsx, which --import reads back
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RegisterArgs {
    /// Which register
    #[arg(value_parser = PossibleValuesParser::new(Register::names()))]
    pub name: String,
    #[command(flatten)]
    pub file: FileArgs,
    #[command(flatten)]
    pub of_file: RegisterFileArgs,
    /// What stdout gets
    #[arg(long, value_enum, default_value = "table")]
    pub format: ListFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The run's folder [default: the newest one under --runs, or of --store]
    #[arg(value_name = "RUN", conflicts_with = "store")]
    pub path: Option<PathBuf>,
    /// The brief of the kick-off meeting instead: a document to edit and the same as pages
    #[arg(long, conflicts_with = "path")]
    pub brief: bool,
    #[command(flatten)]
    pub file: FileArgs,
    #[command(flatten)]
    pub run: RunArgs,
    /// An account of the run of --store that the package is to have [default: all of them]. Repeatable
    #[arg(long = "account", value_name = "ID", requires = "store")]
    pub accounts: Vec<String>,
    /// The folder to write into
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub out: PathBuf,
    /// Carry the documents that kickoff.toml names in the package, byte for byte: nothing in them is masked
    #[arg(long, conflicts_with = "brief")]
    pub with_documents: bool,
    #[command(flatten)]
    pub seal: SealArgs,
    #[command(flatten)]
    pub font: FontArgs,
}

#[derive(Debug, Args)]
pub(crate) struct InventoryArgs {
    /// The recorded run
    #[arg(long, value_name = "RUN", required_unless_present = "store", conflicts_with = "store")]
    pub replay: Option<PathBuf>,
    #[command(flatten)]
    pub of_store: OfStoreArgs,
    #[command(flatten)]
    pub file: FileArgs,
    /// What stdout gets
    #[arg(long, value_enum, default_value = "table")]
    pub format: ListFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ReadinessArgs {
    #[command(flatten)]
    pub file: FileArgs,
    #[command(flatten)]
    pub run: RunArgs,
    /// What stdout gets
    #[arg(long, value_enum, default_value = "table")]
    pub format: ListFormat,
}
