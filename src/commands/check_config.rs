//! `kickoff check-config`: kickoff.toml, held against its schema.

use std::io::Write as _;

use jiff::Timestamp;
use kickoff::walk::Failure;
use kickoff_engagement::{Engagement, counted};

use crate::cli::CheckConfigArgs;
use crate::exit::Exit;
use crate::terminal::lists::told;
use crate::terminal::streams;

pub(crate) fn run(arguments: &CheckConfigArgs) -> Result<Exit, Failure> {
    let mut out = streams::text();
    let mut tell = |word: &str, problem: &_| writeln!(out, "{}", told(&arguments.file, word, problem));
    let file = match Engagement::read(&arguments.file) {
        Ok(file) => file,
        Err(error) => {
            error.problems().iter().try_for_each(|problem| tell("", problem))?;
            return Ok(Exit::Usage);
        }
    };
    let today = arguments.today.unwrap_or_else(|| file.day_of(Timestamp::now()));
    let notices = file.notices(today);
    notices.iter().try_for_each(|notice| tell("notice: ", notice))?;
    let zone = file.schedule.zone.as_ref().map(|_| format!(", {today} in {}", file.zone())).unwrap_or_default();
    writeln!(out, "{}: can be used{zone}; {}", arguments.file.display(), counted(&notices))?;
    Ok(Exit::Done)
}
