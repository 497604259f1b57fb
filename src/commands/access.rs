//! `kickoff access`: administrators, one step away, escalation paths, outside access, log tampering.

use std::io::Write as _;

use kickoff::walk::Failure;
use kickoff_evidence::{count, write_private};
use kickoff_reports::access_tables;

use super::given;
use crate::cli::{AccessArgs, Format};
use crate::exit::Exit;
use crate::terminal::{lists, streams};

/// Administrators, one step away, escalation paths, outside access, log tampering.
pub(crate) fn run(arguments: &AccessArgs) -> Result<Exit, Failure> {
    let asked = given::asked(&arguments.estate)?;
    let access = asked.access();
    if let Some(path) = &arguments.html {
        let subtitle =
            format!("{}; action list of {}", count(asked.estate.principals(), "principal"), asked.estate.action_date());
        let page = kickoff_reports::html::picture::page(&access, "Access", &subtitle);
        write_private(path, page.as_bytes()).map_err(|error| Failure::usage(&error))?;
    }
    let mut out = std::io::BufWriter::new(streams::stdout(arguments.format == Format::Json));
    match arguments.format {
        Format::Json => {
            serde_json::to_writer(&mut out, &access).map_err(|error| Failure::usage(&error))?;
            writeln!(out)?;
        }
        Format::Table => write!(
            out,
            "{}",
            access_tables::render(
                &access,
                lists::width_or_wide(),
                console::colors_enabled(),
                lists::most(arguments.full, access_tables::FIRST)
            )
        )?,
    }
    out.flush()?;
    Ok(Exit::of_answers(asked.whole()))
}
