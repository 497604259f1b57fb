//! The forms of events that are known: the kinds that a service sends, and the fields of each, as data.
//!
//! A field is the same in every event of its kind, or it is open: the table says what it may be. A field that the table
//! does not name may be anything.

use std::sync::LazyLock;

use kickoff_facts::View;
use serde_json::Value;

use crate::frame::table::fields;
use crate::reasoning::sample::{Alphabet, Open, Sample, Shape, Values};

const FORMS: &str = include_str!("../../data/event_forms.csv");
const FIELDS: &str = include_str!("../../data/event_fields.csv");

/// A kind of event that a service sends to EventBridge.
#[derive(Debug, Clone, Copy)]
struct Form {
    /// The service as `source` has it; `*` where any service has the kind.
    source: &'static str,
    /// The kind, as `detail-type` has it.
    detail_type: &'static str,
    /// The name of its fields in the table of fields; empty where no sample of it is made.
    form: &'static str,
}

/// A field of a form.
#[derive(Debug, Clone, Copy)]
struct Field {
    form: &'static str,
    /// Of which events of the form; empty where of all.
    variant: &'static str,
    path: &'static str,
    kind: &'static str,
    value: &'static str,
    always: bool,
}

static ALL: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let read = |line| {
        // Then what it tells in words, AWS's page, and when that was read.
        let [source, detail_type, form, _, _, _] = fields(line).try_into().ok()?;
        Some(Form { source, detail_type, form })
    };
    FORMS.lines().skip(1).filter_map(read).collect()
});

static TABLE: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let read = |line| {
        let [form, variant, path, kind, value, presence] = fields(line).try_into().ok()?;
        Some(Field { form, variant, path, kind, value, always: presence == "always" })
    };
    FIELDS.lines().skip(1).filter_map(read).collect()
});

/// The kinds of events of a service that are known.
pub fn known_kinds(source: &str) -> Vec<&'static str> {
    let own = |form: &&Form| form.source == source || form.source == "*";
    ALL.iter().filter(own).map(|form| form.detail_type).collect()
}

/// The variants of a form whose names begin alike.
pub fn variants(form: &str, begin: &str) -> Vec<&'static str> {
    let own = TABLE.iter().filter(|field| field.form == form && field.variant.starts_with(begin));
    let mut all: Vec<&str> = own.map(|field| field.variant).collect();
    all.dedup();
    all
}

/// The values that a field of a variant may have, in order.
pub fn choice(form: &str, variant: &str, path: &str) -> Vec<Value> {
    let own = TABLE.iter().find(|field| field.form == form && field.variant == variant && field.path == path);
    own.and_then(numbers).unwrap_or_default()
}

/// A sample with the fields of a form and of some of its variants.
#[must_use]
pub fn record(view: &View<'_>, form: &str, variants: &[&str]) -> Sample {
    let mut sample = Sample::Absent;
    fill(&mut sample, view, form, variants);
    sample
}

/// A sample as the bus of the window's region has it: an envelope with a service, a kind and details.
#[must_use]
pub fn event(view: &View<'_>, source: &str, detail_type: &str, detail: Sample) -> Sample {
    let mut sample = record(view, "event", &[]);
    sample.set("source", Sample::text(source));
    sample.set("detail-type", Sample::text(detail_type));
    sample.set("detail", detail);
    sample
}

/// A sample of a form that has a kind of its own.
#[must_use]
pub fn of_form(view: &View<'_>, form: &str, variants: &[&str]) -> Sample {
    let mut sample = record(view, "event", &[]);
    if let Some(known) = ALL.iter().find(|known| known.form == form) {
        sample.set("source", Sample::text(known.source));
        sample.set("detail-type", Sample::text(known.detail_type));
    }
    fill(&mut sample, view, form, variants);
    sample
}

/// Puts the fields of a form and of some of its variants into a sample.
pub fn fill(sample: &mut Sample, view: &View<'_>, form: &str, variants: &[&str]) {
    let own = |field: &&Field| field.form == form && (field.variant.is_empty() || variants.contains(&field.variant));
    for field in TABLE.iter().filter(own) {
        sample.set(field.path, part(field, view));
    }
}

