//! The order of evaluation: which layer says what, and what follows.
//!
//! Source: IAM User Guide, "Policy evaluation logic", "Permissions boundaries for IAM entities", "Cross-account policy evaluation
//! logic"; AWS Organizations User Guide, "SCP evaluation", "RCP evaluation"; AWS KMS Developer Guide, "Key policies".

use serde::Serialize;

use crate::actions::ActionTable;
use crate::caller::{Caller, Grant};
use crate::compile::{Action, Compiled, Policy, Target};
use crate::context::Context;
use crate::document::{Effect, Listed, PrincipalEntry};
use crate::truth::Truth;

/// A layer of policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// The caller's own and its groups' policies.
    Identity,
    /// The resource's policy; trust policies and key policies are such.
    Resource,
    /// The permission boundary.
    Boundary,
    /// Service control policies.
    Scp,
    /// Resource control policies.
    Rcp,
    /// The session policy.
    Session,
    /// The policy of the VPC endpoint.
    Endpoint,
}

/// A policy under its name.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Its name, for citations.
    pub name: &'a str,
    /// The policy.
    pub policy: &'a Policy,
}

/// All policies that a request meets. None means that the layer does not exist, an empty list that nothing allows.
#[derive(Debug, Clone, Default)]
pub struct Layers<'a> {
    /// Identity policies.
    pub identity: Vec<Named<'a>>,
    /// Resource policies.
    pub resource: Option<Vec<Named<'a>>>,
    /// Permission boundaries.
    pub boundary: Option<Vec<Named<'a>>>,
    /// SCPs by level of the organization.
    pub scp: Option<Vec<Vec<Named<'a>>>>,
    /// RCPs by level; RCPFullAWSAccess is implied.
    pub rcp: Option<Vec<Vec<Named<'a>>>>,
    /// Session policies.
    pub session: Option<Vec<Named<'a>>>,
    /// Endpoint policies.
    pub endpoint: Option<Vec<Named<'a>>>,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// Who asks.
    pub caller: &'a Caller,
    /// What for.
    pub action: &'a Action,
    /// On what.
    pub target: &'a Target,
    /// The account that owns the resource, when the resource's ARN does not tell.
    pub resource_account: Option<&'a str>,
    /// What is open counts against the caller: an Allow that covers a part of the target does not count, a Deny does.
    pub strict: bool,
}

/// The decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Allowed.
    Allow,
    /// A Deny says so.
    ExplicitDeny,
    /// Nothing allows it.
    ImplicitDeny,
    /// It depends on what is not known.
    Conditional,
}

/// A statement that had a say.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// Its layer.
    pub layer: Layer,
    /// Its policy's name.
    pub policy: &'a str,
    /// The statement.
    pub statement: &'a Compiled,
    /// Whether it applies.
    pub truth: Truth,
}

/// The decision, and why.
#[derive(Debug, Clone)]
pub struct Verdict<'a> {
    /// The decision.
    pub decision: Decision,
    /// The statement that decided; for an implicit deny none.
    pub by: Option<Said<'a>>,
    /// The layer that decided: of the statement, or the one that lacks an Allow.
    pub layer: Option<Layer>,
    /// The statements of which it is not known whether they apply, and that matter.
    pub open: Vec<Said<'a>>,
    /// The statement that would allow, and the one that would deny, when the decision is conditional.
    pub either: [Option<Said<'a>>; 2],
}

impl Verdict<'_> {
    /// Puts a decision in place of a conditional one, with the statement that makes it.
    pub(crate) fn settle(&mut self, decision: Decision) {
        let [allow, deny] = self.either;
        self.decision = decision;
        self.by = match decision {
            Decision::Allow => allow,
            Decision::ExplicitDeny => deny,
            _ => None,
        };
        self.layer = self.by.or(deny).or(allow).map(|said| said.layer);
        self.open.clear();
    }
}

/// What a layer says: the best Allow and the best Deny.
#[derive(Debug, Clone, Copy, Default)]
struct Says<'a> {
    allow: Option<Said<'a>>,
    deny: Option<Said<'a>>,
}

fn truth(said: Option<Said<'_>>) -> Truth {
    said.map_or(Truth::False, |s| s.truth)
}

fn better<'a>(slot: &mut Option<Said<'a>>, said: Said<'a>) {
    if said.truth > truth(*slot) {
        *slot = Some(said);
    }
}

/// The evaluation of one question against all layers.
pub struct Evaluation<'a, 'q> {
    question: &'q Question<'q>,
    context: &'q dyn Context,
    open: Vec<Said<'a>>,
}

