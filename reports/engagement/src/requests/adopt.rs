//! Takes an auditor's own list as the list of a file: its first key, and nothing else is touched.

use std::path::Path;

use crate::dates::DateOrder;
use crate::file::Engagement;
use crate::problems::{EngagementError, Lines};
use crate::write::quoted;

/// The text of a file with another request list, which lies below its folder, and what is said of the list's days. The list is
/// read; requests of the default list that the file names stay beside it.
///
/// # Errors
/// The text is no file that can be used, before or after; or the list that it names now does not stand on a line of its
/// own.
pub fn adopt(path: &Path, text: &str, list: &str, dates: Option<DateOrder>) -> Result<String, EngagementError> {
    // The old list need not be there any more: the text alone is read.
    let before = Engagement::parse(path, text)?;
    let ended = if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
    let mut lines: Vec<String> = ended.split_inclusive('\n').map(str::to_owned).collect();
    // From the last line to the first, so that numbers of lines still hold.
    let old_dates = before.request_dates.map(DateOrder::name);
    let mut keys = vec![("request_list", before.request_list.as_deref(), list)];
    keys.extend(dates.map(|dates| ("request_dates", old_dates, dates.name())));
    keys.sort_by_key(|(key, ..)| std::cmp::Reverse(before.lines.of(key)));
    for (key, old, new) in keys {
        let new = quoted(new);
        let at = before.lines.of(key).map_or(lines.len(), |line| line - 1);
        if let (Some(old), Some(line)) = (old, lines.get_mut(at)) {
            for value in [quoted(old), format!("'{old}'")] {
                *line = line.replacen(&value, &new, 1);
            }
        } else {
            // Keys of the file itself stand before its first table; the remarks at its head stay where they are.
            let at = lines.iter().position(|line| !line.starts_with('#')).unwrap_or(lines.len());
            lines.insert(at, format!("{key} = {new}\n"));
        }
    }
    let longer = lines.concat();
    let after = Engagement::whole(path, &longer)?;
    let same =
        |file: Engagement| Engagement { request_list: None, request_dates: None, lines: Lines::default(), ..file };
    let taken =
        after.request_list.as_deref() == Some(list) && dates.is_none_or(|dates| after.request_dates == Some(dates));
    if !taken || same(before) != same(after) {
        let what = "`request_list` cannot be replaced: write it on a line of its own, before the first table";
        return Err(EngagementError::of_file(path, what.to_owned()));
    }
    Ok(longer)
}
