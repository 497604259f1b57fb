//! What the parts of a workbook have in common: their reader, its texts with their runs, and how cells look.

use std::cell::Cell;
use std::io::{BufReader, Read};
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::bound::{Bounded, Bounds};
use super::format::Format;

/// A text, and whether it is struck through: all of it, or words of it, which are left out.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) struck: bool,
    pub(super) shortened: bool,
}

/// How cells look, by the number of their style.
#[derive(Debug, Clone)]
pub(super) struct Look {
    pub(super) format: Format,
    pub(super) struck: bool,
    pub(super) bold: bool,
}

/// What all sheets share.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) texts: Vec<Text>,
    pub(super) looks: Vec<Look>,
    pub(super) from_1904: bool,
}

/// The reader of a part.
pub(super) struct Part<'a> {
    reader: Reader<BufReader<Bounded<Box<dyn Read + 'a>>>>,
    piece: Rc<Cell<u64>>,
    buffer: Vec<u8>,
}

impl<'a> Part<'a> {
    pub(super) fn new(part: impl Read + 'a, bounds: &Bounds) -> Self {
        let (part, piece) = bounds.of(Box::new(part) as Box<dyn Read + 'a>);
        let mut reader = Reader::from_reader(BufReader::with_capacity(64 << 10, part));
        reader.config_mut().expand_empty_elements = true;
        Self { reader, piece, buffer: Vec::new() }
    }

    /// What comes next in it.
    ///
    /// # Errors
    /// It is no XML, or more than a list has.
    pub(super) fn next(&mut self) -> Result<Event<'_>, String> {
        self.buffer.clear();
        self.piece.set(0);
        self.reader.read_event_into(&mut self.buffer).map_err(|error| match error {
            quick_xml::Error::Io(error) => error.to_string(),
            error => error.to_string(),
        })
    }
}

/// An attribute of an element, by its name without its prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

/// Whether an element says no: `<strike val="0"/>`.
pub(super) fn is_off(element: &BytesStart<'_>) -> bool {
    attribute(element, "val").is_some_and(|value| ["0", "false"].contains(&value.as_str()))
}

/// A text that is read piece by piece: its runs, each struck through or not, without the readings of Japanese words.
#[derive(Debug, Default)]
pub(super) struct Runs {
    whole: Text,
    run: String,
    run_struck: bool,
    any: bool,
    within: bool,
    reading: bool,
}

impl Runs {
    pub(super) fn start(&mut self, element: &BytesStart<'_>) {
        match element.local_name().as_ref() {
            "rPh" => self.reading = true,
            "t" => self.within = !self.reading,
            "strike" => self.run_struck = !is_off(element),
            _ => {}
        }
    }

    pub(super) fn text(&mut self, event: &Event<'_>) {
        if self.within {
            push(&mut self.run, event);
        }
    }

    pub(super) fn end(&mut self, name: &str) {
        match name {
            "rPh" => self.reading = false,
            "t" => self.within = false,
            "r" => self.run_ends(),
            _ => {}
        }
    }

    fn run_ends(&mut self) {
        let run = std::mem::take(&mut self.run);
        let struck = std::mem::take(&mut self.run_struck);
        if run.trim().is_empty() {
            self.whole.text.push_str(&run);
            return;
        }
        match (struck, self.whole.struck) {
            // All of it is struck so far: what is not takes its place.
            (false, true) => self.whole = Text { text: run, struck: false, shortened: true },
            (true, _) if self.any && !self.whole.struck => self.whole.shortened = true,
            _ => {
                self.whole.text.push_str(&run);
                self.whole.struck = struck;
            }
        }
        self.any = true;
    }

    pub(super) fn take(&mut self) -> Text {
        self.run_ends();
        let text = std::mem::take(self).whole;
        Text { text: unescaped(&text.text), ..text }
    }
}

/// Adds the text of an event.
pub(super) fn push(to: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(text) => to.push_str(&text.xml10_content()),
        Event::CData(text) => to.push_str(&text.xml10_content()),
        Event::GeneralRef(name) => match name.resolve_char_ref() {
            Ok(Some(c)) => to.push(c),
            _ => to.push_str(quick_xml::escape::resolve_xml_entity(name.as_ref()).unwrap_or_default()),
        },
        _ => {}
    }
}

/// A text without the escapes of control characters, `_x000D_`, and without what they stand for.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let code = from.get(2..6).filter(|_| from.get(6..7) == Some("_"));
        match code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                plain.extend(Some(c).filter(|c| *c == '\n' || !c.is_control()));
                rest = from.get(7..).unwrap_or_default();
            }
            None => {
                plain.push_str("_x");
                rest = from.get(2..).unwrap_or_default();
            }
        }
    }
    plain.push_str(rest);
    plain
}
