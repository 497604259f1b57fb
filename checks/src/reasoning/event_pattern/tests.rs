//! Patterns of the guide, and the clever answer against a slow one.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn answer(pattern: &Value) -> Answer {
    let mut event = Sample::from(json!({
        "source": "aws.guardduty", "detail-type": "GuardDuty Finding", "account": "111122223333",
        "detail": { "severity": 8.0, "service": { "archived": false }, "compliance": null },
    }));
    let open = |values: Values, may_lack: bool| Sample::Open(Open { values, may_lack });
    event.set("detail.address", open(Values::Text(Shape::of(Alphabet::Address)), false));
    event.set("detail.agent", open(Values::Text(Shape::of(Alphabet::Any)), true));
    event.set("detail.level", open(Values::Choice(vec![json!(7), json!(7.5), json!("high")]), false));
    Pattern::read(&pattern.to_string()).answer(&event)
}

#[test]
fn patterns_that_let_it_through() {
    for pattern in [
        json!({ "source": ["aws.guardduty"] }),
        json!({ "source": ["aws.s3", "aws.guardduty"], "detail-type": ["GuardDuty Finding"] }),
        json!({ "source": [{ "prefix": "aws." }] }),
        json!({ "source": [{ "prefix": "" }] }),
        json!({ "source": [{ "prefix": { "equals-ignore-case": "AWS.G" } }] }),
        json!({ "source": [{ "suffix": "duty" }] }),
        json!({ "source": [{ "suffix": { "equals-ignore-case": "DUTY" } }] }),
        json!({ "source": [{ "wildcard": "aws.*d*y" }] }),
        json!({ "source": [{ "equals-ignore-case": "AWS.GuardDuty" }] }),
        json!({ "source": [{ "anything-but": ["aws.s3", "aws.ec2"] }] }),
        json!({ "source": [{ "anything-but": "aws.s3" }] }),
        json!({ "source": [{ "anything-but": { "prefix": "com." } }] }),
        json!({ "source": [{ "anything-but": { "suffix": ["ec2", "s3"] } }] }),
        json!({ "source": [{ "exists": true }] }),
        json!({ "detail": { "severity": [{ "numeric": [">=", 7] }] } }),
        json!({ "detail": { "severity": [{ "numeric": [">=", 8, "<=", 8] }] } }),
        json!({ "detail": { "severity": [{ "numeric": [">", 7, "<", 9] }] } }),
        json!({ "detail": { "severity": [{ "numeric": ["=", 8] }] } }),
        json!({ "detail": { "severity": [7, 7.5, 8] } }),
        json!({ "detail": { "service": { "archived": [false] }, "compliance": { "status": [{ "exists": false }] } } }),
        json!({ "$or": [{ "source": ["aws.s3"] }, { "detail": { "severity": [8] } }] }),
        json!({ "source": [{ "wildcard": "aws.guard*" }], "detail-type": [{ "anything-but": { "wildcard": "*Malware*" } }] }),
        json!({ "detail": { "address": [{ "anything-but": ["delivery.logs.amazonaws.com", "AWS Internal"] }] } }),
        json!({ "detail": { "address": [{ "anything-but": { "suffix": ".amazonaws.com" } }] } }),
        json!({ "detail": { "address": [{ "exists": true }], "agent": [{ "prefix": "" }, { "exists": false }] } }),
        json!({ "detail": { "level": [{ "numeric": [">=", 7] }, "high"] } }),
        json!({ "detail": { "level": [{ "numeric": ["<", 7.5] }, { "numeric": [">=", 7.5] }, { "prefix": "h" }] } }),
    ] {
        assert_eq!(answer(&pattern), Answer::Yes, "{pattern}");
    }
}

