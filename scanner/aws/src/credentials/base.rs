//! The first credentials: keys, a sign-in, a process, a token, a container's or an instance's role.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, SystemTime};

use aws_config::credential_process::CredentialProcessProvider;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::imds;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::sso::SsoCredentialsProvider;
use aws_config::web_identity_token::{StaticConfiguration, WebIdentityTokenCredentialsProvider};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_types::region::Region;

use super::cause::{Cause, of_sdk};
use super::error::ConnectError;
use super::variable::variable;

/// So long the instance's metadata service has for one answer, where `AWS_METADATA_SERVICE_TIMEOUT` (seconds) says nothing
/// else. AWS's own answers within milliseconds; where packets to it vanish, nothing ever comes.
const METADATA: Duration = Duration::from_secs(2);
/// So long a container's endpoint has.
const CONTAINER: Duration = Duration::from_secs(10);

/// What every source is asked with.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Unrecorded: the answers hold secrets.
    pub client: SharedHttpClient,
    /// Where STS is asked.
    pub region: Region,
    /// Whether FIPS endpoints are asked for.
    pub fips: bool,
    /// Whether dual-stack endpoints are asked for.
    pub dual_stack: bool,
}

impl Settings {
    fn provider(&self) -> ProviderConfig {
        ProviderConfig::without_region()
            .with_http_client(self.client.clone())
            .with_region(Some(self.region.clone()))
            .with_use_fips(Some(self.fips))
            .with_use_dual_stack(Some(self.dual_stack))
    }
}

/// Where the first credentials come from.
#[derive(Debug)]
pub(crate) enum Base {
    /// Environment variables.
    Environment,
    /// Keys that stand in a profile.
    Keys {
        /// The profile.
        profile: String,
        /// The keys.
        keys: Credentials,
    },
    /// IAM Identity Center.
    SignIn {
        profile: String,
        /// The `[sso-session]`; none in profiles of the old kind.
        session: Option<String>,
        url: String,
        region: String,
        account: String,
        role: String,
    },
    /// A program.
    Process {
        profile: String,
        /// May hold secrets: never told beyond its first word.
        command: String,
    },
    /// `aws login`, whose sessions are refreshed by the AWS CLI and not here.
    Login {
        profile: String,
        /// The ARN that signed in.
        session: String,
    },
    /// A token in a file, for STS.
    WebIdentity {
        role: String,
        file: String,
        session: Option<String>,
        /// Who says so.
        whose: String,
    },
    /// A container's endpoint, named by environment variables.
    Container,
    /// The role of an EC2 instance.
    Instance {
        /// A profile names it, so that it is no last resort.
        only: bool,
    },
    /// Credentials that a configuration has already.
    Given(SharedCredentialsProvider),
}

fn container() -> String {
    variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").map_or_else(
        || variable("AWS_CONTAINER_CREDENTIALS_FULL_URI").unwrap_or_default(),
        |path| format!("http://169.254.170.2{path}"),
    )
}

fn metadata() -> String {
    variable("AWS_EC2_METADATA_SERVICE_ENDPOINT").unwrap_or_else(|| "http://169.254.169.254".to_owned())
}

/// Tries and time for each (`AWS_METADATA_SERVICE_NUM_ATTEMPTS`, `AWS_METADATA_SERVICE_TIMEOUT` in seconds, as the AWS CLI
/// takes them).
fn patience() -> (u32, Duration) {
    let number = |name: &str| variable(name).and_then(|text| text.trim().parse::<u32>().ok()).filter(|n| *n > 0);
    let tries = number("AWS_METADATA_SERVICE_NUM_ATTEMPTS").unwrap_or(1).min(10);
    let each = number("AWS_METADATA_SERVICE_TIMEOUT").map_or(METADATA, |n| Duration::from_secs(u64::from(n.min(60))));
    (tries, each)
}

/// A client of the metadata service that does not wait for long.
pub(crate) fn instance(settings: &Settings) -> imds::Client {
    let (tries, each) = patience();
    imds::Client::builder()
        .configure(&settings.provider())
        .max_attempts(tries)
        .operation_attempt_timeout(each)
        .operation_timeout(each * tries + Duration::from_secs(u64::from(tries - 1)))
        .build()
}

