//! # Delegated administrators are known and approved
//!
//! ## What it asks
//! Whether each account that administers a service for the organization is in `approved_delegated_administrators`.
//!
//! ## Why an auditor asks
//! A delegated administrator acts on every member account for its service. A forgotten one is an administrator whom
//! nobody watches.
//!
//! ## How it is decided
//! In the management account: every account that `ListDelegatedAdministrators` names is declared → pass; one that is
//! not → fail. Its services are told. If the services of an account cannot be read, an account that is not declared
//! fails all the same; otherwise the check is `not-evaluated`. No delegated administrator → `not-applicable`. In a
//! member account, and without an organization: `not-applicable`.
//!
//! Services that keep administrators of their own beside this list, such as GuardDuty, are looked at by their own
//! checks.
//!
//! ## What else is accepted
//! Nothing: the list is yours to declare.
//!
//! ## Remediation
//! Console: in the management account, the settings of the service, Delegated administrator. CLI: `aws organizations
//! deregister-delegated-administrator --account-id ID --service-principal SERVICE`. Terraform:
//! `aws_organizations_delegated_administrator`.
//!
//! ## Peers
//! Prowler `organizations_delegated_administrators`; CIS AWS Foundations v7 2.1.5, 2.1.6.
//!
//! ## References
//! AWS Organizations User Guide, "Delegated administrator for AWS services that work with Organizations"; API
//! Reference, `ListDelegatedAdministrators`.

use kickoff_facts::{Need, View};

use crate::frame::wording::{count, names};
use crate::parameters::{APPROVED_DELEGATED_ADMINISTRATORS, Parameters};
use crate::reasoning::management;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "org-delegated-admins",
    control: "CC6.3.22",
    title: "Delegated administrators are known and approved",
    severity: Severity::Medium,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Organization, Need::DelegatedAdministrators],
    parameters: &[&APPROVED_DELEGATED_ADMINISTRATORS],
    expected: "every delegated administrator is approved ({approved_delegated_administrators})",
    fix: "deregister the delegated administrator, or approve it in kickoff.toml",
};

/// Decides.
///
/// # Errors
/// It is not known whether the account belongs to an organization.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    management::judge(view, |_, seen| {
        let family = view.delegated_administrators();
        let administrators = management::told(view, Need::DelegatedAdministrators, family)?;
        if administrators.is_empty() {
            let reason = "there is nobody to approve";
            return Ok(Verdict::not_applicable("no delegated administrator is registered", reason));
        }
        let (mut approved, mut unknown, mut gap) = (Vec::new(), Vec::new(), None);
        for administrator in administrators {
            let services = match seen.see(&administrator.services) {
                Ok(services) => names(services),
                Err(error) => {
                    gap = gap.or(Some(error));
                    "services not known".to_owned()
                }
            };
            let shown = format!("{} {} ({services})", administrator.id, administrator.name);
            let is_approved = parameters.matches(&APPROVED_DELEGATED_ADMINISTRATORS, &administrator.id);
            if is_approved { &mut approved } else { &mut unknown }.push(shown);
        }
        let total = count(administrators.len(), "delegated administrator");
        match gap {
            _ if !unknown.is_empty() => Ok(Verdict::fail(format!("{total}; not approved: {}", names(unknown)))),
            Some(gap) => Err(gap),
            None => Ok(Verdict::pass(format!("{total}, all approved: {}", names(approved)))),
        }
    })
}
