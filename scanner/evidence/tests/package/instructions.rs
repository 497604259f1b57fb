//! The commands that VERIFY.txt names, run on a package as an auditor would run them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use kickoff_evidence::package::{PackageWriter, SigningKey, TimestampState, timestamp_request};

use crate::example::{NAME, check, contents, created, details, files, unpack};

/// A time-stamp authority of the test's own.
const AUTHORITY: &str = include_str!("../authority.cnf");

pub fn there(tools: &[&str]) -> bool {
    let missing = tools
        .iter()
        .find(|tool| Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err());
    if let Some(tool) = missing {
        println!("skipped: {tool} is not on this machine");
    }
    missing.is_none()
}

fn shell(folder: &Path, line: &str) -> Output {
    Command::new("sh").args(["-c", line]).current_dir(folder).output().unwrap()
}

pub fn run(folder: &Path, line: &str) -> String {
    let output = shell(folder, line);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{line}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// The answer of an authority that is made for the occasion.
fn stamp(folder: &Path, digest: &[u8; 32]) -> Vec<u8> {
    fs::write(folder.join("tsa.cnf"), AUTHORITY).unwrap();
    fs::write(folder.join("serial"), "01\n").unwrap();
    fs::write(folder.join("request"), timestamp_request(digest, 0x8123_4567_89ab_cdef)).unwrap();
    run(
        folder,
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout tsa.key -out tsa-root.pem -days 2 -subj '/CN=Test TSA' \
         -config tsa.cnf -extensions stamp",
    );
    run(
        folder,
        "openssl ts -reply -config tsa.cnf -queryfile request -signer tsa-root.pem -inkey tsa.key -out stamp.tsr",
    );
    fs::read(folder.join("stamp.tsr")).unwrap()
}

/// The indented lines of VERIFY.txt that begin with a word.
fn commands<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().filter_map(|line| line.strip_prefix("  ")).filter(move |line| line.starts_with(word))
}

#[test]
fn the_stock_commands_work() {
    if !there(&["openssl", "sha256sum", "base64", "sh"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.zip");
    let key = SigningKey::generate("acme.example/kickoff").unwrap();
    let mut writer = PackageWriter::create(&path, NAME, created()).unwrap();
    for (name, bytes) in files() {
        writer.file(&name, &bytes).unwrap();
    }
    let unsealed = writer.manifest(&details(), Some(&key)).unwrap();
    let stamp = stamp(folder.path(), &unsealed.digest());
    unsealed.finish(Some(&stamp)).unwrap();
    let root = folder.path().join(NAME);
    unpack(&contents(&path), &root);
    let text = fs::read_to_string(root.join("90_integrity/VERIFY.txt")).unwrap();
    assert!(text.is_ascii());

    assert_eq!(commands(&text, "sha256sum").map(|line| run(&root, line)).collect::<Vec<_>>(), [""]);
    let added: Vec<_> = ["cut", "find"].iter().flat_map(|word| commands(&text, word)).map(|l| run(&root, l)).collect();
    assert_eq!(added, ["", ""]);
    for word in ["sed '/^$/", "tail", "openssl pkeyutl", "cat", "cd 90_integrity", "openssl ts"] {
        let mut found = commands(&text, word).peekable();
        assert!(found.peek().is_some(), "{word}");
        for line in found {
            let printed = run(&root, line);
            if line.starts_with("openssl pkeyutl") {
                assert!(printed.contains("Signature Verified Successfully"), "{printed}");
            }
        }
    }
    let note = fs::read_to_string(folder.path().join("note.txt")).unwrap();
    for line in run(&root.join("90_integrity"), "sha256sum MANIFEST.sha256 chain.jsonl manifest.tsr").lines() {
        let (digest, name) = line.split_once("  ").unwrap();
        assert!(note.contains(&format!("{name} {digest}\n")), "{name}");
    }

    // The same commands find what was done to the package.
    fs::write(root.join("added.txt"), "x").unwrap();
    let added: Vec<_> = ["cut", "find"].iter().flat_map(|word| commands(&text, word)).map(|l| run(&root, l)).collect();
    assert_eq!(added, ["", "added.txt\n"]);
    fs::write(root.join("00_START_HERE.pdf"), "x").unwrap();
    assert!(!shell(&root, commands(&text, "sha256sum").next().unwrap()).status.success());
    fs::write(folder.path().join("note.txt"), note.replace("RUN-2026", "RUN-2025")).unwrap();
    assert!(!shell(&root, commands(&text, "openssl pkeyutl").next().unwrap()).status.success());
    let manifest = root.join("90_integrity/MANIFEST.sha256");
    fs::write(&manifest, fs::read_to_string(&manifest).unwrap() + "\n").unwrap();
    assert!(!shell(&root, commands(&text, "openssl ts -verify").next().unwrap()).status.success());
}

#[test]
fn a_stamp_of_openssl_is_checked_here_too() {
    if !there(&["openssl", "sh"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.zip");
    let key = SigningKey::generate("acme").unwrap();
    let unsealed = PackageWriter::create(&path, NAME, created()).unwrap().manifest(&details(), Some(&key)).unwrap();
    let stamp = stamp(folder.path(), &unsealed.digest());
    unsealed.finish(Some(&stamp)).unwrap();
    let found = check(&path, &[&key]);
    let TimestampState::ValidRootNotChecked(stamp) = &found.timestamp else { panic!("{:?}", found.timestamp) };
    assert_eq!(stamp.authority, "CN=Test TSA");
    // The package says March 2026, the stamp says now, whenever that is.
    assert!(found.differences.iter().all(|difference| difference.name() == "90_integrity/manifest.tsr"));
    assert!(found.lines()[2].contains("the root of that authority's certificate was not checked"));
}
