//! What is said of a list, where its heads and days do not tell.

use crate::columns::RequestColumns;
use crate::dates::DateOrder;
use crate::file::Engagement;

/// What is said of a list, where it does not tell itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListOptions {
    /// What `12/06/2026` is; where nothing says, a column does as soon as one of its days can only be one.
    pub dates: Option<DateOrder>,
    /// Which column is what.
    pub columns: RequestColumns,
}

impl ListOptions {
    /// What kickoff.toml says.
    #[must_use]
    pub fn of(engagement: &Engagement) -> Self {
        Self { dates: engagement.request_dates, columns: engagement.request_columns.clone().unwrap_or_default() }
    }
}
