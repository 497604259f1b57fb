//! What was tested, and what came out.

use std::collections::BTreeMap;

use kickoff_checks::{CRITERIA, Status};

use crate::outcomes::not_asked;
use crate::package::{Control, Deviation, Dossier, pages};
use crate::paper::words::{capital, first, many, person, sentence, with_verb};
use crate::paper::{Block, Words};
use crate::results::Criterion;

pub(super) fn criteria(dossier: &Dossier<'_>) -> Vec<Block> {
    let (document, scope) = (dossier.sources.document, &dossier.sources.engagement.scope);
    let rows = CRITERIA.iter().map(|criterion| {
        let found = document.criteria.iter().find(|found| found.id == criterion.id);
        let count =
            |status: Status| found.and_then(|found| found.counts.get(status.name())).copied().unwrap_or_default();
        let all: u64 = found.map(|found| found.counts.values().sum()).unwrap_or_default();
        let (pass, fail, unread) = (count(Status::Pass), count(Status::Fail), count(Status::NotEvaluated));
        // What the run was evaluated with, and what the file says since.
        let chosen = scope.has_category(criterion.category);
        let in_scope = match found.map_or(chosen, |found| found.coverage != "not-in-scope") {
            true => "Yes".into(),
            false if chosen => Words::unsettled("Since the run"),
            false => "No".into(),
        };
        [
            Words::from(criterion.id),
            criterion.name.into(),
            in_scope,
            found.map_or(0, |found| found.checks.len()).to_string().into(),
            pass.to_string().into(),
            fail.to_string().into(),
            unread.to_string().into(),
            all.saturating_sub(pass + fail + unread).to_string().into(),
            class(found).into(),
            criterion.documents.into(),
        ]
    });
    let columns = [
        ("Criterion", 8),
        ("In our words", 26),
        ("In scope", 6),
        ("Tests", 6),
        ("Pass", 6),
        ("Fail", 6),
        ("Not evaluated", 9),
        ("Other", 6),
        ("Coverage", 8),
        ("Still needed from people", 25),
    ];
    vec![
        Block::paragraph(
            "Every criterion is listed, whether it was tested or not. Pass, fail and so on count results of tests; one test \
             may bear on several criteria. Tested: configuration bears on most of its technical controls, all planned tests \
             ran and were decided. Partly: something was decided. Manual: documents and people only. None is ever said to be \
             met: that is the auditor's to conclude.",
        ),
        Block::table(columns, rows.collect()),
    ]
}

fn class(found: Option<&Criterion>) -> String {
    found.map_or_else(|| "Not tested".to_owned(), |found| pages::status_words(&found.coverage))
}

pub(super) fn tests(dossier: &Dossier<'_>) -> Vec<Block> {
    let rows = dossier.controls.iter().map(|control| {
        let populations: Vec<String> = control.populations.iter().map(|one| pages::population(dossier, one)).collect();
        let (tested, fails) = (control.tested(), control.count(Status::Fail));
        let deviations = format!("{fails} of {tested}");
        [
            Words::from(control.id),
            wording(control).into(),
            control.procedure(false).into(),
            populations.join("; ").into(),
            tested.to_string().into(),
            capital(&control.result()).into(),
            if fails > 0 { Words::unsettled(deviations) } else { deviations.into() },
            first(&control.evidence, 3).into(),
        ]
    });
    let columns = [
        ("Control", 7),
        ("What should hold", 16),
        ("Procedure", 38),
        ("Population, size", 11),
        ("Items tested", 6),
        ("Result of management", 11),
        ("Deviations", 8),
        ("Evidence", 8),
    ];
    let mut text =
        "One row for each control. A deviation is a tested item that does not meet what is expected; items that an \
                    approved exception takes out are counted as tested. Details stand in the workpaper of each control."
            .to_owned();
    if dossier.sources.reperformed {
        text.push_str(" Reperformed: each rule was applied again, offline, to the stored answers.");
    }
    let none = Words::unsettled("The run had no test.");
    vec![Block::paragraph(text), Block::table_or(columns, rows.collect(), none)]
}

