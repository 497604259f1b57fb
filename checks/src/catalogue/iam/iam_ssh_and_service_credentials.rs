//! # CodeCommit SSH keys and service-specific credentials are in use and aged
//!
//! ## What it asks
//! Whether each active SSH key and each active service-specific credential of an IAM user (for CodeCommit, Keyspaces,
//! Bedrock) was made within `access_key_max_age_days`.
//!
//! ## Why an auditor asks
//! They are long-lived secrets like access keys, and the credential report leaves them out: nobody sees them in a review.
//!
//! ## How it is decided
//! Service-specific credentials are listed for all users at once. SSH keys are listed one user at a time, so only users
//! are asked whose policies, or those of their groups, may allow to pull from CodeCommit or to push to it, and users who
//! hold a service-specific credential for it: the SSH key of anybody else opens nothing. Of these users the first 25 are
//! asked, by name; the others are `not-evaluated`. What is inactive or expired is left out. The age is counted in whole
//! days; the limit itself passes. Without a date → fail: the age cannot be shown. IAM does not tell when they were last
//! used: ask the owner whether each is in use. Signing certificates stand in the credential report; `iam-user-population`
//! tells them.
//!
//! ## What else is accepted
//! Nothing: people can sign in to CodeCommit with the credential helper and a role.
//!
//! ## What it does not see
//! When a credential was last used, and what its owner may do with it, is not told by IAM. SSH keys on servers, tokens
//! of git hosts, API keys within services and access keys (which have their own checks) are outside.
//!
//! ## Remediation
//! Console: IAM, Users, the user, Security credentials. CLI: `aws iam delete-ssh-public-key --user-name NAME
//! --ssh-public-key-id ID`; `aws iam delete-service-specific-credential --user-name NAME
//! --service-specific-credential-id ID`. Terraform: `aws_iam_user_ssh_key`, `aws_iam_service_specific_credential`.
//!
//! ## Peers
//! CloudSploit `sshKeysRotated`.
//!
//! ## References
//! AWS IAM User Guide, "IAM credentials for CodeCommit: Git credentials, SSH keys, and AWS access keys"; "API keys for AWS
//! services"; API Reference, `ListSSHPublicKeys`, `ListServiceSpecificCredentials`.

use jiff::Timestamp;
use kickoff_facts::iam::SshKey;
use kickoff_facts::{Need, View};

use crate::frame::wording::{count, day};
use crate::parameters::{ACCESS_KEY_MAX_AGE, Parameters};
use crate::reasoning::tested::leave_out;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-ssh-and-service-credentials",
    control: "CC6.1.25",
    title: "CodeCommit SSH keys and service-specific credentials are in use and aged",
    severity: Severity::Low,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.2"],
    needs: &[Need::ServiceCredentials, Need::UserSshKeys, Need::Authorization],
    parameters: &[&ACCESS_KEY_MAX_AGE],
    expected: "an active SSH key or service-specific credential is at most {access_key_max_age_days} days old",
    fix: "delete the credential, or replace it and delete the old one",
};

/// Why a credential that nobody can use is left out.
const OFF: &str = "switched off";

/// Decides.
///
/// # Errors
/// The users, or their service-specific credentials, are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&ACCESS_KEY_MAX_AGE);
    let users = &view.authorization()?.users;
    let arn = |name: &str| {
        let user = users.iter().find(|user| user.name == name);
        user.map_or_else(|| format!("user/{name}"), |user| user.arn.clone())
    };
    let resource = |user: &str, id: &str| Resource::new("AWS::IAM::User", format!("{}/{id}", arn(user)));
    let one = |user: &str, id: &str, what: &str, made: Option<Timestamp>| {
        Finding::new(resource(user, id), judge(view, what, made, limit))
    };
    let mut findings: Vec<Finding> = Vec::new();
    for credential in view.service_credentials()? {
        let valid = credential.expires.is_none_or(|at| at > view.as_of());
        match (credential.active, valid) {
            (false, _) => leave_out(view, resource(&credential.user, &credential.id), OFF),
            (true, false) => leave_out(view, resource(&credential.user, &credential.id), "expired"),
            (true, true) => {
                findings.push(one(&credential.user, &credential.id, &credential.service, credential.created));
            }
        }
    }
    for user in view.user_ssh_keys()? {
        match user.keys.get() {
            Ok(keys) => {
                let (active, off): (Vec<&SshKey>, Vec<&SshKey>) = keys.iter().partition(|key| key.active);
                off.iter().for_each(|key| leave_out(view, resource(&user.user, &key.id), OFF));
                findings.extend(active.into_iter().map(|key| Finding {
                    evidence: user.keys.evidence().to_vec(),
                    ..one(&user.user, &key.id, "SSH key", key.uploaded)
                }));
            }
            Err(gap) => findings.push(Finding {
                resource: Resource::new("AWS::IAM::User", arn(&user.user)),
                outcome: Err(gap.clone()),
                evidence: user.keys.evidence().to_vec(),
            }),
        }
    }
    Ok(findings)
}

fn judge(view: &View<'_>, what: &str, made: Option<Timestamp>, limit: u64) -> Verdict {
    match made {
        Some(at) => {
            let age = view.days_since(at);
            Verdict::decide(age <= limit, format!("{what}, made {}, {} ago", day(at), count(age, "day")))
        }
        None => Verdict::fail(format!("{what}; it has no date, so its age cannot be shown")),
    }
}
