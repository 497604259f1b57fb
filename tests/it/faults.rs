//! Answers that go wrong. Whatever cannot be read makes results `not-evaluated`; nothing else changes.

use std::collections::{BTreeMap, BTreeSet};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use kickoff_aws::{Call, Replay};
use kickoff_facts::{Form, Operation};
use kickoff_reports::Document;
use kickoff_reports::results::ResultRow;

use crate::support::replay::{acme, plainly, recorded, through};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Denied,
    Throttled,
    ServerError,
    Truncated,
    Empty,
    /// A whole answer that has nothing of what was asked: `{}`, or the elements around it alone.
    Bare,
    /// `{"message":"ok"}`, as something answers that is not the service.
    Message,
}

/// Replays, but for one operation.
#[derive(Debug, Clone)]
struct Faulty {
    replay: Replay,
    operation: String,
    fault: Fault,
}

impl HttpConnector for Faulty {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let call = request.extension::<Call>().expect("every call is tagged");
        if call.id() != self.operation {
            return self.replay.call(request);
        }
        let service = self.operation.split(':').next().unwrap_or_default();
        let (status, code) = match self.fault {
            Fault::Denied if service == "ec2" => (403, "UnauthorizedOperation"),
            Fault::Denied if QUERY.contains(&service) || service == "s3" => (403, "AccessDenied"),
            Fault::Denied => (400, "AccessDeniedException"),
            Fault::Throttled if service == "ec2" => (503, "RequestLimitExceeded"),
            Fault::Throttled if service == "s3" => (503, "SlowDown"),
            Fault::Throttled if QUERY.contains(&service) => (400, "Throttling"),
            Fault::Throttled => (400, "ThrottlingException"),
            Fault::ServerError => (500, "InternalFailure"),
            Fault::Truncated => return self.cut(request, 2),
            Fault::Empty => return self.cut(request, 0),
            Fault::Bare => return said(bare(&self.operation)),
            Fault::Message => return said(r#"{"message":"ok"}"#.to_owned()),
        };
        HttpConnectorFuture::ready(Ok(error(service, status, code)))
    }
}

fn said(body: String) -> HttpConnectorFuture {
    HttpConnectorFuture::ready(Ok(HttpResponse::new(200.try_into().unwrap(), SdkBody::from(body))))
}

/// An answer in the protocol of an operation, without any member.
fn bare(operation: &str) -> String {
    let op = Operation::get(operation).unwrap();
    let name = op.name();
    match op.holds.form {
        Form::Json => "{}".to_owned(),
        Form::Query => format!("<{name}Response><{name}Result/></{name}Response>"),
        Form::Ec2 => format!("<{name}Response/>"),
        Form::Xml(root) => format!("<{root}/>"),
    }
}

/// Operations whose answer may hold nothing at all, so that nothing tells a bare one from AWS's: operation, what it says.
const MAY_BE_BARE: [(&str, &str); 5] = [
    ("guardduty:GetAdministratorAccount", "nobody administers the account (AWS's page: success, and no content)"),
    ("s3:GetBucketLogging", "no access log is kept (Amazon S3 API Reference: an empty `BucketLoggingStatus`)"),
    ("s3:GetBucketVersioning", "versioning was never on (an empty `VersioningConfiguration`)"),
    ("sqs:ListQueues", "there is no queue (AWS leaves the list out)"),
    (
        "sso-admin:ListAccountsForProvisionedPermissionSet",
        "it is provisioned in no account (an empty list is left out)",
    ),
];

impl Faulty {
    /// The first half of a successful answer, or nothing of it.
    fn cut(&self, request: HttpRequest, parts: usize) -> HttpConnectorFuture {
        let answer = self.replay.call(request);
        HttpConnectorFuture::new(async move {
            let mut response = answer.await?;
            let body = response.body().bytes().unwrap_or_default();
            let half = body[..body.len().checked_div(parts).unwrap_or(0)].to_vec();
            if half.is_empty() {
                // Nothing at all: not even the header by which JSON services name an error.
                response.headers_mut().remove("x-amzn-errortype");
            }
            *response.body_mut() = SdkBody::from(half);
            Ok(response)
        })
    }
}

/// Services that speak the query protocol, whose errors are XML.
const QUERY: [&str; 5] = ["elbv2", "iam", "rds", "sns", "sts"];

