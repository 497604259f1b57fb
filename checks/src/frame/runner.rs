//! Runs checks over the facts of an account and decides what no check may decide: that something was not evaluated,
//! and that there was nothing to test.

use std::collections::{BTreeMap, BTreeSet};

use globset::Glob;
use jiff::Timestamp;
use kickoff_facts::{AccountFacts, Beyond, EvidenceRef, Gap, Memo, Need, Neighbours, NotTested, View};
use rayon::prelude::*;

use crate::frame::check::{Check, Level, Per};
use crate::frame::finding::{Entry, Evaluation, Finding, Resource, Status, Verdict};
use crate::frame::partitions;
use crate::frame::wording::moment;
use crate::parameters::{Parameters, Value};

/// A parameter that bore on a result, and whose value it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// The parameter's name.
    pub name: &'static str,
    /// Its value.
    pub value: Value,
    /// Its unit.
    pub unit: &'static str,
    /// `kickoff.toml`, or the source of the default.
    pub source: &'static str,
}

/// A result.
#[derive(Debug, Clone)]
pub struct Row {
    /// The check.
    pub check: &'static Check,
    /// The account.
    pub account: String,
    /// The region; the home region for what belongs to none.
    pub region: String,
    /// What it is about.
    pub resource: Resource,
    /// The status.
    pub status: Status,
    /// What was seen.
    pub observed: String,
    /// What is expected.
    pub expected: String,
    /// Why, where that needs saying.
    pub reason: Option<String>,
    /// The evidence.
    pub evidence: Vec<EvidenceRef>,
    /// The population that a person has to look at, item by item.
    pub listed: Vec<Entry>,
    /// The time that was looked back over, from its first second to its last (UTC), where the result is on one.
    pub window: Option<(Timestamp, Timestamp)>,
}

impl Row {
    /// The order of results: by check, account, region and resource. It depends on nothing else.
    #[must_use]
    pub fn order(&self) -> (&str, &str, &str, &Resource, Status) {
        (self.check.meta.id, &self.account, &self.region, &self.resource, self.status)
    }
}

/// What of a population a check does not test, and why. A population less what is left out of it is what was tested.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Untested {
    /// The check's id.
    pub check: &'static str,
    /// The account.
    pub account: String,
    /// The type, as CloudFormation names it.
    pub kind: &'static str,
    /// Why it is left out.
    pub why: &'static str,
    /// How many there are.
    pub count: usize,
}

/// What the checks of an account give.
#[derive(Debug, Default)]
pub struct Evaluated {
    /// The results, in their order.
    pub rows: Vec<Row>,
    /// What was not tested, in order.
    pub untested: Vec<Untested>,
}

