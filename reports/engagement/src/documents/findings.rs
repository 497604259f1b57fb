//! What is found about one document; the worst decides.

use kickoff_checks::Status;

/// Findings about one document.
#[derive(Default)]
pub(super) struct Findings(Vec<(Status, String)>);

impl Findings {
    pub(super) fn fail(&mut self, what: impl Into<String>) {
        self.add(Status::Fail, what);
    }

    pub(super) fn manual(&mut self, what: impl Into<String>) {
        self.add(Status::Manual, what);
    }

    pub(super) fn add(&mut self, status: Status, what: impl Into<String>) {
        let found = (status, what.into());
        if !self.0.contains(&found) {
            self.0.push(found);
        }
    }

    /// The worst of what was found, and all of it.
    pub(super) fn told(self) -> (Status, Vec<String>) {
        (worst(self.0.iter().map(|(status, _)| *status)), self.0.into_iter().map(|(_, what)| what).collect())
    }
}

/// The worst of some; `pass` where there is none.
pub(super) fn worst(found: impl Iterator<Item = Status> + Clone) -> Status {
    let order = [Status::Fail, Status::NotEvaluated, Status::Manual].into_iter();
    let mut order = order.filter(|status| found.clone().any(|found| found == *status));
    order.next().unwrap_or(Status::Pass)
}