impl<'a, 'q> Evaluation<'a, 'q> {
    /// Decides a question.
    pub fn decide(
        layers: &Layers<'a>,
        question: &'q Question<'q>,
        context: &'q dyn Context,
        table: &ActionTable,
    ) -> Verdict<'a> {
        Evaluation { question, context, open: Vec::new() }.run(layers, table)
    }

    /// Whether a statement applies, principals aside.
    fn applies(&self, statement: &Compiled) -> Truth {
        if !statement.speaks_of(self.question.action) {
            return Truth::False;
        }
        let covers = statement.covers(self.question.target, self.context);
        if !covers.possible() {
            return Truth::False;
        }
        let truth = covers.and(statement.holds(self.context));
        if truth == Truth::Unknown && self.question.strict { Truth::from(!statement.allows()) } else { truth }
    }

    /// How a statement means the caller.
    fn meant(&self, principals: &Listed<PrincipalEntry>, effect: Effect, bounded: bool) -> Vec<(Grant, Truth)> {
        self.question.caller.meant(principals, effect, bounded, self.question.strict)
    }

    fn layer(&mut self, layer: Layer, policies: &[Named<'a>], bounded: bool) -> Says<'a> {
        let mut says = Says::default();
        for named in policies {
            for statement in &named.policy.statements {
                let mut truth = self.applies(statement);
                if let Some(principals) = &statement.source.principals {
                    let meant = self.meant(principals, statement.source.effect, bounded);
                    truth = truth.and(Truth::any(meant.into_iter().map(|(_, t)| t)));
                }
                let said = Said { layer, policy: named.name, statement, truth };
                self.note(said);
                better(if statement.allows() { &mut says.allow } else { &mut says.deny }, said);
            }
        }
        says
    }

    fn note(&mut self, said: Said<'a>) {
        if said.truth == Truth::Unknown {
            self.open.push(said);
        }
    }

    /// The grants of the resource's policy by how they reach the caller, and its Deny.
    fn resource(&mut self, policies: &[Named<'a>], bounded: bool) -> ([Option<Said<'a>>; 3], Option<Said<'a>>) {
        let mut grants = [None; 3];
        let mut deny = None;
        for named in policies {
            for statement in &named.policy.statements {
                let applies = self.applies(statement);
                if !applies.possible() {
                    continue;
                }
                let meant = match &statement.source.principals {
                    Some(principals) => self.meant(principals, statement.source.effect, bounded),
                    // AWS takes no resource policy without a principal: whom it means is not known.
                    None => vec![(Grant::Direct, Truth::Unknown)],
                };
                let mut noted = false;
                for (grant, truth) in meant {
                    let said =
                        Said { layer: Layer::Resource, policy: named.name, statement, truth: applies.and(truth) };
                    if !noted {
                        self.note(said);
                        noted = true;
                    }
                    match statement.source.effect {
                        Effect::Allow => better(&mut grants[grant as usize], said),
                        Effect::Deny => better(&mut deny, said),
                    }
                }
            }
        }
        (grants, deny)
    }

    fn run(mut self, layers: &Layers<'a>, table: &ActionTable) -> Verdict<'a> {
        let Question { caller, action, target, resource_account, .. } = *self.question;
        // "No permissions are required to perform this operation", and a Deny does nothing: API reference of STS.
        if action.is("sts:getcalleridentity") {
            return Verdict { decision: Decision::Allow, by: None, layer: None, open: Vec::new(), either: [None; 2] };
        }
        let outsider = matches!(caller, Caller::Service(_) | Caller::Anonymous | Caller::Federated(_));
        let root = matches!(caller, Caller::Root { .. });
        let linked = caller.is_service_linked();

        let bounded = layers.boundary.is_some();
        let identity =
            if outsider || root { Says::default() } else { self.layer(Layer::Identity, &layers.identity, bounded) };
        let (grants, resource_deny) = match &layers.resource {
            Some(policies) => self.resource(policies, bounded),
            None => ([None; 3], None),
        };
        let boundary = layers.boundary.as_ref().map(|p| self.layer(Layer::Boundary, p, bounded));
        let free_of_scps = matches!(caller, Caller::Service(_) | Caller::Anonymous) || linked;
        let scps: Vec<Says<'_>> = match &layers.scp {
            Some(levels) if !free_of_scps => {
                levels.iter().map(|level| self.layer(Layer::Scp, level, bounded)).collect()
            }
            _ => Vec::new(),
        };
        let rcp_binds = !linked && table.honours_rcp(&action.service()) && !action.is("kms:retiregrant");
        let mut rcp_deny = None;
        if let (Some(levels), true) = (&layers.rcp, rcp_binds) {
            for level in levels {
                // An RCP's Allow only repeats what is implied.
                let before = self.open.len();
                let says = self.layer(Layer::Rcp, level, bounded);
                let kept = self.open.split_off(before).into_iter().filter(|said| !said.statement.allows());
                self.open.extend(kept);
                if let Some(said) = says.deny {
                    better(&mut rcp_deny, said);
                }
            }
        }
        let session = layers.session.as_ref().map(|p| self.layer(Layer::Session, p, bounded));
        let endpoint = layers.endpoint.as_ref().map(|p| self.layer(Layer::Endpoint, p, bounded));

        let denies = [identity.deny, resource_deny, boundary.and_then(|s| s.deny)]
            .into_iter()
            .chain(scps.iter().map(|s| s.deny))
            .chain([rcp_deny, session.and_then(|s| s.deny), endpoint.and_then(|s| s.deny)]);
        let mut deny = None;
        for said in denies.flatten() {
            better(&mut deny, said);
        }

        // What must allow.
        let allow_of = |says: Option<Says<'a>>| says.map_or(Truth::True, |s| truth(s.allow));
        let (boundary_ok, session_ok) = (allow_of(boundary), allow_of(session));
        let identity_ok = if root { Truth::True } else { truth(identity.allow) };
        let local = identity_ok.and(boundary_ok).and(session_ok);
        let [account, role, direct] = [Grant::Account, Grant::Role, Grant::Direct].map(|g| truth(grants[g as usize]));
        let capped_role = role.and(boundary_ok).and(session_ok);
        let owner = resource_account.or_else(|| account_in(target.text())).or(caller.account());
        let same = owner == caller.account();
        let asks_grant = wants_grant(action, target);
        let core = if outsider {
            direct
        } else if !same {
            account.or(role).or(direct).and(local)
        } else if asks_grant {
            direct.or(capped_role).or(account.and(local))
        } else {
            direct.or(capped_role).or(local)
        };
        let core = if action.is("sts:getsessiontoken") { Truth::True } else { core };
        let scp_ok = Truth::all(scps.iter().map(|s| truth(s.allow)));
        let endpoint_ok = allow_of(endpoint);
        let allowed = if action.is("sts:getsessiontoken") { core } else { core.and(scp_ok).and(endpoint_ok) };

        if let Some(said) = deny.filter(|said| said.truth.certain()) {
            return Verdict {
                decision: Decision::ExplicitDeny,
                by: Some(said),
                layer: Some(said.layer),
                open: Vec::new(),
                either: [None; 2],
            };
        }
        if !allowed.possible() {
            let lacks = |truth: Truth| !truth.possible();
            let grant = account.or(role).or(direct);
            let layer = if lacks(scp_ok) {
                Layer::Scp
            } else if outsider || (asks_grant && lacks(grant)) {
                if lacks(endpoint_ok) && !lacks(core) { Layer::Endpoint } else { Layer::Resource }
            } else if lacks(identity_ok)
                && lacks(capped_role.or(if same { direct } else { Truth::False }))
                && lacks(if same { role } else { Truth::False })
            {
                Layer::Identity
            } else if lacks(boundary_ok) && lacks(direct.and(same.into())) {
                Layer::Boundary
            } else if lacks(session_ok) && lacks(direct.and(same.into())) {
                Layer::Session
            } else if lacks(core) {
                Layer::Resource
            } else {
                Layer::Endpoint
            };
            return Verdict {
                decision: Decision::ImplicitDeny,
                by: None,
                layer: Some(layer),
                open: Vec::new(),
                either: [None; 2],
            };
        }
        if allowed.certain() && deny.is_none() {
            let by = [identity.allow, grants[2], grants[1], grants[0]]
                .into_iter()
                .flatten()
                .find(|said| said.truth.certain());
            let by = if same && !asks_grant {
                by
            } else {
                grants[2].or(grants[1]).or(grants[0]).filter(|s| s.truth.certain()).or(by)
            };
            return Verdict {
                decision: Decision::Allow,
                by,
                layer: by.map(|said| said.layer),
                open: Vec::new(),
                either: [None; 2],
            };
        }
        let allow =
            [grants[2], grants[1], grants[0], identity.allow].into_iter().flatten().max_by_key(|said| said.truth);
        let by = deny.or_else(|| self.open.first().copied());
        let layer = by.map(|said| said.layer);
        Verdict { decision: Decision::Conditional, by, layer, open: self.open, either: [allow, deny] }
    }
}

/// Whether the resource's own policy must grant, in its account too: trust policies and key policies.
pub(crate) fn wants_grant(action: &Action, target: &Target) -> bool {
    let name = action.name.to_ascii_lowercase();
    let role =
        name.starts_with("sts:assumerole") || matches!(name.as_str(), "sts:tagsession" | "sts:setsourceidentity");
    (role && target.text().contains(":role/")) || (name.starts_with("kms:") && target.text().contains(":key/"))
}

/// The account in a resource's ARN, if it tells one.
pub(crate) fn account_in(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| crate::document::is_account_id(account))
}
