//! Whether a service may publish to a topic and use the key that encrypts it, by the policy engine.
//!
//! Source: Amazon SNS Developer Guide, "Enable compatibility between event sources from AWS services and encrypted topics"
//! and "Default access policy"; AWS re:Post knowledge center, "Why didn't I receive an SNS notification for my CloudWatch
//! alarm trigger?" and "Why isn't my Amazon SNS topic receiving EventBridge event notifications?"; Amazon EventBridge User
//! Guide, "Using resource-based policies", "Encrypting Amazon SNS topics" (read 2026-11-30).

use kickoff_facts::logging::{Alarm, Rule, TopicKey, TopicKeySettings};
use kickoff_facts::{Gap, Seen, View};
use kickoff_policy::actions::ActionTable;
use kickoff_policy::compile::{Action, Policy};
use kickoff_policy::context::{Given, Value};
use kickoff_policy::decide::{Decision, Verdict};
use kickoff_policy::document::{Kind, PrincipalEntry};

use crate::frame::wording::names;
use crate::reasoning::resource_policy::ask;

/// Who tells a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publisher {
    service: Service,
    /// The alarm or rule, by ARN.
    arn: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Service {
    CloudWatch,
    EventBridge,
}

/// Whether something may be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leave {
    /// It may; in words.
    Yes(String),
    /// It may not, and why.
    No(String),
    /// That is for a person to judge, and why.
    Unsure(String),
}

impl Publisher {
    /// CloudWatch for an alarm.
    pub fn alarm(arn: impl Into<String>) -> Self {
        Self { service: Service::CloudWatch, arn: arn.into() }
    }

    /// EventBridge for a rule.
    pub fn rule(arn: impl Into<String>) -> Self {
        Self { service: Service::EventBridge, arn: arn.into() }
    }

    /// CloudWatch for an alarm of a region.
    #[must_use]
    pub fn of_alarm(here: &View<'_>, alarm: &Alarm) -> Self {
        Self::alarm(arn(here, &alarm.arn, "cloudwatch", &format!("alarm:{}", alarm.name)))
    }

    /// EventBridge for a rule of a region.
    #[must_use]
    pub fn of_rule(here: &View<'_>, rule: &Rule) -> Self {
        Self::rule(arn(here, &rule.arn, "events", &format!("rule/{}", rule.name)))
    }

    /// It is an alarm.
    #[must_use]
    pub fn is_alarm(&self) -> bool {
        self.service == Service::CloudWatch
    }

