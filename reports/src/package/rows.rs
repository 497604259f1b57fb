//! Answers laid out in rows: `data.csv`, for readers who would not open JSON or XML.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kickoff_engagement::cells::BYTE_ORDER_MARK;
use kickoff_evidence::{is_volatile, tree};
use serde_json::{Map, Value};

use crate::drawing::cell_of;

/// What stands in the column of lists for the fields of an answer that are in none.
const NOT_IN_A_LIST: &str = "(not in a list)";

/// The answers of an item, page after page, as CSV (RFC 4180): a row for each record, a column for each field that any of
/// them has, and a row for what a page says beside its lists. None where an answer holds no fields at all.
///
/// # Errors
/// The writer of CSV refuses.
pub fn csv<'a>(bodies: impl IntoIterator<Item = &'a [u8]>) -> Result<Option<Vec<u8>>, csv::Error> {
    let mut rows: Vec<(String, BTreeMap<String, String>)> = Vec::new();
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
        let rest = split(page, "", &mut lists);
        let alone = lists.is_empty();
        let records = lists.into_iter().flat_map(|(path, records)| records.into_iter().map(move |r| (path.clone(), r)));
        for (list, record) in records.chain(rest.map(|rest| (NOT_IN_A_LIST.to_owned(), rest))) {
            let mut row = BTreeMap::new();
            let beside = !alone && list == NOT_IN_A_LIST;
            flatten(&record, "", &mut row, &mut columns, beside);
            if !row.is_empty() {
                rows.push((list, row));
            }
        }
    }
    let Some((first, _)) = rows.first() else { return Ok(None) };
    let several = rows.iter().any(|(list, _)| list != first);
    let heads = several.then_some("List").into_iter().chain(columns.iter().map(String::as_str));
    let cells = rows.iter().map(|(list, row)| {
        let cells = columns.iter().map(|column| row.get(column).map_or("", String::as_str));
        several.then_some(list.as_str()).into_iter().chain(cells)
    });
    Ok(Some(written(heads, cells)?))
}

