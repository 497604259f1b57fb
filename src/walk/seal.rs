//! Who signs a package, and who stamps it.

use kickoff_aws::{KmsSigner, ca_bundle, connect, connector, plain_client, post};
use kickoff_evidence::package::{Signer, SigningKey, check_chain, check_response, timestamp_request};
use kickoff_evidence::sha256_hex;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::cli::SealArgs;
use crate::exit::Failure;
use crate::terminal::person::person;

/// The chain of packages, beside the runs of a folder.
pub(crate) const CHAIN: &str = "chain.jsonl";

/// How a package is sealed: found out before anything is collected, so that a key that cannot be used costs nothing.
pub(crate) struct Seals {
    pub signer: Option<Box<dyn Signer>>,
    /// The time-stamp authority.
    tsa: Option<String>,
    /// The chain that the package continues, and that its line is added to.
    pub chain: PathBuf,
}

impl Seals {
    /// Opens the key and reads the chain: the one that is named, or the one of a folder of runs.
    pub(crate) fn open(arguments: &SealArgs, profile: Option<&str>, runs: &Path) -> Result<Self, Failure> {
        let chain = arguments.chain.clone().unwrap_or_else(|| runs.join(CHAIN));
        check_chain(&chain, Timestamp::now()).map_err(|error| Failure::usage(&error))?;
        if let Some(url) =
            arguments.tsa.as_ref().filter(|url| !["http://", "https://"].iter().any(|way| url.starts_with(way)))
        {
            return Err(Failure::Usage(format!(
                "{url:?} is no time-stamp authority: give its address, http:// or https://"
            )));
        }
        let signer = signer(arguments, profile)?;
        if let Some(signer) = &signer {
            // A key can be there and still not be ours to sign with.
            signer.sign(b"kickoff: can this key sign?\n").map_err(|error| Failure::usage(&error))?;
        }
        Ok(Self { signer, tsa: arguments.tsa.clone(), chain })
    }

    /// Has the digest of a manifest stamped, where an authority was named.
    pub(crate) fn stamp(&self, digest: &[u8; 32]) -> Result<Option<Vec<u8>>, Failure> {
        self.tsa.as_deref().map(|url| stamp(url, digest)).transpose()
    }
}

/// The signer that the arguments name, if they name one.
fn signer(arguments: &SealArgs, profile: Option<&str>) -> Result<Option<Box<dyn Signer>>, Failure> {
    if let Some(file) = &arguments.key {
        return Ok(Some(Box::new(SigningKey::load(file).map_err(|error| Failure::usage(&error))?)));
    }
    let Some(key) = &arguments.kms_key else { return Ok(None) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let config = runtime
        .block_on(async {
            let client = plain_client(&plain()?, concat!("kickoff/", env!("CARGO_PKG_VERSION")));
            connect(profile, client, &person()).await.map_err(|error| error.to_string())
        })
        .map_err(Failure::Usage)?;
    let signer = KmsSigner::open(&config, key, runtime).map_err(Failure::Usage)?;
    Ok(Some(Box::new(signer)))
}

/// Asks an authority to stamp a digest; the whole answer, which was checked.
fn stamp(url: &str, digest: &[u8; 32]) -> Result<Vec<u8>, Failure> {
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
    connector(ca_bundle().as_deref())
}
