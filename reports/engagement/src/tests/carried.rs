//! Which documents a package carries, where, and why one is not.

use jiff::civil::{Date, date};

use super::*;
use crate::attestations;
use crate::carried::{Carried, Kind, MOST, expected, plan, read_index, too_many, total};
use crate::documents::register;
use crate::requests::list;

const TODAY: Date = date(2026, 11, 30);
const FRAME: &str = "[report]\ntype = \"type-2\"\nfrom = 2026-07-01\nto = 2026-12-31\n[[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = \"CTO\"\n";
/// SHA-256 of "abc", from FIPS 180-2.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn planned(files: &[(&str, &str)], entries: &str) -> Vec<Carried> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let file = parse(&format!("{FRAME}{entries}")).unwrap();
    let list = list(&file, folder.path()).unwrap();
    let documents = register(&file, &list, folder.path(), TODAY);
    let attestations = attestations::register(&file, folder.path(), TODAY);
    plan(&file, &documents, &attestations, folder.path())
}

fn document(request: &str, keys: &str) -> String {
    format!("[[documents]]\nrequest = \"{request}\"\nowner = \"ana\"\n{keys}\n")
}

#[test]
fn a_file_lies_once_under_its_request_and_others_point_to_it() {
    let entries = [
        document("ENC-01", "file = \"p/Policy.md\"\nversion = \"2\""),
        document("GEN-06", "file = \"./p/Policy.md\""),
        document("ENC-01", "file = \"q/policy.MD\"\nversion = \"1\""),
        "[[attestations]]\ncontrol = \"CC1.1.01\"\nresult = \"pass\"\nby = \"ana\"\non = 2026-11-01\nevidence = \"m.txt\"\n".to_owned(),
    ];
    let all = planned(&[("p/Policy.md", "abc"), ("q/policy.MD", "abcd"), ("m.txt", "minutes")], &entries.concat());
    let of = |request: &str, original: &str| {
        all.iter().find(|one| one.request == request && one.original == original).unwrap()
    };
    let first = of("ENC-01", "p/Policy.md");
    // The register has the requests in the order of the list.
    let place = first.place.clone().unwrap();
    assert!(place == "45_documents/ENC-01/Policy.md" || place == "45_documents/GEN-06/Policy.md", "{place}");
    assert_eq!(of("GEN-06", "./p/Policy.md").place, first.place, "one file, by whatever path");
    assert_eq!((first.sha256.as_deref(), first.bytes, first.version.as_deref()), (Some(ABC), Some(3), Some("2")));
    let other = of("ENC-01", "q/policy.MD").place.clone().unwrap();
    assert!(!other.eq_ignore_ascii_case(&place), "{other}");
    let shown = of("CC1.1.01", "m.txt");
    assert_eq!((shown.kind, shown.place.as_deref()), (Kind::Attestation, Ok("45_documents/CC1.1.01/m.txt")));
    assert_eq!(total(&all), (3, 3 + 4 + 7));
}

#[test]
fn what_is_no_document_is_not_carried_and_told() {
    let entries = [
        document("ENC-01", "file = \"gone.pdf\""),
        document("GEN-06", "link = \"https://wiki.example.com/chart\""),
        document("IAM-01", "file = \"a.url\""),
        document("LOG-01", "file = \"empty.md\""),
        document("INC-01", "file = \"folder\""),
        // Not a PDF: it is the client's own all the same, and the register says what it is.
        document("CHG-01", "file = \"text.pdf\""),
    ];
    let files = [
        ("a.url", "[InternetShortcut]\nURL=https://example.com/x\n"),
        ("empty.md", " \n"),
        ("folder/x.md", "x"),
        ("text.pdf", "password = hunter2"),
    ];
    let all = planned(&files, &entries.concat());
    let why = |request: &str| all.iter().find(|one| one.request == request).unwrap().place.clone();
    assert_eq!(why("ENC-01"), Err("it is not there".to_owned()));
    assert_eq!(why("GEN-06"), Err("it is a link: kickoff.toml names no file for it".to_owned()));
    assert!(why("IAM-01").unwrap_err().contains("only says where the document is"));
    assert_eq!(why("LOG-01"), Err("it holds nothing but blanks".to_owned()));
    assert_eq!(why("INC-01"), Err("it is not a file".to_owned()));
    assert_eq!(why("CHG-01"), Ok("45_documents/CHG-01/text.pdf".to_owned()));
    assert_eq!(total(&all), (1, 18));
}

#[test]
fn a_document_of_a_request_that_does_not_arise_is_carried_with_its_digest() {
    let entry = "[[requests]]\nid = \"ENC-01\"\nnot_applicable = \"No data is kept.\"\n";
    let all = planned(&[("a.md", "abc")], &format!("{entry}{}", document("ENC-01", "file = \"a.md\"")));
    assert_eq!((all[0].place.as_deref(), all[0].sha256.as_deref()), (Ok("45_documents/ENC-01/a.md"), Some(ABC)));
}

#[test]
fn how_much_it_is_is_known_before() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.md"), "abc").unwrap();
    let entries = [
        document("ENC-01", "file = \"a.md\""),
        document("GEN-06", "file = \"a.md\""),
        document("IAM-01", "file = \"gone.md\""),
    ];
    let file = parse(&format!("{FRAME}{}", entries.concat())).unwrap();
    assert_eq!(expected(&file, folder.path()), 3);
    assert_eq!(too_many(MOST), None);
    assert!(too_many(MOST + 1).unwrap().contains("no more than 2147483648 (2 GiB)"));
}

#[test]
fn the_list_is_read_again() {
    let text = "\u{feff}Request,File in this package,SHA-256,Carried\r\nA,45_documents/A/a.md,aa,yes\r\nB,45_documents/A/a.md,aa,yes\r\nC,,,no: it is not there\r\n";
    let read = read_index(text.as_bytes()).unwrap();
    assert_eq!(read.into_iter().collect::<Vec<_>>(), [("45_documents/A/a.md".to_owned(), "aa".to_owned())]);
    assert!(read_index(b"Request,SHA-256\n").unwrap_err().contains("File in this package"));
    assert!(read_index(text.replace("B,45_documents/A/a.md,aa", "B,45_documents/A/a.md,bb").as_bytes()).is_err());
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_is_not_followed() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret"), "abc").unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret"), folder.path().join("a.md")).unwrap();
    let file = parse(&format!("{FRAME}{}", document("ENC-01", "file = \"a.md\""))).unwrap();
    let list = list(&file, folder.path()).unwrap();
    let documents = register(&file, &list, folder.path(), TODAY);
    let all = plan(&file, &documents, &[], folder.path());
    assert_eq!(all[0].place, Err("it leads out of the folder of kickoff.toml".to_owned()));
    assert!(crate::carried::open(&all[0], folder.path()).is_err());
}
