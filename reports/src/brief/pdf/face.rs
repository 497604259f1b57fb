//! Fonts: widths of texts, and where lines end.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider as _};
use unicode_bidi::BidiInfo;

use super::PdfError;

static REGULAR: &[u8] = include_bytes!("../../../fonts/LiberationSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../../fonts/LiberationSans-Bold.ttf");

/// Both faces.
pub(in crate::brief) struct Faces {
    pub(in crate::brief) regular: Face,
    pub(super) bold: Face,
}

impl Faces {
    pub(in crate::brief) fn new() -> Result<Self, PdfError> {
        Ok(Self { regular: Face::new(REGULAR)?, bold: Face::new(BOLD)? })
    }
}

/// A face, as it is drawn and as it is measured.
pub(in crate::brief) struct Face {
    pub(super) font: Font,
    charmap: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
}

/// What stands for a character that the font does not have.
const MISSING: [char; 2] = ['\u{25a1}', '?'];

impl Face {
    fn new(data: &'static [u8]) -> Result<Self, PdfError> {
        let font = Font::new(data.into(), 0).ok_or(PdfError::Font)?;
        let read = FontRef::new(data).map_err(|_| PdfError::Font)?;
        let metrics = read.glyph_metrics(Size::new(1.0), LocationRef::default());
        Ok(Self { font, charmap: read.charmap(), metrics })
    }

    /// Whether the font has a character.
    pub(super) fn has(&self, c: char) -> bool {
        self.charmap.map(c).is_some_and(|glyph| glyph.to_u32() != 0)
    }

    fn glyph(&self, c: char) -> skrifa::GlyphId {
        let known = [c].into_iter().chain(MISSING).find(|c| self.has(*c));
        known.and_then(|c| self.charmap.map(c)).unwrap_or_default()
    }

    fn advance(&self, c: char) -> f32 {
        self.metrics.advance_width(self.glyph(c)).unwrap_or_default()
    }

    /// The width of a text, in points.
    pub(in crate::brief) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.advance(c)).sum::<f32>() * size
    }

    /// The glyphs of a line, in the order in which they stand on the page.
    pub(super) fn glyphs(&self, line: &str) -> Vec<KrillaGlyph> {
        let glyph = |(at, c): (usize, char)| {
            let id = GlyphId::new(self.glyph(c).to_u32());
            KrillaGlyph::new(id, self.advance(c), 0.0, 0.0, 0.0, at..at + c.len_utf8(), None)
        };
        let bidi = BidiInfo::new(line, None);
        let Some(paragraph) = bidi.paragraphs.first() else { return Vec::new() };
        let (levels, runs) = bidi.visual_runs(paragraph, paragraph.range.clone());
        let mut glyphs = Vec::new();
        for run in runs {
            let drawn = line[run.clone()].char_indices().map(|(at, c)| glyph((run.start + at, c)));
            match levels[run.start].is_rtl() {
                true => glyphs.extend(drawn.rev()),
                false => glyphs.extend(drawn),
            }
        }
        glyphs
    }

    /// Breaks a text into lines of a width: between words, and within a word that is wider than the line, after a mark
    /// where it has one.
    pub(in crate::brief) fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        let (mut used, space) = (0.0, self.width(" ", size));
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let mut rest = word;
            loop {
                let last = lines.len() - 1;
                let gap = if lines[last].is_empty() { 0.0 } else { space };
                let wide = self.width(rest, size);
                if used + gap + wide <= width {
                    if gap > 0.0 {
                        lines[last].push(' ');
                    }
                    lines[last].push_str(rest);
                    used += gap + wide;
                    break;
                }
                if wide > width && lines[last].is_empty() {
                    let (head, tail) = rest.split_at(self.cut(rest, size, width));
                    lines[last].push_str(head);
                    rest = tail;
                }
                lines.push(String::new());
                used = 0.0;
            }
        }
        lines
    }

    /// Where to cut a word that is wider than the line: after its last mark that fits, else after its last character
    /// that does. At least one character is taken.
    fn cut(&self, word: &str, size: f32, width: f32) -> usize {
        let (mut used, mut mark, mut most) = (0.0, 0, 0);
        for (at, c) in word.char_indices() {
            used += self.advance(c) * size;
            let end = at + c.len_utf8();
            if used > width && most > 0 {
                break;
            }
            most = end;
            if matches!(c, '/' | ':' | '-' | '_' | '.' | ',' | ';' | '@' | '&' | '=') {
                mark = end;
            }
        }
        if mark > 0 && most < word.len() { mark } else { most }
    }
}
