//! `kickoff verify`: what a package says of itself, held against what is in it.

use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;
use kickoff_engagement::Engagement;
use kickoff_evidence::package::{Package, SignatureState, Trust, Verification, VerifierKey, verify};
use kickoff_evidence::{Difference, RunMetadata, count, differences};
use kickoff_reports::results::day_in;
use serde_json::Value;

use crate::cli::VerifyArgs;
use crate::exit::{Exit, Failure};
use crate::walk::again::lists;
use crate::walk::opened::Opened;
use crate::walk::package::{Parts, Replayed, is_written, known};
use crate::walk::tied::{Tied, tied};
use crate::walk::unpack::{Unmade, Unpacked, file, metadata, unpack};
use crate::walk::version::VERSION;
use crate::walk::whose::whose;

/// The results, by their path in a package.
const RESULTS: &str = "60_machine/results.json";

const CONFIG: &str = "60_machine/kickoff.toml";

/// So many differences are told for each file.
const TOLD: usize = 50;

/// So many differences are told in all.
const TOLD_IN_ALL: usize = 200;

pub(crate) fn run(arguments: &VerifyArgs) -> Result<Exit, Failure> {
    let keys = arguments.keys.iter().map(|given| key(given)).collect::<Result<Vec<_>, _>>()?;
    let mut out = crate::terminal::streams::text();
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
    let opened = Contents::of(&package, &seals, arguments.digests_only);
    let again = match &opened {
        Ok(contents) => {
            for line in contents.whose(&seals) {
                writeln!(out, "{line}")?;
            }
            contents.made_again(&package, &seals)
        }
        Err(why) => {
            writeln!(out, "Whose     That cannot be told")?;
            Again::without(why)
        }
    };
    for line in seals.lines() {
        writeln!(out, "Seals     {line}")?;
    }
    for difference in &seals.differences {
        writeln!(out, "DIFFERS   {difference}")?;
    }
    for line in again.lines() {
        writeln!(out, "{line}")?;
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

/// A verifier key, or a file with one.
fn key(given: &str) -> Result<VerifierKey, Failure> {
    let path = Path::new(given);
    let text = if path.is_file() {
        std::fs::read_to_string(path).map_err(|error| Failure::Usage(format!("{given} cannot be read: {error}")))?
    } else {
        given.to_owned()
    };
    text.trim().parse().map_err(|error| Failure::Usage(format!("{given:?} is not a verifier key: {error}")))
}

/// What deciding again came to.
#[derive(Default)]
struct Again {
    /// What is the same.
    same: Vec<String>,
    /// What is different.
    differs: Vec<String>,
    /// What could not be compared, with the reason.
    not: Vec<String>,
}

impl Again {
    /// Of a package that was not made again.
    fn without(why: &Unmade) -> Self {
        match why {
            Unmade::Cannot(why) => Self { not: vec![format!("facts, results and lists: {why}")], ..Self::default() },
            Unmade::Wrong(why) => Self { differs: vec![why.clone()], ..Self::default() },
        }
    }

    fn lines(&self) -> impl Iterator<Item = String> {
        let same = self.same.iter().map(|line| format!("Again     {line}"));
        let differs = self.differs.iter().map(|line| format!("DIFFERS   {line}"));
        same.chain(differs).chain(self.not.iter().map(|line| format!("Again     NOT COMPARED: {line}.")))
    }
}

/// What a package holds besides what people read.
struct Contents {
    metadata: RunMetadata,
    engagement: Option<Engagement>,
    /// Its answers, and what they say of one another; none where they are not read.
    answers: Option<(Unpacked, Tied)>,
}

impl Contents {
    fn of(package: &Package, seals: &Verification, digests_only: bool) -> Result<Self, Unmade> {
        let metadata = metadata(package, seals.tool.as_ref().map(|tool| tool.version.as_str()))?;
        let wrong = |why: &dyn std::fmt::Display| Unmade::Wrong(format!("{CONFIG}: {why}"));
        let engagement = match file(package, CONFIG)? {
            None => None,
            Some(text) => {
                let text = String::from_utf8(text).map_err(|error| wrong(&error))?;
                Some(Engagement::parse(Path::new(CONFIG), &text).map_err(|error| wrong(&error))?)
            }
        };
        let answers = if digests_only {
            None
        } else {
            let unpacked = unpack(package, &metadata)?;
            let tied = tied(&unpacked.run).map_err(|error| Unmade::Wrong(error.to_string()))?;
            Some((unpacked, tied))
        };
        Ok(Self { metadata, engagement, answers })
    }

    fn whose(&self, seals: &Verification) -> Vec<String> {
        whose(self.engagement.as_ref(), &self.metadata, seals, self.answers.as_ref().map(|(_, tied)| tied))
    }

    /// Makes facts, results and lists again from the stored answers, and compares.
    fn made_again(&self, package: &Package, seals: &Verification) -> Again {
        let Some((unpacked, tied)) = &self.answers else {
            return Again::without(&Unmade::Cannot("not asked for (--digests-only)".to_owned()));
        };
        let mut again = Again::default();
        let file = "60_machine/run.json";
        again.differs.extend(tied.found.iter().cloned());
        again.differs.extend(
            tied.not_admitted(&self.metadata)
                .map(|endpoint| format!("{file} does not say that answers came from {endpoint}, which is not AWS")),
        );
        if let Some(run) = seals.run.as_ref().filter(|run| **run != self.metadata.id) {
            again.differs.push(format!("manifest.json is of {run}, and {file} of {}", self.metadata.id));
        }
        let left_out = seals.left_out.iter().any(|left_out| left_out.what == CONFIG);
        if left_out == self.engagement.is_some() {
            let has = if left_out { "is there, and manifest.json says it is not" } else { "is not there" };
            again.differs.push(format!("{CONFIG} {has}"));
        }
        if let Err(why) = self.decided_again(package, seals, unpacked, &mut again) {
            let without = Again::without(&why);
            again.differs.extend(without.differs);
            again.not.extend(without.not);
        }
        let more = again.differs.len().saturating_sub(TOLD_IN_ALL);
        if more > 0 {
            again.differs.truncate(TOLD_IN_ALL);
            again.differs.push(format!("and in {}", count(more, "more place")));
        }
        again
    }

    fn decided_again(
        &self,
        package: &Package,
        seals: &Verification,
        unpacked: &Unpacked,
        again: &mut Again,
    ) -> Result<(), Unmade> {
        let run = &unpacked.run;
        let by = seals.tool.as_ref().map_or("", |tool| tool.version.as_str());
        let (_, unknown) = known(run);
        if !unknown.is_empty() {
            let unknown = unknown.join(", ");
            return Err(if by == VERSION {
                Unmade::Wrong(format!(
                    "60_machine/run.json names checks that kickoff {VERSION}, which made the package, does not have: {unknown}"
                ))
            } else {
                Unmade::Cannot(format!(
                    "kickoff {by} made the package, for checks that this version, {VERSION}, does not have ({unknown}): verify it with that one"
                ))
            });
        }
        let mut engagement = self.engagement.clone().unwrap_or_default();
        // Its file is the entity's, and is not in the package.
        engagement.request_list = None;
        let today = day_in(&run.metadata, &engagement);
        let opened = Opened::in_folder(run.path(), engagement, today);
        let told = |failure: Failure| Unmade::Cannot(failure.to_string());
        let mut replayed = Replayed::of(run, &opened.file, None).map_err(told)?;
        let parts = Parts::of(run, &opened, &replayed).map_err(told)?;
        let found = &mut again.differs;
        for text in replayed.source.facts.texts(&replayed.source.numbered) {
            let (account, made) = text.map_err(told)?;
            compare(package, &format!("60_machine/facts/{account}.json"), &made, found)?;
        }
        let mut made =
            serde_json::to_vec_pretty(&replayed.source.metadata).map_err(|e| Unmade::Cannot(e.to_string()))?;
        made.push(b'\n');
        compare(package, "60_machine/run.json", &made, found)?;
        compare(package, "60_machine/ids.json", &replayed.decided.ids.to_json(), found)?;
        let document = &mut replayed.decided.document;
        let same = match package.size(RESULTS) {
            None => false,
            Some(_) => {
                let failed = |error: &dyn std::fmt::Display| Unmade::Wrong(format!("{RESULTS}: {error}"));
                let stored = package.read(RESULTS).map_err(|error| failed(&error))?;
                is_written(document, stored).map_err(|error| failed(&error))?
            }
        };
        let mut other = None;
        if !same {
            // Another version that decided the same has its own name there.
            if let Some(decided_by) = decided_by(package)?.filter(|by| *by != document.run.evaluated_by) {
                if by == VERSION || decided_by != format!("kickoff {by}") {
                    found.push(format!(
                        "{RESULTS} says that {decided_by} decided, and manifest.json that kickoff {by} made the package"
                    ));
                }
                document.run.evaluated_by.clone_from(&decided_by);
                other = Some(decided_by);
            }
            let made = document.to_json().map_err(|error| Unmade::Cannot(error.to_string()))?;
            compare(package, RESULTS, &made, found)?;
        }
        if !found.is_empty() {
            // What follows from them differs as well.
            return Ok(());
        }
        let (accounts, results) = (replayed.source.facts.accounts().len(), replayed.decided.document.results.len());
        again.same.push(format!(
            "The facts of {} and all {results} results were made again from the stored answers, and are the same.",
            count(accounts, "account")
        ));
        let mut unequal = Vec::new();
        let files = lists(package, run, &opened, &replayed, parts, &mut unequal).map_err(told)?;
        match other {
            Some(other) if !unequal.is_empty() => again.not.push(format!(
                "{other} decided, and this is kickoff {VERSION}, which may word lists otherwise. {}; verify it with that version",
                unequal.join("; ")
            )),
            _ => again.differs.extend(unequal),
        }
        if again.differs.is_empty() && again.not.is_empty() {
            again.same.push(format!(
                "So are {files} files that list them: IPE records, rows, populations, results, deviations, exceptions, remediation, assets, access, OCSF."
            ));
        }
        again.same.push(
            "Papers, workbook, explorer and the registers of documents, requests, findings, risks, attestations and returned access reviews are vouched for by their digests alone."
                .to_owned(),
        );
        Ok(())
    }
}

/// Who decided the results, by their own word.
fn decided_by(package: &Package) -> Result<Option<String>, Unmade> {
    let stored = file(package, RESULTS)?.unwrap_or_default();
    let value: Option<Value> = serde_json::from_slice(&stored).ok();
    Ok(value.as_ref().and_then(|value| value.pointer("/run/evaluated_by")?.as_str()).map(str::to_owned))
}

/// Compares a file of the package with what was made again.
fn compare(package: &Package, name: &str, made: &[u8], found: &mut Vec<String>) -> Result<(), Unmade> {
    let Some(stored) = file(package, name)? else {
        found.push(format!("{name} is not there, and the stored answers give it"));
        return Ok(());
    };
    if stored == made {
        return Ok(());
    }
    let Ok(was) = serde_json::from_slice::<Value>(&stored) else {
        found.push(format!("{name} is not JSON"));
        return Ok(());
    };
    let is: Value = serde_json::from_slice(made).map_err(|error| Unmade::Cannot(error.to_string()))?;
    let told = differences(&was, &is, TOLD);
    if told.is_empty() {
        found.push(format!("{name} holds the same in another writing"));
    }
    found.extend(told.iter().map(|difference| named(name, difference)));
    Ok(())
}

fn named(file: &str, difference: &Difference) -> String {
    format!("{file} {difference} (the package's word first, the stored answers' second)")
}
