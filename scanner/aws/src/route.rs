//! What stands between kickoff and AWS by the environment's settings.

use std::path::PathBuf;

use kickoff_evidence::{CaBundle, Route};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::credentials::variable;

/// The file of root certificates that `AWS_CA_BUNDLE` names.
#[must_use]
pub fn ca_bundle() -> Option<PathBuf> {
    std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// The way to AWS as the environment sets it: proxies by host and port, the CA bundle by its digest and names. Neither a
/// path nor a credential is in it.
///
/// # Errors
/// The bundle cannot be read.
pub fn route() -> Result<Route, String> {
    let mut route = Route::default();
    let except = first(&["NO_PROXY", "no_proxy"]).map_or("", |_| ", but for hosts that NO_PROXY names");
    for (scheme, names) in [
        ("https", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]),
        ("http", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]),
    ] {
        if let Some(address) = first(&names) {
            route.proxies.push(format!("{scheme} by {}{except}", host(&address)));
        }
    }
    if let Some(path) = ca_bundle() {
        let bad = |why: &dyn std::fmt::Display| format!("AWS_CA_BUNDLE {} cannot be used: {why}", path.display());
        let pem = std::fs::read(&path).map_err(|error| bad(&error))?;
        let certificates =
            CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>().map_err(|error| bad(&error))?;
        let bundle = CaBundle::of(&pem, certificates.iter().map(AsRef::as_ref)).map_err(|error| bad(&error))?;
        route.ca_bundle = Some(bundle);
    }
    Ok(route)
}

fn first(names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| variable(name))
}

/// Host and port of a proxy's address, without scheme, path and credentials.
fn host(address: &str) -> &str {
    let rest = address.trim().split_once("://").map_or(address.trim(), |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn a_proxy_is_known_by_host_and_port_only() {
        for (address, expected) in [
            ("http://alice:pass@proxy.acme.example:3128/", "proxy.acme.example:3128"),
            ("proxy.acme.example:3128", "proxy.acme.example:3128"),
            ("alice:p@ss@10.0.0.1:80", "10.0.0.1:80"),
            ("https://[2001:db8::1]:443?token=x", "[2001:db8::1]:443"),
        ] {
            assert_eq!(host(address), expected);
        }
    }
}
