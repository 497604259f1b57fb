//! What `kickoff access-review` shows: every principal with who is behind it, how it gets in and what it may do, for a person
//! to decide on. These types are the JSON contract of that command; reports only draw them.
//!
//! Rights are those of a principal's own policies under its boundary and the SCPs given. What resource policies grant is not in
//! them, and neither is what a session policy takes away.

mod levels;
mod nature;
mod people;
mod reaching;
mod rights;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::actions::AccessLevel;
use crate::estate::{Estate, Principal};
pub use people::{Assigned, Holder, Holders};
use rights::{Rights, Weigher};

/// The whole review.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// The time it was made for, as ISO 8601.
    pub time: String,
    /// The date of the action list that the counts are of.
    pub action_date: String,
    /// How many there are, and what was not known.
    pub population: Population,
    /// One entry a principal: users, then roles, account by account, each in the order of the data; after the role of a
    /// permission set, one for each person who is assigned it there.
    pub principals: Vec<Reviewed>,
}

/// How many principals there are, and of how many something was not known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Population {
    /// Accounts.
    pub accounts: usize,
    /// Root users of which credentials were given.
    pub root_users: usize,
    /// IAM users.
    pub users: usize,
    /// IAM roles.
    pub roles: usize,
    /// Assignments of a permission set to a person in an account: a row each.
    #[serde(default)]
    pub people: usize,
    /// What was not known, and of how many principals (of all, when it concerns the whole review).
    pub not_known: Vec<NotKnown>,
}

impl Population {
    /// Whether some principals of an account may be lacking.
    #[must_use]
    pub fn is_incomplete(&self, account: &str) -> bool {
        self.not_known.iter().any(|one| one.what == incomplete(account))
    }
}

/// Some principals of an account may be lacking.
fn incomplete(account: &str) -> String {
    format!("account {account}: its authorization details are not complete")
}

/// Something that was not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotKnown {
    /// What.
    pub what: String,
    /// Of how many principals.
    pub count: usize,
}

/// A principal with what a reviewer decides on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reviewed {
    /// The account's number.
    pub account: String,
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// A user, a role, or the root user.
    pub kind: PrincipalKind,
    /// Who is behind it.
    pub nature: Nature,
    /// Why that is said.
    pub nature_why: String,
    /// The ways in; empty when there is none or none is known, which `not_known` tells apart.
    pub ways_in: Vec<WayIn>,
    /// Groups that a user is in.
    pub groups: Vec<String>,
    /// The policies that it holds, its groups' with them, as they are cited.
    pub policies: Vec<String>,
    /// The policy that is its boundary.
    pub boundary: Option<String>,
    /// Effective privilege in one sentence.
    pub words: String,
    /// Actions of the list that are allowed on some resource whatever the circumstances.
    pub certain_actions: usize,
    /// Those that may be: the certain ones, and what depends on a condition or on something not known.
    pub possible_actions: usize,
    /// Effective privilege service by service; services of which nothing is granted are left out.
    pub services: Arc<[Arc<ServiceRights>]>,
    /// Actions that it is granted and the action list lacks: no count has them.
    pub unlisted: Vec<String>,
    /// Whether it is an administrator, and why.
    pub administrator: Standing,
    /// Whether a second factor is asked for.
    pub mfa: Mfa,
    /// When it was last used in any way.
    pub last_used: LastUse,
    /// When it was made, when known.
    pub created: Option<String>,
    /// The access keys of a user; none when they were not collected.
    pub keys: Option<Vec<AccessKey>>,
    /// Days since the oldest active access key was made.
    pub key_age_days: Option<i64>,
    /// Services granted and used, compared; none when it was not collected what was used.
    pub unused: Option<Unused>,
    /// What was not known, and why.
    pub not_known: Vec<String>,
}

impl Reviewed {
    /// Whether it is a person whom the directory says to be disabled.
    #[must_use]
    pub fn is_disabled(&self) -> bool {
        self.kind == PrincipalKind::Person && self.nature_why.contains(people::DISABLED)
    }
}

