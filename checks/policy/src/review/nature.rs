//! Who is behind a principal, and how it gets in.

use super::{AccessKey, Credentials, LastUse, Mfa, Nature, Way, WayIn};
use crate::account::RoleData;
use crate::compile::Compiled;
use crate::condition::Base;
use crate::document::PrincipalEntry;
use crate::estate::{Estate, Principal};

/// What credentials or a trust policy tell.
pub(super) struct Who {
    pub(super) nature: Nature,
    pub(super) why: String,
    pub(super) ways_in: Vec<WayIn>,
    pub(super) mfa: Mfa,
    pub(super) last_used: LastUse,
    pub(super) not_known: Vec<String>,
}

impl WayIn {
    fn new(by: Way, who: &str) -> WayIn {
        WayIn { by, who: who.to_owned(), conditions: Vec::new() }
    }
}

/// A user, by its credentials.
pub(super) fn user(credentials: Option<&Credentials>) -> Who {
    let Some(c) = credentials else {
        return Who {
            nature: Nature::Unknown,
            why: "its credentials were not collected".to_owned(),
            ways_in: Vec::new(),
            mfa: Mfa::Unknown,
            last_used: LastUse::Unknown,
            not_known: vec!["credentials were not collected".to_owned()],
        };
    };
    let mut ways_in = Vec::new();
    let mut not_known = Vec::new();
    let mut lacks = |what: &str| not_known.push(format!("{what} not collected"));
    if c.password == Some(true) {
        ways_in.push(WayIn::new(Way::ConsolePassword, "password"));
    }
    let active = c.keys.iter().flatten().filter(|key| key.active);
    ways_in.extend(active.map(|key| WayIn::new(Way::AccessKey, &key.name)));
    if let Some(count) = c.ssh_keys.filter(|count| *count > 0) {
        ways_in.push(WayIn::new(Way::SshKey, &format!("{count} SSH keys").replace("1 SSH keys", "1 SSH key")));
    }
    let services = c.service_credentials.iter().flatten();
    ways_in.extend(services.map(|service| WayIn::new(Way::ServiceCredential, service)));
    for (what, missing) in [
        ("whether there is a console password was", c.password.is_none()),
        ("access keys were", c.keys.is_none()),
        ("whether an MFA device is active was", c.mfa.is_none()),
        ("SSH keys were", c.ssh_keys.is_none()),
        ("service-specific credentials were", c.service_credentials.is_none()),
    ] {
        if missing {
            lacks(what);
        }
    }
    let unattended = ways_in.iter().any(|way| way.by != Way::ConsolePassword);
    let (nature, why) = match (c.password, unattended) {
        (Some(true), false) => (Nature::Human, "it has a console password"),
        (Some(true), true) => (Nature::Human, "it has a console password, and credentials for programs as well"),
        (Some(false), true) => (Nature::Workload, "it has credentials for programs and no console password"),
        (Some(false), false) if c.keys.is_some() => (Nature::Unknown, "it has neither a password nor an active key"),
        (Some(false), false) => (Nature::Unknown, "it has no console password, and its access keys were not collected"),
        (None, _) => (Nature::Unknown, "whether it has a console password was not collected"),
    };
    Who { nature, why: why.to_owned(), ways_in, mfa: mfa(c.mfa), last_used: latest(c), not_known }
}

fn mfa(active: Option<bool>) -> Mfa {
    match active {
        Some(true) => Mfa::Yes,
        Some(false) => Mfa::No,
        None => Mfa::Unknown,
    }
}

/// The latest use of anything. One that is known is told although others are not; never is said when all are known.
fn latest(c: &Credentials) -> LastUse {
    let keys = c.keys.iter().flatten().map(|key| &key.last_used);
    let mut uses: Vec<&LastUse> = keys.collect();
    if c.password != Some(false) {
        uses.push(&c.password_last_used);
    }
    uses.push(&c.last_activity);
    let time = |text: &str| text.parse::<jiff::Timestamp>().ok();
    let times = uses.iter().filter_map(|one| if let LastUse::At(at) = one { Some(at) } else { None });
    if let Some(last) = times.max_by(|a, b| time(a).cmp(&time(b)).then_with(|| a.cmp(b))) {
        return LastUse::At(last.clone());
    }
    uses.pop();
    let never = c.keys.is_some() && uses.iter().all(|one| **one == LastUse::Never);
    if never && c.password.is_some() { LastUse::Never } else { LastUse::Unknown }
}

/// Days since the oldest active key was made.
pub(super) fn oldest_key(keys: Option<&[AccessKey]>, now: &str, not_known: &mut Vec<String>) -> Option<i64> {
    let active: Vec<&AccessKey> = keys.unwrap_or_default().iter().filter(|key| key.active).collect();
    let now: jiff::Timestamp = now.parse().ok()?;
    let mut oldest = None;
    for key in active {
        match key.created.as_deref().and_then(|text| text.parse::<jiff::Timestamp>().ok()) {
            Some(made) => oldest = oldest.max(Some(now.duration_since(made).as_hours() / 24)),
            None => {
                not_known.push("when an active access key was made is not told".to_owned());
                return None;
            }
        }
    }
    oldest
}

