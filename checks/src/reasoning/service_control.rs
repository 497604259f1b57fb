//! What service control policies deny to the members of an organization, by evaluating them where they are attached.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use kickoff_facts::identity_center::{PermissionSet, PermissionSetAssignments};
use kickoff_facts::organization::{Organization, TreeNode};
use kickoff_facts::{Gap, GapKind, Need, Seen, View};
use kickoff_policy::compile::{Action, Policy, Target};
use kickoff_policy::context::{Context, Given, Value};
use kickoff_policy::document::Kind;
use kickoff_policy::glob;
use kickoff_policy::truth::Truth;
use kickoff_policy::whom::{self, Home};

use crate::frame::table::fields;
use crate::frame::wording::{line, names};
use crate::reasoning::management::told;
use crate::reasoning::{grants, identity_center};
use crate::{Status, Verdict};

const KIND: &str = "SERVICE_CONTROL_POLICY";

/// An action, and the resource on which it is asked: `{account}` stands for the member, `{partition}` for the partition.
pub type Asked = (&'static str, &'static str);

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Whoever administers a member account: its roles and users, root, and those of Identity Center.
    Administrator,
    /// The root user.
    Root,
    /// A session of the root user that the management account opened (`sts:AssumeRoot`).
    RootSession,
}

/// Somebody who is asked about.
struct Asker {
    arn: String,
    /// The pattern by which the policies name it; whether there is such a principal is not known.
    named: Option<String>,
}

/// What is known of the request; other keys are not.
fn context(arn: &str, who: Who, account: &str, organization: &Organization) -> Given {
    let kind = match arn.splitn(6, ':').nth(5).unwrap_or_default() {
        "root" => "Account",
        user if user.starts_with("user/") => "User",
        federated if federated.starts_with("federated-user/") => "FederatedUser",
        _ => "AssumedRole",
    };
    let one = |key: &str, value: &str| (key.to_owned(), Value::One(value.to_owned()));
    let mut known = vec![
        one("aws:PrincipalArn", arn),
        one("aws:PrincipalType", kind),
        one("aws:PrincipalAccount", account),
        one("aws:PrincipalOrgID", &organization.id),
        one("aws:PrincipalIsAWSService", "false"),
    ];
    // Who signs in has no such key.
    known.push(match who {
        Who::RootSession => one("aws:AssumedRoot", "true"),
        Who::Administrator | Who::Root => ("aws:AssumedRoot".to_owned(), Value::Many(Vec::new())),
    });
    Given::new(known, true)
}

/// Principals that a guardrail may exempt: the part of the ARN behind the account, why, the page, and when it was read.
static MAY_BE_EXEMPT: LazyLock<Vec<Vec<&'static str>>> =
    LazyLock::new(|| include_str!("../../data/guardrail_exempt.csv").lines().skip(1).map(fields).collect());

fn may_be_exempt(arn: &str) -> bool {
    let name = arn.splitn(6, ':').nth(5).unwrap_or_default();
    MAY_BE_EXEMPT.iter().any(|row| row.first().is_some_and(|pattern| glob::matches(pattern, name)))
}

/// The roles of Identity Center, whatever the permission set.
const OF_SETS: &str = "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_";
/// What Identity Center puts behind the name of the permission set: a policy cannot tell it beforehand.
const SUFFIX: &str = "_0123456789abcdef";

/// Those of an account who are asked about: stand-ins for its administrators, the roles of Identity Center that administer
/// it, and whomever the policies name.
fn askers(
    view: &View<'_>,
    who: Who,
    account: &str,
    organization: &str,
    policies: &[InForce],
    sets: &Sets,
) -> Vec<Asker> {
    let partition = view.partition();
    let of = |name: &str| Asker { arn: format!("arn:{partition}:iam::{account}:{name}"), named: None };
    if who != Who::Administrator {
        return vec![of("root")];
    }
    let mut all = vec![of("role/Administrator"), of("user/administrator"), of("root")];
    let here = sets.roles.iter().filter(|set| set.accounts.iter().any(|one| one == account));
    all.extend(here.map(|set| of(&set.role)));
    let home =
        Home { account, organization: Some(organization), partition, now: &view.as_of().to_string(), anonymous: false };
    // Any permission set may make administrators, where not all are known.
    let of_sets = format!("iam::{{}}:{OF_SETS}?*{SUFFIX}");
    let forms: &[&str] = if sets.gap.is_some() { &[&of_sets] } else { &[] };
    let denies = policies.iter().flat_map(|policy| policy.policy.statements.iter()).filter(|s| !s.allows());
    for (arn, pattern) in denies.flat_map(|deny| whom::named_principals(deny, &home, forms)) {
        if all.iter().all(|known| known.arn != arn) {
            all.push(Asker { arn, named: Some(pattern) });
        }
    }
    all
}

