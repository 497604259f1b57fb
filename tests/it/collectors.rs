//! Collectors of what no fixture holds: against moto where it can, else against answers written by hand.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use kickoff_aws::connector;
use kickoff_facts::{GapKind, Need};
use serde_json::{Value, json};

use crate::support::moto::Moto;
use crate::support::session::collected;

#[test]
fn a_workplace_is_collected_and_secrets_and_people_are_not_kept() {
    let moto = Moto::start();
    moto.populate("workplace.py");
    let needs = [
        Need::IdentityCenters,
        Need::PermissionSets,
        Need::Assignments,
        Need::DirectoryUsers,
        Need::DirectoryGroups,
        Need::Instances,
        Need::Functions,
        Need::Repositories,
        Need::Inspector,
        Need::InspectorNotScanned,
        Need::Vulnerabilities,
        Need::SharingLinks,
        Need::SessionPreferences,
        Need::Databases,
        Need::LoadBalancers,
        Need::Queues,
        Need::Alarms,
    ];
    let found = collected(connector(None).unwrap(), Some(&moto.endpoint), "eu-west-1", &needs);
    let region = &found.facts.regions["eu-west-1"];

    let center = &region.identity_centers.get().unwrap()[0];
    assert_eq!((center.owner.as_str(), center.status.as_str()), ("111122223333", "ACTIVE"));
    let sets = region.permission_sets.get().unwrap().as_ref().unwrap();
    let set = |name: &str| sets.iter().find(|set| set.settings.get().unwrap().name == name).unwrap();
    let (admin, read) = (set("Admin"), set("Read"));
    assert_eq!(admin.settings.get().unwrap().session_minutes, 720);
    assert_eq!(admin.managed.get().unwrap(), &["arn:aws:iam::aws:policy/AdministratorAccess"]);
    assert_eq!(admin.inline.get(), Ok(&None));
    assert_eq!(read.settings.get().unwrap().session_minutes, 60);
    assert!(read.inline.get().unwrap().as_ref().unwrap().contains("s3:GetObject"));
    assert_eq!(read.customer_managed.get().unwrap(), &["own"]);

    let users = region.directory_users.get().unwrap().as_ref().unwrap();
    let mut names: Vec<&str> = users.iter().map(|user| user.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["ann", "bob"]);
    let ann = &users.iter().find(|user| user.name == "ann").unwrap().id;
    let groups = region.directory_groups.get().unwrap().as_ref().unwrap();
    let group = |name: &str| groups.iter().find(|group| group.name == name).unwrap();
    assert_eq!(group("Administrators").members.get(), Ok(&vec![ann.clone()]));
    assert_eq!(group("Everybody").members.get().unwrap_err().kind, GapKind::NotCollected);

    let assignments = region.assignments.get().unwrap().as_ref().unwrap();
    let of = |arn: &str| {
        let found = assignments.iter().find(|found| found.permission_set == arn).unwrap();
        let all = found.assignments.get().unwrap().iter();
        let mut all: Vec<_> =
            all.map(|a| (a.account.as_str(), a.principal_type.as_str(), a.principal.clone())).collect();
        all.sort();
        all
    };
    let administrators = group("Administrators").id.clone();
    assert_eq!(of(&admin.arn), [("111122223333", "GROUP", administrators), ("111122223333", "USER", ann.clone())]);
    assert!(of(&read.arn).is_empty());

    let mut states: Vec<&str> = region.instances.get().unwrap().iter().map(|i| i.state.as_str()).collect();
    states.sort_unstable();
    assert_eq!(states, ["running", "terminated"]);
    assert_eq!(region.functions.get().unwrap(), &["arn:aws:lambda:eu-west-1:111122223333:function:job"]);
    assert_eq!(region.repositories.get().unwrap(), &["arn:aws:ecr:eu-west-1:111122223333:repository/app"]);
    let inspector = region.inspector.get().unwrap();
    assert_eq!((inspector.ec2.as_str(), inspector.ecr.as_str()), ("ENABLED", "DISABLED"));
    let vulnerabilities = region.vulnerabilities.get().unwrap().as_ref().unwrap();
    assert!(vulnerabilities.critical.get().unwrap().findings.is_empty());
    // moto has neither: what it lacks is not known, never none.
    assert!(region.inspector_not_scanned.get().is_err() && region.sharing_links.get().is_err());
    let preferences = region.session_preferences.get().unwrap().as_ref().unwrap();
    assert_eq!((&preferences.bucket, preferences.log_group.as_deref()), (&None, Some("/sessions")));

    let databases = region.databases.get().unwrap();
    assert_eq!((databases.len(), databases[0].id.as_str(), databases[0].engine.as_str()), (1, "orders", "postgres"));
    let balancers = region.load_balancers.get().unwrap();
    assert!(balancers.len() == 1 && balancers[0].contains(":loadbalancer/app/web/"), "{balancers:?}");
    let queues = region.queues.get().unwrap();
    assert!(queues.len() == 1 && queues[0].ends_with("/111122223333/jobs"), "{queues:?}");

    let alarms = region.alarms.get().unwrap();
    let alarm = |name: &str| alarms.iter().find(|alarm| alarm.name == name).unwrap();
    for (name, metric) in [("plain", "CPUUtilization"), ("maths", "ReadIOPS")] {
        let watched = &alarm(name).watches;
        assert_eq!((watched.len(), watched[0].namespace.as_str(), watched[0].name.as_str()), (1, "AWS/RDS", metric));
        assert_eq!(watched[0].dimensions, [("DBInstanceIdentifier".to_owned(), "orders".to_owned())]);
    }
    assert!(alarm("plain").queries.is_empty() && alarm("maths").queries.is_empty());
    assert_eq!(alarm("query").queries.len(), 1);

    let kept = found.kept();
    assert!(kept.contains("\"ann\"") && !kept.to_lowercase().contains("planted"), "{kept}");
}

