//! The table from its bytes. data/make/actions.py, which writes it, describes the text.

use std::io::Read;
use std::ops::Range;

use super::{AccessLevel, Action, ActionTable, Service, Span, Type, Use};

/// The text may not be longer, packed or not: the real one has 1 MB.
const MAX_TEXT: usize = 16 << 20;
/// The same for the window of the decompressor, as a power of two.
const MAX_WINDOW_LOG: u32 = 24;
/// A frame of zstd begins so.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Why bytes are not a table of actions.
#[derive(Debug, thiserror::Error)]
pub enum ActionDataError {
    /// The zstd frame is broken.
    #[error("the action data cannot be decompressed: {0}")]
    Zstd(#[source] std::io::Error),
    /// Longer than any table of actions.
    #[error("the action data is longer than {MAX_TEXT} bytes")]
    TooLong,
    /// Bytes that are no text, or not packed with zstd.
    #[error("line {line} of the action data is not UTF-8")]
    NotUtf8 {
        /// Counted from 1.
        line: usize,
    },
    /// A line that says something else than the format has it.
    #[error("line {line} of the action data: {problem}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
}

type Problem = &'static str;

impl ActionTable {
    /// A table from a file's bytes, packed with zstd or as plain text.
    ///
    /// # Errors
    ///
    /// When the bytes are not a table of the format that this version reads; the error names the line.
    pub fn read(bytes: &[u8]) -> Result<Self, ActionDataError> {
        let bytes = unpack(bytes)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            ActionDataError::NotUtf8 { line: 1 + good.iter().filter(|&&c| c == b'\n').count() }
        })?;
        let mut reader = Reader { table: Self::none(), last: 0..0, first_key: 0, first_type: 0, at: 0 };
        reader.table.names.reserve(text.len());
        reader.table.lower.reserve(text.len());
        let mut line = 0;
        for record in text.split('\n') {
            line += 1;
            let result = if line == 1 { reader.header(record) } else { reader.record(record) };
            result.map_err(|problem| ActionDataError::Line { line, problem })?;
            reader.at += record.len() + 1;
        }
        reader.finish(text).map_err(|problem| ActionDataError::Line { line, problem })
    }

    /// A table without any action.
    pub(super) fn none() -> Self {
        Self {
            version: Box::default(),
            date: Box::default(),
            source: Box::default(),
            text: String::new(),
            names: String::new(),
            lower: String::new(),
            actions: Vec::new(),
            services: Vec::new(),
            types: Vec::new(),
            keys: Vec::new(),
            uses: Vec::new(),
            refs: Vec::new(),
        }
    }
}

fn unpack(bytes: &[u8]) -> Result<Vec<u8>, ActionDataError> {
    let mut text = Vec::new();
    if bytes.starts_with(&ZSTD_MAGIC) {
        let mut decoder = zstd::Decoder::with_buffer(bytes).map_err(ActionDataError::Zstd)?;
        decoder.window_log_max(MAX_WINDOW_LOG).map_err(ActionDataError::Zstd)?;
        decoder.take(MAX_TEXT as u64 + 1).read_to_end(&mut text).map_err(ActionDataError::Zstd)?;
    } else {
        text.extend_from_slice(bytes.get(..=MAX_TEXT).unwrap_or(bytes));
    }
    if text.len() > MAX_TEXT { Err(ActionDataError::TooLong) } else { Ok(text) }
}

/// The table so far, and where the text is being read.
struct Reader {
    table: ActionTable,
    /// The name of the last action, in `lower`.
    last: Range<usize>,
    /// Where its condition keys and resource types begin.
    first_key: usize,
    first_type: usize,
    /// Offset of the current line.
    at: usize,
}

impl Reader {
    fn header(&mut self, line: &str) -> Result<(), Problem> {
        let [magic, format, version, date, source] = columns(line).ok_or("not the header of a table of actions")?;
        if magic != "kickoff-actions" {
            return Err("not the header of a table of actions");
        }
        if format != "1" {
            return Err("a format that this version does not read");
        }
        if !is_date(date) {
            return Err("the date is not of the form 2026-09-26");
        }
        self.table.version = version.into();
        self.table.date = date.into();
        self.table.source = source.into();
        Ok(())
    }

    fn record(&mut self, line: &str) -> Result<(), Problem> {
        let Some(kind) = line.chars().next() else { return Ok(()) };
        let rest = line.get(kind.len_utf8()..).unwrap_or_default();
        if self.table.services.is_empty() && !matches!(kind, '=' | ';') {
            return Err("no service to belong to");
        }
        match kind {
            ';' => Ok(()),
            '=' => self.service(rest),
            '#' => self.key(rest),
            '^' => self.resource_type(rest),
            'L' => self.action(AccessLevel::List, rest),
            'R' => self.action(AccessLevel::Read, rest),
            'W' => self.action(AccessLevel::Write, rest),
            'P' => self.action(AccessLevel::PermissionsManagement, rest),
            'T' => self.action(AccessLevel::Tagging, rest),
            _ => Err("an unknown kind of line"),
        }
    }

    fn service(&mut self, rest: &str) -> Result<(), Problem> {
        let [prefix, name, rcp] = columns(rest).ok_or("a service has three columns")?;
        let fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if prefix.is_empty() || !prefix.bytes().all(fits) {
            return Err("a prefix has lower-case letters, digits and hyphens");
        }
        let table = &mut self.table;
        if table.services.last().is_some_and(|last| super::ordered(&last.prefix).ge(super::ordered(prefix))) {
            return Err("services are not sorted");
        }
        let rcp = match rcp {
            "" => false,
            "rcp" => true,
            _ => return Err("the third column is 'rcp' or empty"),
        };
        let first = u16::try_from(table.actions.len()).map_err(|_| "too many actions")?;
        table.services.push(Service { prefix: prefix.into(), name: name.into(), rcp, first, end: first });
        (self.first_key, self.first_type) = (table.keys.len(), table.types.len());
        Ok(())
    }

