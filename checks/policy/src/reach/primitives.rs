//! Ways to more privilege, as data: `data/primitives.txt`.

use crate::actions::{ActionId, ActionTable};

/// What a way to more privilege does, which decides how it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Changes the actor's own policies.
    Own(Own),
    /// Takes another principal, or strengthens and takes it.
    Take(Take),
    /// Joins a group that has more.
    Join,
    /// Puts an older version of a policy in force.
    Switch,
    /// Lifts what caps the actor.
    Lift,
    /// Runs code as a role that is passed to a service.
    Pass,
    /// Rides on a workload that holds a role.
    Ride,
    /// Changes whom a SAML provider vouches for.
    Saml,
    /// Changes whom an OpenID Connect provider vouches for.
    Oidc,
    /// Gets rights in other accounts of the organization, from its management account or one that administers for it.
    Organization,
    /// What it leads to is not told by principals and policies.
    Unjudged,
}

/// What the actor changes to get more itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Own {
    /// Its own policies, the actor being a user.
    User,
    /// Its own policies, the actor being a role.
    Role,
    /// A customer managed policy that it holds.
    Policy,
    /// A group that it is in.
    Group,
}

/// How another principal is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Take {
    /// A user, by its credentials.
    User,
    /// A role, by its trust policy.
    Role,
    /// A role that is strengthened, and trusts the actor already.
    Assumed,
    /// A role of which a managed policy is rewritten, and that trusts the actor already.
    PolicyAssumed,
    /// A role of which a managed policy and the trust policy are rewritten.
    PolicyRole,
}

/// A way to more privilege.
#[derive(Debug, Clone)]
pub(crate) struct Primitive {
    pub(crate) id: &'static str,
    pub(crate) kind: Kind,
    /// All of them are needed.
    pub(crate) actions: Vec<ActionId>,
    /// The service that the role is passed to.
    pub(crate) service: Option<&'static str>,
    /// The target can be given every right that its boundary leaves.
    pub(crate) gives_all: bool,
    /// What else must be there, and policies do not tell: it is possible, never certain.
    pub(crate) needs: Option<&'static str>,
    /// Which of the actions of all primitives it needs, by their place among them; a trust policy may do without
    /// `sts:AssumeRole`.
    pub(crate) mask: Vec<u64>,
}

impl Primitive {
    /// Whether the target must trust the actor as it is.
    pub(crate) fn is_by_trust(&self) -> bool {
        matches!(self.kind, Kind::Take(Take::Assumed | Take::PolicyAssumed))
    }
}

/// Told by trust policies themselves.
const BY_TRUST: [&str; 3] = ["assume", "assume-web", "assume-saml"];

/// Services for which a way is general knowledge, with no published source, and nobody has verified it here.
const UNVERIFIED: &str = "that the service runs what the actor wants as the role is not verified";

const TABLE: &str = include_str!("../../data/primitives.txt");

/// The day of the table: what was published later is not in it.
#[must_use]
pub fn date() -> &'static str {
    TABLE.split("Read on ").nth(1).and_then(|rest| rest.get(..10)).unwrap_or_default()
}

/// How many ways the table has.
#[must_use]
pub fn count() -> usize {
    TABLE.lines().filter(|line| !line.starts_with('#')).count()
}

/// The table, and the ids that the action list has no action for.
pub(crate) fn all(table: &ActionTable) -> (Vec<Primitive>, Vec<&'static str>) {
    let (mut found, mut lacking) = (Vec::new(), Vec::new());
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&'static str> = line.split('|').collect();
        let [id, group, actions, service, source, needs] = cells[..] else { continue };
        if BY_TRUST.contains(&id) {
            continue;
        }
        let Some(actions) = actions.split(';').map(|a| table.id(a)).collect::<Option<Vec<_>>>() else {
            lacking.push(id);
            continue;
        };
        let kind = kind(id, group, service);
        let unverified = source == "general" && kind == Kind::Pass;
        found.push(Primitive {
            id,
            kind,
            actions,
            service: (!service.is_empty()).then_some(service),
            gives_all: matches!(kind, Kind::Own(_) | Kind::Take(_)) && (group == "self" || id.contains('+')),
            needs: (!needs.is_empty()).then_some(needs).or(unverified.then_some(UNVERIFIED)),
            mask: Vec::new(),
        });
    }
    (found, lacking)
}

fn kind(id: &str, group: &str, service: &str) -> Kind {
    let starts = |part: &str| id.starts_with(part);
    match (group, id) {
        ("self", "group-join") => Kind::Join,
        ("self", "pol-switch-default") => Kind::Switch,
        ("self", _) if starts("pol-") => Kind::Own(Own::Policy),
        ("self", _) if starts("group-") => Kind::Own(Own::Group),
        ("self", _) if starts("role-") => Kind::Own(Own::Role),
        ("self", _) => Kind::Own(Own::User),
        // Credentials of a few services only, of little use.
        ("principal", "svc-cred-create") => Kind::Unjudged,
        ("principal", "pol-version+assume") => Kind::Take(Take::PolicyAssumed),
        ("principal", "pol-version+trust") => Kind::Take(Take::PolicyRole),
        ("principal", _) if id.ends_with("+assume") => Kind::Take(Take::Assumed),
        ("principal", _) if starts("role-") || starts("trust-") => Kind::Take(Take::Role),
        ("principal", _) => Kind::Take(Take::User),
        ("guardrail-removal", _) if starts("role-") || starts("user-") || id == "group-leave" => Kind::Lift,
        ("identity-provider", _) if starts("saml-") => Kind::Saml,
        ("identity-provider", _) if starts("oidc-") => Kind::Oidc,
        ("new-passrole", _) | ("identity-provider", "rolesanywhere" | "cognito-pool-roles") => Kind::Pass,
        ("organization", _) => Kind::Organization,
        ("existing-workload", _) if !service.is_empty() => Kind::Ride,
        _ => Kind::Unjudged,
    }
}
