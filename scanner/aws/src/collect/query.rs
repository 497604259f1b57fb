//! Declared operations that take a form and give XML: RDS and Elastic Load Balancing.

use kickoff_facts::Observed;
use kickoff_facts::compute::Database;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::call::{Answer, Ask, ask};
use crate::declared::{ELB, Payload, RDS, Service, send};
use crate::session::Session;

families! {
    regional Databases databases = |session, _, region, _| databases(session, region);
    regional LoadBalancers load_balancers = |session, _, region, _| load_balancers(session, region);
}

/// Makes a call page by page; `split` takes a page apart into its records and the next page's marker.
async fn pages<P: DeserializeOwned, T>(
    session: &Session,
    service: Service,
    asked: Ask<'_>,
    name: &'static str,
    size: (&'static str, &'static str),
    split: fn(P) -> (Vec<T>, Option<String>),
) -> Answer<Vec<T>> {
    let region = asked.region;
    session
        .declared_pages(
            asked,
            |marker, call| {
                let mut form = vec![(size.0.to_owned(), size.1.to_owned())];
                form.extend(marker.map(|marker| ("Marker".to_owned(), marker)));
                send(session, service, name, region, Payload::Form(form), call)
            },
            |body| {
                let text = std::str::from_utf8(body).map_err(|e| e.to_string())?;
                Ok(split(quick_xml::de::from_str(text).map_err(|e| e.to_string())?))
            },
        )
        .await
}

#[derive(Deserialize)]
struct DatabasesAnswer {
    #[serde(rename = "DescribeDBInstancesResult")]
    result: Databases,
}

#[derive(Deserialize)]
struct Databases {
    #[serde(rename = "DBInstances")]
    list: DatabaseList,
    #[serde(rename = "Marker")]
    marker: Option<String>,
}

#[derive(Deserialize)]
struct DatabaseList {
    #[serde(rename = "DBInstance", default)]
    entries: Vec<RawDatabase>,
}

#[derive(Deserialize)]
struct RawDatabase {
    #[serde(rename = "DBInstanceArn")]
    arn: String,
    #[serde(rename = "DBInstanceIdentifier")]
    id: String,
    #[serde(rename = "Engine", default)]
    engine: String,
    #[serde(rename = "DBClusterIdentifier")]
    cluster: Option<String>,
    #[serde(rename = "AllocatedStorage")]
    allocated: Option<u64>,
}

pub(super) async fn databases(session: &Session, region: &str) -> Observed<Vec<Database>> {
    let asked = ask("rds:DescribeDBInstances", region);
    pages(session, RDS, asked, "DescribeDBInstances", ("MaxRecords", "100"), |page: DatabasesAnswer| {
        (page.result.list.entries, page.result.marker)
    })
    .await
    .observed()
    .map(|list| {
        let read = |d: RawDatabase| Database {
            arn: d.arn,
            id: d.id,
            engine: d.engine,
            cluster: d.cluster.filter(|name| !name.is_empty()),
            allocated: d.allocated,
        };
        let mut databases: Vec<Database> = list.into_iter().map(read).collect();
        databases.sort_by(|a, b| a.arn.cmp(&b.arn));
        databases
    })
}

#[derive(Deserialize)]
struct BalancersAnswer {
    #[serde(rename = "DescribeLoadBalancersResult")]
    result: Balancers,
}

#[derive(Deserialize)]
struct Balancers {
    #[serde(rename = "LoadBalancers")]
    list: BalancerList,
    #[serde(rename = "NextMarker")]
    marker: Option<String>,
}

#[derive(Deserialize)]
struct BalancerList {
    #[serde(rename = "member", default)]
    entries: Vec<RawBalancer>,
}

#[derive(Deserialize)]
struct RawBalancer {
    #[serde(rename = "LoadBalancerArn")]
    arn: String,
}

/// Application, network and gateway load balancers, by ARN.
pub(super) async fn load_balancers(session: &Session, region: &str) -> Observed<Vec<String>> {
    let asked = ask("elbv2:DescribeLoadBalancers", region);
    pages(session, ELB, asked, "DescribeLoadBalancers", ("PageSize", "400"), |page: BalancersAnswer| {
        (page.result.list.entries, page.result.marker)
    })
    .await
    .observed()
    .map(|list| {
        let mut arns: Vec<String> = list.into_iter().map(|b| b.arn).collect();
        arns.sort();
        arns
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn lists_may_be_empty_and_an_answer_to_another_question_is_none() {
        let empty = "<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances/></DescribeDBInstancesResult></DescribeDBInstancesResponse>";
        let read: DatabasesAnswer = quick_xml::de::from_str(empty).unwrap();
        assert!(read.result.list.entries.is_empty() && read.result.marker.is_none());
        let two = "<DescribeLoadBalancersResponse><DescribeLoadBalancersResult><LoadBalancers><member><LoadBalancerArn>a</LoadBalancerArn><AvailabilityZones><member><ZoneName>z</ZoneName></member></AvailabilityZones></member><member><LoadBalancerArn>b</LoadBalancerArn></member></LoadBalancers><NextMarker>m</NextMarker></DescribeLoadBalancersResult></DescribeLoadBalancersResponse>";
        let read: BalancersAnswer = quick_xml::de::from_str(two).unwrap();
        assert_eq!(read.result.list.entries.iter().map(|b| b.arn.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(read.result.marker.as_deref(), Some("m"));
        assert!(quick_xml::de::from_str::<BalancersAnswer>(empty).is_err());
    }
}
