//! The seals of a package: signature, chain, time stamp and statement.

use std::io;

use super::chain::{self, ChainLine};
use super::manifest::Manifest;
use super::read::Package;
use super::seal::{Covered, digest_or_none};
use super::verification::{ChainState, Difference, KeySource, SignatureState, StatementState, TimestampState, Trust};
use super::{CHAIN, NOTE, ROOT, SIGNER, SIGNER_PEM, STATEMENT, TIMESTAMP, statement};
use crate::exchange::sha256_hex;
use crate::seal::Note;
use crate::seal::VerifierKey;
use crate::seal::{Stamp, check_response, timestamp};

/// Chains of a hundred thousand packages stay below this.
const LONGEST_CHAIN: u64 = 64 << 20;
/// Notes and statements are a few hundred bytes.
const LONGEST: u64 = 1 << 20;

/// What is known of each seal.
pub(super) struct Seals {
    pub(super) signature: SignatureState,
    pub(super) timestamp: TimestampState,
    pub(super) chain: ChainState,
    pub(super) statement: StatementState,
}

impl Seals {
    pub(super) fn stamp(&self) -> Option<&Stamp> {
        match &self.timestamp {
            TimestampState::ValidRootNotChecked(stamp) => Some(stamp),
            _ => None,
        }
    }
}

/// A file of `90_integrity`: none where it is not there, nothing but a difference where it cannot be read.
enum Seal {
    Absent,
    Unreadable,
    Read(Vec<u8>),
}

impl Seal {
    fn of(package: &Package, name: &str, most: u64, differences: &mut Vec<Difference>) -> Self {
        if package.size(name).is_none() {
            return Self::Absent;
        }
        let read: io::Result<Vec<u8>> = package.whole(name, most);
        read.map_or_else(
            |e| {
                differences.push(Difference::Damaged { name: name.to_owned(), why: e.to_string() });
                Self::Unreadable
            },
            Self::Read,
        )
    }

    /// The digest that a note would have of it.
    fn digest(&self) -> Option<String> {
        match self {
            Self::Read(bytes) => Some(digest_or_none(Some(bytes))),
            Self::Absent => Some(digest_or_none(None)),
            Self::Unreadable => None,
        }
    }
}

/// Checks the seals. The key that signed is looked for among those that were given, then in the package.
pub(super) fn check(
    package: &Package,
    manifest: Option<&Manifest>,
    root: &[u8],
    trust: &Trust,
    differences: &mut Vec<Difference>,
) -> Seals {
    let chain = Seal::of(package, CHAIN, LONGEST_CHAIN, differences);
    let stamp = Seal::of(package, TIMESTAMP, timestamp::LONGEST as u64, differences);
    let envelope = Seal::of(package, STATEMENT, LONGEST, differences);
    let note = Seal::of(package, NOTE, LONGEST, differences);
    let root_sha256 = sha256_hex(root);
    let (signature, key) = match &note {
        Seal::Absent => (absent(package, trust, differences), None),
        Seal::Unreadable => (SignatureState::Invalid, None),
        Seal::Read(bytes) => match Note::parse(bytes) {
            Ok(note) => {
                let covered = [
                    (ROOT, Some(root_sha256.clone())),
                    (CHAIN, chain.digest()),
                    (TIMESTAMP, stamp.digest()),
                    (STATEMENT, envelope.digest()),
                ];
                let same = compare_note(&note, manifest, covered, differences);
                let (state, key) = check_signature(package, &note, trust, differences);
                // A signature over another package says nothing of this one.
                if same { (state, key) } else { (SignatureState::Invalid, None) }
            }
            Err(e) => {
                differences.push(Difference::Damaged { name: NOTE.to_owned(), why: e.to_string() });
                (SignatureState::Invalid, None)
            }
        },
    };
    Seals {
        signature,
        timestamp: check_timestamp(&stamp, root, differences),
        chain: check_chain(&chain, manifest, &root_sha256, differences),
        statement: check_statement(&envelope, &root_sha256, key.as_ref(), differences),
    }
}

/// No note: whether there should be one.
fn absent(package: &Package, trust: &Trust, differences: &mut Vec<Difference>) -> SignatureState {
    if [SIGNER, SIGNER_PEM, STATEMENT].iter().any(|name| package.size(name).is_some()) {
        differences.push(Difference::Missing { name: NOTE.to_owned() });
    }
    if !trust.keys.is_empty() {
        differences.push(Difference::Signature { why: "keys were given, and the package is not signed".to_owned() });
    }
    SignatureState::Absent
}

/// Compares the text that was signed, line by line, with what is there.
fn compare_note(
    note: &Note,
    manifest: Option<&Manifest>,
    covered: [(&str, Option<String>); 4],
    differences: &mut Vec<Difference>,
) -> bool {
    let Some(manifest) = manifest else { return false };
    let [root, chain, stamp, statement] = covered.each_ref().map(|(_, digest)| digest.as_deref());
    let expected = Covered {
        package: &manifest.package,
        run: &manifest.run,
        manifest: root.unwrap_or("unreadable"),
        chain: chain.unwrap_or("unreadable"),
        timestamp: stamp.unwrap_or("unreadable"),
        statement: statement.unwrap_or("unreadable"),
    }
    .text();
    let about = [NOTE, super::MANIFEST_JSON, super::MANIFEST_JSON, ROOT, CHAIN, TIMESTAMP, STATEMENT];
    let mut stated = note.text.lines();
    for (what, found) in about.into_iter().zip(expected.lines()) {
        let stated = stated.next().unwrap_or_default();
        if stated != found {
            differences.push(Difference::Note {
                what: what.to_owned(),
                stated: stated.to_owned(),
                found: found.to_owned(),
            });
        }
    }
    if let Some(more) = stated.next() {
        differences.push(Difference::Note {
            what: NOTE.to_owned(),
            stated: more.to_owned(),
            found: "nothing".to_owned(),
        });
    }
    note.text == expected
}

