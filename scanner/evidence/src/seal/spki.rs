//! Signatures by a public key that stands as `SubjectPublicKeyInfo`: RSA (PKCS #1 v1.5), P-256, P-384.

use der::Decode as _;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::traits::PublicKeyParts as _;
use rsa::{Pkcs1v15Sign, PublicKey};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use x509_cert::spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
/// What stands before the 32 bytes of an Ed25519 key (RFC 8410).
const ED25519: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// RSA keys shorter than this, in bytes, prove nothing any more.
const SHORTEST: usize = 256;

/// A hash that was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(crate) fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

/// Why a signature is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// A key of another kind than those that are known, or one that is damaged.
    Key,
    /// The signature does not hold.
    Signature,
}

/// Whether `digest` was signed by the key.
pub(crate) fn verify(spki: &[u8], hash: Hash, digest: &[u8], signature: &[u8]) -> Result<(), Refused> {
    let info = SubjectPublicKeyInfoRef::from_der(spki).map_err(|_| Refused::Key)?;
    let key = info.subject_public_key.as_bytes().ok_or(Refused::Key)?;
    if info.algorithm.oid == RSA {
        let key = PublicKey::from_pkcs1_der(key).map_err(|_| Refused::Key)?;
        if key.size() < SHORTEST {
            return Err(Refused::Key);
        }
        let scheme = match hash {
            Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
            Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
            Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
        };
        return key.verify(scheme, digest, signature).map_err(|_| Refused::Signature);
    }
    match curve(&info) {
        Some(P256) => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key).map_err(|_| Refused::Key)?;
            let signature = p256::ecdsa::Signature::from_der(signature).map_err(|_| Refused::Signature)?;
            key.verify_prehash(digest, &signature).map_err(|_| Refused::Signature)
        }
        Some(P384) => {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(key).map_err(|_| Refused::Key)?;
            let signature = p384::ecdsa::Signature::from_der(signature).map_err(|_| Refused::Signature)?;
            key.verify_prehash(digest, &signature).map_err(|_| Refused::Signature)
        }
        _ => Err(Refused::Key),
    }
}

fn curve(info: &SubjectPublicKeyInfoRef<'_>) -> Option<ObjectIdentifier> {
    if info.algorithm.oid != EC {
        return None;
    }
    info.algorithm.parameters?.decode_as().ok()
}

/// Whether the bytes are a P-256 key.
pub(crate) fn is_p256(spki: &[u8]) -> bool {
    SubjectPublicKeyInfoRef::from_der(spki).is_ok_and(|info| {
        curve(&info) == Some(P256)
            && info
                .subject_public_key
                .as_bytes()
                .is_some_and(|key| p256::ecdsa::VerifyingKey::from_sec1_bytes(key).is_ok())
    })
}

/// An Ed25519 key from its 32 bytes.
pub(crate) fn ed25519_key(public: &[u8]) -> Option<ed25519_dalek::VerifyingKey> {
    ed25519_dalek::VerifyingKey::from_bytes(public.try_into().ok()?).ok()
}

/// An Ed25519 key as `SubjectPublicKeyInfo`.
pub(crate) fn of_ed25519(public: &[u8]) -> Vec<u8> {
    [&ED25519, public].concat()
}
