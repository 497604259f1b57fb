//! Lists that are answered in part. Where the same run has a second count or a second list, nothing is decided on less.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use kickoff_aws::{Call, Replay};
use kickoff_evidence::{CallKey, Run};
use kickoff_reports::Document;
use kickoff_reports::results::ResultRow;

use crate::support::replay::{acme, plainly, recorded, through};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loss {
    /// The second half of the records.
    Half,
    /// All.
    All,
}

/// Answers with fewer records than AWS gave, and says that there are no more.
#[derive(Debug, Clone)]
struct Losing {
    run: Arc<Run>,
    operation: String,
    loss: Loss,
    /// A second reading is answered, in full.
    mends: bool,
}

impl HttpConnector for Losing {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let call = request.extension::<Call>().expect("every call is tagged").clone();
        if call.reading() > 1 && self.mends {
            return HttpConnectorFuture::ready(Ok(first_reading(&self.run, &call, &request)));
        }
        let answer = Replay::new(Arc::clone(&self.run)).call(request);
        if call.id() != self.operation {
            return answer;
        }
        let loss = self.loss;
        HttpConnectorFuture::new(async move {
            let mut response = answer.await?;
            if response.status().is_success() {
                let body = String::from_utf8(response.body().bytes().unwrap_or_default().to_vec()).unwrap();
                *response.body_mut() = SdkBody::from(lost(&body, loss));
            }
            Ok(response)
        })
    }
}

/// The recorded answer to a question that is put a second time.
fn first_reading(run: &Run, call: &Call, request: &HttpRequest) -> HttpResponse {
    let key = CallKey { reading: 1, ..call.key(request) };
    let recorded = run.archive(call.account()).unwrap().find(&key).unwrap();
    let (_, last) = recorded.last().unwrap();
    let response = last.response.as_ref().unwrap();
    let mut answer = HttpResponse::new(response.status.try_into().unwrap(), SdkBody::from(response.body.clone()));
    for (name, value) in response.headers.iter().filter(|(name, _)| *name != "content-length") {
        answer.headers_mut().insert(name.clone(), value.clone());
    }
    answer
}

/// An answer with fewer records in each of its lists, and no token of a next page.
fn lost(body: &str, loss: Loss) -> String {
    if body.starts_with('{') {
        let mut value: serde_json::Value = serde_json::from_str(body).unwrap();
        for (name, member) in value.as_object_mut().unwrap() {
            if let Some(list) = member.as_array_mut() {
                list.truncate(if loss == Loss::All { 0 } else { list.len() / 2 });
            } else if name.to_ascii_lowercase().ends_with("token") {
                *member = serde_json::Value::Null;
            }
        }
        return value.to_string();
    }
    let tag = ["member", "item", "Bucket", "DBInstance"].into_iter().find(|tag| body.contains(&format!("<{tag}>")));
    let Some(tag) = tag else { return body.to_owned() };
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    // The outermost records, with those inside them.
    let (mut spans, mut depth, mut start, mut at) = (Vec::new(), 0_u32, 0, 0);
    while let Some(next) = [body[at..].find(&open), body[at..].find(&close)].into_iter().flatten().min() {
        let here = at + next;
        if body[here..].starts_with(&open) {
            if depth == 0 {
                start = here;
            }
            depth += 1;
            at = here + open.len();
        } else {
            depth -= 1;
            at = here + close.len();
            if depth == 0 {
                spans.push(start..at);
            }
        }
    }
    let kept = if loss == Loss::All { 0 } else { spans.len() / 2 };
    let mut text = body.to_owned();
    for span in spans.into_iter().skip(kept).rev() {
        text.replace_range(span, "");
    }
    text.replace("<IsTruncated>true</IsTruncated>", "<IsTruncated>false</IsTruncated>")
}

