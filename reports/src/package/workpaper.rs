//! `10_workpapers/CC6.1/CC6.1.03.pdf`: one control on one paper, for the auditor's binder.

use std::collections::BTreeSet;

use kickoff_checks::{Kind, Status};
use kickoff_engagement::Attested;

use super::{Control, Dossier, Mark, pages};
use crate::paper::words::{capital, first, long, person, sentence, with_verb};
use crate::paper::{Block, Paper, Section, Words};
use crate::results::{Evidence, ResultRow, Text};

/// So many results are all listed; of more, those that are not as expected are.
const ALL: usize = 200;

/// The paper of a control.
#[must_use]
pub fn workpaper(dossier: &Dossier<'_>, control: &Control<'_>) -> Paper {
    let meta = control.check.meta;
    let mut paper = pages::paper(dossier, &format!("{}  {}", control.id, meta.title), control.id);
    paper.broad = true;
    paper.opening.push(Block::Facts(header(dossier, control)));
    let shown = shown(control);
    paper.sections = vec![
        Section::broad("Objective", objective(control)),
        Section::broad("Procedure", vec![Block::paragraph(control.procedure(dossier.sources.reperformed))]),
        Section::broad("What is expected", expected(control)),
        Section::broad("Population", populations(dossier, control)),
        Section::broad("Results", results(dossier, control, &shown)),
    ];
    let stated = attestations(dossier, control);
    if !stated.is_empty() {
        paper.sections.push(Section::broad("What people state", vec![stated_table(stated)]));
    }
    paper.sections.push(Section::broad("Evidence", evidence(dossier, control, &shown)));
    paper.sections.push(Section::broad(
        "Sign-off of management",
        vec![Block::Lines(vec!["Prepared by", "Reviewed by", "Reviewed on"])],
    ));
    paper.sections.push(Section::broad(
        "For the auditor",
        vec![Block::Lines(vec!["Auditor W/P ref", "Auditor tickmark", "Auditor conclusion"])],
    ));
    paper
}

fn header(dossier: &Dossier<'_>, control: &Control<'_>) -> Vec<(&'static str, Words)> {
    let (meta, frame, engagement) = (control.check.meta, &dossier.frame, dossier.sources.engagement);
    let own = control.own.iter().map(|own| {
        let owner = own.owner.as_deref().map(|id| format!(" (owner: {})", person(engagement, id))).unwrap_or_default();
        format!("{}{owner}: {}", own.id, sentence(&own.wording))
    });
    let own: Vec<String> = own.collect();
    let mut facts = vec![
        ("Control and test", format!("{}, tested by {} (check {})", control.id, control.test(), meta.id).into()),
        ("Criteria", criteria(meta.criteria).into()),
    ];
    if !own.is_empty() {
        facts.push(("The entity's control", own.join(" ").into()));
    }
    let kind = match meta.kind {
        Kind::Auto => "Automatic: decided from configuration",
        Kind::Manual => "Listed from configuration, for a person to judge",
    };
    facts.extend([
        ("Kind of test", format!("{kind}; severity of a deviation: {}", meta.severity).into()),
        ("Frequency", format!("Once, in run {}: it says nothing about other times", frame.run).into()),
        ("Report", Words::from(&frame.report)),
        ("Accounts and regions", format!("{}; {}", frame.accounts, frame.regions).into()),
        ("Collected", format!("{}, with {}", frame.collected, frame.tool).into()),
        ("Result of management", control.result().into()),
    ]);
    facts
}

/// Ids of criteria with our short names for them.
fn criteria(ids: &[&str]) -> String {
    let named = ids.iter().map(|id| {
        let known = kickoff_checks::CRITERIA.iter().find(|criterion| criterion.id == *id);
        known.map_or_else(|| (*id).to_owned(), |criterion| format!("{id} {}", criterion.name))
    });
    named.collect::<Vec<_>>().join("; ")
}

/// What the check's page says that it asks, and how it is decided.
fn objective(control: &Control<'_>) -> Vec<Block> {
    let page = control.check.page();
    let told = |heading: &str| -> Vec<Words> {
        let section = page.sections.iter().find(|section| section.heading == heading);
        // The pages are Markdown; paper has no use for its signs.
        section
            .map(|section| section.items())
            .unwrap_or_default()
            .iter()
            .map(|item| item.replace('`', "").into())
            .collect()
    };
    let mut blocks: Vec<Block> = told("What it asks").into_iter().map(Block::Paragraph).collect();
    let mut how = told("How it is decided").into_iter();
    blocks.extend(how.next().map(Block::Paragraph));
    let rest: Vec<Words> = how.collect();
    if !rest.is_empty() {
        blocks.push(Block::points(rest));
    }
    blocks
}

