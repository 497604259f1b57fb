//! What the event selectors of a trail record.

use kickoff_facts::logging::{AdvancedSelector, FieldSelector, Selectors, Trail};
use kickoff_facts::storage::Bucket;
use kickoff_facts::{Gap, Seen, View};

use crate::parameters::{CUSTOMER_DATA_BUCKETS, Parameters};
use crate::reasoning::certainty::{among, both};
use crate::reasoning::regions;
use crate::reasoning::tested::tested;
use crate::{Evaluation, Finding, Resource, Verdict};

/// A kind of event: one that reads, or one that writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// `readOnly` is true.
    Read,
    /// `readOnly` is false.
    Write,
}

impl Access {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// Whether `ReadWriteType` of a basic selector takes it in.
    fn in_basic(self, read_write: &str) -> bool {
        match self {
            Self::Read => matches!(read_write, "All" | "ReadOnly"),
            Self::Write => matches!(read_write, "All" | "WriteOnly"),
        }
    }

    /// Whether the `readOnly` conditions of an advanced selector take it in; none take in both kinds.
    fn in_advanced(self, selector: &AdvancedSelector) -> bool {
        let value = if self == Self::Read { "true" } else { "false" };
        selector.on("readOnly").all(|condition| condition.matches(value))
    }
}

/// Whether a selector asks for a value of a field by a condition.
fn asks(selector: &AdvancedSelector, field: &str, value: &str) -> bool {
    let mut conditions = selector.on(field).peekable();
    conditions.peek().is_some() && conditions.all(|condition| condition.matches(value))
}

/// Why not all management events of a kind are recorded; none when all are.
#[must_use]
pub fn management_shortcoming(selectors: &Selectors, access: Access) -> Option<String> {
    let mut shortcoming = None;
    for selector in selectors.basic.iter().filter(|s| s.management && access.in_basic(&s.read_write)) {
        if selector.excluded_sources.is_empty() {
            return None;
        }
        shortcoming = Some(format!("leaves out {}", selector.excluded_sources.join(", ")));
    }
    let asked = |s: &&AdvancedSelector| asks(s, "eventCategory", "Management") && access.in_advanced(s);
    for selector in selectors.advanced.iter().filter(asked) {
        // A selector without a further condition takes in all of them: nothing is wanting.
        let narrow = selector.fields.iter().find(|f| !matches!(&*f.field, "eventCategory" | "readOnly"))?;
        shortcoming = Some(if narrow.not_equals.is_empty() {
            format!("records {} management events only as far as {} matches", access.name(), narrow.field)
        } else {
            format!("leaves out {} {}", narrow.field, narrow.not_equals.join(", "))
        });
    }
    Some(shortcoming.unwrap_or_else(|| format!("records no {} management events", access.name())))
}

/// Whether any management events of a kind are recorded, all of them or some.
#[must_use]
pub fn takes_in_management(selectors: &Selectors, access: Access) -> bool {
    selectors.basic.iter().any(|s| s.management && access.in_basic(&s.read_write))
        || selectors.advanced.iter().any(|s| asks(s, "eventCategory", "Management") && access.in_advanced(s))
}

/// Whether any data events are recorded.
#[must_use]
pub fn takes_in_data(selectors: &Selectors) -> bool {
    selectors.basic.iter().any(|s| !s.data.is_empty())
        || selectors.advanced.iter().any(|s| asks(s, "eventCategory", "Data"))
}

/// Whether every management event of a name is recorded, whoever causes it; the service as `eventSource` has it.
#[must_use]
pub fn records_call(selectors: &Selectors, source: &str, name: &str, access: Access) -> bool {
    let basic = selectors.basic.iter().filter(|s| s.management && access.in_basic(&s.read_write));
    let asked = |s: &&AdvancedSelector| asks(s, "eventCategory", "Management") && access.in_advanced(s);
    basic.into_iter().any(|s| s.excluded_sources.iter().all(|excluded| excluded != source))
        || selectors.advanced.iter().filter(asked).any(|selector| {
            selector.fields.iter().all(|condition| match condition.field.as_str() {
                "eventCategory" | "readOnly" => true,
                "eventSource" => condition.matches(source),
                "eventName" => condition.matches(name),
                // Who called, how: each takes in only a part.
                _ => false,
            })
        })
}

