//! Whom a resource's policy lets in, held against what stands above the resource: resource control policies, S3 Block Public
//! Access, and whose the resource is.

use crate::access::{Blocked, Certainty, Evidence, Outside, PartyKind};
use crate::actions::{ActionId, ActionSet};
use crate::compile::{Compiled, Target};
use crate::context::{Context, Lookup};
use crate::document::PrincipalEntry;
use crate::estate::{Estate, Owner, bucket_of, cite, is_public};
use crate::truth::Truth;

/// A question about one action.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) action: ActionId,
    pub(crate) target: &'a Target,
}

/// Who gets in, and who is kept out by what.
#[derive(Debug, Default)]
pub(crate) struct Weighed {
    pub(crate) outside: Vec<Outside>,
    pub(crate) blocked: Vec<Blocked>,
}

/// What is known of the request of somebody from outside.
struct Party<'a> {
    estate: &'a Estate,
    way: &'a Outside,
    owner: Option<&'a str>,
}

impl Context for Party<'_> {
    fn lookup(&self, key: &str) -> Lookup<'_> {
        let Outside { who, kind, account, .. } = self.way;
        let federated = matches!(kind, PartyKind::Oidc | PartyKind::Saml);
        let service = *kind == PartyKind::Service;
        match key {
            "aws:securetransport" => Lookup::One("true".into()),
            "aws:currenttime" => Lookup::One(self.estate.now().into()),
            "aws:resourceaccount" => self.owner.map_or(Lookup::Unknown, |owner| Lookup::One(owner.into())),
            "aws:resourceorgid" => self.organization(self.owner),
            "aws:principalisawsservice" if service => Lookup::One("true".into()),
            "aws:principalisawsservice" if *kind != PartyKind::Anyone => Lookup::One("false".into()),
            "aws:principalservicename" if service => Lookup::One(who.as_str().into()),
            "aws:principalservicename" if *kind != PartyKind::Anyone => Lookup::Missing,
            // Whoever comes from a provider is nobody in AWS yet; a service's principal is of no account.
            "aws:principalorgid" | "aws:principalorgpaths" | "aws:principalaccount" | "kms:calleraccount"
                if federated || service =>
            {
                Lookup::Missing
            }
            "aws:principalorgid" => self.organization(account.as_deref()),
            "aws:principalaccount" | "kms:calleraccount" => {
                account.as_deref().map_or(Lookup::Unknown, |account| Lookup::One(account.into()))
            }
            "aws:principalarn" if who.contains(":user/") || who.contains(":role/") => Lookup::One(who.as_str().into()),
            _ => Lookup::Unknown,
        }
    }
}

impl Party<'_> {
    fn organization(&self, account: Option<&str>) -> Lookup<'_> {
        match account {
            Some(account) if self.estate.is_alone(account) => Lookup::Missing,
            Some(account) => self.estate.organization(account).map_or(Lookup::Unknown, |id| Lookup::One(id.into())),
            None => Lookup::Unknown,
        }
    }
}

/// What keeps somebody out, or may.
enum Found {
    Nothing,
    Perhaps(String),
    Out(String, Vec<Evidence>),
}

/// Holds each way in against what stands above its resource.
pub(crate) fn weighed(estate: &Estate, ways: Vec<Outside>, asked: Option<Asked<'_>>) -> Weighed {
    let mut weighed = Weighed::default();
    for mut way in ways {
        let owner = match estate.owner_of(&way.resource) {
            Owner::Account(owner) => Some(owner.to_owned()),
            Owner::Each | Owner::Unknown => None,
        };
        if owner.is_some() && owner == way.account && way.kind == PartyKind::Account {
            continue;
        }
        if let (None, PartyKind::Account, Some(account)) = (&owner, way.kind, &way.account) {
            way.certainty = Certainty::Possible;
            way.conditions.push(format!("if account {account} does not own {}, which is not known", way.resource));
        }
        let mut out = None;
        for found in [public_access(estate, &way, owner.as_deref()), controls(estate, &way, owner.as_deref(), asked)] {
            match found {
                Found::Nothing => {}
                Found::Perhaps(why) => {
                    way.certainty = Certainty::Possible;
                    way.conditions.push(why);
                }
                Found::Out(by, evidence) => out = out.or(Some((by, evidence))),
            }
        }
        match out {
            None => weighed.outside.push(way),
            Some((by, evidence)) => weighed.blocked.push(Blocked {
                what: vec![format!("access from outside to {}", way.resource)],
                principal: way.who,
                by,
                evidence: way.evidence.into_iter().chain(evidence).collect(),
            }),
        }
    }
    weighed
}

/// The statement that lets somebody in.
fn granting<'e>(estate: &'e Estate, way: &Outside) -> Option<(usize, &'e Compiled, &'e ActionSet)> {
    let role = estate.by_arn.get(&way.resource).and_then(|at| estate.principals.get(*at));
    let at = match role {
        Some(role) => role.trust?,
        None => *estate.resources.get(&way.resource).or_else(|| estate.resources.get(bucket_of(&way.resource)?))?,
    };
    let document = &estate.documents[at];
    let number = way.evidence.first()?.statement;
    let mut all = document.policy.statements.iter().zip(&document.sets);
    let (statement, set) = all.find(|(s, _)| u32::try_from(s.source.number) == Ok(number))?;
    Some((at, statement, set))
}