/// What sort of principal it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrincipalKind {
    /// The root user of an account.
    RootUser,
    /// An IAM user.
    User,
    /// An IAM role.
    Role,
    /// A person of the directory of IAM Identity Center, by the role of a permission set.
    Person,
}

/// Who is behind a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nature {
    /// A person.
    Human,
    /// A program or a service.
    Workload,
    /// Both may be.
    Either,
    /// The data does not tell.
    Unknown,
}

/// A way in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayIn {
    /// Of which sort.
    pub by: Way,
    /// Whose, or from where: an ARN, an account, a service, a provider, the number of a key.
    pub who: String,
    /// Conditions on it, as written.
    #[serde(default)]
    pub conditions: Vec<String>,
}

/// Sorts of ways in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The console, with a password.
    ConsolePassword,
    /// The API, with an active access key.
    AccessKey,
    /// CodeCommit, with an SSH key.
    SshKey,
    /// A single service, with credentials of its own.
    ServiceCredential,
    /// `sts:AssumeRole` by a principal of the same or another account.
    Principal,
    /// `sts:AssumeRole` by whoever an account lets.
    Account,
    /// An AWS service that assumes the role.
    Service,
    /// A SAML provider.
    Saml,
    /// IAM Identity Center, by a permission set.
    IdentityCenter,
    /// An OpenID Connect provider.
    Oidc,
    /// Anyone.
    Anyone,
    /// An entry that is not recognised.
    Unknown,
}

impl Way {
    /// For people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ConsolePassword => "console",
            Self::AccessKey => "API",
            Self::SshKey => "CodeCommit",
            Self::ServiceCredential => "service credential",
            Self::Principal => "assumed by",
            Self::Account => "assumed by account",
            Self::Service => "assumed by service",
            Self::Saml => "SAML",
            Self::IdentityCenter => "IAM Identity Center",
            Self::Oidc => "OIDC",
            Self::Anyone => "assumed by anyone",
            Self::Unknown => "not recognised",
        }
    }
}

/// What is granted in a service.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ServiceRights {
    /// The prefix of its actions: `s3`.
    pub prefix: String,
    /// Its name: `Amazon S3`.
    pub name: String,
    /// Every action of the service that is in the list may be allowed; on what and when, the next two tell.
    pub full: bool,
    /// How much of it is on some resources only.
    pub limited_by_resource: Limit,
    /// How much of it depends on a condition or on something not known.
    pub limited_by_condition: Limit,
    /// By access level, those the service has no action of left out.
    pub levels: Vec<LevelRights>,
}

/// How much of a grant is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// Nothing of it.
    No,
    /// Some of its actions.
    Part,
    /// All of its actions.
    All,
}

/// What is granted of one access level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LevelRights {
    /// The level.
    pub level: AccessLevel,
    /// Actions that may be allowed on some resource.
    pub granted: usize,
    /// Those of them that are allowed whatever the circumstances.
    pub certain: usize,
    /// Actions of the level that the service has.
    pub total: usize,
}

/// Whether a principal is an administrator, and why. It is told by the analysis of reach and passed through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Whether it is.
    pub state: StandingState,
    /// The policy, the conditions, or the step that leads there.
    pub why: String,
}

/// Whether a principal is an administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StandingState {
    /// It is.
    Administrator,
    /// It is when conditions hold.
    Conditional,
    /// It can become one.
    CanBecome,
    /// It is none.
    Not,
    /// It was not analysed or not decided.
    Unknown,
}

/// Whether a second factor is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mfa {
    /// A device is active; of a role: every entry of its trust policy asks for one.
    Yes,
    /// No device is active.
    No,
    /// A role: whoever assumes it decides.
    NotApplicable,
    /// It was not collected.
    Unknown,
}

/// When something was last used. In JSON a text: `unknown`, `never`, `not tracked`, or the time as ISO 8601.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum LastUse {
    /// It was not collected.
    #[default]
    Unknown,
    /// Never.
    Never,
    /// Not in the 400 days that AWS keeps track of, or the principal is too new.
    NotTracked,
    /// At this time.
    At(String),
}

