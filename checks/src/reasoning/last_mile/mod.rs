//! The last mile of an alarm or a rule: from the metric that an event makes to whoever is told of it.
//!
//! One judgement for all checks. A way is followed as far as it goes: the metric that a filter publishes, the condition of
//! the alarm, its state, its action, the topic's policy and key, the subscription's filter, the end. It comes with a drawing
//! in words.

use std::cell::OnceCell;
use std::collections::HashMap;

use kickoff_facts::logging::Topic;
use kickoff_facts::{Gap, Seen, View};

pub mod alarms;
pub mod capacity;
pub mod composite;
pub mod condition;
pub mod delivery;
pub mod ends;
pub mod maths;
pub mod publish;
pub mod range;
pub mod topic;

pub use delivery::Delivery;
pub use publish::Publisher;

/// What the targets of a rule, or the actions of an alarm, amount to: the best of them.
///
/// # Errors
/// None reaches anybody for certain, and one is not known.
pub fn deliver(
    topics: &Topics<'_, '_>,
    seen: &Seen,
    publisher: &Publisher,
    targets: Result<&Vec<String>, Gap>,
) -> Result<Delivery, Gap> {
    let (mut gap, mut unseen, mut nowhere) = (None, Vec::new(), Vec::new());
    for target in targets? {
        let led = if ends::service(target) == "sns" {
            told(topics, seen, publisher, target)
        } else {
            Ok(ends::action(target))
        };
        match led {
            Ok(Delivery::Reaches(to)) => return Ok(Delivery::Reaches(to)),
            Ok(Delivery::Unseen(why)) => unseen.push(why),
            Ok(Delivery::Nowhere(why)) => nowhere.push(why),
            Err(error) => gap = gap.or(Some(error)),
        }
    }
    match gap {
        Some(gap) => Err(gap),
        None if !unseen.is_empty() => Ok(Delivery::Unseen(unseen.join(", "))),
        None if nowhere.is_empty() => Ok(Delivery::Nowhere("it has no target".to_owned())),
        None => Ok(Delivery::Nowhere(nowhere.join(", "))),
    }
}

/// The topics of a window, by ARN: looked at when a target is a topic, and then once, however many targets there are.
#[derive(Debug)]
pub struct Topics<'v, 'a> {
    view: &'v View<'a>,
    known: OnceCell<Result<HashMap<&'a str, &'a Topic>, Gap>>,
}

impl<'v, 'a> Topics<'v, 'a> {
    /// Those of a window.
    pub fn of(view: &'v View<'a>) -> Self {
        Self { view, known: OnceCell::new() }
    }

    fn get(&self, arn: &str) -> Result<Option<&'a Topic>, Gap> {
        let read = || self.view.topics().map(|topics| topics.iter().map(|topic| (topic.arn.as_str(), topic)).collect());
        match self.known.get_or_init(read) {
            Ok(topics) => Ok(topics.get(arn).copied()),
            Err(gap) => Err(gap.clone()),
        }
    }
}

/// Where a topic leads, here or in another account of the run.
fn told(topics: &Topics<'_, '_>, seen: &Seen, publisher: &Publisher, arn: &str) -> Result<Delivery, Gap> {
    let view = topics.view;
    let owner = arn.split(':').nth(4).unwrap_or_default();
    let there = (owner != view.account_id()).then(|| view.neighbour_in(owner, arn.split(':').nth(3)?)).flatten();
    let found = match &there {
        Some(there) => {
            view.adopt(there);
            there.topics()?.iter().find(|topic: &&Topic| topic.arn == arn)
        }
        None => topics.get(arn)?,
    };
    match found {
        Some(found) => topic::carries(seen, found, publisher),
        None => Ok(Delivery::Unseen(format!("the subscriptions of topic {arn} are not seen from this account"))),
    }
}
