//! The bytes of a ZIP from the first to the last: every one belongs to an entry, to the list of entries, or to its end.
//!
//! A ZIP is read from its end: what stands before the first entry, between two of them, after the end or in a comment is
//! seen by no program that unpacks it, and by no digest of a file.

use std::io::{self, Read, Seek, SeekFrom};

/// The longest list of entries that is read: that of two million files.
const LONGEST: u64 = 1 << 30;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END64: &[u8] = b"PK\x06\x06";
const LOCATOR64: &[u8] = b"PK\x06\x07";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";

/// An entry, as the list has it.
struct Entry {
    start: u64,
    packed: u64,
    size: u64,
    crc: u32,
    /// Sizes follow the content.
    described: bool,
}

/// Little-endian numbers at places of a record.
struct Record<'a>(&'a [u8]);

impl Record<'_> {
    fn number(&self, at: usize, bytes: usize) -> Option<u64> {
        let field = self.0.get(at..at + bytes)?;
        Some(field.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

fn at(from: &mut (impl Read + Seek), place: u64, bytes: usize) -> io::Result<Vec<u8>> {
    from.seek(SeekFrom::Start(place))?;
    let mut found = vec![0; bytes];
    from.read_exact(&mut found)?;
    Ok(found)
}

/// Why bytes of a ZIP belong to nothing that it lists; none where all do. `length` is the length of the file.
pub(super) fn stray(from: &mut (impl Read + Seek), length: u64) -> io::Result<Option<String>> {
    let told = |why: &str| Ok(Some(why.to_owned()));
    let Some(end) = length.checked_sub(22) else { return told("it is too short for a ZIP") };
    let record = at(from, end, 22)?;
    if !record.starts_with(END) {
        return told("bytes follow its end, or it has a comment: a package has neither");
    }
    let Some((mut listed, mut list, comment)) = fields(&Record(&record), [(12, 4), (16, 4), (20, 2)]) else {
        return told("its end is damaged");
    };
    if comment != 0 {
        return told("its end is damaged");
    }
    let mut list_end = end;
    if let Some(locator) = end.checked_sub(20)
        && at(from, locator, 20)?.starts_with(LOCATOR64)
    {
        let Some(end64) = Record(&at(from, locator, 20)?).number(8, 8).filter(|end64| end64 + 56 == locator) else {
            return told("bytes stand between the end of its list and its own end");
        };
        let record = at(from, end64, 56)?;
        let Some((long, long_at, _)) = fields(&Record(&record), [(40, 8), (48, 8), (4, 8)]) else {
            return told("its end is damaged");
        };
        if !record.starts_with(END64) {
            return told("its end is damaged");
        }
        (listed, list, list_end) = (long, long_at, end64);
    }
    if list.checked_add(listed) != Some(list_end) || listed > LONGEST {
        return told("bytes stand beside the list of its entries");
    }
    let bytes = at(from, list, usize::try_from(listed).unwrap_or_default())?;
    let Some(mut entries) = entries(&bytes) else { return told("the list of its entries is damaged, or has comments") };
    entries.sort_unstable_by_key(|entry| entry.start);
    let mut next = 0;
    for entry in entries {
        if entry.start != next {
            return told(if next == 0 {
                "bytes stand before its first entry"
            } else {
                "bytes stand between two of its entries"
            });
        }
        let record = at(from, entry.start, 30)?;
        let Some((name, extra, _)) = fields(&Record(&record), [(26, 2), (28, 2), (0, 4)]) else {
            return told("an entry is damaged");
        };
        if !record.starts_with(LOCAL) {
            return told("an entry is damaged");
        }
        let Some(behind) = (entry.start + 30 + name + extra).checked_add(entry.packed) else {
            return told("an entry is damaged");
        };
        next = behind + if entry.described { descriptor(from, behind, &entry, length)? } else { 0 };
    }
    if next == list { Ok(None) } else { told("bytes stand between its last entry and the list of its entries") }
}

fn fields(record: &Record<'_>, [one, two, three]: [(usize, usize); 3]) -> Option<(u64, u64, u64)> {
    Some((record.number(one.0, one.1)?, record.number(two.0, two.1)?, record.number(three.0, three.1)?))
}

/// The entries of the list; none where it does not end with an entry, or one has a comment.
fn entries(list: &[u8]) -> Option<Vec<Entry>> {
    let (mut found, mut place) = (Vec::new(), 0);
    while place < list.len() {
        let record = Record(list.get(place..)?);
        if !record.0.starts_with(CENTRAL) {
            return None;
        }
        let (name, extra, comment) = fields(&record, [(28, 2), (30, 2), (32, 2)])?;
        if comment != 0 {
            return None;
        }
        let (name, extra) = (usize::try_from(name).ok()?, usize::try_from(extra).ok()?);
        let mut long = long(record.0.get(46 + name..46 + name + extra)?);
        let mut whole = |at: usize| {
            let short = record.number(at, 4)?;
            if short == u64::from(u32::MAX) { long.next() } else { Some(short) }
        };
        // In this order they stand among the extra fields.
        let (size, packed, start) = (whole(24)?, whole(20)?, whole(42)?);
        found.push(Entry {
            start,
            packed,
            size,
            crc: u32::try_from(record.number(16, 4)?).ok()?,
            described: record.number(8, 2)? & 8 != 0,
        });
        place += 46 + name + extra;
    }
    Some(found)
}

/// The numbers of the extra field for long files.
fn long(extra: &[u8]) -> impl Iterator<Item = u64> {
    let mut rest = extra;
    let mut field: &[u8] = &[];
    while let (Some(kind), Some(bytes)) = (Record(rest).number(0, 2), Record(rest).number(2, 2)) {
        let end = 4 + usize::try_from(bytes).unwrap_or_default();
        if kind == 1 {
            field = rest.get(4..end).unwrap_or_default();
        }
        rest = rest.get(end..).unwrap_or_default();
    }
    (0..field.len() / 8).filter_map(move |n| Record(field).number(8 * n, 8))
}

/// The length of the description that follows the content of an entry, in one of its four forms.
fn descriptor(from: &mut (impl Read + Seek), place: u64, entry: &Entry, length: u64) -> io::Result<u64> {
    let most = usize::try_from(length.saturating_sub(place).min(24)).unwrap_or_default();
    let found = at(from, place, most)?;
    for (marked, width) in [(4, 4), (4, 8), (0, 4), (0, 8)] {
        let record = Record(&found);
        let same = (marked == 0 || found.starts_with(DESCRIPTOR))
            && record.number(marked, 4) == Some(u64::from(entry.crc))
            && record.number(marked + 4, width) == Some(entry.packed)
            && record.number(marked + 4 + width, width) == Some(entry.size);
        if same {
            return Ok((marked + 4 + 2 * width) as u64);
        }
    }
    Ok(0)
}
