//! Patterns against texts and patterns: what covers a pattern matches every text of it.
#![no_main]

use kickoff_policy::glob;
use kickoff_policy::template::{Relation, relation, tokens};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|given: (&str, &str, &str)| {
    let (first, second, text) = given;
    let found = relation(&tokens(first, true), &tokens(second, true));
    let (one, two) = (glob::matches(first, text), glob::matches(second, text));
    assert!(found != Relation::Covers || !two || one);
    assert!(found != Relation::Disjoint || !(one && two));
});
