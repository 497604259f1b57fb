//! What the terminal's tables share: names are foreign, and lines must fit.

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

/// Records as CSV (RFC 4180): a header, and no cell that is a formula.
///
/// # Errors
/// The writer of CSV refuses.
pub(crate) fn csv(
    heads: impl IntoIterator<Item: AsRef<[u8]>>,
    rows: impl IntoIterator<Item: AsRef<[String]>>,
) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(heads)?;
    for row in rows {
        writer.write_record(row.as_ref().iter().map(|cell| guarded(cell)))?;
    }
    let bytes = writer.into_inner().map_err(|e| csv::Error::from(e.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
