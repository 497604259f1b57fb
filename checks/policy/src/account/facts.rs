//! What is known beside policies, from a file: whose resources are, organizations, S3 Block Public Access.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{ControlLevel, DetailsError};
use crate::document::is_account_id;

const FACTS: &str = "facts";

/// Tags of a resource, by key.
pub type ResourceTags = BTreeMap<String, String>;

/// Facts that policies do not tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The account that owns a resource, by ARN: of a bucket, say.
    pub owners: BTreeMap<String, String>,
    /// The organization's id by account; null where it is in none.
    pub organizations: BTreeMap<String, Option<String>>,
    /// The accounts that manage their organization.
    pub management_accounts: Vec<String>,
    /// Whether S3 Block Public Access restricts public buckets (`RestrictPublicBuckets`): by bucket ARN, or by account.
    pub restrict_public_buckets: BTreeMap<String, bool>,
    /// The tags that the service puts into requests for a resource (`aws:ResourceTag/...`), by ARN.
    pub resource_tags: BTreeMap<String, ResourceTags>,
    /// The levels of service control policies above an account, from the root down; none where none bind it.
    pub service_control_policies: BTreeMap<String, Vec<ControlLevel>>,
    /// The levels of resource control policies above an account.
    pub resource_control_policies: BTreeMap<String, Vec<ControlLevel>>,
}

/// The same, as it is written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written<'a> {
    owners: BTreeMap<String, String>,
    organizations: BTreeMap<String, Option<String>>,
    management_accounts: Vec<String>,
    restrict_public_buckets: BTreeMap<String, bool>,
    resource_tags: BTreeMap<String, ResourceTags>,
    #[serde(borrow)]
    service_control_policies: BTreeMap<String, &'a RawValue>,
    #[serde(borrow)]
    resource_control_policies: BTreeMap<String, &'a RawValue>,
}

impl Facts {
    /// Reads `{"owners": {ARN: account}, "organizations": {account: id or null}, "management_accounts": [account],
    /// "restrict_public_buckets": {ARN or account: boolean}, "resource_tags": {ARN: {key: value}},
    /// "service_control_policies": {account: [level]}, "resource_control_policies": {account: [level]}}`; a level is what
    /// [`ControlLevel::load`] takes, and an empty list says that none bind the account.
    ///
    /// # Errors
    /// The text is not that, or an account is none.
    pub fn load(text: &str) -> Result<Facts, DetailsError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let written: Written<'_> = serde_json::from_str(text).map_err(|error| DetailsError::json(FACTS, &error))?;
        let facts = Facts {
            owners: written.owners,
            organizations: written.organizations,
            management_accounts: written.management_accounts,
            restrict_public_buckets: written.restrict_public_buckets,
            resource_tags: written.resource_tags,
            service_control_policies: levels(written.service_control_policies)?,
            resource_control_policies: levels(written.resource_control_policies)?,
        };
        let accounts = facts.owners.values().chain(facts.organizations.keys()).chain(&facts.management_accounts);
        let accounts = accounts.chain(facts.service_control_policies.keys());
        if let Some(wrong) =
            accounts.chain(facts.resource_control_policies.keys()).find(|account| !is_account_id(account))
        {
            return Err(DetailsError::shape(FACTS, format!("{wrong:?} is no account: twelve digits")));
        }
        let keys = facts.owners.keys().chain(facts.resource_tags.keys()).map(|arn| (arn, false));
        for (key, or_account) in keys.chain(facts.restrict_public_buckets.keys().map(|key| (key, true))) {
            if !(key.starts_with("arn:") && key.split(':').count() >= 6 || or_account && is_account_id(key)) {
                return Err(DetailsError::shape(FACTS, format!("{key:?} is no ARN")));
            }
        }
        Ok(facts)
    }
}

/// The levels of control policies, by account.
fn levels(written: BTreeMap<String, &RawValue>) -> Result<BTreeMap<String, Vec<ControlLevel>>, DetailsError> {
    let none = |raw: &RawValue| raw.get().chars().filter(|c| !c.is_whitespace()).eq("[]".chars());
    let read = written.into_iter().map(|(account, raw)| {
        let levels = if none(raw) { Vec::new() } else { ControlLevel::load(raw.get(), &account)? };
        Ok((account, levels))
    });
    read.collect()
}
