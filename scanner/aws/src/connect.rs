//! From the user's profile to sessions on accounts: who are we, and which roles do we take.

use std::sync::Arc;
use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::profile::ProfileSet;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::os_shim_internal::{Env, Fs};
use aws_types::region::Region;

use crate::credentials::{
    Base, Cause, ConnectError, Entrance, Person, Role, Settings, Way, instance, of_sdk, patient, variable, way,
};
use crate::partition::Partition;
use crate::wire::root_cause;

/// So long a source of credentials may take: a program may ask its user something.
const LOADING: Duration = Duration::from_secs(10 * 60);

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

/// The caller's own configuration, from where the AWS CLI takes it: environment, profile, web identity, container or
/// instance role. A profile that is named counts before all of these, as it does in the AWS CLI: otherwise keys left in the
/// environment would be used in its place, perhaps for another account. The credentials are asked for at once, so that what
/// is wrong with them is told by its cause.
///
/// # Errors
/// There are no credentials; the error says why, and what to do.
pub async fn connect(
    profile: Option<&str>,
    client: SharedHttpClient,
    person: &Arc<dyn Person>,
) -> Result<SdkConfig, ConnectError> {
    let files = EnvConfigFiles::default();
    let named = profile.map(|name| name.to_owned().into());
    let set = aws_config::profile::load(&Fs::real(), &Env::real(), &files, named)
        .await
        .map_err(|error| ConnectError::BadProfiles(root_cause(&error)))?;
    let way = chosen(&set, profile)?;
    let mut region = given_region(&set, &way);
    if region.is_none() && matches!(way.base, Base::Instance { .. }) {
        let settings = settings(&client, &set, Region::new("us-east-1"));
        let provider = ImdsRegionProvider::builder().imds_client(instance(&settings)).build();
        region = patient(person.as_ref(), &way.base.waiting(), provider.region()).await;
    }
    // Without any region the commercial partition is meant; STS answers there for everyone in it.
    let region = region.unwrap_or_else(|| Region::new("us-east-1"));
    let settings = settings(&client, &set, region.clone());
    // Its own way of trying again: the SDK fails at a `retry_mode` that it does not know, such as the CLI's `legacy`.
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(client)
        .region(region)
        .retry_config(RetryConfig::standard())
        .identity_cache(IdentityCache::lazy().load_timeout(LOADING).build())
        .no_credentials();
    if let Some(name) = profile {
        loader = loader.profile_name(name);
    }
    let config = bounded(&loader.load().await);
    let entrance = Entrance::new(way, settings, config.clone(), Arc::clone(person));
    entrance.enter().await?;
    Ok(config.to_builder().credentials_provider(SharedCredentialsProvider::new(entrance)).build())
}

/// Calls of STS are short: one that is not answered is not waited for.
fn bounded(config: &SdkConfig) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(15))
        .operation_timeout(Duration::from_secs(40))
        .build();
    config.to_builder().timeout_config(timeouts).build()
}

/// Which of the places that can hold credentials does.
fn chosen(set: &ProfileSet, profile: Option<&str>) -> Result<Way, ConnectError> {
    let alone = |base| Way { base, roles: Vec::new() };
    let wrong = |why: &str| Err(ConnectError::Misconfigured(why.to_owned()));
    if profile.is_none() {
        match (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
            (Some(_), Some(_)) => return Ok(alone(Base::Environment)),
            (Some(_), None) => {
                return wrong("AWS_ACCESS_KEY_ID is set in the environment, and AWS_SECRET_ACCESS_KEY is not");
            }
            (None, Some(_)) => {
                return wrong("AWS_SECRET_ACCESS_KEY is set in the environment, and AWS_ACCESS_KEY_ID is not");
            }
            (None, None) => {}
        }
    }
    let name = set.selected_profile();
    let named = profile.is_some() || variable("AWS_PROFILE").is_some();
    if (named || set.get_profile(name).is_some())
        && let Some(found) = way(set, name)?
    {
        return Ok(found);
    }
    if profile.is_none()
        && let Some(file) = variable("AWS_WEB_IDENTITY_TOKEN_FILE")
    {
        let Some(role) = variable("AWS_ROLE_ARN") else {
            return wrong(
                "AWS_WEB_IDENTITY_TOKEN_FILE is set in the environment, and AWS_ROLE_ARN, the role to take with it, is not",
            );
        };
        let session = variable("AWS_ROLE_SESSION_NAME");
        return Ok(alone(Base::WebIdentity { role, file, session, whose: "the environment".to_owned() }));
    }
    let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
    if container.into_iter().any(|name| variable(name).is_some()) {
        return Ok(alone(Base::Container));
    }
    if variable("AWS_EC2_METADATA_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        let of_profile = if set.get_profile(name).is_some() {
            format!("profile {name:?} names none")
        } else {
            format!("there is no profile {name:?}")
        };
        return Err(ConnectError::NoCredentials(format!(
            "neither in the environment nor of a container; {of_profile}; AWS_EC2_METADATA_DISABLED turns those of an instance off"
        )));
    }
    Ok(alone(Base::Instance { only: false }))
}

