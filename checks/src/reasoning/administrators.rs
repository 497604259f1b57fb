//! Who administers a service for an organization: delegated administrators.

use std::collections::BTreeSet;

use kickoff_facts::{Gap, Seen, View};

use crate::Verdict;
use crate::reasoning::destination::{self, Accounts, Place};
use crate::reasoning::regions;

/// Who administers a service, by region.
#[derive(Debug)]
pub struct Administrators<'a> {
    /// The accounts that do.
    pub accounts: BTreeSet<&'a str>,
    /// The scanned regions where none does.
    pub missing: Vec<&'a str>,
}

impl<'a> Administrators<'a> {
    /// Asks every region. Administrators are designated region by region.
    ///
    /// # Errors
    /// A region could not be read, and no other is known to have none.
    pub fn read(
        view: &View<'a>,
        look: impl FnMut(&View<'a>) -> Result<&'a Option<Vec<String>>, Gap>,
    ) -> Result<Self, Gap> {
        let answers = regions::each(view, look);
        let mut read = Self { accounts: BTreeSet::new(), missing: Vec::new() };
        for (region, accounts) in answers.known {
            let here: Vec<&str> = accounts.iter().flatten().map(String::as_str).collect();
            if here.is_empty() {
                read.missing.push(region);
            }
            read.accounts.extend(here);
        }
        match answers.gap {
            Some(gap) if read.missing.is_empty() => Err(gap),
            _ => Ok(read),
        }
    }

    /// The verdict where an administrator is an account that is outside, or one of which the run does not know whose it
    /// is.
    ///
    /// # Errors
    /// A call that would have told whose an account is was refused.
    pub fn foreign(&self, accounts: &Accounts<'_, '_>) -> Result<Option<Verdict>, Gap> {
        let (mut strangers, mut unknown) = (Vec::new(), Vec::new());
        for account in &self.accounts {
            match accounts.place(account, format!("administrator {account}"))? {
                Place::Ours(_) => {}
                Place::Stranger(told) => strangers.push(told),
                Place::Unknown(told) => unknown.push(told),
            }
        }
        Ok(if !strangers.is_empty() {
            Some(Verdict::fail(strangers.join("; ")))
        } else if unknown.is_empty() {
            None
        } else {
            Some(Verdict::manual(unknown.join("; "), destination::CONFIRM))
        })
    }

    /// What was seen, in words.
    #[must_use]
    pub fn observed(&self) -> String {
        let accounts: Vec<&str> = self.accounts.iter().copied().collect();
        match (accounts.is_empty(), self.missing.is_empty()) {
            (true, _) => format!("no delegated administrator in {}", self.missing.join(", ")),
            (false, true) => format!("delegated administrator {} in every scanned region", accounts.join(", ")),
            (false, false) => {
                format!("delegated administrator {}, but none in {}", accounts.join(", "), self.missing.join(", "))
            }
        }
    }
}

/// The accounts that the organization made administrators of a service, by id.
///
/// # Errors
/// The delegated administrators, or the services of one of them, are not known.
pub fn delegates<'a>(view: &View<'a>, seen: &Seen, service: &str) -> Result<Vec<&'a str>, Gap> {
    let mut accounts = Vec::new();
    for administrator in view.delegated_administrators()?.iter().flatten() {
        if seen.see(&administrator.services)?.iter().any(|delegated| delegated == service) {
            accounts.push(administrator.id.as_str());
        }
    }
    Ok(accounts)
}
