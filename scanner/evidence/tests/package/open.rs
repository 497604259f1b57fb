//! Packages as they come back: unpacked, packed again, or made to harm the reader.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use kickoff_evidence::package::{Difference, KeySource, Limits, Package, PackageError, SignatureState};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::example::{NAME, check, contents, pack, signed, unpack};
use crate::instructions::{run, there};

fn refusal(path: &Path) -> String {
    Package::open(path).unwrap_err().to_string()
}

#[test]
fn unpacked_and_packed_again_it_is_the_same_package() {
    let folder = tempfile::tempdir().unwrap();
    let (key, path) = signed(folder.path());
    let mut files = contents(&path);
    let whole = check(&path, &[&key]);
    assert_eq!(whole.differences, []);
    assert!(matches!(&whole.signature, SignatureState::Valid { source: KeySource::Given, .. }));
    files.reverse();
    let below = format!("{NAME}/");
    unpack(&files, &folder.path().join("flat"));
    unpack(&files, &folder.path().join("deep").join(NAME));
    pack(&files, &folder.path().join("1.zip"), &below, CompressionMethod::Stored, true);
    pack(&files, &folder.path().join("2.zip"), "", CompressionMethod::Deflated, true);
    pack(&files, &folder.path().join("3.zip"), "another name/", CompressionMethod::Deflated, false);
    for name in ["flat", "deep", "1.zip", "2.zip", "3.zip"] {
        assert_eq!(check(&folder.path().join(name), &[&key]), whole, "{name}");
    }
}

#[test]
fn other_tools_pack_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let (key, path) = signed(folder.path());
    let whole = check(&path, &[&key]);
    unpack(&contents(&path), &folder.path().join(NAME));
    for (tool, line) in [
        ("zip", format!("zip -qr again.zip {NAME}")),
        // Written to a pipe, an entry's sizes stand behind it and not before.
        ("zip", format!("zip -qr - {NAME} | cat > again.zip")),
        ("zip", format!("cd {NAME} && zip -qr -0 ../again.zip .")),
        ("python3", format!("python3 -m zipfile -c again.zip {NAME}")),
    ] {
        if there(&[tool]) {
            run(folder.path(), &line);
            let again = folder.path().join("again.zip");
            assert_eq!(check(&again, &[&key]), whole, "{line}");
            fs::remove_file(again).unwrap();
        }
    }
}

#[test]
fn what_lies_beside_the_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = signed(folder.path());
    let mut files = contents(&path);
    for (name, _) in &mut files {
        *name = format!("{NAME}/{name}");
    }
    files.push(("__MACOSX/._a".to_owned(), b"x".to_vec()));
    let packed = folder.path().join("mac.zip");
    pack(&files, &packed, "", CompressionMethod::Deflated, false);
    assert_eq!(check(&packed, &[]).differences, [Difference::NotListed { name: "__MACOSX/._a".to_owned() }]);
}

#[test]
fn a_file_opens_again_from_its_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = signed(folder.path());
    let package = Package::open(&path).unwrap();
    let mut readers: Vec<_> = (0..3).map(|_| package.read("00_START_HERE.pdf").unwrap()).collect();
    for reader in &mut readers {
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "%PDF-1.7 start here");
    }
    assert!(package.names().any(|name| name == "02_Workbook.xlsx"));
    assert!(package.read("nothing").is_err());
}

