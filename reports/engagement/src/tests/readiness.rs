//! Readiness: parts, caps and the order of tasks.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use kickoff_checks::Status;

use super::*;
use crate::attestations;
use crate::documents::{self, DocumentResult};
use crate::readiness::{self, Part, Readiness, ReadinessInput};
use crate::requests::{self, CheckOutcome, Outcomes, RequestStatus, default_list};
use crate::risks::{self, RegisterEntry};

const TODAY: Date = date(2026, 3, 4);

struct Made {
    file: Engagement,
    requests: Vec<RequestStatus>,
    documents: Vec<DocumentResult>,
    risks: Vec<RegisterEntry>,
    run: Outcomes,
}

fn made(text: &str, checks: &[(&str, Status)], files: &[&str]) -> Made {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let bytes: &[u8] = if file.ends_with(".pdf") { b"%PDF-1.7\n%%EOF\n" } else { b"\x89PNG\r\n\x1a\n" };
        std::fs::write(folder.path().join(file), bytes).unwrap();
    }
    let file = parse(text).unwrap();
    let checks = checks.iter().map(|(id, status)| {
        let outcome = CheckOutcome { statuses: BTreeMap::from([(*status, 1)]), ..CheckOutcome::default() };
        ((*id).to_owned(), outcome)
    });
    let run = Outcomes { run: "RUN-1".to_owned(), checks: checks.collect(), ..Outcomes::default() };
    let documents = documents::register(&file, &default_list(), folder.path(), TODAY);
    let said = attestations::register(&file, folder.path(), TODAY);
    let requests = requests::statuses(&file, &default_list(), Some(&run), &documents, &said, TODAY);
    let risks = risks::register(&file, &run);
    Made { file, requests, documents, risks, run }
}

impl Made {
    fn readiness(&self) -> Readiness {
        readiness::assess(&ReadinessInput {
            engagement: &self.file,
            requests: &self.requests,
            documents: &self.documents,
            findings: &[],
            risks: &self.risks,
            reviews: &[],
            run: Some(&self.run),
            today: TODAY,
        })
    }

    fn part(&self, name: &str) -> Part {
        self.readiness().parts.into_iter().find(|part| part.name == name).unwrap()
    }
}

const TYPE_1: &str = "[report]\ntype = \"type-1\"\nas_of = 2026-03-31\n";
const TYPE_2: &str = "[report]\ntype = \"type-2\"\nfrom = 2026-01-01\nto = 2026-06-30\n";
const ANA: &str = "[[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = \"CTO\"\n";
const REGIONS: &[(&str, Status)] = &[("account-region-coverage", Status::Pass)];

#[test]
fn one_day_counts_for_half_where_the_report_is_on_a_period() {
    // GEN-03, the regions, is the only request that this run answers: fully.
    let (one, two) = (made(TYPE_1, REGIONS, &[]), made(TYPE_2, REGIONS, &[]));
    assert_eq!((one.part("requests").have, two.part("requests").have), (4, 2));
    assert!(one.part("requests").of < two.part("requests").of, "what is asked for a period only does not arise");
    assert!(two.part("requests").limits.contains(&"capped: answered with the record of one day: GEN-03".to_owned()));
}

#[test]
fn a_picture_cannot_count_for_a_period() {
    let entry = |file: &str| {
        format!(
            "{ANA}[[documents]]\nrequest = \"GEN-06\"\nowner = \"ana\"\nfile = \"{file}\"\nversion = \"1\"\napproved = 2025-12-01\napprover = \"ana\"\n"
        )
    };
    let points = |frame: &str, file: &str| made(&format!("{frame}{}", entry(file)), &[], &[file]).part("requests").have;
    assert_eq!(points(TYPE_2, "chart.pdf"), 4);
    assert_eq!(points(TYPE_2, "chart.png"), 1);
    assert_eq!(points(TYPE_1, "chart.PNG"), 2);
    let link = "[[documents]]\nrequest = \"GEN-06\"\nowner = \"ana\"\nlink = \"https://example.com\"\nversion = \"1\"\napproved = 2025-12-01\napprover = \"ana\"\n";
    assert_eq!(made(&format!("{TYPE_1}{ANA}{link}"), &[], &[]).part("requests").have, 1);
    let said = "[[attestations]]\ncontrol = \"c\"\nrequest = \"GEN-06\"\nresult = \"pass\"\nby = \"ana\"\non = 2026-03-01\nevidence = \"a.pdf\"\n";
    assert_eq!(made(&format!("{TYPE_2}{ANA}{said}"), &[], &["a.pdf"]).part("requests").have, 2);
    assert_eq!(made(&format!("{TYPE_2}{ANA}{said}"), &[], &[]).part("requests").have, 0, "its file is not there");
    let picture = said.replace("a.pdf", "a.png");
    assert_eq!(made(&format!("{TYPE_2}{ANA}{picture}"), &[], &["a.png"]).part("requests").have, 1);
    // A picture without an ending of its name is one, and what is called one need not be.
    assert_eq!(points(TYPE_2, "chart"), 1);
    let accepted = "[[requests]]\nid = \"GEN-06\"\naccepted = 2026-03-01\n";
    assert_eq!(made(&format!("{TYPE_2}{accepted}"), &[], &[]).part("requests").have, 4);
    let delivered = "[[requests]]\nid = \"GEN-06\"\ndelivered = 2026-03-01\n";
    assert_eq!(made(&format!("{TYPE_2}{delivered}"), &[], &[]).part("requests").have, 0, "nobody knows what it was");
}