fn error(service: &str, status: u16, code: &str) -> HttpResponse {
    let body = match service {
        "ec2" => {
            format!("<Response><Errors><Error><Code>{code}</Code><Message>no</Message></Error></Errors></Response>")
        }
        "s3" => format!("<Error><Code>{code}</Code><Message>no</Message></Error>"),
        query if QUERY.contains(&query) => {
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
            )
        }
        _ => format!("{{\"__type\":\"{code}\",\"message\":\"no\"}}"),
    };
    let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
    response.headers_mut().insert("x-amzn-requestid", "11111111-2222-3333-4444-555555555555");
    if !["ec2", "s3"].contains(&service) && !QUERY.contains(&service) {
        response.headers_mut().insert("x-amzn-errortype", code.to_owned());
    }
    response
}

const CENTRAL: &str = "central management does not turn on what the policies deny";

/// Results that cite an operation and are certain without it: (operation, check, why).
const CERTAIN_WITHOUT: &[(&str, &str, &str)] = &[
    ("cloudtrail:GetTrailStatus", "cloudtrail-s3-data-write", "no trail selects the bucket, logging or not"),
    ("cloudtrail:GetTrailStatus", "cloudtrail-bucket-access-logging", "no access log, and no trail selects the bucket"),
    (
        "iam:GenerateCredentialReport",
        "iam-root-activity-in-period",
        "the events stand, whatever the report says of the last sign-in",
    ),
    ("iam:GetCredentialReport", "iam-root-activity-in-period", "the events stand, as above"),
    (
        "iam:GetOpenIDConnectProvider",
        "iam-oidc-trust-unscoped",
        "a trust policy that names audiences, or lets anybody in, needs no provider's",
    ),
    ("iam:ListOpenIDConnectProviders", "iam-oidc-trust-unscoped", "as above"),
    ("account:ListRegions", "monitor-organizations-change", "its events are those of the home region"),
    ("cloudwatch:ListAlarmMuteRules", "monitor-alarm-actions-enabled", "actions that are off are off, muted or not"),
    ("config:GetDiscoveredResourceCounts", "config-recorder-enabled", "counts are told beside, and decide nothing"),
    ("guardduty:ListFilters", "guardduty-high-findings-open", "an open finding stands, whatever else is put away"),
    ("inspector2:ListFilters", "inspector-findings-age", "what is over its limit is, whatever else is suppressed"),
    (
        "logs:DescribeLogGroups",
        "cloudtrail-cloudwatch",
        "a rule on API calls takes the events up, whatever the group's class",
    ),
    (
        "organizations:DescribeOrganization",
        "cloudtrail-bucket-writers",
        "whom the policy lets in needs no organization",
    ),
    ("organizations:ListAccounts", "cloudtrail-bucket-writers", "as above"),
    ("organizations:DescribeOrganization", "iam-role-confused-deputy", "services for this account, or for any"),
    ("organizations:ListAccounts", "iam-role-confused-deputy", "as above"),
    ("organizations:DescribeOrganization", "iam-role-trust-public", "named principals, or whoever likes"),
    ("organizations:ListAccounts", "iam-role-trust-public", "as above"),
    ("organizations:DescribeOrganization", "logs-not-public", "this account, or whoever likes"),
    ("organizations:ListAccounts", "logs-not-public", "as above"),
    ("organizations:ListAccounts", "org-delegated-admins", "who is approved is declared"),
    ("organizations:ListAccounts", "iam-root-central-management", CENTRAL),
    ("organizations:ListAccountsForParent", "iam-root-central-management", CENTRAL),
    ("organizations:ListPolicies", "iam-root-central-management", CENTRAL),
    ("organizations:ListRoots", "iam-root-central-management", CENTRAL),
    ("organizations:ListTargetsForPolicy", "iam-root-central-management", CENTRAL),
    ("organizations:DescribePolicy", "iam-root-central-management", CENTRAL),
    (
        "organizations:ListAccountsForParent",
        "org-scp-guardrails",
        "a policy on the root holds for every account below it",
    ),
    ("guardduty:GetFilter", "guardduty-high-findings-open", "an open finding stands, whatever else is put away"),
    ("iam:ListOrganizationsFeatures", "org-scp-root-deny", "what it denies does not turn on central root sessions"),
    ("organizations:ListOrganizationalUnitsForParent", "iam-root-central-management", CENTRAL),
    (
        "organizations:ListOrganizationalUnitsForParent",
        "org-scp-guardrails",
        "a policy on the root holds for every account below it",
    ),
    ("sso-admin:ListAccountAssignments", "org-scp-protects-logging", "the policy exempts nobody"),
    ("sso-admin:ListPermissionSets", "org-scp-protects-logging", "as above"),
    ("sso-admin:DescribePermissionSet", "org-scp-protects-logging", "as above"),
    ("sso-admin:GetInlinePolicyForPermissionSet", "org-scp-protects-logging", "as above"),
    ("sso-admin:ListAccountsForProvisionedPermissionSet", "org-scp-protects-logging", "as above"),
    ("sso-admin:ListInstances", "org-scp-protects-logging", "as above"),
    ("sso-admin:ListManagedPoliciesInPermissionSet", "org-scp-protects-logging", "as above"),
    ("sso-admin:ListCustomerManagedPolicyReferencesInPermissionSet", "org-scp-protects-logging", "as above"),
    ("ec2:DescribeInstances", "inspector-enabled", "another kind is in use and not scanned"),
    ("ecr:DescribeRepositories", "inspector-enabled", "as above"),
    ("lambda:ListFunctions", "inspector-enabled", "as above"),
    ("inspector2:ListCoverage", "inspector-enabled", "it is off, and something is in use"),
    ("ec2:DescribeInstances", "org-management-account-clean", "one workload that is found decides"),
    ("lambda:ListFunctions", "org-management-account-clean", "as above"),
    ("rds:DescribeDBInstances", "org-management-account-clean", "as above"),
    ("elbv2:DescribeLoadBalancers", "monitor-capacity-alarms", "of the other kinds everything was read"),
    ("rds:DescribeDBInstances", "monitor-capacity-alarms", "as above"),
    ("sqs:ListQueues", "monitor-capacity-alarms", "as above"),
    ("iam:GetAccountAuthorizationDetails", "cloudwatch-cross-account-sharing", "a link to an unknown account decides"),
    (
        "organizations:DescribeOrganization",
        "iam-vendor-trust-inventory",
        "a person looks at each account, a member or not",
    ),
    ("organizations:ListAccounts", "iam-vendor-trust-inventory", "as above"),
    ("organizations:DescribeOrganization", "monitor-detection-path", "the matrix says which classes are not known"),
    (
        "sso-admin:ListManagedPoliciesInPermissionSet",
        "sso-permission-set-admin",
        "an inline policy of the set allows everything",
    ),
    ("logs:DescribeSubscriptionFilters", "logs-central-forwarding", "an account-wide subscription carries every group"),
    ("organizations:DescribeOrganization", "logs-central-forwarding", "a log group without a subscription decides"),
    ("organizations:ListAccounts", "logs-central-forwarding", "as above"),
    ("cloudtrail:DescribeTrails", "logs-not-public", "a policy of the account that lets everybody in decides"),
    ("ec2:DescribeFlowLogs", "logs-not-public", "as above"),
    ("logs:DescribeLogGroups", "logs-not-public", "how many log groups were not asked about is told, not judged"),
    (
        "cloudtrail:DescribeTrails",
        "config-delivery-healthy",
        "the channel names its bucket, whatever trails deliver to",
    ),
    ("organizations:DescribeResourcePolicy", "org-delegated-admins", "an account that is registered and not approved"),
    (
        "organizations:ListDelegatedAdministrators",
        "org-delegated-admins",
        "one that the resource policy lets change it",
    ),
    (
        "organizations:ListDelegatedServicesForAccount",
        "org-delegated-admins",
        "an account that nobody approved, whatever its services",
    ),
    (
        "organizations:DescribeOrganization",
        "iam-role-trust-external-account",
        "an ExternalId is asked for, whosever the account",
    ),
    (
        "organizations:ListAccounts",
        "iam-role-trust-external-account",
        "an ExternalId is asked for, whosever the account",
    ),
    ("s3:GetBucketAcl", "cloudtrail-bucket-writers", "the policy lets somebody else write"),
    (
        "s3:GetPublicAccessBlock",
        "cloudtrail-bucket-not-public",
        "neither policy nor ACL is public: a block can only take away",
    ),
];