#[test]
fn what_is_no_package_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = signed(folder.path());
    let bytes = fs::read(&path).unwrap();
    let other = folder.path().join("other.zip");
    for length in [4, 30, bytes.len() / 2, bytes.len() - 30, bytes.len() - 1] {
        fs::write(&other, &bytes[..length]).unwrap();
        assert!(matches!(Package::open(&other), Err(PackageError::Damaged { .. })), "{length}");
    }
    for text in [&b""[..], b"PK", b"%PDF-1.7", &[b"MZ", bytes.as_slice()].concat()] {
        fs::write(&other, text).unwrap();
        assert!(matches!(Package::open(&other), Err(PackageError::NotAZip(_))));
    }
    assert!(matches!(Package::open(&folder.path().join("nothing")), Err(PackageError::Read { .. })));
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(Package::open(empty.path()), Err(PackageError::NoManifest { .. })));
    for missing in ["manifest.json", "MANIFEST.sha256"] {
        let files: Vec<_> = contents(&path).into_iter().filter(|(name, _)| !name.ends_with(missing)).collect();
        pack(&files, &other, "", CompressionMethod::Stored, false);
        assert!(refusal(&other).ends_with(&format!("it has no 90_integrity/{missing}")));
    }
}

#[test]
fn a_newer_format_and_two_packages_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = signed(folder.path());
    let other = folder.path().join("other.zip");
    let mut files = contents(&path);
    let (_, json) = files.iter_mut().find(|(name, _)| name == "90_integrity/manifest.json").unwrap();
    *json = String::from_utf8(json.clone()).unwrap().replace("package/1", "package/7").into_bytes();
    pack(&files, &other, "", CompressionMethod::Stored, false);
    assert!(matches!(Package::open(&other), Err(PackageError::Newer { found }) if found == "kickoff/package/7"));
    let twice: Vec<_> = ["a/", "b/"]
        .iter()
        .flat_map(|root| contents(&path).into_iter().map(move |(name, bytes)| (format!("{root}{name}"), bytes)))
        .collect();
    pack(&twice, &other, "", CompressionMethod::Stored, false);
    assert!(matches!(Package::open(&other), Err(PackageError::Several { .. })));
}

/// The package with one more entry.
fn with_entry(path: &Path, to: &Path, name: &str, options: SimpleFileOptions) {
    fs::copy(path, to).unwrap();
    let file = File::options().read(true).write(true).open(to).unwrap();
    let mut zip = ZipWriter::new_append(file).unwrap();
    zip.start_file(name, options).unwrap();
    zip.write_all(b"content").unwrap();
    zip.finish().unwrap();
}

#[test]
fn entries_that_no_package_has_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = signed(folder.path());
    let other = folder.path().join("other.zip");
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, why) in [
        ("../evil", "climbs"),
        ("a/../../evil", "climbs"),
        ("/etc/passwd", "absolute"),
        ("a\\..\\evil", "backslash"),
        ("C:evil", "drive"),
        ("a\nb", "control character"),
    ] {
        with_entry(&path, &other, name, plain);
        assert!(refusal(&other).contains(why), "{name}: {}", refusal(&other));
    }
    for mode in [0o120_777_u32, 0o140_777, 0o060_666, 0o010_666] {
        with_entry(&path, &other, "evil", plain.external_attributes(mode << 16));
        assert!(refusal(&other).contains("symbolic link or a special file"), "{mode:o}");
    }
    with_entry(&path, &other, &format!("{NAME}/00_start_here.PDF"), plain);
    assert!(matches!(Package::open(&other), Err(PackageError::SameName { .. })));
    with_entry(&path, &other, &format!("{NAME}/00_START_HERE.pdf/x"), plain);
    assert!(matches!(Package::open(&other), Err(PackageError::SameName { .. })));
}

/// Changes bytes of a ZIP at every place where a header of one kind begins with a name.
fn patch(path: &Path, name: &str, change: impl Fn(&mut [u8], bool)) {
    let mut bytes = fs::read(path).unwrap();
    for (magic, fixed, central) in [(b"PK\x03\x04", 30, false), (b"PK\x01\x02", 46, true)] {
        for at in 0..bytes.len().saturating_sub(fixed + name.len()) {
            if bytes[at..].starts_with(magic) && bytes[at + fixed..].starts_with(name.as_bytes()) {
                change(&mut bytes[at..at + fixed + name.len()], central);
            }
        }
    }
    fs::write(path, bytes).unwrap();
}

