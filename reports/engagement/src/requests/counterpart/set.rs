//! Small sets of numbers: places of words, concepts.

/// A set of the numbers below `64 * N`; what is larger is in none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Set<const N: usize>([u64; N]);

/// Places of words in a line.
pub(super) type Places = Set<7>;

/// Concepts of the vocabulary.
pub(super) type Concepts = Set<4>;

impl<const N: usize> Default for Set<N> {
    fn default() -> Self {
        Self([0; N])
    }
}

impl<const N: usize> Set<N> {
    /// So many numbers it can have.
    pub(super) const MOST: usize = 64 * N;

    pub(super) fn add(&mut self, number: usize) {
        if let Some(part) = self.0.get_mut(number / 64) {
            *part |= 1 << (number % 64);
        }
    }

    pub(super) fn has(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|part| part & (1 << (number % 64)) != 0)
    }

    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|part| usize::try_from(part.count_ones()).unwrap_or_default()).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|part| *part == 0)
    }

    /// Both together.
    pub(super) fn with(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(ours, theirs)| *ours |= theirs);
        self
    }

    /// This one without what the other has.
    pub(super) fn without(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(ours, theirs)| *ours &= !theirs);
        self
    }

    pub(super) fn within(self, other: Self) -> bool {
        self.without(other).is_empty()
    }

    /// Whether they have nothing in common.
    pub(super) fn beside(self, other: Self) -> bool {
        self.without(other) == self
    }

    /// The numbers, in order.
    pub(super) fn iter(self) -> impl Iterator<Item = usize> {
        (0..Self::MOST).filter(move |number| self.has(*number))
    }
}

impl<const N: usize> FromIterator<usize> for Set<N> {
    fn from_iter<I: IntoIterator<Item = usize>>(numbers: I) -> Self {
        let mut set = Self::default();
        numbers.into_iter().for_each(|number| set.add(number));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_was_put_in() {
        let set: Places = [3, 64, 447, 448, 3].into_iter().collect();
        assert_eq!((set.len(), set.iter().collect::<Vec<_>>()), (3, vec![3, 64, 447]));
        let other: Places = [64, 65].into_iter().collect();
        assert_eq!(set.with(other).len(), 4);
        assert_eq!(set.without(other).iter().collect::<Vec<_>>(), [3, 447]);
        assert!(!set.beside(other) && !other.within(set) && set.without(other).within(set));
        assert!(Places::default().is_empty() && Places::default().within(set) && Places::default().beside(set));
    }
}
