//! One file a subcommand: arguments in, the walk, what is shown, an exit status out.

pub(crate) mod access;
pub(crate) mod access_review;
mod brief;
pub(crate) mod check_config;
pub(crate) mod checks;
pub(crate) mod documents;
pub(crate) mod findings;
pub(crate) mod generate_docs;
mod given;
pub(crate) mod init;
pub(crate) mod inventory;
pub(crate) mod key;
pub(crate) mod permissions;
pub(crate) mod push;
pub(crate) mod readiness;
pub(crate) mod register;
pub(crate) mod reperform;
pub(crate) mod report;
pub(crate) mod requests;
pub(crate) mod risks;
pub(crate) mod scan;
pub(crate) mod simulate;
pub(crate) mod store;
pub(crate) mod verify;
pub(crate) mod who_can;
