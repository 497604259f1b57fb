//! The populations that steps lead to: who trusts whom, sorted once.

use std::collections::{BTreeMap, HashMap};

use super::domain::{Member, Wins};
use super::trust::{self, Trust};
use super::{Domain, Reach};
use crate::caller::Grant;
use crate::compile::Action;
use crate::estate::Principal;
use crate::truth::Truth;

/// Populations, by what leads to them. The first part is the place of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Key {
    /// All users.
    Users(usize),
    /// All roles that customers may change.
    Roles(usize),
    /// Roles that a service may be given.
    Passed(usize, &'static str),
    /// Roles that an instance may hold.
    OnInstances(usize),
    /// Roles that SAML or OpenID Connect providers vouch for.
    Federated(usize, bool),
    /// Roles of the same account that trust all of it.
    Assumable(usize),
    /// Roles of other accounts that trust it.
    Foreign(usize),
    /// Roles that let in whoever is in their account.
    Open(usize),
    /// Roles that may: told once, for any principal of the account.
    OpenPerhaps(usize),
    /// Customer managed policies.
    Policies(usize),
}

/// What leads to roles by their trust policies alone.
#[derive(Default)]
pub(super) struct Trusted {
    /// By principal: roles that name it.
    pub(super) named: HashMap<usize, Vec<(usize, Truth, Grant)>>,
    /// Roles whose conditions ask who comes.
    pub(super) by_caller: Vec<usize>,
}

/// The populations of an estate.
#[derive(Default)]
pub(super) struct Populations {
    pub(super) keys: HashMap<Key, usize>,
    pub(super) trusted: Trusted,
    /// By role: the places of the customer managed policies that it holds.
    pub(super) policies: HashMap<usize, Vec<u32>>,
}

/// The service whose roles work only in an instance profile.
pub(super) const EC2: &str = "ec2.amazonaws.com";

impl Reach<'_> {
    /// Sorts the principals into the populations that steps lead to.
    pub(super) fn populate(&mut self) {
        let estate = self.estate;
        let mut sets: BTreeMap<Key, Vec<Member>> = BTreeMap::new();
        let mut trusted = Trusted::default();
        let mut services: Vec<&'static str> = self.primitives.iter().filter_map(|p| p.service).collect();
        services.sort_unstable();
        services.dedup();
        let by_number: HashMap<&str, usize> =
            estate.accounts.iter().enumerate().map(|(at, account)| (account.account.as_str(), at)).collect();
        let roles_of = |p: &Principal| format!("{}:{}", estate.accounts[p.account].account, p.name);
        let by_role: HashMap<String, usize> =
            estate.principals.iter().enumerate().filter(|(_, p)| !p.user).map(|(at, p)| (roles_of(p), at)).collect();
        let assumes: Vec<Action> = ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"]
            .map(|name| Action { name: name.to_owned(), id: estate.table.id(name) })
            .into();
        for (who, p) in estate.principals.iter().enumerate() {
            let mut add = |key: Key, truth: Truth| {
                if truth.possible() {
                    sets.entry(key).or_default().push(Member { who, truth });
                }
            };
            if p.user {
                add(Key::Users(p.account), Truth::True);
                continue;
            }
            if !p.is_protected() {
                add(Key::Roles(p.account), Truth::True);
            }
            for service in &services {
                let instance = Truth::from(p.on_instances || *service != EC2).or(Truth::Unknown);
                let trusts = trust::trusts_service(estate, p, service, &assumes);
                add(Key::Passed(p.account, service), trusts.and(instance));
                if *service == EC2 && p.on_instances {
                    add(Key::OnInstances(p.account), trusts);
                }
            }
            for saml in [true, false] {
                if trust::trusts_provider(estate, p, saml) {
                    add(Key::Federated(p.account, saml), Truth::Unknown);
                }
            }
            let Trust { named, accounts, anyone, by_caller } = trust::trust_of(estate, p, &self.assume);
            let free = self.controls_leave(p);
            for (arn, truth, grant) in named {
                if let Some(from) = estate.by_arn.get(&arn).or_else(|| by_role.get(&arn)) {
                    trusted.named.entry(*from).or_default().push((who, truth.and(free), grant));
                }
            }
            for (account, truth) in accounts {
                match by_number.get(account.as_str()) {
                    Some(own) if *own == p.account => add(Key::Assumable(p.account), truth.and(free)),
                    Some(other) => add(Key::Foreign(*other), truth.and(free)),
                    None => {}
                }
            }
            if let Some(truth) = anyone {
                let truth = truth.and(free);
                add(if truth.certain() { Key::Open(p.account) } else { Key::OpenPerhaps(p.account) }, truth);
                for other in (0..estate.accounts.len()).filter(|other| *other != p.account) {
                    add(Key::Foreign(other), truth.and(free));
                }
            }
            if by_caller {
                trusted.by_caller.push(who);
            }
        }
        let mut populations = Populations { trusted, ..Populations::default() };
        for (key, mut members) in sets {
            members.sort_by_key(|m| (m.who, std::cmp::Reverse(m.truth)));
            members.dedup_by_key(|m| m.who);
            let mut domain = Domain::new(estate, members);
            for place in 0..u32::try_from(domain.members.len()).unwrap_or(u32::MAX) {
                let member = domain.members[place as usize];
                self.places[member.who].push((self.domains.len(), place));
                let put = |wins: &mut Wins, truth: Truth| match truth.and(member.truth) {
                    Truth::True => wins.sure.push(place),
                    Truth::Unknown => wins.maybe.push(place),
                    Truth::False => {}
                };
                put(&mut domain.administrators, self.administrator(member.who));
                put(&mut domain.ceilings, self.standing[member.who].ceiling);
            }
            populations.keys.insert(key, self.domains.len());
            self.domains.push(domain);
        }
        for (account, data) in estate.accounts.iter().enumerate() {
            let own = data.policies.iter().map(|p| p.arn.as_str()).filter(|arn| !arn.contains(":iam::aws:"));
            let domain = Domain::things(own.collect());
            for (who, p) in estate.principals.iter().enumerate().filter(|(_, p)| !p.user && p.account == account) {
                let places = p.held.iter().filter(|h| h.is_customer_managed()).filter_map(|h| domain.place(&h.name));
                populations.policies.insert(who, places.collect());
            }
            populations.keys.insert(Key::Policies(account), self.domains.len());
            self.domains.push(domain);
        }
        for domain in &mut self.domains {
            let holds = |member: &Member| populations.policies.get(&member.who).is_some_and(|held| !held.is_empty());
            let places = (0_u32..).zip(&domain.members).filter(|(_, member)| holds(member)).map(|(place, _)| place);
            domain.with_policies = places.collect();
        }
        self.populations = populations;
    }

    /// Whether resource control policies leave a role to those whom it trusts.
    fn controls_leave(&self, role: &Principal) -> Truth {
        let Some(assume) = self.assume.id else { return Truth::Unknown };
        let levels = self.estate.rcp[role.account].iter().flatten().flatten();
        let target = crate::compile::Target::one(&role.arn);
        let says = levels
            .map(|held| self.estate.documents[held.document].says(assume, &target, &trust::Stranger::new(self.estate)));
        !Truth::any(says.map(|says| says.deny))
    }

    pub(super) fn key(&self, key: Key) -> Option<usize> {
        self.populations.keys.get(&key).copied()
    }
}
