//! What the terminal's tables share: names are foreign, and lines must fit.

use std::borrow::Cow;
use std::io::Write;

use kickoff_engagement::cells::guarded;
use tabled::builder::Builder;
use tabled::settings::Style;

/// What would steer a terminal is not passed on.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// As [`clean`], but for the ends of lines.
pub(crate) fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}

/// A table with columns that share the width; cells are cleaned and wrapped.
pub(crate) fn table<const N: usize>(
    columns: [(&str, usize); N],
    rows: impl Iterator<Item = [String; N]>,
    width: usize,
) -> String {
    let room = width.max(60).saturating_sub(3 * N + 1);
    let shares: usize = columns.iter().map(|(_, share)| share).sum();
    let mut table = Builder::default();
    table.push_record(columns.map(|(head, _)| head));
    for row in rows {
        let cells = row.iter().zip(columns);
        table.push_record(cells.map(|(cell, (_, share))| {
            textwrap::fill(clean_lines(cell).trim_end(), (room * share / shares.max(1)).max(1))
        }));
    }
    format!("{}\n", table.build().with(Style::modern_rounded()))
}

/// So many characters fit into a cell, as Excel counts them: units of UTF-16.
const CELL: usize = 32_767;

/// A text that fits into a cell: a longer one is cut, and says so and where the whole is.
pub(crate) fn fitting<'t>(text: &'t str, whole: &str) -> Cow<'t, str> {
    // No text has more units of UTF-16 than bytes.
    if text.len() <= CELL {
        return Cow::Borrowed(text);
    }
    let units = text.encode_utf16().count();
    if units <= CELL {
        return Cow::Borrowed(text);
    }
    let note = format!(" [cut here, of {units} characters; the whole is in {whole}]");
    Cow::Owned(head(text, CELL - note.len()).to_owned() + &note)
}

/// The beginning of a text, in units of UTF-16.
fn head(text: &str, units: usize) -> &str {
    let mut used = 0;
    for (at, character) in text.char_indices() {
        used += character.len_utf16();
        if used > units {
            return &text[..at];
        }
    }
    text
}

/// Records as CSV (RFC 4180), as [`write_csv`] writes them.
///
/// # Errors
/// The writer of CSV refuses.
pub(crate) fn csv<'h, R: IntoIterator<Item: AsRef<str>>>(
    heads: impl IntoIterator<Item = &'h str>,
    records: impl Iterator<Item = R>,
    whole: &str,
) -> Result<String, csv::Error> {
    let mut bytes = Vec::new();
    write_csv(heads, records, whole, &mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A cell of a CSV file as a spreadsheet takes it whole, and as text.
pub(crate) fn cell_of(text: &str, whole: &str) -> String {
    fitting(&guarded(text), whole).into_owned()
}

/// Writes records as CSV (RFC 4180) one by one: a header, no cell that is a formula, and none that a spreadsheet would break;
/// `whole` is where the whole of a longer one is. Says how many records there are.
///
/// # Errors
/// The writer fails.
pub(crate) fn write_csv<'h, R: IntoIterator<Item: AsRef<str>>>(
    heads: impl IntoIterator<Item = &'h str>,
    records: impl Iterator<Item = R>,
    whole: &str,
    to: &mut dyn Write,
) -> Result<u64, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(to);
    writer.write_record(heads)?;
    let mut count = 0;
    for record in records {
        writer.write_record(record.into_iter().map(|cell| cell_of(cell.as_ref(), whole)))?;
        count += 1;
    }
    writer.flush()?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_longer_than_a_spreadsheet_takes() {
        for long in ["x".repeat(251_083), "é".repeat(40_000), format!("={}", "1".repeat(32_767)), "🎸".repeat(20_000)]
        {
            let cell = cell_of(&long, "60_machine/results.json");
            // A pair of units is not torn.
            assert!((CELL - 1..=CELL).contains(&cell.encode_utf16().count()), "{}", cell.encode_utf16().count());
            assert!(cell.ends_with("; the whole is in 60_machine/results.json]"), "{}", &cell[cell.len() - 90..]);
        }
        assert_eq!(cell_of(&"x".repeat(32_767), "r").len(), 32_767);
    }
}
