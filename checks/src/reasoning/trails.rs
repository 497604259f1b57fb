//! Trails as those see them who may.

use kickoff_facts::View;
use kickoff_facts::logging::Trail;

/// A trail as the account that owns it sees it, where that account is in the run: a member is not told everything.
#[must_use]
pub fn as_owner_sees<'a>(view: &View<'a>, trail: &'a Trail) -> &'a Trail {
    if trail.owner() == view.account_id() {
        return trail;
    }
    let found = view.neighbour_in(trail.owner(), &trail.home_region).and_then(|there| {
        let own = there.trails().ok()?.iter().find(|one| one.arn == trail.arn && one.primary)?;
        view.adopt(&there);
        Some(own)
    });
    found.unwrap_or(trail)
}
