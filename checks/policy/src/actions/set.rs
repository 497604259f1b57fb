//! Sets of actions: ranges of the table's indexes, and whether actions that the table lacks are in it too.

use std::ops::RangeInclusive;

use super::{ActionId, ActionTable};

/// A set of actions.
///
/// What a policy names is few runs of neighbours in the sorted list (`s3:*`, `iam:Get*`), so ranges are smaller than a
/// bitset and no slower to join. `other` stands for every action that the table does not know: a complement must not
/// lose what AWS adds later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ActionSet {
    /// Sorted, disjoint and not adjacent, so that equal sets are equal values.
    ranges: Vec<(u16, u16)>,
    /// Whether actions that the table lacks belong to the set.
    pub other: bool,
}

impl ActionSet {
    /// No action at all.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Every action of the table, and every other one.
    pub fn all(table: &ActionTable) -> Self {
        Self::empty().complement(table.len())
    }

    /// The actions of a half-open range of indexes, none beyond the table.
    pub(super) fn between(start: usize, end: usize) -> Self {
        let mut builder = Builder::default();
        if let (Ok(start), Some(Ok(last))) = (u16::try_from(start), end.checked_sub(1).map(u16::try_from))
            && start <= last
        {
            builder.push(start, last);
        }
        builder.finish(false)
    }

    /// Is this action in the set?
    pub fn contains(&self, action: ActionId) -> bool {
        let after = self.ranges.partition_point(|&(start, _)| start <= action.0);
        after.checked_sub(1).and_then(|i| self.ranges.get(i)).is_some_and(|&(_, end)| action.0 <= end)
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, with: &Self) -> Self {
        let mut builder = Builder::default();
        let (mut left, mut right) = (self.ranges.iter().peekable(), with.ranges.iter().peekable());
        loop {
            let from_left = match (left.peek(), right.peek()) {
                (Some(a), Some(b)) => a.0 <= b.0,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (None, None) => break,
            };
            if let Some(&(start, end)) = if from_left { left.next() } else { right.next() } {
                builder.push(start, end);
            }
        }
        builder.finish(self.other || with.other)
    }

    /// What is in any of them.
    #[must_use]
    pub fn union_all<'a>(sets: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut ranges = Vec::new();
        let (mut other, mut parts) = (false, 0);
        for set in sets {
            ranges.extend_from_slice(&set.ranges);
            other |= set.other;
            parts += usize::from(!set.ranges.is_empty());
        }
        if parts > 1 { Self::from_ranges(ranges, other) } else { Self { ranges, other } }
    }

    /// What is in both.
    #[must_use]
    pub fn intersect(&self, with: &Self) -> Self {
        let mut builder = Builder::default();
        let (mut i, mut j) = (0, 0);
        while let (Some(&(a, b)), Some(&(c, d))) = (self.ranges.get(i), with.ranges.get(j)) {
            let (start, end) = (a.max(c), b.min(d));
            if start <= end {
                builder.push(start, end);
            }
            if b < d {
                i += 1;
            } else {
                j += 1;
            }
        }
        builder.finish(self.other && with.other)
    }

    /// What is in this one and not in the other.
    #[must_use]
    pub fn subtract(&self, without: &Self) -> Self {
        let mut builder = Builder::default();
        let mut i = 0;
        for &(start, end) in &self.ranges {
            while without.ranges.get(i).is_some_and(|&(_, last)| last < start) {
                i += 1;
            }
            let mut next = usize::from(start);
            let within = without.ranges.iter().skip(i).take_while(|(first, _)| *first <= end);
            for &(first, last) in within {
                builder.push_between(next, first.into());
                next = usize::from(last) + 1;
            }
            builder.push_between(next, usize::from(end) + 1);
        }
        builder.finish(self.other && !without.other)
    }

    /// What is not in the set, of a table of `len` actions; `other` turns over.
    #[must_use]
    pub fn complement(&self, len: usize) -> Self {
        let mut builder = Builder::default();
        let mut next = 0;
        for &(start, end) in &self.ranges {
            let start = usize::from(start).min(len);
            builder.push_between(next, start);
            next = usize::from(end) + 1;
        }
        builder.push_between(next, len.min(usize::from(u16::MAX) + 1));
        builder.finish(!self.other)
    }

    /// Is nothing in it, not even actions that the table lacks?
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty() && !self.other
    }

    /// Is all of `of` in this set, the actions that the table lacks too?
    pub fn is_superset_of(&self, of: &Self) -> bool {
        let mut i = 0;
        (self.other || !of.other)
            && of.ranges.iter().all(|&(start, end)| {
                while self.ranges.get(i).is_some_and(|&(_, last)| last < start) {
                    i += 1;
                }
                // Ranges are not adjacent, so a run is inside one of them or not covered.
                self.ranges.get(i).is_some_and(|&(first, last)| first <= start && end <= last)
            })
    }

    /// How many actions of the table are in it; `other` is not counted.
    pub fn len(&self) -> usize {
        self.ranges.iter().map(|&(start, end)| usize::from(end - start) + 1).sum()
    }

    /// The actions of the table that are in it, in the table's order.
    pub fn iter(&self) -> impl Iterator<Item = ActionId> + '_ {
        self.ranges().flatten().map(ActionId)
    }

    /// The same as runs of neighbours.
    pub fn ranges(&self) -> impl ExactSizeIterator<Item = RangeInclusive<u16>> + '_ {
        self.ranges.iter().map(|&(start, end)| start..=end)
    }

    /// The set of ranges in any order, which may overlap.
    pub(super) fn from_ranges(mut ranges: Vec<(u16, u16)>, other: bool) -> Self {
        ranges.sort_unstable();
        ranges.dedup_by(|next, last| {
            let joins = next.0 <= last.1.saturating_add(1);
            if joins {
                last.1 = last.1.max(next.1);
            }
            joins
        });
        Self { ranges, other }
    }
}

