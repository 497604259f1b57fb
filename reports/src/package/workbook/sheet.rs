//! How every sheet looks: a frozen header with filters, text that stays text, and a page that stands alone when printed.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use kickoff_engagement::cells::is_formula;
use kickoff_engagement::printed::{SIZE, height, lines};
use kickoff_evidence::count;
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::super::dossier::Frame;
use super::page::set_up;
use crate::drawing::fitting;
use crate::results::Text;

/// So many rows fit under a header.
const ROWS: u32 = 1_048_575;

/// Who fills a column in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// The program.
    Program,
    /// The entity's people.
    People,
    /// The auditor.
    Auditor,
}

/// A column: its head, its width in characters, and who fills it in.
pub(super) type Column = (&'static str, f64, By);

/// A column that the program fills in.
pub(super) const fn col(head: &'static str, width: f64) -> Column {
    (head, width, By::Program)
}

/// A column that is left to the entity's people.
pub(super) const fn people(head: &'static str, width: f64) -> Column {
    (head, width, By::People)
}

/// A column that is left to the auditor.
pub(super) const fn auditor(head: &'static str, width: f64) -> Column {
    (head, width, By::Auditor)
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'a> {
    /// Nothing; in a column that is left to somebody, room for them.
    Empty,
    /// Room for the entity's people in a column that the program fills in.
    Room,
    /// Text, whatever it begins with.
    Text(Cow<'a, str>),
    /// A word of a fixed list, with a colour besides.
    Word(Cow<'a, str>),
    /// A number.
    Number(f64),
    /// A time, as Excel sorts it.
    Time(Timestamp),
    /// A day, as Excel sorts it.
    Day(Date),
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a Text> for Cell<'a> {
    fn from(text: &'a Text) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(cell: Option<T>) -> Self {
        cell.map_or(Self::Empty, Into::into)
    }
}

impl From<u32> for Cell<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<i64> for Cell<'_> {
    /// A number that a cell cannot hold exactly stays a text.
    fn from(number: i64) -> Self {
        i32::try_from(number).map_or_else(|_| number.to_string().into(), |number| Self::Number(number.into()))
    }
}

impl From<u64> for Cell<'_> {
    fn from(number: u64) -> Self {
        u32::try_from(number).map_or_else(|_| number.to_string().into(), Self::from)
    }
}

impl From<usize> for Cell<'_> {
    fn from(number: usize) -> Self {
        u64::try_from(number).map_or_else(|_| number.to_string().into(), Self::from)
    }
}

/// A word of a fixed list.
pub(super) fn word<'a>(word: impl Into<Cow<'a, str>>) -> Cell<'a> {
    Cell::Word(word.into())
}

/// A time of the results, as ISO 8601 says it and as Excel sorts it.
pub(super) fn time(text: &str) -> [Cell<'_>; 2] {
    let sorted = text.parse().map_or(Cell::Empty, Cell::Time);
    [text.into(), sorted]
}

/// A day, as ISO 8601 says it and as Excel sorts it.
pub(super) fn day<'a>(day: Option<Date>) -> [Cell<'a>; 2] {
    [day.map(|day| day.to_string()).into(), day.map_or(Cell::Empty, Cell::Day)]
}

/// Rows of a sheet, made as they are written.
pub(super) type Rows<'a> = Box<dyn Iterator<Item = Vec<Cell<'a>>> + 'a>;

/// A sheet that is to be written.
pub(super) struct Sheet<'a> {
    /// Its columns.
    pub columns: Cow<'a, [Column]>,
    /// Its rows.
    pub rows: Rows<'a>,
    /// Where the whole of a text is that is too long for a cell.
    pub whole: &'static str,
}

impl<'a> Sheet<'a> {
    /// A sheet; nothing where there is no row, so that none is written as an empty shell.
    pub(super) fn new(
        columns: impl Into<Cow<'a, [Column]>>,
        rows: impl Iterator<Item = Vec<Cell<'a>>> + 'a,
        whole: &'static str,
    ) -> Option<Self> {
        let mut rows = rows.peekable();
        rows.peek()?;
        Some(Self { columns: columns.into(), rows: Box::new(rows), whole })
    }
}

/// Colours of words: dark on light, and never without the word.
const COLOURS: [(&[&str], u32, u32); 6] = [
    (&["pass", "tested", "ok", "ties", "complete", "ready", "delivered", "accepted"], 0x0B_5A2B, 0xDF_F2E3),
    (&["fail", "shortfall", "does not tie", "not complete", "critical", "overdue"], 0x8C_1515, 0xFB_E1E1),
    (
        &[
            "not-evaluated",
            "partly",
            "not-tested",
            "denied",
            "throttled",
            "failed",
            "not-collected",
            "contradicted",
            "high",
            "open",
        ],
        0x6B_4300,
        0xFD_EFD0,
    ),
    (&["manual", "proposed", "medium"], 0x14_3F7A, 0xDD_E9F9),
    (&["excluded", "edited"], 0x4E_2A7A, 0xEC_E3F7),
    (
        &[
            "not-applicable",
            "no-population",
            "not-in-scope",
            "absent",
            "region-disabled",
            "not-offered",
            "closed",
            "left-out",
            "not asked",
            "rejected",
            "low",
            "info",
        ],
        0x3D_4450,
        0xE9_ECF0,
    ),
];

