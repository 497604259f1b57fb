//! # S3 object reads are recorded for buckets holding customer data
//!
//! ## What it asks
//! Where you claim it: whether some trail records every read of an object in each bucket that holds customer data.
//!
//! ## Why an auditor asks
//! After a leak, the question is which files were read. Only read events answer it. They cost money for each request,
//! so not every firm claims them.
//!
//! ## How it is decided
//! Without `s3_read_events_claimed` the check is `not-applicable`, once. With it, the population is every bucket of the
//! account that matches `customer_data_buckets` and receives no trail, and a trail must take in all reads: basic
//! selectors with `All` or `ReadOnly`, advanced selectors with `readOnly` true or open. The rest is decided as for
//! `cloudtrail-s3-data-write`: exact ARNs, the region, and nothing that takes in a part only.
//! A bucket in a region that a service control policy closes, which no trail is seen to record, is for a person: `manual`.
//!
//! ## What else is accepted
//! A trail of the organization. S3 server access logs are no equal: AWS delivers them as best it can. Where they are
//! your control, do not claim this one.
//!
//! ## What it does not see
//! Directory buckets (S3 Express One Zone), table buckets and vector buckets are not in the list of buckets, and data
//! events of access points, which are resource types of their own, are not counted. Event data stores of CloudTrail
//! Lake are not looked at. Which buckets hold customer data is your declaration.
//!
//! ## Remediation
//! Console: CloudTrail, Trails, Data events, Edit. CLI: `aws cloudtrail put-event-selectors --trail-name NAME
//! --advanced-event-selectors ...`. Terraform: an `advanced_event_selector` in `aws_cloudtrail` without a condition on
//! `readOnly`.
//!
//! ## Peers
//! Prowler `cloudtrail_s3_dataevents_read_enabled`; AWS Config `CLOUDTRAIL_ALL_READ_S3_DATA_EVENT_CHECK`; CIS AWS
//! Foundations v5 3.9; Powerpipe `cloudtrail_s3_data_events_enabled`, `cloudtrail_s3_object_read_events_audit_enabled`.
//!
//! ## Where peers differ
//! - Powerpipe `cloudtrail_s3_data_events_enabled`, `cloudtrail_s3_object_read_events_audit_enabled`: compares the
//!   beginning of ARNs: the bucket "prod-data" passes on a selector for "prod-data-archive" or for one folder of its
//!   own, and on a trail that is switched off. Advanced selectors are not read, so that whoever uses them gets an alarm
//!   (issue 971). What a value takes in is said in the API Reference, `DataResource` and `AdvancedFieldSelector`: here
//!   exactly that counts.
//! - Prowler `cloudtrail_s3_dataevents_read_enabled`: passes the account on any advanced selector of the type
//!   `AWS::S3::Object`, whichever bucket it names and even where it takes in writes alone, and fails basic selectors
//!   that name your buckets of customer data and not all buckets. With several regions the verdict may change from run
//!   to run (measured). Here each of these buckets is held against what the selectors take in (API Reference,
//!   `DataResource`, `AdvancedFieldSelector`).
//!
//! ## References
//! AWS CloudTrail User Guide, "Logging data events"; API Reference, `DataResource`, `AdvancedFieldSelector`.

use kickoff_facts::{Need, View};

use crate::parameters::{CUSTOMER_DATA_BUCKETS, Parameters, S3_READ_EVENTS_CLAIMED};
use crate::reasoning::selectors::{Access, judge_customer_buckets};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudtrail-s3-data-read",
    control: "CC7.2.11",
    title: "S3 object reads are recorded for buckets holding customer data",
    severity: Severity::Low,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC7.2"],
    needs: &[Need::Buckets, Need::Trails],
    parameters: &[&CUSTOMER_DATA_BUCKETS, &S3_READ_EVENTS_CLAIMED],
    expected: "where claimed ({s3_read_events_claimed}), a trail that is logging records all object reads of the bucket (customer data: {customer_data_buckets})",
    fix: "record data events of the bucket, reads included, in a trail that covers its region",
};

/// Decides.
///
/// # Errors
/// The account's buckets or trails are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    if !parameters.flag(&S3_READ_EVENTS_CLAIMED) {
        let verdict =
            Verdict::not_applicable("not claimed", "set s3_read_events_claimed where recording reads is a control");
        return Ok(vec![Finding::new(Resource::account(view), verdict)]);
    }
    judge_customer_buckets(view, parameters, Access::Read)
}