/// Operations that tell of the routes by which an event reaches somebody.
const ROUTES: [&str; 11] = [
    "account:ListRegions",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrailStatus",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:ListAlarmMuteRules",
    "events:ListTargetsByRule",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "sns:GetSubscriptionAttributes",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
];

/// Whether a result that cites an operation stands without it.
fn stands(operation: &str, row: &ResultRow) -> bool {
    let listed = CERTAIN_WITHOUT.iter().any(|(of, name, _)| *of == operation && *name == row.check);
    // A class of events that no filter and no rule covers has no route, whatever becomes of the others; the matrix of all
    // classes says of each what is not known.
    let no_route = row.check.starts_with("monitor-") && (row.status == "fail" || row.check == "monitor-detection-path");
    listed || (no_route && ROUTES.contains(&operation))
}

/// The operations that the recorded account was asked, in order.
fn operations(baseline: &Document) -> Vec<String> {
    let all: BTreeSet<String> =
        baseline.coverage.iter().map(|row| format!("{}:{}", row.service, row.operation)).collect();
    // KICKOFF_FAULTS names the operations of interest, or a part of each, and each fault is tried on them: all take a while.
    let wanted = std::env::var("KICKOFF_FAULTS").unwrap_or_default();
    let wanted: Vec<&str> = wanted.split(',').collect();
    all.into_iter().filter(|id| id != "*:*" && wanted.iter().any(|part| id.contains(part))).collect()
}

