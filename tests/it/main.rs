//! End to end: against a real AWS API server, against the recorded account, and against answers that go wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, missing_docs)]

mod acme;
mod activity;
mod alike;
mod as_aws_may;
mod bad_input;
mod brief;
mod collectors;
mod conformance;
mod counts;
mod credentials;
mod engagement;
mod faults;
mod forged;
mod histories;
mod init;
mod interrupt;
mod killed;
mod machine;
mod moto;
mod package;
mod permissions;
mod policy;
mod reconciled;
mod regions;
mod returned;
mod services;
mod stamp;
mod streams;
mod support;
mod ties;
mod verify;
mod wire;
