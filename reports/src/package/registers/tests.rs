use std::collections::HashMap;

use kickoff_engagement::Engagement;
use kickoff_engagement::requests::{Answer, Answered, Progress, RequestStatus, default_list};
use kickoff_engagement::risks::{RegisterEntry, RiskScale, Standing};
use kickoff_evidence::EvidenceRef;
use kickoff_policy::account::AccountData;
use kickoff_policy::actions::ActionTable;
use kickoff_policy::estate::{Around, Estate};
use kickoff_policy::review::{Assigned, Inputs, review};

use super::*;
use crate::inventory::{Asset, Discovered, Incomplete, Placed, Property, Standing as InScope};
use crate::package::made::{ACCOUNT, DIGEST, Made};

const COLLECTED: &str = "2026-03-02 02:00:00 to 2026-03-02 02:01:10";

/// The end of every row, with the comma before it.
fn end() -> String {
    format!(",\"ACME, Inc.\",RUN-20260302T020000Z-9f31c2aa,{COLLECTED},{DIGEST}")
}

/// A table without the mark at its beginning, by which spreadsheets know the encoding.
fn text(dossier: &Dossier<'_>, path: &str) -> String {
    let list = registers(dossier);
    let table = list.tables.iter().find(|table| table.path == path).unwrap();
    let mut bytes = Vec::new();
    table.write(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap().strip_prefix('\u{feff}').unwrap().to_owned()
}

/// The lines below the header, without the end that every one of them has.
fn rows(dossier: &Dossier<'_>, path: &str) -> Vec<String> {
    let text = text(dossier, path);
    text.lines().skip(1).map(|line| line.strip_suffix(&end()).unwrap().to_owned()).collect()
}

fn user(name: &str) -> Asset {
    Asset {
        arn: format!("arn:aws:iam::{ACCOUNT}:user/{name}"),
        name: name.to_owned(),
        kind: "AWS::IAM::User",
        account: ACCOUNT.to_owned(),
        region: "global".to_owned(),
        owner: Property::NotSet,
        environment: Property::Is("production".to_owned()),
        data_class: Property::NotSet,
        public: Property::NotApplicable,
        encrypted: Property::NotApplicable,
        logged: Property::NotApplicable,
        scope: Placed { standing: InScope::In, why: "its account is in scope".to_owned() },
        details: String::new(),
        evidence: vec![EvidenceRef(0)],
    }
}

#[test]
fn without_data_there_is_no_file_and_a_reason() {
    let mut made = Made::new();
    made.document.results.clear();
    made.document.control_totals[0].counted = 0;
    made.document.control_totals[0].expected = 0;
    made.engagement.exceptions.clear();
    made.engagement.attestations.clear();
    let dossier = made.dossier();
    let list = registers(&dossier);
    let written: Vec<&str> = list.tables.iter().map(|table| table.path.as_str()).collect();
    assert_eq!(written, ["30_populations/POP-01_accounts.csv", "30_populations/POP-02_regions.csv"]);
    let left_out: Vec<(&str, &str)> = list.left_out.iter().map(|(what, why)| (what.as_str(), why.as_str())).collect();
    assert_eq!(
        left_out,
        [
            // AWS counts no user: none is an answer. Of other kinds nothing is known, so nothing is said.
            ("30_populations/POP-03_iam-users.csv", "none"),
            ("30_populations/POP-40_user-credentials.csv", "none"),
            ("40_registers/assets.csv", "no asset is known"),
            ("40_registers/access_review.csv", "principals and policies were not read"),
            ("40_registers/access_reviews.csv", "kickoff.toml has none that came back filled in"),
            ("40_registers/results.csv", "no check gave a result"),
            ("40_registers/deviations.csv", "none"),
            ("40_registers/remediation.csv", "there is no deviation"),
            ("40_registers/exceptions.csv", "none"),
            ("40_registers/risks.csv", "none"),
            ("40_registers/vendors.csv", "none"),
            ("40_registers/pbc.csv", "there is no request list"),
            ("40_registers/findings.csv", "kickoff.toml has no findings of the auditor"),
            ("40_registers/documents.csv", "none is entered or asked for"),
            ("40_registers/manual_attestations.csv", "none"),
        ]
    );
}

#[test]
fn a_population_that_could_not_be_read_is_left_out_with_the_reason() {
    let mut made = Made::new();
    made.inventory.incomplete.push(Incomplete {
        account: ACCOUNT.to_owned(),
        region: "global".to_owned(),
        kinds: vec!["AWS::IAM::Role"],
        why: "denied: iam:ListRoles".to_owned(),
    });
    let dossier = made.dossier();
    let why = "111122223333 global: denied: iam:ListRoles".to_owned();
    assert!(registers(&dossier).left_out.contains(&("30_populations/POP-05_iam-roles.csv".to_owned(), why)));
}

#[test]
fn a_list_that_does_not_hold_what_was_counted_is_not_complete() {
    let mut made = Made::new();
    let reason = |made: &Made| {
        let dossier = made.dossier();
        let users = dossier.populations.iter().find(|population| population.id == "POP-03").unwrap();
        users.incomplete.join("; ")
    };
    assert_eq!(reason(&made), "111122223333: 0 are listed, iam:ListUsers gave 1");
    made.inventory.assets = vec![user("ana")];
    assert_eq!(reason(&made), "");
}

#[test]
fn what_the_scope_names_and_nobody_asked_is_lacking_in_every_population() {
    let mut made = Made::new();
    let scope = format!("[scope]\nrole = \"R\"\n[[scope.accounts]]\nid = \"{ACCOUNT}\"\n");
    let of = |made: &Made| {
        made.dossier().populations.iter().map(|one| (one.id, one.incomplete.join("; "))).collect::<Vec<_>>()
    };
    made.inventory.assets = vec![user("ana")];
    made.engagement = Engagement::parse("kickoff.toml".as_ref(), &scope).unwrap();
    assert!(of(&made).iter().all(|(_, why)| why.is_empty()), "{:?}", of(&made));
    let more = format!("{scope}[[scope.accounts]]\nid = \"444455556666\"\n");
    made.engagement = Engagement::parse("kickoff.toml".as_ref(), &more).unwrap();
    assert!(of(&made).len() > 2);
    for (id, why) in of(&made) {
        assert_eq!(why, "1 account of the scope not asked: 444455556666", "{id}");
    }
}

#[test]
fn lists_that_are_read_from_one_answer_are_judged_alike() {
    let mut made = Made::new();
    let key = |number: u8| Asset {
        arn: format!("arn:aws:iam::{ACCOUNT}:user/ana/access-key-{number}"),
        kind: "AWS::IAM::AccessKey",
        ..user("ana")
    };
    made.inventory.assets = vec![user("ana"), key(1), key(2)];
    let mut report = made.document.evidence[0].clone();
    (report.id, report.operation) = ("E-0001".to_owned(), "GetCredentialReport".to_owned());
    made.document.evidence = vec![report];
    let total = &mut made.document.control_totals[0];
    total.population = "credential report rows (users and root)".to_owned();
    total.counted_by = "iam:GetCredentialReport".to_owned();
    (total.counted, total.expected, total.difference) = (2, 3, -1);
    let dossier = made.dossier();
    let why = |id: &str| dossier.populations.iter().find(|one| one.id == id).unwrap().incomplete.join("; ");
    assert_eq!(why("POP-40"), "111122223333: 2 were read, iam:GetAccountSummary says 3");
    assert_eq!(
        why("POP-29"),
        "111122223333: its source iam:GetCredentialReport does not tie: 2 credential report rows (users and root), \
         iam:GetAccountSummary says 3"
    );
}

#[test]
fn a_look_back_names_its_days_and_how_many_of_the_period_they_are() {
    let mut made = Made::new();
    let rows = ["iam-access-change-population", "iam-root-activity-in-period"].map(|check| {
        let mut row = crate::package::made::row(check, "manual", "account/111122223333");
        // 90 days, to the second in which the run began.
        row.window = Some(("2026-08-04T02:00:00Z".parse().unwrap(), "2026-11-02T02:00:00Z".parse().unwrap()));
        row
    });
    made.document.results.extend(rows);
    let checks = ["iam-access-change-population", "iam-root-activity-in-period"];
    made.document.run.checks.extend(checks.map(str::to_owned));
    let of = |made: &Made, report: &str| {
        let text = format!("[report]\n{report}\n");
        let engagement = Engagement::parse("kickoff.toml".as_ref(), &text).unwrap();
        let made = Made { engagement, ..Made { document: made.document.clone(), ..Made::new() } };
        made.dossier().populations.iter().find(|one| one.id == "POP-43").unwrap().what.clone()
    };
    assert_eq!(
        of(&made, "type = \"type-2\"\nfrom = 2026-07-01\nto = 2026-12-31"),
        "Changes of access, 2026-08-04 to 2026-11-02: 90 of the 184 days of the period"
    );
    // Of a period that began in October, the look-back saw a month and a day and two hours.
    assert_eq!(
        of(&made, "type = \"type-2\"\nfrom = 2026-10-01\nto = 2026-12-31"),
        "Changes of access, 2026-08-04 to 2026-11-02: 32 of the 92 days of the period"
    );
    assert_eq!(
        of(&made, "type = \"type-2\"\nfrom = 2025-01-01\nto = 2025-12-31"),
        "Changes of access, 2026-08-04 to 2026-11-02: 0 of the 365 days of the period"
    );
    assert_eq!(
        of(&made, "type = \"type-1\"\nas_of = 2026-11-02"),
        "Changes of access, 2026-08-04 to 2026-11-02: 90 days"
    );
}

#[test]
fn what_config_counts_stands_beside_a_population_without_a_second_count_and_decides_nothing() {
    let mut made = Made::new();
    made.document.control_totals.clear();
    let key = |at: usize, region: &str| Asset {
        arn: format!("arn:aws:kms:{region}:{ACCOUNT}:key/{at}"),
        kind: "AWS::KMS::Key",
        region: region.to_owned(),
        ..user("key")
    };
    made.inventory.assets = vec![user("ana"), key(1, "eu-west-1"), key(2, "eu-west-1"), key(3, "eu-central-1")];
    let counted = |region: &str, kind: &str, count: u64| Discovered {
        account: ACCOUNT.to_owned(),
        region: region.to_owned(),
        kind: kind.to_owned(),
        count,
        evidence: vec![EvidenceRef(0)],
    };
    made.inventory.discovered = vec![
        counted("eu-west-1", "AWS::KMS::Key", 5),
        counted("eu-central-1", "AWS::KMS::Key", 1),
        counted("eu-west-1", "AWS::IAM::User", 1),
        counted("eu-west-1", "AWS::EC2::Volume", 7),
    ];
    let dossier = made.dossier();
    let of = |id: &str| dossier.populations.iter().find(|population| population.id == id).unwrap();
    let keys = of("POP-17");
    assert!(keys.is_complete() && !keys.ties(ACCOUNT), "a count of Config's neither completes nor doubts: {keys:?}");
    assert_eq!(
        keys.beside,
        [
            format!("{ACCOUNT} eu-west-1: 5 of AWS::KMS::Key counted (E-0001), 2 listed, difference 3"),
            format!("{ACCOUNT} eu-central-1: 1 of AWS::KMS::Key counted (E-0001), 1 listed, no difference"),
        ]
    );
    assert!(keys.without_second_count().contains("deciding nothing"), "{}", keys.without_second_count());
    // What belongs to no region is held against all that is listed.
    assert_eq!(
        of("POP-03").beside,
        [format!("{ACCOUNT} eu-west-1: 1 of AWS::IAM::User counted (E-0001), 1 listed, no difference")]
    );
    made.inventory.discovered.clear();
    let dossier = made.dossier();
    let plain = dossier.populations.iter().find(|population| population.id == "POP-17").unwrap();
    assert_eq!(plain.without_second_count(), "No second count was read");
}

#[test]
fn populations_have_a_row_for_each_item_and_say_whether_they_are_complete() {
    let mut made = Made::new();
    made.inventory.assets = vec![user("=cmd|' /C calc'!A0"), user("say \"no\",\r\nthen")];
    made.document.control_totals[0].expected = 3;
    made.document.control_totals[0].counted = 2;
    made.document.control_totals[0].difference = -1;
    let dossier = made.dossier();
    let list = registers(&dossier);
    for population in &dossier.populations {
        let table = list.tables.iter().find(|table| table.path == population.file()).unwrap();
        let mut bytes = Vec::new();
        assert_eq!(table.write(&mut bytes).unwrap(), population.size() as u64, "{}", population.id);
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let heads = reader.headers().unwrap().clone();
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), population.size(), "{}", population.id);
        for record in &records {
            let cell = |head: &str| &record[heads.iter().position(|known| known == head).unwrap()];
            assert_eq!(cell("Population"), format!("{} {}", population.id, population.what));
            assert_eq!(cell("Entity"), "ACME, Inc.");
            assert_eq!(cell("Evidence digest"), DIGEST);
            assert!(record.iter().all(|cell| !kickoff_engagement::cells::is_formula(cell)), "{record:?}");
        }
        if population.id == "POP-03" {
            assert_eq!((&records[0][1], &records[1][1]), ("'=cmd|' /C calc'!A0", "say \"no\",\r\nthen"));
            let complete = heads.iter().position(|head| head == "Population complete").unwrap();
            assert_eq!(&records[0][complete], "no: 111122223333: 2 were read, iam:GetAccountSummary says 3",);
        }
    }
    let regions = text(&dossier, "30_populations/POP-02_regions.csv");
    assert_eq!(
        regions.lines().next().unwrap(),
        "Account ID,Region,Population,Population complete,Entity,Warnings,Run,Collected (UTC),Evidence digest"
    );
    assert!(regions.contains("\r\n111122223333,eu-west-1,POP-02 Regions that were scanned,yes,"), "{regions}");
}

