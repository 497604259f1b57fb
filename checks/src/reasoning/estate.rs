//! From the facts of accounts to what the policy engine asks about.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kickoff_facts::iam::{Authorization, InlinePolicy};
use kickoff_facts::organization::{OrganizationPolicy, TreeNode};
use kickoff_facts::{AccountFacts, Gap, Need, Observed, View};
use kickoff_policy::access::{Access, Unknown};
use kickoff_policy::account::{
    AccountData, ControlLevel, GroupData, Named, PolicyData, ResourcePolicy, RoleData, UserData,
};
use kickoff_policy::actions::ActionTable;
use kickoff_policy::estate::{Around, Controls, Estate, Place, Watched};
use kickoff_policy::reach::Reach;

use crate::reasoning::listing::Listing;

/// Every family that says something of who may do what.
pub const NEEDS: &[Need] = &[
    Need::Authorization,
    Need::Organization,
    Need::Members,
    Need::OrganizationRoot,
    Need::OrganizationTree,
    Need::OrganizationPolicies,
    Need::Buckets,
    Need::LogBuckets,
    Need::Trails,
    Need::LogKeys,
    Need::Detectors,
    Need::CredentialReport,
    Need::PermissionSets,
    Need::Assignments,
    Need::DirectoryUsers,
    Need::DirectoryGroups,
];

/// The principals and policies of an account.
///
/// # Errors
/// They were not collected.
pub fn account(facts: &AccountFacts) -> Result<AccountData, Gap> {
    let found = facts.global.authorization.get().map_err(Clone::clone)?;
    Ok(data(facts, found))
}

fn data(facts: &AccountFacts, found: &Authorization) -> AccountData {
    let inline = |list: &[InlinePolicy]| -> Vec<Named> {
        list.iter().map(|p| Named { name: p.name.clone(), document: p.document.as_str().into() }).collect()
    };
    let tags = |tags: &BTreeMap<String, String>| tags.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    let users = found.users.iter().map(|u| UserData {
        name: u.name.clone(),
        arn: u.arn.clone(),
        id: None,
        groups: u.groups.clone(),
        attached: u.attached.clone(),
        inline: inline(&u.inline),
        boundary: u.boundary.clone(),
        tags: tags(&u.tags),
    });
    let groups = found.groups.iter().map(|g| GroupData {
        name: g.name.clone(),
        arn: g.arn.clone(),
        attached: g.attached.clone(),
        inline: inline(&g.inline),
    });
    let roles = found.roles.iter().map(|r| RoleData {
        name: r.name.clone(),
        path: r.path.clone(),
        arn: r.arn.clone(),
        id: None,
        trust: r.trust.as_str().into(),
        attached: r.attached.clone(),
        inline: inline(&r.inline),
        boundary: r.boundary.clone(),
        tags: tags(&r.tags),
        last_used: r.last_used.map(|time| time.to_string()),
        instance_profiles: r.instance_profiles.clone(),
    });
    let policies = found.policies.iter().map(|p| PolicyData {
        name: p.name.clone(),
        arn: p.arn.clone(),
        default_version: p.default_version.clone(),
        document: p.document.as_str().into(),
        other_versions: p.other_versions.iter().map(|(id, text)| (id.clone(), Arc::from(text.as_str()))).collect(),
        attachments: p.attachments,
    });
    AccountData {
        account: facts.account.clone(),
        partition: facts.partition.clone(),
        complete: true,
        users: users.collect(),
        groups: groups.collect(),
        roles: roles.collect(),
        policies: policies.collect(),
    }
}

/// What stands above and beside the accounts of a run, as far as it was collected. Takes one account after another.
#[derive(Debug, Default)]
pub struct Surroundings {
    around: Around,
    listing: Listing,
    accounts: Vec<(String, Bound)>,
    tellers: Vec<Teller>,
}

/// Whether the policies of an organization bind an account.
#[derive(Debug, Clone, Copy)]
enum Bound {
    /// It belongs to none, or is the management account: neither kind binds that one's principals and resources.
    Free,
    Member,
    Unknown,
}

/// What an account says of its organization: the tree, the policies, and the kinds of policies that are switched on.
#[derive(Debug)]
struct Teller {
    tree: Vec<TreeNode>,
    policies: Vec<OrganizationPolicy>,
    enabled: Vec<String>,
}

