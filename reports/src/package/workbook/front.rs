//! What a reader needs first: how to read the workbook, and what it is about.

use kickoff_engagement::CATEGORIES;
use kickoff_engagement::Engagement;

use super::super::dossier::{Dossier, Mark, account_name};
use super::Contents;
use super::sheet::{Cell, Sheet, col, day, word};
use crate::paper::words::person;
use crate::results::Account;

/// What the words of results and criteria say.
const WORDS: [(&str, &str, &str); 12] = [
    ("Result", "pass", "what was observed meets what is expected"),
    ("Result", "fail", "it does not: a deviation, with a DEV id"),
    ("Result", "not-evaluated", "something that had to be known could not be read; never counted as a pass"),
    ("Result", "no-population", "there was nothing to test"),
    ("Result", "not-applicable", "the question does not arise here"),
    ("Result", "manual", "what was seen, for a person to judge"),
    ("Result", "excluded", "fails, and an approved exception covers it"),
    (
        "Criterion",
        "tested",
        "configuration bears on most technical controls, every check planned for it ran, and every result was decided",
    ),
    ("Criterion", "partly", "something was decided; the rest is for documents and people"),
    ("Criterion", "manual", "documents and people only"),
    ("Criterion", "not-tested", "configuration bears on it, and nothing was decided in this run"),
    ("Criterion", "not-in-scope", "its category is not part of the engagement"),
];

const IDS: [(&str, &str); 6] = [
    ("CC6.1.03, CC6.1.03-T1", "a control under its primary criterion, and the test of it"),
    ("E-0042", "an item of evidence: one call of the AWS API with all its pages; see IPE log and 20_evidence"),
    ("POP-03", "a population: everything of a kind, unfiltered; see Populations and 30_populations"),
    ("DEV-2026-001", "a deviation that management's tests found"),
    ("EXC-001", "an approved exception of kickoff.toml"),
    ("R-001, PBC request ids", "the risk register's and the request list's own ids"),
];

const LIMITS: [&str; 5] = [
    "This is information produced by the entity. It is neither an opinion nor a conclusion on a control or a criterion.",
    "A run shows configuration at the time of its calls. How controls operated over a period takes a series of runs and \
     the entity's records.",
    "Only the accounts and regions of Cover & scope were asked. What could not be read, and what was not asked though it \
     is there or in scope, is listed on Gaps & coverage.",
    "AWS answers with eventual consistency: a change of the last minutes, and of the last hours in the credential \
     report, may not show.",
    "Digests show that files are unchanged since the package was made. They do not show that the collector told the \
     truth: for that there are the request ids in the entity's CloudTrail, and the auditor's own calls.",
];

const VERIFY: [&str; 3] = [
    "`sha256sum -c 90_integrity/MANIFEST.sha256` in the package's folder; 90_integrity/VERIFY.txt says what it shows.",
    "`kickoff verify` with the package recomputes every result from the stored answers of AWS.",
    "`kickoff reperform E-0042` asks AWS again under the reader's own role, and compares.",
];

pub(super) fn read_me<'d>(dossier: &'d Dossier<'d>, contents: &Contents) -> Option<Sheet<'d>> {
    let columns = [col("About", 20.0), col("Item", 30.0), col("What it says", 110.0)];
    let mut rows: Vec<Vec<Cell<'d>>> = Vec::new();
    let mut say = |about: &'static str, item: Cell<'d>, text: Cell<'d>| rows.push(vec![about.into(), item, text]);
    say(
        "Purpose",
        "This workbook".into(),
        "What was read from AWS, which tests management made with it, and what they gave, with the evidence of each."
            .into(),
    );
    say(
        "Purpose",
        "Prepared by".into(),
        format!(
            "{}, with {}. The preparer is management; nothing here is the auditor's.",
            dossier.frame.entity, dossier.frame.tool
        )
        .into(),
    );
    for warning in &dossier.frame.warnings {
        say("Warning", word("before anything else"), warning.into());
    }
    for limit in LIMITS {
        say("Limits", Cell::Empty, limit.into());
    }
    say(
        "Columns",
        "headed Auditor (blue)".into(),
        "Left empty for the auditor, but for what the auditor has said of a request already. No result here stands for a conclusion of the auditor's.".into(),
    );
    say("Columns", "headed (to fill in) (yellow)".into(), "Left empty for the entity's people.".into());
    say(
        "Columns",
        "times".into(),
        "UTC, as ISO 8601 in text; beside it, the same time as a date of the spreadsheet, to sort and filter by."
            .into(),
    );
    for (about, name, meaning) in WORDS {
        say(about, word(name), meaning.into());
    }
    for mark in Mark::ALL {
        say("Preparer's mark", mark.letter().to_string().into(), mark.meaning().into());
    }
    for (id, meaning) in IDS {
        say("Id", id.into(), meaning.into());
    }
    for step in VERIFY {
        say("Verify", Cell::Empty, step.into());
    }
    for name in &contents.sheets {
        say("Sheet", (*name).into(), "in this workbook".into());
    }
    for (name, why) in &contents.left_out {
        say("Sheet", (*name).into(), format!("left out: {why}").into());
    }
    Sheet::new(columns.to_vec(), rows.into_iter(), "60_machine/results.json")
}

