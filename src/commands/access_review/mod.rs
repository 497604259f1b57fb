//! `kickoff access-review`: who has which access, for the person who reviews it; and the sheet that came back.

mod back;

use std::io::Write as _;

use kickoff::walk::Failure;
use kickoff::walk::review::reviewed;
use kickoff_engagement::cells::BYTE_ORDER_MARK;
use kickoff_evidence::write_private;
use kickoff_reports::review_tables;

use super::given;
use crate::cli::{ReviewArgs, ReviewFormat};
use crate::exit::Exit;
use crate::terminal::{lists, shortfalls, streams};

pub(crate) fn run(arguments: &ReviewArgs) -> Result<Exit, Failure> {
    match &arguments.back.returned {
        Some(sheet) => back::run(arguments, sheet),
        None => review(arguments),
    }
}

/// Who has which access, for the person who reviews it.
fn review(arguments: &ReviewArgs) -> Result<Exit, Failure> {
    let asked = given::asked(&arguments.estate)?;
    let review = reviewed(&asked, &asked.access());
    let csv = || review_tables::csv(&review).map_err(|error| Failure::usage(&error));
    if let Some(path) = &arguments.csv {
        write_private(path, format!("{BYTE_ORDER_MARK}{}", csv()?).as_bytes())
            .map_err(|error| Failure::usage(&error))?;
    }
    let mut out = std::io::BufWriter::new(streams::stdout(arguments.format == ReviewFormat::Json));
    match arguments.format {
        ReviewFormat::Json => {
            serde_json::to_writer(&mut out, &review).map_err(|error| Failure::usage(&error))?;
            writeln!(out)?;
        }
        ReviewFormat::Csv => write!(out, "{}", csv()?)?,
        ReviewFormat::Table => write!(
            out,
            "{}",
            review_tables::render(&review, lists::width_or_wide(), lists::most(arguments.full, review_tables::FIRST))
        )?,
    }
    out.flush()?;
    shortfalls::not_known(&asked.unknown)?;
    Ok(Exit::of_answers(asked.whole()))
}
