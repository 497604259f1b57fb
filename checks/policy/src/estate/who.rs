//! Who may do an action on a resource.

use super::owner::{bucket_of, is_public};
use super::{Estate, Held, Owner, Principal, reasons};
use crate::access::{Blocked, Evidence, Outside, Unknown};
use crate::actions::ActionId;
use crate::caller::Caller;
use crate::compile::{Action, Target};
use crate::decide::{Decision, Evaluation, Layer, Layers, Named, Question, Said, wants_grant};
use crate::reach::{Asked as AskedOutside, parties, weighed};
use crate::truth::Truth;

/// A principal that may do what is asked.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Holder {
    /// Its ARN.
    pub principal: String,
    /// It may whatever is unknown; else it depends.
    pub certain: bool,
    /// The statement that grants.
    pub evidence: Vec<Evidence>,
    /// The statement or policy that may stand against it.
    pub open: Vec<Evidence>,
    /// What else an answer that is not certain depends on: conditions, and what is not known.
    pub conditions: Vec<String>,
}

/// Who may do an action on a resource.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct WhoCan {
    /// The principals of the accounts given: those with a yes or a perhaps.
    pub principals: Vec<Holder>,
    /// Whom the resource's own policy lets in beside them.
    pub outside: Vec<Outside>,
    /// Whom that policy lets in, and something else keeps out.
    pub blocked: Vec<Blocked>,
    /// Why AWS refuses it to everybody, if it does.
    pub refused: Option<String>,
    /// What was not weighed.
    pub unknown: Vec<Unknown>,
}

/// What is asked, made ready.
struct Asked<'a> {
    action: &'a Action,
    id: ActionId,
    target: &'a Target,
    /// The policy of the resource.
    policy: Option<usize>,
    /// The account that the resource belongs to.
    owner: Owner<'a>,
}

/// The account that a resource is taken to belong to; its place where it is among those given.
#[derive(Clone, Copy)]
struct Taken<'a> {
    account: &'a str,
    at: Option<usize>,
}

/// An account that is none of those given.
const ELSEWHERE: Taken<'static> = Taken { account: "another account", at: None };

impl Estate {
    /// Who may do an action on a resource.
    ///
    /// Weighs identity policies, boundaries, SCPs and RCPs, and the resource's own policy where it is known: a role's trust
    /// policy always is. What a session policy or an endpoint policy takes away is not told by accounts.
    ///
    /// # Errors
    /// The action is none, or the table lacks it.
    pub fn who_can(&self, action: &str, resource: &str) -> Result<WhoCan, String> {
        let parsed = Action::parse(action, self.table)?;
        let id = parsed.id.ok_or_else(|| {
            format!(
                "{action} is not in the action list of {}: check its spelling, or give a newer list by --action-data",
                self.table.date()
            )
        })?;
        let target = Target::new(resource, self.table.takes_resource(id));
        let mut found = WhoCan { refused: crate::refused::why(&parsed, &target), ..WhoCan::default() };
        if found.refused.is_some() {
            return Ok(found);
        }
        let policy = self.policy_of(&parsed, resource);
        let takes = self.table.takes_resource(id);
        let owner = if takes { self.owner_of(resource) } else { Owner::Each };
        let asked = Asked { action: &parsed, id, target: &target, policy, owner };
        for (at, p) in self.principals.iter().enumerate() {
            if policy.is_some() || self.may_be_named(at, id) {
                found.principals.extend(self.holder(p, &asked));
            }
        }
        if let Some(policy) = policy {
            let own = match asked.owner {
                Owner::Account(own) => own,
                Owner::Each | Owner::Unknown => "",
            };
            let let_in = parties(self, own, resource, policy, Some((&parsed, &target)));
            let weighed = weighed(self, let_in, Some(AskedOutside { action: id, target: &target }));
            (found.outside, found.blocked) = (weighed.outside, weighed.blocked);
        }
        self.not_weighed(&asked, &mut found.unknown);
        found.unknown.push(Unknown {
            what: "root users, who are not listed".to_owned(),
            count: u32::try_from(self.accounts.len()).unwrap_or(u32::MAX),
            why: "each may do nearly everything in its account that no SCP or RCP denies (it cannot assume roles)"
                .to_owned(),
            example: None,
        });
        Ok(found)
    }

