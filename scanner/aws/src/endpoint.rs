//! The endpoints of AWS, as its rule sets have them: where declared operations go, and whether a host that answered is one.
//!
//! A name under `amazonaws.com` is not enough: anybody's load balancer, function or bucket website has one.
//!
//! Generated clients bring their rules along. Those of the services here are all of one form, but for a few names that
//! differ; a test compares both with a table that is made from the rule sets.

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use crate::partition::Partition;
use crate::service::{Gov, Service};

/// AWS's own endpoint of a service in a region.
pub(crate) fn of_aws(service: Service, region: &str, fips: bool, dual_stack: bool) -> String {
    let partition = Partition::of_region(region);
    let plain = partition.name == "aws-us-gov"
        && match service.gov {
            Gov::AsElsewhere => false,
            Gov::Plain => !dual_stack,
            Gov::PlainAlways => true,
        };
    let dash = if fips && !plain { "-fips" } else { "" };
    // ECR's API has names of its own with either of the two.
    let name = if dual_stack { service.dual_stack } else { service.endpoint };
    let suffix = if dual_stack { partition.dual_stack_suffix } else { partition.dns_suffix };
    format!("https://{name}{dash}.{region}.{suffix}")
}

/// The endpoint of a service: `AWS_ENDPOINT_URL_<SERVICE>`, the profile's, `AWS_ENDPOINT_URL`, or AWS's own, in the order of
/// the generated clients.
pub(crate) fn endpoint(service: Service, region: &str, config: &SdkConfig) -> String {
    let given = config.endpoint_url().map(str::to_owned);
    let own = || {
        let key = ServiceConfigKey::builder()
            .service_id(service.id)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build()
            .ok()?;
        config.service_config()?.load_config(key)
    };
    let url = if config.get_origin("endpoint_url").is_client_config() { given } else { own().or(given) };
    let on = |set: Option<bool>| set.unwrap_or_default();
    url.filter(|url| !url.is_empty())
        .unwrap_or_else(|| of_aws(service, region, on(config.use_fips()), on(config.use_dual_stack())))
}

/// The label of a service's endpoints where it is not the service's own name.
const LABELS: &[(&str, &str)] = &[
    ("cloudwatch", "monitoring"),
    ("accessanalyzer", "access-analyzer"),
    ("elbv2", "elasticloadbalancing"),
    ("sso-admin", "sso"),
];

/// Services that have endpoints in one region of a partition only, whichever region is asked about.
const GLOBAL: &[&str] = &["account", "organizations"];

/// Whether `endpoint` (scheme and host, as requests have it) is one that AWS has for the service in the region.
#[must_use]
pub fn is_aws_endpoint(service: &str, region: &str, endpoint: &str) -> bool {
    let Some(host) = endpoint.strip_prefix("https://") else { return false };
    let host = host.strip_suffix(":443").unwrap_or(host).to_ascii_lowercase();
    let partition = Partition::of_region(region);
    let label = LABELS.iter().find(|(name, _)| *name == service).map_or(service, |(_, label)| label);
    if is_interface(&host, label, region, partition) {
        return true;
    }
    match service {
        "iam" => is_iam(&host, partition, region),
        "s3" => is_s3(&host, partition, region),
        "ecr" => {
            regional(&host, "api.ecr", region, &[partition.dns_suffix])
                || host == format!("api.ecr-fips.{region}.{}", partition.dns_suffix)
                || host == format!("ecr-fips.{region}.{}", partition.dns_suffix)
                || regional(&host, "ecr", region, &[partition.dual_stack_suffix])
        }
        "sts" if partition.name == "aws" && host == "sts.amazonaws.com" => true,
        _ => {
            let suffixes = [partition.dns_suffix, partition.dual_stack_suffix];
            regional(&host, label, region, &suffixes)
                || GLOBAL.contains(&service) && regional(&host, label, partition.home_region, &suffixes)
        }
    }
}

/// `label.region.suffix` and `label-fips.region.suffix`.
fn regional(host: &str, label: &str, region: &str, suffixes: &[&str]) -> bool {
    let Some(rest) = host.strip_prefix(label) else { return false };
    let rest = rest.strip_prefix("-fips").unwrap_or(rest);
    let Some(suffix) = rest.strip_prefix('.').and_then(|rest| rest.strip_prefix(region)) else { return false };
    suffix.strip_prefix('.').is_some_and(|suffix| suffixes.contains(&suffix))
}

