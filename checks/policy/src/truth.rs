//! Three-valued truth: what is not known is neither yes nor no.

/// Kleene's strong three-valued logic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Truth {
    /// Certainly not.
    False,
    /// It depends on something that is not known.
    Unknown,
    /// Certainly.
    True,
}

impl Truth {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Truth) -> Truth {
        self.min(other)
    }

    /// One of the two holds.
    #[must_use]
    pub fn or(self, other: Truth) -> Truth {
        self.max(other)
    }

    /// At most unknown, when `doubtful`; a certain no stays.
    #[must_use]
    pub fn doubted(self, doubtful: bool) -> Truth {
        if doubtful { self.min(Truth::Unknown) } else { self }
    }

    /// Whether it may hold: not certainly false.
    #[must_use]
    pub fn possible(self) -> bool {
        self != Truth::False
    }

    /// Whether it certainly holds.
    #[must_use]
    pub fn certain(self) -> bool {
        self == Truth::True
    }

    /// Any of them.
    pub fn any(all: impl IntoIterator<Item = Truth>) -> Truth {
        let mut found = Truth::False;
        for one in all {
            found = found.or(one);
            if found.certain() {
                break;
            }
        }
        found
    }

    /// All of them.
    pub fn all(all: impl IntoIterator<Item = Truth>) -> Truth {
        let mut found = Truth::True;
        for one in all {
            found = found.and(one);
            if !found.possible() {
                break;
            }
        }
        found
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        match self {
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
            Truth::True => Truth::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Truth {
        if value { Truth::True } else { Truth::False }
    }
}