/// The formats of all sheets.
pub(super) struct Styles {
    heads: [Format; 3],
    text: Format,
    quoted: Format,
    number: Format,
    time: Format,
    day: Format,
    left: [Format; 3],
    words: [Format; COLOURS.len()],
}

impl Styles {
    pub(super) fn new() -> Self {
        let line = Color::RGB(0xC4_CAD3);
        let base = Format::new().set_font_size(SIZE).set_align(FormatAlign::Top);
        let base = base.set_border_bottom(FormatBorder::Hair).set_border_bottom_color(line);
        let text = base.clone().set_text_wrap().set_align(FormatAlign::Left);
        let head = |fill: u32| {
            let head =
                text.clone().set_bold().set_border_bottom(FormatBorder::Medium).set_border_bottom_color(Color::Black);
            head.set_background_color(Color::RGB(fill)).set_font_color(Color::RGB(0x1B_2430))
        };
        let room = |fill: u32| {
            text.clone().set_background_color(Color::RGB(fill)).set_border(FormatBorder::Hair).set_border_color(line)
        };
        Self {
            heads: [head(0xDC_E1E8), head(0xF6_E7A8), head(0xB9_D6F2)],
            quoted: text.clone().set_quote_prefix(),
            number: base.clone().set_align(FormatAlign::Right).set_indent(1),
            time: text.clone().set_num_format("yyyy-mm-dd hh:mm:ss"),
            day: text.clone().set_num_format("yyyy-mm-dd"),
            left: [text.clone(), room(0xFE_FAE8), room(0xF0_F6FC)],
            words: COLOURS.map(|(_, ink, paper)| {
                text.clone().set_bold().set_font_color(Color::RGB(ink)).set_background_color(Color::RGB(paper))
            }),
            text,
        }
    }

    fn word(&self, word: &str) -> &Format {
        let at = COLOURS.iter().position(|(words, ..)| words.contains(&word));
        at.map_or(&self.text, |at| &self.words[at])
    }
}

/// Writes a sheet, row by row.
pub(super) fn write(
    book: &mut Workbook,
    styles: &Styles,
    frame: &Frame,
    name: &str,
    sheet: Sheet<'_>,
) -> Result<(), XlsxError> {
    let Sheet { columns, rows, whole } = sheet;
    let page = book.add_worksheet_with_low_memory()?;
    page.set_name(name)?;
    set_up(page, frame, columns.iter().map(|(_, width, _)| *width))?;
    for (at, (head, width, by)) in (0_u16..).zip(columns.iter()) {
        page.set_column_width(at, *width)?;
        page.write_string_with_format(0, at, *head, &styles.heads[*by as usize])?;
    }
    let heads = columns.iter().map(|(head, width, _)| lines(head, *width)).max();
    page.set_row_height(0, height(heads.unwrap_or(1)))?;
    let mut last = 0;
    let mut more = 0_u64;
    for row in rows {
        if last == ROWS - 1 {
            more += 1;
            continue;
        }
        last += 1;
        let tallest = columns.iter().zip(&row).map(|((_, width, _), cell)| match cell {
            Cell::Text(text) => lines(text, *width),
            _ => 1,
        });
        // The library keeps what is set for every row; a row of one line has the height of a sheet's rows anyway.
        if tallest.clone().any(|lines| lines > 1) {
            page.set_row_height(last, height(tallest.max().unwrap_or(1)))?;
        }
        for ((at, (.., by)), cell) in (0_u16..).zip(columns.iter()).zip(&row) {
            put(page, styles, (last, at), (*by, cell), whole)?;
        }
    }
    if more > 0 {
        last += 1;
        let note =
            format!("Left out, for a sheet has no room for more: {}. The whole is in {whole}.", count(more, "row"));
        page.write_string_with_format(last, 0, note, &styles.text)?;
    }
    let right = u16::try_from(columns.len()).unwrap_or(1).saturating_sub(1);
    page.autofilter(0, 0, last, right)?;
    Ok(())
}

fn put(
    page: &mut Worksheet,
    styles: &Styles,
    (row, at): (u32, u16),
    (by, cell): (By, &Cell<'_>),
    whole: &str,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => page.write_blank(row, at, &styles.left[by as usize])?,
        Cell::Room => page.write_blank(row, at, &styles.left[By::People as usize])?,
        Cell::Text(text) if text.is_empty() => page.write_blank(row, at, &styles.text)?,
        Cell::Text(text) => {
            let style = if is_formula(text) { &styles.quoted } else { &styles.text };
            page.write_string_with_format(row, at, fitting(text, whole), style)?
        }
        Cell::Word(text) => page.write_string_with_format(row, at, fitting(text, whole), styles.word(text))?,
        Cell::Number(number) => page.write_number_with_format(row, at, *number, &styles.number)?,
        Cell::Time(time) => match ExcelDateTime::from_timestamp(time.as_second()) {
            Ok(time) => page.write_datetime_with_format(row, at, time, &styles.time)?,
            Err(_) => return Ok(()),
        },
        Cell::Day(day) => match excel(*day) {
            Some(day) => page.write_datetime_with_format(row, at, day, &styles.day)?,
            None => return Ok(()),
        },
    };
    Ok(())
}

/// A day as Excel has it; Excel begins with 1900.
fn excel(day: Date) -> Option<ExcelDateTime> {
    let year = u16::try_from(day.year()).ok()?;
    ExcelDateTime::from_ymd(year, u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?).ok()
}
