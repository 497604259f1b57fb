//! Why an answer is only possible, in words: every doubt with what it comes from.

use super::{Estate, Held, Principal};
use crate::actions::ActionId;
use crate::compile::{Compiled, Policy, Target};
use crate::context::Context;
use crate::truth::Truth;

/// Resources of a statement that are told.
const TOLD: usize = 3;

/// What is open in a statement that speaks of a question: its conditions, its variables, what of it cannot be read, and that
/// it speaks of a part of what is asked about.
pub(super) fn of_statement(
    statement: &Compiled,
    policy: &Policy,
    name: &str,
    target: &Target,
    context: &dyn Context,
) -> Vec<String> {
    let effect = if statement.allows() { "if" } else { "unless" };
    let conditions = statement.open_conditions(context);
    let mut found: Vec<String> = conditions.map(|c| format!("{effect} {c} ({name})")).collect();
    let variables = statement.open_variables(context);
    found.extend(variables.iter().map(|key| format!("{effect} ${{{key}}} makes a resource of {name} match")));
    let number = statement.source.number;
    if statement.source.doubtful {
        let about = |problem: &&crate::document::Problem| problem.statement.is_none_or(|of| of == number);
        let why =
            policy.problems.iter().find(about).map(|problem| problem.what.as_str()).unwrap_or("it is not known here");
        found.push(format!("{effect} statement {number} of {name} does what it looks like: {why}"));
    }
    if variables.is_empty()
        && statement.covers(target, context) == Truth::Unknown
        && let Some(listed) = &statement.source.resources
    {
        let mut names: Vec<&str> = listed.entries.iter().take(TOLD).map(String::as_str).collect();
        if listed.entries.len() > TOLD {
            names.push("others");
        }
        let but = if listed.not { "anything but " } else { "" };
        found.push(format!("{effect} it is on {but}{} ({name})", names.join(" or ")));
    }
    found
}

impl Estate {
    /// The policies that a principal's request meets, but for those of the resource.
    pub(super) fn layers_of<'e>(&'e self, p: &'e Principal, owner: Option<usize>) -> impl Iterator<Item = &'e Held> {
        let controls = owner.filter(|_| !p.is_service_linked()).map_or(&[][..], |owner| self.controls(owner));
        p.held.iter().chain(&p.boundary).chain(self.levels(p).iter().flatten()).chain(controls.iter().flatten())
    }

    /// What is open in the principal's own policies and those above.
    pub(super) fn reasons(
        &self,
        p: &Principal,
        action: ActionId,
        target: &Target,
        owner: Option<usize>,
    ) -> Vec<String> {
        let context = self.asking(p, Some(action), &[]).on(target.text());
        let mut open: Vec<String> = p.lacks.iter().map(|lacks| format!("{lacks} is not among the data")).collect();
        for held in self.layers_of(p, owner) {
            let document = &self.documents[held.document];
            open.extend(document.unreadable.iter().map(|why| format!("{} cannot be read: {why}", held.name)));
            for statement in document.about(action) {
                let covers = statement.covers(target, &context);
                if covers.possible() && covers.and(statement.holds(&context)) == Truth::Unknown {
                    open.extend(of_statement(statement, &document.policy, &held.name, target, &context));
                }
            }
        }
        let mut told: Vec<String> = Vec::with_capacity(open.len());
        for reason in open {
            if !told.contains(&reason) {
                told.push(reason);
            }
        }
        told
    }
}
