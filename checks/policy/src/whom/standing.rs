//! What somebody who is let in is to the client: held against whose accounts and organizations they are, which third
//! parties are declared, and what a service can be made to do for others.

use serde::{Deserialize, Serialize};

use super::deputies::{self, Asked, Sends};
use super::issuers::{self, Breadth};
use super::{Party, Reach, Who};
use crate::compile::Compiled;

/// What somebody who is let in is to the client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// The client's own.
    Ours,
    /// A third party that the client declares, or that the policy names by what nobody else can claim.
    Declared,
    /// Not known; the answer says why.
    #[default]
    Unknown,
    /// Somebody who is neither, but one certain party.
    Stranger,
    /// Whoever likes.
    Anybody,
}

impl Standing {
    /// All five, from the best known to the widest.
    pub const ALL: [Self; 5] = [Self::Ours, Self::Declared, Self::Unknown, Self::Stranger, Self::Anybody];

    /// Whether it is somebody who is certainly not meant by being known.
    #[must_use]
    pub fn is_foreign(self) -> bool {
        matches!(self, Self::Stranger | Self::Anybody)
    }

    /// The word of the JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Declared => "declared",
            Self::Unknown => "unknown",
            Self::Stranger => "stranger",
            Self::Anybody => "anybody",
        }
    }
}

/// What somebody who is let in is to the client, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Which of the five.
    pub standing: Standing,
    /// Who it is and why it is that, in words.
    pub words: String,
    /// Whether nothing is known because a call failed.
    pub unread: bool,
}

/// Whose an account is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// The client's.
    Ours,
    /// Not the client's.
    Stranger,
    /// The accounts of the organization could not be read.
    Unread,
    /// Only the management account lists the accounts of the organization, and it was not asked.
    Unlisted {
        /// The management account.
        management: String,
    },
    /// Nobody said which accounts are the client's.
    Untold,
}

/// The organization of the account whose policy it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Organization<'a> {
    /// It is in this one.
    Of(&'a str),
    /// It is in none.
    Alone,
    /// The call that tells it failed.
    Unread,
    /// Nobody said.
    Untold,
}

/// What is known of who is who, as the account sees it whose policy it is.
pub trait WhoIsWho {
    /// Its organization.
    fn organization(&self) -> Organization<'_>;
    /// Whose an account is.
    fn whose(&self, account: &str) -> Whose;
    /// Whether the client declares an account as a third party's.
    fn is_declared(&self, account: &str) -> bool;
}

/// What a party that a statement lets in is to the client; `asked` is what the policy is of.
#[must_use]
pub fn answer(party: &Party, statement: &Compiled, asked: Asked, known: &impl WhoIsWho) -> Answer {
    let told = |standing, why: &str| told(party, standing, why);
    match &party.who {
        Who::Gone(_) => told(Standing::Unknown, "nobody has this id any more, take it out"),
        Who::Unclear(_) => told(Standing::Unknown, "a principal of a form that is not known here"),
        Who::Canonical(_) => told(Standing::Unknown, "which account has this id is not known here"),
        Who::Saml(arn) => match arn.split(':').nth(4) {
            Some(account) => account_is(account, party, known),
            None => told(Standing::Unknown, "a provider of a form that is not known here"),
        },
        Who::Web(host) => web(statement, host, party),
        Who::Principal(_) | Who::Unsigned | Who::Service(_) => caller(party, asked, known),
    }
}

fn told(party: &Party, standing: Standing, why: &str) -> Answer {
    Answer { standing, words: format!("{party}: {why}"), unread: false }
}

fn unread(party: &Party, why: &str) -> Answer {
    Answer { unread: true, ..told(party, Standing::Unknown, why) }
}

fn caller(party: &Party, asked: Asked, known: &impl WhoIsWho) -> Answer {
    let told = |standing, why: &str| told(party, standing, why);
    if let Reach::One(id) = &party.organization {
        return organization_is(id, party, known);
    }
    if let Reach::One(account) = &party.account {
        return account_is(account, party, known);
    }
    // Whoever has a bucket of that name, and a name becomes free when its bucket is deleted.
    if party.resource.is_some() {
        return told(Standing::Unknown, "whose the resource is, its ARN does not tell: ask for aws:SourceAccount too");
    }
    if !party.asks.unclear.is_empty() {
        return told(Standing::Unknown, "whether the condition keeps strangers out is not known here");
    }
    if party.asks.network {
        return told(Standing::Unknown, "whoever is in that network");
    }
    match &party.who {
        Who::Service(name) if name != "*" => match deputies::sends(name, asked) {
            Sends::Source => told(Standing::Anybody, "whoever likes"),
            Sends::OwnAccount => told(Standing::Ours, "it works for the account of the role alone"),
            Sends::Unknown => told(
                Standing::Unknown,
                "whether the service sends aws:SourceAccount or aws:SourceArn is not known here",
            ),
        },
        _ if party.asks.external_id => told(Standing::Anybody, "an external id is no secret"),
        _ => told(Standing::Anybody, "whoever likes"),
    }
}

fn organization_is(id: &str, party: &Party, known: &impl WhoIsWho) -> Answer {
    let told = |standing, why: &str| told(party, standing, why);
    if id.is_empty() || id.contains(['*', '?']) {
        return told(Standing::Unknown, "no organization has that id, so that nobody is let in");
    }
    match known.organization() {
        Organization::Of(own) if own == id => told(Standing::Ours, "the own organization"),
        Organization::Of(own) => told(Standing::Stranger, &format!("another organization than the own {own}")),
        Organization::Alone => told(Standing::Stranger, "the account belongs to no organization"),
        Organization::Unread => unread(party, "the own organization is not known"),
        Organization::Untold => told(Standing::Unknown, "the own organization is not known"),
    }
}

fn account_is(account: &str, party: &Party, known: &impl WhoIsWho) -> Answer {
    let told = |standing, why: &str| told(party, standing, why);
    match known.whose(account) {
        Whose::Ours => told(Standing::Ours, "an own account"),
        _ if known.is_declared(account) => told(Standing::Declared, "declared in vendor_accounts"),
        Whose::Stranger => told(Standing::Stranger, "not an account of the own organization"),
        Whose::Unread => unread(party, "the accounts of the organization could not be read"),
        Whose::Unlisted { management } => told(
            Standing::Unknown,
            &format!(
                "the accounts of the organization are listed by its management account {management} alone, which this run does not have"
            ),
        ),
        Whose::Untold => told(Standing::Unknown, "which accounts are one's own was not said"),
    }
}

/// What users of an OpenID Connect provider are.
fn web(statement: &Compiled, host: &str, party: &Party) -> Answer {
    let told = |standing, why: &str| told(party, standing, why);
    let asked = issuers::web(statement, host);
    let name = asked.issuer.map_or(host, |issuer| issuer.name);
    match asked.breadth {
        Breadth::Thing => told(Standing::Declared, &format!("a party of {name} that the policy names")),
        Breadth::Owner => told(Standing::Declared, &format!("everything of one owner at {name}")),
        Breadth::Unclear => told(Standing::Unknown, &format!("whom {host} gives such tokens to is not known here")),
        Breadth::Anybody => told(Standing::Anybody, &format!("whoever gets tokens of {name}")),
    }
}
