//! The generated rights and roles: every command's rights, and nobody can take the role who is not meant.

use serde_json::{Value, json};

use crate::support::{kickoff, outcome};

fn printed(arguments: &[&str]) -> String {
    let (status, stdout, stderr) = outcome(&kickoff().arg("permissions").args(arguments).output().unwrap());
    assert_eq!(status, Some(0), "{stderr}");
    stdout
}

fn policy(arguments: &[&str]) -> Value {
    serde_json::from_str(&printed(arguments)).unwrap()
}

fn refused(arguments: &[&str]) -> String {
    let (status, stdout, stderr) = outcome(&kickoff().arg("permissions").args(arguments).output().unwrap());
    assert_eq!((status, stdout.as_str()), (Some(2), ""), "{stderr}");
    stderr
}

#[test]
fn whoever_writes_a_store_creates_and_whoever_reads_it_reads() {
    let key = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555";
    let store = ["--store", "s3://evidence/soc2", "--store-key", key];
    let reader = policy(&[&store[..], &["--for", "read-store"]].concat());
    let reading = json!([
        { "Sid": "KickoffStoreRead", "Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjectVersion"],
          "Resource": "arn:aws:s3:::evidence/soc2/*" },
        { "Sid": "KickoffStoreList", "Effect": "Allow", "Action": ["s3:ListBucket", "s3:ListBucketVersions"],
          "Resource": "arn:aws:s3:::evidence", "Condition": { "StringLike": { "s3:prefix": "soc2/*" } } },
        { "Sid": "KickoffStoreBucket", "Effect": "Allow",
          "Action": ["s3:GetBucketObjectLockConfiguration", "s3:GetBucketVersioning"], "Resource": "arn:aws:s3:::evidence" },
        { "Sid": "KickoffStoreKey", "Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": key },
    ]);
    assert_eq!(reader["Statement"], reading);
    let writer = policy(&[&store[..], &["--check", "iam-root-mfa"]].concat());
    let sids: Vec<&str> = writer["Statement"].as_array().unwrap().iter().map(|s| s["Sid"].as_str().unwrap()).collect();
    assert_eq!(
        sids,
        [
            "KickoffReadOnly",
            "KickoffStoreRead",
            "KickoffStoreList",
            "KickoffStoreBucket",
            "KickoffStoreCreate",
            "KickoffStoreKey"
        ]
    );
    // Nothing is overwritten by it, and nothing deleted.
    assert_eq!(
        writer["Statement"][4],
        json!({ "Sid": "KickoffStoreCreate", "Effect": "Allow", "Action": ["s3:PutObject"],
                "Resource": "arn:aws:s3:::evidence/soc2/*", "Condition": { "Null": { "s3:if-none-match": "false" } } })
    );
    assert_eq!(writer["Statement"][5]["Action"], json!(["kms:Decrypt", "kms:GenerateDataKey"]));
    assert!(!writer.to_string().contains("Delete"), "{writer}");
    let whole = policy(&["--store", "s3://evidence", "--for", "read-store"]);
    assert_eq!(whole["Statement"][0]["Resource"], "arn:aws:s3:::evidence/*");
    assert!(whole["Statement"][1]["Condition"].is_null());
    assert!(refused(&["--for", "read-store"]).contains("--store s3://BUCKET/PREFIX"));
    assert!(refused(&["--store", "a/folder"]).contains("a folder needs no rights"));
    assert!(refused(&["--store", "s3://Evidence"]).contains("no name of a bucket"));
}

fn trust(arguments: &[&str]) -> (Value, Value) {
    let mut all = vec!["--format", "cloudformation", "--check", "iam-root-mfa"];
    all.extend(arguments);
    let mut template = policy(&all);
    let statement =
        template["Resources"]["KickoffReadOnly"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0].take();
    (template, statement)
}

#[test]
fn the_rights_of_each_command_are_there_when_they_are_asked_for_and_only_then() {
    let scan = policy(&["--check", "iam-root-mfa"]);
    assert_eq!(scan["Statement"].as_array().unwrap().len(), 1);
    let push = policy(&["--for", "push"]);
    assert_eq!(
        push["Statement"],
        json!([{ "Sid": "KickoffPush", "Effect": "Allow", "Action": ["securityhub:BatchImportFindings"], "Resource": "*" }])
    );
    let key = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555";
    let all = policy(&[
        "--check",
        "iam-root-mfa",
        "--for",
        "scan",
        "--for",
        "push",
        "--kms-key",
        key,
        "--assume-role",
        "KickoffReadOnly",
        "--assume-role",
        "arn:aws:iam::444455556666:role/audit/Reader",
        "--organization",
        "o-a1b2c3d4e5",
    ]);
    let sids: Vec<&str> = all["Statement"].as_array().unwrap().iter().map(|s| s["Sid"].as_str().unwrap()).collect();
    assert_eq!(sids, ["KickoffReadOnly", "KickoffPush", "KickoffSign", "KickoffEnterAccounts"]);
    assert_eq!(all["Statement"][2]["Action"], json!(["kms:GetPublicKey", "kms:Sign"]));
    assert_eq!(all["Statement"][2]["Resource"], json!(key), "no other key");
    assert_eq!(all["Statement"][3]["Action"], json!("sts:AssumeRole"));
    assert_eq!(
        all["Statement"][3]["Resource"],
        json!(["arn:aws:iam::*:role/KickoffReadOnly", "arn:aws:iam::444455556666:role/audit/Reader"])
    );
    assert_eq!(all["Statement"][3]["Condition"], json!({ "StringEquals": { "aws:ResourceOrgID": "o-a1b2c3d4e5" } }));
    let alias = policy(&["--for", "push", "--kms-key", "arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/seal"]);
    assert_eq!(alias["Statement"][1]["Resource"], json!("arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/*"));
    assert_eq!(
        alias["Statement"][1]["Condition"],
        json!({ "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/seal" } })
    );
    assert!(refused(&["--kms-key", "alias/seal"]).contains("is not the ARN of a KMS key or alias"));
    assert!(refused(&["--assume-role", "arn:aws:iam::444455556666:user/x"]).contains("neither the ARN nor the name"));
}

