//! What `kickoff access` found: who reaches administrator rights, by which steps, and who gets in from outside.
//! These types are the JSON contract of that command; the pictures and tables only draw them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::whom::Standing;

/// The whole answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Access {
    /// ARNs of principals that are administrators outright.
    pub administrators: Vec<String>,
    /// Principals that are administrators when conditions hold.
    pub conditional_administrators: Vec<Conditional>,
    /// Principals that are one step away from more than they were given.
    pub one_step: Vec<OneStep>,
    /// Paths from a principal to another.
    pub escalations: Vec<Escalation>,
    /// The steps of all paths, each once: a path begins at its first step and goes on with the one that each names.
    pub steps: Vec<Hop>,
    /// What would have been allowed had nothing stood in the way.
    pub blocked: Vec<Blocked>,
    /// Access from outside the account.
    pub outside: Vec<Outside>,
    /// Who can tamper with the logs.
    pub log_tamper: Vec<Tamper>,
    /// What could not be decided.
    pub unknown: Vec<Unknown>,
}

/// How sure an answer is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// Whatever the request looks like.
    Certain,
    /// It depends on a condition or on something that was not read.
    #[default]
    Possible,
}

impl Certainty {
    /// The word of the JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Possible => "possible",
        }
    }
}

impl From<crate::truth::Truth> for Certainty {
    fn from(truth: crate::truth::Truth) -> Certainty {
        if truth.certain() { Certainty::Certain } else { Certainty::Possible }
    }
}

impl fmt::Display for Certainty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How far one step leads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reaches {
    /// To an administrator.
    Administrator,
    /// To other principals only.
    #[default]
    Others,
}

impl Reaches {
    /// The word of the JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Others => "others",
        }
    }
}

/// What sort of party comes from outside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartyKind {
    /// Another AWS account, or a principal in it.
    Account,
    /// Anyone at all.
    Anyone,
    /// A service of AWS.
    Service,
    /// An OpenID Connect provider.
    Oidc,
    /// A SAML provider.
    Saml,
    /// Not recognised.
    #[default]
    Unknown,
}

impl PartyKind {
    /// The word of the JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Anyone => "anyone",
            Self::Service => "service",
            Self::Oidc => "oidc",
            Self::Saml => "saml",
            Self::Unknown => "unknown",
        }
    }
}

/// The statement an answer rests on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Identity, resource, boundary, service control policy and so on.
    pub layer: String,
    /// Name or ARN of the policy.
    pub policy: String,
    /// Its version, when it has any.
    #[serde(default)]
    pub version: Option<String>,
    /// Which statement of it, counted as the policy engine counts.
    pub statement: u32,
    /// The statement's Sid.
    #[serde(default)]
    pub sid: Option<String>,
    /// The pattern in it that matched.
    #[serde(default)]
    pub pattern: Option<String>,
}

impl fmt::Display for Evidence {
    /// One line: `Deploy v3, Sid AllowPass (identity), matched by iam:*`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(short(&self.policy))?;
        if let Some(version) = &self.version {
            write!(f, " {version}")?;
        }
        // A policy cited as a whole has no statement that decides: it lacks an Allow.
        if self.statement > 0 {
            write!(f, ", statement {}", self.statement)?;
        }
        if let Some(sid) = &self.sid {
            write!(f, " Sid {sid}")?;
        }
        if !self.layer.is_empty() {
            write!(f, " ({})", self.layer)?;
        }
        if let Some(pattern) = &self.pattern {
            write!(f, ", matched by {pattern}")?;
        }
        Ok(())
    }
}

/// An administrator under conditions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Conditional {
    /// Its ARN.
    pub principal: String,
    /// The conditions that are left to hold.
    pub residual: Vec<String>,
}

/// One step that leads further.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OneStep {
    /// Who can take it.
    pub principal: String,
    /// The step.
    pub primitive: String,
    /// How sure.
    pub certainty: Certainty,
    /// How far it leads.
    pub reaches: Reaches,
    /// Other steps of the same principal that do the same: the same role passed to the same service.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// What must be there beside the policies, and was not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// A principal that it leads to.
    #[serde(default)]
    pub example: Option<String>,
    /// What it rests on.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// A path of steps.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Escalation {
    /// Where it starts.
    pub from: String,
    /// Where it ends.
    pub to: String,
    /// As sure as its least sure step.
    pub certainty: Certainty,
    /// Its first step: the place in `steps`, from 0.
    pub first: usize,
    /// How many steps it has: the shortest path.
    pub length: usize,
    /// Other first steps of the same principal that lead there too; `one_step` has their evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
}

/// Another first step that leads to an administrator.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// By which means.
    pub primitive: String,
    /// Whom it makes of the principal.
    pub to: String,
    /// How sure the step is.
    pub certainty: Certainty,
}

/// A step of a path.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Hop {
    /// Who takes it.
    pub from: String,
    /// Whom it makes of them.
    pub to: String,
    /// By which means.
    pub primitive: String,
    /// How sure.
    pub certainty: Certainty,
    /// The step that comes after it, by its place in `steps`; none where the path ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<usize>,
    /// What it rests on.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