#[test]
fn encrypted_twice_named_and_otherwise_compressed_entries_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = signed(folder.path());
    let other = folder.path().join("other.zip");
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let extra = format!("{NAME}/extra1");
    let offset = |central: bool| if central { 8 } else { 6 };
    with_entry(&path, &other, &extra, plain);
    patch(&other, &extra, |header, central| header[offset(central)] |= 1);
    assert!(refusal(&other).contains("encrypted"), "{}", refusal(&other));
    with_entry(&path, &other, &extra, plain);
    patch(&other, &extra, |header, central| header[offset(central) + 2] = 12);
    assert!(refusal(&other).contains("only stored and deflated"), "{}", refusal(&other));
    with_entry(&path, &other, &extra, plain);
    let renamed = fs::read(&other).unwrap();
    fs::write(&other, renamed).unwrap();
    let second = folder.path().join("second.zip");
    with_entry(&other, &second, &format!("{NAME}/extra2"), plain);
    patch(&second, &format!("{NAME}/extra2"), |header, _| *header.last_mut().unwrap() = b'1');
    assert!(matches!(Package::open(&second), Err(PackageError::Twice(_))), "{}", refusal(&second));
    // A program that reads from the front would unpack another name than one that reads the directory.
    with_entry(&path, &other, &extra, plain);
    patch(&other, &extra, |header, central| {
        if !central {
            *header.last_mut().unwrap() = b'9';
        }
    });
    assert!(matches!(Package::open(&other), Err(PackageError::Damaged { .. })));
}

#[test]
fn a_size_that_is_a_lie_ends_the_reading() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = signed(folder.path());
    let name = "20_evidence/E-0056/raw/0002.json";
    let length = contents(&path).iter().find(|(found, _)| found == name).unwrap().1.len();
    for lie in [length - 1, length + 1] {
        let other = folder.path().join(format!("{lie}.zip"));
        fs::copy(&path, &other).unwrap();
        patch(&other, &format!("{NAME}/{name}"), |header, central| {
            let at = if central { 24 } else { 22 };
            header[at..at + 4].copy_from_slice(&u32::try_from(lie).unwrap().to_le_bytes());
        });
        let found = check(&other, &[]).differences;
        assert!(matches!(&found[..], [Difference::Unreadable { name: found, .. }] if found == name), "{found:?}");
    }
}

#[test]
fn limits_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = signed(folder.path());
    let within = |limits: &Limits| Package::open_within(&path, limits);
    assert!(within(&Limits::default()).is_ok());
    let few = Limits { entries: 67, ..Limits::default() };
    assert!(matches!(within(&few), Err(PackageError::TooMuch(why)) if why.contains("entries")));
    let small = Limits { total: 10_000, ..Limits::default() };
    assert!(matches!(within(&small), Err(PackageError::TooMuch(why)) if why.contains("10000")));
    let unpacked = folder.path().join("unpacked");
    unpack(&contents(&path), &unpacked);
    assert!(matches!(Package::open_within(&unpacked, &few), Err(PackageError::TooMuch(_))));
    assert!(matches!(Package::open_within(&unpacked, &small), Err(PackageError::TooMuch(_))));
    let bomb = folder.path().join("bomb.zip");
    let mut files = contents(&path);
    files.push(("zeros".to_owned(), vec![0; 80 << 20]));
    pack(&files, &bomb, "", CompressionMethod::Deflated, false);
    assert!(matches!(Package::open(&bomb), Err(PackageError::TooMuch(why)) if why.contains("500 times")));
}

#[cfg(unix)]
#[test]
fn folders_with_links_and_backslashes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = signed(folder.path());
    let unpacked = folder.path().join("unpacked");
    unpack(&contents(&path), &unpacked);
    assert!(check(&unpacked, &[]).agrees());
    let link = unpacked.join("link");
    std::os::unix::fs::symlink("/etc/passwd", &link).unwrap();
    assert!(refusal(&unpacked).contains("symbolic link"));
    fs::remove_file(&link).unwrap();
    let odd = unpacked.join("a\\b");
    fs::write(&odd, b"").unwrap();
    assert!(refusal(&unpacked).contains("backslash"));
    fs::remove_file(&odd).unwrap();
    fs::write(unpacked.join("00_start_here.PDF"), b"").unwrap();
    assert!(matches!(Package::open(&unpacked), Err(PackageError::SameName { .. })));
}

