//! What an auditor says after something was handed over: how requests came back, and what was found.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

/// How a request came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReturnState {
    /// It is accepted.
    Accepted,
    /// A part of it is accepted.
    Partial,
    /// The auditor asks something.
    Question,
    /// It is not accepted as it is.
    Returned,
    /// The auditor agrees that it does not arise.
    NotApplicable,
    /// The auditor has it, and looks at it.
    Received,
    /// The auditor waits for it.
    Open,
}

impl ReturnState {
    /// All states.
    pub const ALL: [Self; 7] = [
        Self::Accepted,
        Self::Partial,
        Self::Question,
        Self::Returned,
        Self::NotApplicable,
        Self::Received,
        Self::Open,
    ];

    /// The name used in the file and in lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Partial => "partial",
            Self::Question => "question",
            Self::Returned => "returned",
            Self::NotApplicable => "not-applicable",
            Self::Received => "received",
            Self::Open => "open",
        }
    }

    /// The name in a sentence.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Partial => "accepted in part",
            Self::NotApplicable => "not applicable",
            other => other.name(),
        }
    }

    /// Whether something is left to do for whoever answers the request.
    #[must_use]
    pub fn opens(self) -> bool {
        matches!(self, Self::Partial | Self::Question | Self::Returned)
    }
}

/// `[[returns]]`: what an auditor said of a request on a day. Entries are added and never replaced: the last one by day counts,
/// of one day the last in the file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Return {
    /// The request.
    pub request: String,
    /// When the auditor said so.
    pub on: Date,
    /// `accepted`, `partial`, `question`, `returned`, `not-applicable`, `received` or `open`; none where the auditor's word is none of these,
    /// and decides nothing.
    pub state: Option<ReturnState>,
    /// The auditor's own word for it.
    pub word: Option<String>,
    /// What the auditor said besides, word for word.
    pub comment: Option<String>,
    /// Who said so: a name at the auditor's.
    pub by: Option<String>,
    /// The name of the list that it came with.
    pub file: Option<String>,
}

impl Return {
    /// Whether the auditor accepted.
    pub(crate) fn accepts(&self) -> bool {
        self.state == Some(ReturnState::Accepted)
    }

    /// What was said, by whom and when, on one line: `question of 2026-12-05 (Jane Roe): which users?`.
    #[must_use]
    pub fn told(&self) -> String {
        let what = match (self.state, &self.word) {
            (Some(state), _) => state.words().to_owned(),
            (None, Some(word)) => format!("`{word}`"),
            (None, None) => "comment".to_owned(),
        };
        let by = self.by.as_ref().map(|by| format!(" ({by})")).unwrap_or_default();
        let comment = self.comment.as_ref().map(|comment| format!(": {comment}")).unwrap_or_default();
        let plain = format!("{what} of {}{by}{comment}", self.on);
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// `[[findings]]`: what the auditor found, followed to its end. A closed one stays in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The auditor's id, or `F-001`.
    pub id: String,
    /// What was found, in the auditor's words.
    pub text: String,
    /// When it was raised.
    pub raised: Date,
    /// How grave it is, in the auditor's word.
    pub severity: Option<String>,
    /// The criteria that it touches.
    #[serde(default)]
    pub criteria: Vec<String>,
    /// The controls that it is about.
    #[serde(default)]
    pub controls: Vec<String>,
    /// The checks that tell whether it is still there.
    #[serde(default)]
    pub checks: Vec<String>,
    /// The requests that it came up with.
    #[serde(default)]
    pub requests: Vec<String>,
    /// Who mends it: an id of `[[people]]`.
    pub owner: Option<String>,
    /// When it must be mended.
    pub due: Option<Date>,
    /// What management answered.
    pub response: Option<String>,
    /// The file that shows that it is mended, below the folder of kickoff.toml.
    pub evidence: Option<String>,
    /// When the auditor closed it.
    pub closed: Option<Date>,
    /// Who at the auditor's said that it is closed.
    pub closed_by: Option<String>,
    /// A remark.
    pub note: Option<String>,
}
