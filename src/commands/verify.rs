//! `kickoff verify`: what a package says of itself, held against what is in it.

use std::io::Write as _;

use jiff::Timestamp;
use kickoff::walk::Failure;
use kickoff::walk::verify::Checked;
use kickoff_evidence::package::{Package, SignatureState, Trust, verify};

use super::given;
use crate::cli::VerifyArgs;
use crate::exit::Exit;
use crate::terminal::streams;

pub(crate) fn run(arguments: &VerifyArgs) -> Result<Exit, Failure> {
    let keys = arguments.keys.iter().map(|given| given::verifier_key(given)).collect::<Result<Vec<_>, _>>()?;
    let mut out = streams::text();
    if std::fs::symlink_metadata(&arguments.package).is_err() {
        return Err(Failure::Usage(format!("{} is not there", arguments.package.display())));
    }
    let package = match Package::open(&arguments.package) {
        Ok(package) => package,
        Err(error) => {
            writeln!(out, "REFUSED   {error}")?;
            return Ok(Exit::Found);
        }
    };
    let seals = verify(&package, &Trust { keys }, Timestamp::now());
    if let Some(name) = &seals.package {
        writeln!(out, "Package   {name}")?;
    }
    let checked = Checked::of(&package, seals, arguments.digests_only);
    let seals = &checked.seals;
    for line in checked.whose().unwrap_or_else(|| vec!["Whose     That cannot be told".to_owned()]) {
        writeln!(out, "{line}")?;
    }
    let again = checked.made_again();
    for line in seals.lines() {
        writeln!(out, "Seals     {line}")?;
    }
    for difference in &seals.differences {
        writeln!(out, "DIFFERS   {difference}")?;
    }
    for line in &again.same {
        writeln!(out, "Again     {line}")?;
    }
    for difference in &again.differs {
        writeln!(out, "DIFFERS   {difference}")?;
    }
    for line in &again.not {
        writeln!(out, "Again     NOT COMPARED: {line}.")?;
    }
    let (exit, verdict) = if !seals.agrees() || !again.differs.is_empty() {
        (Exit::Found, "The package is not what it says it is.")
    } else if arguments.digests_only {
        (Exit::Done, "What was checked is as it should be; results were not decided again.")
    } else if !again.not.is_empty() {
        (
            Exit::Incomplete,
            "NOT CHECKED in full: for what is named above as not compared, the package has its own word only.",
        )
    } else if matches!(seals.signature, SignatureState::Absent) {
        (
            Exit::Done,
            "What was checked is as it should be. Nobody signed the package: for what was not made again, papers and workbook among it, it has its own word only.",
        )
    } else {
        (Exit::Done, "What was checked is as it should be.")
    };
    writeln!(out, "{verdict}")?;
    Ok(exit)
}