/// A role by which Identity Center lets administrators into accounts.
struct SetRole {
    role: String,
    accounts: Vec<String>,
}

/// The roles by which Identity Center lets administrators in, and the first reason why not all of them are known.
#[derive(Default)]
struct Sets {
    roles: Vec<SetRole>,
    gap: Option<Gap>,
}

/// The permission sets that make administrators, with the accounts that they are assigned in.
fn administrators_of_identity_center(view: &View<'_>, seen: &Seen) -> Sets {
    let mut found = Sets::default();
    let read = identity_center::permission_sets(view).and_then(|sets| Ok((sets, identity_center::assignments(view)?)));
    let (sets, assigned) = match read {
        Ok(read) => read,
        Err(gap) => return Sets { gap: Some(gap), ..found },
    };
    for set in sets {
        match set_role(view, set, &assigned, seen) {
            Ok(role) => found.roles.extend(role),
            Err(gap) => found.gap = found.gap.or(Some(gap)),
        }
    }
    found
}

/// The role of a permission set, if it makes administrators.
///
/// # Errors
/// A part of the set could not be read, or is not told: what customer managed policies grant, each account says for itself.
fn set_role(
    view: &View<'_>,
    set: &PermissionSet,
    assigned: &[&PermissionSetAssignments],
    seen: &Seen,
) -> Result<Option<SetRole>, Gap> {
    const INLINE: &str = "sso-admin:GetInlinePolicyForPermissionSet";
    const CUSTOMER: &str = "sso-admin:ListCustomerManagedPolicyReferencesInPermissionSet";
    let managed = seen.see(&set.managed).map(|all| all.iter().any(|arn| arn.ends_with(":policy/AdministratorAccess")));
    let inline = seen.see(&set.inline).and_then(|text| {
        let policy = text.as_ref().map(|text| {
            Policy::parse(text, Kind::Identity).map_err(|error| {
                unread(view, INLINE, format!("the inline policy of {}: {}", line(&set.arn), line(&error.to_string())))
            })
        });
        Ok(policy.transpose()?.is_some_and(|policy| !grants::full_admin(&policy).is_empty()))
    });
    let customer = seen.see(&set.customer_managed).and_then(|names| match names.first() {
        None => Ok(false),
        Some(name) => Err(unread(
            view,
            CUSTOMER,
            format!(
                "{} has the customer managed policy {}: what it grants, each account says for itself",
                set.arn,
                line(name)
            ),
        )),
    });
    match (managed, inline, customer) {
        (Ok(true), ..) | (_, Ok(true), _) => {}
        (Err(gap), ..) | (_, Err(gap), _) | (.., Err(gap)) => return Err(gap),
        (Ok(false), Ok(false), Ok(_)) => return Ok(None),
    }
    let name = &seen.see(&set.settings)?.name;
    let mut accounts = Vec::new();
    for one in assigned.iter().filter(|one| one.permission_set == set.arn) {
        accounts.extend(seen.see(&one.assignments)?.iter().map(|one| one.account.clone()));
    }
    Ok(Some(SetRole { role: format!("{OF_SETS}{name}{SUFFIX}"), accounts }))
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
    let (policies, mut gap) = in_force(view, seen)?;
    let sets = if who == Who::Administrator { administrators_of_identity_center(view, seen) } else { Sets::default() };
    let (mut open, mut partly, mut by) =
        (BTreeMap::<&str, Vec<&str>>::new(), BTreeMap::<&str, Vec<&str>>::new(), Vec::new());
    // Those who are not denied what others are, and those of them who may be.
    let (mut administrators, mut exempt, mut meant) =
        (BTreeSet::<String>::new(), BTreeSet::<String>::new(), BTreeSet::<String>::new());
    for account in &accounts {
        let path = path(view, tree, account)?;
        let askers = askers(view, who, account, &organization.id, &policies, &sets);
        for (action, resource) in asked {
            let resource = resource.replace("{account}", account).replace("{partition}", view.partition());
            let target = Target::new(&resource, resource != "*");
            let request = Action { name: (*action).to_owned(), id: None };
            let decided = |asker: &Asker| {
                let context = context(&asker.arn, who, account, organization);
                let here = policies.iter().filter(|policy| policy.targets.iter().any(|t| path.contains(&t.as_str())));
                let each = here.map(|policy| (policy, denied(&policy.policy, &request, &target, &context)));
                each.max_by_key(|(_, truth)| rank(*truth)).map_or((None, Truth::False), |(p, truth)| (Some(p), truth))
            };
            let all: Vec<(&Asker, (Option<&InForce>, Truth))> = askers.iter().map(|one| (one, decided(one))).collect();
            let some_denied = all.iter().any(|(_, (_, truth))| *truth == Truth::True);
            let known = all.iter().filter(|(asker, _)| asker.named.is_none());
            match known.clone().map(|(_, (_, truth))| *truth).min_by_key(|truth| rank(*truth)) {
                Some(Truth::True) => by.extend(known.filter_map(|(_, (policy, _))| policy.map(|p| p.name.as_str()))),
                Some(Truth::Unknown) => partly.entry(action).or_default().push(account),
                _ => {
                    open.entry(action).or_default().push(account);
                    let free = known.filter(|(_, (_, truth))| some_denied && *truth == Truth::False);
                    administrators.extend(free.map(|(asker, _)| shown(&asker.arn)));
                }
            }
            for (asker, _) in all.iter().filter(|(_, (_, truth))| some_denied && *truth == Truth::False) {
                let Some(pattern) = &asker.named else { continue };
                if may_be_exempt(&asker.arn) {
                    meant.insert(shown(pattern));
                    continue;
                }
                exempt.insert(shown(pattern));
                if shown(&asker.arn).starts_with(OF_SETS) {
                    gap = gap.or_else(|| sets.gap.clone());
                }
            }
        }
    }
    // What a pattern means beside those who are meant is exempt too.
    meant.retain(|pattern| !exempt.contains(pattern));
    by.sort_unstable();
    by.dedup();
    let say = |of: &BTreeMap<&str, Vec<&str>>| {
        let each = of.iter().map(|(action, accounts)| format!("{action} in {}", names(accounts)));
        each.collect::<Vec<_>>().join("; ")
    };
    let beside = |text: String| {
        let told = if meant.is_empty() { String::new() } else { format!("; exempt as is meant: {}", names(&meant)) };
        let more = if exempt.is_empty() { String::new() } else { format!("; exempt: {}", names(&exempt)) };
        text + &more + &told
    };
    match gap {
        _ if open.is_empty() && partly.is_empty() && exempt.is_empty() => {
            Ok(Verdict::pass(beside(format!("denied in {} by {}", names(&accounts), names(by)))))
        }
        Some(gap) => Err(gap),
        None if !open.is_empty() => {
            let to = if administrators.is_empty() { String::new() } else { format!(" to {}", names(&administrators)) };
            Ok(Verdict::fail(beside(format!("not denied{to}: {}", say(&open)))))
        }
        None if !partly.is_empty() => Ok(Verdict::manual(
            beside(format!("denied for some resources or under conditions only: {}", say(&partly))),
            "judge whether the resources and conditions of the Deny leave out only what is meant",
        )),
        None => Ok(Verdict::manual(
            beside(format!("denied in {} by {}", names(&accounts), names(by))),
            "judge whether whoever the policies exempt exists, and is no administrator's",
        )),
    }
}

