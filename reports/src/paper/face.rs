//! Fonts: widths of texts, and where lines end.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider as _};
use unicode_bidi::{BidiInfo, Level};

use super::breaks::parts;
use super::error::PdfError;
use super::script::{is_bound, is_rtl, is_silent, mirrored};
use super::standin::StandIn;

static REGULAR: &[u8] = include_bytes!("../../fonts/LiberationSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../fonts/LiberationSans-Bold.ttf");

/// Read once: a package has many papers.
static BUILT_IN: LazyLock<Option<[BuiltIn; 2]>> = LazyLock::new(|| Some([BuiltIn::new(REGULAR)?, BuiltIn::new(BOLD)?]));

/// The fonts of a paper: the built-in ones, and those that stand in where they lack a character.
pub(super) struct Faces {
    built_in: &'static [BuiltIn; 2],
    pub(super) others: Vec<Arc<StandIn>>,
}

impl Faces {
    pub(super) fn new(others: Vec<Arc<StandIn>>) -> Result<Self, PdfError> {
        Ok(Self { built_in: BUILT_IN.as_ref().ok_or(PdfError::Font)?, others })
    }

    pub(super) fn of(&self, bold: bool) -> Face<'_> {
        Face { own: &self.built_in[usize::from(bold)], others: &self.others, bold }
    }

    /// Whether a character can be drawn.
    pub(super) fn has(&self, c: char) -> bool {
        self.built_in[0].has(c) || self.others.iter().any(|font| font.has(c))
    }
}

/// A built-in face, as it is drawn and as it is measured.
struct BuiltIn {
    font: Font,
    charmap: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    /// Glyph and width of each ASCII character, which most texts are made of.
    ascii: Vec<(skrifa::GlyphId, f32)>,
}

/// What stands for a character that no font has.
const MISSING: [char; 2] = ['\u{25a1}', '?'];

impl BuiltIn {
    fn new(data: &'static [u8]) -> Option<Self> {
        let font = Font::new(data.into(), 0)?;
        let read = FontRef::new(data).ok()?;
        let metrics = read.glyph_metrics(Size::new(1.0), LocationRef::default());
        let mut face = Self { font, charmap: read.charmap(), metrics, ascii: Vec::new() };
        face.ascii = (0..128_u8).map(|byte| face.looked_up(char::from(byte))).collect();
        Some(face)
    }

    fn has(&self, c: char) -> bool {
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

    /// The glyphs of a part of a line, in the order in which they stand on the page.
    fn glyphs(&self, line: &str, part: Range<usize>, rtl: bool) -> Vec<KrillaGlyph> {
        let mut glyphs: Vec<KrillaGlyph> = Vec::new();
        for (at, c) in line[part.clone()].char_indices() {
            let (from, to) = (part.start + at, part.start + at + c.len_utf8());
            if is_silent(c) && !self.has(c) {
                if let Some(before) = glyphs.last_mut() {
                    before.text_range.end = to;
                }
                continue;
            }
            let (id, advance) = self.glyph(if rtl { mirrored(c) } else { c });
            glyphs.push(KrillaGlyph::new(GlyphId::new(id.to_u32()), advance, 0.0, 0.0, 0.0, from..to, None));
        }
        if rtl {
            glyphs.reverse();
        }
        glyphs
    }
}

/// Glyphs of one font that stand beside each other.
pub(super) struct Run {
    pub(super) font: Font,
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// Whether they are made bold by a stroke: a font that stands in has one weight.
    pub(super) stroked: bool,
}

impl Run {
    /// Their width at size 1.
    pub(super) fn width(&self) -> f32 {
        self.glyphs.iter().map(|glyph| glyph.x_advance).sum()
    }
}

/// A face with those that stand in.
#[derive(Clone, Copy)]
pub(super) struct Face<'a> {
    own: &'static BuiltIn,
    others: &'a [Arc<StandIn>],
    bold: bool,
}

