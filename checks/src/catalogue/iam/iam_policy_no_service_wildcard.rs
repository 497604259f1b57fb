//! # Policies avoid service-wide wildcard actions
//!
//! ## What it asks
//! Whether a statement grants all the actions of a service by wildcards.
//!
//! ## Why an auditor asks
//! `s3:*` includes deleting buckets and changing their policies, and whatever AWS adds later. Hardly any job needs all
//! of it.
//!
//! ## How it is decided
//! The population is every customer managed policy that is attached to a user, group or role, and every user, group and
//! role with an inline policy. A policy attached to nothing grants nothing; service-linked roles and AWS managed
//! policies are not the client's. An Allow statement whose wildcards, or whose `NotAction`, cover all actions of a
//! service → fail, on whatever resource and under whatever condition; `*` covers every service. A document that cannot
//! be read, or a statement that AWS would refuse or that is not known here, → not evaluated, unless another statement
//! fails for certain. Denials do not help: the grant should be written narrower.
//!
//! ## What else is accepted
//! An approved exception for a service that a platform role has to run as a whole.
//!
//! ## What it does not see
//! How much a narrower wildcard grants, such as `s3:Get*` or all actions but one, does not matter here. Which services
//! and actions there are is a table of this version: a service that came later is not in it. AWS managed policies are
//! outside, and who holds the policy is not weighed.
//!
//! ## Remediation
//! Console: IAM, Policies, the policy, Edit. CLI: `aws iam create-policy-version --policy-arn ARN --policy-document
//! file://policy.json --set-as-default`, `aws iam put-role-policy` for an inline one. Terraform: `aws_iam_policy`,
//! `aws_iam_role_policy`.
//!
//! ## Peers
//! Powerpipe `iam_all_policy_no_service_wild_card`; AWS Config `IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS`; Security
//! Hub IAM.21 (customer managed policies only, and not `*`).
//!
//! ## References
//! AWS IAM User Guide, "Policies and permissions in IAM"; "IAM JSON policy elements reference"; Service Authorization
//! Reference.

use kickoff_facts::{Need, View};

use kickoff_policy::actions::{ActionTable, Service};
use kickoff_policy::compile::Policy;

use crate::frame::wording::names;
use crate::parameters::Parameters;
use crate::reasoning::grants::{self, Hit};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-policy-no-service-wildcard",
    control: "CC6.3.11",
    title: "Policies avoid service-wide wildcard actions",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "no statement grants all the actions of a service by wildcards",
    fix: "name the actions that are needed",
};

/// The statements that cover all actions of a service, by wildcards.
fn whole_services(policy: &Policy) -> Vec<Hit> {
    let table = ActionTable::embedded();
    let mut hits = Vec::new();
    for statement in grants::allows(policy) {
        let listed = &statement.source.actions;
        if !listed.not && !listed.entries.iter().any(|pattern| pattern.contains(['*', '?'])) {
            continue;
        }
        let granted = grants::actions(statement, table);
        // All actions of a small service may have been named one by one: then no wildcard names any.
        let wild = |service: &Service| {
            let named = |id| statement.pattern_for(table.name(id)).is_some_and(|pattern| !pattern.contains(['*', '?']));
            listed.not || !service.actions().all(named)
        };
        let covers = |service: &&Service| service.actions().all(|id| granted.contains(id)) && wild(service);
        let services: Vec<&str> = table.services().iter().filter(covers).map(Service::prefix).collect();
        if !services.is_empty() {
            let (label, patterns) = (grants::label(statement), grants::patterns(statement));
            hits.push(Hit::new(true, format!("{label}: {patterns} allows all of {}", names(services))));
        }
    }
    hits
}

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    grants::judge(
        view,
        &grants::granting(view, view.authorization()?),
        "no statement covers a whole service",
        whole_services,
    )
}
