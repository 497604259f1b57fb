//! The findings as a table: what a spreadsheet gets, and which of its columns come back.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use super::FindingResult;
use crate::cells::guarded;
use crate::statements::Finding;

/// The columns that are read back, with their keys in the file and their widths in a workbook.
pub(super) const KEYS: [(&str, &str, f64); 15] = [
    ("id", "id", 10.0),
    ("text", "text", 50.0),
    ("raised", "raised", 12.0),
    ("severity", "severity", 12.0),
    ("criteria", "criteria", 14.0),
    ("controls", "controls", 14.0),
    ("checks", "checks", 26.0),
    ("requests", "requests", 14.0),
    ("owner", "owner", 14.0),
    ("due", "due", 12.0),
    ("response", "response", 40.0),
    ("evidence", "evidence", 26.0),
    ("closed", "closed", 12.0),
    ("closed by", "closed_by", 16.0),
    ("note", "note", 24.0),
];

/// What stands behind them, and is ours to say.
const OURS: [(&str, f64); 3] = [("state", 10.0), ("against the run", 40.0), ("reasons", 40.0)];

/// How many columns there are.
const ALL: usize = KEYS.len() + OURS.len();

/// The names of the columns.
#[must_use]
pub fn heads() -> [&'static str; ALL] {
    let mut heads = [""; ALL];
    let names = KEYS.iter().map(|(head, ..)| *head).chain(OURS.iter().map(|(head, _)| *head));
    heads.iter_mut().zip(names).for_each(|(head, name)| *head = name);
    heads
}

/// The cells of a finding that are read back.
pub(super) fn own(finding: &Finding) -> [String; KEYS.len()] {
    let some = |text: &Option<String>| text.clone().unwrap_or_default();
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    [
        finding.id.clone(),
        finding.text.clone(),
        finding.raised.to_string(),
        some(&finding.severity),
        finding.criteria.join("; "),
        finding.controls.join("; "),
        finding.checks.join("; "),
        finding.requests.join("; "),
        some(&finding.owner),
        day(finding.due),
        some(&finding.response),
        some(&finding.evidence),
        day(finding.closed),
        some(&finding.closed_by),
        some(&finding.note),
    ]
}

/// The cells of a finding, a cell for each column.
#[must_use]
pub fn cells(result: &FindingResult) -> Vec<String> {
    let ours = [result.state.name().to_owned(), result.against_the_run(), result.reasons.join("; ")];
    own(&result.finding).into_iter().chain(ours).collect()
}

/// The findings as CSV. What a spreadsheet would take for a formula has an apostrophe before it.
#[must_use]
pub fn to_csv(findings: &[FindingResult]) -> String {
    let line = |cells: Vec<String>| {
        let quoted = cells.into_iter().map(|cell| {
            // A reader takes the spaces off before it looks for a formula.
            let cell = guarded(cell.trim());
            if cell.contains([',', ';', '"', '\n', '\r', '\t']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell
            }
        });
        quoted.collect::<Vec<_>>().join(",") + "\r\n"
    };
    let mut text = line(heads().map(str::to_owned).into());
    findings.iter().for_each(|finding| text.push_str(&line(cells(finding))));
    text
}

/// The findings as a workbook: one sheet, the first row frozen, filters on; text and nothing else.
///
/// # Errors
/// A cell is longer than a workbook allows.
pub fn to_xlsx(findings: &[FindingResult]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let head = Format::new().set_bold().set_border_bottom(FormatBorder::Thin);
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let sheet = book.add_worksheet();
    sheet.set_name("Findings")?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    let widths = KEYS.iter().map(|(.., width)| *width).chain(OURS.iter().map(|(_, width)| *width));
    for (column, (name, width)) in (0_u16..).zip(heads().into_iter().zip(widths)) {
        sheet.write_string_with_format(0, column, name, &head)?;
        sheet.set_column_width(column, width)?;
    }
    let mut last = 0;
    for (row, finding) in (1_u32..).zip(findings) {
        for (column, cell) in (0_u16..).zip(cells(finding)) {
            sheet.write_string_with_format(row, column, cell, &wrapped)?;
        }
        last = row;
    }
    let columns = u16::try_from(ALL).unwrap_or(1);
    sheet.autofilter(0, 0, last, columns - 1)?;
    book.save_to_buffer()
}
