//! Writes the list with its status, as CSV and as a workbook.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use super::status::RequestStatus;
use crate::cells::csv_line;

/// So many columns a list that comes back has to have: the first. `standard` is read where it is there.
pub(super) const READ: usize = 9;

/// The columns, with their widths in a workbook.
const COLUMNS: [(&str, f64); 17] = [
    ("id", 10.0),
    ("area", 14.0),
    ("text", 60.0),
    ("criteria", 18.0),
    ("kind", 14.0),
    ("report", 9.0),
    ("owner", 14.0),
    ("due", 12.0),
    ("checks", 30.0),
    ("standard", 12.0),
    ("progress", 16.0),
    ("answered by", 22.0),
    ("answered by the run", 18.0),
    ("evidence", 24.0),
    ("document", 24.0),
    ("reasons", 50.0),
    ("note", 30.0),
];

/// The cells of a request, a cell for each column.
#[must_use]
pub fn cells(status: &RequestStatus) -> [String; 17] {
    let request = &status.request;
    let words = |column: &str| request.words(column).unwrap_or_default().to_owned();
    [
        request.id.clone(),
        request.area.clone(),
        request.text.clone(),
        request.all_criteria().join("; "),
        request.kind.map_or_else(|| words("kind"), |kind| kind.name().to_owned()),
        request.words("report").unwrap_or(if request.period_only { "type-2" } else { "both" }).to_owned(),
        status.owner.clone().unwrap_or_else(|| words("owner")),
        status.due_text(),
        if request.checks.is_empty() { words("checks") } else { request.checks.join("; ") },
        request.standard.join("; "),
        status.progress.name().to_owned(),
        status.answered_by().iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        status.answer.answered.name().to_owned(),
        status.answer.evidence.join("; "),
        status.document.clone().unwrap_or_default(),
        status.reasons.join("; "),
        status.note.clone().unwrap_or_default(),
    ]
}

/// The names of the columns.
#[must_use]
pub fn heads() -> [&'static str; 17] {
    COLUMNS.map(|(name, _)| name)
}

/// The list as CSV. What a spreadsheet would take for a formula has an apostrophe before it.
#[must_use]
pub fn to_csv(list: &[RequestStatus]) -> String {
    let mut text = csv_line(&heads().map(str::to_owned));
    for status in list {
        text.push_str(&csv_line(&cells(status)));
    }
    text
}

/// The list as a workbook: one sheet, the first row frozen, filters on; text and nothing else.
///
/// # Errors
/// A cell is longer than a workbook allows.
pub fn to_xlsx(list: &[RequestStatus]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let head = Format::new().set_bold().set_border_bottom(FormatBorder::Thin);
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let sheet = book.add_worksheet();
    sheet.set_name("Requests")?;
    sheet.set_freeze_panes(1, 0)?;
    // Printed, a request is one line of a wide page, under its heads.
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    for (column, (name, width)) in (0_u16..).zip(COLUMNS) {
        sheet.write_string_with_format(0, column, name, &head)?;
        sheet.set_column_width(column, width)?;
    }
    let mut last = 0;
    for (row, status) in (1_u32..).zip(list) {
        for (column, cell) in (0_u16..).zip(cells(status)) {
            sheet.write_string_with_format(row, column, cell, &wrapped)?;
        }
        last = row;
    }
    let columns = u16::try_from(COLUMNS.len()).unwrap_or(1);
    sheet.autofilter(0, 0, last, columns - 1)?;
    book.save_to_buffer()
}