/// What the check says, and the ids of the entity's own controls that it tests.
fn wording(control: &Control<'_>) -> String {
    let own: Vec<&str> = control.own.iter().map(|own| own.id.as_str()).collect();
    let title = control.check.meta.title;
    if own.is_empty() { title.to_owned() } else { format!("{title} (the entity's {})", own.join(", ")) }
}

pub(super) fn deviations(dossier: &Dossier<'_>) -> Vec<Block> {
    let failing = dossier.sources.document.results.iter().filter(|row| row.status == Status::Fail.name()).count();
    let mut blocks = Vec::new();
    let unnumbered = failing.saturating_sub(dossier.deviations.len());
    if unnumbered > 0 {
        let text = format!("{} fail and have no number: they stand in the workpapers.", many(unnumbered, "result"));
        blocks.push(Block::Paragraph(Words::unsettled(text)));
    }
    // By control: what is expected and what to do is said once.
    let mut by_control: BTreeMap<usize, Vec<&Deviation<'_>>> = BTreeMap::new();
    for deviation in &dossier.deviations {
        by_control.entry(deviation.control).or_default().push(deviation);
    }
    if by_control.is_empty() {
        blocks.push(Block::paragraph("No result of this run is numbered as a deviation."));
    }
    for (at, deviations) in by_control {
        let (control, count) = (&dossier.controls[at], deviations.len());
        let meta = control.check.meta;
        blocks.push(Block::subheading(format!("{} {}", control.id, meta.title)));
        let expected = deviations.first().map_or(meta.expected, |deviation| deviation.row.expected.as_str());
        blocks.push(Block::paragraph(format!(
            "{} of {} severity. Expected: {} What to do: {}",
            many(count, "deviation"),
            meta.severity,
            sentence(expected),
            sentence(meta.fix)
        )));
        let rows = deviations.into_iter().take(LISTED).map(|deviation| {
            let row = deviation.row;
            [
                Words::from(deviation.id),
                Words::from(&row.resource),
                format!("{} {}", row.account, row.region).into(),
                pages::observed(row).into(),
            ]
        });
        let columns = [("Deviation", 12), ("Resource", 32), ("Account and region", 18), ("Observed", 38)];
        blocks.push(Block::table(columns, rows.collect()));
        if count > LISTED {
            blocks.push(Block::paragraph(format!(
                "The other {} in the workpaper of {} and in 40_registers/deviations.csv.",
                with_verb(count - LISTED, "deviation", ["stands", "stand"]),
                control.id
            )));
        }
    }
    blocks
}

/// So many deviations of a control are listed; a reader of hundreds takes the workpaper or the register.
const LISTED: usize = 40;

/// An exception as it is shown: scope, reason, what is done instead, approver, approved, expires.
type Shown = ([String; 6], bool);

