//! What service control policies deny to the members of an organization, by evaluating them where they are attached.

use std::collections::BTreeMap;

use kickoff_facts::organization::{Organization, TreeNode};
use kickoff_facts::{Gap, GapKind, Need, Seen, View};
use kickoff_policy::compile::{Action, Policy, Target};
use kickoff_policy::context::{Context, Given, Value};
use kickoff_policy::document::Kind;
use kickoff_policy::truth::Truth;

use crate::Verdict;
use crate::frame::wording::{line, names};
use crate::reasoning::management::told;

const KIND: &str = "SERVICE_CONTROL_POLICY";

/// An action, and the resource on which it is asked: `{account}` stands for the member, `{partition}` for the partition.
pub type Asked = (&'static str, &'static str);

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum Who {
    /// An administrator's role.
    Administrator,
    /// The root user.
    Root,
}

impl Who {
    /// What is known of the request; other keys are not.
    fn context(self, partition: &str, account: &str, organization: &Organization) -> Given {
        let (arn, kind) = match self {
            Who::Administrator => (format!("arn:{partition}:iam::{account}:role/Administrator"), "AssumedRole"),
            Who::Root => (format!("arn:{partition}:iam::{account}:root"), "Account"),
        };
        let one = |key: &str, value: &str| (key.to_owned(), Value::One(value.to_owned()));
        let known = [
            one("aws:PrincipalArn", &arn),
            one("aws:PrincipalType", kind),
            one("aws:PrincipalAccount", account),
            one("aws:PrincipalOrgID", &organization.id),
            one("aws:PrincipalIsAWSService", "false"),
        ];
        Given::new(known, true)
    }
}

/// A policy in force, and where it is attached.
struct InForce {
    name: String,
    targets: Vec<String>,
    policy: Policy,
}

/// Whether the policies deny every one of the actions to every active member account. The management account is never
/// bound.
///
/// # Errors
/// The members, the tree or a policy that could decide is not known.
pub fn denies(
    view: &View<'_>,
    seen: &Seen,
    organization: &Organization,
    who: Who,
    asked: &[Asked],
) -> Result<Verdict, Gap> {
    if organization.feature_set != "ALL" {
        let set = &organization.feature_set;
        return Ok(Verdict::fail(format!("the feature set is {set}, which has no policies of kind {KIND}")));
    }
    let root = told(view, Need::OrganizationRoot, view.organization_root())?;
    if !root.enabled_policy_types.iter().any(|enabled| enabled == KIND) {
        return Ok(Verdict::fail(format!("{KIND} is not enabled at the root {}", root.id)));
    }
    let members = told(view, Need::Members, view.members())?;
    let tree = told(view, Need::OrganizationTree, view.organization_tree())?;
    let active = members.iter().filter(|m| m.state == "ACTIVE" && m.id != organization.management_account);
    let accounts: Vec<&str> = active.map(|member| member.id.as_str()).collect();
    if accounts.is_empty() {
        return Ok(Verdict::not_applicable(
            "no active member account",
            "service control policies bind member accounts, and there is none",
        ));
    }
    let (policies, gap) = in_force(view, seen)?;
    let (mut open, mut partly, mut by) =
        (BTreeMap::<&str, Vec<&str>>::new(), BTreeMap::<&str, Vec<&str>>::new(), Vec::new());
    for account in &accounts {
        let path = path(view, tree, account)?;
        let context = who.context(view.partition(), account, organization);
        for (action, resource) in asked {
            let resource = resource.replace("{account}", account).replace("{partition}", view.partition());
            let target = Target::new(&resource, resource != "*");
            let request = Action { name: (*action).to_owned(), id: None };
            let here = policies.iter().filter(|policy| policy.targets.iter().any(|t| path.contains(&t.as_str())));
            let decided = here.map(|policy| (policy, denied(&policy.policy, &request, &target, &context)));
            match decided.max_by_key(|(_, truth)| rank(*truth)) {
                Some((policy, Truth::True)) => by.push(policy.name.as_str()),
                Some((_, Truth::Unknown)) => partly.entry(action).or_default().push(account),
                _ => open.entry(action).or_default().push(account),
            }
        }
    }
    by.sort_unstable();
    by.dedup();
    let say = |of: &BTreeMap<&str, Vec<&str>>| {
        let each = of.iter().map(|(action, accounts)| format!("{action} in {}", names(accounts)));
        each.collect::<Vec<_>>().join("; ")
    };
    match gap {
        _ if open.is_empty() && partly.is_empty() => {
            Ok(Verdict::pass(format!("denied in {} by {}", names(&accounts), names(by))))
        }
        Some(gap) => Err(gap),
        None if !open.is_empty() => Ok(Verdict::fail(format!("not denied: {}", say(&open)))),
        None => Ok(Verdict::manual(
            format!("denied for some resources or under conditions only: {}", say(&partly)),
            "judge whether the resources and conditions of the Deny leave out only what is meant",
        )),
    }
}

fn rank(truth: Truth) -> u8 {
    match truth {
        Truth::False => 0,
        Truth::Unknown => 1,
        Truth::True => 2,
    }
}

/// Whether a statement of the policy denies the request.
fn denied(policy: &Policy, action: &Action, target: &Target, context: &dyn Context) -> Truth {
    let denies = policy.statements.iter().filter(|s| !s.allows() && s.speaks_of(action));
    Truth::any(denies.map(|s| Truth::all([s.covers(target, context), s.holds(context)])))
}

/// The policies of the kind that are attached somewhere, and the first of which something is not known.
fn in_force(view: &View<'_>, seen: &Seen) -> Result<(Vec<InForce>, Option<Gap>), Gap> {
    let (mut known, mut gap) = (Vec::new(), None);
    let all = told(view, Need::OrganizationPolicies, view.organization_policies())?;
    for policy in all.iter().filter(|policy| policy.kind == KIND) {
        let read = || -> Result<InForce, Gap> {
            let targets = seen.see(&policy.targets)?.clone();
            // One that is attached to nothing cannot matter, whatever it says.
            let text = if targets.is_empty() { "{\"Statement\":[]}" } else { seen.see(&policy.document)?.as_str() };
            let parsed = Policy::parse(text, Kind::Identity).map_err(|error| {
                let message = format!("the policy {}: {}", line(&policy.name), line(&error.to_string()));
                unread(view, "organizations:DescribePolicy", message)
            })?;
            Ok(InForce { name: line(&policy.name), targets, policy: parsed })
        };
        match read() {
            Ok(policy) => known.push(policy),
            Err(error) => gap = gap.or(Some(error)),
        }
    }
    Ok((known, gap))
}

/// The account and the nodes above it.
///
/// # Errors
/// The tree does not hold the account.
pub fn path<'a>(view: &View<'_>, tree: &'a [TreeNode], account: &'a str) -> Result<Vec<&'a str>, Gap> {
    let mut path = vec![account];
    let mut node = tree.iter().find(|node| node.accounts.iter().any(|id| id == account));
    if node.is_none() {
        let message = format!("the tree of the organization does not hold account {account}");
        return Err(unread(view, "organizations:ListAccountsForParent", message));
    }
    while let Some(here) = node {
        if path.contains(&here.id.as_str()) {
            break;
        }
        path.push(&here.id);
        node = here.parent.as_ref().and_then(|parent| tree.iter().find(|node| node.id == *parent));
    }
    Ok(path)
}

fn unread(view: &View<'_>, call: &str, message: String) -> Gap {
    let (call, region) = (call.to_owned(), view.home_region().to_owned());
    Gap { kind: GapKind::Failed, call, region, message, evidence: None }
}
