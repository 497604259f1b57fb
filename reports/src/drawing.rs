//! What the terminal's tables share: names are foreign, and lines must fit.

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

/// Records as CSV (RFC 4180), as [`write_csv`] writes them.
///
/// # Errors
/// The writer of CSV refuses.
pub(crate) fn csv<'h, R: IntoIterator<Item: AsRef<str>>>(
    heads: impl IntoIterator<Item = &'h str>,
    records: impl Iterator<Item = R>,
) -> Result<String, csv::Error> {
    let mut bytes = Vec::new();
    write_csv(heads, records, &mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes records as CSV (RFC 4180) one by one: a header, and no cell that is a formula. Says how many records there are.
///
/// # Errors
/// The writer fails.
pub(crate) fn write_csv<'h, R: IntoIterator<Item: AsRef<str>>>(
    heads: impl IntoIterator<Item = &'h str>,
    records: impl Iterator<Item = R>,
    to: &mut dyn Write,
) -> Result<u64, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(to);
    writer.write_record(heads)?;
    let mut count = 0;
    for record in records {
        writer.write_record(record.into_iter().map(|cell| guarded(cell.as_ref())))?;
        count += 1;
    }
    writer.flush()?;
    Ok(count)
}
