//! What leads to administrator rights, judged by the slow evaluator: every question asked anew, under several guesses at the unknown.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use kickoff_policy::reach::CORE;
use serde_json::{Map, Value, json};

use crate::reference::generate::Random;
use crate::reference::{Decision, decide_one};
use crate::world::{ADMINISTRATOR_ACCESS, Account, Entity, NOW, World, allow, documents};

/// Guesses at the unknown keys, beside the one that lacks them all.
const GUESSES: usize = 5;
/// Of an administrator also something outside IAM is asked: of each service that the generator leaves out somewhere.
const BESIDE: [(&str, &str); 5] = [
    ("s3:DeleteBucket", "arn:aws:s3:::zq"),
    ("kms:DeleteAlias", "arn:aws:kms:us-east-1:111122223333:alias/zq"),
    ("lambda:DeleteFunction", "arn:aws:lambda:us-east-1:111122223333:function:zq"),
    ("cloudtrail:StopLogging", "arn:aws:cloudtrail:us-east-1:111122223333:trail/zq"),
    ("iam:DeleteUser", "arn:aws:iam::111122223333:user/zq"),
];

const ELSEWHERE: &str = "IAM acts in the caller's own account only";

/// A way that leads straight to administrator rights.
#[derive(Debug)]
pub struct Way {
    pub from: String,
    pub primitive: &'static str,
    pub to: String,
}

/// A principal with what it holds, ready to be asked about.
pub struct Actor<'w> {
    account: &'w Account,
    entity: &'w Entity,
    arn: String,
    policies: Value,
    contexts: Vec<Map<String, Value>>,
    /// The patterns of its Allow statements, and whether they are those left out: who does not name an action is not asked about it.
    names: Vec<(bool, Vec<String>)>,
    /// Whether its own policies deny anything.
    denies: bool,
    /// What was asked of its own policies.
    asked: RefCell<HashMap<(String, String), bool>>,
}

pub struct Judge<'w> {
    world: &'w World,
    actors: BTreeMap<String, Actor<'w>>,
    administrators: Vec<String>,
    /// Those who would be administrators, had they an Allow of everything.
    strong: Vec<String>,
    /// Which calls a primitive needs, and the service that it passes a role to.
    primitives: BTreeMap<&'static str, (Vec<&'static str>, &'static str)>,
}

fn primitives() -> BTreeMap<&'static str, (Vec<&'static str>, &'static str)> {
    let lines = include_str!("../../data/primitives.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('|').collect();
            (cells[0], (cells[2].split(';').collect(), cells[3]))
        })
        .collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// Whether a pattern with stars matches.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices().map(|(at, _)| &rest[at..]).chain([""]).any(|rest| fits(after, rest))
        }),
    }
}

/// Leaves the Allow statements that except no resource.
fn only_grants(document: &mut Value) {
    let statements = list(&document["Statement"]).iter();
    let kept = statements.filter(|s| s["Effect"] == "Allow" && s["NotResource"].is_null());
    document["Statement"] = kept.cloned().collect();
}

/// Values for what is not known of a request.
fn guess(random: &mut Random, e: &Entity) -> Map<String, Value> {
    let mut out = Map::new();
    let mut put = |key: &str, values: &[&str]| {
        if random.chance(70) {
            out.insert(key.to_owned(), json!(*random.pick(values)));
        }
    };
    put("aws:MultiFactorAuthPresent", &["true", "false"]);
    put("aws:SourceIp", &["10.1.2.3", "203.0.113.7"]);
    put("sts:ExternalId", &["x1", "x2"]);
    put("aws:PrincipalOrgID", &["o-1", "o-2"]);
    put("aws:ResourceTag/team", &["payments", "search"]);
    if !e.user {
        // A session may bring tags of its own.
        put("aws:PrincipalTag/team", &["payments", "search"]);
    }
    out
}

