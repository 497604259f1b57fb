//! What the writer writes, and what it refuses.

use std::fs;
use std::io;

use kickoff_evidence::package::{Manifest, PackageError, PackageWriter, SigningKey};
use kickoff_evidence::sha256_hex;

use crate::example::{NAME, check, contents, created, details, files, signed, write};

#[test]
fn the_same_input_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let key = SigningKey::generate("acme").unwrap();
    let [one, two] = ["one.zip", "two.zip"].map(|name| folder.path().join(name));
    let sealed = write(&one, &details(), Some(&key));
    assert_eq!(write(&two, &details(), Some(&key)).manifest_sha256, sealed.manifest_sha256);
    assert_eq!(fs::read(&one).unwrap(), fs::read(&two).unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left beside the packages");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&one).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn the_manifests_list_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = signed(folder.path());
    let contents = contents(&path);
    let of = |name: &str| &contents.iter().find(|(found, _)| found == name).unwrap().1;
    for (name, bytes) in files() {
        assert_eq!(*of(&name), bytes, "{name}");
    }
    let manifest: Manifest = serde_json::from_slice(of("90_integrity/manifest.json")).unwrap();
    assert_eq!((manifest.schema.as_str(), manifest.package.as_str()), ("kickoff/package/1", NAME));
    assert_eq!(manifest.left_out, details().left_out);
    // Sixty files, VERIFY.txt and the key in both forms.
    assert_eq!(manifest.files.len(), 63);
    for file in &manifest.files {
        assert_eq!((&file.sha256, file.bytes), (&sha256_hex(of(&file.path)), of(&file.path).len() as u64));
    }
    let root = String::from_utf8(of("90_integrity/MANIFEST.sha256").clone()).unwrap();
    assert_eq!(root.lines().count(), 64);
    assert!(root.contains(&format!("{}  90_integrity/manifest.json\n", sha256_hex(of("90_integrity/manifest.json")))));
    let names: Vec<&str> = contents.iter().map(|(name, _)| name.as_str()).filter(|n| n.starts_with("90_")).collect();
    assert_eq!(
        names,
        [
            "90_integrity/VERIFY.txt",
            "90_integrity/signer.pub",
            "90_integrity/signer.pub.pem",
            "90_integrity/manifest.json",
            "90_integrity/MANIFEST.sha256",
            "90_integrity/manifest.sig",
            "90_integrity/chain.jsonl",
            "90_integrity/manifest.dsse.json",
        ]
    );
}

#[test]
fn a_stream_is_written_piece_by_piece() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.zip");
    let mut writer = PackageWriter::create(&path, NAME, created()).unwrap();
    let piece = "0123456789abcdef".repeat(4096);
    writer.stream("60_machine/ocsf_2003.jsonl", |to| (0..64).try_for_each(|_| to.write_all(piece.as_bytes()))).unwrap();
    writer.manifest(&details(), None).unwrap().finish(None).unwrap();
    let verification = check(&path, &[]);
    assert!(verification.agrees(), "{:?}", verification.differences);
    // Four mebibytes, VERIFY.txt and manifest.json.
    assert_eq!(verification.files, 3);
    assert!(verification.bytes > 4 << 20);
}

#[test]
fn names_that_are_refused_do_not_end_the_package() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.zip");
    let mut writer = PackageWriter::create(&path, NAME, created()).unwrap();
    writer.file("a/b.txt", b"1").unwrap();
    writer.file("a/c.txt", b"2").unwrap();
    for name in ["../x", "/x", "a\\b", "CON", "a.", "x:y"] {
        assert!(matches!(writer.file(name, b""), Err(PackageError::Name(_))), "{name}");
    }
    for name in ["a/b.txt", "A/B.TXT", "a", "A/d.txt", "a/b.txt/c"] {
        assert!(matches!(writer.file(name, b""), Err(PackageError::SameName { .. })), "{name}");
    }
    for name in ["90_integrity", "90_integrity/x", "90_Integrity/manifest.sig"] {
        assert!(matches!(writer.file(name, b""), Err(PackageError::Reserved(_))), "{name}");
    }
    writer.manifest(&details(), None).unwrap().finish(None).unwrap();
    assert!(check(&path, &[]).agrees());
    assert!(matches!(PackageWriter::create(&path, NAME, created()), Err(PackageError::Exists(_))));
    let other = folder.path().join("other.zip");
    assert!(matches!(PackageWriter::create(&other, "a/b", created()), Err(PackageError::Name(_))));
    let early = "1970-01-01T00:00:00Z".parse().unwrap();
    assert!(matches!(PackageWriter::create(&other, NAME, early), Err(PackageError::Time(_))));
}

#[test]
fn a_package_that_is_not_finished_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.zip");
    let mut writer = PackageWriter::create(&path, NAME, created()).unwrap();
    let failed = writer.stream("a.txt", |to| {
        to.write_all(b"half")?;
        Err(io::Error::other("the source is gone"))
    });
    assert!(failed.unwrap_err().to_string().contains("the source is gone"));
    assert!(matches!(writer.file("b.txt", b""), Err(PackageError::Write { .. })));
    drop(writer);
    let stopped = PackageWriter::create(&path, NAME, created()).unwrap();
    drop(stopped.manifest(&details(), None).unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_package_that_came_in_between_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.zip");
    let writer = PackageWriter::create(&path, NAME, created()).unwrap();
    fs::write(&path, b"another").unwrap();
    let error = writer.manifest(&details(), None).unwrap().finish(None).unwrap_err();
    assert!(matches!(error, PackageError::Exists(_)));
    assert_eq!(fs::read(&path).unwrap(), b"another");
}
