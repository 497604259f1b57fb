//! Vendors: what the file says of them, what is wrong with it, and what an auditor would ask.

use jiff::civil::date;
use kickoff_checks::parameters::VENDOR_ACCOUNTS;

use super::*;

const FRAME: &str = "[report]\ntype = \"type-2\"\nfrom = 2026-07-01\nto = 2026-12-31\n[[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = \"CISO\"\n";

fn vendor(rest: &str) -> String {
    format!("{FRAME}[[vendors]]\nid = \"V-001\"\nname = \"Mailer\"\n{rest}\n")
}

/// What is told about a vendor on 1 December 2026, a line each.
fn told(rest: &str) -> Vec<String> {
    parse(&vendor(rest)).unwrap().notices(date(2026, 12, 1)).iter().map(ToString::to_string).collect()
}

#[track_caller]
fn one(found: Vec<String>, part: &str) {
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(part), "{found:?}");
}

#[test]
fn who_holds_data_shows_a_report() {
    one(
        told("holds = \"Names and addresses\""),
        "`vendors.report`: Mailer holds Names and addresses, and no report of its controls is on file",
    );
    // `none` is no report, and who holds nothing need not show one.
    one(told("holds = \"Card numbers\"\nreport = \"N/A\""), "no report of its controls is on file");
    for held in ["None", "no customer data", "n/a", "Keine Daten", "public"] {
        assert_eq!(told(&format!("holds = \"{held}\"")), Vec::<String>::new(), "{held}");
    }
    assert_eq!(told("service = \"Coffee\""), Vec::<String>::new());
}

#[test]
fn a_report_and_its_bridge_letter_reach_the_end_as_those_of_organizations_do() {
    let soc = |rest: &str| told(&format!("holds = \"Mail\"\nreport = \"SOC 2 Type 2\"\n{rest}"));
    assert!(soc("report_until = 2026-12-31").is_empty());
    assert!(soc("report_until = 2026-09-30\nbridge_until = 2026-12-31").is_empty());
    one(
        soc("report_until = 2026-09-30"),
        "`vendors.report_until`: the report of Mailer ends on 2026-09-30, yours on 2026-12-31: ask for a bridge letter",
    );
    one(soc("report_until = 2026-05-31\nbridge_until = 2026-12-31"), "a bridge letter covers about 3 months");
    one(soc(""), "does not say until when it reaches");
    // No letter goes on from a certificate.
    let iso = told("holds = \"Mail\"\nreport = \"ISO 27001 certificate\"\nreport_until = 2026-10-31");
    one(iso, "ends on 2026-10-31, yours on 2026-12-31: ask for the one that follows");
    // What stands in [[subservice]] is told there, once.
    let both = format!(
        "{}[[subservice]]\nname = \"MAILER\"\nrelied_on = [\"Mail is sent\"]\nreport = \"SOC 2\"\nreport_until = 2026-09-30\n",
        vendor("holds = \"Mail\"")
    );
    let notices = parse(&both).unwrap().notices(date(2026, 12, 1));
    one(notices.iter().map(ToString::to_string).collect(), "`subservice.report_until`");
}

#[test]
fn reviews_are_due_every_year_or_when_it_is_said() {
    assert!(told("reviewed = 2025-12-01").is_empty());
    one(
        told("reviewed = 2025-11-30"),
        "`vendors.reviewed`: Mailer was reviewed on 2025-11-30, more than 12 months ago",
    );
    assert!(told("reviewed = 2024-11-30\nnext_review = 2026-12-01").is_empty());
    one(told("next_review = 2026-11-30"), "the review of Mailer was due on 2026-11-30");
    one(told("reviewed = 2026-12-02"), "a day to come");
}

#[test]
fn what_is_wrong_with_a_vendor_is_told_with_its_line() {
    let text = format!(
        "{}[[vendors]]\nid = \"V-001\"\nname = \"Mailer\"\nowner = \"bo\"\nreport_file = \"../r.pdf\"\nreport_from = 2026-10-01\nreport_until = 2026-01-01\nreviewed = 2026-02-01\nnext_review = 2026-01-01\naccounts = [\"1234\", \"111122223333\"]\nholds = \"\"\n[[scope.accounts]]\nid = \"111122223333\"\n",
        vendor("")
    );
    let error = parse(&text).unwrap_err();
    for part in [
        "line 14: `vendors.id`: `V-001` stands twice in [[vendors]]",
        "line 15: `vendors.name`: `Mailer` stands twice in [[vendors]]",
        "line 16: `vendors.owner`: there is no person `bo`",
        "line 17: `vendors.report_file`: `../r.pdf` leads out of the folder",
        "line 19: `vendors.report_until`: 2026-01-01 is before `report_from`, 2026-10-01",
        "line 21: `vendors.next_review`: 2026-01-01 is before `reviewed`",
        "line 22: `vendors.accounts`: `1234` is not an account id",
        "line 22: `vendors.accounts`: account 111122223333 is in [[scope.accounts]]",
        "line 23: `vendors.holds`: is empty",
    ] {
        assert!(error.contains(part), "{part}\n{error}");
    }
}

#[test]
fn accounts_of_vendors_are_declared_for_the_checks_once() {
    let text = format!(
        "{}\n[thresholds]\nvendor_accounts = [\"999988887777\", \"464622532012\"]\n",
        vendor("accounts = [\"464622532012\", \"222233334444\"]")
    );
    let file = parse(&text).unwrap();
    assert_eq!(file.thresholds.list(&VENDOR_ACCOUNTS), ["999988887777", "464622532012", "222233334444"]);
    let file = parse(&vendor("accounts = [\"464622532012\"]")).unwrap();
    assert_eq!(file.thresholds.list(&VENDOR_ACCOUNTS), ["464622532012"]);
    // A vendor without accounts declares nothing.
    assert!(!parse(&vendor("")).unwrap().thresholds.is_set(&VENDOR_ACCOUNTS));
}
