//! From the user's profile to sessions on accounts: who are we, and which roles do we take.

use aws_config::default_provider::region::DefaultRegionChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::retry::RetryConfig;
use aws_types::os_shim_internal::{Env, Fs};
use aws_types::region::Region;

use crate::wire::root_cause;

/// Why there is no session. Each message says what to do.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConnectError {
    /// No credentials at all.
    #[error(
        "no AWS credentials were found: set AWS_PROFILE or pass --profile, sign in with `aws sso login`, or run where a role is attached ({0})"
    )]
    NoCredentials(String),
    /// The profile does not exist.
    #[error("there is no profile {0:?} in the AWS configuration files: see `aws configure list-profiles`")]
    NoProfile(String),
    /// The AWS configuration files cannot be read.
    #[error("the AWS configuration files cannot be read: {0}")]
    BadProfiles(String),
    /// The credentials are no longer good.
    #[error("the AWS credentials have expired: sign in again, for instance with `aws sso login` ({0})")]
    Expired(String),
    /// AWS does not accept the credentials.
    #[error("AWS does not accept the credentials: {0}")]
    Refused(String),
    /// The role cannot be taken.
    #[error("role {role} in account {account} cannot be assumed: {why}")]
    NoRole {
        /// The account.
        account: String,
        /// The role.
        role: String,
        /// What AWS said.
        why: String,
    },
    /// The credentials belong to another account than the one asked for.
    #[error("the credentials for account {wanted} belong to account {found}: {help}")]
    OtherAccount {
        /// The account that was asked for.
        wanted: String,
        /// The account that the credentials belong to.
        found: String,
        /// What to do.
        help: String,
    },
    /// AWS cannot be reached.
    #[error("AWS cannot be reached: {0}")]
    Unreachable(String),
}

/// Who the credentials belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Twelve digits.
    pub account: String,
    /// The caller's ARN.
    pub arn: String,
}

/// How to get at an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// Twelve digits; none for the account of the caller's own credentials.
    pub account: Option<String>,
    /// A profile for this account.
    pub profile: Option<String>,
    /// A role to assume in this account: a name or an ARN.
    pub role: Option<String>,
    /// The external id that the role asks for.
    pub external_id: Option<String>,
}

/// The caller's own configuration: environment, default profile, SSO, container or instance role. A profile that is named
/// counts before all of these, as it does in the AWS CLI: otherwise keys left in the environment would be used in its
/// place, perhaps for another account.
///
/// # Errors
/// The profile does not exist.
pub async fn connect(profile: Option<&str>, client: SharedHttpClient) -> Result<SdkConfig, ConnectError> {
    // Its own way of trying again: the SDK fails at a `retry_mode` that it does not know, such as the CLI's `legacy`.
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(client.clone())
        .retry_config(RetryConfig::standard());
    if let Some(name) = profile {
        known(name).await?;
        let region = DefaultRegionChain::builder().profile_name(name).build().region().await;
        let provider = ProviderConfig::without_region().with_http_client(client).with_region(region);
        let credentials = ProfileFileCredentialsProvider::builder().profile_name(name).configure(&provider).build();
        loader = loader.profile_name(name).credentials_provider(credentials);
    }
    let config = loader.load().await;
    if config.region().is_some() {
        return Ok(config);
    }
    // Without any region the commercial partition is meant; STS answers there for everyone in it.
    Ok(config.to_builder().region(Region::new("us-east-1")).build())
}

/// Whether a profile stands in the AWS configuration files.
async fn known(profile: &str) -> Result<(), ConnectError> {
    let files = EnvConfigFiles::default();
    let set = aws_config::profile::load(&Fs::real(), &Env::real(), &files, None).await;
    match set {
        Ok(set) if set.get_profile(profile).is_none() => Err(ConnectError::NoProfile(profile.to_owned())),
        Ok(_) => Ok(()),
        Err(error) => Err(ConnectError::BadProfiles(root_cause(&error))),
    }
}

/// The configuration of a role assumed with the caller's credentials. The answer of STS holds credentials: it is kept in
/// memory only.
pub async fn assume(base: &SdkConfig, role_arn: &str, external_id: Option<&str>, run_id: &str) -> SdkConfig {
    let mut builder = AssumeRoleProvider::builder(role_arn).session_name(run_id).configure(base);
    if let Some(id) = external_id {
        builder = builder.external_id(id);
    }
    let provider = builder.build().await;
    base.to_builder()
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(provider))
        .identity_cache(aws_config::identity::IdentityCache::lazy().build())
        .build()
}

/// Asks STS who the credentials belong to.
///
/// # Errors
/// There are none, they are not good, or AWS cannot be reached.
pub async fn identify(config: &SdkConfig) -> Result<Identity, ConnectError> {
    let client = aws_sdk_sts::Client::new(config);
    let answer = client.get_caller_identity().send().await.map_err(|error| {
        let text = match &error {
            SdkError::ServiceError(service) => {
                let meta = service.err().meta();
                format!("{}: {}", meta.code().unwrap_or("no code"), meta.message().unwrap_or("no message"))
            }
            other => chain(other),
        };
        match &error {
            SdkError::ServiceError(service) => match service.err().meta().code() {
                Some("ExpiredToken" | "ExpiredTokenException" | "RequestExpired") => ConnectError::Expired(text),
                Some("InvalidClientTokenId" | "UnrecognizedClientException") => ConnectError::Refused(format!(
                    "{text} (credentials of GovCloud or China need AWS_REGION, or a region in the profile)"
                )),
                _ => ConnectError::Refused(text),
            },
            SdkError::DispatchFailure(failure)
                if failure.as_connector_error().is_some_and(|e| e.is_io() || e.is_timeout()) =>
            {
                ConnectError::Unreachable(root_cause(&error))
            }
            _ if text.to_lowercase().contains("expired") => ConnectError::Expired(root_cause(&error)),
            _ => ConnectError::NoCredentials(first_line(&root_cause(&error))),
        }
    })?;
    match (answer.account, answer.arn) {
        (Some(account), Some(arn)) => Ok(Identity { account, arn }),
        _ => Err(ConnectError::Refused("STS did not say which account they belong to".to_owned())),
    }
}

/// The SDK goes on with a line for each place where it looked.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim_end_matches(". Attempted:").to_owned()
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(": ");
        text.push_str(&source.to_string());
        cause = source.source();
    }
    text
}