#[test]
fn patterns_that_do_not() {
    for pattern in [
        json!({ "source": ["aws.securityhub"] }),
        json!({ "source": ["AWS.GuardDuty"] }),
        json!({ "source": [] }),
        json!({ "source": ["aws.guardduty"], "detail-type": ["AWS API Call via CloudTrail"] }),
        json!({ "source": [{ "anything-but": ["aws.s3", "aws.guardduty"] }] }),
        json!({ "source": [{ "anything-but": { "prefix": "aws." } }] }),
        json!({ "source": [{ "wildcard": "aws.*duty*x" }] }),
        json!({ "source": [{ "wildcard": "aws.guardduty*y" }] }),
        json!({ "detail": { "severity": [{ "numeric": ["<", 8] }] } }),
        json!({ "detail": { "severity": [{ "numeric": [">", 8] }] } }),
        json!({ "detail": { "severity": [{ "numeric": ["<=", 7] }] } }),
        json!({ "detail": { "severity": [{ "numeric": [">=", 9] }] } }),
        json!({ "detail": { "severity": [{ "numeric": ["=", 9] }] } }),
        json!({ "detail": { "severity": [{ "prefix": "8" }] } }),
        json!({ "detail": { "severity": ["8"] } }),
        json!({ "detail": { "compliance": { "status": ["FAILED"] } } }),
        json!({ "detail": { "compliance": { "status": [{ "anything-but": "PASSED" }] } } }),
        json!({ "detail": { "type": ["x"] }, "source": ["aws.s3"] }),
        json!({}),
        json!([]),
        json!({ "detail": { "address": ["delivery.logs.amazonaws.com"] } }),
        json!({ "detail": { "address": [{ "numeric": [">", 1] }, null, 7] } }),
        json!({ "detail": { "level": [8, "low"] } }),
        json!({ "account": [{ "cidr": "10.0.0.0/8" }] }),
    ] {
        assert_eq!(answer(&pattern), Answer::No, "{pattern}");
    }
}

