//! What stands inside a document, as far as a reader would see at once: that it asks for a password, that its end is missing,
//! that there is not a word on its pages. No more is unpacked than it takes to find the first word.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;

/// The end of a PDF, and what it says of itself, lie so near its end.
const END: u64 = 64 << 10;
/// Readers look for the mark of its end in so many bytes, blanks after it left out.
const MARK: usize = 2048;
/// Where a PDF says where its parts are, what opens it is told in so many bytes.
const TOLD: u64 = 8 << 10;
/// No more of a document's parts is unpacked than this, in all.
const UNPACKED: u64 = 64 << 20;
/// One element, and one text, is no longer.
const PIECE: u64 = 4 << 20;

/// What is wrong with a PDF that is called one: cut off, or locked.
pub(super) fn of_pdf(file: &mut File, head: &[u8], length: u64) -> io::Result<Option<&'static str>> {
    let tail = read_at(file, length.saturating_sub(END), END)?;
    let end = tail.iter().rposition(|byte| !byte.is_ascii_whitespace() && *byte != 0).map_or(0, |at| at + 1);
    let last = tail.get(end.saturating_sub(MARK)..end).unwrap_or_default();
    if !holds(last, b"%%EOF") {
        return Ok(Some("is a PDF whose end is missing: it was cut off"));
    }
    let told = match start(&tail) {
        Some(place) if place < length => read_at(file, place, TOLD)?,
        _ => Vec::new(),
    };
    // Where a PDF is made for the web, its beginning tells it as well.
    let beginning = head.get(..4096).unwrap_or(head);
    let locked = [tail.as_slice(), told.as_slice(), beginning].iter().any(|part| is_locked(part));
    Ok(locked.then_some("is a PDF that is encrypted: it asks for a password, or keeps readers from its words"))
}

/// Where the last list of a PDF's parts begins.
fn start(tail: &[u8]) -> Option<u64> {
    const NAME: &[u8] = b"startxref";
    let at = tail.windows(NAME.len()).rposition(|at| at == NAME)? + NAME.len();
    let rest = tail.get(at..)?.trim_ascii_start();
    let figures = rest.iter().take_while(|byte| byte.is_ascii_digit()).take(18);
    Some(figures.fold(0, |number, byte| number * 10 + u64::from(byte - b'0')))
}

/// Whether a part names how the file is encrypted: `/Encrypt 12 0 R`, or the dictionary itself.
fn is_locked(part: &[u8]) -> bool {
    const NAME: &[u8] = b"/Encrypt";
    let places = part.windows(NAME.len()).enumerate().filter(|(_, at)| *at == NAME);
    places.filter_map(|(at, _)| part.get(at + NAME.len()..)).any(|rest| {
        let value = rest.trim_ascii_start();
        let reference = || {
            let figures = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let after = value.get(figures..).unwrap_or_default().trim_ascii_start();
            let second = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let last = after.get(second..).unwrap_or_default().trim_ascii_start();
            figures > 0 && second > 0 && last.starts_with(b"R")
        };
        value.starts_with(b"<<") || reference()
    })
}

fn holds(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|at| at == mark)
}

fn read_at(file: &mut File, from: u64, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The kinds of documents whose pages are looked for words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Office {
    Word,
    Sheet,
    Slides,
    Open,
}

/// What the pages of a document show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    /// Words or figures; or what cannot be told.
    Words,
    /// Pictures, and not a word.
    Pictures,
    /// Nothing.
    Nothing,
}

