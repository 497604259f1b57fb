//! What a person at a terminal sees, and is asked.

pub(crate) mod files;
pub(crate) mod fonts;
pub(crate) mod lists;
mod news;
mod person;
mod progress;
pub(crate) mod shortfalls;
mod signals;
pub(crate) mod streams;

pub(crate) use news::Terminal;
