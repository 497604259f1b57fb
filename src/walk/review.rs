//! The access review of accounts that were analysed.

use std::collections::HashMap;

use kickoff_policy::access::{Access, Certainty, Hop, Reaches, short};
use kickoff_policy::review::{Inputs, Review, Standing, StandingState, review};

use super::estate::Asked;

/// The access review of accounts that were analysed.
pub fn reviewed(asked: &Asked, access: &Access) -> Review {
    let standings = standings(access);
    let none = || Standing { state: StandingState::Not, why: String::new() };
    review(
        &asked.estate,
        &Inputs {
            now: &asked.now.to_string(),
            standing: &|arn| Some(standings.get(arn).cloned().unwrap_or_else(none)),
            credentials: &asked.credentials,
            // No run collects which services were used yet: the review says so of each principal.
            accessed: &HashMap::new(),
            assigned: &asked.assigned,
        },
    )
}

/// What the analysis says of each principal that is, or can become, an administrator.
fn standings(access: &Access) -> HashMap<&str, Standing> {
    let mut found: HashMap<&str, Standing> = HashMap::new();
    let mut put = |arn, state, why| {
        found.entry(arn).or_insert(Standing { state, why });
    };
    for arn in &access.administrators {
        put(arn.as_str(), StandingState::Administrator, "every action on every resource".to_owned());
    }
    for one in &access.conditional_administrators {
        put(&one.principal, StandingState::Conditional, format!("when {}", one.residual.join(" and ")));
    }
    for way in &access.escalations {
        let tell = |hop: &Hop| format!("{} → {}", hop.primitive, short(&hop.to));
        let steps = access.path_in_words(way, ", then ", tell);
        put(&way.from, StandingState::CanBecome, format!("{}: {steps}", way.certainty.name()));
    }
    for one in access.one_step.iter().filter(|one| one.reaches == Reaches::Administrator) {
        let sure = if one.certainty == Certainty::Certain { "certain" } else { "possible" };
        put(&one.principal, StandingState::CanBecome, format!("{sure}: {}", one.primitive));
    }
    found
}
