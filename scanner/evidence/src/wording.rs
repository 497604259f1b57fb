//! How numbers are worded.

use std::fmt::Display;

/// A number of things: `1 day`, `2 days`.
#[must_use]
pub fn count(number: impl Display, thing: &str) -> String {
    let number = number.to_string();
    if number == "1" { format!("1 {thing}") } else { format!("{number} {thing}s") }
}
