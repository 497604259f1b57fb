//! kickoff as a library: what its commands have in common.

pub mod walk;
