//! The papers of a package.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use kickoff_checks::CRITERIA;
use kickoff_engagement::Engagement;
use proptest::prelude::*;

use super::*;
use crate::Document;
use crate::inventory::Inventory;
use crate::paper::tests::{foreign, pages_of};
use crate::paper::{Block, Fonts, Paper, Table, pdf};
use crate::results::ResultRow;

static ACME: LazyLock<Document> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/acme/results.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
});

const DIGEST: &str = "3f0c9a5be1d24487a6b1c0ffee5a7e11d00dfeed0123456789abcdef02468ace";

fn engagement() -> Engagement {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/acme-engagement/kickoff.toml");
    Engagement::parse(&path, &std::fs::read_to_string(&path).unwrap()).unwrap()
}

/// The document as a dossier, its failing results numbered in their order.
fn with<T>(document: &Document, engagement: &Engagement, look: impl FnOnce(&Dossier<'_>) -> T) -> T {
    let mut deviations = BTreeMap::new();
    for row in document.results.iter().filter(|row| row.status == "fail") {
        let key = row.key();
        let next = format!("DEV-2026-{:03}", deviations.len() + 1);
        deviations.entry(key).or_insert(next);
    }
    look(&Dossier::new(Sources {
        document,
        engagement,
        documents: &[],
        carried: None,
        requests: &[],
        findings: &[],
        risks: &[],
        inventory: &Inventory::default(),
        ids: &BTreeMap::new(),
        returned: &[],
        review: None,
        access: None,
        deviations: &deviations,
        reperformed: true,
        digest: DIGEST,
    }))
}

/// A result of a check on a resource.
fn result(check: &str, status: &str, resource: String) -> ResultRow {
    let meta = kickoff_checks::Check::get(check).unwrap().meta;
    ResultRow {
        check: check.into(),
        title: meta.title.into(),
        status: status.into(),
        severity: meta.severity.name().into(),
        criteria: meta.criteria.iter().map(|id| (*id).into()).collect(),
        account: "111122223333".into(),
        region: "eu-central-1".into(),
        resource,
        resource_type: "AWS::S3::Bucket".into(),
        observed: "seen".to_owned(),
        expected: "as it should be".into(),
        reason: (status == "not-evaluated").then(|| "s3:GetBucketAcl was denied".to_owned()),
        exception: None,
        thresholds: Vec::new(),
        evidence: vec!["E-0001".into()],
        listed: Vec::new(),
        window: None,
    }
}

/// The recorded account, with other results.
fn document(results: Vec<ResultRow>) -> Document {
    let mut document = Document { results, ..ACME.clone() };
    document.evidence.truncate(1);
    document
}

const CHECK: &str = "cloudtrail-bucket-not-public";

fn blocks(paper: &Paper) -> Vec<&Block> {
    paper.opening.iter().chain(paper.sections.iter().flat_map(|section| &section.blocks)).collect()
}

/// All texts of a paper, those of its pages' heads and feet included.
fn text(paper: &Paper) -> String {
    let furniture = &paper.furniture;
    let mut texts = vec![&paper.title, &paper.subtitle, &furniture.entity, &furniture.confidentiality];
    texts.extend(furniture.foot.iter().flatten().map(|piece| &piece.words));
    texts.extend(paper.sections.iter().map(|section| &section.heading));
    texts.extend(blocks(paper).into_iter().flat_map(Block::texts));
    texts.into_iter().map(|words| words.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// The table whose first column has a head.
fn table<'a>(paper: &'a Paper, head: &str) -> &'a Table {
    let found =
        blocks(paper).into_iter().filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None });
    found.into_iter().find(|table| table.columns[0].0 == head).unwrap()
}

fn row<'a>(table: &'a Table, first: &str) -> Vec<&'a str> {
    let found = table.rows.iter().find(|row| row[0].text == first).unwrap();
    found.iter().map(|words| words.text.as_str()).collect()
}

