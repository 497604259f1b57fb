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
use crate::paper::tests::foreign;
use crate::paper::{Block, Paper, Table, pdf};
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
        let key = [&row.check, &row.account, &row.region, &row.resource].map(Clone::clone);
        let next = format!("DEV-2026-{:03}", deviations.len() + 1);
        deviations.entry(key).or_insert(next);
    }
    look(&Dossier::new(Sources {
        document,
        engagement,
        documents: &[],
        requests: &[],
        risks: &[],
        inventory: &Inventory::default(),
        ids: &BTreeMap::new(),
        review: None,
        access: None,
        deviations: &deviations,
        reperformed: true,
        digest: DIGEST,
    }))
}

#[test]
fn shoot() {
    let folder = Path::new("/tmp/h22-out");
    let engagement = engagement();
    with(&ACME, &engagement, |dossier| {
        let mut files: Vec<String> = ["00_START_HERE.pdf", "01_Management_Report.pdf", "02_Workbook.xlsx", "03_Explorer.html", "90_integrity/MANIFEST.sha256", "90_integrity/manifest.sig", "90_integrity/VERIFY.txt", "60_machine/results.json"].map(str::to_owned).to_vec();
        files.extend(dossier.controls.iter().map(|c| format!("10_workpapers/{}.pdf", c.id)));
        let start = start_here(dossier, &PackageParts { files: &files, key: None });
        std::fs::write(folder.join("start.pdf"), pdf(&start).unwrap()).unwrap();
        std::fs::write(folder.join("report.pdf"), pdf(&management_report(dossier)).unwrap()).unwrap();
        let t = std::time::Instant::now();
        let mut bytes = 0;
        for control in &dossier.controls {
            let p = pdf(&workpaper(dossier, control)).unwrap();
            bytes += p.len();
            std::fs::write(folder.join(format!("{}.pdf", control.id)), p).unwrap();
        }
        println!("{} workpapers {:?} {} bytes", dossier.controls.len(), t.elapsed(), bytes);
    });
}
