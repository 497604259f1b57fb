//! Who signs a package, and who stamps it.

use kickoff_aws::{KmsSigner, ca_bundle, connect, connector, plain_client, post};
use kickoff_evidence::package::{Signer, SigningKey, check_chain, check_response, timestamp_request};
use kickoff_evidence::{Ledger, sha256_hex};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::failure::Failure;
use super::news::Listener;
use super::version::VERSION;

/// The chain of packages, beside the runs of a folder.
const CHAIN: &str = "chain.jsonl";

/// The folder of runs that a run lies in, whose numbers and chain it continues.
#[must_use]
pub fn runs_of(run: &Path) -> Option<PathBuf> {
    let folder = run.canonicalize().ok()?.parent()?.to_owned();
    [Ledger::FILE, CHAIN].iter().any(|file| folder.join(file).is_file()).then_some(folder)
}

/// How a package is to be sealed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// A file with a signing key.
    pub key: Option<&'a Path>,
    /// The ARN of a signing key of AWS KMS, where there is no file.
    pub kms_key: Option<&'a str>,
    /// The profile whose credentials use that key.
    pub profile: Option<&'a str>,
    /// The address of a time-stamp authority.
    pub tsa: Option<&'a str>,
    /// The chain that the package continues; that of the folder of runs where none is named.
    pub chain: Option<&'a Path>,
}

/// How a package is sealed: found out before anything is collected, so that a key that cannot be used costs nothing.
pub struct Seals {
    /// Who signs, if anybody does.
    pub signer: Option<Box<dyn Signer>>,
    /// The time-stamp authority.
    tsa: Option<String>,
    /// The chain that the package continues, and that its line is added to.
    pub chain: PathBuf,
}

impl Seals {
    /// Opens the key and reads the chain: the one that is named, or the one of a folder of runs.
    ///
    /// # Errors
    /// The chain cannot be continued, or the key does not sign.
    pub fn open(wanted: Wanted<'_>, runs: &Path, listener: &dyn Listener) -> Result<Self, Failure> {
        let chain = wanted.chain.map_or_else(|| runs.join(CHAIN), Path::to_owned);
        check_chain(&chain, Timestamp::now()).map_err(|error| Failure::usage(&error))?;
        if let Some(url) = wanted.tsa.filter(|url| !["http://", "https://"].iter().any(|way| url.starts_with(way))) {
            return Err(Failure::Usage(format!(
                "{url:?} is no time-stamp authority: give its address, http:// or https://"
            )));
        }
        let signer = signer(wanted, listener)?;
        Ok(Self { signer, tsa: wanted.tsa.map(str::to_owned), chain })
    }

    /// Has the digest of a manifest stamped, where an authority was named.
    ///
    /// # Errors
    /// The authority does not answer, or its stamp is not one of this digest.
    pub fn stamp(&self, digest: &[u8; 32]) -> Result<Option<Vec<u8>>, Failure> {
        self.tsa.as_deref().map(|url| stamp(url, digest)).transpose()
    }
}

/// The signer that is wanted, if one is: it signs something, before anything else is done with it.
///
/// # Errors
/// The key cannot be read or used, or does not sign.
pub fn signer(wanted: Wanted<'_>, listener: &dyn Listener) -> Result<Option<Box<dyn Signer>>, Failure> {
    let signer = opened(wanted, listener)?;
    if let Some(signer) = &signer {
        // A key can be there and still not be ours to sign with.
        signer.sign(b"kickoff: can this key sign?\n").map_err(|error| Failure::usage(&error))?;
    }
    Ok(signer)
}

fn opened(wanted: Wanted<'_>, listener: &dyn Listener) -> Result<Option<Box<dyn Signer>>, Failure> {
    if let Some(file) = wanted.key {
        return Ok(Some(Box::new(SigningKey::load(file).map_err(|error| Failure::usage(&error))?)));
    }
    let Some(key) = wanted.kms_key else { return Ok(None) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let config = runtime
        .block_on(async {
            let client = plain_client(&plain()?, &format!("kickoff/{VERSION}"));
            connect(wanted.profile, client, &listener.person()).await.map_err(|error| error.to_string())
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
