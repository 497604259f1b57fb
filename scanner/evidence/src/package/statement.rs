//! `manifest.dsse.json`: the root as an in-toto statement (v1) in a DSSE envelope, for tools that read those.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ROOT;
use super::manifest::Manifest;
use crate::seal::{SignError, Signer, VerifierKey};

const PAYLOAD: &str = "application/vnd.in-toto+json";
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "urn:kickoff:package:1";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Envelope {
    payload_type: String,
    payload: String,
    signatures: Vec<EnvelopeSignature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnvelopeSignature {
    keyid: String,
    sig: String,
}

/// What DSSE signs: the payload with its type and both lengths.
fn signed_bytes(payload: &[u8]) -> Vec<u8> {
    [format!("DSSEv1 {} {PAYLOAD} {} ", PAYLOAD.len(), payload.len()).as_bytes(), payload].concat()
}

/// The envelope over a package's root.
pub(crate) fn sign(manifest: &Manifest, root_sha256: &str, signer: &dyn Signer) -> Result<Vec<u8>, SignError> {
    let payload = json!({
        "_type": STATEMENT,
        "subject": [{"name": ROOT, "digest": {"sha256": root_sha256}}],
        "predicateType": PREDICATE,
        "predicate": {
            "package": manifest.package,
            "run": manifest.run,
            "tool": manifest.tool,
            "created": manifest.created,
            "files": manifest.files.len(),
        },
    })
    .to_string();
    let signature = EnvelopeSignature {
        keyid: signer.verifier_key().to_string(),
        sig: STANDARD.encode(signer.sign(&signed_bytes(payload.as_bytes()))?),
    };
    let payload = STANDARD.encode(payload);
    let envelope = Envelope { payload_type: PAYLOAD.to_owned(), payload, signatures: vec![signature] };
    let mut text = serde_json::to_vec_pretty(&envelope).map_err(|e| SignError(e.to_string()))?;
    text.push(b'\n');
    Ok(text)
}

/// Whether an envelope is a key's statement over a root.
pub(crate) fn check(bytes: &[u8], root_sha256: &str, key: &VerifierKey) -> Result<(), String> {
    let envelope: Envelope = serde_json::from_slice(bytes).map_err(|e| format!("it is no envelope: {e}"))?;
    if envelope.payload_type != PAYLOAD {
        return Err(format!("its payload is {:?}, not {PAYLOAD:?}", envelope.payload_type));
    }
    let payload = STANDARD.decode(&envelope.payload).map_err(|_| "its payload is not Base64".to_owned())?;
    let signed = signed_bytes(&payload);
    let holds = |line: &EnvelopeSignature| STANDARD.decode(&line.sig).is_ok_and(|bytes| key.verify(&signed, &bytes));
    if !envelope.signatures.iter().any(holds) {
        return Err(format!("it has no signature by {} that holds", key.name()));
    }
    let statement: Value = serde_json::from_slice(&payload).map_err(|e| format!("its payload is no statement: {e}"))?;
    let subject = json!([{"name": ROOT, "digest": {"sha256": root_sha256}}]);
    if statement["_type"] != STATEMENT || statement["subject"] != subject {
        return Err("it states something else than this manifest".to_owned());
    }
    Ok(())
}
