//! How a request stands with the auditor: what of all that was said of it decides, and whether it was delivered again since.

use jiff::civil::Date;
use kickoff_checks::Status;

use crate::documents::DocumentResult;
use crate::file::Engagement;
use crate::registers::RequestEntry;
use crate::statements::{Return, ReturnState};

/// What the auditor says of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    /// The statement that decides; none where none of them does.
    pub decides: Option<Return>,
    /// What was said since, and decides nothing.
    pub remark: Option<Return>,
    /// Whether the request is open again: there is a question, it was returned, or what was accepted stands as open now.
    pub opens: bool,
    /// What was delivered since, in words; none where nothing was.
    pub again: Option<String>,
}

impl Back {
    /// The statement to show: the one that decides, else the last.
    #[must_use]
    pub fn shown(&self) -> Option<&Return> {
        self.decides.as_ref().or(self.remark.as_ref())
    }

    /// The state in force.
    #[must_use]
    pub fn state(&self) -> Option<ReturnState> {
        self.decides.as_ref().and_then(|said| said.state)
    }

    /// That the auditor agrees that it does not arise.
    #[must_use]
    pub fn agreed(&self) -> Option<&Return> {
        self.decides.as_ref().filter(|said| said.state == Some(ReturnState::NotApplicable))
    }

    /// Whether the request is open again, and nothing was delivered since.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.opens && self.again.is_none()
    }

    /// What the auditor said and nobody answered yet, where it leaves the request as it is: a comment on what was received.
    #[must_use]
    pub fn unanswered(&self) -> Option<&Return> {
        let settled = self.opens || matches!(self.state(), Some(ReturnState::Accepted | ReturnState::NotApplicable));
        let said = self.remark.as_ref().or(self.decides.as_ref().filter(|_| !settled));
        said.filter(|said| said.comment.is_some() && self.again.is_none())
    }

    /// What is to be done for a request of an id and a wording; none where nothing is to be answered.
    #[must_use]
    pub fn task(&self, id: &str, wording: &str) -> Option<String> {
        let what = if self.is_open() {
            let what = match self.state() {
                Some(ReturnState::Question) => "answer the auditor's question on",
                Some(ReturnState::Partial) => "hand over what the auditor still misses of",
                Some(ReturnState::Returned) => "mend what the auditor returned,",
                _ => "ask what the auditor still waits for on",
            };
            let comment = self.decides.as_ref().and_then(|said| said.comment.as_deref());
            format!("{what} {id}: {}", comment.unwrap_or(wording))
        } else {
            format!("read what the auditor says to {id}: {}", self.unanswered()?.comment.as_ref()?)
        };
        Some(what.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// All of it in words, a line each.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let said = self.decides.iter().chain(&self.remark).map(Return::told);
        said.chain(self.again.clone()).collect()
    }
}

/// All statements of a request, by day; those of one day in the order of the file. That it was accepted, as its own entry says,
/// is one of them. What was said of one of ours that it stands for is said of it.
pub(crate) fn statements(
    engagement: &Engagement,
    entry: Option<&RequestEntry>,
    request: &str,
    ours: Option<&str>,
) -> Vec<Return> {
    let own = entry.and_then(|entry| entry.accepted).map(|on| Return {
        request: request.to_owned(),
        on,
        state: Some(ReturnState::Accepted),
        word: None,
        comment: None,
        by: None,
        file: None,
    });
    let said = engagement.returns.iter().filter(|said| is_of(said, request, ours)).cloned();
    let mut all: Vec<Return> = own.into_iter().chain(said).collect();
    all.sort_by_key(|said| said.on);
    all
}

fn is_of(said: &Return, request: &str, ours: Option<&str>) -> bool {
    said.request == request || ours.is_some_and(|ours| said.request == ours)
}

/// What decides, what was said since, and whether the request is open again. An auditor who waits for what was returned still
/// wants it; one who waits for what was accepted has opened it again.
pub(crate) fn in_force(statements: &[Return]) -> (Option<&Return>, Option<&Return>, bool) {
    let (mut decides, mut remark, mut opens): (Option<&Return>, Option<&Return>, bool) = (None, None, false);
    for said in statements {
        match said.state {
            None => remark = Some(said),
            Some(ReturnState::Open) if opens => remark = Some(said),
            Some(ReturnState::Open) => {
                let before = decides.and_then(|before| before.state);
                opens = matches!(before, Some(ReturnState::Accepted | ReturnState::NotApplicable));
                (decides, remark) = (Some(said), None);
            }
            Some(state) => {
                opens = state.opens();
                (decides, remark) = (Some(said), None);
            }
        }
    }
    (decides, remark, opens)
}

/// How a request stands with the auditor, by its documents; none where nothing was said of it, nor of `ours`, which it stands
/// for.
pub(super) fn back(
    engagement: &Engagement,
    entry: Option<&RequestEntry>,
    request: &str,
    ours: Option<&str>,
    documents: &[&DocumentResult],
) -> Option<Back> {
    if !engagement.returns.iter().any(|said| is_of(said, request, ours)) {
        return None;
    }
    let statements = statements(engagement, entry, request, ours);
    let (decides, remark, opens) = in_force(&statements);
    let last = remark.or(decides);
    let again = last.and_then(|said| delivered_since(said.on, entry, documents));
    Some(Back { decides: decides.cloned(), remark: remark.cloned(), opens, again })
}

/// What was delivered after a day: that the request was, or a document of it that is there and not wrong.
fn delivered_since(day: Date, entry: Option<&RequestEntry>, documents: &[&DocumentResult]) -> Option<String> {
    if let Some(delivered) = entry.and_then(|entry| entry.delivered).filter(|delivered| *delivered > day) {
        return Some(format!("delivered again on {delivered}"));
    }
    let good = documents.iter().filter(|document| {
        document.entered && document.there && [Status::Pass, Status::Manual].contains(&document.status)
    });
    let newest = good.filter_map(|document| document.received.max(document.collected)).max();
    newest.filter(|newest| *newest > day).map(|newest| format!("delivered again by a document of {newest}"))
}