/// What a package is said to hold.
fn parts<'a>(files: &'a [String], key: Option<&'a str>) -> PackageParts<'a> {
    PackageParts { files, key, name: "Acme_v1", made: "2026-12-01T08:30:59Z".parse().unwrap() }
}

fn all(dossier: &Dossier<'_>) -> Vec<Paper> {
    let files = ["00_START_HERE.pdf".to_owned()];
    let mut papers = vec![start_here(dossier, &parts(&files, None)), management_report(dossier)];
    papers.extend(dossier.controls.iter().map(|control| workpaper(dossier, control)));
    papers
}

#[test]
fn each_page_stands_alone_and_none_concludes() {
    with(&ACME, &engagement(), |dossier| {
        for paper in all(dossier) {
            let feet: Vec<&str> =
                paper.furniture.foot.iter().flatten().map(|piece| piece.words.text.as_str()).collect();
            assert_eq!(feet[0], "111122223333 (acme-prod)");
            assert_eq!(
                feet[1..3],
                ["eu-central-1, eu-west-1, us-east-1, us-west-2", "SOC 2 Type 2, 2026-07-01 to 2026-12-31"]
            );
            assert_eq!(feet[3], "collected 2026-11-23 14:29:26 to 2026-11-23 14:30:07 UTC");
            assert_eq!(feet[5], "RUN-20261123T142926Z-9f25b58b");
            assert_eq!(feet[7..], ["NOT AWS", "SCOPE IN PART", &format!("evidence sha256 {DIGEST}")]);
            let text = text(&paper);
            assert!(text.contains("Not AWS: the answers came from http://127.0.0.1:4566."));
            let text = text.to_lowercase();
            for forbidden in
                ["no exceptions noted", "no exception noted", "in our opinion", "operated effectively", "%)"]
            {
                assert!(!text.contains(forbidden), "{}: {forbidden}", paper.title.text);
            }
        }
    });
}

#[test]
fn what_takes_from_all_pages_stands_on_each() {
    // The recorded account answered from this machine, and has accounts and regions that nobody asked or left out.
    with(&ACME, &Engagement::default(), |dossier| {
        for paper in all(dossier) {
            let foot: Vec<&str> =
                paper.furniture.foot.iter().flatten().map(|piece| piece.words.text.as_str()).collect();
            assert!(foot.contains(&"NOT AWS") && foot.contains(&"SCOPE IN PART"), "{foot:?}");
        }
        assert!(dossier.frame.line().contains("NOT AWS | SCOPE IN PART"));
    });
}

#[test]
fn what_was_collected_on_another_day_says_so_on_every_page() {
    let off = |report: &str| {
        let file = format!("[report]\n{report}\n");
        let file = Engagement::parse("kickoff.toml".as_ref(), &file).unwrap();
        with(&ACME, &file, |dossier| {
            let marked = |paper: &Paper| {
                let mut feet = paper.furniture.foot.iter().flatten();
                (
                    feet.any(|piece| piece.words.text.contains("off-date")),
                    text(paper).contains("Off-date: collected on"),
                )
            };
            let papers: Vec<(bool, bool)> = all(dossier).iter().map(marked).collect();
            assert!(papers.iter().all(|marked| *marked == papers[0]), "{papers:?}");
            assert_eq!(dossier.frame.line().contains("off-date"), papers[0].0);
            (papers[0], dossier.frame.off_date.clone())
        })
    };
    let (on, why) = off("type = \"type-1\"\nas_of = 2026-11-23");
    assert_eq!((on, why), ((false, false), None));
    assert_eq!(off("type = \"type-2\"\nfrom = 2026-07-01\nto = 2026-11-23").0, (false, false));
    let (on, why) = off("type = \"type-1\"\nas_of = 2026-06-30");
    assert_eq!(on, (true, true));
    // 31 days of July, 31 of August, 30, 31, 23.
    assert_eq!(
        why.unwrap(),
        "off-date: collected on 2026-11-23 (UTC), 146 days after 2026-06-30, the day of the report"
    );
    let (on, why) = off("type = \"type-2\"\nfrom = 2026-11-24\nto = 2027-05-31");
    assert_eq!(on, (true, true));
    assert_eq!(
        why.unwrap(),
        "off-date: collected on 2026-11-23 (UTC), 1 day before the period of the report, 2026-11-24 to 2027-05-31"
    );
}

