//! `kickoff key`: keys that sign packages.

use std::io::Write as _;

use kickoff::walk::Failure;
use kickoff_evidence::package::{Signer as _, SigningKey};

use crate::cli::{KeyArgs, KeyCommand};
use crate::exit::Exit;
use crate::terminal::streams;

pub(crate) fn run(arguments: &KeyArgs) -> Result<Exit, Failure> {
    let key = match &arguments.command {
        KeyCommand::New { file, name } => {
            let key = SigningKey::generate(name).map_err(|error| Failure::usage(&error))?;
            key.save(file).map_err(|error| Failure::usage(&error))?;
            writeln!(
                streams::words(),
                "Written: {}\nKeep it where only the scheduled job reads it. Publish the line below outside the packages: a DNS TXT record, a repository, the kick-off brief.",
                file.display()
            )?;
            key
        }
        KeyCommand::Show { file } => SigningKey::load(file).map_err(|error| Failure::usage(&error))?,
    };
    writeln!(streams::out(), "{}", key.verifier_key())?;
    Ok(Exit::Done)
}
