//! # Trail logs are encrypted with a KMS key
//!
//! ## What it asks
//! Whether each trail encrypts its log files with a KMS key of a customer, and whether that key can be used.
//!
//! ## Why an auditor asks
//! With a key of its own, reading logs takes two permissions, on the bucket and on the key, and every use of the key is
//! recorded. A key that is disabled or being deleted takes the logs with it.
//!
//! ## How it is decided
//! The population is every trail that the scanned regions list, each once. A trail without a key is `fail`: S3 encrypts
//! with its own key, and whoever may read the bucket may read the logs. A key of this account must exist and be
//! `Enabled`. It is looked for in every scanned region, because the key lives in the region of the bucket, not of the
//! trail; if nothing was read about it, the trail is `not-evaluated`. A key of another account of the organization or
//! of the run is accepted by its ARN: its state is seen from there, and where that account is in the run and its keys
//! could not be read, the trail is `not-evaluated`. A key of an account that is neither is `fail`: whoever owns it can
//! take the logs away. One of an account of which the run does not know whose it is, is `manual`.
//!
//! ## What else is accepted
//! A key of another account, such as the log archive's. Default encryption of the bucket is not accepted: CloudTrail
//! states the encryption of each file itself.
//!
//! ## What it does not see
//! Whom the key's policy and its grants let decrypt is not judged here, nor whether AWS changes the key material.
//! Files that were written before the key was set keep the encryption that they had. The key of another account is
//! seen from there only where that account is in the run.
//!
//! ## Remediation
//! Console: CloudTrail, Trails, General details, Edit, Log file SSE-KMS encryption. CLI: `aws cloudtrail update-trail
//! --name NAME --kms-key-id ARN`; the key policy must let `cloudtrail.amazonaws.com` use it. Terraform: `kms_key_id` in
//! `aws_cloudtrail`.
//!
//! ## Peers
//! Prowler `cloudtrail_kms_encryption_enabled`; AWS Config `CLOUD_TRAIL_ENCRYPTION_ENABLED`; CIS AWS Foundations v5
//! 3.5; FSBP CloudTrail.2. They look at the trail only.
//!
//! ## References
//! AWS CloudTrail User Guide, "Encrypting CloudTrail log files, digest files, and event data stores with AWS KMS keys".

use kickoff_facts::logging::Trail;
use kickoff_facts::storage::LogKey;
use kickoff_facts::{Gap, GapKind, Need, Seen, View};

use crate::parameters::Parameters;
use crate::reasoning::destination::{self, Accounts, Place};
use crate::reasoning::regions;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudtrail-kms",
    control: "CC6.1.04",
    title: "Trail logs are encrypted with a KMS key",
    severity: Severity::Low,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC6.1"],
    needs: &[Need::Trails, Need::LogKeys, Need::Organization, Need::Members],
    parameters: &[],
    expected: "the trail has a KMS key that exists, is enabled, and is known to be yours",
    fix: "give the trail a KMS key whose policy lets CloudTrail use it, and keep the key enabled",
};

/// Decides.
///
/// # Errors
/// The region's trails are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let accounts = Accounts::of(view);
    let judged = view.trails()?.iter().filter(|trail| trail.primary).map(|trail| {
        Finding::judge(Resource::new("AWS::CloudTrail::Trail", &trail.arn), |seen| match &trail.kms_key {
            Some(key) => by_key(view, seen, &accounts, trail, key),
            None => Ok(Verdict::fail("no KMS key: S3 encrypts with its own")),
        })
    });
    Ok(judged.collect())
}

fn by_key(view: &View<'_>, seen: &Seen, accounts: &Accounts<'_, '_>, trail: &Trail, id: &str) -> Result<Verdict, Gap> {
    let foreign = |owner: &str| {
        let named = format!("{id}, a key of another account");
        Ok(match accounts.place(owner, named)? {
            Place::Ours(named) => Verdict::pass(named).because("its state is seen from there"),
            Place::Stranger(why) => Verdict::fail(why),
            Place::Unknown(why) => Verdict::manual(why, destination::CONFIRM),
        })
    };
    let mut arn = id.split(':').skip(3);
    let (region, owner) = (arn.next(), arn.next());
    if let Some(owner) = owner.filter(|owner| *owner != view.account_id()) {
        let Some(there) = view.neighbour_in(owner, region.unwrap_or_default()) else { return foreign(owner) };
        let keys = there.log_keys();
        view.adopt(&there);
        let Some(key) = keys?.iter().find(|key| key.owned && key.id == id) else { return foreign(owner) };
        let verdict = state(seen, id, key)?;
        return Ok(Verdict { observed: format!("{}, in account {owner}", verdict.observed), ..verdict });
    }
    let found = regions::find(view, |here| Ok(here.log_keys()?.iter().filter(|key| key.id == id).collect()))?;
    let Some(key) = found.first() else {
        return Err(Gap {
            kind: GapKind::NotCollected,
            call: "kms:DescribeKey".to_owned(),
            region: region.unwrap_or(view.region_name()).to_owned(),
            message: format!("nothing was read about {id}"),
            evidence: None,
        });
    };
    // An id or alias alone is one of the trail's own account.
    if !key.owned {
        return foreign(owner.unwrap_or_else(|| trail.owner()));
    }
    state(seen, id, key)
}

/// Whether a key can be used.
///
/// # Errors
/// Its settings are not known.
fn state(seen: &Seen, id: &str, key: &LogKey) -> Result<Verdict, Gap> {
    Ok(match seen.see(&key.key)? {
        Some(settings) => Verdict::decide(settings.state == "Enabled", format!("{id} is {}", settings.state)),
        None => Verdict::fail(format!("{id} does not exist any more")),
    })
}
