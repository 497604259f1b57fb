//! Whom a policy lets in, held against what the run knows: whose accounts and organizations they are, and which third
//! parties are declared.

use kickoff_facts::{Gap, View};
use kickoff_policy::compile::{Compiled, Policy};
use kickoff_policy::whom::deputies::Asked;
use kickoff_policy::whom::{self, Home, Organization, Party, WhoIsWho, Whose};

use crate::parameters::{Parameters, VENDOR_ACCOUNTS};
use crate::reasoning::accounts::{Belongs, OwnAccounts};

pub use kickoff_policy::whom::Standing;

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

    /// What a party is to the client; `asked` is what the policy is of.
    #[must_use]
    pub fn answer(&self, party: &Party, statement: &Compiled, asked: Asked) -> Answer {
        let whom::Answer { standing, words, unread } = whom::answer(party, statement, asked, self);
        Answer { standing, words, gap: self.own.gap().filter(|_| unread).cloned() }
    }
}

impl WhoIsWho for Known<'_> {
    fn organization(&self) -> Organization<'_> {
        match self.own.organization() {
            Some(own) => Organization::Of(&own.id),
            None if self.own.is_alone() => Organization::Alone,
            None => Organization::Unread,
        }
    }

    fn whose(&self, account: &str) -> Whose {
        match self.own.belongs(account) {
            Belongs::Ours => Whose::Ours,
            Belongs::Stranger => Whose::Stranger,
            Belongs::Unread(_) => Whose::Unread,
            Belongs::Unlisted { management } => Whose::Unlisted { management },
        }
    }

    fn is_declared(&self, account: &str) -> bool {
        self.vendors.iter().any(|vendor| vendor == account)
    }
}

#[cfg(test)]
mod tests;
