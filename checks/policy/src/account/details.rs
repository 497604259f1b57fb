//! Reads an account from the JSON of `get-account-authorization-details`, and the policies given beside it.
//!
//! Values are borrowed from the text while it is read, and documents are skipped rather than parsed: accounts with ten
//! thousand principals are read often enough for it to matter.

mod wire;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use serde_json::value::RawValue;

use super::{AccountData, ControlLevel, GroupData, Named, PolicyData, ResourcePolicy, RoleData, UserData};

use wire::*;

const DETAILS: &str = "get-account-authorization-details";
const CONTROLS: &str = "service or resource control policies";
const RESOURCES: &str = "resource policies";

/// Why a file is not what it was given as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DetailsError {
    /// The text is not JSON, or a value is not of the type it must be.
    #[error("not the JSON of {what}: {message}")]
    Json {
        /// What the text was read as.
        what: &'static str,
        /// What is wrong, with the line and column.
        message: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// The JSON is well-formed, but another thing.
    #[error("not the JSON of {what}: {reason}")]
    Shape {
        /// What the text was read as.
        what: &'static str,
        /// Why it is not that.
        reason: String,
    },
    /// An entry of a list lacks something, or contradicts another.
    #[error("{list}, entry {position}{}{}: {reason}", named(.name), on_page(.page))]
    Entry {
        /// The page, from 1.
        page: usize,
        /// The list.
        list: &'static str,
        /// The entry's position in it, from 1.
        position: usize,
        /// The entry's name or ARN, as far as it has one.
        name: Option<String>,
        /// What is wrong.
        reason: String,
    },
}

fn named(name: &Option<String>) -> String {
    name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default()
}

fn on_page(page: &usize) -> String {
    // Most files have one page, and their reader need not know of pages.
    if *page > 1 { format!(" of page {page}") } else { String::new() }
}

impl DetailsError {
    pub(super) fn json(what: &'static str, error: &serde_json::Error) -> Self {
        Self::Json { what, message: error.to_string(), line: error.line(), column: error.column() }
    }

    pub(super) fn shape(what: &'static str, reason: impl Into<String>) -> Self {
        Self::Shape { what, reason: reason.into() }
    }
}

impl AccountData {
    /// Reads what `aws iam get-account-authorization-details` prints: one object, a list of pages, or pages one after the
    /// other. One `AccountData` for each account, in the order in which they appear.
    ///
    /// AWS's own policies have no account: they go to the accounts of their page, or of the page before.
    ///
    /// # Errors
    ///
    /// When the text is no such JSON, when an entry lacks its name, its ARN or a document, when two entries of one ARN
    /// differ, and when no entry tells the account.
    pub fn from_details(text: &str) -> Result<Vec<Self>, DetailsError> {
        let text = plain(text);
        let mut loader = Loader::default();
        let mut number = 0;
        for pages in serde_json::Deserializer::from_str(text).into_iter::<Pages<'_>>() {
            for page in pages.map_err(|error| DetailsError::json(DETAILS, &error))?.0 {
                number += 1;
                loader.page(page, number)?;
            }
        }
        if number == 0 {
            return Err(DetailsError::shape(DETAILS, "it is empty"));
        }
        if loader.accounts.is_empty() {
            return Err(DetailsError::shape(
                DETAILS,
                "no user, group, role or customer managed policy is in it, so the account is not known",
            ));
        }
        Ok(loader.accounts)
    }
}

