//! What checks of policies that AWS owns share: which one an ARN names, and who holds it.

use kickoff_facts::iam::Authorization;

/// The name of a policy that AWS owns, with its path after `policy/`; none for a policy of the client's.
#[must_use]
pub fn aws_policy(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':').skip(4);
    match (parts.next(), parts.next()) {
        (Some("aws"), Some(resource)) => resource.strip_prefix("policy/"),
        _ => None,
    }
}

/// The names of policies, without the rest of their ARNs.
pub fn policy_names<'a>(arns: impl IntoIterator<Item = &'a String>) -> impl Iterator<Item = &'a str> {
    arns.into_iter().map(|arn| arn.rsplit('/').next().unwrap_or(arn))
}

/// Who holds a policy that AWS owns: users, roles, and groups that have members.
#[must_use]
pub fn holders(authorization: &Authorization, name: &str) -> Vec<String> {
    let holds = |attached: &[String]| attached.iter().any(|arn| aws_policy(arn) == Some(name));
    let users = authorization.users.iter().filter(|user| holds(&user.attached)).map(|user| &user.name);
    let groups = authorization.groups.iter().filter(|group| holds(&group.attached)).map(|group| &group.name);
    let roles = authorization.roles.iter().filter(|role| holds(&role.attached)).map(|role| &role.name);
    let peopled = groups.filter(|group| members(authorization, group) > 0);
    users
        .map(|name| format!("user {name}"))
        .chain(peopled.map(|name| format!("group {name}")))
        .chain(roles.map(|name| format!("role {name}")))
        .collect()
}

/// How many users are in a group.
#[must_use]
pub fn members(authorization: &Authorization, group: &str) -> usize {
    authorization.users.iter().filter(|user| user.groups.iter().any(|name| name == group)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_policies_that_aws_owns_have_a_name() {
        assert_eq!(aws_policy("arn:aws:iam::aws:policy/SecurityAudit"), Some("SecurityAudit"));
        assert_eq!(
            aws_policy("arn:aws-us-gov:iam::aws:policy/job-function/ViewOnlyAccess"),
            Some("job-function/ViewOnlyAccess")
        );
        assert_eq!(aws_policy("arn:aws:iam::111122223333:policy/SecurityAudit"), None);
    }
}
