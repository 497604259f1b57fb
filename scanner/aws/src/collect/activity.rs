//! CloudTrail's event history. It takes one attribute a lookup and two lookups a second, so that each question is asked
//! in the way that needs the fewest: first for one page of all changes, then for some pages of a service's events, and
//! operation by operation only where those pages are not all there is.

use std::cell::Cell;
use std::collections::BTreeMap;

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::types::{self as sdk, LookupAttributeKey as Key};
use aws_smithy_types::DateTime;
use futures::future::join_all;
use jiff::Timestamp;
use kickoff_facts::activity::{AccountEvent, EventHistory, Unread};
use kickoff_facts::changes::{ChangeSource, change_sources};
use kickoff_facts::{Gap, GapKind, GlobalFacts, Observed};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::shared::{inherited, period, text, time};
use crate::call::ask;
use crate::session::{Session, client};

families! {
    regional RootEvents root_events = |session, facts, region, _| root_events(session, region, &facts.global);
    regional ChangeEvents change_events = |session, _, region, _| change_events(session, region);
}

const OPERATION: &str = "cloudtrail:LookupEvents";
/// Records a page: CloudTrail's own maximum.
const PAGE: i32 = 50;
/// So many pages of one lookup are read; a population that is larger is a gap, and belongs to a query of the trail.
const MOST: u32 = 20;

/// One region's event history, in the period that ends when the run began.
struct History<'a> {
    session: &'a Session,
    region: &'a str,
    client: Client,
    start: Timestamp,
    end: Timestamp,
}

impl<'a> History<'a> {
    fn new(session: &'a Session, region: &'a str) -> Self {
        let (start, end) = period(session);
        Self { session, region, client: client!(aws_sdk_cloudtrail, session, region), start, end }
    }

    fn of(&self, mut events: Vec<AccountEvent>) -> EventHistory {
        events.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
        // What happens while pages are read shifts them, and an event comes twice.
        events.dedup_by(|a, b| a.id == b.id && a.time == b.time);
        EventHistory { start: self.start, end: self.end, events, unread: Vec::new(), by_name: Vec::new() }
    }

    fn changes(&self, mut events: Vec<AccountEvent>) -> EventHistory {
        events.retain(|event| event.change().is_some());
        self.of(events)
    }

    /// All events with a value of an attribute.
    async fn all(&self, key: Key, value: &str) -> Observed<Vec<AccountEvent>> {
        let parameters = self.parameters(&key, value);
        let parameters =
            [("EndTime", &*parameters.0), ("LookupAttributes", &parameters.1), ("StartTime", &parameters.2)];
        self.session
            .pages(ask(OPERATION, self.region).with(&parameters).at_most(MOST), |token, call| {
                let request = self.request(&key, value).set_next_token(token).customize().interceptor(call).send();
                async { request.await.map(|out| (out.events.unwrap_or_default(), out.next_token)) }
            })
            .await
            .parse(read)
            .observed()
    }

    /// The events with a value of an attribute, if so many pages hold them all.
    async fn few(&self, key: Key, value: &str, pages: u32) -> Observed<Option<Vec<AccountEvent>>> {
        let parameters = self.parameters(&key, value);
        let parameters =
            [("EndTime", &*parameters.0), ("LookupAttributes", &parameters.1), ("StartTime", &parameters.2)];
        let more = Cell::new(false);
        let last = &more;
        self.session
            .pages(ask(OPERATION, self.region).with(&parameters).first_pages(pages), |token, call| {
                let request = self.request(&key, value).set_next_token(token).customize().interceptor(call).send();
                async move {
                    let out = request.await?;
                    last.set(out.next_token().is_some_and(|token| !token.is_empty()));
                    Ok((out.events.unwrap_or_default(), out.next_token))
                }
            })
            .await
            .parse(|events| if more.get() { Ok(None) } else { read(events).map(Some) })
            .observed()
    }

    fn parameters(&self, key: &Key, value: &str) -> (String, String, String) {
        (self.end.to_string(), format!("{}={value}", key.as_str()), self.start.to_string())
    }

