//! Why there is no session.

/// Why there is no session. Each message says what to do.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
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
    /// What is set about credentials cannot be used: a profile's keys, an environment variable, a file that is named.
    #[error("the AWS credentials are not set up to be used: {0}")]
    Misconfigured(String),
    /// A code of an MFA device is needed, and nobody can be asked.
    #[error(
        "profile {profile:?} takes role {role} with MFA ({device}), and there is no terminal to ask for the code: run kickoff in a terminal, or sign in before with `eval \"$(aws configure export-credentials --profile {profile} --format env)\"` and leave --profile and AWS_PROFILE out"
    )]
    NoCode {
        /// The profile that names the device.
        profile: String,
        /// The role that it takes.
        role: String,
        /// The device's serial number or ARN.
        device: String,
    },
    /// The profile signs in with `aws login`, whose sessions the AWS CLI alone takes.
    #[error(
        "profile {0:?} signs in with `aws login`, whose sessions only the AWS CLI can use: take the credentials from it with `eval \"$(aws configure export-credentials --profile {0} --format env)\"` and leave --profile and AWS_PROFILE out, or name a profile that has `credential_process = aws configure export-credentials --profile {0} --format process`"
    )]
    LoginOnly(String),
    /// The credentials are no longer good. The text says whose, and how to sign in again.
    #[error("the AWS credentials have expired: sign in again, {0}")]
    Expired(String),
    /// The source of the credentials gives none.
    #[error("the AWS credentials could not be had: {0}")]
    NotGiven(String),
    /// AWS does not accept the credentials.
    #[error("AWS does not accept the credentials: {0}")]
    Refused(String),
    /// The role cannot be taken.
    #[error("role {role} cannot be assumed: {why}")]
    NoRole {
        /// The role's ARN.
        role: String,
        /// What AWS said, and what to do.
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
    /// What answered in the place of AWS cannot be understood.
    #[error(
        "the answer of {service} cannot be read: {why}; a proxy, a sign-in page of the network or an endpoint that is not AWS's answers like that (AWS_ENDPOINT_URL, HTTPS_PROXY)"
    )]
    BadAnswer {
        /// The service that was asked.
        service: String,
        /// What is wrong with it.
        why: String,
    },
}

impl ConnectError {
    /// Whether settings have to be corrected first; everything else may be otherwise the next time.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::NoCredentials(_)
                | Self::NoProfile(_)
                | Self::BadProfiles(_)
                | Self::Misconfigured(_)
                | Self::NoCode { .. }
                | Self::LoginOnly(_)
                | Self::OtherAccount { .. }
        )
    }
}
