//! A check's window on the facts: only what it declared, and everything it looked at is noted as evidence.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use kickoff_evidence::{EvidenceRef, Gap, GapKind};

use crate::need::{AccountFacts, GlobalFacts, Need, RegionalFacts};
use crate::neighbours::Neighbours;
use crate::observed::Observed;

/// Notes the evidence of what is looked at.
#[derive(Debug, Default)]
pub struct Seen(RefCell<BTreeSet<EvidenceRef>>);

impl Seen {
    /// What is known of a fact, or why nothing is; its evidence is noted either way.
    ///
    /// # Errors
    /// The gap in place of the fact.
    pub fn see<'a, T>(&self, fact: &'a Observed<T>) -> Result<&'a T, Gap> {
        self.0.borrow_mut().extend(fact.evidence());
        fact.get().map_err(Clone::clone)
    }

    /// The evidence noted so far, sorted.
    #[must_use]
    pub fn evidence(&self) -> Vec<EvidenceRef> {
        self.0.borrow().iter().copied().collect()
    }
}

/// What several checks work out of the same facts, worked out once.
#[derive(Default)]
pub struct Memo(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl std::fmt::Debug for Memo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memo")
    }
}

/// A check's window on the facts of one account, and perhaps of one region of it.
///
/// It has a method for every fact family ([`Need`]); a family that the check did not declare is not collected as far as
/// the check can tell.
#[derive(Debug)]
pub struct View<'a> {
    facts: &'a AccountFacts,
    region: Option<(&'a str, &'a RegionalFacts)>,
    needs: &'a [Need],
    seen: Seen,
    not_tested: RefCell<NotTested>,
    memo: Option<&'a Memo>,
    others: Option<&'a Neighbours>,
    left_out: Option<&'a BTreeMap<String, String>>,
}

