//! Web identity: whose tokens a statement takes, by what a stranger can make the issuer say.

use std::sync::LazyLock;

use crate::compile::Compiled;
use crate::condition::{Base, Condition, Quantifier};
use crate::glob;
use crate::template::{Token, tokens};

/// How far a statement reaches among those to whom an issuer gives tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breadth {
    /// One repository, project, workspace, service account, or one's own application.
    Thing,
    /// How far is not known: the issuer, the form of the subject or a claim is not known here.
    Unclear,
    /// Everything of one owner.
    Owner,
    /// Whoever gets tokens of the issuer.
    Anybody,
}

/// An issuer that is known.
#[derive(Debug, Clone)]
pub struct Issuer {
    host: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Any customer of the provider gets tokens of it.
    pub shared: bool,
    /// Claims that name one's own application, where the subject names no customer.
    pub pins: Vec<&'static str>,
    forms: Vec<Vec<Part>>,
}

impl Issuer {
    /// Whether subjects name an owner; where they do not, the issuer is the owner's.
    #[must_use]
    pub fn has_owners(&self) -> bool {
        self.forms.iter().flatten().any(|part| matches!(part, Part::Place(Place::Owner, _)))
    }
}

/// What a statement asks of a token.
#[derive(Debug, Clone)]
pub struct Web {
    /// The issuer, if it is known.
    pub issuer: Option<&'static Issuer>,
    /// How far the statement reaches.
    pub breadth: Breadth,
    /// How far what it asks for reaches, whoever gets tokens of the issuer.
    pub asked: Breadth,
    /// It asks for a subject.
    pub subject: bool,
    /// It asks for an audience that it names.
    pub audience: bool,
    /// Of a Cognito identity pool: those who did not sign in may come too.
    pub guests: bool,
}

/// A part of a subject's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Char(char),
    /// One character or more, perhaps with `/`, perhaps with `:`.
    Place(Place, Class),
    /// Any number of characters.
    Rest(Class),
    /// A character that no policy writes: a wildcard has to stand for it.
    Mark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Plain,
    Slashes,
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Owner,
    Thing,
    Also,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Thing,
    Owner,
    Nothing,
    Unknown,
}

const MARK: char = '\u{1}';

impl Class {
    fn takes(self, c: char) -> bool {
        match self {
            Class::Plain => c != ':' && c != '/',
            Class::Slashes => c != ':',
            Class::All => true,
        }
    }
}

static ISSUERS: LazyLock<Vec<Issuer>> = LazyLock::new(|| {
    let mut found: Vec<Issuer> = Vec::new();
    for line in include_str!("../../data/issuers.txt").lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&'static str> = line.split('\t').collect();
        let [host, name, whose, pin, form, _source] = columns.as_slice() else { continue };
        let form = (*form != "-").then(|| parts(form));
        match found.iter_mut().find(|issuer| issuer.host == *host) {
            Some(issuer) => issuer.forms.extend(form),
            None => found.push(Issuer {
                host,
                name,
                shared: *whose == "shared",
                pins: pin.split(',').filter(|pin| *pin != "-").collect(),
                forms: form.into_iter().collect(),
            }),
        }
    }
    found
});

/// The form of a subject, read.
fn parts(text: &str) -> Vec<Part> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some((before, inside)) = rest.split_once('{') {
        let Some((name, behind)) = inside.split_once('}') else { break };
        found.extend(before.chars().map(Part::Char));
        let (name, class) = match name.strip_suffix('/') {
            Some(name) => (name, Class::Slashes),
            None => name.strip_suffix(':').map_or((name, Class::Plain), |name| (name, Class::All)),
        };
        let place = match name {
            "owner" => Place::Owner,
            "thing" => Place::Thing,
            "also" => Place::Also,
            _ => Place::Other,
        };
        found.push(Part::Place(place, class));
        rest = behind;
    }
    found.extend(rest.chars().map(Part::Char));
    found
}

/// The issuer of a host and path.
#[must_use]
pub fn issuer(host: &str) -> Option<&'static Issuer> {
    ISSUERS.iter().find(|issuer| glob::matches(issuer.host, host.trim_end_matches('/')))
}

