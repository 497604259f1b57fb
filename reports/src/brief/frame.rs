//! What was agreed: goals, boundary, criteria, schedule, people, channels.

use std::collections::BTreeSet;

use jiff::civil::Date;
use kickoff_checks::CRITERIA;
use kickoff_engagement::requests::NotAsked;
use kickoff_engagement::{CATEGORIES, Deliverer, Engagement, Method, ReportType, Subservice, Vendor};

use super::BriefInput;
use crate::outcomes::not_asked;
use crate::paper::Block;
use crate::paper::words::{Words, capital, first, long, many, person, sentence, with_verb};

/// Who says what: the roles that an engagement has anyway.
const MANAGEMENT: &str = "management";
const AUDITOR: &str = "the auditor";
const BOTH: &str = "management and the auditor";

pub(super) fn opening(input: &BriefInput<'_>) -> Vec<Block> {
    let engagement = input.engagement;
    let report = match engagement.report.as_ref().map(|report| (report.kind, report.days())) {
        Some((ReportType::Type1, Some((day, _)))) => format!("SOC 2 Type 1, as of {}", long(day)).into(),
        Some((ReportType::Type2, Some((from, to)))) => format!("SOC 2 Type 2, {} to {}", long(from), long(to)).into(),
        Some((ReportType::Type1, None)) => Words::open("SOC 2 Type 1, as of", BOTH),
        Some((ReportType::Type2, None)) => Words::open("SOC 2 Type 2, period", BOTH),
        None => Words::missing(BOTH),
    };
    let firm = engagement.auditor.as_ref().map(|auditor| auditor.firm.as_str());
    let mut blocks = vec![Block::Facts(vec![
        ("Report", report),
        ("Auditor", Words::or_missing(firm, MANAGEMENT)),
        ("Kick-off meeting", Words::day(engagement.schedule.kickoff, BOTH)),
        ("Scan of the accounts", scan(input)),
    ])];
    let foreign = input.results.map(|results| &results.run.foreign_endpoints).filter(|foreign| !foreign.is_empty());
    if let Some(foreign) = foreign {
        let text = format!(
            "The answers of this scan came from {} and not from AWS: nothing below that rests on them is evidence.",
            foreign.join(", ")
        );
        blocks.push(Block::Paragraph(Words::unsettled(text)));
    }
    let route = input.results.into_iter().flat_map(|results| &results.run.route);
    blocks.extend(route.map(|text| Block::Paragraph(Words::unsettled(text))));
    blocks.push(Block::paragraph(
        "Prepared by management for the kick-off meeting. It states what is agreed and what is open; it is no opinion on \
         any control.",
    ));
    blocks
}

fn scan(input: &BriefInput<'_>) -> Words {
    let Some(results) = input.results else {
        return Words::unsettled("None yet: management to run one before the meeting");
    };
    let run = &results.run;
    let when = run
        .started
        .parse::<jiff::Timestamp>()
        .map_or_else(|_| run.started.clone(), |time| time.strftime("%-d %B %Y, %H:%M UTC").to_string());
    if run.state == "interrupted" {
        return Words::unsettled(format!("{when}; it was interrupted and is not complete"));
    }
    when.into()
}

pub(super) fn goals(input: &BriefInput<'_>) -> Vec<Block> {
    let entity = input.engagement.entity.as_ref();
    let mut blocks = Vec::new();
    if let Some(description) = entity.and_then(|entity| entity.description.as_ref()) {
        blocks.push(Block::paragraph(sentence(description)));
    }
    let goals: Vec<Words> = entity.iter().flat_map(|entity| &entity.goals).map(Words::from).collect();
    blocks.push(match goals.is_empty() {
        true => Block::Paragraph(Words::open("Goals of the engagement", MANAGEMENT)),
        false => Block::points(goals),
    });
    blocks
}

