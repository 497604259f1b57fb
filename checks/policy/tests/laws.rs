//! Laws that hold of every set of policies, over the random ones.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod reference;

use proptest::prelude::*;
use reference::engine::{Answer, Engine};
use reference::generate::{Item, Random, actions, domain, item, statement};
use serde_json::{Value, json};

const REQUESTS: usize = 20;

/// Cases of each law; PROPTEST_CASES asks for another number.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(1000)
}

fn answers(policies: &Value, item: &Item) -> Vec<Answer> {
    let engine = Engine::new(policies).unwrap_or_else(|error| panic!("{error}: {policies}"));
    item.requests.iter().map(|asked| engine.decide(&asked.request, asked.conditional).unwrap()).collect()
}

fn with_identity(policies: &Value, statement: Value) -> Value {
    let mut policies = policies.clone();
    let document = json!({"name": "added", "document": {"Version": "2012-10-17", "Statement": [statement]}});
    match &mut policies["identity"] {
        Value::Array(identity) => identity.push(document),
        absent => *absent = json!([document]),
    }
    policies
}

/// Shuffles every list in which order has no meaning, which is every list.
fn shuffle(value: &mut Value, random: &mut Random) {
    match value {
        Value::Array(values) => {
            random.shuffle(values);
            values.iter_mut().for_each(|value| shuffle(value, random));
        }
        Value::Object(fields) => fields.values_mut().for_each(|value| shuffle(value, random)),
        _ => (),
    }
}

/// The actions of the generator that a pattern stands for, as the engine reads it. No request asks for another.
fn expand(pattern: &str) -> Vec<String> {
    let matches = |action: &str| {
        // A Deny, because some actions need no Allow.
        let statement = json!({"Effect": "Deny", "Action": pattern, "Resource": "*"});
        let policies = json!({"identity": [{"name": "pattern", "document": {"Statement": statement}}]});
        let request =
            json!({"action": action, "resource": "*", "principal": "arn:aws:iam::111111111111:user/x", "context": {}});
        Engine::new(&policies).unwrap().decide(&request, false).unwrap() == Answer::ExplicitDeny
    };
    let mut found: Vec<_> = actions().into_iter().filter(|action| matches(action)).map(str::to_owned).collect();
    // A statement may not be without any.
    found.push("none:OfThese".to_owned());
    found
}

/// Writes out the patterns of every statement.
fn expanded(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(expanded),
        Value::Object(fields) => {
            for (name, value) in fields {
                if name.eq_ignore_ascii_case("Action") || name.eq_ignore_ascii_case("NotAction") {
                    let patterns = if value.is_array() { value.clone() } else { json!([value]) };
                    let patterns = patterns.as_array().unwrap().iter().filter_map(Value::as_str);
                    *value = patterns.flat_map(expand).collect();
                } else {
                    expanded(value);
                }
            }
        }
        _ => (),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_deny_more_never_grants(seed: u64) {
        let item = item(seed, REQUESTS, 20);
        let after = answers(&with_identity(&item.policies, statement(seed, true)), &item);
        for ((before, after), asked) in answers(&item.policies, &item).into_iter().zip(after).zip(&item.requests) {
            let lessened = match before {
                // With unknown keys a statement more can make the classes too many to be tried.
                Answer::ExplicitDeny | Answer::ImplicitDeny if asked.conditional => after != Answer::Allow,
                Answer::ExplicitDeny => after == Answer::ExplicitDeny,
                Answer::ImplicitDeny => matches!(after, Answer::ImplicitDeny | Answer::ExplicitDeny),
                Answer::Conditional => after != Answer::Allow,
                Answer::Allow => after != Answer::ImplicitDeny,
            };
            prop_assert!(lessened, "{before:?} became {after:?}");
        }
    }

    #[test]
    fn an_allow_more_never_removes(seed: u64) {
        let item = item(seed, REQUESTS, 20);
        let after = answers(&with_identity(&item.policies, statement(seed, false)), &item);
        for ((before, after), asked) in answers(&item.policies, &item).into_iter().zip(after).zip(&item.requests) {
            let kept = match before {
                Answer::Allow => after == before || asked.conditional && after == Answer::Conditional,
                Answer::Conditional => !matches!(after, Answer::ImplicitDeny | Answer::ExplicitDeny),
                // As above, and a Deny is tried out only once something allows.
                Answer::ExplicitDeny if asked.conditional => after != Answer::Allow,
                Answer::ImplicitDeny if asked.conditional => true,
                Answer::ExplicitDeny => after == before,
                Answer::ImplicitDeny => after != Answer::ExplicitDeny,
            };
            prop_assert!(kept, "{before:?} became {after:?}");
        }
    }

    #[test]
    fn order_is_irrelevant(seed: u64) {
        let item = item(seed, REQUESTS, 20);
        let mut shuffled = item.policies.clone();
        shuffle(&mut shuffled, &mut Random::new(seed));
        prop_assert_eq!(answers(&item.policies, &item), answers(&shuffled, &item));
    }

    #[test]
    fn a_pattern_is_the_actions_it_matches(seed: u64) {
        let item = item(seed, REQUESTS, 20);
        let mut written_out = item.policies.clone();
        expanded(&mut written_out);
        prop_assert_eq!(answers(&item.policies, &item), answers(&written_out, &item));
    }

    /// What must be is what is for every assignment, and what is for some assignment may be.
    #[test]
    fn may_contains_must(seed: u64) {
        let item = item(seed, REQUESTS, 100);
        let engine = Engine::new(&item.policies).unwrap();
        for asked in &item.requests {
            let open = engine.decide(&asked.request, true).unwrap();
            for (key, values) in domain(&item.policies, &asked.request) {
                for value in values {
                    let mut known = asked.request.clone();
                    // In conditional mode an empty list says that the key is missing.
                    known["context"][&key] = value.unwrap_or(json!([]));
                    let closer = engine.decide(&known, true).unwrap();
                    let follows = match open {
                        Answer::Conditional => true,
                        // A value can stand in the way of trying out the classes of other keys: never is the answer another.
                        Answer::ImplicitDeny | Answer::ExplicitDeny => closer != Answer::Allow,
                        Answer::Allow => matches!(closer, Answer::Allow | Answer::Conditional),
                    };
                    prop_assert!(follows, "{open:?} became {closer:?} when {key} was known: {}", asked.request);
                }
            }
        }
    }

    #[test]
    fn strict_agrees_with_conditional(seed: u64) {
        let item = item(seed, REQUESTS, 100);
        let engine = Engine::new(&item.policies).unwrap();
        for asked in &item.requests {
            // Without the unknown keys is one of the assignments.
            let strict = engine.decide(&asked.request, false).unwrap();
            let agrees = match engine.decide(&asked.request, true).unwrap() {
                Answer::Conditional => true,
                Answer::ImplicitDeny | Answer::ExplicitDeny => strict != Answer::Allow,
                definite => strict == definite,
            };
            prop_assert!(agrees, "strict is {strict:?}: {}", asked.request);
        }
    }
}
