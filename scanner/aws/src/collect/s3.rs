//! S3: the account's buckets, and the settings of those that hold security logs.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_bucket_acl::GetBucketAclOutput;
use aws_sdk_s3::operation::get_bucket_encryption::GetBucketEncryptionOutput;
use aws_sdk_s3::operation::get_bucket_policy::GetBucketPolicyOutput;
use aws_sdk_s3::operation::get_object_lock_configuration::GetObjectLockConfigurationOutput;
use aws_sdk_s3::types as sdk;
use futures::future::join_all;
use kickoff_evidence::{Gap, GapKind};
use kickoff_facts::storage::{
    AclGrant, Bucket, BucketSettings, LifecycleRule, LogBucket, LogTarget, ObjectLock, PublicAccessBlock, Versioning,
};
use kickoff_facts::{AccountFacts, Observed};

use super::shared::{follows, inherited, text};
use crate::again::Again;
use crate::call::ask;
use crate::session::Session;

families! {
    global Buckets buckets = |session, _| buckets(session);
    global LogBuckets log_buckets = |session, facts| log_buckets(session, facts);
    global LogTargets log_targets = |session, facts| log_targets(session, facts);
}

/// Path style, so that a bucket's name never becomes part of a host name, where dots would break the certificate.
fn s3(session: &Session, region: &str) -> Client {
    let config = aws_sdk_s3::config::Builder::from(&session.sdk(region))
        .retry_partition(session.retry_partition("aws_sdk_s3", region))
        .retry_classifier(Again)
        .force_path_style(true)
        .build();
    Client::from_conf(config)
}

pub(super) async fn buckets(session: &Session) -> Observed<Vec<Bucket>> {
    let region = session.home_region();
    let client = s3(session, region);
    session
        .pages(ask("s3:ListBuckets", region), |token, call| {
            let request = client
                .list_buckets()
                .max_buckets(1000)
                .set_continuation_token(token)
                .customize()
                .interceptor(call)
                .send();
            async { request.await.map(|out| (out.buckets.unwrap_or_default(), out.continuation_token)) }
        })
        .await
        .observed()
        .map(|buckets| {
            let mut buckets: Vec<Bucket> = buckets
                .iter()
                .map(|b| Bucket { name: text(b.name()), region: b.bucket_region().map(str::to_owned) })
                .collect();
            buckets.sort_by(|a, b| a.name.cmp(&b.name));
            buckets
        })
}

/// The buckets that trails, flow logs and Config deliver to, as far as those families were collected.
pub(super) async fn log_buckets(session: &Session, facts: &AccountFacts) -> Observed<Vec<LogBucket>> {
    const OPERATION: &str = "s3:GetBucketLogging";
    let own = match facts.global.buckets.get() {
        Ok(own) => own,
        Err(gap) => return inherited(gap, OPERATION).into(),
    };
    let mut holds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut note = |bucket: &str, what: String| {
        if !bucket.is_empty() {
            let list = holds.entry(bucket.to_owned()).or_default();
            if !list.contains(&what) {
                list.push(what);
            }
        }
    };
    let mut evidence = facts.global.buckets.evidence().to_vec();
    for region in facts.regions.values() {
        evidence.extend(region.trails.evidence());
        for trail in region.trails.get().into_iter().flatten() {
            note(&trail.bucket, format!("trail {}", trail.name));
        }
        for log in region.flow_logs.get().into_iter().flatten().filter(|log| log.destination_type == "s3") {
            let bucket = log.destination.as_deref().and_then(|arn| arn.split(":::").nth(1)).unwrap_or_default();
            note(bucket.split('/').next().unwrap_or_default(), "flow logs".to_owned());
        }
        for channel in region.delivery_channels.get().into_iter().flatten() {
            note(&channel.bucket, "Config history".to_owned());
        }
    }
    let asked = holds.into_iter().map(|(name, holds)| async move {
        let bucket = own.iter().find(|bucket| bucket.name == name);
        let settings = match bucket {
            Some(bucket) => settings(session, bucket).await,
            None => Gap {
                kind: GapKind::NotCollected,
                // Of all calls that would tell of its settings, none was made.
                call: "s3:GetBucket*".to_owned(),
                region: session.home_region().to_owned(),
                message: format!(
                    "bucket {name} is not among this account's buckets: scan the account that owns it to decide"
                ),
                evidence: facts.global.buckets.evidence().first().copied(),
            }
            .into(),
        };
        LogBucket { name, holds, owned: bucket.is_some(), settings }
    });
    Observed::Known { value: join_all(asked).await, evidence }
}

async fn settings(session: &Session, bucket: &Bucket) -> Observed<BucketSettings> {
    match region_of(session, bucket).await {
        Observed::Known { value, evidence } => {
            Observed::Known { value: of_region(session, &bucket.name, &value).await, evidence }
        }
        Observed::Unknown { gap } => gap.into(),
    }
}

async fn region_of(session: &Session, bucket: &Bucket) -> Observed<String> {
    match &bucket.region {
        Some(region) => Observed::Known { value: region.clone(), evidence: Vec::new() },
        None => location(session, &bucket.name).await,
    }
}

