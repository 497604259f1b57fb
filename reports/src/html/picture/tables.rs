//! The tables beside the pictures: whole ARNs, and the statement behind every line.

use maud::{Markup, html};

use crate::access::{Access, Blocked, Certainty, Escalation, Evidence, OneStep, Outside, Tamper, Unknown, short};

/// At most so many rows a table; the JSON has them all.
pub(super) const MOST_ROWS: usize = 200;

/// A table of at most `MOST_ROWS` rows, with a line for the others.
fn table<T>(heads: &[&str], rows: &[T], row: impl Fn(&T) -> Markup) -> Markup {
    html! {
        table.access-rows {
            thead { tr { @for head in heads { th scope="col" { (head) } } } }
            tbody { @for one in rows.iter().take(MOST_ROWS) { tr { (row(one)) } } }
        }
        @if rows.len() > MOST_ROWS {
            p.rest { "The first " (MOST_ROWS) " of " (rows.len()) " are shown; all of them are in the JSON output." }
        }
    }
}

fn evidence(all: &[Evidence]) -> Markup {
    html! {
        @if all.is_empty() { span.muted { "not recorded" } }
        @for one in all { div.ground title=(one.policy) { (one) } }
    }
}

fn sure(certainty: Certainty) -> Markup {
    html! { span class={ "sure " (certainty.name()) } { (certainty) } }
}

pub(super) fn administrators(access: &Access) -> Markup {
    html! {
        @if access.administrators.is_empty() && access.conditional_administrators.is_empty() { p { "None found." } }
        @if !access.administrators.is_empty() { (table(&["Administrator"], &access.administrators, |arn| html! { td { code { (arn) } } })) }
        @if !access.conditional_administrators.is_empty() {
            (table(&["Administrator under conditions", "When"], &access.conditional_administrators, |one| html! {
                td { code { (one.principal) } } td { @for condition in &one.residual { div { code { (condition) } } } }
            }))
        }
    }
}

/// Steps of a path that are told; the JSON has them all.
const MOST_STEPS: usize = 20;

pub(super) fn escalations(access: &Access) -> Markup {
    let row = |one: &Escalation| {
        html! {
            td { code { (one.from) } }
            td { code { (one.to) } }
            td { (sure(one.certainty)) }
            td {
                ol.steps {
                    @for hop in access.path(one).take(MOST_STEPS) {
                        li title={ (hop.from) " → " (hop.to) } {
                            (short(&hop.from)) " → " (short(&hop.to)) " by " strong { (hop.primitive) } " " (sure(hop.certainty))
                            (evidence(&hop.evidence))
                        }
                    }
                }
                @if one.length > MOST_STEPS { p.rest { "and " (one.length - MOST_STEPS) " more steps" } }
            }
        }
    };
    table(&["From", "To", "Certainty", "Steps, each with its evidence"], &access.escalations, row)
}

pub(super) fn one_step(all: &[OneStep]) -> Markup {
    table(&["Principal", "Step", "Certainty", "Leads to", "Evidence"], all, |one| {
        html! {
            td { code { (one.principal) } }
            td {
                (one.primitive)
                @if !one.also.is_empty() { br; span.muted { "also " (one.also.join(", ")) } }
            }
            td { (sure(one.certainty)) }
            td {
                (one.reaches.name())
                @if let Some(example) = &one.example { br; span.muted { "such as " code { (example) } } }
                @if let Some(needs) = &one.needs { br; span.muted { "needs " (needs) } }
            }
            td { (evidence(&one.evidence)) }
        }
    })
}

pub(super) fn blocked(all: &[Blocked]) -> Markup {
    table(&["Principal", "Steps", "Prevented by", "Evidence"], all, |one| {
        html! { td { code { (one.principal) } } td { (one.what.join(", ")) } td { (one.by) } td { (evidence(&one.evidence)) } }
    })
}

pub(super) fn outside(all: &[&Outside]) -> Markup {
    table(&["Outside party", "To the client", "Reaches", "Certainty", "Guard", "Evidence"], all, |one| {
        html! {
            td {
                code { (one.who) } br;
                span.muted { (one.kind.name()) @if let Some(account) = &one.account { " " (account) } }
            }
            td {
                @if one.standing.is_foreign() { strong.alarm { (one.standing.name()) } } @else { (one.standing.name()) }
                div.muted { (one.whom) }
            }
            td { code { (one.resource) } @if one.administrator { br; strong.alarm { "administrator" } } }
            td { (sure(one.certainty)) }
            td {
                @if one.guarded { "guarded" } @else if one.is_unguarded() { strong.alarm { "unguarded" } }
                @for condition in &one.conditions { div { code { (condition) } } }
            }
            td { (evidence(&one.evidence)) }
        }
    })
}

pub(super) fn tamper(all: &[Tamper]) -> Markup {
    let rows: Vec<_> = all.iter().flat_map(|one| one.grants.iter().map(move |grant| (one, grant))).collect();
    table(&["Principal", "Can", "On", "Certainty", "Evidence"], &rows, |(one, grant)| {
        html! {
            td { code { (one.principal) } }
            td { @for action in &grant.actions { div { code { (action) } } } }
            td { @for resource in &grant.resources { div { code { (resource) } } } }
            td { (sure(grant.certainty)) }
            td { (evidence(&grant.evidence)) }
        }
    })
}

pub(super) fn unknown(all: &[Unknown]) -> Markup {
    table(&["What", "How often", "Why", "Example"], all, |one| {
        html! {
            td { (one.what) } td { (one.count) } td { (one.why) }
            td { @if let Some(example) = &one.example { code { (example) } } }
        }
    })
}