impl<'w> Actor<'w> {
    fn new(world: &'w World, account: &'w Account, entity: &'w Entity, random: &mut Random) -> Actor<'w> {
        let held: Vec<Value> = documents(account, entity).into_iter().map(|(_, d)| d).collect();
        let mut policies = json!({ "identity": held });
        if let Some(arn) = &entity.boundary {
            policies["boundary"] = account.policy(arn).versions[0].clone();
        }
        if let Some(levels) = &world.scp {
            policies["scp"] = levels.iter().map(|level| json!({ "policies": level })).collect();
        }
        let mut contexts = vec![Map::new()];
        contexts.extend((0..GUESSES).map(|_| guess(random, entity)));
        for context in &mut contexts {
            let mut put = |key: &str, value: &str| drop(context.insert(key.to_owned(), json!(value)));
            put("aws:PrincipalArn", &entity.arn());
            put("aws:PrincipalAccount", &entity.account);
            put("aws:PrincipalType", if entity.user { "User" } else { "AssumedRole" });
            put("aws:CurrentTime", NOW);
            put("aws:SecureTransport", "true");
            if entity.user {
                put("aws:username", &entity.name);
                entity.tags.iter().for_each(|(key, value)| put(&format!("aws:PrincipalTag/{key}"), value));
            } else {
                put("aws:TokenIssueTime", NOW);
            }
        }
        let denies = held.iter().flat_map(|d| list(&d["Statement"])).any(|s| s["Effect"] == "Deny");
        let names = held.iter().flat_map(|d| list(&d["Statement"])).filter(|s| s["Effect"] == "Allow").map(|s| {
            let not = !s["NotAction"].is_null();
            let patterns = list(&s[if not { "NotAction" } else { "Action" }]);
            (not, patterns.iter().filter_map(|p| p.as_str()).map(str::to_lowercase).collect())
        });
        let names = names.collect();
        Actor { account, entity, arn: entity.arn(), policies, contexts, names, denies, asked: RefCell::default() }
    }

    /// Allowed on a resource whatever the unknown keys are.
    fn may(&self, action: &str, resource: &str) -> bool {
        let key = (action.to_owned(), resource.to_owned());
        if let Some(known) = self.asked.borrow().get(&key) {
            return *known;
        }
        let may = self.speaks_of(action) && self.may_under(&self.policies, action, resource);
        self.asked.borrow_mut().insert(key, may);
        may
    }

    fn may_under(&self, policies: &Value, action: &str, resource: &str) -> bool {
        self.ask(policies, action, resource, &[]).all(|decision| decision == Decision::Allow)
    }

    fn ask(
        &self,
        policies: &Value,
        action: &str,
        resource: &str,
        given: &[(&str, &str)],
    ) -> impl Iterator<Item = Decision> {
        let attaches = action.starts_with("iam:Attach");
        self.contexts.iter().map(move |context| {
            let mut context = context.clone();
            given.iter().for_each(|(key, value)| drop(context.insert((*key).to_owned(), json!(value))));
            if attaches {
                context.insert("iam:PolicyARN".to_owned(), json!(ADMINISTRATOR_ACCESS));
            }
            let request = json!({ "principal": self.arn, "action": action, "resource": resource, "context": context });
            decide_one(policies, &request)
        })
    }

    fn speaks_of(&self, action: &str) -> bool {
        let action = action.to_lowercase();
        self.names.iter().any(|(not, patterns)| patterns.iter().any(|p| fits(p, &action)) != *not)
    }

    /// With these identity policies: whether it is an administrator, whatever the unknown keys are.
    fn is_administrator_with(&self, identity: Value) -> bool {
        let mut policies = self.policies.clone();
        policies["identity"] = identity;
        self.is_administrator_under(&policies)
    }

    fn with_everything(&self) -> bool {
        if self.policies["boundary"].is_null() && self.policies["scp"].is_null() && !self.denies {
            return true;
        }
        let mut identity = self.policies["identity"].clone();
        identity.as_array_mut().unwrap().push(allow(&["*"], "*"));
        self.is_administrator_with(identity)
    }

    fn core_under(&self, policies: &Value) -> bool {
        let number = &self.entity.account;
        CORE.iter().all(|action| {
            let kind = match *action {
                "iam:CreatePolicyVersion" => "policy",
                action if action.contains("User") || action.contains("AccessKey") => "user",
                _ => "role",
            };
            self.may_under(policies, action, &format!("arn:aws:iam::{number}:{kind}/zq"))
        })
    }

    /// All of the core, and grants of everything else: a Deny beside the core makes no difference, nor does an Allow with exceptions.
    fn is_administrator_under(&self, policies: &Value) -> bool {
        self.core_under(policies) && {
            let mut grants = policies.clone();
            grants["identity"].as_array_mut().into_iter().flatten().for_each(only_grants);
            grants.get_mut("boundary").into_iter().for_each(only_grants);
            let levels = grants["scp"].as_array_mut().into_iter().flatten();
            levels.flat_map(|l| l["policies"].as_array_mut()).flatten().for_each(only_grants);
            BESIDE.iter().all(|(action, resource)| {
                let resource = resource.replace("111122223333", &self.entity.account);
                self.may_under(&grants, action, &resource)
            })
        }
    }

    /// Whether anybody can act as it: a service-linked role serves its service alone.
    fn acts(&self) -> bool {
        !self.entity.is_service_linked()
    }
}

impl<'w> Judge<'w> {
    pub fn new(world: &'w World, seed: u64) -> Judge<'w> {
        let mut random = Random::new(seed);
        let actors: BTreeMap<String, Actor<'w>> =
            world.entities().map(|(account, e)| (e.arn(), Actor::new(world, account, e, &mut random))).collect();
        let administrators = actors.values().filter(|a| CORE.iter().all(|action| a.speaks_of(action)));
        let administrators = administrators.filter(|a| a.is_administrator_under(&a.policies));
        let administrators = administrators.map(|a| a.arn.clone()).collect();
        let strong = actors.values().filter(|a| a.with_everything()).map(|a| a.arn.clone()).collect();
        Judge { world, actors, administrators, strong, primitives: primitives() }
    }

    /// The administrators beyond doubt.
    pub fn administrators(&self) -> &[String] {
        &self.administrators
    }

    fn is_administrator(&self, arn: &str) -> bool {
        self.administrators.iter().any(|a| a == arn)
    }

    fn is_strong(&self, arn: &str) -> bool {
        self.strong.iter().any(|a| a == arn)
    }

    /// Why a claimed administrator is none. Denials of one resource and no more it could lift alone.
    pub fn refute_administrator(&self, arn: &str) -> Option<String> {
        let actor = &self.actors[arn];
        (!actor.core_under(&actor.policies)).then(|| "an action of the core is not allowed everywhere".to_owned())
    }

    /// Whether a principal lets itself be assumed by another, beyond doubt.
    fn assumes(&self, from: &Actor<'_>, to: &Actor<'_>) -> bool {
        if to.entity.user || to.entity.is_service_linked() {
            return false;
        }
        // AWS does not support NotPrincipal with Allow: what an old one grants is not beyond doubt.
        let supported = |s: &&Value| s["Effect"] == "Deny" || s["NotPrincipal"].is_null();
        let trust: Value = list(&to.entity.trust["Statement"]).iter().filter(supported).cloned().collect();
        let mut policies = from.policies.clone();
        policies["resource"] = json!([{ "Version": "2012-10-17", "Statement": trust }]);
        from.may_under(&policies, "sts:AssumeRole", &to.arn)
    }

    fn trusts(&self, to: &Actor<'_>, service: &str) -> bool {
        // Whether a star is a service too may be left open: it must be named.
        let named =
            |s: &&Value| s["Effect"] == "Deny" || list(&s["Principal"]["Service"]).iter().any(|name| name == service);
        let trust: Value = list(&to.entity.trust["Statement"]).iter().filter(named).cloned().collect();
        let policies = json!({ "resource": [{ "Version": "2012-10-17", "Statement": trust }] });
        !to.entity.user
            && to.contexts.iter().all(|context| {
                let mut asked = context.clone();
                // Of a service's own request nothing is known that is known of a principal.
                asked.retain(|key, _| {
                    !key.starts_with("aws:Principal") && key != "aws:username" && key != "aws:TokenIssueTime"
                });
                let request =
                    json!({ "principal": service, "action": "sts:AssumeRole", "resource": to.arn, "context": asked });
                decide_one(&policies, &request) == Decision::Allow
            })
    }

    /// Whether all calls of one service can be made on one resource of it.
    fn starts(from: &Actor<'_>, calls: &[&str]) -> bool {
        let number = &from.entity.account;
        let mut services: Vec<&str> = calls.iter().filter_map(|c| c.split(':').next()).collect();
        services.sort_unstable();
        services.dedup();
        services.iter().all(|service| {
            let own: Vec<&&str> = calls.iter().filter(|c| c.split(':').next() == Some(service)).collect();
            let on = |kind: &str| {
                let arn = format!("arn:aws:{service}:us-east-1:{number}:{kind}");
                own.iter().all(|call| from.may(call, &arn))
            };
            match *service {
                "lambda" => ["app-1", "ops-1", "zq"].iter().any(|name| on(&format!("function:{name}"))),
                // A launch is asked about everything that it needs.
                "ec2" => ["instance/*", "network-interface/*", "volume/*", "subnet/zq", "security-group/zq"]
                    .iter()
                    .all(|k| on(k)),
                _ => on("any/zq"),
            }
        })
    }

    /// Why a role cannot be passed beyond doubt, or code started with it.
    fn passes(&self, from: &Actor<'_>, to: &Actor<'_>, primitive: &str) -> Result<(), &'static str> {
        let (calls, service) = self.primitives.get(primitive).ok_or("no such primitive")?;
        if from.entity.account != to.entity.account {
            return Err(ELSEWHERE);
        }
        let rest: Vec<&str> = calls.iter().copied().filter(|c| *c != "iam:PassRole").collect();
        let given = [("iam:PassedToService", *service)];
        let spoken = calls.iter().all(|call| from.speaks_of(call)) && !to.entity.user && !to.entity.is_service_linked();
        if !spoken || from.ask(&from.policies, "iam:PassRole", &to.arn, &given).any(|d| d != Decision::Allow) {
            return Err("the role cannot be passed");
        }
        if !self.trusts(to, service) {
            return Err("the role does not trust the service");
        }
        let own = format!("arn:aws:iam::{}:instance-profile/zq", from.entity.account);
        let profile =
            || ["iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"].iter().all(|call| from.may(call, &own));
        let launches = primitive.starts_with("pass-ec2") || primitive.starts_with("pass-asg");
        if launches && !to.entity.profile && !profile() {
            return Err("no instance profile holds the role");
        }
        if Self::starts(from, &rest) { Ok(()) } else { Err("no one resource allows the calls that start it") }
    }

