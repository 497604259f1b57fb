//! Populations that two answers tell: held against each other, read once more where they differ, and a gap where they still
//! do. Accounts change while they are read, so that the later answers count.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::future::join_all;
use jiff::Timestamp;
use kickoff_facts::{
    AccountFacts, Again, ControlTotal, EvidenceRef, Gap, GapKind, Need, Observed, RegionalFacts, Tie, ties,
};

use super::family::Work;
use crate::call::READING;
use crate::session::Session;

/// How long is rested before a second reading: what AWS was told a moment ago is not yet told by all of its answers.
const REST: Duration = Duration::from_secs(5);

/// A family, in one region where it is regional.
type Place = (Need, Option<String>);

/// How a family is asked for.
pub(super) type Plan = for<'a> fn(&'a Session, &'a AccountFacts, Need) -> Vec<Work<'a>>;

/// What was held against each other so far.
pub(super) struct Ties {
    plan: Plan,
    totals: Vec<ControlTotal>,
    /// What was asked a second time, and how that went: nothing is asked a third time.
    again: BTreeMap<Place, Again>,
    report_held: bool,
}

impl Ties {
    /// Nothing yet.
    pub(super) fn new(plan: Plan) -> Self {
        Self { plan, totals: Vec::new(), again: BTreeMap::new(), report_held: false }
    }

    /// Holds what is known now against each other. Families that do not tie are a gap afterwards.
    pub(super) async fn hold(&mut self, session: &Session, facts: &mut AccountFacts) {
        let seen = session.take_ties();
        let mut found = ties(facts);
        found.extend(seen.iter().cloned());
        let untied: Vec<Tie> = found.iter().filter(|tie| !tie.total.ties()).cloned().collect();
        if untied.is_empty() {
            found.into_iter().for_each(|tie| self.note(tie.total));
        } else {
            let from_again = self.read_again(session, facts, &untied).await;
            let mut found = ties(facts);
            // What only a collector sees is told by its latest reading.
            let newer = |tie: &Tie| from_again.iter().any(|new| new.total.population == tie.total.population);
            found.extend(seen.into_iter().filter(|tie| !newer(tie)));
            found.extend(from_again.iter().cloned());
            for mut tie in found {
                if let Some(before) = untied.iter().find(|before| before.is_of(&tie)) {
                    tie.persisting(before);
                }
                if !tie.total.ties() {
                    let again = again_of(&tie, &self.again);
                    put_gap(facts, &tie, &again);
                }
                self.note(tie.total);
            }
        }
        self.report(facts);
    }

    /// The second counts that were found, in the order of what they count.
    pub(super) fn totals(self) -> Vec<ControlTotal> {
        self.totals
    }

    fn note(&mut self, total: ControlTotal) {
        let same = |known: &&mut ControlTotal| {
            (&known.population, &known.counted_by, &known.tied_to)
                == (&total.population, &total.counted_by, &total.tied_to)
        };
        match self.totals.iter_mut().find(same) {
            Some(known) => *known = total,
            None => self.totals.push(total),
        }
    }

    /// Asks once more what told the populations that do not tie, and takes over what was answered. Gives what the collectors saw
    /// on the way.
    async fn read_again(&mut self, session: &Session, facts: &mut AccountFacts, untied: &[Tie]) -> Vec<Tie> {
        let wanted: BTreeSet<Place> =
            untied.iter().flat_map(|tie| places(tie, facts)).filter(|place| !self.again.contains_key(place)).collect();
        if !wanted.is_empty() {
            session.rest(REST).await;
        }
        let second = session.second_reading();
        let mut fresh = facts.clone();
        let work: Vec<_> = wanted
            .iter()
            .map(|(need, _)| *need)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .map(|need| {
                let regions = wanted.iter().filter(|(of, _)| *of == need).filter_map(|(_, region)| region.clone());
                let regions: BTreeSet<String> = regions.collect();
                (need, narrowed(facts, &regions))
            })
            .collect();
        let asked = work.iter().flat_map(|(need, narrowed)| (self.plan)(&second, narrowed, *need));
        for store in join_all(asked).await {
            store(&mut fresh);
        }
        let account = session.account();
        session.register().withdraw(|key| key.account == account && key.parameters.contains_key(READING));
        for place in &wanted {
            let outcome = match gap_at(&fresh, place) {
                None => Again::StillDiffer,
                Some(gap) if gap.kind == GapKind::NotCollected => Again::NotAsked,
                Some(gap) => Again::Failed(gap.clone()),
            };
            self.again.insert(place.clone(), outcome);
        }
        // The later answers count where there are any; of two sides of which one was not answered again, neither does.
        let whole =
            |tie: &&Tie| places(tie, facts).iter().all(|place| self.again.get(place) == Some(&Again::StillDiffer));
        let adopted: BTreeSet<Place> = untied.iter().filter(whole).flat_map(|tie| places(tie, facts)).collect();
        // What was taken over before stays.
        let adopted: BTreeSet<Place> = adopted.intersection(&wanted).cloned().collect();
        for (need, region) in &adopted {
            match region {
                None => facts.global.adopt(*need, &fresh.global),
                Some(name) => {
                    if let (Some(here), Some(new)) = (facts.regions.get_mut(name), fresh.regions.get(name)) {
                        here.adopt(*need, new);
                    }
                }
            }
        }
        let of_adopted = |tie: &Tie| {
            tie.told_by.iter().any(|need| {
                adopted.iter().any(|(of, region)| of == need && (region.is_none() || *region == tie.region))
            })
        };
        second.take_ties().into_iter().filter(of_adopted).collect()
    }

