//! What stands inside a document: a PDF that is cut off or locked, pages without a word.

use std::io::{Cursor, Write as _};

use jiff::civil::date;
use kickoff_checks::Status;
use zip::write::SimpleFileOptions;

use super::*;
use crate::documents::{DocumentResult, register};
use crate::requests::default_list;

const FRAME: &str = "[report]\ntype = \"type-2\"\nfrom = 2026-07-01\nto = 2026-12-31\n[[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = \"CTO\"\n";

/// How a policy stands whose file has a name and bytes.
fn holding(name: &str, bytes: &[u8]) -> DocumentResult {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    let entry = format!(
        "[[documents]]\nrequest = \"ENC-01\"\nowner = \"ana\"\nfile = '{name}'\napprover = \"ana\"\nversion = \"1\"\napproved = 2026-06-01\neffective = 2026-06-01\n"
    );
    let file = parse(&format!("{FRAME}{entry}")).unwrap();
    let rows = register(&file, &default_list(), folder.path(), date(2026, 11, 30));
    rows.into_iter().find(|row| row.entered).unwrap()
}

fn passes(name: &str, bytes: &[u8]) {
    let found = holding(name, bytes);
    assert_eq!((found.status, found.reasons), (Status::Pass, Vec::new()), "{name}");
}

fn for_a_person(name: &str, bytes: &[u8], what: &str) {
    let found = holding(name, bytes);
    assert_eq!(
        (found.status, found.reasons),
        (Status::Manual, vec![format!("{name} {what}: a person has to open it")])
    );
    assert!(found.sha256.is_some(), "its digest says which file it was");
}

/// A small PDF; `more` stands in its trailer.
fn pdf(more: &str) -> Vec<u8> {
    let body = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n";
    let table = "xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \n";
    format!("{body}{table}trailer\n<< /Size 3 /Root 1 0 R {more}>>\nstartxref\n{}\n%%EOF\n", body.len()).into_bytes()
}

/// A PDF whose list of parts is a stream, far from the end, with its dictionary in the clear.
fn with_stream(more: &str) -> Vec<u8> {
    let mut made = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n".to_vec();
    let at = made.len();
    made.extend(format!("7 0 obj\n<< /Type /XRef /Size 8 /Root 1 0 R {more}/Length 200000 >>\nstream\n").bytes());
    made.extend(std::iter::repeat_n(b'\x9c', 200_000));
    made.extend(format!("\nendstream\nendobj\nstartxref\n{at}\n%%EOF").bytes());
    made
}

#[test]
fn a_pdf_that_asks_for_a_password_or_lacks_its_end_is_for_a_person() {
    let locked = "is a PDF that is encrypted: it asks for a password, or keeps readers from its words";
    let cut = "is a PDF whose end is missing: it was cut off";
    passes("a.pdf", &pdf(""));
    passes("a.pdf", &with_stream(""));
    // A mail program or a scanner may put blanks or zeros behind the end.
    passes("a.pdf", &[pdf(""), vec![0; 5000], b"\r\n\r\n".to_vec()].concat());
    // What is said of metadata, and a word of its text, lock nothing.
    passes("a.pdf", &pdf("/EncryptMetadata true "));
    passes("a.pdf", &[b"%PDF-1.4\n% (/Encrypt all disks)\n".as_slice(), &pdf("")[9..]].concat());
    for bytes in [
        pdf("/Encrypt 12 0 R "),
        pdf("/Encrypt\r\n12\n0\nR"),
        pdf("/Encrypt<</Filter/Standard/V 4>>"),
        with_stream("/Encrypt 5 0 R "),
        // Changed once more, with its end twice.
        [pdf(""), pdf("/Encrypt 3 0 R ")].concat(),
    ] {
        for_a_person("a.pdf", &bytes, locked);
    }
    let whole = with_stream("");
    for end in [whole.len() - 6, whole.len() / 2, 20] {
        for_a_person("a.pdf", &whole[..end], cut);
    }
    // One that is made for the web has a mark of an end in its beginning.
    let web = [b"%PDF-1.7\n%%EOF\n".as_slice(), &vec![b'\x9c'; 100_000]].concat();
    for_a_person("a.pdf", &web, cut);
    for_a_person("a.pdf", b"%PDF-1.7\nstartxref\n99999999999999999999999\n", cut);
    passes("a.pdf", b"%PDF-1.7\nstartxref\n99999999999999999999999\n%%EOF");
}

