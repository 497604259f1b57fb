//! From a population to what was tested of it: what is left out, and why, with the number of each.
//!
//! What a check leaves out it says itself; what it did not decide its results say. Nothing is made up here: where the
//! numbers do not meet, that is said.

use std::collections::{BTreeMap, BTreeSet};

use kickoff_checks::{Check, Kind, Per, Status};

use super::populations::{Population, Subject};
use crate::results::{LeftOut, ResultRow};

/// What became of a population in the test of a control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciled {
    /// Index into the populations.
    pub population: usize,
    /// How many items it lists.
    pub size: usize,
    /// What was not tested: why, and how many.
    pub left_out: Vec<(String, usize)>,
    /// How many items were tested: results that were decided, exceptions included.
    pub tested: usize,
}

impl Reconciled {
    /// What neither a result nor a reason accounts for; below 0 where more was tested than is listed.
    #[must_use]
    pub fn difference(&self) -> i64 {
        let left_out: usize = self.left_out.iter().map(|(_, count)| count).sum();
        let of = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        of(self.size) - of(left_out) - of(self.tested)
    }

    /// `40 listed, less 14 without a console password: 26 tested`.
    #[must_use]
    pub fn words(&self) -> String {
        let Self { size, tested, .. } = self;
        let left_out: Vec<String> = self.left_out.iter().map(|(why, count)| format!("{count} {why}")).collect();
        let less = if left_out.is_empty() { String::new() } else { format!(", less {}", left_out.join(", less ")) };
        let difference = match self.difference() {
            0 => String::new(),
            other => format!("; this does not meet, by {other:+}"),
        };
        format!("{size} listed{less}: {tested} tested{difference}")
    }
}

/// The populations with the numbers of their items, by account and type: counted once for all controls.
pub(super) struct Counted<'p, 'a> {
    populations: &'p [Population<'a>],
    counts: Vec<BTreeMap<(&'a str, &'a str), usize>>,
}

/// What a check gave of one type in one account.
#[derive(Default)]
struct Found<'r> {
    tested: usize,
    undecided: BTreeMap<&'r str, usize>,
    noted: BTreeMap<&'r str, usize>,
}

