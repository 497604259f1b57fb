//! Who may take the generated role: an account's principal with an ExternalId, a service for its own account, or a web
//! identity of one audience and subject.
//!
//! Sources: IAM User Guide, "Access to AWS accounts owned by third parties" (ExternalId), "The confused deputy problem"
//! (`aws:SourceAccount`, `aws:SourceArn`, `aws:PrincipalOrgID`), "Create a role for OpenID Connect federation".

use kickoff::walk::Failure;
use serde_json::{Map, Value, json};

use crate::cli::{PermissionsArgs, TrustArgs};

/// Who may take the role.
pub(crate) enum Trust {
    /// A principal of an account, another than the role's or the same.
    Principal { external_id: Option<String>, organization: Option<String> },
    /// A service that acts for the role's account.
    Service {
        name: String,
        /// The resource that it acts for.
        source: Option<String>,
    },
    /// Whoever an identity provider vouches for.
    WebIdentity { issuer: String, audience: String, subject: String },
}

/// Instances get roles of their own account only, and the service sends neither key (EC2 User Guide, "IAM roles for Amazon
/// EC2"): with them nobody could take the role.
const OWN_ACCOUNT_ONLY: [&str; 2] = ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"];

impl Trust {
    /// What the arguments say.
    pub fn of(arguments: &PermissionsArgs) -> Result<Self, Failure> {
        let TrustArgs { external_id, organization, service, source_arn, web_identity, audience, subject } =
            &arguments.trust;
        let wrong = |text: String| Err(Failure::Usage(text));
        if let Some(id) = external_id
            && !((2..=1224).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&b)))
        {
            return wrong(format!("{id:?} is no ExternalId: it has 2 to 1224 letters, digits and _+=,.@:/-"));
        }
        if let Some(id) = organization
            && !id.strip_prefix("o-").is_some_and(|rest| {
                (10..=32).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            })
        {
            return wrong(format!("{id:?} is not the id of an organization, such as o-a1b2c3d4e5"));
        }
        if let Some(name) = service {
            if !name.contains(".amazonaws.com") || name.contains(['*', '/', ' ']) {
                return wrong(format!("{name:?} is not the name of a service, such as ecs-tasks.amazonaws.com"));
            }
            return Ok(Self::Service { name: name.clone(), source: source_arn.clone() });
        }
        if let Some(issuer) = web_identity {
            let issuer = issuer.strip_prefix("https://").unwrap_or(issuer).trim_end_matches('/').to_owned();
            let (Some(audience), Some(subject)) = (audience, subject) else {
                return wrong(
                    "--web-identity needs --audience and --subject: without both anybody whom the provider vouches for could take the role".to_owned(),
                );
            };
            if subject.trim_matches(['*', '?', ':', '/']).is_empty() {
                return wrong(format!(
                    "the subject {subject:?} is anybody's: name the repository, the branch or the job"
                ));
            }
            if audience.contains(['*', '?']) {
                return wrong(format!("the audience {audience:?} has to be whole, without * and ?"));
            }
            return Ok(Self::WebIdentity { issuer, audience: audience.clone(), subject: subject.clone() });
        }
        Ok(Self::Principal { external_id: external_id.clone(), organization: organization.clone() })
    }
}

/// The condition of a service: for the role's own account, and for one resource where it is named.
fn of_service(name: &str, source: Option<&str>, account: &Value) -> Option<Value> {
    if OWN_ACCOUNT_ONLY.contains(&name) {
        return None;
    }
    let mut condition = Map::new();
    condition.insert("StringEquals".to_owned(), json!({ "aws:SourceAccount": account }));
    if let Some(source) = source {
        condition.insert("ArnLike".to_owned(), json!({ "aws:SourceArn": source }));
    }
    Some(Value::Object(condition))
}

/// The condition of a web identity: this audience, this subject.
fn of_identity(issuer: &str, audience: &str, subject: &str) -> Value {
    let (aud, sub) = (format!("{issuer}:aud"), format!("{issuer}:sub"));
    if subject.contains(['*', '?']) {
        json!({ "StringEquals": { aud: audience }, "StringLike": { sub: subject } })
    } else {
        json!({ "StringEquals": { aud: audience, sub: subject } })
    }
}

/// A text as Terraform reads it: `${` and `%{` begin something there.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace("${", "$${").replace("%{", "%%{")
}

/// JSON as an expression of Terraform, which it is, once nothing in it begins a template.
fn expression(value: &Value) -> String {
    value.to_string().replace("${", "$${").replace("%{", "%%{")
}

