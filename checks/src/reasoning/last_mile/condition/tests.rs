#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

/// The answer of an alarm on a filter's metric; `condition` and `published` as the collector reads them.
fn raised(condition: serde_json::Value, missing: &str, published: serde_json::Value) -> &'static str {
    let mut full = serde_json::json!({
        "statistic": "Sum", "period": 300, "comparison": "GreaterThanOrEqualToThreshold", "threshold": 1.0,
        "evaluation_periods": 1,
    });
    full.as_object_mut().unwrap().extend(condition.as_object().unwrap().clone());
    let condition: Condition = serde_json::from_value(full).unwrap();
    let published: Published = serde_json::from_value(published).unwrap();
    match raises(&condition, missing, &|of| match of {
        Some(term) if term.metric.as_ref().is_none_or(|metric| metric.name != "root") => Fed::Elsewhere,
        _ => Fed::ByEvent(&published),
    }) {
        Raises::Yes => "yes",
        Raises::No(why) if why.is_empty() => "no reason",
        Raises::No(_) => "no",
        Raises::Unsure(_) => "unsure",
    }
}

/// Worked out from the CloudWatch User Guide, for a filter that publishes 1 for an event and nothing else.
#[test]
fn one_event_raises_what_asks_for_one_event() {
    let one = || serde_json::json!({ "value": "1" });
    for (condition, missing, expected) in [
        (serde_json::json!({}), "missing", "yes"),
        (serde_json::json!({}), "notBreaching", "yes"),
        (serde_json::json!({}), "breaching", "no"),
        (serde_json::json!({}), "ignore", "unsure"),
        (serde_json::json!({}), "somehow", "unsure"),
        (serde_json::json!({ "threshold": 0.0, "comparison": "GreaterThanThreshold" }), "missing", "yes"),
        (serde_json::json!({ "threshold": 1.0, "comparison": "GreaterThanThreshold" }), "missing", "no"),
        (serde_json::json!({ "threshold": 0.0 }), "missing", "yes"),
        (serde_json::json!({ "threshold": 2.0 }), "missing", "no"),
        (serde_json::json!({ "threshold": 1_000_000.0 }), "missing", "no"),
        (serde_json::json!({ "comparison": "LessThanThreshold" }), "missing", "no"),
        (serde_json::json!({ "comparison": "LessThanOrEqualToThreshold" }), "missing", "yes"),
        (serde_json::json!({ "comparison": "GreaterThanUpperThreshold" }), "missing", "unsure"),
        (serde_json::json!({ "threshold": null }), "missing", "unsure"),
        (serde_json::json!({ "evaluation_periods": 240, "datapoints_to_alarm": 240 }), "notBreaching", "no"),
        (serde_json::json!({ "evaluation_periods": 240, "datapoints_to_alarm": 240 }), "missing", "unsure"),
        (serde_json::json!({ "evaluation_periods": 2 }), "notBreaching", "no"),
        (serde_json::json!({ "evaluation_periods": 5, "datapoints_to_alarm": 1 }), "notBreaching", "yes"),
        (serde_json::json!({ "evaluation_periods": 0 }), "notBreaching", "unsure"),
        (serde_json::json!({ "statistic": "Average" }), "missing", "yes"),
        (serde_json::json!({ "statistic": "Minimum" }), "missing", "yes"),
        (serde_json::json!({ "statistic": "Maximum" }), "missing", "yes"),
        (serde_json::json!({ "statistic": "SampleCount" }), "missing", "yes"),
        (serde_json::json!({ "statistic": "p99" }), "missing", "yes"),
        (serde_json::json!({ "statistic": "p99", "few_samples_ignored": true }), "missing", "no"),
        (serde_json::json!({ "statistic": "tm90" }), "missing", "unsure"),
        (serde_json::json!({ "statistic": "PR(1:2)" }), "missing", "unsure"),
        (serde_json::json!({ "unit": "None" }), "missing", "yes"),
        (serde_json::json!({ "unit": "Count" }), "missing", "no"),
        (serde_json::json!({ "wall_clock": true }), "missing", "unsure"),
    ] {
        assert_eq!(raised(condition.clone(), missing, one()), expected, "{condition} {missing}");
    }
}