#[test]
fn every_part_is_named_and_nothing_stands_for_the_whole() {
    let nothing = made("", &[("iam-root-mfa", Status::Fail), ("iam-root-last-used", Status::Pass)], &[]);
    let summary = nothing.readiness().summary();
    assert!(summary.starts_with("frame: 0 of 12 items; documents: 0 of "), "{summary}");
    assert!(
        summary.ends_with("checks: 1 of 2 hold wherever they were decided; risks: 0 of 1 decided by a person"),
        "{summary}"
    );
    assert!(!summary.contains('%'), "{summary}");
    assert_eq!(nothing.part("checks").limits, ["iam-root-mfa: 1 fails"]);
    assert_eq!(nothing.part("risks").limits, ["proposed: R-001"]);
}

#[test]
fn tasks_stand_in_the_order_in_which_they_must_be_done() {
    let text = format!(
        "{TYPE_2}[entity]\nname = \"Acme\"\nsystem = \"Ledger\"\n[schedule]\nkickoff = 2026-03-20\n{ANA}[[work]]\nname = \"Book a room\"\nresponsible = [\"ana\"]\naccountable = \"ana\"\nhours = 1\n[[work]]\nname = \"Fieldwork\"\nresponsible = [\"ana\"]\naccountable = \"ana\"\ndue = 2026-07-01\n[[controls]]\nid = \"C\"\nwording = \"w\"\nowner = \"ana\"\ncriteria = [\"CC6.1\"]\nchecks = [\"iam-root-mfa\"]\n[[requests]]\nid = \"GEN-10\"\nowner = \"ana\"\ndue = 2026-03-15\n[[requests]]\nid = \"GEN-01\"\ndue = 2026-05-01\n"
    );
    let readiness = made(&text, &[("iam-root-mfa", Status::Fail)], &[]).readiness();
    assert_eq!((readiness.kickoff, readiness.days_left), (Some(date(2026, 3, 20)), Some(16)));
    let at = |start: &str| readiness.tasks.iter().position(|task| task.what.starts_with(start));
    assert!(at("State [entity]").is_none() && at("State [report]").is_none());
    assert_eq!(at("State the categories"), Some(0));
    // Frame, plan, documents (GEN-10 takes 16 hours, ENC-01 six), failures, other requests, risks.
    let order = ["State [[policies]]", "Book a room", "GEN-10", "ENC-01", "iam-root-mfa", "IAM-02", "R-001"]
        .map(|start| at(start).unwrap());
    assert!(order.is_sorted(), "{order:?}");
    assert_eq!((at("Fieldwork"), at("GEN-01")), (None, None), "due after the kick-off");
    let risk_assessment = &readiness.tasks[at("GEN-10").unwrap()];
    assert_eq!(
        (risk_assessment.owner.as_deref(), risk_assessment.hours, risk_assessment.due),
        (Some("ana"), 16, Some(date(2026, 3, 15)))
    );
    assert_eq!(
        readiness.tasks[at("iam-root-mfa").unwrap()].owner.as_deref(),
        Some("ana"),
        "who answers for the control"
    );
    let unknown = made("", &[("iam-root-mfa", Status::NotEvaluated)], &[]).readiness();
    let unread = unknown.tasks.iter().find(|task| task.what.starts_with("iam-root-mfa: ")).unwrap();
    assert_eq!(
        (unread.what.as_str(), unread.why.as_str()),
        ("iam-root-mfa: let it be read: the result names the call", "critical, and 1 of 1 results are unknown")
    );
    assert_eq!(readiness.hours(), readiness.tasks.iter().map(|task| task.hours).sum::<u32>());
}

#[test]
fn what_is_told_about_the_file_stands_with_it_and_takes_nothing_away() {
    let risk = |rest: &str| {
        format!(
            "{TYPE_2}{ANA}[[risks]]\nid = \"R-1\"\nstate = \"accepted\"\nthreat = \"t\"\nasset = \"a\"\nlikelihood = 2\nimpact = 2\nowner = \"ana\"\n{rest}"
        )
    };
    let (sound, overdue) = (made(&risk(""), &[], &[]), made(&risk("review = 2026-03-03\n"), &[], &[]));
    assert!(sound.readiness().notices.is_empty(), "{:?}", sound.readiness().notices);
    let told = overdue.readiness();
    assert_eq!(told.notices, overdue.file.notices(TODAY));
    assert_eq!(told.notices.len(), 1, "{:?}", told.notices);
    assert_eq!(told.parts, sound.readiness().parts);
}
