//! `00_START_HERE.pdf`: what the package is, what is in it, how it is read, and how it is verified.

use jiff::Timestamp;
use kickoff_checks::Status;

use super::{Dossier, Mark, pages};
use crate::paper::words::many;
use crate::paper::{Block, Paper, Section, Words};
use crate::summary::by_status;

/// What is in a package, as its writer knows.
#[derive(Debug, Clone, Copy)]
pub struct PackageParts<'a> {
    /// Paths of all files, this paper's included, with `/` between folders.
    pub files: &'a [String],
    /// The package's name.
    pub name: &'a str,
    /// When it was made (UTC).
    pub made: Timestamp,
    /// Where the public key stands outside the package, `TXT record of kickoff-key.acme.example`; none where nobody said.
    pub key: Option<&'a str>,
}

impl PackageParts<'_> {
    fn has(&self, path: &str) -> bool {
        self.files.iter().any(|file| file == path)
    }

    fn below(&self, folder: &str) -> usize {
        self.files.iter().filter(|file| file.starts_with(folder)).count()
    }
}

/// Files and folders of a package, and what they hold.
const KNOWN: &[(&str, &str)] = &[
    ("00_START_HERE.pdf", "This paper"),
    (
        "01_Management_Report.pdf",
        "Scope, all 61 criteria, tests of controls with results, deviations, exceptions, coverage",
    ),
    ("02_Workbook.xlsx", "The same and every result as a workbook, with empty columns for the auditor"),
    ("03_Explorer.html", "Results and evidence to search, in one file that needs no network"),
    ("04_Kickoff_Brief.docx", "The brief of the kick-off meeting, to edit"),
    ("10_workpapers/", "A PDF for each control, for the auditor's binder"),
    ("20_evidence/", "Each evidence item: AWS's answers as they came, request ids, and how they were collected"),
    ("30_populations/", "Lists of what was read, unfiltered, to draw samples from; each says whether it is complete"),
    ("40_registers/", "Assets, access review, risks, deviations, exceptions, requests and what else people keep"),
    (
        "45_documents/",
        "The documents of the register themselves, byte for byte as the entity has them; index.csv says which is which",
    ),
    ("50_timeline/", "Runs of the period: what changed, what was missed"),
    ("60_machine/", "The results for programs"),
    (INTEGRITY, "Digests of all files, the signature where there is one, and how to verify them"),
];
const INTEGRITY: &str = "90_integrity/";
const MANIFEST: &str = "90_integrity/MANIFEST.sha256";
const SIGNATURE: &str = "90_integrity/manifest.sig";

