//! Cells of sheets: names are foreign, and a spreadsheet runs what it takes for a formula.

/// What a file of CSV begins with, so that a spreadsheet reads it as UTF-8. What is printed for other programs has none.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Whether a spreadsheet takes a cell for a formula: it begins with `=`, `+`, `-`, `@`, a tab or a carriage return.
#[must_use]
pub fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Whether a cell needs an apostrophe: it begins like a formula, or with apostrophes and then like one.
fn needs_guard(cell: &str) -> bool {
    is_formula(cell.trim_start_matches('\''))
}

/// A cell that no spreadsheet takes for a formula: such a one gets an apostrophe in front.
#[must_use]
pub fn guarded(cell: &str) -> String {
    if needs_guard(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// A cell as it was before it was guarded.
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| needs_guard(rest)).unwrap_or(cell)
}

/// A line of CSV: cells that no spreadsheet takes for formulas, in quotes where they need them.
#[must_use]
pub fn csv_line<'a>(cells: impl IntoIterator<Item = &'a String>) -> String {
    let quoted = cells.into_iter().map(|cell| {
        let cell = guarded(cell);
        if cell.contains([',', ';', '"', '\n', '\r', '\t']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell
        }
    });
    quoted.collect::<Vec<_>>().join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_gets_an_apostrophe() {
        for cell in ["=1", "+1", "-1", "@x", "\tx", "\rx"] {
            assert_eq!(guarded(cell), format!("'{cell}"));
        }
        for cell in ["=1", "'=1", "''+1", "'a", "a"] {
            assert_eq!(unguarded(&guarded(cell)), cell);
        }
        assert_eq!(guarded("a=1"), "a=1");
    }
}
