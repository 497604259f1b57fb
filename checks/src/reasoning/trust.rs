//! Who may assume a role: the statements of trust policies, and conditions that tell who asks.

use kickoff_facts::{Gap, GapKind, View};
use kickoff_policy::compile::{Compiled, Policy};
use kickoff_policy::condition::Condition;
use kickoff_policy::document::{Kind, PrincipalEntry, Statement};
use kickoff_policy::glob;
use kickoff_policy::whom;

use crate::frame::wording::line;
use crate::reasoning::tested::{leave_out, own_roles, role as resource};
use crate::{Evaluation, Finding, Verdict};

/// Keys that say to which organization or account the caller belongs, or who it is.
pub const CALLER_KEYS: &[&str] =
    &["aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn"];

/// Keys that say for whom a service asks.
pub const SOURCE_KEYS: &[&str] = &["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"];

/// Keys that say where a request comes from: that may be as good as knowing the caller.
pub const NETWORK_KEYS: &[&str] =
    &["aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn", "aws:vpcsourceip", "aws:vpceaccount"];

/// What one statement is, for the question of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// As it is asked for.
    Good(String),
    /// A person has to judge it.
    Open(String),
    /// Not as it is asked for.
    Bad(String),
}

/// The gap that is left by a document that cannot be read.
fn unread(view: &View<'_>, call: &str, message: String) -> Gap {
    let (call, region) = (call.to_owned(), view.region_name().to_owned());
    Gap { kind: GapKind::Failed, call, region, message, evidence: None }
}

/// Parses a policy document; the answer of the call holds it.
///
/// # Errors
/// The text is no policy document.
pub fn parse(view: &View<'_>, call: &str, whose: &str, text: &str) -> Result<Policy, Gap> {
    Policy::parse(text, Kind::Resource)
        .map_err(|error| unread(view, call, format!("{whose}: {}", line(&error.to_string()))))
}

/// Whether nothing in a document is in doubt.
///
/// # Errors
/// The gap that is left by what is in doubt.
pub fn doubt(view: &View<'_>, call: &str, whose: &str, policy: &Policy) -> Result<(), Gap> {
    match policy.problems.first() {
        Some(problem) => Err(unread(view, call, format!("{whose}: {}", line(&problem.to_string())))),
        None => Ok(()),
    }
}

/// `statement 2 (Sid Vendor)`.
#[must_use]
pub fn place(statement: &Statement) -> String {
    match &statement.sid {
        Some(sid) if !sid.is_empty() => format!("statement {} (Sid {})", statement.number, line(sid)),
        _ => format!("statement {} (no Sid)", statement.number),
    }
}

/// The conditions of a statement, `condition StringEquals sts:ExternalId x`, or `no condition`.
#[must_use]
pub fn conditions(statement: &Statement) -> String {
    if statement.conditions.is_empty() {
        return "no condition".to_owned();
    }
    let all: Vec<String> = statement.conditions.iter().map(|condition| line(&condition.to_string())).collect();
    format!("condition {}", all.join(" and "))
}

/// On what terms a statement grants: its conditions, and what a Deny takes back from everybody.
#[must_use]
pub fn terms(policy: &Policy, statement: &Compiled) -> String {
    let denies = whom::taking_back(&policy.statements, statement);
    let less =
        denies.iter().map(|deny| format!(", less what {} denies, {}", place(&deny.source), conditions(&deny.source)));
    std::iter::once(conditions(&statement.source)).chain(less).collect()
}

/// The principals of a statement that an Allow means; none where it lists those that it does not mean.
pub fn principals(statement: &Statement) -> impl Iterator<Item = &PrincipalEntry> {
    statement.principals.iter().filter(|listed| !listed.not).flat_map(|listed| &listed.entries)
}

/// Whether a statement means everybody, or everybody but some.
#[must_use]
pub fn means_everybody(statement: &Statement) -> bool {
    statement.principals.as_ref().is_some_and(|listed| listed.not || listed.entries.contains(&PrincipalEntry::Anyone))
}

/// The account that a principal belongs to, where it is an account, a user, a role or a session.
#[must_use]
pub fn account_of(principal: &PrincipalEntry) -> Option<&str> {
    match principal {
        PrincipalEntry::Account(account) => Some(account),
        PrincipalEntry::Arn(text) => text.split(':').nth(4),
        _ => None,
    }
}

