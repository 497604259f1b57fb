//! # External-access findings are resolved or archived with reason
//!
//! ## What it asks
//! Whether each active finding of external access was made within `analyzer_finding_max_age_days`.
//!
//! ## Why an auditor asks
//! Each finding is a way in from outside that somebody opened. It is either intended, and archived with a reason, or a
//! mistake.
//!
//! ## How it is decided
//! The population is every active finding, neither resolved nor archived, of the active external-access analyzers of
//! the scanned regions. The age is counted in whole days from when the finding was made. A finding without a date is
//! `fail`: its age cannot be shown. A region without an active external-access analyzer is `not-applicable`: nothing
//! looks there, and `accessanalyzer-external-enabled` judges that. An organization's analyzer has findings of other
//! accounts: one of an account in the run whose own analyzer looks in that region is left out here, with the number,
//! because it is judged there; another is judged here, and the account is named. That a finding was archived does not
//! show the reason: archive rules and tickets do.
//!
//! Archive rules put findings away as they are made. In each region where an active external-access analyzer has some,
//! one result on the region tells them with their conditions: `manual` where a rule has no condition that singles out a
//! resource, a principal or a finding (only type, state, account, time, whether it is public, a negation, or a part of
//! what all have, as `arn:`), otherwise `pass`.
//!
//! ## What else is accepted
//! Archive rules for access that is intended, such as that of a vendor.
//!
//! ## What it does not see
//! Findings that were resolved or archived are not listed, so neither how long they stood open nor who archived them
//! is seen. What a finding grants (the principal, the actions, the condition) is not read, so wide and narrow access
//! count alike; nor is its `error`, by which the analyzer says that it could not look into a resource.
//!
//! ## Remediation
//! Console: IAM, Access Analyzer, External access, the finding, Archive or follow the link to the resource. CLI:
//! `aws accessanalyzer update-findings --analyzer-arn ARN --ids ID --status ARCHIVED`. Terraform:
//! `aws_accessanalyzer_archive_rule`.
//!
//! ## Peers
//! Prowler `accessanalyzer_enabled_without_findings`; Powerpipe `iam_access_analyzer_enabled_without_findings`;
//! CloudSploit `accessAnalyzerActiveFindings`.
//!
//! ## References
//! AWS IAM User Guide, "Working with IAM Access Analyzer findings"; "Archive rules"; "IAM Access Analyzer filter keys".

use kickoff_facts::access::{Analyzer, AnalyzerFinding};
use kickoff_facts::muting::Muting;
use kickoff_facts::{Need, Seen, View};

use crate::parameters::{ANALYZER_FINDING_MAX_AGE, Parameters};
use crate::reasoning::tested::leave_out;
use crate::reasoning::{finding_age, mutes};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "accessanalyzer-external-findings",
    control: "CC6.3.01",
    title: "External-access findings are resolved or archived with reason",
    severity: Severity::High,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC6.3", "CC6.6", "CC4.2"],
    needs: &[Need::Analyzers],
    parameters: &[&ANALYZER_FINDING_MAX_AGE],
    expected: "an active external-access finding is at most {analyzer_finding_max_age_days} days old, and no rule archives findings by type or state alone",
    fix: "take the access away, or archive the finding with the reason why it is intended",
};

/// Decides.
///
/// # Errors
/// The region's analyzers are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&ANALYZER_FINDING_MAX_AGE);
    let (analyzers, others): (Vec<&Analyzer>, Vec<&Analyzer>) =
        view.analyzers()?.iter().partition(|analyzer| analyzer.is_external() && analyzer.status == "ACTIVE");
    for finding in others.iter().filter_map(|analyzer| analyzer.active_findings.get().ok()).flatten() {
        let resource = Resource::new("AWS::AccessAnalyzer::Finding", &finding.id);
        leave_out(view, resource, "of an analyzer that does not look for access from outside");
    }
    let judged_there = |finding: &AnalyzerFinding| {
        let there = view.neighbour_in(&finding.owner, view.region_name());
        let looks = |analyzer: &Analyzer| analyzer.is_external() && analyzer.status == "ACTIVE";
        !finding.is_of(view.account_id())
            && there.is_some_and(|there| there.analyzers().is_ok_and(|list| list.iter().any(looks)))
    };
    let (mut looking, mut muting) = (false, Muting::default());
    let (seen, mut unread) = (Seen::default(), None);
    let mut findings = Vec::new();
    for analyzer in analyzers {
        looking = true;
        match seen.see(&analyzer.archive_rules) {
            Ok(rules) => muting.rules.extend(rules.iter().cloned()),
            Err(gap) => unread = unread.or(Some(gap)),
        }
        match analyzer.active_findings.get() {
            Ok(active) => {
                for finding in active {
                    let resource = Resource::new("AWS::AccessAnalyzer::Finding", &finding.id);
                    if judged_there(finding) {
                        leave_out(view, resource, "of another account, whose own analyzer finds it");
                        continue;
                    }
                    findings.push(Finding::judge(resource, |seen| {
                        seen.see(&analyzer.active_findings)?;
                        let mut what = format!("{} on {}", finding.kind, finding.resource);
                        if !finding.is_of(view.account_id()) {
                            what.push_str(&format!(" of account {}", finding.owner));
                        }
                        Ok(finding_age::judge(view, &what, finding.created, limit))
                    }));
                }
            }
            Err(gap) => findings
                .push(Finding::judge(Resource::new("AWS::AccessAnalyzer::Finding", &analyzer.arn), |_| {
                    Err(gap.clone())
                })),
        }
    }
    if looking {
        findings.extend(mutes::on_region(view, "accessanalyzer", (Ok(Some(&muting)), seen.evidence()), |_| true));
        // What is known of one analyzer stands beside what is not of another.
        let gap =
            unread.map(|gap| Finding { resource: Resource::region(view), outcome: Err(gap), evidence: Vec::new() });
        findings.extend(gap);
    } else {
        let reason = "nothing looks here; accessanalyzer-external-enabled judges that";
        let verdict = Verdict::not_applicable("no active external-access analyzer", reason);
        findings.push(Finding::new(Resource::region(view), verdict));
    }
    Ok(findings)
}