/// The paper to read first.
#[must_use]
pub fn start_here(dossier: &Dossier<'_>, parts: &PackageParts<'_>) -> Paper {
    let mut paper = pages::paper(dossier, "Start here: evidence package for SOC 2", "Start here");
    let frame = &dossier.frame;
    paper.opening.push(Block::paragraph(format!(
        "Management of {} prepared this package with {}. It holds what the AWS API answered about the accounts below, \
         which rule was applied to each answer, and what came out, item by item; what holds as well as what does not. It is \
         information produced by the entity. It gives no opinion and draws no conclusion: that is the auditor's.",
        frame.entity, frame.tool
    )));
    paper.opening.push(Block::paragraph(format!(
        "All of it is of one run, collected {}. It says nothing of any other time: not of the days before, not of those \
         after, and of a period only what a look-back saw, whose lists name its days.",
        frame.collected
    )));
    let mut facts: Vec<(&'static str, Words)> =
        frame.facts().into_iter().map(|(name, value)| (name, value.into())).collect();
    let made = format!("{}, made {} UTC", parts.name, parts.made.strftime("%Y-%m-%d %H:%M"));
    facts.push(("Package", made.into()));
    paper.opening.push(Block::Facts(facts));
    paper.sections = vec![
        Section::new("What came out, as counts", vec![figures(dossier)]),
        Section::new("What is inside", inside(parts)),
        Section::new("How to read it", reading()),
        Section::new("How to verify it", verifying(dossier, parts)),
        // That it says nothing of other times stands on the first page.
        Section::new(
            "What it does not show",
            vec![Block::points(limits().into_iter().filter(|limit| limit.text != TIME).collect())],
        ),
    ];
    paper
}

fn figures(dossier: &Dossier<'_>) -> Block {
    let document = dossier.sources.document;
    let statuses = by_status(document);
    let of = |status: Status| statuses.iter().find(|(one, _)| *one == status).map_or(0, |(_, count)| *count);
    let class = |name: &str| document.criteria.iter().filter(|criterion| criterion.coverage == name).count();
    let incomplete = dossier.populations.iter().filter(|population| !population.is_complete()).count();
    let empty = dossier.populations.iter().filter(|one| one.size() == 0 && one.is_complete()).count();
    let failed = document.coverage.iter().filter(|row| row.is_lacking()).count();
    Block::Facts(vec![
        ("Controls", format!("{}, one test each", dossier.controls.len()).into()),
        ("Results", format!("{}: {}", document.results.len(), pages::counted(of)).into()),
        (
            "Criteria",
            format!(
                "{}: {} tested, {} partly, {} for people and documents alone, {} not tested, {} not in scope",
                document.criteria.len(),
                class("tested"),
                class("partly"),
                class("manual"),
                class("not-tested"),
                class("not-in-scope")
            )
            .into(),
        ),
        (
            "Populations",
            format!("{}; {empty} with nothing to list, {incomplete} not complete", dossier.populations.len()).into(),
        ),
        (
            "Evidence",
            format!("{}; {} gave no whole answer", many(document.evidence.len(), "item"), many(failed, "operation"))
                .into(),
        ),
    ])
}

fn inside(parts: &PackageParts<'_>) -> Vec<Block> {
    let mut rows: Vec<[Words; 3]> = Vec::new();
    for (path, what) in KNOWN {
        let count = if path.ends_with('/') { parts.below(path) } else { usize::from(parts.has(path)) };
        if count > 0 {
            // The seals are made of this paper too: how many there will be is not known yet.
            let count = if *path == INTEGRITY { String::new() } else { count.to_string() };
            rows.push([Words::from(*path), count.into(), (*what).into()]);
        }
    }
    let known = |file: &&String| {
        KNOWN.iter().any(|(path, _)| if path.ends_with('/') { file.starts_with(path) } else { file == path })
    };
    let others = parts.files.iter().filter(|file| !known(file));
    rows.extend(others.map(|file| [Words::from(file), "1".into(), "Added by hand".into()]));
    let columns = [("File or folder", 28), ("Files", 8), ("What it holds", 64)];
    let none = Words::unsettled("Nothing but this paper.");
    vec![
        Block::table_or(columns, rows, none),
        Block::paragraph("What this run could not fill was left out: no file stands here empty."),
    ]
}

fn reading() -> Vec<Block> {
    let statuses: Vec<String> = Status::ALL
        .into_iter()
        .map(|status| format!("{}: {}", pages::status_words(status.name()), pages::meaning(status)))
        .collect();
    let marks: Vec<String> =
        Mark::ALL.into_iter().map(|mark| format!("{} {}", mark.letter(), mark.meaning())).collect();
    vec![
        Block::paragraph(
            "A control is numbered by its criterion, CC6.1.03, and its test is CC6.1.03-T1. Evidence is E-0042, a population \
             POP-03, a deviation DEV-2026-003, an approved exception EXC-004. No number is used again for another.",
        ),
        Block::paragraph(format!("Results. {}.", statuses.join("; "))),
        Block::paragraph(format!(
            "Preparer's marks: {}. The columns Auditor W/P ref, Auditor tickmark and Auditor conclusion are left empty for \
             the auditor.",
            marks.join("; ")
        )),
    ]
}

fn verifying(dossier: &Dossier<'_>, parts: &PackageParts<'_>) -> Vec<Block> {
    let mut steps: Vec<Words> = Vec::new();
    if parts.has(MANIFEST) {
        steps.push(format!("In the folder of the package: sha256sum -c {MANIFEST}. Each file must be OK.").into());
    }
    steps.push(
        "kickoff verify, with the package: digests, signature, time stamp and chain of packages; and facts, results and lists \
         are made again from the stored answers, and compared."
            .into(),
    );
    if parts.has(SIGNATURE) {
        steps.push(match parts.key {
            Some(key) => format!("Take the public key from outside the package: {key}.").into(),
            None => Words::unsettled(
                "Take the public key from outside the package. Where it is published has not been said: ask management.",
            ),
        });
    }
    if dossier.sources.document.run.foreign_endpoints.is_empty() {
        steps.push(
            "AWS's request ids of each evidence item stand in the entity's own CloudTrail, where that records the call."
                .into(),
        );
        steps.push(
            "Where the run is kept in a store, calls of STS sealed it. In CloudTrail they are events GetCallerIdentity whose user \
             agent names the run and carries unit/ or seal/ with the SHA-256 of what they seal. The store has their request ids \
             (unit.seal.json, chain/N.seal.json)."
                .into(),
        );
    }
    if dossier.sources.reperformed {
        steps.push(
            "Each rule was applied again, offline, to the stored answers before this package was written.".into(),
        );
    }
    let mut blocks = vec![Block::steps(steps)];
    if !parts.has(MANIFEST) {
        blocks.insert(
            0,
            Block::Paragraph(Words::unsettled("This package has no manifest: nothing shows that it is whole.")),
        );
    }
    blocks
}

const TIME: &str = "It shows configuration at the time of collection, and not before or after; events only as far as look-backs reach.";

/// What no reader may take from the package.
pub(super) fn limits() -> Vec<Words> {
    [
        "It is information produced by the entity, and its completeness and accuracy are for the auditor to evaluate.",
        "It is no opinion, no assertion, and no conclusion on whether a criterion is met.",
        TIME,
        "AWS is eventually consistent: what was changed minutes before collection may not be in an answer.",
        "It shows nothing of accounts, regions and services that were not asked; those that are enabled and were not asked \
         are listed.",
        "Digests and signatures show that nothing was changed since; they do not show that the collector told the truth. \
         Request ids, tie-outs and re-performance under the auditor's own role do.",
    ]
    .map(Words::from)
    .to_vec()
}
