//! What a person at a terminal sees, and is asked.

pub(crate) mod fonts;
pub(crate) mod lists;
pub(crate) mod person;
pub(crate) mod progress;
pub(crate) mod shortfalls;
pub(crate) mod streams;
