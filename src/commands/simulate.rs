//! `kickoff simulate`: requests against given policies.

use std::io::{BufRead as _, Write as _};

use kickoff::walk::Failure;
use kickoff::walk::estate::table;
use kickoff_policy::simulate::answer_line;

use crate::cli::SimulateArgs;
use crate::exit::Exit;
use crate::terminal::streams;

/// Answers requests, a line each. A malformed one is answered by an error, and makes the exit status 2.
pub(crate) fn run(arguments: &SimulateArgs) -> Result<Exit, Failure> {
    let table = table(arguments.action_data.as_deref())?;
    let input: Box<dyn std::io::BufRead> = if arguments.file.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        let file = std::fs::File::open(&arguments.file)
            .map_err(|error| Failure::Usage(format!("{}: {error}", arguments.file.display())))?;
        Box::new(std::io::BufReader::new(file))
    };
    let mut out = std::io::BufWriter::new(streams::out());
    let mut malformed = 0_usize;
    for line in input.split(b'\n') {
        let line = line?;
        let text = String::from_utf8_lossy(&line);
        if text.trim().is_empty() {
            continue;
        }
        let (answer, decided) = answer_line(&text, table);
        malformed += usize::from(!decided);
        writeln!(out, "{answer}")?;
    }
    out.flush()?;
    if malformed > 0 {
        return Err(Failure::Usage(format!("{malformed} of the requests could not be decided: see their `error`")));
    }
    Ok(Exit::Done)
}
