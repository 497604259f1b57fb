//! Patterns and answers of the guide, and properties of the reader.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::reasoning::answer::Answer;
use crate::reasoning::sample::{Alphabet, Open, Sample, Shape, Values};

fn answer(pattern: &str, event: &Sample) -> Answer {
    FilterPattern::parse(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}")).answer(event)
}

/// The event of the guide.
fn guide() -> Sample {
    let mut event = Sample::from(json!({
        "eventType": "UpdateTrail", "sourceIPAddress": "111.111.111.111", "arrayKey": ["value", "another value"],
        "objectList": [{ "name": "a", "id": 1 }, { "name": "b", "id": 2 }], "ThisFlag": true, "gone": null,
        "user": { "id": 1, "email": "John.Stiles@example.com" }, "users": [{ "email": "John.Doe@example.com" }],
        "actions": ["GET", "PUT", "DELETE"], "coordinates": [[0, 1, 2], [4, 5, 6]], "latency": 55.5,
        "key.with.dots": "x", "account": "111122223333", "none": [null],
    }));
    let open = |values: Values, may_lack: bool| Sample::Open(Open { values, may_lack });
    event.set("address", open(Values::Text(Shape::of(Alphabet::Address)), false));
    event.set("agent", open(Values::Text(Shape::of(Alphabet::Any)), true));
    event.set("mfa", open(Values::Choice(vec!["Yes".into(), "No".into()]), false));
    event
}

#[test]
fn patterns_that_match() {
    for pattern in [
        r#"{ $.eventType = "UpdateTrail" }"#,
        "{$.eventType=UpdateTrail}",
        "{ $.eventType = Update* }",
        r#"{ $.eventType = "*Trail" }"#,
        "{ $.eventType = *date* }",
        "{ $.eventType = * }",
        "{ $.eventType = %^Update[A-Z]% }",
        "{ $.eventType != %Delete% }",
        "{ $.sourceIPAddress != 123.123.* }",
        r#"{ $.arrayKey[0] = "value" }"#,
        r#"{ $.arrayKey[*] = "another*" }"#,
        "{ $.objectList[1].id = 2 }",
        "{ $.objectList[*].id = 2 }",
        "{ $.ThisFlag IS TRUE }",
        "{ $.gone NOT EXISTS }",
        "{ $.eventType.deeper NOT EXISTS }",
        r#"{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }"#,
        r#"{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }"#,
        "{ $.latency >= 55.5 && $.latency <= 55.5 && $.latency < 10e3 && $.latency > +55 && $.latency != 1e-3 && $.latency = 555e-1 }",
        r#"{ $.["key.with.dots"] = x && $["key.with.dots"] = "x" }"#,
        "{ $.account = 111122223333 }",
        "",
        r#"" ""#,
        "UpdateTrail",
        r#""UpdateTrail" 111.111.111.111"#,
        r#"?nothing ?UpdateTrail"#,
        "%Update|Delete%",
        r#""\"eventType\":\"UpdateTrail\"""#,
        r#"{ $.address != "delivery.logs.amazonaws.com" && $.address != "AWS Internal" }"#,
        "{ $.address != *.amazonaws.com && $.address = * }",
        "{ $.mfa != Maybe && $.mfa = * }",
    ] {
        assert_eq!(answer(pattern, &guide()), Answer::Yes, "{pattern}");
    }
}

#[test]
fn patterns_that_do_not() {
    for pattern in [
        "{ $.eventType = updateTrail }",
        "{ $.eventType = Update }",
        r#"{ $.eventType != "UpdateTrail" }"#,
        "{ $.eventType IS NULL }",
        "{ $.eventType NOT EXISTS }",
        "{ $.eventType > 3 }",
        "{ $.gone = * }",
        "{ $.arrayKey = value }",
        "{ $.arrayKey != value }",
        "{ $.arrayKey[7] = value }",
        "{ $.user = 1 }",
        "{ $.ThisFlag IS FALSE }",
        r#"{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }"#,
        r#"{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }"#,
        "{ $.latency > 55.5 }",
        "{ $.latency = 3 }",
        "{ $.latency != 55.5 }",
        "{ $.latency < 55.5 }",
        "{ $.latency >= 55.6 }",
        "{ $.latency <= 55.4 }",
        "DeleteTrail",
        "UpdateTrail -111.111.111.111",
        "?DeleteTrail ?StopLogging",
        "null",
        "[ip, user = bob, ...]",
        "[ip, user, status > 399]",
        "[w1=ERROR || w1=WARN, w2]",
        "{ $.address = cloudformation.amazonaws.com }",
        "{ $.address > 7 }",
        "{ $.address IS TRUE }",
        "{ $.address NOT EXISTS }",
        "{ $.mfa = Maybe }",
        "{ $.mfa IS FALSE }",
    ] {
        assert_eq!(answer(pattern, &guide()), Answer::No, "{pattern}");
    }
}

