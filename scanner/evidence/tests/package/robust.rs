//! Anything at all in place of a package: an answer, never a panic.

use std::fs;

use kickoff_evidence::package::{Note, Package, Trust, VerifierKey, check_response, verify};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::example::{created, signed};

fn survive(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.zip");
    fs::write(&path, bytes).unwrap();
    if let Ok(package) = Package::open(&path) {
        let found = verify(&package, &Trust::default(), created());
        assert_eq!(found.lines().len(), 5);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes(bytes in proptest::collection::vec(any::<u8>(), 0..2000), magic in any::<bool>()) {
        survive(&if magic { [b"PK\x03\x04", bytes.as_slice()].concat() } else { bytes });
    }

    #[test]
    fn keys_notes_and_stamps(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in ".{0,100}") {
        let _ = Note::parse(&bytes);
        let _ = text.parse::<VerifierKey>();
        let _ = check_response(&bytes, &[0; 32], Some(1));
    }

    #[test]
    fn stamps_with_changes(changes in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..6)) {
        let mut stamp = include_bytes!("../../src/seal/fixtures/p256.tsr").to_vec();
        for (at, byte) in changes {
            let at = at.index(stamp.len());
            stamp[at] = byte;
        }
        let _ = check_response(&stamp, &[0; 32], None);
    }
}

#[test]
fn a_zip_with_changes() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = signed(folder.path());
    let whole = fs::read(path).unwrap();
    let change = (any::<Index>(), any::<u8>(), any::<bool>());
    let changes = (proptest::collection::vec(change, 1..8), any::<Option<Index>>());
    let config = ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() };
    proptest::test_runner::TestRunner::new(config)
        .run(&changes, |(changes, cut)| {
            let mut bytes = whole.clone();
            for (at, byte, late) in changes {
                // The directory at the end is where it hurts.
                let from = if late { bytes.len() * 3 / 4 } else { 0 };
                let at = from + at.index(bytes.len() - from);
                bytes[at] = byte;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            survive(&bytes);
            Ok(())
        })
        .unwrap();
}