    fn request(
        &self,
        key: &Key,
        value: &str,
    ) -> aws_sdk_cloudtrail::operation::lookup_events::builders::LookupEventsFluentBuilder {
        let attribute = sdk::LookupAttribute::builder().attribute_key(key.clone()).attribute_value(value).build();
        self.client
            .lookup_events()
            // An attribute that lacks its key or its value cannot be built; without one, too much would be asked for.
            .set_lookup_attributes(attribute.ok().map(|attribute| vec![attribute]))
            .start_time(DateTime::from_secs(self.start.as_second()))
            .end_time(DateTime::from_secs(self.end.as_second()))
            .max_results(PAGE)
    }
}

/// The root user's events. They stand under the name `root`, or under the account's alias; others can bear either name.
pub(super) async fn root_events(session: &Session, region: &str, global: &GlobalFacts) -> Observed<EventHistory> {
    let aliases = match global.aliases.get() {
        Ok(aliases) => aliases,
        Err(gap) => return inherited(gap, OPERATION).into(),
    };
    let history = History::new(session, region);
    let names = std::iter::once("root").chain(aliases.iter().map(String::as_str));
    let asked = join_all(names.map(|name| history.all(Key::Username, name))).await;
    joined(asked).map(|events| history.of(events.into_iter().filter(|e| e.actor_type == "Root").collect()))
}

/// The changes of access, logging, detection and guardrails.
pub(super) async fn change_events(session: &Session, region: &str) -> Observed<EventHistory> {
    let history = History::new(session, region);
    let changes = history.few(Key::ReadOnly, "false", 1).await;
    if !matches!(changes.get(), Ok(None)) {
        return changes.map(|events| history.changes(events.unwrap_or_default()));
    }
    let here = |source: &&ChangeSource| source.appears_in(region, session.partition(), session.home_region());
    let sources: Vec<&ChangeSource> = change_sources().iter().filter(here).collect();
    let asked = join_all(sources.iter().map(|source| history.few(Key::EventSource, source.name, pages_of(source))));
    let (mut found, mut evidence) = (Vec::new(), changes.evidence().to_vec());
    let (mut busy, mut unread) = (Vec::new(), Vec::new());
    for (source, events) in sources.into_iter().zip(asked.await) {
        match events {
            Observed::Known { value: Some(events), evidence: of } => {
                found.extend(events);
                evidence.extend(of);
            }
            Observed::Known { value: None, evidence: of } => {
                busy.push(source);
                evidence.extend(of);
            }
            // Of a list that failed, the parts may do.
            Observed::Unknown { gap } if gap.kind == GapKind::Failed => busy.push(source),
            // An older run did not ask for every service.
            Observed::Unknown { gap } if gap.kind == GapKind::NotCollected => {
                unread.extend(source.operations.iter().map(|name| missed(source.name, name, &gap)));
            }
            Observed::Unknown { gap } => return gap.into(),
        }
    }
    // Several services have operations of one name.
    let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for source in &busy {
        for name in &source.operations {
            names.entry(name).or_default().push(source.name);
        }
    }
    let asked = join_all(names.keys().map(|name| history.all(Key::EventName, name)));
    for ((name, of), events) in names.iter().zip(asked.await) {
        match events {
            Observed::Known { value, evidence: read } => {
                found.extend(value.into_iter().filter(|event| of.contains(&event.source.as_str())));
                evidence.extend(read);
            }
            // One operation of which there is too much does not hide the others.
            Observed::Unknown { gap } if matches!(gap.kind, GapKind::Failed | GapKind::NotCollected) => {
                unread.extend(of.iter().map(|source| missed(source, name, &gap)));
            }
            Observed::Unknown { gap } => return gap.into(),
        }
    }
    evidence.sort_unstable();
    evidence.dedup();
    let by_name = busy.iter().filter(|source| source.whole).map(|source| source.name.to_owned()).collect();
    Observed::Known { value: EventHistory { unread, by_name, ..history.changes(found) }, evidence }
}

fn missed(source: &str, name: &str, gap: &Gap) -> Unread {
    Unread { source: source.to_owned(), name: name.to_owned(), gap: gap.clone() }
}