pub(super) fn boundary(input: &BriefInput<'_>) -> Vec<Block> {
    let (engagement, scope) = (input.engagement, &input.engagement.scope);
    let scanned = input.results.map(|results| results.run.accounts.as_slice()).unwrap_or_default();
    let mut ids: Vec<&str> = scope.accounts.iter().map(|account| account.id.as_str()).collect();
    ids.extend(
        scanned.iter().map(|account| account.id.as_str()).filter(|id| !scope.accounts.iter().any(|a| a.id == *id)),
    );
    let accounts = ids.iter().map(|id| {
        let declared = scope.accounts.iter().find(|account| account.id == *id);
        let seen = scanned.iter().find(|account| account.id == *id);
        let name = declared.and_then(|account| account.name.as_deref()).or(seen.and_then(|s| s.alias.as_deref()));
        let environment = declared.and_then(|account| account.environment.as_deref());
        let regions = match seen {
            Some(seen) => first(&seen.regions, 6).into(),
            None => Words::unsettled("Not scanned yet"),
        };
        [Words::from(*id), Words::or_missing(name, MANAGEMENT), Words::or_missing(environment, MANAGEMENT), regions]
    });
    let columns = [("Account", 17), ("Name", 23), ("Environment", 20), ("Regions scanned", 40)];
    let none = Words::open("AWS accounts in scope", MANAGEMENT);
    let mut blocks = vec![Block::table_or(columns, accounts.collect(), none)];
    if !scope.services.is_empty() {
        blocks.push(Block::paragraph(format!("Services in scope: {}.", scope.services.join(", "))));
    }
    blocks.push(Block::subheading("Left out"));
    let rows = scope.exclusions.iter().map(|exclusion| {
        let what = capital(&exclusion.what());
        let approver = person(engagement, &exclusion.approver);
        [what.into(), Words::from(&exclusion.reason), approver.into(), Words::day(exclusion.approved, approver)]
    });
    let columns = [("What", 22), ("Why", 40), ("Approved by", 18), ("On", 20)];
    blocks.push(Block::table_or(columns, rows.collect(), "Nothing is left out by name.".into()));
    blocks.extend(unscanned(input).map(Block::Paragraph));
    blocks.push(Block::subheading("Organizations relied on"));
    let columns = [("Organization", 18), ("Method", 14), ("Relied on for", 38), ("Its report", 30)];
    let rows = engagement.subservice.iter().map(subservice).collect();
    blocks.push(Block::table_or(columns, rows, Words::open("Subservice organizations, AWS among them", MANAGEMENT)));
    if !engagement.vendors.is_empty() {
        blocks.push(Block::subheading("Other vendors"));
        let columns = [("Vendor", 22), ("What it does", 26), ("What it holds", 26), ("Its report", 26)];
        let rows = engagement.vendors.iter().map(vendor).collect();
        blocks.push(Block::table_or(columns, rows, Words::missing(MANAGEMENT)));
    }
    blocks
}

/// Regions that are enabled, were not scanned, and that no exclusion names; and accounts of the organization that nobody has
/// decided on.
fn unscanned(input: &BriefInput<'_>) -> Option<Words> {
    let NotAsked { regions, unknown, organization, .. } = not_asked(input.results?, input.engagement);
    let missed: BTreeSet<&str> = regions.iter().flat_map(|(_, regions)| regions).map(String::as_str).collect();
    let mut text = String::new();
    if !missed.is_empty() {
        let named = first(&missed.iter().collect::<Vec<_>>(), 6);
        let count = many(missed.len(), "region");
        text = format!("{count} are enabled, were not scanned and are not left out by name: {named}. {DECIDE}");
        if missed.len() == 1 {
            text = format!("The region {named} is enabled, was not scanned and is not left out by name. {DECIDE}");
        }
    }
    if !unknown.is_empty() {
        text.push_str(&format!(" Whether other regions are enabled could not be read for {}.", unknown.join(", ")));
    }
    if !organization.is_empty() {
        let are = with_verb(organization.len(), "account", ["is", "are"]);
        let named = first(&organization, 6);
        text.push_str(&format!(
            " {are} of the organization, and neither in scope nor left out by name: {named}. {DECIDE}"
        ));
    }
    let text = text.trim_start();
    (!text.is_empty()).then(|| Words::unsettled(text))
}

