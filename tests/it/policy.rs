//! Questions to the policy engine: about the recorded account, and about files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use kickoff_policy::access::{Access, Certainty, PartyKind};
use serde_json::{Value, json};

use crate::support::{acme, kickoff, outcome};

const ACCOUNT: &str = "arn:aws:iam::111122223333";

fn asked(arguments: &[&str]) -> (Option<i32>, String, String) {
    outcome(&kickoff().args(arguments).arg("--replay").arg(acme()).output().unwrap())
}

fn access() -> Access {
    let (status, stdout, stderr) = asked(&["access", "--format", "json"]);
    assert_eq!(status, Some(0), "{stderr}");
    serde_json::from_str(&stdout).unwrap()
}

/// Who of the story administers, and who gets there: fixtures/make/STORY.md.
#[test]
fn the_recorded_account_is_analysed_with_its_organization() {
    let access = access();
    let administrators: BTreeSet<&str> = access.administrators.iter().map(String::as_str).collect();
    for name in
        ["user/breakglass/breakglass-1", "user/breakglass/breakglass-2", "user/svc-sandbox", "role/acme-gha-terraform"]
    {
        assert!(administrators.contains(format!("{ACCOUNT}:{name}").as_str()), "{name}: {administrators:?}");
    }
    let conditional: Vec<&str> = access.conditional_administrators.iter().map(|c| c.principal.as_str()).collect();
    assert_eq!(conditional, ["alice.meyer", "bob.tanaka", "carla.santos"].map(|n| format!("{ACCOUNT}:user/{n}")));
    // Passing a role to a function that may make keys for an administrator.
    let builder = access.escalations.iter().find(|e| e.from.ends_with("role/acme-fn-builder")).unwrap();
    let steps: Vec<(&str, &str)> =
        access.path(builder).map(|h| (h.primitive.as_str(), h.to.rsplit('/').next().unwrap())).collect();
    assert_eq!(steps, [("pass-lambda-invoke", "acme-fn-key-rotation"), ("key-create", "svc-sandbox")]);
    assert_eq!(builder.certainty, Certainty::Certain);
    assert!(access.path(builder).all(|hop| !hop.evidence.is_empty()));
    // The run saw the organization: nothing is said of SCPs that are not known.
    assert!(access.unknown.iter().all(|one| !one.what.starts_with("service control")), "{:?}", access.unknown);
    // Log tampering is asked of what keeps the logs here.
    let resources: BTreeSet<&str> =
        access.log_tamper.iter().flat_map(|t| &t.grants).flat_map(|g| &g.resources).map(String::as_str).collect();
    assert!(resources.iter().any(|arn| arn.contains(":trail/acme-")), "{resources:?}");
    assert!(access.outside.iter().any(|party| party.kind == PartyKind::Oidc && party.resource.contains("gha")));
}

#[test]
fn a_page_of_the_paths_is_written_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("access.html");
    let (status, stdout, stderr) = asked(&["access", "--html", page.to_str().unwrap()]);
    assert_eq!(status, Some(0), "{stderr}");
    assert!(stdout.contains("Escalation paths") && stdout.contains("pass-lambda-invoke"), "{stdout}");
    let text = fs::read_to_string(&page).unwrap();
    assert!(text.contains("<svg") && !text.contains("http-equiv=\"refresh\""));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&page).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn the_review_has_a_row_for_each_principal_and_columns_for_the_reviewer() {
    let folder = tempfile::tempdir().unwrap();
    let sheet = folder.path().join("review.csv");
    let (status, stdout, stderr) = asked(&["access-review", "--format", "json", "--csv", sheet.to_str().unwrap()]);
    assert_eq!(status, Some(0), "{stderr}");
    let review: Value = serde_json::from_str(&stdout).unwrap();
    let rows = review["principals"].as_array().unwrap();
    let find = |name: &str| rows.iter().find(|row| row["name"] == name).unwrap();
    assert_eq!(find("breakglass-1")["administrator"]["state"], "administrator");
    assert_eq!(find("carla.santos")["administrator"]["state"], "conditional");
    assert_eq!(find("carla.santos")["mfa"], "no");
    assert_eq!(find("acme-fn-builder")["administrator"]["state"], "can-become");
    assert_eq!(find("ci-jenkins")["nature"], "workload");
    let text = fs::read_to_string(&sheet).unwrap();
    let mut lines = text.split("\r\n");
    assert!(lines.next().unwrap().ends_with(",Reviewer,Decision,Decision date"));
    assert_eq!(text.matches("\r\n").count(), rows.len() + 1);
    assert!(lines.filter(|line| !line.is_empty()).all(|line| line.ends_with(",,,")));
}

