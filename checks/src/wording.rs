//! How observations are worded: days, counts and lists of names, on one line.

use std::fmt::Display;

use jiff::Timestamp;

/// So many names are written out; the rest is counted.
const NAMES: usize = 10;

/// A day (UTC).
#[must_use]
pub fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// A number of things: `1 day`, `2 days`.
#[must_use]
pub fn count(number: impl Display, thing: &str) -> String {
    let number = number.to_string();
    if number == "1" { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// Names, sorted; of a long list the first ones and how many more there are.
#[must_use]
pub fn names<S: AsRef<str>>(all: impl IntoIterator<Item = S>) -> String {
    let mut all: Vec<String> = all.into_iter().map(|name| line(name.as_ref())).collect();
    all.sort_unstable();
    let more = all.len().saturating_sub(NAMES);
    all.truncate(NAMES);
    let shown = all.join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// A text that somebody typed, on one line.
#[must_use]
pub fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_counted_and_sorted() {
        assert_eq!(names(["b", "a"]), "a, b");
        let many: Vec<String> = (10..22).rev().map(|n| format!("user{n}")).collect();
        let shown = names(&many);
        assert!(shown.starts_with("user10, user11") && shown.ends_with("user19 and 2 more"), "{shown}");
    }

    #[test]
    fn one_is_not_a_plural() {
        assert_eq!([count(0, "day"), count(1, "day"), count(2, "day")], ["0 days", "1 day", "2 days"]);
    }
}
