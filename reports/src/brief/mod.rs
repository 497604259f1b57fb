//! The kick-off brief: what everybody at the kick-off meeting has before them.
//!
//! It is a [`Paper`]; [`docx`] and [`pdf`] draw the same. What the engagement does not say is shown as open, with who
//! should say it: nothing is invented.

mod auditor;
mod docx;
mod frame;
mod state;

use jiff::civil::Date;
use kickoff_engagement::Engagement;
use kickoff_engagement::documents::DocumentResult;
use kickoff_engagement::findings::FindingResult;
use kickoff_engagement::readiness::Readiness;
use kickoff_engagement::requests::RequestStatus;
use kickoff_engagement::risks::RegisterEntry;

use crate::paper::words::{confidential, long};
use crate::paper::{Furniture, Paper, Piece, Section, Words};
use crate::results::Document;

pub use crate::paper::{Fonts, PdfError, pdf};
pub use docx::{DocxError, docx};
pub(crate) use frame::{categories, report_on_file};

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
    /// What the auditor found, as it stands.
    pub findings: &'a [FindingResult],
    /// The risk register.
    pub risks: &'a [RegisterEntry],
    /// The day of the brief.
    pub today: Date,
}

/// Makes the brief.
#[must_use]
pub fn brief(input: &BriefInput<'_>) -> Paper {
    let engagement = input.engagement;
    let entity = engagement.entity.as_ref();
    let mut sections = vec![
        Section::new("Goals", frame::goals(input)),
        Section::new("Scope and boundary", frame::boundary(input)),
        Section::new("Criteria", frame::categories(engagement)),
        Section::new("Schedule and deliverables", frame::schedule(input)),
        Section::new("Who does what", frame::people(input)),
        Section::new("Channels and escalation", frame::channels(input)),
        Section::new("How progress is tracked", state::progress(input)),
        Section::new("Documents and requests", state::handed_over(input)),
        Section::new("Open gaps", state::gaps(input)),
        Section::new("Risks", state::risks(input)),
    ];
    // Before the meeting there is nothing of it.
    if let Some(said) = auditor::section(input) {
        sections.insert(8, Section::new("What the auditor gave back and found", said));
    }
    let run = input.results.map_or_else(|| "No scan yet".to_owned(), |results| format!("Run {}", results.run.id));
    Paper {
        title: "SOC 2 kick-off brief".into(),
        subtitle: match entity {
            Some(entity) => format!("{}: {}", entity.name, entity.system).into(),
            None => Words::open("Entity and system", "management"),
        },
        date: input.today,
        furniture: Furniture {
            entity: entity.map_or("Entity not yet named", |entity| &entity.name).into(),
            confidentiality: confidential(engagement).into(),
            foot: vec![vec![Piece::whole(run), Piece::whole(long(input.today))]],
        },
        elsewhere: "the editable brief",
        opening: frame::opening(input),
        sections,
        broad: false,
    }
}

#[cfg(test)]
mod tests;
