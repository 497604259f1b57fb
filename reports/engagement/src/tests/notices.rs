//! What is told about a file that can be used: each kind with what an auditor would ask, and the same without the flaw.

use jiff::civil::{Date, date};

use super::*;

const TODAY: Date = date(2026, 12, 1);
const HALF: &str = "[report]\ntype = \"type-2\"\nfrom = 2026-07-01\nto = 2026-12-31\n";
const PEOPLE: &str = "[[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = \"CISO\"\n[[people]]\nid = \"bo\"\nname = \"Bo\"\nrole = \"CTO\"\n";

/// What is told about a file of the second half of 2026, a line each.
fn told(text: &str) -> Vec<String> {
    told_of(&format!("{HALF}{PEOPLE}{text}"), TODAY)
}

fn told_of(text: &str, today: Date) -> Vec<String> {
    parse(text).unwrap().notices(today).iter().map(ToString::to_string).collect()
}

fn period(from: &str, to: &str) -> Vec<String> {
    let text = format!("[report]\ntype = \"type-2\"\nfrom = {from}\nto = {to}\n");
    told_of(&text, from.parse().unwrap())
}

#[track_caller]
fn one(found: Vec<String>, part: &str) {
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(part), "{found:?}");
}

#[track_caller]
fn none(found: Vec<String>) {
    assert!(found.is_empty(), "{found:?}");
}

fn risk(rest: &str) -> String {
    format!("[[risks]]\nid = \"R-1\"\nthreat = \"t\"\nasset = \"a\"\n{rest}\n")
}

#[test]
fn a_risk_is_reviewed_and_its_residual_is_no_greater() {
    let sound = "state = \"accepted\"\nlikelihood = 3\nimpact = 3\nowner = \"bo\"\n";
    none(told(&risk(&format!("{sound}review = 2026-12-01\nresidual_likelihood = 3\nresidual_impact = 2"))));
    one(told(&risk(&format!("{sound}review = 2026-11-30"))), "`risks.review`: the review of R-1 was due on 2026-11-30");
    none(told(&risk(&format!("{sound}review = 2027-12-01"))));
    one(told(&risk(&format!("{sound}review = 2029-12-01"))), "looked at again on 2029-12-01 only");
    one(told(&risk(&format!("{sound}due = 2026-11-30"))), "`risks.due`: the treatment of R-1 was due on 2026-11-30");
    none(told(&risk(&format!("{sound}due = 2026-12-01"))));
    one(
        told(&risk(&format!("{sound}residual_likelihood = 1\nresidual_impact = 4"))),
        "`risks.residual_impact`: R-1: `residual_impact` 4 is above `impact` 3",
    );
    one(
        told(&risk(&format!("{sound}residual_likelihood = 4\nresidual_impact = 4"))),
        "`residual_likelihood` 4 is above `likelihood` 3, `residual_impact` 4 is above `impact` 3",
    );
    one(told(&risk("state = \"accepted\"\nlikelihood = 3\nimpact = 3")), "nobody answers for it");
    none(told(&risk("likelihood = 5\nimpact = 5")));
    let rejected = "state = \"rejected\"\nnote = \"n\"\nlikelihood = 1\nimpact = 1\nresidual_impact = 5";
    none(told(&risk(rejected)));
    let critical = "state = \"accepted\"\nlikelihood = 4\nimpact = 5\nowner = \"bo\"\n";
    one(told(&risk(critical)), "R-1 stays critical, 20 of 25");
    none(told(&risk(&format!("{critical}note = \"The board accepted it on 2026-11-02.\""))));
    none(told(&risk(&format!("{critical}residual_likelihood = 2"))));
}

