//! # No role trusts every AWS principal
//!
//! ## What it asks
//! Whether a role's trust policy lets anyone with an AWS account assume it.
//!
//! ## Why an auditor asks
//! Such a role is an open door: whoever learns its name has its rights.
//!
//! ## How it is decided
//! The population is every role except service-linked ones, which AWS owns. An Allow of a way to assume the role that
//! means everybody (`*`, or `NotPrincipal`) must have a condition that ties the caller to an organization or to
//! accounts: `aws:PrincipalOrgID`, `aws:PrincipalOrgPaths`, `aws:PrincipalAccount` or `aws:PrincipalArn`, with a
//! positive operator without `IfExists`, and values in which the organization or the account is no wildcard → pass.
//! Otherwise → fail. An external id is no secret and does not tell who asks: alone → fail. A network condition
//! (`aws:SourceIp`, `aws:SourceVpc`, `aws:SourceVpce`) → `manual`, and so is a statement that a Deny on one of these
//! keys may take back. A trust policy that cannot be read, or of which a part is in doubt, → `not-evaluated`, unless
//! another statement fails.
//!
//! ## What else is accepted
//! Everybody under a condition on the own organization.
//!
//! ## Remediation
//! Console: IAM, Roles, the role, Trust relationships, Edit trust policy: name the principals. CLI: `aws iam
//! update-assume-role-policy`. Terraform: `assume_role_policy` of `aws_iam_role`.
//!
//! ## Peers
//! ScoutSuite `iam-assume-role-policy-allows-all`.
//!
//! ## References
//! AWS IAM User Guide, "AWS JSON policy elements: Principal"; "AWS global condition context keys".

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::trust::{self, CALLER_KEYS, Judged, Unconcerned};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-role-trust-public",
    control: "CC6.1.16",
    title: "No role trusts every AWS principal",
    severity: Severity::Critical,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.6"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "the trust policy names its principals, or ties everybody to an organization or to accounts",
    fix: "name the principals in the trust policy, or add a condition on aws:PrincipalOrgID",
};

/// Where a request comes from: that may be as good as knowing the caller.
const NETWORK_KEYS: &[&str] = &["aws:sourceip", "aws:sourcevpc", "aws:sourcevpce"];

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let keys: Vec<&str> = CALLER_KEYS.iter().chain(NETWORK_KEYS).copied().collect();
    trust::judge(view, &keys, Unconcerned::Passes("no statement trusts everybody"), |_, statement| {
        if !trust::means_everybody(statement) {
            return None;
        }
        let not = statement.principals.as_ref().is_some_and(|listed| listed.not);
        let who = if not { "everybody but the principals of NotPrincipal" } else { "every AWS principal (*)" };
        let text = format!("{} trusts {who}, {}", trust::place(statement), trust::conditions(statement));
        let network = |c: &kickoff_policy::condition::Condition| {
            let operator = c.operator_text.to_ascii_lowercase();
            let positive = operator == "ipaddress" || trust::asks_for_value(c);
            let whole = |value: &String| !trust::says_something(value) || value.ends_with("/0");
            trust::has_key(c, NETWORK_KEYS) && positive && !c.values.iter().any(whole)
        };
        Some(Ok(if statement.conditions.iter().any(|c| trust::ties(c, CALLER_KEYS)) {
            Judged::Good(text)
        } else if statement.conditions.iter().any(network) {
            Judged::Open(text)
        } else {
            Judged::Bad(format!("{text}: name the principals, or ask for aws:PrincipalOrgID"))
        }))
    })
}
