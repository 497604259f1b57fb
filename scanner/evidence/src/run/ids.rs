//! Ids that stay: the same call is the same evidence item, and the same failure the same deviation, in every run of a folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::blocks::{Blocks, READERS};
use super::item::{EvidenceId, ItemKey};
use crate::error::RunError;
use crate::files::write_private;

const SCHEMA: &str = "kickoff/ids/1";

/// Which ids are taken, and by what: `ids.json`, beside the runs of a folder and in each of them. A number that was given
/// is never given to anything else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    schema: String,
    /// The numbers of evidence items, by account, region, operation and parameters.
    evidence: BTreeMap<String, u32>,
    /// The numbers of deviations, by year, and by check, account, region and resource.
    deviations: BTreeMap<i16, BTreeMap<String, u32>>,
    /// Blocks of a thousand numbers that belong to accounts, where numbers are given by account. Without any, every account has
    /// all numbers.
    #[serde(skip)]
    blocks: Blocks,
}

impl Default for Ledger {
    fn default() -> Self {
        let (evidence, deviations, blocks) = Default::default();
        Self { schema: SCHEMA.to_owned(), evidence, deviations, blocks }
    }
}

impl Ledger {
    /// The name of its file.
    pub const FILE: &'static str = "ids.json";

    /// Reads a ledger; an empty one where there is no file.
    ///
    /// # Errors
    /// The file cannot be read, is damaged, or is of a newer version.
    pub fn read(path: &Path) -> Result<Self, RunError> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(RunError::Missing { path: path.to_owned(), source }),
        };
        let damaged = |why: String| RunError::Damaged { path: path.to_owned(), why };
        let ledger: Self = serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        if ledger.schema != SCHEMA {
            return Err(damaged(format!("its schema is {:?}, not {SCHEMA:?}", ledger.schema)));
        }
        let numbers = ledger.deviations.values().chain([&ledger.evidence]);
        for numbers in numbers {
            let mut seen: Vec<u32> = numbers.values().copied().collect();
            seen.sort_unstable();
            if let Some(twice) = seen.windows(2).find(|pair| pair[0] == pair[1]) {
                return Err(damaged(format!("number {} is given twice", twice[0])));
            }
        }
        Ok(ledger)
    }

    /// Writes the ledger, in one step; only its owner may read it.
    ///
    /// # Errors
    /// The disk is full or the folder is not writable.
    pub fn write(&self, path: &Path) -> Result<(), RunError> {
        write_private(path, &self.to_json())
    }

    /// The text of its file.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Maps of strings and numbers are always JSON.
        let mut text = serde_json::to_vec_pretty(self).unwrap_or_default();
        text.push(b'\n');
        text
    }

    /// The ids of calls, in the order in which they are given: known ones keep theirs, new ones get the next.
    pub fn evidence<'a>(&mut self, keys: impl IntoIterator<Item = &'a ItemKey>) -> Vec<EvidenceId> {
        let mut next = self.blocks.counter(self.evidence.values());
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        let number = |key: &ItemKey| {
            let name = numbered_name(key, &mut seen);
            EvidenceId(*self.evidence.entry(name).or_insert_with(|| next.of(&key.account)))
        };
        keys.into_iter().map(number).collect()
    }

    /// Takes over what another ledger of the same folder knows. What this one knows stays; a number that is taken is not taken
    /// again.
    pub fn learn(&mut self, other: &Self) {
        fn learn(known: &mut BTreeMap<String, u32>, more: &BTreeMap<String, u32>) {
            let taken: BTreeSet<u32> = known.values().copied().collect();
            for (name, number) in more.iter().filter(|(_, number)| !taken.contains(number)) {
                known.entry(name.clone()).or_insert(*number);
            }
        }
        learn(&mut self.evidence, &other.evidence);
        for (year, more) in &other.deviations {
            learn(self.deviations.entry(*year).or_default(), more);
        }
    }

    /// The part of the ledger that a run uses: what the run carries, so that its ids are its own.
    #[must_use]
    pub fn part<'a>(
        &self,
        items: impl IntoIterator<Item = &'a ItemKey>,
        deviations: impl IntoIterator<Item = &'a [String; 4]>,
    ) -> Self {
        let mut part = Self::default();
        let mut seen = BTreeMap::new();
        let names = items.into_iter().map(|key| numbered_name(key, &mut seen));
        part.evidence = names.filter_map(|name| Some((name.clone(), *self.evidence.get(&name)?))).collect();
        for name in deviations.into_iter().map(|key| key.join(" ")) {
            for (year, known) in &self.deviations {
                if let Some(number) = known.get(&name) {
                    part.deviations.entry(*year).or_default().insert(name.clone(), *number);
                }
            }
        }
        part
    }

    /// The ids of deviations of a year, `DEV-2026-003`, by check, account, region and resource. One that an earlier year
    /// knows keeps its number.
    pub fn deviations(
        &mut self,
        year: i16,
        keys: impl IntoIterator<Item = [String; 4]>,
    ) -> BTreeMap<[String; 4], String> {
        let mut next = self.blocks.counter(self.deviations.get(&year).into_iter().flat_map(BTreeMap::values));
        let mut given = BTreeMap::new();
        for key in keys {
            let name = key.join(" ");
            let known = self.deviations.iter().find_map(|(year, known)| Some((*year, *known.get(&name)?)));
            let (year, number) = known.unwrap_or_else(|| {
                let number = next.of(&key[1]);
                self.deviations.entry(year).or_default().insert(name, number);
                (year, number)
            });
            given.insert(key, format!("DEV-{year}-{number:03}"));
        }
        given
    }
}

