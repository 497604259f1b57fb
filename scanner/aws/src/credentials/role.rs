//! Roles that are taken with credentials, with a code of an MFA device where the profile names one.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;

use super::cause::{Cause, of_sdk};
use super::error::ConnectError;
use super::person::{Person, patient};

/// A role to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Role {
    /// Its ARN.
    pub arn: String,
    /// The ExternalId that it asks for.
    pub external_id: Option<String>,
    /// The name of the session.
    pub session: Option<String>,
    /// How long the session lasts (seconds).
    pub seconds: Option<i32>,
    /// The MFA device whose code is needed: a serial number or an ARN.
    pub device: Option<String>,
    /// The profile that says so.
    pub profile: Option<String>,
}

/// Sessions that a code was given for, by role and device. A code counts once, and a command asks for the credentials of a
/// profile more than once (to collect, and to sign): nobody is asked twice.
static SESSIONS: Mutex<BTreeMap<(String, String), Credentials>> = Mutex::new(BTreeMap::new());

impl Role {
    /// Takes the role with credentials; `config` says where and how STS is asked.
    ///
    /// # Errors
    /// STS does not give the role, or cannot be asked.
    pub async fn take(
        &self,
        with: Credentials,
        config: &SdkConfig,
        person: &dyn Person,
    ) -> Result<Credentials, ConnectError> {
        let key = self.device.as_ref().map(|device| (self.arn.clone(), device.clone()));
        if let Some(key) = &key
            && let Some(known) = SESSIONS.lock().unwrap_or_else(PoisonError::into_inner).get(key)
            && known.expiry().is_some_and(|end| end > SystemTime::now())
        {
            return Ok(known.clone());
        }
        let config = config
            .to_builder()
            .credentials_provider(SharedCredentialsProvider::new(with))
            .identity_cache(aws_config::identity::IdentityCache::no_cache())
            .build();
        let mut request = aws_sdk_sts::Client::new(&config)
            .assume_role()
            .role_arn(&self.arn)
            .role_session_name(self.session.as_deref().unwrap_or("kickoff"))
            .set_external_id(self.external_id.clone())
            .set_duration_seconds(self.seconds);
        if let Some(device) = &self.device {
            let code = person.code(device).ok_or_else(|| ConnectError::NoCode {
                profile: self.profile.clone().unwrap_or_default(),
                role: self.arn.clone(),
                device: device.clone(),
            })?;
            request = request.serial_number(device).token_code(code.trim());
        }
        let waiting = format!("AWS STS, for role {}", self.arn);
        let answer = patient(person, &waiting, request.send()).await.map_err(|error| self.refused(&of_sdk(&error)))?;
        let bad = |why: &str| ConnectError::BadAnswer { service: "AWS STS".to_owned(), why: why.to_owned() };
        let given = answer.credentials.ok_or_else(|| bad("it holds no credentials"))?;
        let end = SystemTime::try_from(given.expiration).map_err(|_| bad("it does not say when the session ends"))?;
        let session = Credentials::new(
            given.access_key_id,
            given.secret_access_key,
            Some(given.session_token),
            Some(end),
            "AssumeRole",
        );
        if let Some(key) = key {
            SESSIONS.lock().unwrap_or_else(PoisonError::into_inner).insert(key, session.clone());
        }
        Ok(session)
    }

