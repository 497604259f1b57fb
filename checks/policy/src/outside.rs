//! Trust policies: whom a role lets in; and who can blind the logs.

use crate::access::{Access, Evidence, Holder, Outside, PartyKind, Tamper};
use crate::compile::{Compiled, Target};
use crate::condition::Condition;
use crate::context::{Context, Lookup};
use crate::document::PrincipalEntry;
use crate::estate::{Estate, Held, Principal, cite};
use crate::reach::{certainty, fill};
use crate::truth::Truth;

/// Whom a trust policy names, with the certainty of its conditions.
#[derive(Default)]
pub(crate) struct Trust {
    pub(crate) named: Vec<(String, Truth, Evidence)>,
    pub(crate) accounts: Vec<(String, Truth, Evidence)>,
}

/// Of whoever assumes a role nothing is known but the time and that it is over TLS.
struct Stranger;

impl Context for Stranger {
    fn lookup(&self, key: &str) -> Lookup<'_> {
        match key {
            "aws:securetransport" => Lookup::One("true".into()),
            _ => Lookup::Unknown,
        }
    }
}

/// The Allow statements of a role's trust policy, with how they are cited.
fn grants<'e>(estate: &'e Estate, role: &'e Principal) -> impl Iterator<Item = (&'e Compiled, Evidence)> {
    let document = role.trust.map(|at| &estate.documents[at]);
    let statements = document.into_iter().flat_map(|d| d.policy.statements.iter()).filter(|s| s.allows());
    statements.map(|s| {
        let held = Held { document: 0, name: format!("trust policy of {}", role.name).into(), version: None };
        let evidence = cite("trust", &held, s, "sts:AssumeRole");
        (s, evidence)
    })
}

/// Whether a Deny of the trust policy may take a grant back.
fn taken_back(estate: &Estate, role: &Principal) -> bool {
    role.trust.is_some_and(|at| estate.documents[at].policy.statements.iter().any(|s| !s.allows()))
}

pub(crate) fn trust_of(estate: &Estate, role: &Principal) -> Trust {
    let mut trust = Trust::default();
    let doubt = taken_back(estate, role);
    for (statement, evidence) in grants(estate, role) {
        let assumes = statement.pattern_for("sts:AssumeRole").is_some();
        let Some(principals) = statement.source.principals.as_ref().filter(|p| assumes && !p.not) else { continue };
        let truth = statement.holds(&Stranger).doubted(doubt);
        for entry in principals.entries.iter().filter(|_| truth.possible()) {
            match entry {
                PrincipalEntry::Arn(arn) => trust.named.push((arn.clone(), truth, evidence.clone())),
                PrincipalEntry::Account(text) => trust.accounts.push((account_of(text), truth, evidence.clone())),
                // Everybody of the account may then try with an Allow of its own; without, by the trust alone.
                PrincipalEntry::Anyone => {
                    let own = estate.accounts[role.account].account.clone();
                    trust.accounts.push((own, truth.doubted(true), evidence.clone()));
                }
                _ => {}
            }
        }
    }
    trust
}

/// Whether a role trusts a service, whatever its confused-deputy conditions: those guard against other accounts.
pub(crate) fn trusts_service(estate: &Estate, role: &Principal, service: &str) -> Truth {
    if role.user {
        return Truth::False;
    }
    if role.trust.is_some_and(|at| estate.documents[at].unreadable.is_some()) {
        return Truth::Unknown;
    }
    let doubt = taken_back(estate, role);
    Truth::any(grants(estate, role).map(|(statement, _)| {
        let named = |entry: &PrincipalEntry| matches!(entry, PrincipalEntry::Service(name) if name == service);
        let names = statement.source.principals.as_ref().is_some_and(|p| !p.not && p.entries.iter().any(named));
        let assumes = statement.pattern_for("sts:AssumeRole").is_some();
        Truth::from(names && assumes).and(statement.holds(&Stranger)).doubted(doubt)
    }))
}

/// The number of an account that an entry names.
fn account_of(entry: &str) -> String {
    entry.split(':').nth(4).unwrap_or(entry).to_owned()
}

/// Keys by which a trust policy makes sure for whom the other side acts.
const GUARDS: [&str; 9] = [
    "sts:externalid",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:principalarn",
    "aws:principalaccount",
];