/// An interface endpoint of AWS in somebody's VPC: `vpce-0a1b-2c3d.ec2.eu-west-1.vpce.amazonaws.com`. AWS alone names a
/// service there; one of a customer has `vpce-svc-` and an id in its place.
fn is_interface(host: &str, label: &str, region: &str, partition: &Partition) -> bool {
    let tail = format!(".{region}.vpce.{}", partition.dns_suffix);
    let Some(rest) = host.strip_suffix(&tail) else { return false };
    // Amazon S3 takes the bucket, or the word itself, before the endpoint (Amazon S3 User Guide, "AWS PrivateLink for Amazon S3").
    let bucket = if label == "s3" {
        rest.find("bucket.vpce-").filter(|at| *at == 0 || rest[..*at].ends_with('.'))
    } else {
        None
    };
    let rest = bucket.map_or(rest, |at| &rest[at + "bucket.".len()..]);
    let Some((id, named)) = rest.split_once('.') else { return false };
    let named = if label == "ecr" { named.strip_prefix("api.").unwrap_or_default() } else { named };
    id.starts_with("vpce-") && named.strip_suffix("-fips").unwrap_or(named) == label
}

/// IAM answers for the whole partition, under names that hardly follow the rule.
fn is_iam(host: &str, partition: &Partition, region: &str) -> bool {
    let Some(rest) = host.strip_prefix("iam") else { return false };
    let Some(rest) = rest.strip_prefix("-fips").unwrap_or(rest).strip_prefix('.') else { return false };
    let middle = [partition.dns_suffix, partition.dual_stack_suffix]
        .into_iter()
        .filter_map(|suffix| rest.strip_suffix(suffix))
        .min_by_key(|middle| middle.len());
    let Some(middle) = middle else { return false };
    let middle = middle.strip_suffix('.').unwrap_or(middle);
    match partition.name {
        "aws" => matches!(middle, "" | "global"),
        "aws-cn" => matches!(middle, "" | "global" | "cn-north-1") || middle == region,
        "aws-us-gov" => middle == "us-gov",
        _ => matches!(middle, "" | "global") || middle == partition.home_region || middle == region,
    }
}

/// S3 takes the bucket into the host, where it may hold dots.
fn is_s3(host: &str, partition: &Partition, region: &str) -> bool {
    let suffix = partition.dns_suffix;
    let bases = ["s3", "s3.dualstack", "s3-fips", "s3-fips.dualstack"];
    let mut endpoints: Vec<String> = bases.iter().map(|base| format!("{base}.{region}.{suffix}")).collect();
    if partition.name == "aws" {
        // The endpoint of us-east-1 from before there were regions.
        endpoints.push("s3.amazonaws.com".to_owned());
    }
    endpoints.iter().any(|endpoint| match host.strip_suffix(endpoint.as_str()) {
        Some("") => true,
        Some(bucket) => bucket.strip_suffix('.').is_some_and(is_bucket),
        None => false,
    })
}