    /// The policy of a resource: a role's trust policy, or one that was given. An object's is its bucket's.
    fn policy_of(&self, action: &Action, resource: &str) -> Option<usize> {
        if let Some(at) = self.by_arn.get(resource) {
            return self.principals[*at].trust.filter(|_| action.service() == "sts");
        }
        let bucket = resource.split_once(":s3:::").and_then(|(_, rest)| rest.split_once('/')).map(|(bucket, _)| bucket);
        self.resources.get(resource).copied().or_else(|| {
            let bucket = format!("{}:s3:::{}", resource.split(":s3:::").next()?, bucket?);
            self.resources.get(&bucket).copied()
        })
    }

    fn taken<'a>(&'a self, account: &'a str) -> Taken<'a> {
        Taken { account, at: self.place_of(account) }
    }

    /// Whether a principal may, and why.
    fn holder(&self, p: &Principal, asked: &Asked<'_>) -> Option<Holder> {
        let own = Taken { account: &self.accounts[p.account].account, at: Some(p.account) };
        match asked.owner {
            Owner::Account(account) => self.judged(p, asked, self.taken(account)),
            Owner::Each => self.judged(p, asked, own),
            Owner::Unknown => self.whoever_owns(p, asked, own),
        }
    }

    /// The answer where it is not known whose the resource is: certain only if it is the same whoever owns it.
    fn whoever_owns(&self, p: &Principal, asked: &Asked<'_>, own: Taken<'_>) -> Option<Holder> {
        let mut others = vec![ELSEWHERE];
        for (at, account) in self.accounts.iter().enumerate().filter(|(at, _)| *at != p.account) {
            // RCPs are what tells one foreign account from another.
            if !self.controls(at).is_empty() {
                others.push(Taken { account: &account.account, at: Some(at) });
            }
        }
        let at_home = self.judged(p, asked, own);
        let abroad: Vec<Option<Holder>> = others.into_iter().map(|owner| self.judged(p, asked, owner)).collect();
        let certain = |one: &Option<Holder>| one.as_ref().is_some_and(|holder| holder.certain);
        if certain(&at_home) && abroad.iter().all(certain) {
            return at_home;
        }
        let home = at_home.is_some();
        let mut holder = at_home.into_iter().chain(abroad.into_iter().flatten()).next()?;
        let resource = asked.target.text();
        holder.certain = false;
        holder.conditions.insert(
            0,
            if home {
                format!("if account {} owns {resource}, which is not known, or its owner lets it in", own.account)
            } else {
                format!("if another account than {} owns {resource}, which is not known", own.account)
            },
        );
        Some(holder)
    }

    fn judged(&self, p: &Principal, asked: &Asked<'_>, owner: Taken<'_>) -> Option<Holder> {
        let mut holder = match asked.policy {
            Some(policy) => self.with_policy(p, asked, policy, owner)?,
            None => self.without_policy(p, asked, owner)?,
        };
        if holder.certain {
            // What is open in other statements takes nothing from a certain answer.
            holder.conditions.clear();
        } else if holder.conditions.is_empty() && holder.open.is_empty() {
            holder.conditions.push("it depends on what the data do not tell".to_owned());
        }
        Some(holder)
    }

