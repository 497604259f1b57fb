//! Several files for one request: what belongs together, and what a person has to choose from.

use std::path::Path;

use jiff::civil::date;

use super::*;
use crate::documents::{Dropped, append, match_folder, match_names};
use crate::requests::default_list;

fn dropped(files: &[&str]) -> Dropped {
    match_names(&files.iter().map(|&file| file.to_owned()).collect::<Vec<_>>(), &default_list(), &Engagement::default())
}

/// The files that were put together, with what tells them apart; all of one request.
fn grouped(files: &[&str], request: &str) -> Vec<[String; 4]> {
    let found = dropped(files);
    assert_eq!((found.contested.as_slice(), found.ambiguous.as_slice()), ([].as_slice(), [].as_slice()));
    assert!(found.grouped.iter().all(|one| one.request == request), "{found:?}");
    let told = found.grouped.into_iter().map(|one| {
        let time = one.time.map(|time| time.name).unwrap_or_default();
        [one.file, time, one.version.unwrap_or_default(), one.title.unwrap_or_default()]
    });
    told.collect()
}

/// The files that are matched or together, and those that are contested.
fn certain(files: &[&str]) -> (Vec<String>, Vec<String>) {
    let found = dropped(files);
    let mut certain: Vec<String> = found.matched.into_iter().chain(found.grouped).map(|one| one.file).collect();
    let mut contested: Vec<String> = found.contested.into_iter().map(|(one, _)| one.file).collect();
    certain.sort();
    contested.sort();
    (certain, contested)
}

/// Well-named files of a company; beside each the request that it is for, if there is one.
const CLEAN: &str = include_str!("clean_names.txt");

#[test]
fn well_named_files_find_their_requests_and_none_is_wrong() {
    let wanted: Vec<(&str, &str)> = CLEAN.lines().filter_map(|line| line.split_once('|')).collect();
    let found = dropped(&wanted.iter().map(|(file, _)| *file).collect::<Vec<_>>());
    let placed: Vec<_> = found.matched.iter().chain(&found.grouped).collect();
    for one in &placed {
        assert!(wanted.contains(&(one.file.as_str(), one.request.as_str())), "{one:?}");
    }
    assert_eq!((wanted.len(), placed.len(), found.contested.len(), found.ambiguous.len()), (54, 42, 0, 0));
    assert_eq!(found.unmatched.len(), 12, "each file is in one of the lists");
}

