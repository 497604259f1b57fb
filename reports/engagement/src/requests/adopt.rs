//! Takes an auditor's own list as the list of a file: its first keys, and nothing else is touched.

use std::path::Path;

use super::import::read;
use super::named::{changed, is_standard, mistaken};
use super::options::{ListOptions, is_other};
use super::request::Request;
use crate::file::Engagement;
use crate::problems::{EngagementError, Lines, Problem};
use crate::write::quoted;

/// The text of a file with another request list, which lies below its folder, and what is said of the list's days and columns.
/// What the file says of the days and columns of another list goes with that list. The list is read; requests of the
/// default list that the file names stay beside it.
///
/// # Errors
/// The text is no file that can be used, before or after; or the list that it names now does not stand on a line of its
/// own.
pub fn adopt(path: &Path, text: &str, list: &str, said: &ListOptions) -> Result<String, EngagementError> {
    // The old list need not be there any more: the text alone is read.
    let before = Engagement::parse(path, text)?;
    let ended = if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
    let mut lines: Vec<String> = ended.split_inclusive('\n').map(str::to_owned).collect();
    let forget = is_other(&before, list);
    let columns: Vec<String> =
        said.columns.entries().iter().map(|(name, head)| format!("{name} = {}", quoted(head))).collect();
    let columns = (!columns.is_empty()).then(|| format!("{{ {} }}", columns.join(", ")));
    let (has_dates, has_columns) = (before.request_dates.is_some(), before.request_columns.is_some());
    let mut keys = vec![("request_list", before.request_list.is_some(), Some(quoted(list)))];
    for (key, is_there, value) in [
        ("request_dates", has_dates, said.dates.map(|dates| quoted(dates.name()))),
        ("request_columns", has_columns, columns),
    ] {
        if value.is_some() || (forget && is_there) {
            keys.push((key, is_there, value));
        }
    }
    // From the last line to the first, so that numbers of lines still hold.
    keys.sort_by_key(|(key, ..)| std::cmp::Reverse(before.lines.of(key)));
    for (key, is_there, value) in keys {
        let at = before.lines.of(key).map_or(lines.len(), |line| line - 1);
        match (lines.get_mut(at).filter(|_| is_there), value) {
            (Some(line), Some(value)) => {
                if let Some(new) = replaced(line, &value) {
                    *line = new;
                }
            }
            (Some(line), None) => {
                if let Some(rest) = after_value(line) {
                    *line = Some(rest.trim_start()).filter(|rest| rest.starts_with('#')).unwrap_or_default().to_owned();
                }
            }
            (None, None) => {}
            (None, Some(value)) => {
                // Keys of the file itself stand before its first table; the remarks at its head stay where they are.
                let at = lines.iter().position(|line| !line.starts_with('#')).unwrap_or(lines.len());
                lines.insert(at, format!("{key} = {value}\n"));
            }
        }
    }
    let longer = lines.concat();
    let after = Engagement::whole(path, &longer)?;
    let mistaken = mistaken_for_ours(path, &before, &after);
    if !mistaken.is_empty() {
        return Err(EngagementError::new(path, mistaken));
    }
    let same = |file: Engagement| Engagement {
        request_list: None,
        request_dates: None,
        request_columns: None,
        lines: Lines::default(),
        ..file
    };
    let kept = |is_said: bool| !is_said && !forget;
    let known = after.request_columns.clone().unwrap_or_default();
    let taken = after.request_list.as_deref() == Some(list)
        && (kept(said.dates.is_some()) || after.request_dates == said.dates)
        && (kept(!said.columns.entries().is_empty()) || known == said.columns);
    if !taken || same(before) != same(after) {
        let what = "`request_list`, `request_dates` or `request_columns` cannot be replaced: write each on a line of its own, before the first table";
        return Err(EngagementError::of_file(path, what.to_owned()));
    }
    Ok(longer)
}

/// What the file said of requests of ours whose ids the new list has for others, where it was not the list before.
fn mistaken_for_ours(path: &Path, before: &Engagement, after: &Engagement) -> Vec<Problem> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let listed = |file: &Engagement| {
        let list = file.request_list.as_ref()?;
        read(&folder.join(list), &ListOptions::of(file)).ok().map(|listed| listed.requests)
    };
    // What was said of a list that is not there any more was said of that one.
    let ours = before.request_list.is_none() || listed(before).is_some();
    let theirs: Vec<Request> = listed(before).unwrap_or_default().into_iter().filter(|old| !is_standard(old)).collect();
    let mut new = listed(after).filter(|_| ours).unwrap_or_default();
    let mut problems = changed(before, &before.lines, &theirs, &new);
    new.retain(|request| !theirs.iter().any(|old| old.id == request.id));
    problems.extend(mistaken(before, &before.lines, &new));
    problems
}

/// A line with another value; what a person remarked behind it stays. None where the value does not end on the line.
fn replaced(line: &str, value: &str) -> Option<String> {
    let (key, _) = line.split_once('=')?;
    Some(format!("{key}= {value}{}", after_value(line)?))
}

/// What stands on a line behind the value of its key; none where the value does not end on it.
fn after_value(line: &str) -> Option<&str> {
    let old = line.split_once('=')?.1.trim_start();
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
    old.get(end.0 + 1..)
}
