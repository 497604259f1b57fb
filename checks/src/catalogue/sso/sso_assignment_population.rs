//! # All people, groups, accounts and permission sets
//!
//! ## What it asks
//! Who has access to which account through Identity Center, and by which permission set.
//!
//! ## Why an auditor asks
//! An access review is worth as much as the list that was reviewed. For most firms this is the list.
//!
//! ## How it is decided
//! In the management account: the number of people in the directory, of groups, permission sets, accounts and
//! assignments, and how many people are assigned anything, alone or through a group; then each permission set with its
//! groups, their number of members, its single users, and in how many accounts each has it. A person compares them with
//! the review. Up to 200 lines are printed; the evidence holds all. A list that could not be read whole, or that is
//! longer than a scan asks for, makes the result `not-evaluated`. In a member account, and without an organization:
//! `not-applicable`.
//!
//! ## What else is accepted
//! The review of an identity provider's groups, where all groups of the directory come from it.
//!
//! ## What it does not see
//! Who the person behind a user is, and whether they still work for you, is not in AWS. Assignments to applications,
//! what each permission set grants in the end, and whether an account still has an older version of it
//! (`LATEST_PERMISSION_SET_NOT_PROVISIONED`) are not in the list. Members of groups that hold no permission set are
//! not read, and groups that are nested at the identity provider are seen as it sends them.
//!
//! ## Remediation
//! Console: IAM Identity Center, AWS accounts, Users, Groups. CLI: `aws sso-admin list-account-assignments`, `aws
//! identitystore list-group-memberships`. Terraform: `aws_ssoadmin_account_assignment`.
//!
//! ## Peers
//! No peer prints it.
//!
//! ## References
//! IAM Identity Center API Reference, `ListAccountAssignments`; Identity Store API Reference, `ListGroupMemberships`.

use std::collections::{BTreeMap, BTreeSet};

use kickoff_facts::identity_center::{Assignment, DirectoryGroup, DirectoryUser};
use kickoff_facts::{Gap, Need, Seen, View};

use crate::frame::wording::{count, entries, line};
use crate::parameters::Parameters;
use crate::reasoning::identity_center::{assignments, family, permission_sets};
use crate::reasoning::management;
use crate::{Entry, Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "sso-assignment-population",
    control: "CC6.2.06",
    title: "All people, groups, accounts and permission sets",
    severity: Severity::Info,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Manual,
    criteria: &["CC6.2", "CC6.3"],
    needs: &[
        Need::Organization,
        Need::PermissionSets,
        Need::Assignments,
        Need::DirectoryUsers,
        Need::DirectoryGroups,
        Need::Regions,
    ],
    parameters: &[],
    expected: "the access review covers everybody who is assigned a permission set",
    fix: "review the assignments that the last access review did not cover",
};

/// Decides.
///
/// # Errors
/// It is not known whether the account belongs to an organization.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    management::judge(view, |_, seen| {
        let users = family(view, Need::DirectoryUsers, View::directory_users)?;
        let groups = family(view, Need::DirectoryGroups, View::directory_groups)?;
        let mut by_set: BTreeMap<&str, &[Assignment]> = BTreeMap::new();
        for set in assignments(view)? {
            by_set.insert(&set.permission_set, seen.see(&set.assignments)?);
        }
        let sets = permission_sets(view)?;
        let directory = Directory::of(&users, &groups);
        let (mut people, mut accounts, mut total) = (BTreeSet::new(), BTreeSet::new(), 0);
        let (mut lines, mut listed): (Vec<String>, Vec<Entry>) = (Vec::new(), Vec::new());
        for set in &sets {
            let name = line(&seen.see(&set.settings)?.name);
            let mut by_principal: BTreeMap<(bool, &str), Vec<&str>> = BTreeMap::new();
            for assignment in by_set.get(set.arn.as_str()).copied().unwrap_or_default() {
                total += 1;
                accounts.insert(assignment.account.as_str());
                by_principal
                    .entry((assignment.is_direct(), &assignment.principal))
                    .or_default()
                    .push(&assignment.account);
            }
            for ((direct, principal), mut held) in by_principal {
                let who = directory.name(seen, direct, principal, &mut people)?;
                lines.push(format!("{name}: {who} in {}", count(held.len(), "account")));
                held.sort_unstable();
                listed.extend(held.into_iter().map(|account| {
                    vec![
                        ("Permission set", name.clone()),
                        ("Assigned to", who.trim_end_matches(',').to_owned()),
                        ("Account", account.to_owned()),
                    ]
                }));
            }
        }
        lines.sort();
        listed.sort();
        let off = users.iter().filter(|user| user.status.as_deref() == Some("DISABLED")).count();
        let mut observed = format!(
            "{} in the directory, {off} of them disabled; {}; {}; {} to {} in {}",
            count(users.len(), "user"),
            count(groups.len(), "group"),
            count(sets.len(), "permission set"),
            count(total, "assignment"),
            count(people.len(), "user"),
            count(accounts.len(), "account"),
        );
        if !lines.is_empty() {
            observed.push_str(": ");
            observed.push_str(&entries(lines));
        }
        let verdict =
            Verdict::manual(observed, "compare them with the last access review, and explain each difference");
        Ok(verdict.listing(listed))
    })
}

/// The directory by id.
struct Directory<'a> {
    users: BTreeMap<&'a str, &'a DirectoryUser>,
    groups: BTreeMap<&'a str, &'a DirectoryGroup>,
}

impl<'a> Directory<'a> {
    fn of(users: &[&'a DirectoryUser], groups: &[&'a DirectoryGroup]) -> Self {
        Self {
            users: users.iter().map(|user| (user.id.as_str(), *user)).collect(),
            groups: groups.iter().map(|group| (group.id.as_str(), *group)).collect(),
        }
    }

    /// What a user or group is called; the people behind it are added.
    fn name(&self, seen: &Seen, direct: bool, id: &'a str, people: &mut BTreeSet<&'a str>) -> Result<String, Gap> {
        if direct {
            people.insert(id);
            return Ok(match self.users.get(id) {
                Some(user) => format!("user {}", line(&user.name)),
                None => format!("user {id}, who is not in the directory,"),
            });
        }
        let Some(group) = self.groups.get(id) else {
            return Ok(format!("group {id}, which is not in the directory,"));
        };
        let members = seen.see(&group.members)?;
        people.extend(members.iter().map(String::as_str));
        Ok(format!("group {} ({})", line(&group.name), count(members.len(), "user")))
    }
}