#[test]
fn that_a_run_says_nothing_of_other_times_stands_on_the_first_page() {
    with(&ACME, &engagement(), |dossier| {
        let paper = start_here(dossier, &parts(&[], None));
        let opening: Vec<&str> = paper.opening.iter().flat_map(Block::texts).map(|words| words.text.as_str()).collect();
        assert!(opening.iter().any(|text| text.contains("It says nothing of any other time")), "{opening:?}");
    });
}

#[test]
fn start_here_is_two_pages() {
    let files = [
        "00_START_HERE.pdf",
        "01_Management_Report.pdf",
        "02_Workbook.xlsx",
        "03_Explorer.html",
        "10_workpapers/CC6.1/CC6.1.03.pdf",
        "20_evidence/E-0001/ipe.txt",
        "30_populations/POP-01_accounts.csv",
        "40_registers/results.csv",
        "60_machine/results.json",
        "90_integrity/MANIFEST.sha256",
        "90_integrity/manifest.sig",
    ]
    .map(str::to_owned);
    with(&ACME, &engagement(), |dossier| {
        let name = "Acme-Commerce-GmbH_SOC2-T2_20260701-20261231_OFF-DATE_RUN-20261123-9f25b58b_v1";
        let key = "TXT record of kickoff-key.acme.example, as told in the letter of engagement";
        let paper = start_here(dossier, &PackageParts { name, ..parts(&files, Some(key)) });
        assert_eq!(pages_of(&paper), 2);
    });
}

#[test]
fn says_only_what_is_inside() {
    let files =
        ["00_START_HERE.pdf", "10_workpapers/CC6.1/CC6.1.03.pdf", "10_workpapers/CC7.2/CC7.2.08.pdf", "notes.txt"];
    let mut files = files.map(str::to_owned).to_vec();
    with(&ACME, &engagement(), |dossier| {
        let paper = start_here(dossier, &parts(&files, None));
        let inside = table(&paper, "File or folder");
        assert_eq!(row(inside, "10_workpapers/")[1], "2");
        assert_eq!(inside.rows.len(), 3);
        assert_eq!(row(inside, "notes.txt")[2], "Added by hand");
        assert!(text(&paper).contains("This package has no manifest") && !text(&paper).contains("sha256sum -c"));
        assert!(text(&paper).contains("Results. Pass: what was observed meets what is expected; Fail: it does not"));
        assert!(text(&paper).contains("M manual: a person judges. The columns Auditor W/P ref"));
        assert!(text(&paper).contains("Acme_v1, made 2026-12-01 08:30 UTC"));
        files.extend(["90_integrity/MANIFEST.sha256", "90_integrity/manifest.sig"].map(str::to_owned));
        let paper = start_here(dossier, &parts(&files, Some("TXT record of key.acme.example")));
        let text = text(&paper);
        assert!(text.contains("sha256sum -c 90_integrity/MANIFEST.sha256") && text.contains("kickoff verify"));
        assert!(text.contains("from outside the package: TXT record of key.acme.example."));
    });
}

