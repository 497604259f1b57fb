//! A check's published page: the documentation comment at the head of its file.

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section<'a> {
    /// Its heading.
    pub heading: &'a str,
    /// Its lines, without the comment signs.
    pub lines: Vec<&'a str>,
}

impl Section<'_> {
    /// The items of its list, each on one line. What stands before the list is an item too.
    #[must_use]
    pub fn items(&self) -> Vec<String> {
        let mut items: Vec<String> = Vec::new();
        for line in &self.lines {
            match (line.strip_prefix("- "), items.last_mut()) {
                (Some(begin), _) => items.push(begin.to_owned()),
                (None, Some(item)) => {
                    item.push(' ');
                    item.push_str(line.trim());
                }
                (None, None) => items.push((*line).to_owned()),
            }
        }
        items
    }
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<'a> {
    /// The title.
    pub title: &'a str,
    /// The parts.
    pub sections: Vec<Section<'a>>,
}

impl<'a> Page<'a> {
    /// Reads the page from a check's source.
    #[must_use]
    pub fn parse(source: &'a str) -> Self {
        let mut page = Self { title: "", sections: Vec::new() };
        let comment = source.lines().map_while(|line| line.strip_prefix("//!"));
        for line in comment.map(|line| line.strip_prefix(' ').unwrap_or(line)) {
            if let Some(heading) = line.strip_prefix("## ") {
                page.sections.push(Section { heading, lines: Vec::new() });
            } else if let Some(title) = line.strip_prefix("# ") {
                page.title = title;
            } else if let Some(section) = page.sections.last_mut() {
                section.lines.push(line);
            }
        }
        for section in &mut page.sections {
            while section.lines.last().is_some_and(|line| line.is_empty()) {
                section.lines.pop();
            }
            let blank = section.lines.iter().take_while(|line| line.is_empty()).count();
            section.lines.drain(..blank);
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_around_a_section_are_left_out() {
        let page =
            Page::parse("//! # Title\n//!\n//! ## Empty\n//!\n//! ## One\n//!\n//! a\n//!\n//!  b\n//!\n\n//! c\n");
        assert_eq!(page.title, "Title");
        let sections: Vec<_> =
            page.sections.iter().map(|section| (section.heading, section.lines.as_slice())).collect();
        assert_eq!(sections, [("Empty", &[][..]), ("One", &["a", "", " b"])]);
    }
}