impl From<String> for LastUse {
    fn from(text: String) -> LastUse {
        match text.as_str() {
            "unknown" | "" => LastUse::Unknown,
            "never" => LastUse::Never,
            "not tracked" => LastUse::NotTracked,
            _ => LastUse::At(text),
        }
    }
}

impl From<LastUse> for String {
    fn from(last: LastUse) -> String {
        last.to_string()
    }
}

impl fmt::Display for LastUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "unknown",
            Self::Never => "never",
            Self::NotTracked => "not tracked",
            Self::At(time) => time,
        })
    }
}

/// The credentials of a user, as far as they were collected; of a role only the time it was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Credentials {
    /// When the principal was made.
    pub created: Option<String>,
    /// Whether it has a console password.
    pub password: Option<bool>,
    /// When the password was last used.
    pub password_last_used: LastUse,
    /// Whether an MFA device is active.
    pub mfa: Option<bool>,
    /// The access keys.
    pub keys: Option<Vec<AccessKey>>,
    /// How many active SSH public keys for CodeCommit there are.
    pub ssh_keys: Option<usize>,
    /// Services with active service-specific credentials.
    pub service_credentials: Option<Vec<String>>,
    /// Any other activity that is known of.
    pub last_activity: LastUse,
}

/// An access key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccessKey {
    /// Its number or its id.
    pub name: String,
    /// Whether it works.
    pub active: bool,
    /// When it was made or last rotated.
    pub created: Option<String>,
    /// When it was last used.
    pub last_used: LastUse,
}

/// What a principal used, by the prefix of the service: the time, or none when it never did in the tracking period.
pub type ServicesAccessed = BTreeMap<String, Option<String>>;

/// Services granted, compared with services used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unused {
    /// Granted and never used in the tracking period.
    pub never_used: Vec<String>,
    /// Granted, and AWS tells nothing of their use.
    pub not_tracked: Vec<String>,
}

/// What a review takes besides the estate. The maps are by ARN; root users are reviewed when credentials name theirs.
pub struct Inputs<'a> {
    /// The time of the review, as ISO 8601.
    pub now: &'a str,
    /// What the analysis of reach says of a principal.
    pub standing: &'a dyn Fn(&str) -> Option<Standing>,
    /// Credentials.
    pub credentials: &'a HashMap<String, Credentials>,
    /// Services last accessed.
    pub accessed: &'a HashMap<String, ServicesAccessed>,
    /// Who is assigned which permission set of IAM Identity Center.
    pub assigned: &'a Assigned,
}

/// Reviews every principal of an estate.
#[must_use]
pub fn review(estate: &Estate, inputs: &Inputs<'_>) -> Review {
    let mut weigher = Weigher::new(estate);
    let roles: HashMap<&str, &crate::account::RoleData> =
        estate.accounts.iter().flat_map(|a| &a.roles).map(|role| (role.arn.as_str(), role)).collect();
    let mut principals: Vec<Reviewed> = Vec::with_capacity(estate.principals.len());
    for account in &estate.accounts {
        let arn = format!("arn:{}:iam::{}:root", account.partition, account.account);
        if let Some(credentials) = inputs.credentials.get(&arn) {
            principals.push(root_user(&account.account, arn, credentials, inputs));
        }
    }
    for p in &estate.principals {
        let role = roles.get(p.arn.as_str()).copied();
        inputs.assigned.add(one(estate, p, role, &weigher.rights(p), inputs), &mut principals);
    }
    let population = population(estate, &principals);
    Review { time: inputs.now.to_owned(), action_date: estate.table.date().to_owned(), population, principals }
}

