//! # Critical and high vulnerabilities are within the fix time
//!
//! ## What it asks
//! Whether each open critical finding of Amazon Inspector was first seen within `inspector_critical_max_age_days`, and
//! each high one within `inspector_high_max_age_days`.
//!
//! ## Why an auditor asks
//! The firm states how fast it fixes vulnerabilities. This compares the statement with what is open.
//!
//! ## How it is decided
//! For each region where Inspector is enabled, the active critical and high findings of the account, the oldest first;
//! of very many, the hundred oldest of each severity decide. The age is counted in whole days from when Inspector first
//! saw the finding to the time of the run. All within their limit, or none open → pass; one over it, or without a date
//! → fail, unless Inspector says of each of those that no fix is available (`fixAvailable` is `NO`): then there is
//! nothing to install, and a person has to judge what was done instead → `manual`. A list that could not be read is
//! `not-evaluated`, never "none", unless another one fails. Where Inspector is not enabled: `not-applicable`, because
//! `inspector-enabled` judges that; with a `declared_vulnerability_scanner` → `manual`. Suppressed findings are left
//! out. The filters that suppress them are told with the result: where one can take in critical or high findings, and
//! has no condition that singles out a resource or a vulnerability (only severity, type, state, account, score, time or
//! a negation; or the beginning of what all have, as `CVE-`; two on one field are alternatives, and each must single
//! out), what would pass is `manual`. Filters that could not be read make a pass, and what has no fix, `not-evaluated`.
//!
//! ## What else is accepted
//! A finding that was accepted can be suppressed by a rule whose name says why.
//!
//! ## What it does not see
//! Findings of medium and lower severity, and those that have no severity yet (`UNTRIAGED`), are not asked for.
//! Whether a fault can be exploited (`exploitAvailable`, `epss`), and whether the image is in use at all, is not read.
//! Findings that were closed within the period, and how long they stood open, are not seen.
//!
//! ## Remediation
//! Console: Amazon Inspector, Findings, By vulnerability: update the package, or create a suppression rule. CLI:
//! `aws inspector2 list-findings --filter-criteria`, `aws inspector2 create-filter --action SUPPRESS`. Terraform:
//! `aws_inspector2_filter`.
//!
//! ## Peers
//! Prowler `inspector2_active_findings_exist`, which once took a missing permission for a clean account.
//!
//! ## References
//! Amazon Inspector User Guide, "Understanding Amazon Inspector findings"; "Suppressing Amazon Inspector
//! findings"; CISA Binding Operational Directive 19-02.

use kickoff_facts::inspector::{OldestFirst, Vulnerability};
use kickoff_facts::{Gap, Need, Observed, Seen, View};

use crate::frame::wording::line;
use crate::parameters::{
    DECLARED_VULNERABILITY_SCANNER, Parameters, VULNERABILITY_CRITICAL_MAX_AGE, VULNERABILITY_HIGH_MAX_AGE,
};
use crate::reasoning::finding_age::Ages;
use crate::reasoning::mutes;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "inspector-findings-age",
    control: "CC7.1.07",
    title: "Critical and high vulnerabilities are within the fix time",
    severity: Severity::High,
    level: Level::Region,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.1", "CC7.4"],
    needs: &[Need::Vulnerabilities, Need::InspectorMuting],
    parameters: &[&VULNERABILITY_CRITICAL_MAX_AGE, &VULNERABILITY_HIGH_MAX_AGE, &DECLARED_VULNERABILITY_SCANNER],
    expected: "an open vulnerability was first seen at most {inspector_critical_max_age_days} days ago if it is critical, {inspector_high_max_age_days} days ago if it is high, and no filter suppresses such findings by severity or type alone",
    fix: "update what the findings name, the oldest first; where no fix is out, isolate it, or suppress the finding with the reason",
};

