//! A row of a review: what was decided, and what may be wrong with it.

use jiff::civil::Date;
use kickoff_checks::Status;

use super::decision::Decision;
use super::sheet::Line;

/// What may be wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Nothing is decided.
    Undecided,
    /// What is said is no decision that is known.
    Unclear,
    /// The principal stands in another row too, and the two decide differently.
    Contradicted,
    /// The reviewer is the reviewed.
    SelfReview,
    /// Nobody is named who decided.
    NoReviewer,
    /// It is not said when it was decided, or not so that it can be read.
    NoDay,
    /// It was decided before the list was made, or is still to come, or is not of the time that the review is for.
    WrongDay,
    /// The reviewer may be the reviewed.
    MaybeSelf,
    /// It is to be changed, and it is not said how.
    NoChange,
    /// It was added by hand: no fact stands beside the name.
    ByHand,
    /// It is struck through.
    Struck,
}

impl Fault {
    /// All of them, the worst first.
    pub const ALL: [Self; 11] = [
        Self::Undecided,
        Self::Unclear,
        Self::Contradicted,
        Self::SelfReview,
        Self::NoReviewer,
        Self::NoDay,
        Self::WrongDay,
        Self::MaybeSelf,
        Self::NoChange,
        Self::ByHand,
        Self::Struck,
    ];

    /// The name used in lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::Unclear => "unclear",
            Self::Contradicted => "contradicted",
            Self::SelfReview => "self-review",
            Self::NoReviewer => "no-reviewer",
            Self::NoDay => "no-day",
            Self::WrongDay => "wrong-day",
            Self::MaybeSelf => "may-be-self-review",
            Self::NoChange => "change-not-said",
            Self::ByHand => "added-by-hand",
            Self::Struck => "struck-through",
        }
    }

    /// What it is, of so many rows.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Undecided => "not decided",
            Self::Unclear => "not decided: what is said is no decision that is known",
            Self::Contradicted => "in two rows that decide differently",
            Self::SelfReview => "reviewed by the person who is reviewed",
            Self::NoReviewer => "decided by nobody who is named",
            Self::NoDay => "decided on no day that can be read",
            Self::WrongDay => "decided on a day that cannot be",
            Self::MaybeSelf => "perhaps reviewed by the person who is reviewed",
            Self::NoChange => "to be changed, and not said how",
            Self::ByHand => "added by hand",
            Self::Struck => "struck through",
        }
    }

    /// Whether it keeps the review from counting, or is for a person to look at.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::MaybeSelf | Self::NoChange | Self::ByHand | Self::Struck => Status::Manual,
            _ => Status::Fail,
        }
    }

    /// Whether the row is not decided.
    fn leaves_open(self) -> bool {
        matches!(self, Self::Undecided | Self::Unclear | Self::Contradicted)
    }
}

/// A row of the review, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedRow {
    /// The row as it came back.
    pub line: Line,
    /// What people call the principal: its name, with its account where the sheet has several.
    pub label: String,
    /// What was decided, where it is clear.
    pub decision: Option<Decision>,
    /// On which day, where it can be read.
    pub day: Option<Date>,
    /// What is wrong with it, and what of it.
    pub faults: Vec<(Fault, String)>,
    /// Another row that the principal stands in.
    pub again: Option<u64>,
}

impl JudgedRow {
    /// Whether it has something of a kind.
    #[must_use]
    pub fn has(&self, wanted: Fault) -> bool {
        self.faults.iter().any(|(fault, _)| *fault == wanted)
    }

    /// Whether it is decided.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        self.decision.is_some() && !self.faults.iter().any(|(fault, _)| fault.leaves_open())
    }
}

/// Whether an ARN is that of a role of Identity Center, behind which there are people.
pub(super) fn is_of_permission_set(arn: &str) -> bool {
    let arn = arn.to_ascii_lowercase();
    arn.contains(":role/") && arn.contains("/awsreservedsso_")
}
