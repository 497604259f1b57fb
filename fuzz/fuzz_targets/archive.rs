//! Archives of exchanges that somebody else wrote: first as they come, then as well-formed frames of anything.
#![no_main]

use std::fs;

use kickoff_evidence::Archive;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("111122223333.jsonl.zst");
    for content in [bytes.to_vec(), zstd::encode_all(bytes, 1).unwrap()] {
        fs::write(&path, content).unwrap();
        if let Ok(archive) = Archive::open(&path) {
            for position in 0..u32::try_from(archive.len()).unwrap() {
                let _ = archive.read(position);
            }
        }
    }
});
