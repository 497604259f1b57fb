//! AWS Config.

use std::collections::BTreeMap;

use aws_sdk_config::Client;
use aws_sdk_config::types as sdk;
use futures::future::join_all;
use kickoff_evidence::{Gap, GapKind};
use kickoff_facts::detection::{
    Aggregator, AggregatorFilter, ConfigRule, Delivery, DeliveryChannel, DiscoveredCount, FrequencyOf, NonCompliant,
    Recorder,
};
use kickoff_facts::{Need, Observed, Tie};

use super::shared::{follows, inherited, text, time};
use crate::call::ask;
use crate::session::{Session, client};

families! {
    regional Recorders recorders = |session, _, region, _| recorders(session, region);
    regional DeliveryChannels delivery_channels = |session, _, region, _| delivery_channels(session, region);
    regional ConfigRetention config_retention = |session, _, region, _| retention(session, region);
    regional DiscoveredCounts discovered_counts = |session, _, region, known| discovered(session, region, &known.recorders);
    regional Aggregators aggregators = |session, _, region, _| aggregators(session, region);
    regional ConfigRules config_rules = |session, _, region, _| rules(session, region);
}

/// A status in the spelling of the API reference. What AWS sends is in capitals (`SUCCESS`), what its reference lists is
/// not (`Success`).
fn status(sent: &str) -> String {
    let known = ["Success", "Failure", "Pending", "Not_Applicable"];
    known.into_iter().find(|name| name.eq_ignore_ascii_case(sent)).unwrap_or(sent).to_owned()
}

fn config(session: &Session, region: &str) -> Client {
    client!(aws_sdk_config, session, region)
}

/// Recorders and their state. AWS tells the state of every recorder, of one that never ran too.
pub(super) async fn recorders(session: &Session, region: &str) -> Observed<Vec<Recorder>> {
    let client = config(session, region);
    let recorders = session.one(ask("config:DescribeConfigurationRecorders", region), |call| {
        client.describe_configuration_recorders().customize().interceptor(call).send()
    });
    let states = session.one(ask("config:DescribeConfigurationRecorderStatus", region), |call| {
        client.describe_configuration_recorder_status().customize().interceptor(call).send()
    });
    let (recorders, states) = futures::join!(recorders, states);
    let both = recorders.observed().and(states.observed());
    if let Observed::Known { value: (recorders, states), evidence } = &both {
        let names = recorders.configuration_recorders().iter().filter_map(sdk::ConfigurationRecorder::name).collect();
        let told = states.configuration_recorders_status().iter().filter_map(sdk::ConfigurationRecorderStatus::name);
        let list = ("config:DescribeConfigurationRecorders", &names);
        let other = ("config:DescribeConfigurationRecorderStatus", &told.collect());
        session.tie(Tie::listed("Config recorders", list, other, &[Need::Recorders]).within(region).under(&[evidence]));
    }
    both.map(|(recorders, states)| {
        let states: BTreeMap<&str, &sdk::ConfigurationRecorderStatus> =
            states.configuration_recorders_status().iter().map(|s| (s.name().unwrap_or_default(), s)).collect();
        recorders
            .configuration_recorders()
            .iter()
            .map(|r| {
                let (group, mode) = (r.recording_group(), r.recording_mode());
                let state = states.get(r.name().unwrap_or_default());
                let types = |list: &[sdk::ResourceType]| list.iter().map(|t| t.as_str().to_owned()).collect();
                Recorder {
                    name: text(r.name()),
                    role: text(r.role_arn()),
                    all_supported: group.is_some_and(sdk::RecordingGroup::all_supported),
                    include_global: group.is_some_and(sdk::RecordingGroup::include_global_resource_types),
                    strategy: group
                        .and_then(sdk::RecordingGroup::recording_strategy)
                        .and_then(|s| s.use_only())
                        .map(|only| only.as_str().to_owned())
                        .unwrap_or_default(),
                    types: group.map(|g| types(g.resource_types())).unwrap_or_default(),
                    excluded_types: group
                        .and_then(sdk::RecordingGroup::exclusion_by_resource_types)
                        .map(|e| types(e.resource_types()))
                        .unwrap_or_default(),
                    recording: state.is_some_and(|s| s.recording()),
                    last_status: state.and_then(|s| s.last_status()).map(|s| status(s.as_str())).unwrap_or_default(),
                    last_error: state.and_then(|s| s.last_error_message()).map(str::to_owned),
                    frequency: mode.map(|mode| mode.recording_frequency().as_str().to_owned()).unwrap_or_default(),
                    frequency_of: mode
                        .map(sdk::RecordingMode::recording_mode_overrides)
                        .unwrap_or_default()
                        .iter()
                        .map(|one| FrequencyOf {
                            types: types(one.resource_types()),
                            frequency: one.recording_frequency().as_str().to_owned(),
                        })
                        .collect(),
                }
            })
            .collect()
    })
}

