//! Writes the list with its status, as CSV and as a workbook.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use super::back::Back;
use super::status::RequestStatus;
use crate::cells::guarded;

/// So many columns can be read back: the first.
pub(super) const READ: usize = 9;

/// How many columns there are.
const ALL: usize = 20;

/// The columns, with their widths in a workbook.
const COLUMNS: [(&str, f64); ALL] = [
    ("id", 10.0),
    ("area", 14.0),
    ("text", 60.0),
    ("criteria", 18.0),
    ("kind", 14.0),
    ("report", 9.0),
    ("owner", 14.0),
    ("due", 12.0),
    ("checks", 30.0),
    ("progress", 16.0),
    ("answered by", 22.0),
    ("answered by the run", 18.0),
    ("evidence", 24.0),
    ("document", 24.0),
    ("reasons", 50.0),
    ("note", 30.0),
    // The auditor's: what was said is there, and what is to be said goes there.
    ("auditor status", 14.0),
    ("auditor comment", 40.0),
    ("auditor date", 12.0),
    ("auditor", 14.0),
];

/// The cells of a request, a cell for each column.
#[must_use]
pub fn cells(status: &RequestStatus) -> [String; ALL] {
    let request = &status.request;
    let words = |column: &str| request.words(column).unwrap_or_default().to_owned();
    let back = status.back.as_ref().and_then(Back::shown);
    let said = |text: Option<&String>| text.cloned().unwrap_or_default();
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
        status.progress.name().to_owned(),
        status.answered_by().iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        status.answer.answered.name().to_owned(),
        status.answer.evidence.join("; "),
        status.document.clone().unwrap_or_default(),
        status.reasons.join("; "),
        status.note.clone().unwrap_or_default(),
        back.map(|said| {
            said.word.clone().or_else(|| said.state.map(|state| state.words().to_owned())).unwrap_or_default()
        })
        .unwrap_or_default(),
        said(back.and_then(|said| said.comment.as_ref())),
        back.map(|said| said.on.to_string()).unwrap_or_default(),
        said(back.and_then(|said| said.by.as_ref())),
    ]
}

/// The names of the columns.
#[must_use]
pub fn heads() -> [&'static str; ALL] {
    COLUMNS.map(|(name, _)| name)
}

/// The list as CSV. What a spreadsheet would take for a formula has an apostrophe before it.
#[must_use]
pub fn to_csv(list: &[RequestStatus]) -> String {
    let line = |cells: Vec<String>| {
        let quoted = cells.into_iter().map(|cell| {
            let cell = guarded(&cell);
            if cell.contains([',', ';', '"', '\n', '\r', '\t']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell
            }
        });
        quoted.collect::<Vec<_>>().join(",") + "\r\n"
    };
    let mut text = line(heads().map(str::to_owned).into());
    for status in list {
        text.push_str(&line(cells(status).into()));
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