/// A document of Office with parts.
fn office(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("[Content_Types].xml", "<Types/>")].iter().chain(parts) {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn word(body: &str) -> Vec<u8> {
    office(&[
        ("word/document.xml", &format!("<w:document xmlns:w=\"w\"><w:body>{body}<w:sectPr/></w:body></w:document>")),
        ("word/styles.xml", "<w:styles><w:name w:val=\"Heading\"/></w:styles>"),
        ("word/header1.xml", "<w:hdr><w:p><w:r><w:t>ACME, confidential</w:t></w:r></w:p></w:hdr>"),
    ])
}

fn book(rows: &str) -> Vec<u8> {
    let sheet = |rows: &str| format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    office(&[
        ("xl/workbook.xml", "<workbook><sheets><sheet name=\"A\"/></sheets></workbook>"),
        ("xl/worksheets/sheet1.xml", &sheet("")),
        ("xl/worksheets/sheet2.xml", &sheet(rows)),
        ("xl/styles.xml", "<styleSheet><t>x</t></styleSheet>"),
    ])
}

#[test]
fn pages_without_a_word_are_for_a_person() {
    passes("a.docx", &word("<w:p><w:r><w:t>Policy</w:t></w:r></w:p>"));
    passes("a.docx", &word("<w:p><w:r><w:t>&#167;</w:t></w:r></w:p>"));
    for body in
        ["", "<w:p/>", "<w:p><w:r><w:t xml:space=\"preserve\">  \n</w:t></w:r></w:p>", "<w:p><w:r><w:br/></w:r></w:p>"]
    {
        for_a_person("a.docx", &word(body), "is a document of Word without a word in it");
    }
    passes("a.xlsx", &book("<row r=\"9\"><c r=\"A9\"><v>0</v></c></row>"));
    passes("a.xlsx", &book("<row r=\"9\"><c r=\"A9\" t=\"inlineStr\"><is><t>x</t></is></c></row>"));
    for rows in ["", "<row r=\"1\" ht=\"30\"/>", "<row r=\"1\"><c r=\"A1\" s=\"3\"/><c r=\"B1\"><v></v></c></row>"] {
        for_a_person("a.xlsx", &book(rows), "is a workbook without a filled cell");
    }
    let slides = |text: &str| office(&[("ppt/presentation.xml", "<p/>"), ("ppt/slides/slide1.xml", text)]);
    passes("a.pptx", &slides("<p:sld><a:t>Training</a:t></p:sld>"));
    for_a_person("a.pptx", &slides("<p:sld><a:t></a:t></p:sld>"), "is a presentation without a word on its slides");
    // What cannot be read to its end is not called blank.
    passes("a.xlsx", &book("<row><c>"));
}

#[test]
fn a_picture_is_what_shows_a_picture() {
    let scan = word("<w:p><w:r><w:drawing><pic:pic/></w:drawing></w:r></w:p>");
    let found = holding("a.docx", &scan);
    assert_eq!((found.status, found.picture), (Status::Pass, true));
    assert!(!holding("a.docx", &word("<w:p><w:drawing/><w:t>Figure 1</w:t></w:p>")).picture);
    assert!(holding("screen", b"\x89PNG\r\n\x1a\n\0\0").picture);
    assert!(!holding("a.png", b"plain words").picture);
}

#[test]
fn an_archive_that_is_locked_is_for_a_person() {
    let mut bytes = office(&[("a.txt", "x")]);
    // The mark of encryption in each entry of the list.
    let at: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, at)| *at == b"PK\x01\x02").map(|(at, _)| at).collect();
    at.iter().for_each(|at| bytes[at + 8] |= 1);
    for_a_person("a.zip", &bytes, "is named .zip and is a ZIP archive that is protected by a password");
}
