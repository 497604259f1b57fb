//! The seal call: one question to STS whose user agent carries a digest.
//!
//! CloudTrail records `GetCallerIdentity` as a read in the account of the caller, with the user agent as it was sent, and its log
//! file stands in a digest that AWS signs: these bytes existed then, whoever keeps them says otherwise.

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use aws_types::request_id::RequestId as _;
use kickoff_evidence::store::SealCall;

use crate::clock::aws_now;
use crate::connect::Identity;
use crate::wire::{plain_client, root_cause};

/// What is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealed {
    /// A unit: called in its account.
    Unit,
    /// A link of the chain: called in the caller's own account.
    Link,
}

impl Sealed {
    /// What our part of the user agent calls it.
    const fn agent(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Link => "seal",
        }
    }

    /// What the record of the call calls it.
    const fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Link => "link",
        }
    }
}

/// Calls STS so that its CloudTrail event holds a digest. `agent` is what every request of the run says of itself.
///
/// # Errors
/// STS refuses or cannot be reached, or its answer has no request id by which the event could be found.
pub async fn seal_call(
    (config, identity): &(SdkConfig, Identity),
    connector: &SharedHttpConnector,
    agent: &str,
    what: Sealed,
    sha256: &str,
) -> Result<SealCall, String> {
    let agent = format!("{agent} {}/{sha256}", what.agent());
    let client = aws_sdk_sts::Client::from_conf(
        aws_sdk_sts::config::Builder::from(config).http_client(plain_client(connector, &agent)).build(),
    );
    let answer = client.get_caller_identity().send().await.map_err(|error| root_cause(&error))?;
    let request_id = answer.request_id().filter(|id| !id.is_empty());
    let request_id = request_id.ok_or("STS gave no request id, by which its event could be found")?.to_owned();
    if answer.account() != Some(identity.account.as_str()) {
        return Err(format!("STS answered for account {}", answer.account().unwrap_or("nobody")));
    }
    let now = aws_now();
    Ok(SealCall {
        schema: SealCall::SCHEMA.to_owned(),
        seals: what.name().to_owned(),
        sha256: sha256.to_owned(),
        request_id,
        at: now.round(jiff::Unit::Second).unwrap_or(now),
        account: identity.account.clone(),
        region: config.region().map(|region| region.as_ref().to_owned()).unwrap_or_default(),
        caller: identity.arn.clone(),
        agent,
    })
}
