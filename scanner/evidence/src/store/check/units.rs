//! Runs and their units: every file by the digest that its unit names, every unit by the one that its run names.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::super::layout::{Place, UNIT, UNIT_SEAL, ids_key, run_key, unit_folder};
use super::super::runs::RUN_SCHEMA;
use super::super::slots::{PLAN_SCHEMA, plan_key};
use super::super::unit::{SEAL_SCHEMA, SealCall, UNIT_SCHEMA};
use super::super::{Cadence, IdsAt, Plan, RunFile, Unit, UnitOf};
use super::chain::Runs;
use super::{Check, Level, Read};
use crate::run::RunState;

/// The SHA-256 of the increments of accounts.
pub(super) type Increments = BTreeMap<(String, u32), String>;

impl Check<'_> {
    /// Every plan, by its SHA-256.
    pub(super) fn plans(&mut self) -> BTreeMap<String, Option<Plan>> {
        let keys = self.objects.keys().filter(|key| Place::of(key) == Place::Plan);
        let keys: Vec<String> = keys.map(|key| (*key).to_owned()).collect();
        let mut plans = BTreeMap::new();
        for key in keys {
            let Read { value, digest } = self.json::<Plan>(&key, PLAN_SCHEMA);
            let Some(digest) = digest else { continue };
            if value.as_ref().is_some_and(|plan| plan_key(plan.from, &digest) != key) {
                self.altered(&key, "is not the plan that its name says");
            }
            plans.insert(digest, value);
        }
        plans
    }

    /// Every run that has a link, and those that have none.
    pub(super) fn runs(&mut self, runs: &Runs, plans: &BTreeMap<String, Option<Plan>>, numbers: &Increments) {
        let mut begun: Vec<Begun<'_>> = Vec::new();
        // Whose digest is not known may be the one that is named; one of a newer version is known by it.
        let listed = self.objects.keys().filter(|key| Place::of(key) == Place::Plan).count();
        let unread = listed > plans.len();
        let (mut used, mut missing) = (BTreeSet::new(), BTreeMap::<String, usize>::new());
        for (run, sha256, at) in runs {
            let Some(file) = self.run_file(run, sha256) else { continue };
            self.late(run, file.run.started, *at);
            let plan = match &file.plan {
                Some(digest) => {
                    used.insert(digest.as_str().to_owned());
                    let plan = plans.get(digest);
                    if plan.is_none() && !unread {
                        *missing.entry(digest.get(..16).unwrap_or(digest).to_owned()).or_default() += 1;
                    }
                    plan.and_then(Option::as_ref)
                }
                None => None,
            };
            // A slot is for a run that asked all that its plan has.
            let whole = file.run.state == RunState::Complete && file.without.is_empty();
            begun.push(Begun { at: file.run.started, run: run.clone(), whole, plan });
            self.accounts(&file);
            for unit in &file.units {
                self.unit(&file, unit, numbers);
            }
        }
        for (digest, runs) in missing {
            let runs = crate::count(runs, "run");
            self.altered(
                &format!("plan/…_{digest}.json"),
                format!("is not there, and is named by {runs}: it was removed"),
            );
        }
        begun.sort_by_key(|one| one.at);
        self.slots(&begun);
        self.unlinked(runs, numbers, &mut used);
        for (digest, plan) in plans {
            if let Some(plan) = plan.as_ref().filter(|_| !used.contains(digest)) {
                let key = plan_key(plan.from, digest);
                self.found(Level::Told, &key, "is the plan of no run: nothing is expected by it");
            }
        }
    }

    /// The slots that are expected: from the first run under a plan with a cadence until one under a plan with another. A run
    /// whose plan has none changes nothing in what is expected.
    fn slots(&mut self, begun: &[Begun<'_>]) {
        let filled: Vec<(Timestamp, String)> =
            begun.iter().filter(|one| one.whole).map(|one| (one.at, one.run.clone())).collect();
        let mut parts: Vec<(Timestamp, &Cadence)> = Vec::new();
        for (at, cadence) in begun.iter().filter_map(|one| Some((one.at, one.plan?.runs.as_ref()?))) {
            if parts.last().is_none_or(|(_, known)| *known != cadence) {
                parts.push((at, cadence));
            }
        }
        for (place, (from, cadence)) in parts.iter().enumerate() {
            let now = self.expected.now;
            let end = parts.get(place + 1).map_or(now, |(next, _)| (*next).min(now));
            match cadence.slots(*from, end, &filled) {
                Some(slots) => self.done.slots.extend(slots),
                None => {
                    let why = format!(
                        "expects runs in the time zone {:?}, which this version does not know, or with a grace that is longer than a cadence",
                        cadence.zone
                    );
                    self.found(Level::Lacking, &format!("plan of {from}"), why);
                }
            }
        }
        self.done.slots.sort_by_key(|slot| slot.at);
        self.done.slots.dedup_by_key(|slot| slot.at);
    }

    /// Runs that have no link: what they name is theirs nevertheless. Nothing of them is counted, and what they lack may still be
    /// on its way.
    fn unlinked(&mut self, runs: &Runs, numbers: &Increments, used: &mut BTreeSet<String>) {
        let linked: BTreeSet<&str> = runs.iter().map(|(run, ..)| run.as_str()).collect();
        let runs = self.objects.keys().filter_map(|key| match Place::of(key) {
            Place::Run(run) if !linked.contains(run) => Some(run.to_owned()),
            _ => None,
        });
        let (runs, counted) = (runs.collect::<Vec<_>>(), self.done.units);
        self.removed = Level::Lacking;
        // A link that cannot be read may be its own.
        let unread = self.unread.iter().any(|key| matches!(Place::of(key), Place::Link(_)));
        for run in runs {
            let key = run_key(&run);
            if !unread {
                self.found(
                    Level::Lacking,
                    &key,
                    "has no link in the chain: its run was not closed, or its link was taken out; `kickoff store add` of the same run closes it",
                );
            }
            let Some(file) = self.json::<RunFile>(&key, RUN_SCHEMA).value else { continue };
            if file.run.id != run {
                self.altered(&key, format!("is the list of {}", file.run.id));
            }
            used.extend(file.plan.clone());
            self.accounts(&file);
            for unit in &file.units {
                self.unit(&file, unit, numbers);
            }
        }
        self.removed = Level::Altered;
        self.done.units = counted;
    }

    /// Whether every account of a run has a unit, and nobody else.
    fn accounts(&mut self, file: &RunFile) {
        let asked: BTreeSet<&str> = file.run.accounts.iter().map(|account| account.id.as_str()).collect();
        let has: BTreeSet<&str> = file.units.iter().map(|unit| unit.account.as_str()).collect();
        for account in asked.symmetric_difference(&has) {
            let why = format!("tells of account {account} in one of its lists only");
            self.altered(&run_key(&file.run.id), why);
        }
    }

    fn unit(&mut self, file: &RunFile, listed: &UnitOf, numbers: &Increments) {
        let key = format!("{}{UNIT}", listed.folder);
        if listed.folder != unit_folder(&listed.account, file.run.started, &file.run.id) {
            self.altered(&key, "does not stand where a unit of its run does");
            return;
        }
        let (found, mut whole) = (self.done.findings.len(), true);
        let Read { value, digest } = self.json::<Unit>(&key, UNIT_SCHEMA);
        if let Some(digest) = digest.filter(|digest| *digest != listed.sha256) {
            self.altered(&key, format!("has the SHA-256 {digest}, and {} names {}", file.run.id, listed.sha256));
        }
        self.seal(listed);
        let Some(unit) = value else { return };
        if unit.run != file.run.id || unit.account.id != listed.account {
            self.altered(&key, format!("is a unit of {} and account {}: it was moved", unit.run, unit.account.id));
        }
        if let Some(at) = &unit.ids {
            self.numbered(&unit, at, numbers);
        }
        let mut manifest = String::new();
        for (name, one) in &unit.files {
            let key = format!("{}{name}", listed.folder);
            match self.digest(&key) {
                Some(found) if found != one.sha256 => {
                    self.altered(&key, "was altered: its SHA-256 is not the one that its unit names");
                }
                found => whole &= found.is_some(),
            }
        }
        for what in ["exchanges", "results", "coverage", "manifest"] {
            match unit.file(what) {
                Some(_) if what == "manifest" => {}
                Some((name, one)) => manifest.push_str(&format!("{}  {name}\n", one.sha256)),
                None => self.altered(&key, format!("names no {what}")),
            }
        }
        if let Some((name, _)) = unit.file("manifest") {
            let name = format!("{}{name}", listed.folder);
            if self.text(&name).is_some_and(|(text, _)| text != manifest.as_bytes()) {
                self.altered(&name, "does not list the files of its unit");
            }
        }
        if whole && self.done.findings.len() == found {
            self.done.units += 1;
        }
    }

    /// The increment that a unit was numbered with.
    fn numbered(&mut self, unit: &Unit, at: &IdsAt, numbers: &Increments) {
        let ids = ids_key(&unit.account.id, at.seq);
        match numbers.get(&(unit.account.id.clone(), at.seq)) {
            Some(known) if *known == at.sha256 => {}
            None if self.unread.contains(&ids) => {}
            // Numbers of a run that is under way may have been written after the list was made.
            None if self.removed == Level::Lacking => {}
            _ => self.altered(&ids, format!("is not the one that the unit of {} was numbered with", unit.run)),
        }
    }

    /// The call that sealed a unit: the one that its run names.
    fn seal(&mut self, listed: &UnitOf) {
        let key = format!("{}{UNIT_SEAL}", listed.folder);
        let Some(named) = &listed.seal else {
            if self.objects.contains_key(key.as_str()) {
                self.named.insert(key.clone());
                self.altered(&key, "is named by no run: it was put there later");
            }
            return;
        };
        let Read { value, digest } = self.json::<SealCall>(&key, SEAL_SCHEMA);
        let other = digest.is_some_and(|digest| digest != *named);
        if other || value.is_some_and(|call| call.seals != "unit" || call.sha256 != listed.sha256) {
            self.altered(&key, "is not the call that sealed its unit");
        }
    }
}

/// A run that has a link.
struct Begun<'a> {
    at: Timestamp,
    run: String,
    /// Whether it asked every account that its plan has, to the end.
    whole: bool,
    plan: Option<&'a Plan>,
}