/// Whether a condition holds only where its key is there with a value that the policy names.
pub(crate) fn asks_for_value(condition: &Condition) -> bool {
    let operator = condition.operator;
    let text = matches!(operator.base, Base::Equals | Base::EqualsIgnoreCase | Base::Like | Base::Arn);
    text && !operator.negated
        && !operator.if_exists
        && operator.quantifier != Some(Quantifier::All)
        && !condition.values.is_empty()
}

/// Whether a value is more than wildcards.
pub(crate) fn says_something(value: &str) -> bool {
    !value.is_empty() && !value.bytes().all(|b| matches!(b, b'*' | b'?'))
}

/// The claim of an issuer that a key names: `HOST:claim`, or `DOMAIN/claim` as CircleCI has it.
fn claim<'k>(key: &'k str, host: &str) -> Option<&'k str> {
    let domain = host.split('/').next().unwrap_or(host);
    [(host, ":"), (domain, ":"), (domain, "/")].iter().find_map(|(of, between)| {
        let (start, rest) = key.split_at_checked(of.len())?;
        let claim = rest.strip_prefix(between)?;
        start.eq_ignore_ascii_case(of).then(|| claim.rsplit('/').next().unwrap_or(claim))
    })
}

/// What a statement that lets in web identities of a host asks of their tokens.
#[must_use]
pub fn web(statement: &Compiled, host: &str) -> Web {
    let issuer = issuer(host);
    let all = statement.source.conditions.iter();
    let asked: Vec<(&str, &Condition)> =
        all.filter(|one| asks_for_value(one)).filter_map(|one| Some((claim(&one.key, host)?, one))).collect();
    let named = |name: &str| {
        asked.iter().filter(|(claim, _)| claim.eq_ignore_ascii_case(name)).map(|(_, one)| *one).collect::<Vec<_>>()
    };
    let subjects = named("sub");
    let pinned = |one: &&Condition| one.values.iter().all(|value| says_something(value));
    let audience = named("aud").iter().any(pinned);
    let amr = named("amr");
    let guests =
        amr.is_empty() || amr.iter().all(|one| one.values.iter().any(|value| glob::matches(value, "unauthenticated")));
    // Conditions hold together: the narrowest counts. Of the values of one, the widest.
    let wide = |one: &Condition, of: &dyn Fn(&str) -> Breadth| {
        one.values.iter().map(|value| of(value)).max().unwrap_or(Breadth::Anybody)
    };
    let mut breadths: Vec<Breadth> = Vec::new();
    for (claim, condition) in &asked {
        let wild = matches!(condition.operator.base, Base::Like | Base::Arn);
        breadths.push(match issuer {
            Some(issuer) if issuer.pins.iter().any(|pin| pin.eq_ignore_ascii_case(claim)) => {
                wide(condition, &|value| {
                    if says_something(value) && !(wild && value.contains(['*', '?'])) {
                        Breadth::Thing
                    } else {
                        Breadth::Anybody
                    }
                })
            }
            _ if claim.eq_ignore_ascii_case("sub") => wide(condition, &|value| subject(issuer, value, wild)),
            _ => wide(condition, &|value| of_claim(says(claim), value, wild)),
        });
    }
    let least = match issuer {
        Some(issuer) if !issuer.shared => Breadth::Owner,
        Some(_) => Breadth::Anybody,
        None => Breadth::Unclear,
    };
    let asked = breadths.into_iter().min().unwrap_or(Breadth::Anybody);
    Web { issuer, breadth: asked.min(least), asked, subject: !subjects.is_empty(), audience, guests }
}

/// What a claim says.
fn says(claim: &str) -> Says {
    let lines = include_str!("../../data/claims.txt").lines().filter(|line| !line.starts_with('#'));
    let found = lines.filter_map(|line| line.split_once(' ')).find(|(name, _)| name.eq_ignore_ascii_case(claim));
    match found.map(|(_, what)| what) {
        Some("thing") => Says::Thing,
        Some("owner") => Says::Owner,
        Some(_) => Says::Nothing,
        None => Says::Unknown,
    }
}

fn of_claim(says: Says, value: &str, wild: bool) -> Breadth {
    match says {
        _ if !says_something(value) => Breadth::Anybody,
        Says::Nothing => Breadth::Anybody,
        Says::Unknown => Breadth::Unclear,
        Says::Thing | Says::Owner if wild && value.contains(['*', '?']) => Breadth::Unclear,
        Says::Thing => Breadth::Thing,
        Says::Owner => Breadth::Owner,
    }
}