/// Whether a condition has one of the keys, which are in lower case.
#[must_use]
pub fn has_key(condition: &Condition, keys: &[&str]) -> bool {
    keys.iter().any(|key| condition.key.eq_ignore_ascii_case(key))
}

/// Whether a statement names a provider of a host by its ARN, not by the host alone.
#[must_use]
pub fn has_provider(statement: &Statement, host: &str) -> bool {
    let arn = |entry: &PrincipalEntry| matches!(entry, PrincipalEntry::Federated(name) if name.split_once(":oidc-provider/").is_some_and(|(_, of)| of == host));
    principals(statement).any(arn)
}

/// Whether a statement speaks of one of the actions.
#[must_use]
pub fn speaks_of(statement: &Statement, actions: &[&str]) -> bool {
    let named = |action: &str| statement.actions.entries.iter().any(|p| glob::matches_ignore_case(p, action));
    actions.iter().any(|action| named(action) != statement.actions.not)
}

/// Whether a statement speaks of a way to assume a role.
#[must_use]
pub fn assumes(statement: &Statement) -> bool {
    speaks_of(statement, &["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"])
}

/// What a role is of which no statement concerns the question.
#[derive(Debug, Clone, Copy)]
pub enum Unconcerned {
    /// It passes, and this is what was observed.
    Passes(&'static str),
    /// It is left out, and this is why.
    LeftOut(&'static str),
}

/// Judges the trust policy of every role that AWS does not own, statement by statement. A role of which no statement
/// concerns the question is left out, or passes. One bad statement decides; after it a
/// statement that could not be judged, then one that a person has to judge. A bad statement beside a Deny that has no
/// condition, or one of the keys, is for a person to judge.
///
/// # Errors
/// The authorization details are not known.
pub fn judge<'a>(
    view: &View<'a>,
    keys: &[&str],
    unconcerned: Unconcerned,
    look: impl Fn(&Policy, &Compiled) -> Option<Result<Judged, Gap>>,
) -> Evaluation {
    const CALL: &str = "iam:GetAccountAuthorizationDetails";
    let (otherwise, without) = match unconcerned {
        Unconcerned::Passes(observed) => (Some(observed), ""),
        Unconcerned::LeftOut(why) => (None, why),
    };
    let mut findings = Vec::new();
    for role in own_roles(view, view.authorization()?, |_| None) {
        let whose = format!("the trust policy of role {}", role.name);
        let decided = parse(view, CALL, &whose, &role.trust).map(|policy| {
            let allows = policy.statements.iter().filter(|s| s.allows() && !s.source.doubtful && assumes(&s.source));
            let judged: Vec<_> = allows.filter_map(|s| look(&policy, s)).collect();
            let doubted = doubt(view, CALL, &whose, &policy);
            (!judged.is_empty() || doubted.is_err() || otherwise.is_some()).then(|| {
                settle(&format!("role {}", role.name), judged, doubted, closing(&policy, keys, assumes), otherwise)
            })
        });
        let outcome = match decided {
            Ok(None) => {
                leave_out(view, resource(role), without);
                continue;
            }
            Ok(Some(outcome)) => outcome,
            Err(gap) => Err(gap),
        };
        findings.push(Finding::judge(resource(role), |_| outcome));
    }
    Ok(findings)
}

/// The Deny statement that may take back what an Allow gives: it has no condition, or one of the keys.
#[must_use]
pub fn closing<'p>(policy: &'p Policy, keys: &[&str], speaks: impl Fn(&Statement) -> bool) -> Option<&'p Statement> {
    let relevant = |s: &&Compiled| {
        let all = &s.source.conditions;
        !s.allows() && speaks(&s.source) && (all.is_empty() || all.iter().any(|c| has_key(c, keys)))
    };
    policy.statements.iter().find(relevant).map(|s| &s.source)
}

