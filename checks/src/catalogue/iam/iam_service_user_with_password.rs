//! # Service accounts have no console password
//!
//! ## What it asks
//! Whether an IAM user that is a service, by your declaration in `service_users`, has a console password.
//!
//! ## Why an auditor asks
//! A password of a service is shared by the people who know it, rarely has MFA, and outlives all of them.
//!
//! ## How it is decided
//! The population is every IAM user whose name matches `service_users`. A console password → fail, none → pass. AWS
//! does not know which users are services. As long as none is declared and some user has a console password, the check
//! is `manual` and lists those users; without any console password there is nothing to test. A declaration that matches
//! no user gives no population.
//!
//! ## What else is accepted
//! Nothing: a program does not sign in to the console.
//!
//! ## What it does not see
//! Which users are services is your declaration: one that is not named is not tested once others are. Access keys of
//! people, roles that services use, and accounts within databases and applications are not looked at. The credential
//! report may be some hours old.
//!
//! ## Remediation
//! Console: IAM, Users, the user, Security credentials, Manage console access, Disable. CLI: `aws iam
//! delete-login-profile --user-name NAME`. Terraform: remove `aws_iam_user_login_profile`.
//!
//! ## Peers
//! ScoutSuite `iam-service-user-with-password`.
//!
//! ## References
//! AWS IAM User Guide, "Security best practices in IAM"; "Manage passwords for IAM users".

use kickoff_facts::{Need, Reported, View};

use crate::frame::wording::{count, names};
use crate::parameters::{Parameters, SERVICE_USERS};
use crate::reasoning::credentials::{console_users, has_password, lacking};
use crate::reasoning::tested::leave_out;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-service-user-with-password",
    control: "CC6.1.24",
    title: "Service accounts have no console password",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1"],
    needs: &[Need::CredentialReport],
    parameters: &[&SERVICE_USERS],
    expected: "no service user ({service_users}) has a console password",
    fix: "remove the console password of the service user",
};

/// Decides.
///
/// # Errors
/// The credential report is not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let report = view.credential_report()?;
    if parameters.list(&SERVICE_USERS).is_empty() {
        let users = console_users(view, report, |_| true)?;
        if users.is_empty() {
            return Ok(Vec::new());
        }
        let who = names(users.iter().map(|row| &row.user));
        let verdict = Verdict::manual(
            format!("no service users are declared; {} with a console password: {who}", count(users.len(), "user")),
            "declare in service_users which IAM users are services, and confirm that none of these is one",
        );
        return Ok(vec![Finding::new(Resource::account(view), verdict)]);
    }
    let judged = report.users().filter_map(|reported| {
        let (name, arn) = match reported {
            Reported::Row(row) => (&row.user, &row.arn),
            Reported::Nothing(one) => (&one.user, &one.arn),
        };
        let resource = Resource::new("AWS::IAM::User", arn);
        if !parameters.matches(&SERVICE_USERS, name) {
            leave_out(view, resource, "not among service_users");
            return None;
        }
        Some(Finding::judge(resource, |_| {
            let password = match reported {
                Reported::Row(row) => has_password(view, row)?,
                Reported::Nothing(one) => return Err(lacking(view, &one.why)),
            };
            let observed = if password { "a service with a console password" } else { "no console password" };
            Ok(Verdict::decide(!password, observed))
        }))
    });
    Ok(judged.collect())
}
