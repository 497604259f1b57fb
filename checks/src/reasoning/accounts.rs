//! Whose an account is: the client's own, or not.

use std::collections::BTreeSet;

use kickoff_facts::organization::Organization;
use kickoff_facts::{Gap, GapKind, Need, View};

use crate::reasoning::management;

/// The call that tells the accounts of an organization.
const CALL: &str = "organizations:ListAccounts";

/// Whose an account is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Belongs {
    /// The client's: this one, another one of the run, or one of the organization.
    Ours,
    /// None of these.
    Stranger,
    /// The accounts of the organization are not known, because a call failed.
    Unread(Gap),
    /// Only the management account lists the accounts of the organization, and the run does not have it.
    Unlisted {
        /// The management account.
        management: String,
    },
}

/// The accounts of the client, as far as they are known; this account is always one.
#[derive(Debug)]
pub struct OwnAccounts<'a> {
    accounts: BTreeSet<String>,
    organization: Option<&'a Organization>,
    rest: Belongs,
}

impl<'a> OwnAccounts<'a> {
    /// Reads them: what the account was told, what the management account was told if the run has it, and the accounts of
    /// the run.
    #[must_use]
    pub fn read(view: &View<'a>) -> Self {
        let mut accounts: BTreeSet<String> = view.run_accounts().map(str::to_owned).collect();
        accounts.insert(view.account_id().to_owned());
        let organization = match view.organization() {
            Ok(organization) => organization.as_ref(),
            Err(gap) => return Self { accounts, organization: None, rest: Belongs::Unread(gap) },
        };
        let Some(known) = organization else { return Self { accounts, organization, rest: Belongs::Stranger } };
        let management = known.management_account.as_str();
        accounts.insert(management.to_owned());
        let members = if management == view.account_id() {
            management::told(view, Need::Members, view.members()).map(Some)
        } else {
            // A delegated administrator may list them too.
            let here = view.members().map(Option::as_ref);
            let there = view.neighbour(management);
            match (here, there) {
                (Ok(None) | Err(_), Some(there)) => {
                    let members = there.members().map(Option::as_ref);
                    view.adopt(&there);
                    members
                }
                (Err(gap), None) if gap.kind == GapKind::NotCollected => Ok(None),
                (here, _) => here,
            }
        };
        let rest = match members {
            Ok(Some(members)) => {
                accounts.extend(members.iter().map(|member| member.id.clone()));
                Belongs::Stranger
            }
            Ok(None) => Belongs::Unlisted { management: management.to_owned() },
            Err(gap) => Belongs::Unread(gap),
        };
        Self { accounts, organization, rest }
    }

    /// The organization, if it is known.
    #[must_use]
    pub fn organization(&self) -> Option<&'a Organization> {
        self.organization
    }

    /// Whether it is known that there is no organization.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.organization.is_none() && !matches!(self.rest, Belongs::Unread(_))
    }

    /// The gap because of which the organization or its accounts are not known.
    #[must_use]
    pub fn gap(&self) -> Option<&Gap> {
        match &self.rest {
            Belongs::Unread(gap) => Some(gap),
            _ => None,
        }
    }

    /// Whose an account is.
    #[must_use]
    pub fn belongs(&self, account: &str) -> Belongs {
        if self.accounts.contains(account) { Belongs::Ours } else { self.rest.clone() }
    }

    /// Whether an account is outside.
    ///
    /// # Errors
    /// It is not among those that are known, and not all are known.
    pub fn is_outside(&self, account: &str) -> Result<bool, Gap> {
        match self.belongs(account) {
            Belongs::Ours => Ok(false),
            Belongs::Stranger => Ok(true),
            Belongs::Unread(gap) => Err(gap),
            Belongs::Unlisted { management } => Err(Gap {
                kind: GapKind::NotCollected,
                call: CALL.to_owned(),
                region: String::new(),
                message: format!(
                    "the accounts of the organization are listed by its management account {management} alone, and this run does not have it"
                ),
                evidence: None,
            }),
        }
    }
}