/// Numbers that are given by account, from blocks.
impl Ledger {
    /// Adds what is known of an account: its blocks, and the numbers that it has.
    pub(crate) fn add(
        &mut self,
        account: &str,
        blocks: &[u32],
        evidence: &BTreeMap<String, u32>,
        deviations: &BTreeMap<i16, BTreeMap<String, u32>>,
    ) {
        self.blocks.add(account, blocks);
        // What was given first stays.
        for (name, number) in evidence {
            self.evidence.entry(name.clone()).or_insert(*number);
        }
        for (year, numbers) in deviations {
            let known = self.deviations.entry(*year).or_default();
            for (name, number) in numbers {
                known.entry(name.clone()).or_insert(*number);
            }
        }
    }

    /// Has whatever is numbered from here on get numbers that nobody who writes a store gives: those of a reader, whose program
    /// finds more than was numbered.
    pub fn for_readers(&mut self, year: i16) {
        self.evidence.insert(String::new(), READERS);
        self.deviations.entry(year).or_default().insert(String::new(), READERS);
    }

    /// The blocks of an account.
    pub(crate) fn blocks_of(&self, account: &str) -> &[u32] {
        self.blocks.of(account)
    }

    /// Takes over numbers that were given elsewhere, as far as they lie in the blocks of their accounts and are free.
    pub fn adopt(&mut self, other: &Self) {
        fn adopt<'a>(
            blocks: &Blocks,
            known: &mut BTreeMap<String, u32>,
            more: &'a BTreeMap<String, u32>,
            account: impl Fn(&'a str) -> &'a str,
        ) {
            let mut taken: BTreeSet<u32> = known.values().copied().collect();
            for (name, number) in more {
                if !known.contains_key(name) && blocks.have(account(name), *number) && taken.insert(*number) {
                    known.insert(name.clone(), *number);
                }
            }
        }
        adopt(&self.blocks, &mut self.evidence, &other.evidence, account_of_call);
        for (year, more) in &other.deviations {
            // One that another year has keeps that number.
            let named =
                |name: &String| self.deviations.iter().any(|(other, known)| other != year && known.contains_key(name));
            let more: BTreeMap<String, u32> =
                more.iter().filter(|(name, _)| !named(name)).map(|(name, number)| (name.clone(), *number)).collect();
            adopt(&self.blocks, self.deviations.entry(*year).or_default(), &more, account_of_failure);
        }
        self.deviations.retain(|_, known| !known.is_empty());
    }

