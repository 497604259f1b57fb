//! A file is what it holds, not what it is called.

use std::io::{Cursor, Write as _};

use jiff::civil::{Date, date};
use kickoff_checks::Status;

use super::*;
use crate::attestations;
use crate::documents::{DocumentResult, match_folder, register, standing};
use crate::requests::{Progress, default_list, list, statuses};

const TODAY: Date = date(2026, 11, 30);
const FRAME: &str = "[report]\ntype = \"type-2\"\nfrom = 2026-07-01\nto = 2026-12-31\n[[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = \"CTO\"\n";
const SIGN_IN: &str =
    "<!DOCTYPE html>\n<html><head><title>Sign in - Google Accounts</title></head><body>Sign in</body></html>";

/// A document that lacks nothing, in force before the period.
fn document(request: &str, file: &str, keys: &str) -> String {
    format!(
        "[[documents]]\nrequest = \"{request}\"\nowner = \"ana\"\nfile = '{file}'\napprover = \"ana\"\nversion = \"1\"\n{keys}\n"
    )
}

const APPROVED: &str = "approved = 2026-06-01\neffective = 2026-06-01";

fn register_of(files: &[(&str, &[u8])], entries: &str) -> Vec<DocumentResult> {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let file = parse(&format!("{FRAME}{entries}")).unwrap();
    let list = list(&file, folder.path()).unwrap();
    register(&file, &list, folder.path(), TODAY).into_iter().filter(|row| row.entered).collect()
}

/// How a policy stands whose file has a name and bytes.
fn holding(name: &str, bytes: &[u8]) -> DocumentResult {
    register_of(&[(name, bytes)], &document("ENC-01", name, APPROVED)).remove(0)
}