fn key(row: &ResultRow) -> (&str, &str, &str) {
    (&row.check, &row.region, &row.resource)
}

/// What a fault in an operation did wrong, if anything; `again` says whether it is decided a second time, from what was kept.
fn judge(baseline: &Document, operation: &str, fault: Fault, again: bool) -> Vec<String> {
    let run = acme();
    let faulty = |replay| Faulty { replay, operation: operation.to_owned(), fault };
    let document = if again { through(&run, faulty) } else { recorded(&run, faulty).0 };
    let mut wrong = Vec::new();
    let mut say = |text: String| wrong.push(format!("{operation} {fault:?}: {text}"));

    let of_operation = |document: &Document| -> BTreeSet<String> {
        let same = |service: &str, name: &str| format!("{service}:{name}") == operation;
        document.evidence.iter().filter(|e| same(&e.service, &e.operation)).map(|e| e.id.clone()).collect()
    };
    let status = match fault {
        Fault::Denied => "denied",
        Fault::Throttled => "throttled",
        Fault::ServerError | Fault::Truncated | Fault::Empty | Fault::Bare | Fault::Message => "failed",
    };
    let covered: Vec<&str> = document
        .coverage
        .iter()
        .filter(|row| format!("{}:{}", row.service, row.operation) == operation)
        .map(|row| row.status.as_str())
        .collect();
    // Of an answer that was cut, the HTTP status may still say that it was a refusal.
    let cut = matches!(fault, Fault::Truncated | Fault::Empty);
    let told = |found: &str| found == status || cut && found != "ok";
    if covered.is_empty() || !covered.iter().all(|found| told(found)) {
        say(format!("coverage says {covered:?}, not {status}"));
    }
    if document.shortfalls().len() <= baseline.shortfalls().len() && operation != "guardduty:GetDetector" {
        say("no shortfall is told".to_owned());
    }

    let ids = of_operation(baseline);
    let before: BTreeMap<_, &ResultRow> = baseline.results.iter().map(|row| (key(row), row)).collect();
    let after: BTreeMap<_, &ResultRow> = document.results.iter().map(|row| (key(row), row)).collect();
    // Facts that say what to ask about: what is built on them goes with them.
    let told_by: BTreeSet<&str> = kickoff_checks::CHECKS
        .iter()
        .filter(|check| check.operations().iter().any(|op| op.id == operation))
        .map(|check| check.meta.id)
        .collect();
    let mut depends: BTreeSet<&str> = BTreeSet::new();
    for (key, row) in &before {
        let cites = row.evidence.iter().any(|id| ids.contains(id.as_str()));
        if stands(operation, row) {
            continue;
        }
        if cites {
            depends.insert(&row.check);
            match after.get(key) {
                Some(now) if matches!(now.status.as_str(), "pass" | "fail") => {
                    say(format!("{} still says {} of {} in {}", row.check, now.status, row.resource, row.region));
                }
                Some(_) => {}
                // What vanishes must be said to be unknown, where it was or for the account.
                None if document.results.iter().any(|now| now.check == row.check && now.status == "not-evaluated") => {}
                None => say(format!("{} of {} in {} vanished without a word", row.check, row.resource, row.region)),
            }
        } else if !told_by.contains(row.check.as_str()) {
            match after.get(key) {
                Some(now) if (&now.status, &now.observed) == (&row.status, &row.observed) => {}
                other => say(format!(
                    "{} of {} changed from {} to {:?}",
                    row.check,
                    row.resource,
                    row.status,
                    other.map(|row| &row.status)
                )),
            }
        }
    }
    for check in depends {
        let open = document.results.iter().any(|row| row.check == check && row.status == "not-evaluated");
        if !open {
            say(format!("{check} has no result that is not-evaluated"));
        }
    }
    // No check vanishes.
    let checks = |document: &Document| document.results.iter().map(|row| row.check.clone()).collect::<BTreeSet<_>>();
    let gone: Vec<String> = checks(baseline).difference(&checks(&document)).map(ToString::to_string).collect();
    if !gone.is_empty() {
        say(format!("{gone:?} vanished"));
    }
    wrong
}

