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
//! The administrator must be this account, one of the organization, or one of the run: another one is `fail`, one of
//! which the run does not know whose it is `manual`. Where the administrator's own answers are in the run, GuardDuty must
//! be switched on for all members by itself (`AutoEnableOrganizationMembers` is `ALL`) and have room for more: with `NEW` or
//! `NONE`, or at the limit of members, accounts can be left out, and the result is `manual`, naming the regions. So it is
//! for a region of which the administrator has no such answer: it has no detector there, is not the administrator by its own
//! account, or was not asked there. Where the administrator is not in the run, it is said that this is seen from there.
//!
//! ## What else is accepted
//! The management account as administrator, although AWS advises against it; administration by invitation.
//!
//! ## What it does not see
//! Which members are enrolled, and with which protection plans (`ListMembers`, `GetMemberDetectors`), is not asked:
//! `guardduty-enabled` sees each account by itself. Whether the administrator looks at the findings is not seen.
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
//! Amazon GuardDuty User Guide, "Managing GuardDuty accounts with AWS Organizations"; GuardDuty API Reference,
//! `DescribeOrganizationConfiguration`.

use std::collections::BTreeSet;

use kickoff_facts::detection::GuardDutyMembership;
use kickoff_facts::{Gap, Need, View};

use crate::parameters::Parameters;
use crate::reasoning::administrators::Administrators;
use crate::reasoning::destination::{self, Accounts, Place};
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
    needs: &[
        Need::Organization,
        Need::Members,
        Need::GuardDutyOrganization,
        Need::GuardDutyAdministrator,
        Need::GuardDutyAutoEnable,
    ],
    parameters: &[],
    expected: "GuardDuty has a delegated administrator of yours in every scanned region, and every member account is under it",
    fix: "designate a delegated administrator for GuardDuty in each region, and switch GuardDuty on for all members by itself",
};

/// Decides.
///
/// # Errors
/// Never: what is not known is told on the account.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    Ok(vec![Finding::judge(Resource::account(view), |_| match management::standing(view)? {
        Standing::Alone => Ok(management::alone()),
        Standing::Management(_) => manager(view),
        Standing::Member(_) => member(view),
    })])
}

fn manager(view: &View<'_>) -> Result<Verdict, Gap> {
    let administrators = Administrators::read(view, |region| region.guardduty_organization())?;
    let observed = administrators.observed();
    if !administrators.missing.is_empty() {
        return Ok(Verdict::fail(observed));
    }
    if let Some(verdict) = administrators.foreign(&Accounts::of(view))? {
        return Ok(verdict);
    }
    let (mut narrowed, mut seen_there) = (Vec::new(), BTreeSet::new());
    for account in &administrators.accounts {
        let there = if *account == view.account_id() { None } else { view.neighbour(account) };
        if *account != view.account_id() && there.is_none() {
            seen_there.insert(*account);
            continue;
        }
        let theirs = there.as_ref().unwrap_or(view);
        let answers = regions::each(theirs, |region| Ok(region.guardduty_auto_enable()?.as_ref()));
        if let Some(there) = &there {
            view.adopt(there);
        }
        if let Some(gap) = answers.gap {
            return Err(gap);
        }
        let designated = designated(view, account)?;
        let unasked = designated.iter().filter(|region| !answers.known.iter().any(|(asked, _)| asked == *region));
        narrowed.extend(unasked.map(|region| format!("{region}: nothing was asked there in account {account}")));
        narrowed.extend(answers.known.iter().filter_map(|(region, membership)| match membership {
            Some(membership) => narrows(region, membership),
            None => {
                let wanted = designated.contains(region);
                wanted.then(|| format!("{region}: no detector, or it is not the administrator there"))
            }
        }));
        narrowed.sort();
    }
    Ok(if !narrowed.is_empty() {
        by_itself(observed, narrowed)
    } else if seen_there.is_empty() {
        Verdict::pass(observed)
    } else {
        let there: Vec<&str> = seen_there.into_iter().collect();
        Verdict::pass(format!("{observed}; how its members come in is seen from {}", there.join(", ")))
    })
}

