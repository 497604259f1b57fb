//! The arguments.

mod engagement;
mod package;
mod store;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use engagement::{
    Accepted, CheckConfigArgs, DocumentsArgs, FileArgs, FindingsArgs, InitArgs, InventoryArgs, LinkedBy, ListFormat,
    ReadinessArgs, RegisterArgs, RegisterFileArgs, ReportArgs, RequestsArgs, ReturnedArgs, RisksArgs, RunArgs,
    TypeName, day,
};
pub(crate) use package::{
    FontArgs, HubArgs, KeyArgs, KeyCommand, PushArgs, PushCommand, ReperformArgs, SealArgs, VerifyArgs,
};
pub(crate) use store::{OfStoreArgs, StoreArgs, StoreCommand, WhichStore};

/// Turns the configuration of AWS accounts into SOC 2 evidence.
#[derive(Debug, Parser)]
#[command(name = "kickoff", version, about, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// Say nothing on stderr but problems, and print no summary of a scan
    #[arg(long, short, global = true)]
    pub quiet: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Collect, check, and write a run with its report: the main job
    Scan(Box<ScanArgs>),
    /// The catalogue of checks
    Checks(ChecksArgs),
    /// The least-privilege IAM policy for the selected checks
    Permissions(PermissionsArgs),
    /// Who is able to do an action, decided by which statement
    WhoCan(WhoCanArgs),
    /// Administrators, one step away, escalation paths, outside access, log tampering
    Access(AccessArgs),
    /// Who has which access, for the person who reviews it: a row for each principal
    AccessReview(ReviewArgs),
    /// Requests against given policies, before you change anything: a JSON line each
    Simulate(SimulateArgs),
    /// Write a first kickoff.toml, asking only what cannot be found out
    Init(Box<InitArgs>),
    /// Hold kickoff.toml against what it may say: every problem with its line and key
    CheckConfig(CheckConfigArgs),
    /// What auditors ask to see in writing, what is there, and what is wrong with it
    Documents(DocumentsArgs),
    /// The auditor's request list, with what the last run answers
    Requests(RequestsArgs),
    /// What the auditor found, open and overdue first, and whether the last run says that it is mended
    Findings(FindingsArgs),
    /// The risk register, with what the last run suggests
    Risks(RisksArgs),
    /// A register of kickoff.toml (risks, exceptions, vendors, people, accounts, ...), joined with a file that you keep, or written to one
    Register(Box<RegisterArgs>),
    /// What must be done before the kick-off, in order
    Readiness(ReadinessArgs),
    /// The evidence package of a run, or the brief of the kick-off meeting: --brief
    Report(Box<ReportArgs>),
    /// Check a package: digests, signature, time stamp, chain; and decide every result again from the stored answers
    Verify(VerifyArgs),
    /// Ask AWS again what an evidence item asked, under your own credentials, and say what changed
    Reperform(ReperformArgs),
    /// A store: runs that last, in a folder or a bucket
    Store(Box<StoreArgs>),
    /// Keys that sign packages
    Key(KeyArgs),
    /// Hand the results over to another system
    Push(PushArgs),
    /// Every asset that a recorded run tells of, whose it is, and whether it is in scope
    Inventory(InventoryArgs),
    /// Write docs/ from the checks and the schema, or compare it with --check
    #[command(hide = true)]
    GenerateDocs(DocsArgs),
}

/// Which checks.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SelectArgs {
    /// Only this check; an id or a glob such as 'iam-*'. Repeatable
    #[arg(long = "check", value_name = "ID|GLOB")]
    pub checks: Vec<String>,
    /// Only checks that inform this criterion, such as CC6.1. Repeatable
    #[arg(long = "criterion", value_name = "ID")]
    pub criteria: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Tables in a terminal, tab-separated lines in a pipe
    Table,
    /// JSON and nothing else on stdout
    Json,
}

/// What the stdout of a scan gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScanFormat {
    /// What fails and how many results there are: tables in a terminal, tab-separated lines in a pipe
    Table,
    /// Every result, a tab-separated line each
    Lines,
    /// Every result as JSON and nothing else, the contract of docs/results.schema.json
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