#[test]
fn the_report_of_management_has_all_criteria_and_the_scope() {
    let mut few = document(vec![
        result(CHECK, "pass", "arn:aws:s3:::one".to_owned()),
        result(CHECK, "pass", "arn:aws:s3:::two".to_owned()),
        result(CHECK, "fail", "arn:aws:s3:::three".to_owned()),
        result(CHECK, "not-evaluated", "arn:aws:s3:::four".to_owned()),
    ]);
    few.criteria.retain(|criterion| criterion.id != "CC6.1");
    few.run.accounts[0].regions_not_scanned = Some(vec!["eu-north-1".to_owned()]);
    with(&few, &engagement(), |dossier| {
        let paper = management_report(dossier);
        let criteria: Vec<&str> = table(&paper, "Criterion").rows.iter().map(|row| row[0].text.as_str()).collect();
        assert_eq!(criteria, CRITERIA.iter().map(|criterion| criterion.id).collect::<Vec<_>>());
        assert_eq!(criteria.len(), 61);
        // What the document does not say of a criterion is no test.
        assert_eq!(row(table(&paper, "Criterion"), "CC6.1")[2..9], ["Yes", "0", "0", "0", "0", "0", "Not tested"]);
        let tested = row(table(&paper, "Control"), "CC6.1.03");
        assert_eq!(tested[4..], ["3", "2 of 3 as expected; 1 deviation; 1 not evaluated", "1 of 3", "E-0001"]);
        assert!(tested[2].starts_with("Inspected the answers of ") && tested[2].contains("s3:GetBucketPolicyStatus"));
        assert_eq!(
            row(table(&paper, "Deviation"), "DEV-2026-001")[1..],
            ["arn:aws:s3:::three", "111122223333 eu-central-1", "seen"]
        );
        let accounts = table(&paper, "Account");
        assert_eq!(row(accounts, "111122223333")[3], "In, scanned");
        assert_eq!(row(accounts, "444455556666")[3], "In, not scanned in this run");
        assert!(
            row(accounts, "888877776666")[3].starts_with("Out: ")
                && row(accounts, "888877776666")[3].contains("Approved by Nora Brandt on ")
        );
        assert!(text(&paper).contains("eu-north-1"));
        let expired = row(table(&paper, "Exception"), "EXC-002");
        assert_eq!(expired[5..], ["2026-10-31; does not count on the day of the run", "0"]);
    });
}

#[test]
fn a_workpaper_lists_all_results_or_all_that_are_not_as_expected() {
    let of = |status: &'static str, from: usize, to: usize| {
        (from..to).map(move |at| result(CHECK, status, format!("arn:aws:s3:::bucket-{at}")))
    };
    let listed = |results: Vec<ResultRow>| {
        let document = document(results);
        with(&document, &Engagement::default(), |dossier| {
            let control = dossier.controls.iter().find(|control| control.id == "CC6.1.03").unwrap();
            let paper = workpaper(dossier, control);
            assert!(pdf(&paper, &Fonts::default()).unwrap().starts_with(b"%PDF-1.7"));
            paper
        })
    };
    let whole = listed(of("pass", 0, 199).chain(of("fail", 199, 200)).collect());
    let rows = &table(&whole, "Resource").rows;
    assert_eq!(rows.len(), 200);
    let first: Vec<&str> = rows[0].iter().map(|words| words.text.as_str()).collect();
    let expected =
        ["arn:aws:s3:::bucket-199", "111122223333 eu-central-1", "seen", "Fail", "SRD", "E-0001", "DEV-2026-001"];
    assert_eq!(first, expected);

    let many = listed(
        of("pass", 0, 130)
            .chain(of("manual", 130, 137))
            .chain(of("fail", 137, 247))
            .chain(of("not-evaluated", 247, 250))
            .collect(),
    );
    let rows = &table(&many, "Resource").rows;
    assert_eq!(rows.len(), 113);
    assert!(rows[..110].iter().all(|row| row[3].text == "Fail" && row[6].text.starts_with("DEV-2026-")));
    assert!(
        rows[110..]
            .iter()
            .all(|row| row[3].text == "Not evaluated" && row[2].text == "seen (s3:GetBucketAcl was denied)")
    );
    assert!(text(&many).contains("The other 137 results stand in the workbook, Result detail: 130 pass, 7 manual."));
    assert!(text(&many).contains("Items tested: 240; deviations: 110 of 240."));
    // The auditor's lines are there, and empty.
    let lines = blocks(&many)
        .into_iter()
        .filter_map(|block| if let Block::Lines(names) = block { Some(names.clone()) } else { None });
    let lines: Vec<&str> = lines.flatten().collect();
    assert_eq!(lines[3..], ["Auditor W/P ref", "Auditor tickmark", "Auditor conclusion"]);
}