/// Operations of which a part is lost unseen: AWS gives no second answer that this run asks for, and why not. Their records say
/// that no second count was read.
const NO_SECOND: &[(&str, &str)] = &[
    ("accessanalyzer:ListAnalyzers", NONE),
    ("accessanalyzer:ListFindingsV2", "GetFindingsStatistics is as late as its analyzer"),
    ("cloudtrail:DescribeTrails", "where all regions lose all; ListTrails, which would tell, is not asked"),
    ("cloudtrail:GetEventSelectors", OBJECT),
    ("cloudtrail:GetInsightSelectors", OBJECT),
    ("cloudwatch:DescribeAlarms", NONE),
    ("config:DescribeComplianceByConfigRule", "DescribeConfigRules is not asked"),
    ("config:DescribeConfigurationAggregators", NONE),
    ("config:DescribeRetentionConfigurations", NONE),
    ("ec2:DescribeFlowLogs", NONE),
    ("elbv2:DescribeLoadBalancers", NONE),
    ("events:ListRules", NONE),
    ("events:ListTargetsByRule", NONE),
    ("guardduty:GetDetector", OBJECT),
    ("guardduty:ListDetectors", NONE),
    ("guardduty:ListFilters", NONE),
    ("guardduty:ListFindings", "where both lists of it lose all; GetFindingsStatistics is not asked"),
    ("iam:GetOpenIDConnectProvider", OBJECT),
    ("iam:ListOrganizationsFeatures", NONE),
    ("iam:ListSSHPublicKeys", NONE),
    ("iam:ListServiceSpecificCredentials", NONE),
    ("inspector2:ListCoverage", "ListCoverageStatistics is not asked"),
    ("inspector2:ListFindings", "ListFindingAggregations is not asked; the oldest of each severity decide"),
    ("lambda:ListFunctions", "GetAccountSettings is not asked"),
    ("logs:DescribeAccountPolicies", NONE),
    ("logs:DescribeResourcePolicies", NONE),
    ("oam:ListLinks", NONE),
    ("organizations:ListDelegatedAdministrators", NONE),
    ("organizations:ListDelegatedServicesForAccount", NONE),
    ("organizations:ListPolicies", "ListPoliciesForTarget is not asked"),
    ("organizations:ListTargetsForPolicy", "ListPoliciesForTarget is not asked"),
    ("rds:DescribeDBInstances", "DescribeAccountAttributes is not asked"),
    ("s3:GetBucketPolicy", OBJECT),
    ("s3:ListBuckets", NONE),
    ("securityhub:GetEnabledStandards", NONE),
    ("securityhub:GetFindings", NONE),
    ("securityhub:ListFindingAggregators", NONE),
    ("sns:ListSubscriptionsByTopic", "GetTopicAttributes counts them, and is asked only where one is confirmed"),
    ("sqs:ListQueues", NONE),
    ("sso-admin:ListAccountAssignments", "ListAccountAssignmentsForPrincipal is not asked"),
    ("sso-admin:ListAccountsForProvisionedPermissionSet", "ListPermissionSetsProvisionedToAccount is not asked"),
    ("sso-admin:ListCustomerManagedPolicyReferencesInPermissionSet", NONE),
    ("sso-admin:ListManagedPoliciesInPermissionSet", NONE),
    ("sso-admin:ListPermissionSets", "ListPermissionSetsProvisionedToAccount is not asked"),
];

const NONE: &str = "the service has no other list or count of it";
/// What is lost is a part of one object.
const OBJECT: &str = "one object: nothing else says what belongs to it";

fn key(row: &ResultRow) -> (&str, &str, &str) {
    (&row.check, &row.region, &row.resource)
}

/// Rows that vanish without a word, and verdicts that turn.
fn judge(baseline: &Document, operation: &str, loss: Loss) -> Vec<String> {
    let run = acme();
    let losing = Losing { run: Arc::clone(&run), operation: operation.to_owned(), loss, mends: false };
    // Through the recorder, which counts what the answers hold as they come.
    let (document, _stored) = recorded(&run, |_| losing);
    let after: BTreeMap<_, &ResultRow> = document.results.iter().map(|row| (key(row), row)).collect();
    let unknown: BTreeSet<&str> =
        document.results.iter().filter(|row| row.status == "not-evaluated").map(|row| row.check.as_str()).collect();
    let mut wrong = Vec::new();
    for row in &baseline.results {
        match after.get(&key(row)) {
            Some(now) if now.status == row.status || now.status == "not-evaluated" => {}
            Some(now) => {
                wrong.push(format!("{} of {} turns from {} to {}", row.check, row.resource, row.status, now.status))
            }
            None if unknown.contains(row.check.as_str()) => {}
            None => wrong.push(format!("{} of {} in {} vanishes", row.check, row.resource, row.region)),
        }
    }
    wrong
}

fn lists(baseline: &Document) -> BTreeSet<String> {
    let rows = baseline.coverage.iter().filter(|row| row.status == "ok" && row.operation != "*");
    rows.map(|row| format!("{}:{}", row.service, row.operation)).collect()
}

/// What came of losing all and half of what an operation tells.
struct Lost<'a> {
    operation: &'a str,
    /// How many losses were tried.
    tried: usize,
    /// A loss was not seen.
    unseen: bool,
    /// Of an operation that has a second answer.
    wrong: Vec<String>,
}

