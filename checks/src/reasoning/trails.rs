//! Trails as those see them who may.

use kickoff_facts::logging::Trail;
use kickoff_facts::{Gap, GapKind, View};

/// A trail as the account that owns it sees it, where that account is in the run: a member is not told everything.
#[must_use]
pub fn as_owner_sees<'a>(view: &View<'a>, trail: &'a Trail) -> &'a Trail {
    told_by_owner(view, trail).unwrap_or(trail)
}

/// The same.
///
/// # Errors
/// The owner was asked for its trails and did not tell.
pub fn told_by_owner<'a>(view: &View<'a>, trail: &'a Trail) -> Result<&'a Trail, Gap> {
    if trail.owner() == view.account_id() {
        return Ok(trail);
    }
    let Some(there) = view.neighbour_in(trail.owner(), &trail.home_region) else { return Ok(trail) };
    match there.trails() {
        Ok(all) => {
            let own = all.iter().find(|one| one.arn == trail.arn && one.primary);
            if own.is_some() {
                view.adopt(&there);
            }
            Ok(own.unwrap_or(trail))
        }
        Err(gap) if gap.kind == GapKind::NotCollected => Ok(trail),
        Err(gap) => {
            view.adopt(&there);
            Err(gap)
        }
    }
}