    /// The alarm or rule, by ARN.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The service in words.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.service {
            Service::CloudWatch => "CloudWatch",
            Service::EventBridge => "EventBridge",
        }
    }

    fn principal(&self) -> &'static str {
        match self.service {
            Service::CloudWatch => "cloudwatch.amazonaws.com",
            Service::EventBridge => "events.amazonaws.com",
        }
    }

    fn account(&self) -> &str {
        self.arn.split(':').nth(4).unwrap_or_default()
    }

    /// What requests to SNS say of themselves. CloudWatch alone names the owner of the alarm as the owner of the source,
    /// which the policy that AWS gives a new topic asks for.
    fn to_topic(&self) -> Given {
        let mut keys = self.common();
        keys.push(text("aws:SourceArn", &self.arn));
        keys.push(text("aws:SourceAccount", self.account()));
        keys.push(match self.service {
            Service::CloudWatch => text("aws:SourceOwner", self.account()),
            Service::EventBridge => missing("aws:SourceOwner"),
        });
        Given::new(keys, true)
    }

    /// What requests to KMS say of themselves. Those of EventBridge name no source.
    fn to_key(&self, topic: &str) -> Given {
        let mut keys = self.common();
        keys.push(text("kms:EncryptionContext:aws:sns:topicArn", topic));
        match self.service {
            Service::CloudWatch => {
                keys.push(text("aws:SourceArn", &self.arn));
                keys.push(text("aws:SourceAccount", self.account()));
            }
            Service::EventBridge => {
                keys.extend(
                    ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"].map(missing),
                );
            }
        }
        Given::new(keys, true)
    }

    /// Of a service that acts for itself.
    fn common(&self) -> Vec<(String, Value)> {
        let mut keys = vec![
            text("aws:SecureTransport", "true"),
            text("aws:PrincipalIsAWSService", "true"),
            text("aws:PrincipalServiceName", self.principal()),
        ];
        let none = ["aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"];
        keys.extend(
            none.into_iter().chain(["aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:userid"]).map(missing),
        );
        keys
    }

    /// Whether the policy of a topic lets it publish.
    #[must_use]
    pub fn may_publish(&self, topic: &str, text: &str) -> Leave {
        let name = self.name();
        let Ok(policy) = Policy::parse(text, Kind::Resource) else {
            return Leave::Unsure("its policy is not understood".to_owned());
        };
        let Some(verdict) = ask(self.principal(), &policy, "sns:Publish", topic, &self.to_topic()) else {
            return Leave::Unsure(format!("whether its policy lets {name} publish is not known"));
        };
        match verdict.decision {
            Decision::Allow => Leave::Yes(format!("its policy lets {name} publish")),
            Decision::ExplicitDeny => Leave::No(format!("its policy denies {name} to publish{}", statement(&verdict))),
            Decision::Conditional => {
                Leave::Unsure(format!("its policy lets {name} publish on condition{}", open(&verdict)))
            }
            // Alarms are said to act for their account too; AWS's pages do not say whether such a grant is enough.
            Decision::ImplicitDeny if self.is_alarm() && self.names_account(&policy) => {
                Leave::Unsure(format!("its policy names the account and not {name}"))
            }
            Decision::ImplicitDeny => Leave::No(format!("its policy does not let {name} publish")),
        }
    }

    fn names_account(&self, policy: &Policy) -> bool {
        let own =
            |entry: &PrincipalEntry| matches!(entry, PrincipalEntry::Account(named) if named.contains(self.account()));
        let table = ActionTable::embedded();
        let Ok(publish) = Action::parse("sns:Publish", table) else { return false };
        policy.statements.iter().any(|statement| {
            let principals = statement.source.principals.as_ref();
            statement.allows()
                && statement.speaks_of(&publish)
                && principals.is_some_and(|listed| !listed.not && listed.entries.iter().any(own))
        })
    }

    /// Whether the key of a topic lets it encrypt.
    ///
    /// # Errors
    /// The key or its policy is not known.
    pub fn may_encrypt(&self, seen: &Seen, topic: &str, key: &TopicKey) -> Result<Leave, Gap> {
        let name = self.name();
        let of_aws = format!("it is encrypted with AWS's own key for SNS, which {name} may not use");
        if key.id == "alias/aws/sns" || key.id.ends_with(":alias/aws/sns") {
            return Ok(Leave::No(of_aws));
        }
        let Some(settings) = seen.see(&key.settings)? else {
            return Ok(Leave::No(format!("its key {} does not exist", key.id)));
        };
        if settings.manager == "AWS" {
            return Ok(Leave::No(of_aws));
        }
        if settings.state != "Enabled" {
            return Ok(Leave::No(format!("its key {} is {}", key.id, settings.state)));
        }
        self.by_key_policy(seen, topic, settings)
    }

    fn by_key_policy(&self, seen: &Seen, topic: &str, key: &TopicKeySettings) -> Result<Leave, Gap> {
        let (name, short) = (self.name(), super::ends::last(&key.arn));
        let Ok(policy) = Policy::parse(seen.see(&key.policy)?, Kind::Resource) else {
            return Ok(Leave::Unsure(format!("the policy of its key {short} is not understood")));
        };
        let context = self.to_key(topic);
        let mut unsure = None;
        for action in ["kms:GenerateDataKey", "kms:Decrypt"] {
            let Some(verdict) = ask(self.principal(), &policy, action, &key.arn, &context) else {
                unsure = unsure.or(Some(format!("whether its key {short} lets {name} use {action} is not known")));
                continue;
            };
            match verdict.decision {
                Decision::Allow => {}
                Decision::Conditional => {
                    unsure =
                        unsure.or(Some(format!("its key {short} lets {name} encrypt on condition{}", open(&verdict))));
                }
                Decision::ExplicitDeny | Decision::ImplicitDeny => {
                    return Ok(Leave::No(format!("its key {short} does not let {name} use {action}")));
                }
            }
        }
        Ok(unsure.map_or_else(|| Leave::Yes(format!("key {short} lets it encrypt")), Leave::Unsure))
    }
}

