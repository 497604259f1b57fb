//! A font that stands in where the built-in ones have no glyph: opened, measured, and shaped.

use std::ops::Range;
use std::sync::Arc;

use harfrust::{Buffer, Direction, ShapeOptions, ShaperFont};
use kickoff_evidence::sha256_hex;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::{FileRef, TableProvider as _};
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider as _};

/// The bytes of a file of fonts.
pub(super) type Bytes = Arc<Vec<u8>>;

/// A face of a file.
pub(super) struct StandIn {
    pub(super) font: Font,
    data: Bytes,
    index: u32,
    /// The same, for the shaper.
    shaped: harfrust::Font,
    units: f32,
    /// Its name, its file, and the digest of that.
    pub(super) title: String,
}

/// How many faces a file of fonts has.
pub(super) fn faces(data: &[u8]) -> u32 {
    match FileRef::new(data) {
        Ok(FileRef::Collection(all)) => all.len(),
        Ok(FileRef::Font(_)) => 1,
        Err(_) => 0,
    }
}

/// The name of the family of a face.
pub(super) fn family(data: &[u8], index: u32) -> Option<String> {
    let font = FontRef::from_index(data, index).ok()?;
    let name = font.localized_strings(StringId::FAMILY_NAME).english_or_first()?;
    Some(name.chars().filter(|c| !c.is_control()).take(80).collect())
}

/// Whether a face has a character.
pub(super) fn has(data: &[u8], index: u32, c: char) -> bool {
    let font = FontRef::from_index(data, index).ok();
    font.and_then(|font| font.charmap().map(c)).is_some_and(|glyph| glyph.to_u32() != 0)
}

/// Why a face cannot be put into a PDF.
pub(super) fn refused(data: &[u8], index: u32) -> Option<&'static str> {
    let Ok(font) = FontRef::from_index(data, index) else { return Some("it is no TrueType or OpenType font") };
    let table = |tag: &[u8; 4]| font.table_data(skrifa::Tag::new(tag)).is_some();
    if [b"CBDT", b"sbix", b"COLR", b"SVG "].iter().any(|tag| table(tag)) {
        return Some("it is a font of coloured pictures, which a page for the archive cannot hold");
    }
    let whole = (table(b"glyf") || table(b"CFF ")) && font.head().is_ok() && font.hhea().is_ok() && font.hmtx().is_ok();
    if !whole || font.maxp().is_err() || font.cmap().is_err() {
        return Some("it has no outlines, or a table is missing");
    }
    let restricted = font.os2().is_ok_and(|os2| os2.fs_type() & 0xf == 2);
    restricted.then_some("its licence forbids putting it into documents")
}

impl StandIn {
    /// Opens a face of a file of this name.
    pub(super) fn open(name: &str, data: &Bytes, index: u32) -> Option<Self> {
        if refused(data, index).is_some() {
            return None;
        }
        let shared: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::<Vec<u8>>::clone(data);
        let font = Font::new(shared.into(), index)?;
        let shaped = harfrust::Font::new(data.to_vec(), index)?;
        let units = font.units_per_em().max(1.0);
        let family = family(data, index).unwrap_or_else(|| "a font without a name".to_owned());
        let title = format!("{family} ({name}, sha256 {})", sha256_hex(data));
        Some(Self { font, data: Arc::clone(data), index, shaped, units, title })
    }

    pub(super) fn has(&self, c: char) -> bool {
        has(&self.data, self.index, c)
    }

    /// The width of a character by itself, at size 1.
    pub(super) fn advance(&self, c: char) -> f32 {
        let Ok(font) = FontRef::from_index(&self.data, self.index) else { return 0.0 };
        let glyph = font.charmap().map(c).unwrap_or_default();
        font.glyph_metrics(Size::new(1.0), LocationRef::default()).advance_width(glyph).unwrap_or_default()
    }

    /// The glyphs of a part of a line, in the order in which they stand on the page.
    pub(super) fn glyphs(&self, line: &str, part: Range<usize>, rtl: bool) -> Vec<KrillaGlyph> {
        let text = &line[part.clone()];
        let mut buffer = Buffer::new();
        buffer.push_str(text);
        buffer.set_direction(if rtl { Direction::RightToLeft } else { Direction::LeftToRight });
        buffer.guess_segment_properties();
        if harfrust::shape(&ShaperFont::new(&self.shaped), &mut buffer, ShapeOptions::new()).is_err() {
            return self.unshaped(line, part, rtl);
        }
        // A cluster reaches to the next one of the text.
        let at = |cluster: u32| usize::try_from(cluster).unwrap_or_default();
        let mut ends: Vec<usize> = buffer.glyph_infos().iter().map(|info| at(info.cluster)).collect();
        ends.sort_unstable();
        ends.dedup();
        ends.push(text.len());
        let size = |units: i32| units_of(units) / self.units;
        let drawn = buffer.glyph_infos().iter().zip(buffer.glyph_positions()).map(|(info, place)| {
            let from = at(info.cluster);
            let to = ends.iter().copied().find(|end| *end > from).unwrap_or(text.len());
            KrillaGlyph::new(
                self.drawn(info.glyph_id),
                size(place.x_advance),
                size(place.x_offset),
                size(place.y_offset),
                size(place.y_advance),
                part.start + from..part.start + to,
                None,
            )
        });
        drawn.collect()
    }

    /// A glyph; what the font has for its own want of one is not allowed in a page for the archive.
    fn drawn(&self, glyph: u32) -> GlyphId {
        let instead = || {
            let font = FontRef::from_index(&self.data, self.index).ok()?;
            [' ', '?'].into_iter().find_map(|c| font.charmap().map(c)).map(|glyph| glyph.to_u32())
        };
        GlyphId::new(if glyph == 0 { instead().unwrap_or_default() } else { glyph })
    }

    /// A glyph for each character.
    fn unshaped(&self, line: &str, part: Range<usize>, rtl: bool) -> Vec<KrillaGlyph> {
        let Ok(font) = FontRef::from_index(&self.data, self.index) else { return Vec::new() };
        let glyph = |(at, c): (usize, char)| {
            let (id, from) = (font.charmap().map(c).unwrap_or_default().to_u32(), part.start + at);
            KrillaGlyph::new(self.drawn(id), self.advance(c), 0.0, 0.0, 0.0, from..from + c.len_utf8(), None)
        };
        let mut glyphs: Vec<KrillaGlyph> = line[part.clone()].char_indices().map(glyph).collect();
        if rtl {
            glyphs.reverse();
        }
        glyphs
    }
}

/// Units of a font are small, and exact.
#[expect(clippy::cast_precision_loss)]
fn units_of(units: i32) -> f32 {
    units as f32
}