#[test]
fn what_the_guide_or_the_sample_leaves_open_is_in_doubt() {
    for (pattern, why) in [
        ("{ $.unknown = 1 }", "$.unknown = 1"),
        ("{ $.unknown.below NOT EXISTS }", "$.unknown.below NOT EXISTS"),
        ("{ $.user.name IS NULL }", "$.user.name IS NULL"),
        ("{ $.gone != x }", "$.gone != x"),
        ("{ $.gone IS NULL }", "$.gone IS NULL"),
        ("{ $.ThisFlag = true }", "$.ThisFlag = true"),
        (r#"{ $.latency = "55.5" }"#, r#"$.latency = "55.5""#),
        ("{ $.eventType = Up*Trail }", "$.eventType = Up*Trail"),
        ("{ $.eventType = 'UpdateTrail' }", "what 'UpdateTrail' means: the guide has no single quotes"),
        (r#"{ $.address != "203.0.113.10" }"#, r#"$.address != "203.0.113.10""#),
        ("{ $.address != 203.0.113.* }", "$.address != 203.0.113.*"),
        ("{ $.address != %^10.% }", "$.address != %^10.%"),
        (r#"{ $.agent != "*Terraform*" }"#, r#"$.agent != "*Terraform*""#),
        ("{ $.agent NOT EXISTS }", "$.agent NOT EXISTS"),
        ("{ $.mfa = No }", "$.mfa = No"),
        ("[MYTEXT]", "how many fields between spaces an event has that is JSON"),
        ("[ip, user, ...]", "how many fields between spaces an event has that is JSON"),
        ("[w1=!ERROR&&w1=!WARN, w2=*Root*]", "how many fields between spaces an event has that is JSON"),
        ("UpdateTrail -terraform", "whether terraform is in the text"),
        ("UpdateTrail 203.0.113.10", "whether 203.0.113.10 is in the text"),
        ("UpdateTrail ?nothing", "what ? means beside other terms"),
    ] {
        assert_eq!(answer(pattern, &guide()), Answer::Unsure(vec![why.to_owned()]), "{pattern}");
    }
    assert_eq!(answer("{ $.unknown = 1 || $.eventType = UpdateTrail }", &guide()), Answer::Yes);
    assert_eq!(answer("{ $.unknown = 1 && $.eventType = DeleteTrail }", &guide()), Answer::No);
}

#[test]
fn what_cannot_be_read_is_in_doubt_where_it_names_the_event() {
    let root = Sample::from(json!({ "eventName": "ConsoleLogin", "userIdentity": { "type": "Root" } }));
    let told = |text: &str| FilterPattern::read(text).answer(&root);
    let place =
        "its pattern, which is not understood at character 28: neither IS NULL, IS TRUE, IS FALSE nor NOT EXISTS";
    assert_eq!(
        told("{ $.userIdentity.invokedBy not exists && $.userIdentity.type = \"Root\" }"),
        Answer::unsure(place)
    );
    assert_eq!(told("{ $.eventName == StopLogging }"), Answer::No);
    assert!(FilterPattern::read("{ $.a == 1 }").error().is_some());
    assert!(FilterPattern::read("{ $.a = 1 }").error().is_none());
}

#[test]
fn a_backslash_stands_for_itself_but_before_a_quote_and_a_backslash() {
    let quoted = |text: &str| vec![Term { role: Role::Must, text: Text::Quoted(text.to_owned()) }];
    for (text, expected) in [(r#""a\d\"""#, r#"a\d""#), (r#""a\\""#, r"a\"), (r#""a\d""#, r"a\d")] {
        assert_eq!(FilterPattern::parse(text), Ok(FilterPattern::Terms(quoted(expected))), "{text}");
    }
}

#[test]
fn what_is_no_pattern_is_refused_with_its_place() {
    for (text, at, what) in [
        ("{ $.a = 1", 10, "a } is missing"),
        ("{ ($.a = 1 }", 12, "a ) is missing"),
        ("{ $.a = }", 9, "a value is missing"),
        ("{ $.a == 1 }", 8, "a value is missing"),
        ("{ $.a }", 7, "a comparison is missing"),
        ("{ $.a", 6, "a comparison is missing"),
        ("{ a = 1 }", 3, "a field, $.name, is missing"),
        ("{ $ = 1 }", 4, "a field's name is missing"),
        ("{ $. = 1 }", 5, "a field's name is missing"),
        ("{ $.a[x] = 1 }", 7, "an index is missing"),
        ("{ $.a[99999999999999999999] = 1 }", 27, "an index is missing"),
        ("{ $.a EXISTS }", 7, "neither IS NULL, IS TRUE, IS FALSE nor NOT EXISTS"),
        ("{ $.a IS NOT NULL }", 7, "neither IS NULL, IS TRUE, IS FALSE nor NOT EXISTS"),
        ("{ $.a > x }", 9, "only a number can be more or less"),
        ("{ $.a = 1 } x", 13, "something follows the pattern"),
        ("{ $.a = 1 & $.b = 2 }", 11, "a } is missing"),
        ("{ $.a = \"x }", 13, "the \" at the end is missing"),
        ("{ $.a = %x }", 13, "the % at the end is missing"),
        ("{ $.a = %[% }", 12, "the regular expression is not understood"),
        ("[a, b", 1, "a ] is missing"),
        ("a (b)", 3, "a value is missing"),
    ] {
        assert_eq!(FilterPattern::parse(text), Err(parse::PatternError { at, what }), "{text}");
    }
    let nested = |deep: usize| FilterPattern::parse(&format!("{{ {}$.a = 1{} }}", "(".repeat(deep), ")".repeat(deep)));
    assert!(nested(64).is_ok());
    for deep in [65, 100_000] {
        assert_eq!(nested(deep).unwrap_err().what, "parentheses are nested too deep");
    }
}

#[test]
fn numbers_are_those_of_the_guide() {
    for word in ["1", "+1000", "-1", "55.5", "10e3", "10e-3", "1e+3"] {
        assert!(literal::number(word).is_some(), "{word}");
    }
    for word in ["", "+", "1.", ".5", "1e", "inf", "NaN", "0x1", "1.2.3", "1.e5", "-.5", "4*", "1e999", "--1"] {
        assert!(literal::number(word).is_none(), "{word}");
    }
}

fn selector() -> impl Strategy<Value = Selector> {
    let step = prop_oneof![
        3 => "[a-zA-Z][a-zA-Z0-9_-]{0,5}".prop_map(Step::Key),
        1 => ".{0,5}".prop_map(Step::Key),
        1 => (0_usize..20).prop_map(Step::Index),
        1 => Just(Step::Each),
    ];
    prop::collection::vec(step, 1..4).prop_map(Selector)
}

fn text() -> impl Strategy<Value = Text> {
    prop_oneof![
        "[a-zA-Z0-9*._:/-]{1,8}".prop_map(Text::Word),
        ".{0,8}".prop_map(Text::Quoted),
        "[a-zA-Z0-9.]{1,6}".prop_map(Text::Regex),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let equality = prop_oneof![Just(Operator::Equal), Just(Operator::NotEqual)];
    let order =
        prop_oneof![Just(Operator::Less), Just(Operator::AtMost), Just(Operator::Greater), Just(Operator::AtLeast)];
    let constant = prop_oneof![Just(Constant::Null), Just(Constant::True), Just(Constant::False)];
    let leaf = prop_oneof![
        3 => (selector(), equality, text()).prop_map(|(s, o, t)| Condition::Compare(s, o, t)),
        1 => (selector(), order, "[+-]?[0-9]{1,4}(\\.[0-9]{1,3})?(e[+-]?[0-9])?")
            .prop_map(|(s, o, n)| Condition::Compare(s, o, Text::Word(n))),
        1 => (selector(), constant).prop_map(|(s, c)| Condition::Is(s, c)),
        1 => selector().prop_map(Condition::NotExists),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::All),
            prop::collection::vec(inner, 2..4).prop_map(Condition::Any),
        ]
    })
}

fn terms() -> impl Strategy<Value = Vec<Term>> {
    let role = prop_oneof![Just(Role::Must), Just(Role::May), Just(Role::MustNot)];
    let word = prop_oneof!["[a-zA-Z0-9][a-zA-Z0-9._-]{0,6}".prop_map(Text::Word), ".{0,8}".prop_map(Text::Quoted)];
    prop::collection::vec((role, word).prop_map(|(role, text)| Term { role, text }), 0..5)
}

proptest! {
    #[test]
    fn any_text_is_a_pattern_or_an_error(text in ".{0,60}", event in ".{0,10}") {
        if let Ok(pattern) = FilterPattern::parse(&text) {
            let _ = pattern.answer(&Sample::from(json!({ "a": event })));
        }
    }

    #[test]
    fn signs_in_any_order_are_a_pattern_or_an_error(text in r#"[{}()\[\]$.a"%&|=!<>*?e1 -]{0,40}"#) {
        let _ = FilterPattern::parse(&text);
        let _ = FilterPattern::parse(&format!("{{ {text} }}"));
    }

    #[test]
    fn what_is_printed_is_read_back(condition in condition(), terms in terms()) {
        for pattern in [FilterPattern::Json(condition), FilterPattern::Terms(terms)] {
            prop_assert_eq!(FilterPattern::parse(&pattern.to_string()), Ok(pattern));
        }
    }

    #[test]
    fn a_certain_answer_holds_for_every_event_of_the_sample(
        condition in asked(),
        a in prop::collection::vec(leaf(), 1..4), lacks in any::<bool>(),
        begin in "[x1]{0,1}", ends in prop::collection::vec("[xy1]{0,2}", 1..6),
    ) {
        let members: Vec<serde_json::Value> = ends.iter().map(|end| format!("{begin}{end}").into()).collect();
        let mut sample = Sample::from(json!({}));
        sample.set("a", Sample::Open(Open { values: Values::Choice(a.clone()), may_lack: lacks }));
        sample.set("b", Sample::Open(Open { values: Values::Text(Shape::beginning(begin)), may_lack: false }));
        let clever = FilterPattern::Json(condition.clone()).answer(&sample);
        for a in a.into_iter().map(Some).chain(lacks.then_some(None)) {
            for b in &members {
                let mut event = json!({ "b": b });
                if let Some(a) = &a {
                    event["a"] = a.clone();
                }
                let slow = slow(&condition, &event);
                prop_assert!(
                    matches!(clever, Answer::Unsure(_)) || slow.is_none_or(|slow| clever == Answer::of(slow)),
                    "{:?} of {} for {}", clever, condition, event
                );
            }
        }
    }
}

fn leaf() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        "[xy1]{0,2}".prop_map(serde_json::Value::from),
        (0..12).prop_map(serde_json::Value::from),
        Just(json!(true))
    ]
}