/// A condition that pins something: positive, and not a lone star.
fn pins(condition: &Condition, keys: impl Fn(&str) -> bool) -> bool {
    condition.is_positive_text()
        && keys(&condition.key.to_ascii_lowercase())
        && condition.values.iter().all(|v| v != "*")
}

/// Everybody from outside whom a role lets in.
pub(crate) fn outside(estate: &Estate, administrator: impl Fn(usize) -> bool, access: &mut Access) {
    for (at, role) in estate.principals.iter().enumerate().filter(|(_, p)| !p.user && !p.is_protected()) {
        let own = &estate.accounts[role.account].account;
        let doubt = taken_back(estate, role);
        for (statement, evidence) in grants(estate, role) {
            let truth = statement.holds(&Stranger).doubted(doubt);
            if !truth.possible() {
                continue;
            }
            let conditions = &statement.source.conditions;
            let (not, entries) = match &statement.source.principals {
                Some(principals) => (principals.not, principals.entries.as_slice()),
                None => continue,
            };
            // Everybody but those listed is everybody.
            let everybody = [PrincipalEntry::Anyone];
            for entry in if not { &everybody[..] } else { entries } {
                let guard = |keys: fn(&str) -> bool| conditions.iter().any(|c| pins(c, keys));
                let listed = || guard(|key| GUARDS.contains(&key));
                let (who, kind, account, guarded) = match entry {
                    PrincipalEntry::Anyone => ("*".to_owned(), PartyKind::Anyone, None, listed()),
                    PrincipalEntry::Account(text) | PrincipalEntry::Arn(text) => {
                        let account = if text.contains(':') { account_of(text) } else { text.clone() };
                        if account == *own {
                            continue;
                        }
                        (text.clone(), PartyKind::Account, Some(account), listed())
                    }
                    PrincipalEntry::Service(name) => (name.clone(), PartyKind::Service, None, listed()),
                    PrincipalEntry::Federated(name) if name.contains("saml-provider/") => {
                        (name.clone(), PartyKind::Saml, None, guard(|key| key.starts_with("saml:")))
                    }
                    PrincipalEntry::Federated(name) => {
                        (name.clone(), PartyKind::Oidc, None, guard(|key| key.ends_with(":sub")))
                    }
                    PrincipalEntry::Id(id) => (id.clone(), PartyKind::Unknown, None, false),
                    PrincipalEntry::Canonical(id) => (id.clone(), PartyKind::Unknown, None, false),
                };
                access.outside.push(Outside {
                    who,
                    kind,
                    account,
                    resource: role.arn.clone(),
                    certainty: certainty(truth),
                    guarded,
                    conditions: conditions.iter().map(ToString::to_string).collect(),
                    administrator: administrator(at),
                    evidence: vec![evidence.clone()],
                });
            }
        }
    }
}

/// Who, short of the administrators, can blind the logs: asked of every resource of a kind, since which ones keep the logs is not
/// told by policies alone.
pub(crate) fn log_tamper(estate: &Estate, administrator: impl Fn(usize) -> bool, access: &mut Access) {
    let text = include_str!("../data/log_tamper.txt");
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('|');
        let (Some(id), Some(action)) = (cells.next(), cells.next()) else { continue };
        let Some(known) = estate.table.id(action) else { continue };
        let template = estate.table.resource_types(known).next().map(|(_, template)| template.to_owned());
        let speaks: Vec<bool> =
            estate.documents.iter().map(|d| d.unreadable.is_some() || d.allowed.contains(known)).collect();
        let mut principals = Vec::new();
        let mut shown = "*".to_owned();
        for (at, p) in estate.principals.iter().enumerate() {
            if administrator(at) || !p.held.iter().any(|held| speaks[held.document]) {
                continue;
            }
            let arn = template.as_ref().map_or("*".to_owned(), |t| fill(t, &estate.accounts[p.account].account, "*"));
            let target = Target::new(&arn, estate.table.takes_resource(known));
            shown = arn;
            // A right on some named resources is no right on the logs unless those are among them.
            if estate.names_every(p, known, &target) && estate.allowed(p, known, &target, &[]).possible() {
                let point = estate.point(p, known, &target, &[]);
                principals.push(Holder {
                    principal: p.arn.clone(),
                    certainty: certainty(point.allowed),
                    evidence: point.by.into_iter().collect(),
                });
            }
        }
        if !principals.is_empty() {
            access.log_tamper.push(Tamper {
                id: id.to_owned(),
                action: action.to_owned(),
                resource: shown,
                principals,
            });
        }
    }
}
