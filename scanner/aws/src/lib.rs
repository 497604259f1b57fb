//! Everything that knows AWS: sessions, regions, pace, recording, replay, and one collector per service.
//!
//! No other crate imports an AWS crate. A collector knows no check: it fills fact families.

mod again;
mod answer;
mod asked;
mod bucket;
mod call;
mod clock;
mod collect;
mod connect;
mod credentials;
mod declared;
mod endpoint;
mod entered;
mod failure;
mod offered;
mod pace;
mod partition;
mod push;
mod route;
mod seal;
mod sealed;
mod service;
mod session;
mod tape;
mod wire;

pub use asked::Call;
pub use aws_config::SdkConfig;
pub use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector};
pub use bucket::{BucketHome, Posture, parse as parse_bucket};
pub use clock::{aws_now, clock_ahead};
pub use collect::{Collected, RequestedRegions, collect, unreachable};
pub use connect::{Identity, Target, assume, connect, identify};
pub use credentials::{ConnectError, Nobody, Person};
pub use endpoint::is_aws_endpoint;
pub use entered::{Door, Ways};
pub use partition::Partition;
pub use push::{HubError, Imported, import_findings};
pub use route::{ca_bundle, route};
pub use seal::{KmsSigner, post};
pub use sealed::{Sealed, seal_call};
pub use session::{Observer, Progress, Session, Shared};
pub use tape::Tape;
pub use wire::{Recorder, Replay, connector, plain_client};
