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

    /// What kickoff.toml says of a list, by the path that it would have there. What was said of one list says nothing of
    /// another; where no list is named yet, it was said of the one to come.
    #[must_use]
    pub fn of_list(engagement: &Engagement, list: &str) -> Self {
        if is_other(engagement, list) { Self::default() } else { Self::of(engagement) }
    }
}

/// Whether kickoff.toml names another list than this one.
pub(super) fn is_other(engagement: &Engagement, list: &str) -> bool {
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !["", "."].contains(part)).map(str::to_owned).collect()
    };
    engagement.request_list.as_ref().is_some_and(|known| parts(known) != parts(list))
}
