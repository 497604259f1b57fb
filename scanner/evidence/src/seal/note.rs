//! Signed notes (c2sp.org/signed-note): a text, an empty line, and a line for each signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::key::{SignError, Signer, VerifierKey};

/// What a signature line begins with: an em dash and a space.
const DASH: &str = "\u{2014} ";
/// More signature lines than any note needs.
const MOST: usize = 100;

/// Why bytes are not a signed note.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a signed note: {0}")]
pub struct NoteError(&'static str);

/// A signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The name of the key.
    pub name: String,
    /// The key's four bytes.
    pub id: [u8; 4],
    /// The signature itself.
    pub signature: Vec<u8>,
}

/// A signed note that was read; its text means nothing until a signature is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The text, its last newline included.
    pub text: String,
    /// The signatures, in their order.
    pub signatures: Vec<NoteSignature>,
}

impl Note {
    /// Signs a text.
    ///
    /// # Errors
    /// The signer fails, or signs what its own key does not verify.
    pub fn sign(text: &str, signer: &dyn Signer) -> Result<String, SignError> {
        let key = signer.verifier_key();
        let signature = signer.sign(text.as_bytes())?;
        if !key.verify(text.as_bytes(), &signature) {
            return Err(SignError(format!("the signature of {} does not hold under its own public key", key.name())));
        }
        let mut line = key.id().to_vec();
        line.extend(signature);
        Ok(format!("{text}\n{DASH}{} {}\n", key.name(), STANDARD.encode(line)))
    }

    /// Reads a signed note.
    ///
    /// # Errors
    /// It does not have the form of one.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        let whole = std::str::from_utf8(bytes).map_err(|_| NoteError("it is not UTF-8"))?;
        if whole.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError("it has a control character"));
        }
        let end = whole.rfind("\n\n").ok_or(NoteError("no empty line stands before its signatures"))?;
        let (text, lines) = (&whole[..=end], &whole[end + 2..]);
        let lines = lines.strip_suffix('\n').ok_or(NoteError("its last line has no end"))?;
        let signatures = lines.split('\n').map(parse_signature).collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > MOST {
            return Err(NoteError("it has more than 100 signatures"));
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// The signatures that name a key.
    pub fn signatures_of<'a>(&'a self, key: &'a VerifierKey) -> impl Iterator<Item = &'a NoteSignature> {
        let id = key.id();
        self.signatures.iter().filter(move |signature| signature.id == id && signature.name == key.name())
    }

    /// Whether a key signed the note; none where no line names it. Every line that names it must hold.
    #[must_use]
    pub fn verify(&self, key: &VerifierKey) -> Option<bool> {
        self.signatures_of(key).map(|line| key.verify(self.text.as_bytes(), &line.signature)).reduce(|a, b| a && b)
    }
}

fn parse_signature(line: &str) -> Result<NoteSignature, NoteError> {
    let wrong = NoteError("a signature line is not a dash, a name and Base64");
    let (name, signature) = line.strip_prefix(DASH).and_then(|rest| rest.split_once(' ')).ok_or(wrong.clone())?;
    if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c == '+') {
        return Err(wrong);
    }
    let bytes = STANDARD.decode(signature).map_err(|_| wrong.clone())?;
    match bytes.split_first_chunk::<4>() {
        Some((id, signature)) if !signature.is_empty() => {
            Ok(NoteSignature { name: name.to_owned(), id: *id, signature: signature.to_owned() })
        }
        _ => Err(wrong),
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::SigningKey;
    use super::*;

    /// The signed note in the documentation of Go's golang.org/x/mod/sumdb/note.
    const GO_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const GO_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\
        \n\
        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn a_note_of_gos_note_package_verifies() {
        let note = Note::parse(GO_NOTE.as_bytes()).unwrap();
        assert_eq!(note.verify(&GO_KEY.parse().unwrap()), Some(true));
        let changed = Note::parse(GO_NOTE.replace("your", "my").as_bytes()).unwrap();
        assert_eq!(changed.verify(&GO_KEY.parse().unwrap()), Some(false));
        assert_eq!(note.verify(&SigningKey::generate("PeterNeumann").unwrap().verifier_key()), None);
    }

    #[test]
    fn a_note_that_is_signed_here_reads_back() {
        let key = SigningKey::from_seed("example.com/acme", &[7; 32]).unwrap();
        let text = "one\n\ntwo\n";
        let note = Note::parse(Note::sign(text, &key).unwrap().as_bytes()).unwrap();
        assert_eq!(note.text, text);
        assert_eq!(note.verify(&key.verifier_key()), Some(true));
    }

    #[test]
    fn what_is_not_a_note_is_refused() {
        let line = GO_NOTE.lines().last().unwrap();
        for text in [
            String::new(),
            "text\n".to_owned(),
            "text\n\n".to_owned(),
            format!("text\n\n{line}"),
            format!("te\txt\n\n{line}\n"),
            format!("text\n\n{line}\n\n"),
            format!("text\n\n{line}\nmore\n"),
            "text\n\n\u{2014} name AAAA\n".to_owned(),
            "text\n\n- name AAAAAAAA\n".to_owned(),
            format!("text\n\n{}", format!("{line}\n").repeat(101)),
        ] {
            assert!(Note::parse(text.as_bytes()).is_err(), "{text:?}");
        }
    }
}