#[test]
fn quarters_versions_documents_and_parts_belong_together() {
    let of = |rows: Vec<[String; 4]>| rows.into_iter().map(|[_, time, version, _]| (time, version)).collect::<Vec<_>>();
    let pair = |time: &str, version: &str| (time.to_owned(), version.to_owned());
    assert_eq!(
        of(grouped(&["User Access Review Q3 2026.xlsx", "UserAccessReview_2026Q4.xlsx"], "IAM-12")),
        [pair("2026-Q3", ""), pair("2026-Q4", "")]
    );
    // The year is nowhere: the quarter is kept as it is named.
    assert_eq!(
        of(grouped(&["Access review Q3.xlsx", "Access review Q4.xlsx"], "IAM-12")),
        [pair("", "Q3"), pair("", "Q4")]
    );
    assert_eq!(
        of(grouped(&["Leavers Jul 2026.csv", "Leavers Aug 2026.csv", "Leavers 2026-09.csv"], "HR-02")),
        [pair("2026-07", ""), pair("2026-08", ""), pair("2026-09", "")]
    );
    assert_eq!(
        of(grouped(&["Information Security Policy v4.0.pdf", "Information Security Policy v4.1.pdf"], "GEN-08")),
        [pair("", "4.0"), pair("", "4.1")]
    );
    assert_eq!(
        of(grouped(&["Board minutes 15.07.2026.pdf", "Board minutes 14.10.2026.pdf"], "GEN-07")),
        [pair("2026-07-15", ""), pair("2026-10-14", "")]
    );
    assert_eq!(
        of(grouped(&["Encryption Policy 2025.pdf", "Encryption Policy 2026.pdf"], "ENC-01")),
        [pair("", "2025"), pair("", "2026")]
    );
    let titles = |files: &[&str], request: &str| {
        grouped(files, request).into_iter().map(|[.., title]| title).collect::<Vec<_>>()
    };
    assert_eq!(
        titles(&["Business Continuity Plan v2.pdf", "Disaster Recovery Plan v1.pdf"], "BCP-01"),
        ["Business Continuity Plan", "Disaster Recovery Plan"]
    );
    assert_eq!(
        titles(&["Datadog SOC 2 Report 2026.pdf", "Stripe SOC 2 Report 2026.pdf"], "VEN-02"),
        ["Datadog SOC Report", "Stripe SOC Report"]
    );
    assert_eq!(titles(&["Pentest report 2026.pdf", "Pentest remediation letter 2026.pdf"], "VUL-05").len(), 2);
    assert_eq!(titles(&["SOC 2 Report AWS.pdf", "SOC 2 bridge letter AWS.pdf"], "VEN-02").len(), 2);
    assert_eq!(titles(&["NDA John Smith.pdf", "NDA Jane Doe.pdf"], "HR-03"), ["NDA John Smith", "NDA Jane Doe"]);
    assert_eq!(titles(&["Vulnerability scan week 30.pdf", "Vulnerability scan week 31.pdf"], "VUL-02").len(), 2);
    assert_eq!(titles(&["Joiners list part 1.csv", "Joiners list part 2.csv"], "HR-01"), ["", ""]);
    assert_eq!(titles(&["2026-Q3/access review.xlsx", "2026-Q4/access review.xlsx"], "IAM-12"), ["", ""]);
}

#[test]
fn between_rivals_nobody_guesses() {
    for files in [
        ["Incident Response Plan.docx", "Incident-Response-Plan.pdf"],
        ["Incident Response Plan (2).docx", "Incident Response Plan.docx"],
        ["Access Review Q3 2026.xlsx", "Access Review 2026-Q3 v2.xlsx"],
        // A year that holds the quarter may be the same review.
        ["Access Review 2026.xlsx", "Access Review Q3 2026.xlsx"],
        ["Leavers.csv", "Terminated Employees.csv"],
        ["BCP.pdf", "Business Continuity Plan.pdf"],
    ] {
        let (placed, contested) = certain(&files);
        assert_eq!((placed.len(), contested.len()), (0, 2), "{files:?}");
    }
    // The one that is certain stays so, and the other is told.
    for (sure, doubtful) in [
        ("Risk Assessment 2026.xlsx", "Website Risk Assessment Questionnaire.docx"),
        ("Information Security Policy.pdf", "Cloud Security Policy.pdf"),
        ("Encryption Policy v2.pdf", "Encryption Policy v3 DRAFT.pdf"),
        ("Penetration test 2026.pdf", "Penetration test 2024 old.pdf"),
    ] {
        let (placed, contested) = certain(&[sure, doubtful]);
        assert_eq!(
            (placed.as_slice(), contested.as_slice()),
            ([sure.to_owned()].as_slice(), [doubtful.to_owned()].as_slice())
        );
    }
    // The quarter that has a rival is open; the other is not.
    let (placed, contested) =
        certain(&["Access Review Q3 2026.xlsx", "Copy of Access Review Q3 2026.xlsx", "Access Review Q4 2026.xlsx"]);
    assert_eq!((placed.len(), contested.len()), (1, 2));
    let found = dropped(&["Access Review Q3 2026.xlsx", "Access Review Q3 2026 (1).xlsx"]);
    assert!(found.contested[0].1.contains("may be it as well: nothing in their names tells them apart"), "{found:?}");
    for file in ["Physical Security Policy.docx", "HR Security Policy.pdf", "Supplier Code of Conduct.pdf"] {
        assert_eq!(dropped(&[file]).unmatched.len(), 1, "{file}: nobody asked for it");
    }
    for file in ["NDA_template.docx", "Restore test - not performed.txt", "Firewall review minutes - cancelled.docx"] {
        let found = dropped(&[file]);
        assert!(found.unmatched[0].1.contains("it is no evidence"), "{found:?}");
    }
}