impl ControlLevel {
    /// Reads levels of SCPs or RCPs: `{"org", "policies": [{"name", "document"}]}`, a list of such, what `aws organizations
    /// describe-policy` prints, or one policy document, which is then called `name`.
    ///
    /// # Errors
    ///
    /// When the text is none of these.
    pub fn load(text: &str, name: &str) -> Result<Vec<Self>, DetailsError> {
        let text = plain(text);
        let error = |error: serde_json::Error| DetailsError::json(CONTROLS, &error);
        let mut documents = Documents::default();
        if text.trim_start().starts_with('[') {
            let levels: Vec<Control<'_>> = serde_json::from_str(text).map_err(error)?;
            if levels.is_empty() {
                return Err(DetailsError::shape(CONTROLS, "the list is empty"));
            }
            let mut read = Vec::with_capacity(levels.len());
            for (index, level) in levels.into_iter().enumerate() {
                let number = index + 1;
                // Policies of one level add up, levels do not: a bare list of policies would leave it open which is meant.
                let Some(policies) = level.policies else {
                    return Err(DetailsError::shape(
                        CONTROLS,
                        format!("entry {number} of the list has no \"policies\""),
                    ));
                };
                let policies = documents
                    .controls(policies)
                    .map_err(|reason| DetailsError::shape(CONTROLS, format!("entry {number} of the list, {reason}")))?;
                read.push(Self { org: level.org.map(String::from).unwrap_or_default(), policies });
            }
            return Ok(read);
        }
        let level: Control<'_> = serde_json::from_str(text).map_err(error)?;
        let shape = |reason| DetailsError::shape(CONTROLS, reason);
        let org = level.org.map(String::from).unwrap_or_default();
        let policies = if let Some(policies) = level.policies {
            documents.controls(policies).map_err(shape)?
        } else if let Some(described) = level.described {
            let summary = described.summary.and_then(|summary| summary.name);
            let document = documents.read(described.content, "Content").map_err(shape)?;
            vec![Named { name: summary.map_or_else(|| name.to_owned(), String::from), document }]
        } else if level.statement.is_some() {
            vec![Named { name: name.to_owned(), document: Arc::from(text.trim()) }]
        } else {
            return Err(DetailsError::shape(
                CONTROLS,
                "neither \"policies\" nor \"Policy\" nor \"Statement\" is in it",
            ));
        };
        Ok(vec![Self { org, policies }])
    }
}

impl ResourcePolicy {
    /// Reads the policies of resources: `{"arn": document, ...}`, or a list of `{"arn" or "resource", "document" or
    /// "policy", "owner"}`; documents as objects or as text. The owner is the account, where the ARN does not tell it.
    ///
    /// # Errors
    ///
    /// When the text is neither, and when a resource has two policies.
    pub fn load(text: &str) -> Result<Vec<Self>, DetailsError> {
        let pairs: Pairs<'_> =
            serde_json::from_str(plain(text)).map_err(|error| DetailsError::json(RESOURCES, &error))?;
        let mut documents = Documents::default();
        let mut seen = HashSet::with_capacity(pairs.0.len());
        let mut policies = Vec::with_capacity(pairs.0.len());
        for (index, Pair { arn, document, owner }) in pairs.0.into_iter().enumerate() {
            let number = index + 1;
            let error = |reason: String| DetailsError::shape(RESOURCES, format!("entry {number}: {reason}"));
            let arn = arn.map(String::from).ok_or_else(|| error("no \"arn\"".into()))?;
            if split(&arn).is_none() {
                return Err(error(format!("{arn:?} is no ARN")));
            }
            let document = documents.read(document, "document").map_err(|reason| error(format!("{arn}: {reason}")))?;
            if !seen.insert(arn.clone()) {
                return Err(error(format!("{arn} is given twice")));
            }
            let owner = owner.map(String::from);
            if let Some(wrong) = owner.as_ref().filter(|owner| !crate::document::is_account_id(owner)) {
                return Err(error(format!("the owner {wrong:?} is no account: twelve digits")));
            }
            policies.push(Self { arn, document, owner });
        }
        Ok(policies)
    }
}

/// Without the byte order mark that some editors and shells put first.
fn plain(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Partition, account and resource of an ARN.
fn split(arn: &str) -> Option<(&str, &str, &str)> {
    let mut parts = arn.splitn(6, ':');
    let (Some("arn"), Some(partition), Some(_), Some(_), Some(account), Some(resource)) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    (!partition.is_empty() && !resource.is_empty()).then_some((partition, account, resource))
}

/// The documents read so far: equal texts share one allocation.
#[derive(Default)]
struct Documents<'a> {
    seen: HashMap<Cow<'a, str>, Arc<str>>,
}

impl<'a> Documents<'a> {
    /// A document that is an object, JSON text, or percent-encoded JSON text.
    fn read(&mut self, raw: Option<&'a RawValue>, what: &str) -> Result<Arc<str>, String> {
        let Some(raw) = raw.map(RawValue::get) else {
            return Err(format!("no {what}"));
        };
        if raw.starts_with('{') {
            return Ok(self.share(Cow::Borrowed(raw)));
        }
        let neither = || format!("{what} is neither a JSON object nor the text of one");
        let Text(text) = serde_json::from_str::<Text<'a>>(raw).map_err(|_| neither())?;
        if text.trim_start().starts_with('{') {
            return Ok(self.share(trim(text)));
        }
        let decoded = percent_decode_str(&text).decode_utf8().map_err(|_| format!("{what} is not UTF-8"))?;
        let decoded = decoded.trim();
        if decoded.starts_with('{') { Ok(self.share(Cow::Owned(decoded.to_owned()))) } else { Err(neither()) }
    }

