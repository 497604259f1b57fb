//! What a check finds: a verdict, or a gap, on each resource.

use std::fmt;

use jiff::Timestamp;
use kickoff_facts::{EvidenceRef, Gap, Seen, View};

/// The status of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// What was observed meets what is expected.
    Pass,
    /// It does not.
    Fail,
    /// Something that had to be known is not; the reason names the call.
    NotEvaluated,
    /// There is nothing to test.
    NoPopulation,
    /// The question does not arise here.
    NotApplicable,
    /// A person has to judge.
    Manual,
    /// An approved exception takes it out.
    Excluded,
}

impl Status {
    /// All statuses.
    pub const ALL: [Self; 7] = [
        Self::Pass,
        Self::Fail,
        Self::NotEvaluated,
        Self::NoPopulation,
        Self::NotApplicable,
        Self::Manual,
        Self::Excluded,
    ];

    /// The name used in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotEvaluated => "not-evaluated",
            Self::NoPopulation => "no-population",
            Self::NotApplicable => "not-applicable",
            Self::Manual => "manual",
            Self::Excluded => "excluded",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a result is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resource {
    /// The type, as CloudFormation names it; `AWS::Account` and `AWS::Region` for those.
    pub kind: &'static str,
    /// The ARN where there is one.
    pub id: String,
}

impl Resource {
    /// A resource of a type.
    #[must_use]
    pub fn new(kind: &'static str, id: impl Into<String>) -> Self {
        Self { kind, id: id.into() }
    }

    /// The account of a window.
    #[must_use]
    pub fn account(view: &View<'_>) -> Self {
        Self::new("AWS::Account", format!("account/{}", view.account_id()))
    }

    /// The region of a window.
    #[must_use]
    pub fn region(view: &View<'_>) -> Self {
        Self::new("AWS::Region", format!("region/{}", view.region_name()))
    }

    /// The root user of an account.
    #[must_use]
    pub fn root(view: &View<'_>) -> Self {
        Self::new("AWS::IAM::User", format!("arn:{}:iam::{}:root", view.partition(), view.account_id()))
    }
}

/// An item of a population that a check lists for a person: its fields by the names of columns, in their order. Every item of
/// a check has the same fields.
pub type Entry = Vec<(&'static str, String)>;

/// What a check decides on a resource whose facts are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The status.
    pub status: Status,
    /// What was seen, with figures and dates.
    pub observed: String,
    /// Why, where what was seen does not say it by itself.
    pub reason: Option<String>,
    /// The population that a person has to look at, item by item; `observed` may hold a part of it only.
    pub listed: Vec<Entry>,
    /// The time that was looked back over, from its first second to its last (UTC), where the verdict is on one.
    pub window: Option<(Timestamp, Timestamp)>,
}

impl Verdict {
    fn of(status: Status, observed: impl Into<String>) -> Self {
        Self { status, observed: observed.into(), reason: None, listed: Vec::new(), window: None }
    }

    /// What was seen meets what is expected.
    #[must_use]
    pub fn pass(observed: impl Into<String>) -> Self {
        Self::of(Status::Pass, observed)
    }

    /// What was seen does not meet what is expected.
    #[must_use]
    pub fn fail(observed: impl Into<String>) -> Self {
        Self::of(Status::Fail, observed)
    }

    /// Pass where it holds, fail where it does not.
    #[must_use]
    pub fn decide(holds: bool, observed: impl Into<String>) -> Self {
        Self::of(if holds { Status::Pass } else { Status::Fail }, observed)
    }

    /// The question does not arise; the reason says why.
    #[must_use]
    pub fn not_applicable(observed: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::of(Status::NotApplicable, observed).because(reason)
    }

    /// A person has to judge what was seen; the reason says what.
    #[must_use]
    pub fn manual(observed: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::of(Status::Manual, observed).because(reason)
    }

    /// Adds the items of a population.
    #[must_use]
    pub fn listing(mut self, entries: Vec<Entry>) -> Self {
        self.listed = entries;
        self
    }

    /// Adds the time that was looked back over.
    #[must_use]
    pub fn over(mut self, first: Timestamp, last: Timestamp) -> Self {
        self.window = Some((first, last));
        self
    }

    /// Adds why.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// What a check finds on one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The resource.
    pub resource: Resource,
    /// The verdict, or why there can be none.
    pub outcome: Result<Verdict, Gap>,
    /// What was looked at for this resource alone; the runner adds what was looked at for all.
    pub evidence: Vec<EvidenceRef>,
}

impl Finding {
    /// Judges one resource. A gap that the judgement runs into makes the result `not-evaluated`: use `?` on what
    /// [`Seen::see`] gives, and no check can forget it.
    pub fn judge(resource: Resource, judge: impl FnOnce(&Seen) -> Result<Verdict, Gap>) -> Self {
        let seen = Seen::default();
        let outcome = judge(&seen);
        Self { resource, outcome, evidence: seen.evidence() }
    }

    /// A verdict that needs no more facts than the window's.
    #[must_use]
    pub fn new(resource: Resource, verdict: Verdict) -> Self {
        Self { resource, outcome: Ok(verdict), evidence: Vec::new() }
    }
}

/// What a check gives: its findings, or the gap because of which there can be none. No findings mean no population.
pub type Evaluation = Result<Vec<Finding>, Gap>;