/// Whether events of a kind are recorded for every object of a bucket, given as `arn:aws:s3:::name/`.
#[must_use]
pub fn records_objects(selectors: &Selectors, objects: &str, access: Access) -> bool {
    // `arn:aws:s3` and `arn:aws:s3:::`, which stand for all buckets.
    let all = objects.split_once(":::").map_or(objects, |(all, _)| all);
    let basic = selectors.basic.iter().filter(|s| access.in_basic(&s.read_write)).any(|selector| {
        let values = selector.data.iter().filter(|d| d.kind == "AWS::S3::Object").flat_map(|d| &d.values);
        values.into_iter().any(|value| value == objects || value.strip_suffix(":::").unwrap_or(value) == all)
    });
    basic
        || selectors.advanced.iter().any(|selector| {
            asks(selector, "eventCategory", "Data")
                && asks(selector, "resources.type", "AWS::S3::Object")
                && access.in_advanced(selector)
                && selector.fields.iter().all(|condition| match condition.field.as_str() {
                    "eventCategory" | "resources.type" | "readOnly" => true,
                    "eventSource" => condition.matches("s3.amazonaws.com"),
                    "resources.ARN" => takes_all(condition, objects),
                    // The name of the event, who called, how: each takes in only a part.
                    _ => false,
                })
        })
}

/// Whether a condition holds for everything that begins with a text.
fn takes_all(condition: &FieldSelector, begin: &str) -> bool {
    let open = condition.equals.is_empty() && condition.starts_with.is_empty() && condition.ends_with.is_empty();
    (open || condition.starts_with.iter().any(|x| begin.starts_with(x.as_str())))
        && !condition.not_equals.iter().any(|x| x.starts_with(begin))
        && !condition.not_starts_with.iter().any(|x| x.starts_with(begin) || begin.starts_with(x.as_str()))
        && condition.not_ends_with.is_empty()
}

/// The names of the trails that are switched on and record events of a kind for every object of a bucket: multi-region
/// trails, and trails of the bucket's region.
///
/// # Errors
/// None was found, and something that could show one is not known: a trail, a region, or where the bucket is.
pub fn object_recorders(
    view: &View<'_>,
    seen: &Seen,
    bucket: &str,
    region: Option<&str>,
    access: Access,
) -> Result<Vec<String>, Gap> {
    let objects = format!("arn:{}:s3:::{bucket}/", view.partition());
    let records = |trail: &Trail| {
        let on = seen.see(&trail.status).map(|status| status.logging);
        let all = seen.see(&trail.selectors).map(|selectors| records_objects(selectors, &objects, access));
        both(on, all)
    };
    let mut names = regions::find(view, |here| {
        let trails = here.trails()?.iter();
        let near = trails.filter(|trail| trail.multi_region || region == Some(trail.home_region.as_str()));
        among(near, |trail| Ok(records(trail)?.then(|| trail.name.clone())))
    })?;
    names.sort();
    names.dedup();
    let scanned = region.is_some_and(|region| view.regions().any(|here| here.region_name() == region));
    if names.is_empty() && !scanned {
        let message = "a single-region trail there may record the bucket";
        return Err(regions::not_collected(
            "cloudtrail:DescribeTrails",
            region.unwrap_or("the bucket's region"),
            message,
        ));
    }
    Ok(names)
}

/// What is said of a bucket that no trail is seen to record, in a region that a service control policy closes: trails of that
/// region alone go on recording, and nobody is let in to read of them.
#[must_use]
pub fn in_closed_region(view: &View<'_>, region: Option<&str>) -> Option<Verdict> {
    let (name, _) = view.closed_regions().find(|(name, _)| region == Some(*name))?;
    Some(Verdict::manual(
        "no trail that is read records every object",
        format!(
            "a service control policy closes {name}: a trail of that region alone may record the bucket, and cannot be read"
        ),
    ))
}

