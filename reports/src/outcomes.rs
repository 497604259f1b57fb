//! What a run gave, for the registers of the engagement: results and evidence by check.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kickoff_checks::Status;
use kickoff_engagement::Engagement;
use kickoff_engagement::requests::{CheckOutcome, NotAsked, Outcomes};

use crate::present;
use crate::results::{Document, Text};

/// The outcomes of a run, from its results, and what of the scope it was not asked about.
#[must_use]
pub fn outcomes(document: &Document, engagement: &Engagement) -> Outcomes {
    let mut checks: BTreeMap<String, (CheckOutcome, BTreeSet<&str>)> = BTreeMap::new();
    for row in &document.results {
        // A document is read by types of its own; a status that this version does not know counts as unknown.
        let status = Status::ALL.into_iter().find(|status| status.name() == row.status);
        let status = status.unwrap_or(Status::NotEvaluated);
        let (outcome, evidence) = checks.entry(row.check.to_string()).or_default();
        *outcome.statuses.entry(status).or_default() += 1;
        if status == Status::Fail {
            outcome.failing.push(row.resource.clone());
        }
        evidence.extend(row.evidence.iter().map(Text::as_str));
    }
    let started = document.run.started.parse::<Timestamp>().ok().map(|at| at.to_zoned(TimeZone::UTC).date());
    let checks = checks.into_iter().map(|(id, (mut outcome, evidence))| {
        outcome.on = started;
        outcome.evidence = evidence.into_iter().map(str::to_owned).collect();
        (id, outcome)
    });
    Outcomes {
        run: document.run.id.clone(),
        checks: checks.collect(),
        not_asked: not_asked(document, engagement),
        present: present::of_results(document),
    }
}

/// What a run was not asked about: accounts of the scope, and regions that are enabled in an account of the run.
#[must_use]
pub fn not_asked(document: &Document, engagement: &Engagement) -> NotAsked {
    let (accounts, scope) = (&document.run.accounts, &engagement.scope);
    // What is in scope cannot be excluded as well: accounts have no exclusion to look for.
    let missing = scope.accounts.iter().filter(|declared| !accounts.iter().any(|account| account.id == declared.id));
    let regions = accounts.iter().filter_map(|account| {
        let missed = account.regions_not_scanned.iter().flatten();
        let missed = missed.filter(|region| scope.exclusion(&account.id, region, "").is_none());
        let missed: Vec<String> = missed.cloned().collect();
        (!missed.is_empty()).then(|| (account.id.clone(), missed))
    });
    let unknown = accounts.iter().filter(|account| account.regions_not_scanned.is_none());
    let undecided = document.run.accounts_not_scanned.iter().filter(|member| {
        let in_scope = scope.accounts.iter().any(|declared| declared.id == member.id);
        !in_scope && scope.exclusion(&member.id, "", "").is_none()
    });
    NotAsked {
        accounts: missing.map(|declared| declared.id.clone()).collect(),
        regions: regions.collect(),
        unknown: unknown.map(|account| account.id.clone()).collect(),
        organization: undecided.map(|member| format!("{} ({})", member.id, member.name)).collect(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::package::made::Made;
    use crate::results::OrganizationAccount;

    #[test]
    fn accounts_of_the_scope_and_enabled_regions_that_are_not_in_the_run_are_named_unless_they_are_excluded() {
        let mut document = Made::new().document;
        let account = document.run.accounts[0].id.clone();
        document.run.accounts[0].regions_not_scanned = Some(vec!["eu-north-1".to_owned(), "sa-east-1".to_owned()]);
        let of =
            |text: &str| not_asked(&document, &Engagement::parse(Path::new("kickoff.toml"), text).unwrap()).lines();
        let scope = format!(
            "[scope]\nrole = \"KickoffReadOnly\"\n[[scope.accounts]]\nid = \"{account}\"\n[[scope.accounts]]\nid = \"444455556666\"\n"
        );
        let person = "[[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = \"CTO\"\n";
        let decided = "reason = \"empty\"\napprover = \"ana\"\napproved = 2026-01-01\n";
        assert_eq!(of(""), [format!("enabled regions of {account}: eu-north-1, sa-east-1")]);
        assert_eq!(
            of(&scope),
            [
                "accounts in scope: 444455556666".to_owned(),
                format!("enabled regions of {account}: eu-north-1, sa-east-1")
            ]
        );
        let region = format!("{person}[[scope.exclusions]]\nregion = \"sa-east-1\"\n{decided}");
        assert_eq!(of(&region), [format!("enabled regions of {account}: eu-north-1")]);
        // A service that is left out leaves no region out.
        let service = format!("{person}[[scope.exclusions]]\nservice = \"SageMaker\"\n{decided}");
        assert_eq!(of(&service).len(), 1);
        document.run.accounts[0].regions_not_scanned = None;
        let lines = not_asked(&document, &Engagement::default()).lines();
        assert_eq!(lines, [format!("other regions of {account}: which are enabled is not known")]);
        document.run.accounts[0].regions_not_scanned = Some(Vec::new());
        assert!(not_asked(&document, &Engagement::default()).is_empty());

        // One joined the organization, and nobody has decided on it yet.
        let joined = OrganizationAccount { id: "777788889999".to_owned(), name: "data".to_owned() };
        document.run.accounts_not_scanned = vec![joined];
        let of =
            |text: &str| not_asked(&document, &Engagement::parse(Path::new("kickoff.toml"), text).unwrap()).lines();
        let named = "accounts of the organization that neither the scope nor an exclusion names: 777788889999 (data)";
        assert_eq!(of(""), [named]);
        assert_eq!(of(&format!("[scope]\n[[scope.accounts]]\nid = \"{account}\"\n")), [named]);
        let excluded = format!("{person}[[scope.exclusions]]\naccount = \"777788889999\"\n{decided}");
        assert!(of(&excluded).is_empty());
        // In scope and not in the run, it is named as that.
        let declared = "[scope]\nrole = \"KickoffReadOnly\"\n[[scope.accounts]]\nid = \"777788889999\"\n";
        assert_eq!(of(declared), ["accounts in scope: 777788889999"]);
    }
}
