//! The walk that every command shares: collect or replay, decide, package, make again.
//!
//! It knows no argument, prints nothing and ends no process: what takes a while or must be known is told to a
//! [`news::Listener`], and what goes wrong is a [`Failure`].

pub mod again;
pub mod carry;
pub mod decided;
pub mod estate;
mod failure;
pub mod finish;
pub mod live;
pub mod news;
pub mod opened;
pub mod outcomes;
pub mod package;
pub mod record;
pub mod reperform;
pub mod replay;
pub mod review;
pub mod scratch;
pub mod seal;
pub mod source;
pub mod spool;
pub mod tied;
pub mod unpack;
pub mod verify;
pub mod version;
pub mod whose;

pub use failure::Failure;
