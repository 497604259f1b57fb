//! # No role trusts every AWS principal
//!
//! ## What it asks
//! Whether a role's trust policy lets anyone with an AWS account assume it, or anyone with a token that every customer of
//! an identity provider can get.
//!
//! ## Why an auditor asks
//! Such a role is an open door: whoever learns its name has its rights.
//!
//! ## How it is decided
//! The population is every role except service-linked ones, which AWS owns. Each Allow of a way to assume the role that
//! means everybody (`*`, or `NotPrincipal`) is put to callers that anybody could be: of an account, an organization and a
//! network that no policy names, with and without each key that a condition asks about. Whoever may pass → fail; an
//! external id does not help, as it is no secret and does not tell who asks. So negated operators, `IfExists`,
//! `ForAllValues` and wildcards in the account or the organization hold nobody back. Only accounts of the own organization
//! may pass, or accounts that the condition names by their number → pass; accounts of another organization
//! (`aws:PrincipalOrgID`, `aws:PrincipalOrgPaths`) → fail. Only callers from a network that is named (`aws:SourceIp`,
//! `aws:SourceVpc`, `aws:SourceVpce`), or under a condition of which it is not known here whom it keeps out → `manual`;
//! an organization that cannot be told from the own one, because that could not be read, → `not-evaluated`. A Deny of the same
//! policy that means everybody is weighed alike; another Deny that may take the grant back → `manual`.
//!
//! Web identity without a provider of the account (`cognito-identity.amazonaws.com`, `accounts.google.com`,
//! `graph.facebook.com`, `www.amazon.com`) means every customer's application: without a condition on your own identity
//! pool or application (`aud`, `app_id`) → fail. A principal that was deleted is named in the result: nobody has its id any
//! more. A trust policy that cannot be read, or of which a part is in doubt, → `not-evaluated`, unless another statement
//! fails.
//!
//! ## What else is accepted
//! Everybody under a condition on the own organization.
//!
//! ## What it does not see
//! What the role may do is not weighed: a harmless one fails too. Resource control policies and service control
//! policies, which may close what the trust policy opens, are not read. Policies of other resources than roles are
//! outside.
//!
//! ## Remediation
//! Console: IAM, Roles, the role, Trust relationships, Edit trust policy: name the principals. CLI: `aws iam
//! update-assume-role-policy`. Terraform: `assume_role_policy` of `aws_iam_role`.
//!
//! ## Peers
//! ScoutSuite `iam-assume-role-policy-allows-all`.
//!
//! ## References
//! AWS IAM User Guide, "AWS JSON policy elements: Principal"; "AWS global condition context keys"; "Available keys for AWS
//! OIDC federation"; Cognito Developer Guide, "Role trust and permissions".

use kickoff_facts::{Need, View};
use kickoff_policy::whom::deputies::Asked;
use kickoff_policy::whom::{Party, Reach, Who};

use crate::parameters::{Parameters, VENDOR_ACCOUNTS};
use crate::reasoning::trust::{self, CALLER_KEYS, Judged, NETWORK_KEYS, Unconcerned};
use crate::reasoning::whom::{Answer, Known, Standing};
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
    needs: &[Need::Authorization, Need::Organization, Need::Members],
    parameters: &[&VENDOR_ACCOUNTS],
    expected: "the trust policy names its principals, or ties everybody to an organization or to accounts",
    fix: "name the principals in the trust policy, or add a condition on aws:PrincipalOrgID",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let keys: Vec<&str> = CALLER_KEYS.iter().chain(NETWORK_KEYS).copied().collect();
    let known = Known::read(view, parameters);
    trust::judge(view, &keys, Unconcerned::Passes("no statement trusts everybody"), |policy, statement| {
        let source = &statement.source;
        let everybody = trust::means_everybody(source);
        let parties = known.parties(policy, statement, false);
        let gone: Vec<String> =
            parties.iter().filter(|party| matches!(party.who, Who::Gone(_))).map(ToString::to_string).collect();
        let judged: Vec<(&Party, Answer)> = parties
            .iter()
            .filter(|party| match &party.who {
                Who::Web(host) => !trust::has_provider(source, host),
                Who::Gone(_) => false,
                _ => everybody,
            })
            .map(|party| (party, known.answer(party, statement, Asked::Trust)))
            .collect();
        let place = trust::place(source);
        if judged.is_empty() {
            let named = !gone.is_empty();
            return named.then(|| {
                Ok(Judged::Good(format!("{place} names {}: nobody has it any more, take it out", gone.join(", "))))
            });
        }
        let not = source.principals.as_ref().is_some_and(|listed| listed.not);
        let who = match (everybody, not) {
            (true, true) => "everybody but the principals of NotPrincipal".to_owned(),
            (true, false) => "every AWS principal (*)".to_owned(),
            (false, _) => judged.iter().map(|(party, _)| party.to_string()).collect::<Vec<_>>().join(", "),
        };
        let text = format!("{place} trusts {who}, {}", trust::terms(policy, statement));
        // One account that is named is judged with those of the Principal element.
        let open = |(party, answer): &&(&Party, Answer)| match answer.standing {
            Standing::Anybody => true,
            Standing::Stranger => party.account == Reach::Any,
            _ => false,
        };
        let said = |answers: Vec<&(&Party, Answer)>| {
            answers.into_iter().map(|(_, answer)| answer.words.clone()).collect::<Vec<_>>().join("; ")
        };
        let bad: Vec<_> = judged.iter().filter(open).collect();
        let unknown: Vec<_> = judged
            .iter()
            .filter(|(party, answer)| answer.standing == Standing::Unknown && party.account == Reach::Any)
            .collect();
        if bad.is_empty()
            && let Some(gap) = unknown.iter().find_map(|(_, answer)| answer.gap.clone())
        {
            return Some(Err(gap));
        }
        Some(Ok(if !bad.is_empty() {
            Judged::Bad(format!("{text}: lets in {}; name the principals, or ask for aws:PrincipalOrgID", said(bad)))
        } else if !unknown.is_empty() {
            Judged::Open(format!("{text}: {}", said(unknown)))
        } else {
            Judged::Good(text)
        }))
    })
}
