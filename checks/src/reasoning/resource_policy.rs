//! What the policy of a resource says to a service of AWS.

use kickoff_policy::actions::ActionTable;
use kickoff_policy::caller::Caller;
use kickoff_policy::compile::{Action, Policy, Target};
use kickoff_policy::context::Given;
use kickoff_policy::decide::{Evaluation, Layers, Named, Question, Verdict};

/// Asks it whether a service may do something to the resource; none where the action is not one.
#[must_use]
pub fn ask<'p>(
    service: &str,
    policy: &'p Policy,
    action: &str,
    resource: &str,
    context: &Given,
) -> Option<Verdict<'p>> {
    let table = ActionTable::embedded();
    let (action, target) = (Action::parse(action, table).ok()?, Target::one(resource));
    let caller = Caller::Service(service.to_owned());
    let question = Question {
        caller: &caller,
        action: &action,
        target: &target,
        resource_account: resource.split(':').nth(4),
        strict: false,
    };
    let layers = Layers { resource: Some(vec![Named { name: "policy", policy }]), ..Layers::default() };
    Some(Evaluation::decide(&layers, &question, context, table))
}