/// The verdict on a document from what its statements are: see [`judge`].
///
/// # Errors
/// No statement is bad, and one could not be judged or is in doubt.
pub fn settle(
    subject: &str,
    judged: Vec<Result<Judged, Gap>>,
    doubted: Result<(), Gap>,
    closing: Option<&Statement>,
    otherwise: Option<&str>,
) -> Result<Verdict, Gap> {
    let (mut good, mut open, mut bad, mut gap) = (Vec::new(), Vec::new(), Vec::new(), None);
    for one in judged {
        match one {
            Ok(Judged::Good(text)) => good.push(text),
            Ok(Judged::Open(text)) => open.push(text),
            Ok(Judged::Bad(text)) => bad.push(text),
            Err(error) => gap = gap.or(Some(error)),
        }
    }
    let say = |texts: &[String]| format!("{subject}: {}", texts.join("; "));
    if let (false, Some(deny)) = (bad.is_empty(), closing) {
        let reason = format!("judge whether {} denies what the others allow: {}", place(deny), conditions(deny));
        return Ok(Verdict::manual(say(&bad), reason));
    }
    if !bad.is_empty() {
        return Ok(Verdict::fail(say(&bad)));
    }
    if let Some(gap) = gap {
        return Err(gap);
    }
    doubted?;
    if !open.is_empty() {
        return Ok(Verdict::manual(say(&open), "judge whether this is meant, and lets in nobody else"));
    }
    if good.is_empty() {
        good.extend(otherwise.map(str::to_owned));
    }
    Ok(Verdict::pass(say(&good)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn policy(statements: Value) -> Policy {
        let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        Policy::parse(&text, Kind::Resource).unwrap()
    }

    fn allow(principal: Value, more: Value) -> Value {
        let mut statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
        statement.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        statement
    }

    #[test]
    fn a_statement_is_named_by_its_number_and_its_sid() {
        let one = |more: Value| {
            policy(json!([allow(json!("*"), more)])).statements.iter().map(|s| place(&s.source)).collect::<Vec<_>>()
        };
        assert_eq!(one(json!({ "Sid": "Vendor" })), ["statement 1 (Sid Vendor)"]);
        assert_eq!(one(json!({ "Sid": "" })), ["statement 1 (no Sid)"]);
        assert_eq!(one(json!({})), ["statement 1 (no Sid)"]);
    }

    #[test]
    fn principals_belong_to_accounts() {
        for (principal, expected) in [
            (json!({ "AWS": "444455556666" }), vec!["444455556666"]),
            (json!({ "AWS": "arn:aws:iam::444455556666:root" }), vec!["444455556666"]),
            (
                json!({ "AWS": ["arn:aws:iam::111122223333:role/a", "arn:aws:sts::222233334444:assumed-role/a/b"] }),
                vec!["111122223333", "222233334444"],
            ),
            (json!({ "Service": "ec2.amazonaws.com" }), vec![]),
            (json!({ "AWS": "*" }), vec![]),
        ] {
            let policy = policy(json!([allow(principal.clone(), json!({}))]));
            let found: Vec<&str> =
                policy.statements.iter().flat_map(|s| principals(&s.source)).filter_map(account_of).collect();
            assert_eq!(found, expected, "{principal}");
        }
    }

    #[test]
    fn everybody_is_the_star_and_all_but_some() {
        let means = |statement: Value| policy(json!([statement])).statements.iter().any(|s| means_everybody(&s.source));
        assert!(
            means(allow(json!("*"), json!({}))) && means(allow(json!({ "AWS": ["444455556666", "*"] }), json!({})))
        );
        assert!(means(
            json!({ "Effect": "Allow", "NotPrincipal": { "AWS": "444455556666" }, "Action": "sts:AssumeRole" })
        ));
        assert!(!means(allow(json!({ "AWS": "444455556666" }), json!({}))));
        // A statement without a principal is refused by AWS, and means nobody.
        assert!(!means(json!({ "Effect": "Allow", "Action": "sts:AssumeRole" })));
    }

    #[test]
    fn a_deny_closes_without_a_condition_or_with_one_on_a_key() {
        let closes = |condition: Value| {
            let mut deny = allow(json!("*"), json!({ "Effect": "Deny" }));
            deny["Condition"] = condition;
            closing(&policy(json!([deny])), CALLER_KEYS, assumes).is_some()
        };
        assert!(closes(json!({})));
        assert!(closes(json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-a" } })));
        assert!(closes(
            json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-a" }, "Bool": { "aws:SecureTransport": "false" } })
        ));
        assert!(!closes(json!({ "Bool": { "aws:SecureTransport": "false" } })));
        assert_eq!(closing(&policy(json!([allow(json!("*"), json!({}))])), CALLER_KEYS, assumes), None);
    }
}