/// Judges whether events of a kind are recorded for each bucket of customer data; buckets that receive a trail are left
/// out.
///
/// # Errors
/// The account's buckets are not known, or nothing is known of its trails.
pub fn judge_customer_buckets(view: &View<'_>, parameters: &Parameters, access: Access) -> Evaluation {
    let all = view.buckets()?;
    let trails = regions::find(view, |here| Ok(here.trails()?.iter().map(|trail| trail.bucket.as_str()).collect()))?;
    let resource =
        |bucket: &Bucket| Resource::new("AWS::S3::Bucket", format!("arn:{}:s3:::{}", view.partition(), bucket.name));
    let buckets = tested(view, all, resource, |bucket| {
        if !parameters.matches(&CUSTOMER_DATA_BUCKETS, &bucket.name) {
            Some("not among customer_data_buckets")
        } else if trails.contains(&bucket.name.as_str()) {
            Some("receives the files of a trail")
        } else {
            None
        }
    });
    let judged = buckets.into_iter().map(|bucket| {
        Finding::judge(resource(bucket), |seen| {
            let names = match object_recorders(view, seen, &bucket.name, bucket.region.as_deref(), access) {
                Ok(names) => names,
                Err(gap) => return in_closed_region(view, bucket.region.as_deref()).ok_or(gap),
            };
            let events = access.name();
            Ok(if names.is_empty() {
                Verdict::fail(format!("no trail that is logging records every object {events}"))
            } else {
                Verdict::pass(format!("every object {events} is recorded by {}", names.join(", ")))
            })
        })
    });
    Ok(judged.collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn basic(selector: Value) -> Selectors {
        serde_json::from_value(json!({ "basic": [selector] })).unwrap()
    }

    /// An advanced selector of a category, with more conditions.
    fn advanced(category: &str, more: Vec<Value>) -> Selectors {
        let mut fields = vec![json!({ "field": "eventCategory", "equals": [category] })];
        fields.extend(more);
        serde_json::from_value(json!({ "advanced": [{ "fields": fields }] })).unwrap()
    }

    #[test]
    fn a_call_is_recorded_where_no_condition_leaves_it_out() {
        let management = |field: Value| advanced("Management", vec![field]);
        for (selectors, expected) in [
            (Selectors::default(), false),
            (basic(json!({ "read_write": "All", "management": true })), true),
            (basic(json!({ "read_write": "WriteOnly", "management": true })), true),
            (basic(json!({ "read_write": "ReadOnly", "management": true })), false),
            (basic(json!({ "read_write": "All" })), false),
            (
                basic(json!({ "read_write": "All", "management": true, "excluded_sources": ["kms.amazonaws.com"] })),
                true,
            ),
            (
                basic(
                    json!({ "read_write": "All", "management": true, "excluded_sources": ["rdsdata.amazonaws.com", "cloudtrail.amazonaws.com"] }),
                ),
                false,
            ),
            (advanced("Management", vec![]), true),
            (advanced("Data", vec![]), false),
            (management(json!({ "field": "readOnly", "equals": ["false"] })), true),
            (management(json!({ "field": "readOnly", "equals": ["true"] })), false),
            (management(json!({ "field": "eventSource", "equals": ["cloudtrail.amazonaws.com"] })), true),
            (management(json!({ "field": "eventSource", "not_equals": ["kms.amazonaws.com"] })), true),
            (management(json!({ "field": "eventSource", "not_equals": ["cloudtrail.amazonaws.com"] })), false),
            (management(json!({ "field": "eventName", "equals": ["StopLogging", "DeleteTrail"] })), true),
            (management(json!({ "field": "eventName", "equals": ["DeleteTrail"] })), false),
            (management(json!({ "field": "userIdentity.arn", "not_starts_with": ["arn:aws:sts"] })), false),
        ] {
            let recorded = records_call(&selectors, "cloudtrail.amazonaws.com", "StopLogging", Access::Write);
            assert_eq!(recorded, expected, "{selectors:?}");
        }
    }

    #[test]
    fn objects_are_recorded_where_no_condition_leaves_one_out() {
        let on = |field: Value| {
            advanced("Data", vec![json!({ "field": "resources.type", "equals": ["AWS::S3::Object"] }), field])
        };
        let arn = |condition: &str, value: &str| on(json!({ "field": "resources.ARN", condition: [value] }));
        for (selectors, expected) in [
            (on(json!({ "field": "readOnly", "equals": ["false"] })), true),
            (on(json!({ "field": "readOnly", "equals": ["true"] })), false),
            (on(json!({ "field": "eventSource", "equals": ["s3.amazonaws.com"] })), true),
            (on(json!({ "field": "eventName", "equals": ["PutObject"] })), false),
            (arn("starts_with", "arn:aws:s3:::prod-data/"), true),
            (arn("starts_with", "arn:aws:s3:::prod"), true),
            (arn("starts_with", "arn:aws:s3:::prod-data/in/"), false),
            (arn("equals", "arn:aws:s3:::prod-data/"), false),
            (arn("ends_with", ".csv"), false),
            (arn("not_equals", "arn:aws:s3:::prod-data/a"), false),
            (arn("not_equals", "arn:aws:s3:::other/a"), true),
            (arn("not_starts_with", "arn:aws:s3:::prod-data/tmp/"), false),
            (arn("not_starts_with", "arn:aws:s3:::prod"), false),
            (arn("not_starts_with", "arn:aws:s3:::other/"), true),
            (arn("not_ends_with", ".tmp"), false),
            (advanced("Data", vec![json!({ "field": "resources.type", "equals": ["AWS::Lambda::Function"] })]), false),
            (advanced("Management", vec![json!({ "field": "resources.type", "equals": ["AWS::S3::Object"] })]), false),
        ] {
            let recorded = records_objects(&selectors, "arn:aws:s3:::prod-data/", Access::Write);
            assert_eq!(recorded, expected, "{selectors:?}");
        }
    }
}
