//! `02_Workbook.xlsx`: what an auditor opens first. Rows go to disk as they are written; the same dossier gives the same bytes.

mod auditor;
mod controls;
mod deviations;
mod evidence;
mod front;
mod page;
mod registers;
mod sheet;
#[cfg(test)]
mod tests;

use std::io::Write;

use jiff::Timestamp;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};

pub use rust_xlsxwriter::XlsxError as WorkbookError;

use super::dossier::Dossier;
use sheet::{Sheet, Styles};

/// What a workbook holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// The names of its sheets, in order.
    pub sheets: Vec<&'static str>,
    /// Sheets of the list that are not in it, with the reason.
    pub left_out: Vec<(&'static str, &'static str)>,
}

/// Makes a sheet; none where there is nothing to put on it.
type Make = for<'d> fn(&'d Dossier<'d>) -> Option<Sheet<'d>>;

/// The sheets after the first, in order, each with why it is not there when it is not. Without a maker, one run cannot fill it.
const SHEETS: [(&str, Option<Make>, &str); 21] = [
    ("Cover & scope", Some(front::cover), ""),
    ("Criteria matrix", Some(controls::criteria), ""),
    ("Control matrix", Some(controls::matrix), "no check was selected, and kickoff.toml has no controls"),
    ("Tests of controls", Some(controls::tests), "no check was selected"),
    ("Result detail", Some(controls::results), "the run has no results"),
    ("IPE log", Some(evidence::ipe), "no result cites evidence"),
    ("Populations", Some(evidence::populations), "the run has no populations"),
    ("Samples", None, "samples are drawn from the populations of a period; the auditor selects them"),
    ("Deviations", Some(deviations::deviations), "no result of the run fails"),
    ("Exceptions & exclusions", Some(deviations::exceptions), "kickoff.toml has neither exceptions nor exclusions"),
    ("Timeline", None, "one run is one point in time; a timeline takes a series of runs"),
    ("Gaps & coverage", Some(evidence::coverage), "the run made no calls"),
    ("Access review", Some(registers::access), "principals and policies were not read"),
    ("Access reviews", Some(registers::returned), "kickoff.toml has no access review that came back"),
    ("Asset inventory", Some(registers::assets), "no asset was read"),
    ("Risk register", Some(registers::risks), "there is no risk register"),
    ("Vendors", Some(registers::vendors), "kickoff.toml has no vendors"),
    ("PBC tracker", Some(registers::requests), "there is no list of requests"),
    ("Auditor findings", Some(auditor::findings), "kickoff.toml has no findings of the auditor"),
    ("Remediation", Some(deviations::remediation), "no result of the run fails"),
    ("Changes & subservice", Some(registers::changes), ""),
];

/// Writes the workbook.
///
/// # Errors
/// It cannot be written.
pub fn workbook(dossier: &Dossier<'_>, to: &mut (impl Write + Send)) -> Result<Contents, WorkbookError> {
    let made = SHEETS.map(|(name, make, why)| (name, make.and_then(|make| make(dossier)), why));
    let names = |there: bool| {
        let of = made.iter().filter(move |(_, sheet, _)| sheet.is_some() == there);
        of.map(|(name, _, why)| (*name, *why)).collect::<Vec<_>>()
    };
    let mut contents = Contents { sheets: vec!["Read me"], left_out: names(false) };
    contents.sheets.extend(names(true).into_iter().map(|(name, _)| name));

    let (frame, styles) = (&dossier.frame, Styles::new());
    let mut book = Workbook::new();
    book.set_properties(&properties(dossier)?);
    if let Some(first) = front::read_me(dossier, &contents) {
        sheet::write(&mut book, &styles, frame, "Read me", first)?;
    }
    for (name, sheet, _) in made {
        if let Some(sheet) = sheet {
            sheet::write(&mut book, &styles, frame, name, sheet)?;
        }
    }
    book.save_to_writer(to)?;
    Ok(contents)
}

/// The document's properties. It is of the time of the run, not of that of its writing.
fn properties(dossier: &Dossier<'_>) -> Result<DocProperties, WorkbookError> {
    let frame = &dossier.frame;
    let started: Timestamp = dossier.sources.document.run.started.parse().unwrap_or(Timestamp::UNIX_EPOCH);
    let properties = DocProperties::new()
        .set_title(format!("Evidence workbook, {}", frame.run))
        .set_subject(frame.report.clone())
        .set_author(frame.entity.clone())
        .set_comment(frame.line());
    Ok(properties.set_creation_datetime(&ExcelDateTime::from_timestamp(started.as_second())?))
}