#[test]
fn accounts_and_lists_of_checks_have_columns_of_their_own() {
    let made = Made::new();
    let dossier = made.dossier();
    assert_eq!(
        rows(&dossier, "30_populations/POP-01_accounts.csv"),
        ["111122223333,acme-prod,,production,aws,arn:aws:sts::111122223333:assumed-role/KickoffReadOnly/nightly,\
          eu-central-1 eu-west-1,me-south-1,,POP-01 Accounts that were scanned,yes"]
    );
    let users = "30_populations/POP-40_user-credentials.csv";
    assert!(text(&dossier, users).starts_with("Account ID,User,MFA,Evidence,Population,Population complete,"));
    assert_eq!(
        rows(&dossier, users),
        [
            "111122223333,ana,yes,E-0001,POP-40 Users with their credentials,yes",
            "111122223333,'=bob,no,E-0001,POP-40 Users with their credentials,yes"
        ]
    );
}

#[test]
fn a_list_of_which_the_question_does_not_arise_says_so() {
    let mut made = Made::new();
    for row in made.document.results.iter_mut().filter(|row| row.check == "iam-user-population") {
        row.status = "not-applicable".into();
        row.listed.clear();
        row.reason = Some("asked elsewhere".to_owned());
    }
    let dossier = made.dossier();
    let why = ("30_populations/POP-40_user-credentials.csv".to_owned(), "asked elsewhere".to_owned());
    assert!(registers(&dossier).left_out.contains(&why));
}

