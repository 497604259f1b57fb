//! Whom the policies of roles and other resources let in from outside.

use super::trust::{Stranger, account_of, of_role, taken_back};
use crate::access::{Certainty, Outside, PartyKind};
use crate::compile::{Action, Compiled, Target};
use crate::document::PrincipalEntry;
use crate::estate::{Estate, Held, cite};
use crate::truth::Truth;
use crate::whom::issuers::{self, Breadth};
use crate::whom::{self, Home, Party, Reach, Who};

/// Whether conditions keep out somebody who is not meant: of everybody those of no account, organization or network that
/// is named, of an account whoever does not know the external id or is not the one that is named, of a service those whom
/// it works for, of a provider's users those of another owner. Another organization than one's own is not meant.
fn guarded(parties: &[Party], by_condition: bool, statement: &Compiled, home: &Home<'_>) -> bool {
    let foreign = |party: &Party| match (party.organization.one(), home.organization) {
        (Some(named), Some(own)) => named != own,
        _ => false,
    };
    let meant = |party: &Party| match &party.who {
        Who::Principal(_) if party.account == Reach::Any => !party.is_whoever(),
        Who::Principal(_) => {
            let asks = &party.asks;
            by_condition || asks.external_id || asks.network || asks.arn || party.organization != Reach::Any
        }
        Who::Unsigned | Who::Service(_) => !party.is_whoever(),
        Who::Web(host) => matches!(issuers::web(statement, host).asked, Breadth::Thing | Breadth::Owner),
        Who::Saml(_) => statement.source.conditions.iter().any(|one| {
            let values = one.values.iter().all(|value| issuers::says_something(value));
            one.key.to_ascii_lowercase().starts_with("saml:") && issuers::asks_for_value(one) && values
        }),
        Who::Canonical(_) | Who::Gone(_) | Who::Unclear(_) => false,
    };
    parties.iter().all(|party| meant(party) && !foreign(party))
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
    let home = Home {
        account: own,
        organization: estate.organization(own),
        partition: estate.accounts.first().map_or("aws", |account| &account.partition),
        now: estate.now(),
        anonymous: layer != "trust",
    };
    let ways = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]
        .map(|name| Action { name: name.to_owned(), id: None });
    let mut found = Vec::new();
    for statement in document.policy.statements.iter().filter(|s| s.allows()) {
        let covers = match asked {
            Some((action, _)) if !statement.speaks_of(action) => Truth::False,
            Some((_, target)) => statement.covers(target, &Stranger::new(estate)),
            // A right beside assuming, as sts:TagSession is, is no way in.
            None if layer == "trust" => Truth::from(ways.iter().any(|way| statement.speaks_of(way))),
            None => Truth::True,
        };
        let truth = statement.holds(&Stranger::new(estate)).and(covers).doubted(doubt);
        let Some(principals) = statement.source.principals.as_ref().filter(|_| truth.possible()) else { continue };
        let conditions = &statement.source.conditions;
        let denies = whom::taking_back(&document.policy.statements, statement);
        // Everybody but those listed is everybody.
        for entry in if principals.not { &everybody[..] } else { &principals.entries } {
            let parties = whom::lets_in_as(statement, entry, &denies, &home);
            // By name an account is meant; by a condition of everybody's too.
            let named = *entry == PrincipalEntry::Anyone;
            let guarded = guarded(&parties, named, statement, &home);
            let (who, kind, account) = match entry {
                PrincipalEntry::Anyone => ("*".to_owned(), PartyKind::Anyone, None),
                PrincipalEntry::Account(text) | PrincipalEntry::Arn(text) => {
                    let account = if text.contains(':') { account_of(text) } else { text.clone() };
                    if account == own {
                        continue;
                    }
                    (text.clone(), PartyKind::Account, Some(account))
                }
                PrincipalEntry::Service(name) => (name.clone(), PartyKind::Service, None),
                PrincipalEntry::Federated(name) if name.contains("saml-provider/") => {
                    (name.clone(), PartyKind::Saml, None)
                }
                PrincipalEntry::Federated(name) => (name.clone(), PartyKind::Oidc, None),
                PrincipalEntry::Id(id) | PrincipalEntry::Canonical(id) => (id.clone(), PartyKind::Unknown, None),
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
