//! The people behind the roles of IAM Identity Center: a row of the review for each person, account and permission set.

use std::collections::HashMap;

use super::{Mfa, Nature, PrincipalKind, Reviewed, Way, WayIn};

/// A person to whom a permission set is assigned in an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holder {
    /// The name for signing in, or the id in the directory where the name is not known.
    pub name: String,
    /// The groups by which it is assigned; empty where it is assigned to the person.
    pub groups: Vec<String>,
    /// It is assigned to the person, whatever the groups.
    pub direct: bool,
    /// The directory says that the person is disabled.
    pub disabled: bool,
}

/// Who holds a permission set in an account, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holders {
    /// The people, by name.
    pub people: Vec<Holder>,
    /// Who else may hold it, and why that is not known.
    pub not_known: Vec<String>,
}

/// Who holds which permission set where: by account and name of the permission set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assigned {
    /// The holders of each permission set that is assigned in an account.
    pub holders: HashMap<(String, String), Holders>,
    /// The assignments were read: a permission set that is not among the holders is assigned to nobody.
    pub known: bool,
}

/// The name of the permission set of a role of Identity Center, `AWSReservedSSO_NAME_0123456789abcdef`.
fn permission_set(role: &str) -> Option<&str> {
    role.strip_prefix("AWSReservedSSO_")?.rsplit_once('_').map(|(name, _)| name)
}

impl Assigned {
    /// Adds the rows of the people behind a role of Identity Center to that of the role.
    pub(super) fn add(&self, mut role: Reviewed, rows: &mut Vec<Reviewed>) {
        let Some(set) = permission_set(&role.name).map(str::to_owned) else { return rows.push(role) };
        let holders = self.holders.get(&(role.account.clone(), set.clone()));
        match holders {
            Some(holders) => role.not_known.extend(holders.not_known.iter().cloned()),
            None if self.known => {
                role.nature_why.push_str(&format!("; the permission set {set} is assigned to nobody here"))
            }
            None => role.not_known.push("who is assigned the permission set was not collected".to_owned()),
        }
        let people: Vec<Reviewed> =
            holders.iter().flat_map(|holders| &holders.people).map(|one| person(&role, &set, one)).collect();
        rows.push(role);
        rows.extend(people);
    }
}

/// What stands beside a person whom the directory says to be disabled.
pub(super) const DISABLED: &str = ", who is disabled in the directory";

/// The row of a person: the rights are those of the role.
fn person(role: &Reviewed, set: &str, holder: &Holder) -> Reviewed {
    let by = match (holder.direct, holder.groups.is_empty()) {
        (true, true) | (false, true) => "directly".to_owned(),
        (true, false) => format!("directly and by {}", holder.groups.join(", ")),
        (false, false) => format!("by {}", holder.groups.join(", ")),
    };
    let state = if holder.disabled { DISABLED } else { "" };
    Reviewed {
        name: holder.name.clone(),
        kind: PrincipalKind::Person,
        nature: Nature::Human,
        nature_why: format!("a person of the directory{state}, assigned the permission set {set} {by}"),
        ways_in: vec![WayIn { by: Way::IdentityCenter, who: set.to_owned(), conditions: Vec::new() }],
        groups: holder.groups.clone(),
        mfa: Mfa::Unknown,
        created: None,
        keys: None,
        key_age_days: None,
        unused: None,
        not_known: Vec::new(),
        ..role.clone()
    }
}
