//! Keys: the public half as `name+hash+base64`, the secret half as Go's note package writes it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::spki;
use crate::files::create_private;

const PRIVATE: &str = "PRIVATE+KEY+";
const ED25519: u8 = 1;
const ECDSA: u8 = 2;

/// Why a key cannot be used. No message holds any part of a secret.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A name that a signed note cannot carry.
    #[error("{0:?} cannot name a key: a name has no space, no plus sign and at most 128 characters")]
    Name(String),
    /// Not `name+hash+base64`.
    #[error("not a verifier key: {0}")]
    Verifier(&'static str),
    /// Not a signing key.
    #[error("{} is not a signing key: {why}", path.display())]
    Signing {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: &'static str,
    },
    /// The file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system gave no random numbers.
    #[error("no key can be made: {0}")]
    Random(getrandom::Error),
}

/// Why something was not signed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SignError(pub String);

/// What signs a package: a key in a file, or one that a key service keeps.
pub trait Signer {
    /// The public half.
    fn verifier_key(&self) -> VerifierKey;

    /// Signs a message: Ed25519 over the message itself, or ECDSA (in DER) over its SHA-256.
    ///
    /// # Errors
    /// The key is out of reach or may not be used.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;

    /// Whether the key also signs the in-toto statement. A key service is asked once only, for the note.
    fn signs_statement(&self) -> bool {
        false
    }
}

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519 over the message, signature type 1 of signed notes.
    Ed25519,
    /// ECDSA over P-256 and the SHA-256 of the message, signature type 2.
    EcdsaP256,
}

/// A public key with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    algorithm: Algorithm,
    /// Ed25519: 32 bytes. ECDSA: `SubjectPublicKeyInfo` in DER.
    public: Vec<u8>,
}

impl VerifierKey {
    /// An Ed25519 key of 32 bytes.
    ///
    /// # Errors
    /// The name or the key cannot be used.
    pub fn ed25519(name: &str, public: &[u8]) -> Result<Self, KeyError> {
        Self::new(name, Algorithm::Ed25519, public)
    }

    /// A P-256 key, as `SubjectPublicKeyInfo` in DER: the form in which key services give it.
    ///
    /// # Errors
    /// The name or the key cannot be used.
    pub fn ecdsa_p256(name: &str, spki: &[u8]) -> Result<Self, KeyError> {
        Self::new(name, Algorithm::EcdsaP256, spki)
    }

    fn new(name: &str, algorithm: Algorithm, public: &[u8]) -> Result<Self, KeyError> {
        check_name(name)?;
        let usable = match algorithm {
            Algorithm::Ed25519 => spki::ed25519_key(public).is_some(),
            Algorithm::EcdsaP256 => spki::is_p256(public),
        };
        if !usable {
            return Err(KeyError::Verifier("its bytes are not a public key of its type"));
        }
        Ok(Self { name: name.to_owned(), algorithm, public: public.to_owned() })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the key signs.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The four bytes that stand for the key in a signature line.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let mut hash = Sha256::new();
        if self.algorithm == Algorithm::Ed25519 {
            hash.update(self.name.as_bytes());
            hash.update([b'\n', ED25519]);
        }
        hash.update(&self.public);
        let digest = hash.finalize();
        [digest[0], digest[1], digest[2], digest[3]]
    }

    /// The same in hexadecimal.
    #[must_use]
    pub fn hash(&self) -> String {
        hex::encode(self.id())
    }

    /// The key as `SubjectPublicKeyInfo` in DER.
    #[must_use]
    pub fn spki(&self) -> Vec<u8> {
        match self.algorithm {
            Algorithm::Ed25519 => spki::of_ed25519(&self.public),
            Algorithm::EcdsaP256 => self.public.clone(),
        }
    }

    /// The key as openssl reads it.
    #[must_use]
    pub fn pem(&self) -> String {
        let text = STANDARD.encode(self.spki());
        let mut pem = "-----BEGIN PUBLIC KEY-----\n".to_owned();
        for (index, character) in text.chars().enumerate() {
            if index > 0 && index % 64 == 0 {
                pem.push('\n');
            }
            pem.push(character);
        }
        pem + "\n-----END PUBLIC KEY-----\n"
    }

    /// Whether a signature is this key's over a message.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self.algorithm {
            Algorithm::Ed25519 => spki::ed25519_key(&self.public)
                .zip(ed25519_dalek::Signature::from_slice(signature).ok())
                .is_some_and(|(key, signature)| key.verify_strict(message, &signature).is_ok()),
            Algorithm::EcdsaP256 => {
                spki::verify(&self.public, spki::Hash::Sha256, &Sha256::digest(message), signature).is_ok()
            }
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.algorithm == Algorithm::Ed25519 { ED25519 } else { ECDSA };
        let mut typed = vec![kind];
        typed.extend_from_slice(&self.public);
        write!(f, "{}+{}+{}", self.name, self.hash(), STANDARD.encode(typed))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.trim_end_matches(['\r', '\n']).splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Verifier("it does not have the form name+hash+base64"));
        };
        let typed = STANDARD.decode(key).map_err(|_| KeyError::Verifier("its last part is not Base64"))?;
        let key = match typed.split_first() {
            Some((&ED25519, public)) => Self::ed25519(name, public)?,
            Some((&ECDSA, public)) => Self::ecdsa_p256(name, public)?,
            _ => return Err(KeyError::Verifier("it is neither an Ed25519 key nor a P-256 key")),
        };
        if key.hash() == hash { Ok(key) } else { Err(KeyError::Verifier("its hash is not that of its name and key")) }
    }
}

