//! EC2, by declared operations.

use kickoff_facts::Observed;
use kickoff_facts::compute::Instance;
use kickoff_facts::network::{FlowLog, NetworkInterface, Vpc};
use kickoff_facts::organization::Region;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::call::{Answer, Ask, ask};
use crate::declared::{EC2, Payload, send};
use crate::session::Session;

families! {
    regional Vpcs vpcs = |session, _, region, _| vpcs(session, region);
    regional NetworkInterfaces network_interfaces = |session, _, region, _| network_interfaces(session, region);
    regional Instances instances = |session, _, region, _| instances(session, region);
    regional FlowLogs flow_logs = |session, _, region, _| flow_logs(session, region);
}

/// EC2's form of a list: `<someSet><item>...</item></someSet>`.
#[derive(Deserialize)]
struct Items<T> {
    #[serde(default = "Vec::new")]
    item: Vec<T>,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self { item: Vec::new() }
    }
}

/// A page of an EC2 answer.
trait Page: DeserializeOwned {
    type Record;
    fn split(self) -> (Vec<Self::Record>, Option<String>);
}

async fn pages<P: Page>(
    session: &Session,
    asked: Ask<'_>,
    name: &'static str,
    fields: &[(&str, &str)],
) -> Answer<Vec<P::Record>> {
    let region = asked.region;
    session
        .declared_pages(
            asked,
            |token, call| {
                let mut form: Vec<(String, String)> =
                    fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
                if let Some(token) = token {
                    form.push(("NextToken".to_owned(), token));
                }
                send(session, EC2, name, region, Payload::Form(form), call)
            },
            |body| {
                let text = std::str::from_utf8(body).map_err(|e| e.to_string())?;
                let page: P = quick_xml::de::from_str(text).map_err(|e| e.to_string())?;
                Ok(page.split())
            },
        )
        .await
}

