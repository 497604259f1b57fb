//! # GuardDuty is run from a delegated administrator
//!
//! ## What it asks
//! Whether one account runs GuardDuty for the organization, in every scanned region.
//!
//! ## Why an auditor asks
//! Run account by account, GuardDuty can be switched off by whoever administers one account, and its findings are read
//! by no one in particular.
//!
//! ## How it is decided
//! In the management account: `ListOrganizationAdminAccounts` names an administrator in every scanned region;
//! administrators are designated region by region.
//!
//! In a member account, in every scanned region that has a detector: an administrator whose relationship is `Enabled`,
//! or the account is the administrator itself, which shows by its access to the organization's configuration. Regions
//! without a detector are left to `guardduty-enabled`; if none has one, the result is `not-applicable`. So is the
//! result of an account without an organization. A region that is known to fail decides, even where another could not
//! be read.
//!
//! ## What else is accepted
//! The management account as administrator, although AWS advises against it; administration by invitation.
//!
//! ## Remediation
//! Console: GuardDuty in the management account, Settings, Delegated administrator, in each region. CLI:
//! `aws guardduty enable-organization-admin-account --admin-account-id ID --region REGION`. Terraform:
//! `aws_guardduty_organization_admin_account`, `aws_guardduty_organization_configuration`.
//!
//! ## Peers
//! Prowler `guardduty_centrally_managed`, `guardduty_delegated_admin_enabled_all_regions`; Powerpipe
//! `guardduty_centrally_configured`; AWS Config `GUARDDUTY_ENABLED_CENTRALIZED`; CloudSploit `guarddutyMaster`.
//!
//! ## References
//! Amazon GuardDuty User Guide, "Managing GuardDuty accounts with AWS Organizations".

use std::collections::BTreeSet;

use kickoff_facts::{Gap, Need, View};

use crate::parameters::Parameters;
use crate::reasoning::administrators::Administrators;
use crate::reasoning::management::Standing;
use crate::reasoning::{management, regions};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "guardduty-centralized",
    control: "CC7.2.14",
    title: "GuardDuty is run from a delegated administrator",
    severity: Severity::Low,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC7.2", "CC4.1"],
    needs: &[Need::Organization, Need::GuardDutyOrganization, Need::GuardDutyAdministrator, Need::GuardDutyAutoEnable],
    parameters: &[],
    expected: "GuardDuty has a delegated administrator in every scanned region, and a member account is under it",
    fix: "designate a delegated administrator for GuardDuty in each region, and add the account as a member",
};

/// Decides.
///
/// # Errors
/// Never: what is not known is told on the account.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    Ok(vec![Finding::judge(Resource::account(view), |_| match management::standing(view)? {
        Standing::Alone => Ok(management::alone()),
        Standing::Management(_) => {
            let administrators = Administrators::read(view, |region| region.guardduty_organization())?;
            Ok(Verdict::decide(administrators.missing.is_empty(), administrators.observed()))
        }
        Standing::Member(_) => member(view),
    })])
}

/// Who runs GuardDuty for a member account in a region that has a detector.
enum Run {
    By(String),
    Here,
    NoOne(&'static str),
}

fn member(view: &View<'_>) -> Result<Verdict, Gap> {
    let answers = regions::each(view, |region| {
        let Some(administration) = region.guardduty_administrator()? else { return Ok(None) };
        Ok(Some(match (&administration.administrator, administration.relationship.as_deref()) {
            (Some(account), Some("Enabled")) => Run::By(account.clone()),
            _ if region.guardduty_auto_enable()?.is_some() => Run::Here,
            (Some(_), _) => Run::NoOne("the relationship is not enabled"),
            (None, _) => Run::NoOne("no administrator"),
        }))
    });
    let (mut by, mut alone, mut here) = (BTreeSet::new(), Vec::new(), 0);
    for (region, run) in &answers.known {
        match run {
            Some(Run::By(account)) => drop(by.insert(format!("administrator {account}"))),
            Some(Run::Here) => here += 1,
            Some(Run::NoOne(why)) => alone.push(format!("{region}: {why}")),
            None => {}
        }
    }
    if here > 0 {
        by.insert("this account is the administrator".to_owned());
    }
    match answers.gap {
        _ if !alone.is_empty() => Ok(Verdict::fail(alone.join("; "))),
        Some(gap) => Err(gap),
        None if by.is_empty() => Ok(Verdict::not_applicable(
            "no detector in any scanned region",
            "guardduty-enabled judges regions without one",
        )),
        None => Ok(Verdict::pass(by.into_iter().collect::<Vec<_>>().join("; "))),
    }
}
