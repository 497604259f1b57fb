//! A store in an S3 bucket: objects are created, listed with all their versions, and read. Nothing else is asked of it.

mod address;
mod listing;
mod posture;
mod told;

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::Path;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::StalledStreamProtectionConfig;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumMode, EncodingType};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::region::Region;
use bytes::Bytes;
use kickoff_evidence::store::{Content, Created, Home, HomeError, Stored, is_key};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Runtime;

pub use address::parse;
pub use posture::Posture;

use self::listing::Listing;
use self::told::{status, why};
use crate::partition::Partition;
use crate::wire::root_cause;

/// So often a request is sent that is throttled, fails or is not answered.
const ATTEMPTS: u32 = 6;
/// So long one of them may take, and all of them together.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
const ALL: Duration = Duration::from_secs(30 * 60);
/// So long nothing may move on a connection.
const STALLED: Duration = Duration::from_secs(60);
/// Pauses, in milliseconds, before each try to create what somebody else is creating too: one of the two is done soon.
const CONFLICTS: [u64; 10] = [0, 50, 100, 200, 400, 800, 1600, 1600, 1600, 1600];
/// Pauses, in milliseconds, before each try to read on where an answer broke off.
const BREAKS: [u64; 5] = [0, 100, 400, 1600, 3200];

/// A store in a bucket of Amazon S3, which may keep versions and hold them by Object Lock.
pub struct BucketHome {
    client: Client,
    bucket: String,
    /// What every key begins with: nothing, or the prefix and a slash.
    folder: String,
    name: String,
    region: String,
    runtime: Runtime,
}

impl fmt::Debug for BucketHome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BucketHome").field("name", &self.name).field("region", &self.region).finish_non_exhaustive()
    }
}

impl BucketHome {
    /// Finds the bucket, in whichever region of the partition it is. Bucket and prefix are as [`parse`] gives them.
    ///
    /// # Errors
    /// There is no such bucket, or S3 does not say where it is.
    pub fn open(config: &SdkConfig, bucket: &str, prefix: &str, runtime: Runtime) -> Result<Self, HomeError> {
        let (name, folder) = if prefix.is_empty() {
            (format!("s3://{bucket}"), String::new())
        } else {
            (format!("s3://{bucket}/{prefix}"), format!("{prefix}/"))
        };
        let given = config.region().map_or("us-east-1", Region::as_ref);
        let region = runtime
            .block_on(region_of(&client(config, given), bucket, given))
            .map_err(|why| HomeError { place: name.clone(), why })?;
        let client = client(config, &region);
        Ok(Self { client, bucket: bucket.to_owned(), folder, name, region, runtime })
    }

    /// The region that the bucket is in.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The key in the bucket.
    fn full(&self, key: &str) -> String {
        format!("{}{key}", self.folder)
    }

    fn failed(&self, key: &str, why: String) -> HomeError {
        let place = if key.is_empty() { self.name.clone() } else { format!("{}/{key}", self.name) };
        HomeError { place, why }
    }

    async fn put(&self, key: &str, content: Content<'_>) -> Result<Created, HomeError> {
        let local = |error: io::Error| self.failed(key, format!("cannot be written: {error}"));
        // Not by the SDK, which sends the checksum of a file behind its content, where no policy can ask for it.
        let sha256 = match content {
            Content::Bytes(bytes) => aws_smithy_types::base64::encode(Sha256::digest(bytes)),
            Content::File(path) => digest(path).map_err(local)?,
        };
        let held = match content {
            Content::Bytes(bytes) => Bytes::copy_from_slice(bytes),
            Content::File(_) => Bytes::new(),
        };
        for pause in CONFLICTS {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            let body = match content {
                Content::Bytes(_) => ByteStream::from(held.clone()),
                Content::File(path) => ByteStream::from_path(path)
                    .await
                    .map_err(|error| self.failed(key, format!("cannot be written: {}", root_cause(&error))))?,
            };
            let request = self
                .client
                .put_object()
                .bucket(self.bucket.as_str())
                .key(self.full(key))
                .if_none_match("*")
                .checksum_algorithm(ChecksumAlgorithm::Sha256)
                .checksum_sha256(sha256.as_str())
                .content_type(kind(key))
                .body(body);
            let Err(error) = request.send().await else { return Ok(Created::New) };
            if status(&error) == Some(412) {
                // Also where an earlier try was done, and its answer lost.
                return Ok(Created::There);
            }
            // Another writer of the same object is not done yet.
            if !matches!(error.code(), Some("ConditionalRequestConflict" | "OperationAborted")) {
                return Err(self.failed(key, why("written", &error, "s3:PutObject")));
            }
        }
        let tries = CONFLICTS.len();
        Err(self.failed(
            key,
            format!(
                "cannot be written: S3 said {tries} times that another request to this object is under way \
                 (ConditionalRequestConflict); do the same again when nobody else writes to the store"
            ),
        ))
    }

