//! What an actor may do: to a principal, or to any resource at all.

use std::collections::HashMap;

use super::{Ask, Given, On, Reach};
use crate::account::AccountData;
use crate::actions::ActionId;
use crate::compile::Target;
use crate::estate::{Estate, Principal};
use crate::truth::Truth;

/// What to ask to learn whether an action is allowed on some resource.
#[derive(Debug)]
pub(super) struct Probe {
    pub(super) pattern: String,
    pub(super) target: Target,
    pub(super) one: String,
}

impl Reach<'_> {
    /// What a request for an action tells of the actor's choice.
    pub(super) fn given<'a>(
        &'a self,
        p: &Principal,
        action: ActionId,
        given: &'a Given,
    ) -> Option<(&'static str, &'a str)> {
        match given {
            Given::Nothing => None,
            Given::Attach | Given::Policy(_) if !self.attaching.contains(&action) => None,
            Given::Attach => Some(("iam:policyarn", &self.strongest[p.account])),
            Given::Boundary => Some(("iam:permissionsboundary", &self.strongest[p.account])),
            Given::Policy(arn) => Some(("iam:policyarn", arn)),
            Given::RootTask => Some(("sts:taskpolicyarn", &self.root_task[p.account])),
            Given::Service(name) => Some(("iam:passedtoservice", name)),
        }
    }

    /// Whether an actor may make a call, on a principal where the call is on one.
    pub(super) fn ask(&self, p: &Principal, ask: &Ask, member: Option<usize>) -> Truth {
        let given = self.given(p, ask.action, &ask.given);
        match (&ask.on, member) {
            (On::Text(arn), _) => self.estate.allowed(p, ask.action, &Target::new(arn, true), given.as_slice()),
            (On::Member, Some(to)) => {
                self.estate.allowed(p, ask.action, &Target::one(&self.actor(to).arn), given.as_slice())
            }
            (On::Some, _) | (On::Member, None) => self.some(p, ask.action).0,
        }
    }

    /// Whether a principal may do an action on some resource at all, and on which. False only when each kind of resource
    /// that the action needs is out of reach as a whole; certain only on a resource that was tried.
    pub(super) fn some(&self, p: &Principal, action: ActionId) -> (Truth, Option<String>) {
        let given = self.given(p, action, &Given::Attach);
        let Some(probes) = self.probes.get(&(p.account, action)) else { return (Truth::Unknown, None) };
        let (mut all, mut shown) = (Truth::True, None);
        for probe in probes.iter() {
            let (truth, witness) = match self.estate.allowed(p, action, &probe.target, given.as_slice()) {
                Truth::True => (Truth::True, Some(probe.one.clone())),
                Truth::False => (Truth::False, None),
                Truth::Unknown => self.narrow(p, action, probe, given.as_slice()),
            };
            all = all.and(truth);
            shown = shown.or(witness);
        }
        (all, shown)
    }

    /// Whether a principal may do some actions on one and the same resource, where they work on the same kind: making a
    /// function and running another is of no use.
    pub(super) fn together(&self, p: &Principal, actions: &[ActionId]) -> Truth {
        let mut kinds: HashMap<&str, Vec<ActionId>> = HashMap::new();
        for action in actions {
            for probe in self.probes.get(&(p.account, *action)).into_iter().flat_map(|probes| probes.iter()) {
                if probe.pattern != "*" {
                    kinds.entry(&probe.pattern).or_default().push(*action);
                }
            }
        }
        Truth::all(kinds.into_iter().filter(|(_, actions)| actions.len() > 1).map(|(pattern, actions)| {
            let target = Target::new(pattern, true);
            let all = |target: &Target| {
                Truth::all(
                    actions
                        .iter()
                        .map(|a| self.estate.allowed(p, *a, target, self.given(p, *a, &Given::Attach).as_slice())),
                )
            };
            let whole = all(&target);
            if whole != Truth::Unknown {
                return whole;
            }
            let probes = self.probes.get(&(p.account, actions[0]));
            let Some(probe) = probes.and_then(|probes| probes.iter().find(|one| one.pattern == pattern)) else {
                return Truth::Unknown;
            };
            let mut tried = actions.iter().flat_map(|action| self.named(p, *action, probe));
            Truth::from(tried.any(|one| all(&Target::one(&one)).certain())).or(Truth::Unknown)
        }))
    }

    /// Resources of a kind that a principal's statements name.
    pub(super) fn named(&self, p: &Principal, action: ActionId, probe: &Probe) -> Vec<String> {
        let mut tried: Vec<String> = Vec::new();
        for held in &p.held {
            for s in self.estate.documents[held.document].about(action).filter(|s| s.allows()) {
                if s.covers_everything() || s.source.resources.as_ref().is_some_and(|r| r.not) {
                    tried.push(probe.one.clone());
                }
                let entries = s.source.resources.iter().filter(|r| !r.not).flat_map(|r| &r.entries);
                let named = entries.filter(|e| !e.contains("${")).map(|entry| within(entry, &probe.pattern));
                tried.extend(named.filter(|one| crate::glob::matches(&probe.pattern, one)));
            }
        }
        tried.dedup();
        tried
    }

    /// Tries the resources that the statements name.
    pub(super) fn narrow(
        &self,
        p: &Principal,
        action: ActionId,
        probe: &Probe,
        given: &[(&str, &str)],
    ) -> (Truth, Option<String>) {
        let mut shown = None;
        for one in self.named(p, action, probe) {
            match self.estate.allowed(p, action, &Target::one(&one), given) {
                Truth::True => return (Truth::True, Some(one)),
                Truth::Unknown => shown = shown.or(Some(one)),
                Truth::False => {}
            }
        }
        (Truth::Unknown, shown.or_else(|| Some(probe.one.clone())))
    }
}

