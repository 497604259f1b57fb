//! Trust policies: whom a role lets in.
//!
//! Source: IAM User Guide, "AWS JSON policy elements: Principal", "Cross-account policy evaluation logic", "How IAM roles
//! differ from resource-based policies".

use crate::access::Evidence;
use crate::caller::Grant;
use crate::compile::{Action, Compiled};
use crate::context::{Context, Lookup};
use crate::document::PrincipalEntry;
use crate::estate::{Document, Estate, Held, Principal, cite};
use crate::truth::Truth;

/// What assumes a role.
pub(super) const ASSUME: &str = "sts:AssumeRole";

/// Whom a trust policy lets in, as far as this is the same for all of an account.
#[derive(Default)]
pub(super) struct Trust {
    /// ARNs of principals; the boundary of a role still caps it, as AWS grants to the role, not to its session.
    pub(super) named: Vec<(String, Truth, Grant)>,
    /// Whole accounts, which decide by their own policies.
    pub(super) accounts: Vec<(String, Truth)>,
    /// Everybody: within the account nothing else is needed.
    pub(super) anyone: Option<Truth>,
    /// A statement's conditions speak of the caller itself: each is to be asked singly.
    pub(super) by_caller: bool,
}

/// Of whoever comes, nothing is known but when, that it is over TLS, and perhaps the organization.
pub(super) struct Stranger<'a> {
    now: &'a str,
    organization: Option<&'a str>,
}

impl<'a> Stranger<'a> {
    pub(super) fn new(estate: &'a Estate) -> Stranger<'a> {
        Stranger { now: estate.now(), organization: None }
    }

    /// Somebody of an account.
    fn of(estate: &'a Estate, account: &str) -> Stranger<'a> {
        Stranger { now: estate.now(), organization: estate.organization(account) }
    }
}

impl Context for Stranger<'_> {
    fn lookup(&self, key: &str) -> Lookup<'_> {
        match (key, self.organization) {
            ("aws:securetransport", _) => Lookup::One("true".into()),
            ("aws:currenttime", _) => Lookup::One(self.now.into()),
            ("aws:principalorgid", Some(id)) => Lookup::One(id.into()),
            _ => Lookup::Unknown,
        }
    }
}

/// Whether a key tells of the caller what its account's data know.
fn is_of_caller(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    matches!(key.as_str(), "aws:principalarn" | "aws:principaltype" | "aws:username" | "aws:principalaccount")
        || key.starts_with("aws:principaltag/")
}

pub(super) fn document<'e>(estate: &'e Estate, role: &Principal) -> Option<&'e Document> {
    role.trust.map(|at| &estate.documents[at])
}

/// The Allow statements of a role's trust policy that speak of assuming it.
fn grants<'e>(estate: &'e Estate, role: &Principal, assume: &Action) -> impl Iterator<Item = &'e Compiled> {
    let statements = document(estate, role).into_iter().flat_map(|d| d.policy.statements.iter());
    statements.filter(move |s| s.allows() && s.speaks_of(assume))
}

/// Its Deny statements that do.
fn denies<'e>(estate: &'e Estate, role: &Principal, assume: &Action) -> impl Iterator<Item = &'e Compiled> {
    let statements = document(estate, role).into_iter().flat_map(|d| d.policy.statements.iter());
    statements.filter(move |s| !s.allows() && s.speaks_of(assume))
}

/// Whether a Deny of the trust policy may take a grant back.
pub(super) fn taken_back(document: &Document) -> bool {
    document.policy.statements.iter().any(|s| !s.allows())
}

/// Whom a role lets in.
pub(super) fn trust_of(estate: &Estate, role: &Principal, assume: &Action) -> Trust {
    let mut trust = Trust::default();
    // Whom a Deny means is asked of each that may come.
    let denied = denies(estate, role, assume).next().is_some();
    if document(estate, role).is_some_and(|d| d.unreadable.is_some()) {
        trust.anyone = Some(Truth::Unknown);
    }
    for statement in grants(estate, role, assume) {
        let Some(principals) = &statement.source.principals else { continue };
        let of = |account: &str| {
            let stranger = Stranger::of(estate, account);
            statement.holds(&stranger)
        };
        let truth = of(&estate.accounts[role.account].account);
        let asks = statement.source.conditions.iter().any(|c| is_of_caller(&c.key));
        if truth.possible() && (denied || (truth == Truth::Unknown && asks)) {
            trust.by_caller = true;
            continue;
        }
        if principals.not && truth.possible() {
            // AWS does not take this in a trust policy today; old ones may have it. It lets in all but those listed.
            trust.anyone = trust.anyone.max(Some(Truth::Unknown));
            continue;
        }
        for entry in &principals.entries {
            match entry {
                PrincipalEntry::Arn(arn) => match session_role(arn) {
                    // Whoever takes the role chooses the session's name.
                    Some(role) => trust.named.push((role, truth.and(Truth::Unknown), Grant::Direct)),
                    None => {
                        let grant = if arn.contains(":user/") { Grant::Direct } else { Grant::Role };
                        trust.named.push((arn.clone(), truth, grant));
                    }
                },
                PrincipalEntry::Account(text) => {
                    let account = account_of(text);
                    let truth = of(&account);
                    trust.accounts.push((account, truth));
                }
                PrincipalEntry::Anyone if truth.possible() => trust.anyone = trust.anyone.max(Some(truth)),
                PrincipalEntry::Anyone => {}
                // An id in place of an ARN is of a principal that was deleted: nobody has it any more.
                PrincipalEntry::Id(_)
                | PrincipalEntry::Service(_)
                | PrincipalEntry::Federated(_)
                | PrincipalEntry::Canonical(_) => {}
            }
        }
    }
    trust
}

