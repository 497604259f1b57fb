//! From plain data to compiled documents and principals.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::{Around, Controls, Document, Estate, Held, Principal};
use crate::account::{AccountData, ControlLevel, Named, RoleData, UserData};
use crate::actions::{ActionSet, ActionTable};
use crate::document::Kind;

/// Compiles each text once.
struct Builder<'d> {
    table: &'static ActionTable,
    documents: Vec<Document>,
    known: HashMap<(&'d str, bool), usize>,
    cache: HashMap<String, ActionSet>,
}

/// What a principal holds, and what of it was not among the data.
#[derive(Default, Clone)]
struct Holding {
    held: Vec<Held>,
    lacks: Option<String>,
}

impl<'d> Builder<'d> {
    fn document(&mut self, text: &'d str, kind: Kind) -> usize {
        let key = (text, kind == Kind::Resource);
        if let Some(at) = self.known.get(&key) {
            return *at;
        }
        self.documents.push(Document::new(text, kind, self.table, &mut self.cache));
        self.known.insert(key, self.documents.len() - 1);
        self.documents.len() - 1
    }

    fn inline(&mut self, list: &'d [Named], group: Option<&str>, held: &mut Vec<Held>) {
        for named in list {
            let document = self.document(&named.document, Kind::Identity);
            let name = match group {
                Some(group) => format!("inline {} of group {group}", named.name),
                None => format!("inline {}", named.name),
            };
            held.push(Held { document, name: name.into(), version: None, group: group.map(Into::into) });
        }
    }

    fn levels(&mut self, levels: &'d [ControlLevel], kind: Kind) -> Vec<Vec<Held>> {
        let mut compile = |named: &'d Named| Held {
            document: self.document(&named.document, kind),
            name: named.name.as_str().into(),
            version: None,
            group: None,
        };
        levels.iter().map(|level| level.policies.iter().map(&mut compile).collect()).collect()
    }

    /// The levels above an account; none when it has none, or when they are not known.
    fn above(&mut self, controls: &'d Controls, account: &str, kind: Kind) -> Option<Vec<Vec<Held>>> {
        let levels = controls.above(account)?;
        (!levels.is_empty()).then(|| self.levels(levels, kind))
    }
}

fn attach(managed: &HashMap<&str, Held>, list: &[String], group: Option<&str>, holding: &mut Holding) {
    for arn in list {
        match managed.get(arn.as_str()) {
            Some(found) => holding.held.push(Held { group: group.map(Into::into), ..found.clone() }),
            None => holding.lacks = Some(arn.clone()),
        }
    }
}

fn bounded(managed: &HashMap<&str, Held>, boundary: Option<&String>, holding: &mut Holding) -> Option<Held> {
    let arn = boundary?;
    let found = managed.get(arn.as_str()).cloned();
    if found.is_none() {
        holding.lacks = Some(arn.clone());
    }
    found
}

fn user(of: &UserData, account: usize, holding: Holding, boundary: Option<Held>) -> Principal {
    Principal {
        arn: of.arn.clone(),
        name: of.name.clone(),
        account,
        user: true,
        path: String::new(),
        groups: of.groups.clone(),
        tags: of.tags.clone(),
        held: holding.held,
        boundary,
        lacks: holding.lacks,
        trust: None,
        on_instances: false,
        unnamed: false,
    }
}

fn role(of: &RoleData, account: usize, holding: Holding, boundary: Option<Held>, trust: usize) -> Principal {
    Principal {
        arn: of.arn.clone(),
        name: of.name.clone(),
        account,
        user: false,
        path: of.path.clone(),
        groups: Vec::new(),
        tags: of.tags.clone(),
        held: holding.held,
        boundary,
        lacks: holding.lacks,
        trust: Some(trust),
        on_instances: !of.instance_profiles.is_empty(),
        unnamed: false,
    }
}