/// What to ask about for each kind of resource that an action needs.
pub(super) fn probes_of(estate: &Estate, account: usize, action: ActionId) -> Vec<Probe> {
    let table = estate.table;
    let probe = |pattern: String, one: String| {
        let target = Target::new(&pattern, table.takes_resource(action));
        Probe { pattern, target, one }
    };
    if !table.takes_resource(action) {
        return vec![probe("*".to_owned(), "*".to_owned())];
    }
    let data = &estate.accounts[account];
    let filled = |arn: &str| probe(fill(arn, data, "*"), fill(arn, data, "any"));
    let needed: Vec<Probe> = table.resources(action).filter(|r| r.required).map(|r| filled(r.arn)).collect();
    if needed.is_empty() { vec![probe("*".to_owned(), fill_first(estate, account, action))] } else { needed }
}

fn fill_first(estate: &Estate, account: usize, action: ActionId) -> String {
    let first = estate.table.resource_types(action).next().map(|(_, arn)| fill(arn, &estate.accounts[account], "any"));
    first.unwrap_or_else(|| "*".to_owned())
}

/// A resource that a statement's pattern names: what it leaves open is as the kind has it.
fn within(entry: &str, kind: &str) -> String {
    let plain = |text: &str| text.replace('*', "any").replace('?', "a");
    let (entry, kind): (Vec<&str>, Vec<&str>) = (entry.splitn(6, ':').collect(), kind.splitn(6, ':').collect());
    if entry.len() != kind.len() {
        return plain(&entry.join(":"));
    }
    let last = entry.len().saturating_sub(1);
    let part = |(at, (own, kind)): (usize, (&&str, &&str))| {
        if at < last && *own == "*" && !kind.contains('*') { (*kind).to_owned() } else { plain(own) }
    };
    entry.iter().zip(&kind).enumerate().map(part).collect::<Vec<_>>().join(":")
}

/// An ARN of a kind in an account: each part that is not the account's own is `with`; a single region, unless any is meant.
pub(super) fn fill(template: &str, account: &AccountData, with: &str) -> String {
    let region = match account.partition.as_str() {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        _ => "us-east-1",
    };
    let partition = if account.partition.is_empty() { "aws" } else { &account.partition };
    let text = template.replace("${Partition}", partition).replace("${Account}", &account.account);
    let text = if with == "*" { text } else { text.replace("${Region}", region) };
    let (mut out, mut rest) = (String::new(), text.as_str());
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        out.push_str(with);
        rest = after.split_once('}').map_or("", |(_, tail)| tail);
    }
    out + rest
}
