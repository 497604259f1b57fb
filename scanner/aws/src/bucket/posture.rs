//! What a bucket does for what lies in it.

use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::types::BucketVersioningStatus;
use kickoff_evidence::count;
use kickoff_evidence::store::HomeError;

use super::BucketHome;
use super::told::{unknown, why};

/// How a bucket keeps what is put into it. What may not be asked is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posture {
    /// Whether it keeps versions: otherwise what is deleted or overwritten is gone. None where it is unknown.
    pub versions: Option<bool>,
    /// How long Object Lock holds what is put into it, in words: `GOVERNANCE, 400 days`. None where it is unknown, and none
    /// inside where nothing is held unless somebody says so of a single object.
    pub lock: Option<Option<String>>,
}

impl Posture {
    /// What the bucket does not do, or may not be asked, a sentence each.
    #[must_use]
    pub fn lacks(&self) -> Vec<String> {
        let versions = match self.versions {
            Some(true) => None,
            Some(false) => {
                Some("keeps no versions: what is overwritten or deleted in it is gone, and only digests tell")
            }
            None => Some("may not be asked whether it keeps versions (s3:GetBucketVersioning)"),
        };
        let lock = match &self.lock {
            Some(Some(_)) => None,
            Some(None) => Some("has no default retention by Object Lock: what is put into it can be deleted"),
            None => Some("may not be asked for its retention (s3:GetBucketObjectLockConfiguration)"),
        };
        versions.into_iter().chain(lock).map(str::to_owned).collect()
    }
}

impl BucketHome {
    /// Asks the bucket how it keeps what is put into it.
    ///
    /// # Errors
    /// It did not answer.
    pub fn posture(&self) -> Result<Posture, HomeError> {
        self.runtime.block_on(async { Ok(Posture { versions: self.versions().await?, lock: self.lock().await? }) })
    }

    async fn versions(&self) -> Result<Option<bool>, HomeError> {
        match self.client.get_bucket_versioning().bucket(self.bucket.as_str()).send().await {
            Ok(answer) => Ok(Some(answer.status() == Some(&BucketVersioningStatus::Enabled))),
            Err(error) if unknown(&error) => Ok(None),
            Err(error) => Err(self.failed("", why("asked for its versions", &error, "s3:GetBucketVersioning"))),
        }
    }

    async fn lock(&self) -> Result<Option<Option<String>>, HomeError> {
        let answer = match self.client.get_object_lock_configuration().bucket(self.bucket.as_str()).send().await {
            Ok(answer) => answer,
            Err(error) if error.code() == Some("ObjectLockConfigurationNotFoundError") => return Ok(Some(None)),
            Err(error) if unknown(&error) => return Ok(None),
            Err(error) => {
                let what = "asked for its Object Lock";
                return Err(self.failed("", why(what, &error, "s3:GetBucketObjectLockConfiguration")));
            }
        };
        let rule = answer.object_lock_configuration().and_then(|lock| lock.rule());
        Ok(Some(rule.and_then(|rule| rule.default_retention()).and_then(|retention| {
            let given = |number: Option<i32>| number.filter(|number| *number > 0);
            let time = given(retention.days()).map(|days| count(days, "day"));
            let time = time.or_else(|| given(retention.years()).map(|years| count(years, "year")))?;
            Some(format!("{}, {time}", retention.mode()?.as_str()))
        })))
    }
}
