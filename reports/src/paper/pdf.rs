//! A paper as a PDF: tagged, PDF/A-2a and PDF/UA-1, with its fonts in it.

use std::num::NonZeroU16;

use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, Node as Tagged, SpanTag, TableHeaderScope, Tag,
    TagGroup, TagKind, TagTree,
};
use krilla::{Document, SerializeSettings};

use super::error::PdfError;
use super::face::{Face, Faces};
use super::flow::{self, FOOT, Flow, INK, MUTED, Mark, Node, Page, Part, RULE, SIDE, Style};
use super::fonts::{Fonts, lacking, note};
use super::script::{has_rtl, is_rtl};
use super::{Furniture, Paper, Piece, Words};

/// Draws a paper. The same paper with the same fonts gives the same bytes.
///
/// # Errors
/// The writer refuses; no text of a paper makes it do so.
pub fn pdf(paper: &Paper, fonts: &Fonts) -> Result<Vec<u8>, PdfError> {
    let built_in = Faces::new(Vec::new())?;
    let lacking = lacking(paper.texts().map(|words| words.text.as_str()), |c| built_in.has(c));
    let faces = Faces::new(fonts.of(&lacking))?;
    match drawn(paper, &faces) {
        // A font of somebody else's is no reason to have no paper.
        Err(PdfError::Writer(_)) if !faces.others.is_empty() => {
            fonts.give_up(&lacking);
            drawn(paper, &built_in)
        }
        done => done,
    }
}