#[test]
fn notices_speak_in_the_scale_of_the_company() {
    let scale = "[risk_scale]\nlikelihood = [\"Rare\", \"Possible\", \"Likely\"]\nimpact = [\"Minor\", \"Severe\"]\nbands = [{ name = \"Fine\", to = 3 }, { name = \"Unacceptable\" }]\n";
    let sound = "state = \"accepted\"\nlikelihood = \"Possible\"\nimpact = \"Minor\"\nowner = \"bo\"\n";
    none(told(&format!("{scale}{}", risk(sound))));
    one(
        told(&format!("{scale}{}", risk(&format!("{sound}residual_likelihood = \"Likely\"")))),
        "R-1: `residual_likelihood` Likely (3) is above `likelihood` Possible (2)",
    );
    let top = risk("state = \"accepted\"\nlikelihood = \"Likely\"\nimpact = \"Severe\"\nowner = \"bo\"\n");
    one(told(&format!("{scale}{top}")), "R-1 stays Unacceptable, 6 of 6, and no control treats it");
    // A matrix has no score to tell.
    let matrix = "[risk_scale]\nlikelihood = 2\nimpact = [\"Minor\", \"Severe\"]\nbands = [\"Fine\", \"Unacceptable\"]\nmatrix = [[\"Fine\", \"Fine\"], [\"Fine\", \"Unacceptable\"]]\n";
    let top = risk("state = \"accepted\"\nlikelihood = 2\nimpact = \"Severe\"\nowner = \"bo\"\n");
    one(told(&format!("{matrix}{top}")), "R-1 stays Unacceptable, and no control treats it");
}

fn exception(id: &str, rest: &str) -> String {
    format!("[[exceptions]]\nid = \"{id}\"\n{rest}\n")
}

const SCOPE: &str = "check = \"iam-root-mfa\"\naccount = \"111122223333\"\n";
const WORDS: &str = "reason = \"The device is on its way.\"\ncompensating_control = \"Its use is alarmed.\"\n";
const DAYS: &str = "approver = \"ana\"\napproved = 2026-11-01\nexpires = 2027-04-30\n";

#[test]
fn an_exception_ends_within_a_year() {
    none(told(&exception("E", &format!("{SCOPE}{WORDS}{DAYS}"))));
    let until = |day: &str| told(&exception("E", &format!("{SCOPE}{WORDS}{}", DAYS.replace("2027-04-30", day))));
    none(until("2027-11-01"));
    one(until("2027-11-02"), "`exceptions.expires`: E counts until 2027-11-02, more than 12 months");
    one(until("2099-12-31"), "more than 12 months");
    one(until("9999-12-31"), "more than 12 months");
    // It ended before the period: nobody asks about it any more.
    let past = DAYS.replace("2026-11-01", "2024-01-01").replace("2027-04-30", "2026-05-31");
    one(told(&exception("E", &format!("{SCOPE}{WORDS}{past}"))), "it no longer counts");
    let within = past.replace("2026-05-31", "2026-08-31");
    assert_eq!(told(&exception("E", &format!("{SCOPE}{WORDS}{within}"))).len(), 2, "it counted in the period");
}

#[test]
fn something_makes_up_for_what_is_excepted() {
    let instead = |words: &str| {
        let words = WORDS.replace("Its use is alarmed.", words);
        told(&exception("E", &format!("{SCOPE}{words}{DAYS}")))
    };
    for empty in [
        "none",
        "None.",
        "n/a",
        "N/A",
        "-",
        "no",
        "TBD",
        "to be defined",
        "not applicable",
        "None at this time",
        "x",
        "?",
        "no compensating control",
        "nothing yet",
        "keine",
    ] {
        one(instead(empty), &format!("`exceptions.compensating_control`: E: `{empty}` makes up for nothing"));
    }
    for sound in ["MFA", "No console access", "Logs are read daily", "SIEM", "监控", "SCP denies it", "Not reachable"]
    {
        none(instead(sound));
    }
    one(instead("The device is on its way."), "the same words as `reason`");
    let no_reason = WORDS.replace("The device is on its way.", "no");
    one(told(&exception("E", &format!("{SCOPE}{no_reason}{DAYS}"))), "`exceptions.reason`: E: `no` gives no reason");
}