    fn share(&mut self, text: Cow<'a, str>) -> Arc<str> {
        Arc::clone(self.seen.entry(text).or_insert_with_key(|text| Arc::from(&**text)))
    }

    fn inline(&mut self, list: Option<Vec<Inline<'a>>>) -> Result<Vec<Named>, String> {
        let list = list.into_iter().flatten().enumerate();
        list.map(|(index, policy)| {
            let Some(name) = policy.name else {
                return Err(format!("inline policy {} has no PolicyName", index + 1));
            };
            let document = self
                .read(policy.document, "PolicyDocument")
                .map_err(|reason| format!("inline policy {}: {reason}", name.0))?;
            Ok(Named { name: name.into(), document })
        })
        .collect()
    }

    fn controls(&mut self, list: Vec<ControlPolicy<'a>>) -> Result<Vec<Named>, String> {
        let list = list.into_iter().enumerate();
        list.map(|(index, policy)| {
            let number = index + 1;
            let Some(name) = policy.name else {
                return Err(format!("policy {number} has no name"));
            };
            let document = self
                .read(policy.document, "document")
                .map_err(|reason| format!("policy {number} ({}): {reason}", name.0))?;
            Ok(Named { name: name.into(), document })
        })
        .collect()
    }
}

fn trim(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

fn arns(list: Option<Vec<Attached<'_>>>) -> Result<Vec<String>, String> {
    let list = list.into_iter().flatten().enumerate();
    list.map(|(index, policy)| {
        policy.arn.map(String::from).ok_or_else(|| format!("attached policy {} has no PolicyArn", index + 1))
    })
    .collect()
}

fn tags(list: Option<Vec<Tag<'_>>>) -> Result<Vec<(String, String)>, String> {
    let list = list.into_iter().flatten().enumerate();
    list.map(|(index, tag)| {
        let key = tag.key.ok_or_else(|| format!("tag {} has no Key", index + 1))?;
        Ok((key.into(), tag.value.map(String::from).unwrap_or_default()))
    })
    .collect()
}

/// A boundary that is there but does not tell its policy must not pass for none: that would grant more than AWS does.
fn boundary(boundary: Option<Boundary<'_>>) -> Result<Option<String>, String> {
    match boundary {
        None => Ok(None),
        Some(Boundary { arn: Some(arn) }) => Ok(Some(arn.into())),
        Some(Boundary { arn: None }) => Err("PermissionsBoundary without PermissionsBoundaryArn".into()),
    }
}

fn required<'a>(name: Option<Text<'a>>, arn: Option<Text<'a>>, what: &str) -> Result<(String, Cow<'a, str>), String> {
    let name = name.ok_or_else(|| format!("no {what}"))?;
    let arn = arn.ok_or("no Arn")?;
    Ok((name.into(), arn.0))
}

/// Where in the page an entry stands.
#[derive(Clone, Copy)]
struct Place {
    page: usize,
    list: &'static str,
    index: usize,
}

impl Place {
    fn error(self, label: Option<&Text<'_>>, reason: String) -> DetailsError {
        DetailsError::Entry {
            page: self.page,
            list: self.list,
            position: self.index + 1,
            name: label.map(|label| label.0.to_string()),
            reason,
        }
    }
}

#[derive(Default)]
struct Loader<'a> {
    documents: Documents<'a>,
    accounts: Vec<AccountData>,
    /// Where in its account's list the entry of an ARN is.
    seen: HashMap<(usize, Cow<'a, str>), usize>,
    /// The accounts of the last page that told any.
    current: Vec<usize>,
    /// AWS's policies from before the first account.
    waiting: Vec<PolicyData>,
}

