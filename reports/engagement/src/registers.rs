//! The registers that people keep: controls, policies, requests, documents, risks, exceptions, attestations.

use jiff::civil::Date;
use kickoff_checks::parameters::wildcard;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::cadence::{Every, Nature};
use crate::dates::DateOrder;

/// `[[controls]]`: a control of the client's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// The client's id, or `CC6.1.03`.
    pub id: String,
    /// What is done, by whom, how often.
    pub wording: String,
    /// Who answers for it: an id of `[[people]]`.
    pub owner: Option<String>,
    /// The criteria that it serves.
    pub criteria: Vec<String>,
    /// The checks that test it.
    #[serde(default)]
    pub checks: Vec<String>,
    /// How often it is carried out: an attestation is expected for each time.
    pub every: Option<Every>,
}

/// `[[policies]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// A short name that thresholds, risks and controls refer to.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The request that its document answers.
    pub request: Option<String>,
    /// Who answers for it: an id of `[[people]]`.
    pub owner: Option<String>,
    /// The criteria that it serves.
    #[serde(default)]
    pub criteria: Vec<String>,
    /// The controls that carry it out.
    #[serde(default)]
    pub controls: Vec<String>,
    /// The risks that it treats.
    #[serde(default)]
    pub risks: Vec<String>,
}

/// `[[requests]]`: what is known about a request, or a request of one's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestEntry {
    /// The id of a request in the list.
    pub id: String,
    /// The wording of a request that the list does not have.
    pub text: Option<String>,
    /// The criteria of a request that the list does not have.
    #[serde(default)]
    pub criteria: Vec<String>,
    /// The checks that answer a request that the list does not have.
    #[serde(default)]
    pub checks: Vec<String>,
    /// What the company calls the files of the request, where that is something else than they are called elsewhere.
    #[serde(default)]
    pub names: Vec<String>,
    /// The requests of the default list that it is the same as: their checks and documents answer it.
    #[serde(default)]
    pub standard: Vec<String>,
    /// Why no request of the default list is the same as it: nothing is proposed for it any more.
    pub no_counterpart: Option<String>,
    /// `policy` for what is in force over the period, `record` for what happened in it.
    pub nature: Option<Nature>,
    /// How often what it asks for is done: a document is expected for each time.
    pub every: Option<Every>,
    /// Who answers it: an id of `[[people]]`.
    pub owner: Option<String>,
    /// When it is due.
    pub due: Option<Date>,
    /// When it was handed to the auditor.
    pub delivered: Option<Date>,
    /// When the auditor accepted it.
    pub accepted: Option<Date>,
    /// Why the request does not arise here.
    pub not_applicable: Option<String>,
    /// A remark.
    pub note: Option<String>,
}

/// `[[documents]]`: a document that answers a request. A request may have several: quarters, versions, files of one delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The request that it answers.
    pub request: String,
    /// Its title, where that is not the request's.
    pub title: Option<String>,
    /// Who answers for it: an id of `[[people]]`.
    pub owner: Option<String>,
    /// The file, below the folder of kickoff.toml.
    pub file: Option<String>,
    /// Where it is, for what is not handed over as a file.
    pub link: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// When it was approved.
    pub approved: Option<Date>,
    /// By whom: an id of `[[people]]`.
    pub approver: Option<String>,
    /// Since when it is in force.
    pub effective: Option<Date>,
    /// The last day that it was in force; one that another version replaced need not say so.
    pub until: Option<Date>,
    /// The day that it is of: of the meeting, the review, the test.
    pub on: Option<Date>,
    /// What it is for, where something is done every so often: `2026-Q3`, `2026-08`, `2026-H2`, `2026`, `2026-W31`.
    pub occurrence: Option<String>,
    /// When it was taken from where it is kept.
    pub collected: Option<Date>,
    /// When it reached the engagement.
    pub received: Option<Date>,
    /// When it must be reviewed again.
    pub next_review: Option<Date>,
}

/// What a person decided about a risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RiskState {
    /// Nobody decided yet: results suggest it.
    #[default]
    Proposed,
    /// Taken as it was proposed, or written by hand.
    Accepted,
    /// Taken with a person's words and figures.
    Edited,
    /// Not a risk here; the note says why.
    Rejected,
}

impl RiskState {
    /// The name used in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Accepted => "accepted",
            Self::Edited => "edited",
            Self::Rejected => "rejected",
        }
    }
}

