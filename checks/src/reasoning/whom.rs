//! Whom a policy lets in, held against what the run knows: whose accounts and organizations they are, which third parties
//! are declared, and what a service can be made to do for others.

use kickoff_facts::{Gap, View};
use kickoff_policy::compile::{Compiled, Policy};
use kickoff_policy::whom::issuers::{self, Breadth};
use kickoff_policy::whom::{self, Home, Party, Reach, Who};

use crate::parameters::{Parameters, VENDOR_ACCOUNTS};
use crate::reasoning::accounts::{Belongs, OwnAccounts};

/// What somebody who is let in is to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The client's own.
    Ours,
    /// A third party that the client declares, or that the policy names by what nobody else can claim.
    Declared,
    /// Not known; the answer says why.
    Unknown,
    /// Somebody who is neither, but one certain party.
    Stranger,
    /// Whoever likes.
    Anybody,
}

/// What somebody who is let in is to the client, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Which of the five.
    pub standing: Standing,
    /// Who it is and why it is that, in words.
    pub words: String,
    /// The call that failed, where that is why nothing is known.
    pub gap: Option<Gap>,
}

/// What the run knows of who is who.
#[derive(Debug)]
pub struct Known<'a> {
    own: OwnAccounts<'a>,
    account: &'a str,
    partition: &'a str,
    now: String,
    vendors: Vec<String>,
}

impl<'a> Known<'a> {
    /// Reads it.
    #[must_use]
    pub fn read(view: &View<'a>, parameters: &Parameters) -> Self {
        Self {
            own: OwnAccounts::read(view),
            account: view.account_id(),
            partition: view.partition(),
            now: view.as_of().to_string(),
            vendors: parameters.list(&VENDOR_ACCOUNTS),
        }
    }

    /// The client's accounts.
    #[must_use]
    pub fn own(&self) -> &OwnAccounts<'a> {
        &self.own
    }

    /// Whom a statement lets in. `anonymous`: a request that is not signed can be meant.
    #[must_use]
    pub fn parties(&self, policy: &Policy, statement: &Compiled, anonymous: bool) -> Vec<Party> {
        let home = Home {
            account: self.account,
            organization: self.own.organization().map(|organization| organization.id.as_str()),
            partition: self.partition,
            now: &self.now,
            anonymous,
        };
        whom::lets_in(statement, &whom::taking_back(&policy.statements, statement), &home)
    }

    /// What a party is to the client.
    #[must_use]
    pub fn answer(&self, party: &Party, statement: &Compiled) -> Answer {
        let told = |standing, why: &str| Answer { standing, words: format!("{party}: {why}"), gap: None };
        match &party.who {
            Who::Gone(_) => told(Standing::Unknown, "nobody has this id any more, take it out"),
            Who::Unclear(_) => told(Standing::Unknown, "a principal of a form that is not known here"),
            Who::Canonical(_) => told(Standing::Unknown, "which account has this id is not known here"),
            Who::Saml(arn) => match arn.split(':').nth(4) {
                Some(account) => self.account_is(account, party),
                None => told(Standing::Unknown, "a provider of a form that is not known here"),
            },
            Who::Web(host) => web(statement, host, party),
            Who::Principal(_) | Who::Unsigned | Who::Service(_) => self.caller(party),
        }
    }

    fn caller(&self, party: &Party) -> Answer {
        let told = |standing, why: &str| Answer { standing, words: format!("{party}: {why}"), gap: None };
        if let Reach::One(id) = &party.organization {
            return self.organization_is(id, party);
        }
        if let Reach::One(account) = &party.account {
            return self.account_is(account, party);
        }
        // Whoever has a bucket of that name, and a name becomes free when its bucket is deleted.
        if party.resource.is_some() {
            return told(
                Standing::Unknown,
                "whose the resource is, its ARN does not tell: ask for aws:SourceAccount too",
            );
        }
        if !party.asks.unclear.is_empty() {
            return told(Standing::Unknown, "whether the condition keeps strangers out is not known here");
        }
        if party.asks.network {
            return told(Standing::Unknown, "whoever is in that network");
        }
        told(Standing::Anybody, if party.asks.external_id { "an external id is no secret" } else { "whoever likes" })
    }

    fn organization_is(&self, id: &str, party: &Party) -> Answer {
        let told = |standing, why: &str| Answer { standing, words: format!("{party}: {why}"), gap: None };
        if id.is_empty() || id.contains(['*', '?']) {
            return told(Standing::Unknown, "no organization has that id, so that nobody is let in");
        }
        match self.own.organization() {
            Some(own) if own.id == id => told(Standing::Ours, "the own organization"),
            Some(own) => told(Standing::Stranger, &format!("another organization than the own {}", own.id)),
            None if self.own.is_alone() => told(Standing::Stranger, "the account belongs to no organization"),
            None => {
                Answer { gap: self.own.gap().cloned(), ..told(Standing::Unknown, "the own organization is not known") }
            }
        }
    }

    fn account_is(&self, account: &str, party: &Party) -> Answer {
        let told = |standing, why: &str| Answer { standing, words: format!("{party}: {why}"), gap: None };
        let declared = self.vendors.iter().any(|vendor| vendor == account);
        match self.own.belongs(account) {
            Belongs::Ours => told(Standing::Ours, "an own account"),
            _ if declared => told(Standing::Declared, "declared in vendor_accounts"),
            Belongs::Stranger => told(Standing::Stranger, "not an account of the own organization"),
            Belongs::Unread(gap) => Answer {
                gap: Some(gap),
                ..told(Standing::Unknown, "the accounts of the organization could not be read")
            },
            Belongs::Unlisted { management } => told(
                Standing::Unknown,
                &format!(
                    "the accounts of the organization are listed by its management account {management} alone, which this run does not have"
                ),
            ),
        }
    }
}

/// What users of an OpenID Connect provider are.
fn web(statement: &Compiled, host: &str, party: &Party) -> Answer {
    let told = |standing, why: String| Answer { standing, words: format!("{party}: {why}"), gap: None };
    let asked = issuers::web(statement, host);
    let name = asked.issuer.map_or(host, |issuer| issuer.name);
    match asked.breadth {
        Breadth::Thing => told(Standing::Declared, format!("a party of {name} that the policy names")),
        Breadth::Owner => told(Standing::Declared, format!("everything of one owner at {name}")),
        Breadth::Unclear => told(Standing::Unknown, format!("whom {host} gives such tokens to is not known here")),
        Breadth::Anybody => told(Standing::Anybody, format!("whoever gets tokens of {name}")),
    }
}

#[cfg(test)]
mod tests;
