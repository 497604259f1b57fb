//! Escalation paths and outside access as pictures, and the tables that say the same in full.

use std::collections::BTreeSet;

use kickoff_policy::whom::Standing;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::access::{Access, Certainty, Escalation, Outside, PartyKind, short};
use layout::{Graph, Kind, Node};

mod draw;
mod layout;
mod tables;
#[cfg(test)]
mod tests;

/// A whole page of its own: no network, no script.
#[must_use]
pub fn page(access: &Access, title: &str, subtitle: &str) -> String {
    html! {
        (DOCTYPE)
        html.access-page lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) }
                style { (PreEscaped(super::STYLE)) }
            }
            body {
                header {
                    h1 { (title) }
                    p.sub { (subtitle) }
                    nav {
                        a href="#escalations" { "Escalation paths" } a href="#one-step" { "One step away" }
                        a href="#outside" { "Outside access" } a href="#tamper" { "Log tampering" }
                        a href="#undecided" { "Not decided" }
                    }
                }
                main { (section(access)) }
            }
        }
    }
    .into_string()
}

/// What the report of a scan shows: administrators, who can become one, who gets in from outside.
#[must_use]
pub fn summary(access: &Access) -> Markup {
    html! {
        section.access {
            h2 #access { "Who can do what" }
            p.hint {
                "From every identity policy, group, boundary and trust policy that was collected, and the organization's "
                "policies where they could be read. " code { "kickoff access" } " says more, " code { "kickoff access-review" }
                " makes the sheet to review."
            }
            h3 #administrators { "Administrators" }
            (tables::administrators(access))
            h3 #escalations { "Escalation paths" }
            (paths(access))
            h3 #outside { "Outside access" }
            (from_outside(access))
            h3 #undecided { "Not decided" }
            @if access.unknown.is_empty() { p { "None." } } @else { (tables::unknown(&access.unknown)) }
        }
    }
}

fn paths(access: &Access) -> Markup {
    html! {
        @if access.escalations.is_empty() {
            (none(access))
        } @else {
            p.hint { "Who can become someone else, step by step, from left to right. Each arrow names the means." }
            (escalations(access))
            (tables::escalations(access))
        }
    }
}

fn from_outside(access: &Access) -> Markup {
    html! {
        @if access.outside.is_empty() {
            (none(access))
        } @else {
            p.hint {
                "Who gets in from outside the account, and what that is to the client. A red outline, and the word, mark "
                "a stranger and anybody, and what is reached without a guarding condition or is an administrator."
            }
            (outside(access))
            (tables::outside(&access.outside_by_concern()))
        }
    }
}

/// Pictures and tables, for a page.
#[must_use]
pub fn section(access: &Access) -> Markup {
    html! {
        section.access {
            h2 #administrators { "Administrators" }
            (tables::administrators(access))
            h2 #escalations { "Escalation paths" }
            (paths(access))
            h2 #one-step { "One step away" }
            @if access.one_step.is_empty() { (none(access)) } @else { (tables::one_step(&access.one_step)) }
            @if !access.blocked.is_empty() { h3 { "Prevented" } (tables::blocked(&access.blocked)) }
            h2 #outside { "Outside access" }
            (from_outside(access))
            h2 #tamper { "Log tampering" }
            @if access.log_tamper.is_empty() { (none(access)) } @else { (tables::tamper(&access.log_tamper)) }
            h2 #undecided { "Not decided" }
            @if access.unknown.is_empty() { p { "None found." } } @else { (tables::unknown(&access.unknown)) }
        }
    }
}

/// Nothing found is not nothing there, as long as something was not decided.
fn none(access: &Access) -> Markup {
    html! {
        p { "None found." @if !access.unknown.is_empty() { " Not everything could be decided: see " a href="#undecided" { "what was not" } "." } }
    }
}

fn legend() -> Markup {
    let line = |class: &str| {
        html! { svg.graph.key width="46" height="10" aria-hidden="true" { path class=(class) d="M1 5H45" {} } }
    };
    html! {
        p.small.muted.legend {
            (line("line")) " certain   " (line("line possible")) " possible: it depends on a condition, or on what was not read. "
            "Hold the pointer over a box or an arrow for full ARNs."
        }
    }
}

/// What did not fit, in a line.
fn rest(count: usize) -> Markup {
    html! { @if count > 0 { p.rest { "Not drawn, to keep the picture readable: and " (count) " more in the table." } } }
}

/// A node for an ARN.
fn principal(arn: &str, administrator: bool) -> Node {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    let (kind, word) = if arn == "*" || arn.starts_with("any principal") {
        (Kind::Anyone, "anyone")
    } else if arn == kickoff_policy::reach::ADMINISTRATOR {
        (Kind::Group, "every right")
    } else if resource.starts_with("user/") {
        (Kind::User, "user")
    } else if resource.starts_with("role/") || resource.starts_with("assumed-role/") {
        (Kind::Role, "role")
    } else if resource.starts_with("group/") {
        (Kind::Group, "group")
    } else {
        (Kind::Resource, arn.split(':').nth(2).filter(|service| !service.is_empty()).unwrap_or("resource"))
    };
    let under = if administrator { format!("{word} · administrator") } else { word.to_owned() };
    Node { id: arn.to_owned(), kind, name: short(arn).to_owned(), under, alarm: administrator }
}