/// Answers by what is asked: the last part of the target or path, the kind of body, and the body.
#[derive(Debug, Clone, Copy)]
struct Written(fn(&str, &str, &Value) -> Value);

impl HttpConnector for Written {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let path = request.uri().rsplit(".com").next().unwrap_or_default().to_owned();
        let asked = if target.is_empty() { path } else { target };
        let kind = request.headers().get("content-type").unwrap_or_default().to_owned();
        let body = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or(Value::Null);
        let answer = (self.0)(&asked, &kind, &body);
        let status = if answer.is_null() { 400 } else { 200 };
        let text = if answer.is_null() { json!({ "__type": "ValidationException" }) } else { answer }.to_string();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(text))))
    }
}

#[test]
fn inspector_and_sharing_links_are_read_page_by_page_and_oldest_first() {
    fn answer(asked: &str, _: &str, body: &Value) -> Value {
        let finding = |n: u32, seen: f64| json!({ "findingArn": format!("f{n}"), "title": "CVE", "firstObservedAt": seen, "resources": [{ "id": "i-1" }] });
        let covered = |id: &str| {
            json!({ "resourceType": "AWS_EC2_INSTANCE", "resourceId": id, "accountId": "111122223333", "scanType": "PACKAGE",
                "scanStatus": { "statusCode": "INACTIVE", "reason": "UNMANAGED_EC2_INSTANCE" } })
        };
        let state = |status: &str| json!({ "status": status, "errorCode": "ALREADY_ENABLED", "errorMessage": "" });
        match asked {
            "/status/batch/get" => {
                json!({ "accounts": [{ "accountId": body["accountIds"][0], "state": state("ENABLED"),
                "resourceState": { "ec2": state("ENABLED"), "ecr": state("DISABLED") } }], "failedAccounts": [] })
            }
            "/coverage/list" if body["nextToken"].is_null() => {
                json!({ "coveredResources": [covered("i-2")], "nextToken": "two" })
            }
            "/coverage/list" if body["nextToken"] == "two" => json!({ "coveredResources": [covered("i-1")] }),
            "/findings/list" if body["filterCriteria"]["severity"][0]["value"] == "CRITICAL" => {
                json!({ "findings": [finding(1, 1_767_225_600.0), finding(2, 1_767_312_000.0)], "nextToken": "more" })
            }
            // In the wrong order, and there are more: the oldest may be missing.
            "/findings/list" => {
                json!({ "findings": [finding(3, 1_767_312_000.0), finding(4, 1_767_225_600.0)], "nextToken": "more" })
            }
            "/ListLinks" => json!({ "Items": [{ "Arn": "arn:aws:oam:eu-west-1:111122223333:link/l-1",
                "SinkArn": "arn:aws:oam:eu-west-1:222233334444:sink/s-1", "ResourceTypes": ["AWS::Logs::LogGroup"] }] }),
            _ => Value::Null,
        }
    }
    let needs = [Need::InspectorNotScanned, Need::Vulnerabilities, Need::SharingLinks, Need::SessionPreferences];
    let found = collected(Written(answer), None, "eu-west-1", &needs);
    let region = &found.facts.regions["eu-west-1"];
    let inspector = region.inspector.get().unwrap();
    assert_eq!(
        (inspector.ec2.as_str(), inspector.ecr.as_str(), inspector.lambda.as_str()),
        ("ENABLED", "DISABLED", "")
    );
    let left_out = region.inspector_not_scanned.get().unwrap().as_ref().unwrap();
    assert_eq!(left_out.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["i-1", "i-2"]);
    let vulnerabilities = region.vulnerabilities.get().unwrap().as_ref().unwrap();
    let critical = vulnerabilities.critical.get().unwrap();
    assert!(critical.more && critical.findings.len() == 2);
    assert_eq!(critical.findings[0].first_seen.unwrap().to_string(), "2026-01-01T00:00:00Z");
    assert!(vulnerabilities.high.get().unwrap_err().message.contains("not in the order of their dates"));
    assert_eq!(region.sharing_links.get().unwrap()[0].sink, "arn:aws:oam:eu-west-1:222233334444:sink/s-1");
    assert!(region.session_preferences.get().is_err(), "a refused call is not the default");
}

