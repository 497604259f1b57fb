//! The arguments of the commands around the evidence package.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// How a package is sealed.
#[derive(Debug, Default, Args)]
pub(crate) struct SealArgs {
    /// Sign with the key of this file, which `kickoff key new` makes
    #[arg(long, value_name = "FILE", conflicts_with = "kms_key")]
    pub key: Option<PathBuf>,
    /// Sign with an asymmetric key of AWS KMS (ECC_NIST_EDWARDS25519 or ECC_NIST_P256); it never leaves KMS
    #[arg(long, value_name = "ARN")]
    pub kms_key: Option<String>,
    /// Ask this time-stamp authority (RFC 3161) to stamp the manifest
    #[arg(long, value_name = "URL")]
    pub tsa: Option<String>,
    /// The chain that the package continues [default: chain.jsonl beside the runs, or in --out where the run lies in no folder of runs]
    #[arg(long, value_name = "FILE")]
    pub chain: Option<PathBuf>,
}

/// The fonts of pages.
#[derive(Debug, Default, Args)]
pub(crate) struct FontArgs {
    /// A font (.ttf, .otf, .ttc) for names in scripts that the built-in one lacks; it covers Latin, Greek, Cyrillic and Hebrew.
    /// Repeatable [default: those of the system]
    #[arg(long = "font", value_name = "FILE")]
    pub fonts: Vec<PathBuf>,
}

/// Exit status: 0 everything that was checked is as it should be; 1 something differs; 2 wrong usage; 3 something could not be
/// checked.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status:\n  0  everything that was checked is as it should be\n  1  something differs, or this is no package\n  2  wrong usage\n  3  nothing differs, but something could not be checked"
)]
pub(crate) struct VerifyArgs {
    /// The ZIP, or the folder it was unpacked into
    pub package: PathBuf,
    /// A key that you got from the entity by another way than the package: the file `kickoff key show` printed, or its line.
    /// Repeatable
    #[arg(long = "key", value_name = "FILE|KEY")]
    pub keys: Vec<String>,
    /// Compare digests and seals only; do not decide again
    #[arg(long)]
    pub digests_only: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReperformArgs {
    /// The evidence item, such as E-0042
    pub id: String,
    /// The run's folder, or a package [default: the newest run under --runs]
    #[arg(long, value_name = "RUN|PACKAGE", conflicts_with = "store")]
    pub from: Option<PathBuf>,
    /// The folder that runs are made in
    #[arg(long, value_name = "DIR", default_value = "kickoff-runs", conflicts_with_all = ["from", "store"])]
    pub runs: PathBuf,
    #[command(flatten)]
    pub of_store: super::OfStoreArgs,
    /// A profile of the AWS configuration files: the reader's own
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// A role to enter in the account of the item, by name or ARN
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    /// The external id for that role
    #[arg(long, value_name = "ID", requires = "role")]
    pub external_id: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    #[command(subcommand)]
    pub command: KeyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key (Ed25519) that signs packages; only its owner can read the file
    New {
        /// The file to write; one that is there is not replaced
        file: PathBuf,
        /// Whose key it is, such as acme.example/kickoff
        #[arg(long)]
        name: String,
    },
    /// Print the public part, to be published outside the packages
    Show {
        /// The key's file
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PushArgs {
    #[command(subcommand)]
    pub command: PushCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PushCommand {
    /// Import the results into AWS Security Hub, as findings of your own product
    Securityhub(HubArgs),
}

#[derive(Debug, Args)]
pub(crate) struct HubArgs {
    #[command(flatten)]
    pub run: super::RunArgs,
    /// Scope, thresholds and exceptions [default: ./kickoff.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// A profile of the AWS configuration files; its account is where findings go
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Say what would be sent, and send nothing
    #[arg(long)]
    pub dry_run: bool,
}