/// A Terraform role with the policy.
pub(crate) fn terraform(policy: &str, trust: &Trust) -> String {
    let (variables, statement) = match trust {
        Trust::Principal { external_id, organization } => {
            let default = |value: &Option<String>, none: &str| {
                value.as_deref().map_or_else(|| none.to_owned(), |value| format!("\n  default     = {}", quoted(value)))
            };
            let variables = format!(
                r#"variable "kickoff_principal_arn" {{
  description = "Who may assume the role: the ARN of the person or job that runs kickoff."
  type        = string
}}

variable "kickoff_external_id" {{
  description = "The ExternalId that kickoff sends: external_id under [scope] of kickoff.toml. Nobody else should know it for another role."
  type        = string{}
  validation {{
    condition     = length(var.kickoff_external_id) >= 2
    error_message = "An ExternalId has at least two characters."
  }}
}}

variable "kickoff_organization_id" {{
  description = "The organization, such as o-a1b2c3d4e5, that whoever assumes the role has to belong to; null where there is none."
  type        = string{}
}}

"#,
                default(external_id, ""),
                default(organization, "\n  default     = null"),
            );
            let statement = r#"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = var.kickoff_principal_arn }
      Condition = {
        StringEquals = merge(
          { "sts:ExternalId" = var.kickoff_external_id },
          var.kickoff_organization_id == null ? {} : { "aws:PrincipalOrgID" = var.kickoff_organization_id },
        )
      }"#;
            (variables, statement.to_owned())
        }
        Trust::Service { name, source } => {
            let account = "data \"aws_caller_identity\" \"kickoff\" {}\n\n";
            // Terraform fills the account in: the placeholder cannot stand in an ARN or a name.
            let condition = of_service(name, source.as_deref(), &Value::from("<account>"))
                .map(|condition| {
                    let text = expression(&condition);
                    format!(
                        "\n      Condition = {}",
                        text.replace("\"<account>\"", "data.aws_caller_identity.kickoff.account_id")
                    )
                })
                .unwrap_or_default();
            let head = if condition.is_empty() { "" } else { account };
            let statement = format!(
                "\n      Effect    = \"Allow\"\n      Action    = \"sts:AssumeRole\"\n      Principal = {{ Service = {} }}{condition}",
                quoted(name)
            );
            (head.to_owned(), statement)
        }
        Trust::WebIdentity { issuer, audience, subject } => {
            let statement = format!(
                r#"
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = {{ Federated = "arn:${{data.aws_partition.kickoff.partition}}:iam::${{data.aws_caller_identity.kickoff.account_id}}:oidc-provider/{issuer}" }}
      Condition = {}"#,
                expression(&of_identity(issuer, audience, subject))
            );
            let head = "data \"aws_caller_identity\" \"kickoff\" {}\n\ndata \"aws_partition\" \"kickoff\" {}\n\n";
            (head.to_owned(), statement)
        }
    };
    let policy = policy.replace("${", "$${").replace("%{", "%%{");
    format!(
        r#"{variables}resource "aws_iam_role" "kickoff" {{
  name = "KickoffReadOnly"
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{{statement}
    }}]
  }})
}}

resource "aws_iam_role_policy" "kickoff" {{
  name   = "KickoffReadOnly"
  role   = aws_iam_role.kickoff.id
  policy = <<-POLICY
{policy}
  POLICY
}}"#
    )
}

/// A CloudFormation template with the role and the policy.
pub(crate) fn cloudformation(policy: &Value, trust: &Trust) -> Value {
    let mut template = Map::new();
    template.insert("AWSTemplateFormatVersion".to_owned(), json!("2010-09-09"));
    template.insert("Description".to_owned(), json!("The role by which kickoff reads this account's configuration."));
    let statement = match trust {
        Trust::Principal { external_id, organization } => {
            let mut external = json!({
                "Type": "String",
                "MinLength": 2,
                "MaxLength": 1224,
                "Description": "The ExternalId that kickoff sends: external_id under [scope] of kickoff.toml.",
            });
            if let Some(id) = external_id {
                external["Default"] = json!(id);
            }
            template.insert(
                "Parameters".to_owned(),
                json!({
                    "PrincipalArn": {
                        "Type": "String",
                        "Description": "Who may assume the role: the ARN of the person or job that runs kickoff.",
                    },
                    "ExternalId": external,
                    "OrganizationId": {
                        "Type": "String",
                        "Default": organization.as_deref().unwrap_or_default(),
                        "AllowedPattern": "^(o-[a-z0-9]{10,32})?$",
                        "Description": "The organization that whoever assumes the role has to belong to; empty where there is none.",
                    },
                }),
            );
            template.insert(
                "Conditions".to_owned(),
                json!({ "HasOrganization": { "Fn::Not": [{ "Fn::Equals": [{ "Ref": "OrganizationId" }, ""] }] } }),
            );
            json!({
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": { "AWS": { "Ref": "PrincipalArn" } },
                "Condition": { "StringEquals": {
                    "sts:ExternalId": { "Ref": "ExternalId" },
                    "aws:PrincipalOrgID": { "Fn::If": ["HasOrganization", { "Ref": "OrganizationId" }, { "Ref": "AWS::NoValue" }] },
                } },
            })
        }
        Trust::Service { name, source } => {
            let mut statement =
                json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": name } });
            if let Some(condition) = of_service(name, source.as_deref(), &json!({ "Ref": "AWS::AccountId" })) {
                statement["Condition"] = condition;
            }
            statement
        }
        Trust::WebIdentity { issuer, audience, subject } => json!({
            "Effect": "Allow",
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": { "Federated": {
                "Fn::Sub": format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{issuer}"),
            } },
            "Condition": of_identity(issuer, audience, subject),
        }),
    };
    template.insert(
        "Resources".to_owned(),
        json!({
            "KickoffReadOnly": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": "KickoffReadOnly",
                    "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [statement] },
                    "Policies": [{ "PolicyName": "KickoffReadOnly", "PolicyDocument": policy }],
                },
            },
        }),
    );
    Value::Object(template)
}
