//! kickoff.toml as anybody might write it.
#![no_main]

use std::path::Path;

use kickoff_engagement::Engagement;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(error) = Engagement::parse(Path::new("kickoff.toml"), text) {
        assert!(error.to_string().starts_with("kickoff.toml"));
    }
});