/// Whether a text may be the name of a bucket.
fn is_bucket(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'))
        && !name.split('.').any(|label| label.is_empty())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use aws_config::BehaviorVersion;
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;
    use aws_smithy_runtime_api::client::http::{
        HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
    };
    use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_types::region::Region;
    use kickoff_evidence::Register;
    use tokio::sync::Semaphore;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::service::{
        CLOUDWATCH, EC2, ECR, ELB, IDENTITY_STORE, INSPECTOR, LAMBDA, OAM, RDS, SECURITY_HUB, SQS, SSM, SSO_ADMIN,
    };
    use crate::session::{Session, Shared, client};

    /// What AWS's rule sets say, made by `tests/it/models/endpoints.py`.
    const TABLE: &str = include_str!("../../../tests/it/models/endpoints.csv");
    /// FIPS and dual-stack, as the table's columns have them.
    const WAYS: [(bool, bool); 4] = [(false, false), (true, false), (false, true), (true, true)];

    /// The rows of a service: region, and the hosts of the four ways.
    fn rows(service: &str) -> Vec<(&'static str, [&'static str; 4])> {
        let cells = TABLE.lines().skip(2).map(|line| line.split(',').collect::<Vec<_>>());
        let rows: Vec<_> =
            cells.filter(|row| row[0] == service).map(|row| (row[1], [row[2], row[3], row[4], row[5]])).collect();
        assert!(rows.len() > 40, "{service}");
        rows
    }

    #[test]
    fn declared_operations_go_where_the_rules_of_aws_say() {
        for (name, service) in [
            ("cloudwatch", CLOUDWATCH),
            ("ec2", EC2),
            ("ecr", ECR),
            ("elbv2", ELB),
            ("identitystore", IDENTITY_STORE),
            ("inspector2", INSPECTOR),
            ("lambda", LAMBDA),
            ("oam", OAM),
            ("rds", RDS),
            ("securityhub", SECURITY_HUB),
            ("sqs", SQS),
            ("ssm", SSM),
            ("sso-admin", SSO_ADMIN),
        ] {
            for (region, hosts) in rows(name) {
                for (host, (fips, dual)) in hosts.into_iter().zip(WAYS) {
                    let found = of_aws(service, region, fips, dual);
                    assert_eq!(found, format!("https://{host}"), "{name} in {region}, FIPS {fips}, dual-stack {dual}");
                }
            }
        }
    }

    /// Notes where a request goes, and gives no answer.
    #[derive(Debug, Clone, Default)]
    struct Hosts(Arc<Mutex<Vec<String>>>);

    impl HttpConnector for Hosts {
        fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
            let host = request.uri().split('/').nth(2).unwrap_or_default().to_owned();
            self.0.lock().unwrap().push(host);
            HttpConnectorFuture::ready(Err(ConnectorError::user("nobody is asked".into())))
        }
    }

    fn session(hosts: &Hosts, region: &str, (fips, dual): (bool, bool)) -> Session {
        let connector = SharedHttpConnector::new(hosts.clone());
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new("a", "b", None, None, "test")))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .use_fips(fips)
            .use_dual_stack(dual)
            .build();
        let shared = Shared {
            register: Arc::new(Register::default()),
            cancel: CancellationToken::new(),
            places: Arc::new(Semaphore::new(1)),
            observer: Arc::new(|_| {}),
            started: jiff::Timestamp::UNIX_EPOCH,
        };
        Session::live("111122223333", "arn:aws:iam::111122223333:user/test", &config, shared)
    }

    #[tokio::test]
    async fn generated_clients_go_where_the_rules_of_aws_say() {
        let hosts = Hosts::default();
        macro_rules! all {
            ($($service:literal $sdk:ident $call:ident;)*) => {$(
                for (region, wanted) in rows($service) {
                    for (wanted, way) in wanted.into_iter().zip(WAYS) {
                        let session = session(&hosts, region, way);
                        // Where AWS has no endpoint, the client says so and asks nobody.
                        let refused = client!($sdk, session, region).$call().send().await.is_err();
                        let asked = std::mem::take(&mut *hosts.0.lock().unwrap());
                        let wanted: Vec<String> = Some(wanted.to_owned()).filter(|host| !host.is_empty()).into_iter().collect();
                        assert!(refused && asked == wanted, "{} in {region}, {way:?}: {asked:?}, not {wanted:?}", $service);
                    }
                }
            )*};
        }
        all! {
            "accessanalyzer" aws_sdk_accessanalyzer list_analyzers;
            "account" aws_sdk_account list_regions;
            "cloudtrail" aws_sdk_cloudtrail describe_trails;
            "config" aws_sdk_config describe_configuration_recorders;
            "events" aws_sdk_eventbridge list_rules;
            "guardduty" aws_sdk_guardduty list_detectors;
            "iam" aws_sdk_iam list_users;
            "kms" aws_sdk_kms list_keys;
            "logs" aws_sdk_cloudwatchlogs describe_log_groups;
            "organizations" aws_sdk_organizations describe_organization;
            "s3" aws_sdk_s3 list_buckets;
            "sns" aws_sdk_sns list_topics;
            "sts" aws_sdk_sts get_caller_identity;
        }
    }

    #[test]
    fn an_endpoint_is_held_against_service_region_and_partition() {
        for (service, region, host) in [
            ("iam", "us-east-1", "iam.amazonaws.com"),
            ("iam", "us-east-1", "iam-fips.amazonaws.com"),
            ("iam", "us-east-1", "iam.global.api.aws"),
            ("iam", "us-gov-west-1", "iam.us-gov.amazonaws.com"),
            ("iam", "cn-northwest-1", "iam.cn-north-1.amazonaws.com.cn"),
            ("iam", "us-iso-east-1", "iam.us-iso-east-1.c2s.ic.gov"),
            ("ec2", "cn-north-1", "ec2.cn-north-1.amazonaws.com.cn"),
            ("ec2", "eu-west-1", "ec2.eu-west-1.api.aws"),
            ("ec2", "us-gov-west-1", "ec2.us-gov-west-1.amazonaws.com"),
            ("ec2", "us-east-1", "ec2-fips.us-east-1.amazonaws.com"),
            ("cloudwatch", "eu-west-1", "monitoring.eu-west-1.amazonaws.com"),
            ("elbv2", "eu-west-1", "elasticloadbalancing.eu-west-1.amazonaws.com"),
            ("sso-admin", "eu-west-1", "sso.eu-west-1.amazonaws.com"),
            ("ecr", "eu-west-1", "api.ecr.eu-west-1.amazonaws.com"),
            ("organizations", "us-east-1", "organizations.us-east-1.amazonaws.com"),
            ("organizations", "us-gov-west-1", "organizations.us-gov-west-1.amazonaws.com"),
            ("sts", "eu-west-1", "sts.eu-west-1.amazonaws.com"),
            ("sts", "us-east-1", "sts.amazonaws.com"),
            ("s3", "eu-west-1", "s3.eu-west-1.amazonaws.com"),
            ("s3", "eu-west-1", "acme.logs.s3.eu-west-1.amazonaws.com"),
            ("s3", "us-east-1", "acme-logs.s3.amazonaws.com"),
            ("s3", "eu-west-1", "acme-logs.s3.dualstack.eu-west-1.amazonaws.com"),
            ("ec2", "us-east-1", "vpce-0a1b2c3d-abcd.ec2.us-east-1.vpce.amazonaws.com"),
            ("ecr", "us-east-1", "vpce-0a1b2c3d-abcd.api.ecr.us-east-1.vpce.amazonaws.com"),
            ("s3", "eu-west-1", "bucket.vpce-0a1b2c3d-abcd.s3.eu-west-1.vpce.amazonaws.com"),
            ("s3", "eu-west-1", "acme.logs.bucket.vpce-0a1b2c3d-abcd.s3.eu-west-1.vpce.amazonaws.com"),
            ("logs", "eusc-de-east-1", "logs.eusc-de-east-1.amazonaws.eu"),
            ("logs", "eu-isoe-west-1", "logs.eu-isoe-west-1.cloud.adc-e.uk"),
        ] {
            assert!(is_aws_endpoint(service, region, &format!("https://{host}")), "{service} {region} {host}");
        }
    }

    #[test]
    fn every_endpoint_of_awss_rule_sets_is_aws() {
        let mut hosts = 0;
        for line in TABLE.lines().skip(2) {
            let cells: Vec<&str> = line.split(',').collect();
            for host in cells[2..6].iter().filter(|host| !host.is_empty()) {
                assert!(is_aws_endpoint(cells[0], cells[1], &format!("https://{host}")), "{line}: {host}");
                hosts += 1;
            }
        }
        assert!(hosts > 1000, "{hosts}");
    }

    #[test]
    fn what_anybody_can_have_under_aws_names_is_not_aws() {
        for (service, region, endpoint) in [
            ("iam", "us-east-1", "http://iam.amazonaws.com"),
            ("iam", "us-east-1", "https://iam.amazonaws.com:8443"),
            ("iam", "us-east-1", "https://amazonaws.com.example.org"),
            ("iam", "us-east-1", "https://iam.us-east-1.elb.amazonaws.com"),
            ("iam", "us-east-1", "https://iam-123456.us-east-1.elb.amazonaws.com"),
            ("ec2", "us-east-1", "https://false-aws-1234567890.us-east-1.elb.amazonaws.com"),
            ("ec2", "us-east-1", "https://ec2-203-0-113-7.compute-1.amazonaws.com"),
            ("ec2", "eu-west-1", "https://ec2-203-0-113-7.eu-west-1.compute.amazonaws.com"),
            ("ec2", "us-east-1", "https://abcdef1234.execute-api.us-east-1.amazonaws.com"),
            ("ec2", "us-east-1", "https://xyz.lambda-url.us-east-1.on.aws"),
            ("s3", "us-east-1", "https://bucket.s3-website-us-east-1.amazonaws.com"),
            ("s3", "eu-west-1", "https://bucket.s3-website.eu-west-1.amazonaws.com"),
            ("s3", "eu-west-1", "https://point-111122223333.s3-accesspoint.eu-west-1.amazonaws.com"),
            // Another service's, another region's, another partition's.
            ("iam", "us-east-1", "https://bucket.s3.amazonaws.com"),
            ("ec2", "eu-west-1", "https://ec2.us-east-1.amazonaws.com"),
            ("ec2", "us-east-1", "https://rds.us-east-1.amazonaws.com"),
            ("ec2", "cn-north-1", "https://ec2.cn-north-1.amazonaws.com"),
            ("iam", "us-gov-west-1", "https://iam.amazonaws.com"),
            ("cloudwatch", "eu-west-1", "https://cloudwatch.eu-west-1.amazonaws.com"),
            ("ec2", "us-east-1", "http://127.0.0.1:5000"),
            // A service of a customer's own, in a VPC; and what S3 alone takes before its endpoint.
            ("s3", "us-east-1", "https://acme.bucket.vpce-0a1b2c3d-abcd.vpce-svc-0a1b2c.us-east-1.vpce.amazonaws.com"),
            ("s3", "us-east-1", "https://acmebucket.vpce-0a1b2c3d-abcd.s3.us-east-1.vpce.amazonaws.com"),
            ("ec2", "us-east-1", "https://bucket.vpce-0a1b2c3d-abcd.ec2.us-east-1.vpce.amazonaws.com"),
            ("ec2", "us-east-1", "https://vpce-0a1b2c3d-abcd.vpce-svc-0a1b2c.us-east-1.vpce.amazonaws.com"),
        ] {
            assert!(!is_aws_endpoint(service, region, endpoint), "{service} {region} {endpoint}");
        }
    }
}
