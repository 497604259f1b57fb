//! What was in scope, what was left out and who agreed, and whose controls are relied on.

use std::collections::BTreeSet;

use kickoff_engagement::{Engagement, Method, Subservice};

use crate::brief::{categories as chosen, report_on_file};
use crate::package::Dossier;
use crate::paper::words::{capital, long, person};
use crate::paper::{Block, Words};

const MANAGEMENT: &str = "management";

pub(super) fn accounts(dossier: &Dossier<'_>) -> Vec<Block> {
    let (run, engagement) = (&dossier.sources.document.run, dossier.sources.engagement);
    let scope = &engagement.scope;
    let mut ids: Vec<&str> = Vec::new();
    let declared = scope.accounts.iter().map(|account| account.id.as_str());
    let left_out = scope.exclusions.iter().filter_map(|exclusion| exclusion.account.as_deref());
    for id in run.accounts.iter().map(|account| account.id.as_str()).chain(declared).chain(left_out) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let rows = ids.iter().map(|id| {
        let seen = run.accounts.iter().find(|account| account.id == *id);
        let declared = scope.accounts.iter().find(|account| account.id == *id);
        let names = [
            seen.and_then(|account| account.alias.as_deref()),
            seen.and_then(|account| account.name.as_deref()).or(declared.and_then(|account| account.name.as_deref())),
        ];
        let names: Vec<&str> = names.into_iter().flatten().collect();
        let environment = seen
            .and_then(|account| account.environment.as_deref())
            .or(declared.and_then(|account| account.environment.as_deref()));
        let exclusion = scope.exclusions.iter().find(|exclusion| exclusion.account.as_deref() == Some(*id));
        let stands = match (exclusion, seen) {
            (Some(left_out), None) => format!("Out: {}", agreed(engagement, &left_out.reason, left_out)).into(),
            (Some(left_out), Some(_)) => Words::unsettled(format!(
                "Out, and scanned all the same: {}",
                agreed(engagement, &left_out.reason, left_out)
            )),
            (None, Some(_)) => "In, scanned".into(),
            (None, None) => Words::unsettled("In, not scanned in this run"),
        };
        [
            Words::from(*id),
            Words::or_missing(Some(&names.join(", ")), MANAGEMENT),
            Words::or_missing(environment, MANAGEMENT),
            stands,
        ]
    });
    let columns = [("Account", 18), ("Alias, name", 24), ("Environment", 18), ("In or out, why, and who approved", 40)];
    let mut blocks = vec![Block::table_or(columns, rows.collect(), Words::open("AWS accounts in scope", MANAGEMENT))];
    blocks.push(Block::subheading("Regions"));
    let rows = run.accounts.iter().map(|account| {
        let scoped = |region: &String| scope.regions.is_empty() || scope.regions.contains(region);
        let asked = account.regions.iter().map(|region| match scoped(region) {
            true => region.clone(),
            false => format!("{region} (not in scope)"),
        });
        let not_enabled: Vec<&str> =
            account.disabled_regions.iter().filter(|region| scoped(region)).map(String::as_str).collect();
        let not_enabled = not_enabled.join(", ");
        let missed = match &account.regions_not_scanned {
            None => Words::unsettled("Not known: the list of regions could not be read"),
            Some(missed) if missed.is_empty() => "None".into(),
            Some(missed) => Words::unsettled(missed.join(", ")),
        };
        [
            Words::from(&account.id),
            asked.collect::<Vec<_>>().join(", ").into(),
            if not_enabled.is_empty() { "None".into() } else { not_enabled.into() },
            missed,
        ]
    });
    let columns = [("Account", 18), ("Asked", 30), ("In scope, not enabled", 22), ("Enabled, not asked", 30)];
    blocks.push(Block::table_or(columns, rows.collect(), Words::unsettled("No account was scanned.")));
    let rows = scope.exclusions.iter().filter(|exclusion| exclusion.account.is_none()).map(|exclusion| {
        let reason = agreed(engagement, &exclusion.reason, exclusion);
        [Words::from(capital(&exclusion.what())), reason.into()]
    });
    let rows: Vec<[Words; 2]> = rows.collect();
    if !rows.is_empty() {
        blocks.push(Block::subheading("Regions and services left out"));
        blocks.push(Block::table([("What", 30), ("Why, and who approved", 70)], rows));
    }
    blocks
}

/// A reason with who approved it, and when.
fn agreed(engagement: &Engagement, reason: &str, exclusion: &kickoff_engagement::Exclusion) -> String {
    let on =
        exclusion.approved.map_or_else(|| "on a day that is not named".to_owned(), |day| format!("on {}", long(day)));
    let reason = reason.trim().trim_end_matches('.');
    format!("{reason}. Approved by {} {on}.", person(engagement, &exclusion.approver))
}

pub(super) fn categories(dossier: &Dossier<'_>) -> Vec<Block> {
    let (engagement, document) = (dossier.sources.engagement, dossier.sources.document);
    let mut blocks = chosen(engagement);
    let services = match engagement.scope.services.is_empty() {
        true => "Services in scope: all that are used.".to_owned(),
        false => format!("Services in scope: {}.", engagement.scope.services.join(", ")),
    };
    blocks.push(Block::paragraph(services));
    let asked: BTreeSet<&str> =
        document.coverage.iter().map(|row| row.service.as_str()).filter(|service| *service != "*").collect();
    let asked: Vec<&str> = asked.into_iter().collect();
    blocks.push(Block::paragraph(format!("Services of the AWS API that were asked: {}.", asked.join(", "))));
    blocks
}

pub(super) fn organizations(dossier: &Dossier<'_>) -> Vec<Block> {
    let engagement = dossier.sources.engagement;
    if engagement.subservice.is_empty() {
        return vec![Block::Paragraph(Words::open("Subservice organizations, AWS among them", MANAGEMENT))];
    }
    engagement.subservice.iter().flat_map(|organization| of_organization(engagement, organization)).collect()
}

fn of_organization(engagement: &Engagement, organization: &Subservice) -> Vec<Block> {
    let method = match organization.method {
        Method::CarveOut => "Carve-out: its controls are not part of what was tested",
        Method::Inclusive => "Inclusive: its controls are part of the description",
    };
    let services = organization.services.join(", ");
    let mut blocks = vec![
        Block::subheading(&organization.name),
        Block::Facts(vec![
            ("Method", method.into()),
            ("Services used", Words::or_missing(Some(&services), MANAGEMENT)),
            ("Relied on for", Words::or_missing(Some(&organization.relied_on.join("; ")), MANAGEMENT)),
            ("Its report on file", report_on_file(organization)),
        ]),
    ];
    let rows = organization.user_controls.iter().map(|control| {
        let owner = control.owner.as_deref().map(|id| person(engagement, id));
        [
            Words::from(&control.control),
            control.criteria.join(", ").into(),
            if control.checks.is_empty() { "No check".into() } else { control.checks.join(", ").into() },
            Words::or_missing(owner, MANAGEMENT),
        ]
    });
    let columns = [("What it asks of its users", 44), ("Criteria", 14), ("Tested by", 24), ("Owner", 18)];
    let none = "No complementary user entity controls are named.";
    blocks.push(Block::table_or(columns, rows.collect(), none.into()));
    blocks
}