/// Privileged root sessions that are switched on, and policies that deny what they are for.
///
/// # Errors
/// What the policies deny is not known.
fn root_sessions(view: &View<'_>, seen: &Seen, organization: &Organization) -> Result<Option<String>, Gap> {
    let on =
        view.root_management()?.as_ref().is_some_and(|central| central.features.iter().any(|f| f == "RootSessions"));
    if !on {
        return Ok(None);
    }
    // IAM User Guide, "Perform a privileged task on an AWS Organizations member account".
    const TASKS: &[Asked] = &[
        ("iam:DeleteLoginProfile", "*"),
        ("iam:DeleteAccessKey", "*"),
        ("iam:DeactivateMFADevice", "*"),
        ("s3:DeleteBucketPolicy", "*"),
        ("sqs:SetQueueAttributes", "*"),
    ];
    let verdict = denies(view, seen, organization, Who::RootSession, TASKS)?;
    Ok((verdict.status == Status::Pass).then(|| {
        format!(
            "RootSessions is on, and the policies deny root sessions too ({}): exempt aws:AssumedRoot for the tasks of sts:AssumeRoot",
            verdict.observed
        )
    }))
}

/// What is to be said of root sessions beside a verdict.
pub fn said_of_root_sessions(view: &View<'_>, seen: &Seen, organization: &Organization) -> String {
    match root_sessions(view, seen, organization) {
        Ok(told) => told.map_or(String::new(), |told| format!("; {told}")),
        Err(gap) => format!("; whether policies deny root sessions is not known: {}", gap.call),
    }
}

/// The principal of an ARN, without its account.
fn shown(arn: &str) -> String {
    arn.splitn(6, ':').nth(5).unwrap_or(arn).to_owned()
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
