//! CloudTrail. A trail is asked in its home region, once, and the answer holds wherever it is listed.

use std::collections::BTreeMap;

use aws_sdk_cloudtrail::types as sdk;
use futures::future::join_all;
use kickoff_facts::Observed;
use kickoff_facts::logging::{
    AdvancedSelector, BasicSelector, DataResource, FieldSelector, InsightSelector, Selectors, Trail, TrailStatus,
};

use super::shared::{text, time};
use crate::call::ask;
use crate::session::{Session, client};

families! {
    regions Trails trails = |session, facts| trails(session, facts.regions.keys());
}

/// The trails of all regions.
pub(super) async fn trails(
    session: &Session,
    regions: impl Iterator<Item = &String>,
) -> BTreeMap<String, Observed<Vec<Trail>>> {
    let listed = join_all(regions.map(|region| async move { (region.clone(), list(session, region).await) })).await;
    let mut listed: BTreeMap<String, Observed<Vec<Trail>>> = listed.into_iter().collect();
    // Each trail is primary where it lives, or, when that region is not asked, where it is seen first.
    let mut primary: BTreeMap<String, (String, Trail)> = BTreeMap::new();
    for (region, trails) in &listed {
        for trail in trails.get().into_iter().flatten() {
            let here = (region.clone(), trail.clone());
            match primary.get(&trail.arn) {
                Some(_) if trail.home_region != *region => {}
                _ => drop(primary.insert(trail.arn.clone(), here)),
            }
        }
    }
    let details = join_all(primary.values().map(|(_, trail)| detail(session, trail))).await;
    let details: BTreeMap<&String, Trail> = primary.keys().zip(details).collect();
    for (region, trails) in &mut listed {
        if let Observed::Known { value, .. } = trails {
            for trail in value {
                if let Some(known) = details.get(&trail.arn) {
                    trail.status = known.status.clone();
                    trail.selectors = known.selectors.clone();
                    trail.insights = known.insights.clone();
                }
                trail.primary = primary.get(&trail.arn).is_some_and(|(home, _)| home == region);
            }
        }
    }
    listed
}

async fn list(session: &Session, region: &str) -> Observed<Vec<Trail>> {
    let client = client!(aws_sdk_cloudtrail, session, region);
    let parameters = [("includeShadowTrails", "true")];
    session
        .one(ask("cloudtrail:DescribeTrails", region).with(&parameters), |call| {
            client.describe_trails().include_shadow_trails(true).customize().interceptor(call).send()
        })
        .await
        .observed()
        .map(|out| {
            let mut trails: Vec<Trail> = out.trail_list().iter().map(trail).collect();
            trails.sort_by(|a, b| a.arn.cmp(&b.arn));
            trails
        })
}

fn trail(t: &sdk::Trail) -> Trail {
    Trail {
        arn: text(t.trail_arn()),
        name: text(t.name()),
        home_region: text(t.home_region()),
        multi_region: t.is_multi_region_trail().unwrap_or_default(),
        organization: t.is_organization_trail().unwrap_or_default(),
        global_service_events: t.include_global_service_events().unwrap_or_default(),
        log_file_validation: t.log_file_validation_enabled().unwrap_or_default(),
        bucket: text(t.s3_bucket_name()),
        prefix: t.s3_key_prefix().unwrap_or_default().trim_matches('/').to_owned(),
        kms_key: t.kms_key_id().map(str::to_owned),
        log_group_arn: t.cloud_watch_logs_log_group_arn().map(|arn| arn.trim_end_matches(":*").to_owned()),
        topic_arn: t.sns_topic_arn().map(str::to_owned),
        ..Trail::default()
    }
}

async fn detail(session: &Session, known: &Trail) -> Trail {
    let region = known.home_region.as_str();
    let client = client!(aws_sdk_cloudtrail, session, region);
    let parameters = [("Name", known.arn.as_str())];
    let status = session.one(ask("cloudtrail:GetTrailStatus", region).with(&parameters), |call| {
        client.get_trail_status().name(&known.arn).customize().interceptor(call).send()
    });
    let selectors = session.one(ask("cloudtrail:GetEventSelectors", region).with(&parameters), |call| {
        client.get_event_selectors().trail_name(&known.arn).customize().interceptor(call).send()
    });
    let insights = session.one(ask("cloudtrail:GetInsightSelectors", region).with(&parameters), |call| {
        client.get_insight_selectors().trail_name(&known.arn).customize().interceptor(call).send()
    });
    let (status, selectors, insights) = futures::join!(status, selectors, insights);
    let error = |text: Option<&str>| text.filter(|t| !t.is_empty()).map(str::to_owned);
    Trail {
        status: status
            .parse(|out| {
                Ok(TrailStatus {
                    logging: out.is_logging().ok_or("it does not say whether the trail is logging")?,
                    logging_since: time(out.start_logging_time()),
                    last_delivery: time(out.latest_delivery_time()),
                    delivery_error: error(out.latest_delivery_error()),
                    last_log_group_delivery: time(out.latest_cloud_watch_logs_delivery_time()),
                    log_group_delivery_error: error(out.latest_cloud_watch_logs_delivery_error()),
                    last_digest_delivery: time(out.latest_digest_delivery_time()),
                    digest_delivery_error: error(out.latest_digest_delivery_error()),
                })
            })
            .observed(),
        selectors: selectors.observed().map(|out| Selectors {
            basic: out.event_selectors().iter().map(basic).collect(),
            advanced: out.advanced_event_selectors().iter().map(advanced).collect(),
        }),
        insights: insights.or_absent().map(|found| {
            let selectors = found.and_then(|out| out.insight_selectors).unwrap_or_default();
            selectors.iter().filter_map(insight).collect()
        }),
        ..known.clone()
    }
}

fn insight(selector: &sdk::InsightSelector) -> Option<InsightSelector> {
    let categories = selector.event_categories().iter().map(|category| category.as_str().to_owned()).collect();
    selector.insight_type().map(|kind| InsightSelector { kind: kind.as_str().to_owned(), categories })
}

fn basic(selector: &sdk::EventSelector) -> BasicSelector {
    BasicSelector {
        read_write: selector.read_write_type().map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        management: selector.include_management_events().unwrap_or_default(),
        excluded_sources: selector.exclude_management_event_sources().to_vec(),
        data: selector
            .data_resources()
            .iter()
            .map(|data| DataResource { kind: text(data.r#type()), values: data.values().to_vec() })
            .collect(),
    }
}

fn advanced(selector: &sdk::AdvancedEventSelector) -> AdvancedSelector {
    AdvancedSelector {
        name: text(selector.name()),
        fields: selector
            .field_selectors()
            .iter()
            .map(|f| FieldSelector {
                field: f.field().to_owned(),
                equals: f.equals().to_vec(),
                starts_with: f.starts_with().to_vec(),
                ends_with: f.ends_with().to_vec(),
                not_equals: f.not_equals().to_vec(),
                not_starts_with: f.not_starts_with().to_vec(),
                not_ends_with: f.not_ends_with().to_vec(),
            })
            .collect(),
    }
}