impl<'a> Loader<'a> {
    fn page(&mut self, page: Page<'a>, number: usize) -> Result<(), DetailsError> {
        if page.users.is_none() && page.groups.is_none() && page.roles.is_none() && page.policies.is_none() {
            let of = if number > 1 { format!("page {number} has") } else { "it has".into() };
            return Err(DetailsError::shape(
                DETAILS,
                format!("{of} neither UserDetailList nor GroupDetailList nor RoleDetailList nor Policies"),
            ));
        }
        // The CLI's own paging tells of more by NextToken and leaves IsTruncated out.
        let more = match page.truncated {
            Some(truncated) => truncated || page.next.is_some(),
            None => page.marker.is_some() || page.next.is_some(),
        };
        let mut here = Vec::new();
        let mut shared = Vec::new();
        let place = |list, index| Place { page: number, list, index };
        for (index, user) in page.users.into_iter().flatten().enumerate() {
            let label = user.name.clone().or_else(|| user.arn.clone());
            self.user(user, &mut here)
                .map_err(|reason| place("UserDetailList", index).error(label.as_ref(), reason))?;
        }
        for (index, group) in page.groups.into_iter().flatten().enumerate() {
            let label = group.name.clone().or_else(|| group.arn.clone());
            self.group(group, &mut here)
                .map_err(|reason| place("GroupDetailList", index).error(label.as_ref(), reason))?;
        }
        for (index, role) in page.roles.into_iter().flatten().enumerate() {
            let label = role.name.clone().or_else(|| role.arn.clone());
            self.role(role, &mut here)
                .map_err(|reason| place("RoleDetailList", index).error(label.as_ref(), reason))?;
        }
        for (index, policy) in page.policies.into_iter().flatten().enumerate() {
            let label = policy.name.clone().or_else(|| policy.arn.clone());
            let error = |reason| place("Policies", index).error(label.as_ref(), reason);
            let policy = self.policy(policy, &mut here).map_err(error)?;
            // Which accounts the page is of is known at its end only.
            shared.extend(policy.map(|policy| (index, policy)));
        }
        if here.is_empty() {
            here.clone_from(&self.current);
        } else {
            self.current.clone_from(&here);
        }
        if here.is_empty() {
            self.waiting.extend(shared.into_iter().map(|(_, policy)| policy));
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        for account in here {
            self.accounts[account].complete = !more;
            for policy in &waiting {
                self.put_policy(account, Cow::Owned(policy.arn.clone()), policy.clone())
                    .map_err(|reason| DetailsError::shape(DETAILS, reason))?;
            }
            for (index, policy) in &shared {
                self.put_policy(account, Cow::Owned(policy.arn.clone()), policy.clone()).map_err(|reason| {
                    place("Policies", *index).error(Some(&Text(policy.name.as_str().into())), reason)
                })?;
            }
        }
        Ok(())
    }

    /// The account that an ARN of the given kind belongs to.
    fn owner(&mut self, arn: &str, kind: &str, here: &mut Vec<usize>) -> Result<usize, String> {
        let wrong = || format!("{arn:?} is not the ARN of a {}", kind.trim_end_matches('/'));
        let (partition, account, resource) = split(arn).ok_or_else(wrong)?;
        if !resource.starts_with(kind) || account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let is = |data: &AccountData| data.account == account && data.partition == partition;
        // Nearly always the account of the entry before.
        if let Some(&last) = here.last()
            && self.accounts.get(last).is_some_and(is)
        {
            return Ok(last);
        }
        let index = self.accounts.iter().position(is).unwrap_or_else(|| {
            let (account, partition) = (account.to_owned(), partition.to_owned());
            self.accounts.push(AccountData { account, partition, complete: true, ..AccountData::default() });
            self.accounts.len() - 1
        });
        // Kept with the latest last.
        here.retain(|&other| other != index);
        here.push(index);
        Ok(index)
    }

    fn user(&mut self, user: User<'a>, here: &mut Vec<usize>) -> Result<(), String> {
        let (name, arn) = required(user.name, user.arn, "UserName")?;
        let account = self.owner(&arn, "user/", here)?;
        let data = UserData {
            name,
            arn: arn.clone().into_owned(),
            id: user.id.map(String::from),
            groups: user.groups.into_iter().flatten().map(String::from).collect(),
            attached: arns(user.attached)?,
            inline: self.documents.inline(user.inline)?,
            boundary: boundary(user.boundary)?,
            tags: tags(user.tags)?,
        };
        put(&mut self.accounts[account].users, &mut self.seen, (account, arn), data)
    }

    fn group(&mut self, group: Group<'a>, here: &mut Vec<usize>) -> Result<(), String> {
        let (name, arn) = required(group.name, group.arn, "GroupName")?;
        let account = self.owner(&arn, "group/", here)?;
        let data = GroupData {
            name,
            arn: arn.clone().into_owned(),
            attached: arns(group.attached)?,
            inline: self.documents.inline(group.inline)?,
        };
        put(&mut self.accounts[account].groups, &mut self.seen, (account, arn), data)
    }

    fn role(&mut self, role: Role<'a>, here: &mut Vec<usize>) -> Result<(), String> {
        let (name, arn) = required(role.name, role.arn, "RoleName")?;
        let account = self.owner(&arn, "role/", here)?;
        let profiles = role.profiles.into_iter().flatten().enumerate();
        let data = RoleData {
            name,
            path: role.path.map_or_else(|| path(&arn), String::from),
            arn: arn.clone().into_owned(),
            id: role.id.map(String::from),
            trust: self.documents.read(role.trust, "AssumeRolePolicyDocument")?,
            attached: arns(role.attached)?,
            inline: self.documents.inline(role.inline)?,
            boundary: boundary(role.boundary)?,
            tags: tags(role.tags)?,
            last_used: role.last_used.and_then(|used| used.date).map(String::from),
            instance_profiles: profiles
                .map(|(index, profile)| {
                    profile.arn.map(String::from).ok_or_else(|| format!("instance profile {} has no Arn", index + 1))
                })
                .collect::<Result<_, _>>()?,
        };
        put(&mut self.accounts[account].roles, &mut self.seen, (account, arn), data)
    }

    /// A policy of AWS's is handed back: the caller knows whose page it is on.
    fn policy(&mut self, policy: Policy<'a>, here: &mut Vec<usize>) -> Result<Option<PolicyData>, String> {
        let (name, arn) = required(policy.name, policy.arn, "PolicyName")?;
        let aws = matches!(split(&arn), Some((_, "aws", resource)) if resource.starts_with("policy/"));
        let account = if aws { None } else { Some(self.owner(&arn, "policy/", here)?) };
        let mut versions = policy.versions.unwrap_or_default();
        let default = policy
            .default
            .as_ref()
            .and_then(|id| versions.iter().position(|version| version.id.as_ref() == Some(id)))
            .or_else(|| versions.iter().position(|version| version.default == Some(true)))
            .ok_or("its default version is not in PolicyVersionList")?;
        let default = versions.remove(default);
        let default_version = default.id.or(policy.default).map(String::from).unwrap_or_default();
        let document = self.documents.read(default.document, "Document")?;
        let other_versions = versions
            .into_iter()
            .map(|version| {
                let id = version.id.map(String::from).unwrap_or_default();
                let document =
                    self.documents.read(version.document, "Document").map_err(|reason| format!("{id}: {reason}"))?;
                Ok((id, document))
            })
            .collect::<Result<_, String>>()?;
        let attachments = policy.attachments.unwrap_or(0);
        let arn_text = arn.clone().into_owned();
        let data = PolicyData { name, arn: arn_text, default_version, document, other_versions, attachments };
        match account {
            None => Ok(Some(data)),
            Some(account) => self.put_policy(account, arn, data).map(|()| None),
        }
    }

    fn put_policy(&mut self, account: usize, arn: Cow<'a, str>, mut data: PolicyData) -> Result<(), String> {
        let list = &mut self.accounts[account].policies;
        let key = (account, arn);
        // Attachments change between two pages more easily than documents do, and nothing is decided by their number.
        if let Some(old) = self.seen.get(&key).and_then(|&at| list.get_mut(at)) {
            old.attachments = old.attachments.max(data.attachments);
            data.attachments = old.attachments;
        }
        put(list, &mut self.seen, key, data)
    }
}

/// Pages may overlap: the same entry again is no news, another one of the same ARN leaves open which is true.
fn put<'a, T: PartialEq>(
    list: &mut Vec<T>,
    seen: &mut HashMap<(usize, Cow<'a, str>), usize>,
    key: (usize, Cow<'a, str>),
    data: T,
) -> Result<(), String> {
    match seen.entry(key) {
        std::collections::hash_map::Entry::Vacant(entry) => {
            entry.insert(list.len());
            list.push(data);
            Ok(())
        }
        std::collections::hash_map::Entry::Occupied(entry) => match list.get(*entry.get()) {
            Some(old) if *old == data => Ok(()),
            _ => Err(format!("{} is there twice, and they differ", entry.key().1)),
        },
    }
}

/// The path in a role's ARN: what is between `role` and the name.
fn path(arn: &str) -> String {
    let resource = split(arn).map_or("", |(_, _, resource)| resource);
    match (resource.find('/'), resource.rfind('/')) {
        (Some(first), Some(last)) => resource[first..=last].to_owned(),
        _ => "/".to_owned(),
    }
}