/// How far a subject reaches.
fn subject(issuer: Option<&Issuer>, value: &str, wild: bool) -> Breadth {
    let open = wild && value.contains(['*', '?']);
    if !says_something(value) {
        return Breadth::Anybody;
    }
    let Some(issuer) = issuer else { return if open { Breadth::Unclear } else { Breadth::Thing } };
    let pattern = tokens(value, wild);
    let forms: Vec<&Vec<Part>> = issuer.forms.iter().filter(|form| meets(&pattern, form)).collect();
    if forms.is_empty() {
        // Whose a subject of another form is, other customers of the provider may have a say in.
        let unknown = if open || issuer.shared { Breadth::Unclear } else { Breadth::Thing };
        return custom(issuer, value, wild).unwrap_or(unknown);
    }
    let left_open = |form: &[Part], place: Place| {
        let places = form.iter().enumerate().filter(|(_, part)| matches!(part, Part::Place(of, _) if *of == place));
        places.map(|(at, _)| at).any(|at| meets(&pattern, &marked(form, at)))
    };
    let has = |form: &[Part], place: Place| form.iter().any(|part| matches!(part, Part::Place(of, _) if *of == place));
    let fixed = |form: &[Part], place: Place| has(form, place) && !left_open(form, place);
    if forms.iter().any(|form| has(form, Place::Owner) && left_open(form, Place::Owner)) {
        return Breadth::Anybody;
    }
    if forms.iter().all(|form| fixed(form, Place::Thing) || fixed(form, Place::Also)) {
        Breadth::Thing
    } else {
        Breadth::Owner
    }
}

/// A subject of claims in a row, `repository_id:1:environment:production`, which customers of GitHub and GitLab can ask for.
fn custom(issuer: &Issuer, value: &str, wild: bool) -> Option<Breadth> {
    let words: Vec<&str> = value.split(':').collect();
    let mut narrowest = None;
    for pair in words.chunks(2) {
        let [claim, value] = pair else { break };
        let open = wild && (claim.contains(['*', '?']) || value.contains(['*', '?']));
        if open && narrowest.is_some() {
            break;
        }
        let here = match says(claim) {
            Says::Unknown if narrowest.is_none() => return None,
            says if open => of_claim(says, value, wild).max(Breadth::Unclear),
            says => of_claim(says, value, wild),
        };
        narrowest = Some(narrowest.map_or(here, |before: Breadth| before.min(here)));
        if open {
            break;
        }
    }
    narrowest.map(|found| if found == Breadth::Anybody && !issuer.shared { Breadth::Owner } else { found })
}

/// The form in which a place holds a character that nobody writes.
fn marked(form: &[Part], place: usize) -> Vec<Part> {
    let mut found = Vec::with_capacity(form.len() + 2);
    for (at, part) in form.iter().enumerate() {
        match part {
            Part::Place(_, class) if at == place => {
                found.extend([Part::Rest(*class), Part::Mark, Part::Rest(*class)]);
            }
            other => found.push(*other),
        }
    }
    found
}

