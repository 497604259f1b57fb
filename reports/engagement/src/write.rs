//! Text of the file, written by us: blocks at its end.

use std::path::Path;

use crate::file::Engagement;
use crate::problems::{EngagementError, Problem};

pub(crate) use crate::quote::{list, quoted, remark};

/// Adds entries of a section, `[[risks]]`, to the end of a file's text. Nothing that stands in it is touched.
///
/// # Errors
/// The text is no file that can be used after it, or was none before; or its entries stand between brackets,
/// `risks = [...]`, where nothing can be added at the end.
pub(crate) fn append(path: &Path, text: &str, section: &str, blocks: &[String]) -> Result<String, EngagementError> {
    let before = Engagement::parse(path, text)?;
    let line = before.lines.of(section);
    let written = line.and_then(|line| text.lines().nth(line - 1)).unwrap_or("[");
    if !blocks.is_empty() && !written.trim_start().starts_with('[') {
        let what = format!(
            "is written as `{section} = [...]`, and nothing can be added to that: write each of its entries under a [[{section}]] of its own, then try again; the file is as it was"
        );
        let problem = Problem { line, key: section.to_owned(), what };
        return Err(EngagementError::of(path, problem));
    }
    let mut longer = text.to_owned();
    if !longer.is_empty() && !longer.ends_with('\n') {
        longer.push('\n');
    }
    longer.extend(blocks.iter().map(String::as_str));
    Engagement::parse(path, &longer)?;
    Ok(longer)
}
