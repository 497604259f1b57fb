//! IAM Identity Center and its directory, by declared operations. Only the management account is asked for more than
//! the instance: AWS tells a member nothing of the organization's assignments.

use std::collections::BTreeSet;

use futures::future::join_all;
use kickoff_facts::identity_center::{
    Assignment, DirectoryGroup, DirectoryUser, IdentityCenter, PermissionSet, PermissionSetAssignments,
    PermissionSetSettings,
};
use kickoff_facts::{GlobalFacts, Observed, RegionalFacts};
use serde::Deserialize;
use serde_json::json;

use super::json::Json;
use super::shared::{follows, inherited, speaks_for};
use crate::call::ask;
use crate::declared::{IDENTITY_STORE, Payload, SSO_ADMIN};
use crate::session::Session;

families! {
    regional IdentityCenters identity_centers = |session, _, region, _| instances(session, region);
    regional PermissionSets permission_sets =
        |session, facts, region, known| permission_sets(session, region, known, &facts.global);
    regional Assignments assignments =
        |session, facts, region, known| assignments(session, region, known, &facts.global);
    regional DirectoryUsers directory_users =
        |session, facts, region, known| users(session, region, known, &facts.global);
    regional DirectoryGroups directory_groups =
        |session, facts, region, known| groups(session, region, known, &facts.global);
}

const CENTER: Json = Json { service: SSO_ADMIN, payload: Payload::Json, token: "NextToken" };
const DIRECTORY: Json = Json { service: IDENTITY_STORE, payload: Payload::Json, token: "NextToken" };

