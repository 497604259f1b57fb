//! Takes an auditor's own list as the list of a file: its first keys, and nothing else is touched.

use std::path::Path;

use super::options::ListOptions;
use crate::file::Engagement;
use crate::problems::{EngagementError, Lines};
use crate::write::quoted;

/// The text of a file with another request list, which lies below its folder, and what is said of the list's days and columns.
/// The list is read; requests of the default list that the file names stay beside it.
///
/// # Errors
/// The text is no file that can be used, before or after; or the list that it names now does not stand on a line of its
/// own.
pub fn adopt(path: &Path, text: &str, list: &str, said: &ListOptions) -> Result<String, EngagementError> {
    // The old list need not be there any more: the text alone is read.
    let before = Engagement::parse(path, text)?;
    let ended = if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
    let mut lines: Vec<String> = ended.split_inclusive('\n').map(str::to_owned).collect();
    let columns = said.columns.entries();
    let mut keys = vec![("request_list", before.request_list.is_some(), quoted(list))];
    if let Some(dates) = said.dates {
        keys.push(("request_dates", before.request_dates.is_some(), quoted(dates.name())));
    }
    if !columns.is_empty() {
        let columns: Vec<String> = columns.iter().map(|(name, head)| format!("{name} = {}", quoted(head))).collect();
        keys.push(("request_columns", before.request_columns.is_some(), format!("{{ {} }}", columns.join(", "))));
    }
    // From the last line to the first, so that numbers of lines still hold.
    keys.sort_by_key(|(key, ..)| std::cmp::Reverse(before.lines.of(key)));
    for (key, is_there, value) in keys {
        let at = before.lines.of(key).map_or(lines.len(), |line| line - 1);
        match lines.get_mut(at).filter(|_| is_there) {
            Some(line) => {
                if let Some(new) = replaced(line, &value) {
                    *line = new;
                }
            }
            None => {
                // Keys of the file itself stand before its first table; the remarks at its head stay where they are.
                let at = lines.iter().position(|line| !line.starts_with('#')).unwrap_or(lines.len());
                lines.insert(at, format!("{key} = {value}\n"));
            }
        }
    }
    let longer = lines.concat();
    let after = Engagement::whole(path, &longer)?;
    let same = |file: Engagement| Engagement {
        request_list: None,
        request_dates: None,
        request_columns: None,
        lines: Lines::default(),
        ..file
    };
    let taken = after.request_list.as_deref() == Some(list)
        && said.dates.is_none_or(|dates| after.request_dates == Some(dates))
        && (columns.is_empty() || after.request_columns.as_ref() == Some(&said.columns));
    if !taken || same(before) != same(after) {
        let what = "`request_list`, `request_dates` or `request_columns` cannot be replaced: write each on a line of its own, before the first table";
        return Err(EngagementError::of_file(path, what.to_owned()));
    }
    Ok(longer)
}

/// A line with another value; what a person remarked behind it stays. None where the value does not end on the line.
fn replaced(line: &str, value: &str) -> Option<String> {
    let (key, old) = line.split_once('=')?;
    let old = old.trim_start();
    let end = match old.chars().next()? {
        '{' => {
            let mut quote = None;
            old.char_indices().find(|(_, c)| {
                match (quote, c) {
                    (None, '"' | '\'') => quote = Some(*c),
                    (Some(open), c) if open == *c => quote = None,
                    _ => {}
                }
                quote.is_none() && *c == '}'
            })
        }
        quote @ ('"' | '\'') => old.char_indices().skip(1).find(|(_, c)| *c == quote),
        _ => None,
    }?;
    Some(format!("{key}= {value}{}", old.get(end.0 + 1..)?))
}
