//! `kickoff access-review`.

pub(crate) mod back;
