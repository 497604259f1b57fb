//! # IAM users with administrator rights have MFA
//!
//! ## What it asks
//! Whether each IAM user who is an administrator, by whichever policies, has an active MFA device.
//!
//! ## Why an auditor asks
//! An administrator's password alone must not open the account.
//!
//! ## How it is decided
//! The population is every IAM user whose identity policies and groups, under its boundary, allow every action on every
//! resource (save those on the organization, the account and the bill), and everyone for whom that depends on a condition.
//! `mfa_active` of the credential report must be true. A user without MFA who has neither a console password nor an active
//! access key cannot sign in and is left out, with the number. Where the Allow itself asks for MFA (`Bool` on
//! `aws:MultiFactorAuthPresent`), the user has no such rights without a device → pass. Where the rights depend on other
//! conditions too, a person has to judge whether one of them is a way without MFA. A Deny without MFA is not enough: most
//! leave the user to enrol a device, with nothing but the password.
//!
//! ## What else is accepted
//! Nothing: MFA at an identity provider does not protect an IAM user's password.
//!
//! ## What it does not see
//! Users who can become an administrator by another step are not in the population: `iam-privilege-escalation-path`
//! has them. MFA at the console does not bind the user's access keys, unless a policy asks for it. The kind of device,
//! and whether its owner still has it, is not looked at; the credential report may be some hours old.
//!
//! ## Remediation
//! Console: IAM, Users, the user, Security credentials, Assign MFA device. CLI: `aws iam enable-mfa-device`. Better: sign in
//! through IAM Identity Center and delete the user.
//!
//! ## Peers
//! Prowler `iam_administrator_access_with_mfa`; Powerpipe `iam_user_with_administrator_access_mfa_enabled`. They know an
//! administrator by the name of one policy.
//!
//! ## References
//! AWS IAM User Guide, "Multi-factor authentication in IAM"; "Getting credential reports for your AWS account".

use std::collections::HashMap;

use kickoff_facts::iam::CredentialRow;
use kickoff_facts::{Gap, Need, View};

use crate::parameters::Parameters;
use crate::reasoning::credentials::{has_active_key, has_mfa, has_password, lacking};
use crate::reasoning::estate;
use crate::reasoning::tested::{leave_out, user as resource};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-admin-user-mfa",
    control: "CC6.1.08",
    title: "IAM users with administrator rights have MFA",
    severity: Severity::High,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.3"],
    needs: &[Need::Authorization, Need::CredentialReport],
    parameters: &[],
    expected: "an administrator who is an IAM user has an active MFA device",
    fix: "assign an MFA device to the user, or take the rights away",
};

/// Decides.
///
/// # Errors
/// The authorization details or the credential report are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let authorization = view.authorization()?;
    let report = view.credential_report()?;
    let reached = estate::reached(view)?;
    let access = &reached.0;
    let conditional: HashMap<&str, &[String]> =
        access.conditional_administrators.iter().map(|one| (one.principal.as_str(), one.residual.as_slice())).collect();
    let mut findings = Vec::new();
    for user in &authorization.users {
        let residual = conditional.get(user.arn.as_str());
        if residual.is_none() && !access.administrators.contains(&user.arn) {
            leave_out(view, resource(user), "no administrator");
            continue;
        }
        let when = residual.map(|residual| format!(" when {}", residual.join(" and "))).unwrap_or_default();
        let (asks_mfa, others): (Vec<&String>, Vec<&String>) =
            residual.into_iter().copied().flatten().partition(|one| asks_for_mfa(one));
        let row = report.rows().iter().find(|row| row.arn == user.arn);
        let without =
            |row: &&CredentialRow| matches!((has_mfa(view, row), signs_in(view, row)), (Ok(false), Ok(false)));
        if row.as_ref().is_some_and(without) {
            leave_out(view, resource(user), "with neither a console password nor an active access key");
            continue;
        }
        findings.push(Finding::judge(resource(user), |_| {
            // The report may be some hours older than the details.
            let row = row.ok_or_else(|| lacking(view, &report.lacks(user.created)))?;
            Ok(match has_mfa(view, row)? {
                true => Verdict::pass(format!("an administrator{when}, MFA is active")),
                false if asks_mfa.is_empty() => {
                    signs_in(view, row)?;
                    Verdict::fail(format!("an administrator{when}, no MFA"))
                }
                false if others.is_empty() => {
                    Verdict::pass(format!("an administrator{when}: without an MFA device it has no such rights"))
                }
                // The conditions may be of one statement or of several, each a way of its own.
                false => Verdict::manual(
                    format!("an administrator{when}, no MFA"),
                    "judge whether each of the statements with these conditions asks for MFA",
                ),
            })
        }));
    }
    Ok(findings)
}

/// Whether a user has something to sign in or to call with: a console password or an active access key.
fn signs_in(view: &View<'_>, row: &CredentialRow) -> Result<bool, Gap> {
    match (has_password(view, row), has_active_key(view, row)) {
        (Ok(true), _) | (_, Ok(true)) => Ok(true),
        (Err(gap), _) | (_, Err(gap)) => Err(gap),
        (Ok(false), Ok(false)) => Ok(false),
    }
}

/// Whether a condition holds only for requests with MFA; one with `IfExists` holds for access keys too.
fn asks_for_mfa(condition: &str) -> bool {
    let lower = condition.to_ascii_lowercase();
    lower.starts_with("bool ") && lower.contains("aws:multifactorauthpresent") && lower.contains("true")
}
