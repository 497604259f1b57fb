//! A file of each kind, with the heads that such files have.

use jiff::civil::date;

use super::*;
use crate::registers::{Attested, RiskState};

#[test]
fn a_risk_register_as_a_company_keeps_it() {
    let toml = format!(
        "{PEOPLE}\n[[risks]]\nid = \"RR-02\"\nthreat = \"The build server is taken over.\" # see the report of May\nasset = \"Build server\"\nlikelihood = 2\nimpact = 5\nstate = \"accepted\"\n\n# Exceptions follow when there are some.\n"
    );
    let imported = taken(
        "risks",
        &toml,
        "Acme risk register,,,,,,,,,\n\
         Risk ID,Risk description,Affected asset,Likelihood (1-5),Impact,Inherent,Risk owner,Treatment plan,Due date,Status\n\
         RR-01,A laptop with customer data is lost,Laptops,3,4 - High,12,Alice Meyer,Encrypt all disks; wipe from afar,15/12/2026,Open\n\
         rr-02,The build server is taken over.,Build server,3,5,15,\"Tanaka, Bob\",Rebuild it each week,31/01/2027,Open\n\
         RR-03,Invoices are sent to the wrong customer,Billing,2,3,6,jorg mussig,Accept,TBD,Closed\n\
         Total: 3,,,,,33,,,,\n",
    )
    .unwrap();
    assert_eq!(
        imported.account,
        "risks.csv: 3 rows: 2 new, 1 changed, 0 as they are. Left out: rows 6 (a total); columns Inherent (reckoned here). Taken: `rr-02` as RR-02, RR-02 stays accepted, though its state is `Open`. Still to be said, and not entered: due `TBD`"
    );
    assert_eq!(
        told(&imported),
        [
            "RR-01 is new: A laptop with customer data is lost",
            "RR-02 likelihood: 2 -> 3",
            "RR-02 treatment:  -> Rebuild it each week",
            "RR-02 owner:  -> bob",
            "RR-02 due:  -> 2027-01-31",
            "RR-03 is new: Invoices are sent to the wrong customer",
        ]
    );
    let risks = file(&imported.text).risks;
    let ids: Vec<&str> = risks.iter().map(|risk| risk.id.as_str()).collect();
    assert_eq!(ids, ["RR-02", "RR-01", "RR-03"]);
    let lost = &risks[1];
    assert_eq!((lost.likelihood, lost.impact, lost.due), (3, 4, Some(date(2026, 12, 15))));
    assert_eq!(lost.owner.as_deref(), Some("alice"));
    assert_eq!(lost.treatment.as_deref(), Some("Encrypt all disks; wipe from afar"));
    // One is open, and one was decided on; on the third a person had decided before.
    let states = [lost.state, risks[2].state, risks[0].state];
    assert_eq!(states, [RiskState::Proposed, RiskState::Accepted, RiskState::Accepted]);
    assert_eq!(risks[2].owner.as_deref(), Some("jorg"));
    // A person's words stay where they are, and a new risk stands behind the others.
    assert!(imported.text.contains("\nlikelihood = 3\n") && imported.text.contains(" # see the report of May\n"));
    assert!(imported.text.ends_with("\n\n# Exceptions follow when there are some.\n"), "{}", imported.text);
    // The same file changes nothing any more.
    let again = taken(
        "risks",
        &imported.text,
        "Risk ID,Threat,Risk owner\nRR-01,A laptop with customer data is lost,Alice Meyer\n",
    )
    .unwrap();
    assert_eq!((again.text, again.changes.len()), (imported.text, 0));
    assert!(again.account.ends_with("Not in the file, and kept: RR-02, RR-03"), "{}", again.account);
}

#[test]
fn heads_over_two_rows_and_in_german() {
    let bytes = workbook(&[
        ("Lies mich", &[&["Stand November"]]),
        (
            "Risiken",
            &[
                &["Risikoregister der Acme GmbH"],
                &["Lfd. Nr.", "Bedrohung", "Schutzobjekt", "Inherent risk", "", "Residual risk", "", "Risikoeigner"],
                &["", "", "", "Likelihood", "Impact", "Likelihood", "Impact", ""],
                &["R-7", "Stromausfall", "Rechenzentrum", "2", "5", "1", "4", "Müssig, Jörg"],
            ],
        ),
        ("Vorjahr", &[&["Nr", "Bedrohung", "Asset"], &["R-1", "Feuer", "Büro"]]),
    ]);
    let imported = taken_with("risks", PEOPLE, "risiken.xlsx", &bytes, &Options::default()).unwrap();
    assert_eq!(
        imported.account,
        "risiken.xlsx: 1 row of the sheet Risiken: 1 new, 0 changed, 0 as they are. Left out: sheets Lies mich (no heads of this register), Vorjahr (of an earlier time)"
    );
    let risk = &file(&imported.text).risks[0];
    assert_eq!((risk.id.as_str(), risk.threat.as_str(), risk.asset.as_str()), ("R-7", "Stromausfall", "Rechenzentrum"));
    let figures = (risk.likelihood, risk.impact, risk.residual_likelihood, risk.residual_impact);
    assert_eq!(figures, (2, 5, Some(1), Some(4)));
    assert_eq!(risk.owner.as_deref(), Some("jorg"));
}