const DECIDE: &str = "Management to decide.";

fn subservice(organization: &Subservice) -> [Words; 4] {
    let method = match organization.method {
        Method::CarveOut => "Carve-out",
        Method::Inclusive => "Inclusive",
    };
    let mut relied = organization.relied_on.join("; ");
    if !organization.user_controls.is_empty() {
        relied.push_str(&format!(". It asks {} of its users", many(organization.user_controls.len(), "control")));
    }
    [
        Words::from(&organization.name),
        method.into(),
        Words::or_missing(Some(&relied), MANAGEMENT),
        report_on_file(organization),
    ]
}

fn vendor(vendor: &Vendor) -> [Words; 4] {
    let report = match (&vendor.report, vendor.held()) {
        // Who holds nothing need not show anything.
        (None, None) => Words::from("None on file"),
        _ => reaches(vendor.report.as_deref(), vendor.report_until, vendor.bridge_until),
    };
    let service = vendor.service.as_deref();
    [
        Words::from(&vendor.name),
        Words::or_missing(service, MANAGEMENT),
        Words::or_missing(vendor.holds.as_deref(), MANAGEMENT),
        report,
    ]
}

/// The assurance report of an organization, and to when it and its bridge letter reach.
pub(crate) fn report_on_file(organization: &Subservice) -> Words {
    reaches(organization.report.as_deref(), organization.report_until, organization.bridge_until)
}

fn reaches(report: Option<&str>, until: Option<Date>, bridge: Option<Date>) -> Words {
    match (report, until) {
        (Some(report), Some(until)) => {
            let letter = bridge.map(|day| format!("; bridge letter to {}", long(day)));
            format!("{report}, to {}{}", long(until), letter.unwrap_or_default()).into()
        }
        (Some(report), None) => format!("{report}; the day it ends is not yet named, {MANAGEMENT} to name").into(),
        (None, _) => Words::missing(MANAGEMENT),
    }
}

/// The categories of an engagement, and why each was chosen.
pub(crate) fn categories(engagement: &Engagement) -> Vec<Block> {
    let scope = &engagement.scope;
    let rows = CATEGORIES.iter().filter(|category| scope.has_category(category)).map(|category| {
        let reason = scope.category_reasons.get(*category).map(String::as_str);
        let reason = match reason.or((*category == "Security").then_some("Part of every SOC 2 report")) {
            Some(reason) => reason.into(),
            None => Words::missing(MANAGEMENT),
        };
        let count = CRITERIA.iter().filter(|criterion| criterion.category == *category).count();
        [Words::from(*category), count.to_string().into(), reason]
    });
    let columns = [("Category", 26), ("Criteria", 12), ("Why it was chosen", 62)];
    let mut blocks = vec![Block::table(columns, rows.collect())];
    let others: Vec<&str> = CATEGORIES.into_iter().filter(|category| !scope.has_category(category)).collect();
    if !others.is_empty() {
        blocks.push(Block::paragraph(format!("Not chosen: {}.", others.join(", "))));
    }
    blocks
}

pub(super) fn schedule(input: &BriefInput<'_>) -> Vec<Block> {
    let (engagement, schedule) = (input.engagement, &input.engagement.schedule);
    let mut blocks = Vec::new();
    let mut windows: Vec<_> = schedule.windows.iter().collect();
    windows.sort_by_key(|window| (window.from, window.to));
    let rows =
        windows.into_iter().map(|window| [Words::from(&window.name), long(window.from).into(), long(window.to).into()]);
    let none = Words::open("Windows for fieldwork and review", BOTH);
    blocks.push(Block::table_or([("Window", 50), ("From", 25), ("To", 25)], rows.collect(), none));
    let mut deliverables: Vec<_> = schedule.deliverables.iter().collect();
    deliverables.sort_by_key(|deliverable| deliverable.due);
    let rows = deliverables.into_iter().map(|deliverable| {
        let whom = match (&deliverable.owner, deliverable.from) {
            (Some(owner), _) => capital(person(engagement, owner)).into(),
            (None, Some(Deliverer::Auditor)) => capital(AUDITOR).into(),
            (None, None) => Words::unsettled("Nobody named yet"),
        };
        [Words::from(&deliverable.name), long(deliverable.due).into(), whom]
    });
    let none = Words::open("Deliverables and their days", BOTH);
    blocks.push(Block::table_or([("Deliverable", 50), ("Due", 25), ("From whom", 25)], rows.collect(), none));
    blocks
}

