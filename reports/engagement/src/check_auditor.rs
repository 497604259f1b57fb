//! Holds what the auditor said against itself: statements that say nothing, findings that are closed before they were raised.

use crate::check::{Names, upright};

impl Names<'_, '_> {
    /// The statements and the findings of the auditor.
    pub(crate) fn auditor(&mut self) {
        let file = self.file;
        for (at, said) in file.returns.iter().enumerate() {
            if said.state.is_none() && said.word.is_none() && said.comment.is_none() {
                let what = "says nothing: give its `state`, the auditor's own `word`, or a `comment`";
                self.problems.add(&format!("returns[{at}]"), what);
            }
        }
        for (at, finding) in file.findings.iter().enumerate() {
            let key = format!("findings[{at}]");
            self.people(&format!("{key}.owner"), &finding.owner);
            self.criteria(&key, &finding.criteria);
            self.controls(&format!("{key}.controls"), &finding.controls);
            self.checks(&format!("{key}.checks"), &finding.checks);
            finding.evidence.iter().for_each(|path| self.path(&format!("{key}.evidence"), path));
            for (name, day) in [("due", finding.due), ("closed", finding.closed)] {
                if let Some(day) = day {
                    upright(&key, ("raised", finding.raised), (name, day), self.problems);
                }
            }
            match (finding.closed, &finding.closed_by) {
                (Some(_), None) => self.problems.add(
                    &format!("{key}.closed_by"),
                    "is missing: a finding is closed by the auditor, so say who of them said so",
                ),
                (None, Some(_)) => self
                    .problems
                    .add(&format!("{key}.closed"), "is missing: `closed_by` says who closed it, so say when"),
                _ => {}
            }
        }
    }
}
