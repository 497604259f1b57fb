//! Which kickoff this is.

/// The version of the program.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