fn details(folder: &Path, statements: &Value) -> String {
    let document = json!({ "Version": "2012-10-17", "Statement": statements });
    let user = json!({ "UserName": "ann", "Arn": format!("{ACCOUNT}:user/ann"), "UserPolicyList": [{ "PolicyName": "own", "PolicyDocument": document }] });
    let text =
        json!({ "UserDetailList": [user], "GroupDetailList": [], "RoleDetailList": [], "Policies": [] }).to_string();
    let path = folder.join("account.json");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn who(arguments: &[&str]) -> Value {
    let (status, stdout, stderr) =
        outcome(&kickoff().arg("who-can").args(arguments).args(["--format", "json"]).output().unwrap());
    assert_eq!(status, Some(0), "{stderr}");
    serde_json::from_str(&stdout).unwrap()
}

#[test]
fn a_key_asks_for_its_own_policy_and_says_so_where_it_is_not_given() {
    let folder = tempfile::tempdir().unwrap();
    let file = details(folder.path(), &json!([{ "Effect": "Allow", "Action": "kms:*", "Resource": "*" }]));
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1";
    let without = who(&["kms:Decrypt", key, "--authorization-details", &file]);
    assert_eq!(without["principals"][0]["certain"], false);
    assert!(without["unknown"].to_string().contains(&format!("the policy of {key}")), "{without}");

    let policy = |principal: Value| json!({ key: { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*" }] } });
    let path = folder.path().join("policies.json");
    let arguments =
        ["kms:Decrypt", key, "--authorization-details", &file, "--resource-policies", path.to_str().unwrap()];
    // The account may decide by its own policies.
    fs::write(&path, policy(json!({ "AWS": format!("{ACCOUNT}:root") })).to_string()).unwrap();
    assert_eq!(who(&arguments)["principals"][0]["certain"], true);
    // A key that trusts somebody else has nothing for ann, whatever her own policies say; the outsider is told.
    fs::write(&path, policy(json!({ "AWS": "arn:aws:iam::444455556666:root" })).to_string()).unwrap();
    let found = who(&arguments);
    assert_eq!(found["principals"], json!([]));
    assert_eq!(found["outside"][0]["account"], "444455556666");
}

#[test]
fn controls_from_files_bind() {
    let folder = tempfile::tempdir().unwrap();
    let file = details(folder.path(), &json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }]));
    let scp = folder.path().join("no-s3.json");
    let statements = json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }, { "Sid": "NoS3", "Effect": "Deny", "Action": "s3:*", "Resource": "*" }]);
    fs::write(&scp, json!({ "Version": "2012-10-17", "Statement": statements }).to_string()).unwrap();
    let arguments = ["s3:ListAllMyBuckets", "--authorization-details", &file, "--scp", scp.to_str().unwrap()];
    assert_eq!(who(&arguments)["principals"], json!([]));
    assert_eq!(who(&arguments[..3])["principals"][0]["certain"], true);
    // Of an RCP, the buckets of the account are out of reach for everybody.
    let arguments =
        ["s3:GetObject", "arn:aws:s3:::b/k", "--authorization-details", &file, "--rcp", scp.to_str().unwrap()];
    let found = who(&arguments);
    assert!(found["principals"].as_array().unwrap().iter().all(|p| p["certain"] == false), "{found}");
}

#[test]
fn what_cannot_be_read_is_refused_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.json");
    fs::write(&broken, "{\"UserDetailList\": [").unwrap();
    let refused = |arguments: &[&str]| {
        let (status, stdout, stderr) = outcome(&kickoff().args(arguments).output().unwrap());
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{stderr}");
        stderr
    };
    let path = broken.to_str().unwrap();
    for command in ["access", "access-review"] {
        assert!(refused(&[command, "--authorization-details", path]).contains("broken.json"));
        assert!(refused(&[command]).contains("--replay RUN"));
    }
    let file = details(folder.path(), &json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }]));
    assert!(refused(&["access", "--authorization-details", &file, "--scp", path]).contains("broken.json"));
    assert!(
        refused(&["access", "--authorization-details", &file, "--resource-policies", path]).contains("broken.json")
    );
    assert!(
        refused(&["access", "--authorization-details", &file, "--authorization-details", &file])
            .contains("given twice")
    );
    assert!(refused(&["who-can", "iam:PasRole", "--authorization-details", &file]).contains("spelling"));
}
