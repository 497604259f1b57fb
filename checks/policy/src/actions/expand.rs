//! From the patterns of an `Action` element to sets.

use super::{ActionSet, ActionTable, partition};
use crate::glob;

impl ActionTable {
    /// The actions that a pattern names, in any case: `*`, `s3:*`, `s3:Get*`, `iam:*Role*`, `ec2:Describe?mages`.
    ///
    /// The pattern is matched against the whole 'service:name'. One that names every action there can be (`*`, `*:*`)
    /// names those too which the table lacks. A literal that the table lacks gives the empty set: [`ActionTable::id`]
    /// tells it apart.
    pub fn expand(&self, pattern: &str) -> ActionSet {
        let lower = pattern.to_ascii_lowercase();
        if names_everything(&lower) {
            return ActionSet::all(self);
        }
        let Some(wildcard) = lower.find(['*', '?']) else {
            return self.id(&lower).into_iter().collect();
        };
        let (prefix, rest) = lower.split_at(wildcard);
        let start = partition(0, self.len(), |i| self.lower_at(i) < prefix);
        let end = partition(start, self.len(), |i| self.lower_at(i).starts_with(prefix));
        if rest.bytes().all(|c| c == b'*') {
            return ActionSet::between(start, end);
        }
        let ids = self.ids().skip(start).take(end - start);
        ids.filter(|&id| self.lower(id).get(wildcard..).is_some_and(|text| glob::matches(rest, text))).collect()
    }

    /// What any of the patterns names.
    pub fn expand_all(&self, patterns: &[&str]) -> ActionSet {
        let sets: Vec<_> = patterns.iter().map(|pattern| self.expand(pattern)).collect();
        ActionSet::union_all(&sets)
    }
}

/// Does the pattern match whatever has a colon between two names, of this table or not?
///
/// It has nothing but wildcards and at most the colon, a star on either side of it, and no more `?` than the shortest
/// name has letters.
fn names_everything(pattern: &str) -> bool {
    pattern.bytes().all(|c| matches!(c, b'*' | b'?' | b':'))
        && pattern.split(':').all(|part| part.contains('*'))
        && glob::matches(pattern, "a:a")
}
