//! # No user is marked by AWS as having a leaked key
//!
//! ## What it asks
//! Whether AWS has attached the policy to an IAM user by which it marks an access key that leaked.
//!
//! ## Why an auditor asks
//! AWS attaches it when it finds a key in public, in a repository for instance: somebody else may hold the key. That is an
//! incident, with or without damage, and it has to be worked as one.
//!
//! ## How it is decided
//! The population is every IAM user. `AWSCompromisedKeyQuarantine` in any of its versions, attached as AWS's own policy, or
//! `AWSExposedCredentialPolicy_DO_NOT_REMOVE`, attached or inline, marks a user. A marked user with an active access key, or
//! of whose keys the credential report says nothing certain → fail. A marked user without an active key → `manual`: the
//! key is gone, and a person confirms that the incident was worked before the policy goes. The quarantine takes some
//! rights away and leaves the others: the key still works.
//!
//! ## What else is accepted
//! Nothing: the policy goes when AWS's support case says so.
//!
//! ## What it does not see
//! AWS marks keys that it finds in public: one that leaked elsewhere, or that AWS did not find, is marked nowhere.
//! What the key did is in CloudTrail and not read here, and marks that somebody took off within the period are seen in
//! `iam-access-change-population` only. Keys of root, and service-specific credentials, are not marked in this way.
//!
//! ## Remediation
//! Do not remove the policy: AWS says so. Console: IAM, Users, the user, Security credentials: deactivate the key, then
//! follow the support case; look for what the key did in CloudTrail; replace the key by a role. CLI: `aws iam
//! update-access-key --status Inactive ...`, `aws cloudtrail lookup-events --lookup-attributes
//! AttributeKey=AccessKeyId,AttributeValue=KEY`. Terraform: none; take the `aws_iam_access_key` out.
//!
//! ## Peers
//! Trend Micro Conformity "Check for IAM Users with Compromised Credentials"; Datadog
//! `aws-iam-user-compromised`.
//!
//! ## References
//! AWS Managed Policy Reference, "AWSCompromisedKeyQuarantine", "V2", "V3", "V4"; AWS re:Post, "What do I do if I notice
//! unauthorized activity in my AWS account?".

use kickoff_facts::iam::{Credential, CredentialReport};
use kickoff_facts::{Need, Reported, View};

use crate::parameters::Parameters;
use crate::reasoning::credentials::certain;
use crate::reasoning::leaked_keys::marks;
use crate::reasoning::tested::user as resource;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-user-key-exposed",
    control: "CC7.4.02",
    title: "No user is marked by AWS as having a leaked key",
    severity: Severity::Critical,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC7.4", "CC6.1"],
    needs: &[Need::Authorization, Need::CredentialReport],
    parameters: &[],
    expected: "AWS has attached no policy to the user that marks a leaked key",
    fix: "leave the policy, deactivate the key, follow AWS's support case, and find out what the key did",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let judged = view.authorization()?.users.iter().map(|user| {
        Finding::judge(resource(user), |_| {
            let found: Vec<_> = marks(user).collect();
            let Some((_, mark)) = found.first() else {
                return Ok(Verdict::pass("no policy by which AWS marks a leaked key"));
            };
            let names: Vec<&str> = found.iter().map(|(name, _)| *name).collect();
            let told = format!("AWS marked a key of the user as leaked by {}: {}", names.join(", "), mark.says);
            let active = view.credential_report().ok().and_then(|report| active(view, report, &user.name));
            Ok(match active {
                Some(0) => Verdict::manual(
                    format!("{told}; the user has no active key now"),
                    "confirm that the incident was worked and the support case says that the policy can go",
                ),
                Some(1) => Verdict::fail(format!("{told}; a key is active")),
                Some(_) => Verdict::fail(format!("{told}; two keys are active")),
                None => Verdict::fail(format!("{told}; whether a key is active is not known")),
            })
        })
    });
    Ok(judged.collect())
}

/// How many keys of a user are active; none where the report does not say it for certain.
fn active(view: &View<'_>, report: &CredentialReport, name: &str) -> Option<usize> {
    report.users().find_map(|reported| match reported {
        Reported::Row(row) if row.user == name => {
            certain(view, row, Credential::Keys).ok().map(|()| row.keys.iter().filter(|key| key.active).count())
        }
        _ => None,
    })
}
