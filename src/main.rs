//! The command line: arguments in, one subcommand a file, an exit status out.

mod again;
mod brief;
mod carry;
mod catalogue;
mod cli;
mod crash;
mod decided;
mod docs;
mod documents;
mod engagement;
mod estate;
mod exit;
mod findings;
mod finish;
mod fonts;
mod found;
mod init;
mod key;
mod lists;
mod mapped;
mod outcomes;
mod package;
mod permissions;
mod person;
mod policy;
mod progress;
mod push;
mod readiness;
mod register;
mod reperform;
mod report;
mod requests;
mod returned;
mod review_back;
mod risks;
mod scan;
mod scratch;
mod seal;
mod shortfalls;
mod source;
mod spool;
mod streams;
mod tied;
mod trust;
mod unpack;
mod verify;
mod version;
mod who_can;
mod whose;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};
use crate::exit::Exit;

fn main() -> ExitCode {
    crash::prepare();
    let given = Cli::parse();
    if given.quiet {
        streams::be_quiet();
    }
    let outcome = match given.command {
        Command::Scan(arguments) => scan::run(&arguments),
        Command::Checks(arguments) => catalogue::run(&arguments),
        Command::Permissions(arguments) => permissions::run(&arguments),
        Command::WhoCan(arguments) => who_can::who_can(&arguments),
        Command::Access(arguments) => policy::access(&arguments),
        Command::AccessReview(arguments) => match &arguments.back.returned {
            Some(sheet) => review_back::run(&arguments, sheet),
            None => policy::access_review(&arguments),
        },
        Command::Simulate(arguments) => policy::simulate(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::CheckConfig(arguments) => engagement::check(&arguments),
        Command::Documents(arguments) => documents::run(&arguments),
        Command::Requests(arguments) => requests::run(&arguments),
        Command::Findings(arguments) => findings::run(&arguments),
        Command::Risks(arguments) => risks::run(&arguments),
        Command::Register(arguments) => register::run(&arguments),
        Command::Readiness(arguments) => readiness::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Reperform(arguments) => reperform::run(&arguments),
        Command::Key(arguments) => key::run(&arguments),
        Command::Push(arguments) => push::run(&arguments),
        Command::Inventory(arguments) => brief::assets(&arguments),
        Command::GenerateDocs(arguments) => docs::run(&arguments),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => {
            let _ = writeln!(streams::problems(), "kickoff: {failure}");
            Exit::from(&failure).into()
        }
    }
}
