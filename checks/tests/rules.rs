//! Many EventBridge rules cost in proportion to how many there are.

#![allow(clippy::unwrap_used)]

mod many_rules;

use std::time::{Duration, Instant};

use kickoff_checks::{Parameters, Selection, evaluate};

/// How long all checks take over so many rules: the least of three, so that what else the machine does counts less.
fn time(rules: usize) -> Duration {
    let (facts, checks) = (many_rules::facts(rules), Selection::of(&[], &[]).unwrap().0);
    let once = || {
        let start = Instant::now();
        assert!(evaluate(&facts, &checks, &Parameters::default()).rows.len() >= checks.len());
        start.elapsed()
    };
    (0..3).map(|_| once()).min().unwrap()
}

#[test]
fn ten_times_as_many_rules_take_ten_times_as_long() {
    let (few, many) = (time(400), time(4_000));
    // Quadratic would be a hundred times as long.
    assert!(many < few * 35, "400 rules: {few:?}, 4,000: {many:?}");
}
