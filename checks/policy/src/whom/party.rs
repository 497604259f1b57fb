//! Who is let in, as a statement tells it.

use std::fmt;

/// Any, or one that is named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Any.
    Any,
    /// The one that is named.
    One(String),
}

impl Reach {
    /// The one that is named.
    #[must_use]
    pub fn one(&self) -> Option<&str> {
        match self {
            Reach::Any => None,
            Reach::One(text) => Some(text),
        }
    }

    fn includes(&self, other: &Reach) -> bool {
        *self == Reach::Any || self == other
    }
}

/// What sort of caller.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// A principal of an AWS account; the ARN where the statement names it.
    Principal(Option<String>),
    /// Whoever does not sign a request.
    Unsigned,
    /// A service of AWS; `*` for any.
    Service(String),
    /// Somebody known to an OpenID Connect provider: its host and path.
    Web(String),
    /// Somebody known to a SAML provider: its ARN.
    Saml(String),
    /// An account by its canonical id in S3.
    Canonical(String),
    /// A principal that was deleted: the id that AWS leaves in its place.
    Gone(String),
    /// A principal of a form that is not known.
    Unclear(String),
}

/// What is asked of a party beside who it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asks {
    /// Conditions of which it is not known whether they keep anybody out, by their keys.
    pub unclear: Vec<String>,
    /// The request comes from a network that is named.
    pub network: bool,
    /// The caller tells an external id.
    pub external_id: bool,
    /// The caller has an ARN that a condition names, and not any of its account.
    pub arn: bool,
}

impl Asks {
    /// Whether nothing is asked.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Asks::default()
    }

    fn includes(&self, other: &Asks) -> bool {
        self.unclear.iter().all(|key| other.unclear.contains(key))
            && (!self.network || other.network)
            && (!self.external_id || other.external_id)
            && (!self.arn || other.arn)
    }
}

/// Somebody whom a statement lets in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Party {
    /// What sort of caller.
    pub who: Who,
    /// The caller's account; of a service, the account that it works for.
    pub account: Reach,
    /// The organization that the account must be in.
    pub organization: Reach,
    /// What a service works for, where its ARN is named and tells no account.
    pub resource: Option<String>,
    /// What is asked beside.
    pub asks: Asks,
}

impl Party {
    pub(super) fn new(who: Who) -> Party {
        Party { who, account: Reach::Any, organization: Reach::Any, resource: None, asks: Asks::default() }
    }

    /// Whether whoever the other one is, is this one too.
    pub(super) fn includes(&self, other: &Party) -> bool {
        let resource = self.resource.is_none() || self.resource == other.resource;
        self.who == other.who
            && self.account.includes(&other.account)
            && self.organization.includes(&other.organization)
            && resource
            && self.asks.includes(&other.asks)
    }

    /// Whether it is whoever likes: of any account and organization, for any resource, with nothing asked that such a caller
    /// cannot give.
    #[must_use]
    pub fn is_whoever(&self) -> bool {
        let any = self.account == Reach::Any && self.organization == Reach::Any && self.resource.is_none();
        any && !self.asks.network && self.asks.unclear.is_empty()
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |f: &mut fmt::Formatter<'_>, before: &str| match (&self.account, &self.organization) {
            (Reach::One(account), _) => write!(f, "{before}account {account}"),
            (Reach::Any, Reach::One(organization)) => write!(f, "{before}organization {organization}"),
            (Reach::Any, Reach::Any) => match &self.resource {
                Some(arn) => write!(f, "{before}{arn}"),
                None => write!(f, "{before}any account"),
            },
        };
        match &self.who {
            Who::Principal(Some(arn)) => f.write_str(arn)?,
            Who::Principal(None) => of(f, "")?,
            Who::Unsigned => f.write_str("whoever does not sign")?,
            Who::Service(name) => {
                f.write_str(if name == "*" { "any service" } else { name })?;
                of(f, " for ")?;
            }
            Who::Web(host) => f.write_str(host)?,
            Who::Saml(arn) => f.write_str(arn)?,
            Who::Canonical(id) => write!(f, "the owner of the canonical id {id}")?,
            Who::Gone(id) => write!(f, "a deleted principal ({id})")?,
            Who::Unclear(text) => write!(f, "{text}")?,
        }
        if self.asks.external_id {
            f.write_str(", with an external id")?;
        }
        if self.asks.network {
            f.write_str(", from a network that is named")?;
        }
        if !self.asks.unclear.is_empty() {
            write!(f, ", under {}", self.asks.unclear.join(" and "))?;
        }
        Ok(())
    }
}