#[test]
fn of_too_many_assignments_those_of_administrators_are_asked_and_the_rest_is_told() {
    fn answer(asked: &str, kind: &str, body: &Value) -> Value {
        let set = body["PermissionSetArn"].as_str().unwrap_or_default();
        match asked.split_once('.') {
            Some(("SWBExternalService", operation)) => {
                assert_eq!(kind, "application/x-amz-json-1.1");
                match operation {
                    "ListInstances" => json!({ "Instances": [{ "InstanceArn": "arn:aws:sso:::instance/ssoins-1",
                        "IdentityStoreId": "d-1", "OwnerAccountId": "111122223333", "Status": "ACTIVE" }] }),
                    "ListPermissionSets" => json!({ "PermissionSets": ["ps-1-wide", "ps-2-small", "ps-3-admin"] }),
                    "DescribePermissionSet" => json!({ "PermissionSet": { "Name": set } }),
                    "ListManagedPoliciesInPermissionSet" if set == "ps-3-admin" => json!({ "AttachedManagedPolicies":
                        [{ "Name": "AdministratorAccess", "Arn": "arn:aws:iam::aws:policy/AdministratorAccess" }] }),
                    "ListManagedPoliciesInPermissionSet" => json!({ "AttachedManagedPolicies": [] }),
                    "ListCustomerManagedPolicyReferencesInPermissionSet" => {
                        json!({ "CustomerManagedPolicyReferences": [] })
                    }
                    "GetInlinePolicyForPermissionSet" => json!({ "InlinePolicy": "" }),
                    "ListAccountsForProvisionedPermissionSet" => {
                        let number = match set {
                            "ps-1-wide" => 190,
                            "ps-2-small" => 3,
                            _ => 12,
                        };
                        json!({ "AccountIds": (0..number).map(|n| format!("{n:012}")).collect::<Vec<_>>() })
                    }
                    "ListAccountAssignments" => json!({ "AccountAssignments": [{ "AccountId": body["AccountId"],
                        "PermissionSetArn": set, "PrincipalType": "GROUP", "PrincipalId": "g-1" }] }),
                    _ => Value::Null,
                }
            }
            Some((_, "DescribeOrganization")) => json!({ "Organization": { "Id": "o-abc123",
                "MasterAccountId": "111122223333", "FeatureSet": "ALL" } }),
            _ => Value::Null,
        }
    }
    let found = collected(Written(answer), None, "eu-west-1", &[Need::Assignments]);
    let sets = found.facts.regions["eu-west-1"].assignments.get().unwrap().as_ref().unwrap();
    let [wide, small, admin] = sets.as_slice() else { panic!("{sets:?}") };
    assert_eq!(admin.assignments.get().unwrap().len(), 12);
    assert_eq!(small.assignments.get().unwrap().len(), 3);
    let gap = wide.assignments.get().unwrap_err();
    assert_eq!(gap.kind, GapKind::NotCollected);
    assert!(gap.message.contains("205 pairs") && gap.message.contains("200 at the most"), "{gap}");
}
