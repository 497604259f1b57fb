//! The way to AWS, where it is not the plain one: a proxy in between, or other certificates than the system's.

use serde::{Deserialize, Serialize};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use super::call::sha256_hex;

/// How AWS was reached, as far as others had a hand in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Proxies that requests could go through, `https by proxy.acme.example:3128`: hosts and ports, never credentials.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proxies: Vec<String>,
    /// The certificates that servers were held against in place of the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_bundle: Option<CaBundle>,
}

/// A file of root certificates, known by its digest and not by its path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaBundle {
    /// SHA-256 of the file.
    pub sha256: String,
    /// How many certificates it holds.
    pub certificates: usize,
    /// The first of them by subject and issuer, ten at the most.
    pub authorities: Vec<Authority>,
}

/// A certificate's names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Whose key it certifies (RFC 4514).
    pub subject: String,
    /// Who says so; the subject itself for a root.
    pub issuer: String,
}

/// So many authorities are named.
const NAMED: usize = 10;

impl CaBundle {
    /// What a file of certificates is; `certificates` are those that it holds, in DER.
    ///
    /// # Errors
    /// One of them is no certificate.
    pub fn of<'a>(file: &[u8], certificates: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, String> {
        let (mut authorities, mut count) = (Vec::new(), 0);
        for der in certificates {
            count += 1;
            let known = Certificate::from_der(der).map_err(|_| format!("certificate {count} is damaged"))?;
            if authorities.len() < NAMED {
                let names = known.tbs_certificate();
                let authority = Authority { subject: names.subject().to_string(), issuer: names.issuer().to_string() };
                authorities.push(authority);
            }
        }
        Ok(Self { sha256: sha256_hex(file), certificates: count, authorities })
    }
}

impl Route {
    /// Nothing stood between.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.proxies.is_empty() && self.ca_bundle.is_none()
    }

    /// What a reader has to know of it, a sentence each.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if !self.proxies.is_empty() {
            words.push(format!("By a proxy: requests went {}.", self.proxies.join(", ")));
        }
        if let Some(bundle) = &self.ca_bundle {
            /// More than a few names are not read; run.json has ten.
            const NAMED: usize = 2;
            let named: Vec<String> = bundle
                .authorities
                .iter()
                .take(NAMED)
                .map(|one| match one.subject == one.issuer {
                    true => one.subject.clone(),
                    false => format!("{} (issued by {})", one.subject, one.issuer),
                })
                .collect();
            let more = bundle.certificates.saturating_sub(named.len());
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            words.push(format!(
                "Servers were held against a CA bundle (AWS_CA_BUNDLE, SHA-256 {}) and not against the system's certificates: whoever holds a key of {}{more} could answer in AWS's place.",
                bundle.sha256,
                named.join("; ")
            ));
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_name_hosts_and_authorities() {
        let route = Route {
            proxies: vec!["https by proxy.acme.example:3128".to_owned()],
            ca_bundle: Some(CaBundle {
                sha256: "ab".repeat(32),
                certificates: 12,
                authorities: vec![
                    Authority { subject: "CN=Acme Root".to_owned(), issuer: "CN=Acme Root".to_owned() },
                    Authority { subject: "CN=Proxy".to_owned(), issuer: "CN=Acme Root".to_owned() },
                ],
            }),
        };
        let words = route.words().join(" ");
        for part in ["proxy.acme.example:3128", "CN=Acme Root; CN=Proxy (issued by CN=Acme Root); and 10 more"] {
            assert!(words.contains(part), "{words}");
        }
        assert!(Route::default().is_plain() && Route::default().words().is_empty());
        assert!(CaBundle::of(b"x", [b"no certificate".as_slice()]).is_err());
    }
}
