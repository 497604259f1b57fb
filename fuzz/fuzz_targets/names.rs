//! Names of files as anybody might give them: each ends in one list, and what is added for them to kickoff.toml can be read.
#![no_main]

use std::path::Path;

use jiff::civil::date;
use kickoff_engagement::Engagement;
use kickoff_engagement::documents::{append, match_names};
use kickoff_engagement::requests::default_list;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut files: Vec<String> = text.split('\n').map(str::to_owned).collect();
    files.sort();
    files.dedup();
    let found = match_names(&files, &default_list(), &Engagement::default());
    let mut told: Vec<&str> = found.matched.iter().chain(&found.grouped).map(|one| one.file.as_str()).collect();
    told.extend(found.contested.iter().map(|(one, _)| one.file.as_str()));
    told.extend(found.ambiguous.iter().map(|one| one.file.as_str()));
    told.extend(found.unmatched.iter().map(|(file, _)| file.as_str()));
    told.sort_unstable();
    assert_eq!(told, files, "each file is in one of the lists");
    let all = [found.matched, found.grouped].concat();
    // What leads out of the folder is refused as a whole; nothing else is.
    let path = Path::new("kickoff.toml");
    if let Ok((longer, taken)) = append(path, "", "", &all, date(2026, 11, 30)) {
        let read = Engagement::parse(path, &longer).expect("what was written can be read");
        assert_eq!(read.documents.len() + taken.len(), all.len());
        for one in &all {
            assert!(taken.contains(one) || read.documents.iter().any(|document| document.file.as_deref() == Some(one.file.as_str())));
        }
    }
});