/// Whether a pattern and a form have a text in common.
fn meets(pattern: &[Token], form: &[Part]) -> bool {
    // States of the pattern, for each state of the form: what has been met so far.
    let (wide, long) = (pattern.len() + 1, form.len() + 1);
    let mut seen = vec![false; wide * long * 2];
    let mut todo = vec![(0_usize, 0_usize, false)];
    while let Some((p, f, inside)) = todo.pop() {
        let at = (p * long + f) * 2 + usize::from(inside);
        match seen.get_mut(at) {
            Some(place) if !*place => *place = true,
            _ => continue,
        }
        let (token, part) = (pattern.get(p).copied(), form.get(f).copied());
        if token.is_none() && part.is_none() {
            return true;
        }
        if token == Some(Token::Star) {
            todo.push((p + 1, f, inside));
        }
        // A place that holds something may end, and a rest may always.
        match part {
            Some(Part::Rest(_)) => todo.push((p, f + 1, false)),
            Some(Part::Place(..)) if inside => todo.push((p, f + 1, false)),
            _ => {}
        }
        let Some(token) = token else { continue };
        // One character that both take.
        let taken = match (token, part) {
            (_, None) => false,
            (Token::Char(c), Some(Part::Char(wanted))) => c == wanted,
            (Token::Char(c), Some(Part::Place(_, class) | Part::Rest(class))) => class.takes(c) && c != MARK,
            (Token::Char(_), Some(Part::Mark)) => false,
            (Token::Star | Token::One, Some(_)) => true,
        };
        if taken {
            let next = if token == Token::Star { p } else { p + 1 };
            match part {
                Some(Part::Place(..)) => todo.push((next, f, true)),
                Some(Part::Rest(_)) => todo.push((next, f, false)),
                _ => todo.push((next, f + 1, false)),
            }
        }
    }
    false
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::compile::Policy;
    use crate::document::Kind;
    use serde_json::{Value, json};

    fn breadth(host: &str, condition: Value) -> Breadth {
        let text = json!({ "Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": { "Federated": host }, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition } });
        web(&Policy::parse(&text.to_string(), Kind::Resource).unwrap().statements[0], host).breadth
    }

    #[test]
    fn every_row_of_the_tables_is_read() {
        let rows = include_str!("../../data/issuers.txt").lines().filter(|line| !line.starts_with('#'));
        for row in rows.clone() {
            let columns: Vec<&str> = row.split('\t').collect();
            assert_eq!(columns.len(), 6, "{row}");
            assert!(matches!(columns[2], "shared" | "own") && !columns[5].is_empty(), "{row}");
        }
        let forms = rows.filter(|row| row.split('\t').nth(4) != Some("-")).count();
        assert_eq!(ISSUERS.iter().map(|issuer| issuer.forms.len()).sum::<usize>(), forms);
        for line in include_str!("../../data/claims.txt").lines().filter(|line| !line.starts_with('#')) {
            let (_, what) = line.split_once(' ').unwrap();
            assert!(matches!(what, "thing" | "owner" | "nothing"), "{line}");
        }
    }

    #[test]
    fn a_subject_reaches_as_far_as_somebody_else_can_make_the_issuer_say_it() {
        const GITHUB: &str = "token.actions.githubusercontent.com";
        const CIRCLE: &str = "oidc.circleci.com/org/6b37";
        const EKS: &str = "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE";
        const BITBUCKET: &str = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc";
        use Breadth::{Anybody, Owner, Thing, Unclear};
        for (host, subject, expected) in [
            (GITHUB, "repo:acme/shop:ref:refs/heads/main", Thing),
            (GITHUB, "repo:acme/shop:*", Thing),
            (GITHUB, "repo:acme/shop*", Owner),
            (GITHUB, "repo:acme/*", Owner),
            (GITHUB, "repo:acme/*:environment:production", Owner),
            (GITHUB, "repo:acme*", Anybody),
            (GITHUB, "repo:acme*/shop:*", Anybody),
            (GITHUB, "repo:*", Anybody),
            (GITHUB, "r*:acme/shop:*", Anybody),
            (GITHUB, "*acme/shop:*", Anybody),
            (GITHUB, "*", Anybody),
            (GITHUB, "repository_owner_id:284008417:repository_id:1236816811:*", Thing),
            (GITHUB, "repository_owner_id:284008417:*", Owner),
            (GITHUB, "environment:production", Anybody),
            (GITHUB, "job_workflow_ref:acme/*", Unclear),
            (GITHUB, "job_workflow_ref:acme/shop/.github/workflows/x.yml@refs/heads/main", Unclear),
            (GITHUB, "actor:octocat", Unclear),
            ("app.terraform.io", "acme", Unclear),
            ("oidc.fly.io/acme", "acme", Thing),
            ("gitlab.com", "project_path:acme/*:ref_type:branch:ref:main", Owner),
            ("gitlab.com", "project_path:acme/shop:ref_type:branch:ref:*", Thing),
            ("gitlab.com", "project_path:acme/team/shop:ref_type:branch:ref:*", Thing),
            ("gitlab.com", "project_path:acme*/shop:ref_type:branch:ref:main", Anybody),
            ("gitlab.com", "project_id:12345:ref_type:branch:ref:*", Thing),
            ("gitlab.acme.example", "project_path:*", Unclear),
            ("gitlab.acme.example", "project_path:acme/shop:ref_type:branch:ref:main", Thing),
            ("app.terraform.io", "organization:acme:workspace:prod:run_phase:*", Thing),
            ("app.terraform.io", "organization:acme:project:Default Project:workspace:prod:run_phase:*", Thing),
            ("app.terraform.io", "organization:acme:project:*:workspace:prod:run_phase:*", Thing),
            ("app.terraform.io", "organization:acme:project:infra:workspace:*:run_phase:*", Owner),
            ("app.terraform.io", "organization:acme:*", Owner),
            ("app.terraform.io", "organization:*:workspace:prod:run_phase:*", Anybody),
            (CIRCLE, "org/6b37/project/*/user/*/vcs-origin/github.com/acme/shop/vcs-ref/refs/heads/main", Thing),
            (CIRCLE, "org/6b37/project/*/user/*", Owner),
            (CIRCLE, "org/6b37/project/8f1a/*", Thing),
            (EKS, "system:serviceaccount:payments:api", Thing),
            (EKS, "system:serviceaccount:payments:*", Owner),
            (EKS, "system:serviceaccount:payments:api-*", Owner),
            (BITBUCKET, "{2c4f}:*", Thing),
            (BITBUCKET, "*:{2c4f}", Owner),
            ("agent.buildkite.com", "organization:acme:pipeline:shop:*", Thing),
            ("agent.buildkite.com", "organization:acme:*", Owner),
            ("agent.buildkite.com", "organization:*", Anybody),
            ("oidc.vercel.com/acme", "owner:acme:project:shop:environment:production", Thing),
            ("acme.app.spacelift.io", "space:root:stack:shop:run_type:*:scope:*", Thing),
            ("acme.app.spacelift.io", "space:root:*", Owner),
        ] {
            let found = breadth(host, json!({ "StringLike": { format!("{host}:sub"): subject } }));
            let most = if issuer(host).is_some_and(|issuer| !issuer.shared) { Owner } else { Anybody };
            assert_eq!(found, expected.min(most), "{host} {subject}");
        }
    }

    #[test]
    fn claims_beside_the_subject_narrow_and_the_narrowest_counts() {
        const GITHUB: &str = "token.actions.githubusercontent.com";
        let key = |name: &str| format!("{GITHUB}:{name}");
        use Breadth::{Anybody, Owner, Thing, Unclear};
        for (condition, expected) in [
            (json!({ "StringEquals": { key("repository_id"): "1" } }), Thing),
            (json!({ "StringEquals": { key("repository_owner_id"): "1", key("environment"): "x" } }), Owner),
            (json!({ "StringEquals": { key("environment"): "x" } }), Anybody),
            (json!({ "StringEquals": { key("actor_id"): "1" } }), Unclear),
            (json!({ "StringEqualsIfExists": { key("repository_id"): "1" } }), Anybody),
            (json!({ "ForAllValues:StringEquals": { key("sub"): "repo:acme/shop:x" } }), Anybody),
            (json!({ "StringNotLike": { key("sub"): "repo:evil/*" } }), Anybody),
            (json!({ "StringLike": { key("sub"): ["repo:acme/shop:*", "repo:*"] } }), Anybody),
        ] {
            assert_eq!(breadth(GITHUB, condition.clone()), expected, "{condition}");
        }
        let circle = "oidc.circleci.com/org/6b37";
        assert_eq!(breadth(circle, json!({ "StringEquals": { "oidc.circleci.com/project-id": "8f" } })), Thing);
        assert_eq!(breadth(circle, json!({})), Owner);
        assert_eq!(breadth("agent.buildkite.com", json!({})), Anybody);
        assert_eq!(breadth("login.acme.example", json!({})), Unclear);
    }

    #[test]
    fn built_in_issuers_are_pinned_by_ones_own_application() {
        use Breadth::{Anybody, Thing};
        for (host, claim, expected) in [
            ("cognito-identity.amazonaws.com", "aud", Thing),
            ("cognito-identity.amazonaws.com", "amr", Anybody),
            ("accounts.google.com", "aud", Thing),
            ("accounts.google.com", "sub", Thing),
            ("accounts.google.com", "oaud", Anybody),
            ("graph.facebook.com", "app_id", Thing),
            ("www.amazon.com", "app_id", Thing),
            ("www.amazon.com", "user_id", Breadth::Unclear),
        ] {
            let found = breadth(host, json!({ "StringEquals": { format!("{host}:{claim}"): "x" } }));
            assert_eq!(found, expected, "{host} {claim}");
        }
    }
}