#[test]
fn what_the_filter_publishes_decides_too() {
    for (published, condition, missing, expected) in [
        (serde_json::json!({ "value": "0" }), serde_json::json!({}), "missing", "no"),
        (serde_json::json!({ "value": "0" }), serde_json::json!({ "statistic": "SampleCount" }), "missing", "yes"),
        (serde_json::json!({ "value": "$.bytes" }), serde_json::json!({}), "missing", "unsure"),
        (serde_json::json!({ "value": "" }), serde_json::json!({}), "missing", "unsure"),
        (serde_json::json!({ "value": "1", "default": 0.0 }), serde_json::json!({}), "missing", "yes"),
        (serde_json::json!({ "value": "1", "default": 0.0 }), serde_json::json!({}), "ignore", "yes"),
        (
            serde_json::json!({ "value": "1", "default": 0.0 }),
            serde_json::json!({ "evaluation_periods": 2 }),
            "missing",
            "no",
        ),
        // The zeros of the other minutes lower the average, as many as there are.
        (
            serde_json::json!({ "value": "1", "default": 0.0 }),
            serde_json::json!({ "statistic": "Average" }),
            "missing",
            "unsure",
        ),
        (
            serde_json::json!({ "value": "1", "default": 0.0 }),
            serde_json::json!({ "statistic": "Average", "period": 60 }),
            "missing",
            "yes",
        ),
        (
            serde_json::json!({ "value": "1", "default": 0.0 }),
            serde_json::json!({ "statistic": "Maximum" }),
            "missing",
            "yes",
        ),
        (
            serde_json::json!({ "value": "1", "default": 0.0 }),
            serde_json::json!({ "statistic": "Minimum" }),
            "missing",
            "unsure",
        ),
        (
            serde_json::json!({ "value": "1", "default": 0.0 }),
            serde_json::json!({ "statistic": "SampleCount" }),
            "missing",
            "no",
        ),
        (serde_json::json!({ "value": "1", "default": 1.0 }), serde_json::json!({}), "missing", "no"),
        (
            serde_json::json!({ "value": "1", "default": 0.0 }),
            serde_json::json!({ "comparison": "LessThanThreshold" }),
            "missing",
            "no",
        ),
        (
            serde_json::json!({ "value": "1", "unit": "Count" }),
            serde_json::json!({ "unit": "Count" }),
            "missing",
            "yes",
        ),
    ] {
        assert_eq!(raised(condition.clone(), missing, published.clone()), expected, "{published} {condition}");
    }
}

#[test]
fn metric_maths_is_decided_where_it_is_simple() {
    let terms = |expression: &str| {
        serde_json::json!({ "statistic": "", "threshold": 0.0, "comparison": "GreaterThanThreshold", "terms": [
            { "id": "m1", "metric": { "namespace": "Security", "name": "root" }, "statistic": "Sum" },
            { "id": "m2", "metric": { "namespace": "AWS/EC2", "name": "CPUUtilization" }, "statistic": "Average" },
            { "id": "e1", "expression": expression, "returned": true },
        ] })
    };
    for (expression, missing, expected) in [
        ("FILL(m1, 0)", "missing", "yes"),
        ("m1", "missing", "yes"),
        ("FILL(m1, 0) * 2", "ignore", "yes"),
        ("m1 - 1", "missing", "no"),
        ("FILL(m1, 1)", "missing", "no"),
        ("m1 > 0", "missing", "yes"),
        ("m1 + m2", "missing", "unsure"),
        ("IF(m1 > 0, 1)", "missing", "unsure"),
        ("ANOMALY_DETECTION_BAND(m1, 2)", "missing", "unsure"),
        ("e2", "missing", "unsure"),
        ("e1", "missing", "unsure"),
    ] {
        assert_eq!(raised(terms(expression), missing, serde_json::json!({ "value": "1" })), expected, "{expression}");
    }
    let mut both = terms("FILL(m1, 0)");
    both["terms"][0]["returned"] = true.into();
    assert_eq!(raised(both, "missing", serde_json::json!({ "value": "1" })), "unsure");
}

#[test]
fn a_condition_reads_as_a_person_says_it() {
    let mut condition = Condition {
        statistic: "Sum".to_owned(),
        period: 300,
        comparison: "GreaterThanOrEqualToThreshold".to_owned(),
        threshold: Some(1.0),
        evaluation_periods: 5,
        datapoints_to_alarm: Some(3),
        ..Condition::default()
    };
    assert_eq!(words(&condition), "Sum >= 1 in 3 of 5 x 300 s");
    condition.terms = vec![Term {
        id: "e".to_owned(),
        expression: Some("FILL(m1, 0)".to_owned()),
        returned: true,
        ..Term::default()
    }];
    assert_eq!(words(&condition), "FILL(m1, 0) >= 1 in 3 of 5 x 300 s");
}

/// A data point, as CloudWatch sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Seen {
    Nothing,
    Beyond,
    Within,
}

