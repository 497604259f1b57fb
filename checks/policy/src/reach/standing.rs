//! Whether a principal is an administrator, or what keeps it from being one.

use crate::access::Evidence;
use crate::account::AccountData;
use crate::actions::{ActionId, ActionSet};
use crate::compile::Target;
use crate::estate::{Estate, Held, Principal, cite, whole};
use crate::truth::Truth;

/// Services that an administrator need not have: the organization, the account itself, and AWS's bill.
pub const EXCLUDED: [&str; 14] = [
    "organizations",
    "account",
    "aws-portal",
    "billing",
    "budgets",
    "ce",
    "consolidatedbilling",
    "cur",
    "freetier",
    "invoicing",
    "payments",
    "purchase-orders",
    "support",
    "tax",
];

/// What makes an administrator one: with these the holder can give itself the rest.
pub const CORE: [&str; 10] = [
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreatePolicyVersion",
    "iam:CreateRole",
    "iam:CreateUser",
    "iam:PassRole",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:UpdateAssumeRolePolicy",
];

/// The bounds of an administrator's rights, as sets of actions.
pub(super) struct Bar {
    pub(super) core: Vec<ActionId>,
    /// By account: for each core action all resources of the kind that it works on.
    kinds: Vec<Vec<Target>>,
    required: ActionSet,
    /// How many actions are required.
    least: usize,
}

/// Whether a principal is an administrator, or what keeps it from being one.
pub(super) struct Standing {
    /// It holds the grant of an administrator.
    pub(super) granted: Truth,
    pub(super) grant: Option<Evidence>,
    /// Boundary, SCPs and Deny statements leave an administrator's rights to whoever has them.
    pub(super) ceiling: Truth,
    pub(super) cap: Option<Evidence>,
}

impl Standing {
    pub(super) fn administrator(&self) -> Truth {
        self.granted.and(self.ceiling)
    }
}

impl Bar {
    pub(super) fn new(estate: &Estate) -> Bar {
        let table = estate.table;
        let core: Vec<ActionId> = CORE.iter().filter_map(|name| table.id(name)).collect();
        let kind = |account: &AccountData, action: ActionId| {
            let template =
                table.resources(action).find(|r| r.required).map(|r| super::asking::fill(r.arn, account, "*"));
            Target::new(template.as_deref().unwrap_or("*"), true)
        };
        let kinds = estate.accounts.iter().map(|account| core.iter().map(|a| kind(account, *a)).collect()).collect();
        let excluded = ActionSet::union_all(&EXCLUDED.map(|service| table.expand(&format!("{service}:*"))));
        let required = ActionSet::all(table).subtract(&excluded);
        let least = required.len();
        Bar { core, kinds, required, least }
    }

    pub(super) fn judge(&self, estate: &Estate, p: &Principal) -> Standing {
        let (granted, grant) = self.grants_everything(estate, p, &p.held, "identity");
        let (ceiling, cap) = self.ceiling(estate, p, None);
        Standing { granted, grant, ceiling, cap }
    }

