//! How observations are worded: days, counts and lists of names, on one line.

use jiff::Timestamp;
pub use kickoff_facts::count;

/// So many names are written out; the rest is counted.
const NAMES: usize = 10;

/// A day (UTC). What is later than can be told is of the last day that there is.
#[must_use]
pub fn day(at: Timestamp) -> String {
    if at == Timestamp::MAX {
        return "9999-12-31".to_owned();
    }
    at.strftime("%Y-%m-%d").to_string()
}

/// A time to the second (UTC).
#[must_use]
pub fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Names, sorted; of a long list the first ones and how many more there are.
#[must_use]
pub fn names<S: AsRef<str>>(all: impl IntoIterator<Item = S>) -> String {
    first(NAMES, all)
}

/// Names, sorted; of a list of more than so many the first ones and how many more there are.
#[must_use]
pub fn first<S: AsRef<str>>(most: usize, all: impl IntoIterator<Item = S>) -> String {
    let mut all: Vec<String> = all.into_iter().map(|name| line(name.as_ref())).collect();
    all.sort_unstable();
    let more = all.len().saturating_sub(most);
    all.truncate(most);
    let shown = all.join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// Entries of a population up to this many characters are written out; a cell of a sheet holds no more than 32,767.
const ENTRIES: usize = 24_000;

/// The entries of a population, in the order given; where they are too many, how many more there are.
#[must_use]
pub fn entries(all: impl IntoIterator<Item = String>) -> String {
    let (mut shown, mut more) = (String::new(), 0_usize);
    for entry in all {
        if shown.len() > ENTRIES {
            more += 1;
            continue;
        }
        if !shown.is_empty() {
            shown.push_str("; ");
        }
        shown.push_str(&line(&entry));
    }
    if more > 0 { format!("{shown}; and {more} more, which the evidence holds") } else { shown }
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
        assert_eq!([first(2, ["c", "b", "a"]), first(3, ["c", "b", "a"])], ["a, b and 1 more", "a, b, c"]);
    }

    #[test]
    fn a_population_that_no_cell_holds_says_how_many_are_left_out() {
        assert_eq!(entries(["b".to_owned(), "a\nc".to_owned()]), "b; a c");
        // 25 entries of 998 characters and what stands between them are just short of 25,000.
        let shown = entries((0..100).map(|_| "x".repeat(998)));
        assert!(shown.ends_with("x; and 75 more, which the evidence holds"), "{}", shown.len());
    }

    #[test]
    fn one_is_not_a_plural() {
        assert_eq!([count(0, "day"), count(1, "day"), count(2, "day")], ["0 days", "1 day", "2 days"]);
    }
}