#[test]
fn an_export_of_people_out_of_a_personnel_system() {
    let imported = taken(
        "people",
        PEOPLE,
        "Employee ID;First Name;Last Name;Job Title;Work Email;Department;Hire Date\n\
         10023;Alice;Meyer;Chief information security officer;Alice.Meyer@acme.example;Security;01.02.2020\n\
         10031;Bob;Tanaka;Platform lead;bob.tanaka@acme.example;Platform;15.06.2021\n\
         10044;Zoë;Müller;Accountant;zoe@acme.example;Finance;01.01.2024\n\
         10045;Zoë;Müller;Designer;zoe.m@acme.example;Design;01.01.2025\n",
    )
    .unwrap();
    assert_eq!(
        told(&imported),
        [
            "alice role: Head of security -> Chief information security officer",
            // An address is the same in capitals; a person's own spelling is taken.
            "alice email: alice.meyer@acme.example -> Alice.Meyer@acme.example",
            "bob email:  -> bob.tanaka@acme.example",
            "zoe-muller is new: zoe@acme.example",
            "zoe-muller-2 is new: zoe.m@acme.example",
        ]
    );
    assert_eq!(
        imported.account,
        "people.csv: 4 rows: 2 new, 2 changed, 0 as they are. Left out: columns Employee ID, Department, Hire Date (not read here). Not in the file, and kept: jorg. Ids made: zoe-muller, zoe-muller-2"
    );
    let people = file(&imported.text).people;
    assert_eq!((people[3].name.as_str(), people[3].role.as_str()), ("Zoë Müller", "Accountant"));
    // Two of one name, of whom one is known by another address: nobody guesses which it is.
    let unclear = taken("people", PEOPLE, "Name,Role,Email\nAlice Meyer,Engineer,a.meyer2@acme.example\n").unwrap_err();
    assert_eq!(
        unclear,
        "people.csv, row 2: `Alice Meyer` is called as `alice`, whose `email` is alice.meyer@acme.example and not a.meyer2@acme.example: give it the id `alice` if it is the same, or another one if not"
    );
}

#[test]
fn a_list_of_vendors_with_what_they_hold() {
    let toml = format!("{PEOPLE}\n[[vendors]]\nid = \"V-004\"\nname = \"Mailgun\"\nservice = \"Sends mail\"\n");
    let csv = "Vendor,Description of services,Data classification,Tier,SOC report,Report period start,Report period end,Bridge letter until,Last review,Business owner,AWS account IDs,DPA signed\n\
         MAILGUN,Sends mail,Names and addresses of customers,Tier 1,SOC 2 Type 2,2025-10-01,2026-09-30,2026-12-31,2026-03-01,alice,,Yes\n\
         Datadog Inc.,Monitoring,None,Tier 2,,,,,46082,Bob Tanaka,464622532012; 64622532012,Yes\n";
    let options = Options {
        columns: crate::Said { keys: Vec::new(), kept: vec!["DPA signed".to_owned()] },
        ..Options::default()
    };
    let imported = taken_with("vendors", &toml, "vendors.csv", csv.as_bytes(), &options).unwrap();
    let vendors = file(&imported.text).vendors;
    assert_eq!(vendors.len(), 2);
    let (mail, logs) = (&vendors[0], &vendors[1]);
    assert_eq!((mail.id.as_str(), mail.name.as_str()), ("V-004", "MAILGUN"));
    assert_eq!((mail.report_until, mail.bridge_until), (Some(date(2026, 9, 30)), Some(date(2026, 12, 31))));
    assert_eq!(mail.held(), Some("Names and addresses of customers"));
    assert_eq!(mail.note.as_deref(), Some("DPA signed: Yes"));
    assert_eq!((logs.id.as_str(), logs.owner.as_deref(), logs.held()), ("V-005", Some("bob"), None));
    // 46082 days after 30 December 1899.
    assert_eq!(logs.reviewed, Some(date(2026, 3, 1)));
    assert_eq!(logs.accounts, ["464622532012", "064622532012"]);
    // What is kept in the note is kept once.
    let again = taken_with("vendors", &imported.text, "vendors.csv", csv.as_bytes(), &options).unwrap();
    assert_eq!((again.changes.len(), again.text), (0, imported.text));
}

