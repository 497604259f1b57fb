//! The brief as a PDF: tagged, PDF/A-2a and PDF/UA-1, with its fonts in it.

mod face;
mod flow;

use std::num::NonZeroU16;

use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, Node as Tagged, SpanTag, TableHeaderScope, Tag,
    TagGroup, TagKind, TagTree,
};
use krilla::{Document, SerializeSettings};

use self::face::Face;
pub(super) use self::face::Faces;
use self::flow::{Flow, HEIGHT, INK, MUTED, Mark, Node, Part, RULE, SIDE, Style, WIDTH};
use super::words::long;
use super::{Block, Brief, Furniture};

/// Why there is no PDF.
#[derive(Debug)]
pub enum PdfError {
    /// A font of the program's own cannot be read.
    Font,
    /// The writer of PDF refuses, or what it wrote would not keep to the standards.
    Writer(String),
}

impl std::fmt::Display for PdfError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Font => f.write_str("a font of the program cannot be read"),
            Self::Writer(why) => write!(f, "the PDF cannot be written: {why}"),
        }
    }
}

impl std::error::Error for PdfError {}

impl From<KrillaError> for PdfError {
    fn from(error: KrillaError) -> Self {
        Self::Writer(format!("{error:?}"))
    }
}

/// Draws the brief. The same brief gives the same bytes.
///
/// # Errors
/// The writer refuses; no text of the brief makes it do so.
pub fn pdf(brief: &Brief) -> Result<Vec<u8>, PdfError> {
    let faces = Faces::new()?;
    let mut flow = Flow::new(&faces);
    flow.brief(&noted(brief, &faces));
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| PdfError::Writer(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let mut found: Vec<Vec<Identifier>> = flow.nodes.iter().map(|_| Vec::new()).collect();
    let all = flow.pages.len();
    for (number, marks) in (1..).zip(&flow.pages) {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| PdfError::Writer("no page".to_owned()))?;
        let mut page = document.start_page_with(settings);
        let mut pen = Pen { surface: page.surface(), faces: &faces };
        pen.furniture(&brief.furniture, number, all);
        for mark in marks {
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
    document.set_metadata(metadata(brief));
    Ok(document.finish()?)
}

const LANGUAGE: &str = "en-GB";

fn metadata(brief: &Brief) -> Metadata {
    let date = brief.furniture.date;
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    let year = u16::try_from(date.year()).unwrap_or_default();
    let created = DateTime::new(year).month(part(date.month())).day(part(date.day())).hour(0).minute(0).second(0);
    Metadata::new()
        .title(shortened(&format!("{}: {}", brief.title, brief.furniture.entity), 200))
        .language(LANGUAGE.to_owned())
        .creator("kickoff".to_owned())
        .creation_date(created.utc_offset_hour(0).utc_offset_minute(0))
}

fn shortened(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// The brief, with a note at its beginning where it has characters that the fonts do not have.
fn noted(brief: &Brief, faces: &Faces) -> Brief {
    let mut brief = brief.clone();
    let missing = |text: &str| text.chars().any(|c| !faces.regular.has(c));
    let block = |block: &Block| match block {
        Block::Paragraph(words) => missing(&words.text),
        Block::Subheading(_) => false,
        Block::List { points, .. } => points.iter().any(|words| missing(&words.text)),
        Block::Facts(facts) => facts.iter().any(|(_, words)| missing(&words.text)),
        Block::Table(table) => table.rows.iter().flatten().any(|words| missing(&words.text)),
    };
    let texts = [&brief.subtitle.text, &brief.furniture.entity, &brief.furniture.confidentiality];
    let blocks = || brief.opening.iter().chain(brief.sections.iter().flat_map(|section| &section.blocks));
    if texts.into_iter().any(|text| missing(text)) || blocks().any(block) {
        let note =
            "Characters that the font of this PDF does not have are drawn as boxes; the editable brief has them.";
        brief.opening.push(Block::paragraph(note));
    }
    brief
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

/// Draws on a page.
struct Pen<'a, 'p> {
    surface: Surface<'p>,
    faces: &'a Faces,
}

impl Pen<'_, '_> {
    fn draw(&mut self, mark: &Mark, found: &mut [Vec<Identifier>]) {
        match mark {
            Mark::Text { x, y, text, style, node } => {
                let tag = match node {
                    Some(_) => ContentTag::Span(SpanTag::empty()),
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

    fn face(&self, style: Style) -> &Face {
        if style.bold { &self.faces.bold } else { &self.faces.regular }
    }

    fn text(&mut self, x: f32, y: f32, text: &str, style: Style) {
        let [red, green, blue] = style.colour;
        let (glyphs, font) = (self.face(style).glyphs(text), self.face(style).font.clone());
        self.surface.set_fill(Some(Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }));
        self.surface.draw_glyphs(Point::from_xy(x, y), &glyphs, font, text, style.size, false);
    }

    /// Entity, confidentiality, run, day and number, on every page.
    fn furniture(&mut self, furniture: &Furniture, number: usize, all: usize) {
        const SIZE: f32 = 8.0;
        let third = (WIDTH - 2.0 * SIDE) / 3.0;
        let plain = Style { bold: false, size: SIZE, colour: MUTED };
        let strong = Style { bold: true, size: SIZE, colour: INK };
        let head = HEIGHT.min(40.0);
        self.artifact(ArtifactType::Header, SIDE, head, &furniture.entity, strong, third);
        let confidential = self.clipped(&furniture.confidentiality, plain, 2.0 * third - 12.0);
        let width = self.face(plain).width(&confidential, SIZE);
        self.artifact(ArtifactType::Header, WIDTH - SIDE - width, head, &confidential, plain, width + 1.0);
        self.fill((SIDE, head + 6.0, WIDTH - 2.0 * SIDE, 0.5), RULE);
        let foot = HEIGHT - 34.0;
        self.fill((SIDE, foot - 12.0, WIDTH - 2.0 * SIDE, 0.5), RULE);
        self.artifact(ArtifactType::Footer, SIDE, foot, &furniture.run, plain, 1.4 * third);
        let day = long(furniture.date);
        self.artifact(ArtifactType::Footer, SIDE + 1.6 * third, foot, &day, plain, third);
        let page = format!("Page {number} of {all}");
        let width = self.face(plain).width(&page, SIZE);
        self.artifact(ArtifactType::Footer, WIDTH - SIDE - width, foot, &page, plain, width + 1.0);
    }

    fn artifact(&mut self, kind: ArtifactType, x: f32, y: f32, text: &str, style: Style, width: f32) {
        let text = self.clipped(text, style, width);
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        self.text(x, y, &text, style);
        self.surface.end_tagged();
    }

    /// A text that fits a width; what does not is left out, and said to be.
    fn clipped(&self, text: &str, style: Style, width: f32) -> String {
        let face = self.face(style);
        if face.width(text, style.size) <= width {
            return text.to_owned();
        }
        let room = width - face.width("\u{2026}", style.size);
        let mut used = 0.0;
        let fits = text.chars().take_while(|c| {
            used += face.width(c.encode_utf8(&mut [0; 4]), style.size);
            used <= room
        });
        fits.collect::<String>().trim_end().to_owned() + "\u{2026}"
    }
}