/// The region that environment or profile name; else that in which the roles' partition begins.
fn given_region(set: &ProfileSet, way: &Way) -> Option<Region> {
    let told = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    let told = told.or_else(|| set.get("region").map(str::to_owned).filter(|region| !region.is_empty()));
    let role = || {
        let of_base = match &way.base {
            Base::WebIdentity { role, .. } => Some(role.as_str()),
            Base::Login { session, .. } => Some(session.as_str()),
            _ => None,
        };
        let arn = way.roles.last().map(|role| role.arn.as_str()).or(of_base)?;
        Some(Partition::by_name(arn.split(':').nth(1)?).home_region.to_owned())
    };
    told.or_else(role).map(Region::new)
}

fn settings(client: &SharedHttpClient, set: &ProfileSet, region: Region) -> Settings {
    let on = |name: &str, key: &str| {
        variable(name)
            .or_else(|| set.get(key).map(str::to_owned))
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    };
    Settings {
        client: client.clone(),
        region,
        fips: on("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
        dual_stack: on("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
    }
}

/// The configuration of a role assumed with the caller's credentials. The answer of STS holds credentials: it is kept in
/// memory only.
///
/// # Errors
/// STS does not give the role, or cannot be asked.
pub async fn assume(
    base: &SdkConfig,
    role_arn: &str,
    external_id: Option<&str>,
    run_id: &str,
    person: &Arc<dyn Person>,
) -> Result<SdkConfig, ConnectError> {
    let (Some(given), Some(client)) = (base.credentials_provider(), base.http_client()) else {
        return Err(ConnectError::NoCredentials("the role is taken with nobody's credentials".to_owned()));
    };
    let settings = Settings {
        client,
        region: base.region().cloned().unwrap_or_else(|| Region::new("us-east-1")),
        fips: base.use_fips().unwrap_or_default(),
        dual_stack: base.use_dual_stack().unwrap_or_default(),
    };
    let role = Role {
        arn: role_arn.to_owned(),
        external_id: external_id.map(str::to_owned),
        session: Some(run_id.to_owned()),
        seconds: None,
        device: None,
        profile: None,
    };
    let way = Way { base: Base::Given(given), roles: vec![role] };
    let entrance = Entrance::new(way, settings, base.clone(), Arc::clone(person));
    entrance.enter().await?;
    Ok(base
        .to_builder()
        .credentials_provider(SharedCredentialsProvider::new(entrance))
        .identity_cache(IdentityCache::lazy().load_timeout(LOADING).build())
        .build())
}

/// Asks STS who the credentials belong to.
///
/// # Errors
/// They are not good, or AWS cannot be reached.
pub async fn identify(config: &SdkConfig, person: &dyn Person) -> Result<Identity, ConnectError> {
    let client = aws_sdk_sts::Client::new(config);
    let waiting = "AWS STS, which says whose the credentials are";
    let answer = patient(person, waiting, client.get_caller_identity().send()).await.map_err(|error| {
        let cause = of_sdk(&error);
        let text = cause.text();
        match &cause {
            _ if cause.is_expired() => ConnectError::Expired(format!("for instance with `aws sso login` ({text})")),
            Cause::Code { code, .. }
                if matches!(code.as_str(), "InvalidClientTokenId" | "UnrecognizedClientException") =>
            {
                ConnectError::Refused(format!(
                    "{text} (credentials of GovCloud or China need AWS_REGION, or a region in the profile)"
                ))
            }
            Cause::Code { code, .. } if code == "SignatureDoesNotMatch" => {
                ConnectError::Refused(format!("{text}; correct the secret access key, or this machine's clock"))
            }
            Cause::Code { .. } => ConnectError::Refused(text.to_owned()),
            cause => cause.of_the_way("AWS STS").unwrap_or_else(|| ConnectError::NotGiven(text.to_owned())),
        }
    })?;
    match (answer.account, answer.arn) {
        (Some(account), Some(arn)) if !account.is_empty() && !arn.is_empty() => Ok(Identity { account, arn }),
        _ => Err(ConnectError::BadAnswer {
            service: "AWS STS".to_owned(),
            why: "it does not say which account the credentials belong to".to_owned(),
        }),
    }
}
