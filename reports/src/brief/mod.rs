//! The kick-off brief: what everybody at the kick-off meeting has before them.
//!
//! It is made once, as sections, paragraphs, lists and tables; [`docx`] and [`pdf`] draw the same. What the engagement
//! does not say is shown as open, with who should say it: nothing is invented.

mod docx;
mod frame;
mod pdf;
mod state;
pub(crate) mod words;

use jiff::civil::Date;
use kickoff_engagement::Engagement;
use kickoff_engagement::documents::DocumentResult;
use kickoff_engagement::readiness::Readiness;
use kickoff_engagement::requests::RequestStatus;
use kickoff_engagement::risks::RegisterEntry;

use crate::results::Document;

pub use docx::{DocxError, docx};
pub use pdf::{PdfError, pdf};
pub use words::Words;

use words::printable;

/// What a brief is made from.
#[derive(Debug, Clone, Copy)]
pub struct BriefInput<'a> {
    /// The file.
    pub engagement: &'a Engagement,
    /// The results of the last run, where there is one.
    pub results: Option<&'a Document>,
    /// How far the engagement is.
    pub readiness: &'a Readiness,
    /// The documents as they stand.
    pub documents: &'a [DocumentResult],
    /// The requests as they stand.
    pub requests: &'a [RequestStatus],
    /// The risk register.
    pub risks: &'a [RegisterEntry],
    /// The day of the brief.
    pub today: Date,
}

/// A brief, before it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// Its title.
    pub title: String,
    /// What stands under the title.
    pub subtitle: Words,
    /// What every page carries.
    pub furniture: Furniture,
    /// What stands before the first section.
    pub opening: Vec<Block>,
    /// The sections.
    pub sections: Vec<Section>,
}

/// What every page carries, besides its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Furniture {
    /// The entity.
    pub entity: String,
    /// For whose eyes the brief is.
    pub confidentiality: String,
    /// The run that the results are of, `Run RUN-...`.
    pub run: String,
    /// The day of the brief.
    pub date: Date,
}

/// A section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub heading: &'static str,
    /// What is in it.
    pub blocks: Vec<Block>,
}

/// A part of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Words),
    /// What follows is about this.
    Subheading(&'static str),
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
    fn paragraph(words: impl Into<Words>) -> Self {
        Self::Paragraph(words.into())
    }

    fn points(points: Vec<Words>) -> Self {
        Self::List { numbered: false, points }
    }

    fn table<const N: usize>(columns: [(&'static str, u32); N], rows: Vec<[Words; N]>) -> Self {
        Self::Table(Table { columns: columns.to_vec(), rows: rows.into_iter().map(Vec::from).collect() })
    }

    /// A table, or what is said in its place where it has no rows.
    fn table_or<const N: usize>(columns: [(&'static str, u32); N], rows: Vec<[Words; N]>, none: Words) -> Self {
        if rows.is_empty() { Self::Paragraph(none) } else { Self::table(columns, rows) }
    }
}

/// Makes the brief.
#[must_use]
pub fn brief(input: &BriefInput<'_>) -> Brief {
    let engagement = input.engagement;
    let entity = engagement.entity.as_ref();
    let name = printable(entity.map_or("Entity not yet named", |entity| &entity.name));
    let firm = printable(engagement.auditor.as_ref().map_or("its auditor", |auditor| &auditor.firm));
    Brief {
        title: "SOC 2 kick-off brief".to_owned(),
        subtitle: match entity {
            Some(entity) => format!("{}: {}", entity.name, entity.system).into(),
            None => Words::open("Entity and system", "management"),
        },
        furniture: Furniture {
            confidentiality: match entity {
                Some(_) => format!("Confidential: for {name} and {firm}"),
                None => "Confidential".to_owned(),
            },
            entity: name,
            run: input
                .results
                .map_or_else(|| "No scan yet".to_owned(), |results| printable(&format!("Run {}", results.run.id))),
            date: input.today,
        },
        opening: frame::opening(input),
        sections: vec![
            Section { heading: "Goals", blocks: frame::goals(input) },
            Section { heading: "Scope and boundary", blocks: frame::boundary(input) },
            Section { heading: "Criteria", blocks: frame::criteria(input) },
            Section { heading: "Schedule and deliverables", blocks: frame::schedule(input) },
            Section { heading: "Who does what", blocks: frame::people(input) },
            Section { heading: "Channels and escalation", blocks: frame::channels(input) },
            Section { heading: "How progress is tracked", blocks: state::progress(input) },
            Section { heading: "Documents and requests", blocks: state::handed_over(input) },
            Section { heading: "Open gaps", blocks: state::gaps(input) },
            Section { heading: "Risks", blocks: state::risks(input) },
        ],
    }
}

#[cfg(test)]
mod tests;