pub(super) async fn delivery_channels(session: &Session, region: &str) -> Observed<Vec<DeliveryChannel>> {
    let client = config(session, region);
    let channels = session.one(ask("config:DescribeDeliveryChannels", region), |call| {
        client.describe_delivery_channels().customize().interceptor(call).send()
    });
    let states = session.one(ask("config:DescribeDeliveryChannelStatus", region), |call| {
        client.describe_delivery_channel_status().customize().interceptor(call).send()
    });
    let (channels, states) = futures::join!(channels, states);
    let both = channels.observed().and(states.observed());
    if let Observed::Known { value: (channels, states), evidence } = &both {
        let names = channels.delivery_channels().iter().filter_map(sdk::DeliveryChannel::name).collect();
        let told = states.delivery_channels_status().iter().filter_map(sdk::DeliveryChannelStatus::name).collect();
        let list = ("config:DescribeDeliveryChannels", &names);
        let other = ("config:DescribeDeliveryChannelStatus", &told);
        let families = [Need::DeliveryChannels];
        session.tie(Tie::listed("Config delivery channels", list, other, &families).within(region).under(&[evidence]));
    }
    both.map(|(channels, states)| {
        let states: BTreeMap<&str, &sdk::DeliveryChannelStatus> =
            states.delivery_channels_status().iter().map(|s| (s.name().unwrap_or_default(), s)).collect();
        let export = |info: Option<&sdk::ConfigExportDeliveryInfo>| Delivery {
            status: info.and_then(|i| i.last_status()).map(|s| status(s.as_str())).unwrap_or_default(),
            error: info.and_then(|i| i.last_error_message()).map(str::to_owned),
            last_success: time(info.and_then(|i| i.last_successful_time())),
            last_attempt: time(info.and_then(|i| i.last_attempt_time())),
            next: time(info.and_then(|i| i.next_delivery_time())),
        };
        channels
            .delivery_channels()
            .iter()
            .map(|c| {
                let state = states.get(c.name().unwrap_or_default());
                let stream = state.and_then(|s| s.config_stream_delivery_info());
                DeliveryChannel {
                    name: text(c.name()),
                    bucket: text(c.s3_bucket_name()),
                    topic_arn: c.sns_topic_arn().map(str::to_owned),
                    history: export(state.and_then(|s| s.config_history_delivery_info())),
                    snapshot: export(state.and_then(|s| s.config_snapshot_delivery_info())),
                    stream: Delivery {
                        status: stream.and_then(|i| i.last_status()).map(|s| status(s.as_str())).unwrap_or_default(),
                        error: stream.and_then(|i| i.last_error_message()).map(str::to_owned),
                        // The stream has one date only, that of its last change of status.
                        last_success: time(
                            stream
                                .filter(|i| i.last_status().is_some_and(|s| status(s.as_str()) == "Success"))
                                .and_then(|i| i.last_status_change_time()),
                        ),
                        last_attempt: None,
                        next: None,
                    },
                }
            })
            .collect()
    })
}