#[test]
fn says_the_threshold_and_the_exception() {
    let mut row = result("iam-user-access-key-age", "excluded", "arn:aws:iam::111122223333:user/old".to_owned());
    let threshold = |value: &str| crate::results::Threshold {
        name: "access_key_max_age_days".into(),
        value: value.into(),
        source: "kickoff.toml".into(),
    };
    row.thresholds = vec![threshold("90 days")];
    row.exception = Some(Box::new(crate::exceptions::ExceptionNote {
        id: "EXC-009".to_owned(),
        reason: "It is old".to_owned(),
        compensating_control: "It is watched".to_owned(),
        approver: "Nora Brandt".to_owned(),
        approved: "2026-11-01".to_owned(),
        expires: "2026-12-31".to_owned(),
    }));
    let document = document(vec![row]);
    with(&document, &Engagement::default(), |dossier| {
        let control =
            dossier.controls.iter().find(|control| control.check.meta.id == "iam-user-access-key-age").unwrap();
        let paper = workpaper(dossier, control);
        let thresholds = table(&paper, "Threshold");
        assert_eq!(self::row(thresholds, "access_key_max_age_days")[1..], ["90 days", "kickoff.toml"]);
        let shown = table(&paper, "Resource");
        assert_eq!(
            self::row(shown, "arn:aws:iam::111122223333:user/old")[3..],
            ["Excluded", "SRX", "E-0001", "EXC-009"]
        );
        let report = management_report(dossier);
        let exception = self::row(table(&report, "Exception"), "EXC-009");
        assert_eq!(exception[4..], ["Nora Brandt, 2026-11-01", "2026-12-31", "1"]);
    });
}

#[test]
fn one_paper_gives_the_same_bytes() {
    with(&ACME, &engagement(), |dossier| {
        let paper = workpaper(dossier, &dossier.controls[0]);
        assert!(pdf(&paper, &Fonts::default()).unwrap() == pdf(&paper, &Fonts::default()).unwrap());
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2))]

    #[test]
    fn no_text_breaks_a_paper(texts in prop::collection::vec(foreign(), 8), long in "[a-z\u{5d0}-\u{5ea}]{10000}") {
        let mut texts = texts.into_iter().chain([long]).cycle();
        let mut next = || texts.next().unwrap_or_default();
        let mut row = result(CHECK, "fail", next());
        (row.account, row.region, row.observed, row.reason) = (next().into(), next().into(), next(), Some(next()));
        (row.expected, row.severity) = (next().into(), next().into());
        let mut document = document(vec![row, result(CHECK, &next(), next())]);
        (document.run.id, document.run.started, document.run.evaluated_by) = (next(), next(), next());
        (document.run.accounts[0].alias, document.run.accounts[0].regions) = (Some(next()), vec![next(), next()]);
        document.coverage.truncate(2);
        document.coverage[0].status = next();
        document.coverage[0].reason = Some(next());
        document.evidence[0].reason = Some(next());
        document.evidence[0].status = next();
        let mut file = engagement();
        if let Some(entity) = &mut file.entity {
            (entity.name, entity.system) = (next(), next());
        }
        file.subservice.iter_mut().for_each(|one| one.name = next());
        with(&document, &file, |dossier| {
            let control = dossier.controls.iter().find(|control| control.id == "CC6.1.03").unwrap();
            let files = [next()];
            let papers = [
                start_here(dossier, &parts(&files, Some(&next()))),
                management_report(dossier),
                workpaper(dossier, control),
            ];
            for paper in papers {
                let pages = pdf(&paper, &Fonts::default());
                prop_assert!(pages.is_ok(), "{:?}", pages.err());
                prop_assert!(!text(&paper).chars().any(|c| c.is_control() && c != '\n'));
            }
            Ok(())
        })?;
    }
}
