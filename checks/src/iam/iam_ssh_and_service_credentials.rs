//! # SSH keys and service-specific credentials are replaced within the limit
//!
//! ## What it asks
//! Whether each active SSH public key and service-specific credential of an IAM user was made within
//! `access_key_max_age_days`.
//!
//! ## Why an auditor asks
//! These credentials open CodeCommit, Keyspaces or Bedrock for as long as they exist. The credential report does not
//! list them, so they are missed when somebody leaves.
//!
//! ## How it is decided
//! The population is every active SSH public key and every active service-specific credential that has not expired. The
//! age is counted in whole days from `UploadDate` or `CreateDate`; more than the limit → fail, no date → fail. The
//! limit is that of access keys. AWS tells no last use of these credentials, so whether they are in use is not decided.
//! If one of the two lists cannot be read, the other is judged all the same.
//!
//! Users' X.509 signing certificates are not looked at: the facts hold no date for them.
//!
//! ## What else is accepted
//! Short-lived credentials: the Git helper of the CLI, roles, or short-term Bedrock keys.
//!
//! ## Remediation
//! Console: IAM, Users, the user, Security credentials. CLI: `aws iam update-ssh-public-key --status Inactive ...`,
//! `aws iam reset-service-specific-credential ...`, `aws iam delete-service-specific-credential ...`. Terraform:
//! replace `aws_iam_user_ssh_key` or `aws_iam_service_specific_credential`.
//!
//! ## Peers
//! CloudSploit `sshKeysRotated`.
//!
//! ## References
//! AWS IAM User Guide, "Service-specific credentials for IAM users"; "Use IAM with CodeCommit".

use jiff::Timestamp;
use kickoff_facts::{Need, View};

use crate::parameters::{ACCESS_KEY_MAX_AGE, Parameters};
use crate::wording::{count, day};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-ssh-and-service-credentials",
    title: "SSH keys and service-specific credentials are replaced within the limit",
    severity: Severity::Low,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.2"],
    needs: &[Need::ServiceCredentials, Need::SshKeys],
    parameters: &[&ACCESS_KEY_MAX_AGE],
    expected: "an active SSH key or service-specific credential is at most {access_key_max_age_days} days old",
    fix: "replace the credential, or delete it where nobody needs it",
};

/// Decides.
///
/// # Errors
/// None: a list that is not known is a finding of its own.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&ACCESS_KEY_MAX_AGE);
    let mut findings = Vec::new();
    for (kind, list) in [
        ("AWS::IAM::SSHPublicKey", view.ssh_keys()),
        ("AWS::IAM::ServiceSpecificCredential", view.service_credentials()),
    ] {
        let list = match list {
            Ok(list) => list,
            Err(gap) => {
                findings.push(Finding::judge(Resource::account(view), |_| Err(gap)));
                continue;
            }
        };
        let usable = |expires: Option<Timestamp>| expires.is_none_or(|at| at > view.as_of());
        for credential in list.iter().filter(|credential| credential.active && usable(credential.expires)) {
            let verdict = match credential.created {
                Some(at) => {
                    let age = view.days_since(at);
                    let observed = format!("{}, {} old, made {}", credential.kind, count(age, "day"), day(at));
                    Verdict::decide(age <= limit, observed)
                }
                None => Verdict::fail(format!("{}, and AWS gives no date for it", credential.kind)),
            };
            let id = format!("user/{}/{}", credential.user, credential.id);
            findings.push(Finding::new(Resource::new(kind, id), verdict));
        }
    }
    Ok(findings)
}
