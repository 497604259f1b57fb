//! The actions of AWS: names, access levels, resource types, condition keys, and sets of them.
//!
//! The table is reduced from AWS's Service Authorization Reference by way of a public package; data/README.md says
//! from which version, and data/make/actions.py describes the text. AWS adds actions every week, so no absence from
//! the table proves anything: [`ActionSet::other`] stands for what it lacks.

mod expand;
mod read;
mod set;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

pub use read::ActionDataError;
pub use set::ActionSet;

/// An action of one table: its place in the list sorted by lower-cased 'service:name'.
///
/// A service is a run of neighbours, and so is whatever begins alike (`s3:Get*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(pub u16);

/// What an action does, as AWS sorts it. AWS counts the last two as writes as well.
///
/// Source: IAM User Guide, "Understanding access level summaries within policy summaries".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessLevel {
    /// Learns that resources exist.
    List,
    /// Reads what is in them.
    Read,
    /// Makes, changes or deletes them.
    Write,
    /// Grants or changes permissions.
    PermissionsManagement,
    /// Changes nothing but tags.
    Tagging,
}

impl fmt::Display for AccessLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::List => "list",
            Self::Read => "read",
            Self::Write => "write",
            Self::PermissionsManagement => "permissions-management",
            Self::Tagging => "tagging",
        })
    }
}

/// A service as policies know it: by its prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    prefix: Box<str>,
    name: Box<str>,
    rcp: bool,
    first: u16,
    end: u16,
}

impl Service {
    /// What stands before the colon of its actions, in lower case: `s3`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Its name for people: `Amazon S3`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether resource control policies bind it: see [`ActionTable::honours_rcp`].
    pub fn honours_rcp(&self) -> bool {
        self.rcp
    }

    /// Its actions.
    pub fn actions(&self) -> impl ExactSizeIterator<Item = ActionId> + use<> {
        (self.first..self.end).map(ActionId)
    }
}

/// A kind of resource that an action works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceType<'a> {
    /// As the Service Authorization Reference calls it: `object`.
    pub name: &'a str,
    /// The ARN with variables: `arn:${Partition}:s3:::${BucketName}/${ObjectName}`.
    pub arn: &'a str,
    /// Whether every call of the action needs one.
    pub required: bool,
}

/// All actions that the table knows.
///
/// One text with offsets rather than a value for each action, so that loading costs about as much as decompressing.
#[derive(Clone, Debug)]
pub struct ActionTable {
    version: Box<str>,
    date: Box<str>,
    source: Box<str>,
    /// The table as text, for what is asked for seldom.
    text: String,
    /// 'service:Name' of all actions, one behind the other, and the same in lower case: ASCII, so offsets agree.
    names: String,
    lower: String,
    actions: Vec<Action>,
    services: Vec<Service>,
    types: Vec<Type>,
    /// Condition keys, one list a service; `refs` are indexes into it.
    keys: Vec<Span>,
    uses: Vec<Use>,
    refs: Vec<u16>,
}

/// A piece of the table's text.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: u32,
    end: u32,
}

/// An action; what it has ends where these say and begins where the action's before ended.
#[derive(Clone, Copy, Debug)]
struct Action {
    name_end: u32,
    uses_end: u32,
    refs_end: u32,
    level: AccessLevel,
}

#[derive(Clone, Copy, Debug)]
struct Type {
    name: Span,
    arn: Span,
    /// Its condition keys, in `refs`.
    refs: Span,
}

#[derive(Clone, Copy, Debug)]
struct Use {
    of: u16,
    required: bool,
}

