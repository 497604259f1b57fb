//! `01_Management_Report.pdf`: scope, criteria, tests of controls with results, deviations, exceptions, coverage.

mod outcome;
mod scope;

use super::{Dossier, pages, start};
use crate::paper::{Block, Paper, Section};

/// The report of management.
#[must_use]
pub fn management_report(dossier: &Dossier<'_>) -> Paper {
    let mut paper = pages::paper(dossier, "Management report on tests of controls", "Management report");
    let frame = &dossier.frame;
    paper.opening.push(pages::frame(dossier));
    paper.opening.push(Block::paragraph(format!(
        "Prepared by management of {} with {}. It says which controls were tested in one run, how, on which population, and \
         with which result. It gives no opinion and draws no conclusion: that is the auditor's.",
        frame.entity, frame.tool
    )));
    paper.sections = vec![
        Section::new("Accounts and regions", scope::accounts(dossier)),
        Section::new("Categories and services", scope::categories(dossier)),
        Section::new("Subservice organizations", scope::organizations(dossier)),
        Section::broad("The 61 criteria", outcome::criteria(dossier)),
        Section::broad("Tests of controls and results", outcome::tests(dossier)),
        Section::broad("Deviations", outcome::deviations(dossier)),
        Section::broad("Approved exceptions", outcome::exceptions(dossier)),
        Section::broad("Populations", outcome::populations(dossier)),
        Section::broad("Coverage", outcome::coverage(dossier)),
        Section::broad("What this report does not show", vec![Block::points(start::limits())]),
    ];
    paper
}
