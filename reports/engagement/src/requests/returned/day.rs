//! The day of a list that does not say when its answers were given: when its workbook was last saved.

use std::io::{Cursor, Read as _};

use jiff::Timestamp;
use zip::ZipArchive;

/// The properties of a workbook are smaller.
const LARGEST: u64 = 1 << 20;

/// When a workbook was last saved, by its own properties; none for another file.
pub(super) fn saved(bytes: &[u8]) -> Option<Timestamp> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut text = String::new();
    archive.by_name("docProps/core.xml").ok()?.take(LARGEST).read_to_string(&mut text).ok()?;
    let after = text.split_once("dcterms:modified").map(|(_, rest)| rest)?;
    let said = after.split_once('>')?.1.split_once('<')?.0.trim();
    said.parse().ok()
}
