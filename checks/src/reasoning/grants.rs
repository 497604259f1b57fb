//! What checks of the client's policies share: whose documents are judged, and what one document grants.
//!
//! One document is judged by itself. What boundaries, SCPs or another policy take away again is not asked: a grant that
//! must be taken away elsewhere is the finding.

use kickoff_facts::iam::{Authorization, InlinePolicy};
use kickoff_facts::{Gap, View};
use kickoff_policy::actions::{ActionSet, ActionTable};
use kickoff_policy::compile::{Action, Compiled, Policy, Target};
use kickoff_policy::context::Nothing;
use kickoff_policy::document::Kind;
use kickoff_policy::template;

use crate::frame::wording::{count, line, names};
use crate::reasoning::gaps::unsaid;
use crate::reasoning::tested::{group, own_policies, own_roles, policy, role, tested, user};
use crate::{Evaluation, Finding, Resource, Verdict};

/// The call that tells the documents.
const CALL: &str = "iam:GetAccountAuthorizationDetails";

/// A resource with the documents by which it is judged: a policy with its own, or a principal with its inline ones.
#[derive(Debug)]
pub struct Subject<'a> {
    resource: Resource,
    /// What messages call each document, and its text.
    documents: Vec<(String, &'a str)>,
}

/// Something that a document grants and should not.
#[derive(Debug, PartialEq, Eq)]
pub struct Hit {
    /// No condition decides on it; else a person has to judge.
    sure: bool,
    /// Statement, Sid, pattern and what is granted.
    words: String,
}

impl Hit {
    /// Something that is granted.
    #[must_use]
    pub fn new(sure: bool, words: String) -> Self {
        Self { sure, words }
    }

    /// The same, for a person to judge.
    #[must_use]
    pub fn doubted(self) -> Self {
        Self { sure: false, ..self }
    }

    /// Whether no condition decides on it.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.sure
    }
}

/// The client's managed policies that something has attached, or those that nothing has.
#[must_use]
pub fn managed<'a>(view: &View<'_>, authorization: &'a Authorization, attached: bool) -> Vec<Subject<'a>> {
    let other = if attached { "attached to nothing" } else { "attached: judged with those that grant" };
    let own = own_policies(view, authorization, |policy| ((policy.attachments > 0) != attached).then_some(other));
    own.into_iter()
        .map(|own| Subject {
            resource: policy(own),
            documents: vec![(format!("policy {}", line(&own.name)), own.document.as_str())],
        })
        .collect()
}

/// The users, groups and roles that have inline policies; service-linked roles, which AWS owns, are left out.
#[must_use]
pub fn inline<'a>(view: &View<'_>, authorization: &'a Authorization) -> Vec<Subject<'a>> {
    fn subject<'a>(resource: Resource, inline: &'a [InlinePolicy]) -> Subject<'a> {
        let name = |policy: &InlinePolicy| format!("inline policy {}", line(&policy.name));
        let documents = inline.iter().map(|policy| (name(policy), policy.document.as_str())).collect();
        Subject { resource, documents }
    }
    let none = |inline: &[InlinePolicy]| inline.is_empty().then_some("without an inline policy");
    let users = tested(view, &authorization.users, user, |user| none(&user.inline));
    let groups = tested(view, &authorization.groups, group, |group| none(&group.inline));
    let roles = own_roles(view, authorization, |role| none(&role.inline));
    let users = users.into_iter().map(|one| subject(user(one), &one.inline));
    let groups = groups.into_iter().map(|one| subject(group(one), &one.inline));
    users.chain(groups).chain(roles.into_iter().map(|one| subject(role(one), &one.inline))).collect()
}

/// All documents of the client's that grant: attached managed policies, and inline policies by their holders.
#[must_use]
pub fn granting<'a>(view: &View<'_>, authorization: &'a Authorization) -> Vec<Subject<'a>> {
    let mut all = managed(view, authorization, true);
    all.extend(inline(view, authorization));
    all
}

