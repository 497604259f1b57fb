//! What a package's seal takes from outside: a signature by KMS, an answer of a time-stamp authority.

use std::fmt;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{MessageType, SigningAlgorithmSpec};
use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use kickoff_evidence::package::{SignError, Signer, VerifierKey};

use crate::wire::root_cause;

/// An answer that is longer is no time stamp.
const LONGEST: usize = 1 << 20;
/// How long an authority may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// An asymmetric key of AWS KMS. The private part never leaves KMS: the text of a note is sent there to be signed.
pub struct KmsSigner {
    client: Client,
    id: String,
    key: VerifierKey,
    algorithm: SigningAlgorithmSpec,
    runtime: tokio::runtime::Runtime,
}

impl fmt::Debug for KmsSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KmsSigner").field("id", &self.id).finish_non_exhaustive()
    }
}

impl KmsSigner {
    /// Asks KMS for the public part of a key, by its ARN.
    ///
    /// # Errors
    /// KMS refuses, or the key is of a kind that no signed note can have.
    pub fn open(config: &SdkConfig, arn: &str, runtime: tokio::runtime::Runtime) -> Result<Self, String> {
        let region = arn.split(':').nth(3).filter(|region| arn.starts_with("arn:") && !region.is_empty());
        let Some(region) = region else {
            return Err(format!("{arn:?} is not the ARN of a KMS key"));
        };
        let own = aws_sdk_kms::config::Builder::from(config).region(aws_types::region::Region::new(region.to_owned()));
        let client = Client::from_conf(own.build());
        let answer = runtime
            .block_on(client.get_public_key().key_id(arn).send())
            .map_err(|error| format!("the public part of {arn} cannot be read: {}", root_cause(&error)))?;
        let spki = answer.public_key().map(Blob::as_ref).unwrap_or_default();
        let algorithms = answer.signing_algorithms();
        let signs = |algorithm: &SigningAlgorithmSpec| algorithms.contains(algorithm);
        let (key, algorithm) = if signs(&SigningAlgorithmSpec::Ed25519Sha512) {
            // The last 32 bytes of the SubjectPublicKeyInfo are the key (RFC 8410).
            let public = spki.len().checked_sub(32).map(|at| &spki[at..]).unwrap_or_default();
            (VerifierKey::ed25519(arn, public), SigningAlgorithmSpec::Ed25519Sha512)
        } else if signs(&SigningAlgorithmSpec::EcdsaSha256) {
            (VerifierKey::ecdsa_p256(arn, spki), SigningAlgorithmSpec::EcdsaSha256)
        } else {
            let given: Vec<&str> = algorithms.iter().map(SigningAlgorithmSpec::as_str).collect();
            return Err(format!(
                "{arn} signs with {}: a package is signed by a key of kind ECC_NIST_EDWARDS25519 or ECC_NIST_P256",
                if given.is_empty() { "nothing".to_owned() } else { given.join(", ") }
            ));
        };
        let key = key.map_err(|error| format!("the public part of {arn} cannot be used: {error}"))?;
        Ok(Self { client, id: arn.to_owned(), key, algorithm, runtime })
    }
}

impl Signer for KmsSigner {
    fn verifier_key(&self) -> VerifierKey {
        self.key.clone()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let request = self
            .client
            .sign()
            .key_id(&self.id)
            .message(Blob::new(message))
            .message_type(MessageType::Raw)
            .signing_algorithm(self.algorithm.clone());
        let answer = self
            .runtime
            .block_on(request.send())
            .map_err(|error| SignError(format!("KMS does not sign with {}: {}", self.id, root_cause(&error))))?;
        let signature = answer.signature().ok_or_else(|| SignError("KMS gave no signature".to_owned()))?;
        Ok(signature.as_ref().to_vec())
    }
}

/// Posts to an address that is not AWS's, without credentials, and gives the body of a successful answer.
///
/// # Errors
/// There is no answer, or none of success, or one that is too long.
pub async fn post(
    connector: &SharedHttpConnector,
    url: &str,
    content_type: &str,
    body: Vec<u8>,
) -> Result<Vec<u8>, String> {
    let request = http::Request::builder()
        .method("POST")
        .uri(url)
        .header("content-type", content_type)
        .header("content-length", body.len())
        .body(SdkBody::from(body))
        .map_err(|error| error.to_string())?;
    let request: HttpRequest = request.try_into().map_err(|error| format!("{error}"))?;
    let answer = async {
        let response = connector.call(request).await.map_err(|error| root_cause(&error))?;
        let status = response.status().as_u16();
        let mut stream = ByteStream::new(response.into_body());
        let mut bytes = Vec::new();
        while let Some(chunk) = stream.next().await {
            bytes.extend_from_slice(&chunk.map_err(|error| root_cause(&error))?);
            if bytes.len() > LONGEST {
                return Err(format!("the answer is longer than {LONGEST} bytes"));
            }
        }
        if (200..300).contains(&status) { Ok(bytes) } else { Err(format!("HTTP status {status}")) }
    };
    let late = |_| Err(format!("no answer within {} seconds", PATIENCE.as_secs()));
    tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(late)
}
