//! What of a population a check tests. What it leaves out is noted with the reason, so that a reader can count from what
//! there is to what was tested: the population, less what is left out, is what was tested.

use kickoff_facts::View;
use kickoff_facts::iam::{Authorization, Group, ManagedPolicy, Role, User};

use crate::Resource;

/// Why a service-linked role is left out. IAM User Guide, "Create a service-linked role": the service owns its
/// permissions and its trust policy.
const SERVICE_LINKED: &str = "service-linked: the role is AWS's, and nobody else can change it";
/// Why a policy of AWS is left out. IAM User Guide, "Managed policies and inline policies": AWS alone can change it.
const AWS_MANAGED: &str = "AWS-managed: the policy is AWS's, and nobody else can change it";

/// Of items, those that are tested; of each of the others it is noted why it is left out.
pub fn tested<'a, T: 'a>(
    view: &View<'_>,
    items: impl IntoIterator<Item = &'a T>,
    resource: impl Fn(&T) -> Resource,
    left_out: impl Fn(&T) -> Option<&'static str>,
) -> Vec<&'a T> {
    let is_tested = |item: &&'a T| {
        let why = left_out(item);
        if let Some(why) = why {
            leave_out(view, resource(item), why);
        }
        why.is_none()
    };
    items.into_iter().filter(is_tested).collect()
}

/// Notes that one item is left out, and why.
pub fn leave_out(view: &View<'_>, resource: Resource, why: &'static str) {
    view.leave_out(resource.kind, resource.id, why);
}

/// The client's own roles that are tested: not those that AWS owns, nor those for which there is another reason.
pub fn own_roles<'a>(
    view: &View<'_>,
    authorization: &'a Authorization,
    left_out: impl Fn(&Role) -> Option<&'static str>,
) -> Vec<&'a Role> {
    tested(view, &authorization.roles, role, |role| {
        if role.is_service_linked() { Some(SERVICE_LINKED) } else { left_out(role) }
    })
}

/// The client's own managed policies that are tested: not AWS's, nor those for which there is another reason.
pub fn own_policies<'a>(
    view: &View<'_>,
    authorization: &'a Authorization,
    left_out: impl Fn(&ManagedPolicy) -> Option<&'static str>,
) -> Vec<&'a ManagedPolicy> {
    tested(view, &authorization.policies, policy, |policy| {
        if policy.is_aws_managed() { Some(AWS_MANAGED) } else { left_out(policy) }
    })
}

/// A user as the resource of a result.
#[must_use]
pub fn user(user: &User) -> Resource {
    Resource::new("AWS::IAM::User", &user.arn)
}

/// A group as the resource of a result.
#[must_use]
pub fn group(group: &Group) -> Resource {
    Resource::new("AWS::IAM::Group", &group.arn)
}

/// A role as the resource of a result.
#[must_use]
pub fn role(role: &Role) -> Resource {
    Resource::new("AWS::IAM::Role", &role.arn)
}

/// A managed policy as the resource of a result.
#[must_use]
pub fn policy(policy: &ManagedPolicy) -> Resource {
    Resource::new("AWS::IAM::ManagedPolicy", &policy.arn)
}