fn expected(control: &Control<'_>) -> Vec<Block> {
    let mut texts: Vec<&str> = Vec::new();
    let mut thresholds: Vec<[&str; 3]> = Vec::new();
    for row in &control.rows {
        if !texts.contains(&row.expected.as_str()) {
            texts.push(&row.expected);
        }
        for threshold in &row.thresholds {
            let line = [threshold.name.as_str(), &threshold.value, &threshold.source];
            if !thresholds.contains(&line) {
                thresholds.push(line);
            }
        }
    }
    let mut blocks: Vec<Block> = texts.into_iter().map(|text| Block::paragraph(sentence(&capital(text)))).collect();
    if blocks.is_empty() {
        blocks.push(Block::paragraph(sentence(&capital(control.check.meta.expected))));
    }
    if !thresholds.is_empty() {
        let rows = thresholds.into_iter().map(|line| line.map(Words::from)).collect();
        blocks.push(Block::table([("Threshold", 34), ("Value", 33), ("Whose it is", 33)], rows));
    }
    blocks
}

fn populations(dossier: &Dossier<'_>, control: &Control<'_>) -> Vec<Block> {
    let lists = control.populations.iter().map(|one| (one, &dossier.populations[one.population]));
    let rows = lists.clone().map(|(_, population)| {
        let calls: BTreeSet<String> =
            population.evidence.iter().filter_map(|id| dossier.evidence(id)).map(call).collect();
        let totals: Vec<String> = population.totals.iter().map(|total| pages::total(total)).collect();
        let complete = match population.is_complete() {
            true => "Yes, as far as is known".into(),
            false => Words::unsettled(pages::cut(&format!("No: {}", population.incomplete.join("; ")), "Populations")),
        };
        [
            Words::from(format!("{} {}", population.id, population.what)),
            population.size().to_string().into(),
            first(&calls.into_iter().collect::<Vec<_>>(), 4).into(),
            if totals.is_empty() { population.without_second_count().into() } else { totals.join("; ").into() },
            complete,
            population.place().into(),
        ]
    });
    let columns =
        [("Population", 19), ("Size", 6), ("Read by", 18), ("Control total", 22), ("Complete?", 17), ("File", 18)];
    let counts = lists.flat_map(|(one, population)| {
        let line = |what: String, count: String| [Words::from(population.id), what.into(), count.into()];
        let less = one.left_out.iter().map(move |(why, count)| line(format!("less {why}"), format!("-{count}")));
        let mut lines = vec![line(population.what.clone(), one.size.to_string())];
        lines.extend(less);
        lines.push(line("items tested".to_owned(), one.tested.to_string()));
        if one.difference() != 0 {
            let unmet = Words::unsettled("what neither a result nor a reason accounts for");
            lines.push([population.id.into(), unmet, format!("{:+}", one.difference()).into()]);
        }
        lines
    });
    vec![
        Block::table(columns, rows.collect()),
        Block::table(
            [("Population", 12), ("From what there is to what was tested", 74), ("Items", 14)],
            counts.collect(),
        ),
    ]
}

/// The results to list, those that are not as expected first.
fn shown<'a>(control: &Control<'a>) -> Vec<&'a ResultRow> {
    let rank = |row: &&ResultRow| match row.status.as_str() {
        "fail" => 0,
        "excluded" => 1,
        "manual" | "pass" | "no-population" | "not-applicable" => 3,
        // Unknown ones are not as expected, either.
        _ => 2,
    };
    let mut rows = control.rows.clone();
    rows.sort_by_key(rank);
    if rows.len() > ALL {
        rows.retain(|row| rank(row) < 3);
    }
    rows
}

fn results(dossier: &Dossier<'_>, control: &Control<'_>, shown: &[&ResultRow]) -> Vec<Block> {
    let rows = shown.iter().map(|row| {
        let marks: String = dossier.marks(control, row).into_iter().map(Mark::letter).collect();
        let number = dossier.deviation(row).or(row.exception.as_ref().map(|exception| exception.id.as_str()));
        let status = pages::status_words(&row.status);
        [
            Words::from(&row.resource),
            format!("{} {}", row.account, row.region).into(),
            pages::observed(row).into(),
            if row.status == Status::Fail.name() { Words::unsettled(status) } else { status.into() },
            marks.into(),
            first(&row.evidence, 4).into(),
            number.unwrap_or_default().into(),
        ]
    });
    let columns = [
        ("Resource", 29),
        ("Account and region", 16),
        ("Observed", 23),
        ("Status", 8),
        ("Marks", 5),
        ("Evidence", 10),
        ("DEV or EXC", 9),
    ];
    let tested = control.tested();
    let mut blocks = vec![Block::paragraph(format!(
        "{}. Items tested: {tested}; deviations: {} of {tested}.",
        capital(&control.result()),
        control.count(Status::Fail)
    ))];
    let rest = control.rows.len() - shown.len();
    if rest > 0 {
        let listed: BTreeSet<*const ResultRow> = shown.iter().map(|row| std::ptr::from_ref(*row)).collect();
        let others = |status: Status| {
            let of = control.rows.iter().filter(|row| row.status == status.name());
            of.filter(|row| !listed.contains(&std::ptr::from_ref(**row))).count()
        };
        blocks.push(Block::paragraph(format!(
            "Every deviation, exception and result that was not evaluated is listed. The other {} in the workbook, Result \
             detail: {}.",
            with_verb(rest, "result", ["stands", "stand"]),
            pages::counted(others)
        )));
    }
    if !shown.is_empty() || rest == 0 {
        blocks.push(Block::table_or(columns, rows.collect(), Words::unsettled("The run has no result of this test.")));
    }
    let legend: Vec<String> =
        Mark::ALL.into_iter().map(|mark| format!("{} {}", mark.letter(), mark.meaning())).collect();
    blocks.push(Block::paragraph(format!("Preparer's marks: {}.", legend.join("; "))));
    blocks
}

