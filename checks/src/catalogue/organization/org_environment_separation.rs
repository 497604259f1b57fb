//! # Production and non-production sit in separate accounts or OUs
//!
//! ## What it asks
//! How the organization's accounts lie in its units, so that it can be seen whether production stands apart.
//!
//! ## Why an auditor asks
//! An account is the firmest boundary that AWS has. Where development and production share one, whoever may change the
//! first can reach the second.
//!
//! ## How it is decided
//! In the management account: every unit with its path and the accounts directly in it, with id, name and state where it
//! is not `ACTIVE`, as far as a cell of a sheet holds them; the evidence holds all. The number of accounts in the tree is
//! told beside the number that `ListAccounts` gives. Names are no proof: a person says which units and accounts are
//! production, and whether anything else is in them: `manual`. In a member account, and without an organization:
//! `not-applicable`.
//!
//! ## What else is accepted
//! Within one account, separate VPCs with roles that cannot cross, shown by the policies.
//!
//! ## What it does not see
//! What runs in an account is not looked at, nor tags on it. Roles, peerings, shared subnets and pipelines that join
//! two environments are not part of the list: `iam-role-trust-external-account` names accounts of the own organization
//! as trusted.
//!
//! ## Remediation
//! Console: AWS Organizations, AWS accounts, Create organizational unit, Move. CLI: `aws organizations move-account
//! --account-id ID --source-parent-id R --destination-parent-id OU`. Terraform: `aws_organizations_organizational_unit`,
//! `aws_organizations_account`.
//!
//! ## Peers
//! CIS AWS Foundations v7 2.1.4. No scanner prints it.
//!
//! ## References
//! AWS whitepaper, "Organizing Your AWS Environment Using Multiple Accounts"; AWS Organizations API Reference,
//! `ListOrganizationalUnitsForParent`, `ListAccountsForParent`.

use std::collections::BTreeMap;

use kickoff_facts::organization::{MemberAccount, TreeNode};
use kickoff_facts::{Need, View};

use crate::frame::wording::{count, entries};
use crate::parameters::Parameters;
use crate::reasoning::management;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "org-environment-separation",
    control: "CC8.1.01",
    title: "Production and non-production sit in separate accounts or OUs",
    severity: Severity::Medium,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Manual,
    criteria: &["CC8.1", "CC6.1"],
    needs: &[Need::Organization, Need::OrganizationTree, Need::Members],
    parameters: &[],
    expected: "production accounts lie in units of their own",
    fix: "move what is not production to another account, and production accounts to a unit of their own",
};

/// Decides.
///
/// # Errors
/// It is not known whether the account belongs to an organization.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    management::judge(view, |organization, _| {
        let tree = management::told(view, Need::OrganizationTree, view.organization_tree())?;
        let members = management::told(view, Need::Members, view.members())?;
        let nodes: BTreeMap<&str, &TreeNode> = tree.iter().map(|node| (node.id.as_str(), node)).collect();
        let known: BTreeMap<&str, &MemberAccount> = members.iter().map(|m| (m.id.as_str(), m)).collect();
        let mut units: Vec<(String, &TreeNode)> = tree.iter().map(|node| (path(&nodes, node), node)).collect();
        units.sort_by(|(a, x), (b, y)| a.cmp(b).then(x.id.cmp(&y.id)));
        let inside: usize = tree.iter().map(|node| node.accounts.len()).sum();
        let shown = units.iter().map(|(path, node)| {
            let accounts: Vec<String> = node.accounts.iter().map(|id| account(id, known.get(id.as_str()))).collect();
            let accounts = if accounts.is_empty() { "no account".to_owned() } else { accounts.join(", ") };
            format!("{path} [{}]: {accounts}", node.id)
        });
        let observed = format!(
            "{} in {} of {} ({} by ListAccounts): {}",
            count(inside, "account"),
            count(tree.len().saturating_sub(1), "unit"),
            organization.id,
            members.len(),
            entries(shown)
        );
        Ok(Verdict::manual(observed, "say which units and accounts are production, and that nothing else is in them"))
    })
}

/// The names from the root to a node.
fn path(nodes: &BTreeMap<&str, &TreeNode>, node: &TreeNode) -> String {
    let mut names = vec![node.name.as_str()];
    let mut at = node;
    // No tree has more levels than nodes.
    for _ in 0..nodes.len() {
        let Some(above) = at.parent.as_deref().and_then(|id| nodes.get(id)) else { break };
        names.push(&above.name);
        at = above;
    }
    names.reverse();
    names.join("/")
}

/// An account, with its name and its state where that is not the usual one.
fn account(id: &str, member: Option<&&MemberAccount>) -> String {
    match member {
        Some(member) if member.state == "ACTIVE" => format!("{id} {}", member.name),
        Some(member) => format!("{id} {} ({})", member.name, member.state),
        None => format!("{id} (not in ListAccounts)"),
    }
}