/// Exit status: 0 done; 1 something fails at or above --fail-on, whether coverage is complete or not; 2 wrong usage or configuration; 3 done, but coverage is
/// incomplete; 4 nothing could be collected.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status:\n  0  done, nothing fails at or above --fail-on\n  1  done, something does; it wins over 3, and stderr says so\n  2  wrong usage or configuration\n  3  done, but coverage is incomplete: calls failed, or a control total does not tie\n  4  nothing could be collected"
)]
pub(crate) struct ScanArgs {
    /// Scope and thresholds [default: ./kickoff.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// A profile of the AWS configuration files
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// An account to scan; another than the caller's is entered by the role that kickoff.toml names. Repeatable
    #[arg(long = "account", value_name = "ID")]
    pub accounts: Vec<String>,
    /// A region to ask [default: every enabled region]. Repeatable
    #[arg(long = "region", value_name = "NAME")]
    pub regions: Vec<String>,
    #[command(flatten)]
    pub select: SelectArgs,
    /// Decide again from a recorded run; no credentials, no network
    #[arg(long, value_name = "RUN", conflicts_with_all = ["profile", "accounts", "regions"])]
    pub replay: Option<PathBuf>,
    /// The folder in which the run's own folder is made
    #[arg(long, value_name = "DIR", default_value = "kickoff-runs", conflicts_with = "store")]
    pub out: PathBuf,
    /// Put a unit for each account into this store, a folder or s3://BUCKET/PREFIX, and give the run its link; no package is made
    #[arg(long, value_name = "STORE", conflicts_with_all = ["with_documents", "tsa", "chain"])]
    pub store: Option<String>,
    /// What stdout gets
    #[arg(long, value_enum, default_value = "table")]
    pub format: ScanFormat,
    /// Exit with 1 when something of this severity or worse fails
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// Calls at the same time
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: u16,
    /// Write no evidence package; `kickoff report` writes it later
    #[arg(long)]
    pub no_package: bool,
    /// Carry the documents that kickoff.toml names in the package, byte for byte: nothing in them is masked
    #[arg(long, conflicts_with = "no_package")]
    pub with_documents: bool,
    #[command(flatten)]
    pub seal: SealArgs,
    #[command(flatten)]
    pub font: FontArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ChecksArgs {
    #[command(subcommand)]
    pub command: ChecksCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ChecksCommand {
    /// All checks, or the selected ones
    List {
        #[command(flatten)]
        select: SelectArgs,
        /// What stdout gets
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// The page of one check
    Explain {
        /// The check's id
        id: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyFormat {
    /// The policy document
    Json,
    /// A Terraform role with the policy
    Terraform,
    /// A CloudFormation template with the role and the policy
    Cloudformation,
}

#[derive(Debug, Args)]
pub(crate) struct PermissionsArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    /// The form of the policy
    #[arg(long, value_enum, default_value = "json")]
    pub format: PolicyFormat,
    /// What the rights are for [default: scan]. Repeatable
    #[arg(long = "for", value_enum, value_name = "COMMAND")]
    pub purposes: Vec<Purpose>,
    /// The rights to sign packages with this key as well (`--kms-key` of scan and report)
    #[arg(long, value_name = "ARN")]
    pub kms_key: Option<String>,
    /// The rights to write to this store as well, s3://BUCKET/PREFIX; with `--for read-store` to read it, and no more
    #[arg(long, value_name = "STORE")]
    pub store: Option<String>,
    /// The KMS key that encrypts what is put into the bucket of --store, where it has one of its own
    #[arg(long, value_name = "ARN", requires = "store")]
    pub store_key: Option<String>,
    /// The right to enter accounts by this role as well, by name (in any account) or ARN. Repeatable
    #[arg(long = "assume-role", value_name = "ROLE")]
    pub assume_roles: Vec<String>,
    #[command(flatten)]
    pub trust: TrustArgs,
}

/// What rights are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Purpose {
    /// Reading what the selected checks need
    Scan,
    /// Sending results to Security Hub
    Push,
    /// Reading a store in a bucket: what an auditor needs, and every command that reads one
    ReadStore,
}

/// Who may take the role of the templates.
#[derive(Debug, Args)]
#[command(next_help_heading = "Who may take the role (terraform, cloudformation)")]
pub(crate) struct TrustArgs {
    /// The ExternalId that whoever takes the role has to send [default: asked for by the template]
    #[arg(long, value_name = "ID", conflicts_with_all = ["service", "web_identity"])]
    pub external_id: Option<String>,
    /// The organization that whoever takes the role, and each role that is entered, has to belong to
    #[arg(long, value_name = "ID")]
    pub organization: Option<String>,
    /// A service in place of a principal, such as ecs-tasks.amazonaws.com; for the role's own account only
    #[arg(long, value_name = "NAME", conflicts_with = "web_identity")]
    pub service: Option<String>,
    /// The resource that the service acts for; `*` may stand in it
    #[arg(long, value_name = "ARN", requires = "service")]
    pub source_arn: Option<String>,
    /// An OpenID Connect provider in place of a principal, such as token.actions.githubusercontent.com
    #[arg(long, value_name = "ISSUER")]
    pub web_identity: Option<String>,
    /// The audience of its tokens, such as sts.amazonaws.com
    #[arg(long, value_name = "AUDIENCE", requires = "web_identity")]
    pub audience: Option<String>,
    /// The subject of its tokens, such as repo:acme/audit:ref:refs/heads/main; `*` may stand in it
    #[arg(long, value_name = "SUBJECT", requires = "web_identity")]
    pub subject: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DocsArgs {
    /// Compare instead of writing
    #[arg(long)]
    pub check: bool,
    /// The folder
    #[arg(long, default_value = "docs")]
    pub dir: PathBuf,
}

/// The accounts that are asked about.
#[derive(Debug, Clone, Args)]
pub(crate) struct EstateArgs {
    /// A recorded run
    #[arg(long, value_name = "RUN", conflicts_with_all = ["authorization_details", "store"])]
    pub replay: Option<PathBuf>,
    #[command(flatten)]
    pub of_store: OfStoreArgs,
    /// What `aws iam get-account-authorization-details` prints; no credentials, no network. Repeatable
    #[arg(long, value_name = "FILE", conflicts_with = "store")]
    pub authorization_details: Vec<PathBuf>,
    /// A service control policy, or a level of them ({"org", "policies": [{"name", "document"}]}); binds every account that is
    /// given, so leave the management account out. Repeatable, a level each
    #[arg(long, value_name = "FILE")]
    pub scp: Vec<PathBuf>,
    /// A resource control policy, or a level of them, as for --scp
    #[arg(long, value_name = "FILE")]
    pub rcp: Vec<PathBuf>,
    /// The policies of resources: {"ARN": document, ...}, or a list of {"arn", "document", "owner"}. Repeatable
    #[arg(long, value_name = "FILE")]
    pub resource_policies: Vec<PathBuf>,
    /// What policies do not tell: {"owners": {"ARN": "account"}, "organizations": {"account": "id"}, "management_accounts":
    /// ["account"], "restrict_public_buckets": {"ARN or account": true}, "resource_tags": {"ARN": {"key": "value"}},
    /// "service_control_policies": {"account": [level]}, "resource_control_policies": {"account": [level]}}. Repeatable
    #[arg(long, value_name = "FILE")]
    pub facts: Vec<PathBuf>,
    /// The file whose vendor_accounts are third parties that you declare [default: ./kickoff.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Another list of AWS actions than the built-in one
    #[arg(long, value_name = "FILE")]
    pub action_data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct WhoCanArgs {
    /// The action, such as iam:PassRole
    pub action: String,
    /// The resource: an ARN, a pattern for each of many [default: *]
    pub resource: Option<String>,
    /// Also who gets to it by assuming roles, with the roles in their order
    #[arg(long)]
    pub through_roles: bool,
    #[command(flatten)]
    pub estate: EstateArgs,
    /// What stdout gets
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct AccessArgs {
    #[command(flatten)]
    pub estate: EstateArgs,
    /// Draw every row of each table, not the first few
    #[arg(long)]
    pub full: bool,
    /// Also write a page with the paths drawn
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// What stdout gets
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
}

/// What `access-review` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReviewFormat {
    /// A table for people
    Table,
    /// A row for each principal, with empty columns for reviewer, decision and date
    Csv,
    /// Everything
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct ReviewArgs {
    #[command(flatten)]
    pub estate: EstateArgs,
    /// Draw every row of the table, not the first few
    #[arg(long)]
    pub full: bool,
    /// Also write the sheet for the reviewer
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// What stdout gets
    #[arg(long, value_enum, default_value = "table")]
    pub format: ReviewFormat,
    #[command(flatten)]
    pub back: ReturnedArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// A file of requests, one JSON object a line; - is stdin
    pub file: PathBuf,
    /// Another list of AWS actions than the built-in one
    #[arg(long, value_name = "FILE")]
    pub action_data: Option<PathBuf>,
}