/// What is known of an ARN, or what it must be.
fn arn(here: &View<'_>, known: &str, service: &str, resource: &str) -> String {
    if !known.is_empty() {
        return known.to_owned();
    }
    format!("arn:{}:{service}:{}:{}:{resource}", here.partition(), here.region_name(), here.account_id())
}

fn text(key: &str, value: &str) -> (String, Value) {
    (key.to_owned(), Value::One(value.to_owned()))
}

fn missing(key: &str) -> (String, Value) {
    (key.to_owned(), Value::Many(Vec::new()))
}

/// The statement that decided.
fn statement(verdict: &Verdict<'_>) -> String {
    verdict.by.map_or(String::new(), |said| format!(" (statement {})", said.statement.source.number))
}

/// The keys of the conditions that are open.
fn open(verdict: &Verdict<'_>) -> String {
    let conditions = verdict.open.iter().flat_map(|said| &said.statement.source.conditions);
    let mut keys: Vec<&str> = conditions.map(|condition| condition.key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() { String::new() } else { format!("s on {}", names(keys)) }
}

#[cfg(test)]
mod tests {
    use kickoff_facts::Observed;

    use super::*;

    const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:security";
    const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/k-1";

    fn kind(leave: &Leave) -> &'static str {
        match leave {
            Leave::Yes(_) => "yes",
            Leave::No(_) => "no",
            Leave::Unsure(_) => "unsure",
        }
    }

    fn both() -> [Publisher; 2] {
        [
            Publisher::alarm("arn:aws:cloudwatch:us-east-1:111122223333:alarm:root"),
            Publisher::rule("arn:aws:events:us-east-1:111122223333:rule/root"),
        ]
    }

    /// What SNS gives a new topic.
    const DEFAULT: &str = r#"{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"__default_statement_ID","Effect":"Allow","Principal":{"AWS":"*"},"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes","SNS:AddPermission","SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic","SNS:Publish"],"Resource":"arn:aws:sns:us-east-1:111122223333:security","Condition":{"StringEquals":{"AWS:SourceOwner":"111122223333"}}}]}"#;

    fn allow(rest: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sns:Publish","Resource":"*",{rest}}}]}}"#
        )
    }

    #[test]
    fn a_topic_takes_what_its_policy_lets_in() {
        let service = |names: &str, rest: &str| allow(&format!(r#""Principal":{{"Service":{names}}}{rest}"#));
        let on = |keys: &str| {
            service(r#"["cloudwatch.amazonaws.com","events.amazonaws.com"]"#, &format!(r#","Condition":{keys}"#))
        };
        for (policy, alarm, rule) in [
            (DEFAULT.to_owned(), "yes", "no"),
            (
                DEFAULT.replace("\"AWS:SourceOwner\":\"111122223333\"", "\"AWS:SourceOwner\":\"999999999999\""),
                "no",
                "no",
            ),
            (service(r#""cloudwatch.amazonaws.com""#, ""), "yes", "no"),
            (service(r#""events.amazonaws.com""#, ""), "no", "yes"),
            (allow(r#""Principal":"*""#), "yes", "yes"),
            (on(r#"{"StringEquals":{"aws:SourceAccount":"111122223333"}}"#), "yes", "yes"),
            (on(r#"{"StringEquals":{"aws:SourceAccount":"999999999999"}}"#), "no", "no"),
            (on(r#"{"ArnLike":{"aws:SourceArn":"arn:aws:cloudwatch:us-east-1:111122223333:alarm:*"}}"#), "yes", "no"),
            (on(r#"{"ArnEquals":{"aws:SourceArn":"arn:aws:events:us-east-1:111122223333:rule/other"}}"#), "no", "no"),
            (on(r#"{"StringEquals":{"aws:SourceOrgID":"o-1"}}"#), "unsure", "unsure"),
            (on(r#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#), "no", "no"),
            (allow(r#""Principal":{"AWS":"arn:aws:iam::111122223333:root"}"#), "unsure", "no"),
            (allow(r#""Principal":{"AWS":"arn:aws:iam::999999999999:root"}"#), "no", "no"),
            ("not a policy".to_owned(), "unsure", "unsure"),
            (String::new(), "unsure", "unsure"),
            (
                format!(
                    "{},{}]}}",
                    allow(r#""Principal":"*""#).trim_end_matches("]}"),
                    r#"{"Effect":"Deny","Principal":"*","Action":"sns:Publish","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}"#
                ),
                "yes",
                "yes",
            ),
            (
                format!(
                    "{},{}]}}",
                    allow(r#""Principal":"*""#).trim_end_matches("]}"),
                    r#"{"Effect":"Deny","Principal":"*","Action":"sns:*","Resource":"*"}"#
                ),
                "no",
                "no",
            ),
        ] {
            let said = both().map(|publisher| publisher.may_publish(TOPIC, &policy));
            assert_eq!([kind(&said[0]), kind(&said[1])], [alarm, rule], "{policy} {said:?}");
        }
    }

    fn key(id: &str, state: &str, policy: &str) -> TopicKey {
        let policy = Observed::Known { value: policy.to_owned(), evidence: Vec::new() };
        let settings =
            TopicKeySettings { arn: KEY.to_owned(), manager: "CUSTOMER".to_owned(), state: state.to_owned(), policy };
        TopicKey { id: id.to_owned(), settings: Observed::Known { value: Some(settings), evidence: Vec::new() } }
    }

    #[test]
    fn a_key_encrypts_for_whom_its_policy_names() {
        let own = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}"#;
        let with = |statement: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{own},{statement}]}}"#);
        let service = |actions: &str, rest: &str| {
            with(&format!(
                r#"{{"Effect":"Allow","Principal":{{"Service":["cloudwatch.amazonaws.com","events.amazonaws.com"]}},"Action":{actions},"Resource":"*"{rest}}}"#
            ))
        };
        let whole = r#"["kms:Decrypt","kms:GenerateDataKey*"]"#;
        for (key, alarm, rule) in [
            (key(KEY, "Enabled", &service(whole, "")), "yes", "yes"),
            (key(KEY, "Enabled", &service(r#""kms:Decrypt""#, "")), "no", "no"),
            (key(KEY, "Enabled", &service(r#""kms:GenerateDataKey""#, "")), "no", "no"),
            (key(KEY, "Enabled", &format!(r#"{{"Version":"2012-10-17","Statement":[{own}]}}"#)), "no", "no"),
            // What EventBridge asks KMS names no source.
            (
                key(
                    KEY,
                    "Enabled",
                    &service(whole, r#","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}"#),
                ),
                "yes",
                "no",
            ),
            (
                key(
                    KEY,
                    "Enabled",
                    &service(
                        whole,
                        r#","Condition":{"StringEquals":{"kms:ViaService":"sns.us-east-1.amazonaws.com"}}"#,
                    ),
                ),
                "unsure",
                "unsure",
            ),
            (key(KEY, "Disabled", &service(whole, "")), "no", "no"),
            (key("alias/aws/sns", "Enabled", &service(whole, "")), "no", "no"),
            (key("arn:aws:kms:us-east-1:111122223333:alias/aws/sns", "Enabled", &service(whole, "")), "no", "no"),
            (key(KEY, "Enabled", "nonsense"), "unsure", "unsure"),
        ] {
            let said = both().map(|publisher| publisher.may_encrypt(&Seen::default(), TOPIC, &key));
            let kinds = said.each_ref().map(|said| said.as_ref().map_or("unknown", kind));
            assert_eq!(kinds, [alarm, rule], "{key:?} {said:?}");
        }
        let unread = TopicKey { id: KEY.to_owned(), ..TopicKey::default() };
        assert!(both().iter().all(|publisher| publisher.may_encrypt(&Seen::default(), TOPIC, &unread).is_err()));
    }
}
