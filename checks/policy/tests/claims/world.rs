//! Accounts as the tests make them: plain data, and the JSON that AWS would answer with.

use kickoff_policy::account::{AccountData, ControlLevel, Named};
use kickoff_policy::actions::ActionTable;
use kickoff_policy::estate::{Around, Controls, Estate};
use serde_json::{Value, json};

pub const ADMINISTRATOR_ACCESS: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
pub const NOW: &str = "2026-01-01T00:00:00Z";
const MADE: &str = "2025-01-01T00:00:00Z";

/// A user or a role.
#[derive(Clone, Debug, Default)]
pub struct Entity {
    pub account: String,
    pub user: bool,
    pub name: String,
    pub path: String,
    pub inline: Vec<Value>,
    /// ARNs.
    pub attached: Vec<String>,
    /// Names.
    pub groups: Vec<String>,
    /// An ARN.
    pub boundary: Option<String>,
    pub tags: Vec<(String, String)>,
    /// A role's trust policy.
    pub trust: Value,
    /// Whether an instance profile holds the role.
    pub profile: bool,
}

impl Entity {
    pub fn new(account: &str, user: bool, name: &str) -> Entity {
        let (account, name, path) = (account.to_owned(), name.to_owned(), "/".to_owned());
        Entity { account, user, name, path, ..Entity::default() }
    }

    pub fn arn(&self) -> String {
        let kind = if self.user { "user" } else { "role" };
        format!("arn:aws:iam::{}:{kind}{}{}", self.account, self.path, self.name)
    }

    pub fn is_service_linked(&self) -> bool {
        self.path.starts_with("/aws-service-role/")
    }
}

#[derive(Clone, Debug, Default)]
pub struct Group {
    pub name: String,
    pub inline: Vec<Value>,
    pub attached: Vec<String>,
}

/// A managed policy; its first version is the one in force.
#[derive(Clone, Debug)]
pub struct Managed {
    pub arn: String,
    pub versions: Vec<Value>,
}

#[derive(Clone, Debug, Default)]
pub struct Account {
    pub number: String,
    pub entities: Vec<Entity>,
    pub groups: Vec<Group>,
    pub policies: Vec<Managed>,
}

/// Accounts with the SCPs above them, level by level.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub accounts: Vec<Account>,
    pub scp: Option<Vec<Vec<Value>>>,
}