#[test]
fn an_exception_is_for_something_and_somebody_else_approves_it() {
    let of = |scope: &str| told(&exception("E", &format!("{scope}{WORDS}{DAYS}")));
    one(of("check = \"iam-root-mfa\"\n"), "all that fails of iam-root-mfa, of every resource in every account");
    one(of("check = \"iam-root-mfa\"\nresource = \"*\"\n"), "of every resource in every account");
    one(of("account = \"111122223333\"\n"), "all that fails in account 111122223333, of every check");
    one(of("resource = \"**\"\n"), "of every check in every account");
    none(of("check = \"iam-root-mfa\"\nresource = \"arn:aws:iam::*:user/ci\"\n"));

    let asked = |who: &str| told(&exception("E", &format!("requester = \"{who}\"\n{SCOPE}{WORDS}{DAYS}")));
    none(asked("bo"));
    one(asked("ana"), "`exceptions.approver`: E: ana asked for it too: somebody else approves it");
    let unknown = exception("E", &format!("requester = \"an\"\n{SCOPE}{WORDS}{DAYS}"));
    let error = parse(&format!("{PEOPLE}{unknown}")).unwrap_err();
    assert!(error.contains("`exceptions.requester`: there is no person `an`: did you mean `ana`?"), "{error}");
    // Who answers for a control asks for what is excepted from it, where nobody says who did.
    let control = |owner: &str| {
        format!(
            "[[controls]]\nid = \"C-1\"\nwording = \"w\"\ncriteria = [\"CC6.1\"]\nchecks = [\"iam-root-mfa\"]\nowner = \"{owner}\"\n"
        )
    };
    let plain = exception("E", &format!("{SCOPE}{WORDS}{DAYS}"));
    one(told(&format!("{plain}{}", control("ana"))), "ana answers for C-1, which iam-root-mfa tests");
    none(told(&format!("{plain}{}", control("bo"))));
    let by_bo = exception("E", &format!("requester = \"bo\"\n{SCOPE}{WORDS}{DAYS}"));
    none(told(&format!("{by_bo}{}", control("ana"))));
}

#[test]
fn a_period_is_of_three_to_twelve_months() {
    none(period("2026-07-01", "2026-09-30"));
    none(period("2026-01-01", "2026-12-31"));
    // Three months from 30 November end on 27 February, as 30 February is the 28th.
    none(period("2026-11-30", "2027-02-27"));
    one(period("2026-07-01", "2026-07-01"), "`report.to`: a period of 1 day, 2026-07-01 to 2026-07-01");
    one(period("2026-07-01", "2026-09-29"), "a period of 91 days");
    one(period("2026-01-01", "2027-01-01"), "a period of 366 days");
    // Seven years with the leap days of 2020 and 2024.
    one(period("2020-01-01", "2026-12-31"), "a period of 2557 days");
    none(told_of("[report]\ntype = \"type-1\"\nas_of = 2026-12-01\n", TODAY));
}

fn plan(kickoff: &str, windows: &[(&str, &str, &str)]) -> String {
    let windows = windows
        .iter()
        .map(|(name, from, to)| format!("[[schedule.windows]]\nname = \"{name}\"\nfrom = {from}\nto = {to}\n"));
    format!("[schedule]\nkickoff = {kickoff}\n{}", windows.collect::<String>())
}

#[test]
fn the_kick_off_comes_first_and_fieldwork_after_the_period() {
    let of = |kickoff: &str, windows: &[(&str, &str, &str)]| told(&plan(kickoff, windows));
    let after = ("Fieldwork", "2027-01-11", "2027-01-29");
    none(of("2026-11-30", &[("Walkthroughs", "2026-12-07", "2026-12-11"), after]));
    one(of("2027-01-11", &[after]), "the kick-off on 2027-01-11 is after the period, which ends on 2026-12-31");
    one(
        of("2027-01-12", &[after]),
        "`schedule.kickoff`: the kick-off on 2027-01-12 is after `Fieldwork` begins, 2027-01-11",
    );
    one(of("2026-12-08", &[("Interviews", "2026-12-07", "2026-12-11"), after]), "after `Interviews` begins");
    // What the client does before is not the auditor's.
    for own in
        ["Readiness assessment", "Penetration testing", "Internal audit", "Restore tests", "Holidays", "Audit period"]
    {
        none(of("2026-12-08", &[(own, "2026-09-01", "2026-09-11"), after]));
    }
    for name in ["Fieldwork", "Field work", "On-site testing", "Audit week", "Prüfung vor Ort"] {
        let found = of("2026-09-01", &[(name, "2026-12-31", "2027-01-15")]);
        one(found, &format!("`{name}` begins on 2026-12-31, and the period ends on 2026-12-31"));
    }
    none(of("2026-09-01", &[("Interim fieldwork", "2026-10-01", "2026-10-09"), after]));
    one(
        of("2026-09-01", &[("Interim fieldwork", "2026-10-01", "2026-10-09")]),
        "the last fieldwork ends on 2026-10-09",
    );
    one(of("2026-09-01", &[after, ("Draft report", "2026-12-20", "2026-12-22")]), "the report is written after it");
    // One day is tested when it suits.
    let day = "[report]\ntype = \"type-1\"\nas_of = 2026-12-31\n";
    let early = plan("2026-09-01", &[("Fieldwork", "2026-12-01", "2026-12-11")]);
    none(told_of(&format!("{day}{early}"), date(2026, 12, 31)));
}

