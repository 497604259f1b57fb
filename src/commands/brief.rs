//! `kickoff report --brief`: what the kick-off meeting is given.

use std::fmt;

use kickoff::walk::Failure;
use kickoff_reports::brief::{BriefInput, brief, docx, pdf};

use super::given;
use crate::cli::ReportArgs;
use crate::exit::Exit;
use crate::terminal::files::save;
use crate::terminal::fonts;

/// Writes the brief, as a document to edit and as pages to read.
pub(crate) fn report(arguments: &ReportArgs) -> Result<Exit, Failure> {
    let fonts = fonts::fonts(&arguments.font)?;
    let opened = given::opened(&arguments.file)?;
    let (run, results) =
        given::results(&arguments.run, &opened)?.map(|counted| (counted.outcomes, counted.document)).unzip();
    let registers = opened.registers(run.as_ref())?;
    let readiness = opened.readiness(&registers, run.as_ref());
    let brief = brief(&BriefInput {
        engagement: &opened.file,
        results: results.as_ref(),
        readiness: &readiness,
        documents: &registers.documents,
        requests: &registers.requests,
        findings: &registers.findings,
        risks: &registers.risks,
        today: opened.today,
    });
    let failed = |error: &dyn fmt::Display| Failure::usage(error);
    let pages = pdf(&brief, &fonts).map_err(|error| failed(&error))?;
    let text = docx(&brief).map_err(|error| failed(&error))?;
    std::fs::create_dir_all(&arguments.out)?;
    save(&arguments.out.join("kickoff-brief.docx"), &text)?;
    save(&arguments.out.join("kickoff-brief.pdf"), &pages)?;
    fonts::tell(&fonts)?;
    Ok(Exit::Done)
}
