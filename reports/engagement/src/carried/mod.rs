//! The documents that a package carries, where somebody asks for that: which file goes where, once each, and why one does not.
//!
//! Files are the entity's own. They are carried byte for byte under names that every system can unpack; nothing in them is
//! read but what tells a file from a pointer, and nothing is masked.

mod name;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::attestations::AttestationResult;
use crate::cells::{BYTE_ORDER_MARK, unguarded};
use crate::documents::DocumentResult;
use crate::documents::content::{self, Verdict};
use crate::file::Engagement;
use crate::files::{hash_below, open_below};
use name::Names;

/// The folder of a package that they lie in, with its slash.
pub const FOLDER: &str = "45_documents/";
/// The list of them.
pub const INDEX: &str = "45_documents/index.csv";
/// How the columns of the list are headed that a verification reads: where a file lies in the package, and its digest.
pub const PLACE: &str = "File in this package";
/// See `PLACE`.
pub const DIGEST: &str = "SHA-256";
/// A package carries no more bytes of documents than this.
pub const MOST: u64 = 2 << 30;

/// What a file was handed over as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `[[documents]]`.
    Document,
    /// What shows an attestation.
    Attestation,
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Attestation => "attestation",
        }
    }
}

/// Why a document is not carried.
pub type Reason = String;

/// A document or a file that shows a statement, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// What it was handed over as.
    pub kind: Kind,
    /// The request that it answers; of an attestation without one, the control.
    pub request: String,
    /// What it is for, where something is done every so often.
    pub occurrence: Option<String>,
    /// Its title; of an attestation, the control.
    pub title: String,
    /// Its version.
    pub version: Option<String>,
    /// The file or the link, as kickoff.toml names it.
    pub original: String,
    /// Its length.
    pub bytes: Option<u64>,
    /// Its digest, as the registers have it.
    pub sha256: Option<String>,
    /// Where it lies in the package. Several requests that name one file have one path.
    pub place: Result<String, Reason>,
}

/// Everything that kickoff.toml names, as the registers have it, each with its place in the package. Files lie below `folder`.
#[must_use]
pub fn plan(
    engagement: &Engagement,
    documents: &[DocumentResult],
    attestations: &[AttestationResult],
    folder: &Path,
) -> Vec<Carried> {
    let of_documents = documents.iter().filter(|row| row.entered).map(|row| Carried {
        kind: Kind::Document,
        request: row.request.clone(),
        occurrence: row.occurrence.clone(),
        title: row.title.clone(),
        version: row.version.clone(),
        original: row.file.clone().or_else(|| row.link.clone()).unwrap_or_default(),
        bytes: row.bytes,
        sha256: row.sha256.clone(),
        place: match (&row.file, &row.link) {
            (Some(file), _) => Ok(file.clone()),
            (None, Some(_)) => Err("it is a link: kickoff.toml names no file for it".to_owned()),
            (None, None) => Err("kickoff.toml names no file for it".to_owned()),
        },
    });
    // What is handed over for a request that the list does not have is in no register.
    let listed: BTreeSet<&str> = documents.iter().filter_map(|row| row.file.as_deref()).collect();
    let others = engagement.documents.iter().filter_map(|document| Some((document, document.file.as_deref()?)));
    let others = others.filter(|(_, file)| !listed.contains(file)).map(|(document, file)| Carried {
        kind: Kind::Document,
        request: document.request.clone(),
        occurrence: document.occurrence.clone(),
        title: document.title.clone().unwrap_or_default(),
        version: document.version.clone(),
        original: file.to_owned(),
        bytes: None,
        sha256: None,
        place: Ok(file.to_owned()),
    });
    let shown = attestations.iter().filter(|said| !said.evidence.is_empty());
    let of_attestations = shown.map(|said| Carried {
        kind: Kind::Attestation,
        request: said.request.clone().unwrap_or_else(|| said.control.clone()),
        occurrence: said.occurrence.clone(),
        title: format!("What shows {}", said.control),
        version: None,
        original: said.evidence.clone(),
        bytes: None,
        sha256: said.sha256.clone(),
        place: Ok(said.evidence.clone()),
    });
    let mut names = Names::default();
    let mut taken: BTreeMap<PathBuf, String> = BTreeMap::new();
    let placed = of_documents.chain(others).chain(of_attestations).map(|mut one| {
        let Ok(file) = one.place.clone() else { return one };
        match look(&one, folder, &file) {
            Err(why) => one.place = Err(why),
            Ok((bytes, sha256)) => {
                (one.bytes, one.sha256) = (Some(bytes), Some(sha256));
                let own = folder.join(&file).canonicalize().unwrap_or_else(|_| folder.join(&file));
                let place = taken.entry(own).or_insert_with(|| names.take(&one.request, &file));
                one.place = Ok(place.clone());
            }
        }
        one
    });
    placed.collect()
}

