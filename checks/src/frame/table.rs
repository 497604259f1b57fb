//! The tables of our own that are built in: CSV, a record a line.

pub use kickoff_facts::fields;
