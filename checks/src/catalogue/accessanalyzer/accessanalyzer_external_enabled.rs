//! # External-access analyzer runs in each active region
//!
//! ## What it asks
//! Whether, in each region that was scanned, an IAM Access Analyzer looks for resources that outsiders can reach.
//!
//! ## Why an auditor asks
//! A bucket, key, queue or role can be opened to outsiders by its own policy. The analyzer finds that by proof, in one
//! region at a time.
//!
//! ## How it is decided
//! For each region: an analyzer of type `ACCOUNT` or `ORGANIZATION` whose status is `ACTIVE`. Analyzers of unused or
//! internal access do not count.
//!
//! An organization's analyzer in the delegated administrator account covers all accounts of the organization, and only
//! that account lists it. So, where none is listed: an account without an organization is `fail`; so is the management
//! account when Access Analyzer is not delegated; a member account, and the management account when it is delegated,
//! are `manual`: the result of the administrator account decides.
//!
//! Where the account with the organization's analyzer is in the same run, its analyzer of the region counts. What would be
//! `manual` is `not-evaluated` where an account of the organization in the run could not list its analyzers.
//!
//! ## What else is accepted
//! An organization analyzer in the delegated administrator account.
//!
//! ## What it does not see
//! When the analyzer last looked (`lastResourceAnalyzedAt`) and why its status is what it is (`statusReason`) are not
//! read. Types of resources that Access Analyzer does not support are seen by nobody. Whether its findings are worked
//! is asked by `accessanalyzer-external-findings`.
//!
//! ## Remediation
//! Console: IAM, Access Analyzer, Analyzer settings, Create analyzer, in each region. CLI:
//! `aws accessanalyzer create-analyzer --analyzer-name external --type ACCOUNT --region REGION`. Terraform:
//! `aws_accessanalyzer_analyzer`.
//!
//! ## Peers
//! Prowler `accessanalyzer_enabled`; Powerpipe `iam_access_analyzer_enabled`; AWS Config
//! `IAM_EXTERNAL_ACCESS_ANALYZER_ENABLED`; CIS AWS Foundations v5 1.19; CloudSploit `accessAnalyzerEnabled`.
//!
//! ## References
//! AWS IAM User Guide, "Using AWS IAM Access Analyzer"; "Delegated administrator for IAM Access Analyzer".

use kickoff_facts::access::Analyzer;
use kickoff_facts::{Gap, GapKind, Need, View};

use crate::parameters::Parameters;
use crate::reasoning::management::Standing;
use crate::reasoning::{administrators, management};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "accessanalyzer-external-enabled",
    control: "CC6.1.01",
    title: "External-access analyzer runs in each active region",
    severity: Severity::Medium,
    level: Level::Region,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.3", "CC7.1"],
    needs: &[Need::Organization, Need::DelegatedAdministrators, Need::Analyzers],
    parameters: &[],
    expected: "an active analyzer looks for access from outside",
    fix: "create an external-access analyzer in the region, for the account or for the organization",
};

/// Decides.
///
/// # Errors
/// The region's analyzers are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let analyzers = view.analyzers()?;
    Ok(vec![Finding::judge(Resource::region(view), |seen| {
        let external: Vec<&Analyzer> = analyzers.iter().filter(|analyzer| analyzer.is_external()).collect();
        if let Some(analyzer) = external.iter().find(|analyzer| analyzer.status == "ACTIVE") {
            return Ok(Verdict::pass(format!("{} of type {} is active", analyzer.name, analyzer.kind)));
        }
        let observed = if external.is_empty() {
            "no external-access analyzer".to_owned()
        } else {
            let told: Vec<String> = external.iter().map(|a| format!("{} is {}", a.name, a.status)).collect();
            format!("no active external-access analyzer: {}", told.join(", "))
        };
        let standing = management::standing(view)?;
        let elsewhere = match standing {
            Standing::Member(organization) | Standing::Management(organization) => {
                of_the_organization(view, &organization.id)
            }
            Standing::Alone => Ok(None),
        };
        if let Ok(Some(told)) = elsewhere {
            return Ok(Verdict::pass(format!("{observed} here; {told}")));
        }
        match standing {
            Standing::Alone => Ok(Verdict::fail(observed)),
            Standing::Member(organization) => {
                elsewhere?;
                let reason = format!(
                    "an analyzer of {} in its delegated administrator account would cover this account: look there",
                    organization.id
                );
                Ok(Verdict::manual(observed, reason))
            }
            Standing::Management(_) => {
                let delegates = administrators::delegates(view, seen, "access-analyzer.amazonaws.com")?;
                Ok(if delegates.is_empty() {
                    Verdict::fail(observed)
                } else {
                    elsewhere?;
                    let delegates = delegates.join(", ");
                    Verdict::manual(observed, format!("Access Analyzer is delegated to {delegates}: look there"))
                })
            }
        }
    })])
}

/// The active analyzer of an organization in the region of the window, in another account of the run.
///
/// # Errors
/// None is known, and an account of the organization was asked for its analyzers and did not tell.
fn of_the_organization(view: &View<'_>, organization: &str) -> Result<Option<String>, Gap> {
    let mut unread = None;
    for account in view.neighbours() {
        let ours = account.organization().is_ok_and(|of| of.as_ref().is_some_and(|of| of.id == organization));
        let here = account.regions().find(|there| ours && there.region_name() == view.region_name());
        let Some(there) = here else { continue };
        let whole = |analyzer: &&Analyzer| {
            analyzer.is_external() && analyzer.kind.starts_with("ORGANIZATION") && analyzer.status == "ACTIVE"
        };
        match there.analyzers().map(|all| all.iter().find(whole)) {
            Ok(Some(found)) => {
                view.adopt(&account);
                view.adopt(&there);
                let told =
                    format!("{} of type {} is active in account {}", found.name, found.kind, account.account_id());
                return Ok(Some(told));
            }
            Err(gap) if gap.kind != GapKind::NotCollected && unread.is_none() => {
                view.adopt(&there);
                unread = Some(gap);
            }
            _ => {}
        }
    }
    unread.map_or(Ok(None), Err)
}