fn document(request: &str, rest: &str) -> String {
    format!("[[documents]]\nrequest = \"{request}\"\nowner = \"bo\"\napprover = \"ana\"\nfile = \"d/a.pdf\"\n{rest}\n")
}

#[test]
fn a_document_lasts_to_the_end_of_the_period() {
    // IAM-01 asks for a policy, good for 12 months.
    let of = |rest: &str| told(&document("IAM-01", rest));
    none(of("version = \"1\"\napproved = 2025-12-31"));
    one(
        of("version = \"1\"\napproved = 2025-12-30"),
        "`documents.approved`: the document for IAM-01 goes stale before the end of the period, 2026-12-31: approved on 2025-12-30, it is good for 12 months, until 2026-12-30",
    );
    one(of("version = \"1\"\napproved = 2025-11-01"), "the document for IAM-01 is overdue");
    none(of("version = \"1\"\napproved = 2026-03-01\nnext_review = 2026-12-31"));
    one(
        of("version = \"1\"\napproved = 2026-03-01\nnext_review = 2026-12-15"),
        "`documents.next_review`: the document for IAM-01 goes stale before the end of the period",
    );
    one(of("version = \"1\"\napproved = 2026-03-01\nnext_review = 2026-11-15"), "its review was due on 2026-11-15");
    // A review in years does not keep a document young.
    one(of("version = \"1\"\napproved = 2023-12-01\nnext_review = 2030-01-01"), "is reviewed on 2030-01-01 only");
    // The next version is there.
    let next = document("IAM-01", "version = \"2\"\napproved = 2026-10-01");
    none(told(&format!("{}{next}", document("IAM-01", "version = \"1\"\napproved = 2025-11-01"))));
    none(of("version = \"1\"\napproved = 2025-01-01\nuntil = 2026-06-30"));
    // Minutes do not grow old.
    none(told(&document("GEN-07", "version = \"1\"\napproved = 2025-11-01")));
    // Once the period is over, what lasted to its end is not late.
    let text = format!("{HALF}{PEOPLE}{}", document("IAM-01", "version = \"1\"\napproved = 2026-01-10"));
    one(told_of(&text, date(2027, 3, 1)), "off-date");
    let day = "[report]\ntype = \"type-1\"\nas_of = 2026-12-31\n";
    let text = format!("{day}{PEOPLE}{}", document("IAM-01", "version = \"1\"\napproved = 2025-12-30"));
    let found = told_of(&text, TODAY);
    assert!(found.iter().any(|line| line.contains("before the day of the report, 2026-12-31")), "{found:?}");
}

#[test]
fn a_policy_is_approved_by_somebody_else_than_its_owner() {
    let own = |id: &str| document(id, "version = \"1\"\napproved = 2026-06-01").replace("\"bo\"", "\"ana\"");
    one(
        told(&format!("{}{}", own("IAM-01"), own("GEN-08"))),
        "`documents.approver`: owner and approver are one person for IAM-01, GEN-08",
    );
    none(told(&own("GEN-06")));
}

fn reports(rest: &str) -> Vec<String> {
    told(&format!("[[subservice]]\nname = \"AWS\"\nrelied_on = [\"Fire protection\"]\nreport = \"SOC 2\"\n{rest}\n"))
}