/// What people state about the control, or about the entity's own that the check tests.
fn attestations<'a>(dossier: &Dossier<'a>, control: &Control<'_>) -> Vec<[Words; 5]> {
    let engagement = dossier.sources.engagement;
    let ours = |id: &str| id == control.id || control.own.iter().any(|own| own.id == id);
    let stated = engagement.attestations.iter().filter(|stated| ours(&stated.control)).map(|stated| {
        let result = match stated.result {
            Attested::Pass => "Works",
            Attested::Fail => "Does not work",
            Attested::NotApplicable => "Does not arise",
        };
        [
            Words::from(&stated.control),
            result.into(),
            format!("{}, {}", person(engagement, &stated.by), long(stated.on)).into(),
            stated.note.as_deref().unwrap_or_default().into(),
            (&stated.evidence).into(),
        ]
    });
    stated.collect()
}

fn stated_table(rows: Vec<[Words; 5]>) -> Block {
    Block::table(
        [("Control", 12), ("Statement", 12), ("By whom and when", 22), ("What was done", 30), ("Shown by", 24)],
        rows,
    )
}

fn evidence(dossier: &Dossier<'_>, control: &Control<'_>, shown: &[&ResultRow]) -> Vec<Block> {
    let listed: Vec<&str> = match control.evidence.len() <= ALL {
        true => control.evidence.clone(),
        false => {
            let cited: BTreeSet<&str> = shown.iter().flat_map(|row| row.evidence.iter().map(Text::as_str)).collect();
            control.evidence.iter().copied().filter(|id| cited.contains(id)).take(ALL).collect()
        }
    };
    let rows = listed.iter().map(|id| match dossier.evidence(id) {
        Some(item) => item_row(item),
        None => {
            let unknown = Words::unsettled("This run has no such item");
            [Words::from(*id), unknown, Words::default(), Words::default(), Words::default(), Words::default()]
        }
    });
    let columns = [
        ("Evidence", 8),
        ("Call", 34),
        ("Account and region", 18),
        ("Pages, records", 10),
        ("Status", 16),
        ("Collected, UTC", 14),
    ];
    let mut blocks = vec![Block::table_or(columns, rows.collect(), "No result cites evidence.".into())];
    let rest = control.evidence.len() - listed.len();
    if rest > 0 {
        blocks.push(Block::paragraph(format!(
            "{} in the workbook, IPE log.",
            with_verb(rest, "more item", ["stands", "stand"])
        )));
    }
    blocks
}

/// `s3:GetBucketPolicy`.
fn call(item: &Evidence) -> String {
    format!("{}:{}", item.service, item.operation)
}

fn item_row(item: &Evidence) -> [Words; 6] {
    let parameters: Vec<String> = item.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let parameters = if parameters.is_empty() { String::new() } else { format!(" ({})", parameters.join(", ")) };
    let collected = item.exchanges.last().map(|exchange| super::dossier::seconds(&exchange.finished));
    let status = match (&item.reason, item.status.as_str()) {
        (_, "ok") => Words::from("OK"),
        (reason, "absent") => format!("AWS says there is none: {}", reason.as_deref().unwrap_or("no code")).into(),
        (Some(reason), status) => {
            Words::unsettled(pages::cut(&format!("{}: {reason}", pages::status_words(status)), "IPE log"))
        }
        (None, status) => Words::unsettled(pages::status_words(status)),
    };
    [
        Words::from(&item.id),
        pages::cut(&format!("{}{parameters}", call(item)), "IPE log").into(),
        format!("{} {}", item.account, item.region).into(),
        format!("{}, {}", item.pages, super::item::held(item)).into(),
        status,
        collected.unwrap_or_default().into(),
    ]
}
