//! Who may do an action on a resource.

use super::{Estate, Held, Principal, cite};
use crate::access::{Evidence, Outside, Unknown};
use crate::actions::ActionId;
use crate::caller::Caller;
use crate::compile::{Action, Target};
use crate::decide::{Decision, Evaluation, Layer, Layers, Named, Question, Said, account_in, wants_grant};
use crate::reach::parties;
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
    /// The conditions that are not known.
    pub conditions: Vec<String>,
}

/// Who may do an action on a resource.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct WhoCan {
    /// The principals of the accounts given: those with a yes or a perhaps.
    pub principals: Vec<Holder>,
    /// Whom the resource's own policy lets in beside them.
    pub outside: Vec<Outside>,
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
    owner: Option<&'a str>,
}

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
        let policy = self.policy_of(&parsed, resource);
        let asked = Asked { action: &parsed, id, target: &target, policy, owner: account_in(resource) };
        let mut found = WhoCan::default();
        for (at, p) in self.principals.iter().enumerate() {
            let holder = match policy {
                Some(policy) => self.with_policy(p, &asked, policy),
                None if self.may_be_named(at, id) => self.without_policy(p, &asked),
                None => None,
            };
            found.principals.extend(holder);
        }
        if let Some(policy) = policy {
            let own = asked.owner.or_else(|| self.accounts.first().map(|a| a.account.as_str())).unwrap_or_default();
            found.outside = parties(self, own, resource, policy, Some((&parsed, &target)));
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

    fn without_policy(&self, p: &Principal, asked: &Asked<'_>) -> Option<Holder> {
        let point = self.point(p, asked.id, asked.target, &[]);
        let mut allowed = point.allowed;
        if !allowed.possible() {
            return None;
        }
        let context = self.asking(p, Some(asked.id), &[]);
        let account = asked.owner.unwrap_or(&self.accounts[p.account].account);
        let account = self.accounts.iter().position(|a| a.account == account);
        let controls = account.and_then(|at| self.rcp[at].as_ref());
        let mut open = Vec::new();
        if let Some(levels) = controls.filter(|_| self.table.honours_rcp(&asked.action.service())) {
            for held in levels.iter().flatten().filter(|_| !p.is_service_linked()) {
                let says = self.documents[held.document].says(asked.id, asked.target, &context);
                allowed = allowed.and(!says.deny);
                open.extend(says.deny_by.map(|s| cite("rcp", held, s, &asked.action.name)));
            }
        }
        // A key and a role of which the policy is not known, and what belongs to another account, must grant it too.
        let foreign = asked.owner.is_some_and(|owner| owner != self.accounts[p.account].account);
        allowed = allowed.doubted(foreign || wants_grant(asked.action, asked.target));
        if !allowed.possible() {
            return None;
        }
        Some(Holder {
            principal: p.arn.clone(),
            certain: allowed.certain(),
            evidence: point.by.into_iter().collect(),
            open: point.against.into_iter().chain(open).collect(),
            // What is open in other statements takes nothing from a certain answer.
            conditions: if allowed.certain() { Vec::new() } else { self.conditions(p, asked) },
        })
    }

    fn with_policy(&self, p: &Principal, asked: &Asked<'_>, policy: usize) -> Option<Holder> {
        let caller = Caller::parse(&p.arn).ok()?;
        let owner = asked.owner.and_then(|owner| self.accounts.iter().position(|a| a.account == owner));
        let layers = Layers {
            identity: p.held.iter().map(|held| self.named(held)).collect(),
            resource: Some(vec![Named { name: asked.target.text(), policy: &self.documents[policy].policy }]),
            boundary: p.boundary.as_ref().map(|held| vec![self.named(held)]),
            scp: self.named_levels(self.scp[p.account].as_ref()),
            rcp: owner.and_then(|at| self.named_levels(self.rcp[at].as_ref())),
            session: None,
            endpoint: None,
        };
        let question = Question {
            caller: &caller,
            action: asked.action,
            target: asked.target,
            resource_account: asked.owner,
            strict: false,
        };
        let context = self.asking(p, Some(asked.id), &[]);
        let verdict = Evaluation::decide(&layers, &question, &context, self.table);
        let unread = self.documents[policy].unreadable.is_some() || p.lacks.is_some();
        let certain = match verdict.decision {
            Decision::Allow => !unread,
            Decision::Conditional => false,
            Decision::ImplicitDeny if unread => false,
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
        let mut conditions: Vec<String> = verdict
            .open
            .iter()
            .flat_map(|said| {
                let effect = if said.statement.allows() { "if" } else { "unless" };
                let open = said.statement.open_conditions(&context);
                open.map(move |c| format!("{effect} {c} ({})", said.policy)).collect::<Vec<_>>()
            })
            .collect();
        conditions.dedup();
        Some(Holder {
            principal: p.arn.clone(),
            certain,
            evidence: grants.into_iter().next_back().map(cited).into_iter().collect(),
            open: denies.into_iter().take(1).map(cited).collect(),
            conditions,
        })
    }

    fn named<'e>(&'e self, held: &'e Held) -> Named<'e> {
        Named { name: &held.name, policy: &self.documents[held.document].policy }
    }

    fn named_levels<'e>(&'e self, levels: Option<&'e Vec<Vec<Held>>>) -> Option<Vec<Vec<Named<'e>>>> {
        Some(levels?.iter().map(|level| level.iter().map(|held| self.named(held)).collect()).collect())
    }

    /// The conditions that are open in the statements that speak of the question.
    fn conditions(&self, p: &Principal, asked: &Asked<'_>) -> Vec<String> {
        let context = self.asking(p, Some(asked.id), &[]);
        let mut open = Vec::new();
        for held in p.held.iter().chain(&p.boundary).chain(self.levels(p).iter().flatten()) {
            for statement in self.documents[held.document].about(asked.id) {
                if statement.covers(asked.target, &context).possible() && statement.holds(&context) == Truth::Unknown {
                    let effect = if statement.allows() { "if" } else { "unless" };
                    open.extend(statement.open_conditions(&context).map(|c| format!("{effect} {c} ({})", held.name)));
                }
            }
        }
        open.dedup();
        open
    }

    fn not_weighed(&self, asked: &Asked<'_>, unknown: &mut Vec<Unknown>) {
        let mut tell = |what: String, why: &str| {
            unknown.push(Unknown { what, count: 1, why: why.to_owned(), example: None });
        };
        let resource = asked.target.text();
        if asked.policy.is_none() && self.table.takes_resource(asked.id) {
            let many = resource.contains(['*', '?']);
            let what =
                if many { "policies of single resources".to_owned() } else { format!("the policy of {resource}") };
            tell(what, "not among the data: it may let in more, and may deny (--resource-policies FILE takes it in)");
        }
        if let Some(owner) = asked.owner.filter(|owner| self.accounts.iter().all(|a| a.account != *owner)) {
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
        for account in self.accounts.iter().filter(|account| !account.complete) {
            tell(
                format!("account {}", account.account),
                "the last page says that there are more: principals and policies are lacking",
            );
        }
    }
}
