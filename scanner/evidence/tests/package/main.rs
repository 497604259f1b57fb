//! The evidence package from outside: written, opened, checked, tampered with.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod example;
mod instructions;
mod open;
mod robust;
mod seals;
mod tamper;
mod write;
