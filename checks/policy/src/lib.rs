//! The IAM policy language: parse, decide, explain, reach. No I/O and no AWS crate.
//!
//! Every answer names the statement that decided it; what is not known stays as a residual and is never taken for a yes or a no.

pub mod access;
pub mod account;
pub mod actions;
pub mod caller;
pub mod compile;
pub mod condition;
pub mod context;
pub mod decide;
pub mod document;
pub mod estate;
pub mod glob;
pub mod reach;
mod refine;
mod refused;
mod relation;
pub mod review;
pub mod simulate;
pub mod template;
pub mod truth;
pub mod version;
pub mod whom;