/// Asked where `ListBuckets` did not tell the region. No constraint means the partition's first region, `EU` Ireland.
async fn location(session: &Session, bucket: &str) -> Observed<String> {
    let home = session.home_region();
    let client = s3(session, home);
    session
        .one(ask("s3:GetBucketLocation", home).with(&[("Bucket", bucket)]), |call| {
            client.get_bucket_location().bucket(bucket).customize().interceptor(call).send()
        })
        .await
        .observed()
        .map(|out| match out.location_constraint().map(sdk::BucketLocationConstraint::as_str) {
            None | Some("") => home.to_owned(),
            Some("EU") => "eu-west-1".to_owned(),
            Some(region) => region.to_owned(),
        })
}

/// A bucket that is asked about, where it is.
struct Asked<'a> {
    session: &'a Session,
    client: Client,
    region: &'a str,
    bucket: &'a str,
    parameters: [(&'static str, &'a str); 1],
}

/// One setting of a bucket.
macro_rules! get {
    ($asked:ident, $operation:literal, $method:ident) => {
        $asked.session.one(ask($operation, $asked.region).with(&$asked.parameters), |call| {
            $asked.client.$method().bucket($asked.bucket).customize().interceptor(call).send()
        })
    };
}

async fn of_region(session: &Session, bucket: &str, region: &str) -> BucketSettings {
    let asked = Asked { session, client: s3(session, region), region, bucket, parameters: [("Bucket", bucket)] };
    let (logging, block, status, policy, acl, versioning, lock, lifecycle, encryption) = futures::join!(
        get!(asked, "s3:GetBucketLogging", get_bucket_logging),
        get!(asked, "s3:GetPublicAccessBlock", get_public_access_block),
        get!(asked, "s3:GetBucketPolicyStatus", get_bucket_policy_status),
        get!(asked, "s3:GetBucketPolicy", get_bucket_policy),
        get!(asked, "s3:GetBucketAcl", get_bucket_acl),
        get!(asked, "s3:GetBucketVersioning", get_bucket_versioning),
        get!(asked, "s3:GetObjectLockConfiguration", get_object_lock_configuration),
        get!(asked, "s3:GetBucketLifecycleConfiguration", get_bucket_lifecycle_configuration),
        get!(asked, "s3:GetBucketEncryption", get_bucket_encryption),
    );
    let logging = logging.observed();
    let prefix = logging.get().ok().and_then(|out| out.logging_enabled()).map(|l| l.target_prefix().to_owned());
    BucketSettings {
        region: region.to_owned(),
        access_log_target: logging.map(|out| out.logging_enabled().map(|l| l.target_bucket().to_owned())),
        access_log_prefix: prefix.unwrap_or_default(),
        public_access_block: block
            .parse(|out| out.public_access_block_configuration.ok_or_else(|| "it holds no configuration".to_owned()))
            .or_absent()
            .map(|found| {
                found.map(|b| PublicAccessBlock {
                    block_acls: b.block_public_acls.unwrap_or_default(),
                    ignore_acls: b.ignore_public_acls.unwrap_or_default(),
                    block_policy: b.block_public_policy.unwrap_or_default(),
                    restrict: b.restrict_public_buckets.unwrap_or_default(),
                })
            }),
        policy_is_public: status
            .parse(|out| {
                out.policy_status().and_then(sdk::PolicyStatus::is_public).ok_or_else(|| "it does not say".to_owned())
            })
            .or_absent(),
        policy: policy.parse(document).or_absent(),
        acl: acl.observed().map(|out| grants(&out)),
        versioning: versioning.observed().map(|out| Versioning {
            enabled: out.status() == Some(&sdk::BucketVersioningStatus::Enabled),
            mfa_delete: out.mfa_delete() == Some(&sdk::MfaDeleteStatus::Enabled),
        }),
        object_lock: lock.or_absent().map(|found| found.and_then(object_lock)),
        lifecycle: lifecycle
            .or_absent()
            .map(|found| found.map(|out| out.rules().iter().map(rule).collect()).unwrap_or_default()),
        encryption: encryption.or_absent().map(|found| found.and_then(algorithm)),
    }
}

/// What an ACL grants to others than the owner.
fn grants(out: &GetBucketAclOutput) -> Vec<AclGrant> {
    let owner = out.owner().and_then(sdk::Owner::id);
    let grant = |grant: &sdk::Grant| {
        let grantee = grant.grantee()?;
        // What is named by e-mail address is answered by canonical id.
        let named = grantee.uri().or(grantee.id()).or(grantee.email_address())?;
        let permission = text(grant.permission().map(sdk::Permission::as_str));
        (Some(named) != owner).then(|| AclGrant { grantee: named.to_owned(), permission })
    };
    let mut grants: Vec<AclGrant> = out.grants().iter().filter_map(grant).collect();
    grants.sort();
    grants.dedup();
    grants
}