fn part(field: &Field, view: &View<'_>) -> Sample {
    let here = |text: &str| {
        text.replace("{account}", view.account_id())
            .replace("{region}", view.region_name())
            .replace("{partition}", view.partition())
    };
    let values = match field.kind {
        "none" => return Sample::Absent,
        "text" => return Sample::text(here(field.value)),
        "flag" => return Sample::Fixed(Value::Bool(field.value == "true")),
        "number" => return field.value.parse::<i64>().map_or(Sample::Absent, |number| Sample::Fixed(number.into())),
        "choice" => Values::Choice(field.value.split('|').map(Value::from).collect()),
        "tenths" | "integers" => Values::Choice(numbers(field).unwrap_or_default()),
        "address" => Values::Text(Shape::of(Alphabet::Address)),
        "digits" => Values::Text(Shape::of(Alphabet::Digits)),
        "uuid" => Values::Text(Shape::of(Alphabet::Uuid)),
        "region" => Values::Text(Shape::of(Alphabet::Region)),
        "time" => Values::Text(Shape::of(Alphabet::Time)),
        "string" => Values::Text(Shape { without: field.value.to_owned(), ..Shape::of(Alphabet::Any) }),
        "begins" => {
            let (begin, without) = field.value.split_once(" without ").unwrap_or((field.value, ""));
            Values::Text(Shape { without: without.to_owned(), ..Shape::beginning(here(begin)) })
        }
        _ => Values::Any,
    };
    Sample::Open(Open { values, may_lack: !field.always })
}

/// The numbers of a range, `7.0..8.9` by tenths or `70..89` by ones.
fn numbers(field: &Field) -> Option<Vec<Value>> {
    let (least, most) = field.value.split_once("..")?;
    match field.kind {
        "tenths" => {
            let tenths = |text: &str| text.replace('.', "").parse::<u32>().ok();
            Some((tenths(least)?..=tenths(most)?).map(|tenths| Value::from(f64::from(tenths) / 10.0)).collect())
        }
        _ => Some((least.parse::<u32>().ok()?..=most.parse().ok()?).map(Value::from).collect()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_line_of_the_tables_is_read_and_has_its_source_and_day() {
        assert_eq!(ALL.len(), FORMS.lines().count() - 1);
        assert_eq!(TABLE.len(), FIELDS.lines().count() - 1);
        for (form, line) in ALL.iter().zip(FORMS.lines().skip(1)) {
            let [.., tells, page, read] = fields(line)[..] else { panic!("{line}") };
            assert!(page.starts_with("https://docs.aws.amazon.com/"), "{line}");
            assert!(read.parse::<jiff::civil::Date>().is_ok() && !tells.is_empty(), "{line}");
            let has_fields = TABLE.iter().any(|field| field.form == form.form);
            assert!(form.form.is_empty() || has_fields, "{form:?}");
        }
    }

    #[test]
    fn every_field_is_of_a_known_form_and_kind_and_stands_once() {
        let forms: BTreeSet<&str> = ALL.iter().map(|form| form.form).chain(["event", "record"]).collect();
        let mut seen = BTreeSet::new();
        for field in TABLE.iter() {
            assert!(forms.contains(field.form), "{field:?}");
            assert!(seen.insert((field.form, field.variant, field.path)), "twice: {field:?}");
            let known = [
                "none", "text", "flag", "number", "choice", "tenths", "integers", "address", "digits", "uuid",
                "region", "time", "string", "begins", "any",
            ];
            assert!(known.contains(&field.kind), "{field:?}");
            if matches!(field.kind, "tenths" | "integers") {
                assert!(!numbers(field).unwrap().is_empty(), "{field:?}");
            }
        }
    }

    /// GuardDuty User Guide, "Severity levels of GuardDuty findings": high is 7.0 to 8.9, critical 9.0 to 10.0.
    #[test]
    fn severities_reach_from_end_to_end() {
        let ends = |variant: &str| {
            let all = choice("guardduty", variant, "detail.severity");
            (all.first().unwrap().as_f64().unwrap(), all.last().unwrap().as_f64().unwrap(), all.len())
        };
        assert_eq!(ends("high"), (7.0, 8.9, 20));
        assert_eq!(ends("critical"), (9.0, 10.0, 11));
    }

    #[test]
    fn kinds_are_known_by_service_and_calls_of_every_service_are() {
        assert!(known_kinds("aws.guardduty").contains(&"GuardDuty Finding"));
        assert!(known_kinds("aws.guardduty").contains(&"AWS API Call via CloudTrail"));
        assert!(!known_kinds("aws.securityhub").contains(&"GuardDuty Finding"));
        assert!(variants("securityhub", "product ").contains(&"product Inspector"));
    }
}
