//! # Roles trusting outside accounts need ExternalId or org condition
//!
//! ## What it asks
//! Whether each role that an account outside the organization may assume asks for an external id, or for membership of
//! the own organization.
//!
//! ## Why an auditor asks
//! A vendor serves many customers from one account. Without an external id, another customer of the vendor can name
//! your role and have the vendor act in your account.
//!
//! ## How it is decided
//! The population is every role, except service-linked ones, whose trust policy lets a principal of another account
//! assume it: an account that it names, or whoever a condition of a statement for everybody names (accounts, another
//! organization). Accounts of the own organization and other accounts of the run are not outside: such a role passes without
//! a condition. For an outside account the same statement must keep out whoever in that account does not tell the
//! external id (`sts:ExternalId`), or is not in the own organization (`aws:PrincipalOrgID`,
//! `aws:PrincipalOrgPaths`) → pass, else → fail: a wildcard, `IfExists`, `ForAllValues` or a negated operator keeps nobody
//! out, and one whose value is the caller's own (`${aws:PrincipalAccount}`) → `manual`. Another organization needs the external id too, with or without an account of it: a vendor's accounts are in the
//! vendor's organization. The accounts of the organization are told by its
//! management account; where the run does not have that one, an account that is not in the run, without such a condition,
//! → `manual`; where they could not be read, or an organization is named and the own one could not be read, →
//! `not-evaluated`. A Deny for everybody is weighed; another
//! statement that a Deny on one of these keys may take back is `manual`. A principal that was deleted is named in the
//! result. A trust policy that cannot be read, or of which a part is
//! in doubt, → `not-evaluated`, unless another statement fails. Everybody (`*`) has `iam-role-trust-public`.
//!
//! ## What else is accepted
//! An account of a company of your own outside the organization, as an approved exception.
//!
//! ## What it does not see
//! Whether the external id is hard to guess, different for each customer of the vendor and known to nobody else, is
//! not seen. What the role may do, and whether it was used, is not asked here (`iam-vendor-trust-inventory`,
//! `iam-role-unused`). Access of other accounts by policies of buckets, keys and other resources is outside.
//!
//! ## Remediation
//! Console: IAM, Roles, the role, Trust relationships: add `sts:ExternalId` with the id that the vendor gave to you; or
//! delete the role. CLI: `aws iam update-assume-role-policy`. Terraform: `assume_role_policy` of `aws_iam_role`.
//!
//! ## Peers
//! Prowler `iam_role_cross_account_readonlyaccess_policy`; ScoutSuite `iam-assume-role-lacks-external-id-and-mfa`;
//! CloudSploit `crossAccountMfaExtIdAccess`. They count multi-factor authentication too; it does not help where the
//! other side is a program.
//!
//! ## References
//! AWS IAM User Guide, "Access to AWS accounts owned by third parties"; "The confused deputy problem".

use kickoff_facts::{Need, View};
use kickoff_policy::whom::deputies::Asked;
use kickoff_policy::whom::{Party, Reach, Who};

use crate::parameters::{Parameters, VENDOR_ACCOUNTS};
use crate::reasoning::trust::{self, Judged, Unconcerned};
use crate::reasoning::whom::{Answer, Known, Standing};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-role-trust-external-account",
    control: "CC6.3.16",
    title: "Roles trusting outside accounts need ExternalId or org condition",
    severity: Severity::High,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3", "CC6.6", "CC9.2"],
    needs: &[Need::Authorization, Need::Organization, Need::Members],
    parameters: &[&VENDOR_ACCOUNTS],
    expected: "an account outside the organization can assume the role only with an external id or from the own organization",
    fix: "ask for sts:ExternalId in the trust policy, or delete the role if the outside account needs it no more",
};

