//! Signatures, chains and times: whose they are, and what is said where they are missing.

use std::fs;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use kickoff_evidence::package::{
    ChainState, Difference, KeySource, Package, PackageError, PackageWriter, SignError, SignatureState, Signer,
    SigningKey, StatementState, TimestampState, Trust, VerifierKey, verify,
};
use p256::ecdsa::signature::Signer as _;
use zip::CompressionMethod;

use crate::example::{NAME, check, contents, created, details, pack, signed, unpack, write};

/// What stands before the point of a P-256 key (RFC 5480).
const SPKI: &str = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

/// A key that a key service keeps: ECDSA over the SHA-256 of the message, in DER.
struct Service(p256::ecdsa::SigningKey);

impl Service {
    fn new() -> Self {
        Self(p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap())
    }
}

impl Signer for Service {
    fn verifier_key(&self) -> VerifierKey {
        let mut spki = hex::decode(SPKI).unwrap();
        spki.extend_from_slice(self.0.verifying_key().to_sec1_point(false).as_bytes());
        VerifierKey::ecdsa_p256("acme.example/kms", &spki).unwrap()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature: p256::ecdsa::Signature = self.0.sign(message);
        Ok(signature.to_der().as_bytes().to_vec())
    }
}

fn without(path: &Path, to: &Path, names: &[&str]) {
    let files: Vec<_> = contents(path).into_iter().filter(|(name, _)| !names.contains(&name.as_str())).collect();
    pack(&files, to, "", CompressionMethod::Stored, false);
}

#[test]
fn the_key_in_the_package_is_not_the_key_that_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let (key, path) = signed(folder.path());
    let hash = key.verifier_key().hash();
    let name = "acme.example/kickoff".to_owned();
    let given = check(&path, &[&key]);
    assert_eq!(
        given.signature,
        SignatureState::Valid { key: name.clone(), hash: hash.clone(), source: KeySource::Given }
    );
    assert_eq!(given.statement, StatementState::Valid);
    let own = check(&path, &[]);
    assert!(own.agrees());
    assert_eq!(own.signature, SignatureState::Valid { key: name, hash: hash.clone(), source: KeySource::Package });
    assert!(own.lines()[1].contains("whose it is was not checked"));
    // A key of the same name, which a forger could have made.
    let other = SigningKey::generate("acme.example/kickoff").unwrap();
    let unknown = check(&path, &[&other]);
    assert_eq!(unknown.signature, SignatureState::UnknownKey { keys: vec![format!("acme.example/kickoff ({hash})")] });
    assert_eq!(unknown.statement, StatementState::NotChecked);
    assert!(matches!(&unknown.differences[..], [Difference::Signature { .. }]));
}

#[test]
fn a_package_that_is_not_signed_says_what_that_means() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.zip");
    write(&path, &details(), None);
    let found = check(&path, &[]);
    assert!(found.agrees(), "{:?}", found.differences);
    assert_eq!(found.signature, SignatureState::Absent);
    assert_eq!(found.lines()[1], "Not signed: whoever can change a file can change the manifest as well.");
    assert_eq!(found.lines()[2], "Not time-stamped: when it was made is its own word.");
    let expected = check(&path, &[&SigningKey::generate("acme").unwrap()]);
    assert!(matches!(&expected.differences[..], [Difference::Signature { .. }]));
}

#[test]
fn a_seal_that_was_taken_off_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = signed(folder.path());
    let other = folder.path().join("other.zip");
    for name in ["manifest.sig", "manifest.dsse.json", "chain.jsonl"] {
        let name = format!("90_integrity/{name}");
        without(&path, &other, &[&name]);
        let found = check(&other, &[]);
        assert!(found.differences.iter().any(|difference| difference.name() == name), "{:?}", found.differences);
    }
    // With the signature the statement loses the key that it could be checked with.
    without(&path, &other, &["90_integrity/manifest.sig"]);
    let found = check(&other, &[]);
    assert_eq!((found.signature, found.statement), (SignatureState::Absent, StatementState::NotChecked));
}

#[test]
fn a_key_service_signs_the_note_and_no_statement() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.zip");
    let service = Service::new();
    write(&path, &details(), Some(&service));
    let key = service.verifier_key();
    assert_eq!(key.to_string().parse::<VerifierKey>().unwrap(), key);
    let found = verify(&Package::open(&path).unwrap(), &Trust { keys: vec![key.clone()] }, created());
    assert!(found.agrees(), "{:?}", found.differences);
    assert!(matches!(&found.signature, SignatureState::Valid { hash, .. } if *hash == key.hash()));
    assert_eq!(found.statement, StatementState::Absent);
}

#[test]
fn a_signature_over_another_package_does_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let (key, path) = signed(folder.path());
    let second = folder.path().join("second.zip");
    let mut writer = PackageWriter::create(&second, NAME, created()).unwrap();
    writer.file("a.txt", b"another").unwrap();
    writer.manifest(&details(), Some(&key)).unwrap().finish(None).unwrap();
    let note = contents(&second).into_iter().find(|(name, _)| name == "90_integrity/manifest.sig").unwrap();
    let mut files = contents(&path);
    *files.iter_mut().find(|(name, _)| name == "90_integrity/manifest.sig").unwrap() = note;
    let mixed = folder.path().join("mixed.zip");
    pack(&files, &mixed, "", CompressionMethod::Stored, false);
    let found = check(&mixed, &[&key]);
    assert_eq!(found.signature, SignatureState::Invalid);
    assert!(found.differences.iter().all(|difference| matches!(difference, Difference::Note { .. })));
}

