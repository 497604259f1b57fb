//! A CSV file as other programs write it: its code, its separator, its quotes.

use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::grid::{COLUMNS, ROWS, Row, Table, TableError};
use super::{Known, formula};
use crate::cells::unguarded;

/// In so many lines the separator shows.
const LINES: usize = 30;

/// The text of a file, and the name of its code where that had to be guessed. None where it is text in none.
struct Decoded {
    text: String,
    guessed: Option<&'static str>,
}

/// UTF-8, UTF-16 with or without its mark, or the code of a country, by the letters that stand together in it.
fn decoded(bytes: &[u8]) -> Option<Decoded> {
    let wide = |bytes: &[u8], of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| of([pair[0], pair[1]])).collect();
        String::from_utf16(&units).ok().filter(|_| bytes.len().is_multiple_of(2))
    };
    let said = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => Some(std::str::from_utf8(rest).ok().map(str::to_owned)),
        [0xff, 0xfe, rest @ ..] => Some(wide(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Some(wide(rest, u16::from_be_bytes)),
        // A head in Latin letters has every second byte empty.
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Some(wide(bytes, u16::from_le_bytes)),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => Some(wide(bytes, u16::from_be_bytes)),
        bytes => std::str::from_utf8(bytes).ok().map(|text| Some(text.to_owned())),
    };
    match said {
        Some(text) => text.map(|text| Decoded { text, guessed: None }),
        None => guessed(bytes),
    }
}

/// Text in the code of a country; none where it holds what that code does not have.
fn guessed(bytes: &[u8]) -> Option<Decoded> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let code = detector.guess(None, Utf8Detection::Deny);
    let text = code.decode_without_bom_handling_and_without_replacement(bytes)?.into_owned();
    // The web reads bytes that a code does not have as controls.
    let text = Some(text).filter(|text| !text.contains(|c: char| c == '\0' || ('\u{80}'..='\u{9f}').contains(&c)))?;
    Some(Decoded { text, guessed: Some(code.name()) })
}

/// The code that a file is read in, where it does not say it and it had to be guessed: whoever hands it in is told.
///
/// # Errors
/// The file cannot be read.
pub fn guessed_code(path: &Path) -> Result<Option<&'static str>, TableError> {
    let bytes = super::bytes(path)?;
    let is_text = !bytes.starts_with(b"PK") && !bytes.starts_with(b"\xd0\xcf\x11\xe0");
    Ok(decoded(&bytes).filter(|_| is_text).and_then(|decoded| decoded.guessed))
}

/// The cells of a line, as far as they can be told from it alone.
fn split(line: &str, by: char) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c == by && !quoted => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    cells.push(cell);
    cells
}

/// A comma, a semicolon, a tab or a bar: the one that says most heads in one of the first lines; where none does, whichever
/// the first lines have most of.
fn separator(text: &str, known: Known<'_>) -> char {
    let all = [',', ';', '\t', '|'];
    let lines = || text.split(['\n', '\r']).filter(|line| !line.is_empty()).take(LINES);
    let heads = |by: char| lines().map(|line| known(&split(line, by))).max().unwrap_or_default();
    // Of those that are equal the first wins: the comma.
    let most =
        |score: &dyn Fn(char) -> usize| all.into_iter().rev().max_by_key(|by| score(*by)).filter(|by| score(*by) > 1);
    most(&heads)
        .or_else(|| most(&|by| lines().map(|line| split(line, by).len()).max().unwrap_or_default()))
        .unwrap_or(',')
}

/// The line on which a quoted cell begins that does not end.
fn unclosed(text: &str, by: char) -> Option<u64> {
    let (mut opened, mut line, mut before) = (None, 1, by);
    for c in text.chars() {
        match (c, opened) {
            // A quote within a quoted cell ends it; a second one after it opens it again.
            ('"', Some(_)) => opened = None,
            ('"', None) if before == by || before == '\n' || before == '\r' || before == '"' => opened = Some(line),
            _ => {}
        }
        if c == '\n' {
            line += 1;
        }
        before = c;
    }
    opened
}

/// How many lines end where a record is said to begin: the end of the line before it, of which the reader takes the first half
/// only where it is of two characters, and empty lines.
fn ends(text: &str, byte: u64) -> u64 {
    let from = usize::try_from(byte).ok().and_then(|byte| text.as_bytes().get(byte..)).unwrap_or_default();
    let ends = from.iter().take_while(|byte| [b'\r', b'\n'].contains(byte)).filter(|byte| **byte == b'\n');
    u64::try_from(ends.count()).unwrap_or_default()
}

/// Reads a CSV file; its separator is a comma, a semicolon, a tab or a bar, or the one that its first line names.
pub(crate) fn table(path: &Path, bytes: &[u8], known: Known<'_>) -> Result<Table, TableError> {
    let Some(Decoded { text, .. }) = decoded(bytes) else {
        return Err(TableError::of_file(path, "is text in no code that is read here: save it as CSV in UTF-8"));
    };
    if text.contains('\0') {
        return Err(TableError::of_file(path, "is not text: save the list as .csv or .xlsx"));
    }
    // Some programs say which it is on the first line: `sep=;`.
    let first = text.split(['\n', '\r']).next().unwrap_or_default().trim_matches('"');
    let told = first.to_ascii_lowercase().strip_prefix("sep=").and_then(|rest| rest.chars().next());
    let told = told.filter(|by| by.is_ascii() && !['"', '\r', '\n'].contains(by));
    let by = told.unwrap_or_else(|| separator(&text, known));
    if let Some(row) = unclosed(&text, by) {
        let what = "a quote is opened and not closed: what follows would be taken for one cell";
        return Err(TableError { row: Some(row), ..TableError::of_file(path, what) });
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(u8::try_from(by).unwrap_or(b','))
        .from_reader(text.as_bytes());
    let mut table = Table { path: path.to_owned(), ..Table::default() };
    for (at, record) in reader.records().enumerate() {
        let record = record.map_err(|error| TableError {
            row: error.position().map(csv::Position::line),
            ..TableError::of_file(path, "is not CSV")
        })?;
        if at == 0 && told.is_some() {
            continue;
        }
        let number = record.position().map_or(0, |at| at.line() + ends(&text, at.byte()));
        let mut row = Row { number, ..Row::default() };
        for (column, cell) in record.iter().enumerate().take(COLUMNS) {
            let cell = cell.trim();
            let text = if cell.starts_with('=') {
                formula::value(cell, number).unwrap_or_else(|| {
                    row.unknown.push(column);
                    String::new()
                })
            } else {
                // What a spreadsheet would take for a formula is written with an apostrophe before it.
                unguarded(cell).replace("\r\n", "\n")
            };
            row.put(column, text);
        }
        table.beyond |= record.iter().skip(COLUMNS).any(|cell| !cell.trim().is_empty());
        if row.filled().next().is_none() && row.unknown.is_empty() {
            continue;
        }
        if table.rows.len() >= ROWS {
            table.cut = true;
            break;
        }
        table.rows.push(row);
    }
    Ok(table)
}