/// S3 Block Public Access: a bucket with a public policy is restricted to its account and to services.
fn public_access(estate: &Estate, way: &Outside, owner: Option<&str>) -> Found {
    if bucket_of(&way.resource).is_none() || way.kind == PartyKind::Service {
        return Found::Nothing;
    }
    let Some((at, statement, _)) = granting(estate, way) else { return Found::Nothing };
    if !is_public(&estate.documents[at]) {
        return Found::Nothing;
    }
    let everybody =
        statement.source.principals.as_ref().is_some_and(|p| p.not || p.entries.contains(&PrincipalEntry::Anyone));
    match estate.is_restricted(&way.resource, owner) {
        Some(true) => Found::Out("S3 Block Public Access (RestrictPublicBuckets)".to_owned(), Vec::new()),
        None if everybody || way.kind == PartyKind::Account => Found::Perhaps(
            "unless S3 Block Public Access restricts the bucket, whose policy is public: that is not among the data"
                .to_owned(),
        ),
        _ => Found::Nothing,
    }
}

/// Resource control policies above the account of the resource.
fn controls(estate: &Estate, way: &Outside, owner: Option<&str>, asked: Option<Asked<'_>>) -> Found {
    let Some(place) = owner.and_then(|owner| estate.place_of(owner)) else { return Found::Nothing };
    let levels = estate.controls(place);
    if levels.is_empty() {
        return Found::Nothing;
    }
    let Some((_, statement, set)) = granting(estate, way) else { return Found::Nothing };
    let granted: Vec<ActionId> = match asked {
        Some(asked) => vec![asked.action],
        None => granted(estate, way, set),
    };
    let context = Party { estate, way, owner };
    let targets = targets(way, statement, asked);
    let mut by: Option<Evidence> = None;
    let mut open: Vec<String> = Vec::new();
    let (mut left, mut sure) = (false, false);
    for action in granted {
        let mut denied = Truth::False;
        for held in levels.iter().flatten().filter(|_| estate.bound_by_rcps(action)) {
            let document = &estate.documents[held.document];
            if let Some(why) = &document.unreadable {
                denied = denied.or(Truth::Unknown);
                open.push(format!("unless rcp {} denies it, which cannot be read: {why}", held.name));
            }
            for deny in document.about(action).filter(|s| !s.allows()) {
                let covers = Truth::all(targets.iter().map(|target| deny.covers(target, &context)));
                let touches = Truth::any(targets.iter().map(|target| deny.covers(target, &context)));
                // Of several resources a Deny of some leaves the others.
                let covers = if covers.possible() { covers } else { touches.and(Truth::Unknown) };
                let truth = covers.and(deny.holds(&context));
                if truth.certain() {
                    by.get_or_insert_with(|| cite("rcp", held, deny, estate.table.name(action)));
                } else if truth.possible() {
                    let conditions = deny.open_conditions(&context).map(|c| format!("unless {c} (rcp {})", held.name));
                    open.extend(conditions);
                    if covers == Truth::Unknown {
                        open.push(format!("unless rcp {} denies it on the resource that is asked for", held.name));
                    }
                }
                denied = denied.or(truth);
            }
        }
        left |= denied != Truth::True;
        sure |= denied == Truth::False;
    }
    if sure {
        return Found::Nothing;
    }
    if left {
        open.dedup();
        open.truncate(4);
        return Found::Perhaps(open.join("; "));
    }
    let policy = by.as_ref().map(|by| by.policy.clone()).unwrap_or_default();
    Found::Out(format!("rcp {policy}"), by.into_iter().collect())
}

/// The actions that a statement grants: those of the service of its resource, or those by which a role is entered.
fn granted(estate: &Estate, way: &Outside, set: &ActionSet) -> Vec<ActionId> {
    let service = way.resource.split(':').nth(2).unwrap_or_default();
    if estate.by_arn.contains_key(&way.resource) {
        let names: &[&str] = match way.kind {
            PartyKind::Oidc => &["sts:AssumeRoleWithWebIdentity"],
            PartyKind::Saml => &["sts:AssumeRoleWithSAML"],
            PartyKind::Anyone | PartyKind::Unknown => {
                &["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"]
            }
            PartyKind::Account | PartyKind::Service => &["sts:AssumeRole"],
        };
        return names.iter().filter_map(|name| estate.table.id(name)).filter(|action| set.contains(*action)).collect();
    }
    let actions = estate.table.service(service).into_iter().flat_map(|service| service.actions());
    actions.filter(|action| set.contains(*action)).collect()
}

/// What a statement grants on: what is asked about, else what it names.
fn targets(way: &Outside, statement: &Compiled, asked: Option<Asked<'_>>) -> Vec<Target> {
    if let Some(asked) = asked {
        return vec![asked.target.clone()];
    }
    match &statement.source.resources {
        Some(listed) if !listed.not && !listed.entries.iter().any(|entry| entry == "*" || entry.contains("${")) => {
            listed.entries.iter().map(|entry| Target::new(entry, true)).collect()
        }
        _ => vec![Target::one(&way.resource)],
    }
}