#[test]
fn results_are_listed_one_by_one_those_that_pass_too() {
    let mut made = Made::new();
    made.inventory.assets = vec![user("fail")];
    let dossier = made.dossier();
    let listed = rows(&dossier, "40_registers/results.csv");
    assert_eq!(listed.len(), 9);
    let line = |name: &str, status: &str, reason: &str, marks: &str, number: &str| {
        format!(
            "CC6.1.27-T1,CC6.1.27,iam-user-console-mfa,Every IAM user with a console password has MFA,high,CC6.1 CC6.6,\
             111122223333,eu-west-1,arn:aws:iam::111122223333:user/{name},AWS::IAM::User,\"password, no MFA device\",\
             a user with a console password has an active MFA device,{status},{reason},{marks},{number},\
             access_key_max_age_days = 90 days (kickoff.toml),E-0001"
        )
    };
    assert_eq!(listed[0], line("pass", "pass", "", "S P R", ""));
    assert_eq!(listed[1], line("fail", "fail", "", "S P R D", "DEV-2026-001"));
    assert_eq!(
        listed[6],
        line("excluded", "excluded", "\"fails, and is excluded by EXC-001: It is sealed.\"", "S P R X", "EXC-001")
    );
}

#[test]
fn deviations_and_what_management_does_about_them() {
    let made = Made::new();
    let dossier = made.dossier();
    let deviations = text(&dossier, "40_registers/deviations.csv");
    assert_eq!(
        deviations,
        "Deviation,Test,Control,Check,Title,Severity,Criteria,Account ID,Region,Resource,Type,Observed,Expected,Reason,\
         Seen in the run of (UTC),Evidence,Entity,Run,Collected (UTC),Evidence digest\r\n\
         DEV-2026-001,CC6.1.27-T1,CC6.1.27,iam-user-console-mfa,Every IAM user with a console password has MFA,high,\
         CC6.1 CC6.6,111122223333,eu-west-1,arn:aws:iam::111122223333:user/fail,AWS::IAM::User,\
         \"password, no MFA device\",a user with a console password has an active MFA device,,2026-03-02 02:00:00,E-0001"
            .to_owned()
            + &end()
            + "\r\n"
    );
    assert_eq!(
        rows(&dossier, "40_registers/remediation.csv"),
        ["DEV-2026-001,high,CC6.1.27,111122223333,eu-west-1,arn:aws:iam::111122223333:user/fail,,,,,,,"]
    );
}