impl Office {
    pub(super) fn blank(self) -> &'static str {
        match self {
            Self::Word => "is a document of Word without a word in it",
            Self::Sheet => "is a workbook without a filled cell",
            Self::Slides => "is a presentation without a word on its slides",
            Self::Open => "is an OpenDocument without a word in it",
        }
    }

    /// Whether a part of a document holds what its pages show.
    fn is_page(self, name: &str) -> bool {
        let below =
            |folder: &str| name.strip_prefix(folder).is_some_and(|rest| !rest.contains('/') && rest.ends_with(".xml"));
        match self {
            // Headers and notes are on pages that have something of their own.
            Self::Word => below("word/") && name.starts_with("word/document"),
            Self::Sheet => below("xl/worksheets/") || below("xl/chartsheets/"),
            Self::Slides => below("ppt/slides/"),
            Self::Open => name == "content.xml",
        }
    }

    /// Whether an element shows something that is no word.
    fn is_picture(self, element: &str) -> bool {
        match self {
            Self::Word => ["drawing", "pict", "object", "altChunk", "oMath", "subDoc"].contains(&element),
            Self::Sheet => ["drawing", "legacyDrawing", "oleObject", "picture"].contains(&element),
            Self::Slides => ["pic", "graphicFrame", "oleObj"].contains(&element),
            Self::Open => ["image", "object", "object-ole", "plugin"].contains(&element),
        }
    }

    /// Whether the text within an element is one of its words.
    fn is_text(self, element: &str) -> bool {
        match self {
            Self::Word => element == "t" || element == "delText",
            Self::Sheet => ["v", "t", "f"].contains(&element),
            Self::Slides => element == "t",
            Self::Open => ["p", "h", "span", "a"].contains(&element),
        }
    }
}

/// Looks for the first word of a document. What is no document after all, or larger than is looked through, has words.
pub(super) fn of_office(file: &mut File, office: Office) -> Shows {
    let Ok(mut archive) = ZipArchive::new(BufReader::new(file)) else { return Shows::Words };
    let names = archive.file_names_raw().filter_map(|raw| std::str::from_utf8(raw).ok());
    let names: Vec<String> = names.filter(|name| office.is_page(name)).map(str::to_owned).collect();
    let (mut left, mut pictures) = (UNPACKED, false);
    if names.is_empty() {
        return Shows::Words;
    }
    for name in names {
        // One that is locked, or packed in a way that is not known, is for a person anyway.
        let Ok(part) = archive.by_name(&name) else { return Shows::Words };
        match of_part(part, office, &mut left) {
            Some(Shows::Words) | None => return Shows::Words,
            Some(Shows::Pictures) => pictures = true,
            Some(Shows::Nothing) => {}
        }
    }
    if pictures { Shows::Pictures } else { Shows::Nothing }
}

/// What a part shows; none where that cannot be told.
fn of_part(part: impl Read, office: Office, left: &mut u64) -> Option<Shows> {
    let bounded = Bounded { part, left, piece: 0 };
    let mut reader = Reader::from_reader(BufReader::with_capacity(64 << 10, bounded));
    reader.config_mut().expand_empty_elements = true;
    let (mut buffer, mut pictures, mut within) = (Vec::new(), false, 0_u32);
    loop {
        buffer.clear();
        reader.get_mut().get_mut().piece = 0;
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(element) => {
                let name = element.local_name();
                let name: &str = name.as_ref();
                within += u32::from(office.is_text(name));
                pictures |= office.is_picture(name);
            }
            Event::End(element) => {
                let name = element.local_name();
                within = within.saturating_sub(u32::from(office.is_text(name.as_ref())));
            }
            Event::Text(text) if within > 0 && !text.xml10_content().trim().is_empty() => return Some(Shows::Words),
            Event::CData(_) | Event::GeneralRef(_) if within > 0 => return Some(Shows::Words),
            Event::Eof => return Some(if pictures { Shows::Pictures } else { Shows::Nothing }),
            _ => {}
        }
    }
}

/// A part that no more is read of than is left.
struct Bounded<'a, R> {
    part: R,
    left: &'a mut u64,
    piece: u64,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.part.read(buffer)?;
        let count = u64::try_from(read).unwrap_or(u64::MAX);
        self.piece = self.piece.saturating_add(count);
        *self.left = self.left.saturating_sub(count);
        if (*self.left == 0 || self.piece > PIECE) && read > 0 {
            return Err(io::Error::other("more than is looked through"));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_is_looked_through_is_not_called_blank() {
        let part = b"<w:document><w:body><w:p/></w:body></w:document>".as_slice();
        let mut left = 1000;
        assert_eq!(of_part(part, Office::Word, &mut left), Some(Shows::Nothing));
        assert_eq!(left, 1000 - 48);
        let mut left = 10;
        assert_eq!(of_part(part, Office::Word, &mut left), None);
    }
}
