//! What a word of a pattern stands for: a number, a regular expression.

use regex::{Regex, RegexBuilder};

/// A number as the guide has it: an integer or a decimal, perhaps with a sign, perhaps with an exponent.
pub fn number(word: &str) -> Option<f64> {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    // Rust reads `.5`, `1.`, `inf` and `NaN` too.
    let written = word
        .split_once('.')
        .is_none_or(|(whole, fraction)| digit(whole.chars().next_back()) && digit(fraction.chars().next()));
    word.parse().ok().filter(|number: &f64| written && number.is_finite())
}

/// A regular expression; none when it is not one. Those of CloudWatch Logs are without groups, which changes nothing.
pub fn compiled(regex: &str) -> Option<Regex> {
    RegexBuilder::new(regex).size_limit(1 << 20).build().ok()
}
