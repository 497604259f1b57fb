//! The endpoints of declared operations, as AWS's rule sets have them.
//!
//! Generated clients bring their rules along. Those of the services here are all of one form, but for a few names that
//! differ; a test compares both with a table that is made from the rule sets.

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use crate::declared::Service;
use crate::partition::Partition;

/// How a service's hosts with FIPS are named in GovCloud, where the plain ones have FIPS themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gov {
    /// As elsewhere, with `-fips`.
    AsElsewhere,
    /// As the plain ones; with `-fips` where dual-stack is asked for too.
    Plain,
    /// As the plain ones.
    PlainAlways,
}

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
    use crate::declared::{
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
}