    /// Why a principal cannot take or strengthen another beyond doubt, by all calls on the one target.
    fn takes(&self, from: &Actor<'_>, to: &Actor<'_>, primitive: &str) -> Result<(), &'static str> {
        let (calls, _) = self.primitives.get(primitive).ok_or("no such primitive")?;
        if from.entity.account != to.entity.account {
            return Err(ELSEWHERE);
        }
        if let Some(rest) = primitive.strip_prefix("pol-version+") {
            let own = to.entity.attached.iter().filter(|arn| arn.contains(&format!("::{}:policy/", to.entity.account)));
            let rewrites = own.into_iter().any(|arn| from.may("iam:CreatePolicyVersion", arn));
            let taken = match rest {
                "assume" => self.assumes(from, to),
                _ => from.may("iam:UpdateAssumeRolePolicy", &to.arn),
            };
            let free = !to.entity.user && !to.entity.is_service_linked();
            return if rewrites && taken && free { Ok(()) } else { Err("a call is not allowed") };
        }
        let on_role = primitive.starts_with("role-") || primitive.starts_with("trust-");
        if to.entity.user == on_role || to.entity.is_service_linked() {
            return Err("it cannot be changed");
        }
        let iam = |call: &&&str| **call != "sts:AssumeRole";
        if !calls.iter().filter(iam).all(|call| from.speaks_of(call) && from.may(call, &to.arn)) {
            return Err("a call is not allowed");
        }
        if calls.contains(&"sts:AssumeRole") && !self.assumes(from, to) {
            return Err("the role cannot be assumed");
        }
        Ok(())
    }