impl FromIterator<ActionId> for ActionSet {
    fn from_iter<I: IntoIterator<Item = ActionId>>(actions: I) -> Self {
        Self::from_ranges(actions.into_iter().map(|ActionId(i)| (i, i)).collect(), false)
    }
}

/// Takes ranges by rising start and joins what overlaps or touches.
#[derive(Default)]
struct Builder {
    ranges: Vec<(u16, u16)>,
}

impl Builder {
    fn push(&mut self, start: u16, end: u16) {
        match self.ranges.last_mut() {
            Some(last) if start <= last.1.saturating_add(1) => last.1 = last.1.max(end),
            _ => self.ranges.push((start, end)),
        }
    }

    /// A half-open range; an empty one adds nothing.
    fn push_between(&mut self, start: usize, end: usize) {
        if start < end
            && let (Ok(start), Ok(last)) = (u16::try_from(start), u16::try_from(end - 1))
        {
            self.push(start, last);
        }
    }

    fn finish(self, other: bool) -> ActionSet {
        ActionSet { ranges: self.ranges, other }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// So small that ranges meet, touch and reach the end.
    const LEN: u16 = 24;

    /// The set as what it says: members, and whether those which the table lacks belong to it.
    type Model = (BTreeSet<u16>, bool);

    fn models() -> impl Strategy<Value = Model> {
        (prop::collection::btree_set(0..LEN, 0..usize::from(LEN)), any::<bool>())
    }

    fn set((members, other): &Model) -> ActionSet {
        let mut set: ActionSet = members.iter().copied().map(ActionId).collect();
        set.other = *other;
        set
    }

    fn model(set: &ActionSet) -> Model {
        (set.iter().map(|id| id.0).collect(), set.other)
    }

    proptest! {
        #[test]
        fn agrees_with_the_model(a in models(), b in models()) {
            let (x, y) = (set(&a), set(&b));
            prop_assert_eq!(&model(&x), &a);
            prop_assert_eq!(x.len(), a.0.len());
            prop_assert_eq!(x.is_empty(), a.0.is_empty() && !a.1);
            for i in 0..LEN + 2 {
                prop_assert_eq!(x.contains(ActionId(i)), a.0.contains(&i));
            }
            // Equal sets are equal values, so results are compared as values: the ranges are in their one normal form.
            prop_assert_eq!(x.union(&y), set(&(&a.0 | &b.0, a.1 || b.1)));
            prop_assert_eq!(ActionSet::union_all([&x, &y]), x.union(&y));
            prop_assert_eq!(x.intersect(&y), set(&(&a.0 & &b.0, a.1 && b.1)));
            prop_assert_eq!(x.subtract(&y), set(&(&a.0 - &b.0, a.1 && !b.1)));
            let all: BTreeSet<u16> = (0..LEN).collect();
            prop_assert_eq!(x.complement(LEN.into()), set(&(&all - &a.0, !a.1)));
            prop_assert_eq!(x.complement(LEN.into()).complement(LEN.into()), x.clone());
            prop_assert_eq!(x.is_superset_of(&y), a.0.is_superset(&b.0) && (a.1 || !b.1));
            prop_assert!(x.union(&y).is_superset_of(&x) && x.is_superset_of(&x.intersect(&y)));
            let ranges: Vec<_> = x.ranges().collect();
            prop_assert!(ranges.windows(2).all(|pair| pair[0].end() + 1 < *pair[1].start()));
        }

        #[test]
        fn ranges_in_any_order(ranges in prop::collection::vec((0..LEN, 0..LEN), 0..6)) {
            let ranges: Vec<_> = ranges.into_iter().map(|(a, b)| (a.min(b), a.max(b))).collect();
            let members = ranges.iter().flat_map(|&(a, b)| a..=b).collect();
            prop_assert_eq!(ActionSet::from_ranges(ranges, false), set(&(members, false)));
        }
    }

    #[test]
    fn the_ends() {
        let full = ActionSet::empty().complement(usize::from(u16::MAX) + 1);
        assert_eq!(full.len(), 65_536);
        assert!(full.contains(ActionId(0)) && full.contains(ActionId(u16::MAX)) && full.other);
        assert!(full.complement(65_536).is_empty());
        assert_eq!(full.union(&full), full);
        assert!(ActionSet::empty().is_empty() && ActionSet::empty().complement(0).other);
        assert_eq!(ActionSet::between(3, 3), ActionSet::empty());
        assert_eq!(ActionSet::between(3, 5).ranges().collect::<Vec<_>>(), [3..=4]);
        assert_eq!(ActionSet::between(0, 0), ActionSet::empty());
        assert!(full.subtract(&full).is_empty());
    }
}