/// Judges subjects: a certain hit fails; a document that cannot be read for certain is not evaluated; a hit that turns
/// on a condition is for a person.
///
/// # Errors
/// None: the type is that of a check.
pub fn judge(
    view: &View<'_>,
    subjects: &[Subject<'_>],
    passes: &str,
    look: impl Fn(&Policy) -> Vec<Hit>,
) -> Evaluation {
    let judged = subjects.iter().map(|subject| {
        Finding::judge(subject.resource.clone(), |_| verdict(view, CALL, &subject.documents, passes, &look))
    });
    Ok(judged.collect())
}

/// The verdict on documents, with what messages call them; the call is the one that tells them.
///
/// # Errors
/// Nothing certain was found, and a document cannot be read for certain.
pub fn verdict(
    view: &View<'_>,
    call: &str,
    documents: &[(String, &str)],
    passes: &str,
    look: &impl Fn(&Policy) -> Vec<Hit>,
) -> Result<Verdict, Gap> {
    let (mut certain, mut open, mut doubt) = (Vec::new(), Vec::new(), None);
    for (name, text) in documents {
        let policy = match Policy::parse(text, Kind::Identity) {
            Ok(policy) => policy,
            Err(error) => {
                doubt.get_or_insert_with(|| line(&format!("{name}: {error}")));
                continue;
            }
        };
        if let Some(problem) = policy.problems.first() {
            let place = problem.statement.map_or(String::new(), |number| format!(", statement {number}"));
            doubt.get_or_insert_with(|| line(&format!("{name}{place}: {}", problem.what)));
        }
        // A Deny in doubt may take anything away.
        let in_doubt = policy.statements.iter().any(|statement| !statement.allows() && statement.source.doubtful);
        for hit in look(&policy) {
            let words = format!("{name}, {}", hit.words);
            if hit.sure && !in_doubt { certain.push(words) } else { open.push(words) }
        }
    }
    match doubt {
        _ if !certain.is_empty() => Ok(Verdict::fail(certain.join("; "))),
        Some(doubt) => Err(unsaid(view, call, doubt)),
        None if open.is_empty() => Ok(Verdict::pass(passes)),
        None => Ok(Verdict::manual(
            open.join("; "),
            "conditions, exclusions or denials narrow the grant: judge whether they narrow it enough",
        )),
    }
}

/// The statements that grant and whose meaning is not in doubt.
pub fn allows(policy: &Policy) -> impl Iterator<Item = &Compiled> {
    policy.statements.iter().filter(|statement| statement.allows() && !statement.source.doubtful)
}

/// The statements that deny without a condition.
fn denials(policy: &Policy) -> impl Iterator<Item = &Compiled> {
    let certain = |statement: &&Compiled| !statement.source.doubtful && statement.source.conditions.is_empty();
    policy.statements.iter().filter(|statement| !statement.allows()).filter(certain)
}

/// The actions that a statement speaks of.
#[must_use]
pub fn actions(statement: &Compiled, table: &ActionTable) -> ActionSet {
    statement.actions(table, &mut |pattern| table.expand(pattern))
}

/// A statement as messages name it: its number, its Sid if it has one, and its conditions' keys.
#[must_use]
pub fn label(statement: &Compiled) -> String {
    let source = &statement.source;
    let sid = source.sid.as_ref().map_or(String::new(), |sid| format!(" ({})", line(sid)));
    let keys = names(source.conditions.iter().map(|condition| &condition.key));
    let under = if keys.is_empty() { String::new() } else { format!(" under conditions on {keys}") };
    format!("statement {}{sid}{under}", source.number)
}

/// The patterns of a statement's actions, as they are written.
#[must_use]
pub fn patterns(statement: &Compiled) -> String {
    let listed = &statement.source.actions;
    format!("{} {}", if listed.not { "NotAction" } else { "Action" }, names(&listed.entries))
}

/// Whether a document makes its holder an administrator: whether what it allows on every resource, less what it denies
/// there, is every action that AWS documents.
#[must_use]
pub fn full_admin(policy: &Policy) -> Vec<Hit> {
    let table = ActionTable::embedded();
    let whole = |set: &ActionSet| set.len() == table.len();
    let union = |statements: &[&Compiled]| {
        let sets: Vec<ActionSet> = statements.iter().map(|statement| actions(statement, table)).collect();
        ActionSet::union_all(&sets)
    };
    let everywhere = Scope { service: "*", resource: "*" };
    let wide: Vec<&Compiled> = allows(policy).filter(|statement| everywhere.reached(statement)).collect();
    let sure: Vec<&Compiled> = wide
        .iter()
        .copied()
        .filter(|statement| statement.source.conditions.is_empty() && !excludes_resources(statement))
        .collect();
    let denied = union(&denials(policy).filter(|statement| statement.covers_everything()).collect::<Vec<_>>());
    let (granted, most) = (union(&sure), union(&wide));
    if !whole(&most) || most.subtract(&denied).is_empty() {
        return Vec::new();
    }
    let by = |statements: &[&Compiled]| {
        let alone = statements.iter().find(|statement| whole(&actions(statement, table)));
        match alone {
            Some(statement) => format!("{}: {}", label(statement), patterns(statement)),
            None => format!("{} together", names(statements.iter().map(|statement| label(statement)))),
        }
    };
    if whole(&granted.subtract(&denied)) {
        return vec![Hit::new(true, format!("{} allows every action on every resource", by(&sure)))];
    }
    let (statements, but) = if whole(&granted) {
        (&sure, format!("and denies {} of them", count(granted.intersect(&denied).len(), "action")))
    } else {
        (&wide, "only under conditions, or not on all resources".to_owned())
    };
    vec![Hit::new(false, format!("{} allows every action, {but}", by(statements)))]
}

/// The resources of one kind.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    /// The service in their ARNs.
    pub service: &'static str,
    /// The last part of their ARNs, with `*` for the name.
    pub resource: &'static str,
}

