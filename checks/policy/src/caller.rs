//! Who asks, and whether a `Principal` element means them.

use crate::document::{Effect, Listed, PrincipalEntry, is_account_id};
use crate::truth::Truth;

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The root user of an account.
    Root {
        /// The account.
        account: String,
    },
    /// An IAM user.
    User {
        /// The account.
        account: String,
        /// The ARN.
        arn: String,
    },
    /// Some session of a role, of a name that is not told.
    Role {
        /// The account.
        account: String,
        /// The role's name, without its path.
        name: String,
        /// The role's ARN.
        arn: String,
    },
    /// A session of a role.
    Session {
        /// The account.
        account: String,
        /// The role's name.
        role: String,
        /// The session's ARN, which has no path of the role.
        arn: String,
    },
    /// A session of `GetFederationToken`.
    FederatedUser {
        /// The account.
        account: String,
        /// The ARN.
        arn: String,
    },
    /// An AWS service.
    Service(String),
    /// Somebody known to an identity provider: its ARN or its domain.
    Federated(String),
    /// Nobody in particular.
    Anonymous,
}

/// How a resource policy's grant reaches the caller; that decides what else must allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grant {
    /// To the caller's account, which then decides by its own policies.
    Account,
    /// To the caller's role: its boundary and its session policy still cap it.
    Role,
    /// To the caller itself or to everybody.
    Direct,
}

impl Caller {
    /// Reads an ARN, the name of a service, or of an identity provider.
    ///
    /// # Errors
    /// The text is none of them.
    pub fn parse(text: &str) -> Result<Caller, String> {
        let own = |s: &str| s.to_owned();
        if !text.starts_with("arn:") {
            // Cognito looks like a service and federates people.
            let federated =
                ["cognito-identity.amazonaws.com", "accounts.google.com", "graph.facebook.com", "www.amazon.com"];
            return match text {
                "" => Err("the principal is empty".into()),
                _ if federated.contains(&text) => Ok(Caller::Federated(own(text))),
                _ if text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn") => {
                    Ok(Caller::Service(own(text)))
                }
                _ if text.contains('.') && !text.contains([' ', ':', '*']) => Ok(Caller::Federated(own(text))),
                _ => Err(format!(
                    "{text:?} is no principal: an ARN, a service such as ec2.amazonaws.com or {{\"type\":\"Anonymous\"}}"
                )),
            };
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let [_, _, service, _, account, rest] = parts.as_slice() else {
            return Err(format!("{text:?} is no ARN"));
        };
        if !is_account_id(account) || text.contains(['*', '?']) {
            return Err(format!("{text:?} is no principal: its account has twelve digits and nothing is a wildcard"));
        }
        let (account, arn) = (own(account), own(text));
        let (kind, name) = rest.split_once('/').unwrap_or((rest, ""));
        let last = own(name.rsplit('/').next().unwrap_or(name));
        Ok(match (*service, kind) {
            ("iam", "root") => Caller::Root { account },
            ("iam", "user") if !name.is_empty() => Caller::User { account, arn },
            ("iam", "role") if !name.is_empty() => Caller::Role { account, name: last, arn },
            ("sts", "assumed-role") => match name.split_once('/') {
                Some((role, session)) if !session.is_empty() => Caller::Session { account, role: own(role), arn },
                _ => return Err(format!("{text:?} is no session: assumed-role/ROLE/SESSION")),
            },
            ("sts", "federated-user") if !name.is_empty() => Caller::FederatedUser { account, arn },
            ("iam", "saml-provider" | "oidc-provider") => Caller::Federated(arn),
            _ => return Err(format!("{text:?} is no principal that can make a request")),
        })
    }

