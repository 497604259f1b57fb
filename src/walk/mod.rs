//! The walk that every command shares: collect or replay, decide, package, make again.

pub(crate) mod again;
pub(crate) mod carry;
pub(crate) mod decided;
pub(crate) mod estate;
pub(crate) mod finish;
pub(crate) mod opened;
pub(crate) mod outcomes;
pub(crate) mod package;
pub(crate) mod scratch;
pub(crate) mod seal;
pub(crate) mod source;
pub(crate) mod spool;
pub(crate) mod tied;
pub(crate) mod unpack;
pub(crate) mod version;
pub(crate) mod whose;
