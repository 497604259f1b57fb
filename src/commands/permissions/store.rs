//! The rights on a store in a bucket: its writer's, and its reader's. Nobody gets one to overwrite or to delete.

use kickoff::walk::Failure;
use kickoff_engagement::is_account_id;
use serde_json::{Map, Value, json};

/// The statements of a store: for reading, and for writing where that is wanted. A writer reads what was written before it.
pub(super) fn statements(address: &str, key: Option<&str>, writes: bool) -> Result<Vec<Value>, Failure> {
    let Some(parsed) = kickoff_aws::parse_bucket(address) else {
        return Err(Failure::Usage(format!(
            "{address:?} is in no bucket: a folder needs no rights; name s3://BUCKET/PREFIX"
        )));
    };
    let (bucket, prefix) = parsed.map_err(Failure::Usage)?;
    let below = if prefix.is_empty() { "*".to_owned() } else { format!("{prefix}/*") };
    let (bucket, objects) = (format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/{below}"));
    let mut statements = vec![
        statement("KickoffStoreRead", &["s3:GetObject", "s3:GetObjectVersion"], &objects, None),
        statement(
            "KickoffStoreList",
            &["s3:ListBucket", "s3:ListBucketVersions"],
            &bucket,
            (!prefix.is_empty()).then(|| json!({ "StringLike": { "s3:prefix": below } })),
        ),
        statement(
            "KickoffStoreBucket",
            &["s3:GetBucketObjectLockConfiguration", "s3:GetBucketVersioning"],
            &bucket,
            None,
        ),
    ];
    if writes {
        // Only what is not there yet (Amazon S3 User Guide, "Enforce conditional writes on Amazon S3 buckets").
        let created = json!({ "Null": { "s3:if-none-match": "false" } });
        statements.push(statement("KickoffStoreCreate", &["s3:PutObject"], &objects, Some(created)));
    }
    if let Some(key) = key {
        let parts: Vec<&str> = key.splitn(6, ':').collect();
        let ["arn", _, "kms", _, account, name] = parts.as_slice() else {
            return Err(Failure::Usage(format!("{key:?} is not the ARN of a KMS key")));
        };
        if !is_account_id(account) || !name.starts_with("key/") {
            return Err(Failure::Usage(format!("{key:?} is not the ARN of a KMS key")));
        }
        let actions: &[&str] = if writes { &["kms:Decrypt", "kms:GenerateDataKey"] } else { &["kms:Decrypt"] };
        statements.push(statement("KickoffStoreKey", actions, key, None));
    }
    Ok(statements)
}

fn statement(sid: &str, actions: &[&str], resource: &str, condition: Option<Value>) -> Value {
    let mut statement = Map::new();
    statement.insert("Sid".to_owned(), json!(sid));
    statement.insert("Effect".to_owned(), json!("Allow"));
    statement.insert("Action".to_owned(), json!(actions));
    statement.insert("Resource".to_owned(), json!(resource));
    if let Some(condition) = condition {
        statement.insert("Condition".to_owned(), condition);
    }
    Value::Object(statement)
}