    /// Whether every number that an account got, and that another ledger does not know, lies in the account's blocks.
    pub(crate) fn has_room(&self, known: &Self, account: &str) -> bool {
        let (evidence, deviations) = self.beyond(known, account);
        evidence
            .values()
            .chain(deviations.values().flat_map(BTreeMap::values))
            .all(|one| self.blocks.have(account, *one))
    }

    /// The numbers of an account that another ledger does not know.
    pub(crate) fn beyond(
        &self,
        known: &Self,
        account: &str,
    ) -> (BTreeMap<String, u32>, BTreeMap<i16, BTreeMap<String, u32>>) {
        let own = |(name, number): (&String, &u32)| (name.clone(), *number);
        let new = self.evidence.iter().filter(|(name, _)| account_of_call(name) == account);
        let evidence = new.filter(|(name, _)| !known.evidence.contains_key(*name)).map(own).collect();
        let mut deviations = BTreeMap::new();
        for (year, numbers) in &self.deviations {
            let there = known.deviations.get(year);
            let new = numbers.iter().filter(|(name, _)| account_of_failure(name) == account);
            let new: BTreeMap<String, u32> =
                new.filter(|(name, _)| there.is_none_or(|there| !there.contains_key(*name))).map(own).collect();
            if !new.is_empty() {
                deviations.insert(*year, new);
            }
        }
        (evidence, deviations)
    }
}

/// The account of what a number is given to, by its name: of a failure, or of a call.
pub(crate) fn account_of(failure: bool, name: &str) -> &str {
    if failure { account_of_failure(name) } else { account_of_call(name) }
}

/// The account of a call, by its name: it begins with it.
fn account_of_call(name: &str) -> &str {
    name.split(' ').next().unwrap_or_default()
}

/// The account of a failure, by its name: it stands behind the check.
fn account_of_failure(name: &str) -> &str {
    name.split(' ').nth(1).unwrap_or_default()
}

/// What a call is about, whenever it is made: times among its parameters differ from run to run and do not count.
fn name(key: &ItemKey) -> String {
    let parameters = key.parameters.iter().map(|(name, value)| {
        if value.parse::<Timestamp>().is_ok() { format!(" {name}") } else { format!(" {name}={value}") }
    });
    let ItemKey { account, region, service, operation, .. } = key;
    format!("{account} {region} {service}:{operation}{}", parameters.collect::<String>())
}

/// A name, with a number from the second call of it on.
fn numbered_name(key: &ItemKey, seen: &mut BTreeMap<String, u32>) -> String {
    let name = name(key);
    let times = seen.entry(name.clone()).or_default();
    *times += 1;
    if *times > 1 { format!("{name} #{times}") } else { name }
}

