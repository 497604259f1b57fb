//! Who administers a service for an organization: delegated administrators.

use std::collections::BTreeSet;

use kickoff_facts::{Gap, Seen, View};

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