fn lose<'a>(baseline: &Document, operation: &'a str) -> Lost<'a> {
    let listed = NO_SECOND.iter().any(|(id, _)| *id == operation);
    let mut lost = Lost { operation, tried: 0, unseen: false, wrong: Vec::new() };
    for loss in [Loss::All, Loss::Half] {
        lost.tried += 1;
        let found = judge(baseline, operation, loss);
        let Some(first) = found.first() else { continue };
        lost.unseen = true;
        if listed {
            // Nothing tells: one loss shows that it is still so.
            break;
        }
        lost.wrong.push(format!("{operation} {loss:?}: {} of them, first {first}", found.len()));
    }
    lost
}

#[test]
fn no_population_shrinks_silently_where_there_is_a_second_answer() {
    let run = acme();
    let baseline = plainly(&run, Replay::new(acme()));
    assert!(baseline.control_totals.iter().all(|total| total.ties()), "{:?}", baseline.control_totals);
    let wanted = std::env::var("KICKOFF_FAULTS").unwrap_or_default();
    let operations: Vec<String> = lists(&baseline).into_iter().filter(|id| id.contains(&wanted)).collect();
    // Each loss is a replay of its own, and no test takes longer: on two cores.
    let part =
        |first: usize| operations.iter().skip(first).step_by(2).map(|id| lose(&baseline, id)).collect::<Vec<_>>();
    let lost = std::thread::scope(|scope| {
        let other = scope.spawn(|| part(1));
        let mut lost = part(0);
        lost.extend(other.join().unwrap());
        lost
    });
    let tried: usize = lost.iter().map(|lost| lost.tried).sum();
    let unseen: BTreeSet<&str> = lost.iter().filter(|lost| lost.unseen).map(|lost| lost.operation).collect();
    let mut wrong: Vec<&str> = lost.iter().flat_map(|lost| &lost.wrong).map(String::as_str).collect();
    wrong.sort_unstable();
    println!("{tried} losses were tried; of {} operations a loss is not seen: {unseen:?}", unseen.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    if wanted.is_empty() {
        let stale: Vec<&str> = NO_SECOND.iter().map(|(id, _)| *id).filter(|id| !unseen.contains(id)).collect();
        assert!(stale.is_empty(), "these have a second answer, or lose nothing: {stale:?}");
    }
}

#[test]
fn what_does_not_tie_is_asked_once_more_and_the_later_answers_count() {
    let run = acme();
    let baseline = plainly(&run, Replay::new(acme()));
    let losing = |mends| Losing {
        run: Arc::clone(&run),
        operation: "iam:GetAccountAuthorizationDetails".to_owned(),
        loss: Loss::Half,
        mends,
    };
    // Through the recorder, which notes what the second reading was answered.
    let mended = through(&run, |_| losing(true));
    let verdicts = |document: &Document| -> Vec<(String, String, String, String)> {
        let of = |row: &ResultRow| {
            (row.check.to_string(), row.region.to_string(), row.resource.clone(), row.status.to_string())
        };
        document.results.iter().map(of).collect()
    };
    assert_eq!(verdicts(&mended), verdicts(&baseline));
    assert!(mended.control_totals.iter().all(|total| total.ties()), "{:?}", mended.control_totals);
    assert!(mended.shortfalls().len() == baseline.shortfalls().len(), "{:?}", mended.shortfalls());
    // Both readings are evidence.
    let readings = |document: &Document, operation: &str| {
        document.evidence.iter().filter(|item| item.operation == operation).count()
    };
    for operation in ["GetAccountAuthorizationDetails", "GetAccountSummary"] {
        assert_eq!(readings(&baseline, operation), 1);
        assert_eq!(readings(&mended, operation), 2, "{operation}");
    }

    // A run that was not asked twice lacks nothing but what it contradicts.
    let short = plainly(&run, losing(false));
    assert_eq!(readings(&short, "GetAccountAuthorizationDetails"), 1);
    let row = short.results.iter().find(|row| row.check == "iam-role-unused").unwrap();
    assert_eq!(row.status, "not-evaluated");
    let reason = row.reason.as_deref().unwrap_or_default();
    for part in ["does not agree with another answer", "IAM groups", "13 by iam:GetAccountSummary", "no second reading"]
    {
        assert!(reason.contains(part), "{part}: {reason}");
    }
    assert!(short.shortfalls().iter().any(|line| line.starts_with("IAM roles in 111122223333: ")));
}

/// Answers with another credential report.
#[derive(Debug, Clone)]
struct Reported(Replay, fn(&str) -> String);

impl HttpConnector for Reported {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        use base64::Engine as _;
        let report = request.extension::<Call>().is_some_and(|call| call.id() == "iam:GetCredentialReport");
        let (answer, change) = (self.0.call(request), self.1);
        if !report {
            return answer;
        }
        HttpConnectorFuture::new(async move {
            let mut response = answer.await?;
            let body = String::from_utf8(response.body().bytes().unwrap_or_default().to_vec()).unwrap();
            let (before, rest) = body.split_once("<Content>").unwrap();
            let (content, after) = rest.split_once("</Content>").unwrap();
            let engine = base64::engine::general_purpose::STANDARD;
            let plain: String = content.split_whitespace().collect();
            let text = String::from_utf8(engine.decode(plain).unwrap()).unwrap();
            let content = engine.encode(change(&text));
            *response.body_mut() = SdkBody::from(format!("{before}<Content>{content}</Content>{after}"));
            Ok(response)
        })
    }
}

