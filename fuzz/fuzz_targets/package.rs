//! Evidence packages, and the parts of one, as anybody might hand them in.
#![no_main]

use std::fs;

use jiff::Timestamp;
use kickoff_evidence::package::{Limits, Note, Package, Trust, VerifierKey, check_response, verify};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Note::parse(bytes);
    let _ = check_response(bytes, &[0; 32], Some(1));
    if let Ok(key) = std::str::from_utf8(bytes).unwrap_or_default().parse::<VerifierKey>() {
        assert_eq!(key.to_string().parse::<VerifierKey>().unwrap(), key);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.zip");
    fs::write(&path, bytes).unwrap();
    let limits = Limits { total: 16 << 20, ..Limits::default() };
    if let Ok(package) = Package::open_within(&path, &limits) {
        let found = verify(&package, &Trust::default(), Timestamp::UNIX_EPOCH);
        assert!(!found.agrees() || found.created.is_some());
    }
});