/// `account:role` of a session's ARN; a session's ARN lacks the path of its role.
fn session_role(arn: &str) -> Option<String> {
    let (_, rest) = arn.split_once(":assumed-role/")?;
    let role = rest.split('/').next()?;
    Some(format!("{}:{role}", account_of(arn)))
}

/// How a role's trust policy grants to one principal, with its own context.
pub(super) fn trusts_caller(
    estate: &Estate,
    role: &Principal,
    caller: &Principal,
    assume: &Action,
) -> Vec<(Grant, Truth)> {
    let Ok(who) = crate::caller::Caller::parse(&caller.arn) else { return Vec::new() };
    let context = estate.asking(caller, assume.id, &[]);
    let bounded = caller.boundary.is_some();
    let denied = Truth::any(denies(estate, role, assume).map(|statement| {
        let principals = statement.source.principals.as_ref();
        let meant = principals.map(|p| who.meant(p, statement.source.effect, bounded, false)).unwrap_or_default();
        Truth::any(meant.into_iter().map(|(_, named)| named)).and(statement.holds(&context))
    }));
    let mut found = Vec::new();
    for statement in grants(estate, role, assume) {
        let Some(principals) = &statement.source.principals else { continue };
        let truth = statement.holds(&context).doubted(principals.not).and(!denied);
        if truth.possible() {
            let meant = who.meant(principals, statement.source.effect, bounded, false);
            found.extend(meant.into_iter().map(|(grant, named)| (grant, named.and(truth))));
        }
    }
    found
}

/// Whether a role trusts a service (or a provider of that name), whatever its confused-deputy conditions: those guard
/// against other accounts.
pub(super) fn trusts_service(estate: &Estate, role: &Principal, service: &str, assume: &[Action]) -> Truth {
    let Some(document) = document(estate, role) else { return Truth::False };
    if document.unreadable.is_some() {
        return Truth::Unknown;
    }
    let doubt = taken_back(document);
    let statements = document.policy.statements.iter().filter(|s| s.allows());
    Truth::any(statements.map(|statement| {
        let named = |entry: &PrincipalEntry| match entry {
            PrincipalEntry::Service(name) | PrincipalEntry::Federated(name) => name == service,
            _ => false,
        };
        let names = statement.source.principals.as_ref().is_some_and(|p| !p.not && p.entries.iter().any(named));
        let assumes = assume.iter().any(|action| statement.speaks_of(action));
        Truth::from(names && assumes).and(statement.holds(&Stranger::new(estate))).doubted(doubt)
    }))
}

/// Whether a role trusts an identity provider of a kind.
pub(super) fn trusts_provider(estate: &Estate, role: &Principal, saml: bool) -> bool {
    let statements = document(estate, role).into_iter().flat_map(|d| d.policy.statements.iter());
    let named = |entry: &PrincipalEntry| matches!(entry, PrincipalEntry::Federated(name) if name.contains("saml-provider/") == saml);
    statements
        .filter(|s| s.allows())
        .any(|s| s.source.principals.as_ref().is_some_and(|p| !p.not && p.entries.iter().any(named)))
}

/// The statement by which a role lets a principal in.
pub(super) fn evidence(estate: &Estate, role: &Principal, caller: &Principal, assume: &Action) -> Option<Evidence> {
    // Of any principal of an account only that is known.
    let number = &estate.accounts[caller.account].account;
    let who = if caller.unnamed { &format!("arn:aws:iam::{number}:user/any") } else { &caller.arn };
    let who = crate::caller::Caller::parse(who).ok()?;
    let context = estate.asking(caller, assume.id, &[]);
    let mut statements: Vec<(Truth, &Compiled)> = grants(estate, role, assume)
        .filter(|s| {
            let principals = s.source.principals.as_ref();
            principals.is_some_and(|p| !who.meant(p, s.source.effect, caller.boundary.is_some(), false).is_empty())
        })
        .map(|s| (s.holds(&context), s))
        .collect();
    statements.sort_by_key(|(truth, _)| std::cmp::Reverse(*truth));
    statements.first().map(|(_, s)| cite("trust", &of_role(role), s, ASSUME))
}

/// How a role's trust policy is cited.
pub(super) fn of_role(role: &Principal) -> Held {
    Held { document: 0, name: format!("trust policy of {}", role.name).into(), version: None, group: None }
}

/// The number of an account that an entry names.
pub(super) fn account_of(entry: &str) -> String {
    entry.split(':').nth(4).unwrap_or(entry).to_owned()
}
