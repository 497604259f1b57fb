//! `--with-documents`: the documents themselves in the package, once each, byte for byte, under the seal.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use calamine::{Data, Reader as _, Xlsx, open_workbook_from_rs};
use kickoff_evidence::package::Package;

use crate::package::{only_package, read, unpacked, verify};
use crate::support::{acme, kickoff, outcome};

const CONFIG: &str = r#"
[entity]
name = "Überprüfung GmbH"
system = "Widgets"

[report]
type = "type-2"
from = 2026-07-01
to = 2026-12-31

[[people]]
id = "ana"
name = "Ana"
role = "CTO"

[[documents]]
request = "ENC-01"
file = "docs/Policy.md"
version = "2"

[[documents]]
request = "IAM-01"
file = "docs/Policy.md"
version = "2"

[[documents]]
request = "ENC-01"
file = "docs/old/policy.MD"
version = "1"

[[documents]]
request = "LOG-01"
file = "docs/方針.pdf"

[[documents]]
request = "INC-01"
file = "docs/missing.pdf"

[[documents]]
request = "GEN-06"
link = "https://wiki.example.com/chart"

[[attestations]]
control = "CC1.1.01"
result = "pass"
by = "ana"
on = 2026-11-01
evidence = "minutes.txt"
"#;

/// What looks like a secret, and so much of one letter that it would be next to nothing compressed.
fn policy() -> Vec<u8> {
    let mut text = b"aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n".to_vec();
    text.resize(3_000_000, b'a');
    text
}

fn engagement() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("docs/old")).unwrap();
    fs::write(folder.path().join("kickoff.toml"), CONFIG).unwrap();
    for (name, bytes) in [
        ("docs/Policy.md", policy()),
        ("docs/old/policy.MD", b"the policy of last year".to_vec()),
        ("docs/方針.pdf", b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n".to_vec()),
        ("minutes.txt", b"The board met.".to_vec()),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn report(folder: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    let mut command = kickoff();
    command.arg("report").arg(acme()).arg("--config").arg(folder.join("kickoff.toml"));
    outcome(&command.arg("--out").arg(folder.join("out")).args(more).output().unwrap())
}

/// The list of documents, by request and file: the place, and what is said of it.
fn index(package: &Package) -> BTreeMap<(String, String), (String, String)> {
    let text = read(package, "45_documents/index.csv");
    let mut reader = csv::Reader::from_reader(text.strip_prefix(b"\xef\xbb\xbf").unwrap());
    let heads: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let at = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let (request, file) = (at("Request"), at("File or link in kickoff.toml"));
    let (place, carried) = (at("File in this package"), at("Carried"));
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        ((row[request].to_owned(), row[file].to_owned()), (row[place].to_owned(), row[carried].to_owned()))
    });
    rows.collect()
}

#[test]
fn the_package_carries_the_documents_that_are_asked_for_and_verifies_them() {
    let folder = engagement();
    let (status, _, words) = report(folder.path(), &["--with-documents"]);
    // One call of the recorded account was denied.
    assert_eq!(status, Some(3), "{words}");
    assert!(
        words.contains("Documents: 3.0 MB goes into the package byte for byte; nothing in them is masked."),
        "{words}"
    );
    assert!(words.contains("Documents: 4 files (3.0 MB) in 45_documents/ of the package"), "{words}");
    assert!(words.contains("Not carried: docs/missing.pdf, for INC-01: it is not there"), "{words}");

    let path = only_package(&folder.path().join("out"));
    let package = Package::open(&path).unwrap();
    let names: Vec<&str> = package.names().filter(|name| name.starts_with("45_documents/")).collect();
    let index = index(&package);
    let of = |request: &str, file: &str| index[&(request.to_owned(), file.to_owned())].clone();
    let (place, carried) = of("ENC-01", "docs/Policy.md");
    assert_eq!(carried, "byte for byte, nothing masked");
    assert_eq!(read(&package, &place), policy());
    assert_eq!(of("IAM-01", "docs/Policy.md").0, place, "one file for two requests");
    let (old, _) = of("ENC-01", "docs/old/policy.MD");
    assert_eq!(read(&package, &old), b"the policy of last year");
    assert_eq!(of("LOG-01", "docs/方針.pdf").0, "45_documents/LOG-01/document.pdf");
    assert_eq!(of("CC1.1.01", "minutes.txt").0, "45_documents/CC1.1.01/minutes.txt");
    assert_eq!(of("INC-01", "docs/missing.pdf"), (String::new(), "no: it is not there".to_owned()));
    assert!(of("GEN-06", "https://wiki.example.com/chart").1.starts_with("no: it is a link"));
    // Four files and their list.
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(package.names().all(|name| name.len() <= 120 && name.is_ascii()));
    // The tracker leads to them, and the manifest says what is not there.
    let book = read(&package, "02_Workbook.xlsx");
    let mut book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(book)).unwrap();
    let sheet = book.worksheet_range("PBC tracker").unwrap();
    let told = sheet.rows().flatten().any(|cell| matches!(cell, Data::String(text) if text.contains(&place)));
    assert!(told, "{place}");
    let manifest = String::from_utf8(read(&package, "90_integrity/manifest.json")).unwrap();
    assert!(manifest.contains("docs/missing.pdf, for INC-01"), "{manifest}");

    let (status, told) = verify(&path, &[]);
    assert_eq!(status, Some(0), "{told}");
    let unpacking = tempfile::tempdir().unwrap();
    let unpacked = unpacked(&path, unpacking.path());
    let (status, told) = verify(&unpacked, &[]);
    assert_eq!(status, Some(0), "{told}");
    fs::write(unpacked.join(&old), b"the policy of last year!").unwrap();
    let (status, told) = verify(&unpacked, &[]);
    assert_eq!(status, Some(1), "{told}");
    assert!(told.contains(&format!("\"{old}\" was changed")), "{told}");
    // One that was slipped in with a manifest that knows it is not of the list.
    fs::write(unpacked.join(&old), b"the policy of last year").unwrap();
    fs::write(unpacked.join("45_documents/ENC-01/new.md"), b"new").unwrap();
    let (status, told) = verify(&unpacked, &[]);
    assert_eq!(status, Some(1), "{told}");
    assert!(told.contains("45_documents/ENC-01/new.md is there, and the stored answers do not give it"), "{told}");
}

#[test]
fn nothing_is_carried_unless_it_is_asked_for_and_never_more_than_fits() {
    let folder = engagement();
    let (status, _, words) = report(folder.path(), &[]);
    assert_eq!(status, Some(3), "{words}");
    let path = only_package(&folder.path().join("out"));
    let package = Package::open(&path).unwrap();
    assert!(package.names().all(|name| !name.starts_with("45_documents/")));
    let (status, told) = verify(&path, &[]);
    assert_eq!(status, Some(0), "{told}");

    // A file that is all hole: three GiB that take no room.
    let large = fs::File::create(folder.path().join("docs/old/policy.MD")).unwrap();
    large.set_len(3 << 30).unwrap();
    let (status, _, words) = report(folder.path(), &["--with-documents"]);
    assert_eq!(status, Some(2), "{words}");
    assert!(words.contains("a package carries no more than 2147483648 (2 GiB)"), "{words}");
    assert_eq!(
        fs::read_dir(folder.path().join("out"))
            .unwrap()
            .filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|e| e == "zip"))
            .count(),
        1
    );

    let mut scan = kickoff();
    scan.args(["scan", "--no-package", "--with-documents", "--replay"]).arg(acme());
    let (status, _, words) = outcome(&scan.output().unwrap());
    assert_eq!(status, Some(2), "{words}");
}
