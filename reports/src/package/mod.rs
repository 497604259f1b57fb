//! The evidence package: what an auditor receives.
//!
//! [`Dossier`] is made once from a run and its engagement; each renderer reads it and writes one kind of file. None of them
//! decides a verdict, and none writes a conclusion: the auditor's columns stay empty.

pub mod asff;
mod command;
pub mod dossier;
pub mod evidence;
mod findings;
pub mod ipe;
mod item;
#[cfg(test)]
pub(crate) mod made;
pub mod management;
mod name;
pub mod ocsf;
mod pages;
pub mod populations;
mod reconcile;
pub mod registers;
mod returned;
mod rows;
mod sources;
pub mod start;
pub mod workbook;
pub mod workpaper;

pub use dossier::{Control, Deviation, Dossier, Frame, Mark};
pub use management::management_report;
pub use name::short as short_name;
pub use populations::{Population, Subject};
pub use reconcile::Reconciled;
pub use registers::{Registers, registers};
pub use rows::opened;
pub use sources::Sources;
pub use start::{PackageParts, start_here};
pub use workpaper::workpaper;

#[cfg(test)]
mod tests;
