//! Who signs a package, and who stamps it.

use kickoff_aws::{KmsSigner, connect, connector, plain_client, post};
use kickoff_evidence::package::{Signer, SigningKey, check_response, timestamp_request};
use kickoff_evidence::sha256_hex;
use std::path::Path;

use crate::cli::SealArgs;
use crate::exit::Failure;

/// The signer that the arguments name, if they name one.
pub(crate) fn signer(arguments: &SealArgs, profile: Option<&str>) -> Result<Option<Box<dyn Signer>>, Failure> {
    if let Some(file) = &arguments.key {
        return Ok(Some(Box::new(SigningKey::load(file).map_err(|error| Failure::usage(&error))?)));
    }
    let Some(key) = &arguments.kms_key else { return Ok(None) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let config = runtime
        .block_on(async { connect(profile, plain_client(&plain()?)).await.map_err(|error| error.to_string()) })
        .map_err(Failure::Usage)?;
    let signer = KmsSigner::open(&config, key, runtime).map_err(Failure::Usage)?;
    Ok(Some(Box::new(signer)))
}

/// Asks an authority to stamp a digest; the whole answer, which was checked.
pub(crate) fn stamp(url: &str, digest: &[u8; 32]) -> Result<Vec<u8>, Failure> {
    let failed = |why: &dyn std::fmt::Display| Failure::Usage(format!("{url} gave no time stamp: {why}"));
    // A nonce that nobody can foresee is not needed: it only tells this answer from an earlier one for the same digest.
    let seed = sha256_hex(format!("{}{}", jiff::Timestamp::now().as_nanosecond(), std::process::id()).as_bytes());
    let nonce = u64::from_str_radix(&seed[..15], 16).unwrap_or(1);
    let request = timestamp_request(digest, nonce);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let connector = plain().map_err(Failure::Usage)?;
    let answer = runtime
        .block_on(post(&connector, url, "application/timestamp-query", request))
        .map_err(|error| failed(&error))?;
    check_response(&answer, digest, Some(nonce)).map_err(|error| failed(&error))?;
    Ok(answer)
}

fn plain() -> Result<kickoff_aws::SharedHttpConnector, String> {
    let bundle = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty());
    connector(bundle.as_ref().map(Path::new))
}
