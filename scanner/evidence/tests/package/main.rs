//! The evidence package from outside: written, opened, checked, tampered with.

mod example;
mod instructions;
mod open;
mod robust;
mod seals;
mod tamper;
mod write;
