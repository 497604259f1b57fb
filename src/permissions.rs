//! `kickoff permissions`: the read-only rights that the selected checks need, no more.

use std::collections::BTreeSet;
use std::io::Write as _;

use kickoff_facts::{Need, Operation};
use serde_json::{Value, json};

use crate::cli::{PermissionsArgs, PolicyFormat};
use crate::exit::{Exit, Failure};
use crate::scan::select;

pub(crate) fn run(arguments: &PermissionsArgs) -> Result<Exit, Failure> {
    let selection = select(&arguments.select)?;
    let caller = Operation::get("sts:GetCallerIdentity");
    let actions: BTreeSet<&str> =
        selection.needs().into_iter().flat_map(Need::operations).chain(caller).map(Operation::action).collect();
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Sid": "KickoffReadOnly", "Effect": "Allow", "Action": actions, "Resource": "*" }],
    });
    let text = match arguments.format {
        PolicyFormat::Json => pretty(&policy)?,
        PolicyFormat::Terraform => terraform(&policy)?,
        PolicyFormat::Cloudformation => pretty(&cloudformation(&policy))?,
    };
    let mut out = crate::streams::out();
    writeln!(out, "{text}")?;
    Ok(Exit::Done)
}

fn pretty(value: &Value) -> Result<String, Failure> {
    serde_json::to_string_pretty(value).map_err(|error| Failure::usage(&error))
}

fn terraform(policy: &Value) -> Result<String, Failure> {
    Ok(format!(
        r#"variable "kickoff_principal_arn" {{
  description = "Who may assume the role: the person or job that runs kickoff."
  type        = string
}}

resource "aws_iam_role" "kickoff" {{
  name = "KickoffReadOnly"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ AWS = var.kickoff_principal_arn }} }}]
  }})
}}

resource "aws_iam_role_policy" "kickoff" {{
  name   = "KickoffReadOnly"
  role   = aws_iam_role.kickoff.id
  policy = <<-POLICY
{}
  POLICY
}}"#,
        pretty(policy)?
    ))
}

fn cloudformation(policy: &Value) -> Value {
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The role by which kickoff reads this account's configuration.",
        "Parameters": {
            "PrincipalArn": {
                "Type": "String",
                "Description": "Who may assume the role: the person or job that runs kickoff.",
            },
        },
        "Resources": {
            "KickoffReadOnly": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": "KickoffReadOnly",
                    "AssumeRolePolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [{
                            "Effect": "Allow",
                            "Action": "sts:AssumeRole",
                            "Principal": { "AWS": { "Ref": "PrincipalArn" } },
                        }],
                    },
                    "Policies": [{ "PolicyName": "KickoffReadOnly", "PolicyDocument": policy }],
                },
            },
        },
    })
}