#[test]
fn what_people_entered_stands_in_their_words() {
    let mut made = Made::new();
    let (score, risk) = (
        RiskScale::default().rate((4, 5), None),
        r#"{"id": "R-001", "threat": "-1 person leaves",
        "asset": "code", "likelihood": 4, "impact": 5, "owner": "ann", "controls": [], "checks": ["iam-user-console-mfa"]}"#,
    );
    made.risks = vec![RegisterEntry {
        risk: serde_json::from_str(risk).unwrap(),
        inherent: score.clone(),
        residual: score,
        standing: Standing::Agrees,
        explanation: None,
    }];
    let request = default_list().remove(0);
    let id = request.id.clone();
    made.requests = vec![RequestStatus {
        request,
        owner: None,
        due: None,
        answer: Answer { answered: Answered::Not, evidence: Vec::new(), reasons: Vec::new() },
        document: None,
        by_document: false,
        attestations: Vec::new(),
        progress: Progress::Open,
        overdue: false,
        due_this_week: false,
        reasons: Vec::new(),
        note: Some("@ann asks".to_owned()),
        back: None,
    }];
    made.engagement.vendors = vec![kickoff_engagement::Vendor {
        id: "V-001".to_owned(),
        name: "=Mailer".to_owned(),
        holds: Some("Names, addresses".to_owned()),
        report: Some("SOC 2 Type 2".to_owned()),
        report_until: Some(jiff::civil::date(2026, 9, 30)),
        owner: Some("ann".to_owned()),
        accounts: vec!["464622532012".to_owned()],
        ..kickoff_engagement::Vendor::default()
    }];
    let dossier = made.dossier();
    assert_eq!(
        rows(&dossier, "40_registers/vendors.csv"),
        ["V-001,'=Mailer,,\"Names, addresses\",,SOC 2 Type 2,,2026-09-30,,,,,Ann Other,464622532012,"]
    );
    assert_eq!(
        rows(&dossier, "40_registers/exceptions.csv"),
        ["EXC-001,iam-user-console-mfa,any,any,*user/excluded,It is sealed.,Its use is alarmed.,Ann Other,2026-01-15,\
          2026-12-31,yes,1"]
    );
    assert_eq!(
        rows(&dossier, "40_registers/manual_attestations.csv"),
        ["CC1.1.01,CC1.1,,pass,Ann Other,2026-02-01,board/minutes.pdf,'=minutes were read"]
    );
    let risks = rows(&dossier, "40_registers/risks.csv");
    assert!(risks[0].starts_with("R-001,"), "{risks:?}");
    assert!(
        risks[0].ends_with(",'-1 person leaves,code,4,5,20 critical,,,iam-user-console-mfa,,20 critical,Ann Other,,,"),
        "{risks:?}"
    );
    let requests = rows(&dossier, "40_registers/pbc.csv");
    assert!(requests[0].starts_with(&format!("{id},")) && requests[0].contains(",'@ann asks,"), "{requests:?}");
}

