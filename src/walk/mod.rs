//! The walk that every command shares: collect or replay, decide, package, make again.
//!
//! It knows no argument, prints nothing and ends no process: what takes a while or must be known is told to a
//! [`news::Listener`], and what goes wrong is a [`Failure`].

mod again;
pub mod carry;
mod decided;
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
mod spool;
pub mod store;
pub mod stored;
mod tied;
mod unpack;
pub mod verify;
pub mod version;
mod whose;

pub use failure::Failure;