/// A role, by its trust policy and path.
pub(super) fn role(estate: &Estate, p: &Principal, data: &RoleData) -> Who {
    let mut who = Who {
        nature: Nature::Unknown,
        why: "no entry of its trust policy lets anyone in".to_owned(),
        ways_in: Vec::new(),
        mfa: Mfa::NotApplicable,
        last_used: data.last_used.clone().map_or(LastUse::NotTracked, LastUse::At),
        not_known: Vec::new(),
    };
    let Some(document) = p.trust.map(|at| &estate.documents[at]) else { return who };
    if let Some(why) = &document.unreadable {
        who.why = format!("its trust policy cannot be read: {why}");
        who.mfa = Mfa::Unknown;
        who.not_known.push(who.why.clone());
        return who;
    }
    let assumes = |s: &&Compiled| {
        s.allows()
            && ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]
                .iter()
                .any(|action| s.pattern_for(action).is_some() || (s.source.actions.not))
    };
    let entries: Vec<&Compiled> = document.policy.statements.iter().filter(assumes).collect();
    let center = data.is_identity_center();
    let mut said: Vec<(Nature, String)> = Vec::new();
    for statement in &entries {
        let Some(principals) = &statement.source.principals else { continue };
        let everybody = [PrincipalEntry::Anyone];
        for entry in if principals.not { &everybody[..] } else { &principals.entries } {
            let (by, name, nature, why) = told(entry, center, &estate.accounts[p.account].account);
            let mut conditions: Vec<String> = statement.source.conditions.iter().map(ToString::to_string).collect();
            if principals.not {
                conditions.push("all but those that NotPrincipal names".to_owned());
            }
            who.ways_in.push(WayIn { by, who: name, conditions });
            said.push((nature, why));
        }
    }
    if document.policy.statements.iter().any(|s| !s.allows()) {
        who.not_known.push("a Deny of the trust policy may close a way in".to_owned());
    }
    if !entries.is_empty() && entries.iter().all(|s| asks_for_mfa(s)) {
        who.mfa = Mfa::Yes;
    }
    if data.is_service_linked() {
        let service = data.path.trim_start_matches("/aws-service-role/").trim_end_matches('/');
        (who.nature, who.why) = (Nature::Workload, format!("it is linked to the service {service}"));
    } else if center {
        (who.nature, who.why) = (Nature::Human, "IAM Identity Center made it for a permission set".to_owned());
    } else if let Some((first, _)) = said.first() {
        who.nature = match said.iter().all(|(nature, _)| nature == first) {
            true => *first,
            false if said.iter().any(|(nature, _)| *nature == Nature::Unknown) => Nature::Unknown,
            false => Nature::Either,
        };
        let mut why: Vec<String> = said.into_iter().map(|(_, why)| why).collect();
        why.dedup();
        who.why = why.join("; ");
    }
    who
}

/// Providers of OpenID Connect by which the users of an application sign in, rather than programs.
const PEOPLE: [&str; 4] =
    ["cognito-identity.amazonaws.com", "accounts.google.com", "graph.facebook.com", "www.amazon.com"];

/// An entry of a trust policy: the way in, whose, and who that is.
fn told(entry: &PrincipalEntry, center: bool, own: &str) -> (Way, String, Nature, String) {
    let (by, name, nature, why) = match entry {
        PrincipalEntry::Anyone => (Way::Anyone, "*", Nature::Unknown, "anyone may assume it".to_owned()),
        PrincipalEntry::Account(text) => {
            let account = text.split(':').nth(4).unwrap_or(text);
            let why = if account == own {
                "principals of its own account may assume it".to_owned()
            } else {
                format!("principals of account {account} may assume it")
            };
            (Way::Account, account, Nature::Either, why)
        }
        PrincipalEntry::Arn(arn) => {
            (Way::Principal, arn.as_str(), Nature::Either, format!("{} may assume it", crate::access::short(arn)))
        }
        PrincipalEntry::Service(name) => {
            (Way::Service, name.as_str(), Nature::Workload, format!("the service {name} assumes it"))
        }
        PrincipalEntry::Federated(name) if name.contains(":saml-provider/") && center => {
            (Way::IdentityCenter, name.as_str(), Nature::Human, "IAM Identity Center signs people in".to_owned())
        }
        PrincipalEntry::Federated(name) if name.contains(":saml-provider/") => {
            let why = format!("people sign in by the SAML provider {}", crate::access::short(name));
            (Way::Saml, name.as_str(), Nature::Human, why)
        }
        PrincipalEntry::Federated(name) if PEOPLE.contains(&name.as_str()) => {
            (Way::Oidc, name.as_str(), Nature::Either, format!("users of an application sign in by {name}"))
        }
        PrincipalEntry::Federated(name) => {
            let provider = name.split_once(":oidc-provider/").map_or(name.as_str(), |(_, provider)| provider);
            (Way::Oidc, name.as_str(), Nature::Workload, format!("programs sign in by the OIDC provider {provider}"))
        }
        PrincipalEntry::Id(id) => {
            (Way::Unknown, id.as_str(), Nature::Unknown, format!("it trusts {id}, a principal that was deleted"))
        }
        PrincipalEntry::Canonical(id) => {
            (Way::Unknown, id.as_str(), Nature::Unknown, format!("it trusts the canonical user {id}"))
        }
    };
    (by, name.to_owned(), nature, why)
}

/// Whether a statement asks for a second factor: `Bool` and not `BoolIfExists`, which long-term keys pass.
fn asks_for_mfa(statement: &Compiled) -> bool {
    statement.source.conditions.iter().any(|c| {
        let operator = &c.operator;
        c.key.eq_ignore_ascii_case("aws:MultiFactorAuthPresent")
            && operator.base == Base::Bool
            && !operator.if_exists
            && !operator.negated
            && operator.quantifier.is_none()
            && c.values.iter().all(|value| value.eq_ignore_ascii_case("true"))
    })
}
