//! Fonts: widths of texts, and where lines end.

use std::sync::LazyLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider as _};
use unicode_bidi::BidiInfo;

use super::error::PdfError;

static REGULAR: &[u8] = include_bytes!("../../fonts/LiberationSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../fonts/LiberationSans-Bold.ttf");

/// Read once: a package has many papers.
static FACES: LazyLock<Option<Faces>> =
    LazyLock::new(|| Some(Faces { regular: Face::new(REGULAR)?, bold: Face::new(BOLD)? }));

/// Both faces.
pub(super) struct Faces {
    pub(super) regular: Face,
    pub(super) bold: Face,
}

impl Faces {
    pub(super) fn get() -> Result<&'static Self, PdfError> {
        FACES.as_ref().ok_or(PdfError::Font)
    }

    pub(super) fn of(&self, bold: bool) -> &Face {
        if bold { &self.bold } else { &self.regular }
    }
}

/// A face, as it is drawn and as it is measured.
pub(super) struct Face {
    pub(super) font: Font,
    charmap: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    /// Glyph and width of each ASCII character, which most texts are made of.
    ascii: Vec<(skrifa::GlyphId, f32)>,
}

/// What stands for a character that the font does not have.
const MISSING: [char; 2] = ['\u{25a1}', '?'];

impl Face {
    fn new(data: &'static [u8]) -> Option<Self> {
        let font = Font::new(data.into(), 0)?;
        let read = FontRef::new(data).ok()?;
        let metrics = read.glyph_metrics(Size::new(1.0), LocationRef::default());
        let mut face = Self { font, charmap: read.charmap(), metrics, ascii: Vec::new() };
        face.ascii = (0..128_u8).map(|byte| face.looked_up(char::from(byte))).collect();
        Some(face)
    }

    /// Whether the font has a character.
    pub(super) fn has(&self, c: char) -> bool {
        matches!(c, ' '..='~') || self.charmap.map(c).is_some_and(|glyph| glyph.to_u32() != 0)
    }

    fn looked_up(&self, c: char) -> (skrifa::GlyphId, f32) {
        let known = [c].into_iter().chain(MISSING).find(|c| self.has(*c));
        let glyph = known.and_then(|c| self.charmap.map(c)).unwrap_or_default();
        (glyph, self.metrics.advance_width(glyph).unwrap_or_default())
    }

    /// The glyph of a character, and its width at size 1.
    fn glyph(&self, c: char) -> (skrifa::GlyphId, f32) {
        self.ascii.get(c as usize).copied().unwrap_or_else(|| self.looked_up(c))
    }

    fn advance(&self, c: char) -> f32 {
        self.glyph(c).1
    }

    /// The width of a text, in points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.advance(c)).sum::<f32>() * size
    }

    /// The glyphs of a line, in the order in which they stand on the page.
    pub(super) fn glyphs(&self, line: &str) -> Vec<KrillaGlyph> {
        let glyph = |(at, c): (usize, char)| {
            let (id, advance) = self.glyph(c);
            KrillaGlyph::new(GlyphId::new(id.to_u32()), advance, 0.0, 0.0, 0.0, at..at + c.len_utf8(), None)
        };
        if line.is_ascii() {
            return line.char_indices().map(glyph).collect();
        }
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
    pub(super) fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
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