impl Estate {
    /// Compiles accounts with what stands above and beside them. `now`: the time that `aws:CurrentTime` has, as ISO 8601.
    #[must_use]
    pub fn new(accounts: Vec<AccountData>, around: Around, table: &'static ActionTable, now: &str) -> Estate {
        let mut builder = Builder { table, documents: Vec::new(), known: HashMap::new(), cache: HashMap::new() };
        let mut principals: Vec<Principal> = Vec::new();
        let (mut scp, mut rcp) = (Vec::new(), Vec::new());
        let mut groups_held = Vec::new();
        for (at, account) in accounts.iter().enumerate() {
            scp.push(builder.above(&around.scp, &account.account, Kind::Identity));
            rcp.push(builder.above(&around.rcp, &account.account, Kind::Control));
            let mut managed: HashMap<&str, Held> = HashMap::new();
            for policy in &account.policies {
                let document = builder.document(&policy.document, Kind::Identity);
                let version = Some(policy.default_version.as_str().into());
                let held = Held { document, name: policy.arn.as_str().into(), version, group: None };
                managed.insert(&policy.arn, held);
            }
            let mut groups: HashMap<&str, Holding> = HashMap::new();
            let mut listed = Vec::new();
            for group in &account.groups {
                let mut holding = Holding::default();
                attach(&managed, &group.attached, Some(&group.name), &mut holding);
                builder.inline(&group.inline, Some(&group.name), &mut holding.held);
                listed.push(holding.held.clone());
                groups.insert(&group.name, holding);
            }
            groups_held.push(listed);
            for of in &account.users {
                let mut holding = Holding::default();
                attach(&managed, &of.attached, None, &mut holding);
                builder.inline(&of.inline, None, &mut holding.held);
                for group in &of.groups {
                    match groups.get(group.as_str()) {
                        Some(theirs) => {
                            holding.held.extend(theirs.held.iter().cloned());
                            holding.lacks = holding.lacks.or_else(|| theirs.lacks.clone());
                        }
                        None => holding.lacks = Some(format!("group {group}")),
                    }
                }
                let boundary = bounded(&managed, of.boundary.as_ref(), &mut holding);
                principals.push(user(of, at, holding, boundary));
            }
            for of in &account.roles {
                let mut holding = Holding::default();
                attach(&managed, &of.attached, None, &mut holding);
                builder.inline(&of.inline, None, &mut holding.held);
                let boundary = bounded(&managed, of.boundary.as_ref(), &mut holding);
                let trust = builder.document(&of.trust, Kind::Resource);
                principals.push(role(of, at, holding, boundary, trust));
            }
        }
        let versions = accounts
            .iter()
            .flat_map(|account| &account.policies)
            .filter(|policy| !policy.other_versions.is_empty())
            .map(|policy| {
                let others = policy.other_versions.iter().map(|(id, text)| Held {
                    document: builder.document(text, Kind::Identity),
                    name: policy.arn.as_str().into(),
                    version: Some(id.as_str().into()),
                    group: None,
                });
                (policy.arn.clone(), others.collect())
            })
            .collect();
        let resources = around
            .resources
            .iter()
            .map(|policy| (policy.arn.clone(), builder.document(&policy.document, Kind::Resource)))
            .collect();
        let documents = builder.documents;
        let scp_known = accounts.iter().map(|account| around.scp.above(&account.account).is_some()).collect();
        let rcp_known = accounts.iter().map(|account| around.rcp.above(&account.account).is_some()).collect();
        let mut refusing: Vec<_> = crate::refused::actions().filter_map(|name| table.id(name)).collect();
        refusing.sort_unstable();
        let by_arn = principals.iter().enumerate().map(|(at, p)| (p.arn.clone(), at)).collect();
        let (mut holding, mut ends) = (Vec::new(), Vec::with_capacity(principals.len()));
        for p in &principals {
            holding.extend(p.held.iter().filter_map(|held| u32::try_from(held.document).ok()));
            holding.extend(p.lacks.iter().map(|_| u32::MAX));
            ends.push(u32::try_from(holding.len()).unwrap_or(u32::MAX));
        }
        let naming = (0..table.len()).map(|_| OnceLock::new()).collect();
        let told = around.resources.iter().filter_map(|policy| Some((policy.arn.clone(), policy.owner.clone()?)));
        let told: Vec<(String, String)> = told.collect();
        let Around { own, watched, organizations, places, mut owners, restricted, tags, .. } = around;
        owners.extend(told);
        Estate {
            table,
            accounts,
            documents,
            principals,
            by_arn,
            scp,
            rcp,
            scp_known,
            rcp_known,
            groups: groups_held,
            versions,
            resources,
            watched,
            own,
            organizations,
            places,
            owners,
            restricted,
            tags,
            refusing,
            holding,
            ends,
            naming,
            now: now.to_owned(),
        }
    }
}
