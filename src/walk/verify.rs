//! A package, held against itself: its seals, what its records say of one another, and everything that its answers give again.

use std::path::Path;

use kickoff_engagement::Engagement;
use kickoff_evidence::package::{Package, Verification};
use kickoff_evidence::{Difference, RunMetadata, count, differences};
use kickoff_reports::results::day_in;
use serde_json::Value;

use super::again::lists;
use super::failure::Failure;
use super::opened::Opened;
use super::package::{Parts, Replayed, is_written, known};
use super::tied::{Tied, tied};
use super::unpack::{Unmade, Unpacked, file, metadata, unpack};
use super::version::VERSION;
use super::whose::whose;

/// The results, by their path in a package.
const RESULTS: &str = "60_machine/results.json";

const CONFIG: &str = "60_machine/kickoff.toml";

/// So many differences are told for each file.
const TOLD: usize = 50;

/// So many differences are told in all.
const TOLD_IN_ALL: usize = 200;

/// A package whose seals were checked, and whose answers are there to make everything again from.
pub struct Checked<'a> {
    package: &'a Package,
    /// Digests, signature, time stamp and chain.
    pub seals: Verification,
    contents: Result<Contents, Unmade>,
}

impl<'a> Checked<'a> {
    /// Reads the answers of a package whose seals were checked, unless only digests are asked for.
    #[must_use]
    pub fn of(package: &'a Package, seals: Verification, digests_only: bool) -> Self {
        let contents = Contents::of(package, &seals, digests_only);
        Self { package, seals, contents }
    }

    /// Whose evidence it is, from when, by whom and from where, a line each; none where that cannot be told.
    #[must_use]
    pub fn whose(&self) -> Option<Vec<String>> {
        self.contents.as_ref().ok().map(|contents| contents.whose(&self.seals))
    }

    /// Makes everything again that the answers give.
    #[must_use]
    pub fn made_again(&self) -> Again {
        match &self.contents {
            Ok(contents) => contents.made_again(self.package, &self.seals),
            Err(why) => Again::without(why),
        }
    }
}

/// What deciding again came to.
#[derive(Debug, Default)]
pub struct Again {
    /// What is the same.
    pub same: Vec<String>,
    /// What is different.
    pub differs: Vec<String>,
    /// What could not be compared, with the reason.
    pub not: Vec<String>,
}

impl Again {
    /// Of a package that was not made again.
    fn without(why: &Unmade) -> Self {
        match why {
            Unmade::Cannot(why) => Self { not: vec![format!("facts, results and lists: {why}")], ..Self::default() },
            Unmade::Wrong(why) => Self { differs: vec![why.clone()], ..Self::default() },
        }
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
