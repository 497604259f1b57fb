//! What is known beside policies, from a file: whose resources are, organizations, S3 Block Public Access.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::DetailsError;
use crate::document::is_account_id;

const FACTS: &str = "facts";

/// Facts that policies do not tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Facts {
    /// The account that owns a resource, by ARN: of a bucket, say.
    pub owners: BTreeMap<String, String>,
    /// The organization's id by account; null where it is in none.
    pub organizations: BTreeMap<String, Option<String>>,
    /// The accounts that manage their organization.
    pub management_accounts: Vec<String>,
    /// Whether S3 Block Public Access restricts public buckets (`RestrictPublicBuckets`): by bucket ARN, or by account.
    pub restrict_public_buckets: BTreeMap<String, bool>,
}

impl Facts {
    /// Reads `{"owners": {ARN: account}, "organizations": {account: id or null}, "management_accounts": [account],
    /// "restrict_public_buckets": {ARN or account: boolean}}`.
    ///
    /// # Errors
    /// The text is not that, or an account is none.
    pub fn load(text: &str) -> Result<Facts, DetailsError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let facts: Facts = serde_json::from_str(text).map_err(|error| DetailsError::json(FACTS, &error))?;
        let accounts = facts.owners.values().chain(facts.organizations.keys()).chain(&facts.management_accounts);
        if let Some(wrong) = accounts.into_iter().find(|account| !is_account_id(account)) {
            return Err(DetailsError::shape(FACTS, format!("{wrong:?} is no account: twelve digits")));
        }
        let keys = facts.owners.keys().map(|arn| (arn, false));
        for (key, or_account) in keys.chain(facts.restrict_public_buckets.keys().map(|key| (key, true))) {
            if !(key.starts_with("arn:") && key.split(':').count() >= 6 || or_account && is_account_id(key)) {
                return Err(DetailsError::shape(FACTS, format!("{key:?} is no ARN")));
            }
        }
        Ok(facts)
    }
}