impl Base {
    /// What is waited for, where it takes a while.
    pub fn waiting(&self) -> String {
        match self {
            Self::Environment | Self::Keys { .. } | Self::Login { .. } | Self::Given(_) => "the credentials".to_owned(),
            Self::SignIn { profile, .. } => format!("IAM Identity Center, for the credentials of profile {profile:?}"),
            Self::Process { profile, command } => {
                format!("the program {:?}, which is the credential_process of profile {profile:?}", program(command))
            }
            Self::WebIdentity { role, .. } => format!("AWS STS, for role {role}"),
            Self::Container => format!("the container's credential endpoint, {}", container()),
            Self::Instance { only: true } => format!("the EC2 instance metadata service, {}", metadata()),
            Self::Instance { only: false } => format!(
                "the EC2 instance metadata service, {}, as there are no other credentials; AWS_EC2_METADATA_DISABLED=true turns it off",
                metadata()
            ),
        }
    }

    /// Asks for the credentials.
    ///
    /// # Errors
    /// There are none; the error says why, and what to do.
    pub async fn load(&self, settings: &Settings) -> Result<Credentials, ConnectError> {
        let provider = settings.provider();
        let asked = match self {
            Self::Keys { keys, .. } => Ok(keys.clone()),
            Self::Environment => EnvironmentVariableCredentialsProvider::new().provide_credentials().await,
            Self::Given(known) => known.provide_credentials().await,
            Self::SignIn { session, url, region, account, role, .. } => {
                let mut builder = SsoCredentialsProvider::builder()
                    .configure(&provider)
                    .start_url(url)
                    .region(Region::new(region.clone()))
                    .account_id(account)
                    .role_name(role);
                if let Some(session) = session {
                    builder = builder.session_name(session);
                }
                builder.build().provide_credentials().await
            }
            Self::Process { command, .. } => {
                CredentialProcessProvider::new(command.clone()).provide_credentials().await
            }
            Self::Login { profile, .. } => return Err(ConnectError::LoginOnly(profile.clone())),
            Self::WebIdentity { role, file, session, whose } => {
                readable(file, whose)?;
                let configuration = StaticConfiguration {
                    web_identity_token_file: file.into(),
                    role_arn: role.clone(),
                    session_name: session.clone().unwrap_or_else(|| "kickoff".to_owned()),
                };
                let builder = WebIdentityTokenCredentialsProvider::builder().configure(&provider);
                builder.static_configuration(configuration).build().provide_credentials().await
            }
            Self::Container => {
                let asked = EcsCredentialsProvider::builder().configure(&provider).build();
                match tokio::time::timeout(CONTAINER, asked.provide_credentials()).await {
                    Ok(answer) => answer,
                    Err(_) => Err(CredentialsError::provider_timed_out(CONTAINER)),
                }
            }
            Self::Instance { .. } => {
                let client = instance(settings);
                ImdsCredentialsProvider::builder()
                    .configure(&provider)
                    .imds_client(client)
                    .build()
                    .provide_credentials()
                    .await
            }
        };
        let credentials = asked.map_err(|error| self.failed(&error))?;
        match credentials.expiry() {
            Some(end) if end <= SystemTime::now() => {
                let end = jiff::Timestamp::try_from(end).map_or_else(|_| "before".to_owned(), |end| end.to_string());
                Err(ConnectError::Expired(format!("{} (they ended {end})", self.again())))
            }
            _ => Ok(credentials),
        }
    }

    /// How to sign in again.
    fn again(&self) -> String {
        match self {
            Self::SignIn { profile, .. } => format!("with `aws sso login --profile {profile}`"),
            Self::Process { profile, command } => {
                format!("so that {:?}, the credential_process of profile {profile:?}, gives new ones", program(command))
            }
            Self::WebIdentity { file, whose, .. } => {
                format!("so that {file}, the web identity token of {whose}, is a new one")
            }
            Self::Environment => {
                "and set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN anew".to_owned()
            }
            Self::Keys { profile, .. } => format!("and put the new keys into profile {profile:?}"),
            Self::Login { .. } | Self::Container | Self::Instance { .. } | Self::Given(_) => {
                "for instance with `aws sso login`".to_owned()
            }
        }
    }

