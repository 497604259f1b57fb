//! Writes a register as CSV and as a workbook, so that it comes back as it went.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use super::entries::section;
use super::kinds::{Field, Kind};
use super::{Register, SECRET};
use crate::cells::csv_line;

/// A column of a register.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The key of kickoff.toml.
    pub key: &'static str,
    /// Its head.
    pub head: String,
    /// How wide it is in a workbook.
    pub width: f64,
    /// It says what an entry is about.
    pub is_main: bool,
}

/// A register as a table of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What it is called.
    pub name: &'static str,
    /// Its columns.
    pub columns: Vec<Column>,
    /// A row for each entry.
    pub rows: Vec<Vec<String>>,
}

/// The register of a text of kickoff.toml as a table: all keys, but for what is handed to nobody.
///
/// # Errors
/// The text is no TOML.
pub fn table(register: &Register, text: &str) -> Result<Table, String> {
    let section = section(text, register.section)?;
    let fields: Vec<Field> = register.fields().into_iter().filter(|field| !SECRET.contains(&field.key)).collect();
    let rows = section.entries.iter().map(|entry| fields.iter().map(|field| entry.cell(field.key)).collect());
    Ok(Table {
        name: register.name,
        columns: fields
            .iter()
            .map(|field| Column {
                key: field.key,
                head: field.head(),
                width: width(field),
                is_main: field.key == register.main,
            })
            .collect(),
        rows: rows.collect(),
    })
}

fn width(field: &Field) -> f64 {
    match (&field.kind, field.key) {
        (_, "id") => 14.0,
        (Kind::Text, _) if field.required => 36.0,
        (Kind::Text, "treatment" | "note" | "reason" | "service") => 30.0,
        (Kind::Text, _) => 18.0,
        (Kind::Number(..) | Kind::Figure | Kind::Flag, _) => 11.0,
        (Kind::Day | Kind::Word(_), _) => 12.0,
        (Kind::Person | Kind::Account, _) => 15.0,
        (Kind::List | Kind::Criteria | Kind::Accounts, _) => 20.0,
    }
}

impl Table {
    /// As CSV. What a spreadsheet would take for a formula has an apostrophe before it.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let heads = csv_line(self.columns.iter().map(|column| &column.head));
        self.rows.iter().fold(heads, |text, row| text + &csv_line(row))
    }

    /// As a workbook: one sheet, its first row and column frozen, filters on, landscape; text and nothing else.
    ///
    /// # Errors
    /// A cell is longer than a workbook allows: 32,767 characters.
    pub fn to_xlsx(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let head = Format::new().set_bold().set_border_bottom(FormatBorder::Thin).set_text_wrap();
        let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_num_format("@");
        let sheet = book.add_worksheet();
        let mut name = self.name.to_owned();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        sheet.set_name(name)?;
        sheet.set_freeze_panes(1, 1)?;
        sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
        for (at, column) in (0_u16..).zip(&self.columns) {
            sheet.write_string_with_format(0, at, &column.head, &head)?;
            sheet.set_column_width(at, column.width)?;
        }
        let mut last = 0;
        for (row, cells) in (1_u32..).zip(&self.rows) {
            for (column, cell) in (0_u16..).zip(cells) {
                sheet.write_string_with_format(row, column, cell, &wrapped)?;
            }
            last = row;
        }
        let columns = u16::try_from(self.columns.len()).unwrap_or(1);
        sheet.autofilter(0, 0, last, columns.saturating_sub(1))?;
        book.save_to_buffer()
    }
}
