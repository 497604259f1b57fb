//! Ways to more privilege, as data: `data/primitives.txt`.

use crate::actions::{ActionId, ActionTable};

/// What a primitive needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Changes the actor's own policies.
    Own,
    /// Takes or strengthens another principal.
    Other,
    /// Runs code as a role that is passed to a service.
    Pass,
    /// Rides on a workload that holds a role.
    Workload,
    /// Changes who an identity provider vouches for.
    Provider,
    /// Lifts what caps the actor.
    Guardrail,
}

/// A way to more privilege.
#[derive(Debug, Clone)]
pub(crate) struct Primitive {
    pub(crate) id: &'static str,
    pub(crate) kind: Kind,
    /// All of them are needed.
    pub(crate) actions: Vec<ActionId>,
    /// The service that the role is passed to.
    pub(crate) service: Option<String>,
    /// It works on roles; else on users.
    pub(crate) on_role: bool,
    pub(crate) on_policy: bool,
    pub(crate) on_group: bool,
    /// It changes its target, which AWS forbids for its own roles.
    pub(crate) changes: bool,
    /// The target can be given every right that its boundary leaves.
    pub(crate) gives_all: bool,
}

/// Steps that need more than the two sides told here: judged by other means or left to `unknown`.
const ELSEWHERE: [&str; 5] = ["assume", "assume-web", "assume-saml", "pol-version+assume", "pol-version+trust"];

/// The table; an action that the action list lacks leaves its primitive out.
pub(crate) fn all(table: &ActionTable) -> Vec<Primitive> {
    let text: &'static str = include_str!("../data/primitives.txt");
    let mut found = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('|');
        let (Some(id), Some(kind), Some(actions), Some(service)) =
            (cells.next(), cells.next(), cells.next(), cells.next())
        else {
            continue;
        };
        if ELSEWHERE.contains(&id) {
            continue;
        }
        let kind = match kind {
            "self" => Kind::Own,
            "principal" => Kind::Other,
            "new-passrole" => Kind::Pass,
            "existing-workload" => Kind::Workload,
            "identity-provider" => Kind::Provider,
            _ => Kind::Guardrail,
        };
        let Some(actions) = actions.split(';').map(|a| table.id(a)).collect::<Option<Vec<_>>>() else { continue };
        let named = |part: &str| id.starts_with(part);
        found.push(Primitive {
            id,
            kind,
            actions,
            service: (!service.is_empty()).then(|| service.to_owned()),
            on_role: kind == Kind::Pass || named("role-") || named("trust-"),
            on_policy: named("pol-"),
            on_group: named("group-"),
            changes: kind == Kind::Other,
            // Joining a group or going back to an older version gives what is there, no more.
            gives_all: match kind {
                Kind::Own => !matches!(id, "group-join" | "pol-switch-default"),
                Kind::Other => id.contains('+'),
                _ => false,
            },
        });
    }
    found
}