/// The state of an alarm after each period, evaluated as the User Guide describes it: the last data points in a range somewhat
/// longer than the periods that count, and what silence means where there are fewer than those.
fn simulated(points: &[Seen], missing: &str, periods: usize, beyond: usize) -> Vec<&'static str> {
    let mut state = "INSUFFICIENT_DATA";
    let mut states = Vec::new();
    for now in 0..points.len() {
        // The newest first.
        let range: Vec<Seen> = points[..=now].iter().rev().take(periods + 2).copied().collect();
        let real: Vec<Seen> = range.iter().filter(|point| **point != Seen::Nothing).take(periods).copied().collect();
        let over = real.iter().filter(|point| **point == Seen::Beyond).count();
        let filled = periods - real.len();
        state = if real.is_empty() {
            match missing {
                "breaching" => "ALARM",
                "notBreaching" => "OK",
                "ignore" => state,
                _ => "INSUFFICIENT_DATA",
            }
        } else if over >= beyond {
            "ALARM"
        } else if over + filled < beyond {
            "OK"
        } else {
            let oldest = range.iter().take(periods).rposition(|point| *point == Seen::Beyond);
            match missing {
                "breaching" => "ALARM",
                "notBreaching" => "OK",
                _ if real.contains(&Seen::Within) => "OK",
                "missing" if oldest.is_some_and(|at| at + 1 >= beyond) => "ALARM",
                _ => state,
            }
        };
        states.push(state);
    }
    states
}

proptest! {
    /// One event amid endless quiet: what is decided is what comes of it, period by period.
    #[test]
    fn the_outcome_is_what_a_simulation_gives(
        event in prop::sample::select(vec![Seen::Nothing, Seen::Beyond, Seen::Within]),
        quiet in prop::sample::select(vec![Seen::Nothing, Seen::Beyond, Seen::Within]),
        missing in prop::sample::select(vec!["missing", "ignore", "breaching", "notBreaching"]),
        periods in 1_usize..8,
        share in 1_usize..8,
    ) {
        let beyond = share.min(periods);
        let before = 3 * periods + 6;
        let mut points = vec![quiet; 2 * before];
        points[before] = event;
        let states = simulated(&points, missing, periods, beyond);
        let (earlier, later) = states.split_at(before);
        let steady = *earlier.last().unwrap();
        let raised = later.iter().position(|state| *state == "ALARM");
        let period = |point: Seen| match point {
            Seen::Nothing => Period::Missing,
            Seen::Beyond => Period::Beyond(Truth::True),
            Seen::Within => Period::Beyond(Truth::False),
        };
        let (n, m) = (u32::try_from(periods).unwrap(), u32::try_from(beyond).unwrap());
        let end = *later.last().unwrap();
        match outcome(period(event), period(quiet), missing, n, m) {
            Outcome::AtOnce => prop_assert!(steady != "ALARM" && raised == Some(0) && end != "ALARM", "{states:?}"),
            Outcome::Once => prop_assert!(steady != "ALARM" && raised == Some(0) && end == "ALARM", "{states:?}"),
            Outcome::Late(late) => {
                prop_assert!(steady != "ALARM" && raised == Some(late as usize - 1), "{late} {states:?}");
            }
            Outcome::Always => prop_assert!(steady == "ALARM", "{states:?}"),
            Outcome::Never => prop_assert!(steady != "ALARM" && raised.is_none(), "{states:?}"),
            Outcome::Unknown => prop_assert!(false, "all of it is known"),
        }
    }

    /// A statistic of samples that are drawn lies where it is said to lie.
    #[test]
    fn a_statistic_lies_within_its_bounds(
        value in -3.0_f64..10.0,
        default in prop::option::of(-3.0_f64..10.0),
        minutes in 1_u32..6,
        heard in 0_u32..6,
        with_event: bool,
    ) {
        let mut samples: Vec<f64> = with_event.then_some(value).into_iter().collect();
        let least = u32::from(!with_event);
        let copies = heard.clamp(least, (minutes - u32::from(with_event)).max(least));
        samples.extend((0..copies).filter_map(|_| default));
        for name in ["Sum", "Average", "Minimum", "Maximum", "SampleCount"] {
            let said = statistic(name, with_event.then_some(value), default, minutes * 60);
            if samples.is_empty() {
                prop_assert_eq!(said, Point::Missing);
                continue;
            }
            let sum: f64 = samples.iter().sum();
            let count = f64::from(u32::try_from(samples.len()).unwrap());
            let drawn = match name {
                "Sum" => sum,
                "Average" => sum / count,
                "Minimum" => samples.iter().copied().fold(f64::INFINITY, f64::min),
                "Maximum" => samples.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                _ => count,
            };
            let Point::Within(low, high) = said else { return Err(TestCaseError::fail(format!("{name}: {said:?}"))) };
            prop_assert!(low - 1e-9 <= drawn && drawn <= high + 1e-9, "{} of {:?} is not in {:?}", name, samples, said);
        }
    }
}