const KEYS: &[&str] = &["sts:externalid", "aws:principalorgid", "aws:principalorgpaths"];

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let known = Known::read(view, parameters);
    const WITHOUT: Unconcerned = Unconcerned::LeftOut("trusts no other account");
    trust::judge(view, KEYS, WITHOUT, |policy, statement| {
        let parties = known.parties(policy, statement, false);
        let gone: Vec<String> =
            parties.iter().filter(|party| matches!(party.who, Who::Gone(_))).map(ToString::to_string).collect();
        let others: Vec<(&Party, Answer)> = parties
            .iter()
            .filter(|party| matches!(party.who, Who::Principal(_)) && is_other(party, view.account_id()))
            .map(|party| (party, known.answer(party, statement, Asked::Trust)))
            .filter(|(party, answer)| {
                party.account != Reach::Any || answer.standing == Standing::Stranger || answer.gap.is_some()
            })
            .collect();
        let place = trust::place(&statement.source);
        let orphans = if gone.is_empty() {
            String::new()
        } else {
            format!("; it names {} too: nobody has it any more, take it out", gone.join(", "))
        };
        if others.is_empty() {
            let named = !gone.is_empty();
            return named.then(|| Ok(Judged::Good(format!("{place} trusts no other account{orphans}"))));
        }
        let conditions = trust::terms(policy, statement);
        let named = |of: &[&(&Party, Answer)]| {
            let mut all: Vec<String> = of.iter().map(|(party, _)| whose(party)).collect();
            all.sort();
            all.dedup();
            all.join(", ")
        };
        let open: Vec<&(&Party, Answer)> = others.iter().filter(|(party, _)| !party.asks.external_id).collect();
        let bad: Vec<_> = open
            .iter()
            .filter(|(_, answer)| {
                matches!(answer.standing, Standing::Stranger | Standing::Declared | Standing::Anybody)
            })
            .copied()
            .collect();
        let (doubted, bad): (Vec<_>, Vec<_>) = bad.into_iter().partition(|(party, _)| is_doubted(party));
        if !bad.is_empty() {
            let text = format!("{place} trusts outside {}, {conditions}: ask for sts:ExternalId", named(&bad));
            return Some(Ok(Judged::Bad(text + &orphans)));
        }
        if let Some(gap) = open.iter().find_map(|(_, answer)| answer.gap.clone()) {
            return Some(Err(gap));
        }
        let unknown: Vec<_> = open.iter().filter(|(_, answer)| answer.standing == Standing::Unknown).copied().collect();
        if let Some((_, answer)) = unknown.first() {
            let text = format!("{place} trusts {}, {conditions}: {}", named(&unknown), answer.words);
            return Some(Ok(Judged::Open(text + &orphans)));
        }
        if !doubted.is_empty() {
            let whom = named(&doubted);
            let text = format!("{place} trusts outside {whom}, {conditions}: whom that keeps out is not known here");
            return Some(Ok(Judged::Open(text + &orphans)));
        }
        let all: Vec<_> = others.iter().collect();
        let text = if open.is_empty() {
            format!("{place} trusts {}, {conditions}", named(&all))
        } else {
            format!("{place} trusts {} of the own organization", named(&all))
        };
        Some(Ok(Judged::Good(text + &orphans)))
    })
}

/// Whether a party is of another account than the own one.
fn is_other(party: &Party, own: &str) -> bool {
    match (&party.account, &party.organization) {
        (Reach::One(account), _) => account != own,
        (Reach::Any, Reach::One(_)) => true,
        (Reach::Any, Reach::Any) => false,
    }
}

/// Whether it is not known whom a condition that would guard keeps out.
fn is_doubted(party: &Party) -> bool {
    party.asks.unclear.iter().any(|key| KEYS.contains(&key.as_str()))
}

/// The account or organization.
fn whose(party: &Party) -> String {
    match (&party.account, &party.organization) {
        (Reach::One(account), _) => format!("account {account}"),
        (_, Reach::One(organization)) => format!("organization {organization}"),
        _ => party.to_string(),
    }
}