    /// The account that the caller belongs to.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Caller::Root { account }
            | Caller::User { account, .. }
            | Caller::Role { account, .. }
            | Caller::Session { account, .. }
            | Caller::FederatedUser { account, .. } => Some(account),
            Caller::Federated(id) => id.split(':').nth(4),
            Caller::Service(_) | Caller::Anonymous => None,
        }
    }

    /// Whether the caller is a service-linked role: neither SCPs nor RCPs apply to it.
    #[must_use]
    pub fn is_service_linked(&self) -> bool {
        match self {
            Caller::Role { arn, .. } => arn.contains(":role/aws-service-role/"),
            Caller::Session { role, .. } => role.starts_with("AWSServiceRoleFor"),
            _ => false,
        }
    }

    /// How a `Principal` entry means this caller; unknown for a named session of a role of which some session asks.
    fn named(&self, entry: &PrincipalEntry) -> Option<(Grant, Truth)> {
        let yes = |grant| Some((grant, Truth::True));
        match (entry, self) {
            (PrincipalEntry::Anyone, _) => yes(Grant::Direct),
            (PrincipalEntry::Account(named), _) => match self {
                Caller::Root { account } if owner(named) == account => yes(Grant::Account),
                Caller::Service(_) | Caller::Anonymous | Caller::Federated(_) => None,
                _ if self.account() == Some(owner(named)) => yes(Grant::Account),
                _ => None,
            },
            (PrincipalEntry::Service(named), Caller::Service(service)) => {
                (named == service || named == "*").then_some(()).and_then(|()| yes(Grant::Direct))
            }
            (PrincipalEntry::Federated(named), Caller::Federated(id)) if named == id => yes(Grant::Direct),
            (PrincipalEntry::Arn(named), Caller::User { arn, .. } | Caller::FederatedUser { arn, .. })
                if named == arn =>
            {
                yes(Grant::Direct)
            }
            (PrincipalEntry::Arn(named), Caller::Role { arn, account, name }) => {
                if named == arn {
                    return yes(Grant::Role);
                }
                let some_session = named.contains(&format!(":{account}:assumed-role/{name}/"));
                some_session.then_some((Grant::Direct, Truth::Unknown))
            }
            (PrincipalEntry::Arn(named), Caller::Session { arn, account, role }) => {
                if named == arn {
                    return yes(Grant::Direct);
                }
                is_role(named, account, role).then_some((Grant::Role, Truth::True))
            }
            _ => None,
        }
    }

    /// Whether the caller is listed in every way that a `NotPrincipal` of a Deny asks for: the account, the role and the session.
    ///
    /// Source: IAM User Guide, "AWS JSON policy elements: NotPrincipal".
    fn wholly_listed(&self, entries: &[PrincipalEntry]) -> bool {
        let listed =
            |wanted: Grant| entries.iter().any(|e| self.named(e).is_some_and(|(g, t)| g == wanted && t.certain()));
        match self {
            Caller::Root { .. } => listed(Grant::Account),
            Caller::User { .. } | Caller::FederatedUser { .. } => listed(Grant::Account) && listed(Grant::Direct),
            Caller::Role { .. } => listed(Grant::Account) && listed(Grant::Role),
            Caller::Session { .. } => listed(Grant::Account) && listed(Grant::Role) && listed(Grant::Direct),
            Caller::Service(_) | Caller::Federated(_) => listed(Grant::Direct),
            Caller::Anonymous => false,
        }
    }

    /// How a statement's principals mean this caller. `bounded`: the caller has a permission boundary, which a Deny with
    /// `NotPrincipal` always denies (IAM User Guide, "Permissions boundaries for IAM entities"). `strict`: a session that
    /// is not told is not the one that is named.
    #[must_use]
    pub fn meant(
        &self,
        principals: &Listed<PrincipalEntry>,
        effect: Effect,
        bounded: bool,
        strict: bool,
    ) -> Vec<(Grant, Truth)> {
        let named = |entry| self.named(entry).filter(|(_, truth)| truth.certain() || !strict);
        if !principals.not {
            return principals.entries.iter().filter_map(named).collect();
        }
        let anyone = principals.entries.contains(&PrincipalEntry::Anyone);
        let excluded = match effect {
            Effect::Deny => !bounded && (anyone || self.wholly_listed(&principals.entries)),
            Effect::Allow => anyone || principals.entries.iter().filter_map(named).any(|(_, truth)| truth.certain()),
        };
        // A session that may be the one listed is granted perhaps.
        let perhaps = effect == Effect::Allow && principals.entries.iter().filter_map(named).next().is_some();
        if excluded { Vec::new() } else { vec![(Grant::Direct, Truth::True.doubted(perhaps))] }
    }
}

/// The number of an account entry, which may be written as the ARN of its root.
fn owner(entry: &str) -> &str {
    if is_account_id(entry) { entry } else { entry.split(':').nth(4).unwrap_or("") }
}

/// Whether an ARN names a role, whatever its path.
fn is_role(arn: &str, account: &str, role: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    parts.get(2) == Some(&"iam")
        && parts.get(4) == Some(&account)
        && parts.get(5).is_some_and(|rest| rest.starts_with("role/") && rest.rsplit('/').next() == Some(role))
}