    fn failed(&self, error: &CredentialsError) -> ConnectError {
        let source = error.source();
        let cause = source
            .and_then(|source| source.downcast_ref::<SdkError<AssumeRoleWithWebIdentityError, HttpResponse>>())
            .map_or_else(|| Cause::of(error), of_sdk);
        let text = cause.text();
        match self {
            Self::SignIn { profile, session, account, role, .. } => {
                // Nobody ever signed in: there is no file of the session.
                let token = ["SSO token", "SSO OIDC", "No such file"].iter().any(|part| text.contains(part));
                let code = matches!(&cause, Cause::Code { code, .. } if code.starts_with("Unauthorized"));
                if token || code || cause.is_expired() {
                    let session = session.as_ref().map_or_else(String::new, |name| format!(", sso-session {name:?}"));
                    return ConnectError::Expired(format!(
                        "{}: nobody is signed in any more for profile {profile:?}{session} ({text})",
                        self.again()
                    ));
                }
                cause.of_the_way("IAM Identity Center").unwrap_or_else(|| {
                    ConnectError::Refused(format!(
                        "IAM Identity Center gives whoever is signed in no role {role:?} in account {account} ({text}): have the permission set assigned, or correct sso_role_name and sso_account_id of profile {profile:?}"
                    ))
                })
            }
            Self::Process { profile, command } => {
                let said =
                    text.split_once("external process").map_or(text, |(_, said)| said.trim_start_matches([' ', ',']));
                let said = said.replace("exited with code exit status: ", "it ended with status ");
                let said = said.replace("could not parse response: ", "what it printed is no JSON of credentials: ");
                ConnectError::NotGiven(format!(
                    "{:?}, the credential_process of profile {profile:?}, gave none ({}): run it by hand; it has to print JSON with Version 1, AccessKeyId and SecretAccessKey",
                    program(command),
                    said.trim_end_matches([' ', '.']).trim_end_matches("Stderr:").trim_end_matches([' ', '.'])
                ))
            }
            Self::WebIdentity { role, file, whose, .. } => {
                if cause.is_expired() {
                    return ConnectError::Expired(format!("{} ({text})", self.again()));
                }
                cause.of_the_way("AWS STS").unwrap_or_else(|| ConnectError::NoRole {
                    role: role.clone(),
                    why: format!(
                        "{text} (with the web identity token {file} of {whose}): the role's trust policy has to name the token's issuer, and allow its audience and subject"
                    ),
                })
            }
            Self::Container => {
                let from = container();
                match &cause {
                    Cause::Code { text, .. } => ConnectError::NotGiven(format!(
                        "{from}, which AWS_CONTAINER_CREDENTIALS_FULL_URI or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI names, refuses them: {text}"
                    )),
                    _ if matches!(error, CredentialsError::InvalidConfiguration(_)) => {
                        ConnectError::Misconfigured(format!(
                            "the container's credential endpoint {from:?} cannot be used: {text} (AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_CONTAINER_AUTHORIZATION_TOKEN)"
                        ))
                    }
                    _ => ConnectError::NotGiven(format!(
                        "the container's credential endpoint {from} gives none: {text}. AWS_CONTAINER_CREDENTIALS_FULL_URI or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI names it: is the task's or pod's agent there, and has it a role?"
                    )),
                }
            }
            Self::Instance { only } => {
                let service = format!("the EC2 instance metadata service, {},", metadata());
                let why = if text.contains("404") {
                    format!("{service} has no role: attach an instance profile")
                } else if matches!(cause, Cause::Unreachable(_) | Cause::Garbled(_)) {
                    format!(
                        "{service} did not answer: {text}; in a container on EC2 its hop limit has to be 2 or more, and AWS_EC2_METADATA_DISABLED=true turns it off"
                    )
                } else {
                    format!("{service} gave none: {text}")
                };
                if *only { ConnectError::NotGiven(why) } else { ConnectError::NoCredentials(why) }
            }
            Self::Environment => ConnectError::Misconfigured(format!(
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment: {text}"
            )),
            Self::Keys { .. } | Self::Login { .. } => ConnectError::NotGiven(text.to_owned()),
            Self::Given(_) => {
                // A role is taken with credentials whose own way has told already what is wrong.
                let mut at: Option<&(dyn Error + 'static)> = source;
                while let Some(error) = at {
                    if let Some(known) = error.downcast_ref::<ConnectError>() {
                        return known.clone();
                    }
                    at = error.source();
                }
                cause.of_the_way("the source of the credentials").unwrap_or(ConnectError::NotGiven(text.to_owned()))
            }
        }
    }
}

/// The first word of a command: the rest may hold secrets.
fn program(command: &str) -> &str {
    let command = command.trim();
    match command.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default(),
        None => command.split_whitespace().next().unwrap_or_default(),
    }
}

/// Whether the file of a token is there: nothing else would say which file it is.
fn readable(file: &str, whose: &str) -> Result<(), ConnectError> {
    let bad = |why: &str| {
        Err(ConnectError::Misconfigured(format!(
            "the web identity token file {file} of {whose} {why}: name the file that your identity provider writes (web_identity_token_file, AWS_WEB_IDENTITY_TOKEN_FILE)"
        )))
    };
    match std::fs::read(Path::new(file)) {
        Err(error) => bad(&format!("cannot be read ({error})")),
        Ok(bytes) if bytes.iter().all(u8::is_ascii_whitespace) => bad("is empty"),
        Ok(_) => Ok(()),
    }
}