fn drawn(paper: &Paper, faces: &Faces) -> Result<Vec<u8>, PdfError> {
    let mut flow = Flow::new(faces, paper.broad, paper.furniture.foot.len());
    let missing = lacking(paper.texts().map(|words| words.text.as_str()), |c| faces.has(c));
    let note = note(&missing, paper.elsewhere).map(Words::unsettled);
    flow.paper(paper, note.as_ref(), set_in(faces).as_ref());
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| PdfError::Writer(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let mut found: Vec<Vec<Identifier>> = flow.nodes.iter().map(|_| Vec::new()).collect();
    let all = flow.pages.len();
    for (number, page) in (1..).zip(&flow.pages) {
        let settings = PageSettings::from_wh(page.width(), page.height());
        let mut drawn = document.start_page_with(settings.ok_or_else(|| PdfError::Writer("no page".to_owned()))?);
        let mut pen = Pen { surface: drawn.surface(), faces };
        pen.furniture(&paper.furniture, page, &format!("Page {number} of {all}"));
        for mark in &page.marks {
            pen.draw(mark, &mut found);
        }
    }
    let mut tree = TagTree::new().with_lang(Some(LANGUAGE.to_owned()));
    for node in &flow.top {
        tree.push(group(&flow.nodes, *node, &mut found));
    }
    document.set_tag_tree(tree);
    let mut outline = Outline::new();
    for (heading, page, y) in &flow.outline {
        outline.push_child(OutlineNode::new(heading.clone(), XyzDestination::new(*page, Point::from_xy(SIDE, *y))));
    }
    document.set_outline(outline);
    document.set_metadata(metadata(paper));
    Ok(document.finish()?)
}

/// The language of all papers.
pub(crate) const LANGUAGE: &str = "en-GB";

fn metadata(paper: &Paper) -> Metadata {
    let (date, entity) = (paper.date, &paper.furniture.entity.text);
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    let year = u16::try_from(date.year()).unwrap_or_default();
    let created = DateTime::new(year).month(part(date.month())).day(part(date.day())).hour(0).minute(0).second(0);
    Metadata::new()
        .title(shortened(&format!("{}: {entity}", paper.title.text), 200))
        .authors(vec![shortened(entity, 200)])
        .language(LANGUAGE.to_owned())
        .creator("kickoff".to_owned())
        .creation_date(created.utc_offset_hour(0).utc_offset_minute(0))
}

fn shortened(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// Which fonts drew what the built-in ones do not have: whoever draws the paper again needs the same.
fn set_in(faces: &Faces) -> Option<Words> {
    let titles: Vec<&str> = faces.others.iter().map(|font| font.title.as_str()).collect();
    (!titles.is_empty())
        .then(|| format!("Set in Liberation Sans and, where it lacks a character, in {}.", titles.join("; in ")).into())
}

fn group(nodes: &[Node], at: usize, found: &mut [Vec<Identifier>]) -> TagGroup {
    let node = &nodes[at];
    let mut group = TagGroup::new(tag(node));
    for child in &node.children {
        group.push(self::group(nodes, *child, found));
    }
    for identifier in found[at].drain(..) {
        group.push(Tagged::Leaf(identifier));
    }
    group
}

fn tag(node: &Node) -> TagKind {
    match node.part {
        Part::Heading(level) => Tag::Hn(NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN), node.title.clone()).into(),
        Part::Paragraph => Tag::P.into(),
        Part::List { numbered: true } => Tag::L(ListNumbering::Decimal).into(),
        Part::List { numbered: false } => Tag::L(ListNumbering::Disc).into(),
        Part::Item => Tag::LI.into(),
        Part::Label => Tag::Lbl.into(),
        Part::Body => Tag::LBody.into(),
        Part::Table => Tag::Table.into(),
        Part::Row => Tag::TR.into(),
        Part::Head => Tag::TH(TableHeaderScope::Column).into(),
        Part::RowHead => Tag::TH(TableHeaderScope::Row).into(),
        Part::Cell => Tag::TD.into(),
    }
}

/// How much a stroke adds to a letter that is to be bold, as a part of its size.
const STROKE: f32 = 0.03;

/// Draws on a page.
struct Pen<'a, 'p> {
    surface: Surface<'p>,
    faces: &'a Faces,
}

impl Pen<'_, '_> {
    fn draw(&mut self, mark: &Mark, found: &mut [Vec<Identifier>]) {
        match mark {
            Mark::Text { x, y, text, style, node } => {
                // What runs from right to left is read in the order in which it was written.
                let actual = has_rtl(text).then_some(text.as_str());
                let tag = match node {
                    Some(_) => ContentTag::Span(SpanTag::empty().with_actual_text(actual)),
                    None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
                };
                if text.is_empty() {
                    return;
                }
                let identifier = self.surface.start_tagged(tag);
                self.text(*x, *y, text, *style);
                self.surface.end_tagged();
                if let Some(node) = node {
                    found[*node].push(identifier);
                }
            }
            Mark::Fill { x, y, width, height, colour } => self.fill((*x, *y, *width, *height), *colour),
        }
    }

    fn fill(&mut self, (x, y, width, height): (f32, f32, f32, f32), [red, green, blue]: flow::Colour) {
        let Some(area) = Rect::from_xywh(x, y, width, height) else { return };
        let mut path = PathBuilder::new();
        path.push_rect(area);
        let Some(path) = path.finish() else { return };
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        self.surface.set_fill(Some(Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }));
        self.surface.draw_path(&path);
        self.surface.end_tagged();
    }

    fn face(&self, style: Style) -> Face<'_> {
        self.faces.of(style.bold)
    }

    fn text(&mut self, x: f32, y: f32, text: &str, style: Style) {
        let [red, green, blue] = style.colour;
        let paint = || rgb::Color::new(red, green, blue).into();
        let mut x = x;
        for run in self.face(style).runs(text, style.rtl) {
            let stroke = Stroke { paint: paint(), width: style.size * STROKE, ..Stroke::default() };
            self.surface.set_fill(Some(Fill { paint: paint(), ..Fill::default() }));
            self.surface.set_stroke(run.stroked.then_some(stroke));
            let width = run.width() * style.size;
            self.surface.draw_glyphs(Point::from_xy(x, y), &run.glyphs, run.font, text, style.size, false);
            x += width;
        }
        self.surface.set_stroke(None);
    }

    /// Entity, confidentiality, the lines at the foot and the number, on every page.
    fn furniture(&mut self, furniture: &Furniture, page: &Page, number: &str) {
        const SIZE: f32 = 8.0;
        const GAP: f32 = 12.0;
        let (room, right) = (page.width() - 2.0 * SIDE, page.width() - SIDE);
        let plain = Style { bold: false, size: SIZE, colour: MUTED, rtl: false };
        let strong = Style { bold: true, size: SIZE, colour: INK, rtl: false };
        let head = 40.0;
        let confidential = clipped(self.face(plain), &furniture.confidentiality.text, SIZE, room * 0.6);
        let width = self.face(plain).width(&confidential, SIZE);
        self.artifact(ArtifactType::Header, SIDE, head, &furniture.entity.text, strong, room - width - GAP);
        self.artifact(ArtifactType::Header, right - width, head, &confidential, plain, width + 1.0);
        self.fill((SIDE, head + 6.0, room, 0.5), RULE);
        // Several lines are small print.
        let style = Style { size: if furniture.foot.len() > 1 { 6.5 } else { SIZE }, ..plain };
        let width = self.face(style).width(number, style.size);
        let mut foot = page.height() - 34.0;
        self.artifact(ArtifactType::Footer, right - width, foot, number, style, width + 1.0);
        for (up, line) in furniture.foot.iter().rev().enumerate() {
            foot -= if up > 0 { FOOT } else { 0.0 };
            let line = foot_line(self.faces, line, style.size, if up > 0 { room } else { room - width - GAP });
            self.artifact(ArtifactType::Footer, SIDE, foot, &line, style, room);
        }
        self.fill((SIDE, foot - 12.0, room, 0.5), RULE);
    }

    fn artifact(&mut self, kind: ArtifactType, x: f32, y: f32, text: &str, style: Style, width: f32) {
        let text = clipped(self.face(style), text, style.size, width);
        let style = Style { rtl: is_rtl(&text), ..style };
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        self.text(x, y, &text, style);
        self.surface.end_tagged();
    }
}

