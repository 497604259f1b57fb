//! A signed package in which one thing was changed: found each time, and named.
//!
//! `KICKOFF_TAMPER=10000 cargo test -p kickoff-evidence --test package tamper` tries more cases.

use std::fs;
use std::path::Path;

use kickoff_evidence::package::{Package, Trust, verify};
use kickoff_evidence::sha256_hex;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use zip::CompressionMethod;

use crate::example::{contents, created, pack, signed, unpack};

type Files = Vec<(String, Vec<u8>)>;

const ROOT: &str = "90_integrity/MANIFEST.sha256";
const JSON: &str = "90_integrity/manifest.json";

#[derive(Debug, Clone)]
enum Change {
    Flip(Index, u8),
    Cut(Index),
    Insert(Index, u8),
    Swap(Index),
    Rename,
    RenameCase,
    Remove,
    Add,
    Relist(u8),
    RelistBoth(u8),
}

fn change() -> impl Strategy<Value = Change> {
    let index = any::<Index>;
    prop_oneof![
        4 => (index(), 0..8_u8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        1 => index().prop_map(Change::Cut),
        1 => (index(), any::<u8>()).prop_map(|(at, byte)| Change::Insert(at, byte)),
        1 => index().prop_map(Change::Swap),
        1 => Just(Change::Rename),
        1 => Just(Change::RenameCase),
        1 => Just(Change::Remove),
        1 => Just(Change::Add),
        1 => (0..128_u8).prop_map(Change::Relist),
        1 => (0..128_u8).prop_map(Change::RelistBoth),
    ]
}

/// Puts the new digest of a file where a manifest has the old one.
fn relist(files: &mut Files, manifest: &str, old: &str, new: &str) {
    let (_, bytes) = files.iter_mut().find(|(name, _)| name == manifest).unwrap();
    *bytes = String::from_utf8(bytes.clone()).unwrap().replace(old, new).into_bytes();
}

/// Changes one thing, and gives the names of which one at least must be named; none where nothing changed.
fn tamper(files: &mut Files, which: usize, change: &Change) -> Vec<String> {
    let name = files[which].0.clone();
    let empty = files[which].1.is_empty();
    match change {
        Change::Flip(..) | Change::Cut(_) if empty => return Vec::new(),
        Change::Flip(at, bit) => {
            let at = at.index(files[which].1.len());
            files[which].1[at] ^= 1 << bit;
        }
        Change::Cut(at) => {
            let at = at.index(files[which].1.len());
            files[which].1.truncate(at);
        }
        Change::Insert(at, byte) => {
            let at = at.index(files[which].1.len() + 1);
            files[which].1.insert(at, *byte);
        }
        Change::Swap(other) => {
            let other = other.index(files.len());
            if other == which {
                return Vec::new();
            }
            let bytes = std::mem::take(&mut files[which].1);
            files[which].1 = std::mem::replace(&mut files[other].1, bytes);
            return vec![name, files[other].0.clone()];
        }
        Change::Rename => files[which].0 = format!("{name}.bak"),
        Change::RenameCase => files[which].0 = name.to_ascii_uppercase(),
        Change::Remove => {
            files.remove(which);
        }
        Change::Add => {
            files.push((format!("{name}.new"), b"new".to_vec()));
            return vec![format!("{name}.new")];
        }
        Change::Relist(byte) | Change::RelistBoth(byte) => {
            let old = sha256_hex(&files[which].1);
            files[which].1.push(*byte);
            let new = sha256_hex(&files[which].1);
            if matches!(change, Change::RelistBoth(_)) && name != JSON {
                let before = sha256_hex(&files.iter().find(|(n, _)| n == JSON).unwrap().1);
                relist(files, JSON, &old, &new);
                let after = sha256_hex(&files.iter().find(|(n, _)| n == JSON).unwrap().1);
                relist(files, ROOT, &before, &after);
            }
            relist(files, ROOT, &old, &new);
            return vec![name, ROOT.to_owned()];
        }
    }
    // A name in capitals may be the one that it was.
    if files.iter().any(|(n, _)| *n == name) && matches!(change, Change::RenameCase) {
        return Vec::new();
    }
    vec![name]
}

/// What is said of the package: the names that are differences, or the error.
fn findings(path: &Path, trust: &Trust) -> (Vec<String>, Option<String>) {
    match Package::open(path) {
        Ok(package) => {
            let found = verify(&package, trust, created());
            (found.differences.iter().map(|difference| difference.name().to_owned()).collect(), None)
        }
        Err(error) => (Vec::new(), Some(error.to_string())),
    }
}

#[test]
fn every_single_change_is_found_and_named() {
    let cases = std::env::var("KICKOFF_TAMPER").ok().and_then(|n| n.parse().ok()).unwrap_or(500);
    let folder = tempfile::tempdir().unwrap();
    let (key, path) = signed(folder.path());
    let whole = contents(&path);
    let own_key = Trust::default();
    let given = Trust { keys: vec![kickoff_evidence::package::Signer::verifier_key(&key)] };
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    // A folder of seventy files costs more than the check of it.
    let strategy = (any::<Index>(), change(), proptest::bool::weighted(0.9));
    let changed = std::cell::Cell::new(0_u32);
    runner
        .run(&strategy, |(which, change, zipped)| {
            let mut files = whole.clone();
            let which = which.index(files.len());
            let expected = tamper(&mut files, which, &change);
            if expected.is_empty() {
                return Ok(());
            }
            changed.set(changed.get() + 1);
            let scratch = tempfile::tempdir().unwrap();
            let at = scratch.path().join("tampered");
            if zipped {
                pack(&files, &at, "", CompressionMethod::Stored, false);
            } else {
                unpack(&files, &at);
            }
            for trust in [&own_key, &given] {
                let (names, error) = findings(&at, trust);
                let named = names.iter().any(|name| expected.contains(name))
                    || error.as_ref().is_some_and(|text| expected.iter().any(|name| text.contains(name.as_str())));
                prop_assert!(named, "{change:?} of {expected:?}: {names:?} {error:?}");
            }
            Ok(())
        })
        .unwrap();
    println!("{} of {cases} cases changed something; every change was found and named", changed.get());
    assert!(changed.get() > cases / 2);
    let _ = fs::remove_file(path);
}
