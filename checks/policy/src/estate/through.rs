//! Who gets to a right through roles: whoever can assume a role that holds it, or a role that can assume such a one.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Estate, Holder, WhoCan};
use crate::access::{Evidence, Outside};

/// The action that takes a role.
const ASSUME: &str = "sts:AssumeRole";

/// A role that is assumed on the way.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Assumed {
    /// Its ARN.
    pub role: String,
    /// Whether it can be assumed whatever is unknown.
    pub certain: bool,
    /// The statement that grants it.
    pub evidence: Vec<Evidence>,
    /// What it depends on where it is not certain.
    pub conditions: Vec<String>,
}

/// A principal that gets to a right through roles.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Through {
    /// Its ARN.
    pub principal: String,
    /// Every role on the way can be assumed, and the last one holds the right, whatever is unknown.
    pub certain: bool,
    /// The roles, in the order in which they are assumed; the last one holds the right.
    pub chain: Vec<Assumed>,
}

/// Who gets to a right through roles.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Throughs {
    /// Principals of the accounts given, the certain ones first; each by its shortest way.
    pub principals: Vec<Through>,
    /// Who comes from outside into one of these roles.
    pub outside: Vec<Outside>,
}

/// Who may assume roles, asked once of each.
struct Asked<'e> {
    estate: &'e Estate,
    known: BTreeMap<String, WhoCan>,
}

impl Asked<'_> {
    fn of(&mut self, role: &str) -> Result<&WhoCan, String> {
        if !self.known.contains_key(role) {
            let found = self.estate.who_can(ASSUME, role)?;
            self.known.insert(role.to_owned(), found);
        }
        self.known.get(role).ok_or_else(|| format!("{role} was not asked about"))
    }
}

impl Estate {
    /// Who gets to what `found` tells of through roles: the shortest chain of each principal, along certain steps where there
    /// are such. Who holds the right for certain itself is not told again.
    ///
    /// # Errors
    /// The action list lacks `sts:AssumeRole`.
    pub fn through_roles(&self, found: &WhoCan) -> Result<Throughs, String> {
        let mut asked = Asked { estate: self, known: BTreeMap::new() };
        let mut reached: BTreeMap<String, Through> = BTreeMap::new();
        let mut entered: BTreeSet<String> = BTreeSet::new();
        for certain in [true, false] {
            let enough = |holder: &&Holder| holder.certain || !certain;
            let holders: BTreeMap<&str, bool> =
                found.principals.iter().filter(enough).map(|one| (one.principal.as_str(), one.certain)).collect();
            // From the roles that hold the right, one step further back each time.
            let mut queue: VecDeque<(String, Vec<Assumed>, bool)> = holders
                .iter()
                .filter(|(arn, _)| self.is_role(arn))
                .map(|(arn, sure)| ((*arn).to_owned(), Vec::new(), *sure))
                .collect();
            let mut seen: BTreeSet<String> = queue.iter().map(|(arn, ..)| arn.clone()).collect();
            while let Some((role, behind, sure)) = queue.pop_front() {
                entered.insert(role.clone());
                for holder in asked.of(&role)?.principals.iter().filter(enough) {
                    let step = Assumed {
                        role: role.clone(),
                        certain: holder.certain,
                        evidence: holder.evidence.clone(),
                        conditions: holder.conditions.clone(),
                    };
                    let chain: Vec<Assumed> = std::iter::once(step).chain(behind.iter().cloned()).collect();
                    let sure = sure && holder.certain;
                    let who = &holder.principal;
                    // A way round to where it began is none.
                    if *who == role || !seen.insert(who.clone()) {
                        continue;
                    }
                    if self.is_role(who) {
                        queue.push_back((who.clone(), chain.clone(), sure));
                    }
                    if !holders.get(who.as_str()).is_some_and(|direct| *direct) {
                        let way = Through { principal: who.clone(), certain: sure, chain };
                        reached.entry(who.clone()).or_insert(way);
                    }
                }
            }
        }
        let mut principals: Vec<Through> = reached.into_values().collect();
        principals.sort_by(|a, b| b.certain.cmp(&a.certain).then_with(|| a.principal.cmp(&b.principal)));
        let mut outside = Vec::new();
        for role in &entered {
            outside.extend(asked.of(role)?.outside.iter().cloned());
        }
        Ok(Throughs { principals, outside })
    }

    /// Whether an ARN is a role of the accounts that somebody can assume.
    fn is_role(&self, arn: &str) -> bool {
        let role = self.by_arn.get(arn).and_then(|at| self.principals.get(*at));
        role.is_some_and(|role| !role.user && !role.is_service_linked())
    }
}