impl Face<'_> {
    /// Which of the other fonts draws a character; none where it is the built-in one, or none has it.
    fn other(&self, c: char) -> Option<usize> {
        if self.others.is_empty() || self.own.has(c) {
            return None;
        }
        self.others.iter().position(|font| font.has(c))
    }

    fn advance(&self, c: char) -> f32 {
        match self.other(c).and_then(|at| self.others.get(at)) {
            Some(font) => font.advance(c),
            None if is_silent(c) && !self.own.has(c) => 0.0,
            None => self.own.glyph(c).1,
        }
    }

    /// The width of a text, in points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        let plain = text.is_ascii() || text.chars().all(|c| self.other(c).is_none());
        let width: f32 = match plain {
            true => text.chars().map(|c| self.advance(c)).sum(),
            false => self.runs(text, is_rtl(text)).iter().map(Run::width).sum(),
        };
        width * size
    }

    /// The glyphs of a line of a text that runs one way or the other, in the order in which they stand on the page.
    pub(super) fn runs(&self, line: &str, rtl: bool) -> Vec<Run> {
        let own = |glyphs| Run { font: self.own.font.clone(), glyphs, stroked: false };
        if line.is_ascii() && !rtl {
            return vec![own(self.own.glyphs(line, 0..line.len(), false))];
        }
        let level = if rtl { Level::rtl() } else { Level::ltr() };
        let bidi = BidiInfo::new(line, Some(level));
        let Some(paragraph) = bidi.paragraphs.first() else { return Vec::new() };
        let (levels, visual) = bidi.visual_runs(paragraph, paragraph.range.clone());
        let mut runs = Vec::new();
        for run in visual {
            let rtl = levels[run.start].is_rtl();
            let mut segments = self.segments(line, run);
            if rtl {
                segments.reverse();
            }
            for (other, part) in segments {
                runs.push(match other.and_then(|at| self.others.get(at)) {
                    Some(font) => {
                        Run { font: font.font.clone(), glyphs: font.glyphs(line, part, rtl), stroked: self.bold }
                    }
                    None => own(self.own.glyphs(line, part, rtl)),
                });
            }
        }
        runs
    }

    /// A part of a line by the fonts that draw it. What belongs to a character is drawn with it.
    fn segments(&self, line: &str, part: Range<usize>) -> Vec<(Option<usize>, Range<usize>)> {
        let mut segments: Vec<(Option<usize>, Range<usize>)> = Vec::new();
        for (at, c) in line[part.clone()].char_indices() {
            let (from, to) = (part.start + at, part.start + at + c.len_utf8());
            let before = segments.last_mut();
            let with = |before: &(Option<usize>, _)| {
                let holds = |at: usize| is_silent(c) || self.others.get(at).is_some_and(|font| font.has(c));
                is_bound(c) && before.0.map_or(is_silent(c), holds)
            };
            match before {
                Some(before) if with(before) || before.0 == self.other(c) => before.1.end = to,
                _ => segments.push((self.other(c), from..to)),
            }
        }
        segments
    }

    /// Breaks a text into lines of a width: between words, and within a word that is wider than the line, after a mark
    /// where it has one.
    pub(super) fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        let (mut used, space) = (0.0, self.width(" ", size));
        let words = text.split(' ').filter(|word| !word.is_empty()).map(parts);
        let parts = words.flat_map(|parts| parts.into_iter().enumerate());
        for (at, part) in parts {
            let mut rest = part;
            loop {
                let last = lines.len() - 1;
                let gap = if lines[last].is_empty() || at > 0 { 0.0 } else { space };
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
            // No line begins with what belongs to the character before it.
            if most > 0 && word[end..].chars().next().is_some_and(is_bound) {
                continue;
            }
            most = end;
            if matches!(c, '/' | ':' | '-' | '_' | '.' | ',' | ';' | '@' | '&' | '=') {
                mark = end;
            }
        }
        if mark > 0 && most < word.len() { mark } else { most }
    }
}
