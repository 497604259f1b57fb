//! Organizations. Only the management account is asked for what is organization-wide: elsewhere AWS refuses.

use std::collections::BTreeSet;

use aws_sdk_organizations::Client;
use aws_sdk_organizations::types::PolicyType;
use futures::future::join_all;
use kickoff_facts::organization::{
    DelegatedAdministrator, Delegation, MemberAccount, Organization, OrganizationPolicy, Root, TreeNode,
};
use kickoff_facts::{GlobalFacts, Observed};

use super::shared::{follows, inherited, speaks_for, text};
use crate::call::ask;
use crate::session::{Session, client};

families! {
    global Organization organization = |session, _| organization(session);
    global Members members = |session, facts| members(session, &facts.global);
    global OrganizationRoot organization_root = |session, facts| root(session, &facts.global);
    global OrganizationTree organization_tree = |session, facts| tree(session, &facts.global);
    global OrganizationPolicies organization_policies = |session, facts| policies(session, &facts.global);
    global DelegatedAdministrators delegated_administrators =
        |session, facts| delegated_administrators(session, &facts.global);
    global Delegation delegation = |session, facts| delegation(session, &facts.global);
}

fn organizations(session: &Session) -> Client {
    client!(aws_sdk_organizations, session, session.home_region())
}

pub(super) async fn organization(session: &Session) -> Observed<Option<Organization>> {
    let client = organizations(session);
    session
        .one(ask("organizations:DescribeOrganization", session.home_region()), |call| {
            client.describe_organization().customize().interceptor(call).send()
        })
        .await
        .parse(|out| out.organization.ok_or_else(|| "it names no organization".to_owned()))
        .or_absent()
        .map(|found| {
            found.map(|o| Organization {
                id: text(o.id()),
                management_account: text(o.master_account_id()),
                feature_set: o.feature_set().map(|f| f.as_str().to_owned()).unwrap_or_default(),
            })
        })
}

/// Gives `none` in an account that does not speak for an organization, and goes on in one that does.
macro_rules! speaking {
    ($session:expr, $global:expr, $operation:literal) => {
        match speaks_for($session, $global) {
            Err(gap) => return inherited(&gap, $operation).into(),
            Ok(None) => return follows(None, &$global.organization),
            Ok(Some(_)) => {}
        }
    };
}

pub(super) async fn members(session: &Session, global: &GlobalFacts) -> Observed<Option<Vec<MemberAccount>>> {
    speaking!(session, global, "organizations:ListAccounts");
    let client = organizations(session);
    session
        .pages(ask("organizations:ListAccounts", session.home_region()), |token, call| {
            let request = client.list_accounts().set_next_token(token).customize().interceptor(call).send();
            async { request.await.map(|out| (out.accounts.unwrap_or_default(), out.next_token)) }
        })
        .await
        .observed()
        .map(|accounts| {
            let mut members: Vec<MemberAccount> = accounts
                .iter()
                .map(|a| MemberAccount {
                    id: text(a.id()),
                    name: text(a.name()),
                    state: a.state().map(|s| s.as_str().to_owned()).unwrap_or_else(|| status(a)),
                })
                .collect();
            members.sort_by(|a, b| a.id.cmp(&b.id));
            Some(members)
        })
}

/// Older answers have `Status` in place of `State`.
#[allow(deprecated)]
fn status(account: &aws_sdk_organizations::types::Account) -> String {
    account.status().map(|s| s.as_str().to_owned()).unwrap_or_default()
}