fn one(
    estate: &Estate,
    p: &Principal,
    role: Option<&crate::account::RoleData>,
    rights: &Rights,
    inputs: &Inputs<'_>,
) -> Reviewed {
    let credentials = inputs.credentials.get(&p.arn);
    let mut not_known: Vec<String> = rights.not_known.iter().cloned().collect();
    let who = match role {
        Some(role) => nature::role(estate, p, role),
        None => nature::user(credentials),
    };
    not_known.extend(who.not_known);
    let administrator = (inputs.standing)(&p.arn).unwrap_or_else(|| Standing {
        state: StandingState::Unknown,
        why: "whether it reaches administrator rights was not analysed".to_owned(),
    });
    let keys = credentials.and_then(|c| c.keys.clone());
    let key_age_days = nature::oldest_key(keys.as_deref(), inputs.now, &mut not_known);
    let unused = inputs.accessed.get(&p.arn).map(|accessed| unused(&rights.services, accessed));
    if unused.is_none() {
        not_known.push("services last accessed were not collected".to_owned());
    }
    Reviewed {
        account: estate.accounts[p.account].account.clone(),
        arn: p.arn.clone(),
        name: p.name.clone(),
        kind: if p.user { PrincipalKind::User } else { PrincipalKind::Role },
        nature: who.nature,
        nature_why: who.why,
        ways_in: who.ways_in,
        groups: p.groups.clone(),
        policies: p.held.iter().map(|held| held.name.to_string()).collect(),
        boundary: p.boundary.as_ref().map(|held| held.name.to_string()),
        words: words::sentence(rights, &administrator),
        certain_actions: rights.certain,
        possible_actions: rights.possible,
        services: Arc::clone(&rights.services),
        unlisted: rights.unlisted.iter().cloned().collect(),
        administrator,
        mfa: who.mfa,
        last_used: who.last_used,
        created: credentials.and_then(|c| c.created.clone()),
        keys,
        key_age_days,
        unused,
        not_known,
    }
}

/// The root user holds no policy: it may do everything, and no boundary binds it.
fn root_user(account: &str, arn: String, credentials: &Credentials, inputs: &Inputs<'_>) -> Reviewed {
    let who = nature::user(Some(credentials));
    let mut not_known = who.not_known;
    let key_age_days = nature::oldest_key(credentials.keys.as_deref(), inputs.now, &mut not_known);
    Reviewed {
        account: account.to_owned(),
        arn,
        name: "root user".to_owned(),
        kind: PrincipalKind::RootUser,
        nature: Nature::Human,
        nature_why: "whoever holds the account's email address".to_owned(),
        ways_in: who.ways_in,
        groups: Vec::new(),
        policies: Vec::new(),
        boundary: None,
        words: "Administrator: the root user owns the account, and only SCPs limit it".to_owned(),
        certain_actions: 0,
        possible_actions: 0,
        services: Arc::default(),
        unlisted: Vec::new(),
        administrator: Standing { state: StandingState::Administrator, why: "root user".to_owned() },
        mfa: who.mfa,
        last_used: who.last_used,
        created: credentials.created.clone(),
        keys: credentials.keys.clone(),
        key_age_days,
        unused: None,
        not_known,
    }
}

fn unused(granted: &[Arc<ServiceRights>], accessed: &ServicesAccessed) -> Unused {
    let mut found = Unused::default();
    for service in granted {
        match accessed.get(&service.prefix) {
            Some(Some(_)) => {}
            Some(None) => found.never_used.push(service.prefix.clone()),
            None => found.not_tracked.push(service.prefix.clone()),
        }
    }
    found
}

fn population(estate: &Estate, principals: &[Reviewed]) -> Population {
    let count = |kind| principals.iter().filter(|p| p.kind == kind).count();
    let mut not_known: Vec<NotKnown> = Vec::new();
    for account in estate.accounts.iter().filter(|account| !account.complete) {
        let what = incomplete(&account.account);
        not_known.push(NotKnown { what, count: principals.iter().filter(|p| p.account == account.account).count() });
    }
    for account in estate.without_known_scps() {
        let what = format!("service control policies above account {account} are not known: they may take rights away");
        not_known.push(NotKnown { what, count: principals.iter().filter(|p| p.account == account).count() });
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in principals.iter().flat_map(|p| &p.not_known) {
        *reasons.entry(reason).or_default() += 1;
    }
    not_known.extend(reasons.into_iter().map(|(what, count)| NotKnown { what: what.to_owned(), count }));
    Population {
        accounts: estate.accounts.len(),
        root_users: count(PrincipalKind::RootUser),
        users: count(PrincipalKind::User),
        roles: count(PrincipalKind::Role),
        people: count(PrincipalKind::Person),
        not_known,
    }
}
