//! Which accounts are the client's, as the accounts of a run tell it together.

use std::collections::{BTreeMap, BTreeSet};

use kickoff_facts::AccountFacts;
use kickoff_policy::estate::{Listed, Own};

/// What accounts say of their organizations. Takes one account after another.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    own: Own,
    /// What each account knows of where it belongs.
    places: Vec<(String, Belonging)>,
    /// Organizations of which an account of the run lists the accounts.
    listed: BTreeSet<String>,
    /// Management accounts that were asked for them, and gave no answer.
    unread: BTreeSet<String>,
}

#[derive(Debug)]
enum Belonging {
    Alone,
    Of { organization: String, management: String },
    Unread,
}

impl Listing {
    pub(crate) fn add(&mut self, facts: &AccountFacts) {
        let account = &facts.account;
        self.own.accounts.insert(account.clone());
        let belonging = match facts.global.organization.get() {
            Err(_) => Belonging::Unread,
            Ok(None) => Belonging::Alone,
            Ok(Some(known)) => {
                self.own.accounts.insert(known.management_account.clone());
                match facts.global.members.get() {
                    Ok(Some(members)) => {
                        self.own.accounts.extend(members.iter().map(|member| member.id.clone()));
                        self.listed.insert(known.id.clone());
                    }
                    Err(_) if known.management_account == *account => {
                        self.unread.insert(account.clone());
                    }
                    // Nobody else is answered, delegated administrators apart.
                    Ok(None) | Err(_) => {}
                }
                let management = known.management_account.clone();
                Belonging::Of { organization: known.id.clone(), management }
            }
        };
        self.places.push((account.clone(), belonging));
    }

    /// What is known when all accounts were added.
    pub(crate) fn own(self) -> Own {
        let Self { mut own, places, listed, unread } = self;
        let of = |belonging| match belonging {
            Belonging::Alone => Listed::All,
            Belonging::Of { organization, .. } if listed.contains(&organization) => Listed::All,
            Belonging::Of { management, .. } if unread.contains(&management) => Listed::Unread,
            Belonging::Of { management, .. } => Listed::By(management),
            Belonging::Unread => Listed::Unread,
        };
        own.listed =
            places.into_iter().map(|(account, belonging)| (account, of(belonging))).collect::<BTreeMap<_, _>>();
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn own(all: &[(&str, Value)]) -> Own {
        let mut listing = Listing::default();
        for (account, global) in all {
            let facts = json!({ "account": account, "partition": "aws", "as_of": "2026-12-01T00:00:00Z",
                "home_region": "us-east-1", "global": global });
            listing.add(&serde_json::from_value(facts).expect("facts of the test"));
        }
        listing.own()
    }

    fn of(members: Option<Value>) -> Value {
        let organization = json!({ "id": "o-acme4prod1", "management_account": "555566667777", "feature_set": "ALL" });
        match members {
            Some(members) => json!({ "organization": { "value": organization }, "members": members }),
            None => json!({ "organization": { "value": organization } }),
        }
    }

    #[test]
    fn the_management_account_lists_for_all_and_without_it_nobody_is_a_stranger() {
        let denied = json!({ "gap": { "kind": "denied", "call": "organizations:ListAccounts", "region": "us-east-1",
            "message": "AccessDenied" } });
        let listed = json!({ "value": [{ "id": "111122223333", "name": "prod", "state": "ACTIVE" }] });
        let member = ("888877776666", of(None));
        let whole = own(&[member.clone(), ("555566667777", of(Some(listed)))]);
        assert_eq!(whole.listed["888877776666"], Listed::All);
        let accounts: Vec<&str> = whole.accounts.iter().map(String::as_str).collect();
        assert_eq!(accounts, ["111122223333", "555566667777", "888877776666"]);
        assert_eq!(own(std::slice::from_ref(&member)).listed["888877776666"], Listed::By("555566667777".to_owned()));
        let unread = own(&[member, ("555566667777", of(Some(denied.clone())))]);
        assert_eq!(unread.listed["888877776666"], Listed::Unread);
        let alone = ("222233334444", json!({ "organization": { "value": null } }));
        let unknown = ("333344445555", json!({ "organization": denied }));
        let others = own(&[alone, unknown]);
        assert_eq!((&others.listed["222233334444"], &others.listed["333344445555"]), (&Listed::All, &Listed::Unread));
    }
}
