//! KMS: the keys that protect trails, log groups and topics.

use std::collections::BTreeMap;

use aws_sdk_kms::Client;
use aws_sdk_kms::types::{KeyManagerType, KeyMetadata, KeySpec, KeyState, OriginType};
use futures::future::join_all;
use kickoff_evidence::{Gap, GapKind};
use kickoff_facts::logging::TopicKeySettings;
use kickoff_facts::storage::{KeySettings, LogKey};
use kickoff_facts::{Observed, RegionalFacts};

use super::shared::{follows, inherited, text};
use crate::call::ask;
use crate::session::{Session, client};

families! {
    regional LogKeys log_keys = |session, _, region, known| log_keys(session, region, known);
}

pub(super) async fn log_keys(session: &Session, region: &str, known: &RegionalFacts) -> Observed<Vec<LogKey>> {
    const OPERATION: &str = "kms:DescribeKey";
    let (trails, groups) = match (known.trails.get(), known.log_groups.get()) {
        (Ok(trails), Ok(groups)) => (trails, groups),
        (Err(gap), _) | (_, Err(gap)) => return inherited(gap, OPERATION).into(),
    };
    let mut protects: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    // A trail's key lives where the trail does.
    for trail in trails.iter().filter(|trail| trail.home_region == region) {
        if let Some(key) = &trail.kms_key {
            protects.entry(key).or_default().push(format!("trail {}", trail.name));
        }
    }
    for group in groups {
        if let Some(key) = &group.kms_key {
            protects.entry(key).or_default().push(format!("log group {}", group.name));
        }
    }
    let asked = protects.into_iter().map(|(id, protects)| async move {
        let owner = id.starts_with("arn:").then(|| id.split(':').nth(4)).flatten();
        let owned = owner.is_none_or(|owner| owner == session.account());
        let key = if owned {
            key(session, region, id).await
        } else {
            Gap {
                kind: GapKind::NotCollected,
                call: OPERATION.to_owned(),
                region: region.to_owned(),
                message: format!("key {id} belongs to another account: scan that account to decide"),
                evidence: None,
            }
            .into()
        };
        LogKey { id: id.to_owned(), protects, owned, key }
    });
    let keys = join_all(asked).await;
    follows((), &known.trails).and(follows((), &known.log_groups)).map(|_| keys)
}

/// `DescribeKey`; none for a key that does not exist any more.
async fn described(session: &Session, client: &Client, region: &str, id: &str) -> Observed<Option<KeyMetadata>> {
    let parameters = [("KeyId", id)];
    session
        .one(ask("kms:DescribeKey", region).with(&parameters), |call| {
            client.describe_key().key_id(id).customize().interceptor(call).send()
        })
        .await
        .parse(|out| out.key_metadata.ok_or_else(|| "it describes no key".to_owned()))
        .or_absent()
}

async fn policy(session: &Session, client: &Client, region: &str, id: &str) -> Observed<String> {
    let parameters = [("KeyId", id), ("PolicyName", "default")];
    session
        .one(ask("kms:GetKeyPolicy", region).with(&parameters), |call| {
            client.get_key_policy().key_id(id).policy_name("default").customize().interceptor(call).send()
        })
        .await
        .parse(|out| out.policy.ok_or_else(|| "it holds no policy".to_owned()))
        .observed()
}

async fn key(session: &Session, region: &str, id: &str) -> Observed<Option<KeySettings>> {
    let client = client!(aws_sdk_kms, session, region);
    let (described, evidence) = match described(session, &client, region, id).await {
        Observed::Known { value: Some(key), evidence } => (key, evidence),
        Observed::Known { value: None, evidence } => return Observed::Known { value: None, evidence },
        Observed::Unknown { gap } => return gap.into(),
    };
    let policy = policy(session, &client, region, id);
    let (rotates, policy) = futures::join!(rotates(session, &client, region, id, &described), policy);
    let settings = KeySettings {
        arn: text(described.arn()),
        manager: described.key_manager().map(|m| m.as_str().to_owned()).unwrap_or_default(),
        state: described.key_state().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        rotates: rotates.unwrap_or_else(|rotates| Observed::Known { value: rotates, evidence: evidence.clone() }),
        policy,
    };
    Observed::Known { value: Some(settings), evidence }
}

/// The key of a topic. AWS's own for SNS is known by its name, and one of another account is not asked about.
pub(super) async fn topic_key(session: &Session, region: &str, id: &str) -> Observed<Option<TopicKeySettings>> {
    let other = id.split(':').nth(4).is_some_and(|owner| owner != session.account());
    if id.ends_with("alias/aws/sns") || other {
        let message =
            if other { "the key belongs to another account: scan that account to decide" } else { "it is AWS's own" };
        return session.not_made("kms:DescribeKey", region, message).into();
    }
    let client = client!(aws_sdk_kms, session, region);
    let (described, evidence) = match described(session, &client, region, id).await {
        Observed::Known { value: Some(key), evidence } => (key, evidence),
        Observed::Known { value: None, evidence } => return Observed::Known { value: None, evidence },
        Observed::Unknown { gap } => return gap.into(),
    };
    let arn = text(described.arn());
    let manager = described.key_manager().map(|m| m.as_str().to_owned()).unwrap_or_default();
    // The policy of a key is asked by id or ARN: an alias will not do.
    let policy = if manager == "AWS" {
        session.not_made("kms:GetKeyPolicy", region, "it is AWS's own").into()
    } else {
        policy(session, &client, region, &arn).await
    };
    let state = described.key_state().map(|s| s.as_str().to_owned()).unwrap_or_default();
    Observed::Known { value: Some(TopicKeySettings { arn, manager, state, policy }), evidence }
}

/// Whether AWS changes a key's material. Asked only where it can be either; the rest follows from what the key is, and stands
/// in `Err` (AWS KMS Developer Guide, "Rotate AWS KMS keys" and "Key states").
async fn rotates(
    session: &Session,
    client: &Client,
    region: &str,
    id: &str,
    key: &KeyMetadata,
) -> Result<Observed<Option<bool>>, Option<bool>> {
    if key.key_manager() == Some(&KeyManagerType::Aws) {
        return Err(Some(true));
    }
    let symmetric = key.key_spec().is_none_or(|spec| *spec == KeySpec::SymmetricDefault);
    let of_aws = key.origin().is_none_or(|origin| *origin == OriginType::AwsKms);
    let kept = key.key_state().is_none_or(|state| matches!(state, KeyState::Enabled | KeyState::Disabled));
    if !(symmetric && of_aws && kept) {
        return Err(None);
    }
    let parameters = [("KeyId", id)];
    let answer = session
        .one(ask("kms:GetKeyRotationStatus", region).with(&parameters), |call| {
            client.get_key_rotation_status().key_id(id).customize().interceptor(call).send()
        })
        .await
        .or_absent();
    Ok(answer.map(|found| found.map(|out| out.key_rotation_enabled())))
}