pub(super) fn people(input: &BriefInput<'_>) -> Vec<Block> {
    let engagement = input.engagement;
    let firm = engagement.auditor.as_ref().map_or("Auditor", |auditor| &auditor.firm);
    let ours = engagement.people.iter().map(|one| {
        let duty = Words::or_missing(one.duty.as_deref(), MANAGEMENT);
        [Words::from(&one.name), (&one.role).into(), duty, Words::or_missing(one.email.as_deref(), &one.name)]
    });
    let contacts = engagement.auditor.iter().flat_map(|auditor| &auditor.contacts).map(|contact| {
        let role = Words::or_missing(contact.role.as_deref(), AUDITOR);
        let address = Words::or_missing(contact.email.as_deref(), AUDITOR);
        [Words::from(&contact.name), role, format!("For {firm}").into(), address]
    });
    let columns = [("Name", 20), ("Role", 24), ("Duty in the engagement", 28), ("Address", 28)];
    let mut rows: Vec<[Words; 4]> = ours.collect();
    let mut blocks = Vec::new();
    if rows.is_empty() {
        blocks.push(Block::Paragraph(Words::open("People of the entity", MANAGEMENT)));
    }
    let before = rows.len();
    rows.extend(contacts);
    if rows.len() == before {
        blocks.push(Block::Paragraph(Words::open("People of the auditor", AUDITOR)));
    }
    if !rows.is_empty() {
        blocks.insert(0, Block::table(columns, rows));
    }
    let names =
        |ids: &[String]| -> Words { ids.iter().map(|id| person(engagement, id)).collect::<Vec<_>>().join(", ").into() };
    let none = |ids: &[String]| if ids.is_empty() { "Nobody".into() } else { names(ids) };
    let rows = engagement.work.iter().map(|work| {
        let due = match (work.done, work.due) {
            (Some(done), _) => format!("Done {}", long(done)).into(),
            (None, due) => Words::day(due, person(engagement, &work.accountable)),
        };
        [
            Words::from(&work.name),
            names(&work.responsible),
            person(engagement, &work.accountable).into(),
            none(&work.consulted),
            none(&work.informed),
            due,
        ]
    });
    let columns =
        [("Work", 22), ("Responsible", 15), ("Accountable", 15), ("Consulted", 15), ("Informed", 15), ("Due", 18)];
    let none = Words::open("Work items, and who is responsible and accountable for each", MANAGEMENT);
    blocks.push(Block::table_or(columns, rows.collect(), none));
    blocks
}

pub(super) fn channels(input: &BriefInput<'_>) -> Vec<Block> {
    let engagement = input.engagement;
    let rows = engagement.channels.iter().map(|channel| {
        let address = Words::or_missing(channel.address.as_deref(), MANAGEMENT);
        [Words::from(&channel.name), (&channel.purpose).into(), address]
    });
    let none = Words::open("Channels for questions and files", BOTH);
    let mut blocks = vec![Block::table_or([("Channel", 28), ("For", 40), ("Where", 32)], rows.collect(), none)];
    let steps = engagement.escalation.iter().map(|step| {
        let within = step.within_hours.map(|hours| format!(", who answers within {}", many(hours as usize, "hour")));
        let who = person(engagement, &step.to);
        format!("{}: tell {who}{}.", step.when.trim_end_matches('.'), within.unwrap_or_default()).into()
    });
    let steps: Vec<Words> = steps.collect();
    blocks.push(Block::subheading("When an issue stays open"));
    blocks.push(match steps.is_empty() {
        true => Block::Paragraph(Words::open("Who is told when an issue stays open", BOTH)),
        false => Block::steps(steps),
    });
    blocks
}