pub(super) async fn root(session: &Session, global: &GlobalFacts) -> Observed<Option<Root>> {
    speaking!(session, global, "organizations:ListRoots");
    let client = organizations(session);
    session
        .pages(ask("organizations:ListRoots", session.home_region()), |token, call| {
            let request = client.list_roots().set_next_token(token).customize().interceptor(call).send();
            async { request.await.map(|out| (out.roots.unwrap_or_default(), out.next_token)) }
        })
        .await
        .parse(|roots| roots.into_iter().next().ok_or_else(|| "an organization without a root".to_owned()))
        .observed()
        .map(|root| {
            let mut enabled: Vec<String> = root
                .policy_types()
                .iter()
                .filter(|t| t.status().is_some_and(|s| s.as_str() == "ENABLED"))
                .filter_map(|t| t.r#type().map(|kind| kind.as_str().to_owned()))
                .collect();
            enabled.sort();
            Some(Root { id: text(root.id()), enabled_policy_types: enabled })
        })
}

pub(super) async fn tree(session: &Session, global: &GlobalFacts) -> Observed<Option<Vec<TreeNode>>> {
    let root = match global.organization_root.get() {
        Err(gap) => return inherited(gap, "organizations:ListOrganizationalUnitsForParent").into(),
        Ok(None) => return follows(None, &global.organization_root),
        Ok(Some(root)) => root,
    };
    let client = organizations(session);
    let mut nodes: Observed<Vec<TreeNode>> = follows(Vec::new(), &global.organization_root);
    let mut open = vec![TreeNode { id: root.id.clone(), name: "Root".to_owned(), ..TreeNode::default() }];
    let mut known = BTreeSet::from([root.id.clone()]);
    while !open.is_empty() {
        let level = open.iter().map(|node| children(session, &client, node));
        let mut next = Vec::new();
        for found in join_all(level).await {
            nodes = nodes.and(found).map(|(mut nodes, (node, units))| {
                nodes.push(node);
                next.extend(units);
                nodes
            });
        }
        // A unit that is its own child is asked once: a tree has no circle.
        next.retain(|unit: &TreeNode| known.insert(unit.id.clone()));
        open = next;
    }
    nodes.map(|mut nodes| {
        nodes.sort_by(|a, b| a.id.cmp(&b.id));
        Some(nodes)
    })
}

async fn children(session: &Session, client: &Client, node: &TreeNode) -> Observed<(TreeNode, Vec<TreeNode>)> {
    let home = session.home_region();
    let parameters = [("ParentId", node.id.as_str())];
    let units =
        session.pages(ask("organizations:ListOrganizationalUnitsForParent", home).with(&parameters), |token, call| {
            let request = client
                .list_organizational_units_for_parent()
                .parent_id(&node.id)
                .set_next_token(token)
                .customize()
                .interceptor(call)
                .send();
            async { request.await.map(|out| (out.organizational_units.unwrap_or_default(), out.next_token)) }
        });
    let accounts = session.pages(ask("organizations:ListAccountsForParent", home).with(&parameters), |token, call| {
        let request = client
            .list_accounts_for_parent()
            .parent_id(&node.id)
            .set_next_token(token)
            .customize()
            .interceptor(call)
            .send();
        async { request.await.map(|out| (out.accounts.unwrap_or_default(), out.next_token)) }
    });
    let (units, accounts) = futures::join!(units, accounts);
    // What has no id cannot be asked about, and no account can be told to be in it.
    let units = units.parse(|units| {
        let named = units.iter().all(|unit| unit.id().is_some_and(|id| !id.is_empty()));
        if named { Ok(units) } else { Err("an organizational unit has no id".to_owned()) }
    });
    units.observed().and(accounts.observed()).map(|(units, accounts)| {
        let mut ids: Vec<String> = accounts.iter().map(|a| text(a.id())).collect();
        ids.sort();
        let below = |unit: &aws_sdk_organizations::types::OrganizationalUnit| TreeNode {
            id: text(unit.id()),
            name: text(unit.name()),
            parent: Some(node.id.clone()),
            accounts: Vec::new(),
        };
        (TreeNode { accounts: ids, ..node.clone() }, units.iter().map(below).collect())
    })
}

pub(super) async fn policies(session: &Session, global: &GlobalFacts) -> Observed<Option<Vec<OrganizationPolicy>>> {
    speaking!(session, global, "organizations:ListPolicies");
    let client = organizations(session);
    let kinds = [PolicyType::ServiceControlPolicy, PolicyType::ResourceControlPolicy, PolicyType::TagPolicy];
    let listed = join_all(kinds.map(|kind| list_policies(session, &client, kind))).await;
    let mut all: Observed<Vec<OrganizationPolicy>> = follows(Vec::new(), &global.organization);
    for list in listed {
        all = all.and(list).map(|(mut all, list)| {
            all.extend(list);
            all
        });
    }
    match all {
        Observed::Known { value, evidence } => {
            let mut value: Vec<OrganizationPolicy> =
                join_all(value.into_iter().map(|policy| complete(session, &client, policy))).await;
            value.sort_by(|a, b| (&a.kind, &a.id).cmp(&(&b.kind, &b.id)));
            Observed::Known { value: Some(value), evidence }
        }
        Observed::Unknown { gap } => gap.into(),
    }
}

async fn list_policies(session: &Session, client: &Client, kind: PolicyType) -> Observed<Vec<OrganizationPolicy>> {
    let parameters = [("Filter", kind.as_str())];
    let kind = &kind;
    session
        .pages(ask("organizations:ListPolicies", session.home_region()).with(&parameters), |token, call| {
            let request =
                client.list_policies().filter(kind.clone()).set_next_token(token).customize().interceptor(call).send();
            async { request.await.map(|out| (out.policies.unwrap_or_default(), out.next_token)) }
        })
        .await
        .observed()
        .map(|policies| {
            policies
                .iter()
                .map(|p| OrganizationPolicy {
                    id: text(p.id()),
                    arn: text(p.arn()),
                    name: text(p.name()),
                    kind: kind.as_str().to_owned(),
                    aws_managed: p.aws_managed(),
                    ..OrganizationPolicy::default()
                })
                .collect()
        })
}

/// The document of a policy and where it is attached.
async fn complete(session: &Session, client: &Client, mut policy: OrganizationPolicy) -> OrganizationPolicy {
    let home = session.home_region();
    let id = policy.id.clone();
    let parameters = [("PolicyId", id.as_str())];
    let document = session.one(ask("organizations:DescribePolicy", home).with(&parameters), |call| {
        client.describe_policy().policy_id(&id).customize().interceptor(call).send()
    });
    let targets = session.pages(ask("organizations:ListTargetsForPolicy", home).with(&parameters), |token, call| {
        let request =
            client.list_targets_for_policy().policy_id(&id).set_next_token(token).customize().interceptor(call).send();
        async { request.await.map(|out| (out.targets.unwrap_or_default(), out.next_token)) }
    });
    let (document, targets) = futures::join!(document, targets);
    policy.document = document
        .parse(|out| out.policy.and_then(|p| p.content).ok_or_else(|| "it holds no document".to_owned()))
        .observed();
    policy.targets = targets.observed().map(|targets| {
        let mut ids: Vec<String> = targets.iter().map(|t| text(t.target_id())).collect();
        ids.sort();
        ids
    });
    policy
}

pub(super) async fn delegated_administrators(
    session: &Session,
    global: &GlobalFacts,
) -> Observed<Option<Vec<DelegatedAdministrator>>> {
    speaking!(session, global, "organizations:ListDelegatedAdministrators");
    let client = organizations(session);
    let home = session.home_region();
    let listed = session
        .pages(ask("organizations:ListDelegatedAdministrators", home), |token, call| {
            let request =
                client.list_delegated_administrators().set_next_token(token).customize().interceptor(call).send();
            async { request.await.map(|out| (out.delegated_administrators.unwrap_or_default(), out.next_token)) }
        })
        .await
        .observed();
    let found = match listed.get() {
        Ok(found) => found,
        Err(gap) => return gap.clone().into(),
    };
    let client = &client;
    let asked = found.iter().map(|administrator| async move {
        let id = text(administrator.id());
        let parameters = [("AccountId", id.as_str())];
        let services = session
            .pages(ask("organizations:ListDelegatedServicesForAccount", home).with(&parameters), |token, call| {
                let request = client
                    .list_delegated_services_for_account()
                    .account_id(&id)
                    .set_next_token(token)
                    .customize()
                    .interceptor(call)
                    .send();
                async { request.await.map(|out| (out.delegated_services.unwrap_or_default(), out.next_token)) }
            })
            .await
            .observed()
            .map(|services| {
                let mut names: Vec<String> = services.iter().map(|s| text(s.service_principal())).collect();
                names.sort();
                names
            });
        DelegatedAdministrator { name: text(administrator.name()), id, services }
    });
    let mut administrators = join_all(asked).await;
    administrators.sort_by(|a, b| a.id.cmp(&b.id));
    follows(Some(administrators), &listed)
}

/// The resource policy, by which the management account hands out actions of its own to members.
pub(super) async fn delegation(session: &Session, global: &GlobalFacts) -> Observed<Option<Delegation>> {
    speaking!(session, global, "organizations:DescribeResourcePolicy");
    let client = organizations(session);
    session
        .one(ask("organizations:DescribeResourcePolicy", session.home_region()), |call| {
            client.describe_resource_policy().customize().interceptor(call).send()
        })
        .await
        .parse(|out| out.resource_policy.and_then(|p| p.content).ok_or_else(|| "it holds no document".to_owned()))
        .or_absent()
        .map(|policy| Some(Delegation { policy }))
}