/// An archive with members of a name, whose bytes are the name.
fn zip(members: &[&str]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for member in members {
        zip.start_file(*member, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(member.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A document of Office, with a word in it.
fn office(main: &str) -> Vec<u8> {
    let page = "<w:document><w:body><w:p><w:r><w:t>Policy</w:t></w:r></w:p></w:body></w:document>";
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (member, text) in [("[Content_Types].xml", "<Types/>"), ("_rels/.rels", "<Relationships/>"), (main, page)] {
        zip.start_file(member, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_a_file_holds_is_told(
        start in proptest::sample::select(vec![b"".as_slice(), b"PK\x03\x04", b"<html><title>", b"{\"url\":", b"\xff\xfe", b"[\"a\"]("]),
        middle in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
        end in proptest::sample::select(vec![b"".as_slice(), b"PK\x05\x06", b"PK\x06\x07", b"</title"]),
        last in proptest::collection::vec(proptest::num::u8::ANY, 0..40),
    ) {
        let bytes = [start, &middle, end, &last].concat();
        let found = holding("a.pdf", &bytes);
        proptest::prop_assert!(found.status != Status::Pass && found.status != Status::NotEvaluated, "{found:?}");
    }
}

/// The same with its list told in the way of large archives.
fn large(bytes: &[u8]) -> Vec<u8> {
    let at = bytes.len() - 22;
    let (size, from) = (&bytes[at + 12..at + 16], &bytes[at + 16..at + 20]);
    let (mut made, end) = (bytes[..at].to_vec(), &bytes[at..]);
    made.extend(
        [b"PK\x06\x06".as_slice(), &[44, 0, 0, 0, 0, 0, 0, 0], &[0; 28], size, &[0; 4], from, &[0; 4]].concat(),
    );
    made.extend([b"PK\x06\x07".as_slice(), &[0; 4], &u64::try_from(at).unwrap().to_le_bytes(), &[1, 0, 0, 0]].concat());
    made.extend([&end[..12], &[0xff; 8], &[0, 0]].concat());
    made
}

fn open_document() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("mimetype", stored).unwrap();
    zip.write_all(b"application/vnd.oasis.opendocument.text").unwrap();
    zip.finish().unwrap().into_inner()
}

fn old_office() -> Vec<u8> {
    [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[0; 504]].concat()
}

fn wide(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

#[test]
fn what_is_what_it_is_called_passes() {
    let (word, book, slides) = (office("word/document.xml"), office("xl/workbook.xml"), office("ppt/presentation.xml"));
    let page = b"<!DOCTYPE html><html><head><title>Login and Password Policy</title></head><body>Passwords have 14 characters.</body></html>";
    for (name, bytes) in [
        ("a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n%%EOF\n".as_slice()),
        ("A.PDF", b"\xef\xbb\xbf%PDF-1.4\n%%EOF"),
        ("a.docx", &word),
        ("a.xlsx", &book),
        ("a.pptx", &slides),
        ("a.xlsx", &large(&book)),
        ("a.odt", &open_document()),
        ("a.zip", &zip(&["a.pdf", "word/b.txt"])),
        ("a.doc", &old_office()),
        ("a.xls", &old_office()),
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF"),
        ("a.heic", b"\0\0\0\x18ftypheic"),
        ("a.rtf", b"{\\rtf1 Policy}"),
        ("a.html", page),
        ("a.md", b"# Policy\n\nSee [the wiki](https://wiki.example.com).\n"),
        ("a.md", b"<!-- reviewed -->\n<div align=\"center\">Policy</div>\n"),
        ("a.txt", b"Verschl\xfcsselung ist Pflicht.\n"),
        ("a.csv", b"<root_account>,arn:aws:iam::111122223333:root\n"),
        ("a.csv", &wide("user;enabled\nbob;yes\n")),
        ("a.json", b"{\"Users\": [], \"url\": \"https://example.com\"}"),
        // Nobody can say what these should hold.
        ("policy", b"x"),
        ("a.v2", b"\0\x01\x02"),
    ] {
        let found = holding(name, bytes);
        assert_eq!((found.status, found.reasons.as_slice()), (Status::Pass, [].as_slice()), "{name}");
        assert!(found.sha256.is_some() && found.there);
    }
}

#[test]
fn what_is_something_else_is_for_a_person() {
    let (word, book) = (office("word/document.xml"), office("xl/workbook.xml"));
    let mut locked = old_office();
    locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    let page = b"\n<html><body>Encryption policy</body></html>";
    for (name, bytes, what) in [
        ("a.pdf", page.as_slice(), "is named .pdf and is a web page (HTML)"),
        ("a.pdf", &wide("<!DOCTYPE HTML><html>x</html>"), "is named .pdf and is a web page (HTML)"),
        ("a.pdf", b"x", "is named .pdf and is plain text"),
        ("a.pdf", &word, "is named .pdf and is a document of Word (.docx)"),
        ("a.pdf", b"\0\x01\x02\x03", "is named .pdf and is of no type that is known"),
        ("a.docx", b"%PDF-1.7\n", "is named .docx and is a PDF"),
        ("a.docx", &book, "is named .docx and is a workbook of Excel (.xlsx)"),
        ("a.docx", &zip(&["policy.txt"]), "is named .docx and is a ZIP archive"),
        ("a.docx", &word[..word.len() - 40], "is named .docx and is a ZIP archive that is cut off or broken"),
        ("a.docx", &old_office(), "is named .docx and is a file of Office 97 to 2003"),
        ("a.docx", &locked, "is named .docx and is a file of Office that is protected by a password"),
        ("a.doc", &word, "is named .doc and is a document of Word (.docx)"),
        ("a.xls", b"<table><tr><td>1</td></tr></table>", "is named .xls and is XML"),
        ("a.png", b"\xff\xd8\xff\xe0\0\x10JFIF", "is named .png and is a picture (JPEG)"),
        ("a.csv", page, "is named .csv and is a web page (HTML)"),
        ("a.csv", &book, "is named .csv and is a workbook of Excel (.xlsx)"),
        ("a.csv", b"{\"Users\": []}", "is named .csv and is JSON"),
        ("a.md", page, "is named .md and is a web page (HTML)"),
        ("a.txt", b"%PDF-1.7\n", "is named .txt and is a PDF"),
        ("a.html", b"%PDF-1.7\n", "is named .html and is a PDF"),
        ("a.gdoc", b"%PDF-1.7\n", "is named .gdoc and is a PDF"),
        (
            "a.xlsx",
            &[&large(&book)[..book.len() - 22], b"PK\x06\x06", &[0xff; 52], &large(&book)[book.len() + 34..]].concat(),
            "is named .xlsx and is a ZIP archive that is cut off or broken",
        ),
        ("a.zip", &zip(&["a.txt"])[..20], "is named .zip and is a ZIP archive that is cut off or broken"),
    ] {
        let found = holding(name, bytes);
        let reason = format!("{name} {what}: a person has to open it");
        assert_eq!((found.status, found.reasons), (Status::Manual, vec![reason]));
        assert!(found.sha256.is_some(), "its digest says which file it was");
    }
}

#[test]
fn what_a_server_sent_in_place_of_a_document_is_named() {
    let titled = |title: &str| format!("<html><head><title>{title}</title></head><body>Words</body></html>");
    for title in [
        "Sign in - Google Accounts",
        "Log in with Atlassian account",
        "Acme | Login",
        "Anmelden",
        "Please sign in",
        "Okta: Sign In",
    ] {
        let found = holding("a.html", titled(title).as_bytes());
        let reason = format!("a.html looks like a sign-in page (`{}`): a person has to open it", title.to_lowercase());
        assert_eq!((found.status, found.reasons), (Status::Manual, vec![reason]));
    }
    for title in ["404 Not Found", "Error 403", "Access Denied", "Just a moment...", "Page not found – Acme"] {
        let found = holding("a.html", titled(title).as_bytes());
        assert_eq!(found.status, Status::Manual, "{title}");
        assert!(found.reasons[0].contains("looks like a page that says what went wrong"), "{found:?}");
    }
    for title in ["Login and Password Policy", "401k plan", "500 largest customers", "Error handling standard"] {
        assert_eq!(holding("a.html", titled(title).as_bytes()).status, Status::Pass, "{title}");
    }
    // By its name and by what it is.
    let both = holding("a.pdf", SIGN_IN.as_bytes());
    let said = "a.pdf is named .pdf and is a web page (HTML): it looks like a sign-in page (`sign in - google accounts`): a person has to open it";
    assert_eq!((both.status, both.reasons), (Status::Manual, vec![said.to_owned()]));
    let field = "<html><head></head><body><form><input name=p type=\"password\"></form></body></html>";
    assert_eq!(
        holding("a.html", field.as_bytes()).reasons,
        ["a.html looks like a sign-in page: a person has to open it"]
    );
    let shell = "<html><head><title>Wiki</title></head><body><noscript>You need JavaScript.</noscript><!-- app --><div id=\"root\">&nbsp;</div><script>run('a')</script></body></html>";
    assert_eq!(
        holding("a.html", shell.as_bytes()).reasons,
        ["a.html shows nothing: its words are elsewhere: a person has to open it"]
    );
    let picture = shell.replace("&nbsp;", "<img src=\"chart.png\">");
    assert_eq!(holding("a.html", picture.as_bytes()).status, Status::Pass);
    for (name, bytes) in [
        ("a.json", "{\"error\": \"unauthorized\"}"),
        (
            "a.json",
            "{\"message\": \"Not Found\", \"documentation_url\": \"https://docs.github.com\", \"status\": \"404\"}",
        ),
        ("a.xml", "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code></Error>"),
        ("policy", "<Error><Code>ExpiredToken</Code></Error>"),
    ] {
        let found = holding(name, bytes.as_bytes());
        let reason = format!("{name} looks like an answer that says what went wrong: a person has to open it");
        assert_eq!((found.status, found.reasons), (Status::Manual, vec![reason]));
    }
}

#[test]
fn a_pointer_is_a_link() {
    let mut plist = b"bplist00\xd1\x01\x02SURL_\x10\x15https://example.com/p".to_vec();
    plist.push(0);
    for (name, bytes, target) in [
        ("a.gdoc", b"{\"url\": \"https://docs.google.com/open?id=1\", \"doc_id\": \"1\"}".as_slice(), " to https://docs.google.com"),
        ("a.gsheet", b"{\"doc_id\": \"1\", \"email\": \"ana@example.com\"}", ""),
        // A name says enough where nobody knows what it holds.
        ("a.gdoc", b"x", ""),
        ("a.url", b"[InternetShortcut]\r\nURL=https://wiki.example.com/p\r\n", " to https://wiki.example.com"),
        ("a.pdf", b"[{000214A0-0000-0000-C000-000000000046}]\nProp3=19,2\n[InternetShortcut]\nURL=https://e.com/p\n", " to https://e.com"),
        ("a.url", &wide("[InternetShortcut]\r\nURL=https://e.com/w\r\n"), " to https://e.com"),
        ("a.webloc", b"<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>URL</key><string>https://e.com/q</string></dict></plist>", " to https://e.com"),
        ("a.webloc", &plist, ""),
        ("a.lnk", b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0", ""),
        ("a.pdf", b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0", ""),
        ("a.desktop", b"[Desktop Entry]\nType=Link\nURL=https://e.com/d\n", " to https://e.com"),
        ("a.pdf", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", ""),
        ("a.txt", b"https://wiki.example.com/encryption\n", " to https://wiki.example.com"),
        ("a.md", b"[Encryption policy](https://wiki.example.com/e)\n", " to https://wiki.example.com"),
        ("a.html", b"<html><head><meta http-equiv=\"refresh\" content=\"0; url=https://e.com/m\"></head></html>", " to https://e.com"),
        // What opens a document to whoever holds it is told to nobody.
        ("a.url", b"[InternetShortcut]\nURL=https://joe:planted@drive.example.com:8443/x?sig=planted#planted\n", " to https://drive.example.com:8443"),
        ("a.txt", b"https://joe:planted/planted@drive.example.com/x\n", ""),
        ("a.url", b"[InternetShortcut]\nURL=data:text/plain,planted\n", ""),
        ("a.url", b"[InternetShortcut]\nURL=file:///srv/policies/access.pdf\n", " to file:///srv/policies/access.pdf"),
    ] {
        let found = holding(name, bytes);
        let reason = format!("{name} is a link{target}: a person has to open it, and no digest fixes what was there");
        assert_eq!((found.status, found.reasons), (Status::Manual, vec![reason]));
        assert_eq!((found.sha256, found.there), (None, true), "the digest of a pointer is not the document's");
    }
}

#[test]
fn nothing_is_answered_by_a_file_that_is_empty_or_absent() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, what) in [
        ("a.pdf", Some(b"".as_slice()), "a.pdf is empty"),
        ("a.gdoc", Some(b"".as_slice()), "a.gdoc is empty"),
        ("a.md", Some(b"\xef\xbb\xbf \r\n\t\n"), "a.md holds nothing but blanks"),
        ("a.csv", Some(&wide(" \n")), "a.csv holds nothing but blanks"),
        ("a.xlsx", Some(&[0; 2000]), "a.xlsx holds nothing but zeros"),
        ("a.zip", Some(&zip(&[])), "a.zip is an archive that holds no files"),
        ("none.pdf", None, "none.pdf is not there"),
    ] {
        let path = folder.path().join(name);
        if let Some(bytes) = bytes {
            std::fs::write(path, bytes).unwrap();
        }
        let file = parse(&format!("{FRAME}{}", document("ENC-01", name, APPROVED))).unwrap();
        let rows = register(&file, &default_list(), folder.path(), TODAY);
        let of = || rows.iter().filter(|row| row.request == "ENC-01");
        let row = of().next().unwrap();
        assert_eq!((row.status, row.reasons.as_slice()), (Status::Fail, [what.to_owned()].as_slice()));
        assert_eq!((&row.sha256, row.there, standing(of())), (&None, false, None));
        let said = attestations::register(&file, folder.path(), TODAY);
        let all = statuses(&file, &default_list(), None, &rows, &said, TODAY);
        let status = all.iter().find(|status| status.request.id == "ENC-01").unwrap();
        assert_eq!((status.progress, status.answered_by()), (Progress::Open, Vec::new()));
        assert!(status.reasons.contains(&what.to_owned()), "and why is not lost: {:?}", status.reasons);
    }
    // Beside one that is there, it is a part that lacks.
    let both = document("ENC-01", "a.txt", &format!("{APPROVED}\ntitle = \"A\""))
        + &document("ENC-01", "b.txt", &format!("{APPROVED}\ntitle = \"B\""));
    let rows = register_of(&[("a.txt", b"Policy"), ("b.txt", b"")], &both);
    assert_eq!(standing(rows.iter()), Some(Status::Fail));
}

#[test]
fn one_file_for_several_requests_is_for_a_person() {
    let told = |rows: &[DocumentResult]| -> Vec<(String, Status, String)> {
        rows.iter().map(|row| (row.request.clone(), row.status, row.reasons.join("; "))).collect()
    };
    let pdf = b"%PDF-1.7\n%%EOF\n".as_slice();
    let files = [("a.pdf", pdf), ("b.pdf", pdf), ("c.pdf", b"%PDF-1.7\nother\n%%EOF\n".as_slice())];
    // By what they hold, under one name or two.
    for second in ["a.pdf", "b.pdf"] {
        let rows =
            register_of(&files, &(document("ENC-01", "a.pdf", APPROVED) + &document("INC-01", second, APPROVED)));
        let said = |file: &str, other: &str| {
            format!("{file} is handed over for {other} as well, byte for byte: does it answer each?")
        };
        let mut found = told(&rows);
        found.sort();
        assert_eq!(
            found,
            [
                ("ENC-01".to_owned(), Status::Manual, said("a.pdf", "INC-01")),
                ("INC-01".to_owned(), Status::Manual, said(second, "ENC-01"))
            ]
        );
    }
    let apart = register_of(&files, &(document("ENC-01", "a.pdf", APPROVED) + &document("INC-01", "c.pdf", APPROVED)));
    assert!(apart.iter().all(|row| row.status == Status::Pass), "{apart:?}");
    // Links and empty files are told as such.
    let empty = [("a.pdf", b"".as_slice()), ("b.pdf", b"".as_slice())];
    let rows = register_of(&empty, &(document("ENC-01", "a.pdf", APPROVED) + &document("INC-01", "b.pdf", APPROVED)));
    assert!(rows.iter().all(|row| row.reasons.len() == 1), "{rows:?}");
    // An auditor's own request takes the documents of the standard one: that is one document.
    let own = "[[requests]]\nid = \"A-1\"\ntext = \"Encryption policy\"\ncriteria = [\"CC6.1\"]\nnature = \"policy\"\nstandard = [\"ENC-01\"]\n";
    let rows = register_of(&files, &(own.to_owned() + &document("ENC-01", "a.pdf", APPROVED)));
    assert!(rows.iter().all(|row| row.status == Status::Pass) && !rows.is_empty(), "{rows:?}");
}

#[test]
fn a_copy_answers_for_one_quarter_and_not_for_two() {
    let review = |file: &str, quarter: &str| {
        document("IAM-12", file, &format!("approved = 2026-09-30\non = 2026-09-30\noccurrence = \"{quarter}\""))
    };
    let same = [("q2.csv", b"user\nbob\n".as_slice()), ("q3.csv", b"user\nbob\n".as_slice())];
    let every = "[[requests]]\nid = \"IAM-12\"\nevery = \"quarter\"\n";
    let (first, second) =
        (review("q2.csv", "2026-Q3"), review("q3.csv", "2026-Q4").replace("2026-09-30", "2026-11-20"));
    let rows = register_of(&same, &format!("{every}{first}{second}"));
    let reasons: Vec<(Status, &str)> = rows.iter().map(|row| (row.status, row.reasons[0].as_str())).collect();
    assert_eq!(
        reasons,
        [
            (Status::Manual, "q2.csv is the same as q3.csv, byte for byte: which of them is it?"),
            (Status::Manual, "q3.csv is the same as q2.csv, byte for byte: which of them is it?")
        ]
    );
    // One file that is said to hold both quarters is a person's word.
    let rows = register_of(&same, &format!("{every}{first}{}", second.replace("q3.csv", "q2.csv")));
    assert!(rows.iter().all(|row| row.status == Status::Pass), "{rows:?}");
}

#[test]
fn what_was_in_force_before_it_was_approved_is_for_a_person() {
    let late = "approved = 2026-11-01\neffective = 2026-06-01";
    let said = "in force since 2026-06-01, and approved on 2026-11-01 only: who had approved it before?";
    let files = [("a.pdf", b"%PDF-1.7\n%%EOF\n".as_slice())];
    let policy = register_of(&files, &document("ENC-01", "a.pdf", late)).remove(0);
    assert_eq!((policy.status, policy.reasons), (Status::Manual, vec![said.to_owned()]));
    // Nor does it pass where nobody said what a request asks for, or what the report is on.
    let own = "[[requests]]\nid = \"A-1\"\ntext = \"Encryption\"\ncriteria = [\"CC6.1\"]\n";
    let unsaid = register_of(&files, &(own.to_owned() + &document("A-1", "a.pdf", late))).remove(0);
    assert!(unsaid.status == Status::Manual && unsaid.reasons.contains(&said.to_owned()), "{unsaid:?}");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.pdf"), "%PDF-1.7\n%%EOF\n").unwrap();
    let people = FRAME.split_once("[[people]]").unwrap().1;
    let file = parse(&format!("[[people]]{people}{}", document("ENC-01", "a.pdf", late))).unwrap();
    let rows = register(&file, &default_list(), folder.path(), TODAY);
    let row = rows.iter().find(|row| row.request == "ENC-01").unwrap();
    assert_eq!((row.status, row.reasons.as_slice()), (Status::Manual, [said.to_owned()].as_slice()));
    // What was approved before the period began is no matter of it.
    let before = "approved = 2026-06-20\neffective = 2026-06-01";
    assert_eq!(register_of(&files, &document("ENC-01", "a.pdf", before)).remove(0).status, Status::Pass);
}

#[test]
fn a_folder_proposes_no_file_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("acme.cloud")).unwrap();
    for (name, bytes) in [
        ("Encryption policy.pdf", b"".as_slice()),
        ("Incident response plan.gdoc", b"{\"doc_id\": \"1\"}"),
        ("Business continuity plan.txt", b"https://wiki.example.com/bcp"),
        ("Access control policy.pdf", SIGN_IN.as_bytes()),
        ("acme.cloud/Vendor register.csv", b"vendor\nAWS\n"),
    ] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let found = match_folder(folder.path(), &default_list(), &Engagement::default()).unwrap();
    let files: Vec<&str> = found.matched.iter().map(|one| one.file.as_str()).collect();
    assert_eq!(files, ["acme.cloud/Vendor register.csv"]);
    let why: Vec<(&str, &str)> = found.unmatched.iter().map(|(file, why)| (file.as_str(), why.as_str())).collect();
    assert_eq!(
        why,
        [
            (
                "Access control policy.pdf",
                "is named .pdf and is a web page (HTML): it looks like a sign-in page (`sign in - google accounts`): put the document itself there"
            ),
            ("Business continuity plan.txt", "is a link to https://wiki.example.com: put the document itself there"),
            ("Encryption policy.pdf", "is empty"),
            ("Incident response plan.gdoc", "is a shortcut: put the file itself into the folder"),
        ]
    );
}