/// Decides.
///
/// # Errors
/// Whether Inspector is enabled in the region is not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let Some(open) = view.vulnerabilities()? else {
        let declared = parameters.list(&DECLARED_VULNERABILITY_SCANNER);
        let off = "Inspector is not enabled";
        let verdict = if declared.is_empty() {
            Verdict::not_applicable(off, "inspector-enabled judges that")
        } else {
            Verdict::manual(off, format!("show the open findings of {} and since when each is", declared.join(", ")))
        };
        return Ok(vec![Finding::new(Resource::region(view), verdict)]);
    };
    let limits =
        [&VULNERABILITY_CRITICAL_MAX_AGE, &VULNERABILITY_HIGH_MAX_AGE].map(|parameter| parameters.number(parameter));
    Ok(vec![Finding::judge(Resource::region(view), |seen| {
        let judged = [
            severity(view, seen, "critical", &open.critical, limits[0]),
            severity(view, seen, "high", &open.high, limits[1]),
        ];
        let any = |standing: Standing| judged.iter().flatten().any(|(one, _)| *one == standing);
        let (over, without_fix) = (any(Standing::Over), any(Standing::WithoutFix));
        let muted = muted(view);
        if over || without_fix {
            let words = judged.iter().map(|one| match one {
                Ok((_, words)) => words.clone(),
                Err(gap) => gap.to_string(),
            });
            let told = muted.as_ref().ok().and_then(|muted| muted.as_ref().map(|verdict| verdict.observed.clone()));
            let observed = words.chain(told).collect::<Vec<_>>().join("; ");
            if over {
                return Ok(Verdict::fail(observed));
            }
            let more = [&open.critical, &open.high].into_iter().any(|list| list.get().is_ok_and(|list| list.more));
            let unread = if more { "; younger findings than the hundred oldest were not read" } else { "" };
            // What was not read may hold one that has a fix, or hide one.
            if let Some(gap) = judged.into_iter().find_map(Result::err) {
                return Err(gap);
            }
            muted?;
            return Ok(Verdict::manual(
                observed,
                format!(
                    "no fix is offered for what is over the limit: show that it is isolated, or suppress it with the reason{unread}"
                ),
            ));
        }
        let [critical, high] = judged;
        let observed = format!("{}; {}", critical?.1, high?.1);
        Ok(match muted? {
            None => Verdict::pass(observed),
            Some(verdict) => Verdict { observed: format!("{observed}; {}", verdict.observed), ..verdict },
        })
    })])
}

/// What the filters that suppress findings say of the result; none where there is none.
fn muted(view: &View<'_>) -> Result<Option<Verdict>, Gap> {
    let Some(muting) = view.inspector_muting()? else { return Ok(None) };
    if muting.elsewhere {
        let observed = "filters that suppress findings are the administrator account's, and stand with its results";
        return Ok(Some(Verdict::pass(observed)));
    }
    Ok(mutes::verdict("inspector", &muting.rules, |rule| {
        mutes::takes_in_label(rule, "severity", &["CRITICAL", "HIGH"])
    }))
}

/// How the findings of a severity stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Within the limit.
    Within,
    /// One is over it, or has no date, and may have a fix.
    Over,
    /// Those over it, or without a date, have no fix.
    WithoutFix,
}

/// How the findings of a severity stand, and what they are.
fn severity(
    view: &View<'_>,
    seen: &Seen,
    name: &str,
    open: &Observed<OldestFirst>,
    limit: u64,
) -> Result<(Standing, String), Gap> {
    let OldestFirst { findings, more } = seen.see(open)?;
    let mut ages = Ages::default();
    ages.add(view, findings.iter().map(|finding| finding.first_seen), limit);
    let mut words = format!("{name}: {}{ages}", if *more { "more than " } else { "" });
    let over = |finding: &&Vulnerability| finding.first_seen.is_none_or(|at| view.days_since(at) > limit);
    let (without, fixable): (Vec<&Vulnerability>, Vec<&Vulnerability>) =
        findings.iter().filter(over).partition(|finding| finding.fix == "NO");
    if let Some(named) = fixable.first().or(without.first()) {
        words.push_str(&format!(" ({} on {})", line(&named.title), named.resource));
    }
    if !without.is_empty() {
        words.push_str(&format!(", {} of these without a fix", without.len()));
    }
    let standing = match (fixable.is_empty(), without.is_empty()) {
        (true, true) => Standing::Within,
        (true, false) => Standing::WithoutFix,
        (false, _) => Standing::Over,
    };
    Ok((standing, words))
}