impl ItemKey {
    /// Whether it asks what another one asks, whenever either was made.
    #[must_use]
    pub fn is_alike(&self, other: &Self) -> bool {
        name(self) == name(other)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn key(operation: &str, parameters: &[(&str, &str)]) -> ItemKey {
        ItemKey {
            account: "111122223333".to_owned(),
            region: "us-east-1".to_owned(),
            service: "cloudtrail".to_owned(),
            operation: operation.to_owned(),
            parameters: parameters.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
        }
    }

    #[test]
    fn a_call_keeps_its_number_and_a_number_its_call() {
        let mut ledger = Ledger::default();
        let (trails, status) = (key("DescribeTrails", &[]), key("GetTrailStatus", &[("Name", "all")]));
        assert_eq!(ledger.evidence([&trails, &status]), [EvidenceId(1), EvidenceId(2)]);
        let selectors = key("GetEventSelectors", &[("TrailName", "all")]);
        assert_eq!(ledger.evidence([&selectors, &status]), [EvidenceId(3), EvidenceId(2)]);
        // What was not asked in between keeps its number.
        assert_eq!(ledger.evidence([&trails]), [EvidenceId(1)]);
        // A run carries the ids of its own calls.
        let mut part = ledger.part([&status, &selectors], []);
        assert_eq!(part.evidence([&selectors, &status]), [EvidenceId(3), EvidenceId(2)]);
        assert_eq!(part.evidence([&trails]), [EvidenceId(4)]);
    }

    #[test]
    fn what_a_folder_has_given_is_not_given_again() {
        let failure = |resource: &str| ["iam-user-mfa", "111122223333", "us-east-1", resource].map(str::to_owned);
        let (trails, status) = (key("DescribeTrails", &[]), key("GetTrailStatus", &[]));
        let mut folder = Ledger::default();
        folder.evidence([&trails, &status]);
        folder.deviations(2026, [failure("ana"), failure("bob")]);
        // A run of it that knows one of each, decided again: what it finds anew gets numbers that the folder has not given.
        let mut run = folder.part([&trails], [&failure("ana")]);
        run.learn(&folder);
        assert_eq!(run.evidence([&status, &key("ListTrails", &[])]), [EvidenceId(2), EvidenceId(3)]);
        assert_eq!(run.deviations(2026, [failure("carl")])[&failure("carl")], "DEV-2026-003");
        folder.learn(&run);
        assert_eq!(folder.deviations(2026, [failure("dora")])[&failure("dora")], "DEV-2026-004");
        // A run of another folder keeps its own: a number is never two things in one ledger.
        let mut other = Ledger::default();
        other.deviations(2026, [failure("zoe")]);
        other.learn(&folder);
        assert_eq!(other.deviations(2026, [failure("zoe")])[&failure("zoe")], "DEV-2026-001");
        assert_eq!(other.deviations(2026, [failure("yan")])[&failure("yan")], "DEV-2026-005");
    }

    #[test]
    fn times_among_the_parameters_do_not_make_another_call() {
        let mut ledger = Ledger::default();
        let monday =
            key("LookupEvents", &[("StartTime", "2026-03-02T00:00:00Z"), ("LookupAttributes", "ReadOnly=false")]);
        let tuesday =
            key("LookupEvents", &[("StartTime", "2026-03-03T00:00:00Z"), ("LookupAttributes", "ReadOnly=false")]);
        let other =
            key("LookupEvents", &[("StartTime", "2026-03-03T00:00:00Z"), ("LookupAttributes", "Username=root")]);
        assert_eq!(ledger.evidence([&monday]), [EvidenceId(1)]);
        assert_eq!(ledger.evidence([&tuesday, &other]), [EvidenceId(1), EvidenceId(2)]);
        // Twice in one run are two items.
        assert_eq!(ledger.evidence([&monday, &tuesday]), [EvidenceId(1), EvidenceId(3)]);
    }

    #[test]
    fn a_deviation_keeps_its_number_over_the_years() {
        let mut ledger = Ledger::default();
        let of = |check: &str| [check, "111122223333", "us-east-1", "arn:x"].map(str::to_owned);
        let first = ledger.deviations(2026, [of("iam-root-mfa"), of("cloudtrail-kms")]);
        assert_eq!(first[&of("cloudtrail-kms")], "DEV-2026-002");
        let second = ledger.deviations(2027, [of("cloudtrail-kms"), of("iam-user-mfa")]);
        assert_eq!(second[&of("cloudtrail-kms")], "DEV-2026-002");
        assert_eq!(second[&of("iam-user-mfa")], "DEV-2027-001");
    }

    #[test]
    fn a_ledger_survives_its_file_and_a_damaged_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(Ledger::FILE);
        assert_eq!(Ledger::read(&path).unwrap(), Ledger::default());
        let mut ledger = Ledger::default();
        ledger.evidence([&key("DescribeTrails", &[])]);
        ledger.deviations(2026, [["a", "b", "c", "d"].map(str::to_owned)]);
        ledger.write(&path).unwrap();
        assert_eq!(Ledger::read(&path).unwrap(), ledger);
        let text = fs::read_to_string(&path).unwrap();
        for (from, to) in [("ids/1", "ids/2"), ("{", "["), ("\"evidence\": {", "\"evidence\": {\"other\": 1,")] {
            fs::write(&path, text.replacen(from, to, 1)).unwrap();
            assert!(Ledger::read(&path).unwrap_err().to_string().contains("damaged"), "{from}");
        }
    }
}
