//! What a way amounts to.

/// What the targets of a rule or the actions of an alarm amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// They reach a person or a system; the way in words.
    Reaches(String),
    /// They reach no one.
    Nowhere(String),
    /// It cannot be seen from here.
    Unseen(String),
}