impl<'p, 'a> Counted<'p, 'a> {
    pub(super) fn new(populations: &'p [Population<'a>]) -> Self {
        let count = |population: &Population<'a>| {
            let mut counts: BTreeMap<(&'a str, &'a str), usize> = BTreeMap::new();
            if let Subject::Assets(items) = &population.subject {
                for item in items {
                    *counts.entry((&item.account, item.kind)).or_default() += 1;
                }
            }
            counts
        };
        Self { populations, counts: populations.iter().map(count).collect() }
    }

    /// The populations that a check's results are about, and how each goes over into what was tested.
    pub(super) fn reconcile(&self, check: &Check, rows: &[&ResultRow], left_out: &[&LeftOut]) -> Vec<Reconciled> {
        let own = |population: &Population<'_>| population.check.is_some_and(|own| own.meta.id == check.meta.id);
        if check.meta.kind == Kind::Manual
            && let Some(at) = self.populations.iter().position(own)
        {
            let size = self.populations[at].size();
            let judged = (size > 0).then(|| (undecided(Status::Manual.name()).to_owned(), size));
            return vec![Reconciled { population: at, size, left_out: judged.into_iter().collect(), tested: 0 }];
        }
        let (whole, items): (Vec<&ResultRow>, Vec<&ResultRow>) = rows.iter().copied().partition(|row| is_place(row));
        // What could not be evaluated may stand for something on no list: other results and what is left out tell the lists.
        let of = |row: &&&ResultRow| row.status != Status::NotEvaluated.name();
        let told = items.iter().filter(of).map(|row| &*row.resource_type);
        let told = told.chain(left_out.iter().map(|one| one.resource_type.as_str()));
        let mut kinds: BTreeSet<&str> = told.collect();
        if kinds.is_empty() {
            kinds.extend(items.iter().map(|row| &*row.resource_type));
        }
        let mut found: Vec<Reconciled> = self
            .listing(check, &kinds)
            .into_iter()
            .map(|at| self.items(at, &items, left_out, &whole, &kinds))
            .collect();
        let decided = |row: &&ResultRow| is_decided(&row.status) || row.status == Status::Manual.name();
        if found.is_empty() || whole.iter().any(decided) {
            found.extend(self.places(check, &whole, left_out, found.is_empty()));
        }
        found.sort_by_key(|one| one.population);
        found
    }

    /// The lists that hold the types: those that are the check's alone, or else those of the types.
    fn listing(&self, check: &Check, kinds: &BTreeSet<&str>) -> Vec<usize> {
        let holds = |at: &usize| self.populations[*at].kinds.iter().any(|kind| kinds.contains(kind));
        let is_list = |at: &usize| matches!(self.populations[*at].subject, Subject::Assets(_));
        let all = (0..self.populations.len()).filter(is_list).filter(holds);
        let (alone, general): (Vec<usize>, Vec<usize>) = all.partition(|at| !self.populations[*at].only.is_empty());
        let alone: Vec<usize> =
            alone.into_iter().filter(|at| self.populations[*at].only.contains(&check.meta.id)).collect();
        if alone.is_empty() { general } else { alone }
    }

    fn items(
        &self,
        at: usize,
        rows: &[&ResultRow],
        left_out: &[&LeftOut],
        whole: &[&ResultRow],
        kinds: &BTreeSet<&str>,
    ) -> Reconciled {
        let population = &self.populations[at];
        let ours = |kind: &str| population.kinds.contains(&kind);
        let mut by_account: BTreeMap<&str, Found<'_>> = BTreeMap::new();
        for row in rows.iter().filter(|row| ours(&row.resource_type)) {
            let found = by_account.entry(&row.account).or_default();
            if is_decided(&row.status) {
                found.tested += 1;
            } else {
                *found.undecided.entry(&row.status).or_default() += 1;
            }
        }
        for one in left_out.iter().filter(|one| ours(&one.resource_type)) {
            let found = by_account.entry(&one.account).or_default();
            *found.noted.entry(&one.reason).or_default() += usize::try_from(one.count).unwrap_or(usize::MAX);
        }
        let mut listed: BTreeMap<&str, usize> = BTreeMap::new();
        let mut less: BTreeMap<String, usize> = BTreeMap::new();
        for ((account, kind), count) in &self.counts[at] {
            if kinds.contains(kind) {
                *listed.entry(account).or_default() += count;
            } else {
                *less.entry(format!("of another type, {kind}")).or_default() += count;
            }
        }
        let mut tested = 0;
        let accounts: BTreeSet<&str> = listed.keys().chain(by_account.keys()).copied().collect();
        for account in accounts {
            let found = by_account.remove(account).unwrap_or_default();
            tested += found.tested;
            let noted: usize = found.noted.values().sum();
            let mut rest = listed.get(account).copied().unwrap_or_default().saturating_sub(found.tested + noted);
            for (why, count) in found.noted {
                *less.entry(why.to_owned()).or_default() += count;
            }
            for (status, count) in found.undecided {
                // What could not be read may be on no list: such a list is not complete, and says so.
                let count = if status == Status::NotEvaluated.name() { count.min(rest) } else { count };
                rest = rest.saturating_sub(count);
                if count > 0 {
                    *less.entry(undecided(status).to_owned()).or_default() += count;
                }
            }
            let together = whole.iter().find(|row| row.account == account && !is_decided(&row.status));
            if let (true, Some(row)) = (rest > 0, together) {
                *less.entry(as_a_whole(row)).or_default() += rest;
            }
        }
        Reconciled { population: at, size: population.size(), left_out: less.into_iter().collect(), tested }
    }

    /// The accounts or regions of a check, each with the result on it.
    fn places(&self, check: &Check, rows: &[&ResultRow], left_out: &[&LeftOut], alone: bool) -> Option<Reconciled> {
        let regional = check.meta.per == Per::Region;
        let is_it = |population: &Population<'_>| {
            matches!((&population.subject, regional), (Subject::Regions(_), true) | (Subject::Accounts(_), false))
        };
        let at = self.populations.iter().position(is_it)?;
        let places: Vec<(&str, Option<&str>)> = match &self.populations[at].subject {
            Subject::Regions(regions) => regions.iter().map(|(account, region)| (*account, Some(*region))).collect(),
            Subject::Accounts(accounts) => accounts.iter().map(|account| (account.id.as_str(), None)).collect(),
            _ => return None,
        };
        let mut on: BTreeMap<(&str, Option<&str>), &ResultRow> = BTreeMap::new();
        for row in rows {
            let region = (regional && row.resource_type == REGION).then_some(&*row.region);
            on.entry((&row.account, region)).or_insert(row);
        }
        let (mut tested, mut less, mut rest) = (0, BTreeMap::<String, usize>::new(), BTreeMap::<&str, usize>::new());
        for (account, region) in &places {
            let row = on.get(&(*account, *region)).or_else(|| on.get(&(*account, None)));
            match row {
                Some(row) if is_decided(&row.status) => tested += 1,
                Some(row) => *less.entry(undecided(&row.status).to_owned()).or_default() += 1,
                None => *rest.entry(account).or_default() += 1,
            }
        }
        // A region without a result of its own may have one with all others of its account.
        for one in left_out.iter().filter(|one| one.resource_type == REGION) {
            if let Some(open) = rest.get_mut(one.account.as_str()) {
                let count = usize::try_from(one.count).unwrap_or(usize::MAX).min(*open);
                *open -= count;
                *less.entry(one.reason.clone()).or_default() += count;
            }
        }
        if !alone {
            let by_item: usize = rest.values().sum();
            if by_item > 0 {
                *less.entry("decided item by item".to_owned()).or_default() += by_item;
            }
        }
        Some(Reconciled { population: at, size: places.len(), left_out: less.into_iter().collect(), tested })
    }
}

