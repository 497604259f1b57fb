//! Answers laid out in rows: `data.csv`, for readers who would not open JSON or XML.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kickoff_engagement::cells::guarded;
use kickoff_evidence::tree;
use serde_json::Value;

/// The answers of an item, page after page, as CSV (RFC 4180): a row for each record, a column for each field that any of
/// them has. None where an answer holds no fields at all.
///
/// # Errors
/// The writer of CSV refuses.
pub fn csv<'a>(bodies: impl IntoIterator<Item = &'a [u8]>) -> Result<Option<Vec<u8>>, csv::Error> {
    let mut rows: Vec<BTreeMap<String, String>> = Vec::new();
    let mut columns: Vec<String> = Vec::new();
    for body in bodies {
        let Some(page) = tree(body) else { continue };
        if let Some(report) = credential_report(&page) {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(report.as_slice());
            let records = reader.records().collect::<Result<Vec<_>, _>>()?;
            let mut records = records.iter().map(csv::StringRecord::iter);
            return records.next().map(|heads| written(heads, records)).transpose();
        }
        let mut lists = Vec::new();
        find_lists(&page, "", &mut lists);
        let several = lists.len() > 1;
        let mut add = |list: Option<&str>, record: &Value| {
            let mut row = BTreeMap::new();
            if let Some(list) = list {
                put(&mut row, &mut columns, "List", list.to_owned());
            }
            flatten(record, "", &mut row, &mut columns);
            if !row.is_empty() {
                rows.push(row);
            }
        };
        if lists.is_empty() {
            add(None, &page);
        }
        for (path, records) in lists {
            for record in records {
                add(several.then_some(path.as_str()), record);
            }
        }
    }
    if rows.is_empty() {
        return Ok(None);
    }
    let cells = rows.iter().map(|row| columns.iter().map(|column| row.get(column).map_or("", String::as_str)));
    Ok(Some(written(columns.iter().map(String::as_str), cells)?))
}

/// Records as CSV in which no cell is a formula.
fn written<'a, R: Iterator<Item = &'a str>>(
    heads: impl Iterator<Item = &'a str>,
    rows: impl Iterator<Item = R>,
) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(heads.map(guarded))?;
    for row in rows {
        writer.write_record(row.map(guarded))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// The credential report is CSV already, in Base64 inside XML.
fn credential_report(page: &Value) -> Option<Vec<u8>> {
    let result = page.get("GetCredentialReportResult")?;
    STANDARD.decode(result.get("Content")?.as_str()?.split_whitespace().collect::<String>()).ok()
}

/// The outermost lists of a page, with where they stand.
fn find_lists<'a>(value: &'a Value, path: &str, found: &mut Vec<(String, &'a [Value])>) {
    match value {
        Value::Array(records) => found.push((path.to_owned(), records)),
        Value::Object(object) => {
            for (name, value) in object {
                if !matches!(name.as_str(), "ResponseMetadata" | "Tags") {
                    // The query protocol wraps everything in `<Operation>Result`, which says nothing.
                    let path = match path {
                        "" if name.ends_with("Result") => String::new(),
                        "" => name.clone(),
                        path => format!("{path}.{name}"),
                    };
                    find_lists(value, &path, found);
                }
            }
        }
        _ => {}
    }
}

fn put(row: &mut BTreeMap<String, String>, columns: &mut Vec<String>, name: &str, value: String) {
    if !columns.iter().any(|known| known == name) {
        columns.push(name.to_owned());
    }
    row.insert(name.to_owned(), value);
}

fn flatten(value: &Value, name: &str, row: &mut BTreeMap<String, String>, columns: &mut Vec<String>) {
    let column = if name.is_empty() { "Value" } else { name };
    match value {
        Value::Object(object) => {
            for (inner, value) in object {
                if name.is_empty() && inner == "ResponseMetadata" {
                    continue;
                }
                let name = if name.is_empty() { inner.clone() } else { format!("{name}.{inner}") };
                flatten(value, &name, row, columns);
            }
        }
        Value::Array(list) if list.iter().any(|one| one.is_object() || one.is_array()) => {
            put(row, columns, column, value.to_string());
        }
        Value::Array(list) => {
            let words: Vec<String> = list.iter().map(word).collect();
            put(row, columns, column, words.join("; "));
        }
        other => put(row, columns, column, word(other)),
    }
}

fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn text(bodies: &[&str]) -> Option<String> {
        csv(bodies.iter().map(|body| body.as_bytes())).unwrap().map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn pages_follow_each_other_and_every_field_has_a_column() {
        let pages = [
            r#"{"trailList":[{"Name":"a","Kms":{"Id":"k"}}],"NextToken":"t"}"#,
            r#"{"trailList":[{"Name":"=b","Regions":["x","y"],"Tags":[{"Key":"k","Value":"v"}]}]}"#,
        ];
        let rows =
            "Kms.Id,Name,Regions,Tags\r\nk,a,,\r\n,'=b,x; y,\"[{\"\"Key\"\":\"\"k\"\",\"\"Value\"\":\"\"v\"\"}]\"\r\n";
        assert_eq!(text(&pages).as_deref(), Some(rows));
    }

    #[test]
    fn several_lists_say_which_and_a_single_object_is_a_row() {
        let both = r#"{"Users":[{"N":"u"}],"Roles":[{"N":"r"}]}"#;
        assert_eq!(text(&[both]).as_deref(), Some("List,N\r\nRoles,r\r\nUsers,u\r\n"));
        let one =
            "<R><Summary><Users>3</Users></Summary><ResponseMetadata><RequestId>i</RequestId></ResponseMetadata></R>";
        assert_eq!(text(&[one]).as_deref(), Some("Summary.Users\r\n3\r\n"));
        assert_eq!(text(&["", "plain"]), None);
    }

    #[test]
    fn the_credential_report_is_the_csv_that_it_is() {
        let body = format!(
            "<R><GetCredentialReportResult><Content>{}</Content></GetCredentialReportResult></R>",
            STANDARD.encode("user,arn\n<root_account>,arn:x\n=cmd,arn:y\n")
        );
        let rows = "user,arn\r\n<root_account>,arn:x\r\n'=cmd,arn:y\r\n";
        assert_eq!(text(&[&body]).as_deref(), Some(rows));
    }
}