macro_rules! page {
    ($page:ident, $element:literal, $raw:ty) => {
        #[derive(Deserialize)]
        struct $page {
            // An answer without the element is not an answer to this question.
            #[serde(rename = $element)]
            records: Items<$raw>,
            #[serde(rename = "nextToken")]
            next: Option<String>,
        }

        impl Page for $page {
            type Record = $raw;
            fn split(self) -> (Vec<$raw>, Option<String>) {
                (self.records.item, self.next)
            }
        }
    };
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRegion {
    region_name: String,
    opt_in_status: String,
}
page!(Regions, "regionInfo", RawRegion);

/// All regions of the partition, for callers who may not ask Account Management.
pub(super) async fn regions(session: &Session) -> Observed<Vec<Region>> {
    let asked = ask("ec2:DescribeRegions", session.home_region()).with(&[("AllRegions", "true")]);
    let listed = pages::<Regions>(session, asked, "DescribeRegions", &[("AllRegions", "true")]).await;
    let named = listed.parse(|regions| {
        let mut names = regions.iter().map(|region| region.region_name.as_str());
        names.try_for_each(region_name).map(|()| regions)
    });
    named.observed().map(|regions| {
        let mut regions: Vec<Region> = regions
            .into_iter()
            .map(|r| Region {
                status: match r.opt_in_status.as_str() {
                    "opt-in-not-required" => "ENABLED_BY_DEFAULT",
                    "opted-in" => "ENABLED",
                    _ => "DISABLED",
                }
                .to_owned(),
                name: r.region_name,
            })
            .collect();
        regions.sort_by(|a, b| a.name.cmp(&b.name));
        regions
    })
}

/// A region's name becomes a label of a host's name (RFC 1035): what cannot be one is not asked.
pub(super) fn region_name(name: &str) -> Result<(), String> {
    let label = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if label && (1..=63).contains(&name.len()) {
        Ok(())
    } else {
        Err("it names a region by what is no name of a region".to_owned())
    }
}

#[derive(Deserialize)]
struct Tag {
    key: String,
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawVpc {
    vpc_id: String,
    owner_id: Option<String>,
    #[serde(default)]
    is_default: bool,
    #[serde(default)]
    tag_set: Items<Tag>,
}
page!(Vpcs, "vpcSet", RawVpc);

/// What services of AWS run in the account is the account's too, though its settings may hide it (EC2 API Reference,
/// `DescribeInstances`, `IncludeManagedResources`).
const MANAGED_TOO: &[(&str, &str)] = &[("MaxResults", "1000"), ("IncludeManagedResources", "true")];

pub(super) async fn vpcs(session: &Session, region: &str) -> Observed<Vec<Vpc>> {
    pages::<Vpcs>(session, ask("ec2:DescribeVpcs", region), "DescribeVpcs", &[("MaxResults", "1000")])
        .await
        .observed()
        .map(|vpcs| {
            let mut vpcs: Vec<Vpc> = vpcs
                .into_iter()
                .map(|v| Vpc {
                    id: v.vpc_id,
                    owner: v.owner_id.unwrap_or_else(|| session.account().to_owned()),
                    default: v.is_default,
                    name: v.tag_set.item.into_iter().find(|tag| tag.key == "Name").map(|tag| tag.value),
                })
                .collect();
            vpcs.sort_by(|a, b| a.id.cmp(&b.id));
            vpcs
        })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawInterface {
    network_interface_id: String,
    vpc_id: Option<String>,
    attachment: Option<RawAttachment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawAttachment {
    instance_id: Option<String>,
    instance_owner_id: Option<String>,
}
page!(Interfaces, "networkInterfaceSet", RawInterface);

pub(super) async fn network_interfaces(session: &Session, region: &str) -> Observed<Vec<NetworkInterface>> {
    let asked = ask("ec2:DescribeNetworkInterfaces", region);
    pages::<Interfaces>(session, asked, "DescribeNetworkInterfaces", MANAGED_TOO).await.observed().map(|interfaces| {
        let mut interfaces: Vec<NetworkInterface> = interfaces
            .into_iter()
            .map(|i| {
                // Interfaces of AWS's own services are attached to instances that nobody else sees.
                let own = |a: &RawAttachment| a.instance_owner_id.as_deref() == Some(session.account());
                NetworkInterface {
                    id: i.network_interface_id,
                    vpc: i.vpc_id.unwrap_or_default(),
                    instance: i.attachment.filter(own).and_then(|attachment| attachment.instance_id),
                }
            })
            .collect();
        interfaces.sort_by(|a, b| a.id.cmp(&b.id));
        interfaces
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawFlowLog {
    flow_log_id: String,
    resource_id: Option<String>,
    traffic_type: Option<String>,
    flow_log_status: Option<String>,
    deliver_logs_status: Option<String>,
    deliver_logs_error_message: Option<String>,
    log_destination_type: Option<String>,
    log_destination: Option<String>,
    log_group_name: Option<String>,
    log_format: Option<String>,
}
page!(FlowLogs, "flowLogSet", RawFlowLog);

pub(super) async fn flow_logs(session: &Session, region: &str) -> Observed<Vec<FlowLog>> {
    pages::<FlowLogs>(session, ask("ec2:DescribeFlowLogs", region), "DescribeFlowLogs", &[("MaxResults", "1000")])
        .await
        .observed()
        .map(|logs| {
            let mut logs: Vec<FlowLog> = logs
                .into_iter()
                .map(|f| FlowLog {
                    id: f.flow_log_id,
                    resource: f.resource_id.unwrap_or_default(),
                    traffic: f.traffic_type.unwrap_or_default(),
                    status: f.flow_log_status.unwrap_or_default(),
                    deliver_status: f.deliver_logs_status.unwrap_or_default(),
                    deliver_error: f.deliver_logs_error_message.filter(|t| !t.is_empty()),
                    destination_type: f.log_destination_type.unwrap_or_else(|| "cloud-watch-logs".to_owned()),
                    destination: f.log_destination.filter(|t| !t.is_empty()),
                    log_group: f.log_group_name.filter(|t| !t.is_empty()),
                    format: f.log_format.filter(|t| !t.is_empty()),
                })
                .collect();
            logs.sort_by(|a, b| a.id.cmp(&b.id));
            logs
        })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawReservation {
    #[serde(default)]
    instances_set: Items<RawInstance>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawInstance {
    instance_id: String,
    instance_state: RawState,
    iam_instance_profile: Option<RawProfile>,
    #[serde(default)]
    tag_set: Items<Tag>,
    #[serde(default)]
    network_interface_set: Items<RawInterfaceOfInstance>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawInterfaceOfInstance {
    network_interface_id: Option<String>,
}

#[derive(Deserialize)]
struct RawState {
    name: String,
}

#[derive(Deserialize)]
struct RawProfile {
    arn: String,
}
page!(Reservations, "reservationSet", RawReservation);

pub(super) async fn instances(session: &Session, region: &str) -> Observed<Vec<Instance>> {
    let asked = ask("ec2:DescribeInstances", region);
    pages::<Reservations>(session, asked, "DescribeInstances", MANAGED_TOO).await.observed().map(|reservations| {
        let mut instances: Vec<Instance> = reservations
            .into_iter()
            .flat_map(|reservation| reservation.instances_set.item)
            .map(|i| Instance {
                id: i.instance_id,
                name: i.tag_set.item.into_iter().find(|tag| tag.key == "Name").map(|tag| tag.value),
                state: i.instance_state.name,
                profile: i.iam_instance_profile.map(|profile| profile.arn),
                interfaces: i
                    .network_interface_set
                    .item
                    .into_iter()
                    .filter_map(|interface| interface.network_interface_id)
                    .collect(),
            })
            .collect();
        instances.sort_by(|a, b| a.id.cmp(&b.id));
        instances
    })
}