#[test]
fn users_whom_the_report_lacks_are_not_evaluated_and_those_who_are_gone_are_told() {
    const GONE: &str = "fay.gone,arn:aws:iam::111122223333:user/fay.gone,2024-06-06T14:29:19Z,true,2026-01-22T14:29:19Z,2025-10-14T14:29:19Z,N/A,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A";
    let stale = |text: &str| {
        let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("alice.meyer,")).chain([GONE]).collect();
        kept.join("\n") + "\n"
    };
    let run = acme();
    let document = plainly(&run, Reported(Replay::new(acme()), stale));
    let of = |user: &str| -> Vec<&ResultRow> {
        let arn = format!("arn:aws:iam::111122223333:user/{user}");
        document
            .results
            .iter()
            .filter(|row| row.resource.starts_with(&arn) && row.check.starts_with("iam-user-"))
            .collect()
    };
    assert_eq!(of("fay.gone"), Vec::<&ResultRow>::new());
    let lacking = of("alice.meyer");
    let credential: Vec<&&ResultRow> = lacking
        .iter()
        .filter(|row| row.reason.as_deref().is_some_and(|reason| reason.contains("lacks the user")))
        .collect();
    assert!(credential.len() >= 6, "{lacking:?}");
    assert!(credential.iter().all(|row| row.status == "not-evaluated"));
    let list = document.results.iter().find(|row| row.check == "iam-user-population").unwrap();
    let reason = list.reason.as_deref().unwrap_or_default();
    assert!(
        reason.contains("does not tell of alice.meyer") && reason.contains("no IAM users any more: fay.gone"),
        "{reason}"
    );
    let total = document.control_totals.iter().find(|total| total.counted_by == "iam:GetCredentialReport").unwrap();
    assert_eq!(
        (total.missing.as_slice(), total.stale.as_slice()),
        (&["alice.meyer".to_owned()][..], &["fay.gone".to_owned()][..])
    );
    // What stands on the report says how old that is.
    let dated = document.results.iter().filter(|row| row.check == "iam-user-console-mfa" && !row.observed.is_empty());
    assert!(
        dated.clone().count() > 5
            && dated.clone().all(|row| row.observed.contains("credential report of 2026-11-23T14:29:34Z"))
    );
}

#[test]
fn answers_that_contradict_each_other_are_not_judged() {
    // Every MFA device is said to be off, while virtual devices are listed for users and for root.
    let no_mfa = |text: &str| {
        let mut lines = text.lines();
        let head = lines.next().unwrap();
        let at = head.split(',').position(|column| column == "mfa_active").unwrap();
        let off = lines.map(|line| {
            let mut fields: Vec<&str> = line.split(',').collect();
            fields[at] = "false";
            fields.join(",")
        });
        std::iter::once(head.to_owned()).chain(off).collect::<Vec<_>>().join("\n") + "\n"
    };
    let run = acme();
    let baseline = plainly(&run, Replay::new(acme()));
    let document = plainly(&run, Reported(Replay::new(acme()), no_mfa));
    let root = document.results.iter().find(|row| row.check == "iam-root-mfa").unwrap();
    assert_eq!(root.status, "not-evaluated", "{root:?}");
    let had = baseline.results.iter().filter(|row| row.check == "iam-user-console-mfa" && row.status == "pass");
    let mut disputed = 0;
    for before in had {
        let now = document.results.iter().find(|row| key(row) == key(before)).unwrap();
        // A device that is not virtual is in no list that is asked of a user without MFA.
        if now.status == "not-evaluated" {
            disputed += 1;
            assert!(now.reason.as_deref().unwrap_or_default().contains("iam:ListVirtualMFADevices lists"), "{now:?}");
        }
    }
    assert!(disputed >= 10, "{disputed}");
}