pub fn document(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

pub fn statement(effect: &str, actions: &[&str], resource: &str) -> Value {
    json!({ "Effect": effect, "Action": actions, "Resource": resource })
}

pub fn allow(actions: &[&str], resource: &str) -> Value {
    document(&[statement("Allow", actions, resource)])
}

pub fn trust(principal: &Value) -> Value {
    document(&[json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" })])
}

fn inline(documents: &[Value]) -> Value {
    documents
        .iter()
        .enumerate()
        .map(|(at, d)| json!({ "PolicyName": format!("own-{at}"), "PolicyDocument": d }))
        .collect()
}

fn attached(arns: &[String]) -> Value {
    arns.iter().map(|arn| json!({ "PolicyName": arn.rsplit('/').next(), "PolicyArn": arn })).collect()
}

impl Account {
    /// What `GetAccountAuthorizationDetails` answers.
    pub fn details(&self) -> Value {
        let entity = |e: &Entity| {
            let tags: Value = e.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
            let mut out = json!({
                "Path": e.path, "Arn": e.arn(), "CreateDate": MADE, "Tags": tags, "AttachedManagedPolicies": attached(&e.attached),
            });
            if let Some(arn) = &e.boundary {
                out["PermissionsBoundary"] =
                    json!({ "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn });
            }
            if e.user {
                out["UserName"] = json!(e.name);
                out["UserId"] = json!("AIDAEXAMPLE");
                out["UserPolicyList"] = inline(&e.inline);
                out["GroupList"] = json!(e.groups);
            } else {
                out["RoleName"] = json!(e.name);
                out["RoleId"] = json!("AROAEXAMPLE");
                out["RolePolicyList"] = inline(&e.inline);
                out["AssumeRolePolicyDocument"] = e.trust.clone();
                out["RoleLastUsed"] = json!({});
                let arn = format!("arn:aws:iam::{}:instance-profile/{}", self.number, e.name);
                let profile = json!({ "Path": "/", "InstanceProfileName": e.name, "InstanceProfileId": "AIPAEXAMPLE", "Arn": arn, "CreateDate": MADE, "Roles": [] });
                out["InstanceProfileList"] = if e.profile { json!([profile]) } else { json!([]) };
            }
            out
        };
        let list = |user: bool| -> Value { self.entities.iter().filter(|e| e.user == user).map(entity).collect() };
        let group = |g: &Group| {
            let arn = self.group_arn(&g.name);
            json!({ "Path": "/", "GroupName": g.name, "GroupId": "AGPAEXAMPLE", "Arn": arn, "CreateDate": MADE,
                "GroupPolicyList": inline(&g.inline), "AttachedManagedPolicies": attached(&g.attached) })
        };
        let policy = |p: &Managed| {
            let versions: Value = (p.versions.iter().enumerate())
                .map(|(at, d)| json!({ "Document": d, "VersionId": format!("v{}", 9 - at), "IsDefaultVersion": at == 0, "CreateDate": MADE }))
                .collect();
            json!({ "PolicyName": p.arn.rsplit('/').next(), "PolicyId": "ANPAEXAMPLE", "Arn": p.arn, "Path": "/", "DefaultVersionId": "v9",
                "AttachmentCount": 1, "PermissionsBoundaryUsageCount": 0, "IsAttachable": true, "CreateDate": MADE, "UpdateDate": MADE,
                "PolicyVersionList": versions })
        };
        json!({
            "UserDetailList": list(true),
            "GroupDetailList": self.groups.iter().map(group).collect::<Value>(),
            "RoleDetailList": list(false),
            "Policies": self.policies.iter().map(policy).collect::<Value>(),
        })
    }

    pub fn group_arn(&self, name: &str) -> String {
        format!("arn:aws:iam::{}:group/{name}", self.number)
    }

    pub fn policy(&self, arn: &str) -> &Managed {
        self.policies.iter().find(|p| p.arn == arn).unwrap()
    }

    pub fn group(&self, name: &str) -> &Group {
        self.groups.iter().find(|g| g.name == name).unwrap()
    }
}

impl World {
    /// The one place that knows how the engine takes accounts.
    pub fn estate(&self) -> Estate {
        let accounts = self
            .accounts
            .iter()
            .flat_map(|account| AccountData::from_details(&account.details().to_string()).unwrap())
            .collect();
        let named = |at: usize, d: &Value| Named { name: format!("scp-{at}"), document: d.to_string().into() };
        let level = |documents: &Vec<Value>| ControlLevel {
            org: String::new(),
            policies: documents.iter().enumerate().map(|(at, d)| named(at, d)).collect(),
        };
        let levels: Option<Vec<ControlLevel>> = self.scp.as_ref().map(|levels| levels.iter().map(level).collect());
        let around = Around { scp: levels.map_or(Controls::Unknown, Controls::Everywhere), ..Around::default() };
        Estate::new(accounts, around, ActionTable::embedded(), NOW)
    }

    pub fn entities(&self) -> impl Iterator<Item = (&Account, &Entity)> {
        self.accounts.iter().flat_map(|account| account.entities.iter().map(move |e| (account, e)))
    }

    /// What a failure is about: some principals with all that they hold.
    pub fn dump(&self, arns: &[&str]) -> String {
        let mut out = String::new();
        for (account, e) in self.entities().filter(|(_, e)| arns.contains(&e.arn().as_str())) {
            let held: Value =
                documents(account, e).into_iter().map(|(name, d)| json!({ name: d["Statement"] })).collect();
            out += &format!("\n  {} tags {:?} groups {:?}\n    holds {held}", e.arn(), e.tags, e.groups);
            if let Some(arn) = &e.boundary {
                out += &format!("\n    boundary {}", account.policy(arn).versions[0]["Statement"]);
            }
            if !e.user {
                out += &format!("\n    trust {} profile {}", e.trust["Statement"], e.profile);
            }
        }
        out + &self.scp.as_ref().map(|levels| format!("\n  scp {}", json!(levels))).unwrap_or_default()
    }
}

/// The identity policies that a principal holds, with the ARN of each managed one.
pub fn documents(account: &Account, e: &Entity) -> Vec<(String, Value)> {
    let groups: Vec<&Group> = e.groups.iter().map(|name| account.group(name)).collect();
    let attached = e.attached.iter().chain(groups.iter().flat_map(|g| &g.attached));
    let inline = e.inline.iter().chain(groups.iter().flat_map(|g| &g.inline));
    attached
        .map(|arn| (arn.clone(), account.policy(arn).versions[0].clone()))
        .chain(inline.map(|d| ("inline".to_owned(), d.clone())))
        .collect()
}