/// Which operations a fault is tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    All,
    /// Every fifth one, beginning with the first, the second ...: of five faults that differ in what is said of them alone
    /// each operation has one.
    Fifth(usize),
}

fn matrix(fault: Fault, of: Of) {
    let run = acme();
    let baseline = through(&run, |replay| replay);
    assert_eq!(baseline.results.len(), plainly(&run, Replay::new(acme())).results.len());
    let mut operations = operations(&baseline);
    assert!(operations.len() >= 100 || std::env::var_os("KICKOFF_FAULTS").is_some(), "{operations:?}");
    match fault {
        Fault::Bare => operations.retain(|id| !MAY_BE_BARE.iter().any(|(may, _)| may == id)),
        // It may come without a byte too.
        Fault::Empty => operations.retain(|id| id != MAY_BE_BARE[0].0),
        _ => {}
    }
    if let (Of::Fifth(first), None) = (of, std::env::var_os("KICKOFF_FAULTS")) {
        operations = operations.into_iter().skip(first).step_by(5).collect();
    }
    // That a run comes out again is the same law for whatever fails: where a fault is tried on all, it is held on every fifth.
    let again = |at: usize| matches!(of, Of::Fifth(_)) || at.is_multiple_of(5);
    let wrong: Vec<String> = operations
        .iter()
        .enumerate()
        .flat_map(|(at, operation)| judge(&baseline, operation, fault, again(at)))
        .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn denied() {
    matrix(Fault::Denied, Of::All);
}

#[test]
fn throttled_without_end() {
    matrix(Fault::Throttled, Of::Fifth(0));
}

#[test]
fn server_error() {
    matrix(Fault::ServerError, Of::Fifth(1));
}

#[test]
fn truncated() {
    matrix(Fault::Truncated, Of::Fifth(2));
}

#[test]
fn answered_with_nothing() {
    matrix(Fault::Empty, Of::Fifth(3));
}

#[test]
fn answered_without_what_was_asked() {
    matrix(Fault::Bare, Of::All);
}

#[test]
fn answered_by_something_else() {
    matrix(Fault::Message, Of::Fifth(4));
}

/// Changes the first page of the list of principals: it says that it is the last, or it does not say where to go on.
#[derive(Debug, Clone)]
struct LostPages(Replay, Lost);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lost {
    Pages,
    Marker,
}

impl HttpConnector for LostPages {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let details = request.extension::<Call>().is_some_and(|call| call.id() == "iam:GetAccountAuthorizationDetails");
        let (answer, lost) = (self.0.call(request), self.1);
        if !details {
            return answer;
        }
        HttpConnectorFuture::new(async move {
            let mut response = answer.await?;
            let body = String::from_utf8(response.body().bytes().unwrap_or_default().to_vec()).unwrap();
            assert!(body.contains("<IsTruncated>true</IsTruncated>"), "the recorded listing has more than one page");
            let body = match lost {
                Lost::Pages => body.replace("<IsTruncated>true</IsTruncated>", "<IsTruncated>false</IsTruncated>"),
                Lost::Marker => body.replace("<Marker>", "<Other>").replace("</Marker>", "</Other>"),
            };
            *response.body_mut() = SdkBody::from(body);
            Ok(response)
        })
    }
}

#[test]
fn a_page_that_is_dropped_makes_the_control_totals_differ() {
    let whole = through(&acme(), |replay| replay);
    assert!(whole.control_totals.iter().all(|total| total.difference == 0), "{:?}", whole.control_totals);
    assert!(whole.control_totals.len() >= 5);
    let document = through(&acme(), |replay| LostPages(replay, Lost::Pages));
    let roles = document.control_totals.iter().find(|total| total.population == "IAM roles").unwrap();
    assert!(roles.difference < 0, "{roles:?}");
    assert!(document.shortfalls().iter().any(|line| line.starts_with("IAM roles in 111122223333: ")));
}

#[test]
fn a_page_that_announces_another_without_its_marker_is_a_failure() {
    let document = through(&acme(), |replay| LostPages(replay, Lost::Marker));
    let details = document.coverage.iter().find(|row| row.operation == "GetAccountAuthorizationDetails").unwrap();
    assert_eq!(details.status, "failed");
    assert_eq!(details.reason.as_deref(), Some("AWS says that there is more, and not where"));
    let judged = document.results.iter().filter(|row| row.check == "iam-user-in-group");
    assert!(judged.clone().count() == 1 && judged.clone().all(|row| row.status == "not-evaluated"));
}
