//! What all papers of a package have in common.

use jiff::Timestamp;
use jiff::civil::Date;
use kickoff_checks::Status;

use super::{Dossier, Reconciled};
use crate::paper::words::{capital, confidential};
use crate::paper::{Block, Furniture, Paper, Piece, Words};
use crate::results::{ControlTotal, ResultRow};

/// A paper without sections yet: its frame, and before anything else what a reader must know. The subject tells the
/// paper's pages from others.
pub(super) fn paper(dossier: &Dossier<'_>, title: &str, subject: &str) -> Paper {
    let frame = &dossier.frame;
    let system = frame.system.as_ref().map(|system| format!(": {system}")).unwrap_or_default();
    Paper {
        title: title.into(),
        subtitle: format!("{}{system}", frame.entity).into(),
        date: day(dossier),
        furniture: Furniture {
            entity: (&frame.entity).into(),
            confidentiality: confidential(dossier.sources.engagement).into(),
            foot: vec![
                vec![Piece::new(&frame.accounts), Piece::new(&frame.regions), Piece::new(&frame.report)],
                vec![
                    Piece::new(format!("collected {}", frame.collected)),
                    Piece::new(&frame.tool),
                    Piece::whole(&frame.run),
                    Piece::whole(subject),
                ],
                frame
                    .marks
                    .iter()
                    .map(|mark| Piece::whole(*mark))
                    .chain([Piece::whole(format!("evidence sha256 {}", frame.digest))])
                    .collect(),
            ],
        },
        elsewhere: "the workbook",
        opening: frame.warnings.iter().map(|warning| Block::Paragraph(Words::unsettled(warning))).collect(),
        sections: Vec::new(),
        broad: false,
    }
}

/// The frame, as facts.
pub(super) fn frame(dossier: &Dossier<'_>) -> Block {
    Block::Facts(dossier.frame.facts().into_iter().map(|(name, value)| (name, value.into())).collect())
}

/// The day of the run where the engagement is.
pub(super) fn day(dossier: &Dossier<'_>) -> Date {
    let started = dossier.sources.document.run.started.parse::<Timestamp>();
    started.map(|time| dossier.sources.engagement.day_of(time)).unwrap_or_default()
}

/// `Not evaluated`.
pub(super) fn status_words(status: &str) -> String {
    capital(&status.replace('-', " "))
}

/// What a status says.
pub(super) fn meaning(status: Status) -> &'static str {
    match status {
        Status::Pass => "what was observed meets what is expected",
        Status::Fail => "it does not: a deviation, with a DEV id",
        Status::NotEvaluated => "something that had to be known could not be read; the reason names the call",
        Status::NoPopulation => "there is nothing to test",
        Status::NotApplicable => "the question does not arise here; the reason says why",
        Status::Manual => "a person has to judge what is listed",
        Status::Excluded => "fails, and is taken out by an approved exception, with an EXC id",
    }
}

/// `3 pass, 1 fail`: what there is none of is left out.
pub(super) fn counted(statuses: impl Fn(Status) -> usize) -> String {
    let counts = Status::ALL.into_iter().map(|status| (status, statuses(status))).filter(|(_, count)| *count > 0);
    let parts: Vec<String> =
        counts.map(|(status, count)| format!("{count} {}", status.name().replace('-', " "))).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

/// `POP-03 IAM users (not complete): 40 listed, less 14 without a console password: 26 tested`.
pub(super) fn population(dossier: &Dossier<'_>, reconciled: &Reconciled) -> String {
    let population = &dossier.populations[reconciled.population];
    let whole = if population.is_complete() { "" } else { " (not complete)" };
    format!("{} {}{whole}: {}", population.id, population.what, reconciled.words())
}

/// `12 read by iam:ListUsers, iam:GetAccountSummary says 12: difference +0`.
pub(super) fn total(total: &ControlTotal) -> String {
    format!(
        "{}: {} read by {}, {} says {}, difference {:+}{}",
        total.account,
        total.counted,
        total.counted_by,
        total.tied_to,
        total.expected,
        total.difference,
        total.members()
    )
}

/// What was observed, with the reason where there is one.
pub(super) fn observed(row: &ResultRow) -> String {
    let told = match &row.reason {
        Some(reason) if row.observed.trim().is_empty() => capital(reason),
        Some(reason) => format!("{} ({reason})", row.observed),
        None => row.observed.clone(),
    };
    cut(&told, "Result detail")
}

/// A text that is longer than a cell should be, without its end, and the sheet of the workbook that has it.
pub(super) fn cut(text: &str, sheet: &str) -> String {
    const MOST: usize = 600;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}\u{2026} (whole in the workbook, {sheet})", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