    /// Whether policies name as many actions on every resource as an administrator needs, in all: fewer cannot be enough.
    pub(super) fn name_enough<'h>(&self, estate: &Estate, held: impl Iterator<Item = &'h Held>) -> bool {
        held.map(|h| estate.documents[h.document].everywhere).sum::<usize>() >= self.least
    }

    /// Whether the Allow statements of these policies together cover everything that is required.
    fn grants_everything(
        &self,
        estate: &Estate,
        p: &Principal,
        held: &[Held],
        layer: &str,
    ) -> (Truth, Option<Evidence>) {
        let context = estate.asking(p, None, &[]);
        let Some(probe) = self.core.first() else { return (Truth::Unknown, None) };
        let wide = |h: &&Held| {
            let mut about = estate.documents[h.document].about(*probe);
            about.any(|s| s.allows() && s.covers_everything() && s.holds(&context).possible())
        };
        let documents = || held.iter().map(|h| &estate.documents[h.document]);
        let enough = self.name_enough(estate, held.iter());
        let first = if enough { held.iter().find(wide) } else { None };
        let Some(first) = first else {
            let blind = documents().any(|d| d.unreadable.is_some()) || p.lacks.is_some();
            return (if blind { Truth::Unknown } else { Truth::False }, None);
        };
        let (mut must, mut may): (Vec<&ActionSet>, Vec<&ActionSet>) = (Vec::new(), Vec::new());
        for policy in held {
            let document = &estate.documents[policy.document];
            for (s, set) in document.policy.statements.iter().zip(&document.sets) {
                let truth = if s.allows() && s.covers_everything() { s.holds(&context) } else { Truth::False };
                if truth.possible() {
                    may.push(set);
                }
                if truth.certain() {
                    must.push(set);
                }
            }
        }
        let covers = |sets: Vec<&ActionSet>| {
            sets.iter().any(|set| set.is_superset_of(&self.required))
                || (sets.len() > 1 && ActionSet::union_all(sets).is_superset_of(&self.required))
        };
        let truth = if covers(must) {
            Truth::True
        } else if covers(may) {
            Truth::Unknown
        } else {
            Truth::False
        };
        let cited = estate.documents[first.document].about(*probe).find(|s| s.allows() && s.covers_everything());
        (truth, cited.map(|s| cite(layer, first, s, estate.table.name(*probe))))
    }

    /// Whether boundary, SCPs and Deny statements leave the core of an administrator's rights; `without` a policy of its own.
    pub(super) fn ceiling(&self, estate: &Estate, p: &Principal, without: Option<usize>) -> (Truth, Option<Evidence>) {
        let context = estate.asking(p, None, &[]);
        let (mut found, mut cap) = (Truth::True, None);
        let levels = estate.levels(p);
        let own = p.held.iter().filter(|h| Some(h.document) != without);
        let held = own.map(|h| ("identity", h)).chain(p.boundary.iter().map(|h| ("boundary", h)));
        for (layer, held) in held.chain(levels.iter().flatten().map(|h| ("scp", h))) {
            for (action, kind) in self.core.iter().zip(&self.kinds[p.account]) {
                for s in estate.documents[held.document].about(*action).filter(|s| !s.allows()) {
                    // A Deny on all but some of a kind is one on the kind, for whoever seeks a way.
                    let covers = s.covers(kind, &context);
                    let wide =
                        covers.certain() || (covers.possible() && s.source.resources.as_ref().is_some_and(|r| r.not));
                    let left = if wide { !s.holds(&context) } else { Truth::True };
                    if left < found {
                        (found, cap) = (left, Some(cite(layer, held, s, estate.table.name(*action))));
                    }
                }
            }
        }
        let whole_layers = p.boundary.iter().map(|h| ("boundary", std::slice::from_ref(h)));
        for (layer, policies) in whole_layers.chain(levels.iter().map(|level| ("scp", level.as_slice()))) {
            let (truth, _) = self.grants_everything(estate, p, policies, layer);
            if truth < found {
                (found, cap) = (truth, policies.first().map(|held| whole(layer, held)));
            }
        }
        if p.lacks.is_some() {
            found = found.and(Truth::Unknown);
        }
        (found, cap)
    }

    /// What keeps it open whether a principal is an administrator.
    pub(super) fn open_conditions(&self, estate: &Estate, p: &Principal) -> Vec<String> {
        let context = estate.asking(p, None, &[]);
        let mut open = Vec::new();
        for held in p.held.iter().chain(&p.boundary).chain(estate.levels(p).iter().flatten()) {
            for action in &self.core {
                for s in estate.documents[held.document].about(*action) {
                    let effect = if s.allows() { "" } else { "not " };
                    open.extend(s.open_conditions(&context).map(|c| format!("{effect}{c} ({})", held.name)));
                }
            }
        }
        open.sort();
        open.dedup();
        if let Some(lacks) = &p.lacks {
            open.push(format!("{lacks} is not among the data"));
        }
        open
    }
}