    fn refused(&self, cause: &Cause) -> ConnectError {
        if let Some(error) = cause.of_the_way("AWS STS") {
            return error;
        }
        let text = cause.text();
        if cause.is_expired() {
            return ConnectError::Expired(format!(
                "the credentials that take role {} are no longer good ({text})",
                self.arn
            ));
        }
        let code = match cause {
            Cause::Code { code, .. } => code.as_str(),
            _ => "",
        };
        let advice = match code {
            "AccessDenied" | "AccessDeniedException" if text.contains("MultiFactorAuthentication") => {
                "give the code that the device shows now; each counts once"
            }
            "AccessDenied" | "AccessDeniedException" => match (&self.device, &self.external_id) {
                (None, None) => {
                    "its trust policy has to name the caller, who needs sts:AssumeRole on it; if it asks for an ExternalId or MFA, set external_id (in kickoff.toml or the profile) or mfa_serial"
                }
                (None, Some(_)) => {
                    "its trust policy has to name the caller and the same ExternalId as external_id, and the caller needs sts:AssumeRole on it"
                }
                (Some(_), _) => "its trust policy has to name the caller, who needs sts:AssumeRole on it",
            },
            "ValidationError" if text.contains("DurationSeconds") => {
                "lower duration_seconds, or raise the role's maximum session duration; a role that is taken with another role's session lasts an hour at the most"
            }
            "ValidationError" => "correct role_arn, external_id or mfa_serial",
            "RegionDisabledException" => {
                "activate STS in the region in the account's settings, or set another AWS_REGION"
            }
            "InvalidClientTokenId" | "UnrecognizedClientException" | "SignatureDoesNotMatch" => {
                "the keys that take it are not good: correct the source profile (credentials of GovCloud or China need AWS_REGION, or a region in the profile)"
            }
            _ => "ask whoever gives the role",
        };
        ConnectError::NoRole { role: self.arn.clone(), why: format!("{text}; {advice}") }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::Arc;

    use aws_config::BehaviorVersion;
    use aws_types::region::Region;

    use super::*;
    use crate::credentials::Nobody;

    /// Gives a code, and counts how often it is asked.
    #[derive(Debug, Default)]
    struct Alice(Mutex<u32>);

    impl Person for Alice {
        fn waiting(&self, _: &str) {}

        fn code(&self, device: &str) -> Option<String> {
            assert_eq!(device, "arn:aws:iam::111122223333:mfa/alice");
            *self.0.lock().unwrap() += 1;
            Some(" 123456 ".to_owned())
        }
    }

    /// Answers every request alike, and keeps what was asked.
    fn sts(status: &'static str, body: &'static str) -> (SdkConfig, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut text = String::new();
                let mut chunk = [0; 4096];
                while !text.contains("Version=2011-06-15") {
                    let read = stream.read(&mut chunk).unwrap();
                    assert!(read > 0, "{text}");
                    text.push_str(&String::from_utf8_lossy(&chunk[..read]));
                }
                kept.lock().unwrap().push(text);
                let length = body.len();
                write!(stream, "HTTP/1.1 {status}\r\ncontent-type: text/xml\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
                    .unwrap();
            }
        });
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(endpoint)
            .http_client(crate::plain_client(&crate::connector(None).unwrap(), "test"))
            .build();
        (config, asked)
    }

    fn role(name: &str, device: bool) -> Role {
        Role {
            arn: format!("arn:aws:iam::111122223333:role/{name}"),
            external_id: Some("abc".to_owned()),
            session: None,
            seconds: Some(7200),
            device: device.then(|| "arn:aws:iam::111122223333:mfa/alice".to_owned()),
            profile: Some("mfa".to_owned()),
        }
    }

    fn keys() -> Credentials {
        Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test")
    }

    const GIVEN: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";

    #[tokio::test]
    async fn a_code_is_asked_for_once_and_sent_with_the_device() {
        let (config, asked) = sts("200 OK", GIVEN);
        let alice = Alice::default();
        let role = role("WithCode", true);
        let session = role.take(keys(), &config, &alice).await.unwrap();
        assert_eq!((session.access_key_id(), session.session_token()), ("ASIAEXAMPLE", Some("t")));
        role.take(keys(), &config, &alice).await.unwrap();
        assert_eq!(*alice.0.lock().unwrap(), 1, "the session lasts: nobody is asked again");
        let asked = asked.lock().unwrap();
        assert_eq!(asked.len(), 1);
        for part in [
            "TokenCode=123456",
            "SerialNumber=arn%3Aaws%3Aiam%3A%3A111122223333%3Amfa%2Falice",
            "DurationSeconds=7200",
            "ExternalId=abc",
        ] {
            assert!(asked[0].contains(part), "{part} in {}", asked[0]);
        }
    }

    #[tokio::test]
    async fn without_a_terminal_the_code_is_what_is_missing() {
        let (config, asked) = sts("200 OK", GIVEN);
        let error = role("NoTerminal", true).take(keys(), &config, &Nobody).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("with MFA (arn:aws:iam::111122223333:mfa/alice), and there is no terminal"), "{text}");
        assert!(error.is_usage() && asked.lock().unwrap().is_empty(), "AWS is not asked without the code");
    }

    #[tokio::test]
    async fn a_role_that_is_refused_is_told_with_what_aws_said_and_what_it_needs() {
        let body = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:iam::111122223333:user/a is not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>";
        let (config, _) = sts("403 Forbidden", body);
        let text = role("Refused", false).take(keys(), &config, &Nobody).await.unwrap_err().to_string();
        assert!(
            text.starts_with("role arn:aws:iam::111122223333:role/Refused cannot be assumed: AccessDenied: User:"),
            "{text}"
        );
        assert!(text.contains("the same ExternalId as external_id"), "{text}");
    }
}
