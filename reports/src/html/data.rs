//! Data blocks of the page: JSON that no HTML parser takes for markup, and names that are written once.

use std::collections::HashMap;
use std::hash::Hash;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

/// Writes what HTML or a script could read as its own as escapes: no `</script`, no `<!--`, no end of a line.
struct Inert;

impl Formatter for Inert {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, to: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            let (plain, from) = rest.split_at(at);
            to.write_all(plain.as_bytes())?;
            let mut left = from.chars();
            if let Some(c) = left.next() {
                write!(to, "\\u{:04x}", u32::from(c))?;
            }
            rest = left.as_str();
        }
        to.write_all(rest.as_bytes())
    }
}

fn json(to: &mut dyn Write, value: &(impl Serialize + ?Sized)) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(to, Inert)).map_err(io::Error::from)
}

/// A block that is one object, written field by field.
pub(super) struct Block<'w> {
    to: &'w mut dyn Write,
    empty: bool,
}

impl<'w> Block<'w> {
    /// Begins the block of an id, which is of our own making.
    pub(super) fn open(to: &'w mut dyn Write, id: &str) -> io::Result<Self> {
        write!(to, "<script type=\"application/json\" id=\"{id}\">{{")?;
        Ok(Self { to, empty: true })
    }

    fn name(&mut self, name: &str) -> io::Result<()> {
        if !self.empty {
            self.to.write_all(b",")?;
        }
        self.empty = false;
        json(self.to, name)?;
        self.to.write_all(b":")
    }

    pub(super) fn field(&mut self, name: &str, value: &impl Serialize) -> io::Result<()> {
        self.name(name)?;
        json(self.to, value)
    }

    /// An array, written value by value.
    pub(super) fn column<T: Serialize>(&mut self, name: &str, values: impl IntoIterator<Item = T>) -> io::Result<()> {
        self.name(name)?;
        self.to.write_all(b"[")?;
        for (at, value) in values.into_iter().enumerate() {
            if at > 0 {
                self.to.write_all(b",")?;
            }
            json(self.to, &value)?;
        }
        self.to.write_all(b"]")
    }

    pub(super) fn close(self) -> io::Result<()> {
        self.to.write_all(b"}</script>\n")
    }
}

/// Numbers for values, in the order in which they were first seen.
pub(super) struct Table<T> {
    numbers: HashMap<T, usize>,
    pub(super) values: Vec<T>,
}

impl<T: Copy + Eq + Hash> Table<T> {
    /// A table whose number 0 is known.
    pub(super) fn new(first: T) -> Self {
        Self { numbers: HashMap::from([(first, 0)]), values: vec![first] }
    }

    pub(super) fn number(&mut self, value: T) -> usize {
        *self.numbers.entry(value).or_insert_with(|| {
            self.values.push(value);
            self.values.len() - 1
        })
    }
}

/// The strings that data blocks refer to by number; the empty one is 0.
pub(super) type Names<'a> = Table<&'a str>;

/// A column of names: what it is called, and what it holds of a row.
pub(super) type Property<T> = (&'static str, fn(&T) -> &str);