    async fn listed(&self, prefix: &str) -> Result<Vec<Stored>, HomeError> {
        let (mut found, mut from) = (Listing::default(), (None::<String>, None::<String>));
        loop {
            let (key, version) = from.clone();
            let page = self
                .client
                .list_object_versions()
                .bucket(self.bucket.as_str())
                .prefix(self.full(prefix))
                // A foreign key may hold what XML cannot.
                .encoding_type(EncodingType::Url)
                .set_key_marker(key)
                .set_version_id_marker(version)
                .send()
                .await
                .map_err(|error| self.failed(prefix, why("listed", &error, "s3:ListBucketVersions")))?;
            let encoded = page.encoding_type() == Some(&EncodingType::Url);
            found.add(page.versions(), page.delete_markers(), encoded);
            if !page.is_truncated().unwrap_or_default() {
                return Ok(found.stored(&self.folder));
            }
            let next = (
                page.next_key_marker().map(|key| listing::plain(key, encoded)),
                page.next_version_id_marker().filter(|id| !id.is_empty()).map(str::to_owned),
            );
            if next.0.is_none() || next == from {
                let lost = "cannot be listed: S3 says that there is more, and not from where on";
                return Err(self.failed(prefix, lost.to_owned()));
            }
            from = next;
        }
    }

    async fn fetch(&self, object: &Stored, to: &mut dyn Write) -> Result<(), HomeError> {
        let failed = |why: String| self.failed(&object.key, why);
        let right = if object.version.is_some() { "s3:GetObjectVersion" } else { "s3:GetObject" };
        let (mut written, mut tag, mut last) = (0_u64, None::<String>, String::new());
        for pause in BREAKS {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            let mut answer = self
                .client
                .get_object()
                .bucket(self.bucket.as_str())
                .key(self.full(&object.key))
                .set_version_id(object.version.clone())
                // What was written is not written again: the rest of the very same content is asked for.
                .set_range((written > 0).then(|| format!("bytes={written}-")))
                .set_if_match(tag.clone())
                .checksum_mode(ChecksumMode::Enabled)
                .send()
                .await
                .map_err(|error| failed(why("read", &error, right)))?;
            let from = format!("bytes {written}-");
            if written > 0 && answer.content_range().is_none_or(|range| !range.starts_with(&from)) {
                return Err(failed(format!("cannot be read: it broke off after {written} bytes ({last})")));
            }
            tag = tag.or_else(|| answer.e_tag().map(str::to_owned));
            loop {
                match answer.body.next().await {
                    Some(Ok(chunk)) => {
                        to.write_all(&chunk)
                            .map_err(|error| failed(format!("cannot be copied from where it is: {error}")))?;
                        written += chunk.len() as u64;
                    }
                    Some(Err(error)) => {
                        last = root_cause(&error);
                        break;
                    }
                    None if written == object.bytes => return Ok(()),
                    None => {
                        last = format!("the answer ended after {written} of {} bytes", object.bytes);
                        break;
                    }
                }
            }
            // All of it came, and it is not what S3's own checksum says.
            if written >= object.bytes {
                break;
            }
        }
        Err(failed(format!("cannot be read: {last}; do the same again")))
    }
}

