//! # Service-principal trust carries a source account or ARN condition
//!
//! ## What it asks
//! Whether a role that an AWS service may assume says for whom: for which account, organization or resource.
//!
//! ## Why an auditor asks
//! The service works for every customer of AWS. Without such a condition it may be led to use your role in the
//! interest of another customer.
//!
//! ## How it is decided
//! The population is every role, except service-linked ones, whose trust policy lets a service assume it. The statement is
//! put to the service acting for an account, an organization and a resource that no policy names, and to one that tells
//! nothing of for whom it acts. Where none of them passes, because of a condition on `aws:SourceAccount`, `aws:SourceArn`,
//! `aws:SourceOrgID` or `aws:SourceOrgPaths` → pass; a wildcard in the account or organization, `IfExists` or
//! `ForAllValues` keeps nobody out. Where one passes: a service of which AWS documents that it sends these keys when it
//! assumes a role → fail; one that uses roles of the account that it works for alone (EC2, Lambda) is left out; any other service →
//! `manual`. A condition that names an account which is not yours, or one of which it is not known here whom it keeps out,
//! → `manual`; so does a resource whose ARN names no account (a bucket, an API) without `aws:SourceAccount`: whose it is,
//! the ARN does not tell. A Deny for everybody is weighed; another statement that a
//! Deny on one of these keys may take back is `manual`. A trust policy that cannot be read, or of which a part is in
//! doubt, → `not-evaluated`, unless another statement fails.
//!
//! ## What else is accepted
//! A service that does not send the keys, confirmed by you.
//!
//! ## What it does not see
//! What the service can be made to do with the role, and what the role may do, is not looked at. Which services send
//! these keys is a list of this version from AWS's documentation; the others are for a person. Policies of resources
//! that trust a service have checks of their own where logs are concerned, and are outside elsewhere.
//!
//! ## Remediation
//! Console: IAM, Roles, the role, Trust relationships: add `"StringEquals": {"aws:SourceAccount": "ACCOUNT"}`. CLI: `aws
//! iam update-assume-role-policy`. Terraform: `assume_role_policy` of `aws_iam_role`. Try it first where it does no
//! harm: a service that does not send the key can no longer use the role.
//!
//! ## Peers
//! Prowler `iam_role_cross_service_confused_deputy_prevention`, which fails every service.
//!
//! ## References
//! AWS IAM User Guide, "The confused deputy problem"; the pages on cross-service confused deputy prevention of each
//! service.

use kickoff_facts::{Need, View};
use kickoff_policy::whom::deputies::{self, Asked, Sends};
use kickoff_policy::whom::{Party, Who};

use crate::parameters::{Parameters, VENDOR_ACCOUNTS};
use crate::reasoning::trust::{self, Judged, SOURCE_KEYS, Unconcerned};
use crate::reasoning::whom::{Known, Standing};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-role-confused-deputy",
    control: "CC6.3.15",
    title: "Service-principal trust carries a source account or ARN condition",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Authorization, Need::Organization, Need::Members],
    parameters: &[&VENDOR_ACCOUNTS],
    expected: "a service can assume the role only for an account, an organization or a resource that is named",
    fix: "add a condition on aws:SourceAccount or aws:SourceArn to the trust policy",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    const WITHOUT: Unconcerned = Unconcerned::LeftOut("trusts no service that could ask for somebody else");
    let known = Known::read(view, parameters);
    trust::judge(view, SOURCE_KEYS, WITHOUT, |policy, statement| {
        let parties = known.parties(policy, statement, false);
        let asked: Vec<(&str, &Party)> = parties
            .iter()
            .filter_map(|party| match &party.who {
                Who::Service(name) if name != "*" => Some((name.as_str(), party)),
                _ => None,
            })
            .filter(|(name, _)| deputies::sends(name, Asked::Trust) != Sends::OwnAccount)
            .collect();
        let services = |all: &mut dyn Iterator<Item = &str>| {
            let mut names: Vec<&str> = all.collect();
            names.sort_unstable();
            names.dedup();
            names.join(", ")
        };
        if asked.is_empty() {
            return None;
        }
        let (place, conditions) = (trust::place(&statement.source), trust::terms(policy, statement));
        let answers: Vec<_> =
            asked.iter().map(|(name, party)| (*name, *party, known.answer(party, statement, Asked::Trust))).collect();
        let of = |standing| answers.iter().filter(move |(.., answer)| answer.standing == standing);
        let sends: Vec<&str> = of(Standing::Anybody).map(|(name, ..)| *name).collect();
        // Services of which it is not known whether they tell for whom they act.
        let open: Vec<&str> =
            of(Standing::Unknown).filter(|(_, party, _)| party.is_whoever()).map(|(name, ..)| *name).collect();
        let others: Vec<&str> = of(Standing::Stranger)
            .chain(of(Standing::Unknown).filter(|(_, party, _)| !party.is_whoever()))
            .map(|(.., answer)| answer.words.as_str())
            .collect();
        let gap = answers.iter().find_map(|(.., answer)| answer.gap.clone());
        if sends.is_empty()
            && open.is_empty()
            && let Some(gap) = gap
        {
            return Some(Err(gap));
        }
        Some(Ok(if !sends.is_empty() {
            Judged::Bad(format!(
                "{place} trusts {}, {conditions}: ask for aws:SourceAccount",
                services(&mut sends.into_iter())
            ))
        } else if !open.is_empty() {
            Judged::Open(format!(
                "{place} trusts {}, {conditions}; whether the service sends aws:SourceAccount or aws:SourceArn is not known here",
                services(&mut open.into_iter())
            ))
        } else if !others.is_empty() {
            Judged::Open(format!(
                "{place} trusts {}, {conditions}: {}",
                services(&mut asked.iter().map(|(name, _)| *name)),
                others.join("; ")
            ))
        } else {
            Judged::Good(format!("{place} trusts {}, {conditions}", services(&mut asked.iter().map(|(name, _)| *name))))
        }))
    })
}
