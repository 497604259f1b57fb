//! Whose accounts are, as one of the accounts sees it whose policies are asked about.

use super::{Estate, Listed};
use crate::whom::{Organization, WhoIsWho, Whose};

/// What is known of who is who, as an account sees it.
pub(crate) struct SeenFrom<'e> {
    estate: &'e Estate,
    account: &'e str,
}

impl Estate {
    /// What is known of who is who, as an account sees it.
    pub(crate) fn seen_from<'e>(&'e self, account: &'e str) -> SeenFrom<'e> {
        SeenFrom { estate: self, account }
    }
}

impl SeenFrom<'_> {
    fn listed(&self) -> &Listed {
        self.estate.own.listed.get(self.account).unwrap_or(&Listed::Untold)
    }
}

impl WhoIsWho for SeenFrom<'_> {
    fn organization(&self) -> Organization<'_> {
        match (self.estate.organization(self.account), self.listed()) {
            (Some(own), _) => Organization::Of(own),
            (None, _) if self.estate.is_alone(self.account) => Organization::Alone,
            (None, Listed::Unread) => Organization::Unread,
            (None, _) => Organization::Untold,
        }
    }

    fn whose(&self, account: &str) -> Whose {
        let own = &self.estate.own;
        if account == self.account || self.estate.place_of(account).is_some() || own.accounts.contains(account) {
            return Whose::Ours;
        }
        match (self.organization(), self.estate.organization(account)) {
            (Organization::Of(ours), Some(theirs)) if ours == theirs => Whose::Ours,
            (Organization::Of(_), Some(_)) | (Organization::Alone, _) => Whose::Stranger,
            (Organization::Of(_), None) if self.estate.is_alone(account) => Whose::Stranger,
            _ => match self.listed() {
                Listed::All => Whose::Stranger,
                Listed::Unread => Whose::Unread,
                Listed::By(management) => Whose::Unlisted { management: management.clone() },
                Listed::Untold => Whose::Untold,
            },
        }
    }

    fn is_declared(&self, account: &str) -> bool {
        self.estate.own.declared.contains(account)
    }
}