pub(super) fn cover<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let columns = [
        col("Section", 18.0),
        col("Item", 24.0),
        col("Value", 60.0),
        col("Environment", 14.0),
        col("In scope", 16.0),
        col("Reason", 44.0),
        col("Approved by", 20.0),
        col("Approved on", 12.0),
        col("Approved on (date)", 12.0),
    ];
    let width = columns.len();
    let engagement = dossier.sources.engagement;
    let run = &dossier.sources.document.run;
    let mut rows: Vec<Vec<Cell<'d>>> = Vec::new();
    let mut say = |row: Vec<Cell<'d>>| {
        let mut row = row;
        row.resize(width, Cell::Empty);
        rows.push(row);
    };
    for (name, value) in dossier.frame.facts() {
        say(vec!["Engagement".into(), name.into(), value.into()]);
    }
    if let Some(auditor) = &engagement.auditor {
        say(vec!["Engagement".into(), "Auditor".into(), (&auditor.firm).into()]);
    }
    for left in ["Prepared by (to fill in)", "Reviewed by (to fill in)"] {
        say(vec!["Engagement".into(), left.into(), Cell::Room]);
    }
    say(vec!["Engagement".into(), "This workbook".into(), dossier.frame.line().into()]);
    for warning in &dossier.frame.warnings {
        say(vec!["Warning".into(), "Before anything else".into(), warning.into()]);
    }
    for category in CATEGORIES {
        let reason = engagement.scope.category_reasons.get(category);
        let there = if engagement.scope.has_category(category) { "in" } else { "out" };
        say(vec!["Category".into(), category.into(), Cell::Empty, Cell::Empty, there.into(), reason.into()]);
    }
    for account in &run.accounts {
        let caller = format!("asked as {}", account.caller);
        let name = account_name(account);
        let environment = account.environment.as_ref();
        say(vec!["Account".into(), (&account.id).into(), name.into(), environment.into(), "in".into(), caller.into()]);
    }
    let asked = |id: &str| run.accounts.iter().any(|account| account.id == id);
    for declared in engagement.scope.accounts.iter().filter(|declared| !asked(&declared.id)) {
        let (name, environment) = (declared.name.as_ref(), declared.environment.as_ref());
        let why = "named in kickoff.toml; this run did not ask it";
        say(vec![
            "Account".into(),
            (&declared.id).into(),
            name.into(),
            environment.into(),
            "in, not asked".into(),
            why.into(),
        ]);
    }
    for account in &run.accounts {
        for (region, there, why) in regions(account, engagement) {
            let place = format!("region of {}", account.id);
            say(vec!["Region".into(), region.into(), place.into(), Cell::Empty, there.into(), why.into()]);
        }
    }
    for service in &engagement.scope.services {
        say(vec!["Service".into(), service.into(), Cell::Empty, Cell::Empty, "in".into()]);
    }
    for left_out in &engagement.scope.exclusions {
        let mut row = vec!["Exclusion".into(), left_out.what().into(), Cell::Empty, Cell::Empty, "out".into()];
        row.extend([(&left_out.reason).into(), person(engagement, &left_out.approver).into()]);
        row.extend(day(left_out.approved));
        say(row);
    }
    say(vec!["Version".into(), "Collected with".into(), (&run.collected_by).into()]);
    say(vec!["Version".into(), "Decided with".into(), (&run.evaluated_by).into()]);
    Sheet::new(columns.to_vec(), rows.into_iter(), "60_machine/results.json")
}

/// The regions of an account: asked, enabled and not asked, not enabled.
fn regions<'a>(account: &'a Account, engagement: &'a Engagement) -> Vec<(&'a str, &'static str, &'a str)> {
    let scope = &engagement.scope.regions;
    let scoped = |region: &String| scope.is_empty() || scope.contains(region);
    let mut regions: Vec<_> = account
        .regions
        .iter()
        .map(|region| match scoped(region) {
            true => (region.as_str(), "in", "enabled; asked"),
            false => {
                (region.as_str(), "not in scope", "enabled; asked in this run, and not among the regions in scope")
            }
        })
        .collect();
    let missed = account.regions_not_scanned.iter().flatten();
    regions.extend(missed.map(|region| match engagement.scope.exclusion(&account.id, region, "") {
        Some(left_out) => (region.as_str(), "out", left_out.reason.as_str()),
        None => (region.as_str(), "not asked", "enabled; not asked in this run, and no exclusion says why"),
    }));
    let off = "not enabled: nothing can exist there";
    regions.extend(account.disabled_regions.iter().map(|region| match scoped(region) {
        true => (region.as_str(), "in, not enabled", off),
        false => (region.as_str(), "not in scope, not enabled", off),
    }));
    if account.regions_not_scanned.is_none() {
        regions.push(("(others)", "not known", "which regions are enabled could not be read"));
    }
    regions
}