impl Home for BucketHome {
    fn name(&self) -> &str {
        &self.name
    }

    fn create(&self, key: &str, content: Content<'_>) -> Result<Created, HomeError> {
        if !is_key(key) {
            return Err(self.failed(key, "cannot be written: it is no key of a store".to_owned()));
        }
        self.runtime.block_on(self.put(key, content))
    }

    fn list(&self, prefix: &str) -> Result<Vec<Stored>, HomeError> {
        self.runtime.block_on(self.listed(prefix))
    }

    fn read(&self, object: &Stored, to: &mut dyn Write) -> Result<(), HomeError> {
        if let Some(lost) = object.altered.filter(|altered| altered.is_lost()) {
            return Err(self.failed(&object.key, format!("cannot be read: {lost}")));
        }
        self.runtime.block_on(self.fetch(object, to))
    }

    fn is_empty(&self) -> Result<bool, HomeError> {
        self.runtime.block_on(async {
            let page = self.client.list_object_versions().bucket(self.bucket.as_str()).prefix(self.folder.as_str());
            let page = page.max_keys(50).encoding_type(EncodingType::Url).send().await;
            let page = page.map_err(|error| self.failed("", why("listed", &error, "s3:ListBucketVersions")))?;
            // The folder itself is an object where somebody made it in the console.
            let encoded = page.encoding_type() == Some(&EncodingType::Url);
            let other = |key: Option<&str>| key.is_some_and(|key| listing::plain(key, encoded) != self.folder);
            let versions = page.versions().iter().any(|version| other(version.key()));
            Ok(!versions && !page.delete_markers().iter().any(|marker| other(marker.key())))
        })
    }

    fn lacks(&self) -> Vec<String> {
        match self.posture() {
            Ok(posture) => posture.lacks(),
            Err(error) => vec![format!("does not say how it keeps what is put into it: {error}")],
        }
    }
}

fn client(config: &SdkConfig, region: &str) -> Client {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(PATIENCE).operation_timeout(ALL).build();
    let own = aws_sdk_s3::config::Builder::from(config)
        .region(Region::new(region.to_owned()))
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts)
        .stalled_stream_protection(StalledStreamProtectionConfig::enabled().grace_period(STALLED).build())
        // As the collector of S3 does: a bucket's name with dots would break the certificate.
        .force_path_style(true);
    Client::from_conf(own.build())
}

/// The region of a bucket, which S3 says in any region of its partition, even where it refuses everything else.
async fn region_of(client: &Client, bucket: &str, given: &str) -> Result<String, String> {
    let error = match client.head_bucket().bucket(bucket).send().await {
        Ok(answer) => return Ok(answer.bucket_region().unwrap_or(given).to_owned()),
        Err(error) => error,
    };
    if status(&error) == Some(404) {
        let partition = Partition::of_region(given).name;
        return Err(format!(
            "cannot be opened: partition {partition} has no bucket of this name ({given} was asked); create it or correct \
             its name, and where it is in another partition, take credentials and a region of that one"
        ));
    }
    let told = error.raw_response().and_then(|answer| answer.headers().get("x-amz-bucket-region"));
    let is_name = |region: &&str| !region.is_empty() && region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    match told.filter(is_name) {
        // An answer to HEAD says no more than its status: the next request is told what is wrong.
        Some(region) => Ok(region.to_owned()),
        None => Err(why("opened", &error, "s3:ListBucket")),
    }
}

/// The SHA-256 of a file as S3 takes it.
fn digest(path: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut chunk) = (File::open(path)?, Sha256::new(), vec![0; 64 * 1024]);
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok(aws_smithy_types::base64::encode(hash.finalize()));
        }
        hash.update(chunk.get(..read).unwrap_or_default());
    }
}

/// What an object holds, by the ending of its key.
fn kind(key: &str) -> &'static str {
    match key.rsplit_once('.').map(|(_, ending)| ending) {
        Some("json") => "application/json",
        Some("zst") => "application/zstd",
        _ => "text/plain",
    }
}
