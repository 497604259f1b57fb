//! The answer of a pattern to a sample of events: for all of them, for none, or for some.

/// Whether a pattern lets an event through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It lets every event of the kind through.
    Yes,
    /// It lets none through.
    No,
    /// It depends on these fields of the event, or on forms that are not understood.
    Unsure(Vec<String>),
}

impl Answer {
    /// A certain answer.
    pub fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    /// It depends on this.
    pub fn unsure(why: impl Into<String>) -> Self {
        Self::Unsure(vec![why.into()])
    }

    /// The opposite.
    #[must_use]
    pub fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            unsure => unsure,
        }
    }

    /// All must hold: a certain no decides.
    pub fn all(answers: impl IntoIterator<Item = Self>) -> Self {
        Self::join(answers, &Self::No, Self::Yes)
    }

    /// One is enough: a certain yes decides.
    pub fn any(answers: impl IntoIterator<Item = Self>) -> Self {
        Self::join(answers, &Self::Yes, Self::No)
    }

    fn join(answers: impl IntoIterator<Item = Self>, decisive: &Self, otherwise: Self) -> Self {
        let mut doubts = Vec::new();
        for answer in answers {
            match answer {
                Self::Unsure(why) => doubts.extend(why),
                answer if answer == *decisive => return answer,
                _ => {}
            }
        }
        if doubts.is_empty() { otherwise } else { Self::Unsure(doubts) }
    }

    /// The answer where a field may have any of several values: certain only where all of them agree.
    pub fn across(answers: impl IntoIterator<Item = Self>, doubt: impl FnOnce() -> Self) -> Self {
        let mut agreed = None;
        for answer in answers {
            match (&agreed, answer) {
                (_, unsure @ Self::Unsure(_)) => return unsure,
                (None, answer) => agreed = Some(answer),
                (Some(before), answer) if *before == answer => {}
                _ => return doubt(),
            }
        }
        agreed.unwrap_or_else(doubt)
    }
}
