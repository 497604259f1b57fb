//! The command line: arguments in, one subcommand a file, an exit status out.

mod cli;
mod commands;
mod crash;
mod exit;
mod terminal;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};
use crate::commands::{
    access, access_review, check_config, checks, documents, findings, generate_docs, init, inventory, key, permissions,
    push, readiness, register, reperform, report, requests, risks, scan, simulate, store, verify, who_can,
};
use crate::exit::Exit;
use crate::terminal::streams;

fn main() -> ExitCode {
    crash::prepare();
    let given = Cli::parse();
    if given.quiet {
        streams::be_quiet();
    }
    let outcome = match given.command {
        Command::Scan(arguments) => scan::run(&arguments),
        Command::Checks(arguments) => checks::run(&arguments),
        Command::Permissions(arguments) => permissions::run(&arguments),
        Command::WhoCan(arguments) => who_can::run(&arguments),
        Command::Access(arguments) => access::run(&arguments),
        Command::AccessReview(arguments) => access_review::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::CheckConfig(arguments) => check_config::run(&arguments),
        Command::Documents(arguments) => documents::run(&arguments),
        Command::Requests(arguments) => requests::run(&arguments),
        Command::Findings(arguments) => findings::run(&arguments),
        Command::Risks(arguments) => risks::run(&arguments),
        Command::Register(arguments) => register::run(&arguments),
        Command::Readiness(arguments) => readiness::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Reperform(arguments) => reperform::run(&arguments),
        Command::Store(arguments) => store::run(&arguments),
        Command::Key(arguments) => key::run(&arguments),
        Command::Push(arguments) => push::run(&arguments),
        Command::Inventory(arguments) => inventory::run(&arguments),
        Command::GenerateDocs(arguments) => generate_docs::run(&arguments),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => {
            let _ = writeln!(streams::problems(), "kickoff: {failure}");
            Exit::from(&failure).into()
        }
    }
}
