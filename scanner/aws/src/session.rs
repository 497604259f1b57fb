//! A session: one account, as one caller sees it, live or from a recorded run.

use std::collections::HashMap;
use std::fmt;
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
use jiff::Timestamp;
use kickoff_evidence::Register;
use kickoff_facts::{Operation, Tie};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

use crate::again::{self, budget};
use crate::clock::Clock;
use crate::pace::Pace;
use crate::partition::Partition;

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

/// What is paced, or has a budget, by itself: an operation or a service in a region.
type Place = (&'static str, String);
type Paces = Arc<Mutex<HashMap<Place, Arc<Pace>>>>;

/// One account, as one caller sees it.
#[derive(Debug)]
pub struct Session {
    account: String,
    partition: &'static Partition,
    caller: String,
    config: SdkConfig,
    shared: Shared,
    paces: Option<Paces>,
    budgets: Mutex<HashMap<Place, RetryPartition>>,
    /// 1, or 2 for what is asked once more because two answers did not agree.
    reading: u32,
    ties: Mutex<Vec<Tie>>,
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
            .retry_config(again::retries())
            // The recorder bounds each try and `again` their number: what ends between two tries would leave no exchange
            // behind, and a replay would not know of it.
            .timeout_config(TimeoutConfig::disabled())
            // Signed by AWS's time, which all answers tell: no client has to find out by itself.
            .time_source(Clock)
            .disable_clock_skew_correction(true)
            .build();
        Self {
            account: account.to_owned(),
            partition,
            caller: caller.to_owned(),
            config,
            shared,
            paces: Some(Paces::default()),
            budgets: Mutex::default(),
            reading: 1,
            ties: Mutex::default(),
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
            budgets: Mutex::default(),
            reading: 1,
            ties: Mutex::default(),
        }
    }

    /// The same session for a second reading: what it asks is recorded beside what was asked before, not in its place.
    pub(crate) fn second_reading(&self) -> Self {
        Self {
            account: self.account.clone(),
            partition: self.partition,
            caller: self.caller.clone(),
            config: self.config.clone(),
            shared: self.shared.clone(),
            paces: self.paces.clone(),
            budgets: Mutex::default(),
            reading: self.reading + 1,
            ties: Mutex::default(),
        }
    }

    /// 1 for what is asked for the first time.
    pub(crate) fn reading(&self) -> u32 {
        self.reading
    }

    /// Notes how two answers agree that only the collector sees beside each other.
    pub(crate) fn tie(&self, tie: Tie) {
        self.ties.lock().unwrap_or_else(PoisonError::into_inner).push(tie);
    }

    /// What was noted since this was asked last; not in the order of the answers, which is another on each run.
    pub(crate) fn take_ties(&self) -> Vec<Tie> {
        let mut ties = std::mem::take(&mut *self.ties.lock().unwrap_or_else(PoisonError::into_inner));
        ties.sort_by(|a, b| {
            (&a.total.population, &a.total.counted_by).cmp(&(&b.total.population, &b.total.counted_by))
        });
        ties
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

    /// Retry tokens of this account, service and region only: what is throttled or down does not use up the retries of the
    /// rest.
    pub(crate) fn retry_partition(&self, service: &'static str, region: &str) -> RetryPartition {
        let mut budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        let known = budgets.entry((service, region.to_owned()));
        known.or_insert_with(|| budget(format!("kickoff-{}-{service}-{region}", self.account))).clone()
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
        let pace = {
            let mut paces = paces.lock().unwrap_or_else(PoisonError::into_inner);
            let pace = paces.entry((operation.id, region.to_owned()));
            Arc::clone(pace.or_insert_with(|| Arc::new(Pace::per_second(operation.per_second))))
        };
        pace.turn().await;
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
            $sdk::config::Builder::from(&$session.sdk($region))
                .retry_partition($session.retry_partition(stringify!($sdk), $region))
                .retry_classifier($crate::again::Again)
                .build(),
        )
    };
}
pub(crate) use client;