impl Access {
    /// The steps of a path, in order.
    pub fn path<'a>(&'a self, way: &Escalation) -> impl Iterator<Item = &'a Hop> {
        let mut at = Some(way.first).filter(|_| way.length > 0);
        let following = std::iter::from_fn(move || {
            let hop = self.steps.get(at?)?;
            at = hop.next;
            Some(hop)
        });
        following.take(way.length)
    }

    /// Adds a path of steps.
    pub fn add_path(&mut self, way: Escalation, path: Vec<Hop>) {
        let (first, length) = (self.steps.len(), path.len());
        let last = first + length;
        let steps = path.into_iter().zip(first + 1..);
        self.steps.extend(steps.map(|(hop, next)| Hop { next: (next < last).then_some(next), ..hop }));
        self.escalations.push(Escalation { first, length, ..way });
    }
}

/// Steps of a path that are told in words; the others are counted.
const TOLD_STEPS: usize = 8;

impl Access {
    /// A path in words: each step as `tell` has it, the first few of a long one.
    pub fn path_in_words(&self, way: &Escalation, joined: &str, tell: impl Fn(&Hop) -> String) -> String {
        let mut steps: Vec<String> = self.path(way).take(TOLD_STEPS).map(tell).collect();
        if way.length > steps.len() {
            steps.push(format!("{} more steps", way.length - steps.len()));
        }
        steps.join(joined)
    }
}

/// Steps that something prevents.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Blocked {
    /// Who would take them.
    pub principal: String,
    /// The steps.
    pub what: Vec<String>,
    /// What prevents them.
    pub by: String,
    /// The statement that does, or the policy that lacks an Allow.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// A way in from outside.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outside {
    /// The principal as the policy names it.
    pub who: String,
    /// What sort of party.
    pub kind: PartyKind,
    /// Its account, when known.
    #[serde(default)]
    pub account: Option<String>,
    /// What it reaches, by ARN.
    pub resource: String,
    /// How sure.
    pub certainty: Certainty,
    /// Whether a condition restricts it to the intended caller.
    pub guarded: bool,
    /// What the widest of those whom it lets in is to the client.
    #[serde(default)]
    pub standing: Standing,
    /// Who that is, and why it is that to the client.
    #[serde(default)]
    pub whom: String,
    /// The conditions, as written.
    #[serde(default)]
    pub conditions: Vec<String>,
    /// Whether what is reached is an administrator.
    pub administrator: bool,
    /// What it rests on.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

impl Access {
    /// The ways in from outside, those first of which nobody knows that they are meant.
    #[must_use]
    pub fn outside_by_concern(&self) -> Vec<&Outside> {
        let mut all: Vec<&Outside> = self.outside.iter().collect();
        all.sort_by(|a, b| {
            let key = |o: &Outside| (std::cmp::Reverse(o.standing), o.certainty, !o.administrator, o.guarded);
            key(a).cmp(&key(b)).then_with(|| (&a.who, &a.resource).cmp(&(&b.who, &b.resource)))
        });
        all
    }
}

impl Outside {
    /// Whether nothing but the policy's own words keeps others than those who are meant out; of one's own nobody is.
    #[must_use]
    pub fn is_unguarded(&self) -> bool {
        !self.guarded && self.standing != Standing::Ours
    }

    /// What of it an auditor asks about first.
    #[must_use]
    pub fn alarms(&self) -> Vec<&'static str> {
        let words = [(self.administrator, "administrator"), (self.is_unguarded(), "unguarded")];
        words.into_iter().filter_map(|(is, word)| is.then_some(word)).collect()
    }
}

/// What a principal can do to the logs, or to what watches them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tamper {
    /// Its ARN.
    pub principal: String,
    /// By which statement what.
    pub grants: Vec<TamperGrant>,
}

/// What one statement lets a principal do to the logs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TamperGrant {
    /// How sure.
    pub certainty: Certainty,
    /// The actions.
    pub actions: Vec<String>,
    /// The resources that it can be done to: those collected, or a pattern for all of a kind.
    pub resources: Vec<String>,
    /// What it rests on.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// Something that was not decided.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Unknown {
    /// What.
    pub what: String,
    /// How often.
    pub count: u32,
    /// Why.
    pub why: String,
    /// One instance.
    #[serde(default)]
    pub example: Option<String>,
}

/// The last part of an ARN: `ann` of `arn:aws:iam::111122223333:user/team/ann`. Anything else stays whole.
#[must_use]
pub fn short(arn: &str) -> &str {
    if !arn.starts_with("arn:") {
        return arn;
    }
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    let last = resource.rsplit(['/', ':']).next().unwrap_or(resource);
    if last.is_empty() || last == "*" { resource } else { last }
}

/// Cuts a long text in the middle: its end tells names apart as often as its beginning does.
#[must_use]
pub fn middle_cut(text: &str, most: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= most {
        return text.to_owned();
    }
    let kept = most.saturating_sub(1);
    let head = kept.div_ceil(2);
    letters.iter().take(head).chain(&['…']).chain(letters.iter().skip(letters.len() - (kept - head))).collect()
}
