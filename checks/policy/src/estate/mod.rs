//! Accounts as a whole: every document compiled once, every principal with what it holds, and point questions over all of them.

mod around;
mod asking;
mod build;
mod document;
mod known;
mod owner;
mod reasons;
mod through;
mod unread;
mod who;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use crate::access::Evidence;
use crate::account::{AccountData, ResourceTags};
use crate::actions::{ActionId, ActionTable};
use crate::compile::{Compiled, Target};
use crate::truth::Truth;

pub use around::{Around, Controls, Listed, Own, Place, Watched};
pub(crate) use asking::Asking;
pub(crate) use document::{Document, Says};
pub(crate) use owner::{Owner, bucket_of, is_public};
pub use through::{Assumed, Through, Throughs};
pub use who::{Holder, WhoCan};

/// A policy that a principal holds.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) document: usize,
    /// How it is cited: an ARN, or `inline NAME`, with the group it comes by.
    pub(crate) name: Arc<str>,
    pub(crate) version: Option<Arc<str>>,
    /// The group that it comes by.
    pub(crate) group: Option<Arc<str>>,
}

impl Held {
    /// Whether the account may change the policy: it is managed, and not AWS's own.
    pub(crate) fn is_customer_managed(&self) -> bool {
        self.name.starts_with("arn:") && !self.name.contains(":iam::aws:")
    }
}

/// A user or a role.
#[derive(Debug, Clone)]
pub(crate) struct Principal {
    pub(crate) arn: String,
    pub(crate) name: String,
    pub(crate) account: usize,
    pub(crate) user: bool,
    pub(crate) path: String,
    pub(crate) groups: Vec<String>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) held: Vec<Held>,
    pub(crate) boundary: Option<Held>,
    /// A policy that it holds was not among the data.
    pub(crate) lacks: Option<String>,
    pub(crate) trust: Option<usize>,
    /// An instance profile holds the role.
    pub(crate) on_instances: bool,
    /// It stands for any member of a group: who it is, is not known.
    pub(crate) unnamed: bool,
}

impl Principal {
    /// Whether AWS keeps customers from changing the role.
    pub(crate) fn is_protected(&self) -> bool {
        self.path.starts_with("/aws-service-role/") || self.path.starts_with("/aws-reserved/")
    }

    pub(crate) fn is_service_linked(&self) -> bool {
        self.path.starts_with("/aws-service-role/")
    }
}

/// Accounts with their principals and policies.
#[derive(Debug)]
pub struct Estate {
    pub(crate) table: &'static ActionTable,
    pub(crate) accounts: Vec<AccountData>,
    pub(crate) documents: Vec<Document>,
    pub(crate) principals: Vec<Principal>,
    pub(crate) by_arn: HashMap<String, usize>,
    /// By account: SCPs by level. None: there are none, or they are not known.
    pub(crate) scp: Vec<Option<Vec<Vec<Held>>>>,
    pub(crate) rcp: Vec<Option<Vec<Vec<Held>>>>,
    /// By account: whether the SCPs above it are known, be there any or none.
    scp_known: Vec<bool>,
    rcp_known: Vec<bool>,
    /// By account and group: the policies of the group.
    pub(crate) groups: Vec<Vec<Vec<Held>>>,
    /// By ARN of a managed policy: its versions that are not in force.
    pub(crate) versions: HashMap<String, Vec<Held>>,
    /// By ARN of a resource: its policy.
    pub(crate) resources: HashMap<String, usize>,
    pub(crate) watched: BTreeMap<String, Watched>,
    own: Own,
    organizations: BTreeMap<String, String>,
    places: BTreeMap<String, Place>,
    owners: BTreeMap<String, String>,
    restricted: BTreeMap<String, bool>,
    tags: BTreeMap<String, ResourceTags>,
    /// Actions that AWS refuses on some resources, sorted.
    refusing: Vec<ActionId>,
    /// By principal: its documents, one behind the other, and where they end.
    holding: Vec<u32>,
    ends: Vec<u32>,
    /// By action: which documents an Allow of which names it, a bit each; made when it is first asked for.
    naming: Vec<OnceLock<Box<[u64]>>>,
    /// The time of the questions, as ISO 8601.
    now: String,
}

/// In the telling of a question's layers: what the policies of one level of SCPs say together.
const LEVEL: &str = "scp level";

