//! Whom the policies of roles and other resources let in from outside.

use super::trust::{Stranger, account_of, of_role, taken_back};
use crate::access::{Certainty, Outside, PartyKind};
use crate::compile::{Action, Target};
use crate::condition::Condition;
use crate::document::PrincipalEntry;
use crate::estate::{Estate, Held, cite};
use crate::truth::Truth;

/// Keys by which a trust policy makes sure for whom the other side acts.
const GUARDS: [&str; 11] = [
    "sts:externalid",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:principalarn",
    "aws:principalaccount",
    "aws:sourceowner",
    "kms:calleraccount",
];

/// A condition that pins something: positive, and not a lone star.
fn pins(condition: &Condition, keys: impl Fn(&str) -> bool) -> bool {
    condition.is_positive_text()
        && keys(&condition.key.to_ascii_lowercase())
        && condition.values.iter().all(|v| v != "*")
}

/// Everybody from outside whom a role, or a resource of which the policy is known, lets in.
pub(super) fn outside(estate: &Estate, administrator: impl Fn(usize) -> bool) -> Vec<Outside> {
    let mut found = Vec::new();
    for (at, role) in estate.principals.iter().enumerate().filter(|(_, p)| !p.user && !p.is_protected()) {
        let own = &estate.accounts[role.account].account;
        let Some(trust) = role.trust else { continue };
        let mut parties = of_document(estate, own, &role.arn, trust, "trust", &of_role(role), None);
        parties.iter_mut().for_each(|party| party.administrator = administrator(at));
        found.append(&mut parties);
    }
    let mut resources: Vec<(&String, &usize)> = estate.resources.iter().collect();
    resources.sort_unstable();
    for (arn, document) in resources {
        found.append(&mut parties(estate, owner(estate, arn), arn, *document, None));
    }
    found
}

/// The account that a resource belongs to: its ARN's, else the only one there is.
fn owner<'e>(estate: &'e Estate, arn: &'e str) -> &'e str {
    let only = || match estate.accounts.as_slice() {
        [only] => only.account.as_str(),
        _ => "",
    };
    crate::decide::account_in(arn).unwrap_or_else(only)
}

/// Whom the policy of a resource lets in from outside its account, for one action on a target or for any.
pub(crate) fn parties(
    estate: &Estate,
    own: &str,
    resource: &str,
    document: usize,
    asked: Option<(&Action, &Target)>,
) -> Vec<Outside> {
    let held = Held { document, name: format!("policy of {resource}").into(), version: None, group: None };
    of_document(estate, own, resource, document, "resource", &held, asked)
}

fn of_document(
    estate: &Estate,
    own: &str,
    resource: &str,
    document: usize,
    layer: &str,
    held: &Held,
    asked: Option<(&Action, &Target)>,
) -> Vec<Outside> {
    let document = &estate.documents[document];
    let doubt = taken_back(document);
    let everybody = [PrincipalEntry::Anyone];
    let mut found = Vec::new();
    for statement in document.policy.statements.iter().filter(|s| s.allows()) {
        let covers = match asked {
            Some((action, _)) if !statement.speaks_of(action) => Truth::False,
            Some((_, target)) => statement.covers(target, &Stranger::new(estate)),
            None => Truth::True,
        };
        let truth = statement.holds(&Stranger::new(estate)).and(covers).doubted(doubt);
        let Some(principals) = statement.source.principals.as_ref().filter(|_| truth.possible()) else { continue };
        let conditions = &statement.source.conditions;
        // Everybody but those listed is everybody.
        for entry in if principals.not { &everybody[..] } else { &principals.entries } {
            let guard = |keys: fn(&str) -> bool| conditions.iter().any(|c| pins(c, keys));
            let listed = || guard(|key| GUARDS.contains(&key));
            let (who, kind, account, guarded) = match entry {
                PrincipalEntry::Anyone => ("*".to_owned(), PartyKind::Anyone, None, listed()),
                PrincipalEntry::Account(text) | PrincipalEntry::Arn(text) => {
                    let account = if text.contains(':') { account_of(text) } else { text.clone() };
                    if account == own {
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
                PrincipalEntry::Id(id) | PrincipalEntry::Canonical(id) => (id.clone(), PartyKind::Unknown, None, false),
            };
            let action = asked.map_or(super::trust::ASSUME, |(action, _)| &action.name);
            found.push(Outside {
                who,
                kind,
                account,
                resource: resource.to_owned(),
                certainty: Certainty::from(truth),
                guarded,
                conditions: conditions.iter().map(ToString::to_string).collect(),
                administrator: false,
                evidence: vec![cite(layer, held, statement, action)],
            });
        }
    }
    found
}