impl Scope {
    /// Whether a pattern covers all of them, of one account or region at the least where the pattern names one.
    fn covered_by(self, pattern: &str, whole: bool) -> bool {
        // Where a wildcard stands for colons, what is behind it is a name, and not the part of that number.
        let written = |at: usize| pattern.split(':').nth(at).filter(|part| !part.contains('/'));
        let part = |at: usize| written(at).filter(|_| !whole);
        let partition = written(1).unwrap_or("*");
        let global = self.service == "iam";
        let region = if global { "" } else { part(3).unwrap_or("*") };
        let account = part(4).unwrap_or("*");
        let all = format!("arn:{partition}:{}:{region}:{account}:{}", self.service, self.resource);
        template::covers(&template::tokens(pattern, true), &template::tokens(&all, true))
    }

    /// Whether a statement speaks of all of them, or of all but some.
    #[must_use]
    pub fn reached(self, statement: &Compiled) -> bool {
        match &statement.source.resources {
            Some(listed) if listed.not => !listed.entries.iter().any(|entry| self.covered_by(entry, true)),
            Some(listed) => listed.entries.iter().any(|entry| self.covered_by(entry, false)),
            None => true,
        }
    }

    /// Whether a statement speaks of any of them.
    #[must_use]
    pub fn touched(self, statement: &Compiled) -> bool {
        let meet =
            |one: &str, other: &str| template::intersects(&template::tokens(one, true), &template::tokens(other, true));
        let touches = |entry: &String| {
            // A partition that is written out keeps the wildcards of the rest in their places.
            let partition = entry.split(':').nth(1).filter(|text| !text.contains(['*', '?'])).unwrap_or("*");
            let all = format!("arn:{partition}:{}:*:*:{}", self.service, self.resource);
            let colons = |text: &str| text.bytes().filter(|b| *b == b':').count();
            // Where all colons are written out, none is left for a wildcard: each part is met by its own.
            if colons(entry) == colons(&all) {
                entry.split(':').zip(all.split(':')).all(|(one, other)| meet(one, other))
            } else {
                meet(entry, &all)
            }
        };
        match &statement.source.resources {
            Some(listed) if !listed.not => listed.entries.iter().any(touches),
            _ => self.reached(statement),
        }
    }

    /// Whether a statement, one that denies, speaks of every one.
    fn wholly(self, statement: &Compiled) -> bool {
        let listed = statement.source.resources.as_ref();
        listed.is_some_and(|listed| !listed.not && listed.entries.iter().any(|entry| self.covered_by(entry, true)))
    }
}

/// Whether a statement names the resources that it does not speak of.
fn excludes_resources(statement: &Compiled) -> bool {
    statement.source.resources.as_ref().is_some_and(|listed| listed.not)
}

