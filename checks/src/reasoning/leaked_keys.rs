//! The policies by which AWS marks a user whose access key leaked. They take rights away and are a sign of an incident: no
//! check asks to remove them.

use kickoff_facts::iam::User;

use crate::frame::parameters::wildcard;
use crate::frame::table::fields;
use crate::reasoning::attachments::aws_policy;

const DATA: &str = include_str!("../../data/aws_marks.csv");

/// A policy that marks a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Its name; `*` stands for any text.
    pub policy: &'static str,
    /// Whether it counts only where AWS owns the policy.
    by_aws: bool,
    /// What AWS says of it.
    pub says: &'static str,
}

fn all() -> impl Iterator<Item = Mark> {
    DATA.lines().skip(1).filter_map(|line| {
        let [policy, whose, says, _, _] = fields(line).try_into().ok()?;
        Some(Mark { policy, by_aws: whose == "AWS", says })
    })
}

/// The mark that a policy attached under an ARN is, if it is one.
#[must_use]
pub fn attached(arn: &str) -> Option<Mark> {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    all().find(|mark| wildcard(mark.policy, name, None) && (!mark.by_aws || aws_policy(arn).is_some()))
}

/// The mark that an inline policy of a name is, if it is one.
#[must_use]
pub fn inline(name: &str) -> Option<Mark> {
    all().find(|mark| !mark.by_aws && mark.policy == name)
}

/// The marks of a user: the name under which each is attached or embedded, and what AWS says of it.
pub fn marks(user: &User) -> impl Iterator<Item = (&str, Mark)> {
    let own = user.attached.iter().filter_map(|arn| Some((arn.rsplit('/').next().unwrap_or(arn), attached(arn)?)));
    own.chain(user.inline.iter().filter_map(|policy| Some((policy.name.as_str(), inline(&policy.name)?))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_mark_and_a_later_version_of_the_quarantine_is_one_too() {
        assert_eq!(all().count(), DATA.lines().count() - 1);
        let by_aws = |name: &str| attached(&format!("arn:aws:iam::aws:policy/{name}")).map(|mark| mark.policy);
        assert_eq!(by_aws("AWSCompromisedKeyQuarantine"), Some("AWSCompromisedKeyQuarantine"));
        assert_eq!(by_aws("AWSCompromisedKeyQuarantineV3"), Some("AWSCompromisedKeyQuarantineV3"));
        assert_eq!(by_aws("AWSCompromisedKeyQuarantineV9"), Some("AWSCompromisedKeyQuarantine*"));
        assert_eq!(by_aws("AWSDenyAll"), None);
        assert!(attached("arn:aws-us-gov:iam::aws:policy/AWSCompromisedKeyQuarantineV2").is_some());
    }

    #[test]
    fn a_policy_of_the_clients_own_under_the_quarantines_name_is_no_mark_of_aws() {
        assert_eq!(attached("arn:aws:iam::111122223333:policy/AWSCompromisedKeyQuarantineV3"), None);
        assert!(attached("arn:aws:iam::111122223333:policy/AWSExposedCredentialPolicy_DO_NOT_REMOVE").is_some());
        assert!(inline("AWSExposedCredentialPolicy_DO_NOT_REMOVE").is_some());
        assert_eq!(inline("AWSCompromisedKeyQuarantineV3"), None);
    }
}
