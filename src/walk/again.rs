//! The lists of a package, made again from its answers: what a reader samples from is what the answers give, and no more.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};

use kickoff_evidence::Run;
use kickoff_evidence::package::Package;
use kickoff_reports::package::{Dossier, evidence, ocsf, registers};

use super::carry;
use super::failure::Failure;
use super::opened::Opened;
use super::package::{Compared, Parts, Replayed, exchanges, workpaper_path};

/// Lists that come from answers, results and kickoff.toml alone.
const FROM_RESULTS: [&str; 8] = [
    "30_populations/",
    RESULTS,
    "40_registers/deviations.csv",
    "40_registers/exceptions.csv",
    "40_registers/remediation.csv",
    "40_registers/assets.csv",
    "40_registers/access_review.csv",
    "40_registers/vendors.csv",
];
const RESULTS: &str = "40_registers/results.csv";

/// Lists that come from files of the entity, which are not in the package.
const OF_THE_ENTITY: [&str; 6] = [
    "40_registers/access_reviews.csv",
    "40_registers/documents.csv",
    "40_registers/findings.csv",
    "40_registers/manual_attestations.csv",
    "40_registers/pbc.csv",
    "40_registers/risks.csv",
];

/// Files that every package has, and that are not made again: their digests vouch for them.
const ALWAYS: [&str; 6] = [
    "00_START_HERE.pdf",
    "01_Management_Report.pdf",
    "02_Workbook.xlsx",
    "03_Explorer.html",
    "60_machine/run.json",
    "60_machine/results.json",
];

/// Files that a package may have: the entity's kickoff.toml, and what seals it.
const SOMETIMES: [&str; 2] = ["60_machine/ids.json", "60_machine/kickoff.toml"];

/// The folder of seals, which are checked by themselves.
const SEALS: &str = "90_integrity/";

const OCSF: &str = "60_machine/ocsf_2003.jsonl";

/// Makes the lists again and compares them byte for byte; how many there are. What the answers do not give is found as well.
pub fn lists(
    package: &Package,
    run: &Run,
    opened: &Opened,
    replayed: &Replayed,
    mut parts: Parts,
    found: &mut Vec<String>,
) -> Result<usize, Failure> {
    parts.reperformed = true;
    parts.reperformed = was_reperformed(package, &parts.dossier(opened, replayed, None))?;
    let dossier = parts.dossier(opened, replayed, None);
    let mut made: BTreeSet<String> = OF_THE_ENTITY.map(str::to_owned).into();
    let mut files = 0;
    let mut same = |path: &str, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>| -> Result<(), Failure> {
        files += 1;
        if package.size(path).is_none() {
            found.push(format!("{path} is not there, and the stored answers give it"));
        } else if !is_same(package, path, write)? {
            found.push(format!("{path} differs from what the stored answers give"));
        }
        Ok(())
    };
    made.insert(evidence::DIGESTS.to_owned());
    same(evidence::DIGESTS, &mut |to| to.write_all(parts.digests.as_bytes()))?;
    for item in &dossier.sources.document.evidence {
        let exchanges = exchanges(run, &item.account, item.exchanges.iter().map(|exchange| exchange.position))?;
        for file in evidence::files(&dossier, item, &exchanges)? {
            // The answers are what all this was made from.
            if !file.path.contains("/raw/") {
                same(&file.path, &mut |to| to.write_all(&file.bytes))?;
            }
            made.insert(file.path);
        }
    }
    for table in registers(&dossier).tables {
        if FROM_RESULTS.iter().any(|of| table.path.starts_with(of)) {
            same(&table.path, &mut |to| table.write(to).map(drop))?;
        }
        made.insert(table.path);
    }
    same(OCSF, &mut |to| ocsf::write(&dossier, to).map(drop))?;
    let papers = dossier.controls.iter().map(workpaper_path);
    let needed: Vec<String> = ALWAYS.map(str::to_owned).into_iter().chain(papers).collect();
    let lacking = needed.iter().filter(|name| package.size(name).is_none());
    found.extend(lacking.map(|name| format!("{name} is not there, and every package has it")));
    made.extend(needed);
    made.extend(SOMETIMES.map(str::to_owned));
    made.extend(replayed.source.facts.accounts().map(|account| format!("60_machine/facts/{account}.json")));
    made.insert(OCSF.to_owned());
    made.extend(carry::check(package, found)?);
    let foreign = package.names().filter(|name| !name.starts_with(SEALS) && !made.contains(*name));
    found.extend(foreign.map(|name| format!("{name} is there, and the stored answers do not give it")));
    Ok(files)
}

/// Whether a file of the package is, byte for byte, what is written.
fn is_same(
    package: &Package,
    path: &str,
    write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
) -> Result<bool, Failure> {
    let stored: Box<dyn Read> = Box::new(package.read(path).map_err(|error| Failure::usage(&error))?);
    Ok(Compared::with(io::BufReader::new(stored), write)?)
}

/// Whether the package marks its results as re-performed. That is told of the run that it was made from, which is not here:
/// marked it is where the marked list is the one that the package has.
fn was_reperformed(package: &Package, dossier: &Dossier<'_>) -> Result<bool, Failure> {
    let registers = registers(dossier);
    match registers.tables.iter().find(|table| table.path == RESULTS) {
        Some(table) if package.size(RESULTS).is_some() => {
            is_same(package, RESULTS, &mut |to| table.write(to).map(drop))
        }
        _ => Ok(false),
    }
}