pub(super) async fn retention(session: &Session, region: &str) -> Observed<Option<u32>> {
    let client = config(session, region);
    session
        .pages(ask("config:DescribeRetentionConfigurations", region), |token, call| {
            let request =
                client.describe_retention_configurations().set_next_token(token).customize().interceptor(call).send();
            async { request.await.map(|out| (out.retention_configurations.unwrap_or_default(), out.next_token)) }
        })
        .await
        .observed()
        .map(|list| list.first().and_then(|c| u32::try_from(c.retention_period_in_days()).ok()))
}

/// What AWS Config counts, where a recorder records: elsewhere its counts are what it knew when it was stopped.
async fn discovered(
    session: &Session,
    region: &str,
    recorders: &Observed<Vec<Recorder>>,
) -> Observed<Option<Vec<DiscoveredCount>>> {
    const OPERATION: &str = "config:GetDiscoveredResourceCounts";
    const PAGE: i32 = 100;
    match recorders.get() {
        Ok(found) if found.iter().any(|recorder| recorder.recording) => {}
        Ok(_) => return follows(None, recorders),
        Err(gap) => return inherited(gap, OPERATION).into(),
    }
    let client = config(session, region);
    session
        .pages(ask(OPERATION, region), |token, call| {
            let request = client.get_discovered_resource_counts().limit(PAGE).set_next_token(token);
            let request = request.customize().interceptor(call).send();
            async { request.await.map(|out| (out.resource_counts.unwrap_or_default(), out.next_token)) }
        })
        .await
        .observed()
        .map(|counts| {
            let told = counts.iter().map(|count| DiscoveredCount {
                kind: count.resource_type().map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
                count: u64::try_from(count.count()).unwrap_or_default(),
            });
            Some(told.collect())
        })
}

pub(super) async fn aggregators(session: &Session, region: &str) -> Observed<Vec<Aggregator>> {
    let client = config(session, region);
    session
        .pages(ask("config:DescribeConfigurationAggregators", region), |token, call| {
            let request =
                client.describe_configuration_aggregators().set_next_token(token).customize().interceptor(call).send();
            async { request.await.map(|out| (out.configuration_aggregators.unwrap_or_default(), out.next_token)) }
        })
        .await
        .observed()
        .map(|list| {
            list.iter()
                .map(|a| {
                    let organization = a.organization_aggregation_source();
                    let sources = a.account_aggregation_sources();
                    Aggregator {
                        name: text(a.configuration_aggregator_name()),
                        arn: text(a.configuration_aggregator_arn()),
                        organization: organization.is_some(),
                        all_regions: organization.is_some_and(|o| o.all_aws_regions())
                            || sources.iter().any(|s| s.all_aws_regions()),
                        regions: organization
                            .map(|o| o.aws_regions().to_vec())
                            .unwrap_or_else(|| sources.iter().flat_map(|s| s.aws_regions().to_vec()).collect()),
                        accounts: sources.iter().flat_map(|s| s.account_ids().to_vec()).collect(),
                        filters: a.aggregator_filters().map(filters).unwrap_or_default(),
                    }
                })
                .collect()
        })
}