#[test]
fn a_bridge_letter_reaches_three_months_and_must_reach_the_end() {
    none(reports("report_until = 2026-12-31"));
    one(
        reports("report_until = 2026-09-30"),
        "the report of AWS ends on 2026-09-30, yours on 2026-12-31: ask for a bridge letter",
    );
    one(reports("report_until = 2026-09-29"), "ask for a newer report: a bridge letter covers about 3 months");
    one(reports(""), "the report of AWS does not say until when it reaches");
    none(reports("report_until = 2026-09-30\nbridge_until = 2026-12-31"));
    none(reports("report_until = 2026-12-31\nbridge_until = 2027-03-31"));
    one(
        reports("report_until = 2026-09-30\nbridge_until = 2026-12-15"),
        "`subservice.bridge_until`: the bridge letter of AWS ends on 2026-12-15, yours on 2026-12-31",
    );
    one(reports("report_until = 2026-03-31\nbridge_until = 2026-12-31"), "goes on from 2026-03-31 to 2026-12-31");
    assert_eq!(reports("report_until = 2026-03-31\nbridge_until = 2026-11-30").len(), 2);
    one(reports("report_until = 2026-09-30\nbridge_until = 2026-09-30"), "and its report on 2026-09-30");
}

#[test]
fn so_does_one_among_the_documents() {
    let letter = |rest: &str| told(&document("VEN-02", rest).replace("d/a.pdf", "d/AWS_Bridge-Letter.pdf"));
    none(letter("effective = 2026-10-01\nuntil = 2026-12-31"));
    none(letter("occurrence = \"2026-Q4\""));
    one(letter("effective = 2026-10-01"), "`documents.until`: the bridge letter for VEN-02 does not say until when");
    one(letter("effective = 2026-08-01\nuntil = 2026-10-31"), "ends on 2026-10-31, yours on 2026-12-31");
    one(letter("effective = 2026-07-01\nuntil = 2026-12-31"), "covers 2026-07-01 to 2026-12-31");
    let titled = |until: &str| {
        document("VEN-02", &format!("title = \"AWS gap letter\"\nversion = \"{until}\"\nuntil = {until}"))
    };
    none(told(&format!("{}{}", titled("2026-10-31"), titled("2026-12-31"))));
}

/// An auditor's own ids: what `[[requests]]` says of them is known, and what they are the same as.
#[test]
fn documents_for_a_list_of_ones_own_are_told_too() {
    let asked = |says: &str| {
        let own = format!(
            "[[requests]]\nid = \"P-7\"\n{says}\n{}",
            document("P-7", "version = \"1\"\napproved = 2025-12-30")
        );
        told_of(&format!("request_list = \"list.csv\"\n{HALF}{PEOPLE}{own}"), TODAY)
    };
    one(asked("standard = [\"IAM-01\"]"), "the document for P-7 goes stale before the end of the period");
    one(asked("nature = \"policy\"\nevery = \"half-year\""), "it is good for 6 months, until 2026-06-30");
    none(asked("nature = \"record\"\nstandard = [\"IAM-01\"]"));
    none(asked("nature = \"policy\""));
}

/// Each of these was silent.
#[test]
fn a_register_at_its_edges_is_told_line_by_line() {
    let text = format!(
        "{HALF}{PEOPLE}{}{}{}",
        risk("state = \"accepted\"\nlikelihood = 4\nimpact = 5\nowner = \"ana\"\nreview = 2026-01-01"),
        risk("state = \"accepted\"\nlikelihood = 2\nimpact = 2\nresidual_likelihood = 5\nresidual_impact = 5")
            .replace("R-1", "R-2"),
        exception(
            "EX-1",
            "check = \"iam-root-mfa\"\nreason = \"no\"\ncompensating_control = \"none\"\napprover = \"ana\"\napproved = 2026-11-01\nexpires = 2099-12-31"
        ),
    );
    let notices = parse(&text).unwrap().notices(TODAY);
    let keys: Vec<&str> = notices.iter().map(|notice| notice.key.as_str()).collect();
    let wanted = [
        "risks.state",
        "risks.review",
        "risks.owner",
        "risks.residual_likelihood",
        "exceptions.resource",
        "exceptions.reason",
        "exceptions.compensating_control",
        "exceptions.expires",
    ];
    assert_eq!(keys, wanted, "{notices:?}");
    assert!(notices.iter().all(|notice| notice.line.is_some()), "{notices:?}");
    assert_eq!(counted(&notices), "8 notices");
    assert_eq!((counted(&notices[..1]).as_str(), counted(&[]).as_str()), ("1 notice", "nothing to say"));
}