#[test]
fn every_byte_of_a_zip_belongs_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = signed(folder.path());
    let whole = fs::read(&path).unwrap();
    let other = folder.path().join("other.zip");
    let refused = |bytes: &[u8], why: &str| {
        fs::write(&other, bytes).unwrap();
        let told = refusal(&other);
        assert!(told.contains(why), "{why}: {told}");
    };
    let number = |at: usize| usize::try_from(u32::from_le_bytes(whole[at..at + 4].try_into().unwrap())).unwrap();
    let end = whole.len() - 22;
    let (size, list) = (number(end + 12), number(end + 16));
    assert_eq!(list + size, end);

    // After the end.
    refused(&[&whole, &b"more"[..]].concat(), "bytes follow its end");
    // As the comment that a ZIP may have.
    let mut commented = whole.clone();
    commented[end + 20] = 4;
    commented.extend_from_slice(b"more");
    refused(&commented, "bytes follow its end");
    // Before the first entry: a ZIP that unpacks itself begins with a program.
    let shifted = |from: &[u8], by: u32, places: &[usize]| {
        let mut bytes = from.to_vec();
        for at in places {
            let value = u32::from_le_bytes(bytes[*at..*at + 4].try_into().unwrap()) + by;
            bytes[*at..*at + 4].copy_from_slice(&value.to_le_bytes());
        }
        bytes
    };
    // Where the offsets of the entries stand in the list, from the second on.
    let mut offsets = Vec::new();
    let mut at = list;
    while at < end {
        offsets.push(at + 42);
        let field =
            |place: usize| usize::from(u16::from_le_bytes(whole[at + place..at + place + 2].try_into().unwrap()));
        at += 46 + field(28) + field(30) + field(32);
    }
    let mut all = offsets.clone();
    all.push(end + 16);
    let moved = shifted(&whole, 4, &all);
    refused(&[&b"PK\x03\x04"[..], &moved].concat(), "before its first entry");
    // Between the first entry and the second.
    let second = number(offsets[1]);
    let moved = shifted(&whole, 6, &all[1..]);
    refused(&[&moved[..second], b"hidden", &moved[second..]].concat(), "between two of its entries");
    // Between the last entry and the list.
    let moved = shifted(&whole, 6, &[end + 16]);
    refused(&[&moved[..list], b"hidden", &moved[list..]].concat(), "between its last entry");
    // Between the list and the end.
    refused(&[&whole[..end], b"hidden", &whole[end..]].concat(), "beside the list");
    fs::write(&other, &whole).unwrap();
    assert!(Package::open(&other).is_ok());
}

#[test]
fn a_folder_that_holds_nothing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = signed(folder.path());
    let files = crate::example::contents(&path);
    let unpacked = folder.path().join("unpacked");
    crate::example::unpack(&files, &unpacked);
    fs::create_dir_all(unpacked.join("20_evidence/PAID/IN FULL")).unwrap();
    let names = |path: &Path| -> Vec<String> {
        let found = crate::example::check(path, &[]);
        found.differences.iter().map(|difference| difference.name().to_owned()).collect()
    };
    assert_eq!(names(&unpacked), ["20_evidence/PAID/", "20_evidence/PAID/IN FULL/"]);
    let zipped = folder.path().join("folders.zip");
    fs::copy(&path, &zipped).unwrap();
    let mut zip = ZipWriter::new_append(File::options().read(true).write(true).open(&zipped).unwrap()).unwrap();
    for n in 0..120 {
        zip.add_directory(format!("{NAME}/{n:03}"), SimpleFileOptions::default()).unwrap();
    }
    zip.finish().unwrap();
    assert_eq!(names(&zipped).len(), 120);
}
