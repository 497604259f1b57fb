//! Writes the list with its status, as CSV and as a workbook.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use super::back::Back;
use super::status::RequestStatus;
use crate::cells::csv_line;
use crate::printed;

/// The columns that are read back. The entity and `standard`, which are read too, are not among them: earlier lists have none.
pub(super) const READ: [&str; 9] = ["id", "area", "text", "criteria", "kind", "report", "owner", "due", "checks"];

/// So many columns are printed: those that people talk about. The others stand beside them on the screen.
const PRINTED: usize = 11;

/// How many columns there are.
const ALL: usize = 22;

/// The columns, with their widths in a workbook.
const COLUMNS: [(&str, f64); ALL] = [
    ("id", 11.0),
    ("area", 12.0),
    ("text", 38.0),
    (ENTITY, 13.0),
    ("criteria", 11.0),
    ("owner", 12.0),
    ("due", 11.0),
    ("progress", 11.0),
    ("document", 14.0),
    ("reasons", 24.0),
    ("note", 10.0),
    ("kind", 14.0),
    ("report", 9.0),
    ("checks", 30.0),
    ("standard", 12.0),
    ("answered by", 22.0),
    ("answered by the run", 18.0),
    ("evidence", 24.0),
    // The auditor's: what was said is there, and what is to be said goes there.
    ("auditor status", 14.0),
    ("auditor comment", 40.0),
    ("auditor date", 12.0),
    ("auditor", 14.0),
];

/// The column that only a list for several entities has.
const ENTITY: &str = "entity";

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
        words(ENTITY),
        request.all_criteria().join("; "),
        status.owner.clone().unwrap_or_else(|| words("owner")),
        status.due_text(),
        status.progress.name().to_owned(),
        status.document.clone().unwrap_or_default(),
        status.reasons.join("; "),
        status.note.clone().unwrap_or_default(),
        request.kind.map_or_else(|| words("kind"), |kind| kind.name().to_owned()),
        request.words("report").unwrap_or(if request.period_only { "type-2" } else { "both" }).to_owned(),
        if request.checks.is_empty() { words("checks") } else { request.checks.join("; ") },
        request.standard.join("; "),
        status.answered_by().iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        status.answer.answered.name().to_owned(),
        status.answer.evidence.join("; "),
        back.map(|said| {
            said.word.clone().or_else(|| said.state.map(|state| state.words().to_owned())).unwrap_or_default()
        })
        .unwrap_or_default(),
        said(back.and_then(|said| said.comment.as_ref())),
        back.map(|said| said.on.to_string()).unwrap_or_default(),
        said(back.and_then(|said| said.by.as_ref())),
    ]
}

/// The places of the columns that a list has: that of entities only where some request names one.
fn shown(list: &[RequestStatus]) -> Vec<usize> {
    let several = list.iter().any(|status| status.request.words(ENTITY).is_some());
    (0..COLUMNS.len()).filter(|at| several || COLUMNS[*at].0 != ENTITY).collect()
}

/// The names of the columns.
#[must_use]
pub fn heads() -> [&'static str; ALL] {
    COLUMNS.map(|(name, _)| name)
}

/// The list as CSV. What a spreadsheet would take for a formula has an apostrophe before it.
#[must_use]
pub fn to_csv(list: &[RequestStatus]) -> String {
    let shown = shown(list);
    let line = |cells: &[String]| csv_line(shown.iter().filter_map(|at| cells.get(*at)));
    let mut text = line(&heads().map(str::to_owned));
    for status in list {
        text.push_str(&line(&cells(status)));
    }
    text
}

/// The list as a workbook: one sheet, the first row frozen, filters on; text and nothing else. Printed, a request is one row
/// of a lying page, under its heads, in letters of eight points at least.
///
/// # Errors
/// A cell is longer than a workbook allows.
pub fn to_xlsx(list: &[RequestStatus]) -> Result<Vec<u8>, XlsxError> {
    let shown: Vec<(usize, f64)> = shown(list).into_iter().map(|at| (at, COLUMNS[at].1)).collect();
    let mut book = Workbook::new();
    let base = Format::new().set_font_size(printed::SIZE).set_text_wrap().set_align(FormatAlign::Top);
    let head = base.clone().set_bold().set_border_bottom(FormatBorder::Medium);
    let cell = base.set_border_bottom(FormatBorder::Hair);
    let sheet = book.add_worksheet();
    sheet.set_name("Requests")?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, (at, width)) in (0_u16..).zip(&shown) {
        sheet.write_string_with_format(0, column, COLUMNS[*at].0, &head)?;
        sheet.set_column_width(column, *width)?;
    }
    let mut last = 0;
    for (row, status) in (1_u32..).zip(list) {
        let cells = cells(status);
        // A row is as high as the columns that are printed: others do not blow it up.
        let printed_cells = shown.iter().filter(|(at, _)| *at < PRINTED);
        let lines = printed_cells.map(|(at, width)| printed::lines(&cells[*at], *width)).max();
        sheet.set_row_height(row, printed::height(lines.unwrap_or(1)))?;
        for (column, (at, _)) in (0_u16..).zip(&shown) {
            sheet.write_string_with_format(row, column, &cells[*at], &cell)?;
        }
        last = row;
    }
    let right = |columns: usize| u16::try_from(columns.max(1) - 1).unwrap_or(u16::MAX);
    let across = shown.iter().filter(|(at, _)| *at < PRINTED).count();
    sheet.autofilter(0, 0, last, right(shown.len()))?;
    sheet.set_landscape().set_paper_size(printed::PAPER).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    sheet.set_print_area(0, 0, last, right(across))?;
    sheet.set_margins(printed::MARGIN, printed::MARGIN, 0.6, 0.6, 0.3, 0.3);
    sheet.set_header("&L&8Requests").set_footer("&R&8Page &P of &N");
    book.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_can_be_read() {
        assert!(printed::fits(COLUMNS[..PRINTED].iter().map(|(_, width)| *width)));
        assert!(READ.iter().all(|head| heads().contains(head)));
    }
}
