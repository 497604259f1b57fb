//! From the facts of the account that has IAM Identity Center to who holds which permission set where.

use std::collections::{BTreeMap, HashMap};

use kickoff_facts::identity_center::{Assignment, DirectoryGroup, DirectoryUser};
use kickoff_facts::{AccountFacts, RegionalFacts};
use kickoff_policy::review::{Assigned, Holder, Holders};

/// What the directory of a region says.
struct Directory<'a> {
    users: HashMap<&'a str, &'a DirectoryUser>,
    groups: HashMap<&'a str, &'a DirectoryGroup>,
}

impl<'a> Directory<'a> {
    fn of(region: &'a RegionalFacts) -> Self {
        let users = region.directory_users.get().ok().and_then(Option::as_ref);
        let groups = region.directory_groups.get().ok().and_then(Option::as_ref);
        Self {
            users: users.into_iter().flatten().map(|user| (user.id.as_str(), user)).collect(),
            groups: groups.into_iter().flatten().map(|group| (group.id.as_str(), group)).collect(),
        }
    }

    /// The people that an assignment means, each with the group by which; or why they are not known.
    fn people(&self, assignment: &'a Assignment) -> Result<Vec<(&'a str, Option<&'a str>)>, String> {
        let id = assignment.principal.as_str();
        if assignment.is_direct() {
            return Ok(vec![(id, None)]);
        }
        let Some(group) = self.groups.get(id) else {
            return Err(format!("the members of group {id}, which was not read"));
        };
        match group.members.get() {
            Ok(members) => Ok(members.iter().map(|member| (member.as_str(), Some(group.name.as_str()))).collect()),
            Err(gap) => Err(format!("the members of group {}: {gap}", group.name)),
        }
    }

    fn holder(&self, id: &str) -> Holder {
        let user = self.users.get(id);
        Holder {
            name: user.map_or_else(|| id.to_owned(), |user| user.name.clone()),
            disabled: user.is_some_and(|user| user.status.as_deref() == Some("DISABLED")),
            ..Holder::default()
        }
    }
}

/// Adds what an account tells of assignments: only one that has Identity Center does.
pub fn add(assigned: &mut Assigned, facts: &AccountFacts) {
    for region in facts.regions.values() {
        let (Ok(Some(sets)), Ok(Some(all))) = (region.permission_sets.get(), region.assignments.get()) else {
            continue;
        };
        // An organization has one instance; a region without it lists no permission set.
        assigned.known |= !sets.is_empty();
        let directory = Directory::of(region);
        for set in sets {
            let Ok(name) = set.settings.get().map(|settings| settings.name.as_str()) else { continue };
            let Some(of) = all.iter().find(|one| one.permission_set == set.arn) else { continue };
            match of.assignments.get() {
                Ok(assignments) => hold(assigned, &directory, name, assignments),
                Err(_) => assigned.known = false,
            }
        }
    }
}

fn hold(assigned: &mut Assigned, directory: &Directory<'_>, set: &str, assignments: &[Assignment]) {
    let mut by_account: BTreeMap<&str, (BTreeMap<&str, Holder>, Vec<String>)> = BTreeMap::new();
    for assignment in assignments {
        let (people, not_known) = by_account.entry(&assignment.account).or_default();
        match directory.people(assignment) {
            Ok(meant) => {
                for (id, group) in meant {
                    let holder = people.entry(id).or_insert_with(|| directory.holder(id));
                    holder.direct |= group.is_none();
                    holder.groups.extend(group.map(str::to_owned).filter(|group| !holder.groups.contains(group)));
                }
            }
            Err(why) => not_known.push(why),
        }
    }
    for (account, (people, not_known)) in by_account {
        let mut people: Vec<Holder> = people.into_values().collect();
        people.sort_by(|a, b| a.name.cmp(&b.name));
        people.iter_mut().for_each(|one| one.groups.sort());
        assigned.holders.insert((account.to_owned(), set.to_owned()), Holders { people, not_known });
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_person_holds_a_permission_set_by_groups_or_alone_and_what_is_not_known_is_said() {
        let gap = json!({ "kind": "denied", "call": "identitystore:ListGroupMemberships", "region": "us-east-1", "message": "" });
        let region = json!({
            "permission_sets": { "value": [ { "arn": "ps-1", "settings": { "value": { "name": "Admin" } } }, { "arn": "ps-2", "settings": { "value": { "name": "Read" } } } ] },
            "assignments": { "value": [
                { "permission_set": "ps-1", "assignments": { "value": [
                    { "account": "111122223333", "principal_type": "GROUP", "principal": "g-1" },
                    { "account": "111122223333", "principal_type": "GROUP", "principal": "g-2" },
                    { "account": "111122223333", "principal_type": "USER", "principal": "u-1" },
                    { "account": "222233334444", "principal_type": "GROUP", "principal": "g-3" },
                    { "account": "222233334444", "principal_type": "USER", "principal": "u-9" } ] } },
                { "permission_set": "ps-2", "assignments": { "value": [] } } ] },
            "directory_users": { "value": [ { "id": "u-1", "name": "ann" }, { "id": "u-2", "name": "bob", "status": "DISABLED" } ] },
            "directory_groups": { "value": [
                { "id": "g-1", "name": "admins", "members": { "value": ["u-1", "u-2"] } },
                { "id": "g-2", "name": "on-call", "members": { "value": ["u-2"] } },
                { "id": "g-3", "name": "vendors", "members": { "gap": gap } } ] },
        });
        let facts = json!({ "account": "111122223333", "partition": "aws", "as_of": "2026-03-02T00:00:00Z", "regions": { "us-east-1": region } });
        let mut assigned = Assigned::default();
        add(&mut assigned, &serde_json::from_value(facts).unwrap());
        assert!(assigned.known && assigned.holders.len() == 2);
        let here = &assigned.holders[&("111122223333".to_owned(), "Admin".to_owned())];
        let told: Vec<(&str, String, bool, bool)> =
            here.people.iter().map(|one| (one.name.as_str(), one.groups.join(" "), one.direct, one.disabled)).collect();
        assert_eq!(
            told,
            [("ann", "admins".to_owned(), true, false), ("bob", "admins on-call".to_owned(), false, true)]
        );
        let there = &assigned.holders[&("222233334444".to_owned(), "Admin".to_owned())];
        assert_eq!(there.people.len(), 1);
        assert_eq!(there.people[0].name, "u-9");
        assert!(there.not_known.len() == 1 && there.not_known[0].starts_with("the members of group vendors: "));
    }
}
