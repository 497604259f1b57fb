//! What stands above and beside accounts: control policies, whose accounts and resources are, tags.

use std::collections::{BTreeMap, BTreeSet};

use crate::account::{ControlLevel, Facts, ResourcePolicy, ResourceTags};

/// The levels of SCPs or RCPs above accounts.
#[derive(Debug, Clone, Default)]
pub enum Controls {
    /// Not known.
    #[default]
    Unknown,
    /// The same above every account.
    Everywhere(Vec<ControlLevel>),
    /// By account; an empty list where none bind it: the management account, or one that is in no organization.
    Each(BTreeMap<String, Vec<ControlLevel>>),
}

impl Controls {
    /// The levels above an account; none when they are not known.
    #[must_use]
    pub fn above(&self, account: &str) -> Option<&[ControlLevel]> {
        match self {
            Controls::Unknown => None,
            Controls::Everywhere(levels) => Some(levels),
            Controls::Each(accounts) => accounts.get(account).map(Vec::as_slice),
        }
    }

    /// Takes in what is told of single accounts; what was told of all of them stays.
    fn learn(&mut self, told: BTreeMap<String, Vec<ControlLevel>>) {
        match self {
            Controls::Unknown if !told.is_empty() => *self = Controls::Each(told),
            Controls::Each(accounts) => accounts.extend(told),
            Controls::Unknown | Controls::Everywhere(_) => {}
        }
    }
}

/// What keeps logs or watches over them: ARNs by kind, in the words of `data/log_tamper.txt` (`trail`, `log bucket`,
/// `detector`). A kind that is there was collected whole, even if it has none.
pub type Watched = BTreeMap<String, Vec<String>>;

/// What an account is in its organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is in none.
    Alone,
    /// A member.
    Member,
    /// The management account.
    Management,
}

/// Whether all accounts of an organization are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Listed {
    /// They are, or there are no others.
    All,
    /// The call that tells them failed.
    Unread,
    /// Only the management account lists them, and it was not asked.
    By(String),
    /// Nobody said.
    #[default]
    Untold,
}

/// Which accounts are the client's besides those that are asked about, and which third parties it declares.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// Accounts of the client.
    pub accounts: BTreeSet<String>,
    /// By account that is asked about: whether all accounts of its organization are among these.
    pub listed: BTreeMap<String, Listed>,
    /// Accounts that the client declares as third parties'.
    pub declared: BTreeSet<String>,
}

/// What stands above and beside the accounts.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// Whose accounts are.
    pub own: Own,
    /// Service control policies.
    pub scp: Controls,
    /// Resource control policies.
    pub rcp: Controls,
    /// The policies of resources, as far as they are known.
    pub resources: Vec<ResourcePolicy>,
    /// The trails, buckets, detectors and so on that are known, by account.
    pub watched: BTreeMap<String, Watched>,
    /// The organization's id, by account.
    pub organizations: BTreeMap<String, String>,
    /// What an account is in its organization, where that is known.
    pub places: BTreeMap<String, Place>,
    /// Whose resources are of which the ARN does not tell the account: by ARN, a bucket's for its objects.
    pub owners: BTreeMap<String, String>,
    /// Whether S3 Block Public Access restricts public buckets (`RestrictPublicBuckets`): by bucket ARN, or by account.
    pub restricted: BTreeMap<String, bool>,
    /// The tags that are in requests for a resource, by ARN.
    pub tags: BTreeMap<String, ResourceTags>,
}

impl Around {
    /// Takes in facts that were told beside the policies.
    pub fn learn(&mut self, facts: Facts) {
        self.owners.extend(facts.owners);
        self.restricted.extend(facts.restrict_public_buckets);
        self.tags.extend(facts.resource_tags);
        self.scp.learn(facts.service_control_policies);
        self.rcp.learn(facts.resource_control_policies);
        for (account, organization) in facts.organizations {
            match organization {
                Some(id) => {
                    let managing = facts.management_accounts.contains(&account);
                    // Who manages is told, or nobody of them is known to be a member.
                    if managing || !facts.management_accounts.is_empty() {
                        let place = if managing { Place::Management } else { Place::Member };
                        self.places.insert(account.clone(), place);
                    }
                    self.organizations.insert(account, id);
                }
                None => {
                    self.organizations.remove(&account);
                    self.places.insert(account, Place::Alone);
                }
            }
        }
        for account in facts.management_accounts {
            self.places.insert(account, Place::Management);
        }
    }
}
