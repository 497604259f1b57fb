//! What is handed over for the documents of kickoff.toml: each file is looked at once.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use kickoff_checks::Status;

use super::content::{self, Seen, Verdict};
use super::findings::Findings;
use crate::access_review::ReviewResult;
use crate::file::Engagement;
use crate::files::hash_below;
use crate::registers::Document;

/// A document of kickoff.toml with what its file holds.
pub(super) struct Given<'a> {
    pub(super) document: &'a Document,
    /// What it is, where it is an access review that came back filled in.
    pub(super) review: Option<&'a ReviewResult>,
    /// The digest and the length of its file, and what is to be said of what that holds; none where no file is named.
    file: Option<io::Result<(String, u64, Seen)>>,
}

/// What stands in the row of a document.
pub(super) struct There {
    /// The file or the link, with the version.
    pub(super) observed: String,
    /// Whether it may be something.
    pub(super) there: bool,
    pub(super) sha256: Option<String>,
    pub(super) bytes: Option<u64>,
    /// It shows a picture, and not a word.
    pub(super) picture: bool,
}

/// All that is handed over.
pub(super) struct Shelf<'a> {
    given: Vec<Given<'a>>,
    by_request: BTreeMap<&'a str, Vec<usize>>,
    by_digest: BTreeMap<String, Vec<usize>>,
}

impl<'a> Shelf<'a> {
    /// Looks at each file, below `folder`.
    pub(super) fn of(engagement: &'a Engagement, reviews: &'a [ReviewResult], folder: &Path) -> Self {
        let documents = engagement.documents.iter().map(|document| (document, None));
        let given = documents.chain(reviews.iter().map(|review| (&review.document, Some(review))));
        let given = given.map(|(document, review)| {
            let look = |file: &String| {
                let (digest, length) = hash_below(folder, file)?;
                Ok((digest, length, content::look(&folder.join(file))?))
            };
            Given { document, review, file: document.file.as_ref().map(look) }
        });
        let given: Vec<Given<'_>> = given.collect();
        let (mut by_request, mut by_digest) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
        for (at, one) in given.iter().enumerate() {
            by_request.entry(one.document.request.as_str()).or_default().push(at);
            if let Some(digest) = one.digest() {
                by_digest.entry(digest.to_owned()).or_default().push(at);
            }
        }
        Self { given, by_request, by_digest }
    }

    /// The documents that are entered for a request.
    pub(super) fn of_request(&self, id: &str) -> impl Iterator<Item = &Given<'a>> {
        self.by_request.get(id).into_iter().flatten().filter_map(|at| self.given.get(*at))
    }

    /// Says where the same file is handed over for something else as well. `own` are the ids of one request.
    pub(super) fn shared(&self, one: &Given<'_>, own: &[&str], findings: &mut Findings) {
        let same = one.digest().and_then(|digest| self.by_digest.get(digest)).into_iter().flatten();
        let others =
            same.filter_map(|at| self.given.get(*at)).filter(|other| !std::ptr::eq(other.document, one.document));
        let file = one.document.file.as_deref().unwrap_or_default();
        let (mut requests, mut copies) = (BTreeSet::new(), BTreeSet::new());
        for other in others {
            let request = other.document.request.as_str();
            if !own.contains(&request) {
                requests.insert(request);
            } else if let Some(copy) = other.document.file.as_deref().filter(|copy| *copy != file) {
                // One that is entered twice under its own name is said to hold both.
                copies.insert(copy);
            }
        }
        let list = |names: BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join(", ");
        if !requests.is_empty() {
            findings.manual(format!(
                "{file} is handed over for {} as well, byte for byte: does it answer each?",
                list(requests)
            ));
        }
        if !copies.is_empty() {
            findings.manual(format!("{file} is the same as {}, byte for byte: which of them is it?", list(copies)));
        }
    }
}

impl Given<'_> {
    /// The digest of what is more than nothing or a link.
    fn digest(&self) -> Option<&str> {
        match &self.file {
            Some(Ok((digest, _, seen))) => match seen.verdict {
                Verdict::Fine | Verdict::Page(_) | Verdict::Other(_) => Some(digest),
                Verdict::Nothing(_) | Verdict::Link(_) => None,
            },
            _ => None,
        }
    }

    /// What is there, and what is wrong with it.
    pub(super) fn told(&self, findings: &mut Findings) -> There {
        let document = self.document;
        let version = document.version.as_ref().map(|version| format!(", version {version}")).unwrap_or_default();
        let Some((file, looked)) = document.file.as_ref().zip(self.file.as_ref()) else {
            let observed = if let Some(link) = &document.link {
                findings.manual("it is a link: a person has to open it, and no digest fixes what was there");
                format!("{link}{version}")
            } else {
                findings.fail("it names neither a file nor a link");
                "nothing is entered".to_owned()
            };
            return There { observed, there: document.link.is_some(), sha256: None, bytes: None, picture: false };
        };
        let mut there = true;
        let mut absent = |what: String| {
            there = false;
            findings.fail(what);
        };
        match looked.as_ref().map(|(_, _, seen)| &seen.verdict) {
            Ok(Verdict::Fine) => {}
            // What was read as what it is needs nobody to open it.
            Ok(_) if self.review.is_some_and(|review| review.review.is_some()) => {}
            Ok(Verdict::Nothing(how)) => absent(format!("{file} {how}")),
            Ok(Verdict::Link(target)) => {
                let target = target.as_ref().map(|target| format!(" to {target}")).unwrap_or_default();
                findings.manual(format!(
                    "{file} is a link{target}: a person has to open it, and no digest fixes what was there"
                ));
            }
            Ok(Verdict::Page(what) | Verdict::Other(what)) => {
                findings.manual(format!("{file} {what}: a person has to open it"));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => absent(format!("{file} is not there")),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => absent(format!("{file}: {error}")),
            Err(error) => findings.add(Status::NotEvaluated, format!("{file} cannot be read: {error}")),
        }
        let bytes = looked.as_ref().ok().map(|(_, length, _)| *length);
        let picture = looked.as_ref().is_ok_and(|(_, _, seen)| seen.picture);
        There { observed: format!("{file}{version}"), there, sha256: self.digest().map(str::to_owned), bytes, picture }
    }
}