/// Conditions on the fields `a` and `b`.
fn asked() -> impl Strategy<Value = Condition> {
    let selector = || prop_oneof![Just("a"), Just("b")].prop_map(|key| Selector(vec![Step::Key(key.to_owned())]));
    let equality = prop_oneof![Just(Operator::Equal), Just(Operator::NotEqual)];
    let order = prop_oneof![Just(Operator::Less), Just(Operator::AtLeast)];
    let constant = prop_oneof![Just(Constant::True), Just(Constant::False)];
    let leaf = prop_oneof![
        4 => (selector(), equality, "\\*?[xy1]{1,2}\\*?").prop_map(|(s, o, t)| Condition::Compare(s, o, Text::Word(t))),
        1 => (selector(), order, "1?[0-9]").prop_map(|(s, o, n)| Condition::Compare(s, o, Text::Word(n))),
        1 => (selector(), constant).prop_map(|(s, c)| Condition::Is(s, c)),
        1 => selector().prop_map(Condition::NotExists),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::All),
            prop::collection::vec(inner, 2..4).prop_map(Condition::Any),
        ]
    })
}

/// What the guide says of a condition and an event, without any short cut; none where it says nothing.
fn slow(condition: &Condition, event: &serde_json::Value) -> Option<bool> {
    let at = |selector: &Selector| match &selector.0[0] {
        Step::Key(key) => event.get(key),
        _ => None,
    };
    Some(match condition {
        Condition::All(parts) => {
            parts.iter().map(|part| slow(part, event)).collect::<Option<Vec<bool>>>()?.iter().all(|x| *x)
        }
        Condition::Any(parts) => {
            parts.iter().map(|part| slow(part, event)).collect::<Option<Vec<bool>>>()?.iter().any(|x| *x)
        }
        Condition::NotExists(selector) => at(selector).is_none(),
        Condition::Is(selector, constant) => at(selector) == Some(&json!(*constant == Constant::True)),
        Condition::Compare(selector, operator, text) => {
            let Text::Word(wanted) = text else { return None };
            let Some(value) = at(selector) else { return (*operator != Operator::NotEqual).then_some(false) };
            let number = wanted.parse::<f64>().ok();
            let equal = match (value.as_f64(), number, value.as_str()) {
                (Some(found), Some(wanted), _) => match operator {
                    Operator::Less => return Some(found < wanted),
                    Operator::AtLeast => return Some(found >= wanted),
                    _ => found == wanted,
                },
                (Some(found), None, _) => crate::parameters::wildcard(wanted, &found.to_string(), None),
                (None, _, Some(_)) if matches!(operator, Operator::Less | Operator::AtLeast) => return Some(false),
                (None, _, Some(found)) => crate::parameters::wildcard(wanted, found, None),
                _ => return None,
            };
            equal == (*operator == Operator::Equal)
        }
    })
}