pub(super) fn exceptions(dossier: &Dossier<'_>) -> Vec<Block> {
    let (document, engagement) = (dossier.sources.document, dossier.sources.engagement);
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    let mut known: BTreeMap<&str, Shown> = BTreeMap::new();
    for exception in &engagement.exceptions {
        let named = [
            ("check", &exception.check),
            ("account", &exception.account),
            ("region", &exception.region),
            ("resource", &exception.resource),
        ];
        let named = named.into_iter().filter_map(|(kind, name)| name.as_ref().map(|name| format!("{kind} {name}")));
        let cells = [
            capital(&named.collect::<Vec<_>>().join(", ")),
            exception.reason.clone(),
            exception.compensating_control.clone(),
            person(engagement, &exception.approver).to_owned(),
            exception.approved.to_string(),
            exception.expires.to_string(),
        ];
        known.insert(&exception.id, (cells, exception.counts_on(pages::day(dossier))));
    }
    for note in document.results.iter().filter_map(|row| row.exception.as_ref()) {
        *taken.entry(&note.id).or_default() += 1;
        // One that the file no longer has, and that the results were made with.
        known.entry(&note.id).or_insert_with(|| {
            let cells = [
                "As its results say".to_owned(),
                note.reason.clone(),
                note.compensating_control.clone(),
                note.approver.clone(),
                note.approved.clone(),
                note.expires.clone(),
            ];
            (cells, true)
        });
    }
    let rows = known.into_iter().map(|(id, ([scope, reason, instead, approver, approved, expires], counts))| {
        let count = taken.get(id).copied().unwrap_or_default();
        [
            Words::from(id),
            scope.into(),
            reason.into(),
            instead.into(),
            format!("{approver}, {approved}").into(),
            if counts {
                expires.into()
            } else {
                Words::unsettled(format!("{expires}; does not count on the day of the run"))
            },
            count.to_string().into(),
        ]
    });
    let columns = [
        ("Exception", 9),
        ("Scope", 20),
        ("Why", 20),
        ("Compensating control", 20),
        ("Approved by, on", 13),
        ("Expires", 10),
        ("Results taken out", 8),
    ];
    vec![Block::table_or(columns, rows.collect(), "No exception is approved.".into())]
}

pub(super) fn populations(dossier: &Dossier<'_>) -> Vec<Block> {
    let rows = dossier.populations.iter().map(|population| {
        let totals: Vec<String> = population.totals.iter().map(|total| pages::total(total)).collect();
        let complete = match population.is_complete() {
            true => Words::from("Yes, as far as is known"),
            false => Words::unsettled(pages::cut(&format!("No: {}", population.incomplete.join("; ")), "Populations")),
        };
        [
            Words::from(population.id),
            (&population.what).into(),
            population.size().to_string().into(),
            if totals.is_empty() { population.without_second_count().into() } else { totals.join("; ").into() },
            complete,
        ]
    });
    let columns = [("Population", 9), ("What it lists", 24), ("Size", 7), ("Control total", 30), ("Complete?", 30)];
    vec![Block::table_or(columns, rows.collect(), Words::unsettled("The run lists no population."))]
}

pub(super) fn coverage(dossier: &Dossier<'_>) -> Vec<Block> {
    let document = dossier.sources.document;
    let shortfalls = document.shortfalls();
    let operations = many(document.coverage.iter().filter(|row| row.operation != "*").count(), "operation");
    let mut blocks = Vec::new();
    if shortfalls.is_empty() {
        blocks.push(Block::paragraph(format!(
            "{operations} by account and region were called; all answers were read to their last page, and every control \
             total ties."
        )));
    } else {
        blocks.push(Block::paragraph(format!(
            "{operations} by account and region were called. What follows could not be read, or does not tie; what rests on it \
             is not evaluated and never counts as passed."
        )));
        blocks.push(Block::points(
            shortfalls.iter().map(|one| Words::unsettled(pages::cut(one, "Gaps & coverage"))).collect(),
        ));
    }
    let not_asked = not_asked(document, dossier.sources.engagement).lines();
    if !not_asked.is_empty() {
        blocks.push(Block::paragraph("Not asked, though there or in scope; nothing was read of them:"));
        blocks.push(Block::points(not_asked.iter().map(|one| Words::unsettled(one.as_str())).collect()));
    }
    blocks.push(Block::subheading("Control totals"));
    let rows = document.control_totals.iter().map(|total| {
        let difference = format!("{:+}{}", total.difference, total.members());
        [
            Words::from(&total.account),
            (&total.population).into(),
            format!("{} by {}", total.counted, total.counted_by).into(),
            format!("{} by {}", total.expected, total.tied_to).into(),
            if total.ties() { "0".into() } else { Words::unsettled(difference) },
            first(&total.evidence, 3).into(),
        ]
    });
    let columns =
        [("Account", 14), ("Population", 22), ("Read", 22), ("Counted again", 22), ("Difference", 9), ("Evidence", 11)];
    blocks.push(Block::table_or(columns, rows.collect(), "AWS gave no second count in this run.".into()));
    blocks
}
