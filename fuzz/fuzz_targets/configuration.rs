//! kickoff.toml as anybody might write it; what is added to one that can be used leaves it as it was.
#![no_main]

use std::path::Path;

use jiff::civil::date;
use kickoff_engagement::Engagement;
use kickoff_engagement::documents::{append, match_names};
use kickoff_engagement::requests::default_list;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let path = Path::new("kickoff.toml");
    let before = match Engagement::parse(path, text) {
        Ok(before) => before,
        Err(error) => {
            assert!(error.to_string().starts_with("kickoff.toml"));
            return;
        }
    };
    before.notices(date(2026, 11, 30));
    let found = match_names(&["Encryption Policy v2.pdf".to_owned()], &default_list(), &before);
    if let Ok((longer, _)) = append(path, text, "docs", &found.matched, date(2026, 11, 30)) {
        assert!(longer.starts_with(text), "nothing that stands there is touched");
        let after = Engagement::parse(path, &longer).expect("what was written can be read");
        assert!(after.documents.starts_with(&before.documents));
        let with = |file: &Engagement| Engagement { documents: Vec::new(), lines: before.lines.clone(), ..file.clone() };
        assert_eq!(with(&before), with(&after));
    }
});
