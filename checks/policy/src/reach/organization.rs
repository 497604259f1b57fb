//! Ways out of the management account: to the root users of member accounts, into groups of IAM Identity Center, to rights
//! over the whole organization.
//!
//! Source: IAM User Guide, "Perform a privileged task on an AWS Organizations member account"; IAM Identity Center User
//! Guide, "Delegated administration"; AWS Organizations User Guide, "Delegated administrator for AWS services".

use std::rc::Rc;

use super::primitives::Primitive;
use super::steps::{Way, Work, block};
use super::{Ask, Given, On, Reach, To, stopper};
use crate::actions::ActionId;
use crate::estate::Place;
use crate::truth::Truth;

impl Reach<'_> {
    /// Rights in other accounts: possible at the best, as policies do not tell what the organization has switched on.
    pub(super) fn organization(&self, work: &mut Work<'_>, primitive: &Primitive) {
        let account = &self.estate.accounts[work.p.account].account;
        let closed = match self.estate.place_in_organization(account) {
            Some(Place::Alone) => Some("it is in no organization"),
            // One that administers by delegation would be told by the management account only.
            Some(Place::Member) => {
                Some("it is a member of its organization, and not known to administer it by delegation")
            }
            Some(Place::Management) | None => None,
        };
        if let Some(why) = closed {
            return block(work, format!("account {account}: {why}"), [primitive.id], &[]);
        }
        let asks: Vec<Ask> = primitive.actions.iter().flat_map(|action| self.asks_of(*action)).collect();
        let truth = Truth::all(asks.iter().map(|ask| self.ask(work.p, ask, None)));
        if !truth.possible() {
            let mut against = asks.iter().filter_map(|ask| self.reasons(work.p, ask, None).1);
            let found = against.next();
            let by = found.as_ref().map_or_else(|| "nothing that its statements name".to_owned(), stopper);
            return block(work, by, [primitive.id], found.as_slice());
        }
        let to = To::Rights(truth.and(Truth::Unknown));
        let step = self.step(work.at, to, primitive.id, true, false, asks.into());
        self.tell(work, &Way::of(primitive), vec![step]);
    }

    /// A call on everything of each kind that it needs, in whatever account.
    fn asks_of(&self, action: ActionId) -> Vec<Ask> {
        let table = self.estate.table;
        let root = table.lower(action) == "sts:assumeroot";
        let given = || if root { Given::RootTask } else { Given::Nothing };
        let ask = |on: &str| Ask { action, on: On::Text(Rc::from(on)), given: given() };
        let needed: Vec<Ask> =
            table.resources(action).filter(|kind| kind.required).map(|kind| ask(&any(kind.arn))).collect();
        if needed.is_empty() { vec![ask("*")] } else { needed }
    }
}

/// An ARN template with a star for each variable.
fn any(template: &str) -> String {
    let (mut out, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        out.push('*');
        rest = after.split_once('}').map_or("", |(_, tail)| tail);
    }
    out + rest
}
