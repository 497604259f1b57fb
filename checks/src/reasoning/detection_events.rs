//! The events that each detection control is about, as records of CloudTrail.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kickoff_facts::View;

use crate::reasoning::event_forms;
use crate::reasoning::sample::{ANYTHING, Sample};
use crate::reasoning::selectors::Access;

mod classes;

pub use classes::{
    CLASSES, CLOUDTRAIL, CMK_DELETION, CONFIG, CONSOLE_AUTH_FAILURE, CONSOLE_NO_MFA, GATEWAY, IAM_POLICY, NACL,
    ORGANIZATIONS, ROOT_USAGE, ROUTE_TABLE, S3_POLICY, SECURITY_GROUP, UNAUTHORIZED_API, VPC,
};

/// Where CloudTrail records an event, which is where EventBridge has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the region of global services.
    Home,
    /// In the region of what it is about. So are sign-ins of IAM users, whose endpoint may be in several regions.
    Everywhere,
}

/// Events of one service that differ by their name only.
#[derive(Debug)]
pub struct Batch {
    source: &'static str,
    place: Place,
    access: Access,
    /// What tells these from others of the name, in words.
    about: &'static str,
    /// Fields, by path; none is a field that these events lack.
    fields: &'static [(&'static str, Option<&'static str>)],
    names: &'static [&'static str],
}

/// The events of a control.
#[derive(Debug)]
pub struct Class {
    /// In words, in the plural.
    pub subject: &'static str,
    required: &'static [Batch],
    optional: &'static [Batch],
}

/// An event.
#[derive(Debug, Clone, Copy)]
pub struct Event {
    batch: &'static Batch,
    name: &'static str,
}

impl Class {
    /// The events that must raise an alert.
    pub fn required(&self) -> Vec<Event> {
        events(self.required)
    }

    /// The events that may.
    pub fn optional(&self) -> Vec<Event> {
        events(self.optional)
    }
}

fn events(batches: &'static [Batch]) -> Vec<Event> {
    batches.iter().flat_map(|batch| batch.names.iter().map(move |name| Event { batch, name })).collect()
}

impl Event {
    /// The event in words: `StopLogging`, `ConsoleLogin (root user)`.
    #[must_use]
    pub fn what(&self) -> String {
        let about = self.batch.about;
        if about.is_empty() { self.name.to_owned() } else { format!("{} ({about})", self.name) }
    }

    /// Where it is recorded.
    #[must_use]
    pub fn place(&self) -> Place {
        self.batch.place
    }

    /// Whether it reads or writes.
    #[must_use]
    pub fn access(&self) -> Access {
        self.batch.access
    }

    /// The service, as `eventSource` has it.
    #[must_use]
    pub fn source(&self) -> String {
        format!("{}.amazonaws.com", self.batch.source)
    }

    /// The name, as `eventName` has it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it only reads.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.batch.access == Access::Read
    }

    fn signs_in(&self) -> bool {
        self.batch.source == "signin"
    }

    /// The records that a trail delivers, all of which have to be taken up: one of whoever called, one of a role and of a
    /// user. The first finds what is left out, the others what is meant for certain callers only. Events that are about
    /// who called have one alone. What differs from one record to the next, such as the address, is open; what AWS does by
    /// itself is none of these events.
    #[must_use]
    pub fn records(&self, view: &View<'_>) -> Arc<Vec<Sample>> {
        let known = view.shared(|_| Records::default());
        let key = (std::ptr::from_ref(self.batch).addr(), self.name);
        let mut known = known.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(key).or_insert_with(|| {
            let about =
                self.batch.fields.iter().find(|(path, _)| *path == "userIdentity.type").and_then(|(_, who)| *who);
            let callers: &[&str] = match about {
                Some("Root") => &["root"],
                Some(_) if self.signs_in() => &["user-sign-in"],
                _ => &["anybody", "role", "user"],
            };
            Arc::new(callers.iter().map(|caller| self.record(view, caller)).collect())
        }))
    }

    fn record(&self, view: &View<'_>, caller: &str) -> Sample {
        let mut record = event_forms::record(view, "record", &[caller]);
        let form = if self.signs_in() { "record-sign-in" } else { "record-api" };
        event_forms::fill(&mut record, view, form, &[]);
        record.set("readOnly", Sample::Fixed(self.reads().into()));
        record.set("eventSource", Sample::text(self.source()));
        record.set("eventName", Sample::text(self.name));
        if self.batch.place == Place::Home {
            record.set("awsRegion", Sample::text(view.home_region()));
        }
        for (path, value) in self.batch.fields {
            record.set(path, value.map_or(Sample::Absent, Sample::text));
            // A call that is denied says why.
            if *path == "errorCode" {
                record.set("errorMessage", ANYTHING.clone());
            }
        }
        record
    }

    /// The events that EventBridge has in the region of the window.
    pub fn on_bus(&self, view: &View<'_>) -> impl Iterator<Item = Sample> {
        let kind = if self.signs_in() { "AWS Console Sign In via CloudTrail" } else { "AWS API Call via CloudTrail" };
        let records = Arc::unwrap_or_clone(self.records(view));
        records.into_iter().map(move |mut detail| {
            detail.set("awsRegion", Sample::text(view.region_name()));
            event_forms::event(view, &format!("aws.{}", self.batch.source), kind, detail)
        })
    }
}

/// Which records: the batch's place in memory, and the event's name.
type RecordKey = (usize, &'static str);

/// The records of an account that were made.
#[derive(Debug, Default)]
struct Records(Mutex<HashMap<RecordKey, Arc<Vec<Sample>>>>);

#[cfg(test)]
mod tests;
