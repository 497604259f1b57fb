//! Versions and delete markers of a bucket, as objects of a store.

use std::collections::BTreeMap;

use aws_sdk_s3::types::{DeleteMarkerEntry, ObjectVersion};
use kickoff_evidence::store::{Altered, Stored};

/// The id of a version that was put while the bucket kept none.
const NULL: &str = "null";

/// What was listed, by key.
#[derive(Debug, Default)]
pub(super) struct Listing(BTreeMap<String, Listed>);

#[derive(Debug, Default)]
struct Listed {
    versions: usize,
    markers: usize,
    oldest: Option<Oldest>,
}

#[derive(Debug)]
struct Oldest {
    /// Seconds and nanoseconds.
    at: (i64, u32),
    bytes: u64,
    id: Option<String>,
}

impl Listing {
    /// Adds a page. Of versions of the same second the one that is listed last is the oldest: S3 lists new ones first.
    pub(super) fn add(&mut self, versions: &[ObjectVersion], markers: &[DeleteMarkerEntry], encoded: bool) {
        for version in versions {
            let Some(key) = version.key() else { continue };
            let listed = self.0.entry(plain(key, encoded)).or_default();
            listed.versions += 1;
            let at = version.last_modified().map_or((i64::MAX, 0), |time| (time.secs(), time.subsec_nanos()));
            if listed.oldest.as_ref().is_none_or(|oldest| at <= oldest.at) {
                let bytes = version.size().and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
                listed.oldest = Some(Oldest { at, bytes, id: version.version_id().map(str::to_owned) });
            }
        }
        for key in markers.iter().filter_map(DeleteMarkerEntry::key) {
            self.0.entry(plain(key, encoded)).or_default().markers += 1;
        }
    }

    /// The objects of the store whose keys begin with `folder`, by their keys in it.
    pub(super) fn stored(self, folder: &str) -> Vec<Stored> {
        let objects = self.0.into_iter().filter_map(|(key, listed)| {
            // The folder itself is an object where somebody made it in the console: it is no object of the store.
            let key = key.strip_prefix(folder).filter(|key| !key.is_empty())?.to_owned();
            let altered = match (listed.versions, listed.markers) {
                (0, _) => Some(Altered::Gone),
                (1, 0) => None,
                (versions, 0) => Some(Altered::Versions(versions.saturating_sub(1))),
                _ => Some(Altered::Marked),
            };
            let (bytes, id) = listed.oldest.map_or((0, None), |oldest| (oldest.bytes, oldest.id));
            // In a bucket that keeps no versions the right to read them is not needed.
            let version = id.filter(|id| altered.is_some() || id != NULL);
            Some(Stored { key, bytes, version, altered })
        });
        objects.collect()
    }
}

/// A key as it is; listings have it encoded as forms are.
pub(super) fn plain(key: &str, encoded: bool) -> String {
    if !encoded {
        return key.to_owned();
    }
    let spaced = key.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::primitives::DateTime;

    use super::*;

    fn version(key: &str, id: &str, at: i64, bytes: i64) -> ObjectVersion {
        let version = ObjectVersion::builder().key(key).version_id(id).size(bytes);
        version.last_modified(DateTime::from_secs(at)).build()
    }

    fn marker(key: &str) -> DeleteMarkerEntry {
        DeleteMarkerEntry::builder().key(key).version_id("m").build()
    }

    fn stored(key: &str, bytes: u64, version: Option<&str>, altered: Option<Altered>) -> Stored {
        Stored { key: key.to_owned(), bytes, version: version.map(str::to_owned), altered }
    }

    #[test]
    fn of_each_object_the_oldest_content_is_the_one() {
        let mut listing = Listing::default();
        let versions = [
            version("soc2/a.json", "a1", 10, 1),
            version("soc2/b.json", "b3", 30, 3),
            version("soc2/b.json", "b2", 20, 2),
            // An object of two pages; and the same second, of which the last counts.
            version("soc2/c.json", "c2", 20, 2),
        ];
        listing.add(&versions, &[marker("soc2/d.json"), marker("soc2/e.json")], false);
        let versions = [
            version("soc2/c.json", "c1", 20, 1),
            version("soc2/d.json", "d1", 10, 4),
            version("soc2/", "x", 1, 0),
            version("soc2/f.json", "null", 10, 5),
            version("soc2/g.json", "g2", 20, 7),
            version("soc2/g.json", "null", 10, 6),
        ];
        listing.add(&versions, &[], false);
        assert_eq!(
            listing.stored("soc2/"),
            [
                stored("a.json", 1, Some("a1"), None),
                stored("b.json", 2, Some("b2"), Some(Altered::Versions(1))),
                stored("c.json", 1, Some("c1"), Some(Altered::Versions(1))),
                stored("d.json", 4, Some("d1"), Some(Altered::Marked)),
                stored("e.json", 0, None, Some(Altered::Gone)),
                stored("f.json", 5, None, None),
                stored("g.json", 6, Some("null"), Some(Altered::Versions(1))),
            ]
        );
    }

    #[test]
    fn a_time_counts_more_than_the_place_in_the_list() {
        let mut listing = Listing::default();
        listing.add(&[version("a", "old", 10, 1), version("a", "new", 20, 2)], &[], false);
        assert_eq!(listing.stored(""), [stored("a", 1, Some("old"), Some(Altered::Versions(1)))]);
    }

    #[test]
    fn a_key_is_listed_encoded() {
        assert_eq!(plain("a%3Db/c+d%2B%C3%BC", true), "a=b/c d+ü");
        assert_eq!(plain("a%3Db+c", false), "a%3Db+c");
    }
}