/// Where a document allows one of some actions and does not deny it on all resources of the kind.
#[must_use]
pub fn rights(
    policy: &Policy,
    wanted: &[&str],
    scope: Scope,
    reached: impl Fn(Scope, &Compiled) -> bool,
    on: &str,
) -> Vec<Hit> {
    let table = ActionTable::embedded();
    let wanted: Vec<Action> = wanted.iter().filter_map(|name| Action::parse(name, table).ok()).collect();
    // What takes no resource is granted, and denied, by a pattern that matches the lone star only.
    let bare = |action: &Action| action.id.is_some_and(|id| !table.takes_resource(id));
    let starred = |statement: &Compiled| statement.covers(&Target::one("*"), &Nothing).possible();
    let denied = |action: &Action| {
        let wholly = |deny: &Compiled| if bare(action) { starred(deny) } else { scope.wholly(deny) };
        denials(policy).any(|deny| deny.speaks_of(action) && wholly(deny))
    };
    let left: Vec<&Action> = wanted.iter().filter(|action| !denied(action)).collect();
    let mut hits = Vec::new();
    for statement in allows(policy) {
        let meets = |action: &Action| if bare(action) { starred(statement) } else { reached(scope, statement) };
        let granted: Vec<&&Action> =
            left.iter().filter(|action| statement.speaks_of(action) && meets(action)).collect();
        if granted.is_empty() {
            continue;
        }
        let mut by: Vec<&str> = granted.iter().filter_map(|action| statement.pattern_for(&action.name)).collect();
        by.sort_unstable();
        by.dedup();
        let by = if by.is_empty() { patterns(statement) } else { format!("Action {}", names(by)) };
        let but = if excludes_resources(statement) { " but those of NotResource" } else { "" };
        let what = names(granted.iter().map(|action| &action.name));
        let words = format!("{}: {by} allows {what} on {on}{but}", label(statement));
        hits.push(Hit::new(statement.source.conditions.is_empty(), words));
    }
    hits
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn admin(statements: &str) -> Option<bool> {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        full_admin(&Policy::parse(&text, Kind::Identity).unwrap()).first().map(|hit| hit.sure)
    }

    #[test]
    fn an_administrator_is_known_by_what_is_granted() {
        for (statements, expected) in [
            (r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#, Some(true)),
            (r#"{"Effect":"Allow","Action":"*:*","Resource":["arn:aws:s3:::a","*"]}"#, Some(true)),
            (r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:*"}"#, Some(true)),
            (r#"{"Effect":"Allow","NotAction":"made:Up","Resource":"*"}"#, Some(true)),
            (
                r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"},{"Effect":"Allow","Action":"iam:*","Resource":"*"}"#,
                Some(true),
            ),
            (r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#, None),
            (r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::a"}"#, None),
            (r#"{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::a"}"#, Some(false)),
            (
                r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#,
                Some(false),
            ),
            (
                r#"{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*"}"#,
                Some(false),
            ),
            (r#"{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*"}"#, None),
        ] {
            assert_eq!(admin(statements), expected, "{statements}");
        }
    }

    #[test]
    fn a_pattern_covers_the_keys_of_a_region_or_not() {
        let keys = Scope { service: "kms", resource: "key/*" };
        for (pattern, expected) in [
            ("*", true),
            ("arn:aws:kms:*:111122223333:key/*", true),
            ("arn:aws:kms:eu-west-1:111122223333:*", true),
            ("arn:aws:kms:eu-*:111122223333:key/*", true),
            ("arn:aws*:kms:*:1111*:key/*", true),
            ("arn:aws:kms:eu-west-1:111122223333:key/1234", false),
            ("arn:aws:kms:*:111122223333:alias/*", false),
        ] {
            assert_eq!(keys.covered_by(pattern, false), expected, "{pattern}");
        }
        for (pattern, expected) in [
            ("arn:aws:kms:*", true),
            ("arn:aws:kms:*:*:key/*", true),
            ("arn:aws:kms:eu-*:*:key/*", false),
            ("arn:aws:kms:eu-west-1:*:key/*", false),
            ("arn:aws:kms:*:111122223333:key/*", false),
        ] {
            assert_eq!(keys.covered_by(pattern, true), expected, "all of {pattern}");
        }
    }

    #[test]
    fn a_statement_touches_the_trails_that_its_resources_can_name() {
        let trails = Scope { service: "cloudtrail", resource: "trail/*" };
        for (resource, touched, reached) in [
            (r#""Resource":"*""#, true, true),
            (r#""Resource":"arn:aws:*""#, true, true),
            (r#""Resource":"arn:aws:cloudtrail:*:111122223333:trail/*""#, true, true),
            (r#""Resource":"arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:trail/*""#, true, true),
            (r#""Resource":["arn:aws:s3:::a","arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"]"#, true, false),
            (r#""Resource":["arn:aws:s3:::a","arn:aws:cloudtrail:*:*:trail/*"]"#, true, true),
            (r#""Resource":"arn:aws:cloud*:trail/main""#, true, false),
            (r#""Resource":"arn:aws:cloudtrail:*:*:trail/${aws:PrincipalTag/trail}""#, true, false),
            (r#""Resource":"arn:aws:cloudtrail:*:*:eventdatastore/*""#, false, false),
            (r#""Resource":"arn:aws:s3:::*""#, false, false),
            (r#""Resource":"arn:aws:s3*""#, false, false),
            (r#""NotResource":"arn:aws:s3:::a""#, true, true),
            (r#""NotResource":"arn:aws:cloudtrail:eu-west-1:111122223333:trail/main""#, true, true),
            (r#""NotResource":["arn:aws:s3:::a","arn:aws:cloudtrail:*:*:trail/*"]"#, false, false),
        ] {
            let text =
                format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"*",{resource}}}]}}"#);
            let policy = Policy::parse(&text, Kind::Identity).unwrap();
            let found: Vec<_> =
                policy.statements.iter().map(|one| (trails.touched(one), trails.reached(one))).collect();
            assert_eq!(found, [(touched, reached)], "{resource}");
        }
    }
}
