//! How a collector registers the fact families that it fills.

use std::collections::BTreeMap;

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use kickoff_facts::{AccountFacts, GlobalFacts, Need, Observed, RegionalFacts};

use crate::session::Session;

/// Puts what was collected in its place.
pub(super) type Store = Box<dyn FnOnce(&mut AccountFacts)>;

/// The asking for a family, or for one region of it.
pub(super) type Work<'a> = LocalBoxFuture<'a, Store>;

/// A fact family and the work that fills it.
pub(super) struct Family {
    /// Which.
    pub need: Need,
    /// The work; what the family comes after is in the facts already.
    pub plan: for<'a> fn(&'a Session, &'a AccountFacts) -> Vec<Work<'a>>,
}

/// Declares the families of a collector as its `FAMILIES`: the need, the field of the facts, and what asks for it.
/// `global` is asked once for the account, `regional` in each region, `regions` for all regions in one piece.
macro_rules! families {
    ($($scope:ident $need:ident $field:ident = |$($given:pat_param),*| $work:expr;)*) => {
        /// The families that this collector fills.
        pub(super) const FAMILIES: &[super::family::Family] = &[$(super::family::Family {
            need: kickoff_facts::Need::$need,
            plan: families!(@$scope $field |$($given),*| $work),
        }),*];
    };
    (@global $field:ident |$session:pat_param, $facts:pat_param| $work:expr) => {
        |$session, $facts| super::family::global($work, |facts, found| facts.$field = found)
    };
    (@regional $field:ident |$session:pat_param, $facts:pat_param, $region:pat_param, $known:pat_param| $work:expr) => {
        |session, facts| {
            super::family::regional(
                session,
                facts,
                |$session, $facts, $region, $known| $work,
                |region, found| region.$field = found,
            )
        }
    };
    (@regions $field:ident |$session:pat_param, $facts:pat_param| $work:expr) => {
        |$session, $facts| super::family::regions($work, |region, found| region.$field = found)
    };
}

/// The work of a family that is asked once for the account.
pub(super) fn global<'a, T: 'static>(
    work: impl Future<Output = Observed<T>> + 'a,
    put: fn(&mut GlobalFacts, Observed<T>),
) -> Vec<Work<'a>> {
    let stored = async move {
        let found = work.await;
        Box::new(move |facts: &mut AccountFacts| put(&mut facts.global, found)) as Store
    };
    vec![stored.boxed_local()]
}

/// The work of a family that is asked in each region.
pub(super) fn regional<'a, T: 'static, W: Future<Output = Observed<T>> + 'a>(
    session: &'a Session,
    facts: &'a AccountFacts,
    ask: impl Fn(&'a Session, &'a AccountFacts, &'a str, &'a RegionalFacts) -> W,
    put: fn(&mut RegionalFacts, Observed<T>),
) -> Vec<Work<'a>> {
    let in_region = |(name, known): (&'a String, &'a RegionalFacts)| {
        let (work, name) = (ask(session, facts, name, known), name.clone());
        let stored = async move {
            let found = work.await;
            Box::new(move |facts: &mut AccountFacts| {
                if let Some(region) = facts.regions.get_mut(&name) {
                    put(region, found);
                }
            }) as Store
        };
        stored.boxed_local()
    };
    facts.regions.iter().map(in_region).collect()
}

/// The work of a family that is asked for all regions in one piece.
pub(super) fn regions<'a, T: 'static>(
    work: impl Future<Output = BTreeMap<String, Observed<T>>> + 'a,
    put: fn(&mut RegionalFacts, Observed<T>),
) -> Vec<Work<'a>> {
    let stored = async move {
        let mut found = work.await;
        Box::new(move |facts: &mut AccountFacts| {
            for (name, region) in &mut facts.regions {
                if let Some(found) = found.remove(name) {
                    put(region, found);
                }
            }
        }) as Store
    };
    vec![stored.boxed_local()]
}
