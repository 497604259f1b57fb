//! The buckets that trails deliver to.

use std::collections::BTreeMap;

use kickoff_facts::logging::Trail;
use kickoff_facts::storage::BucketSettings;
use kickoff_facts::{Gap, GapKind, Seen, View};

use crate::{Evaluation, Finding, Resource, Verdict};

/// A bucket, and the trails that deliver to it.
#[derive(Debug)]
pub struct TrailBucket<'a> {
    /// Its name.
    pub name: &'a str,
    /// The trails whose home is in the region of the window.
    pub trails: Vec<&'a Trail>,
}

impl TrailBucket<'_> {
    /// The trails, `trail main` or `trails main, old`.
    #[must_use]
    pub fn trail_names(&self) -> String {
        let names: Vec<&str> = self.trails.iter().map(|trail| trail.name.as_str()).collect();
        format!("{} {}", if names.len() == 1 { "trail" } else { "trails" }, names.join(", "))
    }
}

/// Judges each bucket that a trail of a region delivers to, once. What is observed begins with the names of the trails.
/// A bucket of another account cannot be asked about from here: it is `not-evaluated`.
///
/// # Errors
/// The region's trails or the account's log buckets are not known.
pub fn judge<'a>(
    view: &View<'a>,
    decide: impl Fn(&TrailBucket<'a>, &'a BucketSettings, &Seen) -> Result<Verdict, Gap>,
) -> Evaluation {
    let mut buckets: BTreeMap<&str, Vec<&Trail>> = BTreeMap::new();
    for trail in view.trails()?.iter().filter(|trail| trail.primary) {
        buckets.entry(&trail.bucket).or_default().push(trail);
    }
    if buckets.is_empty() {
        return Ok(Vec::new());
    }
    let known = view.log_buckets()?;
    let judged = buckets.into_iter().map(|(name, trails)| {
        let bucket = TrailBucket { name, trails };
        let resource = Resource::new("AWS::S3::Bucket", format!("arn:{}:s3:::{name}", view.partition()));
        Finding::judge(resource, |seen| {
            let Some(log_bucket) = known.iter().find(|known| known.name == name) else {
                return Err(Gap {
                    kind: GapKind::NotCollected,
                    call: "s3:GetBucketLocation".to_owned(),
                    region: view.region_name().to_owned(),
                    message: format!("nothing was asked about the bucket of {}", bucket.trail_names()),
                    evidence: None,
                });
            };
            let verdict = decide(&bucket, seen.see(&log_bucket.settings)?, seen)?;
            Ok(Verdict { observed: format!("{}: {}", bucket.trail_names(), verdict.observed), ..verdict })
        })
    });
    Ok(judged.collect())
}