/// The length and the digest of a file that can be carried.
fn look(one: &Carried, folder: &Path, file: &str) -> Result<(u64, String), Reason> {
    if let Some(known) = one.bytes.zip(one.sha256.clone()) {
        return Ok(known);
    }
    let looked = hash_below(folder, file).and_then(|hashed| Ok((hashed, content::look(&folder.join(file))?.verdict)));
    match looked {
        Ok((_, Verdict::Nothing(how))) => Err(format!("it {how}")),
        Ok((_, Verdict::Link(_))) => {
            Err("it only says where the document is: put the document itself there".to_owned())
        }
        Ok(((sha256, bytes), Verdict::Fine | Verdict::Page(_) | Verdict::Other(_))) => {
            Ok((bytes, one.sha256.clone().unwrap_or(sha256)))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err("it is not there".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Err(format!("it {error}")),
        Err(error) => Err(format!("it cannot be read: {error}")),
    }
}

/// How many files are carried, and how many bytes they have together.
#[must_use]
pub fn total(carried: &[Carried]) -> (usize, u64) {
    let files: BTreeMap<&str, u64> =
        carried.iter().filter_map(|one| Some((one.place.as_deref().ok()?, one.bytes.unwrap_or_default()))).collect();
    (files.len(), files.values().sum())
}

/// How many bytes the files have that kickoff.toml names, by what the disk says: to be asked before anything is collected.
#[must_use]
pub fn expected(engagement: &Engagement, folder: &Path) -> u64 {
    let documents = engagement.documents.iter().filter_map(|document| document.file.as_ref());
    let files = documents.chain(engagement.attestations.iter().map(|said| &said.evidence));
    let paths: BTreeSet<PathBuf> = files.filter_map(|file| folder.join(file).canonicalize().ok()).collect();
    paths.iter().filter_map(|path| path.metadata().ok()).filter(std::fs::Metadata::is_file).map(|of| of.len()).sum()
}

/// Why documents of so many bytes are not carried; none where they are.
#[must_use]
pub fn too_many(bytes: u64) -> Option<Reason> {
    (bytes > MOST).then(|| {
        format!(
            "the documents that kickoff.toml names have {bytes} bytes, and a package carries no more than {MOST} (2 GiB): \
             leave --with-documents out and hand them over by themselves, or name a smaller file in place of the largest"
        )
    })
}

/// The files that a list says are carried, by their path in the package, each with its digest.
///
/// # Errors
/// It is no list of documents.
pub fn read_index(text: &[u8]) -> Result<BTreeMap<String, String>, String> {
    let text = text.strip_prefix(BYTE_ORDER_MARK.as_bytes()).unwrap_or(text);
    let mut reader = csv::Reader::from_reader(text);
    let heads = reader.headers().map_err(|error| error.to_string())?.clone();
    let column = |name: &str| heads.iter().position(|head| head == name).ok_or(format!("has no column {name:?}"));
    let (place, digest) = (column(PLACE)?, column(DIGEST)?);
    let mut all = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let cell = |at: usize| unguarded(record.get(at).unwrap_or_default()).to_owned();
        let path = cell(place);
        if path.is_empty() {
            continue;
        }
        match all.insert(path, cell(digest)) {
            Some(other) if other != cell(digest) => return Err(format!("has two digests for {:?}", cell(place))),
            _ => {}
        }
    }
    Ok(all)
}

/// Opens the file that is carried, below `folder`.
///
/// # Errors
/// It is not there any more, cannot be read, is no file, or leads out of the folder.
pub fn open(one: &Carried, folder: &Path) -> io::Result<File> {
    open_below(folder, &one.original)
}
