//! The last mile of an alarm or a rule: where its actions or targets lead.

use std::cell::OnceCell;
use std::collections::HashMap;

use kickoff_facts::logging::Topic;
use kickoff_facts::{Gap, Seen, View};

pub mod alarms;

/// What the targets of a rule or the actions of an alarm amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// They reach a person or a system.
    Reaches(String),
    /// They reach no one.
    Nowhere(String),
    /// It cannot be seen from here.
    Unseen(String),
}

/// What the targets of a rule, or the actions of an alarm, amount to: the best of them.
///
/// # Errors
/// None reaches anybody for certain, and one is not known.
pub fn deliver(topics: &Topics<'_, '_>, seen: &Seen, targets: Result<&Vec<String>, Gap>) -> Result<Delivery, Gap> {
    let targets = targets?;
    let (mut gap, mut unseen, mut nowhere) = (None, Vec::new(), Vec::new());
    for target in targets {
        match service(target) {
            "sns" => match topic(topics, seen, target) {
                Ok(Delivery::Reaches(to)) => return Ok(Delivery::Reaches(to)),
                Ok(Delivery::Unseen(why)) => unseen.push(why),
                Ok(Delivery::Nowhere(why)) => nowhere.push(why),
                Err(error) => gap = gap.or(Some(error)),
            },
            "logs" => nowhere.push(format!("log group {} tells nobody", last(target))),
            // Actions of alarms only.
            "automate" | "autoscaling" => nowhere.push(format!("{} tells nobody", last(target))),
            service if service == "sqs" || target.contains(":event-bus/") => {
                unseen.push(format!("goes to {service} {}: who reads it is not visible", last(target)));
            }
            service => return Ok(Delivery::Reaches(format!("{service} {}", last(target)))),
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

/// Whether a topic has a subscriber who confirmed.
fn topic(topics: &Topics<'_, '_>, seen: &Seen, arn: &str) -> Result<Delivery, Gap> {
    let name = last(arn);
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
    let Some(topic) = found else {
        return Ok(Delivery::Unseen(format!("the subscriptions of topic {arn} are not seen from this account")));
    };
    let Some(subscriptions) = seen.see(&topic.subscriptions)? else {
        return Ok(Delivery::Nowhere(format!("topic {name} does not exist")));
    };
    let mut protocols: Vec<&str> =
        subscriptions.iter().filter(|one| one.confirmed).map(|one| one.protocol.as_str()).collect();
    let confirmed = protocols.len();
    protocols.sort_unstable();
    protocols.dedup();
    Ok(if confirmed == 0 {
        let count = subscriptions.len();
        Delivery::Nowhere(format!("topic {name} has no confirmed subscription ({count} in all)"))
    } else {
        Delivery::Reaches(format!("topic {name} ({confirmed} confirmed subscriptions: {})", protocols.join(", ")))
    })
}

/// The service of an ARN.
fn service(arn: &str) -> &str {
    arn.split(':').nth(2).unwrap_or(arn)
}

/// The last part of an ARN; the whole name of a log group, and the name of an API destination without its key.
fn last(arn: &str) -> &str {
    if let Some((_, group)) = arn.split_once(":log-group:") {
        return group.trim_end_matches(":*");
    }
    if let Some((_, destination)) = arn.split_once(":api-destination/") {
        return destination.split('/').next().unwrap_or(destination);
    }
    arn.rsplit([':', '/']).next().unwrap_or(arn)
}
