//! Random policies and requests out of so small a vocabulary that they meet often.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::themes::*;

/// `SplitMix64`.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// True so many times out of a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last + 1));
        }
    }
}

/// One set of policies and what is asked of it.
pub struct Item {
    pub policies: Value,
    pub requests: Vec<Request>,
}

pub struct Request {
    pub conditional: bool,
    pub request: Value,
}

pub fn item(seed: u64, requests: usize, conditional: usize) -> Item {
    let mut generator = Generator { random: Random::new(seed), theme: &TRUST, callers: Vec::new(), own: true };
    generator.theme = &THEMES[generator.random.below(THEMES.len())];
    generator.own = generator.random.chance(80);
    for _ in 0..3 {
        let callers: &[&str] = if generator.own { &IDENTITIES } else { &OTHERS };
        let caller = *generator.random.pick(callers);
        generator.callers.push(caller);
    }
    if generator.own && generator.random.chance(15) {
        let linked = *generator.random.pick(&LINKED);
        generator.callers.push(linked);
    }
    let policies = generator.policies();
    let mentioned = mentioned(&policies);
    let requests = (0..requests).map(|_| {
        let conditional = generator.random.chance(conditional);
        Request { conditional, request: generator.request(conditional, &mentioned) }
    });
    Item { requests: requests.collect(), policies }
}

/// The keys that policies ask for or substitute.
fn mentioned(policies: &Value) -> Vec<&'static Key> {
    let text = policies.to_string().to_lowercase();
    KEYS.iter().filter(|key| text.contains(&key.name.to_lowercase())).collect()
}

/// What each unknown key of a conditional question may be.
pub fn domain(policies: &Value, request: &Value) -> BTreeMap<String, Vec<Option<Value>>> {
    let unknown = mentioned(policies).into_iter().filter(|key| request["context"].get(key.name).is_none());
    unknown
        .map(|key| {
            let mut values: Vec<_> = key.values.iter().map(|value| json!(value)).collect();
            // AWS sets it to nothing else, and the engine may rely on that.
            if key.name == "aws:MultiFactorAuthPresent" {
                values.retain(|value| {
                    value.as_str().is_some_and(|v| v.eq_ignore_ascii_case("true") || v.eq_ignore_ascii_case("false"))
                });
            }
            if key.kind == KeyKind::Many {
                values = vec![json!(["Red"]), json!(["blue", "alice"]), json!(["Red", "blue"]), json!(["green"])];
            }
            (key.name.to_owned(), values.into_iter().map(Some).chain([None]).collect())
        })
        .collect()
}

/// One or a list, in one of the two ways of writing one.
fn one_or_many(mut values: Vec<Value>, bare: bool) -> Value {
    if values.len() == 1 && bare { values.remove(0) } else { Value::Array(values) }
}

struct Generator {
    random: Random,
    theme: &'static Theme,
    callers: Vec<&'static str>,
    /// The callers have policies of their own.
    own: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    Identity,
    Resource,
    /// Boundary, session and SCP.
    Limit,
    Rcp,
    Endpoint,
}

impl Generator {
    fn policies(&mut self) -> Value {
        let mut policies = Map::new();
        if self.random.chance(90) {
            let identity = self.named(Layer::Identity, 3);
            policies.insert("identity".to_owned(), identity);
        }
        if self.random.chance(65) || self.theme.bare == TRUST.bare {
            let resource = match self.random.below(3) {
                0 => self.document(Layer::Resource),
                1 => json!([self.document(Layer::Resource), self.document(Layer::Resource)]),
                _ => self.named(Layer::Resource, 2),
            };
            policies.insert("resource".to_owned(), resource);
        }
        if self.own && self.random.chance(25) {
            let boundary = self.limit(Layer::Limit);
            policies.insert("boundary".to_owned(), boundary);
        }
        if self.own && self.random.chance(20) {
            let session = self.document(Layer::Limit);
            policies.insert("session".to_owned(), session);
        }
        if self.random.chance(35) {
            let levels =
                (0..=self.random.below(3)).map(|_| json!({"org": "o-1", "policies": self.limit(Layer::Limit)}));
            let levels: Value = levels.collect();
            policies.insert("scp".to_owned(), levels);
        }
        if self.random.chance(30) {
            let levels = (0..=self.random.below(2)).map(|_| json!({"org": "o-1", "policies": self.limit(Layer::Rcp)}));
            let levels: Value = levels.collect();
            policies.insert("rcp".to_owned(), levels);
        }
        if self.random.chance(20) {
            let endpoint = self.limit(Layer::Endpoint);
            policies.insert("endpoint".to_owned(), endpoint);
        }
        Value::Object(policies)
    }