fn object_lock(out: GetObjectLockConfigurationOutput) -> Option<ObjectLock> {
    let lock = out.object_lock_configuration?;
    let retention = lock.rule().and_then(|r| r.default_retention());
    let number = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok());
    Some(ObjectLock {
        mode: retention.and_then(|r| r.mode()).map(|mode| mode.as_str().to_owned()),
        days: retention
            .and_then(|r| number(r.days()).or_else(|| number(r.years()).map(|years| years.saturating_mul(365)))),
    })
}

fn algorithm(out: GetBucketEncryptionOutput) -> Option<String> {
    let config = out.server_side_encryption_configuration?;
    let default = config.rules().first()?.apply_server_side_encryption_by_default()?;
    Some(default.sse_algorithm().as_str().to_owned())
}

/// The document of a policy. The body is the policy itself: nothing else would notice that it was cut short.
fn document(out: GetBucketPolicyOutput) -> Result<String, String> {
    let policy = out.policy.ok_or("it holds no policy")?;
    serde_json::from_str::<serde::de::IgnoredAny>(&policy).map_err(|e| e.to_string())?;
    Ok(policy)
}

/// The buckets of the account that trails' buckets send their access logs to. A bucket that is one of the log buckets was
/// asked about already.
pub(super) async fn log_targets(session: &Session, facts: &AccountFacts) -> Observed<Vec<LogTarget>> {
    let (own, logs) = match (facts.global.buckets.get(), facts.global.log_buckets.get()) {
        (Ok(own), Ok(logs)) => (own, logs),
        (Err(gap), _) | (_, Err(gap)) => return inherited(gap, "s3:GetBucketPolicy").into(),
    };
    let of_trails: BTreeSet<&str> = facts
        .regions
        .values()
        .flat_map(|region| region.trails.get().into_iter().flatten())
        .map(|trail| trail.bucket.as_str())
        .collect();
    let targets: BTreeSet<&str> = logs
        .iter()
        .filter(|log| of_trails.contains(log.name.as_str()))
        .filter_map(|log| log.settings.get().ok()?.access_log_target.get().ok()?.as_deref())
        .filter(|target| !logs.iter().any(|log| log.name == *target))
        .collect();
    let asked = own.iter().filter(|bucket| targets.contains(bucket.name.as_str())).map(|bucket| async move {
        match region_of(session, bucket).await {
            Observed::Known { value, .. } => target(session, &bucket.name, &value).await,
            Observed::Unknown { gap } => LogTarget {
                name: bucket.name.clone(),
                region: String::new(),
                policy: gap.clone().into(),
                acl: gap.clone().into(),
                object_lock: gap.clone().into(),
                encryption: gap.into(),
            },
        }
    });
    follows(join_all(asked).await, &facts.global.log_buckets)
}

/// What decides whether a bucket takes delivery.
async fn target(session: &Session, bucket: &str, region: &str) -> LogTarget {
    let asked = Asked { session, client: s3(session, region), region, bucket, parameters: [("Bucket", bucket)] };
    let (policy, acl, lock, encryption) = futures::join!(
        get!(asked, "s3:GetBucketPolicy", get_bucket_policy),
        get!(asked, "s3:GetBucketAcl", get_bucket_acl),
        get!(asked, "s3:GetObjectLockConfiguration", get_object_lock_configuration),
        get!(asked, "s3:GetBucketEncryption", get_bucket_encryption),
    );
    LogTarget {
        name: bucket.to_owned(),
        region: region.to_owned(),
        policy: policy.parse(document).or_absent(),
        acl: acl.observed().map(|out| grants(&out)),
        object_lock: lock.or_absent().map(|found| found.and_then(object_lock)),
        encryption: encryption.or_absent().map(|found| found.and_then(algorithm)),
    }
}

fn rule(r: &sdk::LifecycleRule) -> LifecycleRule {
    let filter = r.filter();
    let and = filter.and_then(sdk::LifecycleRuleFilter::and);
    #[allow(deprecated)]
    let old = r.prefix();
    let prefix = filter.and_then(sdk::LifecycleRuleFilter::prefix).or_else(|| and.and_then(|a| a.prefix())).or(old);
    let narrowed = filter.is_some_and(|f| {
        f.tag().is_some() || f.object_size_greater_than().is_some() || f.object_size_less_than().is_some()
    }) || and.is_some_and(|a| {
        !a.tags().is_empty() || a.object_size_greater_than().is_some() || a.object_size_less_than().is_some()
    });
    let days = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
    LifecycleRule {
        id: text(r.id()),
        enabled: r.status() == &sdk::ExpirationStatus::Enabled,
        prefix: prefix.unwrap_or_default().to_owned(),
        narrowed,
        expire_days: days(r.expiration().and_then(sdk::LifecycleExpiration::days)),
        expire_date: r
            .expiration()
            .and_then(|e| super::shared::time(e.date()))
            .map(|date| date.strftime("%Y-%m-%d").to_string()),
        noncurrent_expire_days: days(r.noncurrent_version_expiration().and_then(|e| e.noncurrent_days())),
        noncurrent_keep: days(r.noncurrent_version_expiration().and_then(|e| e.newer_noncurrent_versions())),
    }
}
