//! Where an account stands in its organization, and what checks of an organization share: they are decided in its
//! management account and nowhere else.

use kickoff_facts::organization::Organization;
use kickoff_facts::{Gap, Need, Seen, View};

use crate::reasoning::gaps::unsaid;
use crate::{Evaluation, Finding, Resource, Verdict};

/// Where an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing<'a> {
    /// It belongs to no organization.
    Alone,
    /// It is a member of an organization that another account manages.
    Member(&'a Organization),
    /// It manages an organization.
    Management(&'a Organization),
}

/// Where the account stands.
///
/// # Errors
/// The organization is not known.
pub fn standing<'a>(view: &View<'a>) -> Result<Standing<'a>, Gap> {
    Ok(match view.organization()? {
        None => Standing::Alone,
        Some(organization) if organization.management_account == view.account_id() => {
            Standing::Management(organization)
        }
        Some(organization) => Standing::Member(organization),
    })
}

/// The organization that the account manages, or the verdict that the question does not arise in this account.
///
/// # Errors
/// The organization is not known.
pub fn organization<'a>(view: &View<'a>) -> Result<Result<&'a Organization, Verdict>, Gap> {
    Ok(match standing(view)? {
        Standing::Management(organization) => Ok(organization),
        Standing::Member(organization) => Err(member(organization)),
        Standing::Alone => Err(alone()),
    })
}

/// The verdict on an account without an organization.
#[must_use]
pub fn alone() -> Verdict {
    Verdict::not_applicable("the account belongs to no organization", "the question is asked of an organization")
}

/// The verdict on a member account that cannot speak for its organization.
#[must_use]
pub fn member(organization: &Organization) -> Verdict {
    let Organization { id, management_account, .. } = organization;
    Verdict::not_applicable(
        format!("a member account of {id}"),
        format!("this is decided in the management account {management_account}"),
    )
}

/// The organization as a resource.
fn resource(view: &View<'_>, organization: &Organization) -> Resource {
    let Organization { id, management_account, .. } = organization;
    Resource::new(
        "AWS::Organizations::Organization",
        format!("arn:{}:organizations::{management_account}:organization/{id}", view.partition()),
    )
}

/// Judges the organization from its management account. In an account that belongs to no organization, and in a member
/// account, the question does not arise; the reason names the account that can tell.
///
/// # Errors
/// It is not known whether the account belongs to an organization.
pub fn judge(view: &View<'_>, decide: impl FnOnce(&Organization, &Seen) -> Result<Verdict, Gap>) -> Evaluation {
    Ok(vec![match self::organization(view)? {
        Ok(organization) => Finding::judge(resource(view, organization), |seen| decide(organization, seen)),
        Err(verdict) => Finding::new(Resource::account(view), verdict),
    }])
}

/// What the management account was told of a family that is none only where there is no organization.
///
/// # Errors
/// The family is not known, or is none although there is an organization.
pub fn told<'a, T>(view: &View<'a>, need: Need, family: Result<&'a Option<T>, Gap>) -> Result<&'a T, Gap> {
    let call = need.operation_ids().first().copied().unwrap_or_default();
    family?.as_ref().ok_or_else(|| unsaid(view, call, "the management account was told nothing"))
}
