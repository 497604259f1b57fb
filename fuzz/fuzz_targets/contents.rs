//! What a file holds, whatever it is called: the register tells of it, and only what can be opened passes.
#![no_main]

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use jiff::civil::date;
use kickoff_engagement::Engagement;
use kickoff_engagement::carried;
use kickoff_engagement::documents::register;
use kickoff_engagement::requests::default_list;
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 8] = ["a.pdf", "a.docx", "a.xlsx", "a.pptx", "a.odt", "a.html", "a.txt", "a"];

/// A folder of the process, and the file for each name.
static PLACE: LazyLock<(tempfile::TempDir, Vec<Engagement>)> = LazyLock::new(|| {
    let files = NAMES.map(|name| {
        let text = format!("[[documents]]\nrequest = \"ENC-01\"\nfile = \"{name}\"\n");
        Engagement::parse(Path::new("kickoff.toml"), &text).expect("it can be read")
    });
    (tempfile::tempdir().expect("a folder"), files.into())
});

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let (folder, files) = &*PLACE;
    let at = usize::from(*first) % NAMES.len();
    let path = folder.path().join(NAMES[at]);
    fs::write(&path, rest).expect("it can be written");
    let rows = register(&files[at], &default_list(), folder.path(), date(2026, 11, 30));
    let row = rows.iter().find(|row| row.entered).expect("it is in the register");
    assert!(!(row.there && rest.is_empty()), "an empty file is not there");
    assert!(row.reasons.iter().all(|reason| !reason.contains('\n')));
    let planned = carried::plan(&files[at], &rows, &[], folder.path());
    assert_eq!(planned.len(), 1);
    if let Ok(place) = &planned[0].place {
        assert!(place.len() <= 120 && place.is_ascii(), "{place}");
    }
});
