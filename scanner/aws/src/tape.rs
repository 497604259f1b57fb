//! The tape: where exchanges are written, one archive an account.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use kickoff_evidence::{ArchiveWriter, Exchange, RunError, RunWriter, endpoint_of};

/// A run directory that exchanges are written to, one archive an account.
#[derive(Debug)]
pub struct Tape {
    run: RunWriter,
    archives: Mutex<HashMap<String, ArchiveWriter>>,
    foreign: Mutex<BTreeMap<String, ()>>,
    failure: Mutex<Option<String>>,
}

impl Tape {
    /// A tape into a run.
    #[must_use]
    pub fn new(run: RunWriter) -> Self {
        Self { run, archives: Mutex::default(), foreign: Mutex::default(), failure: Mutex::default() }
    }

    /// The run.
    #[must_use]
    pub fn run(&self) -> &RunWriter {
        &self.run
    }

    /// Starts the archive of an account; done before its first call, so that a run that cannot be written fails early.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn start(&self, account: &str) -> Result<(), RunError> {
        let archive = self.run.archive(account)?;
        self.archives.lock().unwrap_or_else(PoisonError::into_inner).insert(account.to_owned(), archive);
        Ok(())
    }

    pub(crate) fn append(&self, exchange: &Exchange) -> Result<u32, String> {
        let endpoint = endpoint_of(&exchange.request.uri);
        if !is_aws_endpoint(endpoint) {
            self.foreign.lock().unwrap_or_else(PoisonError::into_inner).insert(endpoint.to_owned(), ());
        }
        let mut archives = self.archives.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(archive) = archives.get_mut(&exchange.account) else {
            return Err(format!("there is no archive for account {}", exchange.account));
        };
        archive.append(exchange).map_err(|error| {
            let text = format!("the exchange could not be stored: {error}");
            self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(text.clone());
            text
        })
    }

    /// Closes the archive of an account.
    ///
    /// # Errors
    /// The disk is full: the archive, or an exchange before, could not be written.
    pub fn finish(&self, account: &str) -> Result<(), String> {
        let archive = self.archives.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
        if let Some(failure) = self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Err(failure);
        }
        archive.map_or(Ok(()), |archive| archive.finish().map_err(|e| format!("the archive could not be closed: {e}")))
    }

    /// The endpoints that answered in place of AWS, sorted.
    #[must_use]
    pub fn foreign_endpoints(&self) -> Vec<String> {
        self.foreign.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }
}

/// Whether an endpoint is AWS's own.
#[must_use]
pub fn is_aws_endpoint(endpoint: &str) -> bool {
    const SUFFIXES: [&str; 9] = [
        ".amazonaws.com",
        ".amazonaws.com.cn",
        ".api.aws",
        ".amazonaws.eu",
        ".c2s.ic.gov",
        ".sc2s.sgov.gov",
        ".cloud.adc-e.uk",
        ".csp.hci.ic.gov",
        ".api.amazonwebservices.com.cn",
    ];
    endpoint.strip_prefix("https://").is_some_and(|host| SUFFIXES.iter().any(|suffix| host.ends_with(suffix)))
}

#[cfg(test)]
mod tests {
    use super::is_aws_endpoint;

    #[test]
    fn only_amazons_own_endpoints_over_tls_are_aws() {
        assert!(is_aws_endpoint("https://iam.amazonaws.com"));
        assert!(is_aws_endpoint("https://ec2.cn-north-1.amazonaws.com.cn"));
        for other in ["http://iam.amazonaws.com", "https://amazonaws.com.example.org", "http://127.0.0.1:5000"] {
            assert!(!is_aws_endpoint(other), "{other}");
        }
    }
}
