//! What AWS refuses to everybody, whatever policies say: changing what is AWS's own. `data/refused.txt`.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::compile::{Action, Pattern, Target};
use crate::context::Nothing;
use crate::truth::Truth;
use crate::version::Version;

/// A row of the table.
#[derive(Debug)]
struct Refused {
    resource: Pattern,
    what: &'static str,
    source: &'static str,
}

impl Refused {
    /// Whether it speaks of all that is asked about. A pattern that it covers it also matches as a text, which is quick to tell.
    fn covers(&self, target: &Target) -> bool {
        self.resource.matches_one(target.text()) && self.resource.matches(target, &Nothing) == Truth::True
    }
}

type Table = HashMap<String, Vec<Refused>>;

/// By action in lower case.
fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table::new();
        for line in include_str!("../data/refused.txt").lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&'static str> = line.split('|').collect();
            let [actions, resource, what, source] = cells[..] else { continue };
            for action in actions.split(';') {
                let resource = Pattern::new(resource, Version::V2008);
                table.entry(action.to_ascii_lowercase()).or_default().push(Refused { resource, what, source });
            }
        }
        table
    })
}

/// The actions of the table, in lower case.
pub(crate) fn actions() -> impl Iterator<Item = &'static str> {
    table().keys().map(String::as_str)
}

/// Why AWS refuses an action on a resource, if it does on all that is asked about.
pub(crate) fn why(action: &Action, target: &Target) -> Option<String> {
    let rows = table().get(&action.name.to_ascii_lowercase())?;
    let found = rows.iter().find(|row| row.covers(target))?;
    Some(format!(
        "AWS refuses {} on {} to everybody, whatever policies say: it is {} ({})",
        action.name,
        target.text(),
        found.what,
        found.source
    ))
}

/// Whether AWS refuses an action, by its name in lower case, on a resource.
pub(crate) fn is_refused(lower: &str, target: &Target) -> bool {
    table().get(lower).is_some_and(|rows| rows.iter().any(|row| row.covers(target)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::actions::ActionTable;

    #[test]
    fn every_action_of_the_table_is_known() {
        let known = ActionTable::embedded();
        let unknown: Vec<&str> = actions().filter(|name| known.id(name).is_none()).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn what_is_aws_own_is_changed_by_nobody() {
        let asked = |action: &str, resource: &str| {
            let action = Action::parse(action, ActionTable::embedded()).unwrap();
            why(&action, &Target::new(resource, true)).is_some()
        };
        for (action, resource, refused) in [
            ("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/AdministratorAccess", true),
            ("iam:CreatePolicyVersion", "arn:aws-cn:iam::aws:policy/service-role/X", true),
            ("IAM:setdefaultpolicyversion", "arn:aws:iam::aws:policy/*", true),
            ("iam:CreatePolicyVersion", "arn:aws:iam::111122223333:policy/own", false),
            // Of all policies some are one's own.
            ("iam:CreatePolicyVersion", "arn:aws:iam::*:policy/*", false),
            ("iam:GetPolicy", "arn:aws:iam::aws:policy/AdministratorAccess", false),
            ("iam:PutRolePolicy", "arn:aws:iam::1:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_a_0", true),
            ("iam:TagRole", "arn:aws:iam::1:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", false),
            ("iam:UpdateAssumeRolePolicy", "arn:aws:iam::1:role/aws-service-role/x.amazonaws.com/Y", true),
            ("kms:UpdateAlias", "arn:aws:kms:eu-west-1:111122223333:alias/aws/s3", true),
            ("kms:UpdateAlias", "arn:aws:kms:eu-west-1:111122223333:alias/own", false),
        ] {
            assert_eq!(asked(action, resource), refused, "{action} {resource}");
        }
    }
}