#[test]
fn assets_and_principals_have_the_columns_of_their_lists() {
    let mut made = Made::new();
    made.inventory.assets = vec![user("ann")];
    let details = r#"{"UserDetailList": [{"UserName": "=cmd", "Arn": "arn:aws:iam::111122223333:user/=cmd"}]}"#;
    let accounts = AccountData::from_details(details).unwrap();
    let estate = Estate::new(accounts, Around::default(), ActionTable::embedded(), "2026-01-01T00:00:00Z");
    let (credentials, accessed) = (HashMap::new(), HashMap::new());
    let inputs = Inputs {
        now: "2026-01-01T00:00:00Z",
        standing: &|_| None,
        credentials: &credentials,
        accessed: &accessed,
        assigned: &Assigned::default(),
    };
    made.review = Some(review(&estate, &inputs));
    let dossier = made.dossier();
    let assets = text(&dossier, "40_registers/assets.csv");
    assert!(assets.starts_with("ARN,Name,Type,Account ID,Region,Owner,"), "{assets}");
    assert_eq!(
        rows(&dossier, "40_registers/assets.csv"),
        ["arn:aws:iam::111122223333:user/ann,ann,AWS::IAM::User,111122223333,global,not set,production,not set,\
          not applicable,not applicable,not applicable,yes,its account is in scope,,,E-0001"]
    );
    let principals = rows(&dossier, "40_registers/access_review.csv");
    assert!(
        principals[0].starts_with("111122223333,arn:aws:iam::111122223333:user/=cmd,'=cmd,user,"),
        "{principals:?}"
    );
    assert!(principals[0].ends_with(",2026-01-01,,,"), "the reviewer's columns are empty: {principals:?}");
}