fn escalations(access: &Access) -> Markup {
    let administrators: BTreeSet<&str> = access.administrators.iter().map(String::as_str).collect();
    let mut paths: Vec<&Escalation> = access.escalations.iter().collect();
    paths.sort_by(|a, b| {
        let key = |e: &Escalation| (e.certainty, e.length);
        key(a).cmp(&key(b)).then_with(|| (&a.from, &a.to).cmp(&(&b.from, &b.to)))
    });
    let mut graph = Graph::default();
    let mut left_out = 0;
    for path in paths {
        let ends = [path.from.as_str(), path.to.as_str()];
        let hops = access.path(path).flat_map(|hop| [hop.from.as_str(), hop.to.as_str()]);
        if !graph.has_room(ends.into_iter().chain(hops)) {
            left_out += 1;
            continue;
        }
        let mut arrow = |from: &str, to: &str, label: &str, certain: bool| {
            let [from, to] = [from, to].map(|id| graph.node(id, || principal(id, administrators.contains(id))));
            graph.edge(from, to, label, certain, false);
        };
        if path.length == 0 {
            arrow(&path.from, &path.to, "", path.certainty == Certainty::Certain);
        }
        for hop in access.path(path) {
            arrow(&hop.from, &hop.to, &hop.primitive, hop.certainty == Certainty::Certain);
        }
    }
    let description = format!(
        "{} boxes and {} arrows, from where a path starts at the left to where it ends at the right. The table below says the same in words.",
        graph.nodes.len(),
        graph.edges.len()
    );
    picture(&graph, "escalation-picture", "Escalation paths", &description, left_out)
}

fn picture(graph: &Graph, name: &str, title: &str, description: &str, left_out: usize) -> Markup {
    html! {
        @if !graph.nodes.is_empty() { (draw::draw(graph, name, title, description)) (legend()) }
        (rest(left_out))
    }
}

fn outside(access: &Access) -> Markup {
    let mut graph = Graph::default();
    let mut left_out = 0;
    for way in access.outside_by_concern() {
        // A party and a resource of the same name are two boxes: nothing leads back to the left.
        let (party, target) = (format!("from {}", way.who), way.resource.clone());
        if !graph.has_room([party.as_str(), &target].into_iter()) {
            left_out += 1;
            continue;
        }
        let from = graph.node(&party, || {
            // By one statement somebody may be let in whom another does not mean.
            let of_it = access.outside.iter().filter(|one| one.who == way.who).map(|one| one.standing);
            stranger(way, of_it.max().unwrap_or(way.standing))
        });
        let to = graph.node(&target, || {
            let mut node = principal(&target, false);
            let of_it: Vec<Vec<&str>> =
                access.outside.iter().filter(|o| o.resource == target).map(Outside::alarms).collect();
            for word in ["administrator", "unguarded"] {
                if of_it.iter().any(|words| words.contains(&word)) {
                    // Of the two words the box must never cut one off.
                    node.under = if node.alarm {
                        "administrator, unguarded".to_owned()
                    } else {
                        format!("{} · {word}", node.under)
                    };
                    node.alarm = true;
                }
            }
            node
        });
        let label = match (way.is_unguarded(), way.conditions.first()) {
            (true, _) => "unguarded",
            (false, Some(condition)) => condition.as_str(),
            (false, None) => way.standing.name(),
        };
        graph.edge(from, to, label, way.certainty == Certainty::Certain, way.is_unguarded());
    }
    let description = format!(
        "{} boxes and {} arrows, from outside parties at the left to what they reach at the right. The table below says the same in words.",
        graph.nodes.len(),
        graph.edges.len()
    );
    picture(&graph, "outside-picture", "Outside access", &description, left_out)
}

fn stranger(way: &Outside, standing: Standing) -> Node {
    let (kind, word) = match way.kind {
        PartyKind::Anyone => (Kind::Anyone, "anyone"),
        PartyKind::Account => (Kind::Outside, "account"),
        PartyKind::Service => (Kind::Outside, "AWS service"),
        PartyKind::Oidc => (Kind::Outside, "OIDC provider"),
        PartyKind::Saml => (Kind::Outside, "SAML provider"),
        PartyKind::Unknown => (Kind::Outside, "unknown party"),
    };
    let name = match short(&way.who) {
        // Every account's root has the same name.
        "root" => way.account.as_deref().unwrap_or(&way.who),
        name => name,
    };
    let word = way.account.as_deref().filter(|account| *account != name).unwrap_or(word);
    let under = format!("{word} · {}", standing.name());
    Node { id: way.who.clone(), kind, name: name.to_owned(), under, alarm: standing.is_foreign() }
}
