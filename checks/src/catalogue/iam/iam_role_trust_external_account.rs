//! # Roles trusting outside accounts need ExternalId or org condition
//!
//! ## What it asks
//! Whether each role that an account outside the organization may assume asks for an external id, or for membership of
//! an organization.
//!
//! ## Why an auditor asks
//! A vendor serves many customers from one account. Without an external id, another customer of the vendor can name
//! your role and have the vendor act in your account.
//!
//! ## How it is decided
//! The population is every role, except service-linked ones, whose trust policy lets a principal of another account
//! assume it. Accounts of the own organization are not outside: such a role passes without a condition. For an outside
//! account the same statement must ask for `sts:ExternalId`, `aws:PrincipalOrgID` or `aws:PrincipalOrgPaths` with a
//! positive operator without `IfExists` and with values that are more than wildcards → pass, else → fail. Where the
//! accounts of the organization are not known, a statement without such a condition is `not-evaluated`. A statement
//! that a Deny on one of these keys may take back is `manual`. A trust policy that cannot be read, or of which a part is
//! in doubt, → `not-evaluated`, unless another statement fails. Everybody (`*`) has `iam-role-trust-public`.
//!
//! ## What else is accepted
//! An account of a company of your own outside the organization, as an approved exception.
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

use crate::parameters::Parameters;
use crate::reasoning::trust::{self, Judged, OwnAccounts, Unconcerned};
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
    parameters: &[],
    expected: "an account outside the organization can assume the role only with an external id or from an organization that is named",
    fix: "ask for sts:ExternalId in the trust policy, or delete the role if the outside account needs it no more",
};

const KEYS: &[&str] = &["sts:externalid", "aws:principalorgid", "aws:principalorgpaths"];

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let own = OwnAccounts::read(view);
    const WITHOUT: Unconcerned = Unconcerned::LeftOut("trusts no other account");
    trust::judge(view, KEYS, WITHOUT, |_, statement| {
        let named = trust::principals(statement).filter_map(trust::account_of);
        let others: Vec<&str> = named.filter(|account| *account != view.account_id()).collect();
        if others.is_empty() {
            return None;
        }
        let place = trust::place(statement);
        let guarded = statement.conditions.iter().any(|condition| {
            let id = trust::has_key(condition, &["sts:externalid"])
                && trust::asks_for_value(condition)
                && condition.values.iter().all(|value| trust::says_something(value));
            id || trust::ties(condition, &["aws:principalorgid", "aws:principalorgpaths"])
        });
        if guarded {
            let text = format!("{place} trusts {}, {}", others.join(", "), trust::conditions(statement));
            return Some(Ok(Judged::Good(text)));
        }
        let (mut outside, mut gap) = (Vec::new(), None);
        for account in &others {
            match own.is_outside(account) {
                Ok(true) => outside.push(*account),
                Ok(false) => {}
                Err(error) => gap = gap.or(Some(error)),
            }
        }
        Some(match gap {
            Some(gap) if outside.is_empty() => Err(gap),
            _ if outside.is_empty() => {
                Ok(Judged::Good(format!("{place} trusts {} of the own organization", others.join(", "))))
            }
            _ => Ok(Judged::Bad(format!(
                "{place} trusts outside account {}, {}: ask for sts:ExternalId",
                outside.join(", "),
                trust::conditions(statement)
            ))),
        })
    })
}
