//! A session: one account, as one caller sees it, live or from a recorded run.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime::client::retries::RetryPartition;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::region::Region;
use governor::{DefaultDirectRateLimiter, Quota};
use jiff::Timestamp;
use kickoff_evidence::Register;
use kickoff_facts::Operation;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

use crate::partition::Partition;

/// Tries of one call, the first included.
const ATTEMPTS: u32 = 4;

/// What a session tells about its calls while it works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// A call went out.
    Started {
        /// The operation.
        operation: &'static Operation,
        /// The region.
        region: &'a str,
    },
    /// Its answer came, or it failed.
    Finished {
        /// The operation.
        operation: &'static Operation,
        /// The region.
        region: &'a str,
    },
}

/// Hears of the progress of a session.
pub type Observer = Arc<dyn Fn(Progress<'_>) + Send + Sync>;

/// What all sessions of a run share.
#[derive(Clone)]
pub struct Shared {
    /// Evidence items.
    pub register: Arc<Register>,
    /// Ends the run early.
    pub cancel: CancellationToken,
    /// Calls at the same time.
    pub places: Arc<Semaphore>,
    /// Hears of progress.
    pub observer: Observer,
    /// When the run began (UTC).
    pub started: Timestamp,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("started", &self.started).finish_non_exhaustive()
    }
}

/// What is paced by itself: an operation in a region.
type Pace = (&'static str, String);

/// One account, as one caller sees it.
#[derive(Debug)]
pub struct Session {
    account: String,
    partition: &'static Partition,
    caller: String,
    config: SdkConfig,
    shared: Shared,
    paces: Option<Mutex<HashMap<Pace, Arc<DefaultDirectRateLimiter>>>>,
}

/// A call that is under way; says that it ended when it is dropped.
pub(crate) struct UnderWay<'a> {
    observer: &'a Observer,
    operation: &'static Operation,
    region: &'a str,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        (self.observer)(Progress::Finished { operation: self.operation, region: self.region });
    }
}

impl Session {
    /// A session on AWS. `config` is the caller's own: credentials, region, endpoint, with the recorder as its HTTP client.
    #[must_use]
    pub fn live(account: &str, caller: &str, config: &SdkConfig, shared: Shared) -> Self {
        let partition = caller.split(':').nth(1).unwrap_or("aws");
        let region = config.region().map_or("", Region::as_ref);
        let by_region = Partition::of_region(region);
        let partition = if by_region.name == partition { by_region } else { Partition::by_name(partition) };
        let config = config
            .to_builder()
            .retry_config(
                RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(Duration::from_millis(250)),
            )
            .timeout_config(TimeoutConfig::builder().operation_timeout(Duration::from_secs(300)).build())
            .build();
        Self {
            account: account.to_owned(),
            partition,
            caller: caller.to_owned(),
            config,
            shared,
            paces: Some(Mutex::default()),
        }
    }

    /// A session that is answered by a connector which needs neither credentials nor patience, as a replay is.
    #[must_use]
    pub fn offline(account: &str, caller: &str, home_region: &str, client: SharedHttpClient, shared: Shared) -> Self {
        let credentials = Credentials::new("replay", "replay", None, None, "replay");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(home_region.to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(client)
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::disabled())
            .build();
        Self {
            account: account.to_owned(),
            partition: Partition::of_region(home_region),
            caller: caller.to_owned(),
            config,
            shared,
            paces: None,
        }
    }

    /// Twelve digits.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The partition's name.
    #[must_use]
    pub fn partition(&self) -> &'static str {
        self.partition.name
    }

    /// The end of endpoint names in the partition.
    pub(crate) fn dns_suffix(&self) -> &'static str {
        self.partition.dns_suffix
    }

    /// The caller's ARN.
    #[must_use]
    pub fn caller(&self) -> &str {
        &self.caller
    }

    /// The region that answers for global services.
    #[must_use]
    pub fn home_region(&self) -> &'static str {
        self.partition.home_region
    }

    /// When the run began (UTC).
    #[must_use]
    pub fn started(&self) -> Timestamp {
        self.shared.started
    }

    /// Evidence items.
    #[must_use]
    pub fn register(&self) -> &Arc<Register> {
        &self.shared.register
    }

    /// The SDK's configuration for a region.
    pub(crate) fn sdk(&self, region: &str) -> SdkConfig {
        self.config.to_builder().region(Region::new(region.to_owned())).build()
    }

    /// Retry tokens of this account only: one account that is throttled does not use up the others' retries.
    pub(crate) fn retry_partition(&self) -> RetryPartition {
        RetryPartition::new(format!("kickoff-{}", self.account))
    }

    pub(crate) fn is_live(&self) -> bool {
        self.paces.is_some()
    }

    pub(crate) async fn place(&self) -> Option<SemaphorePermit<'_>> {
        self.shared.places.acquire().await.ok()
    }

    /// Waits until another call of the operation is due in the region.
    pub(crate) async fn pace(&self, operation: &'static Operation, region: &str) {
        let Some(paces) = &self.paces else { return };
        let limiter = {
            let mut paces = paces.lock().unwrap_or_else(PoisonError::into_inner);
            let limiter = paces.entry((operation.id, region.to_owned())).or_insert_with(|| {
                let rate = NonZeroU32::new(operation.per_second).unwrap_or(NonZeroU32::MIN);
                Arc::new(DefaultDirectRateLimiter::direct(Quota::per_second(rate)))
            });
            Arc::clone(limiter)
        };
        limiter.until_ready().await;
    }

    pub(crate) fn told<'a>(&'a self, operation: &'static Operation, region: &'a str) -> UnderWay<'a> {
        (self.shared.observer)(Progress::Started { operation, region });
        UnderWay { observer: &self.shared.observer, operation, region }
    }

    pub(crate) async fn cancelled(&self) {
        self.shared.cancel.cancelled().await;
    }

    /// Waits, unless the run is a replay or is interrupted.
    pub(crate) async fn rest(&self, duration: Duration) {
        if self.is_live() {
            tokio::select! {
                () = self.shared.cancel.cancelled() => {}
                () = tokio::time::sleep(duration) => {}
            }
        }
    }
}

/// A client of a generated crate for a region, with the session's retry tokens.
macro_rules! client {
    ($sdk:ident, $session:expr, $region:expr) => {
        $sdk::Client::from_conf(
            $sdk::config::Builder::from(&$session.sdk($region)).retry_partition($session.retry_partition()).build(),
        )
    };
}
pub(crate) use client;