impl Surroundings {
    /// Adds an account.
    pub fn add(&mut self, facts: &AccountFacts) {
        let bound = match facts.global.organization.get() {
            Err(_) => Bound::Unknown,
            Ok(None) => Bound::Free,
            Ok(Some(organization)) => {
                self.around.organizations.insert(facts.account.clone(), organization.id.clone());
                if organization.management_account == facts.account { Bound::Free } else { Bound::Member }
            }
        };
        self.around.places.extend(place(facts));
        self.listing.add(facts);
        let own = |name: &str| format!("arn:{}:s3:::{name}", facts.partition);
        for bucket in facts.global.buckets.get().into_iter().flatten() {
            self.around.owners.insert(own(&bucket.name), facts.account.clone());
        }
        for bucket in facts.global.log_buckets.get().into_iter().flatten().filter(|bucket| bucket.owned) {
            self.around.owners.insert(own(&bucket.name), facts.account.clone());
            if let Ok(block) = bucket.settings.get().and_then(|settings| settings.public_access_block.get()) {
                let restrict = block.as_ref().is_some_and(|block| block.restrict);
                self.around.restricted.insert(own(&bucket.name), restrict);
            }
        }
        self.accounts.push((facts.account.clone(), bound));
        self.tellers.extend(Teller::of(facts));
        self.around.resources.extend(resources(facts));
        self.around.watched.insert(facts.account.clone(), watched(facts));
    }

    /// What is known when all accounts were added.
    #[must_use]
    pub fn around(self) -> Around {
        let Self { mut around, listing, accounts, tellers } = self;
        around.own = listing.own();
        let controls = |kind: &str| {
            let levels = accounts.iter().filter_map(|(account, bound)| {
                let levels = match bound {
                    Bound::Free => Vec::new(),
                    Bound::Member => tellers.iter().find_map(|teller| teller.levels(account, kind))?,
                    Bound::Unknown => return None,
                };
                Some((account.clone(), levels))
            });
            Controls::Each(levels.collect())
        };
        (around.scp, around.rcp) = (controls("SERVICE_CONTROL_POLICY"), controls("RESOURCE_CONTROL_POLICY"));
        around
    }
}

/// What an account is in its organization.
fn place(facts: &AccountFacts) -> Option<(String, Place)> {
    let place = match facts.global.organization.get().ok()? {
        None => Place::Alone,
        Some(organization) if organization.management_account == facts.account => Place::Management,
        Some(_) => Place::Member,
    };
    Some((facts.account.clone(), place))
}

impl Teller {
    /// None where the account may not see its organization.
    fn of(facts: &AccountFacts) -> Option<Self> {
        let global = &facts.global;
        Some(Self {
            tree: global.organization_tree.get().ok()?.clone()?,
            policies: global.organization_policies.get().ok()?.clone()?,
            enabled: global.organization_root.get().ok()?.as_ref()?.enabled_policy_types.clone(),
        })
    }

    /// The policies of a kind above an account, from the root down.
    fn levels(&self, account: &str, kind: &str) -> Option<Vec<ControlLevel>> {
        if !self.enabled.iter().any(|enabled| enabled == kind) {
            return Some(Vec::new());
        }
        let mut chain: Vec<&str> = vec![account];
        let mut node = self.tree.iter().find(|node| node.accounts.iter().any(|one| one == account))?;
        chain.push(&node.id);
        while let Some(above) = &node.parent {
            let parent = |one: &&TreeNode| one.id == *above && !chain.contains(&one.id.as_str());
            node = self.tree.iter().find(parent)?;
            chain.push(&node.id);
        }
        chain.reverse();
        let of_kind: Vec<&OrganizationPolicy> = self.policies.iter().filter(|policy| policy.kind == kind).collect();
        chain.into_iter().map(|place| level(&of_kind, place)).collect()
    }
}

/// The policies attached at a place; none when one of them could not be read.
fn level(policies: &[&OrganizationPolicy], place: &str) -> Option<ControlLevel> {
    let mut found = ControlLevel { org: place.to_owned(), policies: Vec::new() };
    for policy in policies {
        if policy.targets.get().ok()?.iter().any(|target| target == place) {
            let document = policy.document.get().ok()?;
            found.policies.push(Named { name: policy.name.clone(), document: document.as_str().into() });
        }
    }
    Some(found)
}