/// So many pages of a service's events are read before its operations are asked for one by one. Of a service of which every
/// change counts, all that can be: only so are those found that the table does not know.
fn pages_of(source: &ChangeSource) -> u32 {
    let few = u32::try_from(source.operations.len().div_ceil(4)).unwrap_or(MOST);
    if source.whole { MOST } else { few.min(MOST) }
}

/// All events of several lookups, or the first gap.
fn joined(asked: Vec<Observed<Vec<AccountEvent>>>) -> Observed<Vec<AccountEvent>> {
    asked.into_iter().fold(Observed::Known { value: Vec::new(), evidence: Vec::new() }, |all, one| {
        all.and(one).map(|(mut all, one)| {
            all.extend(one);
            all
        })
    })
}

/// What the text of an event says that its summary does not.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    user_identity: Identity,
    #[serde(rename = "sourceIPAddress")]
    source_ip: Option<String>,
    read_only: Option<bool>,
    error_code: Option<String>,
    error_message: Option<String>,
    request_parameters: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    #[serde(rename = "type")]
    kind: Option<String>,
    arn: Option<String>,
    principal_id: Option<String>,
    user_name: Option<String>,
    invoked_by: Option<String>,
    on_behalf_of: Option<OnBehalfOf>,
    session_context: Option<SessionContext>,
}

/// Tells a session of root that another account of the organization opened.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionContext {
    /// Text, as CloudTrail has all of a session's attributes.
    assumed_root: Option<Value>,
}

/// A user of Identity Center, who has no ARN.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OnBehalfOf {
    user_id: Option<String>,
}

fn read(events: Vec<sdk::Event>) -> Result<Vec<AccountEvent>, String> {
    events.iter().map(event).collect()
}

fn event(e: &sdk::Event) -> Result<AccountEvent, String> {
    let id = text(e.event_id());
    let detail: Detail = serde_json::from_str(e.cloud_trail_event().unwrap_or_default())
        .map_err(|error| format!("the text of event {id}: {error}"))?;
    let who = detail.user_identity;
    let assumed_root = who.session_context.and_then(|session| session.assumed_root).is_some_and(|flag| {
        flag.as_bool() == Some(true) || flag.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"))
    });
    let centre = who.on_behalf_of.and_then(|user| user.user_id);
    let actor = who.arn.or(who.user_name).or(centre).or_else(|| who.invoked_by.clone()).or(who.principal_id);
    Ok(AccountEvent {
        time: time(e.event_time()),
        source: text(e.event_source()),
        name: text(e.event_name()),
        read_only: detail.read_only.unwrap_or(e.read_only() == Some("true")),
        actor: actor.unwrap_or_default(),
        actor_type: who.kind.unwrap_or_default(),
        assumed_root,
        invoked_by: who.invoked_by,
        source_ip: detail.source_ip.unwrap_or_default(),
        target: detail.request_parameters.as_ref().map(target).unwrap_or_default(),
        error: detail.error_code.or(detail.error_message),
        id,
    })
}

/// The parameters of requests that name what is acted on; others can be long, or hold what nobody has to see.
const NAMING: &[&str] = &[
    "userName",
    "groupName",
    "roleName",
    "instanceProfileName",
    "policyName",
    "policyArn",
    "permissionsBoundary",
    "accessKeyId",
    "serialNumber",
    "status",
    "versionId",
    "sAMLProviderArn",
    "openIDConnectProviderArn",
    "delegationRequestId",
    "serviceName",
    "servicePrincipal",
    "permissionSetArn",
    "principalType",
    "principalId",
    "targetId",
    "groupId",
    "userId",
    "policyId",
    "accountId",
    "regionName",
    "name",
    "trailName",
    "eventDataStore",
    "configurationRecorderName",
    "configRuleName",
    "detectorId",
    "filterName",
    "action",
    "analyzerName",
    "ruleName",
    "rule",
    "bucketName",
    "logGroupName",
    "logStreamName",
    "retentionInDays",
    "destinationName",
    "alarmName",
    "alarmNames",
    "topicArn",
    "subscriptionArn",
    "keyId",
    "arn",
    "resourceArn",
];