#[test]
fn what_is_not_understood_or_not_known_is_no_match() {
    for (pattern, why) in [
        (json!({ "detail": { "type": [{ "prefix": "Recon" }] } }), r#"detail.type ({"prefix":"Recon"})"#),
        (json!({ "detail": { "$or": [{ "type": ["x"] }, { "severity": [1] }] } }), r#"detail.type ("x")"#),
        (json!({ "resources": [{ "exists": false }] }), r#"resources ({"exists":false})"#),
        (json!({ "detail": ["x"] }), r#"detail ("x")"#),
        (json!({ "detail": { "compliance": [null] } }), "detail.compliance"),
        (
            json!({ "detail": { "address": [{ "anything-but": "203.0.113.10" }] } }),
            r#"detail.address ({"anything-but":"203.0.113.10"})"#,
        ),
        (
            json!({ "detail": { "address": [{ "anything-but": { "prefix": "10." } }] } }),
            r#"detail.address ({"anything-but":{"prefix":"10."}})"#,
        ),
        (json!({ "detail": { "address": [{ "cidr": "10.0.0.0/8" }] } }), r#"detail.address ({"cidr":"10.0.0.0/8"})"#),
        (json!({ "detail": { "agent": [{ "prefix": "" }] } }), r#"detail.agent ({"prefix":""})"#),
        (json!({ "detail": { "level": [7, 7.5] } }), "detail.level (7, 7.5)"),
        (json!({ "detail": { "level": [1, 2, 3, 4, 5, 7] } }), "detail.level (1, 2, 3, 4 and 2 more)"),
        (json!({ "account": [{ "cidr": "ten" }] }), "account (cidr)"),
        (json!({ "source": [{ "wildcard": "aws\\x*" }] }), "source (wildcard)"),
        (json!({ "source": [{ "anything-but": { "future": "x" } }] }), "source (future)"),
        (json!({ "source": [{ "future": [] }] }), "source (future)"),
        (json!({ "detail": { "address": [{ "future": [] }] } }), "detail.address (future)"),
        (json!({ "detail": { "severity": [{ "numeric": ["~", 7] }] } }), "detail.severity (numeric)"),
        (json!({ "detail": { "severity": [{ "numeric": [] }] } }), "detail.severity (numeric)"),
        (json!({ "source": "aws.guardduty" }), "source"),
        (json!({ "source": [{}] }), "source"),
    ] {
        assert_eq!(answer(&pattern), Answer::Unsure(vec![why.into()]), "{pattern}");
    }
}

#[test]
fn a_certain_match_decides_over_a_doubt() {
    assert_eq!(answer(&json!({ "source": [{ "future": 1 }, "aws.guardduty"] })), Answer::Yes);
}

#[test]
fn what_cannot_be_read_is_in_doubt_where_it_names_the_service() {
    let event = Sample::from(json!({ "source": "aws.guardduty" }));
    let doubt = Answer::unsure("its pattern, which is not understood");
    assert_eq!(Pattern::read("{ \"source\": [\"aws.guardduty\"").answer(&event), doubt);
    assert_eq!(Pattern::read("not json").answer(&event), Answer::No);
}

#[test]
fn kinds_that_are_not_known_are_named() {
    let unknown = |pattern: Value| {
        Pattern::read(&pattern.to_string())
            .unknown_kinds("aws.guardduty", || vec!["GuardDuty Finding", "AWS API Call via CloudTrail"])
    };
    for known in [
        json!({ "source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding", "AWS API Call via CloudTrail"] }),
        json!({ "source": ["aws.guardduty"], "detail-type": [{ "prefix": "GuardDuty" }, { "anything-but": "x" }] }),
        json!({ "source": ["aws.s3"], "detail-type": ["GuardDuty Finding V2"] }),
        json!({ "source": ["aws.guardduty"] }),
    ] {
        assert_eq!(unknown(known.clone()), Vec::<String>::new(), "{known}");
    }
    assert_eq!(unknown(json!({ "detail-type": ["GuardDuty Finding V2"] })), ["GuardDuty Finding V2"]);
    let wild =
        json!({ "source": [{ "prefix": "aws.g" }], "detail-type": [{ "wildcard": "*V2" }, "GuardDuty Finding"] });
    assert_eq!(unknown(wild), [r#"{"wildcard":"*V2"}"#]);
}

/// What the guide says of a pattern and an event, without any short cut; none where it says nothing.
fn slow(pattern: &Value, event: &Value) -> Option<bool> {
    let mut all = true;
    for (key, wanted) in pattern.as_object()? {
        all &= match wanted {
            Value::Array(alternatives) if key == "$or" => {
                let each: Option<Vec<bool>> = alternatives.iter().map(|one| slow(one, event)).collect();
                each?.contains(&true)
            }
            Value::Object(_) => slow(wanted, &event[key])?,
            Value::Array(listed) => {
                let each: Option<Vec<bool>> = listed.iter().map(|one| slow_match(one, event.get(key))).collect();
                each?.contains(&true)
            }
            _ => return None,
        };
    }
    Some(all)
}

fn slow_match(wanted: &Value, value: Option<&Value>) -> Option<bool> {
    let Some(form) = wanted.as_object() else { return Some(value.is_some_and(|value| same(wanted, value))) };
    let (name, operand) = form.iter().next()?;
    if name == "exists" {
        return Some(value.is_some() == operand.as_bool()?);
    }
    let Some(value) = value else { return Some(false) };
    if name == "anything-but" {
        return match operand {
            Value::Object(_) => slow_match(operand, Some(value)).map(|holds| !holds),
            Value::Array(listed) => Some(!listed.iter().any(|one| same(one, value))),
            one => Some(!same(one, value)),
        };
    }
    if name == "numeric" {
        let (sign, bound) = (operand[0].as_str()?, operand[1].as_f64()?);
        return Some(value.as_f64().is_some_and(|number| if sign == "<" { number < bound } else { number >= bound }));
    }
    let (Some(text), Some(operand)) = (value.as_str(), operand.as_str()) else { return Some(false) };
    Some(match name.as_str() {
        "prefix" => text.starts_with(operand),
        "suffix" => text.ends_with(operand),
        "equals-ignore-case" => text.eq_ignore_ascii_case(operand),
        "wildcard" => crate::parameters::wildcard(operand, text, None),
        _ => return None,
    })
}

fn same(one: &Value, other: &Value) -> bool {
    one == other || one.as_f64().zip(other.as_f64()).is_some_and(|(one, other)| one == other)
}

/// A field as a sample has it, and values that it may have; none is a field that is not there.
fn part() -> impl Strategy<Value = (Sample, Vec<Option<Value>>)> {
    let leaf = prop_oneof![
        "[xyY]{0,2}".prop_map(Value::from),
        (0..3).prop_map(Value::from),
        Just(json!(1.0)),
        any::<bool>().prop_map(Value::from),
    ];
    let lacking = |values: Values, lacks: bool, concrete: Vec<Value>| {
        let concrete = concrete.into_iter().map(Some).chain(lacks.then_some(None)).collect();
        (Sample::Open(Open { values, may_lack: lacks }), concrete)
    };
    prop_oneof![
        2 => leaf.clone().prop_map(|value| (Sample::Fixed(value.clone()), vec![Some(value)])),
        1 => Just((Sample::Absent, vec![None])),
        3 => (prop::collection::vec(leaf, 1..4), any::<bool>())
            .prop_map(move |(choice, lacks)| lacking(Values::Choice(choice.clone()), lacks, choice)),
        3 => ("[xy]{0,1}", prop::collection::vec("[xyY]{0,2}", 1..6), any::<bool>()).prop_map(move |(begin, ends, lacks)| {
            let members = ends.iter().map(|end| Value::from(format!("{begin}{end}"))).collect();
            lacking(Values::Text(Shape::beginning(begin)), lacks, members)
        }),
    ]
}

fn wanted() -> impl Strategy<Value = Value> {
    let text = "[xyY]{0,2}";
    let form = |name: &'static str| text.prop_map(move |text| json!({ name: text }));
    prop_oneof![
        2 => text.prop_map(Value::from),
        1 => (0..3).prop_map(Value::from),
        1 => form("prefix"),
        1 => form("suffix"),
        1 => form("equals-ignore-case"),
        1 => "[xy*]{0,4}".prop_map(|text| json!({ "wildcard": text })),
        1 => form("anything-but"),
        1 => prop::collection::vec(text, 0..3).prop_map(|texts| json!({ "anything-but": texts })),
        1 => text.prop_map(|text| json!({ "anything-but": { "prefix": text } })),
        1 => any::<bool>().prop_map(|exists| json!({ "exists": exists })),
        1 => (prop_oneof![Just("<"), Just(">=")], 0..3).prop_map(|(sign, bound)| json!({ "numeric": [sign, bound] })),
    ]
}

fn pattern() -> impl Strategy<Value = Value> {
    let field = || (prop_oneof![Just("a"), Just("b")], prop::collection::vec(wanted(), 1..4));
    let fields = || {
        prop::collection::vec(field(), 1..3).prop_map(|fields| {
            Value::Object(fields.into_iter().map(|(key, wanted)| (key.to_owned(), wanted.into())).collect())
        })
    };
    prop_oneof![
        2 => fields(),
        1 => fields().prop_map(|inner| json!({ "d": inner })),
        1 => (fields(), prop::collection::vec(fields(), 1..3)).prop_map(|(mut all, either)| {
            all["$or"] = either.into();
            all
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]
    #[test]
    fn a_certain_answer_holds_for_every_event_of_the_sample(pattern in pattern(), a in part(), b in part()) {
        let fields = BTreeMap::from([("a".to_owned(), a.0), ("b".to_owned(), b.0)]);
        let mut sample = Sample::Object(fields.clone());
        sample.set("d", Sample::Object(fields));
        let clever = Pattern::read(&pattern.to_string()).answer(&sample);
        for a in &a.1 {
            for b in &b.1 {
                let mut event = serde_json::Map::new();
                event.extend(a.clone().map(|a| ("a".to_owned(), a)));
                event.extend(b.clone().map(|b| ("b".to_owned(), b)));
                event.insert("d".to_owned(), Value::Object(event.clone()));
                let slow = slow(&pattern, &Value::Object(event.clone()));
                prop_assert!(
                    matches!(clever, Answer::Unsure(_)) || slow.is_none_or(|slow| clever == Answer::of(slow)),
                    "{:?} of {} for {:?}", clever, pattern, event
                );
            }
        }
    }
}