/// The policies of the resources that keep logs.
fn resources(facts: &AccountFacts) -> Vec<ResourcePolicy> {
    let mut found: BTreeMap<String, Arc<str>> = BTreeMap::new();
    for bucket in facts.global.log_buckets.get().into_iter().flatten().filter(|bucket| bucket.owned) {
        if let Ok(Some(policy)) = bucket.settings.get().and_then(|settings| settings.policy.get()) {
            found.insert(format!("arn:{}:s3:::{}", facts.partition, bucket.name), policy.as_str().into());
        }
    }
    for key in facts.regions.values().flat_map(|region| region.log_keys.get().into_iter().flatten()) {
        if let Ok(Some(key)) = key.key.get()
            && let Ok(policy) = key.policy.get()
        {
            found.insert(key.arn.clone(), policy.as_str().into());
        }
    }
    found.into_iter().map(|(arn, document)| ResourcePolicy { arn, document, owner: None }).collect()
}

/// What keeps logs or watches over them, of each kind that was read in every region that was asked.
fn watched(facts: &AccountFacts) -> Watched {
    fn everywhere<T>(
        facts: &AccountFacts,
        of: impl Fn(&kickoff_facts::RegionalFacts) -> &Observed<Vec<T>>,
        mut name: impl FnMut(&str, &T) -> Option<String>,
    ) -> Option<Vec<String>> {
        let mut found = BTreeSet::new();
        for (region, regional) in &facts.regions {
            found.extend(of(regional).get().ok()?.iter().filter_map(|one| name(region, one)));
        }
        (!facts.regions.is_empty()).then(|| found.into_iter().collect())
    }
    let own = |arn: &str| arn.split(':').nth(4) == Some(facts.account.as_str());
    let mut found = Watched::new();
    let mut put = |kind: &str, arns: Option<Vec<String>>| {
        if let Some(arns) = arns {
            found.insert(kind.to_owned(), arns);
        }
    };
    put("trail", everywhere(facts, |r| &r.trails, |_, trail| Some(trail.arn.clone()).filter(|arn| own(arn))));
    put(
        "detector",
        everywhere(
            facts,
            |r| &r.detectors,
            |region, detector| {
                let (partition, account) = (&facts.partition, &facts.account);
                Some(format!("arn:{partition}:guardduty:{region}:{account}:detector/{}", detector.id))
            },
        ),
    );
    // A key that could not be read may be any: then all are asked about.
    let mut unread = false;
    let keys = everywhere(
        facts,
        |r| &r.log_keys,
        |_, key| {
            unread |= key.key.get().is_err();
            key.key.get().ok()?.as_ref().map(|key| key.arn.clone()).filter(|arn| own(arn))
        },
    );
    put("log key", keys.filter(|_| !unread));
    let buckets = facts.global.log_buckets.get().ok().map(|buckets| {
        let own = buckets.iter().filter(|bucket| bucket.owned);
        own.map(|bucket| format!("arn:{}:s3:::{}", facts.partition, bucket.name)).collect::<Vec<_>>()
    });
    put("log bucket objects", buckets.as_ref().map(|list| list.iter().map(|arn| format!("{arn}/*")).collect()));
    put("log bucket", buckets);
    found
}

/// An account that nothing can be said of.
#[must_use]
pub fn not_collected(account: &str, gap: &Gap) -> Unknown {
    Unknown {
        what: format!("account {account}"),
        count: 1,
        why: format!("its principals and policies were not collected: {}: {}", gap.call, gap.message),
        example: None,
    }
}

/// Who reaches what in one account, worked out once for all checks.
pub(crate) struct Reached(pub(crate) Access);

