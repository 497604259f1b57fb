//! Renderers: results.json, the terminal's tables, lists, the HTML report, the asset inventory, the kick-off brief. None of
//! them decides a verdict or talks to AWS.

pub use kickoff_policy::access;
pub mod access_tables;
pub mod brief;
mod drawing;
pub mod exceptions;
pub mod html;
pub mod inventory;
pub mod listing;
pub mod outcomes;
pub mod package;
pub mod paper;
pub mod present;
pub mod results;
pub mod review_tables;
pub mod summary;
pub mod terminal;

pub use results::{Document, Input};