/// The pieces of a line in a width. Those that are of no use unless they are whole come first when it is shared out; of
/// the others the long ones are shortened.
pub(super) fn foot_line(faces: &Faces, pieces: &[Piece], size: f32, width: f32) -> String {
    const BETWEEN: &str = "  \u{b7}  ";
    let face = faces.of(false);
    let wide = |piece: &Piece| face.width(&piece.words.text, size);
    let whole: f32 = pieces.iter().filter(|piece| piece.whole).map(wide).sum();
    let between: f32 = pieces.iter().skip(1).map(|_| face.width(BETWEEN, size)).sum();
    let mut others: Vec<f32> = pieces.iter().filter(|piece| !piece.whole).map(wide).collect();
    others.sort_unstable_by(f32::total_cmp);
    let (mut rest, mut most) = (width - whole - between, f32::INFINITY);
    for (at, one) in others.iter().enumerate() {
        let share = rest / others.iter().skip(at).map(|_| 1.0).sum::<f32>();
        if *one > share {
            most = share;
            break;
        }
        rest -= one;
    }
    let shown = |piece: &Piece| match piece.whole || wide(piece) <= most {
        true => piece.words.text.clone(),
        false => clipped(face, &piece.words.text, size, most),
    };
    pieces.iter().map(shown).collect::<Vec<_>>().join(BETWEEN)
}

/// A text that fits a width; what does not is left out, and said to be.
fn clipped(face: Face<'_>, text: &str, size: f32, width: f32) -> String {
    if face.width(text, size) <= width {
        return text.to_owned();
    }
    let room = width - face.width("\u{2026}", size);
    let mut used = 0.0;
    let fits = text.chars().take_while(|c| {
        used += face.width(c.encode_utf8(&mut [0; 4]), size);
        used <= room
    });
    fits.collect::<String>().trim_end().to_owned() + "\u{2026}"
}
