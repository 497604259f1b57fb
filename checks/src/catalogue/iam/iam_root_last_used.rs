//! # Root user not used recently for routine work
//!
//! ## What it asks
//! Whether the root user was left alone for `root_idle_days`: neither its password nor one of its access keys was used.
//!
//! ## Why an auditor asks
//! Root is for the few tasks that only root can do. Routine use cannot be traced to a person and escapes every limit.
//!
//! ## How it is decided
//! The newest of `password_last_used`, `access_key_1_last_used_date` and `access_key_2_last_used_date` of root's row in
//! the credential report. It must be at least `root_idle_days` whole days ago; set that to your review period. Without
//! any use → pass. A report without a row for root → `not-evaluated`. The report holds two of root's keys: where it says
//! that there are more (`additional_credentials_info`), what does not fail by the two is `not-evaluated`.
//!
//! A use is not an offence by itself: a failure asks for the reason, the approval and the events. The report knows the
//! last use only, and may be up to four hours old.
//!
//! ## What else is accepted
//! A ticket for each use of root, as an approved exception.
//!
//! ## What it does not see
//! One use of many is seen: the last. What was done is told by `iam-root-activity-in-period`. Short root sessions that
//! central management opens in a member (`sts:AssumeRoot`) are no use of the password or of a key and are not in the
//! report.
//!
//! ## Remediation
//! Use IAM Identity Center or roles for routine work and keep root for the tasks that need it. Console: CloudTrail,
//! Event history, user name `root`, to see what was done. CLI: `aws cloudtrail lookup-events --lookup-attributes
//! AttributeKey=Username,AttributeValue=root`. Terraform: an alarm on root use (`aws_cloudwatch_log_metric_filter`)
//! makes the next one known.
//!
//! ## Peers
//! Prowler `iam_avoid_root_usage`; Powerpipe `iam_root_last_used`; CIS AWS Foundations v5 1.6.
//!
//! ## Where peers differ
//! - Prowler `iam_avoid_root_usage`: takes the password's last use and looks at the keys only where there is none, at
//!   the second only where the first was never used. It passes a root user whose key was used today and whose password
//!   was used last year, and its limit is one day. The credential report has three dates, and each is a use of root:
//!   here the newest decides, against your review period.
//!
//! ## References
//! AWS IAM User Guide, "Tasks that require root user credentials"; "Getting credential reports for your AWS account".

use kickoff_facts::{Need, View};

use crate::frame::wording::{count, day};
use crate::parameters::{Parameters, ROOT_IDLE};
use crate::reasoning::credentials::{complete, root_row};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-root-last-used",
    control: "CC6.1.20",
    title: "Root user not used recently for routine work",
    severity: Severity::High,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.3", "CC7.2"],
    needs: &[Need::CredentialReport],
    parameters: &[&ROOT_IDLE],
    expected: "root was not used for {root_idle_days} days",
    fix: "find out why root was used, record it, and move the task to a role",
};

/// Decides.
///
/// # Errors
/// The credential report is not known, or has no row for root.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let root = root_row(view, view.credential_report()?)?;
    let limit = parameters.number(&ROOT_IDLE);
    let [first, second] = &root.keys;
    let uses =
        [(root.password_last_used, "password"), (first.last_used, "access key 1"), (second.last_used, "access key 2")];
    let newest = uses.iter().filter_map(|(at, what)| at.map(|at| (at, *what))).max();
    Ok(vec![Finding::judge(Resource::root(view), |_| {
        let Some((at, what)) = newest else {
            complete(view, root)?;
            return Ok(Verdict::pass("no use of the password or of an access key is known"));
        };
        let idle = view.days_since(at);
        if idle >= limit {
            complete(view, root)?;
        }
        Ok(Verdict::decide(idle >= limit, format!("last used {}, {} ago ({what})", day(at), count(idle, "day"))))
    })])
}
