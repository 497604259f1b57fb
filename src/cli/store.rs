//! The arguments of the commands around a store.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::SignedDuration;

use super::{Format, SealArgs};

/// A run of a store, in place of a run's folder.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct OfStoreArgs {
    /// The store that has the run, a folder or s3://BUCKET/PREFIX
    #[arg(long, value_name = "STORE")]
    pub store: Option<String>,
    /// The id of a run of --store [default: its newest]
    #[arg(long, value_name = "RUN", requires = "store")]
    pub run: Option<String>,
}

/// Which store.
#[derive(Debug, Clone, Args)]
pub(crate) struct WhichStore {
    /// The store: a folder, or s3://BUCKET/PREFIX
    #[arg(long, value_name = "STORE")]
    pub store: String,
    /// A profile of the AWS configuration files, for a bucket
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct StoreArgs {
    #[command(subcommand)]
    pub command: StoreCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Put recorded runs into a store: a unit for each account, and a link for each run. What is there is not put again
    Add {
        /// The folders of the runs
        #[arg(value_name = "RUN", required = true)]
        runs: Vec<PathBuf>,
        #[command(flatten)]
        which: WhichStore,
        /// Scope, thresholds, exceptions, and when runs are expected [default: ./kickoff.toml, if it is there]
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        #[command(flatten)]
        key: KeyOf,
    },
    /// Every digest, the chain, and what is missing
    #[command(
        after_help = "Exit status:\n  0  everything is whole, and nothing is missing\n  1  something was altered, removed or put in\n  2  wrong usage\n  3  nothing was altered, but something is missing or cannot be read"
    )]
    Check {
        #[command(flatten)]
        which: WhichStore,
        /// How old the newest link may be, such as 36h
        #[arg(long, value_name = "AGE", value_parser = age)]
        max_age: Option<SignedDuration>,
        /// A key that you got from the entity by another way than the store: the file `kickoff key show` printed, or its line.
        /// Repeatable
        #[arg(long = "key", value_name = "FILE|KEY")]
        keys: Vec<String>,
        /// What stdout gets
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// The runs of a store, oldest first
    List {
        #[command(flatten)]
        which: WhichStore,
        /// What stdout gets
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Copy what a folder lacks of a store, as an auditor takes it along
    Mirror {
        #[command(flatten)]
        which: WhichStore,
        /// The folder
        folder: PathBuf,
    },
}

/// Who signs links.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct KeyOf {
    /// Sign links with the key of this file, which `kickoff key new` makes
    #[arg(long, value_name = "FILE", conflicts_with = "kms_key")]
    pub key: Option<PathBuf>,
    /// Sign links with an asymmetric key of AWS KMS
    #[arg(long, value_name = "ARN")]
    pub kms_key: Option<String>,
}

impl From<KeyOf> for SealArgs {
    fn from(KeyOf { key, kms_key }: KeyOf) -> Self {
        Self { key, kms_key, ..Self::default() }
    }
}

fn age(text: &str) -> Result<SignedDuration, String> {
    kickoff_engagement::length(text).ok_or_else(|| "write hours, minutes or days, such as 36h".to_owned())
}