/// The analysis of the account's own principals and policies. Service control policies are left out: a member account cannot
/// read those above it, and a check must not say less of it than of the management account.
///
/// # Errors
/// They were not collected.
pub(crate) fn reached(view: &View<'_>) -> Result<Arc<Reached>, Gap> {
    view.authorization()?;
    Ok(view.shared(|facts| {
        let accounts = account(facts).into_iter().collect();
        let around = Around { places: place(facts).into_iter().collect(), ..Around::default() };
        let estate = Estate::new(accounts, around, ActionTable::embedded(), &facts.as_of.to_string());
        Reached(Reach::new(&estate).access())
    }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn facts(account: &str, global: Value, regions: Value) -> AccountFacts {
        let facts = json!({
            "account": account, "partition": "aws", "as_of": "2026-03-02T00:00:00Z", "home_region": "us-east-1",
            "global": global, "regions": regions,
        });
        serde_json::from_value(facts).unwrap()
    }

    fn denied(call: &str) -> Value {
        json!({ "gap": { "kind": "denied", "call": call, "region": "us-east-1", "message": "AccessDenied" } })
    }

    /// The management account's facts, with one more policy of the organization.
    fn management(more: Value, parent_of_unit: &str) -> AccountFacts {
        let full = json!({
            "name": "FullAWSAccess", "kind": "SERVICE_CONTROL_POLICY", "document": { "value": "full" },
            "targets": { "value": ["r-ab12", "ou-ab12-work", "222233334444"] },
        });
        let rcp = json!({
            "name": "perimeter", "kind": "RESOURCE_CONTROL_POLICY", "document": { "value": "rcp" },
            "targets": { "value": ["r-ab12"] },
        });
        let global = json!({
            "organization": { "value": { "id": "o-abc123", "management_account": "111122223333", "feature_set": "ALL" } },
            "organization_root": { "value": { "id": "r-ab12", "enabled_policy_types": ["TAG_POLICY", "SERVICE_CONTROL_POLICY"] } },
            "organization_tree": { "value": [
                { "id": "r-ab12", "name": "Root", "accounts": ["111122223333"] },
                { "id": "ou-ab12-work", "name": "Work", "parent": parent_of_unit, "accounts": ["999988887777", "222233334444"] } ] },
            "organization_policies": { "value": [full, rcp, more] },
        });
        facts("111122223333", global, json!({}))
    }

    fn member() -> AccountFacts {
        let organization = json!({ "id": "o-abc123", "management_account": "111122223333", "feature_set": "ALL" });
        facts("222233334444", json!({ "organization": { "value": organization } }), json!({}))
    }

    fn around(all: impl IntoIterator<Item = AccountFacts>) -> Around {
        let mut around = Surroundings::default();
        all.into_iter().for_each(|facts| around.add(&facts));
        around.around()
    }

    /// What is known to bind an account, level by level: the place, and the names of its policies.
    fn levels_of(controls: &Controls, account: &str) -> Option<Vec<(String, Vec<String>)>> {
        let Controls::Each(each) = controls else { return None };
        let names = |level: &ControlLevel| level.policies.iter().map(|policy| policy.name.clone()).collect();
        Some(each.get(account)?.iter().map(|level| (level.org.clone(), names(level))).collect())
    }

    #[test]
    fn service_control_policies_bind_members_from_the_root_down() {
        let guard = json!({
            "name": "guard", "kind": "SERVICE_CONTROL_POLICY", "document": { "value": "guard" },
            "targets": { "value": ["ou-ab12-work"] },
        });
        let alone = facts("333344445555", json!({ "organization": { "value": null } }), json!({}));
        let unread = json!({ "organization": denied("organizations:DescribeOrganization") });
        let unread = facts("444455556666", unread, json!({}));
        let all = [member(), management(guard, "r-ab12"), alone, unread];
        let around = around(all);
        let level = |place: &str, names: &[&str]| {
            (place.to_owned(), names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(
            levels_of(&around.scp, "222233334444"),
            Some(vec![
                level("r-ab12", &["FullAWSAccess"]),
                level("ou-ab12-work", &["FullAWSAccess", "guard"]),
                level("222233334444", &["FullAWSAccess"]),
            ])
        );
        // Resource control policies are not switched on at the root.
        assert_eq!(levels_of(&around.rcp, "222233334444"), Some(vec![]));
        for account in ["111122223333", "333344445555"] {
            assert_eq!(levels_of(&around.scp, account), Some(vec![]), "{account}");
        }
        assert_eq!(levels_of(&around.scp, "444455556666"), None);
        let organizations: Vec<&str> = around.organizations.keys().map(String::as_str).collect();
        assert_eq!(organizations, ["111122223333", "222233334444"]);
    }

    #[test]
    fn a_policy_that_could_not_be_read_leaves_the_levels_unknown_where_it_may_stand() {
        let policy = |targets: Value, document: Value| json!({ "name": "guard", "kind": "SERVICE_CONTROL_POLICY", "targets": targets, "document": document });
        let text = || json!({ "value": "guard" });
        let on = |place: &str| json!({ "value": [place] });
        for (more, parent, known) in [
            (policy(on("ou-ab12-work"), text()), "r-ab12", true),
            (policy(denied("organizations:ListTargetsForPolicy"), text()), "r-ab12", false),
            (policy(on("ou-ab12-work"), denied("organizations:DescribePolicy")), "r-ab12", false),
            (policy(on("ou-ab12-else"), denied("organizations:DescribePolicy")), "r-ab12", true),
            // A tree that does not lead to a root.
            (policy(on("ou-ab12-work"), text()), "ou-ab12-gone", false),
            (policy(on("ou-ab12-work"), text()), "ou-ab12-work", false),
        ] {
            let all = [management(more.clone(), parent), member()];
            assert_eq!(levels_of(&around(all).scp, "222233334444").is_some(), known, "{more} {parent}");
        }
    }

    #[test]
    fn what_is_watched_is_the_accounts_own_and_was_read_in_every_region() {
        let own = "arn:aws:cloudtrail:us-east-1:111122223333:trail/main";
        let trails = json!({ "value": [
            { "arn": own, "name": "main" },
            { "arn": "arn:aws:cloudtrail:us-east-1:999988887777:trail/org", "name": "org" } ] });
        let key = |arn: &str, policy: &str| json!({ "id": arn, "key": { "value": { "arn": arn, "policy": { "value": policy } } } });
        let (mine, theirs) = ("arn:aws:kms:us-east-1:111122223333:key/k1", "arn:aws:kms:us-east-1:999988887777:key/k2");
        let bucket = |name: &str, owned: bool| json!({ "name": name, "owned": owned, "settings": { "value": { "policy": { "value": name } } } });
        let global = json!({ "log_buckets": { "value": [bucket("acme-trail", true), bucket("theirs", false)] } });
        let regions = json!({
            "us-east-1": { "trails": trails, "detectors": { "value": [ { "id": "d1" } ] }, "log_keys": { "value": [key(mine, "k1"), key(theirs, "k2")] } },
            "eu-west-1": { "trails": trails, "detectors": denied("guardduty:ListDetectors"), "log_keys": { "value": [] } },
        });
        let facts = facts("111122223333", global, regions);
        let list = |arns: &[&str]| arns.iter().map(|&arn| arn.to_owned()).collect::<Vec<_>>();
        let expected: Watched = [
            ("trail", list(&[own])),
            ("log key", list(&[mine])),
            ("log bucket", list(&["arn:aws:s3:::acme-trail"])),
            ("log bucket objects", list(&["arn:aws:s3:::acme-trail/*"])),
        ]
        .map(|(kind, arns)| (kind.to_owned(), arns))
        .into();
        assert_eq!(watched(&facts), expected);
        let policies = resources(&facts);
        let policies: Vec<(&str, &str)> = policies.iter().map(|one| (one.arn.as_str(), &*one.document)).collect();
        assert_eq!(policies, [(mine, "k1"), (theirs, "k2"), ("arn:aws:s3:::acme-trail", "acme-trail")]);
    }

    #[test]
    fn where_no_region_was_asked_nothing_is_known_to_be_watched() {
        assert_eq!(watched(&member()), Watched::new());
    }

    #[test]
    fn an_account_whose_principals_are_not_known_is_named() {
        let gap = account(&member()).unwrap_err();
        let unknown = not_collected("222233334444", &gap);
        assert_eq!(unknown.what, "account 222233334444");
        assert!(unknown.why.starts_with("its principals and policies were not collected: "), "{}", unknown.why);
        assert!(unknown.why.contains(&gap.call), "{}", unknown.why);
        let read = facts("111122223333", json!({ "authorization": { "value": {} } }), json!({}));
        assert!(account(&read).is_ok());
    }
}