    /// Holds the credential report against the users, their devices and what was changed since it was made.
    fn report(&mut self, facts: &mut AccountFacts) {
        let home = facts.home_region.clone();
        let changes = if self.report_held { Vec::new() } else { changes_of_credentials(facts) };
        let global = &mut facts.global;
        let Observed::Known { value: report, evidence } = &mut global.credential_report else { return };
        let summary = global.account_summary.get().ok();
        let total = |counted: usize, tied_to: &str, expected: u64, second: &[EvidenceRef]| {
            let tie = Tie::counted(
                "credential report rows (users and root)",
                ("iam:GetCredentialReport", counted as u64),
                (tied_to, expected),
                &[Need::CredentialReport],
            );
            tie.under(&[evidence, second])
        };
        let root = usize::from(report.root.is_some());
        let mut untied = None;
        let mut tie = match (global.authorization.get(), summary) {
            (Ok(all), _) => {
                if !self.report_held {
                    let users = all.users.iter().map(|user| (user.arn.as_str(), user.name.as_str(), user.created));
                    report.hold_against(users);
                }
                let call = "iam:GetAccountAuthorizationDetails";
                let expected = all.users.len() as u64 + 1;
                let mut tie = total(report.rows().len() + root, call, expected, global.authorization.evidence());
                tie.total.missing = report.unreported().iter().map(|one| one.user.clone()).collect();
                tie.total.stale.clone_from(&report.stale);
                Some(tie)
            }
            (Err(_), Some(summary)) => {
                let second = global.account_summary.evidence();
                let tie = total(report.rows().len() + root, "iam:GetAccountSummary", summary.users + 1, second);
                if !tie.total.ties() {
                    untied = Some(tie.clone());
                }
                Some(tie)
            }
            (Err(_), None) => None,
        };
        if !self.report_held {
            for device in global.virtual_mfa_devices.get().into_iter().flatten() {
                if let Some(arn) = &device.user_arn {
                    report.hold_device(arn, &device.serial, device.enabled);
                }
            }
            for (name, at, target) in changes {
                report.hold_event(&name, at, &target);
            }
            if let (Some(row), Observed::Known { value: summary, .. }) =
                (report.root.clone(), &mut global.account_summary)
            {
                summary.hold_root_against(&row, report.generated);
            }
        }
        for of_user in global.user_mfa_devices.get().into_iter().flatten() {
            if of_user.devices.get().is_ok_and(Vec::is_empty) {
                report.hold_no_device(&of_user.user);
            }
        }
        self.report_held = true;
        if let Some(tie) = tie.take() {
            self.note(tie.total);
        }
        if let Some(tie) = untied {
            // AWS makes a new report every four hours at most: asked again, it would give the same one.
            let gap = tie.gap(&Again::NotAsked, &home);
            facts.global.set_gap(Need::CredentialReport, gap);
        }
    }
}

/// What IAM's event history tells of: operation, time and what it was done to, of what succeeded.
fn changes_of_credentials(facts: &AccountFacts) -> Vec<(String, Timestamp, Vec<String>)> {
    let histories = facts.regions.values().filter_map(|region| region.change_events.get().ok());
    let succeeded = histories
        .flat_map(|history| &history.events)
        .filter(|event| event.error.is_none() && event.source == kickoff_facts::activity::IAM);
    succeeded.filter_map(|event| Some((event.name.clone(), event.time?, event.target.clone()))).collect()
}

/// The families that told a population, where they are read again.
fn places(tie: &Tie, facts: &AccountFacts) -> Vec<Place> {
    let place = |need: &Need| -> Vec<Place> {
        match (&tie.region, need.is_global()) {
            (_, true) => vec![(*need, None)],
            // Trails are seen in every region, and told apart by where they live.
            (Some(_), false) if *need == Need::Trails => {
                facts.regions.keys().map(|region| (*need, Some(region.clone()))).collect()
            }
            (region, false) => region.iter().map(|region| (*need, Some(region.clone()))).collect(),
        }
    };
    tie.told_by.iter().flat_map(place).collect()
}

fn gap_at<'f>(facts: &'f AccountFacts, (need, region): &Place) -> Option<&'f Gap> {
    match region {
        None => facts.global.gap(*need),
        Some(name) => facts.regions.get(name).and_then(|region| region.gap(*need)),
    }
}

/// How reading a tie's families again went: the first that was not answered decides.
fn again_of(tie: &Tie, outcomes: &BTreeMap<Place, Again>) -> Again {
    let mut told = outcomes
        .iter()
        .filter(|((need, region), _)| tie.told_by.contains(need) && (region.is_none() || *region == tie.region));
    told.find(|(_, again)| **again != Again::StillDiffer).map_or(Again::StillDiffer, |(_, again)| again.clone())
}

fn put_gap(facts: &mut AccountFacts, tie: &Tie, again: &Again) {
    let gap = tie.gap(again, &facts.home_region);
    let place = |need: &Need| (*need, tie.region.clone());
    for need in &tie.lacking {
        // What was told first stays: a short list contradicts whatever speaks of it.
        if gap_at(facts, &place(need)).is_some_and(|known| known.kind == GapKind::Contradicted) {
            continue;
        }
        match &tie.region {
            None => facts.global.set_gap(*need, gap.clone()),
            Some(name) => {
                if let Some(region) = facts.regions.get_mut(name) {
                    region.set_gap(*need, gap.clone());
                }
            }
        }
    }
}

/// The account with the regions in which something is asked again.
fn narrowed(facts: &AccountFacts, regions: &BTreeSet<String>) -> AccountFacts {
    let wanted =
        |(name, known): (&String, &RegionalFacts)| regions.contains(name).then(|| (name.clone(), known.clone()));
    AccountFacts { regions: facts.regions.iter().filter_map(wanted).collect(), ..facts.clone() }
}
