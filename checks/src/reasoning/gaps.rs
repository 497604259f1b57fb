//! The gap that is left by an answer which came and does not say what has to be known.

use kickoff_facts::{Gap, GapKind, View};

/// Nothing can be decided, because the answer of a call does not say something; the message says what.
#[must_use]
pub fn unsaid(view: &View<'_>, call: &str, message: impl Into<String>) -> Gap {
    Gap {
        kind: GapKind::Failed,
        call: call.to_owned(),
        region: view.home_region().to_owned(),
        message: message.into(),
        evidence: None,
    }
}