#[test]
fn a_principal_needs_the_external_id_and_belongs_to_the_organization() {
    let (template, statement) = trust(&[]);
    assert_eq!(statement["Principal"], json!({ "AWS": { "Ref": "PrincipalArn" } }));
    assert_eq!(statement["Condition"]["StringEquals"]["sts:ExternalId"], json!({ "Ref": "ExternalId" }));
    assert_eq!(template["Parameters"]["ExternalId"].get("Default"), None, "whoever deploys it has to choose one");
    assert_eq!(template["Parameters"]["ExternalId"]["MinLength"], json!(2));
    assert_eq!(template["Parameters"]["OrganizationId"]["Default"], json!(""));
    let (template, _) = trust(&["--external-id", "acme-audit-7", "--organization", "o-a1b2c3d4e5"]);
    assert_eq!(template["Parameters"]["ExternalId"]["Default"], json!("acme-audit-7"));
    assert_eq!(template["Parameters"]["OrganizationId"]["Default"], json!("o-a1b2c3d4e5"));
    let terraform = printed(&["--format", "terraform", "--check", "iam-root-mfa", "--external-id", "acme-audit-7"]);
    for part in [
        "\"sts:ExternalId\" = var.kickoff_external_id",
        "\"aws:PrincipalOrgID\" = var.kickoff_organization_id",
        "default     = \"acme-audit-7\"",
    ] {
        assert!(terraform.contains(part), "{terraform}");
    }
    assert!(refused(&["--format", "terraform", "--external-id", "x y"]).contains("is no ExternalId"));
    assert!(refused(&["--format", "terraform", "--organization", "acme"]).contains("is not the id of an organization"));
}

#[test]
fn a_service_takes_the_role_for_its_own_account_only() {
    let source = "arn:aws:ecs:eu-west-1:111122223333:*";
    let (_, statement) = trust(&["--service", "ecs-tasks.amazonaws.com", "--source-arn", source]);
    assert_eq!(statement["Principal"], json!({ "Service": "ecs-tasks.amazonaws.com" }));
    assert_eq!(
        statement["Condition"],
        json!({ "StringEquals": { "aws:SourceAccount": { "Ref": "AWS::AccountId" } }, "ArnLike": { "aws:SourceArn": source } })
    );
    // EC2 sends neither key, and gives roles to instances of their own account only.
    let (_, statement) = trust(&["--service", "ec2.amazonaws.com"]);
    assert_eq!(statement.get("Condition"), None);
    let terraform = printed(&["--format", "terraform", "--service", "codebuild.amazonaws.com"]);
    assert!(terraform.contains(r#"{"aws:SourceAccount":data.aws_caller_identity.kickoff.account_id}"#), "{terraform}");
    assert!(refused(&["--service", "ecs"]).contains("is not the name of a service"));
}

#[test]
fn a_web_identity_is_one_audience_and_subject() {
    let issuer = "https://token.actions.githubusercontent.com/";
    let subject = "repo:acme/audit:ref:refs/heads/main";
    let identity = ["--web-identity", issuer, "--audience", "sts.amazonaws.com", "--subject", subject];
    let (_, statement) = trust(&identity);
    assert_eq!(statement["Action"], json!("sts:AssumeRoleWithWebIdentity"));
    assert_eq!(
        statement["Condition"],
        json!({ "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": subject,
        } })
    );
    let federated = statement["Principal"]["Federated"]["Fn::Sub"].as_str().unwrap();
    assert!(federated.ends_with(":oidc-provider/token.actions.githubusercontent.com"), "{federated}");
    let (_, statement) =
        trust(&["--web-identity", issuer, "--audience", "sts.amazonaws.com", "--subject", "repo:acme/audit:*"]);
    assert_eq!(
        statement["Condition"]["StringLike"],
        json!({ "token.actions.githubusercontent.com:sub": "repo:acme/audit:*" })
    );
    assert!(refused(&["--web-identity", issuer, "--audience", "sts.amazonaws.com"]).contains("--subject"));
    assert!(refused(&["--web-identity", issuer, "--audience", "a", "--subject", "*"]).contains("is anybody's"));
}