/// Runs checks over the facts of an account. Every check gives at least one result.
#[must_use]
pub fn evaluate(facts: &AccountFacts, checks: &[&'static Check], parameters: &Parameters) -> Evaluated {
    evaluate_among(facts, None, checks, parameters)
}

/// Runs checks over the facts of an account among the others of its run. Every check gives at least one result.
#[must_use]
pub fn evaluate_among(
    facts: &AccountFacts,
    others: Option<&Neighbours>,
    checks: &[&'static Check],
    parameters: &Parameters,
) -> Evaluated {
    let memo = Memo::default();
    let one = |check: &&'static Check| run(facts, others, &memo, check, parameters);
    let each: Vec<Evaluated> = checks.par_iter().map(one).collect();
    let mut all = Evaluated::default();
    for one in each {
        all.rows.extend(one.rows);
        all.untested.extend(one.untested);
    }
    all.rows.sort_by(|a, b| a.order().cmp(&b.order()));
    all.untested.sort();
    all
}

fn run(
    facts: &AccountFacts,
    others: Option<&Neighbours>,
    memo: &Memo,
    check: &'static Check,
    parameters: &Parameters,
) -> Evaluated {
    let expected = check.expected(parameters);
    let needs = check.meta.needs;
    let mut rows = Vec::new();
    let mut not_tested = NotTested::new();
    match check.meta.per {
        Per::Account => {
            let view = View::account(facts, needs).sharing(memo).among(others).without(&parameters.left_out);
            let evaluation = (check.evaluate)(&view, parameters);
            let whole = Resource::account(&view);
            not_tested = view.not_tested();
            settle(&mut rows, check, &expected, &view, &whole, evaluation);
        }
        Per::Region => {
            // What is left out of scope, and what a policy closes, `account-region-coverage` says once a region.
            for (region, regional) in &facts.regions {
                if parameters.left_out.contains_key(region) {
                    not_tested.insert(("AWS::Region", format!("region/{region}")), "left out of scope by an exclusion");
                    continue;
                }
                let view = View::region(facts, region, regional, needs).sharing(memo).among(others);
                let whole = Resource::region(&view);
                let evaluation = match facts.beyond(region, needs) {
                    Some(Beyond::Closed(_)) => {
                        not_tested.insert((whole.kind, whole.id), "closed by a service control policy");
                        continue;
                    }
                    Some(Beyond::NotOffered(gap)) => {
                        let finding =
                            Finding::new(whole.clone(), Verdict::not_applicable("not offered there", gap.to_string()));
                        Ok(vec![Finding { evidence: gap.evidence.into_iter().collect(), ..finding }])
                    }
                    None => (check.evaluate)(&view, parameters),
                };
                for (what, why) in view.not_tested() {
                    not_tested.entry(what).or_insert(why);
                }
                settle(&mut rows, check, &expected, &view, &whole, evaluation);
            }
        }
    }
    // A region without a population says nothing beside one that has results; where none has any, one row for the
    // account says it.
    let empty = |row: &Row| row.status == Status::NoPopulation;
    // But beside regions where the question does not arise, "read, and nothing there" is news.
    let out_of_question = |row: &Row| row.status == Status::NotApplicable && row.resource.kind == "AWS::Region";
    if check.meta.level == Level::Resource && rows.iter().all(empty) && !rows.is_empty() {
        let evidence: BTreeSet<EvidenceRef> = rows.iter().flat_map(|row| row.evidence.iter().copied()).collect();
        rows.truncate(1);
        for row in &mut rows {
            row.region.clone_from(&facts.home_region);
            row.resource = Resource::new("AWS::Account", format!("account/{}", facts.account));
            row.evidence = evidence.iter().copied().collect();
        }
    } else if rows.iter().any(|row| !empty(row) && !out_of_question(row)) {
        let nothing = "read, and there is nothing to test there";
        let dropped = rows.iter().filter(|row| empty(row));
        not_tested.extend(dropped.map(|row| ((row.resource.kind, row.resource.id.clone()), nothing)));
        rows.retain(|row| !empty(row));
    }
    if rows.is_empty() {
        let gap = Gap {
            kind: kickoff_facts::GapKind::NotCollected,
            call: needs.first().and_then(|n| n.operation_ids().first()).copied().unwrap_or("nothing").to_owned(),
            region: facts.home_region.clone(),
            message: if facts.regions.is_empty() {
                "no region was scanned".to_owned()
            } else {
                "every region that was scanned is closed by a service control policy or left out of scope".to_owned()
            },
            evidence: None,
        };
        let view = View::account(facts, needs);
        settle(&mut rows, check, &expected, &view, &Resource::account(&view), Err(gap));
    }
    Evaluated { untested: untested(facts, check, &rows, not_tested), rows }
}

/// How many of which type were left out for which reason. What one region leaves out and another tests was tested.
fn untested(facts: &AccountFacts, check: &Check, rows: &[Row], mut not_tested: NotTested) -> Vec<Untested> {
    for row in rows {
        not_tested.remove(&(row.resource.kind, row.resource.id.clone()));
    }
    let mut counts: BTreeMap<(&'static str, &'static str), usize> = BTreeMap::new();
    for ((kind, _), why) in not_tested {
        *counts.entry((kind, why)).or_default() += 1;
    }
    let (check, account) = (check.meta.id, &facts.account);
    counts
        .into_iter()
        .map(|((kind, why), count)| Untested { check, account: account.clone(), kind, why, count })
        .collect()
}

/// Turns what a check gives into results.
fn settle(
    rows: &mut Vec<Row>,
    check: &'static Check,
    expected: &str,
    view: &View<'_>,
    whole: &Resource,
    evaluation: Evaluation,
) {
    let common = view.evidence();
    let row = |resource: Resource, status, observed, reason, own: &[EvidenceRef]| {
        let evidence: BTreeSet<EvidenceRef> = common.iter().chain(own).copied().collect();
        Row {
            check,
            account: view.account_id().to_owned(),
            region: view.region_name().to_owned(),
            resource,
            status,
            observed,
            expected: expected.to_owned(),
            reason,
            evidence: evidence.into_iter().collect(),
            listed: Vec::new(),
            window: None,
        }
    };
    let unknown = |resource: Resource, gap: &Gap, own: &[EvidenceRef]| {
        let own: Vec<EvidenceRef> = own.iter().copied().chain(gap.evidence).collect();
        row(resource, Status::NotEvaluated, String::new(), Some(gap.to_string()), &own)
    };
    if let Some(lacking) = partitions::lacking(view.partition(), check.meta.id) {
        // What was seen stays; what could not be read could not have decided.
        let (before, seen) = (rows.len(), evaluation.into_iter().flatten());
        for Finding { resource, outcome, evidence } in seen {
            let observed = outcome.map(|verdict| verdict.observed).unwrap_or_default();
            rows.push(row(resource, Status::NotApplicable, observed, Some(lacking.reason()), &evidence));
        }
        if rows.len() == before {
            rows.push(row(whole.clone(), Status::NotApplicable, String::new(), Some(lacking.reason()), &[]));
        }
        return;
    }
    // What stands on the credential report is as old as that.
    let made = view.report_made().map(moment);
    let dated = |observed: String| match &made {
        Some(made) if !observed.is_empty() && !observed.contains(made) => {
            format!("{observed} (credential report of {made})")
        }
        _ => observed,
    };
    match evaluation {
        Err(gap) => rows.push(unknown(whole.clone(), &gap, &[])),
        Ok(findings) if findings.is_empty() => {
            let reason = "everything was read, and there is nothing to test".to_owned();
            rows.push(row(whole.clone(), Status::NoPopulation, "none".to_owned(), Some(reason), &[]));
        }
        Ok(findings) => {
            rows.extend(findings.into_iter().map(|Finding { resource, outcome, evidence }| match outcome {
                Ok(verdict) => {
                    let (listed, window) = (verdict.listed, verdict.window);
                    let observed = dated(verdict.observed);
                    Row { listed, window, ..row(resource, verdict.status, observed, verdict.reason, &evidence) }
                }
                Err(gap) => unknown(resource, &gap, &evidence),
            }))
        }
    }
}

impl Check {
    /// The values that bear on the check's results, and whose they are.
    #[must_use]
    pub fn thresholds(&self, parameters: &Parameters) -> Vec<Threshold> {
        self.meta
            .parameters
            .iter()
            .map(|parameter| Threshold {
                name: parameter.name,
                value: parameters.get(parameter),
                unit: parameter.unit,
                source: if parameters.is_set(parameter) { "kickoff.toml" } else { parameter.source },
            })
            .collect()
    }
}

/// What every run asks, whatever its checks: the account's name, its regions, and the totals that populations tie to.
const FRAME: [Need; 3] = [Need::Aliases, Need::Regions, Need::AccountSummary];

/// Families that another one is held against by its members, whoever asks for it: the credential report may be four hours
/// old, and only the users themselves tell whom it lacks.
const BESIDE: [(Need, Need); 1] = [(Need::CredentialReport, Need::Authorization)];

/// Why checks cannot be selected.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SelectionError {
    /// No check matches.
    #[error("no check matches {0:?}")]
    NoCheck(String),
    /// The pattern is not a glob.
    #[error("{0:?} is not a pattern: {1}")]
    Pattern(String, String),
    /// There is no such criterion.
    #[error("there is no criterion {0:?}")]
    NoCriterion(String),
    /// The criterion exists, but no check informs it.
    #[error("no check informs criterion {0}: it needs documents and people")]
    NoCheckForCriterion(String),
}

/// The checks of a run.
#[derive(Debug, Clone)]
pub struct Selection(pub Vec<&'static Check>);

impl Selection {
    /// Checks whose id matches one of the patterns and that inform one of the criteria; no patterns or no criteria
    /// mean all.
    ///
    /// # Errors
    /// A pattern that matches nothing, or a criterion that does not exist or is informed by no check.
    pub fn of(patterns: &[String], criteria: &[String]) -> Result<Self, SelectionError> {
        let mut by_pattern: Vec<&'static Check> = Vec::new();
        for pattern in patterns {
            let glob = Glob::new(pattern)
                .map_err(|e| SelectionError::Pattern(pattern.clone(), e.kind().to_string()))?
                .compile_matcher();
            let before = by_pattern.len();
            by_pattern.extend(crate::CHECKS.iter().filter(|check| glob.is_match(check.meta.id)));
            if by_pattern.len() == before {
                return Err(SelectionError::NoCheck(pattern.clone()));
            }
        }
        if patterns.is_empty() {
            by_pattern.extend(crate::CHECKS);
        }
        for id in criteria {
            if !crate::CRITERIA.iter().any(|c| c.id.eq_ignore_ascii_case(id)) {
                return Err(SelectionError::NoCriterion(id.clone()));
            }
            if !crate::CHECKS.iter().any(|c| c.meta.criteria.iter().any(|x| x.eq_ignore_ascii_case(id))) {
                return Err(SelectionError::NoCheckForCriterion(id.clone()));
            }
        }
        let wanted = |check: &&'static Check| {
            criteria.is_empty()
                || check.meta.criteria.iter().any(|id| criteria.iter().any(|wanted| wanted.eq_ignore_ascii_case(id)))
        };
        let mut checks: Vec<_> = by_pattern.into_iter().filter(wanted).collect();
        checks.sort_by_key(|check| check.meta.id);
        checks.dedup_by_key(|check| check.meta.id);
        if checks.is_empty() {
            return Err(SelectionError::NoCheck(format!("{} in {}", patterns.join(", "), criteria.join(", "))));
        }
        Ok(Self(checks))
    }

    /// The fact families that the checks need, with those that must come before, those of every run, and those that they
    /// are held against, sorted.
    #[must_use]
    pub fn needs(&self) -> Vec<Need> {
        let own = self.own_needs();
        let beside = BESIDE.iter().filter(|(need, _)| own.contains(need)).map(|(_, other)| *other);
        Need::closure(own.iter().copied().chain(beside))
    }

    /// As [`Self::needs`], of a recorded run: what the families are held against only is left out where the run did not ask
    /// for it, by the names of what it asked for. It lacks nothing because of that.
    #[must_use]
    pub fn needs_in(&self, recorded: &[String]) -> Vec<Need> {
        let own = self.own_needs();
        let there = |need: &Need| own.contains(need) || recorded.iter().any(|name| name == need.name());
        self.needs().into_iter().filter(there).collect()
    }

    fn own_needs(&self) -> Vec<Need> {
        Need::closure(self.0.iter().flat_map(|check| check.meta.needs.iter().copied()).chain(FRAME))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn selected(patterns: &[&str], criteria: &[&str]) -> Result<Vec<&'static str>, SelectionError> {
        let own = |list: &[&str]| -> Vec<String> { list.iter().map(|&text| text.to_owned()).collect() };
        let selection = Selection::of(&own(patterns), &own(criteria))?;
        Ok(selection.0.iter().map(|check| check.meta.id).collect())
    }

    #[test]
    fn nothing_selects_all_and_what_is_named_selects_itself_once() {
        let all = selected(&[], &[]).unwrap();
        assert_eq!(all.len(), crate::CHECKS.len());
        assert!(all.is_sorted());
        assert_eq!(selected(&["logs-kms", "account-*"], &[]).unwrap().len(), 5);
        assert_eq!(
            selected(&["logs-retention-*", "logs-kms", "logs-retention-min"], &[]).unwrap(),
            ["logs-kms", "logs-retention-finite", "logs-retention-min"]
        );
    }

    #[test]
    fn a_criterion_selects_the_checks_that_inform_it() {
        let informs = |id: &str| Check::get(id).unwrap().meta.criteria.contains(&"CC6.1");
        let all = selected(&[], &["cc6.1"]).unwrap();
        assert_eq!(all.len(), crate::CHECKS.iter().filter(|check| informs(check.meta.id)).count());
        assert!(all.iter().all(|id| informs(id)));
        // No check informs this one alone.
        assert!(selected(&[], &["CC8.1"]).unwrap().contains(&"iam-access-change-population"));
        let both = selected(&["iam-root-*"], &["CC6.1", "CC7.2"]).unwrap();
        assert!(both.contains(&"iam-root-mfa") && both.iter().all(|id| id.starts_with("iam-root-")));
    }

    #[test]
    fn what_selects_nothing_is_refused() {
        for (patterns, criteria, expected) in [
            (&["iam-rot-mfa"][..], &[][..], SelectionError::NoCheck("iam-rot-mfa".to_owned())),
            (&["iam-root-mfa", "rds-*"], &[], SelectionError::NoCheck("rds-*".to_owned())),
            (&[], &["CC10.1"], SelectionError::NoCriterion("CC10.1".to_owned())),
            (&[], &["p1.1"], SelectionError::NoCheckForCriterion("p1.1".to_owned())),
            (&["iam-root-mfa"], &["A1.1"], SelectionError::NoCheck("iam-root-mfa in A1.1".to_owned())),
        ] {
            assert_eq!(selected(patterns, criteria), Err(expected));
        }
        assert!(matches!(selected(&["iam-["], &[]), Err(SelectionError::Pattern(pattern, _)) if pattern == "iam-["));
    }

    #[test]
    fn a_threshold_says_whose_it_is() {
        let check = Check::get("iam-role-unused").unwrap();
        let mut parameters = Parameters::default();
        let own = |parameters: &Parameters| {
            check
                .thresholds(parameters)
                .into_iter()
                .map(|one| (one.name, one.value, one.unit, one.source))
                .collect::<Vec<_>>()
        };
        let default = &crate::parameters::ROLE_UNUSED;
        let (name, unit) = (default.name, default.unit);
        assert_eq!(own(&parameters), [(name, parameters.get(default), unit, default.source)]);
        parameters.set(name, Value::Number(30)).unwrap();
        assert_eq!(own(&parameters), [(name, Value::Number(30), unit, "kickoff.toml")]);
    }

    #[test]
    fn a_run_asks_what_its_checks_need_and_the_frame() {
        let needs = Selection(vec![Check::get("logs-kms").unwrap()]).needs();
        assert!(needs.contains(&Need::LogGroups) && FRAME.iter().all(|need| needs.contains(need)));
        assert!(!needs.contains(&Need::CredentialReport));
    }

    #[test]
    fn the_credential_report_is_held_against_the_users_unless_a_recorded_run_did_not_ask_for_them() {
        let selection = Selection(vec![Check::get("iam-user-console-mfa").unwrap()]);
        assert!(selection.needs().contains(&Need::Authorization));
        let recorded = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert!(!selection.needs_in(&recorded(&["credential_report"])).contains(&Need::Authorization));
        assert!(selection.needs_in(&recorded(&["credential_report", "authorization"])).contains(&Need::Authorization));
        // What a check itself needs is asked for, and is a gap where it was not.
        let other = Selection(vec![Check::get("iam-role-unused").unwrap()]);
        assert!(other.needs_in(&[]).contains(&Need::Authorization));
    }
}
