//! Runs and their units: every file by the digest that its unit names, every unit by the one that its run names.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::super::layout::{Place, UNIT, UNIT_SEAL, run_key, unit_folder};
use super::super::runs::RUN_SCHEMA;
use super::super::slots::{PLAN_SCHEMA, plan_key};
use super::super::unit::{SEAL_SCHEMA, SealCall, UNIT_SCHEMA};
use super::super::{Plan, RunFile, Unit, UnitOf};
use super::chain::Runs;
use super::{Check, Level};

/// The SHA-256 of the increments of accounts.
pub(super) type Increments = BTreeMap<(String, u32), String>;

impl Check<'_> {
    /// Every plan, by its SHA-256.
    pub(super) fn plans(&mut self) -> BTreeMap<String, Plan> {
        let keys: Vec<String> =
            self.objects.keys().filter(|key| Place::of(key) == Place::Plan).map(|key| (*key).to_owned()).collect();
        let mut plans = BTreeMap::new();
        for key in keys {
            let Some((plan, digest)) = self.json::<Plan>(&key, PLAN_SCHEMA) else { continue };
            if plan_key(plan.from, &digest) != key {
                self.altered(&key, "is not the plan that its name says");
            }
            plans.insert(digest, plan);
        }
        plans
    }

    /// Every run that has a link.
    pub(super) fn runs(&mut self, runs: &Runs, plans: &BTreeMap<String, Plan>, numbers: &Increments) {
        let mut begun: Vec<(Timestamp, String)> = Vec::new();
        for (run, sha256, at) in runs {
            let Some(file) = self.run_file(run, sha256) else { continue };
            begun.push((file.run.started, run.clone()));
            self.late(run, file.run.started, *at);
            if let Some(plan) = file.plan.as_ref().filter(|plan| !plans.contains_key(*plan)) {
                self.altered(&run_key(run), format!("names a plan that is not there, {plan}"));
            }
            self.accounts(&file);
            for unit in &file.units {
                self.unit(&file, unit, numbers);
            }
        }
        begun.sort();
        self.slots(plans, &begun);
        self.unlinked(runs, numbers);
    }

    /// Runs that have no link: what they name is theirs nevertheless. Nothing of them is counted.
    fn unlinked(&mut self, runs: &Runs, numbers: &Increments) {
        let linked: BTreeSet<&str> = runs.iter().map(|(run, ..)| run.as_str()).collect();
        let runs = self.objects.keys().filter_map(|key| match Place::of(key) {
            Place::Run(run) if !linked.contains(run) => Some(run.to_owned()),
            _ => None,
        });
        let (runs, counted) = (runs.collect::<Vec<_>>(), self.done.units);
        for run in runs {
            let key = run_key(&run);
            self.found(
                Level::Lacking,
                &key,
                "has no link in the chain: its run was not closed, or its link was taken out; `kickoff store add` of the same run closes it",
            );
            let Some((file, _)) = self.json::<RunFile>(&key, RUN_SCHEMA) else { continue };
            if file.run.id != run {
                self.altered(&key, format!("is the list of {}", file.run.id));
            }
            self.accounts(&file);
            for unit in &file.units {
                self.unit(&file, unit, numbers);
            }
        }
        self.done.units = counted;
    }

    /// The slots that plans expect.
    fn slots(&mut self, plans: &BTreeMap<String, Plan>, begun: &[(Timestamp, String)]) {
        let mut plans: Vec<&Plan> = plans.values().collect();
        plans.sort_by_key(|plan| plan.from);
        for (place, plan) in plans.iter().enumerate() {
            let Some(runs) = &plan.runs else { continue };
            let end = plans.get(place + 1).map_or(self.expected.now, |next| next.from.min(self.expected.now));
            match runs.slots(plan.from, end, begun) {
                Some(slots) => self.done.slots.extend(slots),
                None => {
                    let why =
                        format!("expects runs in the time zone {:?}, which this version does not know", runs.zone);
                    self.found(Level::Lacking, &format!("plan of {}", plan.from), why);
                }
            }
        }
        self.done.slots.sort_by_key(|slot| slot.at);
        self.done.slots.dedup_by_key(|slot| slot.at);
    }

    /// Whether every account of a run has a unit, or a reason.
    fn accounts(&mut self, file: &RunFile) {
        let planned: BTreeSet<&str> = file.run.accounts.iter().map(|account| account.id.as_str()).collect();
        let has = file.units.iter().map(|unit| unit.account.as_str());
        let has: BTreeSet<&str> = has.chain(file.without.iter().map(|one| one.account.as_str())).collect();
        for account in planned.symmetric_difference(&has) {
            let why = format!("tells of account {account} in one of its lists only");
            self.altered(&run_key(&file.run.id), why);
        }
    }

    fn unit(&mut self, file: &RunFile, listed: &UnitOf, numbers: &Increments) {
        let key = format!("{}{UNIT}", listed.folder);
        if listed.folder != unit_folder(&listed.account, file.run.started, &file.run.id) {
            self.altered(&key, "does not stand where a unit of its run does");
        }
        let whole = self.done.findings.len();
        let Some((unit, digest)) = self.json::<Unit>(&key, UNIT_SCHEMA) else { return };
        if digest != listed.sha256 {
            self.altered(&key, format!("has the SHA-256 {digest}, and {} names {}", file.run.id, listed.sha256));
        }
        if unit.run != file.run.id || unit.account.id != listed.account {
            self.altered(&key, format!("is a unit of {} and account {}: it was moved", unit.run, unit.account.id));
        }
        if let Some(at) = &unit.ids
            && numbers.get(&(unit.account.id.clone(), at.seq)).is_none_or(|known| *known != at.sha256)
        {
            let ids = super::super::layout::ids_key(&unit.account.id, at.seq);
            self.altered(&ids, format!("is not the one that the unit of {} was numbered with", unit.run));
        }
        self.seal(listed);
        let mut manifest = String::new();
        for (name, one) in &unit.files {
            let key = format!("{}{name}", listed.folder);
            if self.digest(&key).is_some_and(|found| found != one.sha256) {
                self.altered(&key, "was altered: its SHA-256 is not the one that its unit names");
            }
        }
        for what in ["exchanges", "results", "coverage"] {
            match unit.file(what) {
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
        if self.done.findings.len() == whole {
            self.done.units += 1;
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
        let Some((call, digest)) = self.json::<SealCall>(&key, SEAL_SCHEMA) else { return };
        if digest != *named || call.seals != "unit" || call.sha256 != listed.sha256 {
            self.altered(&key, "is not the call that sealed its unit");
        }
    }
}