/// Who is told each policy that had a say: layer, policy, what it says.
type Telling<'t, 'a> = dyn FnMut(&'static str, &'a Held, Says<'a>) + 't;

/// The answer to a point question, with its reasons.
#[derive(Debug, Clone)]
pub(crate) struct Point {
    /// Whether it is allowed.
    pub(crate) allowed: Truth,
    /// The statement that grants.
    pub(crate) by: Option<Evidence>,
    /// What stands against it although something grants: the statement, or the layer.
    pub(crate) against: Option<Evidence>,
}

pub(crate) fn cite(layer: &str, held: &Held, statement: &Compiled, action: &str) -> Evidence {
    Evidence {
        statement: u32::try_from(statement.source.number).unwrap_or(u32::MAX),
        sid: statement.source.sid.clone(),
        pattern: statement.pattern_for(action).map(str::to_owned),
        ..whole(layer, held)
    }
}

/// A policy as a whole, where no statement of it decides: it lacks an Allow.
pub(crate) fn whole(layer: &str, held: &Held) -> Evidence {
    Evidence {
        layer: layer.to_owned(),
        policy: held.name.to_string(),
        version: held.version.as_deref().map(str::to_owned),
        ..Evidence::default()
    }
}

impl Estate {
    /// The date of the action list.
    #[must_use]
    pub fn action_date(&self) -> &str {
        self.table.date()
    }

    /// The accounts of which it is not known what SCPs bind them.
    pub(crate) fn without_known_scps(&self) -> impl Iterator<Item = &str> {
        let accounts = self.accounts.iter().zip(&self.scp_known);
        accounts.filter(|(_, known)| !**known).map(|(account, _)| account.account.as_str())
    }

    /// Whether it is known what RCPs bind the resources of an account.
    pub(crate) fn knows_rcps(&self, account: usize) -> bool {
        self.rcp_known.get(account).is_some_and(|known| *known)
    }

    /// How many principals there are.
    #[must_use]
    pub fn principals(&self) -> usize {
        self.principals.len()
    }

    /// The time of the questions.
    pub(crate) fn now(&self) -> &str {
        &self.now
    }

    /// The organization that an account is in, if that is known.
    pub(crate) fn organization(&self, account: &str) -> Option<&str> {
        self.organizations.get(account).map(String::as_str)
    }

    /// Whether an account is known to be in no organization.
    pub(crate) fn is_alone(&self, account: &str) -> bool {
        self.place_in_organization(account) == Some(Place::Alone)
    }

    /// What an account is in its organization, if that is known.
    pub(crate) fn place_in_organization(&self, account: &str) -> Option<Place> {
        // SCPs bind members only.
        let bound = || self.place_of(account).is_some_and(|at| self.scp.get(at).is_some_and(Option::is_some));
        self.places.get(account).copied().or_else(|| bound().then_some(Place::Member))
    }

    pub(crate) fn asking<'a>(
        &'a self,
        principal: &'a Principal,
        action: Option<ActionId>,
        given: &'a [(&'a str, &'a str)],
    ) -> Asking<'a> {
        Asking { estate: self, principal, action, given, resource: None }
    }

    /// The place of an account.
    pub(crate) fn place_of(&self, account: &str) -> Option<usize> {
        self.accounts.iter().position(|one| one.account == account)
    }

    /// The levels of RCPs above the resources of an account.
    pub(crate) fn controls(&self, account: usize) -> &[Vec<Held>] {
        self.rcp.get(account).and_then(Option::as_deref).unwrap_or_default()
    }

    /// The levels of SCPs that bind a principal; service-linked roles are free of them.
    pub(crate) fn levels(&self, p: &Principal) -> &[Vec<Held>] {
        match &self.scp[p.account] {
            Some(levels) if !p.is_service_linked() => levels,
            _ => &[],
        }
    }

    /// Whether the policies of a principal, by its place among [`Estate::principals`], with its boundary, SCPs and RCPs
    /// allow an action on a resource. What the resource's own policy says is left to [`Estate::who_can`].
    #[must_use]
    pub fn own_policies_allow(&self, at: usize, action: ActionId, target: &Target) -> Truth {
        if !self.may_be_named(at, action) {
            return Truth::False;
        }
        self.principals.get(at).map_or(Truth::False, |p| self.allowed(p, action, target, &[]))
    }

    /// Whether a principal holds a policy of which an Allow names an action: if not, it has no such right.
    pub(crate) fn may_be_named(&self, at: usize, action: ActionId) -> bool {
        let naming = self.naming.get(usize::from(action.0)).map(|known| {
            known.get_or_init(|| {
                let mut bits = vec![0_u64; self.documents.len().div_ceil(64)];
                for (place, document) in self.documents.iter().enumerate() {
                    if document.unreadable.is_some() || document.allowed.contains(action) {
                        bits[place / 64] |= 1 << (place % 64);
                    }
                }
                bits.into()
            })
        });
        let (Some(naming), Some(end)) = (naming, self.ends.get(at)) else { return true };
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        // What a principal holds may be lacking from the data: told by a place that is none.
        self.holding[start as usize..*end as usize]
            .iter()
            .any(|place| naming.get(*place as usize / 64).is_none_or(|word| word & (1 << (place % 64)) != 0))
    }

    /// Whether a principal's own policies, boundary, SCPs and RCPs allow an action on a resource.
    #[must_use]
    pub(crate) fn allowed(&self, p: &Principal, action: ActionId, target: &Target, given: &[(&str, &str)]) -> Truth {
        self.weigh(p, action, target, given, &mut |_, _, _| {})
    }

    /// The same, telling each policy that had a say: layer, policy, what it says. What has no owner in its ARN counts as
    /// the principal's own account's.
    pub(crate) fn weigh<'a>(
        &'a self,
        p: &'a Principal,
        action: ActionId,
        target: &Target,
        given: &[(&str, &str)],
        told: &mut dyn FnMut(&'static str, &'a Held, Says<'a>),
    ) -> Truth {
        let owner = if self.rcp.iter().all(Option::is_none) {
            None
        } else {
            match self.owner_of(target.text()) {
                Owner::Account(account) => self.place_of(account),
                Owner::Each | Owner::Unknown => Some(p.account),
            }
        };
        self.weigh_in(p, action, target, owner, given, told)
    }

    /// The same, on a resource of an account.
    pub(crate) fn weigh_in<'a>(
        &'a self,
        p: &'a Principal,
        action: ActionId,
        target: &Target,
        owner: Option<usize>,
        given: &[(&str, &str)],
        told: &mut dyn FnMut(&'static str, &'a Held, Says<'a>),
    ) -> Truth {
        let context = self.asking(p, Some(action), given).on(target.text());
        let mut allow = if p.lacks.is_some() { Truth::Unknown } else { Truth::False };
        let mut deny = allow;
        for held in &p.held {
            let says = self.documents[held.document].says(action, target, &context);
            allow = allow.or(says.allow);
            deny = deny.or(says.deny);
            told("identity", held, says);
        }
        if !allow.possible() {
            return Truth::False;
        }
        if self.refusing.binary_search(&action).is_ok() && crate::refused::is_refused(self.table.lower(action), target)
        {
            return Truth::False;
        }
        if let Some(held) = &p.boundary {
            let says = self.documents[held.document].says(action, target, &context);
            allow = allow.and(says.allow);
            deny = deny.or(says.deny);
            told("boundary", held, says);
        }
        for level in self.levels(p) {
            let mut here = Truth::False;
            for held in level {
                let says = self.documents[held.document].says(action, target, &context);
                here = here.or(says.allow);
                deny = deny.or(says.deny);
                told("scp", held, says);
            }
            if let Some(held) = level.first() {
                told(LEVEL, held, Says { allow: here, allow_by: None, deny: Truth::False, deny_by: None });
            }
            allow = allow.and(here);
        }
        let controls = owner.map_or(&[][..], |owner| self.controls(owner));
        if !controls.is_empty() && !p.is_service_linked() && self.bound_by_rcps(action) {
            for held in controls.iter().flatten() {
                let Says { deny: denies, deny_by, .. } = self.documents[held.document].says(action, target, &context);
                deny = deny.or(denies);
                // An RCP's Allow only repeats what is implied.
                told("rcp", held, Says { allow: Truth::False, allow_by: None, deny: denies, deny_by });
            }
        }
        allow.and(!deny)
    }

    /// Whether RCPs bind an action.
    pub(crate) fn bound_by_rcps(&self, action: ActionId) -> bool {
        let honours = self.table.service_of(action).is_some_and(crate::actions::Service::honours_rcp);
        honours && self.table.lower(action) != "kms:retiregrant"
    }

    /// A point question with its reasons.
    pub(crate) fn point(&self, p: &Principal, action: ActionId, target: &Target, given: &[(&str, &str)]) -> Point {
        self.point_by(action, &mut |told| self.weigh(p, action, target, given, told))
    }

    /// The same, on a resource of an account.
    pub(crate) fn point_in(&self, p: &Principal, action: ActionId, target: &Target, owner: Option<usize>) -> Point {
        self.point_by(action, &mut |told| self.weigh_in(p, action, target, owner, &[], told))
    }

    fn point_by<'a>(&'a self, action: ActionId, weigh: &mut dyn FnMut(&mut Telling<'_, 'a>) -> Truth) -> Point {
        let mut by: Option<(Truth, &Held, &Compiled)> = None;
        let mut denied: Option<(&str, &Held, &Compiled, Truth)> = None;
        let mut capped: Option<(&str, &Held)> = None;
        let allowed = weigh(&mut |layer, held, says| {
            if let (Some(statement), "identity") = (says.allow_by, layer)
                && by.is_none_or(|(truth, ..)| says.allow > truth)
            {
                by = Some((says.allow, held, statement));
            }
            if let Some(statement) = says.deny_by
                && denied.is_none_or(|(.., truth)| says.deny > truth)
            {
                denied = Some((layer, held, statement, says.deny));
            }
            match layer {
                "boundary" if !says.allow.certain() => capped = capped.or(Some((layer, held))),
                LEVEL if !says.allow.certain() => capped = capped.or(Some(("scp", held))),
                _ => {}
            }
        });
        let name = self.table.name(action);
        if !allowed.possible() && by.is_none() {
            return Point { allowed, by: None, against: None };
        }
        let against = match (denied, capped) {
            _ if allowed.certain() => None,
            (Some((layer, held, statement, _)), _) => Some(cite(layer, held, statement, name)),
            (None, Some((layer, held))) => Some(whole(layer, held)),
            (None, None) => None,
        };
        Point { allowed, by: by.map(|(_, held, statement)| cite("identity", held, statement, name)), against }
    }
}