#[test]
fn a_folder_that_is_called_like_a_request_is_one_delivery() {
    let folder = tempfile::tempdir().unwrap();
    for below in ["Access Review Q3 2026", "misc"] {
        std::fs::create_dir(folder.path().join(below)).unwrap();
    }
    for name in [
        "Access Review Q3 2026/console.csv",
        "Access Review Q3 2026/okta.csv",
        "Access Review Q3 2026/encryption policy.pdf",
        "Access Review Q4 2026.xlsx",
        "misc/okta.csv",
        "~$Encryption policy.docx",
        "Thumbs.db",
        "Encryption policy.lnk",
    ] {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    let found = match_folder(folder.path(), &default_list(), &Engagement::default()).unwrap();
    let told: Vec<_> =
        found.grouped.iter().map(|one| (one.file.as_str(), one.time.as_ref().unwrap().name.as_str())).collect();
    assert_eq!(
        told,
        [
            ("Access Review Q3 2026/console.csv", "2026-Q3"),
            ("Access Review Q3 2026/okta.csv", "2026-Q3"),
            ("Access Review Q4 2026.xlsx", "2026-Q4")
        ]
    );
    // A file's own name says more than its folder's.
    assert_eq!((found.matched.len(), found.matched[0].request.as_str()), (1, "ENC-01"));
    let unmatched: Vec<&str> = found.unmatched.iter().map(|(file, _)| file.as_str()).collect();
    assert_eq!(unmatched, ["Encryption policy.lnk", "Thumbs.db", "misc/okta.csv", "~$Encryption policy.docx"]);
}

#[test]
fn what_belongs_together_is_entered_so_that_it_can_be_told_apart() {
    let path = Path::new("kickoff.toml");
    let names = [
        "Access Review Q3 2026.xlsx",
        "Access Review Q4 2026.xlsx",
        "Board Minutes 2026-07-15.pdf",
        "Board Minutes 2026-10-14.pdf",
        "Information Security Policy v4.0.pdf",
        "Information Security Policy v4.1.pdf",
        "Network Diagram.pdf",
        "Data Flow Diagram.pdf",
    ];
    let found = dropped(&names);
    let (text, left) = append(path, "", "inbox", &found.grouped, date(2027, 1, 4)).unwrap();
    assert_eq!(left, []);
    let file = parse(&text).unwrap();
    assert_eq!(file.documents.len(), names.len());
    let of = |request: &'static str| file.documents_for(request).collect::<Vec<_>>();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        of("IAM-12").iter().map(|d| d.occurrence.clone()).collect::<Vec<_>>(),
        [some("2026-Q3"), some("2026-Q4")]
    );
    assert_eq!(
        of("GEN-07").iter().map(|d| d.on).collect::<Vec<_>>(),
        [Some(date(2026, 7, 15)), Some(date(2026, 10, 14))]
    );
    assert_eq!(of("GEN-08").iter().map(|d| d.version.clone()).collect::<Vec<_>>(), [some("4.0"), some("4.1")]);
    assert_eq!(of("GEN-08")[0].title, None, "versions share their title");
    assert_eq!(
        of("GEN-04").iter().map(|d| d.title.clone()).collect::<Vec<_>>(),
        [some("Network Diagram"), some("Data Flow Diagram")]
    );
    // Once more nothing is new, but for the quarter that came since.
    let (again, left) = append(path, &text, "inbox", &found.grouped, date(2027, 1, 5)).unwrap();
    assert_eq!((again.as_str(), left.len()), (text.as_str(), names.len()));
    let next = dropped(&["Access Review Q1 2027.xlsx"]);
    let (longer, left) = append(path, &text, "inbox", &next.matched, date(2027, 4, 4)).unwrap();
    assert_eq!((parse(&longer).unwrap().documents.len(), left.len()), (names.len() + 1, 0));
}
