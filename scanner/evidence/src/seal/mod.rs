//! What stands for bytes: keys and signed notes, and time stamps of others.

mod asn1;
mod key;
mod note;
mod spki;
pub(crate) mod timestamp;

pub use key::{Algorithm, KeyError, SignError, Signer, SigningKey, VerifierKey};
pub use note::{Note, NoteError, NoteSignature};
pub use timestamp::{Stamp, TimestampError, check_response, timestamp_request};