fn check_name(name: &str) -> Result<(), KeyError> {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.len() > 128 || name.chars().any(bad) {
        return Err(KeyError::Name(name.to_owned()));
    }
    Ok(())
}

/// An Ed25519 key that signs. Its secret is wiped from memory when it is dropped, and never printed.
pub struct SigningKey {
    name: String,
    key: ed25519_dalek::SigningKey,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("name", &self.name).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// The name cannot be used, or the system gave no random numbers.
    pub fn generate(name: &str) -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut_slice()).map_err(KeyError::Random)?;
        Self::from_seed(name, &seed)
    }

    pub(crate) fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        check_name(name)?;
        Ok(Self { name: name.to_owned(), key: ed25519_dalek::SigningKey::from_bytes(seed) })
    }

    /// Saves the key to a file that only its owner can read; an existing file is not overwritten.
    ///
    /// # Errors
    /// The file exists or cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), KeyError> {
        use io::Write as _;
        let mut typed = Zeroizing::new(vec![ED25519]);
        typed.extend_from_slice(self.key.as_bytes());
        let secret = Zeroizing::new(STANDARD.encode(&*typed));
        let text = Zeroizing::new(format!("{PRIVATE}{}+{}+{}\n", self.name, self.verifier_key().hash(), &*secret));
        let failed = |source| KeyError::File { path: path.to_owned(), source };
        let mut file = create_private(path).map_err(failed)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
    }

    /// Loads a key that was saved.
    ///
    /// # Errors
    /// The file cannot be read or holds no signing key.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let file = |source| KeyError::File { path: path.to_owned(), source };
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(file)?);
        let wrong = |why| KeyError::Signing { path: path.to_owned(), why };
        let rest = text.trim_end().strip_prefix(PRIVATE).ok_or_else(|| wrong("it does not begin as one"))?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(hash), Some(secret)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong("it is cut short"));
        };
        let typed = Zeroizing::new(STANDARD.decode(secret).map_err(|_| wrong("its last part is not Base64"))?);
        let Some((&ED25519, seed)) = typed.split_first() else {
            return Err(wrong("it is not an Ed25519 key"));
        };
        let mut whole = Zeroizing::new([0; 32]);
        if seed.len() != whole.len() {
            return Err(wrong("it does not have 32 bytes"));
        }
        whole.copy_from_slice(seed);
        let key = Self::from_seed(name, &whole).map_err(|_| wrong("its name cannot be used"))?;
        if key.verifier_key().hash() == hash { Ok(key) } else { Err(wrong("its hash is not that of its name and key")) }
    }
}

impl Signer for SigningKey {
    fn verifier_key(&self) -> VerifierKey {
        let public = self.key.verifying_key().to_bytes().to_vec();
        VerifierKey { name: self.name.clone(), algorithm: Algorithm::Ed25519, public }
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.key.try_sign(message).map(|signature| signature.to_bytes().to_vec()).map_err(|e| SignError(e.to_string()))
    }

    fn signs_statement(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys of the example in the documentation of Go's golang.org/x/mod/sumdb/note.
    const GO_PRIVATE: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n";
    const GO_PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn keys_of_gos_note_package_load_and_print_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, GO_PRIVATE).unwrap();
        let key = SigningKey::load(&path).unwrap();
        assert_eq!(key.verifier_key().to_string(), GO_PUBLIC);
        assert_eq!(GO_PUBLIC.parse::<VerifierKey>().unwrap(), key.verifier_key());
        let again = folder.path().join("again");
        key.save(&again).unwrap();
        assert_eq!(std::fs::read_to_string(&again).unwrap(), GO_PRIVATE);
        assert!(matches!(key.save(&again), Err(KeyError::File { .. })));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&again).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn secrets_are_in_no_message() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let secret = "AYEKFALVFGyNhPJEMzD1QIDr";
        for text in
            [GO_PRIVATE.replace("c74f20a3", "00000000"), GO_PRIVATE[..60].to_owned(), GO_PRIVATE.replace("+A", "+B")]
        {
            std::fs::write(&path, text).unwrap();
            let error = SigningKey::load(&path).unwrap_err();
            assert!(!format!("{error} {error:?}").contains(&secret[1..]), "{error:?}");
        }
        std::fs::write(&path, GO_PRIVATE).unwrap();
        let key = SigningKey::load(&path).unwrap();
        assert_eq!(format!("{key:?}"), "SigningKey { name: \"PeterNeumann\", .. }");
    }

    #[test]
    fn new_keys_differ_and_their_signatures_hold_for_their_message_only() {
        let (one, two) = (SigningKey::generate("acme").unwrap(), SigningKey::generate("acme").unwrap());
        assert_ne!(one.verifier_key(), two.verifier_key());
        let signature = one.sign(b"text").unwrap();
        assert!(one.verifier_key().verify(b"text", &signature));
        assert!(!one.verifier_key().verify(b"texts", &signature));
        assert!(!two.verifier_key().verify(b"text", &signature));
        assert!(!one.verifier_key().verify(b"text", &signature[1..]));
        for name in ["", "a b", "a+b", "a\nb", "a\u{a0}b"] {
            assert!(matches!(SigningKey::generate(name), Err(KeyError::Name(_))), "{name:?}");
        }
    }

    #[test]
    fn verifier_keys_that_were_changed_are_refused() {
        for text in
            ["", "a+b", "a+00000000+AQ==", &GO_PUBLIC.replace("Peter", "Paul"), &GO_PUBLIC.replace("+AR", "+BR")]
        {
            assert!(matches!(text.parse::<VerifierKey>(), Err(KeyError::Verifier(_))), "{text}");
        }
    }
}
