//! A package to test with, and ways to unpack it and to pack it again.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use kickoff_evidence::Tool;
use kickoff_evidence::package::{
    Details, LeftOut, Package, PackageWriter, Sealed, Signer, SigningKey, Trust, Verification, verify,
};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

pub const NAME: &str = "ACME_SOC2-T2_20260101-20260630_v1";
pub const CREATED: &str = "2026-03-02T02:10:00Z";

pub fn created() -> Timestamp {
    CREATED.parse().unwrap()
}

pub fn details() -> Details {
    Details {
        run: "RUN-20260302T020000Z-9f31c2aa".to_owned(),
        tool: Tool { name: "kickoff".to_owned(), version: "0.1.0".to_owned() },
        created: created(),
        left_out: vec![LeftOut { what: "40_registers/risks.csv".to_owned(), why: "no risks were given".to_owned() }],
        earlier_chain: None,
    }
}

/// Sixty files of which no two are alike.
pub fn files() -> Vec<(String, Vec<u8>)> {
    let mut files = vec![
        ("00_START_HERE.pdf".to_owned(), b"%PDF-1.7 start here".to_vec()),
        ("02_Workbook.xlsx".to_owned(), b"PK workbook".to_vec()),
        ("60_machine/empty.jsonl".to_owned(), Vec::new()),
    ];
    for n in 0..57 {
        let text = format!("{{\"item\": {n}}}\n").repeat(n + 1);
        files.push((format!("20_evidence/E-{n:04}/raw/{:04}.json", n % 3), text.into_bytes()));
    }
    files
}

/// Writes the package of `files`.
pub fn write(path: &Path, details: &Details, signer: Option<&dyn Signer>) -> Sealed {
    let mut writer = PackageWriter::create(path, NAME, created()).unwrap();
    for (name, bytes) in files() {
        writer.file(&name, &bytes).unwrap();
    }
    writer.manifest(details, signer).unwrap().finish(None).unwrap()
}

/// A key, and a package that it signed.
pub fn signed(folder: &Path) -> (SigningKey, PathBuf) {
    let key = SigningKey::generate("acme.example/kickoff").unwrap();
    let path = folder.join("package.zip");
    write(&path, &details(), Some(&key));
    (key, path)
}

pub fn check(path: &Path, keys: &[&SigningKey]) -> Verification {
    let trust = Trust { keys: keys.iter().map(|key| key.verifier_key()).collect() };
    verify(&Package::open(path).unwrap(), &trust, created())
}

/// Every entry of a ZIP, without its root folder.
pub fn contents(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().strip_prefix(&format!("{NAME}/")).unwrap().to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        files.push((name, bytes));
    }
    files
}

/// Writes files below a folder.
pub fn unpack(files: &[(String, Vec<u8>)], to: &Path) {
    for (name, bytes) in files {
        let path = to.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// Packs files again as they come, below a prefix, with an entry for each folder where wanted.
pub fn pack(files: &[(String, Vec<u8>)], to: &Path, prefix: &str, method: CompressionMethod, folders: bool) {
    let mut zip = ZipWriter::new(File::create(to).unwrap());
    let options = SimpleFileOptions::default().compression_method(method);
    let mut made = std::collections::BTreeSet::new();
    for (name, bytes) in files {
        let name = format!("{prefix}{name}");
        for (at, _) in name.match_indices('/') {
            if folders && made.insert(name[..at].to_owned()) {
                zip.add_directory(&name[..at], SimpleFileOptions::default()).unwrap();
            }
        }
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}