    /// Whether a principal gives itself all rights, beyond doubt.
    fn lifts(&self, from: &Actor<'_>, primitive: &str) -> bool {
        let Some((calls, _)) = self.primitives.get(primitive) else { return false };
        let (account, e, call) = (from.account, from.entity, calls[0]);
        if !from.speaks_of(call) {
            return false;
        }
        let held = documents(account, e);
        let own = || held.iter().filter(|(arn, _)| arn.contains(&format!("::{}:policy/", e.account)));
        // A new version takes the place of the old one, whatever that denied.
        let replaced = |arn: &str, by: &Value| -> Value {
            let one = |(name, d): &(String, Value)| if name == arn { by.clone() } else { d.clone() };
            held.iter().map(one).collect()
        };
        let kind = primitive.split('-').next().unwrap_or_default();
        match (primitive, kind) {
            ("pol-new-version", _) => own()
                .any(|(arn, _)| from.may(call, arn) && from.is_administrator_with(replaced(arn, &allow(&["*"], "*")))),
            ("pol-switch-default", _) => own().any(|(arn, _)| {
                let others = &account.policy(arn).versions[1..];
                from.may(call, arn) && others.iter().any(|d| from.is_administrator_with(replaced(arn, d)))
            }),
            ("group-join", _) => account.groups.iter().any(|group| {
                let joined = Entity { groups: [e.groups.clone(), vec![group.name.clone()]].concat(), ..e.clone() };
                e.user
                    && !e.groups.contains(&group.name)
                    && from.may(call, &account.group_arn(&group.name))
                    && from.is_administrator_with(documents(account, &joined).into_iter().map(|(_, d)| d).collect())
            }),
            (_, "group") => e.groups.iter().any(|g| from.may(call, &account.group_arn(g))) && self.is_strong(&from.arn),
            (_, "user") => e.user && from.may(call, &from.arn) && self.is_strong(&from.arn),
            (_, "role") => !e.user && from.may(call, &from.arn) && self.is_strong(&from.arn),
            _ => false,
        }
    }

