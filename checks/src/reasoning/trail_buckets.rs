//! The buckets that trails deliver to.

use std::collections::BTreeMap;

use kickoff_facts::logging::Trail;
use kickoff_facts::storage::{BucketSettings, LogBucket};
use kickoff_facts::{Gap, GapKind, Seen, View};

use crate::{Evaluation, Finding, Resource, Verdict};

/// A bucket, and the trails that deliver to it.
#[derive(Debug)]
pub struct TrailBucket<'a> {
    /// Its name.
    pub name: &'a str,
    /// The trails whose home is in the region of the window.
    pub trails: Vec<&'a Trail>,
    /// A window on the account that it belongs to, where that is another account of the run.
    pub owner: Option<View<'a>>,
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
/// A bucket of another account cannot be asked about from here: where that account is in the run, what it was told
/// decides; otherwise it is `not-evaluated`.
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
        let resource = Resource::new("AWS::S3::Bucket", format!("arn:{}:s3:::{name}", view.partition()));
        Finding::judge(resource, |seen| {
            let own = known.iter().find(|known| known.name == name);
            let elsewhere = if own.is_some_and(|own| own.owned) { None } else { owned_elsewhere(view, name)? };
            let (owner, log_bucket) = elsewhere.map_or((None, own), |(there, bucket)| (Some(there), Some(bucket)));
            let bucket = TrailBucket { name, trails, owner };
            let Some(log_bucket) = log_bucket else {
                return Err(Gap {
                    kind: GapKind::NotCollected,
                    call: "s3:GetBucketLocation".to_owned(),
                    region: view.region_name().to_owned(),
                    message: format!("nothing was asked about the bucket of {}", bucket.trail_names()),
                    evidence: None,
                });
            };
            let verdict = decide(&bucket, seen.see(&log_bucket.settings)?, seen);
            let mut whose = String::new();
            if let Some(there) = &bucket.owner {
                view.adopt(there);
                whose = format!(", a bucket of account {}", there.account_id());
            }
            let verdict = verdict?;
            let observed = format!("{}{whose}: {}", bucket.trail_names(), verdict.observed);
            Ok(Verdict { observed, ..verdict })
        })
    });
    Ok(judged.collect())
}

/// A bucket that holds logs and belongs to another account of the run, with a window on that account.
///
/// # Errors
/// No account has it, and one was asked for its buckets and did not tell.
pub fn owned_elsewhere<'a>(view: &View<'a>, name: &str) -> Result<Option<(View<'a>, &'a LogBucket)>, Gap> {
    let mut unread = None;
    for there in view.neighbours() {
        match there.log_buckets().map(|all| all.iter().find(|bucket| bucket.owned && bucket.name == name)) {
            Ok(Some(found)) => return Ok(Some((there, found))),
            Err(gap) if gap.kind != GapKind::NotCollected && unread.is_none() => {
                view.adopt(&there);
                unread = Some(gap);
            }
            _ => {}
        }
    }
    unread.map_or(Ok(None), Err)
}
