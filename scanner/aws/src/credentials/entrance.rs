//! Credentials as the SDK takes them: the first ones, and the roles that are taken with them.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use tokio::sync::Mutex;

use super::base::Settings;
use super::error::ConnectError;
use super::person::{Person, patient};
use super::profiles::Way;

/// Credentials that end sooner are asked for again.
const LEFT: Duration = Duration::from_secs(5 * 60);

/// A way in that remembers what it gave.
#[derive(Debug)]
pub(crate) struct Entrance {
    way: Way,
    settings: Settings,
    /// How STS is asked.
    sts: SdkConfig,
    person: Arc<dyn Person>,
    known: Mutex<Option<Credentials>>,
}

impl Entrance {
    pub fn new(way: Way, settings: Settings, sts: SdkConfig, person: Arc<dyn Person>) -> Self {
        Self { way, settings, sts, person, known: Mutex::new(None) }
    }

    /// The credentials; asked for where none are known that last.
    ///
    /// # Errors
    /// There are none; the error says why, and what to do.
    pub async fn enter(&self) -> Result<Credentials, ConnectError> {
        let mut known = self.known.lock().await;
        if let Some(credentials) = &*known {
            let end = credentials.expiry();
            let coded = self.way.roles.iter().any(|role| role.device.is_some());
            let now = SystemTime::now();
            let lasts = end.is_none_or(|end| end > now + LEFT);
            // Nobody is asked for a code as long as the session lasts.
            if lasts || coded && end.is_some_and(|end| end > now) {
                return Ok(credentials.clone());
            }
        }
        let base = &self.way.base;
        let person = self.person.as_ref();
        let mut credentials = patient(person, &base.waiting(), base.load(&self.settings)).await?;
        for role in &self.way.roles {
            credentials = role.take(credentials, &self.sts, person).await?;
        }
        *known = Some(credentials.clone());
        Ok(credentials)
    }
}

impl ProvideCredentials for Entrance {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async { self.enter().await.map_err(CredentialsError::provider_error) })
    }
}