    fn key(&mut self, rest: &str) -> Result<(), Problem> {
        if rest.is_empty() {
            return Err("an empty condition key");
        }
        let key = self.span(rest, 1)?;
        self.table.keys.push(key);
        Ok(())
    }

    fn resource_type(&mut self, rest: &str) -> Result<(), Problem> {
        let [name, arn, keys] = columns(rest).ok_or("a resource type has three columns")?;
        let (start, name_span) = (self.table.refs.len(), self.span(name, 1)?);
        let arn = self.span(arn, 2 + name.len())?;
        self.refs(keys)?;
        let refs = Span { start: offset(start)?, end: offset(self.table.refs.len())? };
        self.table.types.push(Type { name: name_span, arn, refs });
        Ok(())
    }

    fn action(&mut self, level: AccessLevel, rest: &str) -> Result<(), Problem> {
        let [name, uses, keys] = columns(rest).ok_or("an action has three columns")?;
        let fits = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
        if name.is_empty() || !name.bytes().all(fits) {
            return Err("an action's name has letters, digits and hyphens");
        }
        let (first, end, into) = (self.first_type, self.table.types.len(), &mut self.table.uses);
        numbers(uses, |number, required| {
            let of = local(number, first, end).ok_or("no such resource type")?;
            into.push(Use { of, required });
            Ok(())
        })?;
        self.refs(keys)?;
        let table = &mut self.table;
        let service = table.services.last_mut().ok_or("no service to belong to")?;
        for names in [&mut table.names, &mut table.lower] {
            names.push_str(&service.prefix);
            names.push(':');
            names.push_str(name);
        }
        let (start, end) = (self.last.end, table.lower.len());
        if let Some(new) = table.lower.get_mut(start..) {
            new.make_ascii_lowercase();
        }
        if table.lower.get(self.last.clone()) >= table.lower.get(start..) {
            return Err("actions are not sorted, or one is listed twice");
        }
        self.last = start..end;
        let (uses_end, refs_end) = (offset(table.uses.len())?, offset(table.refs.len())?);
        table.actions.push(Action { name_end: offset(end)?, uses_end, refs_end, level });
        service.end = u16::try_from(table.actions.len()).map_err(|_| "too many actions")?;
        Ok(())
    }

    fn refs(&mut self, keys: &str) -> Result<(), Problem> {
        let (first, end, into) = (self.first_key, self.table.keys.len(), &mut self.table.refs);
        numbers(keys, |number, starred| {
            into.push(local(number, first, end).filter(|_| !starred).ok_or("no such condition key")?);
            Ok(())
        })
    }

    /// Where in the text a column is which begins so many bytes into the line.
    fn span(&self, column: &str, into: usize) -> Result<Span, Problem> {
        let start = self.at + into;
        Ok(Span { start: offset(start)?, end: offset(start + column.len())? })
    }

    fn finish(self, text: String) -> Result<ActionTable, Problem> {
        let mut table = self.table;
        if table.actions.is_empty() {
            return Err("the table ends without any action");
        }
        table.names.shrink_to_fit();
        table.lower.shrink_to_fit();
        table.text = text;
        Ok(table)
    }
}

/// The columns of a line, if there are as many as wanted. By bytes, because a search costs more on columns so short.
fn columns<const N: usize>(line: &str) -> Option<[&str; N]> {
    let mut found = [""; N];
    let (mut column, mut start) = (0, 0);
    for (at, _) in line.bytes().enumerate().filter(|&(_, c)| c == b'\t') {
        *found.get_mut(column)? = line.get(start..at)?;
        (column, start) = (column + 1, at + 1);
    }
    *found.get_mut(column)? = line.get(start..)?;
    (column + 1 == N).then_some(found)
}

/// Each number of a list such as `0 12* 3`, and whether it has a star.
fn numbers(list: &str, mut each: impl FnMut(usize, bool) -> Result<(), Problem>) -> Result<(), Problem> {
    const WRONG: Problem = "a list of numbers has digits, single spaces and stars after numbers";
    let mut bytes = list.bytes().peekable();
    while let Some(first) = bytes.next_if(u8::is_ascii_digit) {
        let mut number = usize::from(first - b'0');
        while let Some(digit) = bytes.next_if(u8::is_ascii_digit) {
            // Saturates, so that one too long is one that is not there.
            number = number.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
        }
        each(number, bytes.next_if_eq(&b'*').is_some())?;
        match bytes.next() {
            None => return Ok(()),
            Some(b' ') if bytes.peek().is_some() => {}
            Some(_) => return Err(WRONG),
        }
    }
    if list.is_empty() { Ok(()) } else { Err(WRONG) }
}

/// The index in the whole table of a number that counts within a service.
fn local(number: usize, first: usize, end: usize) -> Option<u16> {
    let at = first.checked_add(number).filter(|&at| at < end)?;
    u16::try_from(at).ok()
}

/// An offset; no text is long enough that it does not fit.
fn offset(at: usize) -> Result<u32, Problem> {
    u32::try_from(at).map_err(|_| "too much text")
}

fn is_date(date: &str) -> bool {
    let form = |(i, c): (usize, u8)| if matches!(i, 4 | 7) { c == b'-' } else { c.is_ascii_digit() };
    date.len() == 10 && date.bytes().enumerate().all(form)
}