/// What of a population a check does not test: type and id, and why.
pub type NotTested = BTreeMap<(&'static str, String), &'static str>;

impl<'a> View<'a> {
    /// A window on an account.
    #[must_use]
    pub fn account(facts: &'a AccountFacts, needs: &'a [Need]) -> Self {
        let (seen, not_tested) = (Seen::default(), RefCell::default());
        Self { facts, region: None, needs, seen, not_tested, memo: None, others: None, left_out: None }
    }

    /// A window on one region of an account.
    #[must_use]
    pub fn region(facts: &'a AccountFacts, region: &'a str, regional: &'a RegionalFacts, needs: &'a [Need]) -> Self {
        let (region, seen, not_tested) = (Some((region, regional)), Seen::default(), RefCell::default());
        Self { facts, region, needs, seen, not_tested, memo: None, others: None, left_out: None }
    }

    /// With what other checks have worked out.
    #[must_use]
    pub fn sharing(mut self, memo: &'a Memo) -> Self {
        self.memo = Some(memo);
        self
    }

    /// Among the other accounts of the run.
    #[must_use]
    pub fn among(mut self, others: Option<&'a Neighbours>) -> Self {
        self.others = others;
        self
    }

    /// A window on each other account of the run that somebody refers to. What is seen through it is evidence of the
    /// check too, once it is [adopted](Self::adopt).
    pub fn neighbours(&self) -> impl Iterator<Item = View<'a>> {
        let (own, needs, others) = (self.account_id(), self.needs, self.others);
        let others_of = others.into_iter().flat_map(Neighbours::all).filter(move |facts| facts.account != own);
        others_of.map(move |facts| View::account(facts, needs).among(others))
    }

    /// The accounts of the run, as far as they are told.
    pub fn run_accounts(&self) -> impl Iterator<Item = &'a str> {
        self.others.into_iter().flat_map(Neighbours::run)
    }

    /// A window on another account of the run; none where the run does not have it.
    #[must_use]
    pub fn neighbour(&self, account: &str) -> Option<View<'a>> {
        self.neighbours().find(|there| there.account_id() == account)
    }

    /// A window on a region of another account of the run; none where the run does not have it.
    #[must_use]
    pub fn neighbour_in(&self, account: &str, region: &str) -> Option<View<'a>> {
        self.neighbour(account)?.regions().find(|there| there.region_name() == region)
    }

    /// Without regions that are left out of scope; each has its reason.
    #[must_use]
    pub fn without(mut self, regions: &'a BTreeMap<String, String>) -> Self {
        self.left_out = Some(regions);
        self
    }

    /// What another check has worked out of the account's facts already, or what this one does. It must depend on
    /// nothing but the facts, and the check must look at these itself: evidence is noted for each check.
    pub fn shared<T: Any + Send + Sync>(&self, work: impl FnOnce(&'a AccountFacts) -> T) -> Arc<T> {
        let Some(memo) = self.memo else { return Arc::new(work(self.facts)) };
        // Held while working: who comes meanwhile waits for the same.
        let mut known = memo.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Ok(found)) = known.get(&TypeId::of::<T>()).map(|found| Arc::clone(found).downcast::<T>()) {
            return found;
        }
        let found = Arc::new(work(self.facts));
        known.insert(TypeId::of::<T>(), Arc::clone(&found) as Arc<dyn Any + Send + Sync>);
        found
    }

    /// A window on each region that was asked, for a check that is decided for the whole account. Regions that have no
    /// say in what the check declares are left out: those that are out of scope, those that a service control policy
    /// closes, and those without the service ([`AccountFacts::beyond`]).
    pub fn regions(&self) -> impl Iterator<Item = View<'a>> {
        let (facts, needs, others, left_out, memo) = (self.facts, self.needs, self.others, self.left_out, self.memo);
        let in_scope = move |name: &String| left_out.is_none_or(|left_out| !left_out.contains_key(name));
        let has_say = move |name: &String| in_scope(name) && facts.beyond(name, needs).is_none();
        let regions = facts.regions.iter().filter(move |(name, _)| has_say(name));
        regions.map(move |(name, regional)| View { memo, ..View::region(facts, name, regional, needs).among(others) })
    }

    /// Whether a region is left out of scope.
    #[must_use]
    pub fn is_left_out(&self, region: &str) -> bool {
        self.left_out.is_some_and(|left_out| left_out.contains_key(region))
    }

    /// The regions that were asked, whatever they have to say.
    pub fn asked_regions(&self) -> impl Iterator<Item = &'a str> {
        self.facts.regions.keys().map(String::as_str)
    }

    /// The regions that a service control policy closes to the caller, each with a refusal that says so; its evidence is
    /// noted.
    pub fn closed_regions(&self) -> impl Iterator<Item = (&'a str, &'a Gap)> {
        self.facts.closed_regions().inspect(|(_, gap)| self.seen.0.borrow_mut().extend(gap.evidence))
    }

    /// The account's id.
    #[must_use]
    pub fn account_id(&self) -> &'a str {
        &self.facts.account
    }

    /// The account's partition.
    #[must_use]
    pub fn partition(&self) -> &'a str {
        &self.facts.partition
    }

    /// The region of global services.
    #[must_use]
    pub fn home_region(&self) -> &'a str {
        &self.facts.home_region
    }

    /// The region of this window; the home region for a window on the account.
    #[must_use]
    pub fn region_name(&self) -> &'a str {
        self.region.map_or(self.home_region(), |(name, _)| name)
    }

    /// The time that ages are reckoned from (UTC).
    #[must_use]
    pub fn as_of(&self) -> Timestamp {
        self.facts.as_of
    }

    /// Whole days from a time to now; 0 for a time ahead.
    #[must_use]
    pub fn days_since(&self, then: Timestamp) -> u64 {
        u64::try_from(self.as_of().duration_since(then).as_hours() / 24).unwrap_or(0)
    }

    /// Whole hours from a time to now; 0 for a time ahead.
    #[must_use]
    pub fn hours_since(&self, then: Timestamp) -> u64 {
        u64::try_from(self.as_of().duration_since(then).as_hours()).unwrap_or(0)
    }

    /// The evidence of everything that was looked at through this window.
    #[must_use]
    pub fn evidence(&self) -> Vec<EvidenceRef> {
        self.seen.evidence()
    }

    /// When the credential report was made (UTC), where this window looked at it: up to four hours before all else was read.
    #[must_use]
    pub fn report_made(&self) -> Option<Timestamp> {
        let fact = &self.facts.global.credential_report;
        let seen = self.seen.0.borrow();
        let looked =
            self.needs.contains(&Need::CredentialReport) && fact.evidence().iter().all(|one| seen.contains(one));
        fact.get().ok().filter(|_| looked).map(|report| report.generated)
    }

    /// Takes over what another window noted.
    pub fn adopt(&self, other: &View<'_>) {
        self.seen.0.borrow_mut().extend(other.seen.0.borrow().iter());
    }

    /// What is known of a fact within a family, or why nothing is; its evidence is noted either way.
    ///
    /// # Errors
    /// The gap in place of the fact.
    pub fn see<'b, T>(&self, fact: &'b Observed<T>) -> Result<&'b T, Gap> {
        self.seen.see(fact)
    }

    /// Notes that something of a population is not tested, and why: a reader must be able to count from what there is to
    /// what was tested. The first reason stands.
    pub fn leave_out(&self, kind: &'static str, id: impl Into<String>, why: &'static str) {
        self.not_tested.borrow_mut().entry((kind, id.into())).or_insert(why);
    }

    /// What was left out through this window.
    #[must_use]
    pub fn not_tested(&self) -> NotTested {
        self.not_tested.borrow().clone()
    }

    pub(crate) fn global<T>(
        &self,
        need: Need,
        field: impl Fn(&'a GlobalFacts) -> &'a Observed<T>,
    ) -> Result<&'a T, Gap> {
        self.declared(need)?;
        self.seen.see(field(&self.facts.global))
    }

    pub(crate) fn regional<T>(
        &self,
        need: Need,
        field: impl Fn(&'a RegionalFacts) -> &'a Observed<T>,
    ) -> Result<&'a T, Gap> {
        self.declared(need)?;
        let Some((_, regional)) = self.region else {
            return Err(self.not_collected(need, "asked of the account, not of a region"));
        };
        self.seen.see(field(regional))
    }

    fn declared(&self, need: Need) -> Result<(), Gap> {
        if self.needs.contains(&need) { Ok(()) } else { Err(self.not_collected(need, "the check does not declare it")) }
    }

    fn not_collected(&self, need: Need, message: &str) -> Gap {
        Gap {
            kind: GapKind::NotCollected,
            call: need.operation_ids().first().copied().unwrap_or_default().to_owned(),
            region: self.region_name().to_owned(),
            message: message.to_owned(),
            evidence: None,
        }
    }
}
