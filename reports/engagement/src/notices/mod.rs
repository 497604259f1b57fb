//! What is worth saying about a file on a day and makes nothing wrong: what an auditor would ask about.

mod exceptions;
mod frame;
mod reach;
mod reviews;
mod subservice;
mod time;
mod vendors;

use jiff::civil::Date;

use crate::file::{Engagement, Report};
use crate::problems::{Problem, Problems};

impl Engagement {
    /// What is worth saying on a day and makes nothing wrong, in the order of the lines: exceptions that do not hold,
    /// reviews that are overdue, a plan or a period that an auditor would not take, reports that end too early.
    #[must_use]
    pub fn notices(&self, today: Date) -> Vec<Problem> {
        let days = self.report.as_ref().and_then(Report::days);
        let mut notices = Problems::new(&self.lines);
        exceptions::tell(self, days, today, &mut notices);
        frame::tell(self, today, &mut notices);
        reviews::risks(self, today, &mut notices);
        reviews::documents(self, days, today, &mut notices);
        time::tell(self, days, &mut notices);
        subservice::tell(self, days, &mut notices);
        vendors::tell(self, days, today, &mut notices);
        notices.into_found()
    }
}

/// How many notices there are, in words: `nothing to say`, `1 notice`, `7 notices`.
#[must_use]
pub fn counted(notices: &[Problem]) -> String {
    match notices.len() {
        0 => "nothing to say".to_owned(),
        1 => "1 notice".to_owned(),
        count => format!("{count} notices"),
    }
}