impl ActionTable {
    /// The table that is built in. It is read at the first call, which takes a few milliseconds.
    pub fn embedded() -> &'static Self {
        static TABLE: OnceLock<ActionTable> = OnceLock::new();
        // A broken one would be an empty one; a test reads it, so it is not broken.
        TABLE.get_or_init(|| Self::read(include_bytes!("../../data/actions.zst")).unwrap_or_else(|_| Self::none()))
    }

    /// The day of the data: `2026-09-26`.
    pub fn date(&self) -> &str {
        &self.date
    }

    /// The version of the package that the table was made from.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The digest of that package, as npm writes it: `sha512-…`.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How many actions there are.
    pub fn len(&self) -> usize {
        self.actions.len()
    }

    /// Is there no action at all? A table that could be read has some.
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    /// All actions, in order.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = ActionId> + use<> {
        // A table with more actions than an id can count is refused when it is read.
        (0..u16::try_from(self.actions.len()).unwrap_or(u16::MAX)).map(ActionId)
    }

    /// The action of this name, 'service:name' in any case: action names are not case-sensitive.
    ///
    /// Source: IAM User Guide, "IAM JSON policy elements: Action".
    pub fn id(&self, name: &str) -> Option<ActionId> {
        let order = |i: usize| self.lower_at(i).bytes().cmp(name.bytes().map(|c| c.to_ascii_lowercase()));
        let at = partition(0, self.len(), |i| order(i).is_lt());
        (at < self.len() && order(at).is_eq()).then(|| u16::try_from(at).ok().map(ActionId)).flatten()
    }

    /// The action in AWS's spelling: `s3:GetObject`. An id of another table's may give an empty name.
    pub fn name(&self, action: ActionId) -> &str {
        self.names.get(self.name_range(action.0.into())).unwrap_or_default()
    }

    /// The action in lower case: `s3:getobject`.
    pub fn lower(&self, action: ActionId) -> &str {
        self.lower_at(action.0.into())
    }

    /// What the action does.
    pub fn access_level(&self, action: ActionId) -> AccessLevel {
        // An id of another table's: nothing that calls itself harmless.
        self.actions.get(usize::from(action.0)).map_or(AccessLevel::Write, |action| action.level)
    }

    /// The service of this prefix, in any case.
    pub fn service(&self, prefix: &str) -> Option<&Service> {
        let order = |service: &Service| ordered(&service.prefix).cmp(ordered(prefix));
        let at = self.services.partition_point(|service| order(service).is_lt());
        self.services.get(at).filter(|service| order(service).is_eq())
    }

    /// All services, in the order of their actions.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The service that the action belongs to; none for an id of another table's.
    pub fn service_of(&self, action: ActionId) -> Option<&Service> {
        let at = self.services.partition_point(|service| service.end <= action.0);
        self.services.get(at)
    }

    /// The kinds of resource that the action works on, by name and ARN template.
    pub fn resource_types(&self, action: ActionId) -> impl Iterator<Item = (&str, &str)> {
        self.resources(action).map(|resource| (resource.name, resource.arn))
    }

    /// The same, and whether each is required.
    pub fn resources(&self, action: ActionId) -> impl Iterator<Item = ResourceType<'_>> {
        self.uses_of(action).iter().filter_map(|of| {
            let kind = self.types.get(usize::from(of.of))?;
            Some(ResourceType { name: self.piece(kind.name), arn: self.piece(kind.arn), required: of.required })
        })
    }

    /// Can the action be confined to resources? If not, a statement grants it only with `"Resource": "*"`.
    ///
    /// Source: Service Authorization Reference, "Actions, resources, and condition keys", the column "Resource types".
    pub fn takes_resource(&self, action: ActionId) -> bool {
        !self.uses_of(action).is_empty()
    }

    /// The condition keys that AWS documents for the action or for a resource type of it, each once; without the
    /// global ones, which every request may carry.
    pub fn condition_keys(&self, action: ActionId) -> impl Iterator<Item = &str> {
        let before = self.before(action.0.into(), |action| action.refs_end);
        let end = self.actions.get(usize::from(action.0)).map_or(before, |action| action.refs_end);
        let types = self.uses_of(action).iter().filter_map(|of| self.types.get(usize::from(of.of)));
        let mut keys: Vec<u16> = self.refs_in(Span { start: before, end }).to_vec();
        keys.extend(types.flat_map(|kind| self.refs_in(kind.refs)));
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().filter_map(|key| self.keys.get(usize::from(key))).map(|&key| self.piece(key))
    }

    /// Do resource control policies bind the actions of this service? Not all services have joined.
    ///
    /// Even there, they bind neither the resources of the management account, nor service-linked roles, nor keys that
    /// AWS manages, nor `kms:RetireGrant`. Source: AWS Organizations User Guide, "Resource control policies (RCPs)",
    /// "List of AWS services that support RCPs" and "Resources and entities not restricted by RCPs".
    pub fn honours_rcp(&self, prefix: &str) -> bool {
        self.service(prefix).is_some_and(Service::honours_rcp)
    }

    fn uses_of(&self, action: ActionId) -> &[Use] {
        let before = self.before(action.0.into(), |action| action.uses_end);
        let end = self.actions.get(usize::from(action.0)).map_or(before, |action| action.uses_end);
        self.uses.get(before as usize..end as usize).unwrap_or_default()
    }

    fn refs_in(&self, span: Span) -> &[u16] {
        self.refs.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    fn piece(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Where the action before this one ended.
    fn before(&self, at: usize, end: impl Fn(&Action) -> u32) -> u32 {
        at.checked_sub(1).and_then(|before| self.actions.get(before)).map_or(0, end)
    }

    fn name_range(&self, at: usize) -> std::ops::Range<usize> {
        let start = self.before(at, |action| action.name_end) as usize;
        let end = self.actions.get(at).map_or(start, |action| action.name_end as usize);
        start..end
    }

    fn lower_at(&self, at: usize) -> &str {
        self.lower.get(self.name_range(at)).unwrap_or_default()
    }
}

/// The first index in the range for which `before` no longer holds.
fn partition(mut start: usize, mut end: usize, before: impl Fn(usize) -> bool) -> usize {
    while start < end {
        let middle = start + (end - start) / 2;
        if before(middle) { start = middle + 1 } else { end = middle }
    }
    start
}

/// A prefix as services are sorted: with its colon, so that the whole list of actions is sorted as text.
fn ordered(prefix: &str) -> impl Iterator<Item = u8> + '_ {
    prefix.bytes().map(|c| c.to_ascii_lowercase()).chain([b':'])
}
