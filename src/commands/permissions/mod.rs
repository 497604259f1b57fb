//! `kickoff permissions`: the rights that the selected checks need, those of other commands that are named, and a role that
//! only those who are meant can take.

mod store;
mod trust;

use std::collections::BTreeSet;
use std::io::Write as _;

use kickoff::walk::Failure;
use kickoff_engagement::is_account_id;
use kickoff_facts::{Need, Operation, WRITES};
use serde_json::{Map, Value, json};
use trust::{Trust, cloudformation, terraform};

use super::given;
use crate::cli::{PermissionsArgs, PolicyFormat, Purpose};
use crate::exit::Exit;
use crate::terminal::streams;

pub(crate) fn run(arguments: &PermissionsArgs) -> Result<Exit, Failure> {
    let policy = policy(arguments)?;
    let trust = Trust::of(arguments)?;
    let text = match arguments.format {
        PolicyFormat::Json => pretty(&policy)?,
        PolicyFormat::Terraform => terraform(&pretty(&policy)?, &trust),
        PolicyFormat::Cloudformation => pretty(&cloudformation(&policy, &trust))?,
    };
    let mut out = streams::out();
    writeln!(out, "{text}")?;
    Ok(Exit::Done)
}

fn pretty(value: &Value) -> Result<String, Failure> {
    serde_json::to_string_pretty(value).map_err(|error| Failure::usage(&error))
}

/// The policy: a statement for reading, and one for each further purpose.
fn policy(arguments: &PermissionsArgs) -> Result<Value, Failure> {
    let mut statements = Vec::new();
    let purposes: BTreeSet<Purpose> = if arguments.purposes.is_empty() {
        BTreeSet::from([Purpose::Scan])
    } else {
        arguments.purposes.iter().copied().collect()
    };
    if purposes.contains(&Purpose::Scan) {
        let selection = given::selection(&arguments.select)?;
        let caller = Operation::get("sts:GetCallerIdentity");
        let actions: BTreeSet<&str> =
            selection.needs().into_iter().flat_map(Need::operations).chain(caller).map(Operation::action).collect();
        statements.push(json!({ "Sid": "KickoffReadOnly", "Effect": "Allow", "Action": actions, "Resource": "*" }));
    }
    if purposes.contains(&Purpose::Push) {
        let actions: BTreeSet<&str> = WRITES.iter().map(Operation::action).collect();
        // Of these the resource is a product, which Security Hub names after the account and the region.
        statements.push(json!({ "Sid": "KickoffPush", "Effect": "Allow", "Action": actions, "Resource": "*" }));
    }
    if purposes.contains(&Purpose::ReadStore) && arguments.store.is_none() {
        return Err(Failure::Usage("say which store is read: --store s3://BUCKET/PREFIX".to_owned()));
    }
    if let Some(store) = &arguments.store {
        // A scan writes; who asks for nothing but reading gets nothing but that.
        let writes = purposes.contains(&Purpose::Scan);
        statements.extend(store::statements(store, arguments.store_key.as_deref(), writes)?);
    }
    if let Some(key) = &arguments.kms_key {
        statements.push(signing(key)?);
    }
    if !arguments.assume_roles.is_empty() {
        let arns = arguments.assume_roles.iter().map(|role| role_arn(role)).collect::<Result<BTreeSet<_>, _>>()?;
        let mut statement = Map::new();
        statement.insert("Sid".to_owned(), json!("KickoffEnterAccounts"));
        statement.insert("Effect".to_owned(), json!("Allow"));
        statement.insert("Action".to_owned(), json!("sts:AssumeRole"));
        statement.insert("Resource".to_owned(), json!(arns));
        if let Some(organization) = &arguments.trust.organization {
            statement.insert("Condition".to_owned(), json!({ "StringEquals": { "aws:ResourceOrgID": organization } }));
        }
        statements.push(Value::Object(statement));
    }
    Ok(json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// The rights of `--kms-key`: the public part, and signatures, with this key and no other.
fn signing(key: &str) -> Result<Value, Failure> {
    let parts: Vec<&str> = key.splitn(6, ':').collect();
    let actions = ["kms:GetPublicKey", "kms:Sign"];
    match parts.as_slice() {
        ["arn", partition, "kms", region, account, name] if is_account_id(account) => match name.split_once('/') {
            Some(("key", _)) => {
                Ok(json!({ "Sid": "KickoffSign", "Effect": "Allow", "Action": actions, "Resource": key }))
            }
            // A policy names keys, not aliases: the alias is a condition (KMS Developer Guide, "Use aliases to control access").
            Some(("alias", _)) => Ok(json!({
                "Sid": "KickoffSign",
                "Effect": "Allow",
                "Action": actions,
                "Resource": format!("arn:{partition}:kms:{region}:{account}:key/*"),
                "Condition": { "ForAnyValue:StringEquals": { "kms:ResourceAliases": name } },
            })),
            _ => Err(Failure::Usage(format!("{key:?} is not the ARN of a KMS key or alias"))),
        },
        _ => Err(Failure::Usage(format!("{key:?} is not the ARN of a KMS key or alias"))),
    }
}

/// The ARN of a role that is entered: the role's own, or that of its name in any account.
fn role_arn(role: &str) -> Result<String, Failure> {
    let named =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-/*".contains(&b));
    match role.strip_prefix("arn:") {
        Some(rest) if rest.splitn(5, ':').nth(4).is_some_and(|role| role.starts_with("role/")) => Ok(role.to_owned()),
        None if named(role) => Ok(format!("arn:aws:iam::*:role/{role}")),
        _ => Err(Failure::Usage(format!("{role:?} is neither the ARN nor the name of a role"))),
    }
}
