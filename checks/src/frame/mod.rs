//! What every check stands in: what a check and its findings are, its page, its thresholds, the criteria, how things are
//! worded, and the runner that decides what no check may decide.

pub mod check;
pub mod criteria;
pub mod differences;
pub mod finding;
pub mod page;
pub mod parameters;
pub mod partitions;
pub mod runner;
pub mod table;
pub mod wording;
