//! What checks of IAM Identity Center share. Its instance is in one region of the management account, so that every
//! question is asked of all regions; "none" needs all of them to have been scanned.

use kickoff_facts::identity_center::{PermissionSet, PermissionSetAssignments};
use kickoff_facts::{Gap, Need, Seen, View};

use crate::reasoning::tested::leave_out;
use crate::reasoning::{management, regions};
use crate::{Evaluation, Finding, Resource, Verdict};

/// The call that tells where the instance is.
pub const CALL: &str = "sso-admin:ListInstances";

/// A family of the instance's region.
///
/// # Errors
/// Nothing was found, and a region could not be read or was not scanned.
pub fn family<'a, T>(
    view: &View<'a>,
    need: Need,
    look: impl Fn(&View<'a>) -> Result<&'a Option<Vec<T>>, Gap>,
) -> Result<Vec<&'a T>, Gap> {
    let found = regions::find(view, |region| Ok(management::told(region, need, look(region))?.iter().collect()))?;
    if found.is_empty() {
        regions::all_scanned(view, CALL)?;
    }
    Ok(found)
}

/// The permission sets.
///
/// # Errors
/// They are not known.
pub fn permission_sets<'a>(view: &View<'a>) -> Result<Vec<&'a PermissionSet>, Gap> {
    family(view, Need::PermissionSets, View::permission_sets)
}

/// The assignments of each permission set.
///
/// # Errors
/// They are not known.
pub fn assignments<'a>(view: &View<'a>) -> Result<Vec<&'a PermissionSetAssignments>, Gap> {
    family(view, Need::Assignments, View::assignments)
}

/// A permission set as the resource of a result.
#[must_use]
pub fn permission_set(arn: &str) -> Resource {
    Resource::new("AWS::SSO::PermissionSet", arn)
}

/// Judges things of Identity Center one by one, in the management account; elsewhere the question does not arise. What
/// is not tested has a reason in place of a verdict.
///
/// # Errors
/// The organization or the things are not known.
pub fn judge_each<'a, T: 'a>(
    view: &View<'a>,
    things: impl FnOnce(&View<'a>) -> Result<Vec<&'a T>, Gap>,
    arn: impl Fn(&'a T) -> &'a str,
    decide: impl Fn(&'a T, &Seen) -> Result<Result<Verdict, &'static str>, Gap>,
) -> Evaluation {
    if let Err(verdict) = management::organization(view)? {
        return Ok(vec![Finding::new(Resource::account(view), verdict)]);
    }
    let judged = things(view)?.into_iter().filter_map(|thing| {
        let seen = Seen::default();
        let resource = permission_set(arn(thing));
        let outcome = match decide(thing, &seen) {
            Ok(Ok(verdict)) => Ok(verdict),
            Ok(Err(why)) => {
                leave_out(view, resource, why);
                return None;
            }
            Err(gap) => Err(gap),
        };
        Some(Finding { resource, outcome, evidence: seen.evidence() })
    });
    Ok(judged.collect())
}