/// Records as a file of CSV in which no cell is a formula, or longer than a spreadsheet takes.
fn written<'a, R: Iterator<Item = &'a str>>(
    heads: impl Iterator<Item = &'a str>,
    rows: impl Iterator<Item = R>,
) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    let cell = |text: &str| cell_of(text, "raw/");
    writer.write_record(heads.map(cell))?;
    for row in rows {
        writer.write_record(row.map(cell))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// The credential report is CSV already, in Base64 inside XML.
fn credential_report(page: &Value) -> Option<Vec<u8>> {
    let result = page.get("GetCredentialReportResult")?;
    STANDARD.decode(result.get("Content")?.as_str()?.split_whitespace().collect::<String>()).ok()
}

/// A page with the records that are packed inside it: the credential report is CSV in Base64, a text of which nobody could
/// see what changed. A report that is not whole stays as it is.
#[must_use]
pub fn opened(mut page: Value) -> Value {
    let Some(report) = credential_report(&page) else { return page };
    let mut reader = csv::Reader::from_reader(report.as_slice());
    let Ok(heads) = reader.headers().cloned() else { return page };
    let Ok(records) = reader.records().collect::<Result<Vec<_>, _>>() else { return page };
    let records = records.iter().map(|record| {
        let fields = heads.iter().zip(record.iter());
        Value::Object(fields.map(|(head, cell)| (head.to_owned(), cell.into())).collect())
    });
    let records = Value::Array(records.collect());
    if let Some(content) = page.pointer_mut("/GetCredentialReportResult/Content") {
        *content = records;
    }
    page
}

/// Takes the outermost lists of records out of a page, with where they stand, and gives back what is beside them. A list of
/// plain values is a field, and tags are fields of what has them.
fn split(value: Value, path: &str, lists: &mut Vec<(String, Vec<Value>)>) -> Option<Value> {
    match value {
        Value::Array(records) if records.iter().any(Value::is_object) => {
            lists.push((path.to_owned(), records));
            None
        }
        Value::Object(object) => {
            let beside = object.into_iter().filter_map(|(name, value)| {
                if is_volatile(&name) || name == "IsTruncated" {
                    return None;
                }
                if name == "Tags" {
                    return Some((name, value));
                }
                // The query protocol wraps everything in `<Operation>Result`, which says nothing.
                let path = match path {
                    "" if name.ends_with("Result") => String::new(),
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                split(value, &path, lists).map(|value| (name, value))
            });
            let beside: Map<String, Value> = beside.collect();
            (!beside.is_empty()).then_some(Value::Object(beside))
        }
        Value::Array(plain) if plain.is_empty() => None,
        other => Some(other),
    }
}

fn put(row: &mut BTreeMap<String, String>, columns: &mut Vec<String>, name: &str, value: String) {
    if !columns.iter().any(|known| known == name) {
        columns.push(name.to_owned());
    }
    row.insert(name.to_owned(), value);
}

/// Puts the fields of a record into a row, those without a value only where `sparse` does not leave them out.
fn flatten(value: &Value, name: &str, row: &mut BTreeMap<String, String>, columns: &mut Vec<String>, sparse: bool) {
    let column = if name.is_empty() { "Value" } else { name };
    let text = match value {
        Value::Object(object) => {
            for (inner, value) in object {
                let wrapper = name.is_empty() && inner.ends_with("Result") && value.is_object();
                let name = match name {
                    _ if wrapper => String::new(),
                    "" => inner.clone(),
                    name => format!("{name}.{inner}"),
                };
                flatten(value, &name, row, columns, sparse);
            }
            return;
        }
        Value::Array(list) if list.iter().any(|one| one.is_object() || one.is_array()) => value.to_string(),
        Value::Array(list) => list.iter().map(word).collect::<Vec<_>>().join("; "),
        other => word(other),
    };
    if !(sparse && text.is_empty()) {
        put(row, columns, column, text);
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
        let written = csv(bodies.iter().map(|body| body.as_bytes())).unwrap();
        // Without the mark at its beginning, by which spreadsheets know the encoding.
        written.map(|bytes| String::from_utf8(bytes).unwrap().strip_prefix('\u{feff}').unwrap().to_owned())
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
    fn what_stands_beside_the_lists_is_kept() {
        let detector = r#"{"status":"ENABLED","serviceRole":"r","tags":{},"features":[{"name":"EKS"},{"name":"S3"}]}"#;
        let rows = "List,name,serviceRole,status\r\nfeatures,EKS,,\r\nfeatures,S3,,\r\n(not in a list),,r,ENABLED\r\n";
        assert_eq!(text(&[detector]).as_deref(), Some(rows));
        // A list of plain values is a field of what has it.
        let provider = "<G><GResult><Url>u</Url><ThumbprintList><member>a</member><member>b</member></ThumbprintList></GResult><ResponseMetadata><RequestId>i</RequestId></ResponseMetadata></G>";
        assert_eq!(text(&[provider]).as_deref(), Some("ThumbprintList,Url\r\na; b,u\r\n"));
        // Page tokens are not, and an empty list has no row.
        assert_eq!(text(&[r#"{"Users":[],"NextToken":"t"}"#]), None);
        let pages = [r#"{"n":[{"a":"1"}],"of":"x"}"#, r#"{"n":[{"a":"2"}]}"#];
        assert_eq!(text(&pages).as_deref(), Some("List,a,of\r\nn,1,\r\n(not in a list),,x\r\nn,2,\r\n"));
    }

    #[test]
    fn the_credential_report_is_the_csv_that_it_is() {
        let body = format!(
            "<R><GetCredentialReportResult><Content>{}</Content></GetCredentialReportResult></R>",
            STANDARD.encode("user,arn\n<root_account>,arn:x\n=cmd,arn:y\n")
        );
        let page = opened(tree(body.as_bytes()).unwrap());
        assert_eq!(
            page["GetCredentialReportResult"]["Content"][1],
            serde_json::json!({"user": "=cmd", "arn": "arn:y"})
        );
        // Of a record that is short, long or no text nothing may be lost: the whole is compared as it came.
        for broken in [&b"user,arn\nana\n"[..], b"user,arn\nana,arn:x,more\n", b"user,arn\nana,\xff\n"] {
            let packed = serde_json::json!({ "GetCredentialReportResult": { "Content": STANDARD.encode(broken) } });
            assert_eq!(opened(packed.clone()), packed);
        }
        let rows = "user,arn\r\n<root_account>,arn:x\r\n'=cmd,arn:y\r\n";
        assert_eq!(text(&[&body]).as_deref(), Some(rows));
    }
}