/// The scanned regions in which an account was made the administrator.
///
/// # Errors
/// A region does not know its administrators.
fn designated<'a>(view: &View<'a>, account: &str) -> Result<Vec<&'a str>, Gap> {
    let answers = regions::each(view, |region| {
        Ok(region.guardduty_organization()?.iter().flatten().any(|administrator| administrator == account))
    });
    match answers.gap {
        Some(gap) => Err(gap),
        None => Ok(answers.known.into_iter().filter_map(|(region, here)| here.then_some(region)).collect()),
    }
}

/// How members get GuardDuty in a region, where it is not all of them.
fn narrows(region: &str, membership: &GuardDutyMembership) -> Option<String> {
    let GuardDutyMembership { auto_enable, limit_reached } = membership;
    match (auto_enable.as_deref().unwrap_or("not told for whom"), limit_reached) {
        ("ALL", false) => None,
        (mode, false) => Some(format!("{region}: {mode}")),
        (mode, true) => Some(format!("{region}: {mode}, and no more members can be added")),
    }
}

/// The verdict where members do not all get GuardDuty by themselves.
fn by_itself(observed: String, narrowed: Vec<String>) -> Verdict {
    let observed = format!("{observed}; switched on for members by itself: {}", narrowed.join(", "));
    Verdict::manual(observed, "accounts can be left out by this: see that every account is a member")
}

/// Who runs GuardDuty for a member account in a region that has a detector.
enum Run {
    By(String),
    Here(Option<String>),
    NoOne(&'static str),
}

fn member(view: &View<'_>) -> Result<Verdict, Gap> {
    let accounts = Accounts::of(view);
    let answers = regions::each(view, |region| {
        let Some(administration) = region.guardduty_administrator()? else { return Ok(None) };
        Ok(Some(match (&administration.administrator, administration.relationship.as_deref()) {
            (Some(account), Some("Enabled")) => Run::By(account.clone()),
            (Some(_), _) => Run::NoOne("the relationship is not enabled"),
            (None, _) => match region.guardduty_auto_enable()? {
                Some(membership) => Run::Here(narrows(region.region_name(), membership)),
                None => Run::NoOne("no administrator"),
            },
        }))
    });
    let (mut by, mut alone, mut here, mut narrowed) = (BTreeSet::new(), Vec::new(), 0, Vec::new());
    for (region, run) in answers.known {
        match run {
            Some(Run::By(account)) => drop(by.insert(account)),
            Some(Run::Here(mode)) => {
                here += 1;
                narrowed.extend(mode);
            }
            Some(Run::NoOne(why)) => alone.push(format!("{region}: {why}")),
            None => {}
        }
    }
    let (mut told, mut unknown) = (Vec::new(), Vec::new());
    for account in by {
        match accounts.place(&account, format!("administrator {account}"))? {
            Place::Ours(named) => told.push(named),
            Place::Stranger(why) => alone.push(why),
            Place::Unknown(why) => unknown.push(why),
        }
    }
    if here > 0 {
        told.push("this account is the administrator".to_owned());
    }
    match answers.gap {
        _ if !alone.is_empty() => Ok(Verdict::fail(alone.join("; "))),
        Some(gap) => Err(gap),
        None if !unknown.is_empty() => {
            told.extend(unknown);
            Ok(Verdict::manual(told.join("; "), destination::CONFIRM))
        }
        None if told.is_empty() => Ok(Verdict::not_applicable(
            "no detector in any scanned region",
            "guardduty-enabled judges regions without one",
        )),
        None if !narrowed.is_empty() => Ok(by_itself(told.join("; "), narrowed)),
        None => Ok(Verdict::pass(told.join("; "))),
    }
}
