//! Whether a policy of the client's own is in force in the organization: one that restricts something, attached where an
//! account stands under it.

use kickoff_facts::organization::{Organization, OrganizationPolicy, Root, TreeNode};
use kickoff_facts::{Gap, Need, Seen, View};
use kickoff_policy::compile::Policy;
use kickoff_policy::document;

use crate::Verdict;
use crate::frame::wording::{line, names};
use crate::reasoning::certainty::among;
use crate::reasoning::gaps::unsaid;
use crate::reasoning::grants::{Hit, full_admin};
use crate::reasoning::management::told;
use crate::reasoning::service_control::path;

/// What tells of a policy's document.
const DOCUMENT: &str = "organizations:DescribePolicy";

/// A kind of policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Service control policies, which never bind the management account.
    ServiceControl,
    /// Tag policies.
    Tag,
}

impl Kind {
    /// As AWS names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ServiceControl => "SERVICE_CONTROL_POLICY",
            Self::Tag => "TAG_POLICY",
        }
    }
}

/// What the organization holds, as far as it is known.
struct Estate<'a> {
    root: &'a Root,
    /// The active accounts that a policy can bind.
    accounts: Result<Vec<&'a str>, Gap>,
    tree: Result<&'a Vec<TreeNode>, Gap>,
    /// Every policy of the kind, AWS's own among them.
    policies: Vec<&'a OrganizationPolicy>,
}

/// Judges whether a policy of the client's own of a kind restricts something and has an active account under it, and the
/// kind is switched on. One that is known decides; that there is none needs all of them to be known.
///
/// # Errors
/// None is known, and a fact that could show one is not.
pub fn judge(view: &View<'_>, seen: &Seen, organization: &Organization, kind: Kind) -> Result<Verdict, Gap> {
    let name = kind.name();
    if organization.feature_set != "ALL" {
        let set = &organization.feature_set;
        return Ok(Verdict::fail(format!("the feature set is {set}, which has no policies of kind {name}")));
    }
    let root = told(view, Need::OrganizationRoot, view.organization_root())?;
    if !root.enabled_policy_types.iter().any(|enabled| enabled == name) {
        return Ok(Verdict::fail(format!("{name} is not enabled at the root {}", root.id)));
    }
    let members = told(view, Need::Members, view.members());
    let accounts = members.map(|members| {
        let active = members.iter().filter(|member| member.state == "ACTIVE").map(|member| member.id.as_str());
        active.filter(|id| kind == Kind::Tag || *id != organization.management_account).collect::<Vec<_>>()
    });
    if kind == Kind::ServiceControl && accounts.as_ref().is_ok_and(Vec::is_empty) {
        return Ok(Verdict::not_applicable(
            "no active member account",
            "service control policies bind member accounts, and there is none",
        ));
    }
    let all = told(view, Need::OrganizationPolicies, view.organization_policies())?;
    let estate = Estate {
        root,
        accounts,
        tree: told(view, Need::OrganizationTree, view.organization_tree()),
        policies: all.iter().filter(|policy| policy.kind == name).collect(),
    };
    let (mut in_force, mut idle, mut open, mut gap) = (Vec::new(), Vec::new(), Vec::new(), None);
    for policy in estate.policies.iter().filter(|policy| !policy.aws_managed) {
        let look = || {
            let targets = seen.see(&policy.targets)?;
            let held = among(targets, |target| Ok(estate.holds_accounts(view, target)?.then_some(target.as_str())))?;
            if held.is_empty() {
                return Ok((true, held));
            }
            Ok((false, estate.restricts(view, seen, policy, kind, held)?))
        };
        match look() {
            Ok((true, _)) => idle.push(line(&policy.name)),
            Ok((false, held)) if held.is_empty() => open.push(line(&policy.name)),
            Ok((false, held)) => in_force.push(format!("{} on {}", line(&policy.name), names(held))),
            Err(error) => gap = gap.or(Some(error)),
        }
    }
    let mut wrong = Vec::new();
    if !idle.is_empty() {
        wrong.push(format!("no account is bound by your own: {}", names(&idle)));
    }
    if !open.is_empty() {
        wrong.push(format!("nothing is restricted by your own: {}", names(&open)));
    }
    match gap {
        _ if !in_force.is_empty() => Ok(Verdict::pass(format!("{name} is enabled: {}", names(in_force)))),
        Some(gap) => Err(gap),
        None if wrong.is_empty() => Ok(Verdict::fail(format!("{name} is enabled, and there is no policy of your own"))),
        None => Ok(Verdict::fail(format!("{name} is enabled, but {}", wrong.join("; ")))),
    }
}

impl Estate<'_> {
    /// Whether an active account is the target, or stands under it.
    fn holds_accounts(&self, view: &View<'_>, target: &str) -> Result<bool, Gap> {
        let accounts = self.accounts.as_ref().map_err(Clone::clone)?;
        if document::is_account_id(target) {
            return Ok(accounts.contains(&target));
        }
        if target == self.root.id {
            return Ok(!accounts.is_empty());
        }
        let tree = self.tree.as_ref().map_err(Clone::clone)?;
        let under = among(accounts, |account| Ok(path(view, tree, account)?.contains(&target).then_some(())))?;
        Ok(!under.is_empty())
    }

    /// The targets on which a policy restricts something.
    fn restricts<'t>(
        &self,
        view: &View<'_>,
        seen: &Seen,
        policy: &OrganizationPolicy,
        kind: Kind,
        held: Vec<&'t str>,
    ) -> Result<Vec<&'t str>, Gap> {
        if kind == Kind::Tag {
            return Ok(if speaks_of_tags(view, seen, policy)? { held } else { Vec::new() });
        }
        let parsed = parse(view, seen, policy)?;
        if parsed.statements.iter().any(|statement| !statement.allows()) {
            return Ok(held);
        }
        if allows_all(&parsed) {
            return Ok(Vec::new());
        }
        // What one policy of a target allows, another one there need not: a list of what is allowed counts for itself only.
        among(held, |target| {
            let beside = self.policies.iter().filter(|other| other.id != policy.id);
            let opened = among(beside, |other| {
                let here = seen.see(&other.targets)?.iter().any(|t| t == target);
                Ok((here && (is_default(other) || allows_all(&parse(view, seen, other)?))).then_some(()))
            })?;
            Ok(opened.is_empty().then_some(target))
        })
    }
}

/// The policy that AWS attaches everywhere and that allows everything.
fn is_default(policy: &OrganizationPolicy) -> bool {
    policy.aws_managed && policy.id == "p-FullAWSAccess"
}

fn allows_all(policy: &Policy) -> bool {
    full_admin(policy).iter().any(Hit::is_sure)
}

fn parse(view: &View<'_>, seen: &Seen, policy: &OrganizationPolicy) -> Result<Policy, Gap> {
    Policy::parse(seen.see(&policy.document)?, document::Kind::Identity)
        .map_err(|error| unread(view, policy, &error.to_string()))
}

/// Whether a tag policy says something of a tag.
fn speaks_of_tags(view: &View<'_>, seen: &Seen, policy: &OrganizationPolicy) -> Result<bool, Gap> {
    let text = seen.see(&policy.document)?;
    let read: serde_json::Value =
        serde_json::from_str(text).map_err(|error| unread(view, policy, &error.to_string()))?;
    Ok(read.get("tags").and_then(serde_json::Value::as_object).is_some_and(|tags| !tags.is_empty()))
}

fn unread(view: &View<'_>, policy: &OrganizationPolicy, why: &str) -> Gap {
    unsaid(view, DOCUMENT, format!("the policy {}: {}", line(&policy.name), line(why)))
}