#[test]
fn a_signer_that_does_not_fit_its_key_is_refused() {
    struct Liar(SigningKey, SigningKey);
    impl Signer for Liar {
        fn verifier_key(&self) -> VerifierKey {
            self.0.verifier_key()
        }
        fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
            self.1.sign(message)
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.zip");
    let liar = Liar(SigningKey::generate("a").unwrap(), SigningKey::generate("a").unwrap());
    let writer = PackageWriter::create(&path, NAME, created()).unwrap();
    let error = writer.manifest(&details(), Some(&liar)).unwrap().finish(None).unwrap_err();
    assert!(matches!(error, PackageError::Sign(_)));
    assert!(!path.exists());
}

#[test]
fn packages_follow_each_other_in_the_chain() {
    let folder = tempfile::tempdir().unwrap();
    let key = SigningKey::generate("acme").unwrap();
    let earlier = folder.path().join("chain.jsonl");
    let mut details = details();
    for n in 1..=3 {
        let path = folder.path().join(format!("{n}.zip"));
        details.run = format!("RUN-{n}");
        let sealed = write(&path, &details, Some(&key));
        assert_eq!(check(&path, &[&key]).chain, ChainState::Whole { lines: n });
        fs::write(&earlier, sealed.chain).unwrap();
        details.earlier_chain = Some(earlier.clone());
    }
    let text = fs::read_to_string(&earlier).unwrap();
    fs::write(&earlier, text.replace("RUN-1", "RUN-7")).unwrap();
    let writer = PackageWriter::create(&folder.path().join("4.zip"), NAME, created()).unwrap();
    let error = writer.manifest(&details, Some(&key)).unwrap_err();
    assert!(matches!(&error, PackageError::Chain { source, .. } if source.line == 2), "{error}");
    assert!(error.to_string().contains("line 2 does not name the line before it"));
    // In a package that is not signed, the chain itself tells.
    fs::write(&earlier, &text).unwrap();
    let path = folder.path().join("5.zip");
    write(&path, &details, None);
    let unpacked = folder.path().join("unpacked");
    unpack(&contents(&path), &unpacked);
    let chain = unpacked.join("90_integrity/chain.jsonl");
    let lines = fs::read_to_string(&chain).unwrap();
    let cut: Vec<&str> = lines.split_inclusive('\n').collect();
    for (broken, line) in [(cut[..3].concat(), 3), ([cut[0], cut[2], cut[3]].concat(), 2), (cut[1..].concat(), 1)] {
        fs::write(&chain, broken).unwrap();
        let found = check(&unpacked, &[]);
        assert!(matches!(&found.differences[..], [Difference::Chain { line: at, .. }] if *at == line));
        assert_eq!(found.chain, ChainState::Broken);
    }
}

#[test]
fn a_package_from_the_future_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = signed(folder.path());
    let package = Package::open(&path).unwrap();
    let at = |now: Timestamp| verify(&package, &Trust::default(), now).differences;
    assert_eq!(at(created() - SignedDuration::from_mins(5)), []);
    let early = at(created() - SignedDuration::from_secs(301));
    assert_eq!(early, [Difference::Future { what: "90_integrity/manifest.json".to_owned(), time: created() }]);
}

#[test]
fn a_stamp_over_something_else_is_refused_and_found() {
    let folder = tempfile::tempdir().unwrap();
    let stamp = include_bytes!("../../src/seal/fixtures/rsa.tsr");
    let path = folder.path().join("package.zip");
    let writer = PackageWriter::create(&path, NAME, created()).unwrap();
    let error = writer.manifest(&details(), None).unwrap().finish(Some(stamp)).unwrap_err();
    assert!(matches!(error, PackageError::Timestamp(_)));
    write(&path, &details(), None);
    let unpacked = folder.path().join("unpacked");
    unpack(&contents(&path), &unpacked);
    fs::write(unpacked.join("90_integrity/manifest.tsr"), stamp).unwrap();
    let found = check(&unpacked, &[]);
    assert_eq!(found.timestamp, TimestampState::Invalid);
    assert_eq!(found.differences, [Difference::Timestamp { why: "it stamps another digest".to_owned() }]);
}

#[test]
fn the_two_manifests_must_agree() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.zip");
    write(&path, &details(), None);
    let unpacked = folder.path().join("unpacked");
    unpack(&contents(&path), &unpacked);
    let root = unpacked.join("90_integrity/MANIFEST.sha256");
    let text = fs::read_to_string(&root).unwrap();
    let kept: String = text.split_inclusive('\n').filter(|line| !line.ends_with("00_START_HERE.pdf\n")).collect();
    fs::write(&root, kept).unwrap();
    let found = check(&unpacked, &[]).differences;
    let start = || "00_START_HERE.pdf".to_owned();
    assert!(found.contains(&Difference::NotListed { name: start() }));
    let why = "only manifest.json has it".to_owned();
    assert!(found.contains(&Difference::Manifests { name: start(), why }));
    assert!(found.iter().any(|difference| matches!(difference, Difference::Chain { .. })));
}
