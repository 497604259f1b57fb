//! What is known of the request of a principal.

use super::{Estate, Owner, Principal};
use crate::actions::ActionId;
use crate::context::{Context, Lookup, Times};

/// Hours that temporary credentials last at the most: a role's sessions, and those of a user (`GetSessionToken`).
///
/// Source: IAM User Guide, "Compare AWS STS credentials".
const ROLE_SESSION: i64 = 12;
const USER_SESSION: i64 = 36;

/// What a principal's request tells of itself.
pub(crate) struct Asking<'a> {
    pub(super) estate: &'a Estate,
    pub(crate) principal: &'a Principal,
    /// The action that is asked for: the list tells which keys its request has.
    pub(super) action: Option<ActionId>,
    /// Keys of the request itself, in lower case.
    pub(crate) given: &'a [(&'a str, &'a str)],
    /// What is asked about.
    pub(super) resource: Option<&'a str>,
}

impl Context for Asking<'_> {
    fn lookup(&self, key: &str) -> Lookup<'_> {
        if let Some((_, value)) = self.given.iter().find(|(k, _)| *k == key) {
            return Lookup::One((*value).into());
        }
        if self.lacks(key) {
            return Lookup::Missing;
        }
        let p = self.principal;
        if p.unnamed && is_of_principal(key) {
            return Lookup::Unknown;
        }
        let own = || self.estate.accounts[p.account].account.as_str();
        match key {
            "aws:principalarn" => Lookup::One(p.arn.as_str().into()),
            "aws:principalaccount" | "kms:calleraccount" => Lookup::One(own().into()),
            "aws:principalorgid" => self.organization(own()),
            "aws:principaltype" => Lookup::One(if p.user { "User" } else { "AssumedRole" }.into()),
            "aws:principalisawsservice" => Lookup::One("false".into()),
            // Only a service's own principal has these.
            "aws:principalservicename" | "aws:principalservicenameslist" => Lookup::Missing,
            "aws:username" if p.user => Lookup::One(p.name.as_str().into()),
            "aws:username" => Lookup::Missing,
            "aws:currenttime" => Lookup::One(self.estate.now().into()),
            "aws:tokenissuetime" => self.issued(),
            // AWS answers over TLS; who asks in the clear gets nothing from its APIs.
            "aws:securetransport" => Lookup::One("true".into()),
            "aws:resourceaccount" => self.owner().map_or(Lookup::Unknown, |account| Lookup::One(account.into())),
            "aws:resourceorgid" => self.owner().map_or(Lookup::Unknown, |account| self.organization(account)),
            _ if key.contains(":resourcetag/") => self.resource_tag(key),
            _ => match key.strip_prefix("aws:principaltag/") {
                // Tag keys are folded. A session of a role may bring tags of its own.
                Some(tag) => match p.tags.iter().find(|(k, _)| k.eq_ignore_ascii_case(tag)) {
                    Some((_, value)) if p.user => Lookup::One(value.as_str().into()),
                    None if p.user => Lookup::Missing,
                    _ => Lookup::Unknown,
                },
                None => Lookup::Unknown,
            },
        }
    }
}

impl<'a> Asking<'a> {
    /// The same request, for a resource.
    pub(crate) fn on(self, resource: &'a str) -> Asking<'a> {
        Asking { resource: Some(resource), ..self }
    }

    fn owner(&self) -> Option<&str> {
        match self.estate.owner_of(self.resource?) {
            Owner::Account(account) => Some(account),
            Owner::Each | Owner::Unknown => None,
        }
    }

    /// A tag of the resource, where its tags were told: `aws:ResourceTag/team`, or a service's own `ec2:ResourceTag/team`.
    fn resource_tag<'s>(&'s self, key: &str) -> Lookup<'s> {
        let tags = self.resource.and_then(|resource| self.estate.tags.get(resource));
        match (tags, key.split_once(":resourcetag/")) {
            (Some(tags), Some((_, tag))) => match tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(tag)) {
                Some((_, value)) => Lookup::One(value.as_str().into()),
                None => Lookup::Missing,
            },
            _ => Lookup::Unknown,
        }
    }

    /// An account's organization: one that is in none lacks the key.
    fn organization<'s>(&'s self, account: &str) -> Lookup<'s> {
        match self.estate.organization(account) {
            Some(id) => Lookup::One(id.into()),
            None if self.estate.is_alone(account) => Lookup::Missing,
            None => Lookup::Unknown,
        }
    }

    /// When the credentials were issued: those of a role are temporary, always, and none outlives its longest session. A
    /// user has temporary ones or long-term keys, which lack the key.
    fn issued(&self) -> Lookup<'_> {
        let Ok(last) = self.estate.now().parse::<jiff::Timestamp>() else { return Lookup::Unknown };
        let hours = if self.principal.user { USER_SESSION } else { ROLE_SESSION };
        match last.checked_sub(jiff::SignedDuration::from_hours(hours)) {
            Ok(first) => Lookup::Within(Times { first, last, may_lack: self.principal.user }),
            Err(_) => Lookup::Unknown,
        }
    }

    /// Whether requests for the action do not have a key of IAM's own: `iam:PolicyARN` is there when a policy is attached, not
    /// when an access key is made. Source: Service Authorization Reference, "Actions, resources, and condition keys for IAM".
    fn lacks(&self, key: &str) -> bool {
        let Some(action) = self.action.filter(|_| key.starts_with("iam:") && !key.contains('/')) else {
            return false;
        };
        !self.estate.table.condition_keys(action).any(|one| one.eq_ignore_ascii_case(key))
    }
}

/// Whether a key tells who asks.
fn is_of_principal(key: &str) -> bool {
    matches!(key, "aws:principalarn" | "aws:username" | "aws:userid") || key.starts_with("aws:principaltag/")
}