    fn without_policy(&self, p: &Principal, asked: &Asked<'_>, owner: Taken<'_>) -> Option<Holder> {
        let point = self.point_in(p, asked.id, asked.target, owner.at);
        if !point.allowed.possible() {
            return None;
        }
        let mut conditions = self.reasons(p, asked.id, asked.target, owner.at);
        // A key and a role of which the policy is not known, and what belongs to another account, must grant it too.
        let foreign = owner.at != Some(p.account);
        let grants = wants_grant(asked.action, asked.target);
        if foreign || grants {
            let whose = if foreign { format!(", of account {},", owner.account) } else { String::new() };
            let policy = format!("if the policy of {}{whose} grants it: it is not among the data", asked.target.text());
            conditions.push(policy.replace("of account another account", "of another account"));
        }
        Some(Holder {
            principal: p.arn.clone(),
            certain: point.allowed.certain() && !foreign && !grants,
            evidence: point.by.into_iter().collect(),
            open: point.against.into_iter().collect(),
            conditions,
        })
    }

    fn with_policy(&self, p: &Principal, asked: &Asked<'_>, policy: usize, owner: Taken<'_>) -> Option<Holder> {
        let caller = Caller::parse(&p.arn).ok()?;
        let resource = asked.target.text();
        let layers = Layers {
            identity: p.held.iter().map(|held| self.named(held)).collect(),
            resource: Some(vec![Named { name: resource, policy: &self.documents[policy].policy }]),
            boundary: p.boundary.as_ref().map(|held| vec![self.named(held)]),
            scp: self.named_levels(self.scp[p.account].as_ref()),
            rcp: owner.at.and_then(|at| self.named_levels(self.rcp[at].as_ref())),
            session: None,
            endpoint: None,
        };
        let question = Question {
            caller: &caller,
            action: asked.action,
            target: asked.target,
            resource_account: Some(owner.account),
            strict: false,
        };
        let context = self.asking(p, Some(asked.id), &[]).on(resource);
        let verdict = Evaluation::decide(&layers, &question, &context, self.table);
        let unread = |held: &Held| self.documents[held.document].unreadable.is_some();
        let unreadable = self.documents[policy].unreadable.as_ref();
        // What would grant cannot be read.
        let may_grant = unreadable.is_some()
            || p.lacks.is_some()
            || p.held.iter().any(unread)
            || (verdict.layer == Some(Layer::Boundary) && p.boundary.iter().any(unread))
            || (verdict.layer == Some(Layer::Scp) && self.levels(p).iter().flatten().any(unread));
        let closed = self.closed(p, asked, policy, owner);
        let certain = match verdict.decision {
            _ if closed == Truth::True => return None,
            Decision::Allow => !may_grant && closed == Truth::False && !self.layers_of(p, owner.at).any(unread),
            Decision::Conditional => false,
            Decision::ImplicitDeny if may_grant => false,
            Decision::ImplicitDeny | Decision::ExplicitDeny => return None,
        };
        let cited = |said: Said<'_>| {
            let layer = match said.layer {
                Layer::Resource => "resource",
                Layer::Boundary => "boundary",
                Layer::Scp => "scp",
                Layer::Rcp => "rcp",
                _ => "identity",
            };
            let held = p.held.iter().chain(&p.boundary).find(|held| *held.name == *said.policy);
            let version = held.and_then(|held| held.version.as_deref()).map(str::to_owned);
            Evidence {
                layer: layer.to_owned(),
                policy: said.policy.to_owned(),
                version,
                statement: u32::try_from(said.statement.source.number).unwrap_or(u32::MAX),
                sid: said.statement.source.sid.clone(),
                pattern: said.statement.pattern_for(&asked.action.name).map(str::to_owned),
            }
        };
        let (grants, denies): (Vec<Said<'_>>, Vec<Said<'_>>) =
            verdict.open.iter().copied().chain(verdict.by).partition(|said| said.statement.allows());
        let mut conditions: Vec<String> = self.reasons(p, asked.id, asked.target, owner.at);
        for said in verdict.open.iter().filter(|said| said.layer == Layer::Resource) {
            let own = &self.documents[policy].policy;
            let open = reasons::of_statement(said.statement, own, "its policy", asked.target, &context);
            let whom = "the session is the one that its policy names".to_owned();
            conditions.extend(if open.is_empty() { vec![format!("if {whom}")] } else { open });
        }
        conditions.extend(unreadable.map(|why| format!("the policy of {resource} cannot be read: {why}")));
        if closed == Truth::Unknown {
            conditions.push(
                "unless S3 Block Public Access restricts the bucket, whose policy is public: that is not among the data"
                    .to_owned(),
            );
        }
        conditions.dedup();
        Some(Holder {
            principal: p.arn.clone(),
            certain,
            evidence: grants.into_iter().next_back().map(cited).into_iter().collect(),
            open: denies.into_iter().take(1).map(cited).collect(),
            conditions,
        })
    }

    /// Whether S3 Block Public Access keeps a principal of another account from a bucket: it restricts one with a public
    /// policy to its own account and to services.
    fn closed(&self, p: &Principal, asked: &Asked<'_>, policy: usize, owner: Taken<'_>) -> Truth {
        let resource = asked.target.text();
        let own = owner.at == Some(p.account);
        if own || bucket_of(resource).is_none() || !is_public(&self.documents[policy]) {
            return Truth::False;
        }
        self.is_restricted(resource, Some(owner.account)).map_or(Truth::Unknown, Truth::from)
    }

    fn named<'e>(&'e self, held: &'e Held) -> Named<'e> {
        Named { name: &held.name, policy: &self.documents[held.document].policy }
    }

    fn named_levels<'e>(&'e self, levels: Option<&'e Vec<Vec<Held>>>) -> Option<Vec<Vec<Named<'e>>>> {
        Some(levels?.iter().map(|level| level.iter().map(|held| self.named(held)).collect()).collect())
    }

    fn not_weighed(&self, asked: &Asked<'_>, unknown: &mut Vec<Unknown>) {
        let mut tell = |what: String, why: &str| {
            unknown.push(Unknown { what, count: 1, why: why.to_owned(), example: None });
        };
        let resource = asked.target.text();
        if asked.owner == Owner::Unknown {
            tell(
                format!("whose {resource} is"),
                "its ARN does not tell, and nothing among the data does (--facts FILE takes it in): no answer that turns on it is certain",
            );
        }
        if asked.policy.is_none() && self.table.takes_resource(asked.id) {
            let many = resource.contains(['*', '?']);
            let what =
                if many { "policies of single resources".to_owned() } else { format!("the policy of {resource}") };
            tell(what, "not among the data: it may let in more, and may deny (--resource-policies FILE takes it in)");
        }
        if let Owner::Account(owner) = asked.owner
            && self.place_of(owner).is_none()
        {
            tell(
                format!("account {owner}, which owns the resource"),
                "it was not collected: its principals are not told",
            );
        }
        for account in self.without_known_scps() {
            tell(
                format!("service control policies above account {account}"),
                "not known: rights may be less than shown (--scp FILE takes them in)",
            );
        }
        let owners = (0..self.accounts.len()).filter(|at| match asked.owner {
            Owner::Account(owner) => self.accounts[*at].account == owner,
            Owner::Each | Owner::Unknown => true,
        });
        for at in owners.filter(|at| self.bound_by_rcps(asked.id) && !self.knows_rcps(*at)) {
            tell(
                format!("resource control policies above account {}", self.accounts[at].account),
                "not known: rights may be less than shown (--rcp FILE takes them in)",
            );
        }
        unknown.append(&mut self.unread());
        let mut tell = |what: String, why: &str| {
            unknown.push(Unknown { what, count: 1, why: why.to_owned(), example: None });
        };
        for account in self.accounts.iter().filter(|account| !account.complete) {
            tell(
                format!("account {}", account.account),
                "the last page says that there are more: principals and policies are lacking",
            );
        }
    }
}
