//! Papers: what people read as pages, before it is drawn.
//!
//! A paper is made once, as sections, paragraphs, lists and tables. [`pdf`] draws any; the brief is drawn as a DOCX, too.

mod breaks;
mod error;
mod face;
mod flow;
mod fonts;
mod pdf;
pub(crate) mod script;
mod standin;
pub(crate) mod words;

use jiff::civil::Date;

pub use error::PdfError;
pub use fonts::{FontFile, Fonts};
pub(crate) use pdf::LANGUAGE;
pub use pdf::pdf;
pub use words::{Words, printable};

/// A paper, before it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Its title.
    pub title: Words,
    /// What stands under the title.
    pub subtitle: Words,
    /// Its day.
    pub date: Date,
    /// What every page carries.
    pub furniture: Furniture,
    /// Where a text can be read whose characters the fonts of a PDF do not have.
    pub elsewhere: &'static str,
    /// What stands before the first section.
    pub opening: Vec<Block>,
    /// The sections.
    pub sections: Vec<Section>,
    /// Whether the title and the opening lie on broad pages.
    pub broad: bool,
}

impl Paper {
    /// All texts that a paper's writer did not choose.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &Words> {
        let furniture = &self.furniture;
        let blocks = self.opening.iter().chain(self.sections.iter().flat_map(|section| &section.blocks));
        [&self.title, &self.subtitle, &furniture.entity, &furniture.confidentiality]
            .into_iter()
            .chain(furniture.foot.iter().flatten().map(|piece| &piece.words))
            .chain(self.sections.iter().map(|section| &section.heading))
            .chain(blocks.flat_map(Block::texts))
    }
}

/// What every page carries, besides its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Furniture {
    /// The entity.
    pub entity: Words,
    /// For whose eyes the paper is.
    pub confidentiality: Words,
    /// The lines at the foot; the number of the page stands at the end of the last one.
    pub foot: Vec<Vec<Piece>>,
}

/// A piece of a line at the foot of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub words: Words,
    /// Whether it is of no use unless it is whole: an id, a digest. Others are shortened where a line is too short.
    pub whole: bool,
}

impl Piece {
    /// A piece that may be shortened.
    pub fn new(words: impl Into<Words>) -> Self {
        Self { words: words.into(), whole: false }
    }

    /// A piece that may not.
    pub fn whole(words: impl Into<Words>) -> Self {
        Self { words: words.into(), whole: true }
    }
}

/// A section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub heading: Words,
    /// What is in it.
    pub blocks: Vec<Block>,
    /// Whether it lies on broad pages, for tables that need the room. It begins a page where that changes.
    pub broad: bool,
}

impl Section {
    /// A section on the pages of paper that stands.
    pub fn new(heading: impl Into<Words>, blocks: Vec<Block>) -> Self {
        Self { heading: heading.into(), blocks, broad: false }
    }

    /// A section on paper that lies.
    pub fn broad(heading: impl Into<Words>, blocks: Vec<Block>) -> Self {
        Self { broad: true, ..Self::new(heading, blocks) }
    }
}

/// A part of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Words),
    /// What follows is about this.
    Subheading(Words),
    /// Points, one below the other; numbered where their order means something.
    List {
        /// Whether their order means something.
        numbered: bool,
        /// The points.
        points: Vec<Words>,
    },
    /// Names and what they stand for.
    Facts(Vec<(&'static str, Words)>),
    /// A table.
    Table(Table),
    /// Lines that a reader fills in by hand, each with what belongs there.
    Lines(Vec<&'static str>),
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Heads of the columns, each with its share of the width.
    pub columns: Vec<(&'static str, u32)>,
    /// Rows, with a cell for each column.
    pub rows: Vec<Vec<Words>>,
}

impl Block {
    pub(crate) fn paragraph(words: impl Into<Words>) -> Self {
        Self::Paragraph(words.into())
    }

    pub(crate) fn subheading(words: impl Into<Words>) -> Self {
        Self::Subheading(words.into())
    }

    pub(crate) fn points(points: Vec<Words>) -> Self {
        Self::List { numbered: false, points }
    }

    pub(crate) fn steps(points: Vec<Words>) -> Self {
        Self::List { numbered: true, points }
    }

    pub(crate) fn table<const N: usize>(columns: [(&'static str, u32); N], rows: Vec<[Words; N]>) -> Self {
        Self::Table(Table { columns: columns.to_vec(), rows: rows.into_iter().map(Vec::from).collect() })
    }

    /// A table, or what is said in its place where it has no rows.
    pub(crate) fn table_or<const N: usize>(
        columns: [(&'static str, u32); N],
        rows: Vec<[Words; N]>,
        none: Words,
    ) -> Self {
        if rows.is_empty() { Self::Paragraph(none) } else { Self::table(columns, rows) }
    }

    /// All texts that a paper's writer did not choose, for what must be looked at in each.
    pub(crate) fn texts(&self) -> Vec<&Words> {
        match self {
            Self::Paragraph(words) | Self::Subheading(words) => vec![words],
            Self::List { points, .. } => points.iter().collect(),
            Self::Facts(facts) => facts.iter().map(|(_, words)| words).collect(),
            Self::Table(table) => table.rows.iter().flatten().collect(),
            Self::Lines(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
