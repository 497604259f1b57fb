//! Small files that ask for much: they are refused with what is wrong, or read within bounds.

use std::io::{Cursor, Read as _, Write as _};

use rust_xlsxwriter::Workbook;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::*;
use crate::requests::{ListOptions, Listed, from_bytes};

/// A workbook with a list of two requests in which a part is another one.
fn with(part: &str, change: impl Fn(&str) -> String) -> Result<Listed, String> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip([["ID", "Request"], ["1", "Org chart"], ["2", "Board minutes"]]) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    let mut whole = ZipArchive::new(Cursor::new(book.save_to_buffer().unwrap())).unwrap();
    let mut other = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..whole.len() {
        let mut file = whole.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        let text = if name == part { change(&text) } else { text };
        other.start_file(name, SimpleFileOptions::default()).unwrap();
        other.write_all(text.as_bytes()).unwrap();
    }
    let bytes = other.finish().unwrap().into_inner();
    assert!(bytes.len() < 1 << 20, "the file itself is small: {}", bytes.len());
    from_bytes(Path::new("pbc.xlsx"), &bytes, &ListOptions::default()).map_err(|error| error.to_string())
}

const SHEET: &str = "xl/worksheets/sheet1.xml";
const TEXTS: &str = "xl/sharedStrings.xml";
const STYLES: &str = "xl/styles.xml";

#[test]
fn small_files_that_unpack_to_more_than_a_list_are_refused() {
    let before = |end: &'static str, more: String| {
        move |text: &str| {
            assert!(text.contains(end), "{text}");
            text.replacen(end, &format!("{more}{end}"), 1)
        }
    };
    let long = "x".repeat(2 << 20);
    let (many, deep) = (1_100_000, 100);
    for (part, end, more, wrong) in [
        (TEXTS, "</sst>", "<si/>".repeat(many), "cannot be read: it has more texts, or longer ones, than a list"),
        (
            TEXTS,
            "</sst>",
            format!("<si><t>{long}</t></si>"),
            "cannot be read: a text of it is longer than any of a list",
        ),
        (TEXTS, "</sst>", format!("<si a=\"{long}\"/>"), "a text of it is longer than any of a list"),
        (STYLES, "</cellXfs>", "<xf/>".repeat(many), "cannot be read: a part of it has more elements"),
        (STYLES, "</cellXfs>", "<a>".repeat(deep), "cannot be read: a part of it has more elements"),
        (SHEET, "</worksheet>", format!("<f>{long}</f>"), "cannot be read: a text of it is longer than any of a list"),
        (SHEET, "<sheetData>", "<col min=\"1\" max=\"200\" hidden=\"1\"/>".repeat(20_000), "says more of its columns"),
        (SHEET, "</worksheet>", "<mergeCell ref=\"A1:B1\"/>".repeat(200_000), "it has more merged cells than a list"),
        (
            "xl/workbook.xml",
            "</sheets>",
            "<sheet name=\"a\" sheetId=\"1\" r:id=\"rId1\"/>".repeat(1000),
            "has more than 1000 sheets",
        ),
    ] {
        let error = with(part, before(end, more)).unwrap_err();
        assert!(error.starts_with("pbc.xlsx") && error.contains(wrong), "{error}");
    }
}

#[test]
fn cells_that_repeat_a_long_text_are_refused_before_they_are_many() {
    // The text of an inline cell reaches down over all rows; a shared one stands in each.
    let rows = |cell: &str| (4..20_000).map(|row| format!("<row r=\"{row}\">{cell}</row>")).collect::<String>();
    let long = "x".repeat(30_000);
    let shared = |text: &str| text.replacen("Org chart", &long, 1);
    assert!(with(TEXTS, shared).is_ok(), "once it may stand there");
    let inline = format!("<c t=\"inlineStr\" r=\"C4\"><is><t>{long}</t></is></c>");
    let merged = format!(
        "{}</sheetData><mergeCells><mergeCell ref=\"C4:C19999\"/></mergeCells>",
        rows("<c t=\"str\" r=\"A1\"><v>1</v></c>").replacen("</row>", &format!("{inline}</row>"), 1)
    );
    let error = with(SHEET, |text| text.replacen("</sheetData>", &merged, 1)).unwrap_err();
    assert!(error.contains("sheet `Sheet1`: cannot be read: it holds more than a list does"), "{error}");
    // Merged cells that lie upon each other ask for the same rows again and again.
    let upon = format!(
        "{}</sheetData>{}",
        rows("<c t=\"str\" r=\"A1\"><v>1</v></c>"),
        "<mergeCell ref=\"A4:A19999\"/>".repeat(300)
    );
    let error = with(SHEET, |text| text.replacen("</sheetData>", &upon, 1)).unwrap_err();
    assert!(error.contains("its merged cells lie upon each other"), "{error}");
    // Wide rows with nothing but a last cell, and one cell named again and again, are read within bounds.
    let wide = rows("<c t=\"str\" r=\"GR1\"><v>last</v></c>");
    assert!(with(SHEET, |text| text.replacen("</sheetData>", &format!("{wide}</sheetData>"), 1)).is_ok());
    let again = format!("<row r=\"4\">{}</row></sheetData>", "<c r=\"C4\"><f>A1</f></c>".repeat(50_000));
    assert_eq!(with(SHEET, |text| text.replacen("</sheetData>", &again, 1)).unwrap().requests.len(), 2);
}

#[test]
fn long_lists_with_ids_that_repeat_and_words_for_checks_are_read() {
    // Each row held against each other would take minutes.
    let mut text = "id,text,checks\n".to_owned();
    (0..4_000).for_each(|row| text.push_str(&format!("1,Request of row {row},Walkthrough\n")));
    let list = from_bytes(Path::new("pbc.csv"), text.as_bytes(), &ListOptions::default()).unwrap();
    assert_eq!((list.requests.len(), list.requests[3_999].id.as_str()), (4_000, "1 (4000)"));
}