fn filters(of: &sdk::AggregatorFilters) -> Vec<AggregatorFilter> {
    let one = |on: &str, kind: Option<&sdk::AggregatorFilterType>, values: &[String]| AggregatorFilter {
        on: on.to_owned(),
        kind: kind.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        values: values.to_vec(),
    };
    let types = of.resource_type().map(|f| one("ResourceType", f.r#type(), f.value()));
    let services = of.service_principal().map(|f| one("ServicePrincipal", f.r#type(), f.value()));
    types.into_iter().chain(services).collect()
}

/// Rules with their verdicts; details are asked for rules that something does not comply with.
pub(super) async fn rules(session: &Session, region: &str) -> Observed<Vec<ConfigRule>> {
    const DETAILS: &str = "config:GetComplianceDetailsByConfigRule";
    let client = config(session, region);
    let listed = session
        .pages(ask("config:DescribeComplianceByConfigRule", region), |token, call| {
            let request =
                client.describe_compliance_by_config_rule().set_next_token(token).customize().interceptor(call).send();
            async { request.await.map(|out| (out.compliance_by_config_rules.unwrap_or_default(), out.next_token)) }
        })
        .await
        .observed();
    let found = match listed.get() {
        Ok(found) => found,
        Err(gap) => return gap.clone().into(),
    };
    let client = &client;
    let asked = found.iter().map(|rule| async move {
        let name = text(rule.config_rule_name());
        let compliance = rule
            .compliance()
            .and_then(sdk::Compliance::compliance_type)
            .map(|kind| kind.as_str().to_owned())
            .unwrap_or_default();
        let mut noncompliant: Observed<Vec<NonCompliant>> = if compliance == "NON_COMPLIANT" {
            let parameters = [("ConfigRuleName", name.as_str()), ("ComplianceTypes", "NON_COMPLIANT")];
            session
                .pages(ask(DETAILS, region).with(&parameters), |token, call| {
                    let request = client
                        .get_compliance_details_by_config_rule()
                        .config_rule_name(&name)
                        .compliance_types(sdk::ComplianceType::NonCompliant)
                        .limit(100)
                        .set_next_token(token)
                        .customize()
                        .interceptor(call)
                        .send();
                    async { request.await.map(|out| (out.evaluation_results.unwrap_or_default(), out.next_token)) }
                })
                .await
                .observed()
                .map(|results| results.iter().map(noncompliant).collect())
        } else {
            Gap {
                kind: GapKind::NotCollected,
                call: DETAILS.to_owned(),
                region: region.to_owned(),
                message: format!("the rule says {compliance}"),
                evidence: None,
            }
            .into()
        };
        // AWS counts what does not comply, as far as a cap; details that hold fewer lack something.
        let counted = rule.compliance().and_then(sdk::Compliance::compliance_contributor_count);
        let counted = counted.and_then(|count| u64::try_from(count.capped_count()).ok()).unwrap_or_default();
        let listed = noncompliant.get().map_or(counted, |listed| listed.len() as u64);
        if listed < counted {
            noncompliant = Gap {
                kind: GapKind::Contradicted,
                call: DETAILS.to_owned(),
                region: region.to_owned(),
                message: format!(
                    "{listed} that do not comply with {name}, config:DescribeComplianceByConfigRule counts {counted}"
                ),
                evidence: noncompliant.evidence().first().copied(),
            }
            .into();
        }
        (listed.min(counted), counted, ConfigRule { name, compliance, noncompliant })
    });
    let rules = join_all(asked).await;
    let sum = |number: fn(&(u64, u64, ConfigRule)) -> u64| rules.iter().map(number).sum();
    let (found, counted) = (sum(|rule| rule.0), sum(|rule| rule.1));
    let mut tie = Tie::counted(
        "what does not comply with Config rules",
        (DETAILS, found),
        ("config:DescribeComplianceByConfigRule", counted),
        &[],
    );
    let short = rules.iter().filter(|(found, counted, _)| found < counted);
    tie.total.missing = short.map(|(found, counted, rule)| format!("{found} of {counted} of {}", rule.name)).collect();
    session.tie(tie.told_by(&[Need::ConfigRules]).within(region).under(&[listed.evidence()]));
    let mut rules: Vec<ConfigRule> = rules.into_iter().map(|(_, _, rule)| rule).collect();
    rules.sort_by(|a, b| a.name.cmp(&b.name));
    follows(rules, &listed)
}

fn noncompliant(result: &sdk::EvaluationResult) -> NonCompliant {
    let qualifier = result.evaluation_result_identifier().and_then(|id| id.evaluation_result_qualifier());
    NonCompliant {
        resource_type: qualifier.map(|q| text(q.resource_type())).unwrap_or_default(),
        resource_id: qualifier.map(|q| text(q.resource_id())).unwrap_or_default(),
        recorded: time(result.config_rule_invoked_time()).or_else(|| time(result.result_recorded_time())),
    }
}

#[cfg(test)]
mod tests {
    use super::status;

    #[test]
    fn statuses_fold_case_and_unknown_ones_stay() {
        assert_eq!(status("SUCCESS"), "Success");
        assert_eq!(status("Not_Applicable"), "Not_Applicable");
        assert_eq!(status("NEW_STATE"), "NEW_STATE");
    }
}