/// `[[risks]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Risk {
    /// `R-014`.
    pub id: String,
    /// What the risk was seeded from; none for one written by hand.
    pub seed: Option<String>,
    /// `proposed`, `accepted`, `edited` or `rejected`.
    #[serde(default)]
    pub state: RiskState,
    /// What might happen.
    pub threat: String,
    /// To what.
    pub asset: String,
    /// How likely it is without controls, 1 (rare) to 5 (expected); a figure or a word of `[risk_scale]`, where there is one.
    #[schemars(range(min = 1, max = 5))]
    pub likelihood: u8,
    /// How bad it would be, 1 (hardly felt) to 5 (the company is at stake); a figure or a word of `[risk_scale]`.
    #[schemars(range(min = 1, max = 5))]
    pub impact: u8,
    /// How likely it is with the controls as they are.
    #[schemars(range(min = 1, max = 5))]
    pub residual_likelihood: Option<u8>,
    /// How bad it would be with the controls as they are.
    #[schemars(range(min = 1, max = 5))]
    pub residual_impact: Option<u8>,
    /// Avoid, reduce, transfer or accept, and how.
    pub treatment: Option<String>,
    /// The controls that treat it.
    #[serde(default)]
    pub controls: Vec<String>,
    /// The checks that test them.
    #[serde(default)]
    pub checks: Vec<String>,
    /// The criteria that it touches.
    #[serde(default)]
    pub criteria: Vec<String>,
    /// The policies that treat it.
    #[serde(default)]
    pub policies: Vec<String>,
    /// Who answers for it: an id of `[[people]]`.
    pub owner: Option<String>,
    /// When its treatment must be done.
    pub due: Option<Date>,
    /// When it must be looked at again.
    pub review: Option<Date>,
    /// What a person has to say; the reason for a rejected one.
    pub note: Option<String>,
}

/// What a result is about, as an exception sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResultScope<'a> {
    /// The check.
    pub check: &'a str,
    /// The account.
    pub account: &'a str,
    /// The region.
    pub region: &'a str,
    /// The resource: an ARN where there is one.
    pub resource: &'a str,
}

/// `[[exceptions]]`: an approved exception. What is not named is not narrowed: with an account alone, all checks of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// `EXC-004`.
    pub id: String,
    /// The check.
    pub check: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The resource, or a pattern with `*` and `?`.
    pub resource: Option<String>,
    /// Why.
    pub reason: String,
    /// What is done instead.
    pub compensating_control: String,
    /// Who asked for it: an id of `[[people]]`, and not the approver's.
    pub requester: Option<String>,
    /// Who approved it: an id of `[[people]]`.
    pub approver: String,
    /// When.
    pub approved: Date,
    /// The last day on which it counts.
    pub expires: Date,
}

impl Exception {
    /// Whether it counts on a day: approved by then, and not past its last day.
    #[must_use]
    pub fn counts_on(&self, day: Date) -> bool {
        self.approved <= day && day <= self.expires
    }

    /// Whether a result is within its scope.
    #[must_use]
    pub fn covers(&self, result: &ResultScope<'_>) -> bool {
        let same = |wanted: &Option<String>, given: &str| wanted.as_deref().is_none_or(|wanted| wanted == given);
        same(&self.check, result.check)
            && same(&self.account, result.account)
            && same(&self.region, result.region)
            && self.resource.as_deref().is_none_or(|pattern| wildcard(pattern, result.resource, Some(b'?')))
    }
}

/// What a person found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Attested {
    /// The control works.
    Pass,
    /// It does not.
    Fail,
    /// The question does not arise here.
    NotApplicable,
}

/// `[[attestations]]`: what a person states about a control that no call can show.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// The control.
    pub control: String,
    /// The criteria that it serves.
    #[serde(default)]
    pub criteria: Vec<String>,
    /// The request that it answers.
    pub request: Option<String>,
    /// `pass`, `fail` or `not-applicable`.
    pub result: Attested,
    /// Who says so: an id of `[[people]]`.
    pub by: String,
    /// When.
    pub on: Date,
    /// What it is for, where the control is carried out every so often: `2026-Q3`. That of its day, where nothing is said.
    pub occurrence: Option<String>,
    /// The file that shows it, below the folder of kickoff.toml.
    pub evidence: String,
    /// What was done, and what was seen.
    pub note: Option<String>,
}

/// `[[access_reviews]]`: an access review that came back filled in. It answers its request for its time; several files may be one
/// review.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessReview {
    /// What it is for: `2026-Q3`.
    pub occurrence: String,
    /// The filled-in sheet, CSV or XLSX, below the folder of kickoff.toml.
    pub file: String,
    /// The SHA-256 of the file when it was read, in hexadecimal.
    pub sha256: String,
    /// The accounts that it is for, where that is not all of the scope.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// What `12/06/2026` is in it: `day-first` or `month-first`; its own days tell where they can.
    pub dates: Option<DateOrder>,
    /// The request that it answers; IAM-12 of the default list, where nothing is said.
    pub request: Option<String>,
    /// The run that its rows were counted against, so that a row that was taken out is seen.
    pub counted: Option<String>,
    /// How many principals of that run have no row, though they were there when the list was made.
    #[serde(default)]
    pub left_out: usize,
    /// How many principals of that run have no row, and of which it is not known whether they were there.
    #[serde(default)]
    pub unknown_age: usize,
    /// How many principals of that run are in accounts that it is for and that the sheet has no row of.
    #[serde(default)]
    pub other_accounts: usize,
    /// How many rows name no principal of that run, those aside whose access was revoked before it.
    #[serde(default)]
    pub not_in_run: usize,
    /// How many rows do not say what we wrote; left out where that run is not of the day that the list was made on.
    pub altered: Option<usize>,
}
