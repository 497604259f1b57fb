//! # S3 object writes are recorded for buckets holding customer data
//!
//! ## What it asks
//! Whether some trail records every write of an object in each bucket that holds customer data.
//!
//! ## Why an auditor asks
//! Management events do not show who changed or deleted a customer's file. Data events do.
//!
//! ## How it is decided
//! The population is every bucket of the account that matches `customer_data_buckets` and receives no trail. A trail
//! counts when it is logging and multi-region or at home in the bucket's region. Basic selectors: `All` or `WriteOnly`,
//! type `AWS::S3::Object`, and a value that is exactly `arn:aws:s3:::BUCKET/`, or `arn:aws:s3` or `arn:aws:s3:::` for
//! all buckets; a value with a key prefix takes in a part only. Advanced selectors: `eventCategory` is `Data`,
//! `resources.type` is `AWS::S3::Object`, `readOnly` is false or open, and conditions on `resources.ARN` that take in
//! every object of the bucket; a condition on `eventName` or on anything else takes in a part only. Parts are not added
//! up.
//! A bucket in a region that a service control policy closes, which no trail is seen to record, is for a person: `manual`.
//!
//! ## What else is accepted
//! A trail of the organization. S3 server access logs are no equal: AWS delivers them as best it can. Where they are
//! your control, record an exception.
//!
//! ## What it does not see
//! Directory buckets (S3 Express One Zone), table buckets and vector buckets are not in the list of buckets, and data
//! events of access points, which are resource types of their own, are not counted. Event data stores of CloudTrail
//! Lake are not looked at. Which buckets hold customer data is your declaration: of a bucket that is not named nothing
//! is said.
//!
//! ## Remediation
//! Console: CloudTrail, Trails, Data events, Edit. CLI: `aws cloudtrail put-event-selectors --trail-name NAME
//! --advanced-event-selectors ...`. Terraform: an `advanced_event_selector` in `aws_cloudtrail`. Data events cost
//! money: name the buckets in `customer_data_buckets` and record those.
//!
//! ## Peers
//! Prowler `cloudtrail_s3_dataevents_write_enabled`; AWS Config `CLOUDTRAIL_ALL_WRITE_S3_DATA_EVENT_CHECK`; CIS AWS
//! Foundations v5 3.8; Powerpipe `cloudtrail_s3_data_events_enabled`,
//! `cloudtrail_s3_object_write_events_audit_enabled`.
//!
//! ## Where peers differ
//! - Powerpipe `cloudtrail_s3_data_events_enabled`, `cloudtrail_s3_object_write_events_audit_enabled`: compares the
//!   beginning of ARNs: the bucket "prod-data" passes on a selector for "prod-data-archive" or for one folder of its
//!   own, and on a trail that is switched off. Advanced selectors are not read, so that whoever uses them gets an alarm
//!   (issue 971). What a value takes in is said in the API Reference, `DataResource` and `AdvancedFieldSelector`: here
//!   exactly that counts.
//! - Prowler `cloudtrail_s3_dataevents_write_enabled`: passes the account on any advanced selector of the type
//!   `AWS::S3::Object`, whichever bucket it names and even where it takes in reads alone, and fails basic selectors
//!   that name your buckets of customer data and not all buckets. With several regions the verdict may change from run
//!   to run (measured). Here each of these buckets is held against what the selectors take in (API Reference,
//!   `DataResource`, `AdvancedFieldSelector`).
//!
//! ## References
//! AWS CloudTrail User Guide, "Logging data events"; API Reference, `DataResource`, `AdvancedFieldSelector`.

use kickoff_facts::{Need, View};

use crate::parameters::{CUSTOMER_DATA_BUCKETS, Parameters};
use crate::reasoning::selectors::{Access, judge_customer_buckets};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudtrail-s3-data-write",
    control: "CC7.2.12",
    title: "S3 object writes are recorded for buckets holding customer data",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC7.2"],
    needs: &[Need::Buckets, Need::Trails],
    parameters: &[&CUSTOMER_DATA_BUCKETS],
    expected: "a trail that is logging records all object writes of the bucket (customer data: {customer_data_buckets})",
    fix: "record data events of the bucket, writes at least, in a trail that covers its region",
};

/// Decides.
///
/// # Errors
/// The account's buckets or trails are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    judge_customer_buckets(view, parameters, Access::Write)
}
