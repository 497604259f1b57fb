//! # Critical findings are within the fix time
//!
//! ## What it asks
//! Whether each active critical finding of Security Hub was first seen within `security_hub_finding_max_age_days`.
//!
//! ## Why an auditor asks
//! The firm states how fast it fixes what is critical. This compares the statement with what is open.
//!
//! ## How it is decided
//! The population is every critical finding of the scanned regions that is active and neither resolved nor suppressed;
//! samples are left out. The age is counted in whole days from when the finding was first seen to the time of the run.
//! A finding without a date is `fail`: its age cannot be shown. A region where Security Hub is not enabled is
//! `not-applicable`, because `securityhub-enabled` judges that. Suppressed is not the same as fixed: a sample of
//! suppressed findings shows whether there was a reason.
//!
//! Automation rules change findings as they come in. In each region that has enabled ones which suppress or resolve
//! findings, or lower their severity, one result on the region tells them with their conditions. A rule that can take
//! in critical findings, and has no condition that singles out a resource, a control or a finding (only severity, type,
//! product, state, account, time or a negation, or the beginning of what all have, as `arn:aws:`; two on one field are
//! alternatives, and each must single out), makes that result `manual`; otherwise it is `pass`. Only an administrator
//! account, or one without one, may list the rules; in a member it is `not-applicable`. Rules of the newer Security Hub
//! (V2) act on its own findings, which are not read here.
//!
//! ## What else is accepted
//! A finding that was accepted can be suppressed, with a note that says why.
//!
//! ## What it does not see
//! Findings that are not critical, and those that were resolved, suppressed or archived, are not asked for. Findings
//! of GuardDuty or Inspector that Security Hub takes in are counted here and by their own checks. Whether somebody
//! works on a finding (`Note`, `NOTIFIED`) is not weighed, and what the newer Security Hub holds is not read.
//!
//! ## Remediation
//! Console: Security Hub CSPM, Findings, filter on severity CRITICAL, correct, or Workflow status Suppressed with a
//! note. CLI: `aws securityhub batch-update-findings --finding-identifiers Id=ID,ProductArn=ARN --workflow
//! Status=SUPPRESSED --note Text=REASON,UpdatedBy=NAME`. Terraform: correct the resource;
//! `aws_securityhub_automation_rule` suppresses by rule.
//!
//! ## Peers
//! CloudSploit `securityHubActiveFindings`.
//!
//! ## References
//! AWS Security Hub User Guide, "Setting the workflow status of findings"; "Automation rules"; CISA Binding Operational
//! Directive 19-02.

use kickoff_facts::detection::Finding as Open;
use kickoff_facts::muting::MuteRule;
use kickoff_facts::{Need, Seen, View};

use crate::parameters::{Parameters, SECURITY_HUB_FINDING_MAX_AGE};
use crate::reasoning::tested::tested;
use crate::reasoning::{finding_age, mutes};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "securityhub-findings-age",
    control: "CC4.2.01",
    title: "Critical findings are within the fix time",
    severity: Severity::High,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC4.2", "CC7.1", "CC7.3"],
    needs: &[Need::SecurityHubFindings, Need::SecurityHubMuting],
    parameters: &[&SECURITY_HUB_FINDING_MAX_AGE],
    expected: "an active critical finding was first seen at most {security_hub_finding_max_age_days} days ago, and no rule puts such findings away by severity or type alone",
    fix: "correct what the finding reports, or suppress it with the reason",
};

/// Decides.
///
/// # Errors
/// The region's findings are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&SECURITY_HUB_FINDING_MAX_AGE);
    let Some(open) = view.security_hub_findings()? else {
        let verdict = Verdict::not_applicable("Security Hub is not enabled", "securityhub-enabled judges that");
        return Ok(vec![Finding::new(Resource::region(view), verdict)]);
    };
    let resource = |finding: &Open| Resource::new("AWS::SecurityHub::Finding", &finding.id);
    let population = tested(view, open, resource, |finding| finding.sample.then_some("a sample"));
    let judged = population.into_iter().map(|finding| {
        let what = format!("{} on {}", finding.title, finding.resource);
        Finding::new(resource(finding), finding_age::judge(view, &what, finding.first_seen, limit))
    });
    let seen = Seen::default();
    let automation = view.security_hub_muting().and_then(|muting| match muting {
        None => Ok(None),
        Some(muting) => seen.see(&muting.automation).map(Some),
    });
    let takes_in = |rule: &MuteRule| mutes::takes_in_label(rule, "SeverityLabel", &["CRITICAL"]);
    let muted = mutes::on_region(view, "securityhub", (automation, seen.evidence()), takes_in);
    Ok(judged.chain(muted).collect())
}
