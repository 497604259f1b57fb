//! The command line: arguments in, one subcommand a file, an exit status out.

mod cli;
mod commands;
mod crash;
mod exit;
mod terminal;
mod walk;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};
use crate::commands::{
    access, access_review, brief, checks, documents, findings, generate_docs, init, key, permissions, push, readiness,
    register, reperform, report, requests, risks, scan, verify, who_can,
};
use crate::exit::Exit;
use crate::terminal::streams;
use crate::walk::opened;

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
        Command::WhoCan(arguments) => who_can::who_can(&arguments),
        Command::Access(arguments) => access::access(&arguments),
        Command::AccessReview(arguments) => match &arguments.back.returned {
            Some(sheet) => access_review::back::run(&arguments, sheet),
            None => access::access_review(&arguments),
        },
        Command::Simulate(arguments) => access::simulate(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::CheckConfig(arguments) => opened::check(&arguments),
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
