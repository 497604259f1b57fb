//! Whom the policies of roles and other resources let in from outside.

use super::trust::{Stranger, account_of, of_role, taken_back};
use crate::access::{Certainty, Outside, PartyKind};
use crate::compile::{Action, Compiled, Target};
use crate::document::PrincipalEntry;
use crate::estate::{Estate, Held, Owner, cite};
use crate::truth::Truth;
use crate::whom::deputies::Asked as AskedOf;
use crate::whom::issuers::{self, Breadth};
use crate::whom::{self, Home, Party, Reach, Standing, Who};

/// Keys of SAML that every assertion of a provider has alike: whom it is for, and from whom.
///
/// Source: IAM User Guide, "Available keys for SAML-based AWS STS federation", read 2026-11-30.
const OF_EVERY_ASSERTION: [&str; 5] = ["saml:aud", "saml:doc", "saml:iss", "saml:namequalifier", "saml:sub_type"];

/// Whether conditions keep out somebody who is not meant: of everybody those of no account, organization or network that
/// is named, of an account whoever does not know the external id or is not the one that is named, of a service those whom
/// it works for, of a provider's users those of another owner. Another organization than one's own is not meant, nor one of
/// which that is not known; and a condition of which nothing is known keeps nobody out, nor does a resource of which it is
/// not known (`owned`) whose it is.
fn guarded(
    parties: &[Party],
    by_condition: bool,
    statement: &Compiled,
    home: &Home<'_>,
    owned: impl Fn(&str) -> bool,
) -> bool {
    let foreign = |party: &Party| party.organization.one().is_some_and(|named| home.organization != Some(named));
    let meant = |party: &Party| match &party.who {
        Who::Principal(_) if party.account == Reach::Any => !party.is_whoever(),
        Who::Principal(_) => {
            let asks = &party.asks;
            by_condition || asks.external_id || asks.network || asks.arn || party.organization != Reach::Any
        }
        Who::Unsigned | Who::Service(_) => !party.is_whoever(),
        Who::Web(host) => matches!(issuers::web(statement, host).asked, Breadth::Thing | Breadth::Owner),
        Who::Saml(_) => statement.source.conditions.iter().any(|one| {
            let key = one.key.to_ascii_lowercase();
            let values = one.values.iter().all(|value| issuers::says_something(value));
            let tells = key.starts_with("saml:") && !OF_EVERY_ASSERTION.contains(&key.as_str());
            tells && issuers::asks_for_value(one) && values
        }),
        Who::Canonical(_) | Who::Gone(_) | Who::Unclear(_) => false,
    };
    let known = |party: &Party| party.asks.unclear.is_empty() && party.resource.as_ref().is_none_or(|arn| owned(arn));
    !parties.is_empty() && parties.iter().all(|party| meant(party) && known(party) && !foreign(party))
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
    // Who asks about one role by its ARN asks about its trust policy too.
    let trust = layer == "trust" || estate.by_arn.contains_key(resource);
    let everybody = [PrincipalEntry::Anyone];
    let home = Home {
        account: own,
        organization: estate.organization(own),
        partition: estate.accounts.first().map_or("aws", |account| &account.partition),
        now: estate.now(),
        anonymous: !trust,
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
            let owned = |arn: &str| matches!(estate.owner_of(arn), Owner::Account(_));
            let guarded = guarded(&parties, named, statement, &home, owned);
            let (standing, whom) = widest(estate, own, &parties, statement, trust);
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
                standing,
                whom,
                conditions: conditions.iter().map(ToString::to_string).collect(),
                administrator: false,
                evidence: vec![cite(layer, held, statement, action)],
            });
        }
    }
    found
}

/// What the widest of those whom an entry of a statement lets in is to the client, and who that is.
fn widest(estate: &Estate, own: &str, parties: &[Party], statement: &Compiled, trust: bool) -> (Standing, String) {
    let asked = if trust { AskedOf::Trust } else { AskedOf::Resource };
    let known = estate.seen_from(own);
    let answers = parties.iter().map(|party| whom::answer(party, statement, asked, &known));
    // Of those that are as wide the first is told.
    let widest = answers.reduce(|widest, next| if next.standing > widest.standing { next } else { widest });
    widest.map_or_else(
        || (Standing::Unknown, "nobody was found who meets the conditions".to_owned()),
        |answer| (answer.standing, answer.words),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::compile::Policy;
    use crate::document::Kind;
    use serde_json::{Value, json};

    const IDP: &str = "arn:aws:iam::111122223333:saml-provider/idp";

    fn is_guarded(principal: &Value, condition: &Value, organization: Option<&str>) -> bool {
        let text = json!({ "Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition } });
        let policy = Policy::parse(&text.to_string(), Kind::Resource).unwrap();
        let statement = &policy.statements[0];
        let home = Home {
            account: "111122223333",
            organization,
            partition: "aws",
            now: "2026-11-30T00:00:00Z",
            anonymous: false,
        };
        let entry = &statement.source.principals.as_ref().unwrap().entries[0];
        let parties = whom::lets_in_as(statement, entry, &[], &home);
        guarded(&parties, *entry == PrincipalEntry::Anyone, statement, &home, |arn| arn == "arn:aws:s3:::mine")
    }

    #[test]
    fn what_every_assertion_has_guards_nothing() {
        let idp = json!({ "Federated": IDP });
        for (key, expected) in [
            ("SAML:aud", false),
            ("SAML:iss", false),
            ("SAML:doc", false),
            ("SAML:namequalifier", false),
            ("SAML:sub_type", false),
            ("SAML:sub", true),
            ("SAML:eduPersonOrgDN", true),
        ] {
            assert_eq!(is_guarded(&idp, &json!({ "StringEquals": { key: "x" } }), None), expected, "{key}");
        }
        let both = json!({ "StringEquals": { "SAML:aud": "https://signin.aws.amazon.com/saml", "SAML:sub": "x" } });
        assert!(is_guarded(&idp, &both, None));
    }

    #[test]
    fn what_is_not_known_and_nobody_are_not_guarded() {
        let own = Some("o-own0000000");
        let org = |id: &str| json!({ "StringEquals": { "aws:PrincipalOrgID": id } });
        let (anyone, vendor) = (json!("*"), json!({ "AWS": "444455556666" }));
        let service = json!({ "Service": "s3.amazonaws.com" });
        for (principal, condition, organization, expected) in [
            (&anyone, org("o-own0000000"), own, true),
            (&anyone, org("o-evil000000"), own, false),
            (&anyone, org("o-evil000000"), None, false),
            (&vendor, org("o-evil000000"), None, false),
            (&anyone, json!({ "StringEquals": { "made:Up": "x" } }), own, false),
            (&vendor, json!({ "StringEquals": { "sts:ExternalId": "x", "made:Up": "x" } }), own, false),
            (&vendor, json!({ "StringEquals": { "sts:ExternalId": "x" } }), own, true),
            // A principal's request has no such key: nobody is let in.
            (&vendor, json!({ "StringEquals": { "aws:SourceAccount": "111122223333" } }), own, false),
            (&service, json!({ "ArnLike": { "aws:SourceArn": "arn:aws:s3:::mine" } }), own, true),
            (&service, json!({ "ArnLike": { "aws:SourceArn": "arn:aws:s3:::whose" } }), own, false),
            (&service, json!({ "StringEquals": { "aws:SourceAccount": "111122223333" } }), own, true),
        ] {
            let found = is_guarded(principal, &condition, organization);
            assert_eq!(found, expected, "{principal} {condition} {organization:?}");
        }
    }
}
