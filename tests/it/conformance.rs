//! The rows of operations, and the requests that collectors send, against botocore's models.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use kickoff_aws::{Call, Replay};
use kickoff_evidence::{Exchange, Run};
use kickoff_facts::{Form, List, Need, OPERATIONS, Operation, Source, WRITES};
use serde_json::Value;

use crate::support::replay::{acme, plainly, through};
use crate::support::{models, offline, root};

fn rows() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().chain(WRITES)
}

fn words(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn the_table_has_the_operations_of_the_rows() {
    let rows: BTreeSet<&str> = rows().map(|op| op.id).collect();
    let table: BTreeSet<&str> = models::all().keys().map(String::as_str).collect();
    assert_eq!(rows, table, "run tests/it/models/operations.py");
}

/// What rows say and models do not: a list within a list, a table within a text, the entries of a map, the text of a policy.
const BEYOND: [(&str, &str); 4] = [
    ("ec2:DescribeInstances", "reservationSet/item/instancesSet/item"),
    ("iam:GetCredentialReport", "Content"),
    ("iam:GetAccountSummary", "SummaryMap/entry"),
    ("s3:GetBucketPolicy", "Statement"),
];

/// Lists that the models require and rows do not count, or members that they require and AWS leaves out.
const NOT_ASKED: [(&str, &str, &str); 2] = [
    (
        "guardduty:GetAdministratorAccount",
        "administrator",
        "AWS's page: an account that nobody administers is answered with success and no content",
    ),
    ("guardduty:GetDetector", "serviceRole", "the status alone is read"),
];

#[test]
fn lists_and_members_of_the_rows_are_those_of_the_models() {
    let mut wrong = Vec::new();
    for op in rows() {
        let model = models::of(op.id);
        let (lists, members) = (model["lists"].as_object().unwrap(), model["members"].as_object().unwrap());
        let beyond = |name: &str| BEYOND.contains(&(op.id, name));
        let form = match op.holds.form {
            Form::Json => words(&model["protocol"]).contains("json") || op.id == "s3:GetBucketPolicy",
            Form::Query => model["protocol"] == "query",
            Form::Ec2 => model["protocol"] == "ec2",
            Form::Xml(_) => model["protocol"] == "rest-xml",
        };
        if !form {
            wrong.push(format!("{} speaks {}", op.id, model["protocol"]));
        }
        for list in op.holds.lists.iter().filter(|list| !beyond(list.path())) {
            match lists.get(list.path()).and_then(Value::as_bool) {
                None => wrong.push(format!("{} has no list {}", op.id, list.path())),
                Some(required) if required != (list.source() == Some(Source::Model)) => {
                    wrong.push(format!("{}: the model says required = {required} of {}", op.id, list.path()));
                }
                Some(_) => {}
            }
        }
        for member in op.holds.members.iter().filter(|member| !beyond(member)) {
            if !members.contains_key(*member) {
                wrong.push(format!("{} has no member {member}", op.id));
            }
        }
        // What the model requires is required here.
        let required = lists.iter().chain(members).filter(|(_, required)| required.as_bool() == Some(true));
        for (name, _) in required {
            let listed = op.holds.lists.iter().any(|list| matches!(list, List::Always(..)) && list.path() == name);
            let known = listed || op.holds.members.contains(&name.as_str());
            if !known && !NOT_ASKED.iter().any(|(id, member, _)| *id == op.id && member == name) {
                wrong.push(format!("{}: the model requires {name}", op.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Codes that AWS sends and its models lack, with where they are told.
const UNMODELLED: [(&str, &str, &str); 15] = [
    ("cloudtrail:GetInsightSelectors", "InsightNotEnabled", "older answers have the short name"),
    ("cloudwatch:GetAlarmMuteRule", "ResourceNotFound", "the short name"),
    ("cloudwatch:ListAlarmMuteRules", "InvalidAction", EARLIER),
    ("cloudwatch:ListAlarmMuteRules", "UnknownOperationException", EARLIER),
    ("cloudwatch:ListAlarmMuteRules", "UnsupportedOperationException", EARLIER),
    ("iam:GetAccountPasswordPolicy", "NoSuchEntityException", "the name of the exception, which some endpoints send"),
    ("iam:ListOrganizationsFeatures", "OrganizationNotInAllFeaturesMode", "the short name"),
    ("iam:ListOrganizationsFeatures", "ServiceAccessNotEnabled", "the short name"),
    ("s3:GetBucketEncryption", "ServerSideEncryptionConfigurationNotFoundError", S3),
    ("s3:GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration", S3),
    ("s3:GetBucketPolicy", "NoSuchBucketPolicy", S3),
    ("s3:GetBucketPolicyStatus", "NoSuchBucketPolicy", S3),
    ("s3:GetObjectLockConfiguration", "ObjectLockConfigurationNotFoundError", S3),
    ("s3:GetPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration", S3),
    ("sns:ListSubscriptionsByTopic", "NotFoundException", "the name of the exception"),
];
const EARLIER: &str = "what an endpoint from before the operation says of it";
const S3: &str = "Amazon S3 API Reference, Error responses: the models have none for it";

#[test]
fn codes_that_are_facts_are_errors_of_the_operation() {
    let mut wrong = Vec::new();
    for op in rows() {
        let errors: Vec<&str> = models::of(op.id)["errors"].as_array().unwrap().iter().map(words).collect();
        for code in op.holds.absent {
            let unmodelled = UNMODELLED.iter().any(|(id, known, _)| *id == op.id && known == code);
            if errors.contains(code) == unmodelled {
                wrong.push(format!("{}: {code}, and the model has {errors:?}", op.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A request as the models see it.
struct Sent {
    method: String,
    /// The path without the place of a query.
    path: String,
    query: BTreeMap<String, String>,
    target: Option<String>,
    kind: String,
    json: Value,
    form: BTreeMap<String, String>,
}

impl Sent {
    fn new(method: &str, uri: &str, target: Option<&str>, kind: &str, body: &[u8]) -> Self {
        let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let fields = |text: &str| {
            let decoded = |text: &str| {
                percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
            };
            let pairs = text.split('&').filter(|pair| !pair.is_empty());
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(k, v)| (decoded(k), decoded(v)))
                .collect()
        };
        let text = std::str::from_utf8(body).unwrap_or_default();
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: fields(query),
            target: target.map(str::to_owned),
            kind: kind.to_owned(),
            json: serde_json::from_slice(body).unwrap_or(Value::Null),
            form: if kind.contains("form") { fields(text) } else { BTreeMap::new() },
        }
    }

    fn of(exchange: &Exchange) -> Self {
        let request = &exchange.request;
        let header = |name: &str| request.headers.get(name).map(String::as_str);
        Self::new(
            &request.method,
            &request.uri,
            header("x-amz-target"),
            header("content-type").unwrap_or_default(),
            &request.body,
        )
    }

    fn live(request: &HttpRequest) -> Self {
        let headers = request.headers();
        let body = request.body().bytes().unwrap_or_default();
        let kind = headers.get("content-type").unwrap_or_default();
        Self::new(request.method(), request.uri(), headers.get("x-amz-target"), kind, body)
    }

    /// A member of the request where the model places it.
    fn member(&self, name: &str, place: &str) -> bool {
        match place {
            "querystring" => self.query.contains_key(name),
            "uri" => true,
            _ if self.form.is_empty() => self.json.get(name).is_some(),
            _ => self.form.keys().any(|key| key == name || key.starts_with(&format!("{name}."))),
        }
    }

    /// What differs from the model.
    fn against(&self, id: &str) -> Vec<String> {
        let model = models::of(id);
        let mut wrong = Vec::new();
        let mut same = |what: &str, found: &str, wanted: &str| {
            if found != wanted {
                wrong.push(format!("{id}: {what} is {found:?}, not {wanted:?}"));
            }
        };
        let name = id.split(':').nth(1).unwrap();
        same("the method", &self.method, words(&model["method"]));
        match words(&model["protocol"]) {
            "json" => {
                let prefix = words(&model["target"]);
                // AWS's SDK for Rust sends the last part alone, which CloudTrail takes as well.
                let prefix = if id.starts_with("cloudtrail:") { prefix.rsplit('.').next().unwrap() } else { prefix };
                let target = format!("{prefix}.{name}");
                same("the target", self.target.as_deref().unwrap_or_default(), &target);
                same("the content type", &self.kind, &format!("application/x-amz-json-{}", words(&model["json"])));
                same("the path", &self.path, "/");
            }
            "query" | "ec2" => {
                same("the action", self.form.get("Action").map_or("", String::as_str), name);
                same("the version", self.form.get("Version").map_or("", String::as_str), words(&model["version"]));
            }
            _ => {
                let (path, query) = words(&model["path"]).split_once('?').unwrap_or((words(&model["path"]), ""));
                let (path, found) = (path.trim_end_matches('/'), self.path.trim_end_matches('/'));
                let parts = || path.split('/').zip(found.split('/'));
                // A label with a plus takes in the rest, slashes included.
                let greedy = path.ends_with("+}") && path.split('/').count() <= found.split('/').count();
                let fits = (greedy || path.split('/').count() == found.split('/').count())
                    && parts().all(|(part, found)| part == found || part.starts_with('{') && !found.is_empty());
                if !fits {
                    same("the path", found, path);
                }
                if !query.is_empty() && !self.query.contains_key(query) {
                    same("the query", "", query);
                }
            }
        }
        for required in model["required"].as_array().unwrap() {
            let (member, place) = (words(&required[0]), words(&required[1]));
            if !self.member(member, place) {
                wrong.push(format!("{id}: {member} is required, in the {place}"));
            }
        }
        wrong
    }
}

#[test]
fn recorded_requests_are_those_of_the_models() {
    let (mut wrong, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for account in ["acme", "acme-staging"] {
        let run = Run::open(&root().join("fixtures").join(account)).unwrap();
        let archive = run.archive(&run.metadata.accounts[0].id).unwrap();
        for at in 0..u32::try_from(archive.len()).unwrap() {
            let exchange = archive.read(at).unwrap();
            let id = format!("{}:{}", exchange.service, exchange.operation);
            wrong.extend(Sent::of(&exchange).against(&id));
            seen.insert(id);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
    let unseen: Vec<&str> = rows().map(|op| op.id).filter(|id| !seen.contains(*id)).collect();
    // The recorded accounts have no need of them; the servers of other tests are asked them.
    let known = [
        "cloudwatch:GetAlarmMuteRule",
        "ec2:DescribeRegions",
        "s3:GetBucketLocation",
        "securityhub:BatchGetAutomationRules",
        "securityhub:BatchImportFindings",
    ];
    assert_eq!(unseen, known);
}

/// Refuses everything, and notes what was asked.
#[derive(Debug, Clone)]
struct Refuses(Arc<Mutex<Vec<String>>>);

impl HttpConnector for Refuses {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let id = request.extension::<Call>().unwrap().id();
        let mut noted = self.0.lock().unwrap();
        noted.extend(Sent::live(&request).against(&id));
        noted.push(id);
        let body = r#"{"__type":"AccessDeniedException","message":"no"}"#;
        HttpConnectorFuture::ready(Ok(HttpResponse::new(400.try_into().unwrap(), SdkBody::from(body))))
    }
}

#[test]
fn the_other_way_to_ask_for_regions_is_that_of_the_models() {
    let noted = Arc::new(Mutex::new(Vec::new()));
    offline::collected(Refuses(Arc::clone(&noted)), &[Need::Regions]);
    let noted = noted.lock().unwrap();
    assert_eq!(*noted, ["sts:GetCallerIdentity", "account:ListRegions", "ec2:DescribeRegions"]);
}

const TOKEN: &str = "kickoff-second-page";

/// Replays, but each list that has one page begins with an empty one, which says that there is another.
#[derive(Debug, Clone)]
struct Paged {
    replay: Replay,
    announced: Arc<Mutex<BTreeSet<String>>>,
    /// Operations whose next page was asked for where the model says.
    followed: Arc<Mutex<BTreeSet<String>>>,
}

/// Paged operations of which one page is asked for: operation, why.
const ONE_PAGE: [(&str, &str); 2] = [
    ("guardduty:DescribeOrganizationConfiguration", "one object; its pages are of features, which are not read"),
    ("inspector2:ListFindings", "the oldest hundred decide"),
];

impl HttpConnector for Paged {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let id = request.extension::<Call>().unwrap().id();
        let model = models::of(&id);
        let pages = &model["pages"];
        let (asks, place, names) = (words(&pages["asks"]), words(&pages["in"]), words(&pages["names"]));
        let sent = Sent::live(&request);
        // Of the event history the newest page is asked for, and all pages of what the root user did.
        let newest = id == "cloudtrail:LookupEvents" && sent.json["LookupAttributes"][0]["AttributeKey"] != "Username";
        if pages.is_null() || newest || ONE_PAGE.iter().any(|(one, _)| *one == id) {
            return self.replay.call(request);
        }
        if sent.member(asks, place) {
            self.followed.lock().unwrap().insert(id);
            strip(&mut request, &sent, asks, place);
            return self.replay.call(request);
        }
        let (answer, announced) = (self.replay.call(request), Arc::clone(&self.announced));
        let name = id.split(':').nth(1).unwrap().to_owned();
        HttpConnectorFuture::new(async move {
            let mut response = answer.await?;
            let text = String::from_utf8(response.body().bytes().unwrap_or_default().to_vec()).unwrap();
            if response.status().as_u16() == 200 && !text.contains(&format!("<{names}>")) {
                announced.lock().unwrap().insert(id);
                *response.body_mut() = SdkBody::from(continued(&text, model, &name, names));
            }
            Ok(response)
        })
    }
}

/// An answer that says that it goes on.
fn continued(text: &str, model: &Value, name: &str, names: &str) -> String {
    let token = format!("<{names}>{TOKEN}</{names}>");
    match words(&model["protocol"]) {
        "query" => {
            let begin = format!("<{name}Result>");
            assert!(text.contains(&begin), "{text}");
            text.replace("<IsTruncated>false</IsTruncated>", "")
                .replace(&begin, &format!("{begin}<IsTruncated>true</IsTruncated>{token}"))
        }
        "ec2" | "rest-xml" => {
            let text = text.replace(&format!("<{names}/>"), "").replace(&format!("<{names} />"), "");
            let end = text.rfind("</").unwrap();
            format!("{}{token}{}", &text[..end], &text[end..])
        }
        _ => {
            let mut body: Value = serde_json::from_str(text).unwrap();
            for list in model["lists"].as_object().unwrap().keys() {
                body[list] = Value::Array(Vec::new());
            }
            body[names] = TOKEN.into();
            body.to_string()
        }
    }
}

/// Takes the token out again: without it the recorded answer is found.
fn strip(request: &mut HttpRequest, sent: &Sent, asks: &str, place: &str) {
    if place == "querystring" {
        let uri = request.uri().to_owned();
        let (path, query) = uri.split_once('?').unwrap();
        let begins = format!("{asks}=");
        let left: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with(&begins)).collect();
        let left = if left.is_empty() { String::new() } else { format!("?{}", left.join("&")) };
        request.set_uri(format!("{path}{left}")).unwrap();
    } else if sent.form.is_empty() {
        let mut body = sent.json.clone();
        // The token of a list that has several pages of its own stays.
        if body[asks] == TOKEN {
            body.as_object_mut().unwrap().remove(asks);
            *request.body_mut() = SdkBody::from(body.to_string());
        }
    } else if sent.form[asks] == TOKEN {
        let text = String::from_utf8(request.body().bytes().unwrap_or_default().to_vec()).unwrap();
        let begins = format!("{asks}=");
        let left: Vec<&str> = text.split('&').filter(|pair| !pair.starts_with(&begins)).collect();
        *request.body_mut() = SdkBody::from(left.join("&"));
    }
}

#[test]
fn a_next_page_is_asked_for_where_the_model_says() {
    let (announced, followed) = <(Arc<Mutex<BTreeSet<String>>>, Arc<Mutex<BTreeSet<String>>>)>::default();
    // Through the recorder, which counts what the answers hold as they come.
    let document =
        through(&acme(), |replay| Paged { replay, announced: Arc::clone(&announced), followed: Arc::clone(&followed) });
    let (announced, followed) = (announced.lock().unwrap(), followed.lock().unwrap());
    let lost: Vec<&String> = announced.difference(&followed).collect();
    assert!(lost.is_empty(), "{lost:?} are not followed");
    // The recorded account was asked for every list but these.
    let paged = models::all().iter().filter(|(_, row)| !row["pages"].is_null()).map(|(id, _)| id.as_str());
    let never: Vec<&str> = paged.filter(|id| !followed.contains(*id)).collect();
    assert_eq!(never, ONE_PAGE.map(|(id, _)| id));
    // Both pages were read, and counted together: the records of the JSON lists stand on the second.
    for item in document.evidence.iter().filter(|item| item.status == "ok" && item.operation == "DescribeLogGroups") {
        assert_eq!(item.pages, 2);
    }
    let groups = |document: &kickoff_reports::Document| -> u64 {
        let of = |item: &&kickoff_reports::results::Evidence| item.operation == "DescribeLogGroups";
        document.evidence.iter().filter(of).filter_map(|item| item.records).sum()
    };
    let plain = plainly(&acme(), Replay::new(acme()));
    assert!(groups(&plain) > 0 && groups(&plain) == groups(&document));
}