fn target(parameters: &Map<String, Value>) -> Vec<String> {
    let named = NAMING.iter().filter_map(|name| Some(format!("{name} {}", words(parameters.get(*name)?)?)));
    // Config names these within an object.
    let within = ["configurationRecorder", "deliveryChannel"].into_iter().filter_map(|outer| {
        let name = parameters.get(outer)?.get("name")?.as_str()?;
        Some(format!("{outer} {name}"))
    });
    named.chain(within).collect()
}

/// A name, a number, or a list of names.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(list) => list.iter().map(Value::as_str).collect::<Option<Vec<_>>>().map(|names| names.join(", ")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<AccountEvent, String> {
        let at = DateTime::from_secs(1_767_225_600);
        event(
            &sdk::Event::builder()
                .event_id("e-1")
                .event_name("AttachRolePolicy")
                .event_source("iam.amazonaws.com")
                .event_time(at)
                .cloud_trail_event(text)
                .build(),
        )
    }

    #[test]
    fn an_event_tells_who_did_what_to_what_from_where() {
        let found = of(r#"{"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/ann","principalId":"AIDA"},
            "sourceIPAddress":"192.0.2.7","readOnly":false,
            "requestParameters":{"roleName":"app","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess","note":"kept out"}}"#)
        .unwrap();
        assert_eq!(found.time, Some("2026-01-01T00:00:00Z".parse().unwrap()));
        assert_eq!(
            (found.actor.as_str(), found.actor_type.as_str()),
            ("arn:aws:iam::111122223333:user/ann", "IAMUser")
        );
        assert_eq!(found.target, ["roleName app", "policyArn arn:aws:iam::aws:policy/AdministratorAccess"]);
        assert_eq!((found.source_ip.as_str(), found.error), ("192.0.2.7", None));
    }

    #[test]
    fn a_session_of_assume_root_is_told_from_a_sign_in_of_root() {
        let root = |session: &str| {
            let text =
                format!(r#"{{"userIdentity":{{"type":"Root","arn":"arn:aws:iam::111122223333:root"{session}}}}}"#);
            of(&text).unwrap().assumed_root
        };
        assert!(root(r#","sessionContext":{"assumedRoot":"true","attributes":{"mfaAuthenticated":"false"}}"#));
        assert!(!root(r#","sessionContext":{"attributes":{"mfaAuthenticated":"true"}}"#) && !root(""));
    }

    #[test]
    fn a_failed_sign_in_has_a_message_and_no_code() {
        let found = of(r#"{"userIdentity":{"type":"Root","arn":"arn:aws:iam::111122223333:root"},
            "errorMessage":"Failed authentication","requestParameters":null}"#)
        .unwrap();
        assert_eq!(found.error.as_deref(), Some("Failed authentication"));
        assert!(!found.read_only && found.target.is_empty());
    }

    #[test]
    fn the_recorder_is_named_within_the_request() {
        let found = of(r#"{"userIdentity":{"type":"AWSService","invokedBy":"config.amazonaws.com"},
            "requestParameters":{"configurationRecorder":{"name":"default","roleARN":"arn:aws:iam::111122223333:role/x"}}}"#)
        .unwrap();
        assert_eq!(found.target, ["configurationRecorder default"]);
        assert_eq!(found.actor, "config.amazonaws.com");
    }

    #[test]
    fn what_is_changed_is_named_by_numbers_and_lists_too() {
        let found = of(r#"{"userIdentity":{"type":"IAMUser","arn":"a"},"requestParameters":
            {"logGroupName":"trail","retentionInDays":1,"alarmNames":["one","two"],"policy":{"long":true}}}"#)
        .unwrap();
        assert_eq!(found.target, ["logGroupName trail", "retentionInDays 1", "alarmNames one, two"]);
    }

    #[test]
    fn an_event_whose_text_cannot_be_read_is_an_error() {
        assert!(of("{").unwrap_err().contains("e-1"));
        assert!(of("{}").is_err());
    }
}
