//! The policies that cannot be read whole: what they do is not known.

use std::collections::BTreeMap;

use super::{Estate, Held};
use crate::access::Unknown;

/// Who is concerned by a document: how many, and the first.
type Concerned<'a> = BTreeMap<usize, (usize, &'a str)>;

impl Estate {
    /// Every policy that cannot be read, or not whole, in whatever layer: with why, and one whom it concerns.
    #[must_use]
    pub fn unread(&self) -> Vec<Unknown> {
        let odd =
            |at: usize| self.documents.get(at).is_some_and(|d| d.unreadable.is_some() || !d.policy.problems.is_empty());
        let mut concerned: Concerned<'_> = BTreeMap::new();
        let mut add = |document: usize, whom| {
            if odd(document) {
                concerned.entry(document).or_insert((0, whom)).0 += 1;
            }
        };
        for p in &self.principals {
            let held = p.held.iter().chain(&p.boundary).map(|held| held.document);
            held.chain(p.trust).for_each(|document| add(document, &p.arn));
        }
        for (account, (scp, rcp)) in self.accounts.iter().zip(self.scp.iter().zip(&self.rcp)) {
            let above = |levels: &Option<Vec<Vec<Held>>>| -> Vec<usize> {
                levels.iter().flatten().flatten().map(|held| held.document).collect()
            };
            above(scp).into_iter().chain(above(rcp)).for_each(|document| add(document, &account.account));
        }
        let mut resources: Vec<(&String, &usize)> = self.resources.iter().collect();
        resources.sort_unstable();
        resources.into_iter().for_each(|(arn, document)| add(*document, arn));
        let told = concerned.into_iter().filter_map(|(document, (count, whom))| {
            let document = self.documents.get(document)?;
            let problem = document.policy.problems.first().map(ToString::to_string);
            Some(Unknown {
                what: "a policy that cannot be read whole".to_owned(),
                count: u32::try_from(count).unwrap_or(u32::MAX),
                why: document.unreadable.clone().or(problem)?,
                example: Some(whom.to_owned()),
            })
        });
        told.collect()
    }
}