#[test]
fn a_log_of_exceptions() {
    let toml = format!(
        "{PEOPLE}\n[[exceptions]]\nid = \"EXC-007\"\ncheck = \"iam-user-access-key-age\"\naccount = \"111122223333\"\nreason = \"Old build server\"\ncompensating_control = \"Only from the build network\"\napprover = \"alice\"\napproved = 2026-04-01\nexpires = 2026-10-31\n"
    );
    let csv = "Rule,AWS Account,Resource,Justification,Compensating control,Requested by,Approved by,Approval date,Expiry date,Ticket\n\
               iam-user-access-key-age,1111-2222-3333,,Old build server,Only from the build network,Bob Tanaka,Alice Meyer,1 Apr 2026,2027-02-28,SEC-1\n\
               iam-user-console-mfa,111122223333,arn:aws:iam::111122223333:user/kiosk,Shared screen in the lobby,No rights beyond one page,Bob Tanaka,alice.meyer@acme.example,2026-11-02,2027-05-01,SEC-2\n";
    let imported = taken("exceptions", &toml, csv).unwrap();
    assert_eq!(
        told(&imported),
        [
            "EXC-007 requester:  -> bob",
            "EXC-007 expires: 2026-10-31 -> 2027-02-28",
            "EXC-008 is new: iam-user-console-mfa",
        ]
    );
    assert!(imported.account.contains("columns Ticket (not read here)"), "{}", imported.account);
    let kiosk = &file(&imported.text).exceptions[1];
    assert_eq!((kiosk.approver.as_str(), kiosk.approved), ("alice", date(2026, 11, 2)));
    assert_eq!(kiosk.resource.as_deref(), Some("arn:aws:iam::111122223333:user/kiosk"));
}

#[test]
fn a_list_of_accounts_out_of_the_console() {
    let toml = "[scope]\nregions = [\"eu-west-1\"]\n\n[[scope.accounts]]\nid = \"011122223333\"\nname = \"Old name\" # renamed soon\nrole = \"Audit\"\nexternal_id = \"hush\"\n";
    // Excel takes the number for a number, and its zero away.
    let bytes = workbook(&[(
        "Accounts",
        &[
            &["Account ID", "Account name", "Email", "Status", "Joined method", "Joined timestamp"],
            &["11122223333", "Acme Production", "aws+prod@acme.example", "ACTIVE", "CREATED", "1/2/2020"],
            &["444455556666", "Acme Logs", "aws+logs@acme.example", "ACTIVE", "INVITED", "3/4/2021"],
        ],
    )]);
    let imported = taken_with("accounts", toml, "accounts.xlsx", &bytes, &Options::default()).unwrap();
    assert_eq!(told(&imported), ["011122223333 name: Old name -> Acme Production", "444455556666 is new: Acme Logs"]);
    assert!(
        imported.account.contains("Left out: columns Email, Status, Joined method, Joined timestamp (not read here)")
    );
    let accounts = file(&imported.text).scope.accounts;
    assert_eq!((accounts[0].role.as_deref(), accounts[0].external_id.as_deref()), (Some("Audit"), Some("hush")));
    assert_eq!(accounts[1].id, "444455556666");
    assert!(imported.text.contains("name = \"Acme Production\" # renamed soon\n"), "{}", imported.text);
    // What lets others in is in no file that goes out.
    let csv = table(Register::of("accounts").unwrap(), &imported.text).unwrap().to_csv();
    assert!(!csv.contains("hush") && !csv.contains("external"), "{csv}");
    let lost = taken("accounts", toml, "Account,Name\n1.11122E+11,Acme\n").unwrap_err();
    assert!(lost.contains("row 2, column A (Account)") && lost.contains("its last figures are gone"), "{lost}");
}

#[test]
fn attestations_with_words_of_auditors() {
    let toml = format!(
        "{PEOPLE}\n[[attestations]]\ncontrol = \"AC-03\"\nresult = \"fail\"\nby = \"alice\"\non = 2026-10-14\nevidence = \"a.md\"\n"
    );
    let csv = "Control ID;TSC;Conclusion;Performed by;Date performed;Quarter;Evidence;Comments\n\
               AC-03;CC 6.2, CC6.3;Effective;Alice Meyer;14.10.2026;;a.md;Mended in the evening\n\
               AC-04;CC6.1;Wirksam;bob;20.10.2026;2026-Q3;b.md;\n";
    let imported = taken("attestations", &toml, csv).unwrap();
    assert_eq!(
        told(&imported),
        [
            "AC-03 2026-10-14 criteria:  -> CC6.2; CC6.3",
            "AC-03 2026-10-14 result: fail -> pass",
            "AC-03 2026-10-14 note:  -> Mended in the evening",
            "AC-04 2026-10-20 2026-Q3 is new: AC-04",
        ]
    );
    let said = file(&imported.text).attestations;
    assert_eq!((said[1].result, said[1].by.as_str()), (Attested::Pass, "bob"));
}