    /// Why a step that is claimed as certain is not.
    pub fn refute_step(&self, from: &str, to: &str, primitive: &str) -> Option<String> {
        let Some(from) = self.actors.get(from).filter(|a| a.acts()) else {
            return Some("nobody can act as it".to_owned());
        };
        self.refute_step_of(from, to, primitive)
    }

    /// The same of somebody who changed what it holds before.
    pub fn refute_step_of(&self, from: &Actor<'_>, to: &str, primitive: &str) -> Option<String> {
        let Some(to) = self.actors.get(to) else {
            return (!self.lifts(from, primitive)).then(|| "it does not give itself all rights".to_owned());
        };
        let backed = match primitive {
            "assume" if self.assumes(from, to) => Ok(()),
            "assume" => Err("trust and policies do not let it be assumed"),
            "svc-cred-create" => Err("such a credential opens one or two services, not the account"),
            _ if primitive.starts_with("pass-") => self.passes(from, to, primitive),
            _ => self.takes(from, to, primitive),
        };
        backed.err().map(str::to_owned)
    }

    /// A principal after a step that changes what it holds; none where this judge does not follow.
    ///
    /// The changed entity lives as long as the test.
    pub fn changed(&self, from: &str, to: &str, primitive: &str) -> Result<Option<Actor<'w>>, String> {
        let from = self.actors.get(from).ok_or("nobody can act as it")?;
        let (account, e) = (from.account, from.entity);
        let Some((calls, _)) = self.primitives.get(primitive) else { return Err("no such primitive".to_owned()) };
        let entity = match primitive {
            "group-join" => {
                let name = to.rsplit('/').next().unwrap_or_default().to_owned();
                if !from.may(calls[0], to) {
                    return Err("the group cannot be joined".to_owned());
                }
                Entity { groups: [e.groups.clone(), vec![name]].concat(), ..e.clone() }
            }
            "user-boundary-off" | "role-boundary-off" => {
                if !from.may(calls[0], &from.arn) {
                    return Err("the boundary cannot be taken off".to_owned());
                }
                Entity { boundary: None, ..e.clone() }
            }
            _ => return Ok(None),
        };
        let entity: &'w Entity = Box::leak(Box::new(entity));
        Ok(Some(Actor::new(self.world, account, entity, &mut Random::new(1))))
    }

    /// Why the last step of a path that is claimed as certain does not end at an administrator.
    pub fn refute_end(&self, to: &str, primitive: &str) -> Option<String> {
        let to = self.actors.get(to)?;
        let ends = if primitive.contains('+') { self.is_strong(&to.arn) } else { to.core_under(&to.policies) };
        (!ends).then(|| "what it ends at is no administrator beyond doubt".to_owned())
    }

    /// Every single step to administrator rights that needs no doubt.
    pub fn ways(&self) -> Vec<Way> {
        const OWN: [&str; 9] = [
            "user-attach",
            "user-inline",
            "role-attach",
            "role-inline",
            "pol-new-version",
            "pol-switch-default",
            "group-attach",
            "group-inline",
            "group-join",
        ];
        const TAKES: [&str; 4] = ["key-create", "login-create", "login-reset", "trust-rewrite"];
        const STRENGTHENS: [&str; 5] =
            ["user-attach+key", "user-inline+key", "role-attach+assume", "role-inline+trust", "role-attach+trust"];
        const PASSES: [&str; 4] = ["pass-lambda-invoke", "pass-ec2", "pass-cfn-stack", "pass-glue-devendpoint"];
        let mut ways = Vec::new();
        for from in self.actors.values().filter(|a| a.acts() && !self.is_administrator(&a.arn)) {
            let mut way = |primitive: &'static str, to: &str| {
                ways.push(Way { from: from.arn.clone(), primitive, to: to.to_owned() });
            };
            OWN.into_iter().filter(|id| self.lifts(from, id)).for_each(|id| way(id, "administrator"));
            for to in self.actors.values().filter(|to| to.arn != from.arn) {
                if self.is_administrator(&to.arn) {
                    if self.assumes(from, to) {
                        way("assume", &to.arn);
                    }
                    TAKES.into_iter().filter(|id| self.takes(from, to, id).is_ok()).for_each(|id| way(id, &to.arn));
                    PASSES.into_iter().filter(|id| self.passes(from, to, id).is_ok()).for_each(|id| way(id, &to.arn));
                }
                if self.is_strong(&to.arn) {
                    STRENGTHENS
                        .into_iter()
                        .filter(|id| self.takes(from, to, id).is_ok())
                        .for_each(|id| way(id, &to.arn));
                }
            }
        }
        ways
    }

    /// Some questions that [`kickoff_policy::estate::Estate::who_can`] answers too: whether all, some or none of the guesses allow.
    pub fn answers(&self, arn: &str, action: &str, resource: &str) -> (bool, bool) {
        let actor = &self.actors[arn];
        let decisions: Vec<Decision> = actor.ask(&actor.policies, action, resource, &[]).collect();
        let allows = |d: &Decision| *d == Decision::Allow;
        (decisions.iter().all(allows), decisions.iter().any(allows))
    }

    pub fn world(&self) -> &World {
        self.world
    }
}
