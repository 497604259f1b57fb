//! The few formulas that lists are numbered with, for workbooks that no spreadsheet program has computed.

use jiff::civil::Date;

/// The value of `=ROW()-1`, `=DATE(2026,12,4)`, `="001"`; none for any other formula.
pub(super) fn value(formula: &str, row: u64) -> Option<String> {
    let plain = formula.trim().trim_start_matches('=').trim();
    if let Some(text) = plain.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return (!text.contains('"')).then(|| text.to_owned());
    }
    let plain: String = plain.to_ascii_uppercase().split_whitespace().collect();
    if let Some(rest) = plain.strip_prefix("ROW()") {
        let by: i64 =
            if rest.is_empty() { 0 } else { rest.parse().ok().filter(|_| !rest.starts_with(char::is_numeric))? };
        return i64::try_from(row).ok()?.checked_add(by).map(|number| number.to_string());
    }
    let parts = plain.strip_prefix("DATE(")?.strip_suffix(')')?;
    let parts: Vec<i16> = parts.split(',').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [year, month, day] = parts.as_slice() else { return None };
    let day = Date::new(*year, i8::try_from(*month).ok()?, i8::try_from(*day).ok()?).ok()?;
    Some(day.to_string())
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn numbers_of_rows_days_and_texts_are_computed_and_nothing_else() {
        for (formula, told) in [
            ("=ROW()-1", Some("4")),
            ("ROW()", Some("5")),
            ("=row() + 10", Some("15")),
            ("=DATE(2026,12,4)", Some("2026-12-04")),
            ("=\"007\"", Some("007")),
            ("=DATE(2026,13,4)", None),
            ("=A1+1", None),
            ("=\"a\"&\"b\"", None),
            ("=ROW()5", None),
        ] {
            assert_eq!(value(formula, 5).as_deref(), told, "{formula}");
        }
    }
}