    fn limit(&mut self, layer: Layer) -> Value {
        if self.random.chance(3) { json!([]) } else { self.named(layer, 2) }
    }

    fn named(&mut self, layer: Layer, most: usize) -> Value {
        let count = 1 + self.random.below(most);
        (0..count).map(|index| json!({"name": format!("policy-{index}"), "document": self.document(layer)})).collect()
    }

    pub fn document(&mut self, layer: Layer) -> Value {
        let mut statements: Vec<_> = (0..=self.random.below(3)).map(|index| self.statement(layer, index)).collect();
        if matches!(layer, Layer::Limit | Layer::Endpoint) && self.random.chance(75) {
            statements.push(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
        }
        let bare = self.random.chance(50);
        let mut document = Map::new();
        match self.random.below(10) {
            0 => drop(document.insert("Version".to_owned(), json!("2008-10-17"))),
            1 => (),
            _ => drop(document.insert("Version".to_owned(), json!("2012-10-17"))),
        }
        document.insert("Statement".to_owned(), one_or_many(statements, bare));
        Value::Object(document)
    }

    fn statement(&mut self, layer: Layer, index: usize) -> Value {
        let deny = match layer {
            Layer::Identity => self.random.chance(12),
            Layer::Resource => self.random.chance(15),
            Layer::Limit | Layer::Endpoint => self.random.chance(40),
            Layer::Rcp => self.random.chance(80),
        };
        let mut statement = Map::new();
        if self.random.chance(30) {
            statement.insert("Sid".to_owned(), json!(format!("S{index}")));
        }
        statement.insert("Effect".to_owned(), json!(if deny { "Deny" } else { "Allow" }));
        match layer {
            Layer::Resource => statement.extend([self.principal(deny)]),
            Layer::Rcp => statement.extend([("Principal".to_owned(), json!("*"))]),
            Layer::Endpoint if self.random.chance(50) => statement.extend([self.principal(deny)]),
            _ => (),
        }
        // A Deny that matches all leaves nothing to find out.
        let complement = if deny { 8 } else { 12 };
        let name = if self.random.chance(complement) { "NotAction" } else { "Action" };
        // Keys of a statement may be written in any case.
        let name = if self.random.chance(2) { name.to_lowercase() } else { name.to_owned() };
        let actions = self.patterns(deny, self.theme.actions, self.theme.action_patterns, Some(self.theme.bare));
        statement.insert(name, actions);
        // Trust policies name no resource.
        if !(layer == Layer::Resource && self.theme.bare == TRUST.bare) {
            let name = if self.random.chance(complement) { "NotResource" } else { "Resource" };
            let resources = self.patterns(deny, &[], self.theme.resource_patterns, None);
            statement.insert(name.to_owned(), resources);
        }
        if self.random.chance(if deny { 65 } else { 40 }) {
            let condition = self.condition();
            statement.insert("Condition".to_owned(), condition);
        }
        Value::Object(statement)
    }

    fn patterns(&mut self, deny: bool, plain: &[&str], wild: &[&str], bare: Option<&str>) -> Value {
        let count = 1 + self.random.below(2);
        let values = (0..count).map(|_| {
            let value = match self.random.below(10) {
                0..2 if !deny => wild[0],
                2..5 if !plain.is_empty() => self.random.pick(plain),
                5 => bare.unwrap_or(wild[0]),
                _ => self.random.pick(wild),
            };
            json!(value)
        });
        let values = values.collect();
        one_or_many(values, self.random.chance(70))
    }

    fn principal(&mut self, deny: bool) -> (String, Value) {
        let not = self.random.chance(if deny { 30 } else { 7 });
        let name = if not { "NotPrincipal" } else { "Principal" }.to_owned();
        if !not && self.random.chance(10) {
            return (name, json!("*"));
        }
        let mut kinds: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for _ in 0..=self.random.below(if not { 5 } else { 3 }) {
            let (kind, value) = self.principal_name(not);
            kinds.entry(kind).or_default().push(json!(value));
        }
        let bare = self.random.chance(70);
        (name, kinds.into_iter().map(|(kind, values)| (kind.to_owned(), one_or_many(values, bare))).collect())
    }

    fn principal_name(&mut self, not: bool) -> (&'static str, String) {
        let caller = *self.random.pick(&self.callers);
        match self.random.below(20) {
            0 => ("AWS", "AIDAIOSFODNN7EXAMPLE".to_owned()),
            1 => ("CanonicalUser", "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be".to_owned()),
            2 if !not => ("AWS", "*".to_owned()),
            3..8 => ("AWS", (*self.random.pick(&ACCOUNTS)).to_owned()),
            8..10 => ("AWS", (*self.random.pick(&IDENTITIES)).to_owned()),
            10 => ("Service", "lambda.amazonaws.com".to_owned()),
            11 => ("Federated", "accounts.google.com".to_owned()),
            _ if caller.is_empty() => ("AWS", "*".to_owned()),
            _ if caller.contains("-provider/") || caller == "accounts.google.com" => ("Federated", caller.to_owned()),
            _ if !caller.starts_with("arn:") => ("Service", caller.to_owned()),
            // A session is also named by its role, whose path it does not show.
            12..15 => match caller.split_once(":assumed-role/") {
                Some((account, "deploy/one")) => ("AWS", format!("{}:role/team/deploy", account.replace("sts", "iam"))),
                Some((account, rest)) => {
                    let role = rest.split('/').next().unwrap_or_default();
                    ("AWS", format!("{}:role/{role}", account.replace("sts", "iam")))
                }
                None => ("AWS", caller.to_owned()),
            },
            _ => ("AWS", caller.to_owned()),
        }
    }

    fn condition(&mut self) -> Value {
        let mut condition = Map::new();
        for _ in 0..=self.random.below(2) {
            let mut key = self.random.pick(&KEYS);
            let mut keys = Map::new();
            let operator = self.operator(key);
            for _ in 0..=usize::from(self.random.chance(20)) {
                let name = if self.random.chance(20) { key.written } else { key.name };
                let values = if operator.eq_ignore_ascii_case("null") {
                    self.pick_many(&["true", "false"], 1)
                } else {
                    self.pick_many(key.expected, 3)
                };
                if !keys.keys().any(|written| written.eq_ignore_ascii_case(name)) {
                    keys.insert(name.to_owned(), values);
                }
                // A second key under the same operator has values of the same kind.
                let kind = key.kind;
                let alike: Vec<_> = KEYS.iter().filter(|other| other.kind == kind).collect();
                key = *self.random.pick(&alike);
            }
            condition.insert(operator, Value::Object(keys));
        }
        Value::Object(condition)
    }

    fn pick_many(&mut self, from: &[&str], most: usize) -> Value {
        if self.random.chance(1) {
            return json!([]);
        }
        let count = 1 + self.random.below(most);
        let values = (0..count).map(|_| {
            let value = *self.random.pick(from);
            // Numbers and booleans are also written without quotes.
            let plain = value.parse::<bool>().is_ok() || value.parse::<i64>().is_ok();
            if plain && self.random.chance(30) { value.parse().unwrap_or(json!(value)) } else { json!(value) }
        });
        let values = values.collect();
        one_or_many(values, self.random.chance(80))
    }

    fn operator(&mut self, key: &Key) -> String {
        if self.random.chance(12) {
            return "Null".to_owned();
        }
        let text = ["Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike"];
        let base = match key.kind {
            KeyKind::Number => format!("Numeric{}", self.random.pick(&ORDERS)),
            KeyKind::Date => format!("Date{}", self.random.pick(&ORDERS)),
            KeyKind::Bool => "Bool".to_owned(),
            KeyKind::Binary => "BinaryEquals".to_owned(),
            KeyKind::Address => (*self.random.pick(&["IpAddress", "NotIpAddress"])).to_owned(),
            KeyKind::Arn => (*self.random.pick(&["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"])).to_owned(),
            KeyKind::Text | KeyKind::Many => format!("String{}", self.random.pick(&text)),
        };
        let set = match self.random.below(if key.kind == KeyKind::Many { 5 } else { 10 }) {
            0 | 1 => "ForAllValues:",
            2 | 3 => "ForAnyValue:",
            _ => "",
        };
        let exists = if self.random.chance(if set.is_empty() { 20 } else { 45 }) { "IfExists" } else { "" };
        let operator = format!("{set}{base}{exists}");
        if self.random.chance(5) { operator.to_lowercase() } else { operator }
    }

    fn request(&mut self, conditional: bool, mentioned: &[&'static Key]) -> Value {
        let bare = self.random.chance(7);
        let action = if bare { self.theme.bare } else { self.random.pick(self.theme.actions) };
        let resource = if bare { "*" } else { self.random.pick(self.theme.resources) };
        let caller = *self.random.pick(&self.callers);
        let mut request = json!({
            "action": if self.random.chance(5) { action.to_lowercase() } else { action.to_owned() },
            "resource": resource,
            "principal": if caller.is_empty() { json!({"type": "Anonymous"}) } else { json!(caller) },
            "context": self.facts(conditional, mentioned),
        });
        if self.random.chance(if resource.contains(":s3:") { 70 } else { 15 }) {
            let account = if self.random.chance(70) { "111111111111" } else { "222222222222" };
            request["resource_account"] = json!(account);
        }
        request
    }

    fn facts(&mut self, conditional: bool, mentioned: &[&'static Key]) -> Value {
        let mut unknown: Vec<_> = mentioned.iter().map(|key| key.name).collect();
        self.random.shuffle(&mut unknown);
        unknown.truncate(if self.random.chance(15) { 3 } else { 2 });
        let mut context = Map::new();
        for key in &KEYS {
            if conditional && unknown.contains(&key.name) {
                continue;
            }
            if self.random.chance(35) {
                // Known to be missing is said by an empty list.
                if conditional || self.random.chance(30) {
                    context.insert(key.name.to_owned(), json!([]));
                }
                continue;
            }
            let many = key.kind == KeyKind::Many && self.random.chance(90) || self.random.chance(12);
            let value = if many {
                let count = 1 + self.random.below(3);
                (0..count).map(|_| json!(self.random.pick(key.values))).collect()
            } else {
                json!(self.random.pick(key.values))
            };
            let name = if !conditional && self.random.chance(5) { key.written } else { key.name };
            context.insert(name.to_owned(), plain(value, self.random.chance(20)));
        }
        Value::Object(context)
    }
}

/// Numbers and booleans as JSON's own.
fn plain(value: Value, wanted: bool) -> Value {
    match value.as_str().and_then(|text| text.parse().ok()) {
        Some(plain @ (Value::Bool(_) | Value::Number(_))) if wanted => plain,
        _ => value,
    }
}

/// A statement for an identity policy, with the effect that is asked for.
pub fn statement(seed: u64, deny: bool) -> Value {
    let random = Random::new(seed);
    let mut generator = Generator { random, theme: &TRUST, callers: vec![""], own: true };
    generator.theme = &THEMES[generator.random.below(THEMES.len())];
    let mut statement = generator.statement(Layer::Identity, 9);
    statement["Effect"] = json!(if deny { "Deny" } else { "Allow" });
    statement
}

/// All actions that the requests ask for.
pub fn actions() -> Vec<&'static str> {
    THEMES.iter().flat_map(|theme| theme.actions.iter().copied().chain([theme.bare])).collect()
}