/// Assignments are asked for each pair of a permission set and an account, so many at the most: beyond that a scan
/// would take the quota of 20 calls a second from the people who sign in.
const MAX_PAIRS: usize = 200;
/// The members of so many groups are asked at the most.
const MAX_GROUPS: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Instances {
    instances: Vec<RawInstance>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawInstance {
    instance_arn: String,
    identity_store_id: String,
    owner_account_id: String,
    status: Option<String>,
    primary_region: Option<String>,
}

pub(super) async fn instances(session: &Session, region: &str) -> Observed<Vec<IdentityCenter>> {
    let asked = ask("sso-admin:ListInstances", region);
    CENTER.pages(session, asked, json!({}), |page: Instances| (page.instances, page.next_token)).await.observed().map(
        |instances| {
            let read = |i: RawInstance| IdentityCenter {
                arn: i.instance_arn,
                identity_store: i.identity_store_id,
                owner: i.owner_account_id,
                status: i.status.unwrap_or_default(),
                primary_region: i.primary_region,
            };
            instances.into_iter().map(read).collect()
        },
    )
}

/// The organization's instance in the region in which it is administered. Elsewhere it gives back an empty family; in an
/// account that does not manage an organization, none.
macro_rules! instance {
    ($session:expr, $region:expr, $known:expr, $global:expr, $operation:expr) => {{
        match speaks_for($session, $global) {
            Err(gap) => return inherited(&gap, $operation).into(),
            Ok(None) => return follows(None, &$global.organization),
            Ok(Some(_)) => {}
        }
        match $known.identity_centers.get() {
            Err(gap) => return inherited(gap, $operation).into(),
            Ok(found) => match found.iter().find(|i| i.is_administered($session.account(), $region)) {
                None => return follows(Some(Vec::new()), &$known.identity_centers),
                Some(instance) => instance,
            },
        }
    }};
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sets {
    permission_sets: Vec<String>,
    next_token: Option<String>,
}

pub(super) async fn permission_sets(
    session: &Session,
    region: &str,
    known: &RegionalFacts,
    global: &GlobalFacts,
) -> Observed<Option<Vec<PermissionSet>>> {
    const OPERATION: &str = "sso-admin:ListPermissionSets";
    let instance = instance!(session, region, known, global, OPERATION);
    let parameters = [("InstanceArn", instance.arn.as_str())];
    let body = json!({ "InstanceArn": instance.arn, "MaxResults": 100 });
    let listed = CENTER
        .pages(session, ask(OPERATION, region).with(&parameters), body, |page: Sets| {
            (page.permission_sets, page.next_token)
        })
        .await
        .observed();
    let arns = match listed.get() {
        Ok(arns) => arns,
        Err(gap) => return gap.clone().into(),
    };
    let mut sets = join_all(arns.iter().map(|arn| permission_set(session, region, &instance.arn, arn))).await;
    sets.sort_by(|a, b| a.arn.cmp(&b.arn));
    follows(Some(sets), &listed)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    permission_set: RawSet,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawSet {
    name: String,
    session_duration: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Managed {
    attached_managed_policies: Vec<RawManaged>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawManaged {
    arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct References {
    customer_managed_policy_references: Vec<RawReference>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawReference {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inline {
    inline_policy: Option<String>,
}

/// What one permission set grants, and for how long.
async fn permission_set(session: &Session, region: &str, instance: &str, arn: &str) -> PermissionSet {
    let parameters = [("PermissionSetArn", arn)];
    let asked = |operation| ask(operation, region).with(&parameters);
    let body = json!({ "InstanceArn": instance, "PermissionSetArn": arn });
    let mut listing = body.clone();
    listing["MaxResults"] = 100.into();
    let described = CENTER.one::<Described>(session, asked("sso-admin:DescribePermissionSet"), body.clone());
    let managed = CENTER.pages(
        session,
        asked("sso-admin:ListManagedPoliciesInPermissionSet"),
        listing.clone(),
        |page: Managed| (page.attached_managed_policies, page.next_token),
    );
    let references = CENTER.pages(
        session,
        asked("sso-admin:ListCustomerManagedPolicyReferencesInPermissionSet"),
        listing,
        |page: References| (page.customer_managed_policy_references, page.next_token),
    );
    let inline = CENTER.one::<Inline>(session, asked("sso-admin:GetInlinePolicyForPermissionSet"), body);
    let (described, managed, references, inline) = futures::join!(described, managed, references, inline);
    let sorted = |mut texts: Vec<String>| {
        texts.sort();
        texts
    };
    PermissionSet {
        arn: arn.to_owned(),
        settings: described
            .parse(|found| {
                let RawSet { name, session_duration } = found.permission_set;
                Ok(PermissionSetSettings { name, session_minutes: minutes(session_duration.as_deref())? })
            })
            .observed(),
        managed: managed.observed().map(|list| sorted(list.into_iter().map(|p| p.arn).collect())),
        customer_managed: references.observed().map(|list| sorted(list.into_iter().map(|p| p.name).collect())),
        // AWS gives an empty text where there is no policy.
        inline: inline.observed().map(|found| found.inline_policy.filter(|text| !text.is_empty())),
    }
}

/// The minutes of an ISO 8601 duration, `PT8H`; an hour where none is set.
fn minutes(duration: Option<&str>) -> Result<u64, String> {
    let Some(text) = duration.filter(|text| !text.is_empty()) else { return Ok(60) };
    let duration: jiff::SignedDuration = text.parse().map_err(|_| format!("{text} is no session duration"))?;
    u64::try_from(duration.as_mins()).map_err(|_| format!("{text} is no session duration"))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Accounts {
    /// Left out where there is none.
    #[serde(default)]
    account_ids: Vec<String>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Assignments {
    account_assignments: Vec<RawAssignment>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawAssignment {
    account_id: String,
    principal_type: String,
    principal_id: String,
}

pub(super) async fn assignments(
    session: &Session,
    region: &str,
    known: &RegionalFacts,
    global: &GlobalFacts,
) -> Observed<Option<Vec<PermissionSetAssignments>>> {
    const OPERATION: &str = "sso-admin:ListAccountsForProvisionedPermissionSet";
    const PAIRS: &str = "sso-admin:ListAccountAssignments";
    let instance = instance!(session, region, known, global, OPERATION);
    let sets = match known.permission_sets.get() {
        Err(gap) => return inherited(gap, OPERATION).into(),
        Ok(sets) => sets.as_deref().unwrap_or_default(),
    };
    let provisioned = sets.iter().map(|set| async move {
        let parameters = [("PermissionSetArn", set.arn.as_str())];
        let body = json!({ "InstanceArn": instance.arn, "PermissionSetArn": set.arn, "MaxResults": 100 });
        let asked = ask(OPERATION, region).with(&parameters);
        let accounts =
            CENTER.pages(session, asked, body, |page: Accounts| (page.account_ids, page.next_token)).await.observed();
        (set, accounts)
    });
    let mut provisioned = join_all(provisioned).await;
    // Where not all can be asked, administrators come first.
    provisioned.sort_by_key(|(set, _)| !administers(set));
    let pairs: usize = provisioned.iter().filter_map(|(_, accounts)| accounts.get().ok()).map(Vec::len).sum();
    let mut left = MAX_PAIRS;
    let asked = provisioned.into_iter().map(|(set, accounts)| {
        let wanted = accounts.get().map(Vec::len).unwrap_or_default();
        let within = wanted <= left;
        left -= if within { wanted } else { 0 };
        async move {
            let assignments = match accounts.get() {
                Err(gap) => inherited(gap, PAIRS).into(),
                Ok(_) if !within => {
                    let text = format!(
                        "{pairs} pairs of a permission set and an account, and a scan asks for {MAX_PAIRS} at the most"
                    );
                    session.not_made(PAIRS, region, &text).into()
                }
                Ok(found) => {
                    let each = found.iter().map(|account| of_account(session, region, &instance.arn, set, account));
                    let mut all = follows(Vec::new(), &accounts);
                    for some in join_all(each).await {
                        all = all.and(some).map(|(mut all, some)| {
                            all.extend(some);
                            all
                        });
                    }
                    all.map(|mut all| {
                        all.sort();
                        all
                    })
                }
            };
            PermissionSetAssignments { permission_set: set.arn.clone(), assignments }
        }
    });
    let mut all = join_all(asked.collect::<Vec<_>>()).await;
    all.sort_by(|a, b| a.permission_set.cmp(&b.permission_set));
    follows(Some(all), &known.permission_sets)
}

/// Whether AWS's policy for administrators is in a permission set.
fn administers(set: &PermissionSet) -> bool {
    set.managed.get().is_ok_and(|arns| arns.iter().any(|arn| arn.ends_with(":aws:policy/AdministratorAccess")))
}

/// The assignments of one permission set in one account. There may be none: a set can be provisioned without
/// (`ProvisionPermissionSet`), so that the list of accounts is no second list of these.
async fn of_account(
    session: &Session,
    region: &str,
    instance: &str,
    set: &PermissionSet,
    account: &str,
) -> Observed<Vec<Assignment>> {
    let parameters = [("AccountId", account), ("PermissionSetArn", set.arn.as_str())];
    let body = json!({ "InstanceArn": instance, "AccountId": account, "PermissionSetArn": set.arn, "MaxResults": 100 });
    CENTER
        .pages(session, ask("sso-admin:ListAccountAssignments", region).with(&parameters), body, |page: Assignments| {
            (page.account_assignments, page.next_token)
        })
        .await
        .observed()
        .map(|list| {
            let read = |a: RawAssignment| Assignment {
                account: a.account_id,
                principal_type: a.principal_type,
                principal: a.principal_id,
            };
            list.into_iter().map(read).collect()
        })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Users {
    users: Vec<RawUser>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawUser {
    user_id: String,
    user_name: Option<String>,
    user_status: Option<String>,
}

pub(super) async fn users(
    session: &Session,
    region: &str,
    known: &RegionalFacts,
    global: &GlobalFacts,
) -> Observed<Option<Vec<DirectoryUser>>> {
    const OPERATION: &str = "identitystore:ListUsers";
    let instance = instance!(session, region, known, global, OPERATION);
    let parameters = [("IdentityStoreId", instance.identity_store.as_str())];
    let body = json!({ "IdentityStoreId": instance.identity_store, "MaxResults": 100 });
    DIRECTORY
        .pages(session, ask(OPERATION, region).with(&parameters), body, |page: Users| (page.users, page.next_token))
        .await
        .observed()
        .map(|users| {
            let read = |u: RawUser| DirectoryUser {
                name: u.user_name.unwrap_or_else(|| u.user_id.clone()),
                id: u.user_id,
                status: u.user_status,
            };
            let mut users: Vec<DirectoryUser> = users.into_iter().map(read).collect();
            users.sort_by(|a, b| a.id.cmp(&b.id));
            Some(users)
        })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Groups {
    groups: Vec<RawGroup>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawGroup {
    group_id: String,
    display_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Memberships {
    group_memberships: Vec<RawMembership>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawMembership {
    member_id: RawMember,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawMember {
    user_id: String,
}

pub(super) async fn groups(
    session: &Session,
    region: &str,
    known: &RegionalFacts,
    global: &GlobalFacts,
) -> Observed<Option<Vec<DirectoryGroup>>> {
    const OPERATION: &str = "identitystore:ListGroups";
    const MEMBERS: &str = "identitystore:ListGroupMemberships";
    let instance = instance!(session, region, known, global, OPERATION);
    let store = instance.identity_store.as_str();
    let parameters = [("IdentityStoreId", store)];
    let body = json!({ "IdentityStoreId": store, "MaxResults": 100 });
    let listed = DIRECTORY
        .pages(session, ask(OPERATION, region).with(&parameters), body, |page: Groups| (page.groups, page.next_token))
        .await
        .observed();
    let found = match listed.get() {
        Ok(found) => found,
        Err(gap) => return gap.clone().into(),
    };
    let assigned = known.assignments.get().ok().and_then(Option::as_deref).unwrap_or_default();
    let holders: BTreeSet<&str> = assigned
        .iter()
        .filter_map(|set| set.assignments.get().ok())
        .flatten()
        .filter(|assignment| !assignment.is_direct())
        .map(|assignment| assignment.principal.as_str())
        .collect();
    let unasked: BTreeSet<&str> = holders.iter().skip(MAX_GROUPS).copied().collect();
    let asked = found.iter().map(|group| async {
        let id = group.group_id.as_str();
        let members = if !holders.contains(id) {
            session.not_made(MEMBERS, region, "the group is not known to be assigned a permission set").into()
        } else if unasked.contains(id) {
            let text = format!("{} groups are assigned, and a scan asks for {MAX_GROUPS} at the most", holders.len());
            session.not_made(MEMBERS, region, &text).into()
        } else {
            let parameters = [("GroupId", id)];
            let body = json!({ "IdentityStoreId": store, "GroupId": id, "MaxResults": 100 });
            DIRECTORY
                .pages(session, ask(MEMBERS, region).with(&parameters), body, |page: Memberships| {
                    (page.group_memberships, page.next_token)
                })
                .await
                .observed()
                .map(|list| {
                    let mut ids: Vec<String> = list.into_iter().map(|m| m.member_id.user_id).collect();
                    ids.sort();
                    ids
                })
        };
        DirectoryGroup { id: id.to_owned(), name: group.display_name.clone().unwrap_or_default(), members }
    });
    let mut groups = join_all(asked).await;
    groups.sort_by(|a, b| a.id.cmp(&b.id));
    follows(Some(groups), &listed)
}

#[cfg(test)]
mod tests {
    use super::minutes;

    #[test]
    fn a_session_lasts_as_long_as_iso_8601_says_and_an_hour_by_default() {
        assert_eq!(minutes(Some("PT8H")), Ok(480));
        assert_eq!(minutes(Some("PT1H30M")), Ok(90));
        assert_eq!(minutes(Some("PT3600S")), Ok(60));
        assert_eq!(minutes(None), Ok(60));
        assert!(minutes(Some("8")).is_err() && minutes(Some("-PT1H")).is_err());
    }
}
