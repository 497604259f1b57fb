//! # Trail is delivered to a log-archive account
//!
//! ## What it asks
//! Whether a trail that records every region delivers to a bucket of another account.
//!
//! ## Why an auditor asks
//! Logs that stay in the account they watch can be destroyed by whoever takes that account over. A log archive with
//! other administrators separates the duties.
//!
//! ## How it is decided
//! Among the multi-region trails that the scanned regions list, at least one must deliver to a bucket that another
//! account of the run lists as its own → pass. A bucket's name does not tell whose it is, and a stranger may own one:
//! a bucket that no account of the run lists is `manual`, and the reason says what a person must confirm; scan the
//! log-archive account in the same run and it is decided. A trail of this account whose last delivery failed with
//! `NoSuchBucket` does not count: its bucket is gone, not elsewhere. A trail of the organization, owned by another
//! account, that delivers to a bucket of this account shows that this account is the log archive: `not-applicable`.
//! Whether the trail is switched on and delivers is asked by `cloudtrail-multi-region` and
//! `cloudtrail-delivery-healthy`.
//!
//! ## What else is accepted
//! A trail of the organization, beside trails of the account's own. Replication of the bucket to another account is not
//! read: record an exception.
//!
//! ## What it does not see
//! Who administers the other account, and whether the administrators of this one may write or delete there, is not
//! seen from here: `cloudtrail-bucket-writers` reads the bucket's policy where that account is in the run. Replication
//! rules of a bucket of this account are not read.
//!
//! ## Remediation
//! Console: CloudTrail in the management account, Trails, Create trail, Enable for all accounts in my organization,
//! with a bucket of the log-archive account. CLI: `aws cloudtrail create-trail --is-organization-trail
//! --is-multi-region-trail --s3-bucket-name ARCHIVE --name org`. Terraform: `is_organization_trail = true` in
//! `aws_cloudtrail`.
//!
//! ## Peers
//! None: no peer looks at whose bucket it is.
//!
//! ## References
//! AWS Security Reference Architecture, "Log Archive account"; AWS CloudTrail User Guide, "Creating a trail for an
//! organization".

use std::collections::BTreeMap;

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::destination::{self, Holder};
use crate::reasoning::{certainty, regions};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudtrail-bucket-separate-account",
    control: "CC7.2.04",
    title: "Trail is delivered to a log-archive account",
    severity: Severity::Medium,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC7.2", "CC6.3"],
    needs: &[Need::Buckets, Need::LogBuckets, Need::Trails],
    parameters: &[],
    expected: "a multi-region trail delivers to a bucket of another account that is known to be yours",
    fix: "let the organization's trail deliver to a bucket of a log-archive account",
};

/// Decides.
///
/// # Errors
/// The account's buckets are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    view.buckets()?;
    let finding = Finding::judge(Resource::account(view), |seen| {
        let (mut here, mut archive, mut unknown) = (BTreeMap::new(), None, BTreeMap::new());
        let away = regions::find(view, |region| {
            let trails = region.trails()?.iter().filter(|trail| trail.multi_region);
            certainty::among(trails, |trail| {
                let ours = trail.owner() == view.account_id();
                let told = format!("{} delivers to {}", trail.name, trail.bucket);
                let there = match destination::holder(view, &trail.bucket)? {
                    Holder::This => {
                        if trail.organization && !ours {
                            archive = Some(told.clone());
                        }
                        here.insert(trail.arn.as_str(), format!("{told}, a bucket of this account"));
                        return Ok(None);
                    }
                    Holder::Other(there) => Some(there.account_id()),
                    Holder::Nobody => None,
                };
                // The state of another account's trail is seen from there.
                if ours && seen.see(&trail.status)?.delivery_error.as_ref().is_some_and(|e| e.contains("NoSuchBucket"))
                {
                    here.insert(trail.arn.as_str(), format!("{told}, which does not exist"));
                    return Ok(None);
                }
                Ok(match there {
                    Some(account) => Some(format!("{told}, a bucket of account {account}")),
                    None => {
                        unknown.insert(trail.arn.as_str(), format!("{told}, which is no bucket of this account"));
                        None
                    }
                })
            })
        });
        if let (Some(told), true) = (archive, away.as_ref().map_or(true, Vec::is_empty)) {
            return Ok(Verdict::not_applicable(told, "this account is the organization's log archive"));
        }
        Ok(match away?.first() {
            Some(told) => Verdict::pass(told.clone()),
            None if !unknown.is_empty() => {
                let told: Vec<String> = unknown.into_values().chain(here.into_values()).collect();
                let reason = format!("no account of this run lists the bucket: {}", destination::CONFIRM);
                Verdict::manual(told.join("; "), reason)
            }
            None if here.is_empty() => Verdict::fail("no multi-region trail"),
            None => Verdict::fail(here.into_values().collect::<Vec<_>>().join("; ")),
        })
    });
    Ok(vec![finding])
}