const REGION: &str = "AWS::Region";

/// Whether a result is on an account, a region or the organization, and not on an item of a list.
fn is_place(row: &ResultRow) -> bool {
    ["AWS::Account", REGION, "AWS::Organizations::Organization"].contains(&&*row.resource_type)
}

fn is_decided(status: &str) -> bool {
    [Status::Pass, Status::Fail, Status::Excluded].iter().any(|decided| decided.name() == status)
}

/// Why a result is none of a test.
fn undecided(status: &str) -> &str {
    match status {
        "manual" => "for a person to judge",
        "not-evaluated" => "not evaluated",
        "not-applicable" => "not applicable",
        "no-population" => "with nothing to test",
        other => other,
    }
}

/// Why items have no result of their own: the result on their account or region says it.
fn as_a_whole(row: &ResultRow) -> String {
    let place = if row.resource_type == REGION { "region" } else { "account" };
    let reason = row.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{}, as the {place} is{reason}", undecided(&row.status))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::inventory::{Asset, Placed, Property, Standing, Tested};
    use crate::package::made::{ACCOUNT, Made, row};

    fn asset(kind: &'static str, arn: &str) -> Asset {
        let none = || Property::NotApplicable;
        Asset {
            arn: arn.to_owned(),
            name: arn.to_owned(),
            kind,
            account: ACCOUNT.to_owned(),
            region: "global".to_owned(),
            owner: none(),
            environment: none(),
            data_class: none(),
            public: none(),
            encrypted: none(),
            logged: none(),
            scope: Placed { standing: Standing::In, why: String::new() },
            details: String::new(),
            evidence: Vec::new(),
        }
    }

    /// The results of one check, what it left out of its population, and what there is.
    fn reconciled(
        check: &str,
        rows: Vec<ResultRow>,
        left_out: &[(&str, &str, u64)],
        assets: Vec<Asset>,
    ) -> Vec<String> {
        let mut made = Made::new();
        made.document.run.checks = vec![check.to_owned()];
        made.document.results = rows;
        made.document.left_out = left_out
            .iter()
            .map(|(kind, why, count)| LeftOut {
                check: check.to_owned(),
                account: ACCOUNT.to_owned(),
                resource_type: (*kind).to_owned(),
                reason: (*why).to_owned(),
                count: *count,
            })
            .collect();
        let (roots, assets) = assets.into_iter().partition(|asset| asset.arn.ends_with(":root"));
        made.inventory.assets = assets;
        let roots: Vec<Asset> = roots;
        made.inventory.tested = roots.into_iter().map(|asset| Tested { population: "root-users", asset }).collect();
        let dossier = made.dossier();
        let words = |one: &Reconciled| format!("{}: {}", dossier.populations[one.population].id, one.words());
        dossier.controls[0].populations.iter().map(words).collect()
    }

    fn users(names: &[&str]) -> Vec<Asset> {
        names.iter().map(|name| asset("AWS::IAM::User", &format!("arn:aws:iam::{ACCOUNT}:user/{name}"))).collect()
    }

    fn of(check: &str, status: &str, kind: &str, arn: &str) -> ResultRow {
        ResultRow { resource_type: kind.into(), ..row(check, status, arn) }
    }

    const MFA: &str = "iam-user-console-mfa";

    #[test]
    fn a_population_less_what_is_left_out_is_what_was_tested() {
        let user = |status: &str, name: &str| of(MFA, status, "AWS::IAM::User", name);
        let rows = vec![user("pass", "a"), user("fail", "b"), user("excluded", "c"), user("not-evaluated", "d")];
        assert_eq!(
            reconciled(
                MFA,
                rows,
                &[("AWS::IAM::User", "without a console password", 2)],
                users(&["a", "b", "c", "d", "e", "f"])
            ),
            ["POP-03: 6 listed, less 1 not evaluated, less 2 without a console password: 3 tested"]
        );
    }

    #[test]
    fn what_does_not_meet_is_said() {
        let rows = vec![of(MFA, "pass", "AWS::IAM::User", "a")];
        assert_eq!(
            reconciled(MFA, rows.clone(), &[], users(&["a", "b"])),
            ["POP-03: 2 listed: 1 tested; this does not meet, by +1"]
        );
        assert_eq!(reconciled(MFA, rows, &[], Vec::new()), ["POP-03: 0 listed: 1 tested; this does not meet, by -1"]);
    }

    #[test]
    fn what_a_whole_account_or_region_says_holds_for_its_items() {
        let mut whole = of(MFA, "not-evaluated", "AWS::Account", "account/111122223333");
        whole.reason = Some("denied: iam:GetCredentialReport".to_owned());
        // Nothing says which items it was about: the account is what was not evaluated.
        assert_eq!(
            reconciled(MFA, vec![whole.clone()], &[], users(&["a", "b"])),
            ["POP-01: 1 listed, less 1 not evaluated: 0 tested"]
        );
        let rows = vec![of(MFA, "pass", "AWS::IAM::User", "a"), whole];
        assert_eq!(
            reconciled(MFA, rows, &[], users(&["a", "b", "c"])),
            ["POP-03: 3 listed, less 2 not evaluated, as the account is: denied: iam:GetCredentialReport: 1 tested"]
        );
    }

    #[test]
    fn tests_of_accounts_and_regions_are_of_those() {
        let region = |check: &str, status: &str, region: &str| ResultRow {
            region: region.into(),
            ..of(check, status, REGION, &format!("region/{region}"))
        };
        let rows =
            |check: &str| vec![region(check, "pass", "eu-central-1"), region(check, "not-applicable", "eu-west-1")];
        assert_eq!(
            reconciled("config-retention", rows("config-retention"), &[], Vec::new()),
            ["POP-02: 2 listed, less 1 not applicable: 1 tested"]
        );
        let account = vec![of("account-security-contact", "fail", "AWS::Account", "account/111122223333")];
        assert_eq!(reconciled("account-security-contact", account, &[], Vec::new()), ["POP-01: 1 listed: 1 tested"]);
    }

    #[test]
    fn root_is_of_the_list_of_root_users_and_not_of_the_users() {
        let root = format!("arn:aws:iam::{ACCOUNT}:root");
        let mut all = users(&["a", "b"]);
        all.push(asset("AWS::IAM::User", &root));
        let rows = vec![of("iam-root-mfa", "pass", "AWS::IAM::User", &root)];
        assert_eq!(reconciled("iam-root-mfa", rows, &[], all), ["POP-31: 1 listed: 1 tested"]);
    }

    #[test]
    fn of_a_list_of_several_types_the_others_are_left_out() {
        let all = vec![
            asset("AWS::CloudWatch::Alarm", "cpu"),
            asset("AWS::CloudWatch::CompositeAlarm", "both"),
            asset("AWS::CloudWatch::CompositeAlarm", "either"),
        ];
        let rows = vec![of("monitor-alarm-has-action", "pass", "AWS::CloudWatch::Alarm", "cpu")];
        assert_eq!(
            reconciled("monitor-alarm-has-action", rows, &[], all),
            ["POP-13: 3 listed, less 2 of another type, AWS::CloudWatch::CompositeAlarm: 1 tested"]
        );
    }
}