fn check_signature(
    package: &Package,
    note: &Note,
    trust: &Trust,
    differences: &mut Vec<Difference>,
) -> (SignatureState, Option<VerifierKey>) {
    let own = own_key(package, differences);
    let given = trust.keys.iter().map(|key| (key, KeySource::Given));
    let mut verified = None;
    for (key, source) in given.chain(own.iter().map(|key| (key, KeySource::Package))) {
        match note.verify(key) {
            Some(false) => {
                let why = format!("the line of {} ({}) is not its signature", key.name(), key.hash());
                differences.push(Difference::Signature { why });
                return (SignatureState::Invalid, None);
            }
            Some(true) if verified.is_none() => verified = Some((key.clone(), source)),
            _ => {}
        }
    }
    match verified {
        Some((key, source)) if source == KeySource::Given || trust.keys.is_empty() => {
            let state = SignatureState::Valid { key: key.name().to_owned(), hash: key.hash(), source };
            (state, Some(key))
        }
        other => {
            let name = |id: &[u8; 4]| hex::encode(id);
            let keys: Vec<String> =
                note.signatures.iter().map(|line| format!("{} ({})", line.name, name(&line.id))).collect();
            let why = format!("it is by {}: no key that was given or lies in the package", keys.join(", "));
            let why = if other.is_some() { why.replace(" or lies in the package", "") } else { why };
            differences.push(Difference::Signature { why });
            (SignatureState::UnknownKey { keys }, None)
        }
    }
}

/// The key in the package.
fn own_key(package: &Package, differences: &mut Vec<Difference>) -> Option<VerifierKey> {
    let Seal::Read(bytes) = Seal::of(package, SIGNER, LONGEST, differences) else { return None };
    let parsed = std::str::from_utf8(&bytes).ok().map(str::parse::<VerifierKey>);
    match parsed {
        Some(Ok(key)) => Some(key),
        Some(Err(e)) => {
            differences.push(Difference::Damaged { name: SIGNER.to_owned(), why: e.to_string() });
            None
        }
        None => {
            differences.push(Difference::Damaged { name: SIGNER.to_owned(), why: "it is not UTF-8".to_owned() });
            None
        }
    }
}

fn check_timestamp(stamp: &Seal, root: &[u8], differences: &mut Vec<Difference>) -> TimestampState {
    use sha2::Digest as _;
    match stamp {
        Seal::Absent => TimestampState::Absent,
        Seal::Unreadable => TimestampState::Invalid,
        Seal::Read(bytes) => match check_response(bytes, &sha2::Sha256::digest(root).into(), None) {
            Ok(stamp) => TimestampState::ValidRootNotChecked(stamp),
            Err(e) => {
                differences.push(Difference::Timestamp { why: e.to_string() });
                TimestampState::Invalid
            }
        },
    }
}

fn check_chain(
    chain: &Seal,
    manifest: Option<&Manifest>,
    root_sha256: &str,
    differences: &mut Vec<Difference>,
) -> ChainState {
    let bytes = match chain {
        Seal::Absent => {
            differences.push(Difference::Missing { name: CHAIN.to_owned() });
            return ChainState::Absent;
        }
        Seal::Unreadable => return ChainState::Broken,
        Seal::Read(bytes) => bytes,
    };
    let lines = match chain::parse(bytes) {
        Ok(lines) => lines,
        Err(e) => {
            differences.push(Difference::Chain { line: e.line, why: e.why });
            return ChainState::Broken;
        }
    };
    let names = |last: &ChainLine| {
        last.manifest_sha256 == root_sha256
            && manifest.is_some_and(|manifest| {
                (&last.run, &last.package, last.created) == (&manifest.run, &manifest.package, manifest.created)
            })
    };
    if lines.last().is_some_and(names) {
        return ChainState::Whole { lines: lines.len() };
    }
    let why = "does not name this package: run, package, time and manifest must be those of manifest.json";
    differences.push(Difference::Chain { line: lines.len(), why: why.to_owned() });
    ChainState::Broken
}

fn check_statement(
    envelope: &Seal,
    root_sha256: &str,
    key: Option<&VerifierKey>,
    differences: &mut Vec<Difference>,
) -> StatementState {
    match (envelope, key) {
        (Seal::Absent, _) => StatementState::Absent,
        (Seal::Unreadable, _) => StatementState::Invalid,
        (Seal::Read(_), None) => StatementState::NotChecked,
        (Seal::Read(bytes), Some(key)) => match statement::check(bytes, root_sha256, key) {
            Ok(()) => StatementState::Valid,
            Err(why) => {
                differences.push(Difference::Statement { why });
                StatementState::Invalid
            }
        },
    }
}
